"""Fermi and Dirac's statistics of a parabolic band: n = N F(η), η the quasi-Fermi level above the band's edge in kT.

F is the integral of order 1/2, normalised so that F(η) = exp η where carriers are few:

    F(η) = (2/√π) ∫₀^∞ √ε / (1 + exp(ε - η)) dε

All here goes by r(η) = log F(η) - η, which is 0 there and negative elsewhere. Below η = 2 F is exp η times a rational
function of exp η, above it η^(3/2) times one of 1/η², fitted to the integral in forty digits (least largest error by
Lawson's weights): right to 8e-12 and 2e-11. Both have their limits built in, exp η and 4/(3√π) η^(3/2).
"""

from collections.abc import Callable
from functools import cache, reduce

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

SEAM = 2.0
#: coefficients of exp η, lowest first: numerator and denominator
FEW = (
    (1.0, 1.902546049911084, 1.2213412795885816, 0.31340031163202736, 0.029950569470627613, 0.0007894640844919149,
     1.4102734381816486e-06),
    (1.0, 2.2560994396719516, 1.8265428200330704, 0.6499939455989768, 0.10081070087324911, 0.0059037959658073515,
     8.791700414769189e-05),
)  # fmt: skip
#: coefficients of 1/η²
MANY = (
    (4 / (3 * np.sqrt(np.pi)), 162.5688413048774, 22602.186005719715, 1507755.1589602476, 48428458.294419855,
     580537859.2515694, 2455397434.3274302, 3552760652.3135324, 1276731471.2277477),
    (1.0, 214.8756263854741, 29779.839845571005, 1967343.4750901435, 61915692.7101712, 693236622.232569,
     2259267924.133542, 1875971500.8323433, 132211874.15328085),
)  # fmt: skip
CLOSE = 3e-4  #: levels closer than this: the mean of both slopes is that between them to 1e-9


@cache
def _smooth(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """An elementwise function whose slope is worked out once, however many directions are asked for."""

    @jax.custom_jvp
    def same(x: Array) -> Array:
        return function(x)

    @same.defjvp
    def _(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
        return same(*primals), _smooth(_slope_of(function))(*primals) * tangents[0]

    return same


@cache
def _slope_of(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    return lambda x: jax.jvp(function, (x,), (jnp.ones_like(x),))[1]


def _bend(eta: Array) -> Array:
    z = jnp.exp(jnp.minimum(eta, SEAM))
    high = jnp.maximum(eta, SEAM)
    many = 1.5 * jnp.log(high) + _log_ratio(MANY, 1 / high**2) - high
    return jnp.where(eta < SEAM, _log_ratio(FEW, z), many)


def bend(level: ArrayLike) -> Array:
    """r(η) = log F(η) - η, elementwise."""
    return _smooth(_bend)(jnp.asarray(level, float))


def slope(level: ArrayLike) -> Array:
    """dr/dη, elementwise."""
    return _smooth(_slope_of(_bend))(jnp.asarray(level, float))


def filling(level: ArrayLike) -> Array:
    """F(η), elementwise: carriers over the band's effective density of states."""
    return jnp.exp(jnp.asarray(level, float) + bend(level))


@jax.jit
def lift(share: ArrayLike) -> Array:
    """By how much η lies above log(share) where F(η) is this share, elementwise: the inverse of F.

    Newton's method on log F, which is concave, from the limits of few and of many carriers. The last two steps are
    differentiated: derivatives up to the third are right.
    """
    log = jnp.log(jnp.maximum(jnp.asarray(share, float), 1e-300))
    fixed = lax.stop_gradient(log)
    many = jnp.exp(fixed / 1.5) / MANY[0][0] ** (2 / 3)
    eta = jnp.where(fixed > 1.0, many - np.pi**2 / (12 * jnp.maximum(many, 1.0)), fixed)

    def towards(target: Array, eta: Array) -> Array:
        return eta + (target - eta - bend(eta)) / (1 + slope(eta))

    eta = lax.fori_loop(0, 4, lambda _, eta: towards(fixed, eta), eta)
    for _ in range(2):
        eta = towards(log, eta)
    return eta - log


def enhancement(step: Array, bends: tuple[Array, Array], slopes: tuple[Array, Array]) -> Array:
    """Mean of D/(μ kT/q) between two levels, Δη / Δ log F: 1 where carriers are few.

    Args:
        step: from the first level to the second.
        bends: of both.
        slopes: of both.
    """
    close = jnp.abs(step) < CLOSE
    far = (bends[1] - bends[0]) / jnp.where(close, 1.0, step)
    return 1 / (1 + jnp.where(close, (slopes[0] + slopes[1]) / 2, far))


def _log_ratio(pair: tuple[tuple[float, ...], tuple[float, ...]], x: Array) -> Array:
    above, below = (reduce(lambda sum_, c: sum_ * x + c, part[::-1], jnp.zeros(())) for part in pair)
    return jnp.log(above / below)
