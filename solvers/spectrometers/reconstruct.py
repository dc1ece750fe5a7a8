"""Spectra from what an instrument's outputs read: y = A x + noise, A calibrated, more unknowns than readings or fewer.

    x̂ = G y,  G = (AᵀA + α LᵀL)⁻¹ Aᵀ         Tikhonov's, L the unit matrix or differences
    error:  (G A - 1) x  that is left without noise,  G C Gᵀ  of noise with covariance C

α is given, or chosen where generalised cross-validation |A x̂ - y|²/(tr(1 - A G))² is least (G. H. Golub, M. Heath and
G. Wahba, Technometrics 21, 215 (1979), doi:10.1080/00401706.1979.10489751), or at the corner of the L-curve, where log
residual against log size bends most (P. C. Hansen, SIAM Rev. 34, 561 (1992), doi:10.1137/1034115); cited from memory.
Spectra that cannot be negative: the same sum of squares, by a projected gradient with momentum (A. Beck and
M. Teboulle, SIAM J. Imaging Sci. 2, 183 (2009), doi:10.1137/080716542), which knows when it is right.
"""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known


def _check(matrix: Array, data: Array | None = None) -> None:
    if matrix.ndim != 2 or (data is not None and data.shape != matrix.shape[:1]):
        raise ValueError(
            f"reconstruct: a matrix of shape {matrix.shape}"
            + ("" if data is None else f" and readings of shape {data.shape}")
            + ": a row for each output, a column for each wavelength, one reading for each row."
        )
    for name, given in (("the matrix", matrix), ("the readings", data)):
        if given is not None and known(given) and not np.all(np.isfinite(np.asarray(given))):
            raise ValueError(f"reconstruct: {int(np.sum(~np.isfinite(given)))} numbers of {name} are not finite.")


def roughness(count: int) -> Array:
    """L of second differences, (count - 2, count): large for spectra that bend."""
    if count < 3:
        raise ValueError(f"roughness: {count} wavelengths: three or more.")
    return jnp.asarray(np.diff(np.eye(count), n=2, axis=0))


def inverse(matrix: ArrayLike, strength: ArrayLike, penalty: ArrayLike | None = None) -> Array:
    """G, (columns, rows) of a matrix A.

    Args:
        matrix: A, outputs by wavelengths.
        strength: α, in units of A².
        penalty: L; None: the unit matrix.

    Raises:
        ValueError: without strength, where A alone does not say what x is.
    """
    a = jnp.asarray(matrix, float)
    _check(a)
    check_no_less("inverse", "strength", strength, 0.0, "", "0 is least squares.")
    if known(a) and known(strength) and not np.any(np.asarray(strength)):
        rank = int(np.linalg.matrix_rank(np.asarray(a)))
        if rank < a.shape[1]:
            raise ValueError(
                f"inverse: {a.shape[1]} wavelengths from readings of rank {rank}: least squares has many answers. Give "
                "a strength above 0, or fewer wavelengths."
            )
    return _inverse(a, jnp.asarray(strength, float), None if penalty is None else jnp.asarray(penalty, float))


@jax.jit
def _inverse(a: Array, strength: Array, penalty: Array | None) -> Array:
    if penalty is None and a.shape[0] < a.shape[1]:
        return a.T @ jnp.linalg.inv(a @ a.T + strength * jnp.eye(a.shape[0]))  # the same, and smaller
    held = jnp.eye(a.shape[1]) if penalty is None else penalty
    return jnp.linalg.solve(a.T @ a + strength * held.T @ held, a.T)


class Choice(NamedTuple):
    """Strengths that were tried, and the one taken."""

    strength: Array
    tried: Array  #: (K,)
    residual: Array  #: |A x̂ - y|, (K,)
    size: Array  #: |x̂|, (K,)
    score: Array  #: what was least, (K,)


def _given(matrix: ArrayLike, data: ArrayLike) -> tuple[Array, Array]:
    a, y = jnp.asarray(matrix, float), jnp.asarray(data, float)
    _check(a, y)
    return a, y


def _tried(a: Array, y: Array, count: int) -> tuple[Array, Array, Array, Array]:
    u, s, _ = jnp.linalg.svd(a, full_matrices=False)
    tried = s[0] ** 2 * jnp.geomspace(1e-14, 1.0, count)
    kept = s**2 / (s**2 + tried[:, None])  # (K, R)
    seen = u.T @ y
    beside = jnp.maximum(jnp.sum(y**2) - jnp.sum(seen**2), 0.0)
    residual = jnp.sqrt(jnp.sum(jnp.square((1 - kept) * seen), axis=1) + beside)
    size = jnp.sqrt(jnp.sum(jnp.square(seen * s / (s**2 + tried[:, None])), axis=1))
    return tried, kept, residual, size


def cross_validated(matrix: ArrayLike, data: ArrayLike, count: int = 141) -> Choice:
    """α by generalised cross-validation, L the unit matrix: of `count` between 1e-14 and 1 of A's largest value².

    With few readings it may take too little; it asks for noise that is white.
    """
    return _cross_validated(*_given(matrix, data), count)


@partial(jax.jit, static_argnames="count")
def _cross_validated(a: Array, y: Array, count: int) -> Choice:
    tried, kept, residual, size = _tried(a, y, count)
    free = a.shape[0] - jnp.sum(kept, axis=1)
    # a matrix that readings do not overdetermine has nothing free at α → 0: 0/0 is no answer
    score = jnp.where(free > 1e-6, jnp.square(residual / jnp.maximum(free, 1e-6)), jnp.inf)
    return Choice(tried[jnp.argmin(score)], tried, residual, size, score)


