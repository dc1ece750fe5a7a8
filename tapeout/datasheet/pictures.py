"""Pictures of a data sheet: the layout with its ports, cross-sections of the stack, and the solid."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.view.cut import Point, cut
from lingnan.pdk.view.picture import cross_section_picture, layout_picture, save
from lingnan.pdk.view.solid import solid_picture, solids
from lingnan.tapeout.datasheet.sheet import Sheet

_LABEL = 24.0  #: points from a port, inside the cell, where its name stands
_AROUND = 6.0  #: µm on both sides of a port that its cross-section shows
_INSIDE = 0.5  #: µm behind a port where it is cut
_WIDEST = 80.0  #: µm of a cell that a cross-section through all of it still shows
_MARGIN = 0.5  #: µm above and below what masks shape, in a cross-section
_HEIGHT = 0.05  #: of a solid on the page, as a share of its length
_TRIANGLES = 40_000  #: of a solid that is drawn: seconds
_SLENDER = 25.0  #: length over width of a solid that is drawn: beyond, it is a line


def layout(sheet: Sheet, folder: Path) -> Path:
    """From above, with the ports."""
    figure = layout_picture(sheet.component, sheet.process)
    axes = figure.axes[0]
    for port in sheet.component.ports:
        angle = np.deg2rad(port.orientation)
        back = (-_LABEL * np.cos(angle), -_LABEL * np.sin(angle))
        axes.annotate(
            str(port.name), port.center, xytext=back, textcoords="offset points", fontsize=7, ha="center", va="center",
            arrowprops={"arrowstyle": "-|>", "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0},
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "linewidth": 0.3, "alpha": 0.85},
        )  # fmt: skip
    return save(figure, folder / "layout.png")


def _cuts(sheet: Sheet) -> Iterator[tuple[str, Point, Point]]:
    """Name and line of each cross-section: at the first optical port, and across the middle where that can be seen."""
    for port in sheet.component.ports:
        if port.port_type == "optical":
            (x, y), angle = port.center, np.deg2rad(port.orientation)
            along = np.array([round(float(np.cos(angle))), round(float(np.sin(angle)))])
            across = np.array([-along[1], along[0]]) * np.where(along.sum() < 0, -1, 1)
            middle = np.array([x, y]) - _INSIDE * along
            low, high = middle - _AROUND * across, middle + _AROUND * across
            yield f"{_INSIDE:g} µm behind port {port.name}", (low[0], low[1]), (high[0], high[1])
            break
    box = sheet.component.dbbox()
    x, y = box.center().x, box.center().y
    if box.height() <= min(_WIDEST, box.width()):
        yield f"across the middle, at x = {x:.3f} µm", (x, box.bottom), (x, box.top)
    elif box.width() <= _WIDEST:
        yield f"across the middle, at y = {y:.3f} µm", (box.left, y), (box.right, y)


def cross_sections(sheet: Sheet, folder: Path) -> list[tuple[Path, str]]:
    """Picture and caption of each cut."""
    made: list[tuple[Path, str]] = []
    seen: list[object] = []
    for index, (name, start, end) in enumerate(_cuts(sheet)):
        masked = [
            p for p in cut(sheet.component, sheet.process, start, end).pieces if sheet.process.levels[p.level].mask
        ]
        what = [(p.level, round(p.top[1] - p.top[0], 3)) for p in masked]
        if not masked or what in seen:  # a straight guide is the same everywhere
            continue
        seen.append(what)
        z = (min(p.z_min for p in masked) - _MARGIN, max(p.z_max for p in masked) + _MARGIN)
        path = folder / f"cut{index}.png"
        cross_section_picture(sheet.component, sheet.process, start, end, path, z=z)
        made.append((path, f"Cross-section {name}; nominal heights, stretched"))
    return made


def solid(sheet: Sheet, folder: Path) -> tuple[Path | None, str]:
    """Picture and caption, or no picture and the reason."""
    built = list(solids(sheet.component, sheet.process))
    count = sum(len(triangles) for _, triangles in built)
    box = sheet.component.dbbox()
    sides = sorted((box.width(), box.height()))
    if not count:
        return None, "The cell draws on no level of the stack: it has no solid."
    if count > _TRIANGLES or sides[1] > _SLENDER * sides[0]:
        return None, f"Its solid, {count} triangles over {sides[1]:.0f} x {sides[0]:.0f} µm, is not drawn here."
    path = folder / "solid.png"
    try:
        tall = max(level.z_max for level, _ in built) - min(level.z_min for level, _ in built)
        solid_picture(sheet.component, sheet.process, path, z_scale=max(1.0, _HEIGHT * sides[1] / tall))
    except LingnanError as error:
        return None, str(error)
    return path, "Films, metals and vias from the stack; claddings are left out"
