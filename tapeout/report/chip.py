"""The chip on the page: what it is, its pictures, experiments and routes, and where its numbers come from."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import klayout.db as kdb

from lingnan.tapeout.built import Built
from lingnan.tapeout.chipsection import Measurement
from lingnan.tapeout.design import enumerate_names
from lingnan.tapeout.manifest import COLUMNS, members
from lingnan.tapeout.picture import Camera
from lingnan.tapeout.report.html import details, figure, section, table, tag, text
from lingnan.tapeout.report.signoff import verdict

_MANIFEST = (
    "device", "kind", "cell", "x_um", "y_um", "couplers", "pads", "wavelength_from_um", "wavelength_to_um",
    "measurement", "measure", "line",
)  # fmt: skip
_MOST_WIDTH = 1400  #: pixels of a picture of an experiment


def header(built: Built) -> str:
    """Name, verdict, process stamp."""
    design, process = built.design, built.design.process
    representative = len(process.representative)
    stamp = f"Process {process.stamp}: {process.title}. Design file {design.file}."
    flag = (
        f"{representative} of the {len(process.quantities)} numbers of this process are representative: public, "
        "typical values that the line itself has not confirmed. Every result on this page rests on them."
        if representative
        else "Every number of this process was given by the line."
    )
    marks = [
        tag("p", f"Sign-off {verdict(built.clean, built.faults, 'fault')}"),
        tag("p", text(design.chip.description)) if design.chip.description else "",
        tag("p", text(stamp), class_="soft"),
        tag("p", f"{tag('span', 'representative', class_='verdict warn')} {text(flag)}")
        if representative
        else tag("p", flag),
    ]
    return tag("header", tag("h1", text(f"{design.name}, revision {design.chip.revision}")) + "".join(marks))


def overview(built: Built, camera: Camera, folder: Path) -> str:
    """Pictures with and without fill, and the figures of the chip."""
    width, height = built.design.chip.size
    kinds = Counter(one.kind for one in built.assembly.placed.values())
    guides = [one for one in built.assembly.routed if one.kind == "optical"]
    wires = [one for one in built.assembly.routed if one.kind == "electrical"]
    facts = {
        "die [mm]": f"{width / 1000:g} × {height / 1000:g}",
        "devices": kinds["device"],
        "fibre couplers": kinds["coupler"],
        "pads": kinds["pad"],
        "guides routed [mm]": f"{sum(one.length for one in guides) / 1000:.2f} in {len(guides)}",
        "wires routed [mm]": f"{sum(one.length for one in wires) / 1000:.2f} in {len(wires)}",
        "library cells": len({one.cell for one in built.assembly.placed.values()}),
        "fill squares": sum(one.squares for one in built.assembly.filled),
    }
    boxes = "".join(tag("div", f"<b>{text(value)}</b><span>{text(name)}</span>") for name, value in facts.items())
    whole = Camera(built.layout, built.top, built.design.process)
    full = figure(whole.shoot(folder / "fill.png", width=1400), "With fill")
    files = table(("file", "sha256"), sorted(built.digests.items()))
    notes = "".join(tag("p", text(note), class_="soft") for note in built.assembly.notes)
    return section(
        "Chip",
        tag("div", boxes, class_="facts"),
        figure(camera.shoot(folder / "chip.png", width=1400), "Density fill left out"),
        details("With fill", full),
        details("Files", files),
        notes,
    )


def _varied(settings: list[Mapping[str, Any]]) -> list[str]:
    """Parameters in which the devices of an experiment differ."""
    keys = dict.fromkeys(key for one in settings for key in one)
    return [key for key in keys if len({str(one.get(key, "default")) for one in settings}) > 1]


def experiments(built: Built, camera: Camera, folder: Path) -> str:
    """One part a measurement: what to do, what is varied, where the light goes in, and a picture."""
    parts = [_experiment(built, plan, camera, folder) for plan in built.design.chip.measurements]
    return section("Experiments", *parts) if parts else ""


def _experiment(built: Built, plan: Measurement, camera: Camera, folder: Path) -> str:
    names = [name for word in plan.devices for name in enumerate_names(word, built.design.file)]
    placed = [one for name in names for one in members(built.assembly.placed, name)]
    varied = _varied([one.settings for one in placed])
    by_device = {row["device"]: row for row in built.manifest}
    rows = [
        (
            one.name,
            one.component,
            *(str(one.settings.get(key, "default")) for key in varied),
            by_device[one.name]["couplers"],
            by_device[one.name]["pads"],
        )
        for one in placed
    ]
    band = f", {plan.wavelength[0]:g} to {plan.wavelength[1]:g} µm" if plan.wavelength else ""
    parameters = "".join(f", {key} {value}" for key, value in plan.parameters.items())
    box = kdb.DBox()
    for one in placed:
        box += kdb.DBox(*one.bbox)
    box = box.enlarged(0.04 * box.width() + 15, 0.04 * box.height() + 15)
    width = _MOST_WIDTH if box.width() > box.height() else 700
    picture = figure(camera.shoot(folder / f"experiment_{plan.name}.png", box, width=width), plan.name)
    return "\n".join(
        [
            tag("h3", text(plan.name)),
            tag("p", text(f"Measure {plan.measure}{band}{parameters} (line {plan.line}).")),
            picture,
            table(("device", "cell", *varied, "couplers", "pads"), rows),
        ]
    )


def routes(built: Built) -> str:
    """Every link as it was drawn."""
    rows = [
        (one.route, one.kind, one.start, one.end, one.cross_section, f"{one.length:.3f}", one.bends, one.line)
        for one in built.assembly.routed
    ]
    head = ("route", "kind", "from", "to", "cross-section", "length [µm]", "bends", "line")
    return section("Routes", table(head, rows, numbers=(5, 6, 7))) if rows else ""


def manifest(built: Built) -> str:
    """The test manifest; the CSV beside the page holds all its columns."""
    rows = [[row[column] for column in _MANIFEST] for row in built.manifest]
    words = (
        f"{len(rows)} rows; manifest.csv has {len(COLUMNS)} columns. Coordinates from the lower-left corner of the die."
    )
    body = tag("p", text(words), class_="soft") + table(_MANIFEST, rows, numbers=(3, 4, 7, 8, 11))
    missing = [row["device"] for row in built.manifest if row["kind"] == "device" and not row["measurement"]]
    notice = f"No measurement names {len(missing)} devices: {', '.join(missing[:30])}." if missing else ""
    return section("Test manifest", tag("p", text(notice)) if notice else "", details("Show the table", body))


def process(built: Built) -> str:
    """Where the limits come from."""
    line = built.design.process
    rows = [
        (rule.id, rule.kind, rule.limit.value, rule.limit.unit, rule.limit.status, rule.limit.source)
        for rule in line.rules.values()
        if rule.limit is not None
    ]
    head = ("rule", "kind", "limit", "unit", "status", "source")
    states = Counter(quantity.status for quantity in line.quantities.values())
    words = ", ".join(f"{count} {status}" for status, count in sorted(states.items()))
    return section(
        "Process",
        tag("p", text(f"{line.stamp}, from {', '.join(Path(name).name for name in line.files)}: {words} numbers.")),
        details("Limits and their sources", table(head, rows, numbers=(2,))),
    )


def source(built: Built) -> str:
    """The design file, as it was read."""
    lines = built.design.text.splitlines()
    numbered = "\n".join(f"{number:4}  {text(line)}" for number, line in enumerate(lines, 1))
    return section("Design file", details(built.design.file, f"<pre>{numbered}</pre>"))
