"""For the test tab of CI systems: JUnit XML, a test case for each file and rule that found something.

Source: https://github.com/jenkinsci/xunit-plugin, junit-10.xsd
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from postmortem_kb.diagnostic import Diagnostic, Severity
from postmortem_kb.report.report import Run

FROM_TOP = True
# What XML 1.0 has no way to write, https://www.w3.org/TR/xml/#charsets
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def report(run: Run, *, colour: bool) -> Iterator[str]:
    """One XML document."""
    # Imported here: the other formats need no XML.
    from xml.etree import ElementTree as ET

    groups = [(key, list(found)) for key, found in groupby(sorted(run.diagnostics, key=_case), key=_case)]
    failures = sum(any(d.severity is Severity.ERROR for d in found) for _, found in groups)
    suite = ET.Element("testsuite", name="postmortem check", errors="0", failures=str(failures))
    for (path, rule), found in groups:
        case = ET.SubElement(suite, "testcase", classname=_clean(path), name=_clean(rule))
        errors = [_line(diagnostic) for diagnostic in found if diagnostic.severity is Severity.ERROR]
        others = [_line(diagnostic) for diagnostic in found if diagnostic.severity is not Severity.ERROR]
        if errors:
            message = errors[0] if len(errors) == 1 else f"{len(errors)} errors"
            ET.SubElement(case, "failure", message=message, type=_clean(rule)).text = "\n".join(errors)
        if others:
            ET.SubElement(case, "system-out").text = "\n".join(others)
    if not groups:
        ET.SubElement(suite, "testcase", classname="postmortems", name=f"{run.summary.files} checked, nothing found")
    suite.set("tests", str(max(1, len(groups))))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield ET.tostring(root, encoding="unicode")


def _case(diagnostic: Diagnostic) -> tuple[str, str]:
    return diagnostic.path, diagnostic.rule


def _line(diagnostic: Diagnostic) -> str:
    place = f"{diagnostic.path}:{diagnostic.span.line}:{diagnostic.span.column}"
    return _clean(f"{place}: {diagnostic.severity} {diagnostic.sentences}")


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
