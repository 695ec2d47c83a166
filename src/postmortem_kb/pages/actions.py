"""The index of all action items."""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.insight.actions import by_owner, completion
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages.page import Heading, Page, render

PATH = "actions/"


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/actions/`."""
    overdue = [entry for entry in knowledge.actions if entry.overdue]
    unfinished = [entry for entry in knowledge.actions if entry.action.open and not entry.overdue]
    finished = [entry for entry in knowledge.actions if not entry.action.open]
    done, counted = completion(knowledge.actions)
    html = render(
        "actions.html",
        PATH,
        knowledge=knowledge,
        overdue=overdue,
        unfinished=unfinished,
        finished=finished,
        done=done,
        counted=counted,
        owners=by_owner(knowledge.actions),
    )
    headings = [
        ("overdue", "Overdue", overdue),
        ("open", "Open", unfinished),
        ("owners", "By owner", knowledge.actions),
    ]
    headings.append(("done", "Done and cancelled", finished))
    yield Page(
        PATH,
        "Actions",
        html,
        area=PATH,
        description="Every action item: overdue, open and done, by owner",
        headings=tuple(Heading(id, title) for id, title, entries in headings if entries),
    )
