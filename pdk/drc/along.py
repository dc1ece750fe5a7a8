"""The gap at a pair of edges from all vertices near it: fitted over the way along it, with as few terms as do.

One pair of many is the nearest by chance: the least of a hundred gaps at the rule is three standard deviations off.
Every vertex of the smooth stretch around either edge has a distance from the curve on the other side. These are
samples of the gap over the way along the first edge, and a polynomial of degree 0 to 2 is fitted to them.
"""

import numpy as np

from lingnan.pdk.drc.contours import REACH, Contours, Flags, Floats, Whole
from lingnan.pdk.drc.curves import arcs
from lingnan.pdk.drc.fit import moments, parabola
from lingnan.pdk.drc.pairs import Pairs

SCATTER = 0.62  #: grid steps rms of a fit along a gap: 0.36 where its sides are rounded once, 0.52 where twice
FEWEST = 12  #: vertices of a fit along a gap: three terms through fewer follow the rounding
CHANCE = 6.0  #: a term is left out where it betters the sum of squares by less than this many variances (95 %)
BESIDE = 2  #: edges on each side of the one beside which a point lies that may be nearer
CHUNK = 4000  #: pairs in work at a time: 30 MB


def along(pairs: Pairs, value: Floats, step: float) -> Floats:
    """Gaps at pairs of edges; as given where no fit passes the vertices.

    Args:
        pairs: of edges.
        value: shortest distance of each [dbu].
        step: of the mask grid [dbu].
    """
    parts = [slice(start, start + CHUNK) for start in range(0, len(value), CHUNK)]
    return np.concatenate([np.zeros(0), *(_along(pairs.take(part), value[part], step) for part in parts)])


def _along(pairs: Pairs, value: Floats, step: float) -> Floats:
    a, b = pairs.edges
    tangent = a[:, 2:] - a[:, :2]
    length = np.hypot(tangent[:, 0], tangent[:, 1])
    tangent = tangent / length[:, None]
    ends = [((b[:, i : i + 2] - a[:, :2]) * tangent).sum(axis=1) for i in (0, 2)]
    low, high = np.maximum(0.0, np.minimum(*ends)), np.minimum(length, np.maximum(*ends))
    apart = high < low
    low = np.where(apart, np.where(high < 0, 0.0, length), low)
    high = np.where(apart, low, high)
    middle = (low + high) / 2
    first, second, against = pairs.first, pairs.second, pairs.against
    found = [
        _samples(first, second, pairs.one, pairs.two, against),
        _samples(second, first, pairs.two, pairs.one, against),
    ]
    points, gaps, good = (np.concatenate(both, axis=1) for both in zip(*found, strict=True))
    ways = ((points - a[:, None, :2]) * tangent[:, None, :]).sum(axis=2) - middle[:, None]
    order = np.argsort(np.where(good, np.abs(ways), np.inf), axis=1, kind="stable")
    ways, gaps = np.take_along_axis(ways, order, axis=1), np.take_along_axis(gaps, order, axis=1)
    return _least(ways, gaps, good.sum(axis=1), (high - low) / 2, value, step)


def _samples(
    contours: Contours, other: Contours, edges: Whole, near: Whole, against: Flags
) -> tuple[Floats, Floats, Flags]:
    """Vertices around edges, their distances from the curve around other edges, and which count: none beyond its
    ends. The vertices reach as far as the outline has no corner, straight pieces and all."""
    far = np.arange(1, REACH + 1)
    vertices, shown, offsets = [], [], []
    for end, direction in ((edges, -1), (contours.after[edges], 1)):
        count = np.where(contours.corner[end], 0, contours.neighbours(end, direction, np.inf))
        beyond = contours.kept[contours.shifted(contours.place[end][:, None], far * direction)]
        vertices += [end[:, None], beyond]
        shown += [np.ones((len(end), 1), dtype=bool), far <= count[:, None]]
        offsets += [[max(direction, 0)], far * direction + max(direction, 0)]
    which, good = np.concatenate(vertices, axis=1), np.concatenate(shown, axis=1)
    row, column = np.nonzero(good)
    # the outlines run against each other as a rule: as far back here is as far on there
    ahead = np.concatenate(offsets)[column] * np.where(against[row], -1, 1)
    points = contours.points[which]
    gaps = np.full(which.shape, np.inf)
    gaps[row, column], beyond = _gaps(other, points[row, column], near[row], ahead)
    good[row, column] = ~beyond
    return points, gaps, good


def _gaps(contours: Contours, points: Floats, near: Whole, ahead: Whole) -> tuple[Floats, Flags]:
    """Distances of points from the curve around edges, up to corners, and whether they lie beyond its ends.

    Each is the least over the edge where the point has its foot and those beside it. The foot is looked for from
    `ahead` edges on.
    """
    foot = _foot(contours, points, near, ahead)
    edges, allowed = [foot], [np.ones(len(foot), dtype=bool)]
    for forward in (False, True):
        edge, going = foot, np.ones(len(foot), dtype=bool)
        for _ in range(BESIDE):
            onward = contours.after[edge] if forward else contours.before[edge]
            going = going & ~contours.corner[onward if forward else edge]
            edge = np.where(going, onward, edge)
            edges.append(edge)
            allowed.append(going)
    seen = np.zeros(len(contours.points), dtype=bool)
    for edge in edges:
        seen[edge] = True
    some = np.flatnonzero(seen)
    number = np.zeros(len(seen), dtype=np.intp)
    number[some] = np.arange(len(some))
    curves = arcs(contours, some)
    gap, beyond = np.full(len(foot), np.inf), np.ones(len(foot), dtype=bool)
    for edge, going in zip(edges, allowed, strict=True):
        here, past = curves.take(number[edge]).gap(points)
        nearer = going & ((here < gap) | ((here == gap) & ~past))
        gap, beyond = np.where(nearer, here, gap), np.where(nearer, past, beyond)
    return gap, beyond


