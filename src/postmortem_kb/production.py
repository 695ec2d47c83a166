"""Makes the contents of pages: what an earlier build made of the same is taken from the shelf, the rest is made on all cores."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TypeVar

from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages.page import Content, Heading, Page
from postmortem_kb.shelf import Shelf
from postmortem_kb.source.text import digest
from postmortem_kb.workers import cores, on_all_cores

T = TypeVar("T")
Finish = Callable[[Page, Content], T]
"""What is done with a content in the process that made it."""

_NOTES, _CONTENTS = "note", "content"
_CHUNK = 16
_LIFETIME = 40
"""In chunks of pages."""
_FEW = 12
"""So many pages are made by this process sooner than by others that begin."""
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of a page's content without looking at it."""

    mark: str
    """A digest of the content, or of all that it is made from."""
    search: str
    """A digest of what the search reads; empty where it reads nothing."""
    files: dict[str, str]
    """As in `Content`."""
    headings: bool
    """Whether it has some."""
    answers: tuple[tuple[str, str, str], ...]
    """The questions that the page asked while it was made, each with its answer."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A content on its way from the process that made it to the shelf."""

    note: Note
    content: bytes
    """Nothing of what programs read: it is large, and in the site."""


class Production:
    """The contents of one build's pages."""

    def __init__(self, knowledge: Knowledge, shelf: Shelf | None) -> None:
        self._knowledge = knowledge
        self._shelf = shelf
        self._notes = dict(_notes(shelf.all(_NOTES))) if shelf else {}
        self._used: set[str] = set()
        self._running: list[Generator[object]] = []
        """What other processes make."""

    def note(self, page: Page) -> Note | None:
        """What is known of a page that is as it was; None for one that has to be made."""
        name = _name(page)
        known = self._notes.get(name)
        if name in self._used:
            return known
        if known is None or any(self._knowledge.answer((kind, path)) != told for kind, path, told in known.answers):
            return None
        self._used.add(name)
        return known

    def run(self, pages: Iterable[Page], finish: Finish[T], *, beside: bool = False) -> Iterator[tuple[Page, Note, T]]:
        """Make the contents of some pages and finish each where it was made; in no order.

        Other processes begin when this is called.

        Args:
            pages: The pages.
            finish: What is done with the content of each.
            beside: Whether this process has much to do meanwhile.
        """
        kept: dict[str, Page] = {}
        missing = []
        for page in pages:
            if self._shelf and self.note(page):
                kept[_name(page)] = page
            else:
                missing.append(page)
        make = partial(_make_some, missing, self._knowledge, finish)
        few = _FEW if len(missing) <= _FEW and not beside else 1
        done = on_all_cores(make, _chunks(missing), size=1, few=few, ordered=False, lifetime=_LIFETIME, beside=beside)
        self._running.append(done)
        return chain(self._kept(kept, finish), self._put(missing, done))

    def _kept(self, kept: dict[str, Page], finish: Finish[T]) -> Iterator[tuple[Page, Note, T]]:
        """Finish what is on the shelf; what cannot be read there is made again."""
        for name, packed in self._shelf.some(_CONTENTS, kept) if self._shelf else ():
            content = _content(packed)
            if content is not None:
                yield (page := kept.pop(name)), self._notes[name], finish(page, content)
        lost = list(kept.values())
        yield from self._put(lost, map(partial(_make_some, lost, self._knowledge, finish), _chunks(lost)))

    def searched(self, pages: Sequence[Page]) -> Iterator[tuple[Page, str]]:
        """What the search reads of pages that were made before; those of which nothing is kept are left out."""
        names = {_name(page): page for page in pages}
        for name, packed in self._shelf.some(_CONTENTS, names) if self._shelf else ():
            content = _content(packed)
            if content is not None:
                yield names[name], content.search

    def asked(self) -> list[str] | None:
        """The files of the repository that pages asked about; None where an answer is another by now."""
        answers = {answer for name in self._used for answer in self._notes[name].answers}
        if any(self._knowledge.answer((kind, path)) != told for kind, path, told in answers):
            return None
        return sorted({path for _, path, _ in answers})

    def stop(self) -> None:
        """End the processes that still make something."""
        for running in self._running:
            running.close()

    def close(self) -> None:
        """Forget what this build did not use."""
        if self._shelf and self._notes.keys() - self._used:
            for kind in (_NOTES, _CONTENTS):
                self._shelf.keep(kind, self._used)

    def _put(self, pages: Sequence[Page], done: Iterable[list[tuple[int, _Made, T]]]) -> Iterator[tuple[Page, Note, T]]:
        """Put what was made of pages on the shelf, and hand it on."""
        fresh: dict[str, _Made] = {}
        for position, made, finished in chain.from_iterable(done):
            page = pages[position]
            name = _name(page)
            self._notes[name] = made.note
            self._used.add(name)
            if made.content:
                fresh[name] = made
            yield page, made.note, finished
            if len(fresh) == _BATCH:
                self._keep(fresh)
                fresh = {}
        self._keep(fresh)

    def _keep(self, fresh: dict[str, _Made]) -> None:
        if self._shelf and fresh:
            # The note last: without it, the content is made again.
            self._shelf.put(_CONTENTS, {name: made.content for name, made in fresh.items()})
            self._shelf.put(_NOTES, {name: _packed_note(made.note) for name, made in fresh.items()})


