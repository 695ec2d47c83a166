"""Everything that the site publishes beside its pages, by address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from postmortem_kb.export import atom, calendar, data
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.published import published

SCHEMAS = ("incidents.schema.json", "actions.schema.json", "related.schema.json")
"""The schemas of the data, published beside it."""


Texts = dict[str, Callable[[], Iterator[str]]]
"""How each text is made, by its address: piece by piece, for some are larger than all pages together."""


def files(knowledge: Knowledge) -> Texts:
    """The data, the feed and the calendar."""
    return {
        **data_files(knowledge),
        atom.ADDRESS: lambda: iter([atom.feed(knowledge)]),
        calendar.ADDRESS: lambda: calendar.whole_calendar(knowledge),
    }


def data_files(knowledge: Knowledge) -> Texts:
    """The data with its schemas."""
    return {**data.files(knowledge), **{f"api/{name}": partial(_published, name) for name in SCHEMAS}}


def _published(name: str) -> Iterator[str]:
    yield published(name)
