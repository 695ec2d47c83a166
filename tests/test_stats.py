"""The command that prints the figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from postmortem_kb.cli import main

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "schema" / "postmortem_schema" / "stats.schema.json"
FILE = """---
id: {id}
title: Checkout was down
status: draft
severity: {severity}
services: [checkout, {service}]
timestamps:
  started: {day}T09:00:00Z
  resolved: {day}T10:00:00Z
roles:
  author: "@maria"
---
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "postmortems").mkdir()
    for id, severity, service, day in (
        ("a", "P2", "search", "2025-12-31"),
        ("b", "P1", "search", "2026-01-01"),
        ("c", "P2", "Mail", "2026-03-31"),
    ):
        text = FILE.format(id=id, severity=severity, service=service, day=day)
        (tmp_path / "postmortems" / f"{id}.md").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("options", "incidents"),
    [
        ([], 3),
        (["--since", "2026-01-01"], 2),
        (["--until", "2026-01-01"], 2),
        (["--since", "2026-01-01", "--until", "2026-01-01"], 1),
        (["--since", "2026-04-01"], 0),
    ],
)
def test_a_span_includes_both_its_days(
    options: list[str], incidents: int, base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(base), "stats", "--format", "json", *options]) == 0
    assert json.loads(capsys.readouterr().out)["all"]["incidents"] == incidents


@pytest.mark.parametrize("root", ["base", "this repository"])
def test_the_json_follows_its_published_schema(root: str, base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = base if root == "base" else ROOT
    options = ["--by", "severity,service", "--by", "category,quarter", "--since", "2000-01-01"]
    assert main(["--root", str(folder), "stats", "--format", "json", *options]) == 0
    report = json.loads(capsys.readouterr().out)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(report)
    assert list(report["by"]) == ["severity", "service", "category", "quarter"]


def test_parts_stand_in_the_order_that_is_asked_for_first(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(base), "stats", "--by", "severity,service,quarter"]) == 0
    printed = capsys.readouterr().out
    starts = [line.split()[0] for line in printed.splitlines() if line]
    assert starts.index("P1") < starts.index("P2")
    assert starts.index("checkout") < starts.index("search") < starts.index("Mail")
    assert starts.index("2026-Q1") < starts.index("2025-Q4")
    assert "3 incidents, no actions; 0 recurrences (0 %)." in printed
    assert "1 h, 1 h, 1 h" in printed


def test_an_empty_catalog_prints_one_line(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(base), "stats", "--since", "2027-01-01"]) == 0
    assert capsys.readouterr().out == "0 incidents, no actions; 0 recurrences.\n"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--by", "severty,severity,team"], ["`severty`", "Was `severity` meant?", "`team`"]),
        (["--since", "2026-02-01", "--until", "2026-01-01"], ["2026-02-01", "2026-01-01"]),
        (["--since", "yesterday"], ["yesterday"]),
    ],
)
def test_what_cannot_be_asked_is_named(
    options: list[str], told: list[str], base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(base), "stats", *options]) == 2
    printed = capsys.readouterr().err
    assert [word for word in told if word not in printed] == []


def test_a_file_that_cannot_be_read_is_named_and_left_out(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (base / "postmortems" / "d.md").write_text("---\nid: [\n---\n", encoding="utf-8")
    assert main(["--root", str(base), "stats", "--format", "json"]) == 0
    printed = capsys.readouterr()
    assert "postmortems/d.md is left out: This is not YAML: did not find expected node content (line 3)" in printed.err
    assert json.loads(printed.out)["all"]["incidents"] == 3
