"""A report as text for people, and as JSON, SARIF, JUnit XML and a KLayout marker database for programs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lingnan.pdk.drc.formats.data import to_json
from lingnan.pdk.drc.formats.junit import to_junit
from lingnan.pdk.drc.formats.lyrdb import to_lyrdb
from lingnan.pdk.drc.formats.sarif import to_sarif
from lingnan.pdk.drc.formats.text import to_text
from lingnan.pdk.drc.sources import Source
from lingnan.pdk.drc.violation import Report
from lingnan.pdk.process import Process


@dataclass(frozen=True)
class Format:
    """How a report is written."""

    file: str  #: name in the folder of --out
    write: Callable[[Report, Process, Mapping[str, Source]], str]


FORMATS: Mapping[str, Format] = {
    "text": Format("drc.txt", lambda report, process, sources: to_text(report)),
    "json": Format("drc.json", lambda report, process, sources: to_json(report)),
    "sarif": Format("drc.sarif", to_sarif),
    "junit": Format("drc.junit.xml", lambda report, process, sources: to_junit(report, process)),
    "lyrdb": Format("drc.lyrdb", lambda report, process, sources: to_lyrdb(report, process)),
}

__all__ = ["FORMATS", "Format", "to_json", "to_junit", "to_lyrdb", "to_sarif", "to_text"]
