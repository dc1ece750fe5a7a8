"""Avalanche: whether carriers that cross a junction make so many others that its current has no limit.

Ionisation coefficients α = a exp(-b/E) of R. Van Overstraeten and H. De Man, Solid-State Electron. 13, 583 (1970),
doi:10.1016/0038-1101(70)90139-5, from 1.75e5 to 6e5 V/cm. Current grows without limit where

    ∫ α_n exp(-A) ds = 1,    A(s) = ∫ (α_n - α_p) ds from where electrons enter

(derived here: with J_n' = α_n J_n + α_p J_p, J_n + J_p constant, J_n = J/M at the entry and J at the exit, 1/M is 1
less this integral; holes give the same limit). Taken along each line and each level of the mesh, in the field along it.
Tunnelling is left out: it comes before avalanche in junctions that break down at some volts.
"""

from typing import Any

import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.semiconductors.device import Device
from lingnan.solvers.tracing import insist, is_traced, namespace

SWITCH = 4e5  #: field above which holes have other coefficients [V/cm]
ELECTRONS = (7.03e5, 1.231e6)  #: a [1/cm], b [V/cm]
HOLES = ((1.582e6, 2.036e6), (6.71e5, 1.693e6))  #: below and above `SWITCH`


class BreakdownError(ValueError):
    """A voltage at which a junction breaks down."""

    def __init__(self, message: str, ionisation: float, field: float) -> None:
        super().__init__(message)
        self.ionisation = ionisation  #: the integral, 1 at breakdown
        self.field = field  #: largest in silicon [V/cm]


def coefficients(field: Any) -> tuple[Any, Any]:
    """Of electrons and of holes [1/cm] in a field [V/cm]; an array of NumPy's, or a traced one."""
    xp = namespace(field)
    strong = xp.maximum(xp.abs(field), 1e3)  # nothing happens there, and nothing is divided by 0

    def law(pair: tuple[float, float]) -> Any:
        return pair[0] * xp.exp(-pair[1] / strong)

    return law(ELECTRONS), xp.where(strong < SWITCH, law(HOLES[0]), law(HOLES[1]))


def integral(field: Any, steps: Any) -> Any:
    """Of ionisation along the last axis, the way of the electrons; fields in V/cm, steps in cm, 0 to leave one out."""
    xp = namespace(field, steps)
    n, p = coefficients(field)
    slopes = (n - p) * steps
    before = xp.cumsum(slopes, axis=-1) - slopes / 2
    return xp.sum(n * xp.exp(-before) * steps, axis=-1)


def ionisation(device: Device, potential: ArrayLike) -> tuple[Any, Any]:
    """The largest integral of all lines and levels, 1 at breakdown, and the largest field [V/cm].

    Args:
        device: what was solved.
        potential: at the nodes [V].
    """
    xp = namespace(device, potential)
    psi, inside = xp.asarray(potential), xp.asarray(device.inside) > 0
    x, y = 1e-4 * xp.diff(xp.asarray(device.x)), 1e-4 * xp.diff(xp.asarray(device.y))
    beside = xp.pad(inside, ((0, 0), (1, 1)))
    rows = beside[:, 1:] | beside[:, :-1]  # (nx, ny + 1) steps across with silicon on one side
    above = xp.pad(inside, ((1, 1), (0, 0)))
    columns = above[1:] | above[:-1]  # (nx + 1, ny)
    worst, highest = 0.0, 0.0
    for field, steps, silicon in (
        (-xp.diff(psi, axis=0).T / x, x, rows.T),
        (-xp.diff(psi, axis=1) / y, y, columns),
    ):
        highest = xp.maximum(highest, xp.max(xp.abs(field) * silicon))
        for sign in (1, -1):  # the way of the electrons is against the field
            there = silicon & (sign * field > 0)
            along, length = xp.where(there, field, 0.0), xp.where(there, steps, 0.0)
            way = slice(None, None, -sign)
            worst = xp.maximum(worst, xp.max(integral(along[:, way], length[:, way])))
    return (worst, highest) if is_traced(worst) else (float(worst), float(highest))


SAID = (
    "the junction breaks down: its ionisation integral is {worst:.3g} (limit 1, Van Overstraeten and De Man) in a "
    "field of up to {field:.3g} V/cm. Take less reverse bias or less doping."
)


def check_breakdown(device: Device, potential: ArrayLike, volts: ArrayLike, asked: ArrayLike) -> None:
    """Raises BreakdownError where the device would break down at its voltages, reached on the way to those asked."""
    worst, field = ionisation(device, potential)
    if worst >= 1:
        at, wanted = (np.round(np.asarray(one), 4).tolist() for one in (volts, asked))
        way = "" if at == wanted else f"Newton's method came as far as {at} V, where "
        raise BreakdownError(f"solve: at {wanted} V {way}{SAID.format(worst=worst, field=field)}", worst, field)


def intact(device: Device, potential: Array) -> Array:
    """Whether the device does not break down, of numbers that are traced; inside `checked` it has to."""
    worst, field = ionisation(device, potential)
    fine = ~(worst >= 1)  # where nothing was found there is another word for it
    insist(fine, f"solve: {SAID}", worst=worst, field=field)
    return fine
