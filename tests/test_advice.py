"""What a finding tells its reader to write: once it is written, the finding is gone, and no other came."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from postmortem_kb.cli import main

DRAFT = """---
id: a
title: Checkout was down
status: draft
severity: P3
services:
  - checkout
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
MOMENT = "2026-03-04T09:00:00Z"
# What is in the draft, what somebody wrote instead, a part of what they are told, and what they write then.
FOLLOWED: dict[str, tuple[str, str, str, str]] = {
    "a number as a title": ("Checkout was down", "404", 'Write it in quotes: "404".', '"404"'),
    "a truth value as a title": ("Checkout was down", "true", 'Write it in quotes: "true".', '"true"'),
    "seconds as a moment": (MOMENT, "1772611500", 'For instance: "2025-03-14', '"2025-03-14T09:26:00Z"'),
    "a year as a day": ("severity: P3", "severity: P3\npublished: 2026", 'For instance: "20', "severity: P3\npublished: 2026-03-05"),
    "a title that is empty": ("Checkout was down", "", "Fill it in.", "Checkout was down"),
    "a kind that is empty": ("severity: P3", "severity: P3\nkind:", "Known words: outage", "severity: P3\nkind: outage"),
    "a summary that is empty": ("severity: P3", "severity: P3\nsummary:", "or leave the key out", "severity: P3"),
    "an entry without its space": ("  - checkout\n", "  - checkout\n  -orders\n", "Write `- orders`.", "  - checkout\n  - orders\n"),
    "a first entry without its space": (
        "services:\n  - checkout\n", "services:\n-checkout\n", "Write `- checkout`.", "services:\n- checkout\n",
    ),
    "a list that is not closed": (
        "services:\n  - checkout\n", "services: [a, b\n", "Close it with `]`", "services: [a, b]\n",
    ),
    "a block that is not closed": (
        "timestamps:\n  started: ", "timestamps: {started: ", "Close it with `}`", f"timestamps: {{started: {MOMENT}}}\nx-a: ",
    ),
    "an offset as a zone": (
        "severity: P3", "severity: P3\ntimezone: UTC+1", "such as `Europe/Berlin`", "severity: P3\ntimezone: Europe/Berlin",
    ),
    "an offset alone as a zone": (
        "severity: P3", "severity: P3\ntimezone: +01:00", "such as `Europe/Berlin`", "severity: P3\ntimezone: Europe/Berlin",
    ),
    "a moment without an offset": (
        MOMENT, "2026-03-04T09:00:00", "Write `2026-03-04T09:00:00Z` for UTC", MOMENT,
    ),
    "no severity": ("severity: P3\n", "", "Known words: P1, P2, P3, P4.", "severity: P2\n"),
    "no roles": ('roles:\n  author: "@maria"', "x-a: b", 'For instance: `roles: {author: "@ada"}`', 'roles: {author: "@ada"}'),
    "a link that is an address": (
        "severity: P3", "severity: P3\nlinks: [https://example.com]", "url: https://example.com}`.",
        "severity: P3\nlinks: [{title: Orders dashboard during the incident, url: https://example.com}]",
    ),
    "a cause that is a sentence": (
        "severity: P3", "severity: P3\nroot_causes:\n  - The pool, then", 'statement: "The pool, then"}`.',
        'severity: P3\nroot_causes:\n  - {id: RC1, category: schema-change, statement: "The pool, then"}',
    ),
    "a postmortem that is its id": (
        "severity: P3", "severity: P3\nrelated: [b]", "Write `{id: b, relation: recurrence-of}`.",
        "severity: P3\nx-related: [{id: b, relation: recurrence-of}]",
    ),
    "a rule that is its name": (
        "severity: P3", "severity: P3\nsuppress: [whys-format]", "Write `{rule: whys-format, reason: ",
        "severity: P3\nsuppress: [{rule: whys-format, reason: It has two rows}]",
    ),
    "a moment at the top level": (
        "severity: P3", f"severity: P3\nresolved: {MOMENT}", "`resolved` stands in `timestamps`.", "severity: P3",
    ),
    "a day among the first keys": (
        "severity: P3", "severity: P3\ndue: 2026-04-01", "`due` stands in the entries of `action_items`.", "severity: P3",
    ),
    "a title among the moments": (
        "timestamps:", "timestamps:\n  title: Down", "`title` stands at the top level", "timestamps:",
    ),
    "text behind a hash": ("Checkout was down", "The C #sharp pool", '"The C #sharp pool"', '"The C #sharp pool"'),
    "a comment behind a hash": ("Checkout was down", "Down #again", "write a space behind the `#`", "Down # again"),
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "postmortems").mkdir()
    return tmp_path / "postmortems" / "a.md"


