"""What meets a port: nothing, something too far, or a guide that is shifted, too wide, turned or of another kind.

All lengths in fine units of `view.FINE` inside; frames lie on the device's own edge, so an edge at an odd angle is met
exactly or not at all.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import klayout.db as kdb

from lingnan.pdk.lvs.circuit import Pin, Port
from lingnan.pdk.lvs.polygons import Frame, cut, frame_of, reach
from lingnan.pdk.lvs.view import FINE, unrounded

REACH = 2.0  #: µm: a guide that stops this near in front of a port was meant for it
_JUST = FINE // 4  #: how far outside the edge its neighbour is looked at: no vertex fits into a quarter of a grid step
_BEYOND = 5 * FINE // 4
"""Where it is looked at again: the ends of two edges at an odd angle are rounded on their own, so the edges may share
one end and open to a wedge of up to a grid step at the other. That is the grid, and no fault; a gap touches nowhere."""
_ON_GRID = 0.5 * FINE  #: an edge along x or y has both ends on the grid, its neighbour as well: no slack needed
_OFF_GRID = 1.5 * FINE  #: at an odd angle each of the two has its ends rounded by up to 0.7 grid steps
_LOOK = (20 * FINE, 120 * FINE)  #: where the direction of a guide is taken
_TURNED = 3.0
"""Degrees. A circular bend of 5 µm has turned by 0.8 between the two looks, and a vertex rounded by a grid step in
0.1 µm makes 0.6; euler bends start straight."""

FaultKind = Literal["gap", "offset", "width", "angle", "cross-section"]


@dataclass(frozen=True)
class Fault:
    """Something wrong where a guide meets a port."""

    kind: FaultKind
    value: float | None
    unit: str
    text: str


@dataclass(frozen=True)
class Joint:
    """A port in the layout and what meets it."""

    pin: Pin
    layer: str
    frame: Frame
    touches: frozenset[int]  #: nodes on the other side of the edge
    fault: Fault | None = None
    near: int | None = None  #: node that stops in front of the edge


def port_frame(port: Port, edges: kdb.Edges, placement: kdb.ICplxTrans, dbu: float) -> Frame:
    """Frame of a port on the fine grid: on the edge of the device's core, else on the line that the port stands for."""
    spot = kdb.DPoint(port.x / dbu, port.y / dbu)
    angle = math.radians(port.angle_deg)
    out = (math.cos(angle), math.sin(angle))
    best: tuple[float, kdb.Edge] | None = None
    near = kdb.DBox(spot, spot).enlarged(2, 2).to_itype(1)
    for edge in edges.interacting(kdb.Region(near)).each():
        length = math.hypot(edge.dx(), edge.dy())
        leaning = abs(edge.dx() * out[0] + edge.dy() * out[1]) / length
        distance = abs(kdb.DEdge(edge).distance(spot))
        inside = kdb.DEdge(edge).euclidian_distance(spot) < 1.5  # dbu: ends and middle are rounded on their own
        if leaning < math.sin(math.radians(_TURNED)) and inside and (best is None or distance < best[0]):
            best = (distance, edge)
    whole = unrounded(placement)
    turned = whole * kdb.DVector(*out)
    heading = math.atan2(turned.y, turned.x)
    if best is not None:
        a, b = (placement * point for point in (best[1].p1, best[1].p2))  # rounded as the polygon's own vertices are
        a, b = (kdb.Point(point.x * FINE, point.y * FINE) for point in (a, b))
        return frame_of(a, b, heading)
    middle = whole * spot
    out = (math.cos(heading), math.sin(heading))
    return Frame(middle.x * FINE, middle.y * FINE, (-out[1], out[0]), out, port.width / dbu * FINE / 2)


def _on_grid(frame: Frame) -> bool:
    return min(abs(frame.out[0]), abs(frame.out[1])) < 1e-12


def _overlapping(spans: Sequence[tuple[float, float]], frame: Frame) -> list[tuple[float, float]]:
    return [(low, high) for low, high in spans if min(high, frame.half) - max(low, -frame.half) > 1]


