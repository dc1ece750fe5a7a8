"""Rings of one mode: spectra against bias, exact for lumped couplers, and the rates that coupled modes need.

With amplitudes t = √(1 - κ²) that stay in the guides, a of one turn and its phase φ (exp(-iωt), so exp(+iφ)),

    through = (t₁ - t₂ a e^{iφ})/(1 - t₁ t₂ a e^{iφ}),     drop = -κ₁ κ₂ √a e^{iφ/2}/(1 - t₁ t₂ a e^{iφ})

(A. Yariv, Electron. Lett. 36, 321 (2000), doi:10.1049/el:20000340, for t₂ = 1). Bias moves index and loss along a table
that a phase shifter gives. Lengths and wavelengths in µm, losses in dB/cm, rates in 1/s, voltages in V of reverse bias.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less, check_row
from lingnan.solvers.curves import cubic
from lingnan.solvers.tracing import demand, insist, is_traced, namespace
from lingnan.solvers.trees import refusing, watched
from lingnan.solvers.waveguides import Modes

#: speed of light [µm/s]
LIGHT = constants.c * 1e6
#: 1/cm for a dB/cm of power
NEPERS = np.log(10) / 10


@watched
@dataclass(frozen=True)
class Bias:
    """What a voltage does to a guide, as a table: of a junction, or measured."""

    voltage: Any  #: [V], rising, two or more, (K,)
    index: Any  #: change of n_eff from that of the ring, (K,)
    loss_db_cm: Any = None  #: loss on top of the ring's, (K,); None: none

    def __post_init__(self) -> None:
        check_row("Bias", "voltage", self.voltage, 1, "Voltages rise.")
        v = self.voltage if is_traced(self.voltage) else np.asarray(self.voltage, float)
        rising = namespace(v).diff(v) > 0
        if np.size(v) < 2 or not (is_traced(v) or np.all(rising)):
            raise ValueError(f"Bias: {np.size(v)} voltages: two or more must rise. Sort them, and drop doubles.")
        if is_traced(v):
            said = "Bias: voltages rise by {by:g} V: they must rise. Sort them, and drop doubles."
            insist(rising, said, by=jnp.diff(v))
        for name in ("index", "loss_db_cm"):
            given = getattr(self, name)
            if given is not None and np.shape(given) != np.shape(v):
                said = f"Bias: {name} of shape {np.shape(given)} for {np.size(v)} voltages: give one for each."
                raise ValueError(said)
            if given is not None:
                given = given if is_traced(given) else np.asarray(given, float)
                check_between("Bias", name, given, -np.inf, np.inf, "", "Drop what is not known.")

    def check(self, voltage: ArrayLike) -> None:
        """Whether voltages lie in the table; for functions that are `refusing` where they are traced.

        Raises:
            ValueError: a voltage outside the table.
        """
        xp = namespace(voltage, self.voltage)
        v, table = xp.asarray(voltage, float), xp.asarray(self.voltage, float)
        said = "Bias: {v:g} V lies outside the table, {low:g} to {high:g} V. Solve the junction there, or drive less."
        fine = (v >= table[..., 0] - 1e-9) & (v <= table[..., -1] + 1e-9)
        demand(fine, said, v=v, low=table[..., 0], high=table[..., -1])

    def at(self, voltage: ArrayLike) -> tuple[Array, Array]:
        """Change of index and extra loss [dB/cm], cubic between the voltages of the table.

        Raises:
            ValueError: a voltage outside the table. In `rates`, `spectrum` and the like what is traced is NaN then.
        """
        self.check(voltage)
        return self.between(voltage)

    def between(self, voltage: ArrayLike) -> tuple[Array, Array]:
        """The same without looking whether the table goes so far."""
        table, v = jnp.asarray(self.voltage, float), jnp.asarray(voltage, float)
        index = cubic(v, table, jnp.asarray(self.index, float))
        if self.loss_db_cm is None:
            return index, jnp.zeros_like(v)
        return index, cubic(v, table, jnp.asarray(self.loss_db_cm, float))


@watched
@dataclass(frozen=True)
class Ring:
    """A closed guide beside one (`kappa2_drop` = 0, all-pass) or two (add-drop)."""

    length: Any  #: around [µm]
    kappa2: Any  #: power that the input coupler takes across
    n_eff: Any  #: at `wavelength`
    n_g: Any
    loss_db_cm: Any = 2.0  #: without bias
    kappa2_drop: Any = 0.0
    wavelength: Any = 1.55  #: [µm]
    bias: Bias | None = None
    share: Any = 1.0  #: of the length that feels the bias
    dn_dt: Any = 2e-4  #: of n_eff where all of the ring is warm [1/K]

    def __post_init__(self) -> None:
        where = "Ring"
        check_between(where, "length", self.length, 0.0, np.inf, "µm", "Give the way around, 2π R of a circle.")
        check_between(where, "kappa2", self.kappa2, 0.0, 1.0, "", "It is a share of power.")
        check_no_less(where, "kappa2_drop", self.kappa2_drop, 0.0, "", "0 is a ring with one guide.")
        check_between(where, "kappa2_drop", self.kappa2_drop, -1.0, 1.0, "", "It is a share of power.")
        check_no_less(where, "loss_db_cm", self.loss_db_cm, 0.0, "dB/cm", "Losses are positive.")
        check_between(where, "n_eff", self.n_eff, 0.0, np.inf, "", "")
        check_between(where, "n_g", self.n_g, 0.0, np.inf, "", "")
        check_between(where, "wavelength", self.wavelength, 0.0, np.inf, "µm", "")
        check_no_less(where, "share", self.share, 0.0, "", "")
        check_between(where, "share", self.share, -1.0, 1.0 + 1e-12, "", "1 is a junction all around.")
        check_between(where, "dn_dt", self.dn_dt, -np.inf, np.inf, "1/K", "")

    @classmethod
    def of(cls, modes: Modes, radius: ArrayLike, kappa2: ArrayLike, *, mode: int = 0, **more: Any) -> "Ring":
        """A circle of a guide's mode, or of a disk's: index, group index and loss are the mode's own.

        Args:
            modes: of the guide, best bent by the same radius.
            radius: to where n_eff of the bent guide is taken [µm].
            kappa2: of the coupler.
            mode: which.
            more: fields of `Ring`.
        """
        check_between("Ring.of", "radius", radius, 0.0, np.inf, "µm", "")
        own: dict[str, Any] = {
            "n_eff": modes.n_eff[mode].real,
            "n_g": modes.n_g[mode].real,
            "wavelength": modes.wavelength,
            "loss_db_cm": jnp.maximum(modes.loss_dB_cm[mode], 0.0),  # round-off of a guide without loss
        }
        return cls(2 * jnp.pi * radius, kappa2, **{**own, **more})

    @refusing
    def index(self, wavelength: ArrayLike, voltage: ArrayLike = 0.0, warmth: ArrayLike = 0.0) -> Array:
        """n_eff, mean around: linear in wavelength by the group index, in temperature, and by the table of bias."""
        check_between("index", "warmth", warmth, -np.inf, np.inf, "K", "")
        slope = (self.n_eff - self.n_g) / self.wavelength
        cold = self.n_eff + slope * (jnp.asarray(wavelength, float) - self.wavelength)
        moved = 0.0 if self.bias is None else self.share * self.bias.at(voltage)[0]
        return cold + moved + self.dn_dt * jnp.asarray(warmth, float)

    @refusing
    def absorption(self, voltage: ArrayLike = 0.0) -> Array:
        """Of power, mean around [1/µm]."""
        return absorbing(self, 0.0 if self.bias is None else self.bias.at(voltage)[1])

    @property
    def fsr(self) -> Any:
        """Between resonances, λ²/(n_g L) [µm]."""
        return self.wavelength**2 / (self.n_g * self.length)

    @property
    def turn(self) -> Any:
        """Time of one turn [s]."""
        return self.length * self.n_g / LIGHT


def absorbing(ring: Ring, extra: ArrayLike) -> Array:
    """Of power, mean around [1/µm], where the junction has a loss on top [dB/cm]."""
    return NEPERS * 1e-4 * (ring.loss_db_cm + ring.share * jnp.asarray(extra, float))


class RoundTrip(NamedTuple):
    """Once around a ring."""

    first: Array  #: t₁
    second: Array  #: t₂
    turn: Array  #: a e^{iφ}
    under: Array  #: 1 - t₁ t₂ a e^{iφ}


class Response(NamedTuple):
    """Fields at the ends of a ring's guides for 1 that comes in."""

    through: Array
    drop: Array
    inside: Array  #: behind the input coupler


