"""A draft that repeats an incident of the catalog: what a pull request says of it, and what was known but unfixed."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from postmortem_kb.cli import main
from postmortem_kb.export.related import related
from postmortem_kb.insight.similar import SHOWN, similar_of
from postmortem_kb.insight.unfixed import by_quarter, unfixed_of
from postmortem_kb.knowledge import Knowledge, read_knowledge
from postmortem_kb.policy import read_policy
from postmortem_kb.published import published
from postmortem_kb.shelf import shelf_of

ROOT = Path(__file__).parent.parent
Run = Callable[..., subprocess.CompletedProcess[str]]

DRAFT = """\
---
id: 2026-01-10-dns-records-lost
title: The clean-up job deleted DNS records of live services
status: draft
severity: P2
summary: A clean-up of DNS records deleted records that live services still used, and names no longer resolved.
services: [moj-cloud-platform-dns]
timestamps:
  started: 2026-01-10T09:00:00Z
roles:
  author: "@maria"
root_causes:
  - {{id: RC1, category: {category}, statement: The controller for DNS took live records for orphans and deleted them.}}
{more}---

## What Happened

The controller deleted DNS records of ingresses that were alive. Names did not resolve until the records were written again.
"""
OTHER = "2022-01-22-moj-dns-records-deleted"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTMORTEM_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def base(tmp_path: Path, run: Run) -> Path:
    """The catalog of this repository, committed."""
    folder = tmp_path / "base"
    shutil.copytree(ROOT / "postmortems", folder / "postmortems")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Begin"]):
        run(["git", *command], folder)
    return folder


def write(base: Path, more: str = "", category: str = "configuration-error") -> None:
    text = DRAFT.format(more=more, category=category)
    (base / "postmortems" / "2026-01-10-dns-records-lost.md").write_text(text, encoding="utf-8")


def findings(base: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    arguments = ["check", "--since", "HEAD", "--select", "possible-recurrence", "--format", "json"]
    assert main(["--root", str(base), *arguments]) == 0
    report = json.loads(capsys.readouterr().out)
    return [f"{d['line']}: {d['severity']} {d['message']}" for d in report["diagnostics"]]


def test_a_pull_request_reads_what_its_draft_resembles_and_what_was_left_open(
    base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(base)
    assert main(["--root", str(base), "similar", "--since", "HEAD", "--format", "markdown"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "## Past incidents like these"
    assert "### The clean-up job deleted DNS records of live services" in lines
    (place,) = [number for number, line in enumerate(lines) if f"({OTHER}," in line]
    assert "both about name resolution" in lines[place]
    assert lines[place + 1].startswith("  - still open: A")
    # The draft itself is no past incident, and no other postmortem changed.
    assert not any("(2026-01-10" in line for line in lines)
    assert len([line for line in lines if line.startswith("### ")]) == 1


def test_actions_that_nobody_saw_to_hold_are_named(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    action = "action_items:\n  - {{id: A1, action: Ask @ops twice, type: prevent, owner: '@kim', priority: P1, status: done{}}}\n".format
    write(base, action(", verification: {how: A drill, on: 2026-01-30}"))
    write_again = DRAFT.format(more=action(", verification: {how: A drill, result: It asked}"), category="capacity")
    (base / "postmortems" / "proven.md").write_text(
        write_again.replace("2026-01-10-dns-records-lost", "proven"), "utf-8"
    )
    later = DRAFT.format(more="", category="capacity").replace("2026-01-10", "2026-02-10")
    (base / "postmortems" / "2026-02-10-dns-records-lost.md").write_text(later, encoding="utf-8")
    assert main(["--root", str(base), "similar", "--since", "HEAD", "-n", "2", "--format", "markdown"]) == 0
    printed = capsys.readouterr().out
    # A handle in a pull request would call somebody.
    assert "called done, without a verification: A1 Ask @\u200dops twice (@\u200dkim)" in printed
    assert "@ops" not in printed
    assert "no action is open" in printed


def test_a_pull_request_without_a_postmortem_says_so(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(base), "similar", "--since", "HEAD", "--format", "markdown"]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == ["No postmortem changed."]


def test_a_recurrence_is_suggested_confirmed_and_dismissed(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = next((base / "postmortems").rglob(f"{OTHER}.md"))
    category = next(
        line.split(": ")[1] for line in other.read_text(encoding="utf-8").splitlines() if "category:" in line
    )
    write(base, category=category)
    (finding, *_) = findings(base, capsys)
    assert finding.startswith(f"12: advice This may be `{OTHER}` again: ")
    write(base, f"related:\n  - {{id: {OTHER}, relation: recurrence-of}}\n", category)
    assert [line for line in findings(base, capsys) if OTHER in line] == []
    reason = (
        f"suppress:\n  - {{rule: possible-recurrence, key: {OTHER}, reason: Another controller of another team.}}\n"
    )
    write(base, reason, category)
    assert [line for line in findings(base, capsys) if OTHER in line] == []
    # The other file may say it instead.
    write(base, category=category)
    text = other.read_text(encoding="utf-8")
    assert text.count("\nrelated:\n") == 1
    relation = "  - {id: 2026-01-10-dns-records-lost, relation: similar}\n"
    other.write_text(text.replace("\nrelated:\n", f"\nrelated:\n{relation}"), encoding="utf-8")
    assert [line for line in findings(base, capsys) if OTHER in line] == []
    other.write_text(text, encoding="utf-8")
    # Where the cause is another, similar is only similar.
    write(base, category="capacity")
    assert [line for line in findings(base, capsys) if OTHER in line] == []


def knowledge(base: Path) -> Knowledge:
    return read_knowledge(base, read_policy(base), dt.date(2026, 6, 1))


def test_what_pages_need_of_similar_postmortems(base: Path) -> None:
    write(base)
    known = knowledge(base)
    similar = similar_of(known.postmortems, base)
    first = similar["2026-01-10-dns-records-lost"][0]
    assert (first.postmortem.id, first.relation) == (OTHER, "")
    assert first.strength in ("strong", "clear")
    assert {action.id for action in first.open_actions} == {a.id for a in known.by_id[OTHER].actions if a.open}
    written = {(id, one.postmortem.id): one.relation for id, some in similar.items() for one in some}
    pair = ("2024-04-15-moj-prometheus-wal-reload", "2023-11-01-moj-prometheus-restarts")
    assert written[pair] == "recurrence-of"
    assert written[pair[::-1]] == "recurred-as"
    # Whatever is published names nothing but what it was given.
    some = [postmortem for postmortem in known.postmortems if postmortem.id != OTHER]
    assert OTHER not in json.dumps(related(similar_of(some, base)))
    schema = Draft202012Validator(json.loads(published("related.schema.json")))
    assert [error.json_path for error in schema.iter_errors(related(known.similar))] == []


def test_the_relations_are_the_same_cold_and_warm(base: Path, tmp_path: Path) -> None:
    known = knowledge(base)
    cold = related(similar_of(known.postmortems, base))
    assert related(similar_of(known.postmortems, base)) == cold
    (shelf,) = (tmp_path / "cache").glob("*.profiles.sqlite")
    write(base)
    edited = related(similar_of(knowledge(base).postmortems, base))
    shelf.unlink()
    assert related(similar_of(knowledge(base).postmortems, base)) == edited != cold


def test_later_incidents_do_not_push_out_what_an_earlier_one_had_promised(base: Path) -> None:
    action = 'action_items: [{id: A1, action: One, type: prevent, owner: "@a", priority: P1, status: todo, due: 2026-12-01}]\n'
    write(base, action)
    for month in range(2, 10):
        text = DRAFT.format(more="", category="capacity").replace("2026-01-10", f"2026-{month:02}-10")
        (base / "postmortems" / f"2026-{month:02}-10-dns-records-lost.md").write_text(text, encoding="utf-8")
    known = knowledge(base)
    # Up to five earlier ones are asked.
    for month in range(2, 7):
        id = f"2026-{month:02}-10-dns-records-lost"
        assert "2026-01-10-dns-records-lost" in {one.postmortem.id for one in known.unfixed[id]}
        assert len(known.similar[id]) == SHOWN


def test_known_but_unfixed_counts_what_was_open_late_or_cancelled_on_the_day(base: Path) -> None:
    actions = """\