def _joined(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans that touch or overlap, made one."""
    result: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if result and low <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(result[-1][1], high))
        else:
            result.append((low, high))
    return result


def _spans(pieces: Sequence[tuple[int, kdb.Polygon]], frame: Frame, out: float) -> list[tuple[float, float]]:
    found = [span for _, polygon in pieces for span in cut(polygon, frame, out)]
    return _joined(_overlapping(found, frame))


def meet(
    pin: Pin,
    layer: str,
    frame: Frame,
    own: Sequence[kdb.Polygon],
    others: Sequence[tuple[int, kdb.Polygon]],
    dbu: float,
) -> Joint:
    """What meets a port.

    Args:
        pin: of the port.
        layer: its core layer.
        frame: on its edge.
        own: core of its device near the port; empty for a black box.
        others: everything else near the port, guides and devices, each with its node.
        dbu: database unit [µm].
    """
    um = dbu / FINE
    met = [(node, polygon) for node, polygon in others if _overlapping(cut(polygon, frame, _JUST), frame)]
    if not met:
        return _nothing_meets(pin, layer, frame, others, um)
    touches = frozenset(node for node, _ in met)
    inside = _overlapping([span for polygon in own for span in cut(polygon, frame, -_JUST)], frame)
    inside = _joined(inside) or [(-frame.half, frame.half)]
    slack = _ON_GRID if _on_grid(frame) else _OFF_GRID
    fault: Fault | None = None
    for depth in (_JUST, _BEYOND):
        outside = _spans(met, frame, depth)
        fault = _compare(inside, outside, met, frame, slack, um) if outside else fault
        if fault is None:
            break
    return Joint(pin, layer, frame, touches, fault)


def _nothing_meets(pin: Pin, layer: str, frame: Frame, others: Sequence[tuple[int, kdb.Polygon]], um: float) -> Joint:
    ahead = [(distance, node) for node, polygon in others if (distance := reach(polygon, frame)) is not None]
    ahead = [(distance, node) for distance, node in ahead if distance * um <= REACH]
    if not ahead:
        return Joint(pin, layer, frame, frozenset())
    distance, node = min(ahead)
    value = round(distance * um, 5)
    fault = Fault("gap", value, "um", f"stops {value:g} µm in front of it")
    return Joint(pin, layer, frame, frozenset(), fault, node)


def _compare(
    inside: list[tuple[float, float]],
    outside: list[tuple[float, float]],
    met: Sequence[tuple[int, kdb.Polygon]],
    frame: Frame,
    slack: float,
    um: float,
) -> Fault | None:
    turned = _direction(met, frame, outside)
    if turned is not None and abs(turned) > _TURNED:
        return Fault("angle", round(turned, 2), "deg", f"leaves it at {turned:+.2f}°")
    low = outside[0][0] - inside[0][0]
    high = outside[-1][1] - inside[-1][1]
    same_count = len(inside) == len(outside)
    if same_count and abs(low) <= slack and abs(high) <= slack:
        return None
    deeper = _spans(met, frame, _LOOK[0])
    if turned is not None and deeper and not _on_grid_match(outside, inside, slack) and len(deeper) == len(inside):
        straight = abs((deeper[-1][1] - deeper[0][0]) - (inside[-1][1] - inside[0][0])) <= 2 * slack
        if straight and abs(turned) > 0.3:  # the full width is there a little further out: a wedge is open between
            return Fault("angle", round(turned, 2), "deg", f"leaves it at {turned:+.2f}°, with a wedge open between")
    shift = round((low + high) / 2 * um, 5)
    wider = round((high - low) * um, 5)
    if abs(high - low) <= slack and same_count:
        return Fault("offset", abs(shift), "um", f"is shifted sideways by {abs(shift):g} µm")
    width = round((outside[-1][1] - outside[0][0]) * um, 5)
    wanted = round((inside[-1][1] - inside[0][0]) * um, 5)
    aside = f", and shifted sideways by {abs(shift):g} µm" if abs(low + high) / 2 > slack else ""
    return Fault("width", wider, "um", f"is {width:g} µm wide where the port is {wanted:g}{aside}")


def _on_grid_match(outside: list[tuple[float, float]], inside: list[tuple[float, float]], slack: float) -> bool:
    return abs((outside[-1][1] - outside[0][0]) - (inside[-1][1] - inside[0][0])) <= slack


def _direction(
    met: Sequence[tuple[int, kdb.Polygon]], frame: Frame, outside: list[tuple[float, float]]
) -> float | None:
    """Angle between a guide and the port it meets [deg]; None: it is too short to tell, or not one guide."""
    middles: list[float] = []
    for out in _LOOK:
        spans = _spans(met, frame, out)
        if len(spans) != len(outside):
            return None
        middles.append((spans[0][0] + spans[-1][1]) / 2)
    return math.degrees(math.atan2(middles[1] - middles[0], _LOOK[1] - _LOOK[0]))
