"""The index of all action items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from postmortem_kb.insight.actions import Owed, by_owner, completion
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages.page import Heading, Page, render
from postmortem_kb.render import urls

PATH = "actions/"
_MOST, _FEW = 100, 15
"""Rows of a list; all of an owner's stand on the owner's page."""


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/actions/`: each open action once below its owner, and those that are late or due next above them."""
    overdue = [entry for entry in knowledge.actions if entry.overdue]
    dated = [entry for entry in knowledge.actions if entry.action.open and entry.action.due and not entry.overdue]
    finished = [entry for entry in knowledge.actions if not entry.action.open]
    owners = by_owner(entry for entry in knowledge.actions if entry.action.owner)
    # The public is not told who owes what.
    unnamed = [entry for entry in knowledge.actions if entry.action.open and not entry.action.owner]
    done, counted = completion(knowledge.actions)
    html = render(
        "actions.html",
        PATH,
        knowledge=knowledge,
        overdue=overdue,
        dated=dated,
        finished=finished,
        unfinished=len(knowledge.actions) - len(finished),
        done=done,
        counted=counted,
        owners=owners,
        unnamed=unnamed,
        most=_MOST,
        few=_FEW,
    )
    yield Page(
        PATH,
        "Actions",
        html,
        area=PATH,
        description="Every action item: overdue, open and done, by owner",
        headings=tuple(_headings(overdue, dated, unnamed, owners, finished)),
    )


def _headings(
    overdue: Sequence[Owed],
    dated: Sequence[Owed],
    unnamed: Sequence[Owed],
    owners: Sequence[tuple[str, list[Owed]]],
    finished: Sequence[Owed],
) -> Iterator[Heading]:
    if overdue:
        yield Heading("overdue", "Overdue")
    if dated:
        yield Heading("due", "Due next")
    if unnamed:
        yield Heading("open", "Open")
    if owners:
        yield Heading("owners", "By owner")
        for owner, _ in owners:
            yield Heading(urls.owner_anchor(owner).partition("#")[2], owner, level=3)
    if finished:
        yield Heading("done", "Done and cancelled")
