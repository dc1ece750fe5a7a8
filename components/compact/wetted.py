"""Guides and pairs of guides in a window of the cladding, over the index of what fills it, for compact models.

A third number beside those of `guides` and `pairs`: the index of the liquid or gas, from that of vacuum to above that
of the buried oxide, so that one fit serves air, water, serum and oil, and its slope is the sensitivity. The narrowest
guide of a fit hangs on that index, for light in air is cut off in wider ones than light in water: between it and the
widest the fit runs in a share of 1/width. Temperature enters by its exact derivative with the index held; how the
liquid's own index moves is the liquid's matter. What the liquid absorbs is first order: the imaginary part of n_eff is
dn_eff/dn times that of n, exact as long as it is small. Bends of couplers lean as `leans` has it in media of three
indices.

An error that is told is the fit's, against the mesh that it was solved on. That mesh's own is 2e-5 of n_eff in strips
of the line's width and grows towards cut-off: 4e-4 in water at two thirds of that width, 7e-4 at the narrowest in air.
What leaks into a substrate is left out (`devices.leakage`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact import guides, leans, store
from lingnan.components.compact.chebyshev import Surface, known, nodes
from lingnan.components.compact.guides import check_range, digest
from lingnan.components.compact.pairs import Pair
from lingnan.components.compact.volumes import Volume
from lingnan.components.compact.ways import Line
from lingnan.pdk import active_process, optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import materials, waveguides
from lingnan.solvers.devices import bending
from lingnan.solvers.tracing import namespace
from lingnan.solvers.waveguides.grid import at_margin

#: A material or its name, or its index, complex where it absorbs.
Medium = str | materials.Material | ArrayLike

#: Ranges of a fit: wavelength [µm], to beyond methane's lines at 1.65, index of the medium, and the widest guide by the
#: guide's own width.
BAND, LIQUIDS, WIDEST = (1.26, 1.68), (1.0, 1.5), 2.0
#: The narrowest guide, by the guide's own, in media of two indices; its inverse is linear in the index. The silicon
#: line's holds light over the whole band in every corner: least at 1.68 µm in thin_narrow, n_eff - n of the oxide 0.032
#: in air and 0.054 at 1.25 (strips of 0.33 and 0.30 µm).
NARROWEST = ((1.0, 11 / 15), (1.25, 2 / 3))
WAVES, MEDIA, INVERSES = 8, 7, 12  #: nodes of each
SIDES, APART, STEPS = 6, 5, 4  #: nodes of a pair: wavelength, gap, medium
#: Of a pair: media, and gaps [µm], beyond which the exchange falls on exponentially. The odd mode of a pair is cut off
#: before a guide alone is: below a width, by the guide's own, from this index and this gap on only.
GAPS, CLOSE, SLENDER = (0.2, 0.65), 0.8, ((1.3, 1.5), (0.55, 1.0))

_made: dict[str, Any] = {}  #: by key


@dataclass(frozen=True)
class Wet:
    """n_eff(wavelength, width, temperature, medium) of the fundamental TE mode, and where it is from."""

    process: str
    hash: str
    version: str
    corner: str
    cross_section: str
    width: float  #: the cross-section's own [µm]
    temperature: float  #: at which n_eff was solved [K]
    index: Volume  #: of wavelength, 1/width and the medium's index
    warmth: Volume  #: dn_eff/dT, the medium's index held [1/K]
    error: float  #: largest error of n_eff found between the nodes
    loss: float  #: of the straight guide under oxide, the process's number [dB/cm]

    def n_eff(
        self, wl: ArrayLike, medium: Medium, width: ArrayLike | None = None, temperature: ArrayLike | None = None
    ) -> Array:
        """Effective index, broadcast; complex where the medium absorbs.

        Raises:
            LingnanError: a wavelength, width or index outside the fit.
        """
        n, share = self._place(wl, medium, width, temperature)
        xp = namespace(wl, share, temperature, n)
        warm = 0.0 if temperature is None else xp.asarray(temperature, float) - self.temperature
        real = self.index(wl, share, xp.real(n)) + warm * self.warmth(wl, share, xp.real(n))
        if not xp.iscomplexobj(n):
            return real
        return real + 1j * xp.imag(n) * self._slope(wl, share, xp.real(n))

    def bulk(self, wl: ArrayLike, medium: Medium, width: ArrayLike | None = None) -> Array:
        """dn_eff/dn of the medium: the sensitivity, and the share of the medium's absorption that light sees.

        Raises:
            LingnanError: a wavelength, width or index outside the fit.
        """
        n, share = self._place(wl, medium, width, None)
        return self._slope(wl, share, namespace(n).real(n))

    def _place(
        self, wl: ArrayLike, medium: Medium, width: ArrayLike | None, temperature: ArrayLike | None
    ) -> tuple[Any, Any]:
        """Index of the medium, and where between the widest guide and the narrowest one lies, by 1/width."""
        n = index_of(medium, wl, self.temperature if temperature is None else temperature)
        w = self.width if width is None else width
        real = namespace(n).real(n)
        what = f"{self.cross_section} in a window (process {self.process}, corner {self.corner})"
        check_range(what, "wl", wl, self.index.terms[0].x)
        check_index(what, real)
        least = LIQUIDS[1] if isinstance(real, Tracer) else float(np.min(real))
        ends = round(self.width * narrowest(least), 3), WIDEST * self.width  # whole nm
        held = f"in a medium of index {least:.4g} light is held in every corner up to {self.index.terms[0].x[1]:g} µm"
        check_range(what, "width", w, ends, because=held)
        u, wide = 1 / namespace(w).asarray(w, float), 1 / ends[1]
        return n, (u - wide) / (1 / (self.width * narrowest(real)) - wide)

    def _slope(self, wl: ArrayLike, share: Any, n: Any) -> Array:
        """dn_eff/dn at a width: the share of 1/width falls as the narrowest guide's 1/width rises."""
        rise = 1 / narrowest(n) - 1 / WIDEST
        return self.index.along_z()(wl, share, n) - share * _RISE / rise * self.index.along_y()(wl, share, n)


