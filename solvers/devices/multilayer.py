"""Plane waves on a stack of layers: exact reflection and transmission, any angle, any absorption.

Layers are infinite planes normal to y; the wave comes from the first medium. Lengths in µm, angles in radians in the
first medium, exp(-iωt). Everything is elementwise JAX: differentiable and `vmap`-able in index, thickness, angle and
wavelength. Left out: anisotropic layers, gain in the outer media, roughness.
Source: M. Born and E. Wolf, Principles of Optics (7th ed.), §1.6.4, as the recursion of reflections from
the last interface upwards (the book multiplies matrices, which overflows in thick or evanescent layers).
"""

import math
from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import whole, within
from lingnan.solvers.tracing import is_traced, marked

Polarization = Literal["te", "tm"]


class Response(NamedTuple):
    """Of one plane wave. Amplitudes are of the transverse E (te) or H (tm), taken at the outer faces of the stack."""

    r: Array  #: reflected amplitude
    t: Array  #: transmitted amplitude
    reflectance: Array  #: reflected power over incident power
    transmittance: Array  #: transmitted power over incident power


def decaying_root(square: Array) -> Array:
    """Square root with Im >= 0, or positive when real: the wave that leaves or dies out, in passive media."""
    root = jnp.sqrt(square.astype(complex))
    return jnp.where(root.imag < 0, -root, root)


def response(
    index: ArrayLike,
    thickness: ArrayLike,
    wavelength: ArrayLike,
    angle: ArrayLike = 0.0,
    polarization: Polarization = "te",
) -> Response:
    """Reflection and transmission of a stack.

    Args:
        index: refractive index of every medium from the incident one to the last, (layers + 2,); Im >= 0 absorbs.
        thickness: of the layers between the two outer media, (layers,) [µm].
        wavelength: in vacuum, a scalar [µm].
        angle: of incidence in the first medium, from the normal, a scalar [rad].
        polarization: "te", E parallel to the layers, or "tm", H parallel to the layers.

    The incident medium must be lossless: otherwise incident and reflected power are not separate quantities.
    """
    n, d = jnp.asarray(index), jnp.asarray(thickness, float)
    fine = _check(n, d, wavelength, angle, polarization)
    k0 = 2 * jnp.pi / jnp.asarray(wavelength, float)
    along = (n[0] * k0 * jnp.sin(angle)).real
    eps = (n**2).astype(complex)
    k_y = decaying_root(eps * k0**2 - along**2)
    q = k_y if polarization == "te" else k_y / eps
    r, t = (fine * amplitude for amplitude in _recursion(q, jnp.exp(1j * k_y[1:-1] * d)))
    return Response(r, t, jnp.abs(r) ** 2, jnp.abs(t) ** 2 * q[-1].real / q[0].real)


@jax.jit
def _recursion(q: Array, step: Array) -> tuple[Array, Array]:
    """r and t from admittances (layers + 2,) and phase factors (layers,), |step| <= 1: never overflows."""
    face_r = (q[:-1] - q[1:]) / (q[:-1] + q[1:])
    face_t = 2 * q[:-1] / (q[:-1] + q[1:])

    def add(below: tuple[Array, Array], row: tuple[Array, Array, Array]) -> tuple[tuple[Array, Array], None]:
        rho, tau, phase = row
        r, t = below
        r = r * phase**2
        total = 1 + rho * r
        return ((rho + r) / total, tau * t * phase / total), None

    last = (face_r[-1], face_t[-1])
    (r, t), _ = lax.scan(add, last, (face_r[:-1], face_t[:-1], step), reverse=True)
    return r, t


def quarter_wave(index: ArrayLike, wavelength: ArrayLike) -> Array:
    """Thickness of a layer a quarter wave thick at normal incidence [µm]."""
    fine = within("quarter_wave", "wavelength", wavelength, 0.0, math.inf, "µm", "")
    fine = fine * within("quarter_wave", "index", index, 0.0, math.inf, "", "")
    return fine * jnp.asarray(wavelength) / (4 * jnp.asarray(index))


def _check(n: Array, d: Array, wavelength: ArrayLike, angle: ArrayLike, polarization: str) -> Array | float:
    """1, or NaN with a warning where what is traced is wrong."""
    if polarization not in ("te", "tm"):
        raise ValueError(f'response: polarization = {polarization!r} is neither "te" nor "tm". Give one of them.')
    if n.ndim != 1 or d.ndim != 1 or n.shape[0] != d.shape[0] + 2:
        raise ValueError(
            f"response: index of shape {n.shape} and thickness of shape {d.shape} do not fit: a stack has two outer "
            f"media "
            "more than layers. Give index (layers + 2,) and thickness (layers,), and jax.vmap for a sweep."
        )
    for name, value in (("wavelength", wavelength), ("angle", angle)):
        if np.ndim(value):
            raise ValueError(
                f"response: {name} of shape {np.shape(value)}: it is one number. Use jax.vmap for a sweep."
            )
    if is_traced(n, d, wavelength, angle):
        wave, lean = jnp.asarray(wavelength), jnp.asarray(angle)
        medium = (n.imag >= 0) & (n.real >= 0) & (n != 0) & jnp.isfinite(n)
        said = "response: Im(n) and Re(n) must be >= 0, finite, and not both 0."
        fine: list[Array | float] = [marked(medium, said)]
        said = "response: Im(n) = {value:g} of the incident medium must be 0: there in and out are not apart."
        fine.append(marked(n[0].imag == 0, said, value=n[0].imag))
        said = "response: thickness = {value:g} µm: it must be finite and not negative."
        fine.append(marked((d >= 0) & jnp.isfinite(d), said, value=d))
        fine.append(within("response", "wavelength", wave, 0.0, math.inf, "µm", "Give it in µm."))
        said = "response: angle = {value:g} rad is not between -π/2 and π/2. Is it in degrees?"
        return whole(*fine, marked(jnp.abs(lean) < jnp.pi / 2, said, value=lean))
    numbers = np.asarray(n)
    if not np.all(np.isfinite(numbers)) or np.any(np.real(numbers) < 0) or np.any(numbers == 0):
        raise ValueError(f"response: index = {numbers} must be finite, not zero, with a real part >= 0.")
    if np.any(np.imag(numbers) < 0) or np.imag(numbers[0]) != 0:
        raise ValueError(
            f"response: index = {numbers}: Im(n) must be >= 0 (time convention exp(-iωt)) and 0 in the incident "
            f"medium. "
            "Conjugate an index that was written for exp(+iωt)."
        )
    if not np.all(np.asarray(d) >= 0) or not np.all(np.isfinite(np.asarray(d))):
        raise ValueError(f"response: thickness = {np.asarray(d)} µm: each must be finite and not negative.")
    if not (math.isfinite(float(wavelength)) and float(wavelength) > 0):  # type: ignore[arg-type]
        raise ValueError(f"response: wavelength = {wavelength} µm: it must be positive and finite. Give it in µm.")
    if not abs(float(angle)) < math.pi / 2:  # type: ignore[arg-type]
        raise ValueError(f"response: angle = {angle} rad is not between -π/2 and π/2. Is it in degrees?")
    return 1.0
