"""Puts the facets of a Pagefind index in order: Pagefind writes them as its hash tables happen to give them.

The same text has to give the same files, or a site changes with every build. What is not as it is expected here is left as
it is: its order is arbitrary, its content right.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import cbor2

from postmortem_kb.source.text import digest

_MAGIC = b"pagefind_dcd"
_FILTERS = 3
"""Where the facets stand in the meta index: a name and a file each."""


def sort_facets(bundle: Path) -> None:
    """Sort the facets of an index, and name the files that hold them by what they hold."""
    entry_file = bundle / "pagefind-entry.json"
    entry = json.loads(entry_file.read_text(encoding="utf-8"))
    for language in entry["languages"].values():
        meta_file = bundle / f"pagefind.{language['hash']}.pf_meta"
        meta = _read(meta_file)
        if not _is_meta(meta):
            return
        meta[_FILTERS] = sorted([name, _sorted(bundle, file)] for name, file in meta[_FILTERS])
        language["hash"] = _write(bundle, meta, language["hash"], "pagefind.{}.pf_meta")
    entry_file.write_text(json.dumps(entry), encoding="utf-8")


def _sorted(bundle: Path, file: str) -> str:
    name, values = _read(bundle / "filter" / f"{file}.pf_filter")
    return _write(bundle, [name, sorted(values)], file, "filter/{}.pf_filter")


def _is_meta(meta: Any) -> bool:
    return (
        isinstance(meta, list)
        and len(meta) > _FILTERS
        and all(isinstance(row, list) and len(row) == 2 for row in meta[_FILTERS])
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
