"""The profiles of many files: on all cores, and only of those that are not as they were."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from postmortem_kb.catalog import Catalog
from postmortem_kb.insight.profile import Profile, profile_of
from postmortem_kb.insight.shelf import Kept, Shelf
from postmortem_kb.source.document import Document, read_document
from postmortem_kb.source.text import digest
from postmortem_kb.stamps import SETTLED, stamp_of
from postmortem_kb.workers import on_all_cores


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """The profiles of many files, and digests of what they were made from."""

    profiles: list[Profile]
    """Sorted by id."""
    marks: dict[str, str]
    """That of each one's file, by id."""
    state: str
    """That of all files."""


def read_profiles(
    catalog: Catalog,
    shelf: Shelf | None,
    paths: Iterable[str] | None = None,
    documents: Mapping[str, Document] | None = None,
) -> Profiles:
    """The profiles of a catalog, or of some of its files.

    A file is read again where the file system tells of a change, and its profile is made anew where its content is
    another. Of two files with one id, the first by path counts. Documents that are read already are not read again.
    """
    known = shelf.read() if shelf else {}
    documents = documents or {}
    found: dict[str, Kept] = {}
    fresh: dict[str, Kept] = {}
    unknown: list[str] = []
    wanted = catalog.paths if paths is None else sorted(paths)
    for path in wanted:
        old = known.get(path)
        if path in documents:
            if old and old.mark == documents[path].mark != "":
                found[path] = old
            else:
                unknown.append(path)
            continue
        stamp = _stamp(catalog.root, path)
        if old and old.stamp == stamp != "":
            found[path] = old
        elif old and old.mark == catalog.digest(path) != "":
            found[path] = fresh[path] = Kept(stamp, old.mark, old.profile)
        else:
            unknown.append(path)
    for path, kept in _made(catalog, unknown, documents):
        found[path] = fresh[path] = kept
    if shelf and (fresh or (paths is None and known.keys() - found.keys())):
        shelf.write(fresh, known.keys() - found.keys() if paths is None else ())
    first: dict[str, Kept] = {}
    for path in wanted:
        first.setdefault(found[path].profile.id, found[path])
    state = digest("\n".join(f"{path}\t{found[path].mark}" for path in wanted).encode("utf-8", "surrogatepass"))
    return Profiles([first[id].profile for id in sorted(first)], {id: first[id].mark for id in first}, state)


def _stamp(root: Path, path: str) -> str:
    """The stamp of a file as text; nothing where it changed so lately that its times could not tell the next change."""
    stamp = stamp_of(f"{root}/{path}")
    return " ".join(map(str, stamp)) if stamp and time.time_ns() - stamp.newest >= SETTLED else ""


def _made(catalog: Catalog, paths: Sequence[str], documents: Mapping[str, Document]) -> Iterator[tuple[str, Kept]]:
    work = partial(_make, catalog, documents)
    # Documents that are read already would have to be sent to a process that begins anew.
    return zip(paths, on_all_cores(work, paths, portable=not documents), strict=True)


def _make(catalog: Catalog, documents: Mapping[str, Document], path: str) -> Kept:
    if path in documents:
        # It may have changed since, so nothing is said of its times: the next run asks for its content.
        return Kept("", documents[path].mark, profile_of(documents[path]))
    # Before the file is read: if it changes in between, it is read again the next time.
    stamp = _stamp(catalog.root, path)
    document = read_document(catalog.root, path, catalog.limits)
    return Kept(stamp, document.mark, profile_of(document))
