"""How power goes from wave to wave: closed forms, and the coupled equations themselves with depletion and loss.

Amplitudes are of √W. Closed forms of second-harmonic generation and of the undepleted pump: J. A. Armstrong et al.,
Phys. Rev. 127, 1918 (1962), doi:10.1103/PhysRev.127.1918; they follow from `mixing`'s equations.
"""

from collections.abc import Callable
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, no_less, within
from lingnan.solvers.nonlinear.mixing import SecondHarmonic
from lingnan.solvers.tracing import held, namespace
from lingnan.solvers.trees import watched

#: x of sinc² x = 1/2
HALF = 1.3915573782515098
#: 1/µm of amplitude in a dB/cm
DECIBEL = np.log(10) / 20 * 1e-4
#: how far amplitudes or phases may turn in one step [rad]: the rule's own error is h⁵/120, 3e-4, there
TURN = 0.5


def low_conversion(kappa: ArrayLike, mismatch: ArrayLike, power: ArrayLike, length: ArrayLike) -> Array:
    """Power of the harmonic [W] while the pump is hardly used: κ² P² L² sinc²(ΔL/2).

    Args:
        kappa: [1/(µm √W)].
        mismatch: Δ [rad/µm].
        power: of the fundamental [W].
        length: [µm].
    """
    fine = _given("low_conversion", power, length)
    k, p, l = (jnp.asarray(v, float) for v in (kappa, power, length))
    return fine * (k * p * l * jnp.sinc(jnp.asarray(mismatch) * l / (2 * jnp.pi))) ** 2


def matched(kappa: ArrayLike, power: ArrayLike, length: ArrayLike) -> Array:
    """Power of the harmonic [W] at Δ = 0 without loss, the pump used up: P tanh²(κ √P L)."""
    p = _given("matched", power, length) * jnp.asarray(power, float)
    return p * jnp.tanh(jnp.asarray(kappa) * jnp.sqrt(p) * jnp.asarray(length)) ** 2


def _given(where: str, power: ArrayLike, length: ArrayLike, what: str = "power") -> Array | float:
    """1 for a power and a length that are none below zero."""
    advice = "Light has no power below none."
    return no_less(where, what, power, 0.0, "W", advice) * no_less(where, "length", length, 0.0, "µm", "")


def bandwidth(process: SecondHarmonic, length: ArrayLike) -> Array:
    """Full width at half maximum in the fundamental's wavelength [µm], by walk-off alone: 4 · 1.3916/(L |dΔ/dλ|)."""
    length = jnp.asarray(length) * within("bandwidth", "length", length, 0.0, np.inf, "µm", "")
    return 4 * HALF / (jnp.asarray(length) * jnp.abs(process.walk_off))


def harmonic(
    kappa: ArrayLike,
    mismatch: ArrayLike | Callable[[Array], Array],
    power: ArrayLike,
    length: ArrayLike,
    *,
    loss_dB_cm: tuple[ArrayLike, ArrayLike] = (0.0, 0.0),
    steps: int = 400,
) -> tuple[Array, Array]:
    """Powers of fundamental and harmonic [W] along the guide, (steps + 1,) each, by Runge and Kutta's fourth order.

    Args:
        kappa: [1/(µm √W)].
        mismatch: Δ [rad/µm], or a function of z [µm]: a guide whose film is not even.
        power: of the fundamental at z = 0 [W].
        length: [µm].
        loss_dB_cm: of the fundamental and of the harmonic.
        steps: of equal length.

    Raises:
        ValueError: steps in which amplitudes or phases turn too far, NaN with a warning inside `jit`; a mismatch that
            is a function is not looked at.
    """
    fine = no_less("harmonic", "power", power, 0.0, "W", "")
    fine = fine * within("harmonic", "length", length, 0.0, np.inf, "µm", "")
    for which, lost in zip(("fundamental", "harmonic"), loss_dB_cm, strict=True):
        fine = fine * no_less("harmonic", f"loss of the {which}", lost, 0.0, "dB/cm", "Losses are positive.")
    check_no_less("harmonic", "steps", steps, 1.0, "", "")
    if not callable(mismatch):
        fine = fine * _steady("harmonic", kappa, mismatch, power, length, steps)
    k = fine * jnp.asarray(kappa, float)
    fade = DECIBEL * jnp.stack([jnp.asarray(a, float) for a in loss_dB_cm])

    def slope(z: Array, y: Array) -> Array:
        a, b, phase = y
        turn = jnp.exp(1j * phase)
        delta = mismatch(z) if callable(mismatch) else jnp.asarray(mismatch, float)
        return jnp.stack([1j * k * b * a.conj() * turn - fade[0] * a, 1j * k * a**2 / turn - fade[1] * b, delta + 0j])

    start = jnp.stack([jnp.sqrt(jnp.asarray(power, float)) + 0j, jnp.zeros((), complex), jnp.zeros((), complex)])
    way = _along(slope, start, jnp.asarray(length, float), steps)
    return fine * jnp.abs(way[:, 0]) ** 2, fine * jnp.abs(way[:, 1]) ** 2


