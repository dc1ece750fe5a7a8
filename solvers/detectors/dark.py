"""Current without light: what the area and the rim of a diode generate, by temperature and bias.

    I = (J A + K U) exp(-(E_a/k)(1/T - 1/T_0)) exp((Δ(E) - Δ(E_0))/kT) (1 - exp(-qV/kT)),   Δ(E) = q √(q E/(π ε))

J and K belong to the line: fit them with `split` on diodes of many sizes. Thermal generation at mid-gap has E_a of half
the gap, 0.33 eV; diffusion from doped layers the whole gap; tunnelling none. Δ is how far a field lowers the barrier of
a trap (J. Frenkel, Phys. Rev. 54, 647 (1938)), by which reverse currents creep up with bias. Currents in A, areas in
µm², densities in mA/cm² and µA/cm, temperatures in K, fields in V/cm.
"""

from dataclasses import dataclass, field
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy import constants

from lingnan.solvers.checks import check_between, check_no_less, check_row
from lingnan.solvers.detectors.germanium import ROOM
from lingnan.solvers.detectors.multiplication import check_bias, mean_field
from lingnan.solvers.detectors.section import Photodiode
from lingnan.solvers.trees import refusing, watched

#: Boltzmann's constant [eV/K]
BOLTZMANN = constants.Boltzmann / constants.e


@watched
@dataclass(frozen=True)
class Leakage:
    """What a line's diodes leak at 1 V and `reference`."""

    bulk: Any  #: J [mA/cm²]
    rim: Any = 0.0  #: K [µA/cm]
    activation: Any = 0.33  #: E_a [eV]: half the gap of germanium
    reference: Any = ROOM  #: T_0 [K]
    frenkel: bool = field(default=True, metadata={"static": True})  #: whether traps feel the field

    def __post_init__(self) -> None:
        check_no_less("Leakage", "bulk", self.bulk, 0.0, "mA/cm²", "Reverse currents count as positive.")
        check_no_less("Leakage", "rim", self.rim, 0.0, "µA/cm", "Reverse currents count as positive.")
        check_no_less("Leakage", "activation", self.activation, 0.0, "eV", "0 is tunnelling.")
        check_between("Leakage", "reference", self.reference, 200.0, 500.0, "K", "Temperatures are in K.")


@refusing
def lowering(electric: ArrayLike, permittivity: ArrayLike) -> Array:
    """Δ of a trap in a field [V/cm], in eV; a root has no slope at 0, so fields end at 1 V/cm."""
    check_no_less("lowering", "electric", electric, 0.0, "V/cm", "")
    check_between("lowering", "permittivity", permittivity, 0.0, np.inf, "", "Germanium has 16.2.")
    e = jnp.maximum(jnp.asarray(electric, float), 1.0) * 100
    return jnp.sqrt(constants.e * e / (jnp.pi * constants.epsilon_0 * jnp.asarray(permittivity, float)))


@refusing
def activated(activation: ArrayLike, temperature: ArrayLike, reference: ArrayLike) -> Array:
    """exp(-(E_a/k)(1/T - 1/T_0)), elementwise.

    Args:
        activation: E_a [eV].
        temperature: T [K].
        reference: T_0 [K].
    """
    for name, value in (("temperature", temperature), ("reference", reference)):
        check_between("activated", name, value, 0.0, np.inf, "K", "Temperatures are in K.")
    back = 1 / jnp.asarray(reference, float) - 1 / jnp.asarray(temperature, float)
    return jnp.exp(jnp.asarray(activation, float) / BOLTZMANN * back)


@refusing
def dark_current(diode: Photodiode, leakage: Leakage, bias: ArrayLike = 1.0) -> Array:
    """Of a diode at the temperature of its germanium, before it multiplies [A]; see `multiplied`.

    Args:
        diode: area, rim, gap and germanium.
        leakage: of the line.
        bias: reverse [V].

    Raises:
        BreakdownError: a bias at which the diode breaks down.
    """
    check_bias("dark_current", diode, bias)
    kt = BOLTZMANN * jnp.asarray(diode.germanium.temperature, float)
    cold = leakage.bulk * 1e-11 * diode.area + leakage.rim * 1e-10 * diode.perimeter
    warm = activated(leakage.activation, diode.germanium.temperature, leakage.reference)
    pulled = jnp.ones(())
    if leakage.frenkel:
        now, then = (lowering(mean_field(diode, v), diode.germanium.permittivity) for v in (bias, 1.0))
        pulled = jnp.exp((now - then) / kt)
    return cold * warm * pulled * -jnp.expm1(-jnp.asarray(bias, float) / kt)


def split(area: ArrayLike, perimeter: ArrayLike, current: ArrayLike) -> tuple[float, float]:
    """J [mA/cm²] and K [µA/cm] from currents of diodes of several sizes; least squares of relative errors.

    Args:
        area: [µm²], (D,).
        perimeter: [µm], (D,).
        current: [A], (D,).

    Raises:
        ValueError: fewer than two diodes, or all of one shape.
    """
    sizes = (("area", area, "µm²"), ("perimeter", perimeter, "µm"), ("current", current, "A"))
    for name, value, unit in sizes:
        check_row("split", name, value, 1, "One for each diode.")
        check_between("split", name, value, 0.0, np.inf, unit, "Reverse currents count as positive.")
    a, u, i = (np.asarray(value, float) for _, value, _ in sizes)
    if not a.shape == u.shape == i.shape:
        raise ValueError(f"split: {a.size} areas, {u.size} perimeters and {i.size} currents: one of each for a diode.")
    matrix = np.stack([1e-11 * a / i, 1e-10 * u / i], axis=1)
    size = np.linalg.svd(matrix / np.linalg.norm(matrix, axis=0), compute_uv=False)
    if a.size < 2 or size[-1] < 1e-6 * size[0]:
        raise ValueError(
            f"split: {a.size} diodes whose area over perimeter does not differ: two unlike ones are the least. Measure "
            "a square and a long one."
        )
    bulk, rim = np.linalg.lstsq(matrix, np.ones_like(a), rcond=None)[0]
    return float(bulk), float(rim)
