"""Pictures of a layout: from above, and along a cut line."""

import os
from pathlib import Path
from typing import Any

import klayout.db as kdb

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Process
from lingnan.pdk.view.cut import Point, cut, kdb_cell

#: by material, in the colours people expect of them
MATERIALS = {
    "Si": "#d9480f",
    "SiO2": "#e7f5ff",
    "Si3N4": "#2f9e44",
    "Ge": "#9c36b5",
    "LiNbO3": "#1098ad",
    "Au": "#fab005",
    "Al": "#868e96",
    "W": "#495057",
    "TiN": "#e64980",
    "NiCr": "#c2255c",
    "air": "#ffffff",
    "water": "#a5d8ff",
}


def color_of(material: str) -> str:
    """Colour of a material, also when it is a variant such as `LiNbO3-congruent-x-cut`."""
    for name in sorted(MATERIALS, key=len, reverse=True):
        if material.startswith(name):
            return MATERIALS[name]
    return "#ced4da"


def save(figure: Any, path: Path) -> Path:
    """Write a figure under a temporary name and rename it, so that no half picture is ever seen."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part{path.suffix}")
    try:
        figure.savefig(part, metadata={"Software": None} if path.suffix == ".png" else None)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def cross_section_picture(
    cell: Any,
    process: Process,
    start: Point,
    end: Point,
    path: Path | None = None,
    *,
    z: tuple[float, float] | None = None,
) -> Any:
    """Draw the stack along a cut line.

    Args:
        cell: a component or KLayout cell.
        process: whose levels are stacked.
        start: one end of the line [µm].
        end: the other end [µm].
        path: where to write a PNG; nothing is written if not given.
        z: heights to show [µm]; from the substrate to above the metals if not given.

    Returns:
        the matplotlib figure.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch, Polygon

    section = cut(cell, process, start, end)
    figure = Figure(figsize=(9, 4), dpi=150, layout="constrained")
    axes = figure.subplots()
    seen: dict[str, str] = {}
    for piece in section.pieces:
        color = color_of(piece.material)
        seen[f"{piece.level} ({piece.material})"] = color
        axes.add_patch(Polygon(piece.outline(), closed=True, facecolor=color, edgecolor="#343a40", linewidth=0.4))
    low, high = z or _heights(process)
    axes.set_xlim(0, section.length)
    axes.set_ylim(low, high)
    axes.set_xlabel(f"distance from ({start[0]:g}, {start[1]:g}) µm towards ({end[0]:g}, {end[1]:g}) µm")
    axes.set_ylabel("z above the buried oxide (µm)")
    axes.set_title(f"{kdb_cell(cell).name}   {process.stamp}", fontsize=9)
    axes.legend(
        handles=[Patch(facecolor=color, edgecolor="#343a40", label=name) for name, color in seen.items()],
        fontsize=6,
        loc="center left",
        bbox_to_anchor=(1.0, 0.5),
    )
    if path is not None:
        save(figure, path)
    return figure


def _heights(process: Process) -> tuple[float, float]:
    """From half a micrometre of substrate to just above the highest metal."""
    blanket = [level for level in process.levels.values() if not level.mask]
    floor = min((level.z_max for level in blanket), default=-1.0)
    top = max((level.z_max for level in process.levels.values() if level.kind != "opening"), default=1.0)
    return floor - 0.5, top + 0.5


def layout_picture(
    cell: Any,
    process: Process,
    path: Path | None = None,
    *,
    box: tuple[float, float, float, float] | None = None,
    size: float = 9.0,
) -> Any:
    """Draw a layout from above, in the colours of the process.

    Args:
        cell: a component or KLayout cell.
        process: for layer names and colours.
        path: where to write a PNG; nothing is written if not given.
        box: left, bottom, right, top to show [µm]; the whole cell if not given.
        size: width of the figure in inches.

    Raises:
        LingnanError: the cell is empty.
    """
    from matplotlib.collections import PolyCollection
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    inner = kdb_cell(cell)
    layout = inner.layout()
    extent = inner.dbbox() if box is None else kdb.DBox(*box)
    if extent.empty() or (box is None and inner.dbbox().empty()):
        raise LingnanError(f"cell {inner.name} is empty: there is nothing to draw.")
    ratio = max(0.15, min(2.5, extent.height() / max(extent.width(), 1e-3)))
    figure = Figure(figsize=(size, max(2.0, size * ratio) + 0.6), dpi=150, layout="constrained")
    axes = figure.subplots()
    search = extent.to_itype(layout.dbu)
    handles: list[Any] = []
    for layer in sorted(process.layers.values(), key=lambda one: one.purpose):
        index = layout.find_layer(layer.layer, layer.datatype)
        if index is None:
            continue
        region = kdb.Region(inner.begin_shapes_rec_touching(index, search))
        hulls = [
            [(point.x * layout.dbu, point.y * layout.dbu) for point in polygon.resolved_holes().each_point_hull()]
            for polygon in region.merged().each()
        ]
        if not hulls:
            continue
        marker = layer.purpose == "marker"
        axes.add_collection(
            PolyCollection(
                hulls,
                facecolors="none" if marker else layer.color,
                edgecolors=layer.color,
                linewidths=0.3,
                alpha=0.8 if marker else 0.6,
            )
        )
        handles.append(Patch(facecolor="none" if marker else layer.color, edgecolor=layer.color, label=layer.name))
    pad = 0.02 * max(extent.width(), extent.height())
    axes.set_xlim(extent.left - pad, extent.right + pad)
    axes.set_ylim(extent.bottom - pad, extent.top + pad)
    axes.set_aspect("equal")
    axes.set_xlabel("x (µm)")
    axes.set_ylabel("y (µm)")
    axes.set_title(f"{inner.name}   {process.stamp}", fontsize=8)
    axes.legend(handles=handles, fontsize=6, loc="center left", bbox_to_anchor=(1.0, 0.5))
    if path is not None:
        save(figure, path)
    return figure
