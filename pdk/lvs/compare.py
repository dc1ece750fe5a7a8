"""A layout against its design: find the devices, follow light and current, compare."""

import time
from collections.abc import Callable, Mapping

import klayout.db as kdb

from lingnan.pdk.errors import LingnanError
from lingnan.pdk.lvs.circuit import Circuit
from lingnan.pdk.lvs.devicefaults import report_devices
from lingnan.pdk.lvs.devices import Finder
from lingnan.pdk.lvs.links import LightComparison
from lingnan.pdk.lvs.metal import trace_metal, wiring
from lingnan.pdk.lvs.nets import MetalComparison
from lingnan.pdk.lvs.optical import trace
from lingnan.pdk.lvs.report import LvsReport
from lingnan.pdk.lvs.view import View
from lingnan.pdk.process import Process

_DBU = 1e-9  #: µm: two database units that differ by more are not the same


def compare(
    layout: kdb.Layout,
    top: kdb.Cell,
    process: Process,
    expected: Circuit,
    *,
    layers: Mapping[str, tuple[int, int]] | None = None,
    file: str = "",
    say: Callable[[str], None] = lambda _: None,
) -> LvsReport:
    """Compare a layout with a circuit, by geometry alone.

    Args:
        layout: that holds the cell; it is not changed.
        top: the chip.
        process: names the layers, and says what guides light and what conducts.
        expected: the design.
        layers: layer and datatype in the file by the process's layer name; the process's own numbers by default.
        file: for the report.
        say: told what is being done.

    Raises:
        LingnanError: the database units differ, or there is nothing to compare.
    """
    if abs(layout.dbu - expected.dbu) > _DBU:
        raise LingnanError(
            f"{file or top.name}: database unit of {layout.dbu:g} µm, the design has {expected.dbu:g}. "
            f"Save the file with {expected.dbu:g} µm."
        )
    seconds: dict[str, float] = {}
    started = time.perf_counter()
    view = View(layout, top, process, layers)

    def lap(name: str) -> None:
        seconds[name] = round(time.perf_counter() - started - sum(seconds.values()), 3)

    say("devices")
    finder = Finder(view, expected)
    if all(view.drawn(layer).is_empty() for layer in finder.masks):
        raise LingnanError(
            f"{file or top.name}: cell {top.name} has no shape on any mask layer of {process.name}. Name the right "
            "cell with --top, or map the layers of the file with --layer-map."
        )
    found = finder.find()
    mismatches = report_devices(view, found)
    lap("devices")
    say("light")
    optical = {
        port.layer for device in expected.devices.values() for port in device.master.ports if port.kind == "optical"
    }
    light = trace(view, found, sorted(optical & view.masks.keys()))
    comparison = LightComparison(view, expected, found, light)
    mismatches += comparison.run()
    lap("light")
    say("current")
    wires = wiring(process)
    current = trace_metal(view, found, wires)
    metal = MetalComparison(view, expected, found, wires, current)
    mismatches += metal.run()
    lap("current")
    notes = list(expected.notes)
    for layer in sorted(optical - view.masks.keys()):
        notes.append(f"{layer} is the core of no optical cross-section of {process.name}: its ports were not followed")
    if light.loose:
        notes.append(f"{light.loose} pieces of core touch no device (fill, marks, letters) and were left alone")
    return LvsReport(
        process=process.stamp,
        file=file,
        top=top.name,
        design=expected.file or expected.name,
        devices=len(expected.devices),
        found=sum(one.there for one in found.values()),
        links=len(expected.links),
        joined=len(comparison.joined) + metal.joined(),
        guides=sum(bool(guide.pins) for guide in light.guides.values()),
        nets=len({root for roots in current.nets.values() for root in roots}),
        black_boxes=tuple(name for name, one in found.items() if one.state == "black box"),
        mismatches=tuple(mismatches),
        notes=tuple(notes),
        seconds=seconds,
    )
