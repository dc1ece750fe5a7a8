"""Where else a library cell may lie: edges vote for placements (generalised Hough transform).

An edge of a cell's merged outline that no guide or wire continues is in the layout with the same vector, turned by the
placement. Each pair of equal vectors votes for one displacement; the cell's own place collects a vote an edge, chance
pairs scatter. Names, hierarchy and whether the layout was flattened do not matter. D. H. Ballard, Pattern Recognition
13, 111 (1981), doi:10.1016/0031-3203(81)90009-1.
"""

import math
from collections.abc import Sequence

import klayout.db as kdb
import numpy as np
from numpy.typing import NDArray

_RARE = 12  #: vectors of a cell that may vote: the rarest in the layout say most and cost least
_PAIRS = 5_000  #: most pairs that one vector may bring
_TOP = 400  #: placements kept for each orientation: copies of the cell that are where they belong come first

_WRAP = 1 << 32  #: makes one number of two coordinates
Edges = NDArray[np.int64]  #: rows of x1, y1, x2, y2

ORIENTATIONS = tuple(kdb.Trans(turn, mirror, 0, 0) for mirror in (False, True) for turn in range(4))


def edges_of(region: kdb.Region) -> Edges:
    """The edges of a merged region [dbu], material on their right."""
    rows = [(e.x1, e.y1, e.x2, e.y2) for e in region.edges().each()]
    return np.array(rows, dtype=np.int64).reshape(-1, 4)


def _turned(edges: Edges, by: kdb.Trans) -> Edges:
    """Turned edges; a mirror swaps the sides, so the ends change places."""
    x, y = edges[:, 0::2], edges[:, 1::2]
    if by.is_mirror():
        y = -y
    for _ in range(by.angle):
        x, y = -y, x
    turned = np.stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]], axis=1)
    return turned[:, [2, 3, 0, 1]] if by.is_mirror() else turned


def _keys(edges: Edges) -> NDArray[np.int64]:
    """One number for each edge vector."""
    return (edges[:, 2] - edges[:, 0]) * _WRAP + (edges[:, 3] - edges[:, 1])


class Votes:
    """The edges of a layout, ready to be voted on."""

    def __init__(self, edges: Edges) -> None:
        keys = _keys(edges)
        order = np.argsort(keys, kind="stable")
        self._starts = edges[order, :2]
        self._keys = keys[order]

    def placements(self, cell: Edges) -> list[kdb.Trans]:
        """Placements of a cell by number of votes, best first."""
        found: list[tuple[int, kdb.Trans]] = []
        for orientation in ORIENTATIONS:
            for votes, x, y in self._displacements(_turned(cell, orientation)):
                found.append((votes, kdb.Trans(orientation.angle, orientation.is_mirror(), x, y)))
        return [placement for _, placement in sorted(found, key=lambda one: -one[0])]

    def _displacements(self, cell: Edges) -> list[tuple[int, int, int]]:
        keys = _keys(cell)
        low = np.searchsorted(self._keys, keys, side="left")
        count = np.searchsorted(self._keys, keys, side="right") - low
        length = np.abs(cell[:, 2] - cell[:, 0]) + np.abs(cell[:, 3] - cell[:, 1])
        usable = np.flatnonzero((count > 0) & (count <= _PAIRS))
        chosen = usable[np.lexsort((-length[usable], count[usable]))][:_RARE]
        pairs = [self._starts[low[index] : low[index] + count[index]] - cell[index, :2] for index in chosen]
        if not pairs:
            return []
        every = np.concatenate(pairs)
        _, first, votes = np.unique(every[:, 0] * _WRAP + every[:, 1], return_index=True, return_counts=True)
        best: Sequence[int] = np.argsort(-votes, kind="stable")[:_TOP].tolist()
        return [(int(votes[i]), int(every[first[i], 0]), int(every[first[i], 1])) for i in best]


_LONG = 8  #: edges of a cell that are looked for at any angle: the longest tell the angle best
_LEAST = 500  #: dbu; shorter edges are chords of bends, of which there are thousands alike
_ALIKE = 60  #: most edges of one length near the place; a cell without long edges is found by the rarest, its end faces
_OFF = 2.0  #: dbu; the ends of an edge at an odd angle are rounded, so its length is off by up to 1.4
_WITHIN = (300.0, 150.0, 80.0, 40.0, 20.0, 10.0, 5.0, 3.0, 3.0)  #: dbu; how near a corner has to lie, step by step
_MET = 4  #: corners that have to lie near; three may by chance
_SAME = (0.25, 200.0)  #: degrees and dbu within which two pairs of edges tell the same placement


