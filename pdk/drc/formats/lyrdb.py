"""The report for KLayout's marker browser. Markers are in top-cell coordinates, so items belong to the top cell."""

import tempfile
from pathlib import Path

import klayout.db as kdb
import klayout.rdb as rdb

import lingnan
from lingnan.pdk.drc.violation import Report
from lingnan.pdk.process import Process


def to_lyrdb(report: Report, process: Process) -> str:
    """One category a rule, one item a fault; waived faults carry the tag `waived`."""
    database = rdb.ReportDatabase("lingnan drc")
    database.description = f"lingnan drc, {report.process}"
    database.generator = f"lingnan drc {lingnan.__version__}"
    database.original_file = report.file
    database.top_cell_name = report.top
    cell = database.create_cell(report.top)
    categories: dict[str, rdb.RdbCategory] = {}
    for rule_id in report.rules:
        rule = process.rule(rule_id)
        categories[rule_id] = database.create_category(rule_id)
        categories[rule_id].description = f"{rule.description or rule.kind} ({rule.severity}, {rule.status})"
    waived = database.user_tag_id("waived")
    for violation in (*report.violations, *report.waived):
        item = database.create_item(cell.rdb_id(), categories[violation.rule].rdb_id())
        outlines = violation.polygons or (_box(violation.bbox),)
        for outline in outlines:
            item.add_value(kdb.DPolygon([kdb.DPoint(x, y) for x, y in outline]))
        item.add_value(violation.message)
        item.add_value(violation.cell)
        if violation.waived_by:
            item.add_tag(waived)
            item.add_value(f"waived: {violation.waived_by}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drc.lyrdb"
        database.save(str(path))
        return path.read_text(encoding="utf-8")


def _box(bbox: tuple[float, float, float, float]) -> tuple[tuple[float, float], ...]:
    left, bottom, right, top = bbox
    return ((left, bottom), (left, top), (right, top), (right, bottom))
