"""A drawn modulator between its source and its termination, from pad to pad: pads, launches, lines and turns.

    made = driven.modulator("mzm", frequency, length=7000.0)         # straight, electrode="rail", or "mzm_folded"
    modulators.response(made, frequency).s21_db                       # electro-optic S21, with all that is drawn
    modulators.bandwidth(made, frequency, drop_db=6.0, reference=1e9).frequency
    modulators.write_touchstone("mzm.s1p", made, frequency)           # what the source sees

Parameters are those of the cells, the process's own where not given. V_pi is that of `electro.figures`, which has the
line without its pads and launches. Where arms leave the gaps, light gathers nothing, but goes on beside the signal.
"""

from typing import Any

from jax.typing import ArrayLike

from lingnan.components.tfln import electro, foldedlight
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.solvers import modulators

#: cells with a line from pad to pad
CELLS = ("phase_modulator", "phase_shifter_gsg", "mzm", "iq_modulator", "mzm_folded")


def modulator(
    cell: str,
    frequency: ArrayLike,
    *,
    source: Any = None,
    termination: Any = None,
    corner: str = "nominal",
    wavelength: float = 1.55,
    electrode: str = "straight",
    **sizes: float | None,
) -> modulators.Modulator:
    """What `modulators.response`, `bandwidth` and `write_touchstone` take.

    Args:
        cell: one of `CELLS`; of an IQ modulator, either of its two lines.
        frequency: the band in which lines are solved [Hz], (F,), rising.
        source: impedance, complex too, or `modulators.Driver`; None: the process's termination.
        termination: impedance, complex too, or `modulators.Load`; None: the process's own.
        corner: of the process.
        wavelength: of the light [µm].
        electrode: straight or rail.
        sizes: length, signal_width, gap, ground_width, launch and the rail_… by name, as the cells have them [µm].

    Raises:
        LingnanError: no such cell or size, or sizes that the line cannot make.
    """
    if cell not in CELLS:
        raise LingnanError(f"driven.modulator: there is no line in {cell!r}. {did_you_mean(cell, CELLS)}")
    for name in sizes:
        if name not in electro.SIZES:
            raise LingnanError(f"driven.modulator: an electrode has no {name!r}. {did_you_mean(name, electro.SIZES)}")
    shape = electro.shape_of(cell, electrode, sizes)
    row = (foldedlight if cell == "mzm_folded" else electro).elements(shape, frequency, corner=corner)
    end = active_process().number("electrical.termination")
    spec = electro.spec_of(shape, corner=corner)
    rib = spec.rails if isinstance(spec, modulators.TRail) else spec
    n_g = modulators.guided(rib, wavelength, temperature=electro.kelvin_of(corner)).n_g
    return modulators.Modulator(
        row, n_g, end if source is None else source, end if termination is None else termination
    )
