"""One period of a T-rail line in three dimensions, by finite differences on a graded grid: a check of `loaded`.

Conductors are perfect, and the film has no rib. Capacitance: potentials of half a period, between mirror planes through
the middle of a stem and of a slot, on the right of the signal's middle. Inductance, for currents on the surface alone:
H = -∇ψ outside of metal, which no flux enters. H crosses the mirror plane x = 0 and the plane through the middle of the
metal at right angles, so ψ is constant there: 0 in the gap, and 1/2 above the signal and beyond the ground, which
carries all of the current back. The step is a quarter of the current: L = µ0 ∫|∇ψ|² per length, over what lies above
(derived here). Charge comes back on the ground as well, so that L C is 1/c² in vacuum, but for the grid.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import cg

from lingnan.solvers.modulators.electrostatics import EPS0
from lingnan.solvers.modulators.line import C0
from lingnan.solvers.modulators.loaded import TRail
from lingnan.solvers.modulators.magnetics import MU0
from lingnan.solvers.modulators.section import rf_medium

Values = np.ndarray[Any, Any]
Kind = Literal["T", "bars", "rails", "solid"]
#: the cell at an edge [µm], and the quotient of neighbours; half of both moves the quotients of two kinds by 2e-3
FIRST, GROWTH = 0.4, 1.7


class Period(NamedTuple):
    """Of a line, per length."""

    capacitance: float  #: [F/m]
    inductance: float  #: [H/m], of currents on surfaces

    @property
    def n_rf(self) -> float:
        """Index of long waves."""
        return C0 * math.sqrt(self.capacitance * self.inductance)


def period(spec: TRail, kind: Kind = "T") -> Period:
    """C and L of T-rails ("T"), of bars without slots and stems ("bars"), of rails alone ("rails") or wide ("solid").

    Quotients of two kinds are worth more than each: errors of the grid cancel in them. Made from plain numbers; walls
    of metal are upright.
    """
    x, y, z = _grid(spec, kind)
    half = spec.period / 2
    signal, ground = _metal(spec, kind, (x, y, z), 1e-9)
    tensor = _permittivity(spec, _centres(x, y, z))

    def charge(one: float, two: float) -> float:
        """Twice the energy with signal and ground at these potentials and the walls at zero."""
        held = np.full((len(x), len(y), len(z)), np.nan)
        held[-1], held[:, 0], held[:, -1] = 0.0, 0.0, 0.0
        held[signal], held[ground] = one, two
        return _energy([x, y, z], tensor, held)

    own = charge(1.0, 0.0)
    if spec.base.ground_width is not None:  # else the ground is a wall
        back, both = charge(0.0, 1.0), charge(1.0, 1.0)
        own -= ((own + both - back) / 2) ** 2 / both

    bottom = spec.base.slab + spec.base.metal_height
    middle = bottom + spec.base.metal_thickness / 2
    above = np.append(middle, y[y > middle + 1e-9])
    inside = np.logical_or(*_metal(spec, kind, (x, above[:1], z), -1e-9))[:, 0]
    held = np.full((len(x), len(above), len(z)), np.nan)
    held[0, above >= bottom + spec.base.metal_thickness - 1e-9] = 0.5
    held[:, 0] = np.where(inside, np.nan, np.where(x < _far(spec) - 1e-9, 0.0, 0.5)[:, None])
    outside = np.where(np.logical_or(*_metal(spec, kind, _centres(x, above, z), 0.0)), 0.0, 1.0)
    flux = _energy([x, above, z], np.broadcast_to(outside, (3, *outside.shape)), held)
    return Period(float(2 * EPS0 * own / half), float(MU0 * flux / half))


def _grid(spec: TRail, kind: Kind) -> tuple[Values, Values, Values]:
    base = spec.base
    signal, step = base.signal_width / 2, (spec.stem_height, spec.bar, base.gap, spec.bar, spec.stem_height)
    far = base.reach if base.ground_width is None else base.ground_width
    edges = signal + np.cumsum([0.0, *step])
    x = _lines([0.0, *edges, edges[-1] + far] if base.ground_width is None else
               [0.0, *edges, edges[-1] + far, edges[-1] + far + base.reach])  # fmt: skip
    bottom = base.slab + base.metal_height
    top = bottom + base.metal_thickness
    levels = {-base.buried_oxide, 0.0, base.slab, bottom, top}
    if base.cladding is not None:
        levels.add(base.film + base.cladding)
    inner = sorted(levels)
    y = _lines([inner[0] - base.reach, *inner, inner[-1] + base.reach])
    half = spec.period / 2
    z = _lines([0.0, spec.stem_width / 2, spec.length / 2, half]) if kind == "T" else np.array([0.0, half])
    return x, y, z


def _centres(*lines: Values) -> list[Values]:
    return [(a[1:] + a[:-1]) / 2 for a in lines]


def _far(spec: TRail) -> float:
    """Where the ground on the right ends."""
    base = spec.base
    start = base.signal_width / 2 + base.gap + 2 * (spec.bar + spec.stem_height)
    return math.inf if base.ground_width is None else start + base.ground_width


def _metal(spec: TRail, kind: Kind, at: Sequence[Values], edge: float) -> tuple[Values, Values]:
    """Where the signal and the ground are, with a rim of `edge`."""
    base = spec.base
    u, v, w = np.meshgrid(*at, indexing="ij")
    rail = base.signal_width / 2
    bar = rail + spec.stem_height
    far = bar + spec.bar + base.gap
    ground = far + spec.bar + spec.stem_height
    bottom = base.slab + base.metal_height

    def box(low: float, high: float, long: float = math.inf) -> Values:
        across = (u > low - edge) & (u < high + edge) & (w < long + edge)
        return across & (v > bottom - edge) & (v < bottom + base.metal_thickness + edge)

    one, two = box(-1.0, rail), box(ground, _far(spec))
    if kind != "rails":
        long = spec.length / 2 if kind == "T" else math.inf
        one, two = one | box(bar, bar + spec.bar, long), two | box(far, far + spec.bar, long)
    if kind in ("T", "solid"):
        long = spec.stem_width / 2 if kind == "T" else math.inf
        one, two = one | box(rail, bar, long), two | box(far + spec.bar, ground, long)
    return one, two


def _permittivity(spec: TRail, centres: Sequence[Values]) -> Values:
    """Of the cells, along x, y and z: (3, X, Y, Z)."""
    base = spec.base
    above = base.slab if base.cladding is None else base.film + base.cladding
    layers = (
        (-math.inf, "substrate", base.substrate), (-base.buried_oxide, "buried oxide", base.oxide),
        (0.0, "slab", base.film_crystal), (base.slab, "cladding", base.oxide), (above, "top", base.top),
    )  # fmt: skip
    found = np.ones((3, *(len(c) for c in centres)))
    for low, name, given in layers:  # from below, each covers what is above it
        tensor = np.diagonal(np.asarray(rf_medium(base.medium(name, given)).tensor))
        found[:, :, centres[1] > low] = tensor[:, None, None, None]
    return found


def _lines(edges: Sequence[float]) -> Values:
    """Grid lines through edges, crowding towards all of them but the first and the last."""
    found: list[Any] = [edges[:1]]
    for k, (a, b) in enumerate(pairwise(edges)):
        both = 0 < k < len(edges) - 2
        length = (b - a) / 2 if both else b - a
        count = int(np.ceil(np.log1p(length * (GROWTH - 1) / FIRST) / np.log(GROWTH)))
        part = np.expm1(np.arange(count + 1) * np.log(GROWTH)) / np.expm1(count * np.log(GROWTH)) * length
        if both:
            found.append([*(a + part[1:]), *(b - part[-2::-1])])
        else:
            found.append(list(b - part[-2::-1]) if k == 0 else list(a + part[1:]))
    return np.concatenate(found)


def _energy(lines: Sequence[Values], tensor: Values, held: Values) -> float:
    """∫ ∇u·a ∇u with a (3, cells), u = held where that is a number, elsewhere what makes it least."""
    steps = [np.diff(x) for x in lines]
    volume = steps[0][:, None, None] * steps[1][:, None] * steps[2]
    index = np.arange(held.size).reshape(held.shape)
    rows: list[Values] = []
    columns: list[Values] = []
    values: list[Values] = []
    for axis in range(3):
        shape = [1, 1, 1]
        shape[axis] = -1
        quarter = tensor[axis] * volume / steps[axis].reshape(shape) ** 2 / 4
        for other in range(3):
            if other != axis:  # an edge of the grid has a share of the cells around it
                pad = [(int(a == other), int(a == other)) for a in range(3)]
                padded = np.pad(quarter, pad)
                quarter = np.delete(padded, -1, other) + np.delete(padded, 0, other)
        rows.append(np.delete(index, -1, axis).ravel())
        columns.append(np.delete(index, 0, axis).ravel())
        values.append(quarter.ravel())
    i, j, g = (np.concatenate(part) for part in (rows, columns, values))
    matrix: Any = sparse.coo_matrix((np.r_[-g, -g], (np.r_[i, j], np.r_[j, i])), shape=(held.size,) * 2).tocsr()
    matrix = matrix - sparse.diags(np.asarray(matrix.sum(axis=1)).ravel())
    u = held.ravel().copy()
    u[np.isnan(u) & (matrix.diagonal() == 0)] = 0.0  # inside of what no flux enters
    free = np.isnan(u)
    u[free] = 0.0
    scale = sparse.diags(1 / np.sqrt(matrix.diagonal()[free]))
    rest, failed = cg(scale @ matrix[free][:, free] @ scale, -scale @ (matrix[free] @ u), rtol=1e-8)
    assert not failed
    u[free] = scale @ rest
    return float(u @ (matrix @ u))
