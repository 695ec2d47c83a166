"""What the search reads in one build: each part of its index is begun as soon as all of its pages are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from mkdocs_postmortems.search import MAIN, Search, Searched
from postmortem_kb.pages.page import Content, Page
from postmortem_kb.pages.searchable import page_text
from postmortem_kb.production import Note, Production
from postmortem_kb.source.text import digest


class Indexing:
    """The parts of one build's index."""

    def __init__(self, search: Search, production: Production, pages: Mapping[str, Page]) -> None:
        """Begin.

        Args:
            search: Makes the parts.
            production: Knows what the search reads of pages that an earlier build made.
            pages: The pages of the build by path, as they come to be known.
        """
        self._search = search
        self._production = production
        self._pages = pages
        self._begun: set[str] = set()
        self._handbook: dict[str, str] = {}

    def waits(self, part: str) -> bool:
        """Whether a part is made of incidents, and was not begun."""
        return part != MAIN and part not in self._begun

    def stage(self, page: Page, content: Content) -> None:
        """Put down what the search reads of a page, unless it has begun to."""
        if content.search and self._search.part(page.path) not in self._begun:
            self._search.stage(page.path, content.search)

    def begin(self, parts: Iterable[str], notes: Mapping[str, Note], staged: Collection[str]) -> None:
        """Begin with some parts, of which all pages are known.

        Args:
            parts: Their names.
            notes: What is known of pages, by path.
            staged: The pages that this build staged.
        """
        read = self._read_by_part(notes)
        for part in parts:
            self._index(part, read[part], staged)

    def begin_incidents(self, notes: Mapping[str, Note], staged: Collection[str]) -> None:
        """Begin with all parts but the handbook's, first with those that will not be as they were."""
        changed = {self._search.part(path) for path in staged}
        parts = filter(self.waits, self._search.bundles)
        self.begin(sorted(parts, key=lambda part: (part not in changed, part)), notes, staged)

    def read_handbook(self, path: str, title: str, html: str) -> None:
        """Let the search read a page of the handbook."""
        self._handbook[path] = page_text(title, html)

    def finish(self, notes: Mapping[str, Note], site_name: str) -> None:
        """Make the handbook's part, and wait for all.

        Args:
            notes: What is known of all pages, by path.
            site_name: What is found where there is nothing to find.

        Raises:
            UsageError: Pagefind cannot be started, or failed.
        """
        read = self._read_by_part(notes)[MAIN]
        if not self._handbook and not read:
            # Pagefind makes no index of nothing, and browsers ask for this part.
            self._handbook[""] = page_text(site_name, "")
        for path, text in self._handbook.items():
            self._search.stage(path, text)
            read.append(Searched(path, digest(text.encode("utf-8", "surrogatepass"))))
        self._index(MAIN, read, self._handbook)
        self._search.finish()

    def _read_by_part(self, notes: Mapping[str, Note]) -> dict[str, list[Searched]]:
        """What each part of the search reads."""
        read: dict[str, list[Searched]] = {part: [] for part in self._search.bundles}
        for path, note in notes.items():
            if note.search:
                read[self._search.part(path)].append(Searched(path, note.search))
        return read

    def _index(self, part: str, pages: list[Searched], staged: Collection[str]) -> None:
        """Begin with a part of the index, unless it is as it was."""
        self._begun.add(part)
        if self._search.changed(pages, part):
            self._stage([page.path for page in pages if page.path not in staged])
            self._search.start(pages, part)

    def _stage(self, paths: list[str]) -> None:
        """Put down the texts of pages that were made by an earlier build."""
        pages = {path: self._pages[path] for path in paths}
        for page, text in self._production.searched(list(pages.values())):
            self._search.stage(page.path, text)
            del pages[page.path]
        for page in pages.values():
            self._search.stage(page.path, page.make().search)
