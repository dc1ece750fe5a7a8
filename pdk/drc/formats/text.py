"""The report for people: one line a fault, then what was seen and what to know."""

from collections import Counter

from lingnan.pdk.drc.violation import Report, Violation

UNITS = {"um": "µm", "um^2": "µm²", "deg": "°", "1": ""}


def number(value: float | None, unit: str) -> str:
    """A number with its unit, or a dash."""
    return "-" if value is None else f"{value:.6g} {UNITS.get(unit, unit)}".rstrip()


def place(violation: Violation) -> str:
    """Middle of the marker in the top cell [µm]."""
    left, bottom, right, top = violation.bbox
    return f"{(left + right) / 2:.3f}, {(bottom + top) / 2:.3f}"


def summary(report: Report) -> str:
    """One line: how many faults, in what, by which process."""
    severities = Counter(violation.severity for violation in report.violations)
    shapes = sum(count.shapes for count in report.layers if count.name)
    return (
        f"{report.file or report.top}: {severities['error']} errors, {severities['warning']} warnings, "
        f"{len(report.waived)} waived; {len(report.rules)} rules on {shapes} shapes below {report.top}; "
        f"{report.process}"
    )


def to_text(report: Report) -> str:
    """A table of the faults, and the summary as last line."""
    head = ("rule", "severity", "found", "limit", "x, y (µm)", "cell", "what")
    rows: list[tuple[str, ...]] = [head]
    for violation in report.violations:
        rows.append(
            (
                violation.rule,
                violation.severity,
                number(violation.value, violation.unit),
                number(violation.limit, violation.unit),
                place(violation),
                violation.cell,
                violation.message,
            )
        )
    lines: list[str] = []
    if len(rows) > 1:
        widths = [max(len(row[column]) for row in rows) for column in range(len(head) - 1)]
        lines += [
            "  ".join([*(word.ljust(width) for word, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
            for row in rows
        ]
    lines += [f"waived: {one.rule} at {place(one)} µm in {one.cell}: {one.waived_by}" for one in report.waived]
    lines += [f"note: {note}" for note in report.notes]
    return "\n".join([*lines, summary(report)]) + "\n"
