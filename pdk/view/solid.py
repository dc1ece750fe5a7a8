"""Solids of a cell: each level's masks extruded with their walls, as an STL file or a picture."""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import klayout.db as kdb
import numpy as np
from numpy.typing import NDArray

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process import Level, Process, evaluate
from lingnan.pdk.view.cut import kdb_cell, lean, region_reader
from lingnan.pdk.view.picture import color_of, save

Triangles = NDArray[np.float64]  #: shape (n, 3 corners, 3 coordinates) [µm]


def _moved(region: kdb.Region, distance: float, dbu: float) -> kdb.Region:
    return region.sized(-round(distance / dbu)) if round(distance / dbu) else region


def _faces(region: kdb.Region, z: float, dbu: float, up: bool) -> Triangles:
    """Lids: KLayout's Delaunay triangulation without refinement where it has one, convex pieces otherwise."""
    out: list[NDArray[np.float64]] = []
    for polygon in region.each():
        for part in polygon.decompose_convex():
            ring = np.array([(p.x * dbu, p.y * dbu, z) for p in part.each_point()])
            if len(ring) < 3:
                continue
            fan = np.stack([np.broadcast_to(ring[0], (len(ring) - 2, 3)), ring[1:-1], ring[2:]], axis=1)
            out.append(fan[:, ::-1] if up else fan)  # KLayout's rings run clockwise
    return np.concatenate(out) if out else np.zeros((0, 3, 3))


def _walls(region: kdb.Region, level: Level, dbu: float) -> Triangles:
    """Walls from z_min to z_max, each drawn vertex moved along its mitre by the wall's lean."""
    at_bottom, at_top = lean(level)
    out: list[NDArray[np.float64]] = []
    for polygon in region.each():
        contours = [list(polygon.each_point_hull())]
        contours += [list(polygon.each_point_hole(hole)) for hole in range(polygon.holes())]
        for contour in contours:
            ring = np.array([(p.x * dbu, p.y * dbu) for p in contour])
            inward = _mitres(ring)
            low = np.column_stack([ring + inward * at_bottom, np.full(len(ring), level.z_min)])
            high = np.column_stack([ring + inward * at_top, np.full(len(ring), level.z_max)])
            low_next, high_next = np.roll(low, -1, axis=0), np.roll(high, -1, axis=0)
            out.append(np.stack([low, high_next, low_next], axis=1))
            out.append(np.stack([low, high, high_next], axis=1))
    return np.concatenate(out) if out else np.zeros((0, 3, 3))


def _mitres(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit-offset direction at each vertex, to the right of the contour: the solid's inside for KLayout's sense."""
    forward = np.roll(ring, -1, axis=0) - ring
    forward /= np.linalg.norm(forward, axis=1, keepdims=True)
    normal = np.column_stack([forward[:, 1], -forward[:, 0]])
    before = np.roll(normal, 1, axis=0)
    joint = 1 + np.sum(normal * before, axis=1, keepdims=True)
    return (normal + before) / np.maximum(joint, 0.5)  # sharp tips are cut at twice the offset


def solids(
    cell: Any, process: Process, *, kinds: tuple[str, ...] = ("film", "metal", "via")
) -> Iterator[tuple[Level, Triangles]]:
    """Each level that a mask shapes, as triangles with outward normals.

    Args:
        cell: a component or KLayout cell.
        process: whose levels are stacked.
        kinds: of levels to build.
    """
    inner = kdb_cell(cell)
    dbu = inner.layout().dbu
    read = region_reader(inner, process, inner.bbox().enlarged(1000, 1000))
    for level in process.levels.values():
        if not level.mask or level.kind not in kinds:
            continue
        region = evaluate(level.mask, read).merged()
        if region.is_empty():
            continue
        at_bottom, at_top = lean(level)
        lids = [
            _faces(_moved(region, at_bottom, dbu), level.z_min, dbu, up=False),
            _faces(_moved(region, at_top, dbu), level.z_max, dbu, up=True),
        ]
        yield level, np.concatenate([*lids, _walls(region, level, dbu)])


def write_mesh(cell: Any, process: Process, path: Path | str) -> Path:
    """Write the cell's solids as a binary STL file (µm), for any mesh viewer or mesher.

    Raises:
        LingnanError: the cell draws on no level of the stack, or the file is not named .stl.
    """
    path = Path(path)
    if path.suffix.lower() != ".stl":
        raise LingnanError(f"mesh file {path}: only .stl is written. Name it {path.with_suffix('.stl').name}.")
    parts = [triangles for _, triangles in solids(cell, process)]
    if not parts:
        raise LingnanError(f"cell {kdb_cell(cell).name} draws on no level of {process.stamp}: there is no solid.")
    triangles = np.concatenate(parts)
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = np.divide(normals, lengths, out=np.zeros_like(normals), where=lengths > 0)
    record = np.zeros(len(triangles), dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
    record["normal"], record["corners"] = normals, triangles
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(b"lingnan".ljust(80, b" ") + struct.pack("<I", len(triangles)) + record.tobytes())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def solid_picture(
    cell: Any,
    process: Process,
    path: Path | None = None,
    *,
    z_scale: float | None = None,
    view: tuple[float, float] = (35.0, -60.0),
) -> Any:
    """Draw the cell's solids.

    Args:
        cell: a component or KLayout cell.
        process: whose levels are stacked.
        path: where to write a PNG; nothing is written if not given.
        z_scale: heights are stretched by this; chosen so that films can be seen if not given.
        view: elevation and azimuth [deg].

    Returns:
        the matplotlib figure.
    """
    from matplotlib.colors import LightSource
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch
    from mpl_toolkits.mplot3d.art3d import Poly3DCollection

    built = list(solids(cell, process))
    if not built:
        raise LingnanError(f"cell {kdb_cell(cell).name} draws on no level of {process.stamp}: there is no solid.")
    every = np.concatenate([triangles for _, triangles in built]).reshape(-1, 3)
    low, high = every.min(axis=0), every.max(axis=0)
    span = high - low
    scale = z_scale if z_scale is not None else max(1.0, 0.25 * max(span[0], span[1]) / max(span[2], 1e-9))
    figure = Figure(figsize=(9, 6), dpi=150, layout="constrained")
    axes: Any = figure.add_subplot(projection="3d", computed_zorder=False)
    for order, (level, triangles) in enumerate(sorted(built, key=lambda pair: pair[0].z_min)):
        stretched = triangles * np.array([1.0, 1.0, scale])
        axes.add_collection3d(
            Poly3DCollection(
                stretched,
                facecolors=color_of(level.material),
                shade=True,
                lightsource=LightSource(315, 60),
                zorder=order,
            )
        )
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    axes.set_zlim(low[2] * scale, max(high[2] * scale, low[2] * scale + 1e-6))
    axes.set_box_aspect((max(span[0], 1e-3), max(span[1], 1e-3), max(span[2] * scale, 1e-3)))
    axes.view_init(*view)
    axes.set_xlabel("x (µm)")
    axes.set_ylabel("y (µm)")
    axes.set_zticks([])
    axes.set_title(f"{kdb_cell(cell).name}   heights x {scale:.3g}   {process.stamp}", fontsize=8)
    axes.legend(
        handles=[
            Patch(facecolor=color_of(level.material), label=f"{level.name} ({level.material})") for level, _ in built
        ],
        fontsize=6,
        loc="upper left",
    )
    if path is not None:
        save(figure, path)
    return figure
