"""The pages of the site, one kind a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from postmortem_kb.audience import INTERNAL
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages import (
    actions,
    configuration,
    frontmatter,
    home,
    incident,
    incidents,
    metrics,
    patterns,
    rules,
    search,
    sides,
)
from postmortem_kb.pages.page import Page

Pages = tuple[Callable[[Knowledge], Iterator[Page]], ...]
STATED: Pages = (
    home.pages,
    incidents.pages,
    actions.pages,
    sides.pages,
    patterns.pages,
    search.pages,
    rules.pages,
    frontmatter.pages,
    configuration.pages,
)
"""What follows from what files state."""
COMPARED: Pages = (metrics.pages,)
"""What asks, too, what is similar, which takes long to work out."""
INCIDENTS: Pages = (incident.pages,)
"""As many as there are postmortems; each asks what is similar to it."""
INSIDE = (patterns.pages, rules.pages, frontmatter.pages, configuration.pages)
"""For those who write and follow up; the public does not need it, and it tells how a repository is run."""
ROWS: Mapping[str, Callable[[Knowledge], Iterator[str]]] = {incidents.DATA: incidents.rows, actions.DATA: actions.rows}
"""The rows of long lists for the browser, by address."""


def all_pages(knowledge: Knowledge) -> Iterator[Page]:
    """Every page of the site."""
    for kinds in (STATED, COMPARED, INCIDENTS):
        yield from pages_of(kinds, knowledge)


def pages_of(kinds: Pages, knowledge: Knowledge) -> Iterator[Page]:
    """The pages of some kinds."""
    for pages in kinds:
        if knowledge.audience == INTERNAL or pages not in INSIDE:
            yield from pages(knowledge)