#: d(1/`narrowest`)/dn
_RISE = (1 / NARROWEST[1][1] - 1 / NARROWEST[0][1]) / (NARROWEST[1][0] - NARROWEST[0][0])


def narrowest(n: Any) -> Any:
    """Width of the narrowest guide that a fit has in a medium, by the guide's own."""
    return 1 / (1 / NARROWEST[0][1] + _RISE * (n - NARROWEST[0][0]))


def index_of(medium: Medium, wl: ArrayLike, temperature: ArrayLike) -> Any:
    """Index of a medium, complex where it absorbs.

    Args:
        medium: a material or its name, or the index itself.
        wl: wavelength [µm].
        temperature: [K].

    Raises:
        MaterialRangeError: a material asked for where nobody has measured it; give the index.
    """
    if not isinstance(medium, str | materials.Material):
        return np.asarray(medium) if known(medium) else medium
    found = materials.index(medium, wl, temperature)
    return np.asarray(found) if known(found) else found


def check_index(what: str, n: ArrayLike) -> None:
    """Refuse an index for which nothing was solved.

    Raises:
        LingnanError: with the range.
    """
    if isinstance(n, Tracer):
        return
    low, high = LIQUIDS
    numbers = np.asarray(n, float)
    if not np.all((numbers >= low - 1e-9) & (numbers <= high + 1e-9)):
        worst = numbers.flat[int(np.argmax(np.maximum(low - numbers, numbers - high)))]
        raise LingnanError(
            f"model of {what}: an index of the medium of {worst:g} lies outside {low:g} to {high:g}, for which it was "
            "solved. Give cladding = a liquid's or a gas's name, or its index, inside that range."
        )


