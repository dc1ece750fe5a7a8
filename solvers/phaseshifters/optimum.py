"""Implants of the least V_pi L times loss that a process scatters little, above a bandwidth, by gradient.

    def made(drawn, errors):                                   # of numbers that may be traced
        wall = drawn["junction"] + errors.get("overlay", 0.0)
        p, n = Implant("p", 5e17, right=wall, straggle=0.03), Implant("n", 3e17, left=wall, straggle=0.03)
        return rib([p, n]), 0.0                                # a section, and what is in series with it [Ω m]

    best = optimum(made, {"junction": (-0.1, 0.1)}, {"junction": 0.0}, {"overlay": 0.03}, volts=2.0, bandwidth=80e9)
    best.drawn, best.before.product, best.after.product

The guide stays as it is, and so does its mode; lines of the carriers' mesh move with what is drawn. Errors of the
process are independent and normal. Mean and deviation of a figure come from 1 + 2K + 4M solves for K errors and M pairs
that act together (`scatter`), second order included, and are smooth in what is drawn. Sequential quadratic programming
(`scipy.optimize`, SLSQP) with exact derivatives then lowers mean + k deviations of the product while mean - k
deviations of the bandwidth stays above the limit. What comes out lies on the mask's grid.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike
from scipy.optimize import minimize

from lingnan.solvers.checks import check_between, check_no_less
from lingnan.solvers.phaseshifters.light import FINE, laid, planned, waveguide
from lingnan.solvers.phaseshifters.operation import Ready, figures
from lingnan.solvers.phaseshifters.plan import Fineness, Plan
from lingnan.solvers.phaseshifters.samples import MOVING
from lingnan.solvers.phaseshifters.scatter import FAR, rule, scattered
from lingnan.solvers.phaseshifters.section import Section
from lingnan.solvers.waveguides import solve

Made = Callable[[Mapping[str, Any], Mapping[str, Any]], tuple[Section, Any]]
#: SLSQP ends where a step gains less than this share of the product
GAIN = 1e-4


class Outcome(NamedTuple):
    """Nominal value, mean and standard deviation of each, (3,)."""

    vpi_l: Any  #: of a swing from 0 V [V cm]
    loss_db_cm: Any  #: of carriers at 0 V [dB/cm]
    product: Any  #: of both [V dB]
    bandwidth: Any  #: 1/(2π R C) at the voltage [Hz]


class OptimumStep(NamedTuple):
    """Where a step of the search stood."""

    drawn: dict[str, float]  #: what is free [µm]
    product: float  #: mean and so many deviations more [V dB]
    bandwidth: float  #: mean and so many deviations less [Hz]


@dataclass(frozen=True)
class Optimum:
    """What `optimum` found."""

    drawn: dict[str, float]  #: what was free, on the grid [µm]
    sigmas: float  #: deviations that count
    limit: float  #: of the bandwidth [Hz]
    before: Outcome  #: of the start
    after: Outcome
    steps: tuple[OptimumStep, ...]  #: of the search, the start first
    message: str  #: why the search ended
    finished: bool = True  #: not interrupted

    def table(self) -> str:
        """Before and after: nominal, and mean with its deviation."""
        lines = [f"{'':20s} {'nominal':>20s} {'with the process':>36s}"]
        rows = (
            ("V_pi L (V cm)", "vpi_l", 1.0, ".3f"), ("loss (dB/cm)", "loss_db_cm", 1.0, ".2f"),
            ("product (V dB)", "product", 1.0, ".2f"), ("bandwidth (GHz)", "bandwidth", 1e-9, ".1f"),
        )  # fmt: skip
        for word, name, scale, form in rows:
            a, b = (scale * np.asarray(getattr(one, name)) for one in (self.before, self.after))
            ends = f"{a[0]:{form}} -> {b[0]:{form}}"
            means = f"{a[1]:{form}} ± {a[2]:{form}} -> {b[1]:{form}} ± {b[2]:{form}}"
            lines.append(f"{word:20s} {ends:>20s} {means:>36s}")
        return "\n".join(lines)


def optimum(
    made: Made,
    free: Mapping[str, tuple[float, float]],
    start: Mapping[str, float],
    spread: Mapping[str, float],
    *,
    volts: float,
    bandwidth: float,
    wavelength: ArrayLike = 1.55,
    order: Sequence[tuple[str, str, float]] = (),
    together: Sequence[tuple[str, str]] = (),
    sigmas: float = 2.0,
    grid: float = 0.001,
    fineness: Fineness = MOVING,
    steps: int = 30,
    say: Callable[[OptimumStep], None] | None = None,
) -> Optimum:
    """Lower V_pi L times loss, with its scatter, above a limit of the bandwidth.

    An interrupt from the keyboard ends the search with the best step so far.

    Args:
        made: from what is drawn and errors of the process, by name, to the section and its leads [Ω m]. Only implants
            and contacts may move; an error that is not named is none. Edges keep their order, see `order`.
        free: what is drawn -> least and largest [µm].
        start: the same, where the search starts.
        spread: errors of the process -> standard deviation.
        volts: of the swing, in reverse [V].
        bandwidth: limit [Hz].
        wavelength: [µm].
        order: pairs of free names, and by how much the second stays above the first [µm].
        together: pairs of errors whose product acts, as of two masks that meet; products of others are left out.
        sigmas: deviations that count, k.
        grid: on which free numbers are drawn [µm].
        fineness: of the mesh of carriers.
        steps: of the search at most.
        say: is told each step.

    Raises:
        ValueError: nothing is free, limits that hold nothing, a start outside or out of order, errors with which it is
            no section or by which edges pass each other at the start or at the end, a grid without a point in order, or
            a bandwidth that is not reached.
    """
    _check(free, start, spread, volts, bandwidth, sigmas, grid, steps)
    _check_order(free, start, order)
    _check_together(spread, together)
    names = tuple(free)
    slopes, check_places = _program(made, names, start, spread, together, volts, wavelength, sigmas, fineness)
    low = np.array([free[name][0] for name in names])
    size = np.array([free[name][1] for name in names]) - low
    first = np.array([float(start[name]) for name in names])
    search = _Search(slopes, names, low, size, bandwidth, say)
    apart = np.array([[(n == high) - (n == below) for n in names] for below, high, _ in order], float)
    least = np.array([distance for *_, distance in order])
    ordered = {
        "type": "ineq", "fun": lambda x: apart @ (low + size * x) - least, "jac": lambda x: apart * size,
    }  # fmt: skip
    limited = {"type": "ineq", "fun": search.margin, "jac": search.margin_slope}
    message, finished = "interrupted", False
    try:
        answer = minimize(
            search.value, (first - low) / size, jac=search.value_slope, method="SLSQP",
            bounds=[(0.0, 1.0)] * len(names),
            constraints=[limited, ordered] if len(order) else [limited],
            options={"maxiter": steps, "ftol": GAIN}, callback=search.stepped,
        )  # fmt: skip
        x, message, finished = np.clip(answer.x, 0.0, 1.0), str(answer.message), True
    except KeyboardInterrupt:
        if not search.steps:
            raise
        last = min((s for s in search.steps if s.bandwidth >= bandwidth), key=_product, default=search.steps[-1])
        x = (np.array([last.drawn[name] for name in names]) - low) / size
    rows = [(names.index(below), names.index(above), distance) for below, above, distance in order]
    p, after = _on_grid(slopes, low + size * x, low, low + size, grid, bandwidth, rows)
    drawn = dict(zip(names, (round(float(v), 9) for v in p), strict=True))
    at = ", ".join(f"{name} = {value:g} µm" for name, value in drawn.items())
    check_places(drawn, f"where the search ended ({at})", "Keep edges apart by their limits and `order`")
    _, before = slopes(jnp.asarray(first))
    first_of, last_of = (Outcome(*(np.asarray(v) for v in one)) for one in (before[1], after))
    return Optimum(drawn, sigmas, bandwidth, first_of, last_of, tuple(search.steps), message, finished)


def _product(step: OptimumStep) -> float:
    return step.product


Slopes = Callable[[Array], tuple[Array, tuple[Array, Outcome]]]


class Program(NamedTuple):
    """What is solved, and what has to hold where it is."""

    slopes: Slopes
    check_places: Callable[[Mapping[str, float], str, str], None]  #: of what is drawn, where that is, what to do


def _program(
    made: Made,
    names: tuple[str, ...],
    start: Mapping[str, float],
    spread: Mapping[str, float],
    together: Sequence[tuple[str, str]],
    volts: float,
    wavelength: ArrayLike,
    sigmas: float,
    fineness: Fineness,
) -> Program:
    """What is to be low [V dB] and what is to be high [Hz], (2,), with derivatives by what is drawn, and figures."""
    plain = made(start, {})[0]
    plan = planned(plain, fineness)
    place = {name: k for k, name in enumerate(spread)}
    pairs = tuple((place[one], place[other]) for one, other in together)
    points = rule(len(spread), pairs) * np.array([float(one) for one in spread.values()])
    errors = [dict(zip(spread, map(float, row), strict=True)) for row in points]
    check_places = partial(_check_places, made, errors, plan)
    check_places(start, "at the start", "Start farther apart")
    modes = solve(waveguide(plain, plan.topology), wavelength, 1, resolution=FINE)
    rows = jnp.asarray(points)

    def one(p: Array, z: Array) -> Array:
        section, leads = made(dict(zip(names, p, strict=True)), dict(zip(spread, z, strict=True)))
        f = figures(section, volts, wavelength, leads=leads, like=Ready(plan, laid(modes, section, plan)))
        vpi_l, loss = f.vpi_l[0], f.loss_at_rest_dB_cm
        return jnp.stack([vpi_l, loss, vpi_l * loss, f.bandwidth[0]])

    def two(p: Array) -> tuple[Array, tuple[Array, Outcome]]:
        nominal, mean, deviation = scattered(lax.map(lambda z: one(p, z), rows), pairs)
        pair = jnp.stack([mean[2] + sigmas * deviation[2], mean[3] - sigmas * deviation[3]])
        return pair, (pair, Outcome(*jnp.stack([nominal, mean, deviation], axis=-1)))

    return Program(jax.jit(jax.jacfwd(two, has_aux=True)), check_places)


class _Search:
    """The problem in numbers from 0 to 1, its goal as a share of that of the start."""

    def __init__(
        self,
        slopes: Slopes,
        names: tuple[str, ...],
        low: np.ndarray,
        size: np.ndarray,
        limit: float,
        say: Callable[[OptimumStep], None] | None,
    ) -> None:
        self.slopes, self.names, self.low, self.size, self.limit, self.say = slopes, names, low, size, limit, say
        self.steps: list[OptimumStep] = []
        self._at: tuple[bytes, np.ndarray, np.ndarray] | None = None
        self._scale = 1.0

    def value(self, x: np.ndarray) -> float:
        return float(self._pair(x)[0][0]) / self._scale

    def value_slope(self, x: np.ndarray) -> np.ndarray:
        return self._pair(x)[1][0] / self._scale

    def margin(self, x: np.ndarray) -> float:
        return float(self._pair(x)[0][1]) / self.limit - 1

    def margin_slope(self, x: np.ndarray) -> np.ndarray:
        return self._pair(x)[1][1] / self.limit

    def stepped(self, x: np.ndarray) -> None:
        """Keep, and tell, where the search stands."""
        pair, _ = self._pair(x)
        p = self.low + self.size * x
        step = OptimumStep(dict(zip(self.names, (float(v) for v in p), strict=True)), float(pair[0]), float(pair[1]))
        self.steps.append(step)
        if self.say:
            self.say(step)

    def _pair(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Goal and bandwidth, (2,), and their slopes, (2, N)."""
        key = x.tobytes()
        if self._at is None or self._at[0] != key:
            slope, (pair, _) = self.slopes(jnp.asarray(self.low + self.size * np.clip(x, 0.0, 1.0)))
            first = self._at is None
            if first and not np.all(np.isfinite(pair)):
                raise ValueError(
                    f"optimum: at the start {float(pair[0]):g} V dB and {float(pair[1]):g} Hz: drift and diffusion has "
                    "no solution there, as where a junction breaks down. Lower the volts, doses or errors."
                )
            self._at = key, np.asarray(pair), np.asarray(slope) * self.size
            if first:
                self._scale = float(pair[0])
                self.stepped(x)
        return self._at[1], self._at[2]