def errors(file: Path, text: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    file.write_text(text, encoding="utf-8")
    main(["--root", str(file.parent.parent), "check", "--format", "json"])
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    return [diagnostic for diagnostic in found if diagnostic["severity"] == "error"]


@pytest.mark.parametrize("case", FOLLOWED)
def test_advice_that_is_followed_leaves_nothing(case: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, advice, better = FOLLOWED[case]
    assert good in DRAFT
    (found,) = errors(file, DRAFT.replace(good, bad, 1), capsys)
    assert advice in found["help"]
    assert errors(file, DRAFT.replace(good, better, 1), capsys) == []


@pytest.mark.parametrize(
    ("bad", "line"), [("tags: [a, b\n", 2), ("tags: [\n  a,\n  b\n", 2), ("x-a:\n  b: {c: d\n  e: f\n", 3)]
)
def test_an_open_bracket_is_found_where_it_opens(
    bad: str, line: int, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (found,) = errors(file, DRAFT.replace("---\n", f"---\n{bad}", 1), capsys)
    assert (found["line"], found["message"][-33:]) == (line, "` that opens here is never closed")


def test_a_required_key_that_is_empty_cannot_be_left_out(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = DRAFT.replace("status: draft", "status: reviewed\nsummary:").replace("Checkout was down", "")
    told = {d["message"].split("`")[1]: d["help"] for d in errors(file, text, capsys) if "is empty" in d["message"]}
    assert told.keys() == {"title", "summary"}
    assert not any("leave the key out" in help for help in told.values())


@pytest.mark.parametrize(
    ("name", "id", "advice"),
    [
        ("b", "a", "Rename the file to `a.md`, or write `id: b`. Once it is merged, the id that it had stays."),
        ("b", "taken", "Write `id: b`."),
        ("b", "checkout pool", "Write `id: b`."),
        ("checkout pool", "a", "Rename the file to `a.md`."),
        ("2026", "taken", 'Write `id: "2026"`.'),
        ("checkout pool", "taken", "Rename the file to `checkout-pool.md` and write `id: checkout-pool`; "),
    ],
)
def test_a_name_is_offered_only_where_it_may_be_taken(
    name: str, id: str, advice: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file.parent / "2025").mkdir()
    (file.parent / "2025" / "taken.md").write_text(DRAFT.replace("id: a", "id: taken"), encoding="utf-8")
    found = errors(file.with_name(f"{name}.md"), DRAFT.replace("id: a", f"id: {id}"), capsys)
    (told,) = [diagnostic["help"] for diagnostic in found if diagnostic["rule"] == "filename"]
    assert told.startswith(advice)


@pytest.mark.parametrize(
    ("address", "better"),
    [
        ("/postmortems/2025/b.md", "2025/b.md"),
        ("/postmortems/2025/b.md#impact", "2025/b.md#impact"),
        ("/docs/a%20b.png", "../docs/a%20b.png"),
        ("postmortems/2025/b.md", "2025/b.md"),
        ("b.md#impact", "2025/b.md#impact"),
        ("../elsewhere/b.md", "2025/b.md"),
        ("../../../b.md", "2025/b.md"),
    ],
)
def test_a_link_to_a_file_that_is_somewhere_else_is_led_there(
    address: str, better: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = file.parent.parent
    (root / "docs").mkdir()
    (root / "docs" / "a b.png").write_bytes(b"")
    (root / "postmortems" / "2025").mkdir()
    (root / "postmortems" / "2025" / "b.md").write_text(DRAFT.replace("id: a", "id: b"), encoding="utf-8")
    (found,) = errors(file, f"{DRAFT}\nSee [there]({address}).\n", capsys)
    assert found["help"] == f"Did you mean `{better}`?"
    assert main(["--root", str(root), "check", "--fix"]) == 0
    assert file.read_text(encoding="utf-8") == f"{DRAFT}\nSee [there]({better}).\n"


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("b.md", "Add the file."),
        ("/docs/none.png", "Add the file."),
        ("../../b.md", "Put the file beside the postmortem."),
    ],
)
def test_a_link_that_may_mean_several_files_is_left(
    address: str, advice: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for year in ("2024", "2025"):
        (file.parent / year).mkdir()
        (file.parent / year / "b.md").write_text(DRAFT.replace("id: a", "id: b"), encoding="utf-8")
    found = errors(file, f"{DRAFT}\nSee [there]({address}).\n", capsys)
    assert [d["help"] for d in found if d["rule"] == "broken-link"] == [advice]
    assert not any(d["fixable"] for d in found if d["rule"] == "broken-link")


SECTIONS = (
    "Timeline", "What Happened", "Root Cause", "5 Whys Analysis", "What Went Well", "What Went Wrong", "Where We Got Lucky",
    "Lessons Learned",
)  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "section", "advice"),
    [
        ("## What went wrong", "What Went Well", "Add a heading `## What Went Well`."),
        ("## What went wrong", "What Went Wrong", "Is it `## What went wrong`? Spell it `## What Went Wrong`."),
        ("## Lesson Learnt", "Lessons Learned", "Is it `## Lesson Learnt`? Spell it `## Lessons Learned`."),
        ("### Root cause", "Root Cause", "`### Root cause` stands there, on another level: write `## Root Cause`."),
    ],
)
def test_a_missing_section_is_not_taken_for_another(
    heading: str, section: str, advice: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = DRAFT.replace("status: draft\nseverity: P3", "status: reviewed\nseverity: P2").partition("## Timeline")[0]
    found = errors(file, f"{text}{heading}\n", capsys)
    told = {d["message"]: d["help"] for d in found if d["rule"] == "missing-section"}
    assert told[f"The section `{section}` is missing"] == advice


def test_the_capitals_of_headings_are_mended(file: Path) -> None:
    text = DRAFT.replace("status: draft", "status: reviewed").partition("## Timeline")[0]
    body = "\n\n".join(f"## {section}" for section in SECTIONS)
    file.write_text(text + body.replace("Root Cause", "Root cause").replace("What Went", "What went"), encoding="utf-8")
    main(["--root", str(file.parent.parent), "check", "--fix", "--select", "missing-section"])
    assert file.read_text(encoding="utf-8") == text + body.replace("What Went", "What went")
