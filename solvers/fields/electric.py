"""Electric field by a Mach-Zehnder interferometer of lithium niobate: behind an antenna, between electrodes, or bare.

Light P T (1 + cos(π E/E_π + φ_b))/2 leaves it. An antenna of effective height h makes h E in front of its own
capacitance, which electrodes load: E_π = V_π (C_a + C_e)/(h C_a). Without electrodes the field itself is in the film:
one along the film passes into it as it is, and E_π = λ/(2 |dn_eff/dE| L), with dn_eff/dE by the mode's overlap with the
Pockels effect (`modulators.pockels`). Leakage takes slow fields away, as a high pass of R (C_a + C_e); fast ones change
while light goes by, as a sinc of their frequency times n_g L/c. An antenna's own resonance is not in it: it holds where
the antenna is short beside the wave (C. A. Balanis, Antenna Theory, 3rd ed. (2005), §4.2, for a short dipole's height,
half of its length where the current falls linearly).
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.links.receiver import Receiver
from lingnan.solvers.materials.crystal import Oriented
from lingnan.solvers.modulators.drift import Relaxation
from lingnan.solvers.modulators.optical import Guided
from lingnan.solvers.modulators.pockels import Coefficients, clamped, permittivity_change
from lingnan.solvers.trees import tree
from lingnan.solvers.waveguides.fields import Z0

#: the guide, in layout axes
ACROSS = np.array([1.0, 0.0, 0.0])


@tree
@dataclass(frozen=True)
class Antenna:
    """What makes a voltage of a field, short beside the wave."""

    height: Any  #: effective: open voltage over field [m]
    capacitance: Any  #: of its own [F]
    load: Any  #: of the electrodes [F]
    leak: Any = np.inf  #: resistance across the electrodes [Ω]

    def __post_init__(self) -> None:
        check_between("Antenna", "height", self.height, 0.0, np.inf, "m", "")
        check_between("Antenna", "capacitance", self.capacitance, 0.0, np.inf, "F", "")
        check_no_less("Antenna", "load", self.load, 0.0, "F", "")
        check_no_less("Antenna", "leak", self.leak, 1e-12, "Ω", "", infinite=True)

    @property
    def volts(self) -> Array:
        """On the electrodes, by a field of 1 V/m in the middle of the band [V]."""
        own = jnp.asarray(self.capacitance)
        return self.height * own / (own + self.load)

    @property
    def slowest(self) -> Array:
        """Frequency at which leakage takes half of the power [Hz]."""
        return 1 / (2 * jnp.pi * self.leak * (jnp.asarray(self.capacitance) + self.load))


@tree
@dataclass(frozen=True)
class Sensor:
    """The interferometer."""

    half_wave: Any  #: field that turns bright to dark, E_π [V/m]
    n_g: Any  #: group index of the light
    length: Any  #: in which light and field are together [mm]
    bias: Any = jnp.pi / 2  #: phase without a field [rad]
    loss_db: Any = 3.0  #: of all the light passes, at its brightest [dB]

    def __post_init__(self) -> None:
        check_between("Sensor", "half_wave", self.half_wave, 0.0, np.inf, "V/m", "Give its absolute value.")
        check_no_less("Sensor", "n_g", self.n_g, 1.0, "", "Light in matter has a group index above that of vacuum.")
        check_between("Sensor", "length", self.length, 0.0, np.inf, "mm", "")
        check_between("Sensor", "bias", self.bias, 0.0, np.pi, "rad", "There the light does not tell a sign.")
        check_no_less("Sensor", "loss_db", self.loss_db, 0.0, "dB", "")

    @property
    def transit(self) -> Array:
        """Of light through the field [s]."""
        return jnp.asarray(self.n_g) * self.length * 1e-3 / constants.c

    @property
    def fastest(self) -> Array:
        """Frequency at which the light's transit takes half of the power: sinc² = 1/2 at .44295/τ [Hz]."""
        return 0.442946470689452 / self.transit


@tree
@dataclass(frozen=True)
class Readout:
    """Light and detector."""

    power: Any  #: of the source [W]
    receiver: Receiver = field(default_factory=Receiver)

    def __post_init__(self) -> None:
        check_between("Readout", "power", self.power, 0.0, np.inf, "W", "")


def half_wave_field(v_pi: ArrayLike, antenna: Antenna) -> Array:
    """E_π of an interferometer behind an antenna [V/m].

    Args:
        v_pi: of its electrodes [V]; `modulators.Shift.vpi_l_push_pull` over the length.
        antenna: what drives them.
    """
    check_between("half_wave_field", "v_pi", v_pi, 0.0, np.inf, "V", "Give its absolute value.")
    return jnp.asarray(v_pi) / antenna.volts


