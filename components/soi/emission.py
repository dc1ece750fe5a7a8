"""What the line's grating antennas send: strength and angle from the grating solver, kept over wavelength and angle.

    sizes = emission.drawn(length=150.0, bite_end=0.3)              # parameters of `grating_antenna`
    emission.antenna(sizes).angle_deg                               # degrees from the normal
    farfield.power(emission.along(sizes, 1.55), v)                  # along the antenna, by its direction cosine v

The decay of a grating across a very wide guide is solved in the plane of the guide and the vertical
(`solvers.lidar.antenna`), with its share upwards; that of grooves at both sides of a guide follows from the light under
them (`solvers.lidar.grooves`). The angle is that of the guide's own index, less what the grooves take of it to first
order. Each period is a source of its own, so that antennas may change along their length. Left out: what the first
teeth reflect, and higher lateral modes.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.compact.couplers import layers_at
from lingnan.components.compact.devices import BAND
from lingnan.components.compact.guides import digest, in_range
from lingnan.components.compact.ways import Line as Guide
from lingnan.components.soi import antennas
from lingnan.components.soi.antennas import Teeth
from lingnan.pdk import active_process, optics
from lingnan.pdk.errors import LingnanError
from lingnan.solvers import materials
from lingnan.solvers.lidar import antenna as gratings
from lingnan.solvers.lidar.antenna import Antenna
from lingnan.solvers.lidar.farfield import Line
from lingnan.solvers.lidar.grooves import Grooved
from lingnan.solvers.tracing import is_traced, marked, namespace
from lingnan.solvers.waveguides.slab import slab_index

SINES = (0.08, 0.4)  #: direction cosines that are kept: nearer to the normal a grating sends light back
NODES = (7, 7)  #: in wavelength and sine
PERIODS = (10, 20)  #: of the two gratings whose difference is the decay
_FLAT = (0.0, 1.0)  #: of what depends on wavelength alone
_AT = nodes(-1.0, 1.0, 12)  #: bites at which grooves are summed, from none to half the width
_FIT = np.linalg.inv(np.vander(_AT, increasing=True))

_solved: "dict[str, Emission]" = {}


@dataclass(frozen=True)
class Emission:
    """A grating across a very wide guide; x is wavelength, y the direction cosine of its beam."""

    logarithm: Surface  #: ln of the decay [1/µm]
    upwards: Surface  #: share of what leaves that goes up
    film: Surface  #: index of the full film as a slab
    etched: Surface  #: the same where it is etched
    version: str
    error: float  #: of the logarithm, between nodes


def emission(fill: float = 0.5, corner: str = "nominal") -> Emission:
    """Of gratings with that share standing: from the store, else solved now and remembered."""
    key = key_of(fill, corner)
    if key not in _solved:
        entry = store.recalled(active_process().name, key, lambda: solve(fill, corner))
        surfaces = {name: store.as_surface(entry[name]) for name in ("logarithm", "upwards", "film", "etched")}
        _solved[key] = Emission(**surfaces, version=entry["version"], error=entry["error"])
    return _solved[key]


def key_of(fill: float, corner: str) -> str:
    """Name in the store."""
    return f"emission {fill:g} {corner} {digest(active_process(), 'strip', corner)}"


def wanted() -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """What is kept: keys, and how to solve for them, in every corner."""
    for corner in active_process().corners:
        yield key_of(0.5, corner), partial(solve, 0.5, corner)


def solve(fill: float, corner: str) -> dict[str, Any]:
    """Solve at all nodes, and between them for the error."""
    process = optics.at_corner(active_process(), corner)
    kelvin = jnp.asarray(process.corners[corner].temperature)

    def films(wave: float) -> Any:
        return layers_at(process, {"WG"}, {"WG", "SHALLOW"}, 0.0, jnp.asarray(wave), kelvin)

    @jax.jit
    def sent(layers: Any, period: Array, wave: Array) -> tuple[Array, Array]:
        found = gratings.solved(layers, period, fill, wave, periods=PERIODS)
        return jnp.log(found.antenna.decay), found.antenna.upwards

    def slabs(wave: float) -> tuple[float, float]:
        layers = films(wave)
        n_film, n_side = float(layers.n_film), float(layers.n_cover)
        full = float(layers.film)
        return _slab(full, n_film, n_side, wave), _slab(full - float(layers.etch), n_film, n_side, wave)

    def at(wave: float, sine: float) -> tuple[float, float]:
        full, etched = slabs(wave)
        period = wave / (fill * full + (1 - fill) * etched - sine)
        one, two = sent(films(wave), jnp.asarray(period), jnp.asarray(wave))
        return float(one), float(two)

    waves, sines = nodes(*BAND, NODES[0]), nodes(*SINES, NODES[1])
    values = np.array([[at(w, s) for s in sines] for w in waves])
    beside = np.array([slabs(w) for w in waves])
    logarithm, upwards = (Surface.through(BAND, SINES, values[..., k]) for k in (0, 1))
    film, etched = (Surface.through(BAND, _FLAT, beside[:, k : k + 1]) for k in (0, 1))
    places = [(low + share * (high - low)) for (low, high), share in ((BAND, 0.3), (SINES, 0.6))]
    error = abs(float(logarithm(*places)) - at(*places)[0])
    return asdict(Emission(logarithm, upwards, film, etched, __version__, error))


def _slab(thickness: float, n_film: float, n_side: float, wave: float) -> float:
    """Index of the film alone between its oxides."""
    beside = np.array([0.1, 0.3, 1.0])  # a tail in oxide falls by 1/e in 0.1 µm
    levels = np.array([*-beside[::-1], 0.0, thickness, *thickness + beside])
    media = np.array([*[n_side] * 3, n_film, *[n_side] * 3]) ** 2
    return float(slab_index(levels, media, media, wave, "te"))


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Sizes:
    """A grating by its periods; all may be traced."""

    width: Any  #: of the guide [µm]
    fill: Any  #: share that is not etched
    period: Any  #: (N,) [µm]
    bite: Any  #: (N,) [µm]


def sizes_of(teeth: Teeth) -> Sizes:
    """Of a drawn antenna."""
    return Sizes(teeth.width, teeth.fill, np.diff(teeth.edges), np.asarray(teeth.bites))


def drawn(**settings: Any) -> Sizes:
    """Of `grating_antenna` with these parameters, or of those of `phased_array` that are its antenna's."""
    asked = {**_OWN, **{name: value for name, value in settings.items() if name in _OWN}}
    return sizes_of(antennas.teeth_of("grating_antenna", **asked))


