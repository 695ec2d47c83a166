"""What other programs read: each format by its published schema, whatever a path or a message holds."""

from __future__ import annotations

import json
import os
import re
import urllib.parse
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from junitparser import JUnitXml, TestCase
from sarif_pydantic import Sarif

from postmortem_kb.cli import main
from postmortem_kb.diagnostic import Diagnostic, Edit, Fix, Severity, Span
from postmortem_kb.report import FORMATS, format_named
from postmortem_kb.report.report import Run, Summary

SCHEMAS = Path(__file__).parent / "schemas"
HOSTILE = [
    "plain", "100 %", "%0A::error::forged", "a: b, c", "two\nlines", "\r\n::error::forged", "::error file=x::forged",
    "##[error]forged", "]]>", "<script>hit()</script>", "&amp;", '"quoted"', "'single'", "back\\slash", "NUL \0 here",
    "escape \x1b[31m", "\udc80 surrogate", "\u202e right to left", "\N{SEE-NO-EVIL MONKEY}", "\u2028 separator", "\x85 next",
    "\ufffe no character", "tab\there", "| bar | `code` | @team", "[link](https://example.com)", r"\[a\](1)", r"[a\\](1)",
    "{0} and {{1}}", "[x]", "",
]  # fmt: skip


def diagnostics() -> Iterator[Diagnostic]:
    for number, (text, mended) in enumerate(product(HOSTILE, (True, False))):
        severity = list(Severity)[number % 3]
        span = Span(number + 1, 3, number + 1, 9)
        fix = Fix((Edit(span, text),)) if mended else None
        yield Diagnostic(
            f"postmortems/{text}.md", span, "schema", severity, text, text, "https://example.com/a?b=c&d", fix, text
        )
    yield Diagnostic("postmortems/a.md", Span(3, 1, 3, 5), "unknown-key", Severity.ERROR, "`a` is no key")
    yield Diagnostic("postmortems/a.md", Span(9, 1, 9, 5), "unknown-key", Severity.ERROR, "`a` is no key")


def a_run(found: list[Diagnostic]) -> Run:
    lines = {("postmortems/a.md", 3): "äöü: x", ("postmortems/a.md", 9): "a: x"}
    return Run(found, Summary.of(found, 30), lines)


def report(name: str, found: list[Diagnostic] | None = None) -> str:
    return (
        "\n".join(format_named(name).report(a_run(list(diagnostics()) if found is None else found), colour=False))
        + "\n"
    )


def validate_json(text: str, name: str) -> None:
    if name == "sarif":
        Sarif.model_validate(json.loads(text))
        return
    rules = json.loads((SCHEMAS / JSON[name]).read_text(encoding="utf-8"))
    found = Draft202012Validator(rules).iter_errors(json.loads(text))
    assert [f"{error.json_path}: {error.message}" for error in found] == []


def validate_junit(text: str) -> list[TestCase]:
    suites = JUnitXml.fromstring(text.encode())
    cases = [case for suite in suites for case in suite]
    assert [suite.tests for suite in suites] == [len(cases)]
    assert all(case.name and case.classname for case in cases)
    return cases


JSON = {"gitlab": "gitlab-code-quality.schema.json", "sarif": "", "rdjson": "reviewdog.schema.json"}


@pytest.mark.parametrize("name", JSON)
@pytest.mark.parametrize("empty", [False, True])
def test_a_json_format_follows_its_schema(name: str, empty: bool) -> None:
    text = report(name, [] if empty else None)
    validate_json(text, name)
    # What is written to a file is text in UTF-8, whatever a name holds.
    text.encode("utf-8")


@pytest.mark.parametrize("empty", [False, True])
def test_junit_follows_its_schema(empty: bool) -> None:
    text = report("junit", [] if empty else None)
    cases = validate_junit(text)
    assert sum(case.is_failure for case in cases) == len(ET.fromstring(text.partition("\n")[2]).findall(".//failure"))
    suite = ET.fromstring(text.partition("\n")[2]).find("testsuite")
    assert suite is not None
    assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
    assert (not suite.findall("testcase/failure")) == empty


