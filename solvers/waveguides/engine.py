"""Full-vector modes of a cross-section: n_eff, n_g and fields, differentiable in everything.

Edge elements of order p on lines that follow the interfaces (`elements`), a direct factorisation next to the highest
index (`linalg.columns`), Arnoldi's method on top, and implicit derivatives (`linalg.eigenpair`).
"""

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
from jax import Array, lax

from lingnan.solvers.elements import maxwell
from lingnan.solvers.elements.maxwell import Powers
from lingnan.solvers.elements.mesh import Mesh
from lingnan.solvers.elements.problem import Data, EdgePencil, free_unknowns
from lingnan.solvers.linalg import columns
from lingnan.solvers.linalg.arnoldi import Ritz, arnoldi, start_vector
from lingnan.solvers.linalg.eigenpair import Pair, eigenpair
from lingnan.solvers.waveguides import fields
from lingnan.solvers.waveguides.geometry import Geometry
from lingnan.solvers.waveguides.grid import Absorber, Resolution, discretise, stretch, with_window
from lingnan.solvers.waveguides.media import permittivity
from lingnan.solvers.waveguides.modes import Modes, Report


@dataclass(frozen=True)
class Plan:
    """All that is static in a solve: one compilation for each, and for each shape of the cross-section."""

    num_modes: int
    resolution: Resolution
    magnetic: tuple[str, ...]
    absorber: Absorber | None
    residual: float = 1e-7


@partial(jax.jit, static_argnames="plan")
def solve_plan(
    plan: Plan, geometry: Geometry, wavelength: Array, temperature: Array | None, target: Array | None
) -> Modes:
    """Modes of `geometry` as planned; `target` is the n_eff to look near, None: from the highest index down."""
    k0 = 2 * jnp.pi / wavelength

    def media_at(wavelength: Array) -> Array:
        media = [permittivity(m, wavelength, temperature) for m in geometry.media]
        if any(e.ndim == 2 for e in media):
            media = [e if e.ndim == 2 else jnp.diag(e) for e in media]
        return jnp.stack(media)

    media = media_at(wavelength)
    window = with_window(geometry, list(media), wavelength)
    mesh, regions = discretise(window, plan.resolution)
    stretched = stretch(mesh, plan.absorber)
    quadratic = media.ndim == 3
    pencil = EdgePencil(plan.resolution.order, mesh.nx, mesh.ny, quadratic)
    curvature = jnp.asarray(window.curvature)

    def data_at(wavelength: Array) -> Data:
        eps = media_at(wavelength)[regions]
        weights = maxwell.weights(pencil.element, stretched, eps, 2 * jnp.pi / wavelength, curvature)
        return Data(weights, free_unknowns(pencil.layout, plan.magnetic))

    data, data_dot = jax.jvp(data_at, (wavelength,), (jnp.ones_like(wavelength),))
    fixed = lax.stop_gradient(data)
    highest = jnp.sqrt(jnp.max(jnp.abs(_diagonal(media).real)))
    guess = lax.stop_gradient(highest if target is None else target) * lax.stop_gradient(k0)
    ritz, pairs = _search(pencil, fixed, guess, plan)
    pairs = jax.vmap(lambda pair: eigenpair(pencil, data, pair))(lax.stop_gradient(pairs))

    value, x, y = pairs
    beta = value if quadratic else jnp.sqrt(value.astype(complex))
    beta = jnp.where(beta.real * 1e6 + beta.imag < 0, -beta, beta)
    slope = jax.vmap(lambda v, x, y: jnp.dot(y, pencil.slope(data, v, x)))(value, x, y)
    pushed = jax.vmap(lambda v, x, y: jnp.dot(y, jax.jvp(lambda d: pencil.apply(d, v, x), (data,), (data_dot,))[1]))(
        value, x, y
    )
    beta_dot = -pushed / slope if quadratic else -pushed / slope / (2 * beta)
    n_eff = beta / k0
    # n_g = n - λ dn/dλ with n = β λ / 2π, so - λ²/2π dβ/dλ
    n_g = (-(wavelength**2) / (2 * jnp.pi) * beta_dot).real

    vectors, te, wall = _normalise(mesh, plan.resolution.order, x, beta, wavelength, curvature)
    order = jnp.argsort(-lax.stop_gradient(n_eff.real))
    return Modes(
        n_eff[order], n_g[order], te[order], vectors[order], y[order], value[order], wavelength, stretched,
        media[regions], curvature, Report(ritz.residuals[order], ritz.steps, wall[order]),
        plan.resolution, tuple(map(tuple, regions.tolist())), window.names,
    )  # fmt: skip


def _diagonal(media: Array) -> Array:
    return media if media.ndim == 2 else jnp.diagonal(media, axis1=-2, axis2=-1)


