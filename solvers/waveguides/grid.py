"""From a cross-section to a mesh: window, grading towards interfaces, absorbing layers."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from jax import Array

from lingnan.solvers.elements import maxwell
from lingnan.solvers.elements.mesh import Mesh, graded, subdivide
from lingnan.solvers.elements.problem import WALLS
from lingnan.solvers.elements.reference import Float
from lingnan.solvers.tracing import namespace
from lingnan.solvers.waveguides.geometry import Geometry
from lingnan.solvers.waveguides.given import check_real


@dataclass(frozen=True)
class Resolution:
    """How fine the mesh is. Static: one compilation for each.

    Fields are singular at the corners of a dielectric, so cells shrink towards every interface by `growth` a cell, and
    the order of the polynomials takes care of the rest.
    """

    order: int = 3  #: p of the elements
    inner: int = 4  #: cells between two interfaces
    outer: int = 3  #: cells between an interface and the window
    growth: float = 3.0  #: size of a cell over that of its neighbour nearer to the interface
    outer_growth: float = 3.0  #: the same outside

    def __post_init__(self) -> None:
        counts: dict[str, Any] = {"order": self.order, "inner": self.inner, "outer": self.outer}
        for name, value in (*counts.items(), ("growth", self.growth), ("outer_growth", self.outer_growth)):
            check_real("Resolution", name, value, "whole numbers" if name in counts else "sizes of a neighbour", 3)
        if not all(isinstance(value, (int, np.integer)) for value in counts.values()):
            raise ValueError(f"{self}: order and numbers of cells are whole numbers, such as 3.")
        if min(counts.values()) < 1 or not 0 < self.growth < math.inf or not 0 < self.outer_growth < math.inf:
            raise ValueError(
                f"{self}: order and numbers of cells begin at 1, growths are positive and finite. Take one of "
                "waveguides.LADDER, or Resolution(order=3, inner=4, outer=3)."
            )


#: Each about ten times closer than the one before.
LADDER = (
    Resolution(),
    Resolution(4, 4, 4, 4.0, 3.0),
    Resolution(5, 6, 5, 4.0, 3.0),
    Resolution(6, 8, 6, 4.5, 3.0),
    Resolution(7, 10, 7, 5.0, 3.5),
)


#: Relative permittivity below which light is held by a surface, and its index has nothing to do with slabs.
METAL = -1.0


class Absorber(NamedTuple):
    """A layer inside the window, at some walls, that absorbs without reflecting. Static."""

    walls: tuple[str, ...] = ("left", "right", "bottom", "top")
    thickness: float = 1.0  #: [µm]
    strength: float = 2.0  #: peak of the imaginary stretch, σ in s = 1 + i σ t²


def cells(geometry: Geometry, resolution: Resolution) -> tuple[list[Float], list[Float]]:
    """Cut points of each interval between interfaces, across and up."""
    nx, ny = len(geometry.regions), len(geometry.regions[0])
    return _cells(nx, ny, geometry.cells, resolution, geometry.far, geometry.layered)


@lru_cache(maxsize=256)
def _cells(
    nx: int, ny: int, given: tuple[tuple[int, ...], tuple[int, ...]] | None, resolution: Resolution,
    far: tuple[str, ...], layered: tuple[str, ...],
) -> tuple[list[Float], list[Float]]:  # fmt: skip
    outer, growth = resolution.outer, resolution.outer_growth

    def ends(side: str) -> tuple[int, float]:
        """Cells up to a wall, and their growth: slow where light is a wave, or falls inside of an absorber."""
        if side in far:
            return 2 * outer + 3, growth**0.2
        return (outer + 2, growth**0.5) if side in layered else (outer, growth)

    def cut(n: int, at: int, pair: tuple[str, str], counts: tuple[int, ...] | None) -> Float:
        if n == 1:
            return graded(counts[0] if counts else resolution.inner + 2 * outer, "both", 1.0)
        if at in (0, n - 1):
            count, growth = ends(pair[at > 0])
            return graded(counts[at] if counts else count, "end" if at == 0 else "start", growth)
        inner = resolution.inner if n == 3 else max(resolution.inner - 1, 2)
        return graded(counts[at] if counts else inner, "both", resolution.growth)

    parts = zip((nx, ny), (WALLS[:2], WALLS[2:]), given or (None, None), strict=True)
    return tuple([cut(n, at, pair, counts) for at in range(n)] for n, pair, counts in parts)  # type: ignore[return-value]


def first_columns(geometry: Geometry, resolution: Resolution) -> tuple[int, ...]:
    """The first column of elements in each kind of column that the cross-section has."""
    counts = np.cumsum([0, *(len(f) - 1 for f in cells(geometry, resolution)[0])])
    return tuple({column: int(start) for column, start in zip(geometry.regions, counts[:-1], strict=True)}.values())


def discretise(geometry: Geometry, resolution: Resolution) -> tuple[Mesh, np.ndarray]:
    """The mesh, and for each of its elements which of `geometry.media` fills it."""
    across, up = cells(geometry, resolution)
    x = subdivide(subdivide(geometry.lines, across).T, up).T
    y = subdivide(geometry.levels, up)
    regions = np.repeat(np.asarray(geometry.regions), [len(f) - 1 for f in across], axis=0)
    return Mesh(x, y), np.repeat(regions, [len(f) - 1 for f in up], axis=1)


def with_window(geometry: Geometry, epsilon: Any, wavelength: Array) -> Geometry:
    """Set the walls of a window that was left open."""
    return at_margin(geometry, margin(geometry, epsilon, wavelength)) if geometry.open else geometry


def margin(geometry: Geometry, epsilon: Any, wavelength: Array) -> Array:
    """How far the walls of a window that was left open stand from the outermost interface [µm].

    3 λ/√(ε_max - ε_outside), ε_outside being the largest in the window's corners: for silicon in oxide 1.5 µm, where a
    mode at half the index contrast has fallen to exp(-13). Metal holds light without any contrast: with it, that counts
    as ε_outside / 2 at least, a plasmon of 1.2 times the index.
    """
    xp = namespace(epsilon, wavelength)
    size = xp.max(xp.real(xp.diagonal(epsilon, axis1=-2, axis2=-1) if epsilon.ndim == 3 else epsilon), axis=-1)
    corners = sorted({geometry.regions[i][j] for i in (0, -1) for j in (0, -1)})
    outside = xp.max(size[np.asarray(corners)])
    contrast = xp.maximum(xp.max(size) - outside, 0.05)
    contrast = xp.where(xp.min(size) < METAL, xp.maximum(contrast, outside / 2), contrast)
    return 3 * wavelength / xp.sqrt(contrast)


def at_margin(geometry: Geometry, margin: Any) -> Geometry:
    """The walls as far from the outermost interface, or as `reach` says; the inner one of a bend short of its axis."""
    xp = namespace(geometry.lines, geometry.levels, geometry.curvature, geometry.reach, margin)
    more = geometry.reach
    west, east, down, up = (margin if more is None else margin * more[0, k] + more[1, k] for k in range(4))
    left = xp.min(geometry.lines[1:-1]) - west
    right = xp.max(geometry.lines[1:-1]) + east
    # the axis of a bend stays outside: there the stretched medium would change sign
    bent = 0.9 / xp.maximum(xp.abs(geometry.curvature), 1e-9)
    left = xp.where(geometry.curvature > 0, xp.maximum(left, -bent), left)
    right = xp.where(geometry.curvature < 0, xp.minimum(right, bent), right)
    return geometry.walled(left, right, geometry.levels[1] - down, geometry.levels[-2] + up)


def stretch(mesh: Mesh, absorber: Absorber | None) -> Mesh:
    """Continue the coordinates into the complex plane inside the absorbing layer (time exp(-iωt): towards +i).

    W. C. Chew and W. H. Weedon, Microw. Opt. Technol. Lett. 7, 599 (1994), doi:10.1002/mop.4650071304.
    """
    if absorber is None:
        return mesh

    xp = namespace(mesh)

    def deepen(u: Array, low: Array, high: Array, first: bool, last: bool) -> Array:
        d = absorber.thickness
        into = xp.maximum(low + d - u, 0.0) / d if first else 0.0
        out = xp.maximum(u - high + d, 0.0) / d if last else 0.0
        return u + 1j * absorber.strength * d / 3 * (out**3 - into**3)

    walls = absorber.walls
    x = deepen(mesh.x, mesh.x[0, 0], mesh.x[-1, 0], "left" in walls, "right" in walls)
    y = deepen(mesh.y, mesh.y[0], mesh.y[-1], "bottom" in walls, "top" in walls)
    return Mesh(x, y)


def memory(geometry: Geometry, resolution: Resolution, num_modes: int) -> float:
    """Upper estimate of the working memory of a solve [GB]: blocks of lines and columns, and the vectors of Arnoldi."""
    across, up = cells(geometry, resolution)
    nx, ny = (sum(len(f) - 1 for f in part) for part in (across, up))
    p = resolution.order
    line = 2 * p * ny + 1
    hull = 8 * p
    numbers = nx * (12 * line**2 + ny * 6 * (hull + 3 * p * p) ** 2) + 3 * p * p * nx * ny * 2 * (20 + 16 * num_modes)
    return 16e-9 * numbers


def unknowns(geometry: Geometry, resolution: Resolution) -> int:
    """Unknowns of a solve."""
    nx, ny = (sum(len(f) - 1 for f in part) for part in cells(geometry, resolution))
    return maxwell.layout(nx, ny, resolution.order).size
