"""The mesh of a cross-section: which lines follow which edges, and how fine cells are between them.

Made once from plain numbers; then edges may move, traced or not, and lines with them. Numbers of cells are rounded up,
so that many sections share one compilation.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from lingnan.solvers.phaseshifters.section import Section, known_all
from lingnan.solvers.semiconductors import Device, device, junction
from lingnan.solvers.semiconductors.device import pieces
from lingnan.solvers.tracing import is_traced
from lingnan.solvers.waveguides.topology import Topology

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
TINY = 1e-7  #: two edges closer than this are one [µm]
GATE = 0.05  #: oxides thinner than this are those of a gate [µm]
#: volts of reverse bias, to which what depletes has even cells; how far they reach at most on a side, and their size
#: where edges are blurred [µm]. With 1e17 to 1e18 on a side C at 0.5 to 4 V then lies within 0.14 % of the closed form
#: or, blurred, of cells of 1 nm. Where cells grow from the junction on it scatters by 2.7 and 4.4 %: what depletes then
#: ends in cells of 25 nm, whose charge is right and its slope, the capacitance, goes up and down
DEPLETED, FARTHEST, BLURRED = 4.0, 0.2, 0.0075
LEAST_AT_CONTACT = 1e16  #: net doping [cm^-3]; metal on less is a Schottky diode, which is not modelled


@dataclass(frozen=True)
class Fineness:
    """Sizes of cells [µm]. Static."""

    junction: float = 0.005  #: where doping changes its sign
    edge: float = 0.012  #: at other edges of doping and of silicon
    surface: float = 0.0003  #: under a gate
    around: float | None = None  #: so far on both sides of a junction cells do not grow; None: over what depletes
    growth: float = 1.25  #: of a cell over its neighbour nearer to an edge
    most: float = 0.12
    outside: float = 1.6  #: as `growth`, above and below silicon where fields are smooth: 0.4 % of C beside 1.25
    round_x: int = 8  #: numbers of cells are multiples of these
    round_y: int = 4


@dataclass(frozen=True)
class Knot:
    """An edge that lines follow: where it was, and what in a section says where it is now."""

    at: float
    source: tuple[Any, ...]
    size: float
    around: float = 0.0  #: so far on both sides cells keep this size [µm]
    blur: float = 0.0  #: of an implant's edge [µm]


@dataclass(frozen=True)
class Plan:
    """Static: what of a mesh does not move."""

    across: tuple[Knot, ...]
    up: tuple[Knot, ...]
    cuts_x: tuple[tuple[float, ...], ...]  #: between knots, from 0 to 1
    cuts_y: tuple[tuple[float, ...], ...]
    inside: tuple[tuple[bool, ...], ...]  #: (nx, ny) silicon
    touching: tuple[tuple[tuple[int, int], ...], ...]  #: nodes of each contact
    topology: Topology  #: of the waveguide
    reverse: tuple[float, float]  #: voltages of both contacts for a volt of reverse bias

    def lines(self, section: Section) -> Array:
        """(nx + 1,) [µm]."""
        return _placed(section, self.across, self.cuts_x)

    def levels(self, section: Section) -> Array:
        """(ny + 1,) [µm]."""
        return _placed(section, self.up, self.cuts_y)

    def device(self, section: Section) -> Device:
        """What drift and diffusion are solved in."""
        return self.laid(section, self.lines(section), self.levels(section))

    def laid(self, section: Section, x: Array, y: Array) -> Device:
        """The same on lines and levels that stay where they are."""
        donors, acceptors = section.doping(x, y)
        inside = np.asarray(self.inside)
        contacts: dict[str, Flags] = {}
        for one, nodes in zip(section.contacts, self.touching, strict=True):
            flags = np.zeros((x.shape[0], y.shape[0]), dtype=bool)
            flags[tuple(np.asarray(nodes).T)] = True
            contacts[one.name] = flags
        return device(
            x,
            y,
            donors=donors * inside[..., None],
            acceptors=acceptors * inside[..., None],
            contacts=contacts,
            silicon=inside,
            material=section.silicon,
            slowness=section.slowness(x, y),
        )


def _placed(section: Section, knots: tuple[Knot, ...], cuts: tuple[tuple[float, ...], ...]) -> Array:
    at = [jnp.asarray(position(section, knot.source), float) for knot in knots]
    parts = [a + np.asarray(f[:-1]) * (b - a) for (a, b), f in zip(pairwise(at), cuts, strict=True)]
    return jnp.concatenate([*parts, at[-1][None]])


def position(section: Section, source: tuple[Any, ...]) -> Any:
    """Where an edge is: a part of the section by its kind, number and side; "oxide" is what lies below or above.

    "mean" is the middle of some.
    """
    kind = source[0]
    if kind == "mean":
        return sum(position(section, one) for one in source[1:]) / len(source[1:])
    if kind == "oxide":
        _, below, base = source
        edge = position(section, base)
        return edge - section.oxide if below else edge + section.oxide
    return getattr(getattr(section, kind)[source[1]], source[2])


def plan_of(section: Section, topology: Topology, fineness: Fineness | None = None) -> Plan:
    """The mesh of a section of plain numbers.

    Raises:
        ValueError: the section is traced, or a contact touches nothing.
    """
    fine = fineness or Fineness()
    if is_traced(section):
        raise ValueError("plan_of: the section is traced: make its plan from plain numbers before, and hand it on.")
    across, up = _knots(section, fine, True), _knots(section, fine, False)
    cuts_x, cuts_y = _cuts(across, fine, fine.round_x), _cuts(up, fine, fine.round_y)
    x = np.asarray(_placed(section, across, cuts_x))
    y = np.asarray(_placed(section, up, cuts_y))
    mid_x, mid_y = (x[1:] + x[:-1]) / 2, (y[1:] + y[:-1]) / 2
    inside = np.zeros((len(mid_x), len(mid_y)), dtype=bool)
    for body in section.bodies:
        inside |= np.outer(_between(mid_x, body.left, body.right), _between(mid_y, body.bottom, body.top))
    touching: list[tuple[tuple[int, int], ...]] = []
    for contact in section.contacts:
        nodes = np.outer(_between(x, contact.left, contact.right), _between(y, contact.bottom, contact.top))
        if not nodes.any():
            raise ValueError(
                f"section: contact {contact.name} ({contact.left} to {contact.right}, {contact.bottom} to "
                f"{contact.top} µm) touches no silicon. Put it on the end of a body."
            )
        touching.append(tuple((int(i), int(j)) for i, j in np.argwhere(nodes)))
    kinds = _polarities(section, inside, x, y, touching)
    reverse = (1.0, 0.0) if kinds == ["n", "p"] else (0.0, 1.0)
    flat = tuple(tuple(bool(v) for v in row) for row in inside)
    return Plan(across, up, cuts_x, cuts_y, flat, tuple(touching), topology, reverse)


def _between(values: Floats, low: Any, high: Any) -> Flags:
    return (values > float(low) - TINY) & (values < float(high) + TINY)


def _knots(section: Section, fine: Fineness, across: bool) -> tuple[Knot, ...]:
    sides = ("left", "right") if across else ("bottom", "top")
    found: list[Knot] = []

    def add(kind: str, k: int, side: str, size: float, around: float = 0.0, blur: float = 0.0) -> None:
        value = getattr(getattr(section, kind)[k], side)
        if value is not None:
            found.append(Knot(float(value), (kind, k, side), size, around, blur))

    # where a layer ends over a thin oxide, the field ends within as much
    thinnest = min(_gap(section, float(v)) for b in section.bodies for v in (b.bottom, b.top))
    for k, body in enumerate(section.bodies):
        for side in sides:
            if across:
                size = min(4 * fine.edge, thinnest)
            else:
                size = fine.surface if _gap(section, float(getattr(body, side))) < GATE else fine.most / 2
            add("bodies", k, side, size)
    low, high = min(k.at for k in found), max(k.at for k in found)
    for k, one in enumerate(section.implants):
        blur = float(one.straggle if across else one.depth_straggle)
        for side in sides:
            edge = getattr(one, side)
            if edge is not None and low + TINY < float(edge) < high - TINY:
                depleted = _depleted(section, k, side, across)
                size, around = (fine.edge if depleted is None else fine.junction), 0.0
                if depleted is not None and across:  # up the film even cells would cost more than all others
                    around = depleted + 2 * blur if fine.around is None else fine.around
                coarsest = BLURRED if around and fine.around is None else np.inf
                add("implants", k, side, max(size, min(blur / 4, coarsest)), around, blur)
    found.sort(key=lambda knot: knot.at)
    merged: list[Knot] = []
    for knot in found:
        if merged and knot.at - merged[-1].at < _near(merged[-1], knot):
            merged[-1] = _together(section, merged[-1], knot)
        else:
            merged.append(knot)
    merged = [_evened(knot, merged) for knot in merged]
    if not across and float(section.oxide) > 0:
        first, last = merged[0], merged[-1]
        size = float(section.oxide)
        below = Knot(first.at - size, ("oxide", True, first.source), size)
        above = Knot(last.at + size, ("oxide", False, last.source), size)
        merged = [below, *merged, above]
    return tuple(merged)


def _evened(knot: Knot, knots: list[Knot]) -> Knot:
    """As fine as a junction so near that its even cells reach it, and for what is left of their reach: silicon depletes
    on behind a wall and behind another mask."""
    for one in knots:
        left = one.around - abs(one.at - knot.at)
        if left > TINY:
            knot = replace(knot, size=min(knot.size, one.size), around=max(knot.around, left))
    return knot


def _near(one: Knot, other: Knot) -> float:
    """Closer than this two knots are one: edges that are blurred into each other need no line each [µm]."""
    return max(TINY, one.blur + other.blur) if one.blur and other.blur else TINY


def _together(section: Section, one: Knot, other: Knot) -> Knot:
    """Of two knots that lie as one: that of a body, which has to be met, or the middle of all edges of implants.

    Masks that meet at a junction may each move, part, overlap and pass the other: their lines follow both alike.
    """
    size, bodies = min(one.size, other.size), [k for k in (one, other) if k.source[0] == "bodies"]
    if bodies:
        return Knot(bodies[0].at, bodies[0].source, size, max(one.around, other.around))
    edges = [edge for k in (one, other) for edge in (k.source[1:] if k.source[0] == "mean" else (k.source,))]
    source, apart = ("mean", *edges), (other.at - one.at) / 2
    around = max(one.around, other.around, apart if apart > TINY else 0.0)
    return Knot(float(position(section, source)), source, size, around, max(one.blur, other.blur))


def _gap(section: Section, level: float) -> float:
    """From a bottom or top of a body to the nearest of another that is not at it [µm]; far for more than a gate's."""
    others = (float(v) for b in section.bodies for v in (b.bottom, b.top))
    gaps = [abs(other - level) for other in others if TINY < abs(other - level) < GATE]
    return min(gaps, default=np.inf)