@dataclass(frozen=True)
class WetPair:
    """ln(n₊ - n₋) of wavelength, gap and medium, and how the guides lean in bends."""

    process: str
    hash: str
    version: str
    what: str
    width: float  #: of both cores [µm]
    logarithm: Volume
    lean: tuple[Surface, ...]  #: of wavelength, in the least, the middle and the highest index of the media [µm]
    error: float  #: largest relative error of n₊ - n₋ found between the nodes

    def pair(self, n: ArrayLike, wl: ArrayLike) -> Pair:
        """As couplers take it, in one medium, for wavelengths at which its index is known."""
        cut: Any = self.logarithm.at(n, wl)
        return Pair(self.process, self.hash, self.version, self.what, self.logarithm.terms[0].y[0], cut, self.error)

    def check(self, n: ArrayLike, gap: ArrayLike) -> None:
        """Refuse a medium or a gap in which light of the odd mode may be cut off.

        Raises:
            LingnanError: with the range.
        """
        check_index(self.what, n)
        said = "light of the odd mode is held in every corner"
        check_range(f"{self.what}, {self.width:g} µm wide", "cladding", n, self.logarithm.z, "(index)", said)
        if self.logarithm.terms[0].y != GAPS:
            least = self.logarithm.terms[0].y[0]
            check_range(f"{self.what}, {self.width:g} µm wide", "gap", gap, (least, np.inf), because=said)

    def leaning(self, n: ArrayLike, wl: ArrayLike) -> bending.Lean:
        """The slope by Lagrange's polynomial through three media."""
        total: Any = 0.0
        media = _three(self.logarithm.z)
        for k, surface in enumerate(self.lean):
            rest = [one for one in media if one != media[k]]
            weight = np.prod([media[k] - one for one in rest])
            total = total + surface(wl, 0.5) * (n - rest[0]) * (n - rest[1]) / weight
        return bending.Lean(total, self.width)


@dataclass(frozen=True)
class WetLine(Line):
    """A guide of the active process in a window, filled by a medium."""

    medium: Any = "air"  #: a material's name, or an index
    width: float | None = None  #: of the core [µm]; None: the cross-section's

    def wet(self) -> Wet:
        """Its fit."""
        return wet(active_process(), self.cross_section, self.corner)

    def index(
        self, wl: ArrayLike, temperature: ArrayLike | None, width: ArrayLike | None = None, turn: Any = None
    ) -> Array:
        """n_eff in the medium, complex where that absorbs."""
        return self.wet().n_eff(wl, self.medium, self.width if width is None else width, temperature)

    def medium_index(self, wl: ArrayLike) -> Any:
        """Real part of the medium's index, at the corner's temperature."""
        n = index_of(self.medium, wl, self.wet().temperature)
        return namespace(n).real(n)

    def _pair(self, width: float | None) -> WetPair:
        used = self.width if width is None else width
        return wet_pair(active_process(), self.cross_section, self.corner, used)

    def pair(self, gap: float, angle_deg: float = 0.0, width: float | None = None) -> Any:
        """Two of it at a gap [µm], in the medium."""
        made = self._pair(width)
        made.check(self.medium_index(made.logarithm.terms[0].x[0]), gap)
        return _PairInWindow(self, made)

    def lean(self, wl: ArrayLike, width: float | None = None, angle_deg: float = 0.0) -> bending.Lean:
        """How its tail leans in a bend, in the medium."""
        return self._pair(width).leaning(self.medium_index(wl), wl)


@dataclass(frozen=True)
class _PairInWindow:
    """A `Pair` whose medium disperses: cut at the wavelengths that it is asked for."""

    line: WetLine
    made: WetPair

    def phase(self, wl: ArrayLike, gap: ArrayLike, length: ArrayLike) -> Array:
        """As `Pair.phase`."""
        return self.made.pair(self.line.medium_index(wl), wl).phase(wl, gap, length)

    def decay(self, wl: ArrayLike, gap: float) -> Array:
        """As `Pair.decay`."""
        return self.made.pair(self.line.medium_index(wl), wl).decay(wl, gap)

    def phase_along(self, wl: ArrayLike, gaps: np.ndarray, steps: np.ndarray, gained: ArrayLike = 1.0) -> Array:
        """As `Pair.phase_along`."""
        return self.made.pair(self.line.medium_index(wl), wl).phase_along(wl, gaps, steps, gained)


