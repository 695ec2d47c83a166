"""What people call a ticket: on the page, in exported Markdown, and in the search."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from postmortem_kb.cli import main
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.pages import incident
from postmortem_kb.pages.rows import facets_of_action
from postmortem_kb.policy import read_policy
from postmortem_kb.render.words import ticket

JIRA, HOME = "https://acme.example/browse/OPS-12", "https://acme.example/"
TEXT = """\
---
id: down
title: The pool was full
status: draft
severity: P3
services: [checkout]
roles: {author: "@maria"}
timestamps: {started: 2026-03-01T09:00:00Z}
action_items:
"""
ACTION = "  - {id: A%d, action: Size the pool, type: prevent, owner: '@kim', priority: P1, status: todo, due: 2026-05-01, ticket: '%s'}\n"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("OPS-12", "OPS-12"),
        ("the team's board", "the team's board"),
        (JIRA, "OPS-12"),
        (f"{JIRA}/?focusedId=3", "OPS-12"),
        ("https://github.com/acme/shop/issues/4#issuecomment-99", "#4"),
        ("https://gitlab.com/acme/shop/-/issues/3", "#3"),
        ("https://linear.app/acme/issue/ENG-12/a-title-of-2", "ENG-12"),
        ("https://bugs.example/show_bug.cgi?id=77", "#77"),
        ("https://10.0.0.1:8080/board", ""),
        ("https://[half/OPS-1", "OPS-1"),
        (HOME, ""),
        ("", ""),
    ],
)
def test_a_ticket_is_called_by_the_key_in_its_address(text: str, key: str) -> None:
    assert ticket(text) == key


def test_readers_see_keys_and_find_them(tmp_path: Path) -> None:
    (tmp_path / "postmortems").mkdir()
    actions = "".join(ACTION % (number, text) for number, text in enumerate((JIRA, "SHOP-7", HOME), 1))
    (tmp_path / "postmortems" / "down.md").write_text(f"{TEXT}{actions}---\n", encoding="utf-8")
    knowledge = read_knowledge(tmp_path, read_policy(tmp_path), date(2026, 3, 10))
    page = incident.page(knowledge.postmortems[0], knowledge).make()
    links = [re.sub("<[^>]*>", "", link) for link in re.findall(r'<a href="https://acme[^>]*>(.*?)</a>', page.html)]
    assert links == ["OPS-12, ticket of A1", "Ticket of A3"]
    assert re.findall("<p>(A.*?)</p>", page.search) == [
        "A1 Size the pool @kim OPS-12",
        "A2 Size the pool @kim SHOP-7",
        "A3 Size the pool @kim",
    ]
    (_, first, _) = sorted((facets_of_action(entry)["text"] for entry in knowledge.actions), key=str)
    assert first == "size the pool the pool was full down a2 shop-7"
    assert main(["--root", str(tmp_path), "export", "--format", "markdown", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out" / "docs" / "incidents" / "down.md").read_text(encoding="utf-8")
    assert re.findall("Ticket: (.*)", text) == [f"[OPS-12]({JIRA})", "SHOP-7", f"[Ticket]({HOME})"]