def test_gitlab_never_sees_a_fingerprint_twice_and_lines_do_not_change_it() -> None:
    issues = json.loads(report("gitlab"))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == len(list(diagnostics()))
    one = Diagnostic(
        "a.md", Span(3, 1, 3, 5), "deadline", Severity.WARNING, "This should have been reviewed 3 days ago"
    )
    later = Diagnostic(
        "a.md", Span(8, 1, 8, 5), "deadline", Severity.WARNING, "This should have been reviewed 4 days ago"
    )
    assert (
        json.loads(report("gitlab", [one]))[0]["fingerprint"] == json.loads(report("gitlab", [later]))[0]["fingerprint"]
    )


def test_sarif_points_at_the_file_and_carries_the_fix() -> None:
    results = json.loads(report("sarif"))["runs"][0]["results"]
    for result, diagnostic in zip(results, diagnostics(), strict=True):
        place = result["locations"][0]["physicalLocation"]
        assert re.fullmatch(r"[A-Za-z0-9/%._~-]+", place["artifactLocation"]["uri"])
        decoded = urllib.parse.unquote(place["artifactLocation"]["uri"], errors="surrogateescape")
        assert decoded == diagnostic.path
        assert place["region"]["startLine"] == diagnostic.span.line
        assert ("fixes" in result) == (diagnostic.fix is not None)


def test_nothing_in_a_message_of_sarif_is_a_link_or_a_placeholder() -> None:
    results = json.loads(report("sarif"))["runs"][0]["results"]
    for result, diagnostic in zip(results, diagnostics(), strict=True):
        text = result["message"]["text"]
        assert not re.search(r"(?<!\\)(?:\\\\)*\]\(", text)
        assert not re.search(r"(?<!\{)(?:\{\{)*\{[0-9]", text)
        shown = re.sub(r"\\([\\\[\]])", r"\1", text) if "](" in text else text
        assert shown.replace("{{", "{").replace("}}", "}") == diagnostic.sentences


def test_a_run_that_is_too_long_for_code_scanning_says_so() -> None:
    one = next(diagnostics())
    document = json.loads(report("sarif", [one] * 25_010))
    run = document["runs"][0]
    assert len(run["results"]) == 25_000
    assert "10 more findings" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_rdjson_counts_columns_in_bytes() -> None:
    at = Diagnostic("postmortems/a.md", Span(3, 6, 3, 7), "schema", Severity.ERROR, "x")
    place = json.loads(report("rdjson", [at]))["diagnostics"][0]["location"]["range"]
    assert place == {"start": {"line": 3, "column": 9}, "end": {"line": 3, "column": 10}}


def test_rdjson_keeps_a_column_where_the_line_is_not_known() -> None:
    at = Diagnostic("postmortems/b.md", Span(3, 6, 3, 7), "schema", Severity.ERROR, "x")
    place = json.loads(report("rdjson", [at]))["diagnostics"][0]["location"]["range"]
    assert place == {"start": {"line": 3, "column": 6}, "end": {"line": 3, "column": 7}}


def test_rdjson_suggests_what_the_fix_would_write() -> None:
    edits = (Edit(Span(3, 6, 3, 7), "y"), Edit(Span(9, 1, 9, 1), "z"))
    at = Diagnostic("postmortems/a.md", Span(3, 6, 3, 7), "schema", Severity.ERROR, "x", fix=Fix(edits))
    first, second = json.loads(report("rdjson", [at]))["diagnostics"][0]["suggestions"]
    assert first == {"range": {"start": {"line": 3, "column": 9}, "end": {"line": 3, "column": 10}}, "text": "y"}
    assert second == {"range": {"start": {"line": 9, "column": 1}, "end": {"line": 9, "column": 1}}, "text": "z"}


