"""Picture of a modulator's spectrum: electro-optic S21 with its bandwidth, and what its line reflects and passes."""

from typing import TYPE_CHECKING

import numpy as np
from jax.typing import ArrayLike

from lingnan.solvers.modulators.bandwidth import bandwidth
from lingnan.solvers.modulators.rows import scattering
from lingnan.solvers.modulators.travelling import Modulator, response

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_response(
    modulator: Modulator,
    frequency: ArrayLike,
    reference: float | None = None,
    ports: float = 50.0,
    drops_db: tuple[float, ...] = (3.0, 6.0),
) -> "tuple[Axes, Axes]":
    """Two panels over frequency, with a mark at each bandwidth that the band holds.

    Args:
        modulator: as of `response`.
        frequency: [Hz], (F,), rising.
        reference: where S21 is 0 dB [Hz]; None: for slow signals.
        ports: impedance that S11 and S21 of the line refer to [Ω].
        drops_db: bandwidths to mark [dB].
    """
    import matplotlib.pyplot as plt

    answer = response(modulator, frequency)
    level = np.asarray(answer.s21_db if reference is None else answer.relative_to(reference))
    f = np.asarray(answer.frequency) / 1e9
    top, bottom = plt.subplots(2, 1, sharex=True, figsize=(6, 6))[1]
    top.plot(f, level)
    for drop in drops_db:
        top.axhline(-drop, color="0.7", linewidth=0.7)
        try:
            at = float(bandwidth(modulator, frequency, drop, reference).frequency) / 1e9
        except ValueError:  # it does not fall so far here: there is nothing to mark
            continue
        top.plot([at], [-drop], "o", label=f"{drop:g} dB: {at:.1f} GHz")
    if top.get_legend_handles_labels()[0]:
        top.legend()
    s = np.asarray(scattering(modulator.elements, frequency, ports))
    for name, part in (("S11", s[:, 0, 0]), ("S21", s[:, 1, 0])):
        bottom.plot(f, 20 * np.log10(np.maximum(np.abs(part), 1e-6)), label=f"RF {name}, {ports:g} Ω")
    bottom.legend()
    top.set_ylabel("electro-optic S21 (dB)")
    bottom.set_ylabel("RF (dB)")
    bottom.set_xlabel("frequency (GHz)")
    for ax in (top, bottom):
        ax.grid(alpha=0.3)
    return top, bottom
