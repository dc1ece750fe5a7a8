"""Bend radius as drawn: circles through the inner side of a bend, plus half the guide's width.

Steps, for each outline of the merged layer:

1. cut it into smooth stretches of concave vertices: the outline turns outwards (away from the inside) by 0 to 20
   degrees at each vertex and its edges are of similar length.
2. grow a window along a stretch as long as one circle (least squares) passes all its vertices within one grid step. A
   window that turns less than 5 degrees, or has fewer than 5 vertices, says nothing about a radius.
3. vertices of the outline seen from the circle's centre in the same sector, up to `max_width` outside it, are the other
   side of the guide: their mean distance less the radius is the width w. None there, or none that bends along over
   half of the arc, or one that is nearer to a straight than to a circle about the same centre: it is no guide (a ring
   of metal, the side of a slab, an MMI, a splitter of free form, the waist of two tapers), no fault.
   Radius of the centre line: R = r + w/2.
4. R below the limit by more than its own uncertainty is a fault: one grid step, and where the arc is too short
   to tell (a fit over an angle A of n vertices is uncertain by 0.29 g * 27 / (A^2 sqrt(n))), four of these.
5. one of the `teeth` of a focusing grating is no guide (`teeth`): no fault.
6. stretches that touch, or that bound one guide, are one violation, with the smallest radius.
"""

import math
from typing import NamedTuple

import klayout.db as kdb
import numpy as np
from numpy.typing import NDArray

from lingnan.pdk.drc.contours import CORNER_DEG, LONG, Contours, Flags
from lingnan.pdk.drc.found import Found, Piece, join, polygon
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.drc.teeth import bare_arc, bars_along, in_grating
from lingnan.pdk.process import Rule

Floats = NDArray[np.float64]

TURN_DEG = 5.0  #: least turn of a window
POINTS = 5  #: least number of vertices of a window
SURE = 4.0  #: standard deviations
#: of a fit: sigma * FACTOR / (angle^2 sqrt(n)); twice sqrt(180), since a parabola's a s^2 has R = 2 a / angle^2
FACTOR = 26.8
FLAT = 1e-14  #: points whose spread across is below 1e-7 of that along lie on a line


class Bent(NamedTuple):
    """An arc of a guide that bends too tightly [dbu]."""

    radius: float  #: of the centre line
    marker: kdb.Polygon
    centre: tuple[float, float]
    across: tuple[float, float]  #: from the centre to the middle of the arc, on the centre line


def uncertainty(angle: float, count: int) -> float:
    """Standard deviation of the radius of a circle fitted to `count` rounded vertices over an angle [rad], in steps.

    A sagitta R angle^2 / 8 known to a rounding, 0.29 g, gives the radius to that over angle^2.
    """
    return 0.29 * FACTOR / (min(angle, math.pi) ** 2 * math.sqrt(count))


def circle(x: Floats, y: Floats) -> tuple[float, float, float, float]:
    """Least-squares circle: centre, radius, largest distance of a point from it (Kåsa's linear fit, centred)."""
    n = float(len(x))
    x0, y0 = float(x.sum()) / n, float(y.sum()) / n
    u, v = x - x0, y - y0
    squares = u * u + v * v
    # centred, the third normal equation stands alone, and two are left for the centre
    uu, vv, uv, ur, vr = float(u @ u), float(v @ v), float(u @ v), float(u @ squares), float(v @ squares)
    det = uu * vv - uv * uv
    if det <= FLAT * (uu + vv) ** 2:
        return x0, y0, math.inf, math.inf
    a, b = (ur * vv - vr * uv) / (2 * det), (vr * uu - ur * uv) / (2 * det)
    radius = math.sqrt((uu + vv) / n + a * a + b * b)
    error = float(np.abs(np.hypot(u - a, v - b) - radius).max())
    return a + x0, b + y0, radius, error


def refine(x: Floats, y: Floats, start: tuple[float, float, float]) -> tuple[float, float, float]:
    """Orthogonal least-squares circle from a first guess, by Gauss-Newton; the linear fit is biased on short arcs."""
    a, b, r = start
    n = float(len(x))
    for _ in range(5):
        dx, dy = x - a, y - b
        far = np.hypot(dx, dy)
        p, q, off = dx / far, dy / far, far - r
        # the radius follows from the means; what is left is linear in the centre, and centred
        p0, q0, off0 = float(p.sum()) / n, float(q.sum()) / n, float(off.sum()) / n
        p, q, off = p - p0, q - q0, off - off0
        pp, qq, pq, po, qo = float(p @ p), float(q @ q), float(p @ q), float(p @ off), float(q @ off)
        det = pp * qq - pq * pq
        if det <= 0.0:
            break
        da, db = (po * qq - qo * pq) / det, (qo * pp - po * pq) / det
        a, b, r = a + da, b + db, r + off0 + p0 * da + q0 * db
        if abs(da) + abs(db) <= 1e-9 * r:
            break
    return a, b, r