def l_curve(matrix: ArrayLike, data: ArrayLike, count: int = 141) -> Choice:
    """α at the corner of log |x̂| over log |A x̂ - y|, L the unit matrix; asks for nothing of the noise."""
    return _l_curve(*_given(matrix, data), count)


@partial(jax.jit, static_argnames="count")
def _l_curve(a: Array, y: Array, count: int) -> Choice:
    tried, _, residual, size = _tried(a, y, count)
    x, y, step = jnp.log(residual), jnp.log(size), jnp.log(tried[1] / tried[0])
    dx, dy = (jnp.asarray(jnp.gradient(v, step)) for v in (x, y))
    ddx, ddy = (jnp.asarray(jnp.gradient(v, step)) for v in (dx, dy))
    bend = (dx * ddy - dy * ddx) / jnp.maximum(dx**2 + dy**2, 1e-12) ** 1.5
    score = -bend.at[jnp.array([0, 1, -2, -1])].set(-jnp.inf)
    return Choice(tried[jnp.argmin(score)], tried, residual, size, score)


class Positive(NamedTuple):
    """A spectrum without negative parts, and how far it is from the best one."""

    spectrum: Array
    steps: Array
    miss: Array  #: largest step that a gradient still asks for, of the largest part


def positive(
    matrix: ArrayLike, data: ArrayLike, strength: ArrayLike = 0.0, steps: int = 20000, tolerance: float = 1e-8
) -> Positive:
    """Least |A x - y|² + α|x|² with all x ≥ 0, by projected gradients.

    It helps with lines on dark ground, which it tells apart below the resolution; broad spectra it makes spiky.

    Args:
        matrix: A.
        data: y.
        strength: α.
        steps: at most.
        tolerance: of a step, of the largest part of x, at which it ends. Look at `miss` where it is not reached.
    """
    a, y = _given(matrix, data)
    check_no_less("positive", "strength", strength, 0.0, "", "0 is least squares.")
    return _positive(a, y, jnp.asarray(strength, float), steps, tolerance)


@jax.jit
def _positive(a: Array, y: Array, strength: Array, steps: ArrayLike, tolerance: ArrayLike) -> Positive:
    pace = 1 / (jnp.linalg.norm(a, 2) ** 2 + strength)

    def better(x: Array) -> Array:
        return jnp.maximum(x - pace * (a.T @ (a @ x - y) + strength * x), 0.0)

    def more(state: tuple[Array, Array, Array, Array, Array]) -> Array:
        return (state[3] < steps) & (state[4] > tolerance)

    def step(state: tuple[Array, Array, Array, Array, Array]) -> tuple[Array, Array, Array, Array, Array]:
        x, ahead, pull, count, _ = state
        new = better(ahead)
        # momentum that works against the step is dropped
        pull = jnp.where(jnp.sum((ahead - new) * (new - x)) > 0, 1.0, pull)
        next_pull = (1 + jnp.sqrt(1 + 4 * pull**2)) / 2
        miss = jnp.max(jnp.abs(better(new) - new)) / jnp.maximum(jnp.max(new), 1e-300)
        return new, new + (pull - 1) / next_pull * (new - x), next_pull, count + 1, miss

    none = jnp.zeros(a.shape[1])
    x, _, _, count, miss = jax.lax.while_loop(
        more, step, (none, none, jnp.array(1.0), jnp.array(0), jnp.array(jnp.inf))
    )
    return Positive(x, count, miss)


class Error(NamedTuple):
    """Of a reconstructed spectrum, per wavelength."""

    bias: Array  #: what is wrong without noise
    noise: Array  #: one σ

    @property
    def rms(self) -> Array:
        """Over all wavelengths, both."""
        return jnp.sqrt(jnp.mean(jnp.square(self.bias) + jnp.square(self.noise)))


def error(operator: ArrayLike, matrix: ArrayLike, spectrum: ArrayLike, sigma: ArrayLike) -> Error:
    """Of G on readings of A x with independent noise.

    Args:
        operator: G, as calibrated.
        matrix: A as it is: of another temperature, or of errors that calibration has not seen.
        spectrum: x.
        sigma: noise of each reading, one for all or (rows,).
    """
    check_no_less("error", "sigma", sigma, 0.0, "", "It is one σ.")
    g, a, x = (jnp.asarray(given, float) for given in (operator, matrix, spectrum))
    each = jnp.sqrt(jnp.sum(jnp.square(g * jnp.asarray(sigma, float)), axis=1))
    return Error(g @ (a @ x) - x, each)


def line_width(operator: ArrayLike, matrix: ArrayLike, wavelength: ArrayLike, at: int) -> Array:
    """Full width at half height of what a narrow line becomes [of the wavelengths], between points by straight lines.

    Args:
        operator: G.
        matrix: A.
        wavelength: of the columns, rising, (K,).
        at: column with the line.
    """
    wave = np.asarray(wavelength, float)
    if not 0 < at < wave.size - 1:
        raise ValueError(f"line_width: at = {at}: it must be a column between the ends, 1 to {wave.size - 2}.")
    check_between("line_width", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    image = np.asarray(jnp.asarray(operator) @ jnp.asarray(matrix)[:, at])
    image = image / image[at]
    low, high = at, at
    while low > 0 and image[low] > 0.5:
        low -= 1
    while high < wave.size - 1 and image[high] > 0.5:
        high += 1
    ends = [
        np.interp(0.5, image[[outside, inside]], wave[[outside, inside]])
        for outside, inside in ((low, low + 1), (high, high - 1))
    ]
    return jnp.asarray(ends[1] - ends[0])
