"""The report as SARIF 2.1.0, so that code hosts show faults beside the lines that made them.

Standard: OASIS sarif-v2.1.0. A result points to the line that drew the cell where `lingnan.pdk.drc.sources` knows it,
else to the layout file. Waived faults are results with a suppression, which code hosts hide and keep.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import lingnan
from lingnan.pdk.drc.formats.text import place
from lingnan.pdk.drc.sources import Source, source_of
from lingnan.pdk.drc.violation import Report, Violation
from lingnan.pdk.process import Process

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def uri(path: str) -> str:
    """Path as a URI reference, relative to the working folder where it lies below it: code hosts resolve that."""
    absolute = Path(path).absolute()
    try:
        return quote(absolute.relative_to(Path.cwd()).as_posix())
    except ValueError:
        return absolute.as_uri()


def _rule(process: Process, rule_id: str) -> dict[str, Any]:
    rule = process.rule(rule_id)
    limit = f"; limit {rule.limit.value:g} {rule.limit.unit}" if rule.limit is not None else ""
    return {
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": rule.description or rule.kind},
        "fullDescription": {
            "text": f"{rule.description or rule.kind} ({rule.kind}{limit}; source: {rule.source}, {rule.status})"
        },
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"kind": rule.kind, "layer": rule.layer, "other": rule.other, "status": rule.status},
    }


def fingerprint(*told: object) -> dict[str, str]:
    """What is told of a fault, its rule, owner and place, keeps its identity from run to run."""
    return {"lingnanFault/v1": hashlib.sha256("|".join(map(str, told)).encode()).hexdigest()[:32]}


def location(file: str, line: int, name: str) -> dict[str, Any]:
    """A line of a file, and who drew there: a cell path or a device."""
    return {
        "physicalLocation": {"artifactLocation": {"uri": uri(file)}, "region": {"startLine": line}},
        "logicalLocations": [{"name": name.split("/")[-1], "fullyQualifiedName": name, "kind": "module"}],
    }


def _result(violation: Violation, index: int, file: str, sources: Mapping[str, Source]) -> dict[str, Any]:
    source = source_of(violation, sources)
    # a layout has no lines, but code hosts show nothing without one
    where = Source(file, 1) if source is None else source
    result: dict[str, Any] = {
        "ruleId": violation.rule,
        "ruleIndex": index,
        "level": violation.severity,
        "message": {"text": f"{violation.rule}: {violation.message} at ({place(violation)}) µm in {violation.cell}"},
        "locations": [location(where.file, where.line, violation.cell)],
        "partialFingerprints": fingerprint(violation.rule, violation.cell, violation.bbox),
        "properties": {
            "value": violation.value,
            "limit": violation.limit,
            "unit": violation.unit,
            "bbox_um": list(violation.bbox),
            "layout": uri(file),
            "status": violation.status,
        },
    }
    if violation.waived_by:
        result["suppressions"] = [{"kind": "external", "justification": violation.waived_by}]
    return result


def to_sarif(report: Report, process: Process, sources: Mapping[str, Source]) -> str:
    """One run; rules that were run are its rules, notes its notifications."""
    file = report.file or "layout.gds"
    order = {rule: index for index, rule in enumerate(report.rules)}
    faults = (*report.violations, *report.waived)
    return document(
        "drc",
        file,
        report.top,
        rules=[_rule(process, rule) for rule in report.rules],
        results=[_result(violation, order[violation.rule], file, sources) for violation in faults],
        artifacts=[file, *(source.file for source in sources.values())],
        notes=report.notes,
        process=report.process,
    )


def document(
    command: str,
    file: str,
    top: str,
    *,
    rules: Sequence[Mapping[str, Any]],
    results: Sequence[Mapping[str, Any]],
    artifacts: Iterable[str],
    notes: Iterable[str],
    process: str,
) -> str:
    """A log of one run of a command of lingnan on a layout."""
    run = {
        "tool": {
            "driver": {
                "name": f"lingnan {command}",
                "version": lingnan.__version__,
                "semanticVersion": lingnan.__version__,
                "rules": list(rules),
            }
        },
        # a code host refuses two runs of one tool that it cannot tell apart: several layouts of one repository
        "automationDetails": {"id": f"lingnan-{command}/{uri(file)}/{top}"},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": uri(name)}} for name in dict.fromkeys(artifacts)],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [{"level": "note", "message": {"text": note}} for note in notes],
            }
        ],
        "results": list(results),
        "properties": {"process": process, "top": top},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False) + "\n"
