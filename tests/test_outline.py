"""The anchors of an incident's page: those of the code host, each once, and those to which the search leads."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from postmortem_kb.knowledge import Knowledge, read_knowledge
from postmortem_kb.pages import incident
from postmortem_kb.policy import read_policy

ROOT = Path(__file__).parent.parent
TEXT = """\
---
id: down
title: Checkout was down
status: reviewed
severity: P3
summary: Nobody could pay.
services: [checkout]
roles: {author: "@maria"}
timestamps: {started: 2026-03-01T09:00:00Z, detected: 2026-03-01T09:05:00Z, resolved: 2026-03-01T10:00:00Z}
root_causes: [{id: RC1, category: code-bug, statement: A loop never ended}]
action_items:
  - {id: A1, action: End the loop, type: prevent, owner: "@kim", priority: P1, status: todo, due: 2026-05-01, addresses: [RC1]}
links: [{title: The chat, url: https://chat.example/1}]
briefs: {executive: We lost an hour}
---

What stands above all sections.[^1]

"""
FOLLOWING = "\n\n[^1]: A word on that.\n"


def knowledge_of(folder: Path, body: str) -> Knowledge:
    file = folder / "postmortems" / "down.md"
    file.parent.mkdir()
    file.write_text(TEXT + body + FOLLOWING, encoding="utf-8")
    return read_knowledge(folder, read_policy(folder), date(2026, 3, 10))


def anchors_of(knowledge: Knowledge) -> tuple[list[str], list[str]]:
    """Those of the page, and those to which the search leads."""
    page = incident.page(knowledge.postmortems[0], knowledge).make()
    return re.findall(r' id="([^"]*)"', page.html), re.findall(r'<h2 id="([^"]*)"', page.search)


@pytest.mark.parametrize(
    ("headings", "named"),
    [
        (["## Timeline", "## Timeline", "### Timeline"], ["timeline", "timeline-1", "timeline-2"]),
        (["## Notes", "## Notes", "## Notes 1"], ["notes", "notes-1", "notes-1-1"]),
        (["### Impact", "## Impact"], ["impact", "impact-1"]),
        (["## ???", "## !!!"], ["section", "section-1"]),
        (["## Links", "## Related Incidents", "## Footnotes"], ["links", "related-incidents", "footnotes"]),
    ],
)
def test_headings_have_the_anchors_of_the_code_host(tmp_path: Path, headings: list[str], named: list[str]) -> None:
    body = "\n\n".join(f"{heading}\n\nSomething was said." for heading in headings)
    page, searched = anchors_of(knowledge_of(tmp_path, body))
    assert [name for name in page if name in named] == named
    assert set(searched) <= set(page)


@pytest.mark.parametrize(
    "title",
    ["History", "Engineering", "Brief executive", "RC1", "Action A1", "Links", "Action Items", "Notes", "Footnotes"],
)
def test_what_the_page_draws_and_what_somebody_wrote_have_different_anchors(tmp_path: Path, title: str) -> None:
    page, searched = anchors_of(knowledge_of(tmp_path, f"## {title}\n\nSomething was said.\n\n### {title}\n\nMore."))
    assert [name for name, count in Counter(page).items() if count > 1] == []
    assert set(searched) <= set(page)
    assert len(set(searched)) == len(searched)


def test_a_text_without_headings_tells_its_footnotes_once(tmp_path: Path) -> None:
    page, searched = anchors_of(knowledge_of(tmp_path, ""))
    assert [page.count(name) for name in ("notes", "footnotes", "fn1")] == [1, 1, 1]
    assert searched[0] == "footnotes"


def test_what_a_page_draws_is_found_where_it_stands(tmp_path: Path) -> None:
    knowledge = knowledge_of(tmp_path, "## Root Cause\n\nWhat we know.\n\n## Links\n\nWhat we read.")
    text = incident.page(knowledge.postmortems[0], knowledge).make().search
    assert re.findall('<h2 id="(root-cause|links)[^<]*</h2><p>([^<]*)</p><p>([^<]*)', text) == [
        ("root-cause", "What we know.", "A loop never ended"),
    ]
    assert re.findall('<h2 id="(links[^"]*)">Links</h2><p>([^<]*)', text) == [
        ("links", "What we read."),
        ("links-1", "The chat"),
    ]


def test_the_search_leads_to_places_that_pages_have() -> None:
    knowledge = read_knowledge(ROOT, read_policy(ROOT), date(2026, 3, 10))
    for postmortem in knowledge.postmortems:
        page = incident.page(postmortem, knowledge).make()
        titles = dict(re.findall(r'<h2 id="([^"]*)">(.*?)</h2>', page.search))
        shown = {heading.id: heading.title for heading in page.headings}
        assert titles
        assert {name: unescape(title) for name, title in titles.items()}.items() <= shown.items(), postmortem.id
