"""Whispering galleries: resonances of a disk, exact for a cylinder, in Airy's asymptotic form, and from a bent guide.

A cylinder of index n in one of 1, light that goes as exp(imφ): J_m(nx) inside, H_m(x) outside, x = k R. With the field
E along the axis ("tm") or H along it ("te"), continuity of both tangential fields asks
(derived here)

    p J'_m(nx)/J_m(nx) = H'_m(x)/H_m(x),     p = n (tm) or 1/n (te).

For large m the field rides on the rim like an Airy function whose q-th zero is -a, which gives (leading terms of C. C.
Lam, P. T. Leung and K. Young, J. Opt. Soc. Am. B 9, 1585 (1992), doi:10.1364/JOSAB.9.001585, for spheres; tests hold
them against the exact cylinder, which they approach as m^-2)

    n x = m + a (m/2)^⅓ - p/√(n² - 1) + (3/20) a² (m/2)^{-⅓} - p (n² - 2p²/3)/(n² - 1)^{3/2} (a/2) (m/2)^{-⅔} + …

For a disk of finite height take the effective index of its slab for n, or better the bend solver: `waveguides` with the
rim at x = 0 and `Geometry.bend(R)` gives β R = m with the true cross-section, and `Ring.of` makes a resonator of it.
Lengths in µm.
"""

from typing import Literal

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy.optimize import newton
from scipy.special import ai_zeros, h1vp, hankel1, jv, jvp

from lingnan.solvers.checks import check_between, check_count
from lingnan.solvers.trees import refusing

Polarisation = Literal["te", "tm"]


def _check(where: str, order: int, radial: int, polarisation: str) -> None:
    check_count(where, "order", order, 1, "m counts wavelengths around.")
    check_count(where, "radial", radial, 1, "1 is the outermost ring of light.")
    if polarisation not in ("te", "tm"):
        raise ValueError(f"{where}: polarisation = {polarisation!r}: 'te' has H along the axis, 'tm' has E.")


@refusing
def asymptotic(
    index: ArrayLike, radius: ArrayLike, order: int, *, radial: int = 1, polarisation: Polarisation = "te",
    outside: ArrayLike = 1.444,
) -> Array:  # fmt: skip
    """Wavelength of a resonance by Airy's zeros [µm]; differentiable.

    Args:
        index: of the disk, its slab's effective one.
        radius: [µm].
        order: m, wavelengths around the disk.
        radial: q, rings of light.
        polarisation: "te": E in the plane.
        outside: index around it.
    """
    _check("asymptotic", order, radial, polarisation)
    check_between("asymptotic", "radius", radius, 0.0, np.inf, "µm", "")
    check_between("asymptotic", "outside", outside, 0.0, np.inf, "", "1.444 is oxide.")
    n = jnp.asarray(index, float) / outside
    check_between("asymptotic", "index over outside", n, 1.0, np.inf, "", "Only a denser disk holds light.")
    a, half = -ai_zeros(radial)[0][-1], order / 2
    p = 1 / n if polarisation == "te" else n
    nx = order + a * half ** (1 / 3) - p / jnp.sqrt(n**2 - 1) + 0.15 * a**2 * half ** (-1 / 3)
    nx = nx - p * (n**2 - 2 * p**2 / 3) / (n**2 - 1) ** 1.5 * a / 2 * half ** (-2 / 3)
    return 2 * jnp.pi * index * jnp.asarray(radius, float) / nx


def exact(
    index: float, radius: float, order: int, *, radial: int = 1, polarisation: Polarisation = "te",
    outside: float = 1.444,
) -> tuple[float, float]:  # fmt: skip
    """Wavelength [µm] and Q of a resonance, from its complex frequency; on the host.

    Raises:
        ValueError: Newton's method does not end near where the asymptotic form begins.
    """
    start = asymptotic(index, radius, order, radial=radial, polarisation=polarisation, outside=outside)
    n = index / outside
    p = 1 / n if polarisation == "te" else n

    def mismatch(x: complex) -> complex:
        # without divisions, so that there are no poles between the roots
        inside = p * jvp(order, n * x) * hankel1(order, x)
        return complex(inside / hankel1(order, x) - h1vp(order, x) / hankel1(order, x) * jv(order, n * x))

    first = 2 * np.pi * outside * radius / float(start)
    try:
        root = complex(newton(mismatch, first + 0j, x1=first * (1 + 1e-4), tol=1e-14, maxiter=100))
    except RuntimeError as error:
        raise ValueError(
            f"exact: no resonance of order {order} near {float(start):g} µm: {error} Take a larger order or index."
        ) from error
    if abs(root.real / first - 1) > 0.05:
        raise ValueError(
            f"exact: Newton's method went from {float(start):g} to {2 * np.pi * outside * radius / root.real:g} µm: "
            "orders this small are not on the rim. Take a larger order."
        )
    lost = max(-root.imag, 1e-300)
    return 2 * np.pi * outside * radius / root.real, root.real / (2 * lost)
