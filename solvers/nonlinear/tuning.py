"""Where a poled guide is tuned to, and how temperature and fabrication move it."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers import waveguides
from lingnan.solvers.nonlinear.conversion import low_conversion
from lingnan.solvers.nonlinear.mixing import FINE, SecondHarmonic
from lingnan.solvers.waveguides import Resolution
from lingnan.solvers.waveguides.geometry import Geometry


def tuning_curve(
    process: SecondHarmonic,
    wavelength: ArrayLike,
    length: ArrayLike,
    *,
    period: ArrayLike | None = None,
    duty: ArrayLike = 0.5,
    power: ArrayLike = 1e-3,
) -> Array:
    """Power of the harmonic over the fundamental's squared [1/W], at low conversion, (*wavelength.shape).

    Args:
        process: from `second_harmonic`.
        wavelength: of the fundamental [µm].
        length: [µm].
        period: of the domains [µm]; None: the one of perfect matching.
        duty: of the domains.
        power: of the fundamental [W]; it cancels.
    """
    delta = process.mismatch(wavelength, period)
    return low_conversion(process.kappa(duty), delta, power, length) / jnp.asarray(power) ** 2


def wavenumber(
    geometry: Geometry,
    wavelength: ArrayLike,
    process: SecondHarmonic,
    *,
    temperature: ArrayLike | None = None,
    resolution: Resolution | None = None,
) -> Array:
    """K = β_sh - 2 β_ff of a cross-section [rad/µm], of the modes that `process` has found: differentiable.

    Args:
        geometry: the one of `process`, or one near it; may be traced.
        wavelength: of the fundamental [µm].
        process: which of the harmonic's modes it is.
        temperature: [K].
        resolution: of the mesh.
    """
    w, fine = jnp.asarray(wavelength, float), resolution or FINE
    low = waveguides.solve(geometry, w, 2, resolution=fine, temperature=temperature)
    aim = process.harmonic.beta(w / 2) * w / (4 * jnp.pi)
    high = waveguides.solve(geometry, w / 2, 1, resolution=fine, temperature=temperature, target=aim)
    return 2 * jnp.pi / w * (2 * high.n_eff[0].real - 2 * low.n_eff[jnp.argmax(low.te_fraction)].real)


def thermal_tuning(
    geometry: Geometry,
    process: SecondHarmonic,
    *,
    temperature: float = 293.15,
    resolution: Resolution | None = None,
) -> Array:
    """Shift of the matched fundamental with temperature [nm/K]: -(∂K/∂T)/(∂K/∂λ), the period held.

    Args:
        geometry: the one of `process`.
        process: from `second_harmonic`.
        temperature: [K].
        resolution: of the mesh.
    """
    w = process.fundamental.wavelength

    def at(t: Array) -> Array:
        return wavenumber(geometry, w, process, temperature=t, resolution=resolution)

    kelvin = jnp.asarray(temperature, float)
    return -1e3 * jax.jvp(at, (kelvin,), (jnp.ones_like(kelvin),))[1] / process.walk_off


def sensitivity(
    draw: Callable[[Any], Geometry],
    numbers: Any,
    process: SecondHarmonic,
    *,
    temperature: ArrayLike | None = None,
    resolution: Resolution | None = None,
) -> Any:
    """∂K/∂ of each number of a cross-section [rad/µm per unit of the number], as a pytree like `numbers`.

    A guide of length L stays matched while K moves by less than 2.78/L; `domains.uneven` says what is left of a guide
    whose numbers change along it.

    Args:
        draw: from numbers that may be traced to the cross-section, e.g. `waveguides.rib(*numbers, ...)`.
        numbers: widths, thicknesses, angles.
        process: from `second_harmonic` at these numbers.
        temperature: [K].
        resolution: of the mesh.
    """
    w = process.fundamental.wavelength

    def at(values: Any) -> Array:
        return wavenumber(draw(values), w, process, temperature=temperature, resolution=resolution)

    return jax.grad(at)(jax.tree.map(jnp.asarray, numbers))
