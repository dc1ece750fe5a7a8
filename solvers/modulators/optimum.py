"""Electrodes of the largest bandwidth under a limit of V_pi, at all corners of a process, by gradient.

    start = modulators.Coplanar(gap=6.0, signal_width=12.0, ground_width=150.0)
    corners = {"nominal": start, "wide": replace(start, gap=5.9, signal_width=12.1)}
    best = modulators.optimum(corners, {"gap": (5.0, 9.0), "signal_width": (8.0, 40.0)}, v_pi=3.0, frequency=band)
    best.drawn, best.length, best.after["wide"].bandwidth

What is free is drawn, and drawn once: at each corner it moves by as much as at the first, and keeps its bias.
A longer electrode has a lower V_pi and a lower bandwidth, so the length is one of the numbers. The worst corner counts:
the problem is to raise t [Hz] while bandwidth >= t and V_pi <= limit hold at each corner, which is smooth, unlike the
worst corner itself. Sequential quadratic programming (`scipy.optimize`, SLSQP) with exact derivatives solves it.

Numbers are then rounded to what a mask is drawn on, and the length is chosen anew, so that figures "after" belong to a
layout and not to a point between its grid points.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy.optimize import minimize

from lingnan.solvers.checks import check_between
from lingnan.solvers.modulators.coplanar import Coplanar
from lingnan.solvers.modulators.figures import Figures, Ready, figures, ready
from lingnan.solvers.modulators.loaded import TRail
from lingnan.solvers.modulators.minimax import GIGA, SCALE, Minimax, Step
from lingnan.solvers.modulators.network import MATCHED
from lingnan.solvers.modulators.pockels import Coefficients

Electrode = Coplanar | TRail
#: of the largest bandwidth: SLSQP ends where a step gains less [GHz]; measured ones are known to a GHz or so
GAIN = 0.1


@dataclass(frozen=True)
class Optimum:
    """What `optimum` found."""

    drawn: dict[str, float]  #: what was free, on the grid [µm]
    length: float  #: of the electrode [µm]
    v_pi_limit: float  #: [V]
    before: dict[str, Figures]  #: of the start, by corner, at the length that meets the limit at all corners
    after: dict[str, Figures]  #: of what was found, likewise
    steps: tuple[Step, ...]  #: of the search, the start first
    message: str  #: why the search ended

    @property
    def bandwidths(self) -> tuple[float, float]:
        """Of the worst corner before and after [Hz]."""
        return worst_bandwidth(self.before), worst_bandwidth(self.after)

    def table(self) -> str:
        """Before and after, a line for each corner."""
        lines = [f"{'corner':16s} {'V_pi (V)':>16s} {'bandwidth (GHz)':>18s} {'n_RF - n_g':>18s} {'|Z0| (ohm)':>14s}"]
        for name, first in self.before.items():
            pairs = zip(_row(first), _row(self.after[name]), (".2f", ".1f", "+.3f", ".1f"), strict=True)
            cells = [f"{a:{form}} -> {b:{form}}" for a, b, form in pairs]
            lines.append(f"{name:16s} {cells[0]:>16s} {cells[1]:>18s} {cells[2]:>18s} {cells[3]:>14s}")
        return "\n".join(lines)


def optimum(
    corners: Mapping[str, Electrode],
    free: Mapping[str, tuple[float, float]],
    *,
    v_pi: float,
    frequency: ArrayLike,
    length: tuple[float, float] = (1000.0, 20000.0),
    source: Any = MATCHED,
    termination: Any = MATCHED,
    wavelength: ArrayLike = 1.55,
    drop_db: float = 3.0,
    r: Coefficients | None = None,
    temperature: Mapping[str, float] | None = None,
    start: Mapping[str, float] | None = None,
    grid: float = 0.01,
    steps: int = 30,
    say: Callable[[Step], None] | None = None,
) -> Optimum:
    """Widen the band of the worst corner at a limit of V_pi.

    Args:
        corners: the same electrode as each corner of the process makes it, all of one kind.
        free: names of numbers of the electrode (of a `TRail` or of its base) -> least and largest as drawn [µm].
        v_pi: limit [V], at low frequency, of all corners.
        frequency: the band [Hz], (F,), rising; its end must lie above what can be reached.
        length: of the electrode, least and largest [µm].
        source: impedance, as of `figures`.
        termination: likewise.
        wavelength: [µm].
        drop_db: that makes the bandwidth.
        r: Pockels coefficients; None: clamped ones.
        temperature: of each corner [K], as of `figures`; None: each material's own.
        start: how what is free is drawn at the start [µm]; None: as it is at the first corner.
        grid: on which free numbers are drawn [µm].
        steps: of the search at most.
        say: is told each step.

    Raises:
        ValueError: no corner, a name that is no number of the electrode, a start outside its limits, a V_pi that no
            length meets, or a bandwidth that lies beyond the band.
    """
    names = tuple(free)
    first = _checked(corners, free, v_pi, length, grid, start)
    band = jnp.atleast_1d(jnp.asarray(frequency, float))
    parts = {name: ready(spec, wavelength) for name, spec in corners.items()}

    def two(spec: Electrode, like: Ready, kelvin: float | None, p: Array) -> tuple[Array, Figures]:
        moved = {n: number(spec, n) + p[k] - first[n] for k, n in enumerate(names)}
        f = figures(
            changed(spec, moved), band, p[-1], wavelength=wavelength, source=source, termination=termination,
            drop_db=drop_db, r=r, temperature=kelvin, like=like,
        )  # fmt: skip
        return jnp.stack([f.v_pi, f.bandwidth / GIGA]), f

    # one program for all: it takes longer to compile than to run
    slopes = jax.jit(jax.jacrev(two, argnums=3, has_aux=True))

    def sloped(name: str, p: Array) -> tuple[Array, Figures]:
        return slopes(corners[name], parts[name], temperature[name] if temperature else None, p)

    def all_of(p: np.ndarray) -> dict[str, Figures]:
        return {name: sloped(name, jnp.asarray(p))[1] for name in corners}

    def drawn(p: np.ndarray) -> tuple[np.ndarray, dict[str, Figures]]:
        """At the length that meets the limit at all corners: V_pi L does not know the length."""
        least = max(float(f.v_pi) for f in all_of(p).values()) * p[-1] / v_pi
        if not length[0] <= least <= length[1]:
            at = ", ".join(f"{name} {value:.3f}" for name, value in zip(names, p[:-1], strict=True))
            raise ValueError(
                f"optimum: a V_pi of {v_pi:g} V takes {least:.0f} µm at {at} µm: `length` allows {length[0]:g} to "
                f"{length[1]:g} µm. Widen it, or ask for another V_pi."
            )
        p = np.append(p[:-1], math.ceil(least - 1e-6))
        return p, all_of(p)

    at, before = drawn(np.array([*first.values(), float(np.mean(length))]))
    low = np.array([*(free[n][0] for n in names), length[0]])
    size = np.array([*(free[n][1] for n in names), length[1]]) - low
    search = Minimax(tuple(corners), sloped, low, size, v_pi, names, say)
    x = np.append((at - low) / size, worst_bandwidth(before) / GIGA / SCALE)
    answer = minimize(
        search.value, x, jac=search.value_slope, method="SLSQP", bounds=[(0.0, 1.0)] * len(low) + [(0.0, None)],
        constraints={"type": "ineq", "fun": search.margins, "jac": search.margin_slopes},
        options={"maxiter": steps, "ftol": GAIN / SCALE}, callback=search.stepped,
    )  # fmt: skip
    end = low + size * np.clip(answer.x[:-1], 0.0, 1.0)
    inside = np.round(end[:-1] / grid) * grid
    end, after = drawn(np.append(np.clip(inside, low[:-1], (low + size)[:-1]), end[-1]))
    missed = [name for name, f in after.items() if not bool(f.crossing.found)]
    if missed:
        raise ValueError(
            f"optimum: S21 of {', '.join(missed)} does not fall by {drop_db:g} dB up to {float(band[-1]):g} Hz, so "
            "there is no bandwidth to raise. Go to higher frequencies, or lower the limit of V_pi."
        )
    numbers = dict(zip(names, (float(v) for v in end[:-1]), strict=True))
    return Optimum(numbers, float(end[-1]), v_pi, before, after, tuple(search.steps), str(answer.message))


def worst_bandwidth(found: Mapping[str, Figures]) -> float:
    """The least of all corners [Hz]."""
    return min(float(f.bandwidth) for f in found.values())


def number(spec: Electrode, name: str) -> Any:
    """A number of an electrode, or of the base of one with T's."""
    return getattr(spec if name in _own(spec) else _base(spec), name)


