"""Two equal guides of the line side by side: how fast light changes sides, over wavelength and gap, for compact models.

Supermodes by `lingnan.solvers.waveguides` at Chebyshev nodes of wavelength and gap; the logarithm of n₊ - n₋ is
fitted, as in `lingnan.solvers.devices.coupler`, and kept (`store`).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.compact.guides import BANDS, WAVES, digest, in_range
from lingnan.pdk import optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import waveguides
from lingnan.solvers.tracing import namespace

#: Smallest gaps of a solution [µm]: the next below the gap asked for, so that neighbouring gaps share one.
LOWS = (0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0)
#: Gaps that are solved, above the smallest [µm]; the fall beyond is exponential.
SPAN, GAPS = 0.45, 4
WORST = 0.01  #: error of n₊ - n₋ at which a fit is not used, nor where it rises with the gap
WATCHED = 25  #: wavelengths, and gaps, at which its slope is looked at

_solved: "dict[str, Pair]" = {}  #: by key


@dataclass(frozen=True)
class Pair:
    """ln(n₊ - n₋) of wavelength and gap, and where it is from."""

    process: str
    hash: str
    version: str
    what: str  #: for messages: cross-section, process and corner
    low: float  #: smallest gap solved [µm]
    logarithm: Surface
    error: float  #: largest relative error of n₊ - n₋ found between the nodes

    @cached_property
    def resolved(self) -> bool:
        """Whether n₊ - n₋ falls with the gap at all wavelengths, and smoothly: where it is no more than a few 1e-5, it
        is less than the error of n₊ and n₋ on their mesh, and its logarithm goes anywhere."""
        waves, gaps = np.linspace(*self.logarithm.x, WATCHED)[:, None], np.linspace(self.low, self.low + SPAN, WATCHED)
        return self.error < WORST and bool(np.all(np.asarray(self.logarithm.slope()(waves, gaps)) < 0))

    def splitting(self, wl: ArrayLike, gap: ArrayLike) -> Array:
        """n₊ - n₋, broadcast over wavelength and gap [µm]; beyond the solved gaps it falls on along its last slope.

        Raises:
            LingnanError: a wavelength outside the fit, or a gap below it.
        """
        wl = in_range(self.what, "wl", wl, self.logarithm.x)
        gap = in_range(self.what, "gap", gap, (self.low, np.inf))
        high = self.low + SPAN
        xp = namespace(wl, gap)
        gap = xp.asarray(gap, float)
        inside = xp.clip(gap, self.low, high)
        level = self.logarithm(wl, inside) + self.logarithm.slope()(wl, high) * (gap - inside)
        return namespace(level).exp(level)

    def phase(self, wl: ArrayLike, gap: ArrayLike, length: ArrayLike) -> Array:
        """φ of a straight length [µm]: sin² φ of the power has changed sides."""
        xp = namespace(wl, gap, length)
        return np.pi / xp.asarray(wl) * self.splitting(wl, gap) * xp.asarray(length)

    def decay(self, wl: ArrayLike, gap: ArrayLike) -> Array:
        """-d ln(n₊ - n₋)/d gap at a gap [1/µm]."""
        return -self.logarithm.slope()(wl, namespace(gap).clip(gap, self.low, self.low + SPAN))

    def phase_along(self, wl: ArrayLike, gaps: ArrayLike, steps: ArrayLike, gained: ArrayLike = 1.0) -> Array:
        """φ of guides whose gap changes: pieces of length `steps` at `gaps`, both (pieces,) [µm], added up.

        `gained` is what bends add to each piece, (…, pieces).
        """
        waves: Any = namespace(wl).asarray(wl, float)
        changed = self.splitting(waves[..., None], gaps) * gained * steps
        return np.pi / waves * namespace(changed).sum(changed, axis=-1)


@dataclass(frozen=True)
class Ladder:
    """Kept pairs of rising least gaps, for a gap that is traced: the last one that begins at or below it answers."""

    fits: tuple[Pair, ...]
    gap: Any  #: between the guides where they are nearest [µm]

    def phase(self, wl: ArrayLike, gap: ArrayLike, length: ArrayLike) -> Array:
        """As `Pair.phase`."""
        return self._of(gap, lambda fit, apart: fit.phase(wl, apart, length))

    def decay(self, wl: ArrayLike, gap: ArrayLike) -> Array:
        """As `Pair.decay`."""
        return self._of(gap, lambda fit, apart: fit.decay(wl, apart))

    def phase_along(self, wl: ArrayLike, gaps: ArrayLike, steps: ArrayLike, gained: ArrayLike = 1.0) -> Array:
        """As `Pair.phase_along`."""
        return self._of(gaps, lambda fit, apart: fit.phase_along(wl, apart, steps, gained))

    def _of(self, gaps: ArrayLike, found: Callable[[Pair, Any], Array]) -> Array:
        first, *more = self.fits
        value = found(first, gaps)
        for fit in more:
            value = jnp.where(self.gap >= fit.low - 1e-9, found(fit, jnp.maximum(gaps, fit.low)), value)
        return value


def ladder(
    process: Process, cross_section: str, gap: Any, corner: str, *, width: float | None, direction: float, cladding: str
) -> Ladder:
    """Two guides at a gap that is traced, from what is kept; arguments as for `pair`.

    Raises:
        LingnanError: no pair of these guides is kept.
    """
    kept, used = store.entries(process.name), process.cross_sections[cross_section].width.value
    lows = [
        low
        for low in LOWS
        if key_of(process, cross_section, corner, low, used if width is None else width, direction, cladding) in kept
    ]
    if not lows:
        raise LingnanError(
            f"model of two {cross_section} guides: the gap is traced, and no fit of such a pair is kept in corner "
            f"{corner}. Give a number for the gap."
        )
    made = (
        pair(process, cross_section, low, corner, width=width, direction=direction, cladding=cladding) for low in lows
    )
    return Ladder(tuple(made), gap)


def pair(
    process: Process,
    cross_section: str,
    gap: float,
    corner: str = "nominal",
    *,
    width: float | None = None,
    direction: float = 0.0,
    cladding: str = "",
) -> Pair:
    """Two guides of a cross-section around `gap` [µm]: from the store, else solved now and remembered.

    Where gaps are so large that n₊ - n₋ is lost in the mesh's error, the next smaller ones answer, and fall on.

    Args:
        process: of the line.
        cross_section: of both guides.
        gap: edge to edge [µm].
        corner: of the process.
        width: of both cores [µm]; the cross-section's own if not given.
        direction: of the light's path from the layout's x axis, for crystals [deg].
        cladding: medium around the cores in place of the process's; empty: the process's.
    """
    below = [low for low in LOWS if low <= gap + 1e-9]
    if not below:
        raise LingnanError(
            f"model of two {cross_section} guides: gap = {gap:g} µm is not above {LOWS[0]} µm. Use a larger gap."
        )
    used = process.cross_sections[cross_section].width.value if width is None else width
    while not (found := _recalled(process, cross_section, corner, below[-1], used, direction, cladding)).resolved:
        if len(below) == 1:
            break
        below.pop()
    return found


def _recalled(process: Process, cross_section: str, *settings: Any) -> Pair:
    key = key_of(process, cross_section, *settings)
    if key not in _solved:
        entry = store.recalled(process.name, key, lambda: as_entry(solve(process, cross_section, *settings)))
        _solved[key] = Pair(**{**entry, "logarithm": store.as_surface(entry["logarithm"])})
    return _solved[key]


def key_of(process: Process, cross_section: str, corner: str, low: float, width: float, direction: float, over: str):
    """Name of a pair in the store."""
    turned = f"@{direction:g}" if direction else ""
    name = f"pair {cross_section}{turned}{'/' if over else ''}{over} {width:g} from {low:g} {corner} "
    return name + digest(process, cross_section, corner)


@partial(jax.jit, static_argnums=2)
def splitting_of(made: waveguides.Geometry, wl: Array, te: bool = True) -> Array:
    """n₊ - n₋ of the two fastest TE modes, or TM modes."""
    modes = waveguides.solve(made, wl, num_modes=4)
    alike = jnp.where((modes.te_fraction > 0.5) == te, modes.n_eff.real, -jnp.inf)
    first = jnp.argmax(alike)
    return alike[first] - jnp.max(alike.at[first].set(-jnp.inf))


def beside(
    process: Process,
    cross_section: str,
    corner: str,
    about: float,
    width: float,
    direction: float,
    cladding: str | float,
) -> Callable[[Array], waveguides.Geometry]:
    """Cross-section of two guides by their gap [µm]; lines have the order that they have at a gap of `about`."""
    line = optics.at_corner(process, corner)
    data, kelvin = line.cross_sections[cross_section], line.corners[corner].temperature
    around = [(s.layer, width / 2 + s.reach.value) for s in data.sections if s.reach is not None]

    @jax.jit
    def geometry(gap: Array) -> waveguides.Geometry:
        shapes: dict[str, list[tuple[optics.End, optics.End]]] = {}
        for sign in (-1, 1):
            for layer, half in ((data.layer, width / 2), *around):
                at, value = sign * (about + width) / 2, sign * (gap + width) / 2
                ends = (optics.End(at - half, value - half), optics.End(at + half, value + half))
                shapes.setdefault(layer, []).append(ends)
        return optics.of_mask(
            line, shapes, temperature=kelvin, cladding=cladding or None, angle_deg=direction,
            reach=about + SPAN / 2 + width + optics.FAR,
        )  # fmt: skip

    return geometry


def solve(
    process: Process, cross_section: str, corner: str, low: float, width: float, direction: float, cladding: str
) -> Pair:
    """Solve a pair at all nodes, and between them for the error."""
    band, count = BANDS[process.platform], WAVES[process.platform]
    geometry = beside(process, cross_section, corner, low + SPAN / 2, width, direction, cladding)

    def difference(wl: float, gap: float) -> float:
        return float(splitting_of(geometry(jnp.asarray(gap)), jnp.asarray(wl)))

    waves, gaps = nodes(*band, count), nodes(low, low + SPAN, GAPS)
    values = np.array([[difference(w, g) for g in gaps] for w in waves])
    if not np.all((values > 0) & np.isfinite(values)):
        raise LingnanError(
            f"model of two {cross_section} guides: the odd supermode was not found between {low:g} and "
            f"{low + SPAN:g} µm at wavelengths up to {band[1]:g} µm (process {process.stamp}): it is near cutoff. "
            "Use a wider guide."
        )
    logarithm = Surface.through(band, (low, low + SPAN), np.log(values))
    middle = (band[0] + 0.7 * (band[1] - band[0]), low + 0.4 * SPAN)
    error = abs(float(jnp.exp(logarithm(*middle))) / difference(*middle) - 1)
    what = f"two guides {cross_section} (process {process.name}, corner {corner})"
    return Pair(process.name, process.hash, __version__, what, low, logarithm, error)


def as_entry(made: Pair) -> dict[str, Any]:
    """A pair as the store keeps it."""
    return asdict(made)
