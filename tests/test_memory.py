"""A check of many files: on all cores, and once more without looking at what is as it was."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from postmortem_kb.cli import main

COUNT = 130
"""More than one process reads, and more than are read without a memory."""
Run = Callable[..., subprocess.CompletedProcess[str]]
Check = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def base(tmp_path: Path, draft: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POSTMORTEM_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "base"
    (folder / "postmortems").mkdir(parents=True)
    for number in range(COUNT):
        related = f"p{number - 1}" if number % 3 == 1 else ""
        (folder / "postmortems" / f"p{number}.md").write_text(draft(f"p{number}", related=related), encoding="utf-8")
    return folder


@pytest.fixture
def check(base: Path, capfd: pytest.CaptureFixture[str]) -> Check:
    def run(*options: str) -> tuple[int, list[str]]:
        code = main(["--root", str(base), "check", "--format", "json", *options])
        report = json.loads(capfd.readouterr().out)
        assert report["summary"]["files"] == COUNT
        errors = [d for d in report["diagnostics"] if d["severity"] == "error"]
        return code, [f"{d['path']}:{d['line']}: {d['rule']}" for d in errors]

    return run


def memory(base: Path) -> dict[str, str]:
    file = next((base.parent / "cache").glob("*.sqlite"))
    with sqlite3.connect(file) as database:
        found = dict(database.execute("SELECT path, findings FROM files"))
    database.close()
    return found


def poison(base: Path) -> None:
    """Give every remembered file a finding that no rule would make."""
    file = next((base.parent / "cache").glob("*.sqlite"))
    finding = json.dumps([["schema", [1, 1, 1, 1], "Remembered", "", "", None, None, False]])
    with sqlite3.connect(file) as database:
        database.execute("UPDATE files SET findings = ?", [finding])
    database.close()


def edit(base: Path, name: str, before: str, after: str) -> None:
    file = base / "postmortems" / f"{name}.md"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_what_is_as_it_was_is_not_looked_at_again(base: Path, check: Check) -> None:
    assert check() == (0, [])
    assert len(memory(base)) == COUNT
    poison(base)
    assert len(check()[1]) == COUNT


def test_the_second_run_says_what_the_first_one_said(base: Path, check: Check) -> None:
    for number in range(0, COUNT, 10):
        edit(base, f"p{number}", "severity: P3", "severity: P9")
    first = check()
    assert len(first[1]) == COUNT // 10
    assert check() == first


def test_an_edited_file_alone_is_looked_at(base: Path, check: Check) -> None:
    check()
    poison(base)
    edit(base, "p2", "severity: P3", "severity: P4")
    assert len(check()[1]) == COUNT - 1


def test_a_picture_that_was_probably_meant_is_looked_for_again(base: Path, capfd: pytest.CaptureFixture[str]) -> None:
    edit(base, "p1", "## Timeline", "![The pool](pool.png)\n\n## Timeline")

    def help_of_p1() -> str:
        main(["--root", str(base), "check", "--format", "json"])
        (found,) = (d for d in json.loads(capfd.readouterr().out)["diagnostics"] if d["rule"] == "broken-link")
        return str(found["help"])

    assert [help_of_p1(), help_of_p1()] == ["Add the file."] * 2
    near = base / "postmortems" / "pools.png"
    near.write_bytes(b"")
    assert [help_of_p1(), help_of_p1()] == ["Did you mean `pools.png`?"] * 2
    near.unlink()
    assert help_of_p1() == "Add the file."


def test_a_file_is_looked_at_again_when_one_that_it_relates_to_is_gone(base: Path, check: Check) -> None:
    check()
    (base / "postmortems" / "p0.md").rename(base / "postmortems" / "_p0.md")
    (base / "postmortems" / "other.md").write_text(
        (base / "postmortems" / "_p0.md").read_text(encoding="utf-8").replace("id: p0", "id: other"), encoding="utf-8"
    )
    assert check() == (1, ["postmortems/p1.md:11: unknown-related"])


def test_a_suggestion_is_made_anew_when_files_come_and_go(
    base: Path, draft: Callable[..., str], capfd: pytest.CaptureFixture[str]
) -> None:
    edit(base, "p1", "id: p0", "id: disk-ful")

    def help_of_p1() -> str:
        main(["--root", str(base), "check", "--format", "json"])
        (found,) = (d for d in json.loads(capfd.readouterr().out)["diagnostics"] if d["rule"] == "unknown-related")
        return str(found["help"])

    outside = "Link what is outside the catalog under `links`."
    assert [help_of_p1(), help_of_p1()] == [outside, outside]
    file = base / "postmortems" / "disk-full.md"
    file.write_text(draft("disk-full"), encoding="utf-8")
    assert [help_of_p1(), help_of_p1()] == ["Did you mean `disk-full`?"] * 2
    file.unlink()
    assert help_of_p1() == outside


def test_a_file_is_looked_at_again_when_one_that_it_relates_to_has_changed(base: Path, check: Check) -> None:
    edit(base, "p1", "severity: P3", "severity: P3\nvisibility: public")
    edit(base, "p0", "severity: P3", "severity: P3\nvisibility: public")
    assert check() == (0, [])
    edit(base, "p0", "visibility: public", "visibility: internal")
    assert check() == (1, ["postmortems/p1.md:12: visibility-leak"])


def test_a_file_is_looked_at_again_when_a_picture_is_gone(base: Path, check: Check) -> None:
    picture = base / "postmortems" / "pool.png"
    picture.write_bytes(b"")
    edit(base, "p2", "## Timeline", "![The pool](pool.png)\n\n## Timeline")
    assert check() == (0, [])
    picture.unlink()
    assert check() == (1, ["postmortems/p2.md:12: broken-link"])


def test_a_file_is_looked_at_again_on_another_day(base: Path, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    risk = 'accepted_risk: {reason: Switched off soon, by: "@kim", until: 2026-06-30}'
    cause = f"root_causes:\n  - {{id: RC1, category: capacity, statement: Full, {risk}}}\nroles:"
    edit(base, "p2", "roles:", cause)
    (base / "postmortem.toml").write_text('[rules.risk-expired]\nseverity = "error"\n', encoding="utf-8")
    for day, expected in (
        (dt.date(2026, 6, 30), []),
        (dt.date(2026, 7, 1), ["postmortems/p2.md:9: risk-expired"]),
    ):
        moment = dt.datetime.combine(day, dt.time(12), dt.UTC)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(moment.timestamp())))
        assert check()[1] == expected


def test_another_policy_looks_at_everything_again(base: Path, check: Check) -> None:
    check()
    poison(base)
    (base / "postmortem.toml").write_text("[rules.whys-format]\nrows = 4\n", encoding="utf-8")
    assert check() == (0, [])


def test_files_that_are_gone_are_forgotten(base: Path, check: Check) -> None:
    check()
    (base / "postmortems" / "p2.md").rename(base / "postmortems" / "new.md")
    edit(base, "new", "id: p2", "id: new")
    check()
    assert "postmortems/p2.md" not in memory(base)
    assert "postmortems/new.md" in memory(base)


def test_what_another_policy_found_is_forgotten(base: Path, check: Check) -> None:
    """Also of files that are gone since, of which nobody else would tell."""
    check()
    (base / "postmortem.toml").write_text("[rules.whys-format]\nrows = 4\n", encoding="utf-8")
    (base / "postmortems" / "p2.md").rename(base / "postmortems" / "new.md")
    edit(base, "new", "id: p2", "id: new")
    check()
    assert len(memory(base)) == COUNT
    assert "postmortems/p2.md" not in memory(base)


def test_a_memory_that_is_broken_is_done_without(base: Path, check: Check) -> None:
    check()
    file = next((base.parent / "cache").glob("*.sqlite"))
    file.write_bytes(b"no database" * 1000)
    edit(base, "p2", "severity: P3", "severity: P9")
    assert check() == (1, ["postmortems/p2.md:5: schema"])
    # And a new one is begun.
    assert len(memory(base)) == COUNT


def test_a_memory_with_other_tables_is_made_anew(base: Path, check: Check) -> None:
    check()
    file = next((base.parent / "cache").glob("*.sqlite"))
    with sqlite3.connect(file) as database:
        database.executescript("DROP TABLE files; CREATE TABLE files (path TEXT PRIMARY KEY)")
    database.close()
    assert check() == (0, [])
    assert len(memory(base)) == COUNT


def test_a_memory_that_somebody_else_holds_is_done_without_and_stays(base: Path, check: Check) -> None:
    check()
    file = next((base.parent / "cache").glob("*.sqlite"))
    database = sqlite3.connect(file)
    database.execute("BEGIN EXCLUSIVE")
    edit(base, "p2", "severity: P3", "severity: P9")
    assert check() == (1, ["postmortems/p2.md:5: schema"])
    database.close()
    assert len(memory(base)) == COUNT


def test_a_name_that_is_not_utf_8_is_not_remembered(base: Path, check: Check) -> None:
    file = base / "postmortems" / "p2.md"
    folder = Path(os.fsdecode(os.fsencode(file.parent) + b"/t\xffam"))
    folder.mkdir()
    file.rename(folder / "p2.md")
    for _ in range(2):
        assert check() == (0, [])
        assert len(memory(base)) == COUNT - 1


def test_a_memory_that_makes_no_sense_is_done_without(base: Path, check: Check) -> None:
    check()
    file = next((base.parent / "cache").glob("*.sqlite"))
    with sqlite3.connect(file) as database:
        database.execute("UPDATE files SET findings = ?", ['[["schema", 1]]'])
    database.close()
    assert check() == (0, [])


def test_a_memory_that_cannot_be_written_is_done_without(
    base: Path, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTMORTEM_CACHE", "/dev/null/cache")
    assert check() == (0, [])


def test_the_memory_can_be_switched_off(base: Path, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTMORTEM_CACHE", "")
    assert check() == (0, [])
    assert not (base.parent / "cache").exists()


def test_what_is_mended_is_reported_and_remembered_as_it_is_now(base: Path, check: Check) -> None:
    """One that relates to a mended file is held against what the file says now, with a memory and without one."""
    edit(base, "p1", "severity: P3", "severity: P3\nvisibility: public")
    edit(base, "p0", "severity: P3", "severity: P3\nvisibility: Public")
    assert check("--fix") == (0, [])
    assert check() == (0, [])


def test_a_selection_of_rules_remembers_nothing(base: Path, check: Check) -> None:
    check("--select", "schema")
    assert not (base.parent / "cache").exists()


def test_two_checks_at_once_agree(base: Path, environment: dict[str, str]) -> None:
    edit(base, "p2", "severity: P3", "severity: P9")
    command = [sys.executable, "-m", "postmortem_kb.cli", "--root", str(base), "check"]
    env = environment | {"POSTMORTEM_CACHE": str(base.parent / "cache")}
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, env=env, text=True) for _ in range(2)]
    printed = [process.communicate()[0] for process in both]
    assert printed[0] == printed[1]
    assert "1 error" in printed[0]
    assert len(memory(base)) == COUNT
