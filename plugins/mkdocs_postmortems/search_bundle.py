"""Puts an index that Pagefind wrote in order.

Its facets come as its hash tables happen to give them, and the same text has to give the same files, or a site changes with
every build. Its pieces do not cover the words between them, for which a browser then loads all pieces nearby. Its names say
nothing and are many, and every reader loads all of them. What is not as it is expected here is left as it is: it is arbitrary,
or larger, and its content right.
"""

from __future__ import annotations

import gzip
import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import cbor2

from postmortem_kb.source.text import digest

DATES = "dates.json"
"""The dates of the pages of an index, by their names in it."""
_MAGIC = b"pagefind_dcd"
_PAGES, _PIECES, _FILTERS = 1, 2, 3
"""Where they stand in the meta index: the file and the length of each page; the first word, the last word and the file of each piece; the name and the file of each facet."""
_LAST = "\U0010ffff"


def tidy(bundle: Path) -> None:
    """Sort the facets of an index, name the files that hold them by what they hold, let its pieces meet, and number its files."""
    entry_file = bundle / "pagefind-entry.json"
    entry = json.loads(entry_file.read_text(encoding="utf-8"))
    for language in entry["languages"].values():
        meta_file = bundle / f"pagefind.{language['hash']}.pf_meta"
        meta = _read(meta_file)
        if not _is_meta(meta):
            return
        _widen(meta[_PIECES])
        _number(bundle, meta)
        meta[_FILTERS] = sorted([name, _sorted(bundle, file)] for name, file in meta[_FILTERS])
        language["hash"] = _write(bundle, meta, language["hash"], "pagefind.{}.pf_meta")
    entry_file.write_text(json.dumps(entry), encoding="utf-8")


def tell_dates(bundle: Path) -> None:
    """Write down when each page of an index began, if it says so, for browsers: Pagefind sorts one index, not several together."""
    dates = {}
    for file in sorted(bundle.glob("fragment/*.pf_fragment")):
        page = json.loads(gzip.decompress(file.read_bytes()).removeprefix(_MAGIC))
        dates[file.stem] = page["meta"].get("date", "")
    (bundle / DATES).write_text(json.dumps(dates), encoding="utf-8")


def _widen(pieces: list[list[str]]) -> None:
    """Let each piece claim all words that begin like its last one, up to where the next begins, and the first one what is before it.

    Pagefind cuts the last word of a piece to what tells it from the next piece: one with "failover" ends at "failo". A
    word beyond the end of every piece makes a browser load all that may hold a beginning of it. So does no word at all, as where
    somebody asks for a facet alone: every word begins with that, and the first piece claims it, too.
    """
    if pieces:
        pieces[0][0] = ""
    for piece, following in pairwise(pieces):
        begin = following[0]
        if begin[-1:].isalnum():
            piece[1] = min(piece[1] + _LAST, begin[:-1] + chr(ord(begin[-1]) - 1) + _LAST)


def _number(bundle: Path, meta: Any) -> None:
    """Number the files of pages and pieces below one name for all that is in them, for numbers take a third of the space of digests.

    The name is another where one of them is: a browser may keep what it loaded of an earlier build.
    """
    mark = digest(repr([row[0] for row in meta[_PAGES]] + [row[2] for row in meta[_PIECES]]).encode())[:10]
    for rows, column, kind in ((meta[_PAGES], 0, "fragment"), (meta[_PIECES], 2, "index")):
        names = {old: f"{mark}_{number:x}" for number, old in enumerate(dict.fromkeys(row[column] for row in rows))}
        for old, name in names.items():
            os.rename(f"{bundle}/{kind}/{old}.pf_{kind}", f"{bundle}/{kind}/{name}.pf_{kind}")  # noqa: PTH104 - as text: there are thousands
        for row in rows:
            row[column] = names[row[column]]


def _sorted(bundle: Path, file: str) -> str:
    name, values = _read(bundle / "filter" / f"{file}.pf_filter")
    return _write(bundle, [name, sorted(values)], file, "filter/{}.pf_filter")


def _is_meta(meta: Any) -> bool:
    return (
        isinstance(meta, list)
        and len(meta) > _FILTERS
        and all(isinstance(row, list) and len(row) == 2 for row in (*meta[_PAGES], *meta[_FILTERS]))
        and all(isinstance(row, list) and len(row) == 3 for row in meta[_PIECES])
    )


def _read(file: Path) -> Any:
    content = gzip.decompress(file.read_bytes())
    return cbor2.loads(content.removeprefix(_MAGIC)) if content.startswith(_MAGIC) else None


def _write(bundle: Path, value: Any, old: str, place: str) -> str:
    """Write a value under a name that is made from it, in place of an older file; gives the name."""
    content = cbor2.dumps(value)
    name = f"{old.partition('_')[0]}_{digest(content)[:10]}"
    (bundle / place.format(old)).unlink()
    (bundle / place.format(name)).write_bytes(gzip.compress(_MAGIC + content, mtime=0))
    return name