def _foot(contours: Contours, points: Floats, near: Whole, ahead: Whole) -> Whole:
    """The edges, from `near` on along the smooth outline, beside which points lie."""
    back = _room(contours.corner, near, contours.before)
    on = _room(contours.corner, contours.after[near], contours.after)
    size = contours.size[contours.outline[near]]
    most = np.maximum(np.minimum(REACH + 2, size // 2 - 1), 0)
    back, on = np.minimum(back, most), np.minimum(on, most)
    base = contours.first[contours.outline[near]]
    at = np.clip(ahead, -back, on)
    way = np.zeros(len(near), dtype=np.intp)
    left = np.arange(len(near))
    for _ in range(2 * (REACH + 2)):
        edge = base[left] + (near[left] - base[left] + at[left]) % size[left]
        start = contours.points[edge]
        step = contours.points[contours.after[edge]] - start
        there = ((points[left] - start) * step).sum(axis=1)
        direction = (there > (step * step).sum(axis=1)).astype(np.intp) - (there < 0)
        going = (direction != 0) & (direction != -way[left])
        onward = at[left] + direction
        going &= (onward >= -back[left]) & (onward <= on[left])
        left, direction = left[going], direction[going]
        if not len(left):
            break
        at[left] += direction
        way[left] = direction
    return base + (near - base + at) % size


def _room(corner: Flags, start: Whole, onward: Whole) -> Whole:
    """How many vertices on an outline goes without a corner, `REACH` and a few at most, the first one counted."""
    count, here, going = np.zeros(len(start), dtype=np.intp), start, np.ones(len(start), dtype=bool)
    for _ in range(REACH + 2):
        going = going & ~corner[here]
        if not going.any():
            break
        count += going
        here = np.where(going, onward[here], here)
    return count


def _least(s: Floats, gaps: Floats, count: Whole, half: Floats, value: Floats, step: float) -> Floats:
    """The least gap over the stretch -half to half of polynomials through the nearest vertices; as given where no
    polynomial passes enough of them.

    Args:
        s, gaps: samples of each row, nearest first.
        count: samples in each row.
    """
    found, count = value.copy(), count.copy()
    left = np.flatnonzero(count >= FEWEST)
    while len(left):
        n = count[left]
        used = np.arange(s.shape[1]) < n[:, None]
        scale = np.abs(np.where(used, s[left], 0.0)).max(axis=1)
        scale[scale == 0] = 1.0
        u, g = np.where(used, s[left] / scale[:, None], 0.0), np.where(used, gaps[left], 0.0)
        terms, rms = polynomials(u, g, n)
        fits = rms[2] <= SCATTER * step
        least = np.maximum(rms[2], 0.3 * step) ** 2
        chosen = terms[2]
        for degree in (1, 0):
            fewer = (rms[degree] ** 2 - rms[2] ** 2) * n <= CHANCE * least
            chosen = np.where(fewer[:, None], terms[degree], chosen)
        edge = half[left] / scale
        lowest = np.minimum(_at(chosen, -edge), _at(chosen, edge))
        bowl = chosen[:, 2] > 0
        bottom = np.clip(-chosen[:, 1] / 2 / np.where(bowl, chosen[:, 2], 1.0), -edge, edge)
        lowest = np.where(bowl, np.minimum(lowest, _at(chosen, bottom)), lowest)
        found[left[fits]] = lowest[fits]
        left = left[~fits]
        count[left] = count[left] * 2 // 3
        left = left[count[left] >= FEWEST]
    return found


def _at(terms: Floats, x: Floats) -> Floats:
    return terms[:, 0] + x * (terms[:, 1] + x * terms[:, 2])


def polynomials(u: Floats, g: Floats, n: Whole) -> tuple[list[Floats], list[Floats]]:
    """Least-squares polynomials of degree 0, 1 and 2 through each row: terms (rows, 3), and rms residuals.

    Args:
        u, g: places up to 1 and values; both 0 where there is no sample.
        n: samples in each row.
    """
    m, r = moments(u, g, n)
    none = np.zeros(len(u))
    with np.errstate(divide="ignore", invalid="ignore"):
        line = m[0] * m[2] - m[1] * m[1]
        terms = [
            np.column_stack([r[0] / m[0], none, none]),
            np.column_stack([(r[0] * m[2] - m[1] * r[1]) / line, (m[0] * r[1] - m[1] * r[0]) / line, none]),
            np.column_stack(parabola(m, r)),
        ]
    used = np.arange(u.shape[1]) < n[:, None]
    rms: list[Floats] = []
    for some in terms:
        off = np.where(used, some[:, :1] + u * (some[:, 1:2] + u * some[:, 2:]) - g, 0.0)
        rms.append(np.sqrt((off * off).sum(axis=1) / n))
    return terms, rms
