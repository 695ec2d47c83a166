"""The list of all incidents."""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages.page import Page, render

PATH = "incidents/"


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/incidents/`."""
    html = render("incidents.html", PATH, knowledge=knowledge, years=_years(knowledge))
    yield Page(PATH, "Incidents", html, area=PATH, description="Every incident, newest first")


def _years(knowledge: Knowledge) -> list[str]:
    return sorted({f"{p.times.started:%Y}" for p in knowledge.postmortems if p.times.started}, reverse=True)
