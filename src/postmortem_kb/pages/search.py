"""The page of the full-text search: a form that browsers fill with results."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages.page import Content, Page, key_of, render
from postmortem_kb.pages.rows import spellings
from postmortem_kb.pages.searchable import HANDBOOK, facets

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
    options = _options(knowledge)
    about = "Search in all postmortems and in the handbook"
    yield Page(PATH, "Search", PATH, key_of(options), partial(_content, options), about)


def _content(options: dict[str, list[tuple[str, str]]]) -> Content:
    return Content(render("search.html", PATH, facets=FACETS, options=options))


def _options(knowledge: Knowledge) -> dict[str, list[tuple[str, str]]]:
    """The words of each facet and how they are shown. How many results each has is loaded when somebody is about to choose."""
    found: dict[str, set[str]] = {name: set() for name in FACETS}
    for postmortem in knowledge.postmortems:
        for name, words in facets(postmortem).items():
            found[name].update(words)
    found["part"].add(HANDBOOK)
    spelt = spellings(knowledge.postmortems)
    return {
        name: [(word, spelt.get(name, {}).get(word, word)) for word in sorted(words, reverse=name == "year")]
        for name, words in found.items()
    }