Rows = Sequence[tuple[int, int, float]]  #: the numbers of two that keep their order, and by how much


def _on_grid(
    slopes: Slopes, p: np.ndarray, low: np.ndarray, high: np.ndarray, grid: float, limit: float, order: Rows
) -> tuple[np.ndarray, Outcome]:
    """The nearest point of the grid in order; where it falls below the limit, steps up the slope of the bandwidth."""
    tiny = 1e-9
    steps = [(below, above, math.ceil(distance / grid - tiny)) for below, above, distance in order]
    ordered = partial(_ordered, np.ceil(low / grid - tiny), np.floor(high / grid + tiny), steps)
    k, reached = ordered(np.round(p / grid), range(len(p))), 0.0
    for _ in range(10):
        slope, (pair, found) = slopes(jnp.asarray(k * grid))
        reached = float(pair[1])
        if reached >= limit:
            return k * grid, found
        rise = np.asarray(slope[1])
        before, k = k, ordered(k + np.sign(rise), np.argsort(-np.abs(rise)))
        if np.array_equal(k, before):
            break
    raise ValueError(
        f"optimum: the bandwidth stays at {reached:.4g} Hz, below {limit:.4g} Hz, with the deviations that "
        "count. Lower the limit, or let contact implants come nearer."
    )