def wet(process: Process, cross_section: str, corner: str = "nominal") -> Wet:
    """A guide in a window: from the store, else solved now and remembered."""
    key = key_of(process, cross_section, corner)
    if key not in _made:
        entry = store.recalled(process.name, key, lambda: as_entry(solve(process, cross_section, corner)))
        filled: dict[str, Any] = {**entry, **{name: _volume(entry[name]) for name in ("index", "warmth")}}
        _made[key] = Wet(**filled)
    return _made[key]


def wet_pair(process: Process, cross_section: str, corner: str = "nominal", width: float | None = None) -> WetPair:
    """Two guides in a window: from the store, else solved now and remembered."""
    used = process.cross_sections[cross_section].width.value if width is None else width
    key = pair_key(process, cross_section, corner, used)
    if key not in _made:
        entry = store.recalled(process.name, key, lambda: as_entry(solve_pair(process, cross_section, corner, used)))
        lean = tuple(store.as_surface(one) for one in entry["lean"])
        both: dict[str, Any] = {**entry, "logarithm": _volume(entry["logarithm"]), "lean": lean}
        _made[key] = WetPair(**both)
    return _made[key]


def key_of(process: Process, cross_section: str, corner: str) -> str:
    """Name of a guide in the store."""
    return f"wet {cross_section} {corner} {digest(process, cross_section, corner)}"


def pair_key(process: Process, cross_section: str, corner: str, width: float) -> str:
    """Name of a pair in the store."""
    return f"wetpair {cross_section} {width:g} {corner} {digest(process, cross_section, corner)}"


_SHARES = (0.0, 1.0)  #: of 1/width, from the widest guide to the narrowest
#: Where the error is looked for: shares of the band and of 1/width, and media; the last two at the narrowest guides
_BETWEEN = (
    (0.15, 0.6, 1.33), (0.7, 0.65, 1.02), (0.9, 0.75, 1.4), (0.69, 0.93, 1.3154), (0.93, 0.97, 1.02),
)  # fmt: skip


def _three(media: tuple[float, float]) -> tuple[float, float, float]:
    """Indices in which bends are solved."""
    return media[0], (media[0] + media[1]) / 2, media[1]


def solve(process: Process, cross_section: str, corner: str = "nominal") -> Wet:
    """Solve a guide in media of all indices at all nodes, and between them for the error."""
    data = process.cross_sections[cross_section]
    own = data.width.value
    waves, shares, media = nodes(*BAND, WAVES), nodes(*_SHARES, INVERSES), nodes(*LIQUIDS, MEDIA)

    @cache
    def geometry(width: float, n: float) -> waveguides.Geometry:
        return optics.geometry(process, cross_section, corner=corner, width=jnp.asarray(width), cladding=n)

    def index(wl: float, share: float, n: float) -> tuple[Array, Array]:
        u = 1 / WIDEST + share * (1 / narrowest(n) - 1 / WIDEST)
        return guides.fastest_te(geometry(float(own / u), float(n)), jnp.asarray(wl))

    values = np.array([[[index(w, share, n) for n in media] for share in shares] for w in waves])
    n_eff, warmth = (Volume.through(BAND, _SHARES, LIQUIDS, values[..., k]) for k in (0, 1))
    span = BAND[1] - BAND[0]
    between = [(BAND[0] + a * span, b, n) for a, b, n in _BETWEEN]
    error = max(abs(float(n_eff(*at)) - float(index(*at)[0])) for at in between)
    loss = 0.0 if data.loss is None else data.loss.value
    kelvin = process.corners[corner].temperature
    return Wet(
        process.name, process.hash, __version__, corner, cross_section, own, kelvin, n_eff, warmth, error, loss
    )  # fmt: skip


