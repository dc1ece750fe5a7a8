"""Compact models of the silicon line's guides, couplers and rings: SAX models with the parameters of their cells.

Each is a function named like its cell; `wl` is the vacuum wavelength [µm], `temperature` in K (None: the corner's
own), `corner` a corner of the process. Indices come from `components.compact`, lengths from the curves that the cells
draw. Fundamental TE mode only. Left out: reflections, the loss of bends beyond that of a straight guide, and
back-scattering in rings. S as SAX has it, with waves exp(i k z) of exp(-iωt). Rings: A. Yariv, Electron. Lett. 36, 321
(2000), doi:10.1049/el:20000340.

Curves are drawn for numbers: a SAX circuit with bends, couplers or rings runs as it is, and not inside `jax.jit`,
which would trace their angles, radii and gaps.
"""

import math
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer
from jax.typing import ArrayLike

from lingnan.components.common import coupling, draw
from lingnan.components.common import guides as drawn
from lingnan.components.common.curves import euler
from lingnan.components.compact.guides import Guide, guide
from lingnan.components.compact.pairs import Pair, pair
from lingnan.components.process import number
from lingnan.pdk import active_process
from lingnan.pdk.errors import LingnanError

if TYPE_CHECKING:
    import sax


def straight(
    *,
    wl: ArrayLike = 1.55,
    length: ArrayLike = 10.0,
    cross_section: str = "strip",
    width: ArrayLike | None = None,
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `straight`."""
    made = _guide(cross_section, corner)
    return _through(made.amplitude(wl, length, made.n_eff(wl, width, temperature)))


def bend_euler(
    *,
    wl: ArrayLike = 1.55,
    radius: ArrayLike | None = None,
    angle: float = 90.0,
    p: float = 0.5,
    cross_section: str = "strip",
    width: ArrayLike | None = None,
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `bend_euler`: the length of its centre line."""
    made = _guide(cross_section, corner)
    used = draw.section_of(cross_section).radius if radius is None else radius
    turn, share = _plain("bend_euler", "angle", angle), _plain("bend_euler", "p", p)
    length = jnp.asarray(used) * euler(1000.0, turn, share, 1.0).length / 1000.0
    return _through(made.amplitude(wl, length, made.n_eff(wl, width, temperature)))


def bend_circular(
    *,
    wl: ArrayLike = 1.55,
    radius: ArrayLike | None = None,
    angle: float = 90.0,
    cross_section: str = "strip",
    width: ArrayLike | None = None,
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `bend_circular`: the length of its centre line."""
    return bend_euler(
        wl=wl, radius=radius, angle=angle, p=0.0, cross_section=cross_section, width=width, temperature=temperature,
        corner=corner,
    )  # fmt: skip


def bend_s(
    *,
    wl: ArrayLike = 1.55,
    size: tuple[float, float] = (12.0, 3.0),
    cross_section: str = "strip",
    width: ArrayLike | None = None,
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `bend_s`: the length of its centre line."""
    made = _guide(cross_section, corner)
    along, across = (_plain("bend_s", "size", value) for value in size)
    length = drawn.s_bend_curve("bend_s", "size", along, across, cross_section).length
    return _through(made.amplitude(wl, length, made.n_eff(wl, width, temperature)))


def taper(
    *,
    wl: ArrayLike = 1.55,
    length: ArrayLike = 10.0,
    width1: ArrayLike | None = None,
    width2: ArrayLike | None = 1.0,
    cross_section: str = "strip",
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `taper`, taken as adiabatic: the phase is the integral of n_eff over the width (Gauss, 8 points)."""
    made = _guide(cross_section, corner)
    one, two = (jnp.asarray(made.width if w is None else w, float) for w in (width1, width2))
    points, weights = np.polynomial.legendre.leggauss(8)
    along = [made.n_eff(wl, one + (two - one) * (1 + t) / 2, temperature) for t in points]
    mean = sum(w / 2 * n for w, n in zip(weights, along, strict=True))
    return _through(made.amplitude(wl, length, mean))


def coupler(
    *,
    wl: ArrayLike = 1.55,
    gap: float | None = None,
    length: ArrayLike = 10.0,
    dy: float = 4.0,
    dx: float | None = None,
    cross_section: str = "strip",
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `coupler`: supermodes in the straight part and along the S-bends, as they are drawn."""
    used = _gap("coupler", "gap", gap)
    made, two = _guide(cross_section, corner), _pair(cross_section, used, corner)
    pitch = coupling.pitch_of("coupler", used, cross_section)
    apart = (draw.even(_plain("coupler", "dy", dy)) - pitch) / 2
    reach = coupling.s_bend_default(apart, cross_section) if dx is None else _plain("coupler", "dx", dx)
    bend = drawn.s_bend_curve("coupler", "dx", reach, apart, cross_section)
    steps = np.diff(bend.x)
    gaps = used + bend.y[1:] + bend.y[:-1]
    phase = two.phase(wl, used, length) + 2 * two.phase_along(wl, gaps, steps)
    common = made.amplitude(wl, jnp.asarray(length) + 2 * bend.length, made.n_eff(wl, None, temperature))
    bar, cross = common * jnp.cos(phase), 1j * common * jnp.sin(phase)
    zero = jnp.zeros_like(bar)
    return _both_ways(
        {
            ("o1", "o4"): bar, ("o2", "o3"): bar, ("o1", "o3"): cross, ("o2", "o4"): cross,
            ("o1", "o2"): zero, ("o3", "o4"): zero,
        }
    )  # fmt: skip


def ring_single(
    *,
    wl: ArrayLike = 1.55,
    radius: float = 10.0,
    gap: float | None = None,
    cross_section: str = "strip",
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `ring_single`: (t - A) / (1 - t A), with A the amplitude after one round trip."""
    used, radius = _gap("ring_single", "gap", gap), _plain("ring_single", "radius", radius)
    made = _guide(cross_section, corner)
    n = made.n_eff(wl, None, temperature)
    t, _ = _ring_coupling(_pair(cross_section, used, corner), wl, used, radius)
    a = made.amplitude(wl, 2 * math.pi * radius, n)
    bus = made.amplitude(wl, _bus(radius, cross_section), n)
    return _through(bus * (t - a) / (1 - t * a))


def ring_double(
    *,
    wl: ArrayLike = 1.55,
    radius: float = 10.0,
    gap: float | None = None,
    gap_drop: float | None = None,
    cross_section: str = "strip",
    temperature: ArrayLike | None = None,
    corner: str = "nominal",
) -> "sax.SDict":
    """Model of `ring_double`: through o1-o4 and o2-o3, drop o1-o2 and o4-o3."""
    below, radius = _gap("ring_double", "gap", gap), _plain("ring_double", "radius", radius)
    above = below if gap_drop is None else _gap("ring_double", "gap_drop", gap_drop)
    made = _guide(cross_section, corner)
    n = made.n_eff(wl, None, temperature)
    t1, k1 = _ring_coupling(_pair(cross_section, below, corner), wl, below, radius)
    t2, k2 = _ring_coupling(_pair(cross_section, above, corner), wl, above, radius)
    half = made.amplitude(wl, math.pi * radius, n)
    bus = made.amplitude(wl, _bus(radius, cross_section), n)
    total = 1 - t1 * t2 * half**2
    drop = -k1 * k2 * half / total * bus
    zero = jnp.zeros_like(drop)
    return _both_ways(
        {
            ("o1", "o4"): bus * (t1 - t2 * half**2) / total,
            ("o2", "o3"): bus * (t2 - t1 * half**2) / total,
            ("o1", "o2"): drop, ("o3", "o4"): drop, ("o1", "o3"): zero, ("o2", "o4"): zero,
        }
    )  # fmt: skip


models: dict[str, Any] = {
    f.__name__: f for f in (straight, bend_euler, bend_circular, bend_s, taper, coupler, ring_single, ring_double)
}


def _guide(cross_section: str, corner: str) -> Guide:
    return guide(active_process(), cross_section, corner)


def _pair(cross_section: str, gap: float, corner: str) -> Pair:
    return pair(active_process(), cross_section, gap, corner)


def _plain(model: str, name: str, value: ArrayLike) -> float:
    """What a curve is drawn from, as a number: SAX hands over arrays."""
    if isinstance(value, Tracer):
        raise LingnanError(
            f"{model}: {name} is traced, and the curve is drawn for a number. Give a number; differentiate with "
            "respect to wl, length, width and temperature."
        )
    return float(value)


def _gap(model: str, name: str, value: ArrayLike | None) -> float:
    return number(None if value is None else _plain(model, name, value), "coupler_gap")


def _both_ways(given: "dict[tuple[str, str], Array]") -> "sax.SDict":
    """The same from either end, as `sax.reciprocal`, without the seconds that importing sax takes."""
    return {**given, **{(b, a): s for (a, b), s in given.items()}}


def _through(amplitude: Array) -> "sax.SDict":
    zero = jnp.zeros_like(amplitude)
    return _both_ways({("o1", "o2"): amplitude, ("o1", "o1"): zero, ("o2", "o2"): zero})


def _ring_coupling(two: Pair, wl: ArrayLike, gap: float, radius: float) -> tuple[Array, Array]:
    """t and κ of a ring beside a straight guide: φ along the guide, where the gap is gap + R - √(R² - z²)."""
    reach = min(math.sqrt(2 * radius * 1.2), 0.9 * radius)  # the gap has grown by 1.2 µm there
    points, weights = np.polynomial.legendre.leggauss(32)
    z = reach * points
    phase = two.phase_along(wl, gap + radius - np.sqrt(radius**2 - z**2), reach * weights)
    return jnp.cos(phase), jnp.sin(phase)


def _bus(radius: float, cross_section: str) -> float:
    """Length of a bus [µm], as `draw_ring` draws it."""
    widest = radius + draw.core_width(cross_section) / 2
    return 2 * draw.snapped(math.ceil(widest + draw.reach(cross_section)) + 1.0)
