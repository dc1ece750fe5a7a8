"""Pairs of guides in a window of the cladding, over the index of what fills it, for compact models.

What two guides exchange falls on exponentially with their gap: its logarithm is fitted over wavelength, gap and index
of the medium. Bends of couplers lean as `leans` has it in media of three indices.
"""

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan import __version__
from lingnan.components.compact import leans, store
from lingnan.components.compact.chebyshev import Surface, nodes
from lingnan.components.compact.guides import digest, in_range
from lingnan.components.compact.pairs import Pair
from lingnan.components.compact.volumes import Volume
from lingnan.components.compact.wetted import BAND, LIQUIDS, check_index, volume_of
from lingnan.pdk import optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.solvers import waveguides
from lingnan.solvers.devices import bending
from lingnan.solvers.tracing import is_traced
from lingnan.solvers.waveguides.grid import at_margin

SIDES, APART, STEPS = 6, 5, 4  #: nodes of a pair: wavelength, gap, medium
#: Of a pair: media, and gaps [µm], beyond which the exchange falls on exponentially. The odd mode of a pair is cut off
#: before a guide alone is: below a width, by the guide's own, from this index and this gap on only.
GAPS, CLOSE, SLENDER = (0.2, 0.65), 0.8, ((1.3, 1.5), (0.55, 1.0))
_HELD = "light of the odd mode is held in every corner"  #: why a range ends


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
        """As couplers take it, in one medium, for wavelengths at which its index is known.

        Raises:
            LingnanError: a medium in which light of the odd mode may be cut off; with the range.
        """
        n = check_index(self.what, n)
        n = in_range(f"{self.what}, {self.width:g} µm wide", "cladding", n, self.logarithm.z, "(index)", _HELD)
        cut: Any = self.logarithm.at(n, wl)
        return Pair(self.process, self.hash, self.version, self.what, self.logarithm.terms[0].y[0], cut, self.error)

    def check_gap(self, gap: ArrayLike) -> None:
        """Refuse a gap in which light of the odd mode may be cut off; a traced one is `Pair.splitting`'s to judge.

        Raises:
            LingnanError: with the range.
        """
        least = self.logarithm.terms[0].y[0]
        if least != GAPS[0] and not is_traced(gap):
            in_range(f"{self.what}, {self.width:g} µm wide", "gap", gap, (least, np.inf), because=_HELD)

    def leaning(self, n: ArrayLike, wl: ArrayLike) -> bending.Lean:
        """The slope by Lagrange's polynomial through three media."""
        total: Any = 0.0
        media = _three(self.logarithm.z)
        for k, surface in enumerate(self.lean):
            rest = [one for one in media if one != media[k]]
            weight = np.prod([media[k] - one for one in rest])
            total = total + surface(wl, 0.5) * (n - rest[0]) * (n - rest[1]) / weight
        return bending.Lean(total, self.width)


_made: dict[str, WetPair] = {}  #: by key


def pair(process: Process, cross_section: str, corner: str = "nominal", width: float | None = None) -> WetPair:
    """Two guides in a window: from the store, else solved now and remembered."""
    used = process.cross_sections[cross_section].width.value if width is None else width
    key = key_of(process, cross_section, corner, used)
    if key not in _made:
        entry = store.recalled(process.name, key, lambda: asdict(solve(process, cross_section, corner, used)))
        lean = tuple(store.as_surface(one) for one in entry["lean"])
        both: dict[str, Any] = {**entry, "logarithm": volume_of(entry["logarithm"]), "lean": lean}
        _made[key] = WetPair(**both)
    return _made[key]


def key_of(process: Process, cross_section: str, corner: str, width: float) -> str:
    """Name of a pair in the store."""
    return f"wetpair {cross_section} {width:g} {corner} {digest(process, cross_section, corner)}"


def _three(media: tuple[float, float]) -> tuple[float, float, float]:
    """Indices in which bends are solved."""
    return media[0], (media[0] + media[1]) / 2, media[1]


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


def solve(process: Process, cross_section: str, corner: str, width: float) -> WetPair:
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


def wanted(process: Process) -> list[tuple[str, Any]]:
    """What is kept: pairs of strips as wide as the line's own and as the narrowest in a window, every corner."""
    widths = process.cross_sections["strip"].width.value, process.limit("OX.WG.W")
    return [
        (key_of(process, "strip", corner, wide), lambda c=corner, w=wide: asdict(solve(process, "strip", c, w)))
        for corner in process.corners
        for wide in widths
    ]
