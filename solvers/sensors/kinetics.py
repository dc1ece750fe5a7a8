"""Binding at a surface: sensorgrams with and without mass transport, and two analytes for one site.

Coverage θ of sites follows dθ/dt = k_on c (1 - θ) - k_off θ (I. Langmuir, J. Am. Chem. Soc. 40, 1361 (1918),
doi:10.1021/ja02242a004). Where sites take molecules faster than the flow brings them, a compartment of concentration
c_s stands at the surface: k_m (c - c_s) molecules arrive on an area in a second, and what they do not bind leaves
(D. G. Myszka et al., Biophys. J. 75, 583 (1998), doi:10.1016/S0006-3495(98)77549-6). Its content is taken as steady,
which it is after milliseconds, so that c_s is a closed form and the equation keeps one state.
Concentrations in mol/L, k_on in L/(mol s), k_off in 1/s, times in s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import diffrax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_no_less, known
from lingnan.solvers.sensors.ranges import check_alike, check_finite, check_shape, check_share
from lingnan.solvers.sensors.sensitivity import Guide

#: of the solver's steps, relative and absolute in coverage; between them, where times are asked for, 1e-7 was seen
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Pulse:
    """A concentration that is on from `start` to `end`. Static: a step is where the solver begins anew."""

    start: float = 0.0  #: [s]
    end: float = np.inf  #: [s]

    def __post_init__(self) -> None:
        check_finite("Pulse", "start", self.start, "s")
        if not self.end > self.start:
            raise ValueError(f"Pulse: end = {self.end} s: it must come after the start at {self.start} s.")


def _check(where: str, k_on: Any, k_off: Any, concentration: Any) -> None:
    advice = "Concentrations are in mol/L: 10 nM is 1e-8."
    check_no_less(where, "concentration", concentration, 0.0, "mol/L", advice)
    check_between(where, "k_on", k_on, 0.0, np.inf, "L/(mol s)", "")
    check_no_less(where, "k_off", k_off, 0.0, "1/s", "")


def equilibrium(k_on: ArrayLike, k_off: ArrayLike, concentration: ArrayLike) -> Array:
    """Coverage at rest c/(c + K_D), K_D = k_off/k_on."""
    _check("equilibrium", k_on, k_off, concentration)
    c, k_d = jnp.asarray(concentration, float), jnp.asarray(k_off, float) / k_on
    return c / jnp.where(c + k_d > 0, c + k_d, 1.0)  # without analyte nothing is bound, also where nothing leaves


def langmuir(
    time: ArrayLike, k_on: ArrayLike, k_off: ArrayLike, concentration: ArrayLike, pulse: Pulse | None = None,
    start: ArrayLike = 0.0,
) -> Array:  # fmt: skip
    """Coverage over time, in closed form: a pulse of analyte, and buffer before and after it.

    Args:
        time: [s], any shape.
        k_on: [L/(mol s)].
        k_off: [1/s].
        concentration: during the pulse [mol/L].
        pulse: None: from 0 on.
        start: coverage before it.
    """
    _check("langmuir", k_on, k_off, concentration)
    check_finite("langmuir", "time", time, "s")
    check_share("langmuir", "start", start)
    on = pulse or Pulse()
    t, k_off = jnp.asarray(time, float), jnp.asarray(k_off, float)
    rate = jnp.asarray(k_on) * concentration + k_off
    rest = jnp.asarray(k_on) * concentration / jnp.where(rate > 0, rate, 1.0)
    begin = start * jnp.exp(-k_off * jnp.maximum(jnp.minimum(t, on.start), 0.0))
    within = jnp.clip(t, on.start, on.end) - on.start
    bound = rest + (begin - rest) * jnp.exp(-rate * within)
    return jnp.asarray(bound * jnp.exp(-k_off * jnp.maximum(t - on.end, 0.0)))


def transported(
    time: Array, k_on: ArrayLike, k_off: ArrayLike, concentration: ArrayLike, k_m: ArrayLike, sites: ArrayLike,
    pulse: Pulse | None = None,
) -> Array:  # fmt: skip
    """Coverage with mass transport, two compartments.

    Args:
        time: [s], (N,), rising from 0 or later.
        k_on: [L/(mol s)].
        k_off: [1/s].
        concentration: in the flow during the pulse [mol/L].
        k_m: of transport [m/s].
        sites: density of sites [mol/m²]: 1e-8 is 6 in a square of 10 nm.
        pulse: None: from 0 on.
    """
    _check("transported", k_on, k_off, concentration)
    check_between("transported", "k_m", k_m, 0.0, np.inf, "m/s", "")
    check_between("transported", "sites", sites, 0.0, np.inf, "mol/m²", "")
    # mol/L is 1e3 mol/m³: this many litres per mole of sites arrive in a second
    supply = 1e3 * jnp.asarray(k_m) / sites

    def slope(flow: Array, theta: Array) -> Array:
        free = 1 - theta
        # supply (c - c_s) = k_on c_s (1 - θ) - k_off θ
        near = (supply * flow + k_off * theta) / (supply + k_on * free)
        return jnp.asarray(k_on * near * free - k_off * theta)

    return _solved(slope, jnp.zeros(()), time, jnp.asarray(concentration, float), pulse or Pulse())


def competing(time: Array, k_on: Array, k_off: Array, concentration: Array, pulse: Pulse | None = None) -> Array:
    """Coverages of several analytes that share the sites, (N, A).

    Args:
        time: [s], (N,).
        k_on: of each (A,) [L/(mol s)].
        k_off: of each (A,) [1/s].
        concentration: of each (A,) [mol/L].
        pulse: of all; None: from 0 on.
    """
    _check("competing", k_on, k_off, concentration)
    k_on, k_off, concentration = (jnp.asarray(a, float) for a in (k_on, k_off, concentration))
    check_shape("competing", "k_on", k_on, (None,), "One for each analyte.")
    check_alike("competing", k_on=k_on, k_off=k_off, concentration=concentration)

    def slope(flow: Array, theta: Array) -> Array:
        return jnp.asarray(k_on * flow * (1 - jnp.sum(theta)) - k_off * theta)

    return _solved(slope, jnp.zeros_like(jnp.asarray(k_on)), time, jnp.asarray(concentration, float), pulse or Pulse())


def _solved(
    slope: Callable[[Array, Array], Array], start: Array, time: Array, concentration: Array, pulse: Pulse
) -> Array:
    """Coverage at each time; differentiable forward and reverse, through the steps of the solver."""
    time = jnp.asarray(time, float)
    check_shape("kinetics", "time", time, (None,), "Give the times that are asked for [s].")
    check_no_less("kinetics", "time", time, 0.0, "s", "The sites are bare at 0.")
    check_finite("kinetics", "time", time, "s")
    if known(time):
        check_no_less("kinetics", "step of time", np.diff(np.asarray(time)), 0.0, "s", "Times have to rise.")

    def field(t: Any, theta: Any, args: Any) -> Array:
        on = (t >= pulse.start) & (t < pulse.end)
        return slope(jnp.asarray(jnp.where(on, args, 0.0)), theta)

    jumps = [float(t) for t in (pulse.start, pulse.end) if np.isfinite(t) and t > 0]
    # stiff where transport or a high concentration is fast: implicit, fifth order
    controller = diffrax.PIDController(rtol=TOLERANCE, atol=TOLERANCE)
    if jumps:
        controller = diffrax.ClipStepSizeController(controller, jump_ts=jnp.asarray(jumps))
    answer = diffrax.diffeqsolve(
        diffrax.ODETerm(field), diffrax.Kvaerno5(), 0.0, time[-1], None, start, concentration,
        saveat=diffrax.SaveAt(ts=time), stepsize_controller=controller, max_steps=1024,
        adjoint=diffrax.DirectAdjoint(),
    )  # fmt: skip
    assert answer.ys is not None
    return answer.ys


def shift_nm(guide: Guide, coverage: ArrayLike, layer_nm: ArrayLike, bulk_riu: ArrayLike = 0.0) -> Array:
    """Shift of a resonance [nm] by a layer that grows with coverage, and by the sample's own index.

    Args:
        guide: with `surface` for that layer's index.
        coverage: 0 to 1.
        layer_nm: thickness of a full layer, as if it were even [nm].
        bulk_riu: index of the sample over that of the buffer.
    """
    check_share("shift_nm", "coverage", coverage)
    check_no_less("shift_nm", "layer_nm", layer_nm, 0.0, "nm", "")
    check_finite("shift_nm", "bulk_riu", bulk_riu, "RIU")
    return guide.nm_per_nm * jnp.asarray(coverage) * layer_nm + guide.nm_per_riu * jnp.asarray(bulk_riu)