def index_per_field(
    guided: Guided, crystal: Oriented, direction: ArrayLike = ACROSS, r: Coefficients | None = None
) -> Array:
    """dn_eff by a uniform field in the crystal [1/(V/m)], signed, without electrodes.

    The outside field is this one where it lies along a wide film. Across it ε of the film divides it: give the rest.

    Args:
        guided: a mode, as of `modulators.optical.guided`.
        crystal: of the film.
        direction: of the field in layout axes (3,), its length counts.
        r: Pockels coefficients; None: clamped. `pockels.UNCLAMPED` below the film's acoustic resonances, as at 50 Hz.
    """
    along = jnp.asarray(direction, float) * 1e-6  # V/µm
    change = permittivity_change(crystal, r or clamped(crystal), along, guided.wavelength, guided.temperature)
    e = guided.strength
    moved = jnp.einsum("ixy,ij,jxy->xy", e.conj(), change, e).real * guided.inside
    return jnp.sum(moved * guided.area) / (4 * Z0)


def bare_half_wave_field(
    per_field: ArrayLike, length: ArrayLike, wavelength: ArrayLike = 1.55, *, push_pull: bool = False
) -> Array:
    """E_π without electrodes [V/m]: λ/(2 |dn_eff/dE| L).

    Args:
        per_field: dn_eff/dE [1/(V/m)].
        length: in the field [mm].
        wavelength: [µm].
        push_pull: whether the crystal of the other arm is turned over (poled) and answers in the opposite way. Where
            it is not, one arm must not be in the field, or both move alike.
    """
    size = jnp.abs(jnp.asarray(per_field))
    check_between("bare_half_wave_field", "per_field", size, 0.0, np.inf, "m/V", "The field lies along a wrong axis.")
    check_between("bare_half_wave_field", "length", length, 0.0, np.inf, "mm", "")
    check_between("bare_half_wave_field", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    return jnp.asarray(wavelength) * 1e-3 / ((4 if push_pull else 2) * size * jnp.asarray(length))


def current(sensor: Sensor, readout: Readout, electric: ArrayLike) -> Array:
    """Of the photodiode [A], in a field that stands still for light [V/m]."""
    turned = jnp.pi * jnp.asarray(electric) / sensor.half_wave + sensor.bias
    bright = readout.receiver.responsivity * readout.power * 10 ** (-jnp.asarray(sensor.loss_db) / 10)
    return bright * (1 + jnp.cos(turned)) / 2


def response(sensor: Sensor, frequency: ArrayLike, antenna: Antenna | None = None) -> Array:
    """What is left of a field of a frequency [Hz], complex for exp(-iωt): leakage, and the transit of light."""
    check_no_less("response", "frequency", frequency, 0.0, "Hz", "")
    hertz = jnp.asarray(frequency, float)
    turns = hertz * sensor.transit
    passed = jnp.sinc(turns) * jnp.exp(1j * jnp.pi * turns)
    if antenna is None or (known(antenna.leak) and np.all(np.isinf(np.asarray(antenna.leak)))):
        return passed
    return passed * hertz / (hertz + 1j * antenna.slowest)


def field_noise(sensor: Sensor, readout: Readout, frequency: ArrayLike, antenna: Antenna | None = None) -> Array:
    """Noise-equivalent field of shot, thermal and intensity noise, one-sided [V/m/√Hz], around no field.

    Infinite where nothing of a field is left.
    """
    still, slope = jax.jvp(lambda field: current(sensor, readout, field), (jnp.zeros(()),), (jnp.ones(()),))
    left = jnp.abs(response(sensor, frequency, antenna))
    return jnp.sqrt(readout.receiver.density(still)) / jnp.abs(slope * left)


def unambiguous(sensor: Sensor) -> Array:
    """Field up to which, of either sign, each current has one field [V/m]."""
    bias = jnp.asarray(sensor.bias, float)
    return jnp.minimum(bias, jnp.pi - bias) / jnp.pi * sensor.half_wave


class Drift(NamedTuple):
    """What a bias that a voltage keeps does after a while."""

    field: Array  #: that a slow reading takes it for [V/m]
    sensitivity: Array  #: of a fast field, over that at first


def drifted(sensor: Sensor, relaxation: Relaxation, time: ArrayLike) -> Drift:
    """Of a sensor whose bias is kept by electrodes that relax, as `modulators.drift` has it.

    Args:
        sensor: all of its bias comes from the voltage.
        relaxation: of the film's field after a step.
        time: since the step [s].
    """
    phase = sensor.bias * relaxation.response(time)
    return Drift((phase - sensor.bias) / jnp.pi * sensor.half_wave, jnp.sin(phase) / jnp.sin(jnp.asarray(sensor.bias)))
