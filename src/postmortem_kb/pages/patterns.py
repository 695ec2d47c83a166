"""What comes back, what nobody answers, and the agenda of the next review."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from postmortem_kb.insight.chains import kept
from postmortem_kb.insight.patterns import Patterns
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages.agenda import agenda, put_off
from postmortem_kb.pages.page import Content, Heading, Page, render
from postmortem_kb.render import words

PATH = "patterns/"
_MOST = 20
"""Entries of a list; what comes first matters most."""
_REST = 150
"""Entries of a list that are folded below the first ones."""
_CHAINS, _LINKS, _PROMISES = 12, 6, 5
"""Chains, the last incidents of each, and the actions of each of these."""


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/patterns/`."""
    about = "What comes back, what nobody answers, and the agenda of the next review"
    yield Page(PATH, "Patterns", PATH, knowledge.patterns_mark, partial(_content, knowledge), about)


def _content(knowledge: Knowledge) -> Content:
    found = knowledge.patterns
    topics = agenda(knowledge)
    html = render(
        "patterns.html",
        PATH,
        knowledge=knowledge,
        found=found,
        topics=topics,
        today=knowledge.today,
        kept=kept,
        days=words.days,
        put_off=put_off,
        most=_MOST,
        rest=_REST,
        chains=_CHAINS,
        links=_LINKS,
        promises=_PROMISES,
    )
    headings = [Heading("agenda", "Agenda of the next review")] if topics else []
    headings += [Heading(id, title) for id, title, shown in _sections(found) if shown]
    return Content(html, tuple(headings))


def _sections(found: Patterns) -> Iterator[tuple[str, str, bool]]:
    yield "recurrences", "What came back", bool(found.recurrences)
    yield "shared", "Shared causes", bool(found.same_causes or found.repeats)
    yield "unanswered", "Causes that nobody answers", bool(found.unanswered)
    yield "risks", "Accepted risks", bool(found.risks)
    yield "postponed", "Due dates that keep moving", bool(found.postponed)
    yield "unverified", "Done, but not verified", bool(found.unverified)
    yield "anniversaries", "Anniversaries", bool(found.anniversaries)