def turned_placements(cell: Edges, near: Edges) -> list[kdb.ICplxTrans]:
    """Placements of a cell at any angle, by pairs of edges of one length, long or rare; most votes first.

    Args:
        cell: edges of its merged outline [dbu].
        near: edges of the layout around its place.
    """
    length, lengths = _lengths(cell), _lengths(near)
    longest: list[int] = np.argsort(-length)[:_LONG].tolist()
    chosen = [index for index in longest if length[index] >= _LEAST] or _rarest(length, lengths)
    found: list[tuple[float, float, float, bool, float]] = []
    for index in chosen:
        for mirror in (False, True):
            x1, y1, x2, y2 = cell[index].tolist()
            if mirror:  # the side of the material changes, so the ends change places
                x1, y1, x2, y2 = x2, -y2, x1, -y1
            for u1, v1, u2, v2 in near[np.abs(lengths - length[index]) <= _OFF].tolist():
                angle = math.atan2(v2 - v1, u2 - u1) - math.atan2(y2 - y1, x2 - x1)
                mx, my = (x1 + x2) / 2, (y1 + y2) / 2
                x = (u1 + u2) / 2 - math.cos(angle) * mx + math.sin(angle) * my
                y = (v1 + v2) / 2 - math.sin(angle) * mx - math.cos(angle) * my
                found.append((math.degrees(angle) % 360, x, y, mirror, float(length[index])))
    groups: list[list[tuple[float, float, float, bool, float]]] = []
    for one in found:
        for group in groups:
            if group[0][3] == one[3] and _alike(group[0], one):
                group.append(one)
                break
        else:
            groups.append([one])
    groups.sort(key=lambda group: -sum(one[4] for one in group))
    return [_mean(group) for group in groups]


def _rarest(length: NDArray[np.float64], lengths: NDArray[np.float64]) -> list[int]:
    """Edges of a cell whose lengths are rarest near its place, of equally rare ones the longest."""
    ordered = np.sort(lengths)
    alike = np.searchsorted(ordered, length + _OFF, "right") - np.searchsorted(ordered, length - _OFF, "left")
    order: list[int] = np.lexsort((-length, alike)).tolist()
    return [index for index in order if 0 < alike[index] <= _ALIKE][:_LONG]


def settled(placement: kdb.ICplxTrans, cell: Edges, near: Edges) -> kdb.ICplxTrans:
    """A placement moved and turned until corners of the cell lie on corners of the layout (iterated closest points).

    An edge of 0.45 µm with rounded ends tells an angle to 0.2 degrees, all corners together to a thousandth of that.
    P. J. Besl, N. D. McKay, IEEE Trans. Pattern Anal. 14, 239 (1992), doi:10.1109/34.121791.

    Args:
        placement: roughly where the cell lies.
        cell: edges of its merged outline [dbu].
        near: edges of the layout around its place.
    """
    from scipy.spatial import cKDTree  # pyright: ignore[reportAttributeAccessIssue]

    corners, tree = cell[:, :2] @ np.array([1, 1j]), cKDTree(near[:, :2])
    corners = corners.conj() if placement.is_mirror() else corners
    turn, move = np.exp(1j * math.radians(placement.angle)), complex(placement.disp.x, placement.disp.y)
    for within in _WITHIN:
        placed = turn * corners + move
        distance, nearest = tree.query(np.stack([placed.real, placed.imag], axis=1))
        met = distance <= within
        if met.sum() < _MET:
            break
        mine, theirs = corners[met], near[nearest[met], :2] @ np.array([1, 1j])
        lever = np.vdot(mine - mine.mean(), theirs - theirs.mean())
        turn = lever / abs(lever) if lever else turn
        move = theirs.mean() - turn * mine.mean()
    angle = math.degrees(np.angle(turn)) % 360
    return kdb.ICplxTrans(1.0, angle, placement.is_mirror(), round(move.real), round(move.imag))


def _lengths(edges: Edges) -> NDArray[np.float64]:
    return np.hypot(edges[:, 2] - edges[:, 0], edges[:, 3] - edges[:, 1])


def _alike(one: tuple[float, float, float, bool, float], other: tuple[float, float, float, bool, float]) -> bool:
    turn = abs((one[0] - other[0] + 180) % 360 - 180)
    return turn <= _SAME[0] and math.hypot(one[1] - other[1], one[2] - other[2]) <= _SAME[1]


def _mean(group: Sequence[tuple[float, float, float, bool, float]]) -> kdb.ICplxTrans:
    """Of several votes for one placement, by the lengths of their edges."""
    weights = [one[4] for one in group]
    first = group[0][0]
    turns = [(one[0] - first + 180) % 360 - 180 for one in group]
    angle = first + float(np.average(turns, weights=weights))
    x, y = (float(np.average([one[i] for one in group], weights=weights)) for i in (1, 2))
    return kdb.ICplxTrans(1.0, angle % 360, group[0][3], round(x), round(y))