def changed(spec: Electrode, numbers: Mapping[str, Any]) -> Electrode:
    """The electrode with other numbers, by the names of its own and of its base's."""
    own = {k: v for k, v in numbers.items() if k in _own(spec)}
    rest = {k: v for k, v in numbers.items() if k not in own}
    if isinstance(spec, TRail):
        return replace(spec, base=replace(spec.base, **rest), **own)
    return replace(spec, **own)


def _base(spec: Electrode) -> Coplanar:
    return spec.base if isinstance(spec, TRail) else spec


def _own(spec: Electrode) -> set[str]:
    return {f.name for f in fields(spec)} - {"base"}


def _row(f: Figures) -> tuple[float, float, float, float]:
    """V_pi [V], bandwidth [GHz], mismatch of velocities and |Z0| [Ω] at the middle of the band."""
    k = len(f.line.frequency) // 2
    mismatch = float(f.line.n_rf[k]) - float(f.shift.n_g)
    return float(f.v_pi), float(f.bandwidth) / GIGA, mismatch, float(jnp.abs(f.line.z0[k]))


def _checked(
    corners: Mapping[str, Electrode],
    free: Mapping[str, tuple[float, float]],
    v_pi: float,
    length: tuple[float, float],
    grid: float,
    start: Mapping[str, float] | None,
) -> dict[str, float]:
    """What is free as drawn at the start [µm]."""
    if not corners:
        raise ValueError("optimum: no corner: it needs 1 or more. Give {'nominal': spec}.")
    if not free:
        raise ValueError("optimum: nothing is free. Give names of numbers with their limits, {'gap': (5.0, 9.0)}.")
    check_between("optimum", "v_pi", v_pi, 0.0, np.inf, "V", "Give the limit of the driver.")
    check_between("optimum", "grid", grid, 0.0, np.inf, "µm", "Give the step on which numbers are drawn.")
    first = next(iter(corners.values()))
    known = sorted(n for n in _own(first) | _own(_base(first)) if isinstance(number(first, n), (int, float)))
    if start is not None and set(start) != set(free):
        raise ValueError(f"optimum: start has {sorted(start)} and free has {sorted(free)}: give a start for each.")
    for least, most in (*free.values(), length):
        if not (math.isfinite(least) and math.isfinite(most) and least < most):
            raise ValueError(f"optimum: {least} to {most} µm holds nothing. Give least and largest.")
    found: dict[str, float] = {}
    for name, (least, most) in free.items():
        if name not in known:
            raise ValueError(f"optimum: the electrode has no number {name!r}: it has {', '.join(known)}.")
        given = float(number(first, name) if start is None else start[name])
        found[name] = given
        if not least <= given <= most:
            raise ValueError(
                f"optimum: {name} starts at {given:g} µm, outside of {least:g} to {most:g} µm. Start inside."
            )
    return found
