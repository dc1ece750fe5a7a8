"""How errors of doses and masks change the drawn diodes of the silicon line, solved and kept: `implanted` applies it.

Errors are a dose and a place for each mask, up to three deviations of the process. Drift and diffusion are solved with
one error alone, and with some pairs of them; of each number the logarithm over the nominal one is then a sum of
polynomials of one error, and of products for those pairs. The two masks that make a PN junction have all products up to
the fourth powers: their distance is what counts most. `Change.error` says what the sum leaves out.

The mesh stands still: it has lines where masks may go, and edges are blurred by several of its cells.
"""

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike
from numpy.polynomial.chebyshev import chebvander

from lingnan import __version__
from lingnan.components.compact import store
from lingnan.components.compact.chebyshev import Floats, Surfaces, nodes
from lingnan.components.soi import carriers
from lingnan.components.soi.diodes import pin_sides, pn_sides
from lingnan.components.soi.lateral import Side, rib_of
from lingnan.components.soi.optimise import spread_of
from lingnan.components.soi.resonators import disk_of, ring_of
from lingnan.components.soi.voltages import FORWARD, MIDDLE, REVERSE
from lingnan.pdk import active_process
from lingnan.solvers import phaseshifters
from lingnan.solvers.phaseshifters import Implant, Section
from lingnan.solvers.phaseshifters.plan import Fineness
from lingnan.solvers.semiconductors import admittance
from lingnan.solvers.semiconductors import solve as drifted
from lingnan.solvers.tracing import namespace

SIGMAS = 3.0  #: deviations up to which errors are kept: masks and doses farther off are made again
KINDS = ("real", "imaginary", "capacitance", "resistance")  #: of numbers; those of a PIN end before the capacitance
Term = tuple[tuple[int, int], ...]  #: one error or two, each with its power
_VOLTS = {"pn": 5, "pin": 9}
_FLOOR = 1e-9  #: of a change of index whose logarithm is kept, as in `voltages`
_POWERS = 4  #: of the places of both masks of a junction, or that let carriers into a PIN
_DIGITS = 6  #: behind the point of a logarithm: a hundredth of what the sums leave out
CELL = 0.005  #: µm about a junction: of Debye's length, so that what is depleted ends anywhere between two lines
WING = 0.025  #: µm where other masks come, which say what resistance a junction has and what is injected into a PIN
DEPLETED = 0.1  #: µm beyond the places of both masks in which lines are close
_MESH = Fineness(junction=0.006, edge=0.03, around=0.0, growth=1.4, most=0.2, round_x=4, round_y=1)
_FREQUENCY = 1e9  #: Hz, at which C and R are taken, as by `phaseshifters.figures`
_TRIED = 6  #: draws for the error
_FLAT = (0.0, 1.0)  #: all depends on voltage alone


@dataclass(frozen=True)
class Change:
    """Logarithms over the nominal diode, as polynomials of errors and of the voltage."""

    masks: tuple[str, ...]  #: of both sides in turn, those of the lowest concentrations first
    limits: tuple[float, ...]  #: of doses [share], then of places [µm]
    terms: tuple[Term, ...]
    driven: Surfaces  #: of each number and term, over volts
    idle: Floats  #: (2, terms) of donors alone, real and imaginary
    error: float  #: largest of an index, an absorption, C and R at errors drawn at random, relative

    def basis(self, errors: Any) -> Any:
        """Products of errors (…, 2 masks), shares of their limits: (…, terms)."""
        return _basis(self.terms, errors)

    def logarithms(self, volts: ArrayLike, errors: Any) -> Any:
        """(…, places, numbers) at voltages (…) and errors (…, places, 2 masks)."""
        xp = namespace(volts, errors)
        at = xp.asarray(volts, float)
        rows = self.driven(at, 0.5 * xp.ones_like(at))
        rows = rows.reshape(*at.shape, -1, len(self.terms))
        return xp.einsum("...qt,...at->...aq", rows, self.basis(errors))


def _basis(terms: tuple[Term, ...], errors: Any) -> Any:
    xp, products = namespace(errors), []
    for term in terms:
        product: Any = 1.0
        for one, power in term:
            product = product * errors[..., one] ** power
        products.append(product)
    return xp.stack(products, axis=-1)


_changes: dict[str, Change] = {}


def change(sides: tuple[Side, Side], core: float, radius: float | None = None) -> Change:
    """What errors do to a drawn diode in the nominal corner, kept.

    Args:
        sides: left and right of the guide.
        core: width of the guide, drawn [µm].
        radius: of the guide's middle, which bends away from its left side [µm]; None: it is straight.
    """
    key = key_of(sides, core, radius)
    if key not in _changes:
        _changes[key] = of_entry(store.recalled(active_process().name, key, partial(solve, sides, core, radius)))
    return _changes[key]


