"""The report in five formats, each read back by somebody else's reader or schema."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import klayout.db as kdb
import klayout.rdb as rdb
import pytest

from lingnan.pdk.drc.formats import FORMATS
from lingnan.pdk.drc.formats.data import SCHEMA
from lingnan.pdk.drc.picture import fault_picture
from lingnan.pdk.drc.sources import Source, dump_sources, read_sources, sources_path
from lingnan.pdk.drc.violation import LayerCount, Report, Violation
from lingnan.pdk.process import load_process

SOI = load_process("soi220")
CORNERS = ((10.0, 10.0), (10.0, 14.0), (10.19, 14.0), (10.19, 10.0))
GAP = Violation(
    rule="WG.S",
    kind="space",
    severity="error",
    value=0.19,
    limit=0.2,
    unit="um",
    layer="WG",
    cell='TOP/ring<1>&"x"',
    bbox=(10.0, 10.0, 10.19, 14.0),
    message="silicon guide space, found 0.19 µm, limit 0.2 µm",
    polygons=(CORNERS,),
)
END = replace(GAP, rule="WG.OPEN", kind="open_end", severity="warning", value=None, limit=None, polygons=())
WAIVED = replace(GAP, rule="WG.W", kind="width", waived_by="measured (a@b.org, until 2027-03-01)")
REPORT = Report(
    process=SOI.stamp,
    file="a folder/chip.gds",
    top="TOP",
    layers=(LayerCount((1, 0), "WG", 12), LayerCount((7, 0), "", 3)),
    rules=("WG.W", "WG.S", "WG.OPEN", "M1.W"),
    violations=(GAP, END),
    waived=(WAIVED,),
    notes=("layer 7/0: 3 shapes are on no layer of soi220, not checked",),
    seconds={"WG.S": 0.1, "total": 0.2},
)
EMPTY = replace(REPORT, violations=(), waived=(), notes=())


def written(name: str, report: Report = REPORT, sources: dict[str, Source] | None = None) -> str:
    return FORMATS[name].write(report, SOI, sources or {})


def test_text_has_a_line_for_each_fault_and_a_summary() -> None:
    lines = written("text").splitlines()
    assert lines[1].split() == [
        *("WG.S", "error", "0.19", "µm", "0.2", "µm", "10.095,", "12.000"),
        *GAP.cell.split(),
        *GAP.message.split(),
    ]
    assert lines[2].startswith("WG.OPEN  warning   -")
    assert "waived: WG.W at 10.095, 12.000 µm" in lines[3]
    assert lines[4].startswith("note: layer 7/0: 3 shapes")
    assert lines[5].startswith("a folder/chip.gds: 1 errors, 1 warnings, 1 waived; 4 rules on 12 shapes below TOP;")
    assert SOI.stamp in lines[5]


@pytest.mark.parametrize("report", [REPORT, EMPTY])
def test_json_keeps_its_schema(report: Report) -> None:
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    data = json.loads(written("json", report))
    jsonschema.validate(data, schema, jsonschema.Draft202012Validator)
    assert data["summary"]["violations"] == len(data["violations"]) == len(report.violations)
    assert data["summary"]["clean"] is report.clean


def test_json_schema_refuses_what_is_no_report() -> None:
    data = json.loads(written("json"))
    data["violations"][0]["unit"] = "furlong"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json.loads(SCHEMA.read_text()), jsonschema.Draft202012Validator)


#: the part of the SARIF 2.1.0 standard that is used, in its own words (sections 3.13 to 3.58); nothing else may appear
MESSAGE = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {"text": {"type": "string", "minLength": 1}},
}
ARTIFACT = {
    "type": "object",
    "required": ["uri"],
    "additionalProperties": False,
    "properties": {"uri": {"type": "string", "pattern": r"^[A-Za-z0-9_.~:/?#@!$&'()*+,;=%-]+$"}},
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}


def item(required: list[str], **properties: object) -> dict[str, object]:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


def items(inner: object, **more: object) -> dict[str, object]:
    return {"type": "array", "items": inner, **more}


RULE = item(
    ["id"],
    id={"type": "string"},
    name={"type": "string"},
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    defaultConfiguration=item([], level=LEVEL),
    properties={"type": "object"},
)
LOCATION = item(
    [],
    physicalLocation=item(
        ["artifactLocation"],
        artifactLocation=ARTIFACT,
        region=item(["startLine"], startLine={"type": "integer", "minimum": 1}),
    ),
    logicalLocations=items(
        item([], name={"type": "string"}, fullyQualifiedName={"type": "string"}, kind={"type": "string"}),
        uniqueItems=True,
    ),
)
RESULT = item(
    ["message"],
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations=items(LOCATION),
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    suppressions=items(
        item(["kind"], kind={"enum": ["inSource", "external"]}, justification={"type": "string"}), uniqueItems=True
    ),
    properties={"type": "object"},
)
RUN = item(
    ["tool"],
    tool=item(
        ["driver"],
        driver=item(
            ["name"],
            name={"type": "string"},
            version={"type": "string"},
            semanticVersion={"type": "string"},
            rules=items(RULE, uniqueItems=True),
        ),
    ),
    automationDetails=item([], id={"type": "string"}),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    artifacts=items(item([], location=ARTIFACT), uniqueItems=True),
    invocations=items(
        item(
            ["executionSuccessful"],
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications=items(item(["message"], level=LEVEL, message=MESSAGE)),
        )
    ),
    results=items(RESULT),
    properties={"type": "object"},
)
SARIF = item(["version", "runs"], **{"$schema": {"type": "string"}, "version": {"const": "2.1.0"}, "runs": items(RUN)})


@pytest.mark.parametrize("report", [REPORT, EMPTY])
def test_sarif_keeps_to_the_standard(report: Report) -> None:
    data = json.loads(written("sarif", report))
    jsonschema.validate(data, SARIF, jsonschema.Draft202012Validator)
    (run,) = data["runs"]
    assert run["automationDetails"]["id"].startswith("lingnan-drc/")
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == list(report.rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    assert len({rule["id"] for rule in run["tool"]["driver"]["rules"]}) == len(rules)


def test_sarif_points_to_the_line_that_drew_the_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    layout = tmp_path / "build" / "chip.gds"
    layout.parent.mkdir()
    sources_path(layout).write_text(dump_sources({GAP.cell.split("/")[1]: Source("../my design.yaml", 12)}))
    report = replace(REPORT, file="build/chip.gds", violations=(GAP, replace(END, cell="TOP")))
    results = json.loads(written("sarif", report, read_sources("build/chip.gds")))["runs"][0]["results"]
    places = [result["locations"][0]["physicalLocation"] for result in results]
    assert places[0]["region"] == {"startLine": 12}
    assert places[0]["artifactLocation"] == {"uri": "my%20design.yaml"}  # as a code host names it, without ..
    assert places[1]["artifactLocation"] == {"uri": "build/chip.gds"}
    assert results[2]["suppressions"] == [{"kind": "external", "justification": WAIVED.waived_by}]


@pytest.mark.parametrize("text", ["", "[]", '{"sources": 3}', '{"sources": {"a": {"file": 3}}}', "\0"])
def test_broken_sources_file_is_no_obstacle(text: str, tmp_path: Path) -> None:
    sources_path(tmp_path / "chip.gds").write_text(text)
    assert read_sources(tmp_path / "chip.gds") == {}


def test_junit_fails_the_case_of_an_error_only() -> None:
    suite = ElementTree.fromstring(written("junit")).find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("4", "1")
    failed = [case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None]
    assert failed == [f"WG.S: {SOI.rule('WG.S').description}"]
    said = "".join(part.text or "" for part in suite.iter("system-out"))
    assert "warning: " in said
    assert "waived: " in said


def test_junit_survives_cell_names_that_xml_cannot_hold() -> None:
    ElementTree.fromstring(written("junit", replace(REPORT, violations=(replace(GAP, cell="A\x00\x1b\ud800"),))))


def test_marker_database_is_read_by_klayout(tmp_path: Path) -> None:
    path = tmp_path / "drc.lyrdb"
    path.write_text(written("lyrdb"), encoding="utf-8")
    database = rdb.ReportDatabase("read")
    database.load(str(path))
    assert [category.name() for category in database.each_category()] == list(REPORT.rules)
    found = {}
    for entry in database.each_item():
        values = list(entry.each_value())
        assert values[0].is_polygon()
        found[database.category_by_id(entry.category_id()).name()] = (values[0].polygon(), entry)
    assert found["WG.S"][0] == kdb.DPolygon([kdb.DPoint(x, y) for x, y in CORNERS])
    assert found["WG.OPEN"][0].bbox() == kdb.DBox(*END.bbox)
    waived = database.user_tag_id("waived")
    assert [name for name, (_, entry) in found.items() if entry.has_tag(waived)] == ["WG.W"]


def test_picture_of_a_fault(tmp_path: Path) -> None:
    layout = kdb.Layout()
    cell = layout.create_cell("TOP")
    cell.shapes(layout.layer(1, 0)).insert(kdb.DBox(9, 9, 10, 15))
    path = fault_picture(cell, SOI, GAP, tmp_path / "fault.png")
    assert path.read_bytes().startswith(b"\x89PNG")
