"""The `chip:` section of a design: size, frame, packaging, windows, fill, measurements. Lengths in µm."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process import Process
from lingnan.tapeout import yamltext
from lingnan.tapeout.fields import Fields, check_name, shown
from lingnan.tapeout.yamltext import Items

Side = Literal["north", "east", "south", "west"]
SIDES: tuple[Side, ...] = ("north", "east", "south", "west")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}\Z")
_REVISION = re.compile(r"[A-Za-z0-9._]{1,12}\Z")
_KEYS = (
    "process", "name", "revision", "size", "frame", "fibre_arrays", "pad_rows", "windows", "fill", "measurements",
    "description",
)  # fmt: skip
_LEAST_SIZE, _MOST_SIZE = 500.0, 50_000.0  #: a frame needs room; a reticle field ends below 33 mm


@dataclass(frozen=True)
class Row:
    """Equal cells in a row along one side of the die: a fibre array or a row of pads."""

    name: str
    kind: Literal["fibre", "pad"]
    side: Side
    component: str
    settings: Mapping[str, Any]
    count: int
    pitch: float
    centre: float  #: middle of the row along the side, from the side's middle
    from_edge: float | None  #: of the port (fibre, None: the cell ends at the edge) or of the cell's outer edge (pad)
    port: str  #: of a fibre coupler: the one that looks into the chip
    line: int
    members: tuple[str, ...] = ()  #: instances


@dataclass(frozen=True)
class Window:
    """An opening drawn over whole devices, e.g. a bath for sensing."""

    name: str
    layer: str
    over: tuple[str, ...]
    margin: float
    line: int


@dataclass(frozen=True)
class Measurement:
    """What to measure on some devices."""

    name: str
    devices: tuple[str, ...]
    measure: str
    wavelength: tuple[float, float] | None  #: µm, from and to
    parameters: Mapping[str, Any]
    line: int


@dataclass(frozen=True)
class Frame:
    """What surrounds the devices."""

    seal_ring: bool = True
    dicing_lane: bool = True
    alignment_marks: bool = True
    label: bool = True


@dataclass(frozen=True)
class Chip:
    """Everything about a chip that is not its circuit."""

    name: str
    revision: str
    description: str
    size: tuple[float, float]  #: of the design area
    frame: Frame
    rows: tuple[Row, ...]
    windows: tuple[Window, ...]
    fill: bool
    fill_layers: tuple[str, ...]  #: empty: every layer that the process fills
    fill_exclude: tuple[tuple[float, float, float, float], ...]
    measurements: tuple[Measurement, ...]
    line: int


def _size(section: Fields, process: Process) -> tuple[float, float]:
    value = section.need("size", "[5000, 5000]")
    if isinstance(value, str):
        known = {
            name.removesuffix("_width").removeprefix("packaging."): name.removesuffix("_width")
            for name in process.quantities
            if name.startswith("packaging.die") and name.endswith("_width")
        }
        if value not in known:
            section.fail(
                "size",
                f" = {value!r} is neither [width, height] nor a die of {process.name}. {did_you_mean(value, known)}",
            )
        return process.number(f"{known[value]}_width"), process.number(f"{known[value]}_height")
    width, height = section.numbers("size", 2, "[5000, 5000]", least=_LEAST_SIZE, most=_MOST_SIZE)
    return width, height


def _frame(section: Fields) -> Frame:
    if isinstance(section.table.get("frame"), bool):
        on = section.flag("frame", True)
        return Frame(on, on, on, on)
    fields = section.child("frame").allow(("seal_ring", "dicing_lane", "alignment_marks", "label"))
    return Frame(*(fields.flag(key, True) for key in ("seal_ring", "dicing_lane", "alignment_marks", "label")))


def _box(fields: Fields, key: str, value: Any) -> tuple[float, float, float, float]:
    if not isinstance(value, Items) or len(value) != 4:
        fields.fail(key, f" holds {shown(value)}, not [left, bottom, right, top].")
    left, bottom, right, top = (fields.check_number(key, number) for number in value)
    if left >= right or bottom >= top:
        fields.fail(key, f" = {list(value)} has no area. Give [left, bottom, right, top].")
    return left, bottom, right, top


def _fill(
    section: Fields, process: Process
) -> tuple[bool, tuple[str, ...], tuple[tuple[float, float, float, float], ...]]:
    if section.table.get("fill") is None or isinstance(section.table["fill"], bool):
        return section.flag("fill", True), (), ()
    fields = section.child("fill").allow(("layers", "exclude"))
    layers = fields.words("layers")
    known = process.data.get("fill", {})
    for layer in layers:
        if layer not in known:
            fields.fail(
                "layers", f" holds {layer!r}, which process {process.name} does not fill. {did_you_mean(layer, known)}"
            )
    exclude = fields.table.get("exclude", Items())
    if not isinstance(exclude, Items):
        fields.fail("exclude", f" = {shown(exclude)} is not a list of [left, bottom, right, top].")
    return True, layers, tuple(_box(fields, "exclude", item) for item in exclude)


def _windows(section: Fields, process: Process) -> tuple[Window, ...]:
    windows: list[Window] = []
    for name, entry in section.children("windows"):
        check_name(section.child("windows"), name, "window")
        entry.allow(("over", "margin", "layer"))
        layer = entry.text("layer", "OXOPEN")
        if layer not in process.layers:
            entry.fail(
                "layer" if entry.has("layer") else None,
                f": process {process.name} has no layer {layer!r}. {did_you_mean(layer, process.layers)}",
            )
        over = entry.words("over")
        if not over:
            entry.fail("over", " is empty. Name the instances that the window opens.")
        windows.append(Window(name, layer, over, entry.number("margin", 0.0, least=-1000, most=1000), entry.line()))
    return tuple(windows)


def _measurements(section: Fields) -> tuple[Measurement, ...]:
    found: list[Measurement] = []
    for name, entry in section.children("measurements"):
        check_name(section.child("measurements"), name, "measurement")
        entry.allow(("devices", "measure", "wavelength", "parameters"))
        devices = entry.words("devices")
        if not devices:
            entry.fail("devices", " is empty. Name the instances to measure, e.g. devices: [ring1, ring2-5].")
        wavelength = None
        if entry.has("wavelength"):
            low, high = entry.numbers("wavelength", 2, "[1.5, 1.6]", least=0.3, most=5.0)
            if low > high:
                entry.fail("wavelength", f" = [{low:g}, {high:g}] runs backwards. Give [from, to] in µm.")
            wavelength = (low, high)
        parameters = yamltext.plain(entry.child("parameters").table)
        found.append(
            Measurement(
                name, devices, entry.text("measure", example="transmission"), wavelength, parameters, entry.line()
            )
        )
    return tuple(found)


def read_chip(section: Fields, process: Process) -> Chip:
    """The section, but for rows of couplers and pads, which `lingnan.tapeout.packaging` adds."""
    section.allow(_KEYS)
    name = section.text("name", example="sensor_1")
    if not _NAME.match(name):
        section.fail("name", f" = {name!r} is not a name: a letter, then letters, digits or _, 32 at most.")
    revision = section.text("revision", "A")
    if not _REVISION.match(revision):
        section.fail("revision", f" = {revision!r} is not a revision: letters, digits, dots, 12 at most.")
    fill, layers, exclude = _fill(section, process)
    if not process.layers.get("FLOORPLAN"):
        raise LingnanError(
            f"{section.where('process')} = {process.name}: it has no FLOORPLAN layer. Add one to the process."
        )
    return Chip(
        name=name,
        revision=revision,
        description=section.text("description", ""),
        size=_size(section, process),
        frame=_frame(section),
        rows=(),
        windows=_windows(section, process),
        fill=fill,
        fill_layers=layers,
        fill_exclude=exclude,
        measurements=_measurements(section),
        line=section.line(),
    )