def key_of(sides: tuple[Side, Side], core: float, radius: float | None = None) -> str:
    """Name in the store: all numbers that the section has, and how far errors go."""
    bent = "" if radius is None else f" R{radius:g}"
    made = repr((carriers.section(sides, core), limits_of(masks_of(sides))))
    return f"implants {carriers.kind_of(sides)}{bent} {hashlib.sha256(made.encode()).hexdigest()[:12]}"


def masks_of(sides: tuple[Side, Side]) -> tuple[str, ...]:
    """Masks of both sides in turn, those of the lowest concentrations first."""
    left, right = ([one.layer for one in side.windows()] for side in sides)
    return tuple(itertools.chain(*zip(left, right, strict=True)))


def limits_of(masks: tuple[str, ...]) -> tuple[float, ...]:
    """Of doses [share], then of places [µm]."""
    spread = spread_of(active_process())
    return tuple(SIGMAS * spread[f"{word} {one}"] for word in ("dose", "move") for one in masks)


def terms_of(kind: str, masks: int) -> tuple[tuple[Term, ...], Floats]:
    """What logarithms are sums of, and as many errors at which they are solved, (terms, 2 masks)."""
    low, count = (masks, masks + 1), 2 * masks  # places of the first two
    terms: list[Term] = []
    points: list[dict[int, float]] = []
    at = {power: [float(x) for x in nodes(-1.0, 1.0, power + 1) if abs(x) > 1e-9] for power in (2, _POWERS)}
    for one in range(count):
        most = _POWERS if one in low else 2
        terms += [((one, n + 1),) for n in range(most)]
        points += [{one: x} for x in at[most]]
    for one, other in itertools.combinations((0, 1, *low), 2):
        most = _POWERS if (one, other) == low else 1
        there = at[most] if most > 1 else at[2][1:]
        terms += [((one, n + 1), (other, m + 1)) for n in range(most) for m in range(most)]
        points += [{one: x, other: y} for x in there for y in there]
    for one, other in _neighbours(masks):
        terms += [((one, 1), (other, 1))]
        points += [{one: at[2][1], other: at[2][1]}]
    return tuple(terms), np.array([[point.get(one, 0.0) for one in range(count)] for point in points])


def _neighbours(masks: int) -> Iterator[tuple[int, int]]:
    """Pairs of errors of masks that follow each other on a side: doses and places of what is between two edges."""
    for beyond in range(2, masks):
        yield beyond - 2, masks + beyond
        yield beyond, masks + beyond
        if beyond + 2 < masks:
            yield masks + beyond, masks + beyond + 2


Run = Callable[[Floats], tuple[Floats, Floats]]  #: errors -> logarithms (numbers, volts), and those of donors (2,)


def solver(sides: tuple[Side, Side], core: float, radius: float | None = None) -> tuple[Run, Floats]:
    """Logarithms of a diode's numbers by errors, shares of their limits; and the voltages at which they are [V]."""
    masks, kind = masks_of(sides), carriers.kind_of(sides)
    limits, (low, high) = np.array(limits_of(masks)), REVERSE if kind == "pn" else FORWARD
    volts = (low + high) / 2 - (high - low) / 2 * np.cos(np.pi * np.linspace(0, 1, _VOLTS[kind]))  # both ends are in

    def made(errors: Any) -> Section:
        off = errors * limits
        dose, overlay = ({one: off[k + start] for k, one in enumerate(masks)} for start in (0, len(masks)))
        return carriers.section(sides, core, dose={one: 1 + value for one, value in dose.items()}, overlay=overlay)

    nominal = carriers.section(sides, core)
    marked = _marked(nominal, kind, limits[len(masks)])
    like = (
        phaseshifters.ready(marked, MIDDLE, _MESH)
        if radius is None
        else carriers.bent(marked, core, radius, _MESH)
    )  # fmt: skip
    plan, mode, x, y = like.plan, like.light, like.plan.lines(marked), like.plan.levels(marked)
    assert mode is not None
    way, sign = jnp.asarray(plan.reverse), 1.0 if kind == "pn" else -1.0
    raised = int(np.argmax(plan.reverse))

    @jax.jit
    def found(errors: Array) -> tuple[Array, Array]:
        device = plan.laid(made(errors), x, y)

        def one(volt: Array) -> Array:
            state = drifted(device, sign * volt * way)
            moved = mode.shift(device, state)
            numbers = [jnp.maximum(-moved.real, 0.0) + _FLOOR, jnp.maximum(moved.imag, 0.0) + _FLOOR]
            if kind == "pn":
                across = 1 / admittance(device, state, _FREQUENCY)[raised, raised]
                numbers += [1 / (2 * jnp.pi * _FREQUENCY * across.imag), across.real]
            return jnp.log(jnp.stack(numbers))

        alone = mode.of(device.donors, 0.0 * device.donors)
        return lax.map(one, jnp.asarray(volts)).T, jnp.log(jnp.stack([-alone.real, alone.imag]))

    def run(errors: Floats) -> tuple[Floats, Floats]:
        driven, idle = found(jnp.asarray(errors))
        return np.asarray(driven), np.asarray(idle)

    return run, volts


