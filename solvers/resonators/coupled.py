"""Rings in time: coupled-mode equations of light, heat and carriers, integrated by diffrax.

    dA/dt = -(i(δ(V) + w_T ΔT + w_N N) + γ(V) + (r_2 + r_N)/2) A + iμ s
    dΔT/dt = (R_th (ρ 2γ_i + r_2 + r_N)|A|² - ΔT)/τ_th
    dN/dt = r_2 |A|²/(2 ħω V) - N/τ_N

|A|² in J, V the volume that light and carriers share. Two photons are lost at r_2 = β v_g² |A|²/V, for a power P = |A|²
v_g/L in an area V/L loses β P²/area along each length (derived here); carriers take r_N = α_N v_g and move the
resonance by -ω Δn/n_g, both from `materials` (Nedeljkovic). Time convention exp(-iωt), SI units but for lengths in µm.
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers import materials
from lingnan.solvers.checks import check_between, check_count, check_no_less, check_row
from lingnan.solvers.links import Transfer, Waveform, filtered
from lingnan.solvers.resonators.ring import LIGHT, Ring, absorbing, decaying, rates
from lingnan.solvers.tracing import demand, is_traced, namespace
from lingnan.solvers.trees import refusing, watched

#: relative error of a step; amplitudes come out to about ten times this
TOLERANCE = 1e-7


@watched
@dataclass(frozen=True)
class Warm:
    """What light in a ring heats and frees."""

    resistance: Any = 0.0  #: R_th, of the ring against its surroundings [K/W]; 0: stays cold
    time: Any = 1e-6  #: τ_th [s]
    absorbed: Any = 1.0  #: ρ, part of the intrinsic loss that turns into heat; the rest is scattered
    two_photon: Any = 0.0  #: β [m/W]: in silicon some 8e-12 at 1.55 µm; 0: none
    area: Any = 0.1  #: that light and carriers share [µm²]
    lifetime: Any = 1e-9  #: τ_N [s]

    def __post_init__(self) -> None:
        check_no_less("Warm", "resistance", self.resistance, 0.0, "K/W", "")
        check_between("Warm", "time", self.time, 0.0, np.inf, "s", "")
        check_no_less("Warm", "absorbed", self.absorbed, 0.0, "", "")
        check_between("Warm", "absorbed", self.absorbed, -1.0, 1.0 + 1e-12, "", "It is a share.")
        check_no_less("Warm", "two_photon", self.two_photon, 0.0, "m/W", "")
        check_between("Warm", "area", self.area, 0.0, np.inf, "µm²", "")
        check_between("Warm", "lifetime", self.lifetime, 0.0, np.inf, "s", "")


class State(NamedTuple):
    """Of a ring at a time."""

    amplitude: Any  #: A [√J]
    warmth: Any = 0.0  #: ΔT [K]
    carriers: Any = 0.0  #: N, pairs [1/cm³]


@watched
@dataclass(frozen=True)
class RingModulator:
    """A ring as a transmitter of `links`."""

    ring: Ring
    detuning: Any  #: resonance at `offset` less laser, cold [rad/s]
    offset: Any = 0.0  #: bias that is added to the drive [V]
    response: Transfer | None = None  #: from the drive to the junction; None: no limit
    power: Any = 1e-3  #: of the laser in the guide [W]
    warm: Warm | None = None  #: None: neither heat nor carriers

    def __post_init__(self) -> None:
        check_no_less("RingModulator", "power", self.power, 0.0, "W", "")
        check_between("RingModulator", "detuning", self.detuning, -np.inf, np.inf, "rad/s", "")
        check_between("RingModulator", "offset", self.offset, -np.inf, np.inf, "V", "")

    @refusing
    def field(self, drive: Waveform) -> Waveform:
        """Envelope behind the ring [√W] for a voltage [V], in the state that repeats.

        Heat is taken as that of the mean: its time is far longer than a pattern. So `warm` is not looked at here; see
        `run`.
        """
        felt = drive if self.response is None else filtered(drive, self.response)
        # twenty lifetimes before the pattern starts forget how the ring began, to exp(-10) of an amplitude and less
        begun = -20 * lax.stop_gradient(rates(self.ring, self.offset).lifetime)
        times = jnp.arange(felt.value.shape[-1]) * felt.step
        state = run(replace(self, warm=None), felt, times, self.still(felt.value[0]), start=begun)
        return Waveform(self.out(state.amplitude), drive.step)

    def out(self, amplitude: ArrayLike) -> Array:
        """Field behind the ring [√W] for a mode's amplitude."""
        mu = jnp.sqrt(2 * rates(self.ring, self.offset).coupler)
        return jnp.sqrt(jnp.asarray(self.power, float)) + 1j * mu * jnp.asarray(amplitude)

    @refusing
    def detuned(self, voltage: ArrayLike) -> tuple[Array, Array]:
        """δ [rad/s] and γ [1/s] for a drive [V], cold."""
        check_between("detuned", "voltage", voltage, -np.inf, np.inf, "V", "")
        self.check(voltage)
        return self.follows(voltage)

    def check(self, voltage: ArrayLike) -> None:
        """Whether a drive [V] lies in the ring's table; for functions that are `refusing` where it is traced."""
        if self.ring.bias is not None:
            self.ring.bias.check(namespace(voltage, self.offset).add(voltage, self.offset))

    def follows(self, voltage: ArrayLike) -> tuple[Array, Array]:
        """The same without looking whether the ring's table goes so far."""
        v = jnp.asarray(voltage, float) + self.offset
        if self.ring.bias is None:
            return self.detuning + 0 * v, rates(self.ring).total + 0 * v
        (index, extra), idle = self.ring.bias.between(v), self.ring.bias.between(self.offset)[0]
        shift = -2 * jnp.pi * LIGHT / self.ring.wavelength * self.ring.share * (index - idle) / self.ring.n_g
        return self.detuning + shift, decaying(self.ring, absorbing(self.ring, extra)).total

    @refusing
    def still(self, voltage: ArrayLike = 0.0) -> State:
        """Where a cold ring ends if the drive stays."""
        detuning, decay = self.detuned(voltage)
        mu = jnp.sqrt(2 * rates(self.ring, self.offset).coupler)
        return State(1j * mu * jnp.sqrt(jnp.asarray(self.power, float)) / (decay + 1j * detuning))


