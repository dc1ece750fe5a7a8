"""The current between two nodes: D. L. Scharfetter and H. K. Gummel, IEEE Trans. Electron Devices 16, 64 (1969),
doi:10.1109/T-ED.1969.16566, written with quasi-Fermi potentials.

Where both nodes have the same quasi-Fermi potential the current is exactly zero, and where they nearly have its digits
are all right: densities, of which 1e18 is taken from 1e18, would leave none. Potentials are in units of kT/q.
"""

import jax.numpy as jnp
from jax import Array

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