def inner(contours: Contours) -> Flags:
    """Kept vertices inside a smooth stretch that turns outwards: concave ones, between edges of similar length."""
    span, last = contours.spans, contours.spans[contours.kept_before]
    turn = np.where(contours.convex, -contours.turns, contours.turns)
    short = np.minimum(span, last)
    # rounding may turn one chord back a little
    return (np.maximum(span, last) < LONG * short) & (turn < CORNER_DEG) & (turn > -np.degrees(2.0 / short))


def tight(contours: Contours, limit: float) -> Flags:
    """Kept vertices from which on `POINTS` may lie on a circle below `limit`: it passes every so many of a window.

    Their outer chords turn against each other as far as the circle does, but for what rounding turns each: two steps
    over its length, taken twice, as the refined circle may lie a little farther off than one step.
    """
    edges = contours.points[contours.kept[contours.kept_after]] - contours.points[contours.kept]
    direction = np.arctan2(edges[:, 1], edges[:, 0])
    span, within = contours.spans, inner(contours)
    k = np.arange(len(span))
    smooth, way, turned = contours.crowd >= POINTS, span / 2, np.zeros(len(k))
    for _ in range(POINTS - 2):
        onward = contours.kept_after[k]
        smooth = smooth & within[onward]
        turned = turned + np.remainder(direction[onward] - direction[k] + np.pi, 2 * np.pi) - np.pi
        way = way + span[onward]
        k = onward
    way = way - span[k] / 2
    slack = 4 * contours.step * (1 / span + 1 / span[k] + 2 / limit)
    return smooth & (np.abs(turned) + slack >= way / limit)


def stretches(flags: Flags) -> list[NDArray[np.intp]]:
    """Runs of vertices along one closed outline that are inside a smooth stretch, and those that close them."""
    n = len(flags)
    if flags.all():
        return [np.arange(n)]
    order = (np.arange(n) + int(np.argmin(flags))) % n
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags[order].astype(np.int8), [0]])))
    # the vertices where a curve joins a straight belong to the arc too: they close its first and last chord
    return [
        order[np.arange(max(low - 1, 0), min(high + 1, n))]
        for low, high in zip(edges[::2], edges[1::2], strict=True)
        if high - low >= POINTS - 2
    ]


