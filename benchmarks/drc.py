"""Time of a full SOI deck on a generated chip, beside a careful KLayout deck of the same edge and region rules.

    python benchmarks/drc.py [sites] [cells] [flat]

The yardstick runs in the KLayout application, deep or flat as the chip, edges at 80 degrees or more left out, no
post-processing; of the application's time only the ratio is printed. 100 sites and 512 cells make the chip of a million
polygons.
"""

import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import klayout.db as kdb
from drcchip import Planted, build

from lingnan.pdk.drc import Report, check
from lingnan.pdk.process import Process, load_process

CHECKS = {
    "width": "{a}.width({d}, euclidian, angle_limit(80))",
    "space": "{a}.space({d}, euclidian, angle_limit(80))",
    "separation": "{a}.separation({b}, {d}, euclidian, angle_limit(80))",
    "enclosure": "{a}.enclosed({b}, {d}, euclidian, angle_limit(80))",
    "overlap": "{a}.overlap({b}, {d}, euclidian, angle_limit(80))",
    "exclusion": "({a} & {b})",
    "area": "{a}.with_area(0, {d})",
}


def deck(process: Process, chip: Path, out: Path, mode: str) -> str:
    """The yardstick, deep or flat."""
    lines = [f"source('{chip}')", f"report('yardstick', '{out}')", mode]
    for name, layer in process.layers.items():
        lines.append(f"l_{name} = input({layer.layer}, {layer.datatype})")
    for rule in process.rules.values():
        if rule.kind in CHECKS and "beyond" not in rule.options:
            a, b = ("(" + _ruby(process, text) + ")" for text in (rule.layer, rule.other))
            limit = rule.limit.value if rule.limit else 0.0
            lines.append(CHECKS[rule.kind].format(a=a, b=b, d=limit) + f".output('{rule.id}')")
    return "\n".join(lines) + "\n"


def _ruby(process: Process, text: str) -> str:
    return " ".join(f"l_{word}" if word in process.layers else word for word in text.replace("(", " ( ").split())


def wrong(report: Report, planted: list[Planted]) -> list[Planted]:
    """Planted shapes with another number of markers than they should have: one a fault, none at the limit."""
    bad: list[Planted] = []
    for plant in planted:
        left, bottom, right, top = plant.box
        hits = [
            v
            for v in report.violations
            if v.rule == plant.rule
            and v.bbox[0] <= right
            and v.bbox[2] >= left
            and v.bbox[1] <= top
            and v.bbox[3] >= bottom
        ]
        if len(hits) != int(plant.fault):
            bad.append(plant)
    return bad


def change(layout: kdb.Layout, cell: kdb.Cell, process: Process) -> None:
    """One guide more in a cell."""
    cell.shapes(layout.layer(*process.layers["WG"].gds)).insert(kdb.DBox(60, 178, 80, 178.4))


@dataclass(frozen=True)
class Measured:
    """Three checks in a process of their own: from nothing, once more, and after a change in one cell."""

    report: Report
    seconds: tuple[float, float, float]
    peaks: tuple[float, float]  #: of the process and of its largest child [GB]


def measured(chip: Path, cache: Path, flat: bool) -> Measured:
    """Read a chip and check it."""
    process = load_process("soi220")
    layout = kdb.Layout()
    layout.read(str(chip))
    top = layout.top_cell()
    seconds: list[float] = []
    reports: list[Report] = []
    for number in range(3):
        if number == 2:
            change(layout, top if flat else layout.cell("DEVICE1"), process)
        start = time.perf_counter()
        reports.append(check(layout, top, process, cache=cache))
        seconds.append(time.perf_counter() - start)
    assert reports[1].violations == reports[0].violations
    own, child = (resource.getrusage(who).ru_maxrss / 1e6 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    first, again, changed = seconds
    return Measured(reports[0], (first, again, changed), (own, child))


def main() -> None:
    words = [word for word in sys.argv[1:] if word != "flat"]
    sites, cells = (int(word) for word in (words or ("100", "512")))
    process = load_process("soi220")
    layout, top, planted = build(process, sites=sites, cells=cells)
    flat = "flat" in sys.argv[1:]
    if flat:
        top.flatten(True)
    with tempfile.TemporaryDirectory() as folder:
        chip, out, script = (Path(folder) / name for name in ("chip.gds", "out.lyrdb", "deck.drc"))
        layout.write(str(chip))
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:  # it holds what a check needs
            found = pool.submit(measured, chip, Path(folder) / "cache", flat).result()
        report, (ours, again, changed) = found.report, found.seconds
        print(f"{sum(count.shapes for count in report.layers)} shapes, {len(report.rules)} rules: {ours:.1f} s")
        print(f"again, nothing changed: {again:.1f} s; one cell changed: {changed:.1f} s, {ours / changed:.1f} x less")
        own, child = found.peaks
        print(f"peak of the process: {own:.2f} GB, of its largest child, shared pages included: {child:.2f} GB")
        bad = wrong(report, planted)
        faults = sum(plant.fault for plant in planted)
        print(f"planted {faults} faults and {len(planted) - faults} at a limit; wrongly judged: {len(bad)}")
        for plant in bad:
            print("  ", plant)
        print("slowest:", Counter({k: v for k, v in report.seconds.items() if k != "total"}).most_common(8))
        script.write_text(deck(process, chip, out, "flat" if flat else "deep"))
        start = time.perf_counter()
        subprocess.run(
            ["klayout", "-b", "-r", str(script)],
            check=True,
            env={"QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin"},
        )
        print(f"ours / yardstick: {ours / (time.perf_counter() - start):.2f}")


if __name__ == "__main__":
    main()
