"""`contour`'s fit of a parabola at a vertex, for all vertices of an outline at once: the same steps on arrays.

Only vertices inside a smooth stretch are done here, those with neighbours on both sides. At corners and where a
straight joins, `Contour` fits one by one.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Point = tuple[float, float]


def neighbours(
    turns: Floats, spans: Floats, reach: int, long: float, corner: float, sweep: float
) -> tuple[Whole, Whole]:
    """How many vertices after and before each take part in its fit: edges even to a factor, no corner, little turn."""
    n = len(turns)
    least = long * np.minimum(spans, np.roll(spans, 1))
    counts: list[Whole] = []
    for direction in (1, -1):
        count, turned, going = np.zeros(n, dtype=np.int64), np.zeros(n), np.ones(n, dtype=bool)
        for d in range(1, min(reach, n // 2) + 1):
            going = going & (np.roll(spans, 1 - d if direction > 0 else d) <= least)
            count += going
            turn = np.roll(turns, -d * direction)
            turned = turned + turn
            going = going & (turn <= corner) & (turned <= sweep)
        counts.append(count)
    return counts[0], counts[1]


def fits(
    points: Sequence[tuple[int, int]], after: Whole, before: Whole, chosen: Whole, noise: float
) -> list[tuple[Point, Point | None]]:
    """Where some vertices were before rounding, and the second derivative of the curve there, None where no fit does.

    Args:
        points: of the outline.
        after, before: neighbours that take part, of each vertex.
        chosen: numbers of the vertices; each has neighbours on both sides.
        noise: largest rms of a fit.
    """
    p = np.array(points, dtype=float)
    n, reach = len(p), int(max(after.max(initial=1), before.max(initial=1)))
    offsets = np.arange(-reach, reach + 1)
    at = p[(chosen[:, None] + offsets) % n] - p[chosen][:, None]
    chord = at[:, reach + 1] - at[:, reach - 1]
    length = np.hypot(chord[:, 0], chord[:, 1])
    t = chord / np.where(length > 0, length, 1.0)[:, None]
    along = at[..., 0] * t[:, None, 0] + at[..., 1] * t[:, None, 1]
    across = at[..., 1] * t[:, None, 0] - at[..., 0] * t[:, None, 1]
    a, b = after[chosen], before[chosen]
    off, bend, good = np.zeros(len(chosen)), np.zeros(len(chosen)), np.zeros(len(chosen), dtype=bool)
    left = np.flatnonzero((a + b >= 4) & (length > 0))
    while len(left):
        used = (offsets <= a[left, None]) & (offsets >= -b[left, None])
        value, second, rms = _parabolas(along[left], across[left], used)
        fine = rms <= noise
        done = left[fine]
        off[done], bend[done], good[done] = value[fine], second[fine], True
        left = left[~fine]
        a[left], b[left] = a[left] * 2 // 3, b[left] * 2 // 3
        left = left[a[left] + b[left] >= 4]
    normal = np.column_stack([-t[:, 1], t[:, 0]])
    places = (p[chosen] + off[:, None] * normal).tolist()
    bends = (bend[:, None] * normal).tolist()
    return [
        ((x, y), (u, v)) if fitted else (points[number], None)
        for number, fitted, (x, y), (u, v) in zip(chosen.tolist(), good.tolist(), places, bends, strict=True)
    ]


def _parabolas(along: Floats, across: Floats, used: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """Row by row what `fit.parabola` says of the values that are used."""
    weight = used.astype(float)
    scale = np.abs(along * weight).max(axis=1)
    scale[scale == 0] = 1.0
    u = along / scale[:, None] * weight
    values = across * weight
    square = u * u
    m0, m1, m2 = weight.sum(axis=1), u.sum(axis=1), square.sum(axis=1)
    m3, m4 = (square * u).sum(axis=1), (square * square).sum(axis=1)
    r0, r1, r2 = values.sum(axis=1), (values * u).sum(axis=1), (values * square).sum(axis=1)
    one, two, three = m2 * m4 - m3 * m3, m1 * m4 - m3 * m2, m1 * m3 - m2 * m2
    det = m0 * one - m1 * two + m2 * three
    top = (r0 * one - m1 * (r1 * m4 - m3 * r2) + m2 * (r1 * m3 - m2 * r2)) / det
    slope = (m0 * (r1 * m4 - m3 * r2) - r0 * two + m2 * (m1 * r2 - m2 * r1)) / det
    bend = (m0 * (m2 * r2 - m3 * r1) - m1 * (m1 * r2 - m2 * r1) + r0 * three) / det
    rest = (top[:, None] + u * (slope[:, None] + u * bend[:, None]) - values) * weight
    return top, 2 * bend / scale**2, np.sqrt((rest * rest).sum(axis=1) / m0)
