"""How long a gain takes: the current of pairs that drift through a gap and multiply there.

Electrons go to s = 1 and holes to s = 0, both ionise, and what is made behaves alike. A pair made at s drives in all
the charge a + b, where (derived here, as the adjoint of the equations of both currents; exp(-iωt), lengths in gaps)

    a' = -(κ_n + α) a - α b - 1,   a(1) = 0;     b' = β a + (κ_p + β) b + 1,   b(0) = 0;     κ = iω d/v.

Coefficients are constant, so with the eigenvalues λ of the matrix M of both lines, p, q of exp(sM) = p + qM and P, Q of
∫ exp(sM) ds = P + QM,

    a + b = a_0 (p + q (β - α - κ_n)) + Q (κ_n + κ_p),     a_0 = (P - Q κ_n)/(p - q (κ_n + α)) at s = 1.

For slow light it is McIntyre's gain M(s); without ionisation the response of `Transit`. With equal rates gain times
bandwidth tends to a constant, 3/(2π) of v/d for equal speeds (R. B. Emmons, J. Appl. Phys. 38, 3705 (1967), recalled).
"""

import jax.numpy as jnp
from jax import Array, lax

from lingnan.solvers.detectors.avalanche import falling


def grown(u: Array) -> Array:
    """E(u) = (exp(u) - 1)/u, complex, whole at 0."""
    small = jnp.abs(u) < 1e-4
    safe = jnp.where(small, 1.0, u)
    return jnp.where(small, 1 + u / 2 + u**2 / 6, jnp.expm1(safe) / safe)


def gain_at(alpha: Array, beta: Array, place: Array) -> Array:
    """M(s) of pairs made at places s, for α and β times the gap: exp(δ (1 - s))/(1 - β (exp(δ) - 1)/δ), δ = α - β."""
    turn = alpha - beta
    return jnp.exp(turn * (1 - place)) / (1 - beta * falling(-turn))


def charge(s: Array, electrons: Array, holes: Array, alpha: Array, beta: Array) -> Array:
    """a + b of pairs made at s, (…, K), for κ_n and κ_p, (…, 1), and α and β times the gap."""
    middle = (holes + beta - electrons - alpha) / 2
    square = middle**2 + electrons * holes + electrons * beta + holes * alpha
    # of half of what parts the eigenvalues; only this is in the answer, which 1e-8 in its place changes by 1e-9, and
    # its root has no slope at 0
    half = jnp.sqrt(jnp.where(jnp.abs(square) < 1e-8, 1e-8, square))
    middle, half = lax.optimization_barrier((middle, half))  # else they are computed, and compiled, at every place

    def powers(t: Array) -> tuple[Array, Array, Array, Array]:
        high, low = (t * (middle + sign * half) for sign in (1, -1))
        up, down = lax.optimization_barrier((jnp.exp(high), jnp.exp(low)))
        q = (up - down) / (2 * half)
        rise = t * (_mean(high, up) - _mean(low, down)) / (2 * half)
        return (up + down) / 2 - middle * q, q, t * _mean(high, up) - (middle + half) * rise, rise

    p, q, _, rise = powers(s)
    p_1, q_1, whole_1, rise_1 = powers(jnp.ones(1))
    first = (whole_1 - rise_1 * electrons) / (p_1 - q_1 * (electrons + alpha))
    return first * (p + q * (beta - alpha - electrons)) + rise * (electrons + holes)


def _mean(u: Array, power: Array) -> Array:
    """(exp(u) - 1)/u of what has its exponential, to 1e-14: `expm1` of complex numbers takes long to compile."""
    small = jnp.abs(u) < 1e-2
    safe, near = jnp.where(small, 1.0, u), jnp.where(small, u, 0.0)
    series = 1 + near / 2 * (1 + near / 3 * (1 + near / 4 * (1 + near / 5 * (1 + near / 6))))
    return jnp.where(small, series, (power - 1) / safe)