def windows(
    points: Floats, within: Flags, suspected: Flags, limit: float, step: float
) -> list[tuple[Floats, float, float, float, float]]:
    """Arcs of one circle on one outline: vertices, centre x and y, radius, uncertainty. Only radii below `limit`."""
    found: list[tuple[Floats, float, float, float, float]] = []
    for numbers in stretches(within):
        if not suspected[numbers].any():
            continue
        arc = points[numbers]
        low = 0
        while low <= len(arc) - POINTS:
            high = low + POINTS
            best = circle(arc[low:high, 0], arc[low:high, 1])
            if best[3] > step:
                low += 1
                continue
            stride = 1
            while high < len(arc):
                wider = min(high + stride, len(arc))
                trial = circle(arc[low:wider, 0], arc[low:wider, 1])
                if trial[3] <= step:
                    high, best, stride = wider, trial, stride * 2
                elif stride > 1:
                    stride = 1
                else:
                    break
            piece = arc[low:high]
            x, y, radius = refine(piece[:, 0], piece[:, 1], best[:3])
            sweep = float(np.hypot(*np.diff(piece, axis=0).T).sum()) / max(radius, 1e-9)
            if radius < limit and math.degrees(sweep) >= TURN_DEG:
                found.append((piece, x, y, radius, step * uncertainty(sweep, len(piece))))
            if high == len(arc):
                break
            low += max(1, (high - low) // 2)
    return found


def opposite(all_points: Floats, piece: Floats, x: float, y: float, radius: float, widest: float) -> float | None:
    """Width of the guide that bends around an arc, None where nothing lies across."""
    across = np.hypot(all_points[:, 0] - x, all_points[:, 1] - y)
    near = (across > radius + widest * 0.05) & (across <= radius + widest * 1.05)  # none of the same side
    middle = piece[len(piece) // 2] - (x, y)
    ends = [piece[0] - (x, y), piece[-1] - (x, y)]
    half = max(abs(_angle(middle, end)) for end in ends)
    seen = all_points[near] - (x, y)
    if not len(seen):
        return None
    angle = np.arctan2(middle[0] * seen[:, 1] - middle[1] * seen[:, 0], seen @ middle)
    inside = np.abs(angle) <= half
    if inside.sum() < 2:
        return None
    distance, angle = across[near][inside], angle[inside]
    nearest = float(distance.min())
    side = distance < nearest * 1.02 + 3
    if float(np.ptp(angle[side])) < half:  # what lies across does not bend along: a body of a free form
        return None
    # a far side that bends along keeps its distance; that of a straight one grows by D angle^2 / 2, of a waist by more
    if side.sum() >= 3 and 2 * float(np.polyfit(angle[side], distance[side], 2)[0]) > nearest / 2:
        return None
    return float(distance[side].mean()) - radius


def _angle(a: Floats, b: Floats) -> float:
    return math.atan2(a[0] * b[1] - a[1] * b[0], float(a @ b))


def faults_of(shape: kdb.Polygon, limit: float, widest: float, step: float) -> list[Bent]:
    """Every arc of a polygon whose centre line bends too tightly."""
    contours = Contours.of(kdb.Region(shape), step)
    together, whose = contours.points[contours.kept], contours.outline[contours.kept]
    within, suspected = inner(contours), tight(contours, limit)
    found: list[Bent] = []
    for number in np.unique(whose[suspected]):
        mine = whose == number
        arcs = windows(together[mine], within[mine], suspected[mine], limit, step)
        for piece, x, y, near, sigma in arcs:
            width = opposite(together, piece, x, y, near, widest)
            if width is None or width > widest:
                continue
            radius = near + width / 2
            if radius < limit - max(step, SURE * sigma):
                scale = (near + width) / near if near > 0 else 1.0
                outer = (piece - (x, y)) * scale + (x, y)
                marker = polygon(np.rint(np.vstack([piece, outer[::-1]])).astype(np.int64))
                dx, dy = ((piece[len(piece) // 2] - (x, y)) * (radius / near)).tolist()
                found.append(Bent(radius, marker, (x, y), (dx, dy)))
    return found


def row_across(scene: Scene, rule: Rule, bent: Bent, widest: float) -> bool:
    """Whether an arc stands in a row of teeth."""
    teeth, pitch = int(rule.options["teeth"]), float(rule.options.get("tooth_pitch", 0.0)) / scene.dbu
    (x, y), (dx, dy), at = bent.centre, bent.across, math.hypot(*bent.across)
    far = 1 + teeth * pitch / at  # of the bars beyond so many need no count
    ray = kdb.Edge(round(x), round(y), round(x + far * dx), round(y + far * dy))
    return in_grating(bars_along(ray, scene.placed(rule.layer)), at, teeth, pitch, widest)


def bend_radius(scene: Scene, rule: Rule) -> list[Found]:
    """Guides no wider than `max_width` whose centre line bends more tightly than the limit."""
    assert rule.limit is not None
    limit = rule.limit.value / scene.dbu
    widest = float(rule.options.get("max_width", rule.limit.value)) / scene.dbu
    contours = scene.contours(rule.layer)
    outlines = np.unique(contours.outline[contours.kept[tight(contours, limit)]])
    begins = contours.points[contours.first[outlines]].astype(int).tolist()
    if not begins:
        return []
    suspected = {(x, y) for x, y in begins}
    near = kdb.Region([kdb.Polygon(kdb.Box(x - 1, y - 1, x + 1, y + 1)) for x, y in begins])
    pieces: list[Piece] = []
    for shape in scene.placed(rule.layer).touching(near).each():
        loops = [shape.each_point_hull(), *(shape.each_point_hole(hole) for hole in range(shape.holes()))]
        if suspected.isdisjoint((point.x, point.y) for loop in loops for point in loop):
            continue
        found = faults_of(shape, limit, widest, scene.step)
        bare = "teeth" in rule.options and bool(found) and bare_arc(shape, scene.step)
        for bent in found:
            if not (bare and row_across(scene, rule, bent, widest)):
                pieces.append(Piece(round(bent.radius * scene.dbu, 4), bent.marker))
    return join(pieces)
