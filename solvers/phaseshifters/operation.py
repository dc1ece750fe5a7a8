"""A phase shifter at its voltages: index, loss, capacitance, resistance, bandwidth.

    section = phaseshifters.rib([Implant("p", 5e17, right=0.0), Implant("n", 3e17, left=0.0)])
    found = phaseshifters.figures(section, [1.0, 2.0, 4.0], 1.55)
    found.vpi_l, found.loss_dB_cm, found.capacitance, found.resistance, found.bandwidth

Voltages are of reverse bias: the n contact above the p contact, or the right one above the left where both are of one
kind. Capacitances, resistances and currents are per metre of length.
"""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.materials.carriers import carrier_shift
from lingnan.solvers.phaseshifters.light import Light, decibels, light, planned
from lingnan.solvers.phaseshifters.plan import Fineness, Plan
from lingnan.solvers.phaseshifters.section import Section
from lingnan.solvers.semiconductors import Device, State, admittance, movements, solve, terminal_currents
from lingnan.solvers.tracing import is_traced


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Figures:
    """Arrays are (B,), one number for each voltage."""

    volts: Array  #: of reverse bias [V]
    wavelength: Array  #: [µm]
    n_eff: Array  #: () of the guide without carriers
    n_g: Array  #: ()
    at_rest: Array  #: () complex Δn_eff by carriers at 0 V
    shift: Array  #: complex Δn_eff by carriers
    admittance: Array  #: of the silicon between its contacts, at `frequency` [S/m]
    frequency: Array  #: () [Hz]
    leads: Array  #: () in series with it [Ω m]
    current: Array  #: into the contact that reverse bias raises [A/m]

    @property
    def delta_n(self) -> Array:
        """Change of n_eff from 0 V."""
        return jnp.real(self.shift - self.at_rest)

    @property
    def vpi_l(self) -> Array:
        """V_pi L of a swing from 0 V, V λ/(2 |Δn|) [V cm]; NaN at 0 V, which is no swing."""
        return 1e-4 * jnp.abs(self.volts) * self.wavelength / (2 * jnp.abs(self.delta_n))

    @property
    def loss_dB_cm(self) -> Array:
        """Of free carriers at each voltage [dB/cm]."""
        return decibels(self.shift, self.wavelength)

    @property
    def loss_at_rest_dB_cm(self) -> Array:
        """The same at 0 V, () [dB/cm]."""
        return decibels(self.at_rest, self.wavelength)

    @property
    def capacitance(self) -> Array:
        """In series with `resistance`, 1/(ω Im Z) [F/m]."""
        return 1 / (2 * jnp.pi * self.frequency * jnp.imag(1 / self.admittance))

    @property
    def resistance(self) -> Array:
        """Re Z of silicon and leads [Ω m]."""
        return jnp.real(1 / self.admittance) + self.leads

    @property
    def bandwidth(self) -> Array:
        """1/(2π R C) of the shifter driven by a source without resistance [Hz]."""
        return 1 / (2 * jnp.pi * self.resistance * self.capacitance)


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Ready:
    """What `figures` needs of a kind of section: made once, from plain numbers."""

    plan: Plan
    light: Light | None = None  #: kept where the guide stays as it is and only implants move


jax.tree_util.register_static(Plan)


def ready(section: Section, wavelength: ArrayLike | None = None, fineness: Fineness | None = None) -> Ready:
    """The mesh of a section, and its mode where a wavelength is given: for `like` of `figures`.

    A mode that is kept does not follow the guide's numbers, nor lines that implants move: give none where those move.

    Args:
        section: of plain numbers; others of its kind may follow.
        wavelength: [µm].
        fineness: of the mesh of carriers.
    """
    plan = planned(section, fineness)
    return Ready(plan, None if wavelength is None else light(section, plan, wavelength))


