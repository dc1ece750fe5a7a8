"""Germanium in a strong field: how a diode's carriers multiply, and the bias at which it breaks down.

Rates α = a exp(-b/E) of electrons and β of holes along <100>, the way of a field up from a wafer, from "Crystal
orientation dependence of ionization rates in germanium", Appl. Phys. Lett. 37, 387 (1980); numbers read in its
abstract, which does not say for which fields or how exactly they hold. In a gap d of one field E, pairs made at s from
the p side, 0, to the n side, 1, become (R. J. McIntyre, IEEE Trans. Electron Devices 13, 164 (1966))

    M(s) = exp(δ (1 - s))/(1 - β d (exp(δ) - 1)/δ),   δ = (α - β) d,   and   α d (1 - exp(-δ))/δ = 1 at breakdown.

Of pairs made along a profile of weights w the mean gain is M = Σ w M(s), and shot noise (derived here, by parts)

    F M² = M M₁² + M M₁ (M₁ - 1)(exp(δ) - 1) + 2 Σ w M(s) (M(s) - M₁),   M₁ = M(1).

Left out: that carriers need a way to gain the energy (gaps of a few tenths of a micrometre hold somewhat more), that
heat lowers the rates (they hold more when hot, less when cold), tunnelling, dopants in the gap and edges of implants,
at which fields crowd (they hold less). With the abstract's rates along <111> gaps of 0.3 to 2 µm break down in fields
that are 2 to 9 % lower; along the <110> of a lateral diode none were found. Fields in V/cm, lengths in µm, voltages in
V of reverse bias.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.detectors.avalanche import Avalanche, falling
from lingnan.solvers.detectors.buildup import gain_at
from lingnan.solvers.detectors.section import Photodiode
from lingnan.solvers.detectors.transit import Profile, uniform
from lingnan.solvers.semiconductors.breakdown import BreakdownError
from lingnan.solvers.tracing import insist, is_traced, namespace
from lingnan.solvers.trees import refusing

ELECTRONS = (8.04e6, 1.40e6)  #: a [1/cm], b [V/cm]
HOLES = (6.39e6, 1.27e6)
BUILT_IN = 0.5  #: voltage that is there without bias [V]; below the gap of germanium, 0.66 eV
THINNEST = 0.02  #: gap, in which a carrier gains the energy to ionise once [µm]


@refusing
def germanium_rates(field: ArrayLike) -> tuple[Array, Array]:
    """α and β of germanium at 300 K [1/µm] in a field [V/cm]."""
    check_between("germanium_rates", "field", field, 0.0, np.inf, "V/cm", "")
    electrons, holes = rates_at(1 / jnp.asarray(field, float))
    return electrons, holes


def rates_at(inverse: Any) -> tuple[Any, Any]:
    """[1/µm], of 1/E [cm/V]."""
    xp = namespace(inverse)
    electrons, holes = (1e-4 * a * xp.exp(-b * inverse) for a, b in (ELECTRONS, HOLES))
    return electrons, holes


def _logarithm(inverse: Any, gap: Any) -> tuple[Any, Any]:
    """ln of the ionisation integral and its slope by 1/E."""
    xp = namespace(inverse, gap)
    alpha, beta = rates_at(inverse)
    q = (alpha - beta) * gap
    small = xp.abs(q) < 1e-3
    safe = xp.where(small, 1.0, q)
    slope = xp.where(small, -0.5 + q / 12, 1 / xp.expm1(safe) - 1 / safe)  # of ln falling(q)
    turned = gap * (HOLES[1] * beta - ELECTRONS[1] * alpha)
    return xp.log(alpha * gap * falling(q)), slope * turned - ELECTRONS[1]


@refusing
def ionisation(gap: ArrayLike, field: ArrayLike) -> Array:
    """Of electrons across a gap [µm] in one field [V/cm]: 1 - 1/M, and 1 at breakdown."""
    check_between("ionisation", "gap", gap, 0.0, np.inf, "µm", "")
    check_between("ionisation", "field", field, 0.0, np.inf, "V/cm", "")
    return jnp.exp(_logarithm(1 / jnp.asarray(field, float), jnp.asarray(gap, float))[0])


@refusing
def breakdown_field(gap: ArrayLike) -> Any:
    """At which a gap [µm] breaks down, of one field [V/cm]; differentiable, an array of NumPy's where it is known."""
    check_no_less("breakdown_field", "gap", gap, THINNEST, "µm", "In thinner ones rates do not follow the field.")
    xp = namespace(gap)
    size: Any = xp.asarray(gap, float)
    held = lax.stop_gradient(size) if xp is jnp else size
    inverse = xp.log(1e-4 * HOLES[0] * held) / HOLES[1]  # of holes alone; ln of the integral is nearly linear
    for _ in range(5):  # to round-off after four
        value, slope = _logarithm(inverse, held)
        inverse = inverse - value / slope
    for _ in range(2):  # the first brings the derivative with it, the second also that of the derivative
        value, slope = _logarithm(inverse, size)
        inverse = inverse - value / slope
    return 1 / inverse


