"""Fields of two guides whose meshes differ, at points that suit both.

Both meshes are cut at each other's lines and levels, shifted or not, so that on every piece a product of two fields is
smooth and Gauss's rule converges exponentially; leaning walls are followed level by level. Pieces move with either
guide: what is integrated over them is smooth in the numbers of both. Lengths in µm, fields as in `Modes` (1 W).
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.elements import maxwell
from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.elements.reference import gauss
from lingnan.solvers.tracing import is_traced
from lingnan.solvers.waveguides import engine
from lingnan.solvers.waveguides.fields import physical
from lingnan.solvers.waveguides.modes import Modes
from lingnan.solvers.waveguides.probe import tables_at


class Transverse(NamedTuple):
    """x and y components at points, (modes, 2, points)."""

    E: Array  #: [V/µm]
    H: Array  #: [A/µm]


class Guide(NamedTuple):
    """What fields are made of; a `Modes` holds more than may go through `jit`."""

    mesh: Mesh
    vectors: Array
    beta: Array
    wavelength: ArrayLike
    curvature: ArrayLike

    @staticmethod
    def of(modes: Modes) -> "Guide":
        """Of 1 W."""
        return Guide(modes.mesh, modes.vectors, modes.beta, modes.wavelength, modes.curvature)

    @staticmethod
    def unscaled(modes: Modes) -> "Guide":
        """With vectors as the search has found them where that is known, at which nothing is to be compiled."""
        if is_traced(modes.problem, modes.found):
            return Guide.of(modes)
        bare = engine.numbers_of(modes.problem)
        return Guide(bare.mesh, modes.found.pairs.right, modes.beta, modes.wavelength, bare.curvature)


def launched(
    one: Guide,
    order_one: int,
    two: Guide,
    order_two: int,
    offset: tuple[ArrayLike, ArrayLike] = (0.0, 0.0),
    slope: ArrayLike = 0.0,
) -> Array:
    """¼ ∫ (E_i × H_j* + E_j* × H_i) · ẑ dA of each mode i of `one` and j of `two`: (modes of one, modes of two).

    Args:
        one: the guide that light comes from.
        order_one: of its elements.
        two: the guide that it goes into.
        order_two: of its elements.
        offset: of the second guide's axes against the first's, (x, y) [µm].
        slope: sine of the angle by which the second guide's axis leans towards +x.
    """
    dx, dy = (jnp.asarray(v, float) for v in offset)
    x, y, w, _, here, there = common_points(one.mesh, two.mesh, order_one, order_two, dx, dy)
    a, b = at(one, order_one, x, y, here), at(two, order_two, x - dx, y - dy, there)
    lean = jnp.exp(1j * two.beta.real[:, None, None] * slope * (x - dx))[:, None]
    forward, backward = crossed(a.E, (b.H * lean).conj(), w), crossed((b.E * lean).conj(), a.H, w)
    return (forward + backward.T) / 4


@jax.jit
def crossed(e: Array, h: Array, w: Array) -> Array:
    """∫ (E_n × H_m) · ẑ dA, (n, m), from (n, 2, …), (m, 2, …) and weights (…)."""
    return jnp.einsum("n...,m...->nm", e[:, 0] * w, h[:, 1]) - jnp.einsum("n...,m...->nm", e[:, 1] * w, h[:, 0])


class Elements(NamedTuple):
    """In which element of a mesh each row of points lies, (rows,); the first is 0, and what lies in none is outside."""

    column: Array
    row: Array


@jax.jit(static_argnums=1)
def at(guide: Guide, order: int, x: Array, y: Array, place: Elements) -> Transverse:
    """Transverse fields at points (rows, points) of the window, each row on one level and in one element; zero outside
    the window.
    """
    mesh, level = guide.mesh, y[:, 0]
    column, row = jnp.clip(place.column, 0, mesh.nx - 1), jnp.clip(place.row, 0, mesh.ny - 1)
    low, high = mesh.y.real[row], mesh.y.real[row + 1]
    up = (level - low) / (high - low)
    left, right = ((mesh.x[k, row] * (1 - up) + mesh.x[k, row + 1] * up)[:, None] for k in (column, column + 1))
    xi = (2 * x - left.real - right.real) / (right - left).real
    eta = jnp.broadcast_to(2 * up[:, None] - 1, xi.shape)

    layout = maxwell.layout(mesh.nx, mesh.ny, order)
    local = jax.vmap(lambda v: layout.to_elements(layout.unflatten(v))[column, row])(guide.vectors)
    tables = tables_at(order, xi.ravel(), eta.ravel()).reshape(6, *xi.shape, -1)
    values = jnp.einsum("fpqn,mpn->fmpq", tables, local)
    lean = (mesh.x[column, row + 1] - mesh.x[column, row])[:, None]
    lean_next = (mesh.x[column + 1, row + 1] - mesh.x[column + 1, row])[:, None]
    x_eta = (lean * (1 - xi) + lean_next * (1 + xi)) / 4
    y_eta = ((mesh.y[row + 1] - mesh.y[row]) / 2)[:, None]
    beta = guide.beta[:, None, None]
    e, h = physical(values, x, (right - left) / 2, x_eta, y_eta, beta, guide.wavelength, guide.curvature)
    inside = ((column == place.column) & (row == place.row))[:, None]
    return Transverse(*(jnp.where(inside, jnp.moveaxis(f[:2], 0, 1), 0.0) for f in (e, h)))


class Points(NamedTuple):
    """(rows, points) each; a row lies on one level and in one element of either mesh."""

    x: Array  #: [µm]
    y: Array  #: [µm]
    weights: Array  #: of an integral over the window [µm²]
    area: Array  #: the same along the complex coordinates of absorbing layers
    one: Elements
    two: Elements


@jax.jit(static_argnums=(2, 3))
def common_points(
    one: Mesh, two: Mesh, order_one: int, order_two: int, dx: ArrayLike = 0.0, dy: ArrayLike = 0.0
) -> Points:
    """Points on the union of both meshes, the second shifted by (dx, dy).

    Elements are counted, not looked up by where points lie: where lines of both meshes coincide there is a piece of no
    width between them, which has one side in either mesh, and by which the integral changes when one of them moves.
    """
    points, weights = gauss((order_one + order_two) // 2 + 1)
    levels, row_one, row_two = _merged(one.y, two.y + dy)
    rise = jnp.diff(levels)[:, None] / 2
    y = (((levels[:-1, None] + levels[1:, None]) / 2).real + rise.real * points).reshape(-1)
    rise = (rise * weights).reshape(-1)
    row_one, row_two = (jnp.repeat(row, len(points)) for row in (row_one, row_two))

    def lines(mesh: Mesh, y: Array, row: Array) -> Array:
        level, row = mesh.y.real, jnp.clip(row, 0, mesh.ny - 1)
        t = jnp.clip((y - level[row]) / (level[row + 1] - level[row]), 0, 1)
        return mesh.x[:, row] * (1 - t) + mesh.x[:, row + 1] * t

    cuts, column_one, column_two = _merged(lines(one, y, row_one), lines(two, y - dy, row_two) + dx)
    half = jnp.diff(cuts, axis=0)[..., None] / 2
    x = ((cuts[1:] + cuts[:-1])[..., None] / 2).real + half.real * points
    in_rows = (-1, len(points))
    area, real = (h * weights * r[None, :, None] for h, r in ((half, rise), (half.real, rise.real)))
    y = jnp.broadcast_to(y[None, :, None], x.shape)

    def elements(column: Array, row: Array) -> Elements:
        return Elements(column.ravel(), jnp.broadcast_to(row, column.shape).ravel())

    places = elements(column_one, row_one), elements(column_two, row_two)
    x, y, real, area = (a.reshape(in_rows) for a in (x, y, real, area))
    return Points(x, y, real, area, *places)


def _merged(one: Array, two: Array) -> tuple[Array, Array, Array]:
    """Both sorted by their real part along the first axis, and in which gap of either each piece lies: -1 below all."""
    both = jnp.concatenate([one, two])
    order = jnp.argsort(both.real, axis=0, stable=True)
    first = order < len(one)
    of_one, of_two = (jnp.cumsum(mine, axis=0)[:-1] - 1 for mine in (first, ~first))
    return jnp.take_along_axis(both, order, axis=0), of_one, of_two
