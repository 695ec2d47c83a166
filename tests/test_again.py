"""What an incident says of others: that it happened before, what is like it, what is still owed there, and what was then."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from postmortem_kb.audience import INTERNAL, PUBLIC
from postmortem_kb.cli import main
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.pages import incident
from postmortem_kb.policy import read_policy

TODAY = date(2026, 3, 10)
ROOT = Path(__file__).parent.parent
Write = Callable[..., None]
TEXT = """\
---
id: {id}
title: Incident {id}
status: reviewed
severity: P3
kind: outage
summary: {story}
services: [{id}]
visibility: public
timestamps:
  started: {started}T09:00:00Z
  detected: {started}T09:05:00Z
  resolved: {started}T10:00:00Z
roles:
  author: "@maria"
sign_offs: [{{by: "@kim", role: lead, on: {started}}}]
published: {started}
impact: {{customers: Nobody could pay}}
root_causes: [{{id: RC1, category: {category}, statement: {story}}}]
{more}---

## What Happened

{story}
"""
STORIES = {
    "a": ("capacity", "The pool of connections was full at noon"),
    "b": ("code-bug", "A loop in the printer never ended"),
    "c": ("human-error", "Somebody pulled the wrong cable out of a rack"),
}
DONE = """\
action_items:
  - {id: A1, action: Say sorry, type: process, owner: "@kim", priority: P2, status: done, completed: 2026-01-01, addresses: [RC1]}
"""
OWED = """\
action_items:
  - {id: A1, action: Size the pool, type: prevent, owner: "@kim", priority: P1, status: todo, due: 2026-05-01}
  - {id: A2, action: Watch the pool, type: detect, owner: "@kim", priority: P1, status: done, completed: 2026-01-01}
"""
MANY = """\
action_items:
  - {id: A1, action: Size the pool, type: prevent, owner: "@kim", priority: P1, status: todo, due: 2025-07-01}
  - {id: A2, action: Watch the pool, type: detect, owner: "@kim", priority: P1, status: done, completed: 2026-03-09}
  - {id: A9, action: Buy a pool, type: prevent, owner: "@kim", priority: P2, status: cancelled, reason: Too dear}
  - {id: A10, action: Drain the pool, type: prevent, owner: "@kim", priority: P2, status: in-progress, due: 2026-05-01}
