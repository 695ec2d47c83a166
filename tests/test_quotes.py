"""YAML whose quotes do not fit: following the help leaves nothing to say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from postmortem_kb.cli import main

DRAFT = """---
id: a
{line}
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
"""


@pytest.mark.parametrize(
    "line",
    [
        'title: "T" was late',
        "title: 'The cache wasn't warm'",
        "title: [P1] Checkout down",
        "title: {orders} late",
        "title: T: it was late",
        "title: `pool` was full",
        "title: Outage: the pool was full\n  for an hour",
    ],
)
def test_the_whole_value_is_put_in_quotes(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "postmortems" / "a.md"
    file.parent.mkdir()
    file.write_text(DRAFT.format(line=line), encoding="utf-8")
    assert main(["--root", str(tmp_path), "check"]) == 1
    told = capsys.readouterr().out
    assert told.startswith("postmortems/a.md:3:")
    help = re.search(r"help: .*?: (title: .*)", told)
    assert help
    file.write_text(DRAFT.format(line=help[1]), encoding="utf-8")
    assert main(["--root", str(tmp_path), "check"]) == 0


@pytest.mark.parametrize("line", ["title: T\ntags: [@ada, @linus]", "title: T\nx-a: {author: @ada}"])
def test_what_stands_between_brackets_is_put_in_quotes_by_itself(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "postmortems" / "a.md"
    file.parent.mkdir()
    file.write_text(DRAFT.format(line=line), encoding="utf-8")
    assert main(["--root", str(tmp_path), "check"]) == 1
    assert 'Put it in quotes: "@ada".' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        ("status:\u00a0draft", "status: draft"),
        ("timestamps:\n\u00a0\u00a0started:", "timestamps:\n  started:"),
        ("roles:\n \u00a0author:", "roles:\n  author:"),
    ],
)
def test_no_break_spaces_between_keys_and_values_are_mended(odd: str, plain: str, tmp_path: Path) -> None:
    file = tmp_path / "postmortems" / "a.md"
    file.parent.mkdir()
    whole = DRAFT.format(line="title: T\u00a0T\nsummary: |\n  \u00a0It said a:\u00a0b\nx-a: c\u00a0d")
    assert plain in whole
    file.write_text(whole.replace(plain, odd), encoding="utf-8")
    assert main(["--root", str(tmp_path), "check"]) == 1
    assert main(["--root", str(tmp_path), "check", "--fix", "--select", "frontmatter-syntax"]) == 0
    assert file.read_text(encoding="utf-8") == whole