@refusing
def run(
    modulator: RingModulator,
    drive: Waveform | None,
    times: ArrayLike,
    state: State,
    *,
    start: ArrayLike | None = None,
    most: int = 100_000,
) -> State:
    """The state at times [s], (N,) each.

    Args:
        modulator: ring, laser, heat and carriers; `response` is not applied here.
        drive: one period, cubic between its samples; None: none.
        times: rising.
        state: at `start`.
        start: [s]; None: the first time.
        most: steps.

    Differentiable, by the discrete adjoint of diffrax.

    Raises:
        ValueError: too few steps. Inside `jit` the times that were not reached are infinite.
    """
    ts = jnp.asarray(times, float)
    check_row("run", "times", ts, 1, "They rise, in s.")
    said = "run: times follow each other after {by:g} s: give them rising."
    demand(namespace(ts).diff(ts) > 0, said, by=jnp.diff(ts))
    check_count("run", "most", most, 1, "It is the limit of steps.")
    if start is not None:
        check_between("run", "start", start, -np.inf, np.inf, "s", "")
    if drive is not None:
        modulator.check(jnp.stack([jnp.min(drive.value), jnp.max(drive.value)]))
    warm = modulator.warm
    a = jnp.asarray(state.amplitude, complex)
    parts = [a.real, a.imag] if warm is None else [a.real, a.imag, state.warmth, state.carriers / UNIT]
    found = rates(modulator.ring, modulator.offset)
    size = jnp.sqrt(2 * found.coupler * modulator.power) / found.total
    absolute = [size, size] if warm is None else [size, size, jnp.ones(()), jnp.ones(())]
    numbers, shape = jax.tree.flatten((replace(modulator, response=None), drive))
    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(Motion(shape)),
        diffrax.Tsit5(),
        ts[0] if start is None else jnp.asarray(start, float),
        ts[-1],
        0.1 / found.total,  # a guess from a ring that is empty would overshoot by far
        jnp.stack([jnp.asarray(p, float) for p in parts]),
        [jnp.asarray(n, float) for n in numbers],
        saveat=diffrax.SaveAt(ts=ts),
        stepsize_controller=diffrax.PIDController(rtol=TOLERANCE, atol=TOLERANCE * jnp.stack(absolute)),
        max_steps=most,
        throw=False,
    )
    if not is_traced(solution.ys) and solution.result != diffrax.RESULTS.successful:
        raise ValueError(
            f"run: {int(solution.stats['num_steps'])} steps did not lead to {float(ts[-1]):g} s: the limit is "
            f"most = {most}, some ten for each lifetime of a photon, {float(found.lifetime):.2g} s. Give more, or "
            "shorten the run; heat that is slower than 1 µs is better left to `steady` and `locked`."
        )
    y: Any = solution.ys
    if warm is None:
        return State(y[:, 0] + 1j * y[:, 1], jnp.zeros_like(ts), jnp.zeros_like(ts))
    return State(y[:, 0] + 1j * y[:, 1], y[:, 2], y[:, 3] * UNIT)


