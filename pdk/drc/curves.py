"""Where a drawn curve ran before it became chords between rounded vertices.

Rounding moves a vertex by up to half a grid step in x and in y, so two curves drawn exactly at a rule are found up to
1.4 steps nearer; the middle of a chord of length l misses its curve of radius R by l^2 / 8 R (1.6 nm, 0.25 on 5 µm).
A vertex inside a smooth stretch has neighbours that were rounded independently: a parabola through them puts it back
to within 0.1 to 0.25 step (one standard deviation), and its curvature says how far the curve bulges over the chord. The
window shrinks until the parabola passes its vertices as rounding would have it, so a curve that is no arc (a taper, the
inflection of an S-bend) is not pulled aside. Where a straight joins, the curve has its direction there.
The generated KLayout macro does the same, one vertex at a time.
"""

from dataclasses import dataclass

import numpy as np

from lingnan.pdk.drc.contours import LONG, REACH, Contours, Flags, Floats, Whole
from lingnan.pdk.drc.fit import moments, parabola

NOISE = 0.45  #: grid steps rms of a fit; rounding gives 0.29, a rotated instance that is rounded twice 0.41
COARSE = 50.0  #: grid steps by which the chord of a drawn curve misses it at most
CHUNK = 20_000  #: vertices that are fitted at a time: 30 MB


@dataclass(frozen=True)
class Arcs:
    """Edges as the curves they were drawn from: both ends, and the second derivative along their length."""

    a: Floats
    b: Floats
    bend: Floats  #: d2r/ds2; 0 where straight

    def take(self, which: Whole) -> "Arcs":
        """Some of them."""
        return Arcs(self.a[which], self.b[which], self.bend[which])

    def gap(self, p: Floats) -> tuple[Floats, Flags]:
        """Distance of a point from the curve beside it, and whether it lies beyond its ends by more than a tenth."""
        along = self.b - self.a
        square = (along * along).sum(axis=1)
        t = ((p - self.a) * along).sum(axis=1) / np.where(square > 0, square, 1.0)
        within = np.clip(t, 0.0, 1.0)
        bulge = -0.5 * within * (1 - within) * square
        off = p - self.a - within[:, None] * along - bulge[:, None] * self.bend
        return np.hypot(off[:, 0], off[:, 1]), (t < -0.1) | (t > 1.1)


def segment_distance(a: Floats, b: Floats) -> Floats:
    """Shortest distance between the segments x1, y1, x2, y2 of each row; 0 where they cross."""
    ends = [(a[:, :2], b), (a[:, 2:], b), (b[:, :2], a), (b[:, 2:], a)]
    still = np.zeros((len(a), 2))
    nearest = np.min([Arcs(s[:, :2], s[:, 2:], still).gap(p)[0] for p, s in ends], axis=0)
    return np.where(_cross(a, b), 0.0, nearest)


def arc_distance(a: Arcs, b: Arcs) -> Floats:
    """Shortest distance between two curved edges of each row, from the ends of either to the other."""
    nearest = np.min([b.gap(a.a)[0], b.gap(a.b)[0], a.gap(b.a)[0], a.gap(b.b)[0]], axis=0)
    return np.where(_cross(np.hstack([a.a, a.b]), np.hstack([b.a, b.b])), 0.0, nearest)


def _cross(a: Floats, b: Floats) -> Flags:
    def side(s: Floats, p: Floats) -> Floats:
        return (s[:, 2] - s[:, 0]) * (p[:, 1] - s[:, 1]) - (s[:, 3] - s[:, 1]) * (p[:, 0] - s[:, 0])

    return (side(a, b[:, :2]) * side(a, b[:, 2:]) < 0) & (side(b, a[:, :2]) * side(b, a[:, 2:]) < 0)


