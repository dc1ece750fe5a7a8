"""For what share of a T-rail line's length its stems keep flux out: one period in three dimensions, by finite volumes.

Where a stem stands, metal reaches from rail to bar, and current runs along the gap: there the line has the inductance
of wide rails, `solid`, and not that of rails whose field passes behind the bars. Flux comes closer to a stem than a
field of charge would, from the openings on its two sides, so this share σ is less than that of the stem's width:

    L = (1 - σ) L_open + σ L_solid,    L_open = (1 - d) L_rails + d L_bars,    d = length/period,

and σ is what this makes of L, L_rails, L_bars and L_solid of perfect conductors, on one grid, whose errors cancel. It
is a matter of shape alone: dielectrics and ribs have no part in it.

Currents crowd at stems' edges besides, and about pockets. By Wheeler's rule (H. A. Wheeler, Proc. IRE 30, 412 (1942),
doi:10.1109/JRPROC.1942.232015) surfaces of resistance R_s have R = R_s/µ0 dL/dn, with all walls drawn back by n: what
dL/dn of the period is more than that of the same shares of the three lines is `Stems.crowded`, 4 to 9 % of it. It is
taken from two periods with walls a little out and a little in, whose energies are both least, so that it may be
differentiated once as L is.

Currents run on surfaces, H = -∇ψ outside of metal. The middle of the metal is a plane of symmetry, which H crosses at
right angles: ψ is 0 in all that is open between signal and ground, and 1/2 above the middle of the signal and beyond a
ground of finite width. L = µ0 ∫|∇ψ|² per length over what lies above (`unitcell` has the same by nodes). Cells hold ψ,
and faces between them what flows; values that make the energy least need not move for its derivative.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.sparse.linalg import cg

from lingnan.solvers.elements.scalar import stationary
from lingnan.solvers.modulators.magnetics import MU0
from lingnan.solvers.modulators.network import MICRON
from lingnan.solvers.tracing import held, marked
from lingnan.solvers.trees import tree

if TYPE_CHECKING:
    from lingnan.solvers.modulators.loaded import TRail

#: the cell at an edge [µm], and the quotient of neighbours: half of the first with the root of the second moves σ by
#: 1e-3, and σ is 2e-3 above what finer grids end at
FIRST, GROWTH = 0.4, 1.7
#: from metal to walls [µm]: what stems do is near by, and walls farther off move σ by 1e-3
FAR = 200.0
#: residual of ψ; the energy's is the square
RESIDUAL = 1e-7
#: of conjugate gradients at most: some hundred are taken, and what does not end in these is not a number. A grid whose
#: parts have shrunk to a thousandth of what it was made for does not
STEPS = 5000
#: what lies across a line, from the middle of its signal: metal of rails, of stems, of bars, or none
_ACROSS = ("rail", "stem", "bar", "gap", "bar", "stem", "rail", "beyond")
#: what is metal all along, of each kind of line
_METAL = {"rails": ("rail",), "bars": ("rail", "bar"), "solid": ("rail", "stem", "bar")}

Lines = tuple[Array, Array, Array]


#: by how much of the least size walls are drawn back, and out
MOVED = 0.01


class Stems(NamedTuple):
    """What stems do to a line."""

    share: Array  #: σ
    crowded: Array  #: dL/dn beyond that of the shares of straight lines [H/m²]


class Inductances(NamedTuple):
    """Of currents on surfaces [H/m]."""

    whole: Array  #: with T's
    rails: Array  #: rails alone
    bars: Array  #: rails beside bars that hold no current as a whole
    solid: Array  #: metal from rails out to the gap


@tree
@dataclass(frozen=True)
class Cells:
    """Grid of half a period: of how many cells each part of it is, and where its edges are [µm]."""

    x: Array  #: across, from the middle of the signal
    y: Array  #: up, from the middle of the metal
    z: Array  #: along, from the middle of a stem
    counts: tuple[tuple[int, ...], ...] = field(metadata={"static": True})

    @classmethod
    def of(cls, spec: "TRail", like: "Cells | None" = None, first: float = FIRST, growth: float = GROWTH) -> "Cells":
        """Those of a line.

        Args:
            spec: rails, bars and stems; numbers may be traced if `like` is given.
            like: of plain numbers of the same kind.
            first: the cell at an edge [µm].
            growth: quotient of neighbours.
        """
        base = spec.base
        inner = (spec.stem_height, spec.bar, base.gap, spec.bar, spec.stem_height)
        outer = (FAR,) if base.ground_width is None else (base.ground_width, FAR)
        steps = (
            (base.signal_width / 2, *inner, *outer),
            (base.metal_thickness / 2, FAR),
            (spec.stem_width / 2, (spec.length - spec.stem_width) / 2, spec.slot / 2),
        )
        counts = like.counts if like else tuple(_counts(part, first, growth) for part in steps)
        x, y, z = (jnp.cumsum(jnp.stack([jnp.zeros(()), *(jnp.asarray(s, float) for s in part)])) for part in steps)
        if like:
            said = (
                "stems: stem_width = {stem:g} µm in bars of {bar:g} µm: `like` is of a line whose stems are "
                + ("shorter than bars" if like.counts[2][1] else "as long as bars")
                + ", on whose grid there is no such one. Give the sections of a line of this kind."
            )
            known = (spec.length > spec.stem_width) == bool(like.counts[2][1])
            z = z * held(known, said, stem=spec.stem_width, bar=spec.length)
        return cls(x, y, z, counts)

    def drawn_back(self, n: Any) -> "Cells":
        """The same with all walls of the metal moved into it by n [µm]."""
        ends = (1.0, -1.0) if len(self.counts[0]) == len(_ACROSS) else (1.0,)  # of the ground on the right, if any
        across = jnp.array([0.0, -1.0, 1.0, -1.0, 1.0, -1.0, *ends, 0.0])
        up, along = jnp.array([0.0, -1.0, 0.0]), jnp.array([0.0, -1.0, -1.0, 0.0])
        return replace(self, x=self.x + n * across, y=self.y + n * up, z=self.z + n * along)


def inductances(cells: Cells, growth: float = GROWTH) -> Inductances:
    """L of a period and of what it is made of, [H/m]; differentiable once by the sizes of `cells`."""
    x, y, z = lines(cells, growth)
    across = np.repeat(_ACROSS[: len(cells.counts[0])], cells.counts[0])
    up = np.repeat([True, False], cells.counts[1])
    stem, over, _ = (np.repeat(k, cells.counts[2]) for k in np.eye(3, dtype=bool))
    parts = {"rail": np.ones_like(stem), "stem": stem, "bar": stem | over}
    whole = np.any([np.logical_and.outer(across == name, along) for name, along in parts.items()], axis=0)
    even = np.stack([np.isin(across, names) for names in _METAL.values()])[..., None]
    half = z[-1]
    one = _energy((x, y, z), whole[:, None] & up[:, None], across, up)
    rest = [_energy((x, y, jnp.stack([z[0], half])), m[:, None] & up[:, None], across, up) for m in even]
    return Inductances(*(MU0 * e / half for e in (one, *rest)))


def of_stems(spec: "TRail", cells: Cells) -> Stems:
    """σ and what crowds, by `inductances`; differentiable once by the sizes of both."""
    sizes = jnp.concatenate([jnp.diff(edges) for edges in (cells.x, cells.y, cells.z)])
    step = jax.lax.stop_gradient(MOVED * jnp.min(jnp.where(sizes > 0, sizes, jnp.inf)))
    found = jax.vmap(lambda n: inductances(cells.drawn_back(n)))(step * jnp.array([1.0, -1.0]))
    mean = Inductances(*((back + out) / 2 for back, out in found))
    slope = Inductances(*((back - out) / (2 * step * MICRON) for back, out in found))
    duty = spec.length / spec.period
    hollow, more = ((1 - duty) * one.rails + duty * one.bars for one in (mean, slope))
    sigma = (hollow - mean.whole) / (hollow - mean.solid)
    return Stems(sigma, slope.whole - (1 - sigma) * more - sigma * slope.solid)


def lines(cells: Cells, growth: float = GROWTH) -> Lines:
    """Grid lines through edges, crowding towards all of them but the first and the last."""
    found = []
    for ends, counts in zip((cells.x, cells.y, cells.z), cells.counts, strict=True):
        parts = [ends[:1]]
        for k, n in enumerate(counts):
            parts.append(ends[k] + (ends[k + 1] - ends[k]) * _fractions(n, k > 0, k < len(counts) - 1, growth))
        found.append(jnp.concatenate(parts))
    return found[0], found[1], found[2]


def _counts(steps: tuple[Any, ...], first: float, growth: float) -> tuple[int, ...]:
    found = []
    for k, length in enumerate(float(s) for s in steps):
        sides = (k > 0) + (k < len(steps) - 1)
        n = np.log1p(length / sides * (growth - 1) / first) / np.log(growth)
        found.append(sides * int(np.ceil(n - 1e-9)))
    return tuple(found)


def _fractions(count: int, below: bool, above: bool, growth: float) -> np.ndarray:
    """Of a part, where its cells end, from above 0 to 1."""
    n = count // (2 if below and above else 1)
    grown = np.expm1(np.arange(n + 1) * np.log(growth)) / max(np.expm1(n * np.log(growth)), 1e-300)
    if below and above:
        return np.concatenate([grown[1:] / 2, 1 - grown[-2::-1] / 2]) if n else grown[1:]
    return grown[1:] if below else 1 - grown[-2::-1]


class _Faces(NamedTuple):
    """What passes between cells for a step of ψ; nothing where one of them is metal."""

    inner: tuple[Array, ...]  #: across, up and along
    below: Array  #: to the plane in the middle of the metal
    beside: Array  #: to the plane above the middle of the signal
    beyond: Array  #: ψ on the plane below


def _energy(at: Lines, metal: np.ndarray, across: np.ndarray, up: np.ndarray) -> Array:
    """Least ∫|∇ψ|² over half a period."""

    def value(steps: list[Array], psi: Array) -> Array:
        return _of(_faces(steps, ~metal, across, up), psi)

    def solved(steps: list[Array]) -> Array:
        faces = _faces(steps, ~metal, across, up)
        diagonal = jnp.zeros(metal.shape).at[:, 0].add(faces.below).at[0].add(faces.beside)
        for k, g in enumerate(faces.inner):
            before, after = (_beside(k, side) for side in (0, 1))
            diagonal = diagonal + jnp.pad(g, before) + jnp.pad(g, after)
        # each cell by its own diagonal: of thin ones no more is left than of others
        scale = jnp.where(diagonal > 0, diagonal, 1.0) ** -0.5
        pull = jax.grad(lambda psi: _of(faces, scale * psi) / 2)
        given = pull(jnp.zeros(metal.shape))
        found = cg(lambda psi: pull(psi) - given, -given, tol=RESIDUAL, maxiter=STEPS)[0]
        left, whole = jnp.linalg.norm(pull(found)), jnp.linalg.norm(given)
        said = f"stems: ψ is off by {{left:g}} of its source after {STEPS} steps: this grid was made for other sizes."
        return scale * found * marked(left <= 10 * RESIDUAL * whole, said, left=left / whole)

    return stationary(value, solved)([jnp.diff(a) for a in at])


def _of(faces: _Faces, psi: Array) -> Array:
    """The energy of ψ in cells."""
    inner = sum(jnp.sum(g * jnp.diff(psi, axis=k) ** 2) for k, g in enumerate(faces.inner))
    below = jnp.sum(faces.below * (psi[:, 0] - faces.beyond[:, None]) ** 2)
    return inner + below + jnp.sum(faces.beside * (psi[0] - 0.5) ** 2)


def _faces(steps: list[Array], free: np.ndarray, across: np.ndarray, up: np.ndarray) -> _Faces:
    x, y, z = steps
    areas = (y[:, None] * z, x[:, None, None] * z, x[:, None, None] * y[:, None])
    inner = []
    for k, (h, area) in enumerate(zip(steps, areas, strict=True)):
        apart = jnp.expand_dims((h[1:] + h[:-1]) / 2, [n for n in range(3) if n != k])
        both = np.delete(free, -1, k) & np.delete(free, 0, k)
        inner.append(jnp.where(both, area / apart, 0.0))
    below = jnp.where(free[:, 0], areas[1][:, 0] / (y[0] / 2), 0.0)
    beside = jnp.where(~up[:, None] & free[0], areas[0] / (x[0] / 2), 0.0)
    return _Faces(tuple(inner), below, beside, jnp.where(across == "beyond", 0.5, 0.0))


def _beside(axis: int, side: int) -> list[tuple[int, int]]:
    """One more layer on one side of an axis."""
    return [(int(n == axis and side == 0), int(n == axis and side == 1)) for n in range(3)]
