"""Overlaps of full-vector modes whose meshes differ: joints, offsets, tilts, fibres.

Both meshes are cut at each other's lines and levels, shifted or not, so that on every piece the integrand is smooth
and Gauss's rule converges exponentially; leaning walls are followed level by level. Lengths in µm, fields as in
`waveguides.Modes` (1 W). A. W. Snyder and J. D. Love, Optical Waveguide Theory, ch. 31 (overlap), ch. 20 (offset and
tilt).
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.elements import maxwell
from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.elements.reference import gauss, lobatto, places
from lingnan.solvers.waveguides import engine, fields
from lingnan.solvers.waveguides.fields import physical
from lingnan.solvers.waveguides.media import is_traced
from lingnan.solvers.waveguides.modes import Modes


class Transverse(NamedTuple):
    """x and y components at points, (modes, 2, points)."""

    E: Array  #: [V/µm]
    H: Array  #: [A/µm]


def coupling(
    one: Modes, two: Modes, *, offset: tuple[ArrayLike, ArrayLike] = (0.0, 0.0), tilt: ArrayLike = 0.0
) -> Array:
    """Amplitude that goes from each mode of `one` into each mode of `two` where two guides meet, (modes of two, modes
    of one).

    a = ¼ ∫ (E₁ × H₂* + E₂* × H₁) · ẑ dA for modes of 1 W: exact to first order in the difference of the guides; what
    does not go on is taken as radiated, and reflections (below 1e-3 for small steps) are left out.

    Args:
        one: modes of the first guide.
        two: modes of the second guide, at the same wavelength.
        offset: of the second guide's axes against the first's, (x, y) [µm].
        tilt: of the second guide's axis towards +x [rad]; small: its phase front leans by k n_eff x.
    """
    check_joint("coupling", one, two)
    dx, dy = (jnp.asarray(v, float) for v in offset)
    x, y, w, _ = _common_points(one.mesh, two.mesh, one.order, two.order, dx, dy)
    a, b = _at(Guide.of(one), one.order, x, y), _at(Guide.of(two), two.order, x - dx, y - dy)
    lean = jnp.exp(1j * two.beta.real[:, None, None] * jnp.sin(tilt) * (x - dx))[:, None]
    backward = _crossed((b.E * lean).conj(), a.H, w)
    return (_crossed(a.E, (b.H * lean).conj(), w).T + backward) / 4


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


@jax.jit
def _crossed(e: Array, h: Array, w: Array) -> Array:
    """∫ (E_n × H_m) · ẑ dA, (n, m), from (n, 2, …), (m, 2, …) and weights (…)."""
    return jnp.einsum("n...,m...->nm", e[:, 0] * w, h[:, 1]) - jnp.einsum("n...,m...->nm", e[:, 1] * w, h[:, 0])


@jax.jit(static_argnums=1)
def _at(guide: Guide, order: int, x: Array, y: Array) -> Transverse:
    """Transverse fields at points (rows, points) of the window, each row on one level and in one element; zero outside
    the window.
    """
    mesh = guide.mesh
    middle, level = jnp.mean(x, axis=1), y[:, 0]
    row = jnp.clip(jnp.searchsorted(mesh.y.real, level, side="right") - 1, 0, mesh.ny - 1)
    low, high = mesh.y.real[row], mesh.y.real[row + 1]
    up = (level - low) / (high - low)
    lines = mesh.x[:, row] * (1 - up) + mesh.x[:, row + 1] * up  # (nx + 1, rows) on the level of each
    column = jnp.clip(jnp.sum(lines.real <= middle, axis=0) - 1, 0, mesh.nx - 1)
    pick = jnp.arange(x.shape[0])
    left, right = lines[column, pick][:, None], lines[column + 1, pick][:, None]
    xi = (2 * x - left.real - right.real) / (right - left).real
    eta = 2 * up[:, None] - 1

    layout = maxwell.layout(mesh.nx, mesh.ny, order)
    natural = np.argsort(places(order))

    def in_elements(vector: Array) -> Array:
        return layout.to_elements(layout.unflatten(vector))[..., natural]

    local = jax.vmap(in_elements)(guide.vectors)[:, column, row]  # (modes, rows, unknowns)
    values = jnp.einsum("fpqn,mpn->fmpq", _tables(order, xi, jnp.broadcast_to(eta, xi.shape)), local)
    lean = (mesh.x[column, row + 1] - mesh.x[column, row])[:, None]
    lean_next = (mesh.x[column + 1, row + 1] - mesh.x[column + 1, row])[:, None]
    x_eta = (lean * (1 - xi) + lean_next * (1 + xi)) / 4
    y_eta = ((mesh.y[row + 1] - mesh.y[row]) / 2)[:, None]
    beta = guide.beta[:, None, None]
    e, h = physical(values, x, (right - left) / 2, x_eta, y_eta, beta, guide.wavelength, guide.curvature)
    inside = (jnp.abs(xi) <= 1 + 1e-9) & (jnp.abs(eta) <= 1 + 1e-9)
    return Transverse(*(jnp.where(inside, jnp.moveaxis(f[:2], 0, 1), 0.0) for f in (e, h)))


def _tables(order: int, xi: Array, eta: Array) -> Array:
    """`reference.tables` at traced points, in its natural order: (6, …, n)."""
    sharp, smooth = gauss(order)[0], lobatto(order)
    gx, gy = _polynomials(sharp, xi)[0], _polynomials(sharp, eta)[0]
    (nx, dx), (ny, dy) = _polynomials(smooth, xi), _polynomials(smooth, eta)
    shape = xi.shape

    def outer(a: Array, b: Array) -> Array:
        return (a[..., :, None] * b[..., None, :]).reshape(*shape, -1)

    def row(*parts: Array) -> Array:
        return jnp.concatenate(parts, axis=-1)

    zero_e, zero_psi = jnp.zeros((*shape, order * (order + 1))), jnp.zeros((*shape, (order + 1) ** 2))
    e_xi = row(outer(gx, ny), zero_e, zero_psi)
    e_eta = row(zero_e, outer(nx, gy), zero_psi)
    curl = row(-outer(gx, dy), outer(dx, gy), zero_psi)
    g_xi = row(zero_e, zero_e, outer(dx, ny)) - e_xi
    g_eta = row(zero_e, zero_e, outer(nx, dy)) - e_eta
    return jnp.stack([e_xi, e_eta, curl, g_xi, g_eta, row(zero_e, zero_e, outer(nx, ny))])


def _polynomials(nodes: np.ndarray, x: Array) -> tuple[Array, Array]:
    """`reference.lagrange` at traced points: values and slopes, (…, len(nodes))."""
    count = len(nodes)
    coefficients = np.linalg.inv(np.polynomial.legendre.legvander(nodes, count - 1))
    value, slope = [jnp.ones_like(x), x], [jnp.zeros_like(x), jnp.ones_like(x)]
    for k in range(2, count):
        value.append(((2 * k - 1) * x * value[-1] - (k - 1) * value[-2]) / k)
        slope.append(slope[-2] + (2 * k - 1) * value[-2])
    return jnp.stack(value[:count], axis=-1) @ coefficients, jnp.stack(slope[:count], axis=-1) @ coefficients


class _Points(NamedTuple):
    """(rows, points) each; a row lies on one level and in one element of either mesh."""

    x: Array  #: [µm]
    y: Array  #: [µm]
    weights: Array  #: of an integral over the window [µm²]
    area: Array  #: the same along the complex coordinates of absorbing layers


@jax.jit(static_argnums=(2, 3))
def _common_points(
    one: Mesh, two: Mesh, order_one: int, order_two: int, dx: ArrayLike = 0.0, dy: ArrayLike = 0.0
) -> _Points:
    """Points on the union of both meshes, the second shifted by (dx, dy)."""
    points, weights = gauss((order_one + order_two) // 2 + 1)
    levels = _risen(jnp.concatenate([one.y, two.y + dy]))
    rise = jnp.diff(levels)[:, None] / 2
    y = (((levels[:-1, None] + levels[1:, None]) / 2).real + rise.real * points).reshape(-1)
    rise = (rise * weights).reshape(-1)

    def lines(mesh: Mesh, y: Array) -> Array:
        level = mesh.y.real
        row = jnp.clip(jnp.searchsorted(level, y, side="right") - 1, 0, mesh.ny - 1)
        t = jnp.clip((y - level[row]) / (level[row + 1] - level[row]), 0, 1)
        return mesh.x[:, row] * (1 - t) + mesh.x[:, row + 1] * t

    cuts = _risen(jnp.concatenate([lines(one, y), lines(two, y - dy) + dx]))
    half = jnp.diff(cuts, axis=0)[..., None] / 2
    x = ((cuts[1:] + cuts[:-1])[..., None] / 2).real + half.real * points
    in_rows = (-1, len(points))
    area, real = (h * weights * r[None, :, None] for h, r in ((half, rise), (half.real, rise.real)))
    y = jnp.broadcast_to(y[None, :, None], x.shape)
    return _Points(*(a.reshape(in_rows) for a in (x, y, real, area)))


def _risen(places: Array) -> Array:
    """Sorted by their real part along the first axis."""
    if not jnp.iscomplexobj(places):
        return jnp.sort(places, axis=0)
    return jnp.take_along_axis(places, jnp.argsort(places.real, axis=0), axis=0)


def check_joint(what: str, one: Modes, two: Modes) -> None:
    """Refuse modes that cannot meet."""
    if is_traced(one.wavelength, two.wavelength):
        return
    a, b = float(one.wavelength), float(two.wavelength)
    if abs(a - b) > 1e-9 * a:
        raise ValueError(f"{what}: wavelengths {a} and {b} µm differ. Solve both guides at the same one.")


def bilinear(one: Modes, two: Modes) -> Array:
    """½ ∫ e_n × h_m / β_m · ẑ dA without conjugation: fields of mode n of `two` with mode m of `one`, (two, one).

    e and h/β of a lossless guide are real, for propagating and for evanescent modes. Absorbing layers are integrated
    over along their complex coordinates, in which alone modes of one guide are orthogonal: both guides must have the
    same ones there (`waveguides.bordered`).
    """
    return between(Guide.of(one), one.order, Guide.of(two), two.order)


def between(one: Guide, order_one: int, two: Guide, order_two: int) -> Array:
    """`bilinear` of guides."""
    x, y, _, area = _common_points(one.mesh, two.mesh, order_one, order_two)
    a, b = _at(one, order_one, x, y), _at(two, order_two, x, y)
    return _crossed(b.E, a.H / one.beta[:, None, None, None], area) / 2


def step(one: Modes, two: Modes) -> Array:
    """Amplitude of a mode of `one` that comes back where the guide changes abruptly and light goes on as a mode of
    `two`, all others left out: (modes of two, modes of one).

    (1 + r) e₁ = t e₂ and (1 - r) h₁ = t h₂, the first tested with h₁ and the second with e₁, give
    (1 + r)/(1 - r) = ∫ e₂ × h₁ / ∫ e₁ × h₂, which is Z₂/Z₁ of two lines: for light that stands across the walls
    (TE in a wire) Z rises with n_eff, in part or in all, for light along them it falls. To first order it is the
    overlap of a moved wall with the mode that runs back, whose axial field has the other sign (S. G. Johnson et al.,
    Phys. Rev. E 65, 066611 (2002), doi:10.1103/PhysRevE.65.066611). Of scale and sign of the modes it does not depend.
    """
    check_joint("step", one, two)
    there = bilinear(one, two) * one.beta  # e of two with h of one
    back = (bilinear(two, one) * two.beta).T
    return (there - back) / (there + back)


def norms(modes: Modes) -> Array:
    """The diagonal of `bilinear(modes, modes)`, on the points of one mesh: (modes,)."""
    return own(Guide.of(modes), modes.order)[0]


@jax.jit(static_argnums=1)
def own(guide: Guide, order: int) -> tuple[Array, Array]:
    """`norms` of a guide, and the largest transverse component of E of each mode, (modes,): what fixes its sign."""
    mesh, beta = guide.mesh, guide.beta
    e, h = fields.evaluate(mesh, order, guide.vectors, beta, guide.wavelength, guide.curvature)
    h = h / beta[:, None, None, None]
    square = jnp.sum((e[:, 0] * h[:, 1] - e[:, 1] * h[:, 0]) * fields.area(mesh, order), axis=(-2, -1)) / 2
    transverse = e[:, :2].reshape(len(e), -1)
    most = jnp.argmax(jnp.abs(transverse), axis=1)
    return square, jnp.take_along_axis(transverse, most[:, None], axis=1)[:, 0]


def fibre(
    modes: Modes,
    mode_field_diameter: tuple[ArrayLike, ArrayLike] | ArrayLike,
    *,
    centre: tuple[ArrayLike, ArrayLike] = (0.0, 0.0),
    index: ArrayLike = 1.444,
) -> Array:
    """Power coupled between a fibre's Gaussian mode, polarised along x, and each mode at a facet: (modes,).

    Args:
        modes: of the guide at its facet.
        mode_field_diameter: 1/e² of intensity, one number or (x, y) [µm].
        centre: of the fibre in the guide's coordinates [µm].
        index: of the medium in front of the facet: sets the fibre's magnetic field; 1.444 for index-matching glue.

    The reflection at the facet itself (a few per cent without index matching) is not in it.
    """
    wide, high = jnp.broadcast_to(jnp.asarray(mode_field_diameter, float), (2,))
    if not is_traced(wide, high) and not (float(wide) > 0 and float(high) > 0):
        raise ValueError(f"fibre: mode_field_diameter = {mode_field_diameter} µm must be positive.")
    grid = modes.grid
    gauss_x = jnp.exp(-(((grid.x - centre[0]) / (wide / 2)) ** 2) - ((grid.y - centre[1]) / (high / 2)) ** 2)
    z = fields.Z0 / jnp.asarray(index)
    own = jnp.pi * wide * high / 16 / z  # ½ ∫ E² / Z of the Gaussian [W], tails beyond the window included
    e, h = modes.E, modes.H
    a = jnp.sum((e[:, 0] / z + h[:, 1]) * gauss_x * grid.area, axis=(-2, -1)) / 4
    return jnp.abs(a) ** 2 / own