def test_each_format_says_how_much_a_finding_weighs() -> None:
    found = [Diagnostic("a.md", Span(1, 1, 1, 2), "schema", severity, "x") for severity in Severity]
    results = json.loads(report("sarif", found))["runs"][0]["results"]
    assert [issue["severity"] for issue in json.loads(report("gitlab", found))] == ["major", "minor", "info"]
    assert [result["level"] for result in results] == ["error", "warning", "note"]
    severities = [entry["severity"] for entry in json.loads(report("rdjson", found))["diagnostics"]]
    assert severities == ["ERROR", "WARNING", "INFO"]


def test_junit_has_a_case_for_each_file_and_rule_and_fails_for_errors_only() -> None:
    found = [
        Diagnostic("a.md", Span(line, 1, line, 2), rule, severity, f"{rule} {line}")
        for line, rule, severity in [
            (1, "schema", Severity.ERROR),
            (2, "deadline", Severity.ADVICE),
            (3, "schema", Severity.WARNING),
            (4, "schema", Severity.ERROR),
        ]
    ]
    deadline, schema = ET.fromstring(report("junit", found).partition("\n")[2]).iter("testcase")
    assert (deadline.get("classname"), deadline.get("name")) == ("a.md", "deadline")
    assert deadline.find("failure") is None
    assert deadline.findtext("system-out") == "a.md:2:1: advice deadline 2."
    assert schema.findtext("failure") == "a.md:1:1: error schema 1.\na.md:4:1: error schema 4."
    assert schema.findtext("system-out") == "a.md:3:1: warning schema 3."


def test_nothing_can_forge_an_annotation() -> None:
    lines = re.split(r"\r\n|\r|\n", report("github"))
    commands = [line for line in lines if re.match(r"\s*(?:::|##\[)", line)]
    assert len(commands) == len(list(diagnostics()))
    assert all(re.match(r"::(?:error|warning|notice) file=", command) for command in commands)


def test_nothing_in_the_text_format_moves_the_cursor() -> None:
    text = report("text")
    assert [c for c in text if not c.isprintable() and c != "\n"] == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_written_to_a_file(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "a.md").write_text("---\nid: a\nstatus: Draft\n---\n", encoding="utf-8")
    output = tmp_path / "report"
    assert main(["--root", str(tmp_path), "check", "--format", name, "--output", str(output)]) == 1
    assert capsys.readouterr().out == ""
    assert "postmortems/a.md" in output.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_a_code_host_finds_the_files_of_a_knowledge_base_in_a_folder(
    name: str, tmp_path: Path, run: Callable[..., object], capsys: pytest.CaptureFixture[str]
) -> None:
    run(["git", "init", "--quiet", "--initial-branch", "main"], tmp_path)
    root = tmp_path / "ops" / "kb"
    (root / "postmortems").mkdir(parents=True)
    (root / "postmortems" / "a.md").write_text("---\nid: a\nstatus: Draft\n---\n", encoding="utf-8")
    assert main(["--root", str(root), "check", "--format", name]) == 1
    printed = capsys.readouterr().out
    below_root = printed.count("postmortems/a.md") - printed.count("ops/kb/postmortems/a.md")
    assert ("ops/kb" in printed, below_root > 0) == ((False, True) if name in ("text", "json") else (True, False))
    if name in JSON:
        validate_json(printed, name)


@pytest.mark.parametrize("name", FORMATS)
def test_a_hostile_name_is_written_to_a_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "postmortems").mkdir()
    for file in (b"\xff.md", b"%0A,line=1]]>.md", b"a\n::error::forged.md", "\u202e\x1b[31m.md".encode()):
        Path(os.fsdecode(os.fsencode(tmp_path / "postmortems") + b"/" + file)).write_bytes(b"---\nid: a\n---\n")
    output = tmp_path / "report"
    assert main(["--root", str(tmp_path), "check", "--format", name, "--output", str(output)]) == 1
    text = output.read_text(encoding="utf-8")
    if name in JSON:
        validate_json(text, name)
    elif name == "junit":
        validate_junit(text)
    elif name == "github":
        assert all(re.match(r"::(?:error|warning|notice) file=|[0-9]+ postmortems", line) for line in text.splitlines())