_OWN: dict[str, Any] = dict(
    length=60.0, period=0.6, period_end=None, fill=0.5, width=1.2, bite=None, bite_end=None, taper=20.0,
    cross_section="strip",
)  # fmt: skip


@jax.jit
def _grooved(width: Array, bites: Array, n_film: Array, n_side: Array, wl: Array, sine: Array) -> tuple[Array, Array]:
    """Strength over that of a very wide guide, and share of light under the grooves, of some bites."""

    def one(bite: Array) -> tuple[Array, Array]:
        made = Grooved(width, bite, n_film, n_side, wl)
        return made.strength(sine), made.taken

    return jax.vmap(one)(bites)


def _under(sizes: Sizes, wl: ArrayLike, corner: str, sine: ArrayLike = 0.0) -> tuple[Any, Any]:
    """The same of each period, by polynomials through a few bites: one program for gratings of all lengths."""
    if is_traced(sizes, wl, sine):
        return _through(sizes, wl, corner, sine)
    with jax.ensure_compile_time_eval():  # numbers, also inside a program that is traced by something else
        return jax.tree.map(np.asarray, _through(sizes, wl, corner, sine))


def _through(sizes: Sizes, wl: ArrayLike, corner: str, sine: ArrayLike) -> tuple[Any, Any]:
    """`_under`."""
    kept, xp = emission(_fill(sizes), corner), namespace(sizes, wl, sine)
    bites, half = xp.asarray(sizes.bite, float), xp.asarray(sizes.width, float) / 4
    films = (xp.asarray(one, float) for one in (kept.film(wl, 0.5), _side(wl, corner)))
    found = _grooved(xp.asarray(sizes.width, float), half + half * _AT, *films, xp.asarray(wl, float), sine)
    place = bites / half - 1.0
    powers = xp.stack([place**order for order in range(_AT.size)], axis=-1)
    strength, taken = (powers @ (_FIT @ xp.asarray(one)) for one in found)
    return strength, taken


def index(sizes: Sizes, wl: ArrayLike, temperature: ArrayLike | None = None, corner: str = "nominal") -> Any:
    """Of the wave in each period, (N,): the guide's, less the step of the film times the light under the grooves."""
    kept, (_, part) = emission(_fill(sizes), corner), _under(sizes, wl, corner)
    step = kept.film(wl, 0.5) - kept.etched(wl, 0.5)
    return Guide("strip", corner).index(wl, temperature, sizes.width) - (1 - sizes.fill) * part * step


def _fill(sizes: Sizes) -> float:
    return round(float(sizes.fill), 6)


def _side(wl: ArrayLike, corner: str) -> Any:
    """Index of what is around the guide, at the corner's temperature."""
    process = active_process()
    n = materials.get(process.levels["cladding"].material).n(wl, process.corners[corner].temperature).real
    return n if is_traced(n) else np.asarray(n)