def arcs(contours: Contours, edges: Whole) -> Arcs:
    """Edges as the curves they were drawn from."""
    ends = edges, contours.after[edges]
    (a, bend_a, fit_a), (b, bend_b, fit_b) = _smooth_ends(contours, *ends)
    one, has_one = _bends(contours, ends[0], edges, bend_a, fit_a)
    two, has_two = _bends(contours, ends[1], edges, bend_b, fit_b)
    bend = np.where((has_one & has_two)[:, None], (one + two) / 2, np.where(has_one[:, None], one, two))
    bend[~has_one & ~has_two] = 0.0
    sagitta = contours.lengths[edges] ** 2 / 8
    # a kink at one end, or the curvature jumps there
    torn = np.flatnonzero(has_one & has_two & (np.hypot(*(one - two).T) * sagitta > contours.step))
    if len(torn):
        steady_one = _steady(contours, ends[0][torn], -1, edges[torn], one[torn])
        steady_two = _steady(contours, ends[1][torn], 1, edges[torn], two[torn])
        first = np.where(
            steady_one == steady_two, np.hypot(*one[torn].T) <= np.hypot(*two[torn].T), steady_one
        )  # fmt: skip
        bend[torn] = np.where(first[:, None], one[torn], two[torn])
    bend[contours.straight(edges)] = 0.0
    return Arcs(a, b, bend)


Fits = tuple[Floats, Floats, Flags]  #: where vertices were, the second derivative of the curve there, if there is one


