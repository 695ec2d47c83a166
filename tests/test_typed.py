"""Texts of the frontmatter on the site: as they were typed, with code between backticks."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from postmortem_kb.cli import main
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.pages import incident
from postmortem_kb.pages.prose import typed, without_backticks
from postmortem_kb.policy import read_policy

TEXT = """\
---
id: down
title: The pool of `pg-1` was full
status: reviewed
severity: P3
summary: Nobody reached `pg-1` for an hour.
services: [checkout]
roles: {author: "@maria"}
timestamps: {started: 2026-03-01T09:00:00Z, detected: 2026-03-01T09:05:00Z, resolved: 2026-03-01T10:00:00Z}
impact: {customers: "`POST /pay` failed", downstream: ["`billing` waited"]}
root_causes:
  - id: RC1
    category: capacity
    statement: "`max_connections` was 20"
    accepted_risk: {by: "@kim", until: 2027-01-01, reason: "`pg-2` takes over"}
action_items:
  - id: A1
    action: "Raise `max_connections`"
    type: prevent
    owner: "@kim"
    priority: P1
    status: todo
    due: 2026-05-01
    success_criteria: "`pgbench -c 40` passes"
    verification: {how: "Run `pgbench`", result: "`tps` was 900", on: 2026-03-05}
links: [{title: "The `pg-1` chat", url: https://chat.example/1}]
briefs: {executive: "`pg-1` was too small."}
---
"""
TOLD = [
    "pg-1",
    "POST /pay",
    "billing",
    "max_connections",
    "pg-2",
    "pgbench -c 40",
    "pgbench",
    "tps",
]


def write(folder: Path, text: str) -> None:
    file = folder / "postmortems" / "down.md"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "html", "plain"),
    [
        ("Nothing of the kind", "Nothing of the kind", "Nothing of the kind"),
        ("Call `a < b` & go", "Call <code>a &lt; b</code> &amp; go", "Call a < b & go"),
        ("``a`b``", "<code>a`b</code>", "a`b"),
        ("a ` alone", "a ` alone", "a ` alone"),
        ("*not* [a](https://b.example) `c`", "*not* [a](https://b.example) <code>c</code>", None),
        ("`<img src=x onerror=alert(1)>`", "<code>&lt;img src=x onerror=alert(1)&gt;</code>", None),
        (r"C:\`dir`", r"C:\<code>dir</code>", r"C:\dir"),
        ("one\ntwo `x`", "one\ntwo <code>x</code>", "one\ntwo x"),
    ],
)
def test_what_stands_between_backticks_is_code_and_nothing_else_is_markdown(
    text: str, html: str, plain: str | None
) -> None:
    assert str(typed(text)) == html
    assert without_backticks(text) == (plain or unescape(re.sub("</?code>", "", html)))


def test_no_number_of_backticks_takes_long() -> None:
    text = " ".join("`" * (1 + number % 97) + "x" for number in range(4_000))
    assert "<code>" in typed(text)


def test_every_text_of_a_page_shows_code(tmp_path: Path) -> None:
    write(tmp_path, TEXT)
    knowledge = read_knowledge(tmp_path, read_policy(tmp_path), date(2026, 3, 10))
    head = incident.page(knowledge.postmortems[0], knowledge)
    assert (head.title, head.description) == ("The pool of pg-1 was full", "Nobody reached pg-1 for an hour.")
    page = head.make()
    shown = re.sub(r'="[^"]*"', "", page.html)
    assert "`" not in shown
    assert set(re.findall("<code>(.*?)</code>", shown)) >= set(TOLD)
    assert "`" not in page.search
    assert all(text in page.search for text in TOLD)


def test_exported_markdown_has_code_where_the_page_has(tmp_path: Path) -> None:
    statement = "`a|b` and `<b>` in *one* `"
    write(tmp_path, TEXT.replace('"`max_connections` was 20"', f'"{statement}"'))
    assert main(["--root", str(tmp_path), "export", "--format", "markdown", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "docs" / "incidents" / "down.md").read_text("utf-8")
    assert "# The pool of `pg-1` was full" in page
    assert "Raise `max_connections`" in page
    assert r"<code>a&#124;b</code> and `<b>` in \*one\* \`" in page


def test_a_text_that_begins_with_a_backtick_is_told_to_stand_in_quotes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, TEXT.replace('"`max_connections` was 20"', "`max_connections` was 20"))
    assert main(["--root", str(tmp_path), "check"]) == 1
    told = capsys.readouterr().out
    assert "A value must not begin with a backtick unless it is in quotes" in told
    assert 'statement: "`max_connections` was 20"' in told
