"""How well anything can be told from samples with noise: Fisher information and the bound of Cramer and Rao.

Samples are Gaussian with a mean and a variance that both know the parameters: F_ij = Σ μ_i μ_j/v + ½ Σ v_i v_j/v²
(S. M. Kay, Fundamentals of Statistical Signal Processing: Estimation Theory (1993), §3.9). No unbiased estimator has a
smaller covariance than F⁻¹; what is not wanted but not known either (a baseline, a gain) takes its share by being in F.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.sensors.ranges import check_shape

#: condition of a scaled information matrix from which on its inverse is round-off
MOST_ALIKE = 1e15
#: mean and variance of each sample by the parameters
Model = Callable[[Array], tuple[Array, Array]]


def fisher(model: Model, at: Array) -> Array:
    """Information matrix (P, P) on parameters (P,).

    Args:
        model: of parameters.
        at: where.
    """
    (_, variance), (first, second) = model(at), jax.jacfwd(model)(at)
    return information(variance, first, second)


def information(variance: Array, by_mean: Array, by_variance: Array) -> Array:
    """The same of what is known already: (P, P).

    Args:
        variance: of each sample (N,).
        by_mean: slopes of the mean of each sample by the parameters, (N, P).
        by_variance: of its variance, (N, P).
    """
    check_between("bounds", "variance", variance, 0.0, np.inf, "", "Samples without noise tell everything.")
    return jnp.einsum("ni,nj,n->ij", by_mean, by_mean, 1 / variance) + 0.5 * jnp.einsum(
        "ni,nj,n->ij", by_variance, by_variance, 1 / variance**2
    )


def cramer_rao(information: Array) -> Array:
    """Least covariance (P, P), rows and columns scaled to one before the inversion: units may differ by 1e12.

    Raises:
        ValueError: the matrix is not square, or the samples cannot tell the unknowns apart.
    """
    check_shape("cramer_rao", "information", information, (len(information),) * 2, "")
    scale = 1 / jnp.sqrt(jnp.diagonal(information))
    scaled = information * scale[:, None] * scale
    if known(scaled):
        given = np.asarray(scaled)
        if not (np.all(np.isfinite(given)) and np.linalg.cond(given) < MOST_ALIKE):
            raise ValueError(
                f"cramer_rao: the samples cannot tell these {len(given)} unknowns apart: the information is singular. "
                "Take more samples, or leave out what is known."
            )
    return scale[:, None] * jnp.linalg.inv(scaled) * scale


def weights(variance: Array, by_mean: Array) -> Array:
    """Of each sample in least squares that are weighted by 1/v, (P, N): (JᵀV⁻¹J)⁻¹JᵀV⁻¹.

    What moves the samples by δ and is not among the parameters is taken for weights @ δ.

    Args:
        variance: as in `information`.
        by_mean: likewise.
    """
    told = information(variance, by_mean, jnp.zeros_like(by_mean))
    return cramer_rao(told) @ (by_mean / variance[:, None]).T


def sigma(model: Model, at: Array) -> Array:
    """Least standard deviation of each parameter, all others unknown too: (P,)."""
    return jnp.sqrt(jnp.diagonal(cramer_rao(fisher(model, at))))


def lorentzian_sigma(width: float, depth: float, noise: float, step: float) -> float:
    """The bound of a Lorentzian's centre in closed form, samples every `step` over all of it, white noise.

    |∂y/∂λ0| = 4 d x/(w (1 + x²)²) with x = 2(λ - λ0)/w, and ∫ x²/(1 + x²)⁴ dx = π/16, so
    σ² = 2 σ_n² w step/(π d²): derived here. The slope by the centre is odd in x and all others even, so none of them
    takes a share.
    """
    for name, value in (("width", width), ("depth", depth), ("step", step)):
        check_between("lorentzian_sigma", name, value, 0.0, np.inf, "", "")
    check_no_less("lorentzian_sigma", "noise", noise, 0.0, "", "")
    return float(jnp.sqrt(2 * noise**2 * width * step / (jnp.pi * depth**2)))
