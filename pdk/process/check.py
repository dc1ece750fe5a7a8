"""Whether a process file holds together: what is missing, out of range, or at odds with itself."""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lingnan.pdk.errors import LingnanError, did_you_mean
from lingnan.pdk.process import implants
from lingnan.pdk.process.expression import layers_of
from lingnan.pdk.process.load import load_process
from lingnan.pdk.process.types import Process, Rule

#: what every line has to say before a chip can be built on it
_NEEDED_NUMBERS = (
    "packaging.die_width", "packaging.die_height", "packaging.fibre_pitch", "packaging.dc_pad_size",
    "packaging.dc_pad_pitch",
)  # fmt: skip
_NEEDED_LAYERS = ("FLOORPLAN", "TEXT", "DEVREC", "M2", "PADOPEN", "HEATER", "NOFILL")
#: words that the checker reads in the options of a rule, by its kind
_OPTIONS = {
    "angle": ("allowed", "interior_min_deg"),
    "bend_radius": ("max_width", "teeth", "tooth_pitch"),
    "density": ("window", "step", "minimum", "maximum", "outside", "around", "remaining"),
    "enclosure": ("flush",),
    "extension": ("flush",),
    "open_end": ("max_width", "teeth", "tooth_pitch"),
    "orientation": ("cells_y", "cells_z", "turn_deg", "axis", "tolerance_deg", "within"),
    "parallel": ("length",),
    "space": ("beyond",),
}
_ANGLES = (30.0, 90.0)  #: etched walls outside this range are typing errors


@dataclass(frozen=True)
class Finding:
    """One thing a process engineer should mend or confirm."""

    severity: Literal["error", "warning"]
    where: str  #: path in the file
    message: str


def _missing(process: Process) -> Iterator[Finding]:
    for path in _NEEDED_NUMBERS:
        if path not in process.quantities:
            yield Finding("error", path, "is missing: chips cannot be framed and packaged without it")
    for name in _NEEDED_LAYERS:
        if name not in process.layers:
            yield Finding("error", f"layers.{name}", "is missing: cells and chips draw on it")
    if not any(section.kind == "optical" for section in process.cross_sections.values()):
        yield Finding("error", "cross_sections", "there is no optical cross-section")
    if "nominal" not in process.corners:
        yield Finding("error", "corners.nominal", "is missing: every sweep over corners starts from it")
    for name in ("width", "thickness", "sidewall_angle", "index"):
        if name not in process.statistics:
            yield Finding("warning", f"statistics.{name}", "is missing: yield will ignore it")
    printed = {name for name, layer in process.layers.items() if layer.purpose == "mask"}
    ruled = {
        layer
        for rule in process.rules.values()
        for text in (rule.layer, rule.other)
        if text
        for layer in layers_of(text)
    }
    for name in sorted(printed - ruled):
        yield Finding("warning", f"layers.{name}", "is a mask with no rule")


def _pedigree(process: Process) -> Iterator[Finding]:
    named = set(process.sources)
    for path, quantity in process.quantities.items():
        if quantity.range and not quantity.range[0] <= quantity.value <= quantity.range[1]:
            yield Finding("error", path, f"{quantity.value} {quantity.unit} is outside {quantity.range}")
        if quantity.sigma is not None and quantity.value and quantity.sigma > abs(quantity.value):
            yield Finding("warning", path, f"sigma {quantity.sigma} is larger than the value {quantity.value}")
        first = quantity.source.split()[0].strip(",;:")
        if first.isupper() and len(first) <= 3 and first not in named:
            yield Finding("warning", path, f"source key {first!r} is not in [sources]")


def _layer_numbers(process: Process) -> Iterator[Finding]:
    owners: dict[tuple[int, int], list[str]] = defaultdict(list)
    for layer in process.layers.values():
        owners[layer.gds].append(layer.name)
    for gds, names in owners.items():
        if len(names) > 1:
            yield Finding("error", f"layers.{names[1]}", f"GDS {gds[0]}/{gds[1]} is used by {' and '.join(names)}")


def _rules(process: Process) -> Iterator[Finding]:
    grid = process.grid.value
    for rule in process.rules.values():
        yield from _options(rule, process)
        if rule.limit is None or rule.limit.unit != "um":
            continue
        where, limit = f'rules."{rule.id}".limit', rule.limit.value
        if limit <= 0:
            yield Finding("error", where, f"{limit} µm can never be broken; give a positive length")
        elif rule.kind != "grid" and limit < grid:
            yield Finding("error", where, f"{limit} µm is below the grid of {grid} µm, so it can never be broken")
        elif abs(limit / grid - round(limit / grid)) > 1e-6:
            yield Finding("error", where, f"{limit} µm is not a multiple of the grid of {grid} µm")


