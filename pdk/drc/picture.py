"""A fault as a picture: the layout around it in the colours of the process, its marker in red."""

from pathlib import Path

import klayout.db as kdb

from lingnan.pdk.drc.violation import Violation
from lingnan.pdk.process import Process

MARGIN = 1.5  #: of the marker's size, on each side
LEAST = 2.0  #: µm shown at least around a marker


def fault_picture(cell: kdb.Cell, process: Process, violation: Violation, path: Path) -> Path:
    """Write a PNG of a fault and its surroundings.

    Args:
        cell: the top cell; its layers have the process's numbers.
        process: for colours and names.
        violation: to be shown.
        path: of the PNG.
    """
    from matplotlib.patches import Polygon

    from lingnan.pdk.view.picture import layout_picture, save

    left, bottom, right, top = violation.bbox
    margin = max(LEAST, MARGIN * max(right - left, top - bottom))
    figure = layout_picture(cell, process, box=(left - margin, bottom - margin, right + margin, top + margin))
    axes = figure.axes[0]
    for outline in violation.polygons or (((left, bottom), (left, top), (right, top), (right, bottom)),):
        axes.add_patch(Polygon(outline, closed=True, fill=False, edgecolor="#e03131", linewidth=1.5, zorder=9))
    axes.set_title(f"{violation.rule}: {violation.message}", fontsize=8)
    return save(figure, path)
