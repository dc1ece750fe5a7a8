"""Bandwidth of a diode: transit times behind the circuit that it works into, as an exact product of responses.

    light ─►(i)──┬── R_s ── L ──┬────┐
                 C_j            C_p  R_L        H: current in R_L over that of the pairs, s = -iω
                 ┴              ┴    ┴

    1/H = (1 + s R_L C_p)(1 + s C_j (R_s + s L)) + s C_j R_L                          (derived here: two dividers)

The rule 1/f² = Σ 1/f_k² is exact for Gaussian responses only; `bandwidth` looks for the frequency itself. Units are Hz,
Ω, F, H; time convention exp(-iωt).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.detectors.multiplication import BUILT_IN, check_bias, mean_field, rates_at
from lingnan.solvers.detectors.section import Photodiode
from lingnan.solvers.detectors.transit import Profile, Transit, uniform
from lingnan.solvers.links import Cascade
from lingnan.solvers.roots import followed
from lingnan.solvers.trees import refusing, watched

#: frequencies that are looked at together
GRID = 1024


@watched
@dataclass(frozen=True)
class Circuit:
    """What a diode's current flows through; a transfer as those of `links`."""

    junction: Any  #: C_j [F]
    series: Any = 0.0  #: R_s [Ω]
    load: Any = 50.0  #: R_L [Ω]
    pad: Any = 0.0  #: C_p beside the load [F]
    inductance: Any = 0.0  #: in series, drawn to peak [H]

    def __post_init__(self) -> None:
        for name, unit in (("junction", "F"), ("series", "Ω"), ("pad", "F"), ("inductance", "H")):
            check_no_less("Circuit", name, getattr(self, name), 0.0, unit, "")
        check_between("Circuit", "load", self.load, 0.0, np.inf, "Ω", "A transimpedance amplifier has some ten ohms.")

    def __call__(self, frequency: ArrayLike) -> Array:
        s = -2j * jnp.pi * jnp.asarray(frequency, float)
        far = 1 + s * self.load * self.pad
        return 1 / (far * (1 + s * self.junction * (self.series + s * self.inductance)) + s * self.junction * self.load)


def one_pole(circuit: Circuit) -> Any:
    """1/(2π (R_s + R_L) C_j): the bandwidth without pad and coil [Hz]."""
    return 1 / (2 * jnp.pi * (circuit.series + circuit.load) * circuit.junction)


@refusing
def bandwidth(transfer: Callable[[Array], Array], highest: float = 1e12, fall_db: float = 3.0) -> Array:
    """Where a response first falls by this much below that of slow signals [Hz].

    Args:
        transfer: a function of frequency.
        highest: to look up to [Hz]; what has not fallen there gives this number.
        fall_db: of electrical power, 20 log10 |H| [dB]; 3 means half of it, exactly.

    Differentiable, by the implicit function: df/dp = -(∂|H|/∂p)/(∂|H|/∂f), twice too.
    """
    check_between("bandwidth", "highest", highest, 0.0, np.inf, "Hz", "")
    check_between("bandwidth", "fall_db", fall_db, 0.0, np.inf, "dB", "")
    level = np.log(0.5) if fall_db == 3.0 else -fall_db * np.log(10) / 10

    slow = jnp.square(jnp.abs(transfer(jnp.asarray(highest * 1e-9))))  # once: it is part of every program below

    def above(f: Array) -> Array:
        return jnp.log(jnp.square(jnp.abs(transfer(f))) / slow) - level

    # a first crossing on a grid of 1 %, a resonance narrower than that being no photodiode; then finer grids in place
    # of it, all of one length, which compile once
    steps = jnp.linspace(0.0, 1.0, GRID)
    grid = highest * 1e-5 ** (1 - steps)
    fallen = lax.stop_gradient(above(grid) < 0)
    there = jnp.any(fallen)
    for _ in range(3):
        first = jnp.argmax(fallen)
        low, high = grid[jnp.maximum(first - 1, 0)], grid[first]
        grid = low + (high - low) * steps
        fallen = lax.stop_gradient(above(grid) < 0)
    return jnp.where(there, followed(above, grid[jnp.argmax(fallen)]), highest)


@refusing
def field_in(diode: Photodiode, bias: ArrayLike, built_in: ArrayLike = BUILT_IN) -> Array:
    """Mean field in the depleted region [V/cm].

    Args:
        diode: its gap.
        bias: reverse voltage [V].
        built_in: voltage that is there without bias [V]; below the gap of germanium, 0.66 eV.

    Raises:
        BreakdownError: a bias at which the diode breaks down. Inside `jit` the field is NaN then, with a warning.
    """
    check_between("field_in", "built_in", built_in, 0.0, 0.7, "V", "It stays below the gap of germanium.")
    check_bias("field_in", diode, bias, built_in)
    return mean_field(diode, bias, built_in)


@refusing
def respond(
    diode: Photodiode,
    bias: ArrayLike,
    circuit: Circuit | None = None,
    profile: Profile | None = None,
    *,
    multiplying: bool = True,
) -> Cascade:
    """Transit times, with the time that a gain takes near breakdown, then the circuit; 1 for slow light.

    Args:
        diode: geometry and germanium.
        bias: reverse [V].
        circuit: None: the capacitance of `diode` into 50 Ω.
        profile: None: uniform generation; see `Excited.profile`.
        multiplying: whether the time that a gain takes is in it, where known numbers multiply at all; without
            it programs of traced ones compile in a fourth of the time.
    """
    check_bias("respond", diode, bias)
    speeds = diode.germanium.velocities(mean_field(diode, bias))
    alpha, beta = rates_at(1 / mean_field(diode, bias)) if multiplying else (0.0, 0.0)
    if known(diode.depleted) and known(alpha) and float(jnp.max(jnp.asarray(alpha + beta)) * diode.depleted) < 1e-9:
        alpha = beta = 0.0
    around = Circuit(diode.capacitance) if circuit is None else circuit
    return Cascade((Transit(diode.depleted, *speeds, uniform() if profile is None else profile, alpha, beta), around))


@refusing
def added(*bandwidths: ArrayLike) -> Array:
    """1/√Σ 1/f²: the rule of thumb [Hz]."""
    for f in bandwidths:
        check_between("added", "bandwidth", f, 0.0, np.inf, "Hz", "Leave out what has no limit.")
    return 1 / jnp.sqrt(sum((1 / jnp.square(jnp.asarray(f, float)) for f in bandwidths), jnp.zeros(())))