@jax.jit
def _splitting(alone: waveguides.Geometry, half: Array, wl: Array) -> Array:
    """n₊ - n₋ of TE light in two guides, from one and a wall of symmetry at `half` [µm] from its middle.

    Both modes have one mesh, so that what is left of a small difference is not the mesh's: where light of both guides
    is solved on a mesh of its own each, they differ by 1e-5 of n_eff.
    """
    _, right, bottom, top = at_margin(alone, optics.FAR).window
    made = alone.walled(-half, right, bottom, top)

    def fastest(magnetic: tuple[str, ...]) -> Array:
        modes = waveguides.solve(made, wl, num_modes=2, magnetic=magnetic, mirrors=("left",))
        return jnp.max(jnp.where(modes.te_fraction > 0.5, modes.n_eff.real, -jnp.inf))

    return fastest(()) - fastest(("left",))


def solve_pair(process: Process, cross_section: str, corner: str, width: float) -> WetPair:
    """Solve a pair in media of all indices at all nodes, its bends in three media, and between for the error."""
    slender = width < CLOSE * process.cross_sections[cross_section].width.value * (1 - 1e-9)
    liquids, apart = SLENDER if slender else (LIQUIDS, GAPS)
    waves, gaps, media = nodes(*BAND, SIDES), nodes(*apart, APART), nodes(*liquids, STEPS)

    @cache
    def geometry(n: float) -> waveguides.Geometry:
        return optics.geometry(process, cross_section, corner=corner, width=jnp.asarray(width), cladding=n)

    def splitting(wl: float, gap: float, n: float) -> float:
        return float(_splitting(geometry(n), jnp.asarray((gap + width) / 2), jnp.asarray(wl)))

    values = np.array([[[splitting(w, g, float(n)) for n in media] for g in gaps] for w in waves])
    what = f"two guides {cross_section} in a window (process {process.name}, corner {corner})"
    if not np.all((values > 0) & np.isfinite(values)):
        raise LingnanError(
            f"model of {what}: in guides of {width:g} µm the odd mode is cut off in a medium of {liquids[0]:g} at gaps "
            f"from {apart[0]:g} µm and wavelengths up to {BAND[1]:g} µm. Use a wider guide."
        )
    logarithm = Volume.through(BAND, apart, liquids, np.log(values))
    between = [(1.31, apart[0] + 0.1, 1.33), (1.55, apart[0] + 0.21, 1.33), (1.6, apart[0] + 0.3, liquids[0] + 0.02)]
    error = max(abs(float(np.exp(logarithm(*at))) / splitting(*at) - 1) for at in between)
    lean = tuple(leans.solve(process, cross_section, corner, width, 0.0, n).slope for n in _three(liquids))
    return WetPair(process.name, process.hash, __version__, what, width, logarithm, lean, error)


def as_entry(made: Wet | WetPair) -> dict[str, Any]:
    """As the store keeps it."""
    return asdict(made)


def _volume(entry: Mapping[str, Any]) -> Volume:
    return Volume(tuple(entry["z"]), tuple(store.as_surface(one) for one in entry["terms"]))


def apart(one: Mapping[str, Any], two: Mapping[str, Any]) -> float:
    """How far two entries of a key are from each other between the nodes, as their error is meant."""
    name = "index" if "index" in one else "logarithm"
    first, second = (_volume(entry[name]) for entry in (one, two))
    low, high = first.terms[0].y
    at = 1.555, low + 0.6 * (high - low), 1.33  # in the range of every fit
    return abs(float(first(*at)) - float(second(*at)))


def wanted(process: Process) -> list[tuple[str, Any]]:
    """What is kept: strips in windows, every corner; pairs of the line's own and of the narrowest in a window."""
    widths = process.cross_sections["strip"].width.value, process.limit("OX.WG.W")
    found: list[tuple[str, Any]] = []
    for corner in process.corners:
        found.append((key_of(process, "strip", corner), lambda c=corner: as_entry(solve(process, "strip", c))))
        for wide in widths:
            key = pair_key(process, "strip", corner, wide)
            found.append((key, lambda c=corner, w=wide: as_entry(solve_pair(process, "strip", c, w))))
    return found