action_items:
  - {id: A1, action: One, type: prevent, owner: "@a", priority: P1, status: todo, due: 2026-02-01}
  - {id: A2, action: Two, type: prevent, owner: "@a", priority: P1, status: todo, due: 2026-12-01}
  - {id: A3, action: Three, type: prevent, owner: "@a", priority: P1, status: done, completed: 2026-02-01}
  - {id: A4, action: Four, type: prevent, owner: "@a", priority: P1, status: done, completed: 2026-05-01, due: 2026-02-01}
  - {id: A5, action: Five, type: prevent, owner: "@a", priority: P1, status: cancelled, reason: Too dear}
  - {id: A6, action: Six, type: prevent, owner: "@a", priority: P1, status: todo, due: 2026-04-10}
"""
    write(base, actions)
    later = DRAFT.format(more="", category="capacity").replace("2026-01-10", "2026-04-10")
    (base / "postmortems" / "2026-04-10-dns-records-lost.md").write_text(later, encoding="utf-8")
    known = knowledge(base)
    found = unfixed_of(known.postmortems, known.relations, similar_of(known.postmortems, base))
    mine = [one for one in found["2026-04-10-dns-records-lost"] if one.postmortem.id.startswith("2026")]
    assert [(one.action.id, one.state, one.done_since, one.written) for one in mine] == [
        ("A1", "late", None, False),
        ("A2", "open", None, False),
        ("A4", "late", dt.date(2026, 5, 1), False),
        ("A5", "cancelled", None, False),
        # On its last day it is not late.
        ("A6", "open", None, False),
    ]
    quarters = {quarter.name: (quarter.incidents, quarter.known) for quarter in by_quarter(known.postmortems, found)}
    assert quarters["2026-Q2"] == (1, 1)
    assert list(quarters) == sorted(quarters)
    assert sum(incidents for incidents, _ in quarters.values()) == len(known.postmortems)


def test_git_knows_what_an_action_was_on_the_day(base: Path, run: Run) -> None:
    """Cancelled, put off and called done without a day, all of it after the later incident began."""
    line = "  - {{id: {}, action: Act, type: prevent, owner: '@a', priority: P1, status: {}}}\n"
    before = "".join(line.format(id, f"{status}") for id, status in BEFORE.items())
    after = "".join(line.format(id, f"{status}") for id, status in AFTER.items())
    later = DRAFT.format(more="", category="capacity").replace("2026-01-10", "2026-04-10")
    (base / "postmortems" / "2026-04-10-dns-records-lost.md").write_text(later, encoding="utf-8")
    for day, actions in (("2026-02-01", before), ("2026-05-01", after)):
        write(base, f"action_items:\n{actions}")
        run(["git", "add", "."], base)
        run(["git", "commit", "-qm", day], base, env={"GIT_COMMITTER_DATE": f"{day}T12:00:00Z"})
    known = knowledge(base)
    found = known.unfixed["2026-04-10-dns-records-lost"]
    states = {one.action.id: one.state for one in found if one.postmortem.id.startswith("2026")}
    assert states == {"A1": "open", "A2": "late", "A3": "open", "A4": "cancelled", "A6": "open"}
    policy = read_policy(base)
    shelf = shelf_of(base, "internal", policy, {"POSTMORTEM_CACHE": str(base / "cache")})
    cold, warm = (read_knowledge(base, policy, dt.date(2026, 6, 1), shelf) for _ in range(2))
    assert cold.action_history == warm.action_history == known.action_history != {}


BEFORE = {
    "A1": "todo, due: 2026-12-01",
    "A2": "todo, due: 2026-03-01",
    "A3": "todo",
    "A4": "cancelled",
    "A5": "done",
    "A6": "todo",
}
AFTER = {
    "A1": "cancelled, due: 2026-12-01",
    "A2": "todo, due: 2026-12-01",
    "A3": "done",
    "A4": "cancelled",
    "A5": "done",
    "A6": "done, completed: 2026-04-20",
}


def test_a_sibling_is_found_among_hundreds_on_all_cores(tmp_path: Path) -> None:
    folder = tmp_path / "many" / "postmortems"
    folder.mkdir(parents=True)
    strangers = [f"stranger-{number:03}" for number in range(300)]
    for number, id in enumerate(strangers):
        # Words that a few others have, too, and the same service everywhere.
        words = " ".join(f"{'abcdefghij'[(number * step) % 10]}{'uvwxyz'[number % step]}word" for step in (3, 4, 5, 6))
        text = DRAFT.format(more="", category="capacity").replace("2026-01-10-dns-records-lost", id)
        story = f"The {words} broke."
        front, _, _ = text.partition("---\n\n")
        front = "\n".join(
            f"{line.partition(':')[0]}: {story}" if line.startswith(("title", "summary")) else line
            for line in front.split("\n")
        ).replace("The controller for DNS took live records for orphans and deleted them.", story)
        (folder / f"{id}.md").write_text(f"{front}---\n\n## What Happened\n\n{story}\n", encoding="utf-8")
    for id in ("one", "two"):
        text = DRAFT.format(more="", category="code-bug").replace("2026-01-10-dns-records-lost", id)
        (folder / f"{id}.md").write_text(text, encoding="utf-8")
    known = read_knowledge(folder.parent, read_policy(folder.parent), dt.date(2026, 6, 1))
    cold = similar_of(known.postmortems, folder.parent)
    assert [entry.postmortem.id for entry in cold["one"]][:1] == ["two"]
    assert [entry.postmortem.id for entry in cold["two"]][:1] == ["one"]
    assert related(similar_of(known.postmortems, folder.parent)) == related(cold)
