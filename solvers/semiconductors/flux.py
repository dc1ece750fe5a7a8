"""The current between two nodes: D. L. Scharfetter and H. K. Gummel, IEEE Trans. Electron Devices 16, 64 (1969),
doi:10.1109/T-ED.1969.16566, written with quasi-Fermi potentials.

Where both nodes have the same quasi-Fermi potential the current is exactly zero, and where they nearly have its digits
are all right: densities, of which 1e18 is taken from 1e18, would leave none. Potentials are in units of kT/q.

Where bands fill, D/μ is g kT/q, and with one g between two nodes the same derivation gives g B(Δψ/g) n: M.
Bessemoulin-Chatard, Numer. Math. 121, 637 (2012), doi:10.1007/s00211-012-0448-x. With g = Δη / Δ log F it is zero in
equilibrium: T. Koprucki, N. Rotundo, P. Farrell, D. H. Doan, J. Fuhrmann, Opt. Quantum Electron. 47, 1327 (2015),
doi:10.1007/s11082-014-0050-9. Of both what later papers and programs say of them was read; the form with quasi-Fermi
potentials is derived here: with x = Δψ/g, log(F₂/F₁) = Δη/g and Δη = Δψ - Δφ,

    g (B(x) F₂ - B(-x) F₁) = g B(x) exp(x/2) √(F₁ F₂) 2 sinh((φ₁ - φ₂)/(2 g)).

ψ stands for the band's edge: where the gap changes along an edge, that is what drives carriers.
"""

import jax.numpy as jnp
from jax import Array

from lingnan.solvers.semiconductors.statistics import enhancement

_SMALL = 1e-3  #: below which the series is exact to round-off: the term left out is x⁶ / 30240
_LARGE = 40.0  #: beyond which exp(-x) is lost beside 1


def bernoulli(x: Array) -> Array:
    """x / (exp(x) - 1), with right derivatives everywhere."""
    small, low, high = jnp.abs(x) < _SMALL, x < -_LARGE, x > _LARGE
    middle = jnp.where(small | low | high, 1.0, x)
    tail = jnp.where(high, x, _LARGE)
    return jnp.where(
        small,
        1 - x / 2 + x**2 / 12 - x**4 / 720,
        jnp.where(low, -x, jnp.where(high, tail * jnp.exp(-tail), middle / jnp.expm1(middle))),
    )


def electron_current(psi: tuple[Array, Array], phi: tuple[Array, Array]) -> Array:
    """Electrical current of electrons from the first node to the second, over q D n_i / length."""
    (a, b), (one, two) = psi, phi
    return bernoulli(b - a) * jnp.exp(b - (one + two) / 2) * 2 * jnp.sinh((one - two) / 2)


def hole_current(psi: tuple[Array, Array], phi: tuple[Array, Array]) -> Array:
    """Electrical current of holes from the first node to the second, over q D n_i / length."""
    (a, b), (one, two) = psi, phi
    return bernoulli(b - a) * jnp.exp((one + two) / 2 - a) * 2 * jnp.sinh((one - two) / 2)


def filled_current(
    edge: tuple[Array, Array], phi: tuple[Array, Array], bends: tuple[Array, Array], slopes: tuple[Array, Array]
) -> Array:
    """`electron_current` in a band that fills; that of holes is less this of both potentials with the other sign.

    Args:
        edge: potential of the band's edge, as it moves from that of pure silicon.
        phi: quasi-Fermi potentials.
        bends: `statistics.bend` at both nodes.
        slopes: `statistics.slope` there.
    """
    (a, b), (one, two) = edge, phi
    g = enhancement((b - a) - (two - one), bends, slopes)
    x = (b - a) / g
    middle = (a + b - one - two + bends[0] + bends[1] + x) / 2
    return g * bernoulli(x) * jnp.exp(middle) * 2 * jnp.sinh((one - two) / (2 * g))
