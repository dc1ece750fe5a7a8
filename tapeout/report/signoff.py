"""Sign-off on the page: violations and mismatches with their places and pictures, densities window by window."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import klayout.db as kdb

from lingnan.pdk.drc.violation import Violation
from lingnan.tapeout.built import Built
from lingnan.tapeout.picture import Camera
from lingnan.tapeout.report.html import Markup, details, figure, section, table, tag

_PICTURES = 12  #: of faults; the tables hold all of them
_SURROUNDINGS = 12.0  #: µm around a fault that a picture shows at least


def verdict(clean: bool, faults: int, word: str) -> str:
    """A coloured word."""
    words = "clean" if clean else f"{faults} {word}{'' if faults == 1 else 's'}"
    return tag("span", words, class_=f"verdict {'good' if clean else 'bad'}")


def _around(bbox: tuple[float, float, float, float]) -> kdb.DBox:
    box = kdb.DBox(*bbox)
    margin = max(_SURROUNDINGS, box.width(), box.height())
    return box.enlarged(margin, margin)


def _place(bbox: tuple[float, float, float, float]) -> str:
    left, bottom, right, top = bbox
    return f"({left:.3f}, {bottom:.3f}) to ({right:.3f}, {top:.3f})"


def _pictures(
    camera: Camera, folder: Path, stem: str, faults: Sequence[tuple[str, tuple[float, float, float, float]]]
) -> str:
    shots = [
        figure(camera.shoot(folder / f"{stem}{index}.png", _around(bbox), width=480), f"{name} at {_place(bbox)} µm")
        for index, (name, bbox) in enumerate(faults[:_PICTURES])
    ]
    return tag("div", "\n".join(shots), class_="grid") if shots else ""


def _violations(built: Built, found: Sequence[Violation]) -> str:
    rows: list[tuple[object, ...]] = []
    for one in found:
        name, line = built.owner(one.bbox)
        rows.append(
            (
                one.rule,
                one.severity,
                "" if one.value is None else one.value,
                "" if one.limit is None else one.limit,
                one.unit,
                f"{name} (line {line})" if line else name,
                _place(one.bbox),
                one.message,
                one.status,
            )
        )
    head = ("rule", "severity", "value", "limit", "unit", "drawn by", "place [µm]", "what", "rule's number")
    return table(head, rows, numbers=(2, 3))


def drc(built: Built, camera: Camera, folder: Path) -> str:
    """Design rules: how many were run on how many shapes, and what they found."""
    report = built.drc
    errors = [one for one in report.violations if one.severity == "error"]
    warnings = [one for one in report.violations if one.severity == "warning"]
    by_rule = Counter(one.rule for one in report.violations)
    shapes = sum(count.shapes for count in report.layers)
    words = (
        f"{len(report.rules)} rules of {report.process} on {shapes} shapes of {len(report.layers)} layers: "
        f"{len(errors)} errors, {len(warnings)} warnings, {len(report.waived)} waived."
    )
    layers = table(
        ("layer", "GDS", "shapes"),
        [(count.name or "not mapped", f"{count.gds[0]}/{count.gds[1]}", count.shapes) for count in report.layers],
        numbers=(2,),
    )
    parts = [
        tag("p", f"{verdict(report.clean, len(errors), 'error')} {words}"),
        table(("rule", "found"), sorted(by_rule.items()), numbers=(1,)) if by_rule else "",
        _pictures(camera, folder, "drc", [(one.rule, one.bbox) for one in (*errors, *warnings)]),
        _violations(built, (*errors, *warnings)) if report.violations else "",
        details(f"{len(report.waived)} waived", _violations(built, report.waived)) if report.waived else "",
        *(tag("p", note, class_="soft") for note in report.notes),
        details(f"{len(report.rules)} rules run", tag("p", ", ".join(report.rules))),
        details("What was seen on each layer", layers),
    ]
    return section("Design rules", *parts)


def lvs(built: Built, camera: Camera, folder: Path) -> str:
    """Layout against design: what was looked for, what was found, what differs."""
    report = built.lvs
    faults = report.mismatches
    words = (
        f"From the shapes alone: {report.found} of {report.devices} devices found, {report.joined} of {report.links} "
        f"links joined, {report.guides} guides between devices, {report.nets} metal nets."
    )
    rows = [
        (
            one.kind,
            "" if one.value is None else one.value,
            one.unit,
            ", ".join(one.instances),
            one.line or "",
            _place(one.bbox),
            one.message,
        )
        for one in faults
    ]
    return section(
        "Layout against design",
        tag("p", f"{verdict(report.clean, len(faults), 'mismatch')} {words}"),
        _pictures(camera, folder, "lvs", [(one.kind, one.bbox) for one in faults]),
        table(("kind", "value", "unit", "devices", "line", "place [µm]", "what"), rows, numbers=(1,)) if rows else "",
        tag("p", f"Content not compared: {', '.join(report.black_boxes)}.") if report.black_boxes else "",
        *(tag("p", note, class_="soft") for note in report.notes),
    )


def densities(built: Built) -> str:
    """Fill and density windows."""
    rows: list[tuple[object, ...]] = []
    for one in built.assembly.densities:
        low, high = one.minimum or 0.0, 1.0 if one.maximum is None else one.maximum
        good = not one.below and not one.above
        bar = Markup(f'<meter min="0" max="1" low="{low}" high="{high}" value="{one.mean:.4f}">{one.mean:.2f}</meter>')
        state = Markup(tag("span", "inside" if good else "outside", class_=f"verdict {'good' if good else 'warn'}"))
        rows.append(
            (one.rule, one.layer, one.windows, f"{low:.0%} to {high:.0%}", f"{one.least:.1%}", f"{one.mean:.1%}",
             f"{one.most:.1%}", bar, state)
        )  # fmt: skip
    fill = [(one.layer, one.squares, one.area / 1e6) for one in built.assembly.filled]
    head = ("rule", "layers", "windows", "limits", "least", "mean", "most", "", "")
    return section(
        "Density and fill",
        table(head, rows, numbers=(2, 4, 5, 6)) if rows else tag("p", "The process has no density rule."),
        table(("filled layer", "squares", "area [mm²]"), fill, numbers=(1, 2)) if fill else "",
    )
