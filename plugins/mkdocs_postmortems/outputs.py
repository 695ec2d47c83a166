"""Files of the site that are as an earlier build left them: they are kept instead of written again."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from postmortem_kb.receipt import listing
from postmortem_kb.shelf import Shelf
from postmortem_kb.source.text import digest

# MkDocs empties the folder of the site before it builds, hidden entries aside.
_KEPT, _BEGUN = ".kept", ".begun"
_SITES = "site"
_OF_FILE = 3
"""So much is remembered of a file: its mark, its size and its time; of a folder its mark and a digest of what is in it."""


class Outputs:
    """The files that a build writes by itself, in the folder of the site."""

    def __init__(self, site: Path, shelf: Shelf | None) -> None:
        self._site = site
        self._here = site
        """Where the files of an earlier build are."""
        self._shelf = shelf
        self._kind = f"output {digest(os.fsencode(site.absolute()))}"
        packed = shelf.all(self._kind) if shelf else {}
        self._known = dict(_records(packed)) if site.is_dir() else {}
        self._now: dict[str, list[object]] = {}
        self._folders: set[Path] = set()
        """Those that are there."""

    def set_aside(self) -> None:
        """Hide what an earlier build wrote, before the folder is emptied, and nothing that somebody else put among it."""
        self.abandon()
        kept = self._here = self._site / _KEPT
        for name in sorted({address.partition("/")[0] for address in self._known}):
            if os.path.lexists(self._site / name):
                kept.mkdir(exist_ok=True)
                (self._site / name).rename(kept / name)
        if kept.is_dir():
            self._tidy(str(kept), "")
        for entry in self._site.glob("[!.]*"):
            # MkDocs leaves a link to a folder where it is, and writes behind it.
            if entry.is_symlink():
                entry.unlink()

    def abandon(self) -> None:
        """Leave nothing hidden of a build that failed: MkDocs would leave it there, too."""
        for left in (_KEPT, _BEGUN):
            shutil.rmtree(self._site / left, ignore_errors=True)

    def put_back(self) -> None:
        """Show it again."""
        kept, self._here = self._here, self._site
        if kept.is_dir():
            for entry in list(kept.iterdir()):
                entry.rename(self._site / entry.name)
            kept.rmdir()

    def _tidy(self, folder: str, above: str) -> bool:
        """Remove what nobody wrote like this: other files, links, behind which more would be written, folders where files were.

        Says whether anything is left. The name of an empty folder would still tell what another build wrote there.
        """
        left = False
        inside = above[:-1] in self._known or above[:-1].rpartition("/")[0] in self._known
        with os.scandir(folder) as found:
            entries = list(found)
        for entry in entries:
            address = f"{above}{entry.name}"
            is_file = len(self._known.get(address, ())) == _OF_FILE
            if entry.is_dir(follow_symlinks=False):
                if is_file:
                    shutil.rmtree(entry)
                else:
                    left |= self._tidy(entry.path, f"{address}/")
            elif entry.is_symlink() or not (inside or is_file):
                Path(entry).unlink()
            else:
                left = True
        if not left:
            with suppress(OSError):
                Path(folder).rmdir()
        return left

    def keep(self, address: str, mark: str) -> bool:
        """Leave a file as it is if it was made from the same and nobody has touched it since; never where the mark is empty."""
        record = self._known.get(address)
        try:
            # As text: there are as many of these as files.
            if not mark or not record or record[0] != mark or _stat(f"{self._here}/{address}") != record[1:]:
                return False
        except OSError:
            return False
        self._now[address] = record
        return True

    def keep_folder(self, address: str, mark: str) -> bool:
        """Leave a folder as it is, with everything in it."""
        record = self._known.get(address)
        folder = self._here / address
        if record and record[0] == mark and folder.is_dir() and record[1:] == [listing(folder)]:
            self._now[address] = record
            return True
        return False

    def write(self, address: str, pieces: Iterable[str]) -> list[object]:
        """Write a file piece by piece; what is given back tells whether it was touched later."""
        file = self._site / address
        if file.parent not in self._folders:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(file.parent)
        with file.open("wb") as out:
            out.writelines(piece.encode("utf-8", "backslashreplace") for piece in pieces)
        return _stat(file)

    def begin(self, address: str, pieces: Iterable[str]) -> list[object]:
        """As `write`, but out of the way, while the folder of the site may still be emptied."""
        return self.write(_begun(address), pieces)

    def finish(self, address: str, mark: str, stat: list[object]) -> None:
        """Put a file that was begun in its place, and remember it."""
        file = self._site / address
        file.parent.mkdir(parents=True, exist_ok=True)
        (self._site / _begun(address)).replace(file)
        self.written(address, mark, stat)

    def written(self, address: str, mark: str, stat: list[object]) -> None:
        """Remember a file that was written."""
        self._now[address] = [mark, *stat]

    def folder(self, address: str) -> Path:
        """The place of a folder that somebody else writes, out of the way until it is finished."""
        return self._site / _begun(address)

    def finish_folder(self, address: str, mark: str) -> None:
        """Put a folder that was written in its place, and remember it."""
        folder = self._site / address
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        (self._site / _begun(address)).replace(folder)
        self._now[address] = [mark, listing(folder)]

    def close(self) -> None:
        """Remove what no page is any more, and remember what is there."""
        shutil.rmtree(self._site / _BEGUN, ignore_errors=True)
        for address in self._known.keys() - self._now.keys():
            self._remove(self._site / address)
        if not self._shelf:
            return
        changed = {name: record for name, record in self._now.items() if self._known.get(name) != record}
        if changed:
            self._shelf.put(self._kind, {name: json.dumps(record).encode() for name, record in changed.items()})
        if self._known.keys() - self._now.keys():
            self._shelf.keep(self._kind, self._now)
        if changed and not self._known:
            self._forget_other_sites()

    def _remove(self, gone: Path) -> None:
        with suppress(OSError):
            shutil.rmtree(gone) if gone.is_dir() else gone.unlink(missing_ok=True)
            for folder in gone.parents:
                if folder == self._site:
                    break
                folder.rmdir()

    def _forget_other_sites(self) -> None:
        assert self._shelf
        sites = self._shelf.all(_SITES)
        if self._kind not in sites:
            self._shelf.put(_SITES, {self._kind: os.fsencode(self._site.absolute())})
        for kind, folder in sites.items():
            if kind != self._kind and not Path(os.fsdecode(folder)).is_dir():
                self._shelf.keep(kind, ())
                self._shelf.keep(_SITES, sites.keys() - {kind} | {self._kind})


def _records(packed: dict[str, bytes]) -> Iterator[tuple[str, list[object]]]:
    for name, value in packed.items():
        try:
            record = json.loads(value)
        except ValueError:
            continue
        if isinstance(record, list) and record:
            yield name, record


def _begun(address: str) -> str:
    return f"{_BEGUN}/{address}"


def _stat(file: Path | str) -> list[object]:
    status = os.lstat(file)
    return [status.st_size, status.st_mtime_ns]
