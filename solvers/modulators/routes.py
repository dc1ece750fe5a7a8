"""Electro-optic responses by other routes than `travelling.response`: checks of it, and voltages along a line.

`integrated` has the same waves and sums what light meets over points. `marched` has no waves, no chain matrix of a line
and no integral that is known: it steps through the telegrapher's equations

    dV/dz = -Z' I,   dI/dz = -Y' V,   Z' = R - iωL,   Y' = G - iωC

from the termination to the source, cell by cell, and adds up what the light meets on its way. A cell is half of its
shunt, its series branch, and half of its shunt again: errors fall as the square of the step.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from lingnan.solvers.checks import check_no_less
from lingnan.solvers.modulators.line import C0
from lingnan.solvers.modulators.network import MICRON, ends
from lingnan.solvers.modulators.rows import Row
from lingnan.solvers.modulators.travelling import Modulator, Response, answered, before, open_voltage, prepared


def integrated(modulator: Modulator, frequency: ArrayLike, points: int = 64) -> Response:
    """The response by sums over points of each stretch: right when points are many to a wavelength.

    Args:
        modulator: as of `response`.
        frequency: [Hz], a number or (F,).
        points: of Gauss on each stretch.
    """
    f, row = prepared(modulator, frequency)
    _, weight, v, optical, v_in, i_in = _along(modulator, f, row, points)
    light = 2j * jnp.pi * f * modulator.n_g / C0 * MICRON
    total = jnp.sum(weight * v * jnp.exp(-light[:, None] * optical), axis=-1)
    return answered(modulator, f, row, total, v_in, i_in)


def voltage_along(modulator: Modulator, frequency: ArrayLike, points: int = 64) -> tuple[Array, Array]:
    """Where [µm], (Z,), and the voltage there of half the source's open voltage, (F, Z), along the line."""
    f, row = prepared(modulator, frequency)
    z, _, v, _, v_in, i_in = _along(modulator, f, row, points)
    return z, v * (2 / open_voltage(modulator, f, v_in, i_in))[:, None]


def marched(modulator: Modulator, frequency: ArrayLike, cells: int = 1000) -> Response:
    """The response by finite differences of the telegrapher's equations; the error falls as 1/cells².

    Args:
        modulator: as of `response`.
        frequency: [Hz], a number or (F,).
        cells: of each stretch, many to a wavelength: with N of them to one, the waves' index is wrong by 1.6/N² of it.
    """
    check_no_less("modulator", "cells", cells, 1, "", "Of each stretch, a hundred to a wavelength.")
    f, row = prepared(modulator, frequency)
    v, i = ends(modulator.termination, f, "termination:")
    light = 2j * jnp.pi * f * modulator.n_g / C0 * MICRON
    starts = before(row.path)
    stretch = {int(place): s for s, place in enumerate(row.stretches)}
    total = jnp.zeros_like(v)
    for k in reversed(range(len(row.matrices))):
        if k in stretch:
            s = stretch[k]
            phase = light * row.path[s] / cells
            v, i, seen = _through(v, i, row.gamma[s] * row.z0[s], row.gamma[s] / row.z0[s], row.length[s], phase, cells)
            total = total + row.effect[s] * row.length[s] * jnp.exp(-light * starts[s]) * seen
        else:
            m = row.matrices[k]
            v, i = m[:, 0, 0] * v + m[:, 0, 1] * i, m[:, 1, 0] * v + m[:, 1, 1] * i
    return answered(modulator, f, row, total, v, i)


@partial(jax.jit, static_argnames="cells")
def _through(
    v: Array, i: Array, series: Array, shunt: Array, length: Array, phase: Array, cells: int
) -> tuple[Array, Array, Array]:
    """V and I where a stretch begins, for those where it ends, and the mean of V exp(-iks) along it."""
    step = length * MICRON / cells
    z, half = series * step, shunt * step / 2

    def cell(state: tuple[Array, Array, Array], _: None) -> tuple[tuple[Array, Array, Array], None]:
        v, i, seen = state
        through = i + half * v
        first = v + z * through
        # what was summed so far lies one cell further on along the light
        seen = (seen + v / 2) * jnp.exp(-phase) + first / 2
        return (first, through + half * first, seen), None

    (v, i, seen), _ = lax.scan(cell, (v, i, jnp.zeros_like(v)), length=cells)
    return v, i, seen / cells


def _along(modulator: Modulator, f: Array, row: Row, points: int) -> tuple[Array, Array, Array, Array, Array, Array]:
    check_no_less("modulator", "points", points, 1, "", "Of Gauss on each stretch, many to a wavelength.")
    nodes, weights = np.polynomial.legendre.leggauss(points)
    at, share = (nodes + 1) / 2, weights / 2
    v, i = row.states(*ends(modulator.termination, f, "termination:"))
    angle = (row.gamma * (row.length[:, None] * MICRON))[..., None] * at
    across, through = v[row.stretches][..., None], (row.z0 * i[row.stretches])[..., None]
    volts = jnp.moveaxis(jnp.cosh(angle) * across - through * jnp.sinh(angle), 0, 1)
    z, optical = (before(size)[:, None] + size[:, None] * at for size in (row.length, row.path))
    weight = (row.effect * row.length)[:, None] * share
    return z.ravel(), weight.ravel(), volts.reshape(len(f), -1), optical.ravel(), v[0], i[0]