def _search(pencil: EdgePencil, data: Data, guess: Array, plan: Plan) -> tuple[Ritz, Pair]:
    """The eigenpairs nearest to `guess`, without derivatives."""
    layout, count = pencil.layout, plan.num_modes
    basis = min(10 + 8 * count, layout.size - 2)
    dtype = jnp.result_type(data.weights.axial, data.weights.curl, 1j if pencil.quadratic else 1.0)
    guess = guess.astype(jnp.result_type(guess, dtype))
    shift = guess if pencil.quadratic else guess**2
    if not jnp.iscomplexobj(jnp.zeros((), dtype)):
        shift = shift.real
    factors = columns.factorise(layout, pencil.elements(data, shift))
    first = start_vector(layout.size, dtype) * layout.flatten(data.free)

    def inverse(b: Array) -> Array:
        return layout.flatten(columns.solve(layout, factors, layout.unflatten(b)))

    none = Powers(0.0, 0.0, 1.0)
    if not pencil.quadratic:
        # (A + s B)⁻¹ B has the eigenvalues 1 / (s - β²).
        ritz = arnoldi(lambda v: inverse(pencil.product(data, none, v)), first, count, basis, plan.residual)
        x = ritz.vectors
        top = jax.vmap(lambda x: jnp.dot(x, pencil.product(data, Powers(1.0, 0.0, 0.0), x)))(x)
        value = -top / jax.vmap(lambda x: jnp.dot(x, pencil.product(data, none, x)))(x)
        return ritz, Pair(value, x, x)

    # With δ = β - s and u = δ x:  P(s) x + δ (P'(s) x + B u) = 0 has the operator below, eigenvalues 1/δ.
    def companion(v: Array) -> Array:
        x, u = jnp.split(v, 2)
        return jnp.concatenate([-inverse(pencil.slope(data, shift, x) + pencil.product(data, none, u)), x])

    ritz = arnoldi(companion, jnp.concatenate([first, first]), count, basis, plan.residual)
    x = ritz.vectors[:, : layout.size]
    x = x / jnp.linalg.norm(x, axis=-1, keepdims=True)
    return ritz, jax.vmap(partial(_two_sided, pencil, data))(shift + 1 / ritz.values, x)


def _two_sided(pencil: EdgePencil, data: Data, beta: Array, x: Array) -> Pair:
    """Left vector, and a quotient of both, whose error is of second order."""
    if jnp.isrealobj(data.weights.axial) and jnp.isrealobj(data.weights.curl):
        y = x.conj()  # lossless: P(β) is Hermitian at real β
    else:
        layout = pencil.layout
        factors = columns.factorise(layout, pencil.elements(data, beta * (1 + 1e-6)))

        def inverse(_: int, v: Array) -> Array:
            v = layout.flatten(columns.solve_transposed(layout, factors, layout.unflatten(v)))
            return v / jnp.linalg.norm(v)

        y = lax.fori_loop(0, 3, inverse, x.conj())

    def newton(_: int, beta: Array) -> Array:
        return beta - jnp.dot(y, pencil.apply(data, beta, x)) / jnp.dot(y, pencil.slope(data, beta, x))

    return Pair(lax.fori_loop(0, 3, newton, beta), x, y)


def _normalise(
    mesh: Mesh, order: int, x: Array, beta: Array, wavelength: Array, curvature: Array
) -> tuple[Array, Array, Array]:
    """Vectors of 1 W with the largest transverse component real; TE fractions; field at the walls."""
    raw = fields.evaluate(mesh, order, x, beta, wavelength, curvature)
    area = fields.points(mesh, order).area
    watt = jnp.abs(fields.power(raw, area))
    ex2, ey2 = (jnp.sum(jnp.abs(raw.E[:, k]) ** 2 * area, axis=(-2, -1)) for k in (0, 1))
    te = ex2 / (ex2 + ey2)
    main = jnp.where((te > 0.5)[:, None, None], raw.E[:, 0], raw.E[:, 1]).reshape(len(x), -1)
    top = jnp.take_along_axis(main, jnp.argmax(jnp.abs(main), axis=-1)[:, None], axis=-1)[:, 0]
    turn = lax.stop_gradient(top.conj() / jnp.abs(top))
    turn = turn if jnp.iscomplexobj(x) else turn.real
    strength = jnp.sqrt(jnp.sum(jnp.abs(raw.E) ** 2, axis=1))
    rim = jnp.concatenate([strength[:, 0], strength[:, -1], strength[:, :, 0], strength[:, :, -1]], axis=-1)
    wall = jnp.max(rim, axis=-1) / jnp.max(strength, axis=(-2, -1))
    return x * (turn / jnp.sqrt(watt))[:, None], te, wall
