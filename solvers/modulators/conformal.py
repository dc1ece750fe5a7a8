"""Lines that conformal mapping solves, as a second opinion: conductors without thickness and without loss.

C. P. Wen, IEEE Trans. MTT 17, 1087 (1969), doi:10.1109/TMTT.1969.1127105; R. N. Simons, Coplanar Waveguide Circuits,
Components, and Systems (2001), doi:10.1002/0471224758, chapter 2. Simons's S is our signal width, his W our gap.
"""

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.modulators.electrostatics import EPS0
from lingnan.solvers.modulators.line import C0


def elliptic_k(m: ArrayLike) -> Array:
    """Complete elliptic integral K(m), m = k² in [0, 1), elementwise: DLMF 19.8.5."""
    a = jnp.ones_like(jnp.asarray(m, float))
    b = jnp.sqrt(1 - jnp.asarray(m, float))
    for _ in range(7):  # the mean converges quadratically: 2e-16 up to m = 1 - 1e-8
        a, b = (a + b) / 2, jnp.sqrt(a * b)
    return jnp.pi / (2 * a)


def coplanar_capacitance(
    signal: ArrayLike, gap: ArrayLike, below: ArrayLike, above: ArrayLike = 1.0, ground: ArrayLike = np.inf
) -> Array:
    """Capacitance [F/m] of a strip between two grounds, on a half space: exact.

    Args:
        signal: width of the strip [µm].
        gap: to either ground [µm].
        below: relative permittivity; of a crystal sqrt(ε_x ε_y), to which height stretches (`isotropic`).
        above: the same above.
        ground: width of each ground, which holds half of the charge [µm].

    No field crosses the plane between and beside the strips, so the quadrant over one half of it is a rectangle's map.
    """
    a = jnp.asarray(signal, float) / 2
    b = a + jnp.asarray(gap, float)
    beside = 1 / (b + jnp.asarray(ground, float))
    m = (a / b) ** 2 * (1 - (b * beside) ** 2) / (1 - (a * beside) ** 2)
    return 2 * EPS0 * (jnp.asarray(below) + above) * elliptic_k(m) / elliptic_k(1 - m)


def coplanar_impedance(signal: ArrayLike, gap: ArrayLike, below: ArrayLike, above: ArrayLike = 1.0) -> Array:
    """Characteristic impedance [Ω] of the same line: 1/(c sqrt(C C_air))."""
    filled = coplanar_capacitance(signal, gap, below, above)
    return 1 / (C0 * jnp.sqrt(filled * coplanar_capacitance(signal, gap, 1.0)))


def coplanar_index(below: ArrayLike, above: ArrayLike = 1.0) -> Array:
    """Microwave index of the same line."""
    return jnp.sqrt((jnp.asarray(below) + above) / 2)


def conductor_backed(signal: ArrayLike, gap: ArrayLike, height: ArrayLike, permittivity: ArrayLike) -> Array:
    """Capacitance [F/m] of a strip between half planes on a layer over a ground plane, air above.

    Args:
        signal: width [µm].
        gap: [µm].
        height: of the layer [µm].
        permittivity: of the layer, relative.

    Of the kind in Simons, chapter 3, derived here: above the line the half plane's map, below it tanh(πx/2h), which
    turns the layer into a half plane; the mid-plane of the gaps is taken for a magnetic wall, which is right to a per
    cent or so.
    """
    m = jnp.square(jnp.asarray(signal, float) / (signal + 2 * jnp.asarray(gap, float)))
    low, high = (jnp.tanh(jnp.pi * a / (4 * jnp.asarray(height))) for a in (signal, signal + 2 * jnp.asarray(gap)))
    below = jnp.square(low / high)
    air = elliptic_k(m) / elliptic_k(1 - m)
    return 2 * EPS0 * (air + jnp.asarray(permittivity) * elliptic_k(below) / elliptic_k(1 - below))


def isotropic(x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """A crystal with permittivities across and up: the isotropic one like it, and by how much heights stretch to it."""
    return jnp.sqrt(jnp.asarray(x) * y), jnp.sqrt(jnp.asarray(x) / y)


def stripline_capacitance(width: ArrayLike, height: ArrayLike, permittivity: ArrayLike) -> Array:
    """Capacitance [F/m] of a strip half-way between two ground planes `height` apart: exact.

    S. B. Cohn, IRE Trans. MTT 3, 119 (1955), doi:10.1109/TMTT.1955.1124951.
    """
    m = jnp.square(jnp.tanh(jnp.pi * jnp.asarray(width) / (2 * jnp.asarray(height))))
    return 4 * EPS0 * jnp.asarray(permittivity) * elliptic_k(m) / elliptic_k(1 - m)


def surface_resistance(conductivity: ArrayLike, frequency: ArrayLike) -> Array:
    """Rs [Ω] of a thick conductor: sqrt(π f µ0/σ)."""
    return jnp.sqrt(np.pi * jnp.asarray(frequency) * 4e-7 * np.pi / jnp.asarray(conductivity))
