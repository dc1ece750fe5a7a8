"""Density in windows: exact areas by summing edges into bins, as a rasteriser does, without cutting any polygon.

The area of a shape inside a bin is the integral of x, clamped to the bin, along its outline. Edges are split at the
lines between bins; each piece then adds to one bin, and to the whole width of all bins on its left. A placement that
lies inside one bin adds its area at once. Bins are bounded by the edges of all windows.
"""

import math

import klayout.db as kdb
import numpy as np
from numpy.typing import NDArray

from lingnan.pdk.drc.found import Found, join, outline
from lingnan.pdk.drc.scene import Placed, Scene
from lingnan.pdk.process import Rule

Floats = NDArray[np.float64]
CHUNK = 1_000_000  #: edges in work at a time: 100 MB


def starts(low: int, high: int, window: int, step: int) -> list[int]:
    """Where windows begin: every step, and a last one flush with the far side."""
    if high - low <= window:
        return [low]
    found = list(range(low, high - window + 1, step))
    if found[-1] + window < high:
        found.append(high - window)
    return found


class Bins:
    """Areas on a grid of lines."""

    def __init__(self, x: list[int], y: list[int]) -> None:
        self.x, self.y = np.array(sorted(set(x)), dtype=float), np.array(sorted(set(y)), dtype=float)
        shape = (len(self.y) - 1, len(self.x) + 1)
        self._partial, self._dy = np.zeros(shape), np.zeros(shape)
        self._direct = np.zeros((len(self.y) - 1, len(self.x) - 1))

    def add_boxes(self, x: Floats, y: Floats, areas: Floats) -> None:
        """Shapes that lie wholly inside the bin of their point."""
        column, row = np.searchsorted(self.x, x, "right") - 1, np.searchsorted(self.y, y, "right") - 1
        inside = (column >= 0) & (column < len(self.x) - 1) & (row >= 0) & (row < len(self.y) - 1)
        flat = row[inside] * (len(self.x) - 1) + column[inside]
        self._direct += np.bincount(flat, areas[inside], self._direct.size).reshape(self._direct.shape)

    def add_edges(self, edges: Floats) -> None:
        """Edges x1, y1, x2, y2 of closed outlines with the inside on the right."""
        edges = edges[edges[:, 1] != edges[:, 3]]
        edges = _split(edges, self.y, 1)
        edges = _split(edges, self.x, 0)
        middle = (edges[:, :2] + edges[:, 2:]) / 2
        row = np.searchsorted(self.y, middle[:, 1], "right") - 1
        column = np.searchsorted(self.x, middle[:, 0], "right") - 1
        inside = (row >= 0) & (row < len(self.y) - 1)
        row, column, edges, middle = row[inside], column[inside], edges[inside], middle[inside]
        dy = edges[:, 1] - edges[:, 3]  # the inside is on the right: upward edges are left ones
        left = self.x[np.clip(column, 0, len(self.x) - 1)]
        width = len(self.x) + 1
        flat = row * width + column + 1
        size = self._dy.size
        self._dy += np.bincount(flat, dy, size).reshape(self._dy.shape)
        self._partial += np.bincount(flat, dy * (middle[:, 0] - left), size).reshape(self._dy.shape)

    def areas(self) -> Floats:
        """Area in each bin, rows from below."""
        later = self._dy[:, ::-1].cumsum(axis=1)[:, ::-1]
        n = len(self.x) - 1
        return self._direct + self._partial[:, 1 : n + 1] + np.diff(self.x) * later[:, 2 : n + 2]


def _split(edges: Floats, lines: Floats, axis: int) -> Floats:
    """Edges cut where they cross lines of constant x (axis 0) or y (axis 1)."""
    a, b = edges[:, axis], edges[:, axis + 2]
    first = np.searchsorted(lines, np.minimum(a, b), "right")
    last = np.searchsorted(lines, np.maximum(a, b), "left")
    count = np.maximum(last - first, 0)
    crossing = count > 0
    if not crossing.any():
        return edges
    cut, number, start = edges[crossing], count[crossing], first[crossing]
    pieces = number + 1
    whole = np.repeat(cut, pieces, axis=0)
    begin = np.repeat(np.cumsum(pieces) - pieces, pieces)
    place = np.arange(len(whole)) - begin
    up = np.repeat(cut[:, axis] < cut[:, axis + 2], pieces)
    total, offset = np.repeat(number, pieces), np.repeat(start, pieces)
    order = np.where(up, place, total - place)
    low = lines[np.clip(offset + order - 1, 0, len(lines) - 1)]
    high = lines[np.clip(offset + order, 0, len(lines) - 1)]
    entry, leave = np.where(up, low, high), np.where(up, high, low)
    span = whole[:, axis + 2] - whole[:, axis]
    t0 = np.where(place == 0, 0.0, (entry - whole[:, axis]) / span)
    t1 = np.where(place == total, 1.0, (leave - whole[:, axis]) / span)
    delta = whole[:, 2:] - whole[:, :2]
    parts = np.hstack([whole[:, :2] + delta * t0[:, None], whole[:, :2] + delta * t1[:, None]])
    return np.vstack([edges[~crossing], parts])


def numbers(text: str) -> Floats:
    """All whole numbers of KLayout's text of a collection: ten times faster than shape by shape."""
    return np.fromstring(text.translate(_BLANK), dtype=float, sep=" ")


_BLANK = str.maketrans("();,", "    ")


def edges_of(polygons: list[kdb.Polygon]) -> Floats:
    """Edges of polygons as rows x1, y1, x2, y2."""
    region = kdb.Region(polygons)
    region.merged_semantics = False
    return numbers(region.edges().to_s(2**31 - 1)).reshape(-1, 4)


