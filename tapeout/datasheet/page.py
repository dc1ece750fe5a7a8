"""The data sheet as one HTML page that asks nothing from anywhere."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import lingnan
from lingnan.components.registry import Parameter
from lingnan.components.trace import Limit
from lingnan.pdk.process import Process
from lingnan.tapeout import report
from lingnan.tapeout.datasheet import pictures, spectra
from lingnan.tapeout.datasheet.sheet import Sheet
from lingnan.tapeout.report.html import Markup, details, figure, page, section, table, tag, text

_FAR = 1e4  #: limits beyond this are only there to catch slips of the pen


def write_page(sheet: Sheet, path: Path, folder: Path) -> None:
    """Write the page.

    Args:
        sheet: what it says.
        path: of the HTML file.
        folder: for pictures, which the page carries; they are not needed afterwards.
    """
    style = (Path(report.__file__).parent / "report.css").read_text(encoding="utf-8")
    parts = [
        _header(sheet), _layout(sheet, folder), _ports(sheet), _parameters(sheet), _stack(sheet, folder), _rules(sheet),
        _model(sheet, folder), _numbers(sheet), _provenance(sheet.process),
    ]  # fmt: skip
    path.write_text(page(f"{sheet.cell.name}, {sheet.process.name}", style, parts), encoding="utf-8")


def write_index(process: Process, sheets: Sequence[Sheet], failed: Mapping[str, str], path: Path) -> None:
    """Write the page that leads to those of all cells, which lie beside it.

    Args:
        process: whose cells they are.
        sheets: of the cells that have a page.
        failed: why the others have none, by name.
        path: of the HTML file.
    """
    style = (Path(report.__file__).parent / "report.css").read_text(encoding="utf-8")
    rows: list[tuple[object, ...]] = [
        (
            Markup(tag("a", text(sheet.cell.name), href=f"{sheet.cell.name}.html")),
            sheet.cell.summary,
            Markup(badge(sheet)),
            Markup(_model_badge(sheet)),
        )
        for sheet in sheets
    ]
    rows += [
        (name, reason, Markup(tag("span", "no page", class_="verdict bad")), "") for name, reason in failed.items()
    ]
    head = tag("header", tag("h1", text(f"Cells of {process.name}")) + tag("p", text(process.title)))
    body = [head, section("Cells", table(("cell", "what it is", "design rules", "model"), rows)), _provenance(process)]
    path.write_text(page(f"Cells of {process.name}", style, body), encoding="utf-8")


def badge(sheet: Sheet) -> str:
    """The verdict of the design rules as a coloured word."""
    words = [f"{count} {word}{'' if count == 1 else 's'}" for count, word in _counts(sheet) if count]
    kind = "bad" if sheet.errors else "warn" if sheet.warnings else "good"
    return tag("span", text("DRC: " + (", ".join(words) or "clean")), class_=f"verdict {kind}")


def _counts(sheet: Sheet) -> tuple[tuple[int, str], ...]:
    return (sheet.errors, "error"), (sheet.warnings, "warning")


def _header(sheet: Sheet) -> str:
    process = sheet.process
    given = ", ".join(f"{name} = {value}" for name, value in sheet.settings.items())
    notes = "".join(tag("p", text(part.rstrip(".") + ".")) for part in sheet.cell.notes.split("\n\n") if part)
    return tag(
        "header",
        tag("h1", text(sheet.cell.name))
        + tag("p", text(sheet.cell.summary))
        + tag("p", badge(sheet) + " " + _model_badge(sheet))
        + tag("p", text(f"Process {process.stamp}: {process.title}."), class_="soft")
        + (tag("p", text(f"Drawn with {given}; everything else as by default.")) if given else "")
        + notes
        + tag("pre", text(sheet.cell.drawing)),
    )


def _model_badge(sheet: Sheet) -> str:
    words, kind = ("no model", "warn") if sheet.spectra is None else ("compact model", "good")
    return tag("span", words, class_=f"verdict {kind}")


def _layout(sheet: Sheet, folder: Path) -> str:
    box = sheet.component.dbbox()
    known = sheet.component.info.model_dump(exclude_none=True)
    rows = [(name, value) for name, value in known.items() if not name.startswith("route_info")]
    size = f"{box.width():.3f} x {box.height():.3f} µm with its outline, in cell {sheet.component.name}"
    return section(
        "Layout",
        figure(pictures.layout(sheet, folder), size),
        details("What the cell knows about itself", table(("name, unit last", "value"), rows)) if rows else "",
    )


def _ports(sheet: Sheet) -> str:
    rows = [
        (
            port.name,
            port.port_type,
            f"{x:.3f}",
            f"{y:.3f}",
            f"{port.orientation:g}",
            f"{port.width:g}",
            _layer(sheet, port),
        )
        for port in sheet.component.ports
        for x, y in [port.center]
    ]
    head = ("port", "type", "x [µm]", "y [µm]", "faces [deg]", "width [µm]", "layer")
    return section("Ports", table(head, rows, numbers=(2, 3, 4, 5)))


def _layer(sheet: Sheet, port: Any) -> str:
    pair = (port.layer_info.layer, port.layer_info.datatype)
    return next((one.name for one in sheet.process.layers.values() if one.gds == pair), f"{pair[0]}/{pair[1]}")


def _belongs(limit: Limit, parameter: Parameter) -> bool:
    """Whether a limit is one of a parameter, or of an item of it."""
    item = parameter.kind in ("numbers", "texts") and limit.parameter.startswith(f"{parameter.name}[")
    return item or limit.parameter == parameter.name


def _limit(limit: Limit, process: Process) -> str:
    """A limit with its reason; a rule with its own words, source and status."""
    which = f"{limit.parameter}: " if "[" in limit.parameter else ""
    bound = " ".join(
        f"{sign} {value:.6g}" for sign, value in (("≥", limit.low), ("≤", limit.high)) if value is not None
    )
    if limit.reason in process.rules:
        rule = process.rules[limit.reason]
        source = rule.limit.source if rule.limit else rule.source
        reason = f"rule <b>{text(rule.id)}</b>, {text(rule.description)} ({text(source)}; {text(rule.status)})"
    else:
        reason = text(limit.reason)
    return f"{text(which + bound)} <span class='soft'>{reason}</span>"


def _worth(limits: list[Limit], process: Process) -> list[Limit]:
    """Every rule, and of all else the tightest on either side; not what is only there against slips of the pen."""
    others = [one for one in limits if one.reason not in process.rules]
    told: list[Limit] = [one for one in limits if one.reason in process.rules]
    told += [one for one in others if (one.low is None) == (one.high is None)]
    for item in dict.fromkeys(one.parameter for one in others):
        lows = [one for one in others if one.parameter == item and one.low is not None and one.high is None]
        highs = [one for one in others if one.parameter == item and one.high is not None and one.low is None]
        told += sorted(lows, key=lambda one: one.low or 0.0)[-1:]
        told += [one for one in sorted(highs, key=lambda one: one.high or 0.0)[:1] if (one.high or 0.0) < _FAR]
    return told


def _parameters(sheet: Sheet) -> str:
    rows: list[tuple[object, ...]] = []
    mine: set[Limit] = set()
    for parameter in sheet.cell.parameters:
        limits = [one for one in sheet.limits if _belongs(one, parameter)]
        mine.update(limits)
        shown = "<br>".join(_limit(one, sheet.process) for one in _worth(limits, sheet.process))
        rows.append((parameter.name, _value(sheet, parameter, limits), parameter.description, Markup(shown)))
    others = [one for one in sheet.limits if one not in mine]
    more = [(one.parameter, one.value, Markup(_limit(one, sheet.process))) for one in others]
    words = (
        "Lengths in µm. Limits are those that the cell checks as it is drawn here; some of them move with the other "
        "parameters. A value outside is refused, with the rule."
    )
    return section(
        "Parameters",
        table(("name", "value", "what it is", "limits"), rows),
        details("Limits of what the cell makes of them", table(("what", "value", "limits"), more)) if more else "",
        tag("p", words, class_="soft"),
    )


def _value(sheet: Sheet, parameter: Parameter, limits: list[Limit]) -> object:
    value = sheet.settings.get(parameter.name, parameter.default)
    if value is not None:
        return str(value)
    used = {one.value for one in limits}
    return Markup(f"{used.pop():g} <span class='soft'>by default</span>") if len(used) == 1 else "not given"


def _stack(sheet: Sheet, folder: Path) -> str:
    cuts = "".join(figure(path, caption) for path, caption in pictures.cross_sections(sheet, folder))
    path, words = pictures.solid(sheet, folder)
    return section("Stack", cuts, figure(path, words) if path else tag("p", text(words), class_="soft"))


def _rules(sheet: Sheet) -> str:
    found = sheet.report.violations
    shapes = sum(count.shapes for count in sheet.report.layers)
    words = (
        f"{len(sheet.report.rules)} rules of {sheet.report.process} were run on {shapes} shapes. Each port was led on "
        "by a piece of its own guide or wire, as in use: what ends there goes on in a neighbour."
    )
    rows = [
        (
            one.rule,
            one.severity,
            *("" if value is None else value for value in (one.value, one.limit)),
            one.unit,
            one.message,
        )
        for one in found
    ]
    head = ("rule", "severity", "found", "limit", "unit", "message")
    return section(
        "Design rules", tag("p", badge(sheet)), tag("p", text(words)), table(head, rows, numbers=(2, 3)) if rows else ""
    )


def _model(sheet: Sheet, folder: Path) -> str:
    if sheet.spectra is None:
        words = f"{sheet.silence} Nothing is said here about what light does in this cell."
        return section("Model", tag("p", text(words)))
    made = sheet.spectra
    waves, middle = 1000 * made.wavelengths, len(made.wavelengths) // 2
    rows = [
        (f"{start} to {end}", corner, f"{line[middle]:.3f}", f"{line.min():.3f} at {waves[np.argmin(line)]:.2f}",
         f"{line.max():.3f} at {waves[np.argmax(line)]:.2f}", f"{made.delay[corner][row]:.4f}")
        for row, (start, end) in enumerate(made.paths)
        for corner, values in made.by_corner.items()
        for line in [values[row]]
    ]  # fmt: skip
    corners = [
        (
            one.name,
            ", ".join(f"{path} {shift:+g} σ" for path, shift in one.shifts.items()) or "as drawn",
            f"{one.temperature:g}",
        )
        for one in sheet.process.corners.values()
    ]
    head = ("path", "corner", f"at {waves[middle]:g} nm [dB]", "least [dB, nm]", "most [dB, nm]", "group delay [ps]")
    words = (
        "Power between ports by the cell's SAX model, for the fundamental TE mode, derived from the process by "
        "lingnan's own solvers."
    )
    return section(
        "Model",
        figure(spectra.draw(made, folder / "spectra.png"), f"In corners of the process: {', '.join(made.by_corner)}"),
        tag("p", text(f"{words} {made.model}")),
        table(head, rows, numbers=(2, 3, 4, 5)),
        details("What the model is made of, and what it leaves out", tag("p", text(made.module))),
        details("Corners", table(("corner", "shifts", "temperature [K]"), corners, numbers=(2,))),
    )


def _numbers(sheet: Sheet) -> str:
    rows = [(path, one.value, one.unit, one.status, one.source) for path, one in sorted(sheet.numbers.items())]
    head = ("number", "value", "unit", "status", "source")
    cited = [word for one in sheet.numbers.values() for word in re.findall(r"\w+", one.source)]
    keys = [(key, words) for key, words in sheet.process.sources.items() if key in cited]
    more = details("Sources", table(("key", "source"), keys)) if keys else ""
    return section("Numbers taken from the process", table(head, rows, numbers=(1,)), more) if rows else ""


def _provenance(process: Process) -> str:
    states = Counter(quantity.status for quantity in process.quantities.values())
    words = ", ".join(f"{count} {status}" for status, count in sorted(states.items()))
    rows = [
        ("process", process.stamp),
        ("title", process.title),
        ("sha256 of its data, first 12 digits", process.hash),
        ("files", ", ".join(Path(name).name for name in process.files)),
        ("its numbers", words),
        ("lingnan", lingnan.__version__),
    ]
    warning = "Representative numbers are public, typical values that the line itself has not confirmed."
    return section(
        "Where it comes from",
        table(("", ""), rows),
        tag("p", warning, class_="soft") if states["representative"] else "",
    )