@dataclass(frozen=True)
class Motion:
    """Equations of a kind of modulator and drive: equal for all of a kind, so that they are compiled once."""

    shape: Any  #: of the tree that numbers belong to

    def __call__(self, t: Any, y: Array, numbers: list[Array]) -> Array:
        """Time derivative of Re A, Im A, and of warmth and carriers in `UNIT`s where there are such."""
        given: tuple[RingModulator, Waveform | None] = jax.tree.unflatten(self.shape, numbers)
        modulator, drive = given
        warm, ring = modulator.warm, modulator.ring
        detuning, decay = modulator.follows(0.0 if drive is None else _between(drive, t))
        found = decaying(ring, absorbing(ring, 0.0 if ring.bias is None else ring.bias.between(modulator.offset)[1]))
        a = y[0] + 1j * y[1]
        pushed = 1j * jnp.sqrt(2 * found.coupler * modulator.power)
        if warm is None:
            da = -(1j * detuning + decay) * a + pushed
            return jnp.stack([da.real, da.imag])
        omega, group = 2 * jnp.pi * LIGHT / ring.wavelength, constants.c / ring.n_g
        energy, volume = y[0] ** 2 + y[1] ** 2, warm.area * ring.length * 1e-18
        pairs = jnp.maximum(y[3], 0.0) * UNIT
        measured = jnp.clip(jnp.asarray(ring.wavelength, float), 1.31, 1.55)  # where carriers in silicon were measured
        two = warm.two_photon * group**2 * energy / volume
        free = 1e2 * materials.carrier_absorption(pairs, pairs, measured) * group
        moved = ring.dn_dt * y[2] + materials.carrier_index(pairs, pairs, measured)
        detuning = detuning - omega / ring.n_g * moved
        da = -(1j * detuning + decay + (two + free) / 2) * a + pushed
        lost = warm.absorbed * 2 * found.intrinsic + two + free
        dt = (warm.resistance * lost * energy - y[2]) / warm.time
        made = two * energy / (2 * constants.hbar * omega * volume * 1e6)
        return jnp.stack([da.real, da.imag, dt, made / UNIT - y[3] / warm.lifetime])


#: pairs for each cm³ that one unit of the integrator stands for
UNIT = 1e16


def _between(drive: Waveform, t: Array) -> Array:
    """A periodic signal between its samples: cubic through the two beside, with the slopes of their neighbours."""
    n = drive.value.shape[-1]
    place = t / drive.step
    k = jnp.floor(place)
    u = place - k
    at = [drive.value[jnp.mod(k.astype(int) + j, n)] for j in (-1, 0, 1, 2)]
    before, after = (at[2] - at[0]) / 2, (at[3] - at[1]) / 2
    ends = at[1] * (1 + 2 * u) * (1 - u) ** 2 + at[2] * u**2 * (3 - 2 * u)
    return ends + u * (1 - u) * (before * (1 - u) - after * u)