def _options(rule: Rule, process: Process) -> Iterator[Finding]:
    where = f'rules."{rule.id}".options'
    known = _OPTIONS.get(rule.kind, ())
    for key in rule.options:
        if key not in known:
            text = f"{key} means nothing to a {rule.kind} rule" + (f". {did_you_mean(key, known)}" if known else "")
            yield Finding("error", where, text)
    if rule.kind == "density":
        low, high = rule.options.get("minimum", 0.0), rule.options.get("maximum", 1.0)
        if not 0 <= low < high <= 1:
            yield Finding("error", where, f"density {low} to {high} is not a range inside 0 to 1")
        if not 0 < rule.options.get("step", 0.0) <= rule.options.get("window", 0.0):
            yield Finding("error", where, "window and step are lengths in µm, and step is not above window")
        if rule.options.get("around", 0.0) < 0 or not 0 <= rule.options.get("remaining", 0.0) < 1:
            yield Finding(
                "error", where, "around is a length in µm, 0 or more, and remaining a share from 0 to below 1"
            )
        yield from _outside(rule, process, where)


def _outside(rule: Rule, process: Process, where: str) -> Iterator[Finding]:
    """What a density rule leaves out of its windows."""
    text = rule.options.get("outside")
    if text is None:
        for key in ("around", "remaining"):
            if key in rule.options:
                yield Finding("error", where, f"{key} is given without outside, the layers that it is about")
        return
    try:
        names = layers_of(str(text), "outside")
    except LingnanError as error:
        yield Finding("error", where, str(error))
        return
    for name in names:
        if name not in process.layers:
            yield Finding(
                "error", where, f"outside = {text!r}: no layer {name!r}. {did_you_mean(name, process.layers)}"
            )


def _cross_sections(process: Process) -> Iterator[Finding]:
    for name, section in process.cross_sections.items():
        width = next((r for r in process.rules.values() if r.kind == "width" and r.layer == section.layer), None)
        if width is not None and width.limit is not None and section.width.value < width.limit.value:
            yield Finding(
                "error",
                f"cross_sections.{name}.width",
                f"{section.width.value} µm is below rule {width.id}, {width.limit.value} µm",
            )
        if section.radius and section.radius_min and section.radius.value < section.radius_min.value:
            yield Finding(
                "error",
                f"cross_sections.{name}.radius",
                f"{section.radius.value} µm is below radius_min {section.radius_min.value} µm",
            )


def _stack(process: Process) -> Iterator[Finding]:
    for level in process.levels.values():
        if not _ANGLES[0] <= level.sidewall_angle_deg <= _ANGLES[1]:
            yield Finding(
                "error",
                f"levels.{level.name}.sidewall_angle",
                f"{level.sidewall_angle_deg} deg is outside {_ANGLES[0]} to {_ANGLES[1]} from the wafer plane",
            )
    blanket = sorted((level.z_min, level.z_max) for level in process.levels.values() if not level.mask)
    for (_, top), (bottom, _) in itertools.pairwise(blanket):
        if bottom > top + 1e-9:
            yield Finding("error", "levels", f"hole in the stack: nothing between z = {top} and {bottom} µm")
    if blanket:
        low, high = blanket[0][0], max(top for _, top in blanket)
        for level in process.levels.values():
            if level.mask and level.kind != "opening" and not (low <= level.z_min and level.z_max <= high + 1e-9):
                yield Finding(
                    "error",
                    f"levels.{level.name}",
                    f"z = {level.z_min} to {level.z_max} µm sticks out of the wafer-wide levels, {low} to {high} µm",
                )
    carried = {layer for level in process.levels.values() if level.mask for layer in layers_of(level.mask)}
    implanted = {implant.layer for implant in process.implants.values()}
    for lower, via, upper in process.connectivity:
        for name in (lower, via, upper):
            if name not in carried | implanted:
                yield Finding("error", "connectivity.stack", f"{name} is in no level of the stack")


