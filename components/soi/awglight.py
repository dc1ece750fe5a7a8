"""Compact model of the silicon line's arrayed-waveguide gratings, by Fourier optics (`solvers.spectrometers.awg`).

What is drawn stays as it is, R and the arms' steps with it, while indices are those of the corner and temperature: the
comb moves, and its spacing a little. Mouths are Gaussians (`solvers.spectrometers.mouths`). Left out: what `stars` says
(aberrations, reflections, guides that couple where they meet), what an index changes in a bend, and errors of phase, to
be added to the solver's grating that `grating` gives. Tapers count as guides of the cross-section's own width.

`mouths` gives the star of the input as drawn to `solvers.spectrometers.fans`, by eigenmodes: gaps, tapers, neighbours.
What it finds goes into the grating as errors of its arms:

    entry, arms = (fans.seen(one, 1.55, slices=100) for one in awglight.mouths())
    phases, amplitudes = fans.star(entry, arms).errors
    replace(awglight.grating(), phases=phases, amplitudes=amplitudes)
"""

import inspect
from typing import TYPE_CHECKING, Any

from jax import Array
from jax.typing import ArrayLike

from lingnan.components.common import draw
from lingnan.components.compact.asked import Asked, model_of
from lingnan.components.compact.planar import Plane, plane
from lingnan.components.compact.ways import Line
from lingnan.components.soi import awgs as drawn
from lingnan.components.soi import circuits
from lingnan.solvers.spectrometers.awg import Awg, transmission
from lingnan.solvers.spectrometers.fans import Fan
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
    now = plane(section, wave, temperature, corner, given["cross_section_port"]) if moved is None else moved
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


def shortest(**settings: Any) -> float:
    """Length of the shortest arm of what `awg` draws [µm], without drawing it.

    Args:
        settings: of the cell, `cross_section_port` among them.

    Raises:
        LingnanError: what the cell raises.
    """
    return drawn.plan_of(**{**_DEFAULTS, **settings}).curves()[1]


def mouths(*, temperature: ArrayLike | None = None, corner: str = "nominal", **settings: Any) -> tuple[Fan, Fan]:
    """Input and arms of the first star of what `awg` draws, for `solvers.spectrometers.fans`.

    Args:
        temperature: None: the corner's [K].
        corner: of the process.
        settings: of the cell.

    Raises:
        LingnanError: what the cell raises.
    """
    made = drawn.awg(**settings)
    given = {**_DEFAULTS, **settings}
    section, length = given["cross_section"], float(made.info["slab_length_um"])
    now = plane(section, float(given["wavelength"]), temperature, corner, given["cross_section_port"])
    taper = float(given["length_taper"])
    narrow, thin = (draw.core_width(one) + now.bias for one in (section, given["cross_section_port"] or section))
    arm, out = (float(given[name]) + now.bias for name in ("width_arm", "width_out"))
    pitch = float(given["pitch"])
    # the slab ends a pitch beyond the outermost mouths; that of the input's arc is as wide as light from it needs
    entry = Fan(
        now.core, now.beside, length, float(given["pitch_out"]), out, thin, taper, 3 * out, count=1, cells=(1, 2, 6)
    )
    margin = pitch + arm / 2
    return entry, Fan(now.core, now.beside, length, pitch, arm, narrow, taper, margin, count=int(given["arms"]))


@model_of(drawn.awg)
def awg(asked: Asked) -> "sax.SDict":
    """Model of `awg`: light from the input to all outputs, and nothing between these."""
    settings = asked.plain()
    for name in _WHOLE:
        settings[name] = int(settings[name])
    made = drawn.awg(**settings)
    grid = grating(temperature=asked.temperature, corner=asked.corner, **settings)
    found = transmission(grid, asked.wl)
    line = Line(settings["cross_section_port"] or asked.cross_section, asked.corner)
    entry = line.amplitude(asked.wl, made.info["lead_in_um"], asked.temperature)
    ports: dict[str, Array] = {}
    for output in range(grid.channels):
        name = f"o{grid.channels + 1 - output}"  # the shortest wavelength is in the north
        out = line.amplitude(asked.wl, made.info[f"lead_{name}_um"], asked.temperature)
        ports[name] = entry * found[output] * out
    return circuits.outward(ports)


models: dict[str, Any] = {"awg": awg}
