"""Series impedance of conductors, from direct current through the skin effect: eddy currents in the real metal.

Magneto-quasi-static, E_z = iω A + v with a voltage per length v that is the same all over one conductor:

    -∇²A = µ0 σ (iω A + v_k),    I_j = ∫_j σ (iω A + v_j) = Σ_k Y_jk v_k,    Y_jk = δ_jk σ S_j + iω/µ0 c_jᵀ A_k,

with c_j = µ0 ∫_j σ ψ and A_k the answer to v_k = 1 alone. A vanishes on the walls of the window: they conduct without
loss. At ω -> 0 Y is σ S exactly. Displacement current across the line is left out of A: it is in the capacitance.
E_z = -∂A/∂t - ∂φ/∂z; A. Konrad, IEEE Trans. Magn. 18, 284 (1982), doi:10.1109/TMAG.1982.1061782.

Real and imaginary parts of the fields at a few frequencies span those at every other one, and Y(ω) is the stationary
value over that span, its error the square of the fields' (a rational Krylov space: V. Druskin, L. Knizhnerman and M.
Zaslavsky, SIAM J. Sci. Comput. 31, 3760 (2009), doi:10.1137/080742403).
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.elements import helmholtz, scalar
from lingnan.solvers.linalg.layout import Layout
from lingnan.solvers.modulators.section import Section

#: Permeability of vacuum [H/m].
MU0 = constants.mu_0


@partial(jax.jit, static_argnames="samples")
def admittance(section: Section, frequency: ArrayLike, samples: int | None = None, span: Array | None = None) -> Array:
    """Y (F, conductors, conductors) [S m]: current on each conductor for 1 V/m along another; exp(-iωt).

    Args:
        section: the line.
        frequency: (F,) [Hz].
        samples: frequencies at which fields are solved; where no more are asked for, it is these themselves. None:
            those of the section's `fineness`, eight: over four decades between, fields of a gold line 0.9 µm thick are
            right to 1e-3, and Y to 1e-8 (the test of their number).
        span: fields of sections of the same kind, as `fields` gives them, (N, S): nothing is solved, and Y is the
            stationary value over them.

    First derivatives cost no solve. They are those of the value with the fields held, so their error is that of the
    fields and not its square: 3e-5 of dY by the thickness of 0.9 µm of gold over three decades, and nothing at the
    frequencies at which fields are solved. A second one raises `NotImplementedError`.
    """
    layout, free, bend, eddy, loads = _assembled(section)
    omega = 2 * jnp.pi * jnp.atleast_1d(jnp.asarray(frequency, float))
    fixed = _solved_at(omega, samples or section.fineness.samples)

    def weighted(data: tuple[Any, ...]) -> tuple[Array, Array]:
        bend, eddy, loads, omega, fixed, span = data
        whole = jnp.linalg.qr(_fields(layout, free, (bend, eddy, loads), fixed))[0] if span is None else span
        one, two = (whole.T @ scalar.product(layout, k, whole) for k in (bend, eddy))
        pushed = whole.T @ loads
        return whole, jax.vmap(lambda w: jnp.linalg.solve(one - 1j * w * two, pushed))(omega)

    def value(data: tuple[Any, ...], found: tuple[Array, Array]) -> Array:
        bend, eddy, loads, omega, *_ = data
        whole, weights = found
        one, two = (whole.T @ scalar.product(layout, k, whole) for k in (bend, eddy))
        pushed = whole.T @ loads

        def at(w: Array, y: Array) -> Array:
            first = pushed.T @ y
            return 1j * w / MU0 * (first + first.T - y.T @ (one - 1j * w * two) @ y)

        return jax.vmap(at)(omega, weights)

    eddies = scalar.stationary(value, weighted)((bend, eddy, loads, omega, fixed, span))
    return jnp.diag(jnp.sum(loads, axis=0)) / MU0 + eddies


@jax.jit
def fields(section: Section, frequency: ArrayLike) -> Array:
    """Fields A at a few frequencies of a band [Hz], real and imaginary parts: (N, S)."""
    layout, free, *parts = _assembled(section)
    omega = 2 * jnp.pi * jnp.atleast_1d(jnp.asarray(frequency, float))
    return _fields(layout, free, tuple(parts), _solved_at(omega, section.fineness.samples))


def _assembled(section: Section) -> tuple[Layout, np.ndarray, Array, Array, Array]:
    """Unknowns, which of them are free, and element matrices of ∇², of µ0 σ, and loads (N, conductors)."""
    mesh, regions = section.mesh()
    order = section.fineness.order
    layout = helmholtz.layout(regions.shape[0], regions.shape[1], order)
    element = helmholtz.nodal_element(order)
    owner = np.asarray(section.conductors)[regions]
    sigma = jnp.stack([
        jnp.asarray(0.0 if not name else m.conductivity, float)
        for name, m in zip(section.conductors, section.media, strict=True)
    ])[regions]  # fmt: skip
    # µ0 σ in 1/(m² Hz): with lengths in µm, 1e-12 of it
    density = MU0 * 1e-12 * sigma
    bend = scalar.stiffness(element, mesh, jnp.ones(regions.shape))
    eddy = scalar.mass(element, mesh, density)
    loads = jnp.stack(
        [scalar.gathered(layout, scalar.load(element, mesh, density * (owner == t))) for t in section.terminals], axis=1
    )
    return layout, 1.0 - scalar.on_walls(layout, section.grounded), bend, eddy, loads


def _solved_at(omega: Array, samples: int) -> Array:
    """Angular frequencies at which fields are solved: even in their fifth root.

    Geometric ones lie too far from each other where the skin is thin, and even fourth roots where it is not: seven of
    either leave 5e-4 of a derivative over three decades. Those that are no numbers have no part in it, and where all
    are solved at, others above the band stand for them.
    """
    fixed = lax.stop_gradient(omega)
    if len(omega) <= samples:
        return jnp.where(jnp.isnan(fixed), jnp.nanmax(fixed) * (2 + np.arange(len(omega))), fixed)
    low, high = (end**0.2 for end in (jnp.nanmin(fixed), jnp.nanmax(fixed) * (1 + 1e-9)))
    return jnp.linspace(low, high, samples) ** 5


def _fields(layout: Layout, free: np.ndarray, parts: tuple[Array, ...], fixed: Array) -> Array:
    bend, eddy, loads = parts
    held = jax.vmap(lambda w: scalar.hold(layout, bend - 1j * w * eddy, free))(fixed)
    rhs = jnp.broadcast_to(free[:, None] * loads, (len(fixed), *loads.shape))
    found = jnp.moveaxis(scalar.solved(layout, held, rhs), 0, 1).reshape(layout.size, -1)
    return jnp.concatenate([found.real, found.imag], axis=1)