def round_trip(kappa2: ArrayLike, kappa2_drop: ArrayLike, survival: ArrayLike, phase: ArrayLike) -> RoundTrip:
    """What is common to all that comes out of a ring.

    Args:
        kappa2: power that the first coupler takes across.
        kappa2_drop: the same of the second; 0: there is none.
        survival: a, of the amplitude.
        phase: φ [rad].
    """
    one, two = (jnp.sqrt(1 - jnp.asarray(k, float)) for k in (kappa2, kappa2_drop))
    turn = jnp.asarray(survival) * jnp.exp(1j * jnp.asarray(phase))
    return RoundTrip(one, two, turn, 1 - one * two * turn)


@refusing
def spectrum(ring: Ring, wavelength: ArrayLike, voltage: ArrayLike = 0.0, warmth: ArrayLike = 0.0) -> Response:
    """Amplitudes at wavelengths [µm], at a bias [V] and a temperature above that of the ring's n_eff [K]."""
    check_between("spectrum", "wavelength", wavelength, 0.0, np.inf, "µm", "")
    wave = jnp.asarray(wavelength, float)
    phase = 2 * jnp.pi * ring.index(wave, voltage, warmth) * ring.length / wave
    lost = jnp.exp(-ring.absorption(voltage) * ring.length / 2)
    k1, k2 = (jnp.sqrt(jnp.asarray(k, float)) for k in (ring.kappa2, ring.kappa2_drop))
    t1, t2, turn, under = round_trip(ring.kappa2, ring.kappa2_drop, lost, phase)
    return Response(
        (t1 - t2 * turn) / under, -k1 * k2 * jnp.sqrt(lost) * jnp.exp(0.5j * phase) / under, 1j * k1 / under
    )


