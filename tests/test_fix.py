"""`check --fix`: what has one right answer, and nothing else, byte for byte."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from postmortem_kb.cli import main

DRAFT = """---
id: a
title: Checkout was down
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---

## Timeline

| Time | Event |
| --- | --- |
| 09:00 | Orders fail |
"""
Run = Callable[..., subprocess.CompletedProcess[str]]

MENDED: dict[str, tuple[str, str]] = {
    "another id in a draft": ("id: a", "id: b"),
    "a word in capitals": ("status: draft", "status: Draft"),
    "a word with another hyphen": ("status: draft", "status: draft\nkind: data_loss"),
    "a misspelt word": ("status: draft", "status: draff"),
    "a misspelt key": ("severity: P3", "serverity: P3"),
    "a space for the T": ("2026-03-04T09:00:00Z", "2026-03-04 09:00:00Z"),
    "no seconds": ("2026-03-04T09:00:00Z", "2026-03-04T09:00Z"),
    "small letters": ("2026-03-04T09:00:00Z", "2026-03-04t09:00:00z"),
    "slashes": ("2026-03-04T09:00:00Z", "2026/03/04 09:00 UTC"),
    "an offset without its colon": ("2026-03-04T09:00:00+01:00", "2026-03-04T09:00:00+0100"),
    "spaces at the end of a line": ("Orders fail |", "Orders fail |   "),
    "a tab at the end of a heading": ("## Timeline", "## Timeline\t"),
    "a key that stands too late": ("status: draft\nseverity: P3", "severity: P3\nstatus: draft"),
    "a key with its comment": ("status: draft\n# How bad\nseverity: P3", "# How bad\nseverity: P3\nstatus: draft"),
    "a table without order": ("| 09:00 | Orders fail |", "|09:00|   Orders fail|"),
}
LEFT_ALONE: dict[str, str] = {
    "a time without an offset": DRAFT.replace("09:00:00Z", "09:00:00"),
    "a day that does not exist": DRAFT.replace("2026-03-04T09:00:00Z", "2026-02-30T09:00Z"),
    "a word that is like nothing": DRAFT.replace("status: draft", "status: finished-for-now"),
    "a line that is broken on purpose": f"{DRAFT}\n## Lessons Learned\n\nOne line  \nand the next.\n",
    "spaces in code": f"{DRAFT}\n```text\nerror   \n```\n",
    "spaces in a text of several lines": DRAFT.replace("status:", "summary: |\n  One   \n  two.\nstatus:").replace(
        "summary: |\n  One   \n  two.\nstatus: draft\nseverity: P3\n", "status: draft\nseverity: P3\nsummary: |\n  One   \n  two.\n"
    ),
    "a table that lines up": DRAFT.replace(
        "| Time | Event |\n| --- | --- |\n| 09:00 |", "| Time  | Event       |\n| ----- | ----------- |\n| 09:00 |"
    ),
    "a row with a cell too many": f"{DRAFT}| 09:05 | Paged | ops |\n",
    "bars inside and outside of code": f"{DRAFT}| 09:05 | `a | b` | ops |\n",
    "text behind a hash that may be a remark": DRAFT.replace("was down", "was down #again"),
    "a remark behind a word": DRAFT.replace("status: draft", "status: draft #12"),
    "a title above the frontmatter": f"# Checkout\n\n{DRAFT}",
    "broken YAML": "---\nid: [\n---\n",
    "no frontmatter": "# Hello  \n",
    "nothing": "",
    "an id in a reviewed file": DRAFT.replace("id: a", "id: b").replace("draft", "reviewed"),
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "postmortems").mkdir()
    return tmp_path / "postmortems" / "a.md"


def fix(file: Path, *options: str) -> int:
    return main(["--root", str(file.parent.parent), "check", *options])


@pytest.mark.parametrize("case", MENDED)
@pytest.mark.parametrize("breaks", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_it_is_mended_and_everything_else_stays(case: str, breaks: str, mark: str, file: Path) -> None:
    good, bad = MENDED[case]
    start = (
        DRAFT
        if good in DRAFT
        else DRAFT.replace("status: draft\nseverity: P3", good).replace("09:00:00Z", "09:00:00+01:00")
    )
    if "kind" in bad:
        start, good, bad = (
            DRAFT.replace("severity: P3", "severity: P3\nkind: data-loss"),
            "kind: data-loss",
            "kind: data_loss",
        )
    if "+01:00" in good:
        start = DRAFT.replace("09:00:00Z", "09:00:00+01:00")
    assert good in start
    wanted = (mark + start.replace("\n", breaks)).encode()
    file.write_bytes((mark + start.replace(good, bad, 1).replace("\n", breaks)).encode())
    assert file.read_bytes() != wanted
    fix(file, "--fix")
    assert file.read_bytes() == wanted
    before = file.stat()
    fix(file, "--fix")
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert file.stat().st_ino == before.st_ino


@pytest.mark.parametrize("breaks", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ('x-a: Fix of "pool" #12 took it down', 'x-a: "Fix of \\"pool\\" #12 took it down"'),
        ("tags: [C #12, d] # ours", 'tags: ["C #12", d] # ours'),
        ("x-a: #1 # of two\nx-b: see #2", 'x-a: "#1" # of two\nx-b: "see #2"'),
        ("tags:\n  - b\n  - C #3", 'tags:\n  - b\n  - "C #3"'),
        (
            "x-a:\n  b: See issue #7,\n    and those\n    below\n  c: d",
            'x-a:\n  b: "See issue #7, and those below"\n  c: d',
        ),
        ("x-a: See\n  issue #7,\n  and below", 'x-a: "See issue #7, and below"'),
    ],
)
def test_a_value_that_yaml_would_cut_at_a_number_is_put_in_quotes(
    cut: str, whole: str, breaks: str, file: Path
) -> None:
    start = DRAFT.replace("severity: P3", f"severity: P3\n{whole}")
    file.write_bytes(start.replace(whole, cut).replace("\n", breaks).encode())
    assert fix(file, "--fix", "--select", "frontmatter-syntax") == 0
    assert file.read_bytes() == start.replace("\n", breaks).encode()


@pytest.mark.parametrize("above", ["\n", " \n\t\n", " "])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_white_space_above_the_frontmatter_goes(above: str, mark: str, file: Path) -> None:
    file.write_text(mark + above + DRAFT, encoding="utf-8")
    assert fix(file, "--fix") == 0
    assert file.read_text(encoding="utf-8") == mark + DRAFT


def test_bars_between_backticks_are_escaped(file: Path) -> None:
    rows = ("| 09:05 | `cat log | grep 500 | wc` | ", "| 09:06 | ``a ` | b`` and `c \\| d` |", "09:07 | `e | f`")
    file.write_text(DRAFT + "\n".join(rows) + "\n", encoding="utf-8")
    assert fix(file, "--fix", "--select", "lost-cell") == 0
    escaped = (row.replace(" | grep", " \\| grep").replace(" | wc", " \\| wc") for row in rows)
    escaped = (row.replace("` | b", "` \\| b").replace("`e | f`", "`e \\| f`") for row in escaped)
    assert file.read_text(encoding="utf-8") == DRAFT + "\n".join(escaped) + "\n"


@pytest.mark.parametrize("case", LEFT_ALONE)
def test_what_has_no_one_answer_is_left_alone(case: str, file: Path) -> None:
    content = LEFT_ALONE[case].encode()
    file.write_bytes(content)
    fix(file, "--fix")
    assert file.read_bytes() == content


def test_several_at_once_and_then_nothing_is_left(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = DRAFT
    for good, bad in [*list(MENDED.values())[:1], ("status: draft", "status: Draft  "), ("09:00:00Z", "09:00Z")]:
        text = text.replace(good, bad, 1)
    file.write_text(text, encoding="utf-8")
    assert fix(file, "--fix") == 0
    assert "postmortems/a.md: 4 mended" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == DRAFT
    assert fix(file, "--diff") == 0


def test_what_brings_new_errors_is_left_alone_and_the_rest_is_mended(file: Path) -> None:
    # Called closed, it would owe a sign-off, a summary and more; the severity has nothing to do with that.
    bad = DRAFT.replace("status: draft", "status: closd").replace("severity: P3", "severity: p3")
    file.write_text(bad, encoding="utf-8")
    fix(file, "--fix")
    assert file.read_text(encoding="utf-8") == bad.replace("severity: p3", "severity: P3")


def test_what_could_be_read_can_still_be_read(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both misspelt keys mean one; a file that holds it twice is no YAML, and says less that is wrong."""
    bad = DRAFT.replace("severity: P3", "serverity: P3\nseverityy: P3")
    file.write_text(bad, encoding="utf-8")
    fix(file, "--fix")
    assert file.read_text(encoding="utf-8") == bad.replace("serverity", "severity")
    assert "frontmatter-syntax" not in capsys.readouterr().out


