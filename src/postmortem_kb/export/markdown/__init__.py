"""The catalog as plain Markdown with ready-made index pages, in a folder that Zensical builds as it is."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from postmortem_kb.export.markdown import incident, indexes, other
from postmortem_kb.export.markdown.place import Place, file_of
from postmortem_kb.export.markdown.text import html
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages import all_pages
from postmortem_kb.pages.page import Page
from postmortem_kb.render import urls

_DOCS = "docs/"
_LEFT_TO_THE_SITE = ("reference/", "search/")
"""The manual, which is not of the catalog, and what works in a browser alone."""
_CONFIGURATION = """\
# Made by `postmortem export`. `zensical build` makes a site of this folder.

[project]
site_name = {name}
docs_dir = "docs"
# Incidents stay out of the navigation: a generator writes it into every page.
nav = [
{nav}
]

[project.theme]
# No fonts from another host.
font = false
features = ["navigation.tabs", "navigation.indexes", "toc.follow", "content.code.copy"]

[[project.theme.palette]]
media = "(prefers-color-scheme: light)"
scheme = "default"
toggle.icon = "lucide/moon"
toggle.name = "Switch to the dark theme"

[[project.theme.palette]]
media = "(prefers-color-scheme: dark)"
scheme = "slate"
toggle.icon = "lucide/sun"
toggle.name = "Switch to the light theme"

# Only what the pages need. Mermaid stays code: Zensical would fetch it from another host.
[project.markdown_extensions.tables]
[project.markdown_extensions.footnotes]
[project.markdown_extensions.sane_lists]
[project.markdown_extensions.toc]
permalink = true
[project.markdown_extensions.pymdownx.highlight]
[project.markdown_extensions.pymdownx.superfences]
[project.markdown_extensions.pymdownx.tasklist]
[project.markdown_extensions.pymdownx.tilde]
subscript = false
"""


def files(knowledge: Knowledge) -> dict[str, str | Path]:
    """The files of the folder: their texts, or the paths of the pictures that are copied."""
    pictures: dict[str, str] = {}
    others: list[Page] = []
    own = {"", *indexes.FOLDERS}
    for page in all_pages(knowledge):
        if page.area == indexes.INCIDENTS:
            pictures |= page.make().files
        if page.area not in own and not page.area.startswith(_LEFT_TO_THE_SITE):
            others.append(page)
    found: dict[str, str | Path] = {"zensical.toml": _configuration(knowledge, others)}
    found |= {_DOCS + file: text for file, text in _pages(knowledge, others, pictures)}
    return found | {_DOCS + address: knowledge.root / path for address, path in pictures.items()}


def _pages(knowledge: Knowledge, others: Sequence[Page], pictures: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each page's file, below the folder of pages, and its text."""
    sides = list(indexes.sides(knowledge))
    folders = (*indexes.FOLDERS, *(page.area for page in others))
    addresses = ["", *indexes.FOLDERS, *(path for _, found in sides for path in found)]
    addresses += [urls.incident(p.id) for p in knowledge.postmortems] + [page.path for page in others]
    known = {address: file_of(address, folders) for address in addresses}

    def at(address: str) -> Place:
        return Place(known[address], known)

    main = [(page.title, page.path) for page in others if page.path == page.area]
    yield known[""], indexes.home(knowledge, at(""), main)
    yield known[indexes.INCIDENTS], indexes.incidents(knowledge, at(indexes.INCIDENTS))
    yield known[indexes.ACTIONS], indexes.actions(knowledge, at(indexes.ACTIONS))
    for view, found in sides:
        yield known[view.path], indexes.side(view, found, at(view.path))
        for path, group in found.items():
            yield known[path], indexes.group(view, group, at(path))
    for postmortem in knowledge.postmortems:
        place = at(urls.incident(postmortem.id))
        yield place.file, incident.page(postmortem, knowledge, place, pictures)
    for page in others:
        yield known[page.path], other.page(page, at(page.path))


def _configuration(knowledge: Knowledge, others: Sequence[Page]) -> str:
    titles = [("Home", ""), ("Incidents", indexes.INCIDENTS), ("Actions", indexes.ACTIONS)]
    titles += [(view.title, view.path) for view, _ in indexes.sides(knowledge)]
    titles += [(page.title, page.path) for page in others if page.path == page.area]
    nav = [f"  {{ {_toml(html(title))} = {_toml(f'{path}index.md')} }}," for title, path in titles]
    return _CONFIGURATION.format(name=_toml(html(knowledge.policy.site_name)), nav="\n".join(nav))


def _toml(text: str) -> str:
    # Of what JSON leaves as it is, TOML refuses one character alone.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
