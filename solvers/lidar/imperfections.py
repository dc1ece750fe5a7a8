"""What errors of the antennas do to the far field on the average, and how far single arrays scatter about that.

With phases off by σ_φ (Gaussian), amplitudes by σ_a of themselves and a share p dead, all independent,

    <|F|²> = s² e^{-σ_φ²} |F0|² + (s (1 + σ_a²) - s² e^{-σ_φ²}) Σ|a|²,    s = 1 - p:

the beam loses, and a floor comes up that knows no direction (derived here; J. Ruze, Nuovo Cimento 9 (suppl. 3), 364
(1952), doi:10.1007/BF02903409, has small errors; R. J. Mailloux, Phased Array Antenna Handbook, ch. 7). At one u, away
from the beam, |F|² of many antennas is a Rician power: a steady field in complex Gaussian noise.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.lidar.detection import marcum
from lingnan.solvers.lidar.farfield import Line, power


class Spread(NamedTuple):
    """Mean of |F|² by its two parts, over (Σ|a|)²."""

    steady: Array  #: what is left of the pattern
    floor: Array  #: what the errors scatter, alike in all directions

    @property
    def mean(self) -> Array:
        """Both."""
        return self.steady + self.floor

    def exceeded(self, level: ArrayLike) -> Array:
        """Share of arrays with more than `level` (over (Σ|a|)²) at this direction: Marcum's Q."""
        each = self.floor / 2  # variance of each part of the noise
        return marcum(jnp.sqrt(self.steady / each), jnp.sqrt(jnp.asarray(level, float) / each))


def _check(phase_error: ArrayLike, amplitude_error: ArrayLike, dead: ArrayLike) -> None:
    check_no_less("imperfections", "phase_error", phase_error, 0.0, "rad", "It is one σ.")
    check_no_less("imperfections", "amplitude_error", amplitude_error, 0.0, "", "It is one σ over the amplitude.")
    check_between("imperfections", "dead", dead, -1e-12, 1.0, "", "It is a share.")


def expected(
    array: Line, u: ArrayLike, phase_error: ArrayLike = 0.0, amplitude_error: ArrayLike = 0.0, dead: ArrayLike = 0.0
) -> Spread:
    """Mean far field of arrays with errors.

    Args:
        array: as it was meant.
        u: directions.
        phase_error: one σ [rad].
        amplitude_error: one σ over the amplitude.
        dead: share of antennas that send nothing.
    """
    _check(phase_error, amplitude_error, dead)
    left = 1 - jnp.asarray(dead, float)
    kept = left**2 * jnp.exp(-jnp.square(jnp.asarray(phase_error, float)))
    a = jnp.abs(jnp.asarray(array.amplitude, float))
    share = jnp.sum(jnp.square(a)) / jnp.square(jnp.sum(a))
    floor = (left * (1 + jnp.square(jnp.asarray(amplitude_error, float))) - kept) * share
    steady = kept * power(array, u)
    return Spread(steady, floor * jnp.ones_like(steady))


def mean_side_lobe_db(
    amplitude: ArrayLike, phase_error: ArrayLike, amplitude_error: ArrayLike = 0.0, dead: ArrayLike = 0.0
) -> Array:
    """The floor over the mean peak of the beam's steady part [dB]: σ²/(N η) for small errors.

    Args:
        amplitude: of the antennas, (N,).
        phase_error: one σ [rad].
        amplitude_error: one σ over the amplitude.
        dead: share of antennas that send nothing.
    """
    a = jnp.asarray(amplitude, float)
    line = Line(jnp.zeros_like(a), a)  # at u = 0 it does not matter where they stand
    found = expected(line, 0.0, phase_error, amplitude_error, dead)
    return 10 * jnp.log10(found.floor / found.steady)


def tolerable_phase_error(count: int, level_db: ArrayLike) -> Array:
    """σ_φ at which the floor of N equal antennas is so far below the beam [rad]: √ln(1 + N 10^(-level/10))."""
    check_no_less("tolerable_phase_error", "level_db", level_db, 0.0, "dB", "It is counted downwards.")
    return jnp.sqrt(jnp.log1p(count * 10 ** (-jnp.asarray(level_db, float) / 10)))
