"""Mismatches as pictures: the layout around each in the colours of the process, its markers in red."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import klayout.db as kdb

from lingnan.pdk.layout import Loaded
from lingnan.pdk.lvs import Mismatch
from lingnan.pdk.process import Process
from lingnan.pdk.view.picture import save
from lingnan.tapeout.built import FILL
from lingnan.tapeout.picture import Camera

_AROUND = 1.0  #: of a mismatch's size, shown on each side
_LEAST = 2.0  #: µm shown at least around it
_RED = "#e03131"


def _renamed(loaded: Loaded, process: Process) -> tuple[kdb.Layout, kdb.Cell]:
    """The layout with the process's own layer numbers, which the colours go by."""
    layout = loaded.layout.dup()
    for name, number in loaded.layers.items():
        if number != process.layers[name].gds:
            index = layout.find_layer(*number)
            if index is not None:
                layout.set_info(index, kdb.LayerInfo(*process.layers[name].gds))
    return layout, layout.cell(loaded.top.name)


def mismatch_pictures(loaded: Loaded, process: Process, mismatches: Sequence[Mismatch], folder: Path) -> list[Path]:
    """A PNG for each mismatch, numbered in their order."""
    from matplotlib.figure import Figure
    from matplotlib.image import imread
    from matplotlib.patches import Polygon, Rectangle

    layout, top = _renamed(loaded, process)
    camera = Camera(layout, top, process, hide_cells=FILL)
    paths: list[Path] = []
    with tempfile.TemporaryDirectory() as scratch:
        for number, one in enumerate(mismatches, 1):
            box = kdb.DBox(*one.bbox)
            margin = max(_LEAST, _AROUND * max(box.width(), box.height()))
            shown = box.enlarged(margin, margin)
            if shown.width() > 3 * shown.height():  # no strips of a few pixels
                shown = shown.enlarged(0, shown.width() / 6)
            photo = imread(camera.shoot(Path(scratch) / "view.png", shown, width=900))
            figure = Figure(figsize=(8, 8 * shown.height() / shown.width() + 0.8), dpi=120, layout="constrained")
            axes = figure.subplots()
            axes.imshow(photo, extent=(shown.left, shown.right, shown.bottom, shown.top))
            for outline in one.polygons:
                axes.add_patch(Polygon(outline, closed=True, fill=False, edgecolor=_RED, linewidth=1))
            axes.add_patch(
                Rectangle((box.left, box.bottom), box.width(), box.height(), fill=False, edgecolor=_RED, lw=2)
            )
            axes.set_xlim(shown.left, shown.right)
            axes.set_ylim(shown.bottom, shown.top)
            axes.set_xlabel("x (µm)")
            axes.set_ylabel("y (µm)")
            axes.set_title(f"{one.kind}: {one.message}", fontsize=8, wrap=True)
            paths.append(save(figure, folder / f"{number:03d}_{one.kind.replace(' ', '_')}.png"))
    return paths