def sines(sizes: Sizes, wl: ArrayLike, temperature: ArrayLike | None = None, corner: str = "nominal") -> Array:
    """Direction cosine that each period sends to, (N,).

    Raises:
        LingnanError: beyond what is kept: nearer to the normal the grating sends light back, farther from it nothing
            was solved.
    """
    xp = namespace(sizes, wl, temperature)
    found = index(sizes, wl, temperature, corner) - xp.asarray(wl, float) / xp.asarray(sizes.period, float)
    if not is_traced(found):
        low, high = float(np.min(found)), float(np.max(found))
        if not SINES[0] <= low <= high <= SINES[1]:
            degrees = [np.rad2deg(np.arcsin(np.clip(one, -1, 1))) for one in (low, high, *SINES)]
            raise LingnanError(
                f"grating_antenna: its beam would leave at {degrees[0]:.2f} to {degrees[1]:.2f} degrees, and strengths "
                f"are known from {degrees[2]:.1f} to {degrees[3]:.1f} degrees. Use a longer period for a larger angle, "
                "a shorter one for a smaller one."
            )
    else:
        said = f"grating_antenna: its beam would leave to a sine of {{sine:g}}, and strengths are known in {SINES}."
        found = found * marked((found >= SINES[0]) & (found <= SINES[1]), said, sine=found)
    return found


def along(
    sizes: Sizes, wl: ArrayLike = 1.55, temperature: ArrayLike | None = None, corner: str = "nominal"
) -> Line:  # fmt: skip
    """Each period as a source: amplitudes are roots of the share of the light that it sends up, phases the guide's.

    Args:
        sizes: of the antenna.
        wl: one wavelength [µm].
        temperature: of the chip [K]; None: the corner's.
        corner: of the process.
    """
    wl = in_range("grating_antenna", "wl", wl, BAND)
    v, gone = _lost(sizes, wl, temperature, corner)
    kept, xp = emission(_fill(sizes), corner), namespace(sizes, wl, temperature)
    period, wave = xp.asarray(sizes.period, float), xp.asarray(wl, float)
    before = xp.exp(-(xp.cumsum(gone) - gone))
    amplitude = xp.sqrt(before * -xp.expm1(-gone) * kept.upwards(wl, v))
    turned = v * period + wave  # n period: whole turns are taken out below
    phase = 2 * np.pi / wave * (xp.cumsum(turned) - turned / 2)
    ends = xp.cumsum(period)
    return Line(ends - period / 2, amplitude, wl, phase % (2 * np.pi))


def _lost(sizes: Sizes, wl: ArrayLike, temperature: ArrayLike | None, corner: str) -> tuple[Any, Any]:
    """Direction cosine of each period, and its decay times its length."""
    kept, v = emission(_fill(sizes), corner), sines(sizes, wl, temperature, corner)
    xp = namespace(sizes, wl, temperature)
    strength, _ = _under(sizes, wl, corner, xp.mean(v))
    return v, strength * xp.exp(kept.logarithm(wl, v)) * xp.asarray(sizes.period, float)


def efficiency(line: Line) -> Any:
    """Share of the light in the guide that an antenna sends up."""
    return namespace(line.amplitude).sum(line.amplitude**2)


def left(sizes: Sizes, wl: ArrayLike, temperature: ArrayLike | None = None, corner: str = "nominal") -> Any:
    """Share of the light that is still in the guide behind the grating, but for the guide's own loss."""
    gone = _lost(sizes, wl, temperature, corner)[1]
    return namespace(gone).exp(-gone.sum())


def antenna(
    sizes: Sizes, wl: ArrayLike = 1.55, temperature: ArrayLike | None = None, corner: str = "nominal"
) -> Antenna:  # fmt: skip
    """In the mean over its length: angle, decay, share upwards, group index."""
    kept, (v, gone) = emission(_fill(sizes), corner), _lost(sizes, wl, temperature, corner)
    period, wave, step = np.asarray(sizes.period, float), float(np.asarray(wl)), 1e-4
    share = period / period.sum()
    before, at, behind = (float(share @ index(sizes, wave + by, temperature, corner)) for by in (-step, 0.0, step))
    n_g = at - wave * (behind - before) / (2 * step)  # of fits of low order: right to 1e-6
    return Antenna(wave, share @ v, gone.sum() / period.sum(), share @ kept.upwards(wave, v), n_g)


def element(sizes: Sizes, u: ArrayLike, wl: ArrayLike = 1.55, corner: str = "nominal") -> Array:
    """Power of one antenna by its direction cosine across, in the mean of its periods, 1 straight above."""
    kept, bites = emission(_fill(sizes), corner), np.asarray(sizes.bite, float)
    at = jnp.linspace(bites.min(), bites.max(), _AT.size)
    return _seen(jnp.asarray(sizes.width, float), at, jnp.asarray(kept.film(wl, 0.5)), _side(wl, corner), wl, u)


@jax.jit
def _seen(width: Array, bites: Array, n_film: Array, n_side: Array, wl: ArrayLike, u: ArrayLike) -> Array:
    return jnp.mean(jax.vmap(lambda bite: Grooved(width, bite, n_film, n_side, wl).element(u))(bites), axis=0)
