"""The report as JSON; `report.schema.json` beside this file says what is in it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from lingnan.pdk.drc.violation import Report, Violation

SCHEMA = Path(__file__).with_name("report.schema.json")


def _violation(violation: Violation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "rule": violation.rule,
        "kind": violation.kind,
        "severity": violation.severity,
        "value": violation.value,
        "limit": violation.limit,
        "unit": violation.unit,
        "layer": violation.layer,
        "cell": violation.cell,
        "bbox": list(violation.bbox),
        "message": violation.message,
        "status": violation.status,
        "polygons": [[list(point) for point in outline] for outline in violation.polygons],
    }
    return found | ({"waived_by": violation.waived_by} if violation.waived_by else {})


def to_json(report: Report) -> str:
    """Lengths in µm, coordinates in the top cell; one line for each entry of a list."""
    severities = Counter(violation.severity for violation in report.violations)
    found = {
        "process": report.process,
        "file": report.file,
        "top": report.top,
        "summary": {
            "clean": report.clean,
            "errors": severities["error"],
            "warnings": severities["warning"],
            "waived": len(report.waived),
            "violations": len(report.violations),
            "by_rule": dict(sorted(Counter(violation.rule for violation in report.violations).items())),
        },
        "violations": [_violation(violation) for violation in report.violations],
        "waived": [_violation(violation) for violation in report.waived],
        "layers": [{"gds": list(count.gds), "name": count.name, "shapes": count.shapes} for count in report.layers],
        "rules": list(report.rules),
        "notes": list(report.notes),
        "seconds": dict(report.seconds),
    }
    return "{\n" + ",\n".join(f' "{key}": {_lines(value)}' for key, value in found.items()) + "\n}\n"


def _lines(value: Any) -> str:
    """Of a list, a line for each entry. Indented to the last number, long outlines took seconds."""
    if isinstance(value, list) and value:
        return "[\n  " + ",\n  ".join(_text(entry) for entry in value) + "\n ]"
    return _text(value)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
