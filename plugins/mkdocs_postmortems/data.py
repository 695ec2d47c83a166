"""What programs read, as pages that are written as they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial

from mkdocs_postmortems.search import FOLDER
from postmortem_kb.export.related import ADDRESS as RELATED
from postmortem_kb.export.site import files as site_files
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages import ROWS
from postmortem_kb.pages.page import Content, Page, key_of


def stated_data(knowledge: Knowledge, guide: dict[str, object]) -> Iterator[Page]:
    """What follows from what files state, and how the search is asked."""
    makers = site_files(knowledge)
    makers |= {address: partial(make, knowledge) for address, make in ROWS.items()}
    makers |= {f"{FOLDER}guide.json": lambda: iter([json.dumps(guide)])}
    key = key_of(knowledge.mark, guide)
    return (_page(address, key, make) for address, make in makers.items() if address != RELATED)


def compared_data(knowledge: Knowledge) -> Page:
    """What is similar."""
    return _page(RELATED, key_of(knowledge.mark, knowledge.similar_mark), site_files(knowledge)[RELATED])


def _page(address: str, key: str, make: Callable[[], Iterator[str]]) -> Page:
    return Page(address, "", "", key, partial(_pieces, make), raw=True)


def _pieces(make: Callable[[], Iterator[str]]) -> Content:
    return Content("", pieces=make())
