"""The list of all incidents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial

from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Postmortem
from postmortem_kb.pages.page import Content, Page, key_of, render
from postmortem_kb.pages.paging import Slice, slices
from postmortem_kb.pages.rows import OF_INCIDENT, array, counted, incident_line, incident_rows, spellings
from postmortem_kb.parts import parts
from postmortem_kb.render.words import label

PATH = "incidents/"
DATA = "assets/postmortems/data/incidents.json"
"""All rows, for the filters."""
FACETS = {
    "severity": "Severity",
    "status": "Status",
    "service": "Service",
    "cause": "Root cause",
    "kind": "Kind",
    "tag": "Tag",
    "detection": "Detected by",
    "year": "Year",
}
_AS_WRITTEN = ("severity", "year")
"""Facets whose words are names, not words of the contract."""


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/incidents/`, over several pages where there are many."""
    for part in slices(PATH, knowledge.postmortems):
        title = "Incidents" if part.number == 1 else f"Incidents, page {part.number}"
        # The first page holds the filters, which every postmortem may change.
        marks = [p.document.frontmatter_mark for p in (part.items if part.number > 1 else knowledge.postmortems)]
        yield Page(
            part.path,
            title,
            area=PATH,
            key=key_of(marks, part.of, len(knowledge.postmortems)),
            make=partial(_content, knowledge, part),
            description="Every incident, newest first",
        )


def rows(knowledge: Knowledge) -> Iterator[str]:
    """All rows as data."""
    found = parts(knowledge, "rows of incidents", lambda p: [incident_line(p, PATH)])
    return array(line for (line,) in found.values())


def _content(knowledge: Knowledge, part: Slice[Postmortem]) -> Content:
    found = counted(knowledge.postmortems if part.number == 1 else (), OF_INCIDENT)
    spelt = spellings(knowledge.postmortems) if part.number == 1 else {}
    filters = [
        (name, title, _options(knowledge, name, found[name], spelt.get(name, {}))) for name, title in FACETS.items()
    ]
    html = render(
        "incidents.html",
        part.path,
        knowledge=knowledge,
        total=len(knowledge.postmortems),
        part=part,
        rows=incident_rows(part.items, part.path, facets=part.of == 1),
        filters=[(name, title, options) for name, title, options in filters if len(options) > 1],
        data=DATA if part.of > 1 else "",
    )
    return Content(html)


def _options(
    knowledge: Knowledge, name: str, found: Counter[str], spelt: Mapping[str, str]
) -> list[tuple[str, str, int]]:
    """The words of a facet: as they are filtered by, as they are shown, and how many incidents have them."""
    order = {word: place for place, word in enumerate(knowledge.policy.words.get(name, ()))}
    words = sorted(found, key=lambda word: (order.get(word, len(order)), word), reverse=name == "year")
    return [(word, spelt.get(word) or (word if name in _AS_WRITTEN else label(word)), found[word]) for word in words]