def _ordered(
    least: np.ndarray, most: np.ndarray, order: Sequence[tuple[int, int, int]], k: np.ndarray, first: Iterable[int]
) -> np.ndarray:
    """Whole numbers near to some, between limits and in order: one after the other is settled, others give way."""
    least, most = least.copy(), most.copy()
    for one in first:
        for _ in k:  # what one of two that keep their order may be limits the other, and so on along all of them
            for below, above, steps in order:
                least[above] = max(least[above], least[below] + steps)
                most[below] = min(most[below], most[above] - steps)
        if np.any(least > most) or any(least[above] < least[below] + steps for below, above, steps in order):
            raise ValueError(
                "optimum: no point of the grid lies between the limits and in order. Take a finer grid or wider limits."
            )
        least[one] = most[one] = np.clip(k[one], least[one], most[one])
    return least


def _check(
    free: Mapping[str, tuple[float, float]],
    start: Mapping[str, float],
    spread: Mapping[str, float],
    volts: float,
    bandwidth: float,
    sigmas: float,
    grid: float,
    steps: int,
) -> None:
    where = "optimum"
    if not free:
        raise ValueError(f"{where}: nothing is free. Give names with their limits, {{'junction': (-0.1, 0.1)}}.")
    if set(start) != set(free):
        raise ValueError(f"{where}: start has {sorted(start)} and free has {sorted(free)}: give a start for each.")
    for name, (least, most) in free.items():
        if not (math.isfinite(least) and math.isfinite(most) and least < most):
            raise ValueError(f"{where}: {name} of {least} to {most} µm holds nothing. Give least and largest.")
        if not least <= float(start[name]) <= most:
            raise ValueError(
                f"{where}: {name} starts at {float(start[name]):g} µm, outside of {least:g} to {most:g} µm. Start "
                "inside."
            )
    for name, value in spread.items():
        check_no_less(where, f"spread of {name}", value, 0.0, "", "A standard deviation is no less than none.")
    check_between(where, "volts", volts, 0.0, np.inf, "V", "The swing goes from 0 V into reverse.")
    check_between(where, "bandwidth", bandwidth, 0.0, np.inf, "Hz", "Give the least that the junction may have.")
    check_no_less(where, "sigmas", sigmas, 0.0, "", "2 is usual.")
    if steps < 1 or steps % 1:
        raise ValueError(f"{where}: steps = {steps!r} is no whole number of 1 or more. 30 is usual.")
    check_between(where, "grid", grid, 0.0, np.inf, "µm", "Give the step on which numbers are drawn.")