"""


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POSTMORTEM_CACHE", str(tmp_path / "cache"))
    (tmp_path / "base" / "postmortems").mkdir(parents=True)
    return tmp_path / "base"


@pytest.fixture
def write(base: Path) -> Write:
    def one(id: str, started: str, *, again: str = "", owed: str = "") -> None:
        more = f"related: [{{id: {again}, relation: recurrence-of}}]\n" if again else ""
        category, story = STORIES.get(id, STORIES["a"])
        text = TEXT.format(id=id, started=started, category=category, story=story, more=more + (owed or DONE))
        (base / "postmortems" / f"{id}.md").write_text(text, encoding="utf-8")

    return one


def told(base: Path, id: str, audience: str = INTERNAL) -> list[str]:
    """The lines, each with where it leads."""
    knowledge = read_knowledge(base, read_policy(base), TODAY, audience=audience)
    html = incident.page(knowledge.by_id[id], knowledge).make().html
    found = re.search(r'<ul class="pm-again".*?</ul>', html, re.DOTALL)
    lines = re.findall(r"<li[^>]*>(.*?)</li>", found[0], re.DOTALL) if found else []
    for place in (place for line in lines for place in re.findall(r'href="#([^"]+)"', line)):
        assert f'id="{place}"' in html
    return [" ".join(unescape(re.sub(r"<[^>]+>", "", line)).split()) for line in lines]


def way_to_owed(base: Path, id: str) -> str:
    """Where the line leads that counts what is still open."""
    knowledge = read_knowledge(base, read_policy(base), TODAY)
    html = incident.page(knowledge.by_id[id], knowledge).make().html
    return re.findall(r'href="([^"]+)">[0-9]+ actions? still open there', html)[0]


def test_an_incident_says_which_time_it_is_though_it_names_the_last_one_only(base: Path, write: Write) -> None:
    write("a", "2025-06-02", owed=OWED)
    write("b", "2025-12-01", again="a", owed=OWED)
    write("c", "2026-03-01", again="b")
    assert told(base, "a") == ["It came back 2 times since, last on 1 Mar 2026", "1 action still open there"]
    assert told(base, "b") == [
        "Second time since 2 Jun 2025",
        "It came back on 1 Mar 2026",
        "1 action still open there",
    ]
    assert told(base, "c") == ["Third time since 2 Jun 2025", "2 actions still open there"]
    assert [way_to_owed(base, id) for id in "abc"] == [
        "../../incidents/b/#action-a1",
        "../../incidents/a/#action-a1",
        "#related-incidents",
    ]


def test_what_was_known_but_unfixed_names_each_incident_once_with_its_actions_in_their_order(
    base: Path, write: Write
) -> None:
    write("a", "2025-06-02", owed=MANY)
    write("b", "2025-12-01", again="a", owed=OWED)
    both = "related: [{id: b, relation: recurrence-of}, {id: a, relation: recurrence-of}]\n"
    write("c", "2026-03-01", owed=DONE + both)
    knowledge = read_knowledge(base, read_policy(base), TODAY)
    html = incident.page(knowledge.by_id["c"], knowledge).make().html
    section = html[html.index('id="known-but-unfixed"') : html.index('id="related-incidents"')]
    groups = section.split('<li class="pm-card">')[1:]
    assert [re.findall(r'class="pm-title" href="([^"]+)">([^<]+)<', group) for group in groups] == [
        [("../../incidents/a/", "Incident a")],
        [("../../incidents/b/", "Incident b")],
    ]
    lines = [
        (place, " ".join(unescape(re.sub(r"<[^>]+>", " ", line)).split()))
        for place, line in re.findall(r'href="([^"]+#[^"]+)">(.*?)</li>', "".join(groups), re.DOTALL)
    ]
    assert lines == [
        ("../../incidents/a/#action-a1", "A1 Size the pool Was late Still open"),
        ("../../incidents/a/#action-a2", "A2 Watch the pool Was open Done 9 Mar 2026"),
        ("../../incidents/a/#action-a9", "A9 Buy a pool Cancelled"),
        ("../../incidents/a/#action-a10", "A10 Drain the pool Was open Still open"),
        ("../../incidents/b/#action-a1", "A1 Size the pool Was open Still open"),
    ]


def test_the_public_is_told_no_number_of_times(base: Path, write: Write) -> None:
    write("a", "2025-06-02")
    write("b", "2025-12-01", again="a")
    assert told(base, "b", PUBLIC) == ["It happened before"]
    assert told(base, "a", PUBLIC) == ["It came back"]


def test_an_incident_that_is_like_no_other_says_nothing(base: Path, write: Write) -> None:
    write("a", "2025-06-02", owed=OWED)
    assert told(base, "a") == []


def test_a_time_to_which_no_relation_leads_directly_stands_beside_the_written_relations(
    base: Path, write: Write, tmp_path: Path
) -> None:
    write("a", "2025-06-02")
    write("b", "2025-12-01", again="a")
    write("c", "2026-03-01", again="b")
    knowledge = read_knowledge(base, read_policy(base), TODAY)
    html = incident.page(knowledge.by_id["c"], knowledge).make().html
    cards = re.findall(r'pm-card--link" href="([^"]+)">.*?<span class="pm-chip [^>]*>([^<]+)<', html, re.DOTALL)
    assert cards == [("../../incidents/b/", "Recurrence of"), ("../../incidents/a/", "Same chain of recurrences")]
    assert "nobody has confirmed it" not in html
    assert main(["--root", str(base), "export", "--format", "markdown", str(tmp_path / "out")]) == 0
    told = (tmp_path / "out" / "docs" / "incidents" / "c.md").read_text(encoding="utf-8")
    assert "- Same chain of recurrences: [Incident a](a.md)" in told


def test_of_a_long_chain_the_last_times_are_listed(base: Path, write: Write, tmp_path: Path) -> None:
    for number in range(14):
        write(f"n{number:02}", f"2025-06-{number + 1:02}", again=f"n{number - 1:02}" if number else "")
    assert main(["--root", str(base), "export", "--format", "markdown", str(tmp_path / "out")]) == 0
    knowledge = read_knowledge(base, read_policy(base), TODAY)
    html = incident.page(knowledge.by_id["n13"], knowledge).make().html
    assert re.findall(r'href="\.\./\.\./incidents/(n\d\d)/">\s*<span class="pm-card__head">', html) == [
        "n12",
        *(f"n{number:02}" for number in range(2, 12)),
    ]
    assert "Earlier times of the chain are left out here." in html
    told = (tmp_path / "out" / "docs" / "incidents" / "n13.md").read_text(encoding="utf-8")
    assert "(n02.md)" in told
    assert "(n01.md)" not in told


def test_as_many_similar_ones_are_counted_as_are_called_similar_below() -> None:
    knowledge = read_knowledge(ROOT, read_policy(ROOT), TODAY)
    seen = set()
    for postmortem in knowledge.postmortems:
        html = incident.page(postmortem, knowledge).make().html
        cards = re.findall(r'<li class="pm-card pm-similar">(.*?)</ul>', html, re.DOTALL)
        called = len([card for card in cards if re.search("pm-chip--(strong|clear)", card)])
        head = re.search(r'<a href="#similar-incidents">(?:At least )?(\d) similar incidents?</a>', html)
        assert int(head[1] if head else 0) == called, postmortem.id
        seen.add(called)
    assert len(seen) > 1