def _smooth_ends(contours: Contours, begins: Whole, ends: Whole) -> tuple[Fits, Fits]:
    """Vertices that begin edges and such as end them; those that are no corners are fitted once."""
    vertices = np.concatenate([begins, ends])
    side = np.concatenate([np.ones(len(begins), dtype=np.intp), -np.ones(len(ends), dtype=np.intp)])
    side[~contours.corner[vertices]] = 0
    code, back = np.unique(3 * vertices + side + 1, return_inverse=True)
    places, bends, fitted = smooth(contours, code // 3, code % 3 - 1)
    one, two = back[: len(begins)], back[len(begins) :]
    return (places[one], bends[one], fitted[one]), (places[two], bends[two], fitted[two])


def smooth(contours: Contours, vertices: Whole, side: Whole) -> Fits:
    """Where vertices were before rounding, as far as their neighbours tell.

    At a corner only those on one side do, after it (1) or before it (-1); 0 elsewhere.
    """
    parts = [
        _smooth(contours, vertices[start : start + CHUNK], side[start : start + CHUNK])
        for start in range(0, max(len(vertices), 1), CHUNK)
    ]
    places, bends, fitted = zip(*parts, strict=True)
    return np.concatenate(places), np.concatenate(bends), np.concatenate(fitted)


def _smooth(contours: Contours, vertices: Whole, side: Whole) -> Fits:
    k, here = contours.place[vertices], contours.points[vertices]
    after = np.where(side >= 0, contours.neighbours(vertices, 1), 0)
    before = np.where(side <= 0, contours.neighbours(vertices, -1), 0)
    offsets = np.arange(-REACH, REACH + 1)
    near = contours.kept[contours.shifted(k[:, None], offsets)]
    at = contours.points[near] - here[:, None, :]
    row = np.arange(len(k))
    next_one, last_one = at[:, REACH + 1], at[:, REACH - 1]
    # the tangent: along both first neighbours; where a straight joins, along that; at a corner, along the window
    join = (side == 0) & ((after > 0) != (before > 0))
    tangent = np.where((after > 0)[:, None], next_one, 0.0) - np.where((before > 0)[:, None], last_one, 0.0)
    tangent = np.where(join[:, None], np.where((after > 0)[:, None], -last_one, next_one), tangent)
    farthest = at[row, REACH + np.where(after > 0, after, -before)]
    tangent = np.where((side != 0)[:, None], farthest, tangent)
    if join.any():
        close = np.hypot(at[..., 0], at[..., 1]) <= (np.hypot(farthest[:, 0], farthest[:, 1]) / 2)[:, None]
        half = (close & (offsets <= after[:, None]) & (offsets >= -before[:, None]) & (offsets != 0)).sum(axis=1)
        after = np.where(join & (after > 0), half, after)
        before = np.where(join & (before > 0), half, before)
    length = np.hypot(tangent[:, 0], tangent[:, 1])
    t = tangent / np.where(length > 0, length, 1.0)[:, None]
    along = at[..., 0] * t[:, None, 0] + at[..., 1] * t[:, None, 1]
    across = at[..., 1] * t[:, None, 0] - at[..., 0] * t[:, None, 1]
    off, bend, good = np.zeros(len(k)), np.zeros(len(k)), np.zeros(len(k), dtype=bool)
    least = np.where(join, 3, 4)
    left = np.flatnonzero((after + before >= least) & (length > 0) & (k >= 0))
    while len(left):
        used = (offsets <= after[left, None]) & (offsets >= -before[left, None])
        value, second, rms = _parabolas(along[left], across[left], used, join[left])
        fine = rms <= NOISE * contours.step
        done = left[fine]
        off[done], bend[done], good[done] = value[fine], second[fine], True
        left = left[~fine]
        after[left], before[left] = after[left] * 2 // 3, before[left] * 2 // 3
        left = left[after[left] + before[left] >= least[left]]
    normal = np.column_stack([-t[:, 1], t[:, 0]])
    return here + off[:, None] * normal, bend[:, None] * normal, good


def _parabolas(along: Floats, across: Floats, used: Flags, even: Flags) -> tuple[Floats, Floats, Floats]:
    """Least-squares parabolas, row by row through what is used: value and second derivative at 0, and rms residual.

    Even ones have no slope at 0: as if the curve went on like that on the other side.
    """
    weight = used.astype(float)
    u = along * weight
    scale = np.abs(u).max(axis=1)
    scale[scale == 0] = 1.0
    u /= scale[:, None]
    values = across * weight
    m, r = moments(u, values, used.sum(axis=1))
    for odd in (m[1], m[3], r[1]):
        odd[even] = 0.0
    top, slope, bend = parabola(m, r)
    rest = (top[:, None] + u * (slope[:, None] + u * bend[:, None]) - values) * weight
    return top, 2 * bend / scale**2, np.sqrt((rest * rest).sum(axis=1) / m[0])


def _bends(
    contours: Contours, vertices: Whole, edges: Whole, fitted: Floats | None, fits: Flags | None
) -> tuple[Floats, Flags]:
    """The second derivative of edges at one of their ends: as fitted, else as the turn there says, which rounding
    moves the middle of a chord by no more than 0.1 step with. False where the end says nothing."""
    n = len(edges)
    bend = np.zeros((n, 2)) if fitted is None else fitted.copy()
    has = np.zeros(n, dtype=bool) if fits is None else fits.copy()
    k = contours.place[vertices]
    by_turn = np.flatnonzero(~has & (k >= 0) & ~contours.corner[vertices])
    if len(by_turn):
        at, last = k[by_turn], contours.kept_before[k[by_turn]]
        p0, p1, p2 = (contours.points[contours.kept[x]] for x in (last, at, contours.kept_after[at]))
        before, after = contours.spans[last], contours.spans[at]
        short, long = np.minimum(before, after), np.maximum(before, after)
        half = np.where(long > LONG * short, short, short + long) / 2  # a straight that joins does not bend
        found = ((p2 - p1) / after[:, None] - (p1 - p0) / before[:, None]) / half[:, None]
        bend[by_turn] = found
        # no curve is drawn in chords that miss it by so much: straight pieces that meet
        sagitta = np.hypot(found[:, 0], found[:, 1]) * contours.lengths[edges[by_turn]] ** 2 / 8
        has[by_turn] = sagitta <= COARSE * contours.step
    has &= contours.lengths[edges] <= LONG * contours.least(vertices, edges)
    return bend, has


def _steady(contours: Contours, vertices: Whole, outward: int, edges: Whole, bend: Floats) -> Flags:
    """Whether the curve bends at the next vertex as it does at this end of an edge."""
    k = contours.place[vertices]
    beyond = contours.kept[(contours.kept_after if outward > 0 else contours.kept_before)[k]]
    there, has = _bends(contours, beyond, edges, None, None)
    change = np.hypot(*(there - bend).T) * contours.lengths[edges] ** 2 / 8
    return (k >= 0) & has & (change <= contours.step)
