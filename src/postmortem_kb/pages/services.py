"""The services that incidents affected."""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages.page import Page, render

PATH = "services/"


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/services/`, and a page each."""
    rows = [
        (name, postmortems, [e for e in knowledge.actions if e.action.open and e.postmortem in postmortems])
        for name, postmortems in knowledge.services.values()
    ]
    rows.sort(key=lambda row: (-len(row[1]), row[0].casefold()))
    html = render("services.html", PATH, knowledge=knowledge, rows=rows)
    yield Page(PATH, "Services", html, area=PATH, description="Every service that an incident affected")
    for slug, (name, postmortems) in knowledge.services.items():
        path = f"{PATH}{slug}/"
        entries = [entry for entry in knowledge.actions if entry.postmortem in postmortems]
        html = render("service.html", path, name=name, postmortems=postmortems, entries=entries)
        yield Page(path, name, html, area=PATH, description=f"Incidents that affected {name}")
