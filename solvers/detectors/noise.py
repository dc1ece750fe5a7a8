"""Noise of a photocurrent, and the least light that shows: shot, thermal and laser noise of white spectra.

    S = 2q (M² F)(I + I_b) + 2q I_s + 4kT/R + i_a² + RIN M² I²    [A²/Hz], one-sided

with I the primary photocurrent, I_b and I_s the dark currents that are multiplied and that are not. NEP is the power
whose current equals the noise without light in 1 Hz. H. Nyquist, Phys. Rev. 32, 110 (1928), doi:10.1103/PhysRev.32.110;
W. Schottky, Ann. Phys. 362, 541 (1918), doi:10.1002/andp.19183622304.
"""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.detectors.germanium import ROOM
from lingnan.solvers.links import Receiver, Transfer
from lingnan.solvers.trees import refusing, watched


@watched
@dataclass(frozen=True)
class Noise:
    """What makes noise beside the light."""

    dark: Any = 0.0  #: dark current that is multiplied [A]
    surface: Any = 0.0  #: dark current that is not [A]
    load: Any = 50.0  #: [Ω]; None: none beside the amplifier
    temperature: Any = ROOM  #: of the load [K]
    amplifier: Any = 0.0  #: input current noise [A/√Hz]; see `Amplifier.averaged`
    rin_db_hz: Any = None  #: of the laser [dB/Hz]; None: none
    gain: Any = 1.0  #: M
    excess: Any = 1.0  #: F(M)

    def __post_init__(self) -> None:
        for name, unit in (("dark", "A"), ("surface", "A"), ("amplifier", "A/√Hz")):
            check_no_less("Noise", name, getattr(self, name), 0.0, unit, "")
        if self.load is not None:
            check_between("Noise", "load", self.load, 0.0, np.inf, "Ω", "None: none beside the amplifier.")
        check_between("Noise", "temperature", self.temperature, 0.0, np.inf, "K", "")
        if self.rin_db_hz is not None:
            check_between("Noise", "rin_db_hz", self.rin_db_hz, -np.inf, np.inf, "dB/Hz", "None: no noise.")
        check_no_less("Noise", "gain", self.gain, 1.0, "", "1 is a PIN diode.")
        check_no_less("Noise", "excess", self.excess, 1.0, "", "1 is a PIN diode.")

    @refusing
    def parts(self, current: ArrayLike) -> dict[str, Array]:
        """Densities by their cause at a primary photocurrent [A²/Hz]."""
        i = jnp.asarray(current, float)
        check_no_less("Noise", "current", i, 0.0, "A", "")
        conductance = 0.0 if self.load is None else 1 / jnp.asarray(self.load, float)
        rin = 0.0 if self.rin_db_hz is None else 10 ** (jnp.asarray(self.rin_db_hz, float) / 10)
        return {
            "shot": 2 * constants.e * self.gain**2 * self.excess * i,
            "dark": 2 * constants.e * (self.gain**2 * self.excess * self.dark + self.surface) * jnp.ones_like(i),
            "thermal": 4 * constants.Boltzmann * self.temperature * conductance * jnp.ones_like(i),
            "amplifier": jnp.square(self.amplifier) * jnp.ones_like(i),
            "laser": rin * jnp.square(self.gain * i),
        }

    def density(self, current: ArrayLike) -> Array:
        """All of it [A²/Hz]."""
        return sum(self.parts(current).values(), jnp.zeros(()))


@refusing
def nep(noise: Noise, responsivity: ArrayLike) -> Array:
    """Noise-equivalent power [W/√Hz].

    Args:
        noise: without light.
        responsivity: without gain [A/W].
    """
    check_between("nep", "responsivity", responsivity, 0.0, np.inf, "A/W", "")
    return jnp.sqrt(noise.density(0.0)) / (noise.gain * jnp.asarray(responsivity, float))


@refusing
def signal_to_noise(noise: Noise, responsivity: ArrayLike, power: ArrayLike, noise_bandwidth: ArrayLike) -> Array:
    """(M R P)²/(S B), of electrical powers.

    Args:
        noise: of diode, load and laser.
        responsivity: without gain [A/W].
        power: that is detected [W].
        noise_bandwidth: ∫|H|² df over |H(0)|² [Hz].
    """
    check_between("signal_to_noise", "responsivity", responsivity, 0.0, np.inf, "A/W", "")
    check_no_less("signal_to_noise", "power", power, 0.0, "W", "")
    check_between("signal_to_noise", "noise_bandwidth", noise_bandwidth, 0.0, np.inf, "Hz", "")
    current = jnp.asarray(responsivity, float) * power
    return jnp.square(noise.gain * current) / (noise.density(current) * noise_bandwidth)


def receiver(noise: Noise, responsivity: ArrayLike, response: Transfer | None = None) -> Receiver:
    """The same as a receiver of `links`, which makes eyes: dark current and load become white noise at its input.

    Args:
        noise: of diode, load and laser.
        responsivity: without gain [A/W].
        response: of diode and circuit, as of `respond`.
    """
    # not `refusing`, for a response may be any function, which cannot be NaN; `Receiver` looks at what is traced
    check_between("receiver", "responsivity", responsivity, 0.0, np.inf, "A/W", "")
    return Receiver(
        responsivity=noise.gain * jnp.asarray(responsivity, float),
        response=response,
        thermal=jnp.sqrt(noise.density(0.0)),
        rin_db_hz=noise.rin_db_hz,
        excess=noise.gain * noise.excess,
    )