def _name(page: Page) -> str:
    return f"{page.path} {page.key}"


def _make_some(
    pages: Sequence[Page], knowledge: Knowledge, finish: Finish[T], chunk: range
) -> list[tuple[int, _Made, T]]:
    return [(position, *_make(pages[position], knowledge, finish)) for position in chunk]


def _make(page: Page, knowledge: Knowledge, finish: Finish[T]) -> tuple[_Made, T]:
    content = page.make()
    if page.raw:
        return _Made(Note(page.key, "", {}, False, ()), b""), finish(page, content)
    whole = _packed(content)
    answers = tuple((kind, path, knowledge.answer((kind, path))) for kind, path in content.questions)
    found = digest(content.search.encode("utf-8", "surrogatepass")) if content.search else ""
    note = Note(digest(whole), found, content.files, bool(content.headings), answers)
    return _Made(note, zlib.compress(whole, 1)), finish(page, content)


def _chunks(pages: Sequence[Page]) -> list[range]:
    """What a process makes at a time, by position: one of what programs read, which is long, and several pages."""
    size = max(1, min(_CHUNK, len(pages) // (4 * cores())))
    chunks: list[range] = []
    for position, page in enumerate(pages):
        if chunks and len(chunks[-1]) < size and not page.raw and not pages[position - 1].raw:
            chunks[-1] = range(chunks[-1].start, position + 1)
        else:
            chunks.append(range(position, position + 1))
    return chunks


def _packed_note(note: Note) -> bytes:
    return json.dumps([note.mark, note.search, note.files, note.headings, note.answers]).encode()


def _notes(packed: dict[str, bytes]) -> Iterator[tuple[str, Note]]:
    for name, value in packed.items():
        try:
            mark, search, files, headings, answers = json.loads(value)
            yield name, Note(mark, search, files, headings, tuple((kind, path, told) for kind, path, told in answers))
        except (TypeError, ValueError):
            continue


def _packed(content: Content) -> bytes:
    # The texts as they are: writing them as JSON took as long as compressing them.
    head = json.dumps([[[h.id, h.title, h.level] for h in content.headings], content.files])
    return f"{head}\0{content.html}\0{content.search}".encode("utf-8", "surrogatepass")


def _content(compressed: bytes) -> Content | None:
    try:
        head, html, search = zlib.decompress(compressed).decode("utf-8", "surrogatepass").split("\0")
        headings, files = json.loads(head)
        return Content(html, tuple(Heading(*values) for values in headings), files, (), search)
    except (TypeError, ValueError, zlib.error):
        return None
