"""Where the pages of the site stand as files, and how one leads to another."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from postmortem_kb.export.markdown.text import link, plain
from postmortem_kb.model import Postmortem
from postmortem_kb.render import urls, words

_TAKEN = ("index", "readme")
"""Names that generators take for the page of the folder."""


def file_of(path: str, folders: tuple[str, ...]) -> str:
    """The file of the page at an address of the site, below the folder of pages.

    Args:
        path: The address, from the root of the site.
        folders: The addresses that have other pages below them.
    """
    name = posixpath.basename(path.rstrip("/"))
    if not path or path in folders or name.casefold() in _TAKEN:
        return f"{path}index.md"
    return f"{path.rstrip('/')}.md"


@dataclass(frozen=True, slots=True)
class Place:
    """The file that is being written, and those that it may lead to."""

    file: str
    files: dict[str, str]
    """The file of each address."""

    def to(self, label: str, path: str) -> str:
        """A link with a label that is already Markdown; the label alone where that page is not exported."""
        target = self.files.get(path)
        return link(label, self.way(target)) if target else label

    def way(self, file: str) -> str:
        """The relative path to another file."""
        return posixpath.relpath(file, posixpath.dirname(self.file) or ".")

    def incident(self, postmortem: Postmortem) -> str:
        """A link to a postmortem, by its title."""
        return self.to(plain(postmortem.title), urls.incident(postmortem.id))

    def services(self, postmortem: Postmortem) -> str:
        """Links to the services that an incident affected."""
        return ", ".join(self.to(plain(name), urls.service(name)) for name in postmortem.services)

    def owner(self, handle: str) -> str:
        """A link to an owner of actions; nothing where the public is not told."""
        return self.to(plain(handle), urls.owner(handle)) if handle else ""

    def cause(self, category: str) -> str:
        """A link to a category of root causes."""
        return self.to(plain(words.label(category)), urls.cause(category))