def test_one_error_is_not_traded_for_another(file: Path) -> None:
    """A word that can be read makes this action a cancelled one, which says why."""
    action = "{id: A1, action: Size it, type: prevent, owner: '@kim', priority: P1, status: canceled, due: 2026-03-20}"
    bad = DRAFT.replace("---\n\n", f"action_items:\n  - {action}\n---\n\n")
    file.write_text(bad, encoding="utf-8")
    fix(file, "--fix")
    assert file.read_text(encoding="utf-8") == bad
    reason = bad.replace("due:", "reason: The service is gone, due:")
    file.write_text(reason, encoding="utf-8")
    fix(file, "--fix")
    assert file.read_text(encoding="utf-8") == reason.replace("canceled", "cancelled")


def test_what_could_not_be_read_is_mended_though_other_errors_come_to_light(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hidden = DRAFT.replace("| Time | Event |", "| When | What |")
    file.write_text(hidden.replace("title: Checkout was down", "title: Retry storm #2"), encoding="utf-8")
    assert fix(file, "--fix") == 1
    assert file.read_text(encoding="utf-8") == hidden.replace("title: Checkout was down", 'title: "Retry storm #2"')
    told = capsys.readouterr().out
    assert "[timeline-format]" in told
    assert "--fix" not in told


def test_a_key_and_its_value_are_mended_one_after_the_other(file: Path) -> None:
    """The first makes one error of two, the second none of one."""
    file.write_text(DRAFT.replace("started: 2026-03-04T09:00:00Z", "startd: 2026-03-04 09:00:00Z"), encoding="utf-8")
    assert fix(file, "--fix") == 0
    assert file.read_text(encoding="utf-8") == DRAFT


def test_a_diff_shows_the_patch_and_changes_nothing(file: Path, run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    bad = DRAFT.replace("status: draft", "status: Draft")
    file.write_text(bad, encoding="utf-8")
    assert fix(file, "--diff") == 1
    assert file.read_text(encoding="utf-8") == bad
    patch = file.parent.parent / "fix.patch"
    patch.write_text(capfd.readouterr().out, encoding="utf-8")
    run(["git", "apply", patch], file.parent.parent)
    assert file.read_text(encoding="utf-8") == DRAFT


@pytest.mark.parametrize("mark", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\r"])
def test_a_patch_has_the_lines_of_git(mark: str, file: Path, run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    good = DRAFT.replace("## Timeline", f"Before{mark}after\n\n## Timeline") + f"\nThe end{mark}without a line break"
    file.write_bytes(good.replace("## Timeline", "## Timeline ").replace(" fail |", " fail | ").encode())
    assert fix(file, "--diff", "--select", "trailing-space") == 1
    patch = file.parent.parent / "fix.patch"
    patch.write_bytes(capfd.readouterr().out.encode())
    run(["git", "apply", patch], file.parent.parent)
    assert file.read_bytes() == good.encode()


def test_a_link_is_left_as_it_is(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Else the id of the other one would be mended, too."""
    file.write_text(DRAFT, encoding="utf-8")
    link = file.with_name("b.md")
    link.symlink_to("a.md")
    for option, code in (("--diff", 0), ("--fix", 1)):
        assert fix(file, option) == code
        assert "postmortems/b.md: not mended, for it is a link" in capsys.readouterr().err
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") == DRAFT


def test_only_the_named_files_are_mended(file: Path) -> None:
    other = file.with_name("b.md")
    for path, name in ((file, "a"), (other, "b")):
        path.write_text(
            DRAFT.replace("id: a", f"id: {name}").replace("status: draft", "status: Draft"), encoding="utf-8"
        )
    fix(file, "--fix", str(other))
    assert "Draft" in file.read_text(encoding="utf-8")
    assert "Draft" not in other.read_text(encoding="utf-8")


def test_only_the_selected_rule_mends(file: Path) -> None:
    file.write_text(
        DRAFT.replace("status: draft", "status: Draft").replace("## Timeline", "## Timeline "), encoding="utf-8"
    )
    fix(file, "--fix", "--select", "trailing-space")
    text = file.read_text(encoding="utf-8")
    assert "## Timeline\n" in text
    assert "Draft" in text


def test_permissions_stay(file: Path) -> None:
    file.write_text(DRAFT.replace("status: draft", "status: Draft"), encoding="utf-8")
    file.chmod(0o640)
    fix(file, "--fix")
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in file.parent.iterdir()] == ["a.md"]


@pytest.mark.skipif(sys.platform != "linux", reason="a pipe that can be filled")
def test_what_somebody_saves_in_the_meantime_stays(file: Path, environment: dict[str, str]) -> None:
    """The program is held up between two files: its word on the first one does not fit into the pipe."""
    other = file.with_name("b.md")
    for path, id in ((file, "a"), (other, "b")):
        text = DRAFT.replace("id: a", f"id: {id}").replace("status: draft", "status: Draft")
        path.write_text(text, encoding="utf-8")
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(writer, b" "):
            pass
    os.set_blocking(writer, True)
    command = [sys.executable, "-m", "postmortem_kb.cli", "--root", str(file.parent.parent), "check", "--fix"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=writer, env=environment) as program:
        os.close(writer)
        while "Draft" in file.read_text(encoding="utf-8") and program.poll() is None:
            time.sleep(0.01)
        saved = other.read_text(encoding="utf-8") + "\nMore.\n"
        other.write_text(saved, encoding="utf-8")
        with os.fdopen(reader, encoding="utf-8") as pipe:
            told = pipe.read().strip()
    assert told == "postmortems/a.md: 1 mended"
    assert other.read_text(encoding="utf-8") == saved