def fill(bins: Bins, placed: Placed) -> None:
    """Add every placement of every polygon."""
    for cell in placed.cells():
        places = placed.places(cell)
        if not places:
            continue
        matrix = np.array([_matrix(trans) for trans in places])
        # magnified or turned by any angle: areas and boxes of the cell do not hold
        plain = np.array([trans.is_ortho() and not trans.is_mag() for trans in places])
        stored = [shape.polygon for shape in cell.shapes(placed.layer).each()]
        for begin in range(0, len(stored), 20_000):
            _fill(bins, stored[begin : begin + 20_000], matrix, plain)


def _fill(bins: Bins, polygons: list[kdb.Polygon], matrix: Floats, plain: NDArray[np.bool_]) -> None:
    """Polygons inside one bin add their area there; of those that cross a line between bins the edges are summed."""
    boxes = np.array([(b.left, b.bottom, b.right, b.top) for b in (p.bbox() for p in polygons)], dtype=float)
    areas = np.array([polygon.area() for polygon in polygons], dtype=float)
    crossing: list[list[int]] = [[] for _ in polygons]
    for start in range(0, len(matrix), max(1, CHUNK // len(polygons))):
        rows = slice(start, start + max(1, CHUNK // len(polygons)))
        corners = _place(matrix[rows], boxes)
        low, high = np.minimum(corners[..., :2], corners[..., 2:]), np.maximum(corners[..., :2], corners[..., 2:])
        alone = np.repeat(plain[rows, None], len(polygons), axis=1)
        for axis, lines in ((0, bins.x), (1, bins.y)):
            alone &= np.searchsorted(lines, low[..., axis], "right") == np.searchsorted(lines, high[..., axis], "left")
        middle = (low + high) / 2
        bins.add_boxes(middle[..., 0][alone], middle[..., 1][alone], np.broadcast_to(areas, alone.shape)[alone])
        for place, number in zip(*np.nonzero(~alone), strict=True):
            crossing[number].append(start + int(place))
    work: list[Floats] = []
    size = 0
    for polygon, places in zip(polygons, crossing, strict=True):
        if not places:
            continue
        edges = edges_of([polygon])
        step = max(1, CHUNK // len(edges))
        for start in range(0, len(places), step):
            work.append(_place(matrix[places[start : start + step]], edges).reshape(-1, 4))
            size += len(work[-1])
            if size >= CHUNK:
                bins.add_edges(np.concatenate(work))
                work, size = [], 0
    if work:
        bins.add_edges(np.concatenate(work))


def _matrix(trans: kdb.ICplxTrans) -> list[float]:
    cos, sin = trans.mag * _cos(trans.angle), trans.mag * _cos(trans.angle - 90.0)
    mirror = -1.0 if trans.is_mirror() else 1.0
    return [cos, -sin * mirror, float(trans.disp.x), sin, cos * mirror, float(trans.disp.y), mirror]


def _cos(angle_deg: float) -> float:
    """Cosine, exact at right angles."""
    turned = angle_deg % 360.0
    return {0.0: 1.0, 90.0: 0.0, 180.0: -1.0, 270.0: 0.0}.get(turned, math.cos(math.radians(turned)))


def _place(matrix: Floats, edges: Floats) -> Floats:
    """Edges (n, 4) under transformations (m, 7): (m, n, 4); a mirror turns outlines round, so edges are swapped."""
    x, y = edges[None, :, 0::2], edges[None, :, 1::2]
    m = matrix[:, :, None, None]
    px, py = m[:, 0] * x + m[:, 1] * y + m[:, 2], m[:, 3] * x + m[:, 4] * y + m[:, 5]
    swap = matrix[:, 6] < 0
    px[swap], py[swap] = px[swap][:, :, ::-1], py[swap][:, :, ::-1]
    return np.stack([px[..., 0], py[..., 0], px[..., 1], py[..., 1]], axis=-1)


def density(scene: Scene, rule: Rule) -> list[Found]:
    """Windows with too little or too much of a layer. Windows that touch are one fault, with the worst value."""
    window, step = (round(float(rule.options[key]) / scene.dbu) for key in ("window", "step"))
    frame = floor(scene)
    if frame.empty() or not scene.has(rule.layer):
        return []
    xs, ys = starts(frame.left, frame.right, window, step), starts(frame.bottom, frame.top, window, step)
    right, top = min(window, frame.width()), min(window, frame.height())
    bins = Bins([*xs, *(x + right for x in xs)], [*ys, *(y + top for y in ys)])
    fill(bins, scene.placed(rule.layer))
    total = np.pad(bins.areas().cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    low: list[Found] = []
    high: list[Found] = []
    for y in ys:
        j0, j1 = np.searchsorted(bins.y, (y, y + top))
        for x in xs:
            i0, i1 = np.searchsorted(bins.x, (x, x + right))
            share = (total[j1, i1] - total[j0, i1] - total[j1, i0] + total[j0, i0]) / (right * top)
            box = outline(kdb.Box(x, y, x + right, y + top))
            if share < float(rule.options.get("minimum", 0.0)) - 1e-9:
                low.append(Found(round(float(share), 4), (box,), "minimum"))
            elif share > float(rule.options.get("maximum", 1.0)) + 1e-9:
                high.append(Found(-round(float(share), 4), (box,), "maximum"))
    return join(low) + [Found(-(fault.value or 0.0), fault.outlines, fault.note) for fault in join(high)]


def floor(scene: Scene) -> kdb.Box:
    """The area in which density counts: the floorplan, or the whole layout where it has none."""
    index = scene.index("FLOORPLAN")
    box = scene.top.bbox(index) if index is not None else kdb.Box()
    return scene.top.bbox() if box.empty() else box