def _depleted(section: Section, k: int, side: str, across: bool) -> float | None:
    """How far silicon is depleted on either side of an edge [µm]; None where net doping does not change its sign."""
    one = section.implants[k]
    edge = float(getattr(one, side))
    reach = 4 * float(one.straggle if across else one.depth_straggle) + 1e-4
    along = [float(v) for b in section.bodies for v in ((b.bottom, b.top) if across else (b.left, b.right))]
    places = np.linspace(min(along), max(along), 40)
    nets: list[Floats] = []
    for at in (edge - reach, edge + reach):
        here, there = np.array([at - 1e-5, at + 1e-5]), np.sort(places)
        n, p = section.doping(*(jnp.asarray(v) for v in ((here, there) if across else (there, here))))
        nets.append(np.asarray(jnp.mean(n - p, axis=-1)).ravel())
    one_side, other = nets
    turns = one_side * other < 0
    if not turns.any():
        return None
    a, b = np.abs(one_side[turns]), np.abs(other[turns])
    whole = np.asarray(junction.width(a, b, DEPLETED, section.silicon))
    return min(FARTHEST, float(np.max(whole * np.maximum(a, b) / (a + b))))


def _cuts(knots: tuple[Knot, ...], fine: Fineness, multiple: int) -> tuple[tuple[float, ...], ...]:
    far = replace(fine, growth=max(fine.growth, fine.outside), most=np.inf)
    rows = [
        _graded(b.at - a.at, a.size, b.size, far if "oxide" in (a.source[0], b.source[0]) else fine, a.around, b.around)
        for a, b in pairwise(knots)
    ]
    while sum(len(r) for r in rows) % multiple:
        widest = max(range(len(rows)), key=lambda k: max(rows[k]))
        place = int(np.argmax(rows[widest]))
        rows[widest][place : place + 1] = [rows[widest][place] / 2] * 2
    return tuple(tuple(float(v) for v in np.concatenate([[0.0], np.cumsum(r) / np.sum(r)])) for r in rows)