@refusing
def breakdown_voltage(diode: Photodiode, built_in: ArrayLike = BUILT_IN) -> Any:
    """Reverse bias at which a diode breaks down [V]; differentiable by its gap."""
    check_between("breakdown_voltage", "built_in", built_in, 0.0, 0.7, "V", "It stays below the gap of germanium.")
    return breakdown_field(diode.depleted) * diode.depleted * 1e-4 - built_in


def mean_field(diode: Photodiode, bias: ArrayLike, built_in: ArrayLike = BUILT_IN) -> Array:
    """In the depleted region [V/cm], at any bias."""
    return (jnp.asarray(bias, float) + built_in) / (diode.depleted * 1e-4)


def check_bias(where: str, diode: Photodiode, bias: ArrayLike, built_in: ArrayLike = BUILT_IN) -> None:
    """Whether a diode holds a bias; for functions that are `refusing` where it is traced.

    Raises:
        ValueError: a bias below 0.
        BreakdownError: a bias at which the diode breaks down.
    """
    check_no_less(where, "bias", bias, 0.0, "V", "Reverse bias is positive here.")
    most = breakdown_voltage(diode, built_in)
    said = (
        f"{where}: bias = {{bias:.4g}} V: germanium depleted over {{gap:.4g}} µm breaks down at {{most:.4g}} V, "
        "in a mean field of {field:.3g} V/cm (ionisation integral 1; Appl. Phys. Lett. 37, 387 (1980)). Take less "
        "reverse bias or a longer gap."
    )
    gap = diode.depleted
    fine = bias < most if is_traced(bias, most) else np.less(bias, most)
    shown = {"bias": bias, "gap": gap, "most": most, "field": (most + built_in) / (gap * 1e-4)}
    if is_traced(fine):
        insist(fine, said, **{name: jnp.broadcast_to(value, jnp.shape(fine)) for name, value in shown.items()})
    elif not np.all(fine):
        first = int(np.argmin(fine))
        told = {name: np.broadcast_to(np.asarray(value), fine.shape).ravel()[first] for name, value in shown.items()}
        there = told["field"] * (told["bias"] + built_in) / (told["most"] + built_in)
        raise BreakdownError(said.format(**told), float(ionisation(told["gap"], there)), float(there))


@refusing
def multiplied(
    diode: Photodiode, bias: ArrayLike, profile: Profile | None = None, built_in: ArrayLike = BUILT_IN
) -> Avalanche:
    """Mean gain of the pairs that light makes in a diode, and the excess noise of it.

    Args:
        diode: its gap.
        bias: reverse [V].
        profile: where pairs are made; None: alike everywhere, as dark current is.
        built_in: voltage without bias [V].
    """
    check_bias("multiplied", diode, bias, built_in)
    made = uniform() if profile is None else profile
    place, weight = jnp.asarray(made.place), jnp.asarray(made.weight)
    alpha, beta = rates_at(1 / mean_field(diode, bias, built_in))
    alpha, beta = (jnp.asarray(one * diode.depleted)[..., None] for one in (alpha, beta))
    each = gain_at(alpha, beta, place)
    last = gain_at(alpha, beta, jnp.ones(1))[..., 0]  # of holes that cross the whole gap
    gain = jnp.sum(weight * each, axis=-1)
    own = 2 * jnp.sum(weight * each * (each - last[..., None]), axis=-1)
    excess = (gain * last**2 + gain * last * (last - 1) * jnp.expm1(alpha - beta)[..., 0] + own) / gain**2
    return Avalanche(jnp.maximum(gain, 1.0), jnp.maximum(excess, 1.0))  # round-off where nothing multiplies
