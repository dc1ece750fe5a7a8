"""A comparison as text for people; as JSON, SARIF and a KLayout marker database for programs."""

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

import klayout.db as kdb
import klayout.rdb as rdb

import lingnan
from lingnan.pdk.drc.formats.sarif import document, fingerprint, location, uri
from lingnan.pdk.lvs.report import Kind, LvsReport, Mismatch


def summary(report: LvsReport) -> dict[str, Any]:
    """Counts of what was looked for and found."""
    return {
        "clean": report.clean,
        "mismatches": len(report.mismatches),
        "devices": report.devices,
        "devices_found": report.found,
        "links": report.links,
        "links_joined": report.joined,
        "guides": report.guides,
        "nets": report.nets,
        "black_boxes": list(report.black_boxes),
    }


def _line(report: LvsReport, mismatch: Mismatch) -> str:
    left, bottom, right, top = mismatch.bbox
    where = f"({left:.3f}, {bottom:.3f}) to ({right:.3f}, {top:.3f})"
    line = f" [{report.design}:{mismatch.line}]" if mismatch.line else ""
    return f"{mismatch.kind}: {mismatch.message} At {where} µm.{line}"


def to_text(report: LvsReport) -> str:
    """One line a mismatch, then the counts."""
    lines = [_line(report, mismatch) for mismatch in report.mismatches]
    lines += [f"note: {note}" for note in report.notes]
    if report.black_boxes:
        lines.append(f"note: content not compared: {', '.join(report.black_boxes)}")
    count = len(report.mismatches)
    lines.append(
        f"{report.file or report.top} against {report.design}: "
        f"{'clean' if report.clean else f'{count} mismatch' + ('' if count == 1 else 'es')}; "
        f"{report.found} of {report.devices} devices, {report.joined} of {report.links} links, {report.guides} guides, "
        f"{report.nets} metal nets; {report.process}"
    )
    return "\n".join(lines) + "\n"


def to_json(report: LvsReport) -> str:
    """Everything, with coordinates in µm of the top cell."""
    table = {
        "process": report.process,
        "file": report.file,
        "top": report.top,
        "design": report.design,
        "generator": f"lingnan lvs {lingnan.__version__}",
        "summary": summary(report),
        "mismatches": [
            {
                "kind": one.kind,
                "message": one.message,
                "value": one.value,
                "unit": one.unit,
                "bbox": list(one.bbox),
                "instances": list(one.instances),
                "line": one.line or None,
                "polygons": [[list(point) for point in outline] for outline in one.polygons],
            }
            for one in report.mismatches
        ],
        "notes": list(report.notes),
    }
    return json.dumps(table, indent=1, ensure_ascii=False) + "\n"


def to_lyrdb(report: LvsReport) -> str:
    """One category a kind, one item a mismatch, for KLayout's marker browser."""
    database = rdb.ReportDatabase("lingnan lvs")
    database.description = f"lingnan lvs, {report.design}, {report.process}"
    database.generator = f"lingnan lvs {lingnan.__version__}"
    database.original_file = report.file
    database.top_cell_name = report.top
    cell = database.create_cell(report.top)
    categories: dict[str, rdb.RdbCategory] = {}
    for one in report.mismatches:
        if one.kind not in categories:
            categories[one.kind] = database.create_category(one.kind)
        item = database.create_item(cell.rdb_id(), categories[one.kind].rdb_id())
        item.add_value(one.message)
        item.add_value(kdb.DBox(*one.bbox))
        for outline in one.polygons:
            item.add_value(kdb.DPolygon([kdb.DPoint(x, y) for x, y in outline]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lvs.lyrdb"
        database.save(str(path))
        return path.read_text(encoding="utf-8")


def to_sarif(report: LvsReport) -> str:
    """One run, its rules the kinds of mismatches; a result points to the line of the design that wants otherwise."""
    file = report.file or "layout.gds"
    kinds: tuple[Kind, ...] = get_args(Kind)
    results = [
        {
            "ruleId": _rule_id(one.kind),
            "ruleIndex": kinds.index(one.kind),
            "level": "error",
            "message": {"text": _line(report, one)},
            "locations": [location(report.design, max(one.line, 1), " ".join(one.instances) or report.top)],
            "partialFingerprints": fingerprint(one.kind, one.instances, one.bbox),
            "properties": {"value": one.value, "unit": one.unit, "bbox_um": list(one.bbox), "layout": uri(file)},
        }
        for one in report.mismatches
    ]
    return document(
        "lvs",
        file,
        report.top,
        rules=[{"id": _rule_id(kind), "name": kind, "shortDescription": {"text": kind}} for kind in kinds],
        results=results,
        artifacts=[file, report.design],
        notes=report.notes,
        process=report.process,
    )


def _rule_id(kind: str) -> str:
    return f"LVS.{kind.replace(' ', '_').upper()}"


FORMATS: Mapping[str, tuple[str, Callable[[LvsReport], str]]] = {
    "text": ("lvs.txt", to_text),
    "json": ("lvs.json", to_json),
    "sarif": ("lvs.sarif", to_sarif),
    "lyrdb": ("lvs.lyrdb", to_lyrdb),
}
"""Name of the file in a folder, and what writes it."""
