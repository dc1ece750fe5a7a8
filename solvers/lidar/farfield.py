"""The far field of a phased array: one line of antennas, and planes of them.

In the direction whose cosines are (u, v) along x and y the array sends

    F(u, v) = Σ a_n exp(iφ_n - ik(u x_n + v y_n)),    k = 2π/λ,

times the pattern of one antenna: exp(-iωt), a wave leaving the chip along its normal where all phases are equal. The
light for a beam in u0 has φ_n = k u0 x_n. C. A. Balanis, Antenna Theory (4th ed., 2016), §6.3, §6.10. Coupling between
antennas is left out. Lengths in µm, phases in rad, angles in degrees only where the name says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, known
from lingnan.solvers.trees import tree

#: directions that are summed at once
BATCH = 4096


@tree
@dataclass(frozen=True)
class Line:
    """Antennas on a line."""

    position: Any  #: x_n, (N,) [µm]
    amplitude: Any  #: a_n of the field, (N,)
    wavelength: Any = 1.55  #: in vacuum [µm]
    phase: Any = 0.0  #: φ_n, (N,) or one for all [rad]

    def __post_init__(self) -> None:
        check_between("Line", "wavelength", self.wavelength, 0.0, np.inf, "µm", "")
        if known(self.position) and known(self.amplitude):
            x, a = np.shape(self.position), np.shape(self.amplitude)
            if len(x) != 1 or x != a:
                raise ValueError(f"Line: positions of shape {x} and amplitudes of shape {a}: give (N,) of both.")

    @property
    def wavenumber(self) -> Array:
        """k [1/µm]."""
        return 2 * jnp.pi / jnp.asarray(self.wavelength, float)

    @property
    def excitation(self) -> Array:
        """a_n exp(iφ_n), (N,)."""
        return jnp.asarray(self.amplitude) * jnp.exp(1j * jnp.asarray(self.phase, float))

    def steered(self, u: ArrayLike) -> "Line":
        """The same array with phases for a beam in u."""
        phase = self.wavenumber * jnp.asarray(u, float) * jnp.asarray(self.position)
        return Line(self.position, self.amplitude, self.wavelength, phase)


def cosine(angle_deg: ArrayLike) -> Array:
    """u of an angle from the normal [degrees]."""
    return jnp.sin(jnp.deg2rad(jnp.asarray(angle_deg, float)))


def angle_deg(u: ArrayLike) -> Array:
    """Angle from the normal of u [degrees]."""
    return jnp.rad2deg(jnp.arcsin(jnp.asarray(u, float)))


@jax.jit
def field(array: Line, u: ArrayLike) -> Array:
    """F at any u, of the same shape, by the sum as it stands."""
    x, w = jnp.asarray(array.position, float), array.excitation
    flat = jnp.ravel(jnp.asarray(u, float))

    def one(u: Array) -> Array:
        phase = -array.wavenumber * u * x
        return jnp.sum(w * jax.lax.complex(jnp.cos(phase), jnp.sin(phase)))

    return jnp.reshape(_each(one, flat), jnp.shape(u))


def _each(one: Callable[[Array], Array], directions: Array) -> Array:
    """Over all directions, in parts that fit into memory."""
    if directions.shape[0] <= BATCH:
        return jax.vmap(one)(directions)
    return jax.lax.map(one, directions, batch_size=BATCH)


def power(array: Line, u: ArrayLike) -> Array:
    """|F|² over its most there can be, (Σ|a|)²: 0 dB is a beam without any error."""
    best = jnp.square(jnp.sum(jnp.abs(jnp.asarray(array.amplitude))))
    f = field(array, u)
    return (jnp.square(f.real) + jnp.square(f.imag)) / best


@jax.jit
def field_of_pitch(excitation: ArrayLike, pitch: ArrayLike, wavelength: ArrayLike, u: ArrayLike) -> Array:
    """The same for a constant pitch, many times faster: a polynomial in z = exp(-ik u pitch), by Horner's rule.

    Args:
        excitation: a_n exp(iφ_n), (N,).
        pitch: [µm]; positions as of `apertures.regular`.
        wavelength: [µm].
        u: any shape.
    """
    w = jnp.asarray(excitation, complex)
    psi = 2 * jnp.pi / jnp.asarray(wavelength, float) * jnp.asarray(u, float) * pitch
    z_real, z_imag = jnp.cos(psi), -jnp.sin(psi)

    def step(total: tuple[Array, Array], one: Array) -> tuple[tuple[Array, Array], None]:
        real, imag = total
        return (real * z_real - imag * z_imag + one.real, real * z_imag + imag * z_real + one.imag), None

    zero = jnp.zeros_like(z_real), jnp.zeros_like(z_real)
    (real, imag), _ = jax.lax.scan(step, zero, w[::-1])
    middle = (w.shape[0] - 1) / 2 * psi  # of the array, where positions count from
    return jax.lax.complex(real, imag) * jax.lax.complex(jnp.cos(middle), jnp.sin(middle))


def lattice(
    x: ArrayLike, y: ArrayLike, excitation: ArrayLike, wavelength: ArrayLike, u: ArrayLike, v: ArrayLike
) -> Array:
    """F(u, v) of antennas in rows and columns, (U, V): two products of matrices instead of a sum over all antennas.

    Args:
        x: of the columns, (N,) [µm].
        y: of the rows, (M,) [µm].
        excitation: complex, (N, M): every antenna by itself.
        wavelength: [µm].
        u: (U,).
        v: (V,).
    """
    w = jnp.asarray(excitation, complex)
    if w.shape != (jnp.size(x), jnp.size(y)):
        raise ValueError(
            f"lattice: excitation of shape {w.shape} for {jnp.size(x)} columns and {jnp.size(y)} rows: give one number "
            f"for each antenna, ({jnp.size(x)}, {jnp.size(y)})."
        )
    k = 2 * jnp.pi / jnp.asarray(wavelength, float)
    left = jnp.exp(-1j * k * jnp.outer(jnp.asarray(u, float), jnp.asarray(x, float)))
    right = jnp.exp(-1j * k * jnp.outer(jnp.asarray(y, float), jnp.asarray(v, float)))
    return left @ w @ right


def scattered(places: ArrayLike, excitation: ArrayLike, wavelength: ArrayLike, u: ArrayLike, v: ArrayLike) -> Array:
    """F at any directions of antennas anywhere in the plane, of the shape of u and v.

    Args:
        places: (N, 2) [µm].
        excitation: complex, (N,).
        wavelength: [µm].
        u: direction cosine along x.
        v: the same along y.
    """
    p, w = jnp.asarray(places, float), jnp.asarray(excitation, complex)
    k = 2 * jnp.pi / jnp.asarray(wavelength, float)
    shape = jnp.broadcast_shapes(jnp.shape(u), jnp.shape(v))
    directions = jnp.stack([jnp.broadcast_to(jnp.asarray(c, float), shape).ravel() for c in (u, v)], axis=1)

    def one(d: Array) -> Array:
        return jnp.sum(w * jnp.exp(-1j * k * (p @ d)))

    return jnp.reshape(_each(one, directions), shape)


def drawn(
    array: Line, key: Array, phase_error: ArrayLike = 0.0, amplitude_error: ArrayLike = 0.0, dead: ArrayLike = 0.0
) -> Line:
    """The array with errors of each antenna by itself.

    Args:
        array: as it was meant.
        key: a `jax.random.key`.
        phase_error: one σ, Gaussian [rad].
        amplitude_error: one σ over the amplitude, Gaussian.
        dead: share of antennas that send nothing.
    """
    k_phase, k_amplitude, k_dead = jax.random.split(key, 3)
    shape = jnp.shape(jnp.asarray(array.position))
    phase = jnp.asarray(array.phase, float) + phase_error * jax.random.normal(k_phase, shape)
    amplitude = jnp.asarray(array.amplitude) * (1 + amplitude_error * jax.random.normal(k_amplitude, shape))
    alive = jax.random.uniform(k_dead, shape) >= jnp.asarray(dead)
    return Line(array.position, amplitude * alive, array.wavelength, phase)
