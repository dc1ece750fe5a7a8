"""Many samples of a process: doses, edges and blur of the implants of one section, each moved by its sigma.

The guide stays as it is, and so do mode and mesh: only what is implanted moves. Edges have to be blurred for that, by
cells of the mesh or more, as those of real implants are. One program, run sample by sample.
"""

import os
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_between, check_count, check_no_less
from lingnan.solvers.phaseshifters.light import Light
from lingnan.solvers.phaseshifters.operation import Ready, ready
from lingnan.solvers.phaseshifters.plan import Fineness, Plan
from lingnan.solvers.phaseshifters.section import Section
from lingnan.solvers.semiconductors import solve

#: a mesh for many samples: beside one four times as fine, V_pi L is 0.5 to 1.6 % lower and the loss 0.7 %; what masks
#: change that are 33 or 67 nm off, or part by 67 nm, is off by up to 0.6 % of V_pi L times loss where lines follow
ROUGH = Fineness(junction=0.006, edge=0.05, around=0.0, growth=1.35, most=0.2, round_x=4, round_y=1)
#: the same with even cells about a junction, a third more of them: what masks change is right to 0.1 % (beside cells of
#: half the size across); V_pi L of the line is 1.6 % lower than on the default mesh, by the few cells up the film
MOVING = replace(ROUGH, around=0.09)


@dataclass(frozen=True)
class Spread:
    """Standard deviations of a process, the same for each implant and drawn apart."""

    dose: float = 0.0  #: share of a concentration
    overlay: float = 0.0  #: of a window's edges, which move together [µm]
    straggle: float = 0.0  #: share of a blur


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Samples:
    """Arrays are (S,)."""

    delta_n: Array  #: change of n_eff from 0 V
    vpi_l: Array  #: [V cm]
    loss_db_cm: Array  #: at 0 V
    doses: Array  #: (S, implants) factors
    overlays: Array  #: (S, implants) [µm]


def sampled(
    section: Section,
    volts: ArrayLike,
    spread: Spread,
    count: int,
    *,
    wavelength: ArrayLike = 1.55,
    seed: int = 0,
    fineness: Fineness = ROUGH,
    like: Ready | None = None,
) -> Samples:
    """Drift and diffusion at 0 V and at one reverse bias in each of many samples.

    Args:
        section: the nominal one, its edges blurred.
        volts: of reverse bias [V].
        spread: of the process.
        count: of samples.
        wavelength: [µm].
        seed: of the draws.
        fineness: of the mesh of carriers.
        like: of `ready` with a wavelength, of the nominal section; then `fineness` is its own.

    Samples that break down or have no solution are NaN, with a warning.

    Raises:
        ValueError: no reverse bias; an abrupt edge, which would have to move its line; samples of less than no dose or
            blur; no sample of all holds the voltage.
    """
    check_count("sampled", "count", count, 1, "One shows what a sample takes.")
    check_between("sampled", "volts", volts, 0.0, np.inf, "V", "V_pi L is that of a swing from 0 V into reverse.")
    for name in ("dose", "overlay", "straggle"):
        check_no_less("Spread", name, getattr(spread, name), 0.0, "", "A standard deviation is no less than none.")
    for k, one in enumerate(section.implants):
        if not float(one.straggle) > 0:
            raise ValueError(
                f"sampled: implant {k} has straggle = {one.straggle} µm: edges that move on a mesh that does not need "
                "more than 0 µm. 0.02 to 0.1 is usual."
            )
    draws = np.random.default_rng(seed).standard_normal((count, 3, len(section.implants)))
    for name, sigma, row in (("dose", spread.dose, 0), ("straggle", spread.straggle, 2)):
        least = float(np.min(1 + sigma * draws[:, row], initial=1.0))
        advice = f"One of {count} samples has that part of its {name}: take less than {name} = {sigma:g}."
        check_between("sampled", f"least {name}", least, 0.0, np.inf, "of the nominal", advice)
    known = like or ready(section, wavelength, fineness)
    mode = known.light
    if mode is None:
        raise ValueError("sampled: like has no mode: give `ready` a wavelength.")
    both, bias = _program(jax.tree.map(float, section), known.plan, spread), jnp.asarray(volts, float)
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # a sample is too small for two cores, two samples are not
        shifts = np.array(list(pool.map(lambda draw: np.stack(both(mode, bias, draw)), draws)))
    rest, driven = jnp.asarray(shifts[:, 0]), jnp.asarray(shifts[:, 1])
    delta = jnp.real(driven - rest)
    lost = int(jnp.sum(jnp.isnan(delta)))
    said = f"sampled: {lost} of {count} samples break down or have no solution at {float(bias):g} V"
    if lost == count:
        raise ValueError(f"{said}. Take less reverse bias or less doping; `figures` says of one what is wrong.")
    if lost:
        warnings.warn(f"{said}: they are NaN.", stacklevel=2)
    return Samples(
        delta,
        1e-4 * jnp.abs(bias) * mode.wavelength / (2 * jnp.abs(delta)),
        mode.loss_dB_cm(rest),
        jnp.asarray(1 + spread.dose * draws[:, 0]),
        jnp.asarray(spread.overlay * draws[:, 1]),
    )


@lru_cache(maxsize=8)
def _program(section: Section, plan: Plan, spread: Spread) -> Callable[[Light, Array, Any], tuple[Array, Array]]:
    """Shifts of n_eff at 0 V and at a reverse bias for one draw: compiled once for a section of plain numbers."""
    x, y, way = plan.lines(section), plan.levels(section), jnp.asarray(plan.reverse)

    @jax.jit
    def both(mode: Light, volts: Array, draw: Array) -> tuple[Array, Array]:
        device = plan.laid(_moved(section, spread, draw), x, y)
        return mode.shift(device, solve(device, 0.0 * way)), mode.shift(device, solve(device, volts * way))

    return both


def _moved(section: Section, spread: Spread, draw: Array) -> Section:
    implants: list[Any] = []
    for k, one in enumerate(section.implants):
        by = spread.overlay * draw[1, k]
        implants.append(
            replace(
                one,
                concentration=one.concentration * (1 + spread.dose * draw[0, k]),
                left=None if one.left is None else one.left + by,
                right=None if one.right is None else one.right + by,
                straggle=one.straggle * (1 + spread.straggle * draw[2, k]),
            )
        )
    return replace(section, implants=tuple(implants))