def graded_cells(length: float, first: float, last: float, fine: Fineness) -> tuple[float, ...]:
    """Cut points from 0 to 1 of cells that grow from both ends [µm]."""
    sizes = _graded(length, first, last, fine)
    return tuple(float(v) for v in np.concatenate([[0.0], np.cumsum(sizes) / np.sum(sizes)]))


def _graded(
    length: float, first: float, last: float, fine: Fineness, head_even: float = 0.0, tail_even: float = 0.0
) -> list[float]:
    """Sizes of cells that begin and end as they should, even so far, and grow in between."""
    head: list[float] = []
    tail: list[float] = []
    a, b = first, last
    while sum(head) + sum(tail) < length:
        if a <= b:
            head.append(a)
            a = min(a * fine.growth, fine.most) if sum(head) > head_even - TINY else a
        else:
            tail.append(b)
            b = min(b * fine.growth, fine.most) if sum(tail) > tail_even - TINY else b
    sizes = head + tail[::-1]
    return [s * length / sum(sizes) for s in sizes]


def _polarities(section: Section, inside: Flags, x: Floats, y: Floats, touching: list[Any]) -> list[str]:
    """Of the silicon under each contact; checks that it is doped, and that each kind of doping has a contact."""
    n, p = section.doping(jnp.asarray(x), jnp.asarray(y))
    net = np.asarray(n - p) * inside[..., None]
    kinds: list[str] = []
    for contact, nodes in zip(section.contacts, touching, strict=True):
        beside = [net[i - a, j - b].mean() for i, j in nodes for a in (0, 1) for b in (0, 1)
                  if 0 <= i - a < len(x) - 1 and 0 <= j - b < len(y) - 1 and inside[i - a, j - b]]  # fmt: skip
        most = beside[int(np.argmax(np.abs(beside)))] if beside else 0.0
        if abs(most) < LEAST_AT_CONTACT:
            raise ValueError(
                f"section: contact {contact.name} stands on silicon with a net doping of {most:g} cm^-3: it must be "
                f"{LEAST_AT_CONTACT:g} cm^-3 or more to conduct both ways. Draw an implant under it."
            )
        kinds.append("n" if most > 0 else "p")
    _check_islands(np.mean(net, axis=-1), x, y, [node for nodes in touching for node in nodes])
    for k, one in enumerate(section.implants):
        if known_all([one.concentration]) and float(one.concentration) > 0 and one.polarity not in kinds:
            raise ValueError(
                f"section: implant {k} of {one.concentration:g} cm^-3 {one.polarity}-type has no contact: both stand "
                f"on {kinds[0]}-type silicon. Reach one contact with it, or leave it out."
            )
    return kinds


def _check_islands(net: Floats, x: Floats, y: Floats, touched: list[tuple[int, int]]) -> None:
    """Refuse doped silicon that a junction cuts off from both contacts: nothing but leakage sets its level."""
    beside = np.zeros(net.shape, dtype=bool)
    for i, j in touched:
        beside[max(i - 1, 0) : i + 1, max(j - 1, 0) : j + 1] = True
    for kind, cells in (("n", net > 0), ("p", net < 0)):
        parts, count = pieces(cells)
        for part in range(1, count + 1):
            island = parts == part
            most = float(np.max(np.abs(net[island])))
            if most < LEAST_AT_CONTACT or (island & beside).any():
                continue
            at = [
                (float(lines[k.min()]), float(lines[k.max() + 1]))
                for lines, k in zip((x, y), np.nonzero(island), strict=True)
            ]
            (left, right), (bottom, top) = at
            raise ValueError(
                f"section: {kind}-type silicon of up to {most:.3g} cm^-3 between x = {left:.3g} and {right:.3g}, y = "
                f"{bottom:.3g} and {top:.3g} µm is cut off from both contacts. Let it reach one through silicon of its "
                f"kind, or stay below {LEAST_AT_CONTACT:g} cm^-3."
            )
