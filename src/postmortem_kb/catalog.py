"""All postmortems of a repository."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from postmortem_kb.policy import FOLDER
from postmortem_kb.source.document import Document, Limits, read_document

_NOT_POSTMORTEMS = ("readme.md", "index.md")


@dataclass(frozen=True)
class Catalog:
    """The documents of a repository, in the order of their paths."""

    root: Path
    documents: tuple[Document, ...]

    @cached_property
    def by_id(self) -> dict[str, list[Document]]:
        """The documents under each id; more than one under an id is a finding."""
        found: dict[str, list[Document]] = {}
        for document in self.documents:
            found.setdefault(document.id, []).append(document)
        return found

    @cached_property
    def by_path(self) -> dict[str, Document]:
        """The documents by their paths."""
        return {document.path: document for document in self.documents}

    @cached_property
    def _pages(self) -> dict[str, list[Document]]:
        found: dict[str, list[Document]] = {}
        for document in self.documents:
            found.setdefault(_page_key(document.id), []).append(document)
        return found

    def same_page(self, document: Document) -> list[Document]:
        """All documents whose page would be written to the same place, the document itself among them."""
        return self._pages.get(_page_key(document.id), [])


def _page_key(id: str) -> str:
    return unicodedata.normalize("NFC", id).casefold()


def is_postmortem(name: str) -> bool:
    """Whether a file of this name below the folder of postmortems is one."""
    return name.endswith(".md") and not name.startswith(("_", ".")) and name.casefold() not in _NOT_POSTMORTEMS


def postmortem_paths(root: Path) -> Iterator[str]:
    """The paths, relative to the root, of everything that is or claims to be a postmortem, sorted."""
    found = []
    for folder, folders, names in os.walk(root / FOLDER, followlinks=False):
        folders.sort()
        here = Path(folder).relative_to(root).as_posix()
        found += [f"{here}/{name}" for name in (*folders, *names) if is_postmortem(name)]
        folders[:] = [name for name in folders if not name.startswith(".")]
    return iter(sorted(found))


def read_catalog(root: Path, limits: Limits) -> Catalog:
    """Read every postmortem below a root."""
    return Catalog(root, tuple(read_document(root, path, limits) for path in postmortem_paths(root)))
