"""Density in windows: the share of a layer in each, exact, and the rule on it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import klayout.db as kdb
import numpy as np

from lingnan.pdk.drc.apart import add_areas
from lingnan.pdk.drc.areas import Bins, Floats
from lingnan.pdk.drc.found import Found, grouped, outline
from lingnan.pdk.drc.keep import Keep
from lingnan.pdk.drc.scene import Scene
from lingnan.pdk.drc.tiles import add_tiles, is_flat
from lingnan.pdk.process import Rule, layers_of

_UNION = frozenset("|() ")  #: what an expression of a plain union holds beside names


def starts(low: int, high: int, window: int, step: int) -> list[int]:
    """Where windows begin: every step, and a last one flush with the far side."""
    if high - low <= window:
        return [low]
    found = list(range(low, high - window + 1, step))
    if found[-1] + window < high:
        found.append(high - window)
    return found


@dataclass(frozen=True)
class Windows:
    """The windows of a rule over a frame [dbu]."""

    x: list[int]
    y: list[int]
    width: int
    height: int

    def bins(self) -> Bins:
        """Bins that the edges of the windows bound."""
        return Bins([*self.x, *(x + self.width for x in self.x)], [*self.y, *(y + self.height for y in self.y)])

    def sums(self, bins: Bins) -> Floats:
        """Areas in the windows, rows from below."""
        total = np.pad(bins.areas().cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
        x, y = np.array(self.x, dtype=float), np.array(self.y, dtype=float)
        i, m = np.searchsorted(bins.x, x), np.searchsorted(bins.x, x + self.width)
        j, n = np.searchsorted(bins.y, y), np.searchsorted(bins.y, y + self.height)
        return total[np.ix_(n, m)] - total[np.ix_(j, m)] - total[np.ix_(n, i)] + total[np.ix_(j, i)]

    def each(self, share: Floats) -> Iterator[tuple[float, kdb.Box]]:
        """Shares with their windows, those that are not judged left out."""
        for y, row in zip(self.y, share.tolist(), strict=True):
            for x, value in zip(self.x, row, strict=True):
                if value == value:
                    yield value, kdb.Box(x, y, x + self.width, y + self.height)


@dataclass(frozen=True)
class Layers:
    """A layout whose layers have names."""

    layout: kdb.Layout
    top: kdb.Cell
    index: Callable[[str], int | None]
    region: Callable[[str], kdb.Region]  #: what an expression covers, merged
    keep: Keep | None = None  #: results of earlier runs

    def add(self, bins: Bins, expression: str) -> None:
        """Add the area of an expression to bins."""
        if (found := self._union(expression)) is None:
            add_region(bins, self.region(expression))
        elif is_flat(self.layout, self.top, found):
            add_tiles(bins, self.layout, self.top, found, self.keep)
        else:
            add_areas(bins, self.layout, self.top, found, self.keep)

    def inside(self, expression: str, frame: kdb.Region) -> kdb.Region:
        """What an expression covers of a flat region."""
        if (found := self._union(expression)) is None:
            return self.region(expression) & frame
        drawn = kdb.Region()
        for index in found:
            drawn += kdb.Region(kdb.RecursiveShapeIterator(self.layout, self.top, index, frame, True))
        return drawn & frame

    def _union(self, expression: str) -> list[int] | None:
        """Layers whose union the expression is; None: it is something else."""
        if not _UNION.issuperset(letter for letter in expression if not (letter.isalnum() or letter == "_")):
            return None
        return [index for name in layers_of(expression) if (index := self.index(name)) is not None]


def add_region(bins: Bins, region: kdb.Region) -> None:
    """Add the area of a region to bins, cell by cell where it is hierarchical."""
    scratch = kdb.Layout()
    top, layer = scratch.create_cell("TOP"), scratch.layer(1, 0)
    scratch.insert(top.cell_index(), layer, region)
    add_areas(bins, scratch, top, [layer])


def windows_of(rule: Rule, frame: kdb.Box, dbu: float) -> Windows:
    """The windows of a density rule over a frame."""
    window, step = (round(float(rule.options[key]) / dbu) for key in ("window", "step"))
    xs, ys = starts(frame.left, frame.right, window, step), starts(frame.bottom, frame.top, window, step)
    return Windows(xs, ys, min(window, frame.width()), min(window, frame.height()))


def shares(layers: Layers, rule: Rule, windows: Windows) -> Floats:
    """Share of the rule's layer in each window; NaN where a window is not judged.

    The area of `outside`, grown by `around`, counts neither as window nor as layer; a window of which less than
    `remaining` is left is not judged.
    """
    bins = windows.bins()
    layers.add(bins, rule.layer)
    whole = float(windows.width) * windows.height
    covered = windows.sums(bins)
    text = str(rule.options.get("outside", ""))
    left_out = layers.region(text) if text else kdb.Region()
    if left_out.is_empty():
        return covered / whole
    left_out = grown(left_out, rule, layers.layout.dbu)
    out, both = windows.bins(), windows.bins()
    add_region(out, left_out)
    add_region(both, layers.inside(rule.layer, left_out))
    rest = whole - windows.sums(out)
    judged = rest >= float(rule.options.get("remaining", 0.0)) * whole + 0.5
    return np.where(judged, (covered - windows.sums(both)) / np.maximum(rest, 1.0), np.nan)


def grown(region: kdb.Region, rule: Rule, dbu: float) -> kdb.Region:
    """What a rule leaves out, flat: the region, and `around` it."""
    flat = region.dup()
    flat.flatten()
    return flat.sized(round(float(rule.options.get("around", 0.0)) / dbu)).merged()


def density(scene: Scene, rule: Rule) -> list[Found]:
    """Windows with too little or too much of a layer. Windows that touch are one fault, with the worst value."""
    frame = floor(scene)
    if frame.empty() or not scene.has(rule.layer):
        return []
    windows = windows_of(rule, frame, scene.dbu)
    least, most = float(rule.options.get("minimum", 0.0)), float(rule.options.get("maximum", 1.0))
    layers = Layers(scene.layout, scene.top, scene.index, scene.region, scene.keep)
    judged = list(windows.each(shares(layers, rule, windows)))
    low = _worst([(share, box) for share, box in judged if share < least - 1e-9], "minimum", min)
    return low + _worst([(share, box) for share, box in judged if share > most + 1e-9], "maximum", max)


def _worst(
    windows: list[tuple[float, kdb.Box]], note: str, worst: Callable[[Iterable[float]], float]
) -> list[Found]:  # fmt: skip
    """Windows that touch as one fault, with the worst share."""
    covered = kdb.Region([kdb.Polygon(box) for _, box in windows]).merged()
    corners = np.array([(box.left, box.bottom) for _, box in windows], dtype=float)
    return [
        Found(round(worst(windows[number][0] for number in members), 4), (outline(group),), note)
        for group, members in grouped(covered, corners)
    ]


def floor(scene: Scene) -> kdb.Box:
    """The area in which density counts: the floorplan, or the whole layout where it has none."""
    index = scene.index("FLOORPLAN")
    box = scene.top.bbox(index) if index is not None else kdb.Box()
    return scene.top.bbox() if box.empty() else box
