"""From a cell of the line to a Meep simulation: its polygons, the stack at a corner, its optical ports.

In three dimensions every film level becomes prisms with their leaning walls; in two ("2.5-D") the cell is seen from
above, with the two permittivities of `lingnan.solvers.devices.effective`: of the film, and beside it, such that the
cross-section at the first port has its own full-vector index. Guides are drawn on beyond their ports. The result is a
plain `meep.Scene`, which `meep.simulate` runs in Meep's own process, cached by content, and `meep.convergence` on
several grids. Lengths in µm, temperature in K; isotropic media only, at the middle wavelength.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import jax.numpy as jnp
import klayout.db as kdb
import numpy as np

from lingnan.pdk import columns, optics
from lingnan.pdk.errors import LingnanError
from lingnan.pdk.process.expression import evaluate, layers_of
from lingnan.pdk.process.load import load_process
from lingnan.pdk.process.types import Level, Process
from lingnan.solvers import meep, waveguides
from lingnan.solvers.devices import effective
from lingnan.solvers.materials import Oriented

ASIDE = 1.0  #: of a port's plane beyond its core, on either side, and of the volume around everything [µm]
UPWARD = 0.8  #: of the volume above and below the films [µm]
SOURCE = 0.5  #: from a port's plane to the source behind it, see `meep.simulate` [µm]


def scene(
    cell: Any,
    process: Process | str,
    *,
    cross_section: str = "strip",
    dimension: int = 3,
    corner: str = "nominal",
    temperature: float | None = None,
    wavelength: float = 1.55,
    bandwidth: float = 0.1,
    points: int = 11,
    resolution: float = 20.0,
    absorber: float = 1.0,
) -> meep.Scene:
    """A cell as a scene for Meep, TE.

    Args:
        cell: gdsfactory component with optical ports that look along x or y.
        process: that it was drawn for, or its name.
        cross_section: of its guides; in two dimensions it sets the permittivity beside the core.
        dimension: 3, or 2 for the plane seen from above.
        corner: of the process.
        temperature: [K]; None: the corner's.
        wavelength: middle of the band [µm].
        bandwidth: of the band [µm].
        points: wavelengths.
        resolution: pixels per µm.
        absorber: thickness of the absorbing layers [µm].

    Raises:
        LingnanError: no optical port, a port at an odd angle, or a film of a crystal.
        ValueError: a number that no simulation has; the message says which.
    """
    if not hasattr(cell, "ports"):
        raise LingnanError(f"meepcell.scene: cell = {cell!r} is no cell. Give a component, such as soi.straight().")
    nominal = load_process(process) if isinstance(process, str) else process
    optical = sorted(name for name, one in nominal.cross_sections.items() if one.kind == "optical")
    if dimension == 2 and cross_section not in optical:
        raise LingnanError(
            f"process {nominal.stamp}: no optical cross-section {cross_section!r}. Known: {', '.join(optical)}."
        )
    line = optics.at_corner(nominal, corner)
    kelvin = line.corners[corner].temperature if temperature is None else temperature
    ports = [port for port in cell.ports if port.port_type == "optical"]
    if not ports:
        raise LingnanError(f"{cell.name}: no optical port, so no light to send in. Give a cell with guides.")
    for port in ports:
        if round(port.orientation) % 90:
            raise LingnanError(
                f"{cell.name}: port {port.name} looks to {port.orientation:g} degrees; Meep's planes follow its grid. "
                "Turn the cell so that its ports look along x or y."
            )
    films = [one for one in line.levels.values() if one.kind == "film" and one.mask]
    stub = SOURCE + absorber + 1.0
    regions = {name: region for name, region in _regions(cell, line, films, ports, stub) if not region.is_empty()}
    if not regions:
        raise LingnanError(f"{cell.name}: nothing of it lies on a film of process {line.stamp}.")
    box = kdb.Region()
    for region in regions.values():
        box += region
    extent = _clipped(box, ports, cell.kcl.dbu)
    heights = [(line.levels[name].z_min, line.levels[name].z_max) for name in regions]
    low, high = min(z for z, _ in heights), max(z for _, z in heights)
    middle = (low + high) / 2
    shapes = dict(wavelength=wavelength, temperature=kelvin)
    if dimension == 2:
        core, beside = plane(line, cross_section, corner, wavelength=wavelength, temperature=kelvin)
        prisms, slabs = _flat(line, cross_section, regions, cell.kcl.dbu, core), (meep.Slab(-10.0, 10.0, beside**0.5),)
    else:
        prisms = tuple(_prisms(line, regions, cell.kcl.dbu, **shapes))
        slabs = tuple(
            meep.Slab(max(one.z_min, low - 5.0), min(one.z_max, high + 5.0), _index(line, one.material, **shapes))
            for one in sorted(line.levels.values(), key=lambda one: -one.order)
            if one.kind in ("film", "dielectric") and not one.mask and one.z_max > low - 5.0 and one.z_min < high + 5.0
        )
    made = meep.Scene(
        prisms=prisms,
        slabs=slabs,
        ports=tuple(
            meep.Port(
                str(port.name), (port.x, port.y, middle), port.width + 2 * ASIDE, high - low + 2 * UPWARD,
                float(round(port.orientation) % 360),
            )
            for port in ports
        ),
        lower=(extent[0], extent[1], low - UPWARD),
        upper=(extent[2], extent[3], high + UPWARD),
        wavelength=wavelength,
        bandwidth=bandwidth,
        points=points,
        resolution=resolution,
        absorber=absorber,
        dimension=dimension,
    )  # fmt: skip
    made.check()
    return made


def plane(
    process: Process, cross_section: str, corner: str, *, wavelength: float, temperature: float
) -> tuple[float, float]:
    """ε_eff of the core of a cross-section and beside it, seen from above.

    Args:
        process: at its corner.
        cross_section: an optical one.
        corner: its name, for the full-vector solve.
        wavelength: [µm].
        temperature: [K].
    """
    data = process.cross_sections[cross_section]
    beside = {section.layer for section in data.sections}
    core, outside = (columns.column(process, drawn) for drawn in ({data.layer, *beside}, beside))
    levels = columns.film_levels(process, [core, outside], 1.5)
    across = columns.permittivities(core, levels, wavelength, temperature)
    film = effective.film_permittivities(jnp.asarray(levels), list(jnp.sqrt(across)), [], wavelength)[0]
    made = optics.geometry(process, cross_section, temperature=temperature)
    modes = waveguides.solve(made, wavelength, num_modes=2)
    n_eff = modes.n_eff[jnp.argmax(modes.te_fraction > 0.5)].real
    own = next(
        one for one in process.levels.values() if one.kind == "film" and data.layer in layers_of(one.mask or "_")
    )
    width = data.width.value + columns.mean_bias(own)
    return float(film), float(effective.beside(film, n_eff, width, wavelength))


def _regions(
    cell: Any, process: Process, films: list[Level], ports: list[Any], stub: float
) -> Iterator[tuple[str, kdb.Region]]:
    """What each film level leaves of a cell, its guides drawn on beyond their ports."""
    layout, dbu = cell.kcl.layout, cell.kcl.dbu

    def drawn(layer: str) -> kdb.Region:
        index = layout.find_layer(*process.layer(layer).gds)
        if index is None:
            return kdb.Region()
        shapes = kdb.Region(kdb.RecursiveShapeIterator(layout, cell.kdb_cell, index)).merged()
        shapes.flatten()
        for port in ports:
            shapes += _beyond(shapes, port, stub, dbu)
        return shapes.merged()

    for level in films:
        yield level.name, evaluate(level.mask, drawn, level.name).merged()


def _beyond(shapes: kdb.Region, port: Any, stub: float, dbu: float) -> kdb.Region:
    """What ends at a port, drawn on."""
    turn = round(port.orientation) % 360
    dx, dy = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[turn]
    x, y, long, far = round(port.x / dbu), round(port.y / dbu), round(stub / dbu), round(50 / dbu)
    strip = kdb.Box(min(0, -2 * dx) - far * abs(dy), min(0, -2 * dy) - far * abs(dx),
                    max(0, -2 * dx) + far * abs(dy), max(0, -2 * dy) + far * abs(dx)).moved(x, y)  # fmt: skip
    found = kdb.Region()
    for polygon in (shapes & kdb.Region(strip)).merged().each():
        end = polygon.bbox()
        found.insert(
            kdb.Box(
                min(end.left, end.left + dx * long),
                min(end.bottom, end.bottom + dy * long),
                max(end.right, end.right + dx * long),
                max(end.top, end.top + dy * long),
            )
        )
    return found


def _clipped(region: kdb.Region, ports: list[Any], dbu: float) -> tuple[float, float, float, float]:
    """Volume around the cell without absorber: as far as the sources behind the ports, and `ASIDE` elsewhere [µm]."""
    room = kdb.DBox()
    for port in ports:
        half = port.width / 2 + ASIDE
        turn = np.deg2rad(port.orientation)
        out = (port.x + (SOURCE + 0.2) * np.cos(turn), port.y + (SOURCE + 0.2) * np.sin(turn))
        room += kdb.DBox(out[0], out[1], out[0], out[1])
        room += kdb.DBox(port.x - half * abs(np.sin(turn)), port.y - half * abs(np.cos(turn)),
                         port.x + half * abs(np.sin(turn)), port.y + half * abs(np.cos(turn)))  # fmt: skip
    inside = region.bbox().to_dtype(dbu).enlarged(ASIDE, ASIDE)
    left, bottom, right, top = inside.left, inside.bottom, inside.right, inside.top
    for port in ports:  # a side with ports ends behind their sources, in front of the guides' far ends
        turn = round(port.orientation) % 360
        reach = SOURCE + 0.2
        left = max(left, port.x - reach) if turn == 180 else left
        right = min(right, port.x + reach) if turn == 0 else right
        bottom = max(bottom, port.y - reach) if turn == 270 else bottom
        top = min(top, port.y + reach) if turn == 90 else top
    return min(left, room.left), min(bottom, room.bottom), max(right, room.right), max(top, room.top)


def _index(process: Process, material: str, *, wavelength: float, temperature: float) -> complex:
    made = optics.medium(process, material)
    if isinstance(made, Oriented):
        raise LingnanError(
            f"process {process.name}: {material} is a crystal, and this bridge gives Meep isotropic media only. Use "
            "eigenmode expansion (lingnan.solvers.devices), or write a scene with the index that the light sees."
        )
    return complex(made.n(wavelength, temperature))


def _polygons(region: kdb.Region, dbu: float) -> Iterator[tuple[tuple[float, float], ...]]:
    """Outlines, holes cut open [µm]."""
    for polygon in region.merged().each():
        yield tuple((point.x * dbu, point.y * dbu) for point in polygon.resolved_holes().each_point_hull())


def _without_holes(region: kdb.Region, reach: int) -> Iterator[kdb.Polygon]:
    """Polygons that cover a region, in halves that overlap where a hole is cut.

    All walls of a prism lean, those of a cut too: a hole that is only cut open would be a slit at the top.
    """
    for polygon in region.merged().each():
        if not polygon.holes():
            yield polygon
            continue
        box, hole = polygon.bbox(), kdb.Polygon(list(polygon.each_point_hole(0))).bbox()
        middle, over = hole.center().x, min(reach, max(hole.width() // 2 - 1, 0))
        for half in (
            kdb.Box(box.left, box.bottom, middle + over, box.top),
            kdb.Box(middle - over, box.bottom, box.right, box.top),
        ):
            yield from _without_holes(kdb.Region(polygon) & kdb.Region(half), reach)


def _prisms(
    process: Process, regions: Mapping[str, kdb.Region], dbu: float, *, wavelength: float, temperature: float
) -> Iterator[meep.Prism]:
    """Film levels as prisms drawn at their bottom, those that win last."""
    for name in sorted(regions, key=lambda name: -process.levels[name].order):
        level = process.levels[name]
        lean = float(np.tan(np.deg2rad(90.0 - level.sidewall_angle_deg)))
        grown = round((level.bias / 2 + level.width_reference * level.thickness * lean) / dbu)
        index = _index(process, level.material, wavelength=wavelength, temperature=temperature)
        reach = round(abs(level.thickness * lean) / dbu)
        for polygon in _without_holes(regions[name].sized(grown, 2), 2 * reach):
            outline = tuple((point.x * dbu, point.y * dbu) for point in polygon.each_point_hull())
            yield meep.Prism(outline, level.z_min, level.z_max, index, level.sidewall_angle_deg)


def _flat(
    process: Process, cross_section: str, regions: Mapping[str, kdb.Region], dbu: float, core: float
) -> tuple[meep.Prism, ...]:
    """The core's level, as wide as at half its height."""
    layer = process.cross_sections[cross_section].layer
    found: list[meep.Prism] = []
    for name, region in regions.items():
        level = process.levels[name]
        if layer in layers_of(level.mask):
            grown = round(columns.mean_bias(level) / 2 / dbu)
            found += [
                meep.Prism(outline, level.z_min, level.z_max, core**0.5)
                for outline in _polygons(region.sized(grown, 2), dbu)
            ]
            break
    return tuple(found)