def _marked(section: Section, kind: str, reach: float) -> Section:
    """With implants of no dose, whose edges hold lines of a mesh: where masks come [µm], close about a junction."""
    half, places = len(section.implants) // 2, set[float]()
    for k, one in enumerate(section.implants):
        far, cell = (reach + DEPLETED, CELL) if kind == "pn" and k % half == 0 else (reach, WING)
        spans = np.arange(-far, far + cell / 2, cell)
        places |= {round(float(edge + by), 6) for edge in (one.left, one.right) if edge is not None for by in spans}
    held = (Implant("p", 0.0, left=x, straggle=section.implants[0].straggle) for x in sorted(places))
    return replace(section, implants=(*section.implants, *held))


def solve(sides: tuple[Side, Side], core: float, radius: float | None = None) -> dict[str, Any]:
    """An entry of the store: at errors one by one and in pairs, and at some drawn at random for its error."""
    masks = masks_of(sides)
    run, volts = solver(sides, core, radius)
    _, points = terms_of(carriers.kind_of(sides), len(masks))
    draws = np.random.default_rng(0).standard_normal((40, 2 * len(masks))) / SIGMAS
    tried = draws[np.all(np.abs(draws) < 1, axis=1)][:_TRIED]
    solved = [run(one) for one in (np.zeros(2 * len(masks)), *points, *tried)]
    return fitted(sides, core, volts, tried, solved)


def fitted(
    sides: tuple[Side, Side], core: float, volts: Floats, tried: Floats, solved: list[tuple[Floats, Floats]]
) -> dict[str, Any]:
    """An entry of the store from what was solved: without errors, at the points of the terms, and as tried."""
    process, masks = active_process(), masks_of(sides)
    terms, points = terms_of(carriers.kind_of(sides), len(masks))
    driven, idle = (np.array([one[part] for one in solved]) for part in (0, 1))
    basis, over = _basis(terms, points), chebvander(2 * (volts - volts[0]) / (volts[-1] - volts[0]) - 1, len(volts) - 1)
    ends = slice(1, len(points) + 1)
    by_errors = np.linalg.solve(basis, (driven[ends] - driven[0]).reshape(len(points), -1))
    by_errors = by_errors.reshape(len(terms), -1, len(volts))
    rows = np.einsum("vw,tqw->qtv", np.linalg.inv(over), by_errors)
    alone = np.linalg.solve(basis, idle[ends] - idle[0]).T
    entry = {
        "process": process.name, "hash": process.hash, "version": __version__,
        "what": repr(carriers.section(sides, core)), "masks": list(masks), "limits": list(limits_of(masks)),
        "volts": [float(volts[0]), float(volts[-1])], "errors": np.round(rows, _DIGITS).tolist(),
        "idle": np.round(alone, _DIGITS).tolist(), "error": 0.0,
    }  # fmt: skip
    made = of_entry(entry)
    expected = driven[len(points) + 1 :] - driven[0]
    wrong = np.array([made.logarithms(volts, one[None])[:, 0].T for one in tried]) - expected
    return {**entry, "error": float(np.max(np.abs(wrong)))}


def of_entry(entry: Mapping[str, Any]) -> Change:
    """From what is kept."""
    masks, rows = tuple(entry["masks"]), np.array(entry["errors"])
    kind = "pn" if len(rows) == len(KINDS) else "pin"
    terms, _ = terms_of(kind, len(masks))
    low, high = entry["volts"]
    driven = Surfaces((low, high), _FLAT, rows.reshape(-1, rows.shape[-1], 1))
    return Change(masks, tuple(entry["limits"]), terms, driven, np.array(entry["idle"]), entry["error"])


def apart(entry: Mapping[str, Any], new: Mapping[str, Any]) -> float:
    """How far logarithms of two entries are apart at one set of errors, most of all numbers, over all voltages."""
    made = [of_entry(one) for one in (entry, new)]
    at, volts = np.linspace(-0.5, 0.5, 2 * len(made[0].masks)), np.linspace(*entry["volts"], 9)
    then, now = ([one.logarithms(volts, at[None]), one.basis(at) @ one.idle.T] for one in made)
    return max(float(np.max(np.abs(old - fresh))) for old, fresh in zip(then, now, strict=True))


def wanted() -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """What is kept of the active process: of cells as they are by default."""
    for sides, core, radius in defaults():
        yield key_of(sides, core, radius), partial(solve, sides, core, radius)


def defaults() -> Iterator[tuple[tuple[Side, Side], float, float | None]]:
    """Sides, cores and radii of phase shifters and modulators, of PIN diodes, of ring and disk modulators."""
    core = rib_of("rib", "rib")
    yield pn_sides("rib", core), core, None
    yield pin_sides("rib", core, None, None, None), core, None
    for ring in (ring_of(), disk_of()):
        yield ring.sides, ring.core, ring.radius
