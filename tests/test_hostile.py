"""Whatever lies in the folder gives findings on the right line, and never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from postmortem_kb.cli import main

DRAFT = """---
id: x
title: Checkout was down
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
"""


def frontmatter(extra: str) -> bytes:
    return DRAFT.replace("---\n", f"---\n{extra}\n", 1).encode()


BAD: dict[str, tuple[bytes, str, int]] = {
    "zero bytes": (b"", "frontmatter-missing", 1),
    "one line break": (b"\n", "frontmatter-missing", 1),
    "only a byte order mark": (b"\xef\xbb\xbf", "frontmatter-missing", 1),
    "binary bytes": (bytes(range(256)), "encoding", 2),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "encoding", 1),
    "Latin-1": (DRAFT.encode() + "\n\nÜberlast\n".encode("latin-1"), "encoding", 13),
    "UTF-16": (DRAFT.encode("utf-16"), "encoding", 1),
    "a lone surrogate": (DRAFT.encode() + b"\xed\xa0\x80", "encoding", 11),
    "NUL in the frontmatter": (frontmatter("tags: [a\0b]"), "frontmatter-syntax", 2),
    "a control character in the frontmatter": (frontmatter("tags: [a\x1bb]"), "frontmatter-syntax", 2),
    "an open list": (frontmatter("tags: [a, b"), "frontmatter-syntax", 3),
    "a quote that the next one closes": (frontmatter('tags: "a'), "frontmatter-syntax", 10),
    "an open quote": (frontmatter("tags: 'a"), "frontmatter-syntax", 2),
    "a line that is nothing": (frontmatter("nothing"), "frontmatter-syntax", 2),
    "a duplicate key": (frontmatter("title: Twice"), "frontmatter-syntax", 4),
    "a merge key": (frontmatter("<<: {a: b}"), "frontmatter-syntax", 2),
    "a custom tag": (frontmatter("x-a: !!python/object:os.system [ls]"), "frontmatter-syntax", 2),
    "an environment tag": (frontmatter("x-a: !ENV HOME"), "frontmatter-syntax", 2),
    "a set": (frontmatter("x-a: !!set {a, b}"), "frontmatter-syntax", 2),
    "a list as a key": (frontmatter("[a]: b"), "frontmatter-syntax", 2),
    "a bomb of aliases": (
        frontmatter("\n".join(f"x-{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9) if i else 'lol'}]" for i in range(9))),
        "frontmatter-syntax",
        2,
    ),
    "a bomb of merge keys": (
        frontmatter("\n".join(f"x-{i}: &m{i} {{<<: [{', '.join([f'*m{i - 1}'] * 9)}]}}" for i in range(1, 20))),
        "frontmatter-syntax",
        2,
    ),
    "nesting of 30,000 lists": (frontmatter("x-a: " + "[" * 30_000), "frontmatter-syntax", 2),
    "nesting of 30,000 mappings": (frontmatter("x-a: " + "{a: " * 30_000), "frontmatter-syntax", 2),
    "nesting of 500 dashes": (frontmatter("x-a:\n" + "- " * 500), "frontmatter-syntax", 3),
    "a second document": (frontmatter("id: x\n--- \nid: y"), "schema", 1),
    "a list as frontmatter": (b"---\n- a\n---\n", "frontmatter-syntax", 2),
    "a scalar as frontmatter": (b"---\na\n---\n", "frontmatter-syntax", 2),
    "frontmatter without an end": (DRAFT.encode().rsplit(b"---", 1)[0], "frontmatter-syntax", 1),
    "a clock as a timestamp": (DRAFT.replace("2026-03-04T09:00:00Z", "10:30").encode(), "schema", 7),
    "a day that does not exist": (DRAFT.replace("2026-03-04", "2026-02-30").encode(), "schema", 7),
    "year zero": (DRAFT.replace("2026-03-04", "0000-03-04").encode(), "schema", 7),
    "no as a title": (DRAFT.replace("Checkout was down", "~").encode(), "schema", 3),
    "a mapping as a title": (DRAFT.replace("Checkout was down", "{a: b}").encode(), "schema", 3),
    "a list of everything as roles": (frontmatter("tags: [1, 2.5, true, null, [], {}]"), "schema", 2),
    "numbers where ids are wanted": (frontmatter("related: [{id: 1, relation: similar}]"), "schema", 2),
    "a mapping where addresses are wanted": (frontmatter("action_items: [{addresses: {a: b}}]"), "schema", 2),
    "infinity": (frontmatter("impact: {downtime_minutes: .inf}"), "schema", 2),
    "a line of 5 MB": (DRAFT.encode() + b"a" * 5_000_000, "file-size", 1),
    "5 MB of frontmatter": (frontmatter("x-a: " + "a" * 5_000_000), "file-size", 1),
}


def check(root: Path, capfd: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, object]]]:
    code = main(["--root", str(root), "check", "--format", "json"])
    return code, json.loads(capfd.readouterr().out)["diagnostics"]


@pytest.mark.parametrize(("content", "rule", "line"), BAD.values(), ids=BAD)
def test_bad_content_is_a_finding_on_its_line(
    content: bytes, rule: str, line: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "x.md").write_bytes(content)
    code, diagnostics = check(tmp_path, capfd)
    assert code == 1
    assert (rule, line) in [(d["rule"], d["line"]) for d in diagnostics]


HARMLESS = {
    "Windows line ends": DRAFT.replace("\n", "\r\n"),
    "a byte order mark": "\ufeff" + DRAFT,
    "text that looks like other types": DRAFT.replace(
        "---\n", "---\ntags: [no, on, 010, '1.10', 1_000, 0777, 2024-01-01]\n", 1
    ),
    "brackets without end": DRAFT + "[ (" * 50_000,
    "open links": DRAFT + "[a](" * 50_000,
    "open images": DRAFT + "![a](" * 50_000,
    "open tags": DRAFT + "<a" * 50_000,
    "backticks": DRAFT + "`" * 50_000 + "a" + "``" * 50_000,
    "nested emphasis": DRAFT + "*a **b " * 20_000,
    "nested quotes": DRAFT + ">" * 5_000 + " a",
    "nested lists": DRAFT + "\n".join("  " * i + "- a" for i in range(500)),
    "autolinks": DRAFT + "<http://a> http://b " * 10_000,
    "a log of 1 MB in a fence": DRAFT + "```\n" + "2026-03-04 09:00 error in [worker]\n" * 30_000 + "```\n",
    "10,000 rows": DRAFT + "\n## Timeline\n\n| Time | Event |\n| --- | --- |\n" + "| 09:05 | a |\n" * 10_000,
    "right-to-left marks": DRAFT + "\n\u202egnp.exe\u202c\n",
}


@pytest.mark.parametrize("content", HARMLESS.values(), ids=HARMLESS)
def test_odd_but_valid_content_passes(content: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "x.md").write_bytes(content.encode())
    code, diagnostics = check(tmp_path, capfd)
    assert [d for d in diagnostics if d["severity"] == "error"] == []
    assert code == 0


def test_what_is_no_file_is_a_finding(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "postmortems"
    (folder / "x.md").mkdir(parents=True)
    os.mkfifo(folder / "pipe.md")
    (folder / "gone.md").symlink_to(folder / "nothing")
    (folder / "loop.md").symlink_to(folder / "loop.md")
    (tmp_path.parent / "outside.md").write_text(DRAFT, encoding="utf-8")
    (folder / "out.md").symlink_to(tmp_path.parent / "outside.md")
    (folder / "device.md").symlink_to("/dev/zero")
    code, diagnostics = check(tmp_path, capfd)
    assert code == 1
    assert {(d["path"], d["rule"]) for d in diagnostics} == {
        (f"postmortems/{name}.md", "filename") for name in ("x", "pipe", "gone", "loop", "out", "device")
    }


def test_a_folder_behind_a_link_is_not_followed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "loop").symlink_to(tmp_path / "postmortems")
    assert check(tmp_path, capfd) == (0, [])


def test_names_that_are_not_utf_8_are_reported(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "postmortems") + b"/\xff.md")).write_bytes(b"")
    for format_ in ("text", "json", "github"):
        assert main(["--root", str(tmp_path), "check", "--format", format_]) == 1
        assert "\\udcff" in capfd.readouterr().out or format_ == "text"


def test_a_name_cannot_move_the_cursor_of_a_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "\x1b[2J\u202e\r.md").write_text("", encoding="utf-8")
    assert main(["--root", str(tmp_path), "check"]) == 1
    printed = capfd.readouterr().out
    assert not {"\x1b", "\u202e", "\r"} & set(printed)


def test_text_cannot_forge_an_annotation(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    name = "a,line=1::error::b%0A\n::add-mask::c"
    (tmp_path / "postmortems" / f"{name}.md").write_text(
        DRAFT.replace("id: x", 'id: "x\\n::error::forged"'), encoding="utf-8"
    )
    assert main(["--root", str(tmp_path), "check", "--format", "github"]) == 1
    lines = capfd.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith(("::add-mask", "::error::"))] == []
    assert all(line.startswith(("::error file=", "::warning file=", "1 postmortems")) for line in lines)


@pytest.mark.parametrize("kind", ["zero bytes", "binary bytes", "an open list", "a duplicate key", "a line of 5 MB"])
def test_the_program_ends_with_1_and_no_traceback(kind: str, tmp_path: Path) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "x.md").write_bytes(BAD[kind][0])
    command = [sys.executable, "-m", "postmortem_kb.cli", "check"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert BAD[kind][1] in result.stdout
    assert "Traceback" not in result.stderr
