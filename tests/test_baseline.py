"""A baseline lets the findings of the first day stand, and no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from postmortem_kb.cli import main

SCHEMA = Path(__file__).parent.parent / "schema" / "postmortem_schema" / "baseline.schema.json"
OLD = """---
id: {id}
title: Checkout was down
status: draft
severity: P9
timestamps:
  started: 10:30
roles:
  author: "@maria"
---

## Timeline

| Time | Event |
| --- | --- |
| nine | Orders fail |
| ten | Orders work |
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "postmortems").mkdir()
    write(tmp_path, "a")
    write(tmp_path, "b")
    assert check(tmp_path) == 1
    assert check(tmp_path, "--update-baseline") == 0
    return tmp_path


def write(base: Path, id: str, before: str = "", after: str = "") -> None:
    file = base / "postmortems" / f"{id}.md"
    text = file.read_text(encoding="utf-8") if file.exists() else OLD.format(id=id)
    assert before in text
    file.write_text(text.replace(before, after, 1) if before else text, encoding="utf-8")


def check(base: Path, *options: str) -> int:
    file = base / "baseline.json"
    baseline = ["--baseline", str(file)] if file.exists() or options else []
    return main(["--root", str(base), "check", *baseline, *options])


def known(base: Path) -> int:
    return sum(entry["count"] for entry in json.loads((base / "baseline.json").read_text(encoding="utf-8"))["findings"])


def test_the_gate_is_open_on_the_first_day(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(base) == 0
    assert "all good" in capsys.readouterr().out
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(
        json.loads((base / "baseline.json").read_text(encoding="utf-8"))
    )


def test_findings_are_known_by_their_meaning_not_by_their_line(base: Path) -> None:
    write(base, "a", "status: draft", "# A comment\n\nstatus: draft")
    assert check(base) == 0


def test_a_file_may_move_to_another_folder(base: Path) -> None:
    (base / "postmortems" / "2026").mkdir()
    (base / "postmortems" / "a.md").rename(base / "postmortems" / "2026" / "a.md")
    assert check(base) == 0


def test_a_new_finding_fails(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(base, "a", '"@maria"', "maria")
    capsys.readouterr()
    assert check(base) == 1
    assert "1 error, 0 warnings" in capsys.readouterr().out


def test_one_more_of_the_same_fails(base: Path) -> None:
    write(base, "a", "| ten |", "| nine | Again |\n| ten |")
    assert check(base) == 1


def test_a_new_file_is_held_to_everything(base: Path) -> None:
    write(base, "c")
    assert check(base) == 1


def test_a_warning_that_becomes_an_error_fails(base: Path) -> None:
    write(base, "a", "severity: P9", "severity: P3")
    write(base, "a", "started: 10:30", "started: 2026-03-04T09:00:00Z")
    check(base, "--update-baseline")
    assert check(base) == 0
    # What a draft may lack, a reviewed postmortem must have.
    write(base, "a", "status: draft", "status: reviewed")
    assert check(base) == 1


def test_it_shrinks_by_itself_and_what_was_mended_may_not_come_back(
    base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = known(base)
    write(base, "a", "severity: P9", "severity: P3")
    assert check(base) == 0
    assert known(base) == before - 1
    assert "1 finding is gone, " in capsys.readouterr().err
    write(base, "a", "severity: P3", "severity: P9")
    assert check(base) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title: Checkout was down", "title: Checkout: down"),
        ("---\n", ""),
        ("status: draft", "status: nonsense"),
        ("severity: P9\n", ""),
    ],
)
def test_a_new_error_does_not_shrink_it_for_it_may_hide_the_known_ones(base: Path, before: str, after: str) -> None:
    content, text = (base / "baseline.json").read_bytes(), (base / "postmortems" / "a.md").read_text(encoding="utf-8")
    write(base, "a", before, after)
    assert check(base) == 1
    assert check(base, str(base / "postmortems" / "a.md")) == 1
    assert (base / "baseline.json").read_bytes() == content
    (base / "postmortems" / "a.md").write_text(text, encoding="utf-8")
    assert check(base) == 0


def test_a_check_of_other_files_or_some_rules_does_not_shrink_it(base: Path) -> None:
    before = (base / "baseline.json").read_bytes()
    write(base, "a", "severity: P9", "severity: P3")
    assert check(base, str(base / "postmortems" / "b.md")) == 0
    assert check(base, "--select", "timeline-format") == 0
    assert check(base, "--ignore", "timeline-format", str(base / "postmortems" / "a.md")) == 0
    assert (base / "baseline.json").read_bytes() == before


def test_a_check_of_some_files_takes_out_what_was_mended_in_them(base: Path) -> None:
    before = known(base)
    write(base, "a", "severity: P9", "severity: P3")
    write(base, "b", "severity: P9", "severity: P3")
    assert check(base, str(base / "postmortems" / "a.md")) == 0
    assert known(base) == before - 1
    write(base, "a", "severity: P3", "severity: P9")
    assert check(base, str(base / "postmortems" / "a.md")) == 1
    write(base, "b", "severity: P3", "severity: P9")
    assert check(base, str(base / "postmortems" / "b.md")) == 0


def test_what_is_known_of_two_files_of_one_name_stays_until_both_are_checked(base: Path) -> None:
    (base / "postmortems" / "2026").mkdir()
    (base / "postmortems" / "2026" / "a.md").write_text(OLD.format(id="a"), encoding="utf-8")
    check(base, "--update-baseline")
    before = known(base)
    write(base, "a", "severity: P9", "severity: P3")
    assert check(base, str(base / "postmortems" / "a.md")) == 0
    assert known(base) == before
    assert check(base, str(base / "postmortems")) == 0
    assert known(base) == before - 1


def test_nothing_new_leaves_the_file_untouched(base: Path) -> None:
    before = (base / "baseline.json").stat()
    check(base)
    assert (base / "baseline.json").stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    ("content", "told"),
    [("{", "is no baseline"), ("[]", "is not of type"), ('{"version": 2, "findings": []}', "$.version"), (None, "cannot be read")],
)  # fmt: skip
def test_a_broken_baseline_is_wrong_use(
    content: str | None, told: str, base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (base / "baseline.json").unlink()
    if content is not None:
        (base / "baseline.json").write_text(content, encoding="utf-8")
    assert main(["--root", str(base), "check", "--baseline", str(base / "baseline.json")]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "options", [["--update-baseline"], ["--update-baseline", "--baseline", "x", "--select", "schema"]]
)
def test_what_cannot_be_updated_is_wrong_use(options: list[str], base: Path) -> None:
    assert main(["--root", str(base), "check", *options]) == 2