def _idle(process: Process) -> Iterator[Finding]:
    """Numbers of films and etches that no level takes: they look as if they moved something."""
    taken = {path for level in process.levels.values() for path in level.quantities}
    for path in process.quantities:
        table, _, name = path.partition(".")
        if table in ("films", "etches") and path not in taken:
            key, name = "film" if table == "films" else "etch", name.partition(".")[0]
            text = f"Let a level have {key} = {name!r} and no such number of its own, or leave it out"
            yield Finding("warning", path, f"moves nothing: no level takes it. {text}")


def _connectivity(process: Process) -> Iterator[Finding]:
    table = process.data.get("connectivity", {})
    for key in table:
        if key not in ("stack", "resistors"):
            yield Finding("error", f"connectivity.{key}", f"is unknown. {did_you_mean(key, ('stack', 'resistors'))}")
    resistors = table.get("resistors", [])
    if not isinstance(resistors, list):
        yield Finding("error", "connectivity.resistors", f"{resistors!r} is not a list of layers, such as ['HEATER']")
        return
    conducting = sorted({metal.layer for metal in process.metals.values()})
    joined = {layer for lower, _, upper in process.connectivity for layer in (lower, upper)}
    for layer in resistors:
        if layer not in conducting:
            text = f"{layer} is the layer of no entry of [metals]. {did_you_mean(layer, conducting)}"
            yield Finding("error", "connectivity.resistors", text)
        elif layer not in joined:
            yield Finding(
                "error", "connectivity.resistors", f"{layer} is in no row of stack: nothing can reach its ends"
            )


def _surroundings(process: Process) -> Iterator[Finding]:
    """Layers that the frame and the fill of a chip are drawn on."""
    frame, fill = process.data.get("frame", {}), process.data.get("fill", {})
    named = [(f"frame.{key}", name) for key in ("seal_layers", "mark_layers") for name in frame.get(key, ())]
    named += [(f"frame.{key}", frame[key]) for key in ("label_layer", "lane_layer") if key in frame]
    named += [(f"fill.{name}", name) for name in fill]
    for name, table in fill.items():
        for index, entry in enumerate(table.get("avoid", ())):
            named += [(f"fill.{name}.avoid[{index}]", layer) for layer in layers_of(entry["layers"])]
    for where, name in named:
        if name not in process.layers:
            yield Finding("error", where, f"{name} is no layer. {did_you_mean(name, process.layers)}")


def _specifications(process: Process) -> Iterator[Finding]:
    for name, one in process.specifications.items():
        if one.minimum and one.maximum and one.minimum.value > one.maximum.value:
            text = f"minimum {one.minimum.value:g} is above maximum {one.maximum.value:g}: nothing can pass"
            yield Finding("error", f"specifications.{name}", text)


def _implants(process: Process) -> Iterator[Finding]:
    for where, words in implants.impossible(process):
        yield Finding("error", where, words)
    low, high = implants.USUAL
    for where, share, words in implants.shares(process):
        if not low <= share <= high:
            yield Finding("warning", where, f"{words}: {share:.2g} of that, {low:g} to {high:g} is usual. Change both")


def _transitions(process: Process) -> Iterator[Finding]:
    """Cells that lead from one guide to another; whether the library has them is the library's affair."""
    for name, entry in process.data.get("transitions", {}).items():
        where = f"transitions.{name}"
        for key in entry:
            if key not in ("from", "to", "component", "settings"):
                text = f"unknown key {key!r}. {did_you_mean(key, ('from', 'to', 'component', 'settings'))}"
                yield Finding("error", where, text)
        optical = [key for key, section in process.cross_sections.items() if section.kind == "optical"]
        for key in ("from", "to"):
            if entry.get(key) not in optical:
                text = (
                    f"{key} = {entry.get(key)!r} is no optical cross-section. {did_you_mean(entry.get(key), optical)}"
                )
                yield Finding("error", where, text)
        if not isinstance(entry.get("component"), str):
            yield Finding("error", where, "component is missing: name a cell of the library")


_LOOKS = (
    _missing,
    _pedigree,
    _layer_numbers,
    _rules,
    _cross_sections,
    _stack,
    _idle,
    _connectivity,
    _surroundings,
    _specifications,
    _implants,
    _transitions,
)


def check_process(name: str | Path) -> tuple[Process, list[Finding]]:
    """Read a process file and look for what is missing, out of range or inconsistent, errors first.

    Raises:
        LingnanError: the file cannot be read as a process at all; the message names the key.
    """
    process = load_process(name)
    findings = [finding for look in _LOOKS for finding in look(process)]
    return process, sorted(findings, key=lambda finding: finding.severity)