def _check_order(
    free: Mapping[str, tuple[float, float]], start: Mapping[str, float], order: Sequence[tuple[str, str, float]]
) -> None:
    for below, above, distance in order:
        for name in (below, above):
            if name not in free:
                raise ValueError(f"optimum: order has {name!r}, which is not free: {', '.join(free)} are.")
        if not float(start[above]) - float(start[below]) >= distance:
            raise ValueError(
                f"optimum: {above} starts at {float(start[above]):g} µm, less than {distance:g} µm above {below} at "
                f"{float(start[below]):g} µm. Start in order."
            )


def _check_places(
    made: Made, errors: Sequence[Mapping[str, float]], plan: Plan, drawn: Mapping[str, float], where: str, advice: str
) -> None:
    """Refuse errors by which edges that lines follow pass each other: cells would be less than none."""
    for one in errors:
        if not np.all(np.diff(np.asarray(plan.lines(made(drawn, one)[0]))) > 0):
            said = ", ".join(f"{name} = {value:.3g}" for name, value in one.items() if value)
            what = f"an error of {said} moves an edge" if said else "an edge has moved"
            raise ValueError(
                f"optimum: {where} {what} past its neighbour, and errors count to {FAR:.3g} deviations. {advice}, or "
                "take a smaller spread."
            )


def _check_together(spread: Mapping[str, float], together: Sequence[tuple[str, str]]) -> None:
    seen: set[frozenset[str]] = set()
    for pair in together:
        for name in pair:
            if name not in spread:
                raise ValueError(f"optimum: together has {name!r}, which has no spread: {', '.join(spread)} have.")
        if len({*pair}) != 2 or frozenset(pair) in seen:
            raise ValueError(f"optimum: together has {pair!r}: name two errors, and each pair once.")
        seen.add(frozenset(pair))
