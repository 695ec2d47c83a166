"""One build: what changed is made, what did not is kept, and the search reads all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage

from mkdocs_postmortems.data import compared_data, stated_data
from mkdocs_postmortems.framing import Framing
from mkdocs_postmortems.indexing import Indexing
from mkdocs_postmortems.outputs import Outputs
from mkdocs_postmortems.search import Search
from mkdocs_postmortems.site import FinishedPage, add_asset, add_page, add_target, make_room, whole_address
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.manual import pages as manual_pages
from postmortem_kb.pages import COMPARED, INCIDENTS, STATED, pages_of
from postmortem_kb.pages.page import Content, Page, key_of
from postmortem_kb.production import Note, Production
from postmortem_kb.shelf import Shelf

_MANUAL = "reference/"
_FEW = 100
"""So many pages are made before the theme is asked for its frames."""
_Made = Content | list[object] | None
"""The content of a main page; what tells whether a file was touched later; nothing of a page that is kept until it is framed."""
_Begun = Iterator[tuple[Page, Note, _Made]]


class Building:
    """The pages of one build on their way from the library to the folder of the site."""

    def __init__(self, knowledge: Knowledge, shelf: Shelf | None, config: MkDocsConfig) -> None:
        """Make nothing yet.

        Args:
            knowledge: What the pages are made of.
            shelf: What earlier builds made.
            config: That of MkDocs.
        """
        self.main: dict[str, FinishedPage] = {}
        self.policy = knowledge.policy
        self._knowledge = knowledge
        self._production = Production(knowledge, shelf)
        self._outputs = Outputs(Path(config.site_dir), shelf)
        language = str(config.theme.get("language", "en")).partition("-")[0]
        self._search = Search(self._outputs, len(knowledge.postmortems), language)
        self._pages: dict[str, Page] = {}
        self._indexing = Indexing(self._search, self._production, self._pages)
        self._notes: dict[str, Note] = {}
        self._main: dict[str, None] = {}
        """The paths of those pages that MkDocs renders, in order."""
        self._contents: dict[str, Content] = {}
        """Those of main pages."""
        self._kept = shelf is not None
        self._begun: _Begun = iter(())
        """What MkDocs waits for."""
        self._compared: _Begun = iter(())
        """What ends with something for which it does not."""

    def begin(self, main: Iterable[str]) -> None:
        """Begin with what needs no frame, each as soon as it is known what it is made from.

        Other processes make it, beside this one, which compares all postmortems with each other. What programs read comes first: it takes
        most memory, and is there before an index takes as much. Of what needs a frame only a little is made, and kept until then.

        Args:
            main: The pages that stand in the navigation of MkDocs, by path.
        """
        self._search.begin()
        knowledge = self._knowledge
        self._outputs.set_aside()
        data = self._changed(stated_data(knowledge, self._search.guide))
        if data:
            knowledge.prepare()
        self._pages |= {page.path: page for page in (*pages_of(STATED, knowledge), *manual_pages(knowledge))}
        manual = (path for path in self._pages if path.startswith(_MANUAL) and path.count("/") <= 2)
        self._main = dict.fromkeys((*main, *manual))
        wanted = [self._pages[path] for path in self._main if path in self._pages]
        sides = self._few(page for path, page in self._pages.items() if path not in self._main) if self._kept else []
        self._begun = self._begin([*data, *wanted, *sides], beside=True)
        figures = {page.path: page for page in pages_of(COMPARED, knowledge)}
        self._compared = self._begin([*figures.values(), *self._changed([compared_data(knowledge)])], beside=True)
        incidents = {page.path: page for page in pages_of(INCIDENTS, knowledge)}
        self._pages |= figures | incidents
        first = self._few(incidents.values()) if self._kept else []
        for _ in self._begin(first):
            pass
        notes = {path: note for path, page in incidents.items() if (note := self._production.note(page))}
        if len(notes) == len(incidents):
            # The index takes as long as everything else.
            self._indexing.begin_incidents(notes, [page.path for page in first])

    def make_room(self, files: Files) -> Iterator[str]:
        """Let no page of the docs folder stand where one of these is written; says which are left out."""
        return make_room({page.file for page in self._pages.values()}, files)

    def add_main_pages(self, files: Files, config: MkDocsConfig) -> None:
        """Hand those pages to MkDocs that stand in its navigation, or may, like those of the manual."""
        self._outputs.put_back()
        self._make_main()
        for path in self._main:
            if path in self._pages:
                self.main[path] = add_page(self._pages.pop(path), self._contents.pop(path), files, config)
        if config.nav or any(file.is_documentation_page() and file.abs_src_path for file in files):
            for page in self._pages.values():
                add_target(page, files, config)

    def write_pages(self, env: jinja2.Environment, files: Files, nav: Navigation, config: MkDocsConfig) -> None:
        """Write all other pages; the search reads a part of them while the next one is made."""
        framing = Framing(env, config, files, nav, self.main)
        notes: dict[str, Note] = {}
        changed: dict[str, list[Page]] = {part: [] for part in self._search.bundles}
        for page in self._pages.values():
            note = self._production.note(page)
            if note and self._outputs.keep(page.file, _mark(page, note, framing)):
                notes[page.path] = note
            else:
                changed[self._search.part(page.path)].append(page)
                framing.prepare(page)
        # Before many pages are made: the process that made these holds as much memory as an index.
        for page, _, made in self._compared:
            self._place(page, made)
        self._write(changed, framing, notes)
        self._notes = notes
        for note in notes.values():
            for address, path in note.files.items():
                add_asset(address, str(self._knowledge.root / path), files, config)

    def _few(self, pages: Iterable[Page]) -> list[Page]:
        """Those that are not as they were, if they are few."""
        changed = [page for page in pages if not self._production.note(page)]
        return changed if len(changed) <= _FEW else []

    def _changed(self, data: Iterable[Page]) -> list[Page]:
        """What programs read that is not as it was."""
        return [page for page in data if not self._outputs.keep(page.file, page.key)]

    def _begin(self, pages: Iterable[Page], *, beside: bool = False) -> _Begun:
        """Begin with some pages, as far as that needs no frame."""

        def finish(page: Page, content: Content) -> _Made:
            if page.raw:
                # Where it is made, for it is large.
                return self._outputs.begin(page.file, content.pieces)
            if page.path in self._main:
                return content
            self._indexing.stage(page, content)
            return None

        return self._production.run(pages, finish, beside=beside)

    def _make_main(self) -> None:
        """See that the contents of all main pages are there."""
        for page, _, made in self._begun:
            self._place(page, made)
        while any(path in self._pages and path not in self._contents for path in self._main):
            page, _, made = next(self._compared)
            self._place(page, made)

    def _place(self, page: Page, made: _Made) -> None:
        """Take what another process made to where it is wanted."""
        if isinstance(made, Content):
            self._contents[page.path] = made
        elif made:
            self._outputs.finish(page.file, page.key, made)

    def _write(self, changed: dict[str, list[Page]], framing: Framing, notes: dict[str, Note]) -> None:
        """Write what changed, part after part, and begin with the index of each as soon as its pages are known."""
        left = {part: len(pages) for part, pages in changed.items() if self._indexing.waits(part)}
        made: set[str] = set()

        def finish(page: Page, content: Content) -> list[object]:
            self._indexing.stage(page, content)
            return self._outputs.write(page.file, [framing.html(page, content)])

        if not all(left.values()):
            self._indexing.begin([part for part, pages in left.items() if not pages], notes, made)
        # In the order of the parts: the handbook's comes last.
        for page, note, stat in self._production.run(chain.from_iterable(changed.values()), finish):
            notes[page.path] = note
            made.add(page.path)
            self._outputs.written(page.file, _mark(page, note, framing), stat)
            part = self._search.part(page.path)
            if part in left:
                left[part] -= 1
                if not left[part]:
                    self._indexing.begin([part], notes, made)

    def sitemap(self, config: MkDocsConfig) -> Iterator[Any]:
        """The pages that MkDocs does not know, as its sitemap asks for them; none where the site has no address."""
        for path in self._pages:
            url = whole_address(config, path)
            if not url:
                return
            page = SimpleNamespace(is_link=False, canonical_url=url, abs_url=urlsplit(url).path, update_date=None)
            yield SimpleNamespace(page=page, url=path)

    def activate(self, page: FinishedPage, *, active: bool) -> None:
        """Mark the main page to which a page belongs."""
        if page.source.area in self.main:
            self.main[page.source.area].active = active

    def read_handbook(self, page: MkDocsPage) -> None:
        """Let the search read a page of the handbook."""
        self._indexing.read_handbook(page.url, str(page.title or ""), page.content or "")

    def close(self) -> None:
        """Wait for the search, and remember what was written."""
        self._indexing.finish(self._notes, self.policy.site_name)
        self._outputs.close()
        self._production.close()

    def asked(self) -> list[str] | None:
        """The files of the repository that pages asked about; None where one changed since."""
        return self._production.asked()

    def stop(self) -> None:
        """Let whoever waits for the search wait no longer."""
        self._search.stop()

    def abandon(self) -> None:
        """Stop what still runs of a build that failed, or was interrupted."""
        self._production.stop()
        self._search.stop()
        self._search.close()
        self._outputs.abandon()


def _mark(page: Page, note: Note, framing: Framing) -> str:
    """A digest of everything that a page's file is made from; empty where that is not known before it is made."""
    theme = framing.mark(page, headings=note.headings)
    return key_of(page.title, page.description, note.mark, theme) if theme else ""