#: of a signal
LONGER = "A photon of the pump makes one of the signal and one of the idler, each of a longer wave."


def idler_of(pump: ArrayLike, signal: ArrayLike) -> Array:
    """Wavelength of the idler, all in the same unit."""
    return 1 / (1 / jnp.asarray(pump) - 1 / jnp.asarray(signal))


@watched
@dataclass(frozen=True)
class Difference:
    """Signal and idler under a pump: 1/λ_i = 1/λ_p - 1/λ_s."""

    kappa: Array  #: of the degenerate process, at the pump's half frequency [1/(µm √W)]
    pump: Array  #: wavelengths [µm]
    signal: Array

    def __post_init__(self) -> None:
        check_between("Difference", "wavelength of the pump", self.pump, 0.0, np.inf, "µm", "")
        ratio = jnp.asarray(self.signal) / self.pump
        check_between("Difference", "wavelength of signal over pump", ratio, 1.0, np.inf, "", LONGER)

    @property
    def idler(self) -> Array:
        """[µm]."""
        return idler_of(self.pump, self.signal)

    @property
    def shares(self) -> Array:
        """κ of pump, signal and idler over the degenerate one: their frequencies over half of the pump's, (3,)."""
        return 2 * self.pump / jnp.stack([self.pump, self.signal, self.idler])

    def undepleted(self, mismatch: ArrayLike, pump: ArrayLike, signal: ArrayLike, length: ArrayLike) -> Array:
        """Power of the idler [W], the pump not used up: P_s κ_i² P_p sinh²(gL)/g², g² = κ_s κ_i P_p - Δ²/4."""
        fine = _given("undepleted", pump, length, "pump") * no_less("undepleted", "signal", signal, 0.0, "W", "")
        k = self.kappa * self.shares
        s, i = k[1], k[2]
        p, l = jnp.asarray(pump, float), jnp.asarray(length, float)
        g2 = s * i * p - (jnp.asarray(mismatch, float) / 2) ** 2
        small = jnp.abs(g2) * l**2 < 1e-8  # sinh x/x = sin x/x = 1 + x²/6
        g = jnp.sqrt(jnp.abs(jnp.where(small, 1.0, g2)))
        grown = jnp.where(g2 > 0, jnp.sinh(g * l), jnp.sin(g * l)) / g
        return fine * jnp.asarray(signal) * i**2 * p * jnp.where(small, l * (1 + g2 * l**2 / 6), grown) ** 2

    def along(
        self, mismatch: ArrayLike, pump: ArrayLike, signal: ArrayLike, length: ArrayLike, steps: int = 400
    ) -> Array:
        """Powers of pump, signal and idler [W] along the guide, (steps + 1, 3), without loss, the pump used up."""
        fine = _given("along", pump, length, "pump") * no_less("along", "signal", signal, 0.0, "W", "")
        k = self.kappa * self.shares
        power = jnp.asarray(pump) + jnp.asarray(signal)
        k = k * (fine * _steady("Difference.along", k[0], mismatch, power, length, steps))
        delta = jnp.asarray(mismatch, float)

        def slope(z: Array, y: Array) -> Array:
            p, s, i = y
            turn = jnp.exp(1j * delta * z)
            return 1j * k * jnp.stack([s * i / turn, p * i.conj() * turn, p * s.conj() * turn])

        start = jnp.sqrt(jnp.stack([jnp.asarray(pump, float), jnp.asarray(signal, float), jnp.zeros(())])) + 0j
        return fine * jnp.abs(_along(slope, start, jnp.asarray(length, float), steps)) ** 2


def _steady(
    where: str, kappa: ArrayLike, mismatch: ArrayLike, power: ArrayLike, length: ArrayLike, steps: int
) -> Array | float:
    """1 where waves are followed by such steps; refused, or NaN where it is traced, where they are not."""
    xp = namespace(kappa, mismatch, power, length)
    fastest = xp.maximum(xp.abs(xp.asarray(kappa)) * xp.sqrt(xp.abs(xp.asarray(power))), xp.abs(xp.asarray(mismatch)))
    turn = xp.max(xp.asarray(length) * fastest) / steps
    said = (
        f"{where}: {steps} steps, in which amplitudes or phases turn by {{value:.3g}} rad: the limit is {TURN:g}. Take "
        "{enough:.0f} steps or more."
    )
    return held(turn <= TURN, said, value=turn, enough=xp.ceil(steps * turn / TURN))


def _along(slope: Callable[[Array, Array], Array], start: Array, length: Array, steps: int) -> Array:
    h = length / steps

    def step(y: Array, z: Array) -> tuple[Array, Array]:
        a = slope(z, y)
        b = slope(z + h / 2, y + h / 2 * a)
        c = slope(z + h / 2, y + h / 2 * b)
        d = slope(z + h, y + h * c)
        y = y + h / 6 * (a + 2 * b + 2 * c + d)
        return y, y

    return jnp.concatenate([start[None], lax.scan(step, start, h * jnp.arange(steps))[1]])
