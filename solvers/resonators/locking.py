"""Holding a ring on the laser: a heater, a monitor, and a controller that turns one by the other.

Every period τ the controller reads the power at a port and moves the heater's power by an integral and a proportional
share of what it is off. Light follows at once (10 ps), heat as one pole. `loop` is the same linear about the set point:
its eigenvalues say whether and how fast a lock settles, so gains are chosen before anything is run. Heater powers in W,
detunings in rad/s, times in s.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, check_row
from lingnan.solvers.resonators.ring import LIGHT, Rates, Ring, rates
from lingnan.solvers.tracing import demand
from lingnan.solvers.trees import refusing, watched

Port = Literal["drop", "through"]


@watched
@dataclass(frozen=True)
class Lock:
    """A controller and its heater."""

    target: Any  #: reading that is wanted, of the laser's power
    #: k_i: heater power for each period and unit of error, below 0 where more heat reads more: on "drop" from the blue
    #: side; see `loop` [W]
    integral: Any
    proportional: Any = 0.0  #: k_p: the same at once [W]
    period: Any = 1e-6  #: τ [s]
    resistance: Any = 1e3  #: ring's temperature for the heater's power [K/W]
    time: Any = 10e-6  #: of the heat [s]
    most: Any = 50e-3  #: what the heater may take [W]
    port: Port = field(default="drop", metadata={"static": True})

    def __post_init__(self) -> None:
        check_between("Lock", "target", self.target, 0.0, 1.0, "", "It is a share of the laser's power.")
        for name, unit in (("period", "s"), ("resistance", "K/W"), ("time", "s"), ("most", "W")):
            check_between("Lock", name, getattr(self, name), 0.0, np.inf, unit, "")
        for name in ("integral", "proportional"):
            check_between("Lock", name, getattr(self, name), -np.inf, np.inf, "W", "")
        if self.port not in ("drop", "through"):
            raise ValueError(f"Lock: port = {self.port!r}: it must be 'drop' or 'through'.")


class Trace(NamedTuple):
    """What a lock did, (N,) each."""

    time: Array  #: [s]
    reading: Array  #: of the laser's power
    heater: Array  #: [W]
    warmth: Array  #: of the ring, heater and disturbance together [K]
    detuning: Array  #: resonance less laser [rad/s]


def reading(found: Rates, detuning: ArrayLike, port: Port) -> Array:
    """Power at a port, of the laser's: Lorentzian."""
    size = found.total + 1j * jnp.asarray(detuning, float)
    if port == "drop":
        return 4 * found.coupler * found.drop / jnp.square(jnp.abs(size))
    return jnp.square(jnp.abs(1 - 2 * found.coupler / size))


@refusing
def locked(
    ring: Ring, lock: Lock, detuning: ArrayLike, heater: ArrayLike, disturbance: ArrayLike, voltage: ArrayLike = 0.0
) -> Trace:
    """A lock over time, from a heater that was set by hand.

    Args:
        ring: with `dn_dt`.
        lock: gains and heater.
        detuning: resonance less laser of the ring without heat [rad/s].
        heater: power to begin with [W].
        disturbance: temperature that the surroundings add in each period [K], (N,).
        voltage: bias of the ring [V].

    Differentiable, through the loop.
    """
    check_no_less("locked", "heater", heater, 0.0, "W", "")
    check_between("locked", "detuning", detuning, -np.inf, np.inf, "rad/s", "")
    check_row("locked", "disturbance", disturbance, 1, "Give a temperature for each period.")
    moved = jnp.asarray(disturbance, float)
    found = rates(ring, voltage)
    per_kelvin = _per_kelvin(ring)
    kept = jnp.exp(-jnp.asarray(lock.period, float) / lock.time)
    begin, cold = jnp.asarray(heater, float), jnp.asarray(detuning, float)

    def step(carry: tuple[Array, Array], outside: Array) -> tuple[tuple[Array, Array], tuple[Array, ...]]:
        warmth, held = carry
        off = cold + per_kelvin * (warmth + outside)
        seen = reading(found, off, lock.port)
        error = seen - lock.target
        held = jnp.clip(held + lock.integral * error, 0.0, lock.most)
        power = jnp.clip(held + lock.proportional * error, 0.0, lock.most)
        following = kept * warmth + (1 - kept) * lock.resistance * power
        return (following, held), (seen, power, warmth + outside, off)

    start = (begin * lock.resistance, begin)
    _, (seen, power, warmth, off) = lax.scan(step, start, moved)
    return Trace(jnp.arange(moved.shape[0]) * lock.period, seen, power, warmth, off)


def _per_kelvin(ring: Ring) -> Array:
    return -2 * jnp.pi * LIGHT / ring.wavelength * jnp.asarray(ring.dn_dt, float) / ring.n_g


@refusing
def set_point(ring: Ring, lock: Lock, side: int = 1, voltage: ArrayLike = 0.0) -> Array:
    """Detuning at which a port reads the target [rad/s], from the Lorentzian itself.

    Args:
        ring: add-drop for `port` "drop".
        lock: target and port.
        side: 1: resonance blue of the laser; -1: red.
        voltage: [V].
    """
    if side not in (1, -1):
        raise ValueError(f"set_point: side = {side}: it must be 1 (resonance blue of the laser) or -1.")
    found = rates(ring, voltage)
    if lock.port == "drop":
        square = 4 * found.coupler * found.drop / lock.target - found.total**2
    else:
        # |1 - 2γ_c/(γ + iδ)|² = ((γ - 2γ_c)² + δ²)/(γ² + δ²)
        square = (lock.target * found.total**2 - (found.total - 2 * found.coupler) ** 2) / (1 - lock.target)
    said = (
        "set_point: target = {target:g}: on resonance this port reads {best:g}, and never "
        f"{'more' if lock.port == 'drop' else 'less'}. Choose a reading on the slope."
    )
    demand(square > 0, said, target=lock.target, best=reading(found, 0.0, lock.port))
    return side * jnp.sqrt(square)


@refusing
def loop(ring: Ring, lock: Lock, side: int = 1, voltage: ArrayLike = 0.0) -> Array:
    """How (ΔT, heater) near the set point go from one period to the next, (2, 2): what shrinks has eigenvalues below 1.

    With c = d reading/dT: held' = held + k_i c T,  T' = κ T + (1 - κ) R (held' + k_p c T),  κ = exp(-τ/τ_th).
    """
    found = rates(ring, voltage)
    at = set_point(ring, lock, side, voltage)

    def seen(warmth: Array) -> Array:
        return reading(found, at + _per_kelvin(ring) * warmth, lock.port)

    c = jax.grad(seen)(0.0)
    kept = jnp.exp(-jnp.asarray(lock.period, float) / lock.time)
    heat = (1 - kept) * lock.resistance
    first = jnp.stack([kept + heat * c * (lock.integral + lock.proportional), heat])
    return jnp.stack([first, jnp.stack([lock.integral * c, jnp.ones(())])])
