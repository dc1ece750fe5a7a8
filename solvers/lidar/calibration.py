"""Phases and amplitudes of a phased array from its measured far field: what a camera sees, with no phase.

The array is driven with several sets of known phases ψ_s, and the intensity I_sj = |Σ_n c_n exp(iψ_sn - ik u_j x_n)|²
is measured in directions u_j. Which c has made it is a phase retrieval: a first guess from the eigenvector of Σ I a a^H
(E. J. Candès et al., IEEE Trans. Inf. Theory 61, 1985 (2015), doi:10.1109/TIT.2015.2399924, algorithm 1), then
Levenberg and Marquardt's steps on the sum of squares with its exact derivatives. One phase common to all is not seen
and is set so that the first antenna has none. Lengths in µm, phases in rad.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between
from lingnan.solvers.lidar.farfield import Line
from lingnan.solvers.sensors import bounds

#: measurements for each antenna; below four times its number of real unknowns the first guess may miss
ENOUGH = 6


class Calibration(NamedTuple):
    """What the array does, and how well the fit went."""

    phase: Array  #: of each antenna, the first's is 0 (N,) [rad]
    amplitude: Array  #: (N,), in roots of the unit of intensity
    misfit: Array  #: rms of what is left over rms of what was measured
    step: Array  #: last step over the excitation: small where it has settled

    @property
    def correction(self) -> Array:
        """Phases to add for a flat wave [rad], (N,)."""
        return -self.phase


def drives(antennas: int, sets: int, key: Array) -> Array:
    """Phases for a measurement, equally likely all round: (S, N) [rad]."""
    return jax.random.uniform(key, (sets, antennas), minval=-jnp.pi, maxval=jnp.pi)


def measured(array: Line, drives: ArrayLike, u: ArrayLike) -> Array:
    """Intensities that an array gives, (S, J), in units of amplitude squared.

    Args:
        array: with the phases that it really has.
        drives: added to them, (S, N) [rad].
        u: directions, (J,).
    """
    w = array.excitation * jnp.exp(1j * jnp.asarray(drives, float))
    f = w @ jnp.exp(-1j * array.wavenumber * jnp.outer(jnp.asarray(array.position, float), jnp.asarray(u, float)))
    return jnp.square(f.real) + jnp.square(f.imag)


def calibrated(
    position: ArrayLike, wavelength: ArrayLike, drives: ArrayLike, u: ArrayLike, intensity: ArrayLike, steps: int = 40
) -> Calibration:
    """The array that has made these intensities.

    Args:
        position: of the antennas (N,) [µm].
        wavelength: [µm].
        drives: known phases of each set, (S, N) [rad].
        u: directions, (J,).
        intensity: (S, J), any unit.
        steps: of the fit.

    Raises:
        ValueError: too few measurements to tell; the misfit tells the rest.
    """
    x, psi, v, i = (jnp.asarray(a, float) for a in (position, drives, u, intensity))
    check_between("calibrated", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    n = x.shape[0]
    if psi.ndim != 2 or psi.shape[1] != n or i.shape != (psi.shape[0], v.shape[0]):
        raise ValueError(
            f"calibrated: drives of shape {psi.shape} and intensity of shape {i.shape} for {n} antennas and "
            f"{v.shape[0]} directions: give (sets, antennas) and (sets, directions)."
        )
    if i.size < ENOUGH * n or psi.shape[0] < 2:
        raise ValueError(
            f"calibrated: {psi.shape[0]} sets of {v.shape[0]} directions for {n} antennas: one set cannot tell an "
            f"array from its mirror image, and fewer than {ENOUGH * n} intensities do not tell it surely: use more."
        )
    return _calibrated(x, jnp.asarray(wavelength, float), psi, v, i, steps)


@jax.jit(static_argnums=5)
def _calibrated(x: Array, wavelength: Array, psi: Array, u: Array, i: Array, steps: int) -> Calibration:
    waves = jnp.exp(-2j * jnp.pi / wavelength * jnp.outer(u, x))
    rows = (waves[None] * jnp.exp(1j * psi)[:, None, :]).reshape(-1, x.shape[0])  # F = rows @ c
    goal = i.reshape(-1)
    scale = jnp.mean(goal)
    # cut at five times the mean: few bright spots would else be all there is (Candès and Chen's truncation)
    weight = jnp.where(goal < 5 * scale, goal, 0.0)
    _, vectors = jnp.linalg.eigh(rows.T.conj() @ (weight[:, None] * rows) / goal.shape[0])
    c = vectors[:, -1]
    c = c * jnp.sqrt(scale / jnp.mean(jnp.square(jnp.abs(rows @ c))))

    def split(z: Array) -> Array:
        return jnp.concatenate([z.real, z.imag], axis=-1)

    def step(_: int, state: tuple[Array, Array, Array, Array]) -> tuple[Array, Array, Array, Array]:
        c, cost, damping = state[:3]
        f = rows @ c
        slopes = 2 * split((f.conj()[:, None] * rows).conj())  # d|f|²/d Im c = -2 Im(f* row)
        left = jnp.square(jnp.abs(f)) - goal
        normal = slopes.T @ slopes
        move = jnp.linalg.solve(normal + damping * jnp.diag(jnp.diagonal(normal)), -slopes.T @ left)
        there = c + jax.lax.complex(move[: c.shape[0]], move[c.shape[0] :])
        now = jnp.sum(jnp.square(jnp.square(jnp.abs(rows @ there)) - goal))
        better = now <= cost
        size = jnp.linalg.norm(move) / jnp.linalg.norm(split(c))
        return (
            jnp.where(better, there, c), jnp.where(better, now, cost),
            jnp.clip(jnp.where(better, damping / 5, damping * 5), 1e-12, 1e6), size,
        )  # fmt: skip

    cost = jnp.sum(jnp.square(jnp.square(jnp.abs(rows @ c)) - goal))
    c, cost, _, moved = jax.lax.fori_loop(0, steps, step, (c, cost, jnp.asarray(1e-2), jnp.asarray(1.0)))
    c = c * jnp.exp(-1j * jnp.angle(c[0]))
    return Calibration(jnp.angle(c), jnp.abs(c), jnp.sqrt(cost / jnp.sum(jnp.square(goal))), moved)


def phase_sigma(array: Line, drives: ArrayLike, u: ArrayLike, noise: ArrayLike) -> Array:
    """Least standard deviation of each phase against the first [rad], (N,): the bound of Cramer and Rao.

    Args:
        array: as it is.
        drives: (S, N) [rad].
        u: (J,).
        noise: one σ of each intensity, Gaussian, in the unit of amplitude squared.
    """
    n = jnp.shape(jnp.asarray(array.position))[0]

    def seen(p: Array) -> tuple[Array, Array]:
        phase = jnp.asarray(array.phase, float) * jnp.ones(n) + jnp.concatenate([jnp.zeros(1), p[: n - 1]])
        turned = Line(array.position, array.amplitude * (1 + p[n - 1 :]), array.wavelength, phase)
        mean = measured(turned, drives, u).reshape(-1)
        return mean, jnp.full_like(mean, jnp.square(noise))

    return jnp.concatenate([jnp.zeros(1), bounds.sigma(seen, jnp.zeros(2 * n - 1))[: n - 1]])
