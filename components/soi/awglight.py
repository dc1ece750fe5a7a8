"""Compact model of the silicon line's arrayed-waveguide gratings, by Fourier optics (`solvers.spectrometers.awg`).

What is drawn stays as it is, R and the arms' steps with it, while indices are those of the corner and temperature: the
comb moves, and its spacing a little. Mouths are Gaussians (`solvers.spectrometers.mouths`). Left out: what `stars` says
(aberrations, reflections, guides that couple where they meet), what an index changes in a bend, and errors of phase, to
be added to the solver's grating that `grating` gives. Tapers count as guides of the cross-section's own width.
"""

import inspect
from typing import TYPE_CHECKING, Any

from jax import Array
from jax.typing import ArrayLike

from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.planar import Plane, plane
from lingnan.components.compact.ways import Line
from lingnan.components.soi import awgs as drawn
from lingnan.components.soi import circuits
from lingnan.solvers.spectrometers.awg import Awg, transmission
from lingnan.solvers.spectrometers.mouths import mouth
from lingnan.solvers.spectrometers.stars import Gaussian

if TYPE_CHECKING:
    import sax

_DEFAULTS = {name: one.default for name, one in inspect.signature(drawn.awg).parameters.items()}
_WHOLE = ("channels", "order", "arms")


def grating(
    *, temperature: ArrayLike | None = None, corner: str = "nominal", moved: Plane | None = None, **settings: Any
) -> Awg:
    """What `awg` draws, as the solver takes it.

    Args:
        temperature: None: the corner's [K].
        corner: of the process.
        moved: indices of the guide and its film, of a process that is off; None: of the active one.
        settings: of the cell.

    Raises:
        LingnanError: what the cell raises.
    """
    made = drawn.awg(**settings)
    given = {**_DEFAULTS, **settings}
    wave, section = float(given["wavelength"]), given["cross_section"]
    now = plane(section, wave, temperature, corner) if moved is None else moved
    pitch, out = float(given["pitch"]), float(given["pitch_out"])
    step, length = float(made.info["delta_length_um"]), float(made.info["slab_length_um"])

    def wide(width: float) -> Gaussian:
        return mouth(width + now.bias, now.core, now.beside, wave).gaussian

    order = step * now.guide.n_eff / wave
    spacing = now.slab.n_eff * pitch * now.guide.n_eff * out / (order * now.guide.n_g * length)
    ends = wide(given["width_out"])
    return Awg(
        now.guide, now.slab, spacing, order, given["channels"], given["arms"], pitch, out, ends,
        wide(given["width_arm"]), ends, float(made.info["shortest_um"]),
    )  # fmt: skip


@model_of(drawn.awg)
def awg(asked: Asked) -> "sax.SDict":
    """Model of `awg`: light from the input to all outputs, and nothing between these."""
    settings = asked.plain()
    for name in _WHOLE:
        settings[name] = int(settings[name])
    made = drawn.awg(**settings)
    grid = grating(temperature=asked.temperature, corner=asked.corner, **settings)
    found = transmission(grid, asked.wl)
    line = Line(asked.cross_section, asked.corner)
    entry = line.amplitude(asked.wl, made.info["lead_in_um"], asked.temperature)
    ports: dict[str, Array] = {}
    for output in range(grid.channels):
        name = f"o{grid.channels + 1 - output}"  # the shortest wavelength is in the north
        out = line.amplitude(asked.wl, made.info[f"lead_{name}_um"], asked.temperature)
        ports[name] = entry * found[output] * out
    return circuits.outward(ports)


models: dict[str, Any] = {"awg": awg}