@refusing
def resonance(ring: Ring, near: ArrayLike, voltage: ArrayLike = 0.0, warmth: ArrayLike = 0.0) -> Array:
    """Wavelength of the resonance nearest to one that is given [µm]: m λ = n(λ) L, n linear in λ, solved.

    The whole number m is that of the ring without bias, so that a resonance is followed as it moves.
    """
    check_between("resonance", "near", near, 0.0, np.inf, "µm", "")
    slope = (ring.n_eff - ring.n_g) / ring.wavelength
    order = jax.lax.stop_gradient(jnp.round(ring.index(near) * ring.length / jnp.asarray(near, float)))
    at_zero = ring.index(0.0, voltage, warmth)
    return at_zero * ring.length / (order - slope * ring.length)


class Rates(NamedTuple):
    """Decay of a resonance's amplitude, by where its light goes [1/s]; energy decays twice as fast."""

    intrinsic: Array
    coupler: Array
    drop: Array

    @property
    def total(self) -> Array:
        """γ [1/s]."""
        return self.intrinsic + self.coupler + self.drop

    @property
    def lifetime(self) -> Array:
        """Of a photon, 1/(2γ) [s]."""
        return 1 / (2 * self.total)

    @property
    def bandwidth(self) -> Array:
        """1/(2π τ) of the photon's lifetime, the resonance's full width [Hz]: what is called the lifetime limit."""
        return self.total / jnp.pi


@refusing
def rates(ring: Ring, voltage: ArrayLike = 0.0) -> Rates:
    """Of a ring's resonances: what it loses in a turn as exponentials, -ln(1 - κ²)/(2T), so that its pole is exact."""
    return decaying(ring, ring.absorption(voltage))


def decaying(ring: Ring, absorption: ArrayLike) -> Rates:
    """The same of a guide's absorption [1/µm]."""
    intrinsic = absorption * ring.length / (2 * ring.turn)
    given, dropped = (-jnp.log1p(-jnp.asarray(k, float)) / (2 * ring.turn) for k in (ring.kappa2, ring.kappa2_drop))
    return Rates(jnp.asarray(intrinsic), given, dropped)


@refusing
def quality(ring: Ring, voltage: ArrayLike = 0.0) -> Array:
    """Loaded Q, ω/(2γ)."""
    return 2 * jnp.pi * LIGHT / ring.wavelength * rates(ring, voltage).lifetime


@refusing
def shift_per_volt(ring: Ring, voltage: ArrayLike = 0.0) -> Array:
    """How fast a resonance's angular frequency and its amplitude's decay move with bias, ω' - iγ' [1/(s V)]."""
    if ring.bias is None:
        raise ValueError("shift_per_volt: this ring has no bias. Give Ring(bias=Bias(voltage, index)).")
    table = ring.bias

    def moved(v: Array) -> tuple[Array, Array]:
        index, extra = table.between(v)
        frequency = -2 * jnp.pi * LIGHT / ring.wavelength * ring.share * index / ring.n_g
        return frequency, decaying(ring, absorbing(ring, extra)).intrinsic

    table.check(voltage)
    at = jnp.asarray(voltage, float)
    (frequency, decay) = jax.jvp(moved, (at,), (jnp.ones_like(at),))[1]
    return frequency - 1j * decay
