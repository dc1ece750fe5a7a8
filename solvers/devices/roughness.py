"""Loss by scattering at rough side walls: the slab formula of Payne and Lacey.

α = 4.34 σ²/(√2 k₀ d⁴ n₁) g(V) f_e(x, γ) [dB per unit length], for TE light in a symmetric slab of full width 2d, walls
with standard deviation σ and exponential autocorrelation of length L_c. A wire is treated as the slab that it is
across its width, with effective indices for the third dimension; that overrates the loss of a wire by up to a factor
of about two. F. P. Payne and J. P. R. Lacey, Opt. Quantum Electron. 26, 977 (1994), doi:10.1007/BF00708339, for the
exponential autocorrelation; there 2d is the width and k₀ that of vacuum. Derived anew from the radiation of dipoles at
both walls (in the tests): equal, but for n₁ where the derivation has n_eff, which lets the formula be n_eff / n₁ low.
"""

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import no_less, within
from lingnan.solvers.tracing import held, namespace


def payne_lacey(
    width: ArrayLike,
    n_core: ArrayLike,
    n_cladding: ArrayLike,
    n_eff: ArrayLike,
    sigma: ArrayLike,
    correlation: ArrayLike,
    wavelength: ArrayLike,
) -> Array:
    """Scattering loss of both walls together [dB/cm], elementwise; of complex indices the real parts count.

    Args:
        width: of the slab, wall to wall [µm].
        n_core: index of the slab, or the effective index of its film.
        n_cladding: index beside it.
        n_eff: of the mode in this slab: between both.
        sigma: standard deviation of a wall's position [µm].
        correlation: length over which it forgets, L_c [µm].
        wavelength: in vacuum [µm].
    """
    n_core, n_cladding, n_eff = (n if isinstance(n, str) else namespace(n).real(n) for n in (n_core, n_cladding, n_eff))
    fine = _check(width, n_core, n_cladding, n_eff, sigma, correlation, wavelength)
    d = jnp.asarray(width) / 2
    k0 = 2 * jnp.pi / jnp.asarray(wavelength)
    n1, n2, n = (jnp.asarray(v) for v in (n_core, n_cladding, n_eff))
    u = k0 * d * jnp.sqrt(n1**2 - n**2)
    v = k0 * d * jnp.sqrt(n1**2 - n2**2)
    w = k0 * d * jnp.sqrt(n**2 - n2**2)
    g = u**2 * v**2 / (1 + w)
    x = w * jnp.asarray(correlation) / d
    delta = (n1**2 - n2**2) / (2 * n1**2)
    gamma = n2 * v / (n1 * w * jnp.sqrt(delta))
    inner = (1 + x**2) ** 2 + 2 * x**2 * gamma**2
    f = x * jnp.sqrt(1 - x**2 + jnp.sqrt(inner)) / jnp.sqrt(inner)
    per_um = 10 / jnp.log(10.0) * jnp.asarray(sigma) ** 2 / (jnp.sqrt(2.0) * k0 * d**4 * n1) * g * f
    return fine * 1e4 * per_um


def _check(
    width: ArrayLike, n1: ArrayLike, n2: ArrayLike, n: ArrayLike, sigma: ArrayLike, *lengths: ArrayLike
) -> Array | float:
    """1, or NaN with a warning where what is traced is wrong, elementwise."""
    fine = no_less("payne_lacey", "sigma", sigma, 0.0, "µm", "Give it in µm: 2 nm is 0.002.")
    for name, value in (("width", width), ("correlation", lengths[0]), ("wavelength", lengths[1])):
        fine = fine * within("payne_lacey", name, value, 0.0, np.inf, "µm", "Give it in µm.")
    for name, value in (("n_core", n1), ("n_cladding", n2), ("n_eff", n)):
        fine = fine * within("payne_lacey", name, value, 0.0, np.inf, "", "It is an index.")
    xp = namespace(width, n1, n2, n, sigma)
    rough, wide, core, beside, mode = (xp.asarray(v) for v in (sigma, width, n1, n2, n))
    said = (
        "payne_lacey: sigma = {value:g} µm is no roughness of a guide {wide:g} µm wide. Give it in µm: 2 nm is 0.002."
    )
    fine = fine * held(rough < wide / 2, said, value=rough, wide=wide)
    said = (
        "payne_lacey: n_eff = {value:g} does not lie between n_cladding = {beside:g} and n_core = {core:g}. Take "
        "n_core as the effective index of the film if the mode is that of a wire, and n_eff from the same slab."
    )
    return fine * held((beside < mode) & (mode < core), said, value=mode, beside=beside, core=core)
