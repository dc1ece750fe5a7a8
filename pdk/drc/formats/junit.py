"""The report as JUnit XML: a test case for each rule, a failure where an error of it stands."""

import re
from xml.etree import ElementTree

from lingnan.pdk.drc.formats.text import place
from lingnan.pdk.drc.violation import Report, Violation
from lingnan.pdk.process import Process

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # cell names may hold any byte


def clean(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _FORBIDDEN.sub("?", text)


def _lines(violations: list[Violation], word: str = "") -> list[str]:
    return [clean(f"{word}{one.message} at ({place(one)}) µm in {one.cell}") for one in violations]


def to_junit(report: Report, process: Process) -> str:
    """Warnings and waived faults are told in the case's output; they do not fail it."""
    suites = ElementTree.Element("testsuites", name="lingnan drc")
    suite = ElementTree.SubElement(
        suites, "testsuite", name=clean(report.file or report.top), tests=str(len(report.rules)), errors="0"
    )
    failures = 0
    for rule_id in report.rules:
        rule = process.rule(rule_id)
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=f"{process.name}.{rule.kind}",
            name=f"{rule_id}: {rule.description or rule.kind}",
            time=f"{report.seconds.get(rule_id, 0.0):.3f}",
        )
        found = [violation for violation in report.violations if violation.rule == rule_id]
        errors = [violation for violation in found if violation.severity == "error"]
        warnings = [violation for violation in found if violation.severity == "warning"]
        waived = [violation for violation in report.waived if violation.rule == rule_id]
        if errors:
            failures += 1
            failure = ElementTree.SubElement(
                case, "failure", type=rule_id, message=clean(f"{len(errors)} x {rule_id}: {errors[0].message}")
            )
            failure.text = "\n".join(_lines(errors))
        if warnings or waived:
            out = ElementTree.SubElement(case, "system-out")
            out.text = "\n".join([*_lines(warnings, "warning: "), *_lines(waived, "waived: ")])
    suite.set("failures", str(failures))
    suite.set("skipped", "0")
    suite.set("time", f"{report.seconds.get('total', 0.0):.3f}")
    out = ElementTree.SubElement(suite, "system-out")
    out.text = clean("\n".join([report.process, *report.notes]))
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"
