"""The page of the full-text search: a form that browsers fill with results."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages.page import Content, Page, render

PATH = "search/"
FACETS = {
    "severity": "Severity",
    "status": "Status",
    "service": "Service",
    "cause": "Root cause",
    "year": "Year",
    "part": "Part",
}
"""The facets of the index; `part` tells the handbook from the incidents."""


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/search/`."""
    yield Page(PATH, "Search", PATH, "", partial(_content), "Search in all postmortems and in the handbook")


def _content() -> Content:
    return Content(render("search.html", PATH, facets=FACETS))