def figures(
    section: Section,
    volts: ArrayLike,
    wavelength: ArrayLike = 1.55,
    *,
    frequency: ArrayLike = 1e9,
    leads: ArrayLike = 0.0,
    like: Ready | None = None,
) -> Figures:
    """What a phase shifter does at some voltages.

    Args:
        section: bodies, implants, contacts.
        volts: of reverse bias, a number or (B,) [V]; below 0 it conducts.
        wavelength: [µm], 1.31 to 1.55.
        frequency: at which capacitance and resistance are taken [Hz].
        leads: what is in series outside of the section, see `lead` [Ω m].
        like: of `ready`, where numbers are traced or many of a kind follow each other.

    Returns:
        differentiable by every number of the section, by voltages, wavelength and leads.

    Raises:
        ValueError: what `section`, `solve` and `light` refuse.
        BreakdownError: a voltage at which the junction would break down.
        MaterialRangeError: a wavelength outside the data of free carriers.
    """
    check_no_less("figures", "leads", leads, 0.0, "Ω m", "A resistance is no less than none.")
    check_between("figures", "frequency", frequency, 0.0, np.inf, "Hz", "1e9 is below what resistances do.")
    known = like or ready(section)
    mode = known.light or light(section, known.plan, wavelength)
    made = known.plan.device(section)
    v = biases("figures", volts)
    way = jnp.asarray(known.plan.reverse)
    raised = int(np.argmax(known.plan.reverse))
    f = jnp.asarray(frequency, float)

    def one(volt: Array) -> tuple[Array, Array, Array]:
        state = solve(made, volt * way)
        moved = admittance(made, state, f)[raised, raised]
        return mode.shift(made, state), moved, terminal_currents(made, state)[raised]

    shift, moved, current = swept(one, v, is_traced(made, v))
    return Figures(
        v, mode.wavelength, mode.n_eff, mode.n_g, shift[0], shift[1:], moved[1:], f, jnp.asarray(leads, float),
        current[1:],
    )  # fmt: skip


def biases(where: str, volts: ArrayLike) -> Array:
    """Voltages in a row, (B,) [V].

    Raises:
        ValueError: none, or more than a row of them.
    """
    v = jnp.atleast_1d(jnp.asarray(volts, float))
    if v.ndim != 1 or v.shape[0] == 0:
        raise ValueError(f"{where}: volts of shape {v.shape}: give one voltage, or some in a row.")
    return v


def swept(
    one: Callable[[Array], tuple[Array, Array, Array]], volts: Array, traced: bool
) -> tuple[Array, Array, Array]:  # fmt: skip
    """Of 0 V and of each voltage: what `one` gives of a voltage, (1 + B,) each.

    Known numbers are solved one by one, which raises what is refused. Traced ones are one body of a loop: it compiles
    in the time of one, and XLA refuses several in a row (it loses the calling convention of LAPACK in the last ones).
    """
    every = jnp.concatenate([jnp.zeros(1), volts])
    if traced:
        return lax.map(one, every)
    first, second, third = (jnp.stack(part) for part in zip(*map(one, every), strict=True))
    return first, second, third


def modulation(
    section: Section,
    volts: ArrayLike,
    frequency: ArrayLike,
    wavelength: ArrayLike = 1.55,
    *,
    leads: ArrayLike = 0.0,
    like: Ready | None = None,
) -> Array:
    """dn_eff/dV of a small signal about a bias, complex, (F,) [1/V]: how the index follows, carriers included.

    In a depleted junction it falls as 1/(1 - iωRC); under injection carriers take their lifetime.

    Args:
        section: bodies, implants, contacts.
        volts: the bias, of reverse [V].
        frequency: (F,) [Hz].
        wavelength: [µm].
        leads: in series outside of the section; the signal is that before them [Ω m].
        like: of `ready`.
    """
    known = like or ready(section)
    mode = known.light or light(section, known.plan, wavelength)
    made = known.plan.device(section)
    f = jnp.atleast_1d(jnp.asarray(frequency, float))
    state = solve(made, jnp.asarray(volts, float) * jnp.asarray(known.plan.reverse))
    raised = int(np.argmax(known.plan.reverse))
    moved = movements(made, state, f)
    follows = _followed(mode, made, state, moved.electrons[:, raised], moved.holes[:, raised])
    return follows / (1 + jnp.asarray(leads) * moved.admittance[:, raised, raised])


def _followed(mode: Light, made: Device, state: State, electrons: Array, holes: Array) -> Array:
    """Real part of Δn_eff for complex small changes of densities at the nodes, (F,)."""
    wave = mode.wavelength
    by_n = jax.grad(lambda n: jnp.sum(jnp.real(carrier_shift(n, state.holes, wave))))(state.electrons)
    by_p = jax.grad(lambda p: jnp.sum(jnp.real(carrier_shift(state.electrons, p, wave))))(state.holes)
    weights = made.to_nodes(mode.weights)
    return jnp.sum(weights * (by_n * electrons + by_p * holes), axis=(-2, -1))
