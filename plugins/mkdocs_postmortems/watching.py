"""What is watched while a site is served: all that it is made from, there or not, from before the first build on."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.config.defaults import MkDocsConfig
from watchdog.events import FileModifiedEvent
from watchdog.observers.api import BaseObserver, EventEmitter

from postmortem_kb.history import reflog
from postmortem_kb.policy import CONFIGURATION, FOLDER
from postmortem_kb.stamps import Stamp, stamp_of

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer

Look = dict[str, Stamp]
"""The files at or below a place."""

# https://github.com/github/gitignore/tree/main/Global: Vim.gitignore, Emacs.gitignore
_OF_EDITORS = re.compile(r".*~|\..*\.sw[a-p]|#.*#|\.#.*")
"""What editors put beside a file that is not saved yet, or was."""


def first_look(config: MkDocsConfig, root: Path) -> dict[str, Look]:
    """What a site is made from, and how that is now.

    Args:
        config: That of MkDocs.
        root: The repository.
    """
    return {place: dict(_files(place)) for place in _places(config, root)}


def follow(server: LiveReloadServer, config: MkDocsConfig, root: Path, seen: dict[str, Look]) -> None:
    """Let a server watch what a site is made from since `mkdocs.yml` names other folders than before; the others stay watched."""
    for place in _places(config, root):
        if place not in seen:
            seen[place] = dict(_files(place))
            server.watch(place)


def _places(config: MkDocsConfig, root: Path) -> list[str]:
    ours = (root / FOLDER, root / CONFIGURATION, reflog(root))
    places = [config.docs_dir, config.config_file_path, *(str(place) for place in ours if place)]
    return list(map(os.path.abspath, filter(None, places)))


def watch(server: LiveReloadServer, config: MkDocsConfig, seen: Mapping[str, Look]) -> None:
    """Let a server build again when a place is not as it was seen.

    MkDocs itself looks for the first time after its first build, sees no place that is not there yet, and never again one that once was gone, as between two
    branches.
    """
    places = dict.fromkeys(seen)
    for place in (*seen, *map(os.path.abspath, config.theme.dirs)):
        try:
            server.unwatch(place)
        except KeyError:
            # Not asked for: `--watch-theme` is.
            continue
        places[place] = None
    server.observer = BaseObserver(partial(_Emitter, seen), timeout=server.observer.timeout)  # type: ignore[arg-type,assignment]
    for place in places:
        server.watch(place)


class _Emitter(EventEmitter):
    """Tells of one place that something changed there; whoever hears of it reads everything."""

    def __init__(self, seen: Mapping[str, Look], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Of the watch of a file, some versions make that of its folder.
        self._place = str(getattr(self.watch, "raw_path", self.watch.path))
        self._seen = seen[self._place] if self._place in seen else dict(_files(self._place))

    def queue_events(self, timeout: float) -> None:
        """Look once, after a number of seconds."""
        if self.stopped_event.wait(timeout):
            return
        now = dict(_files(self._place))
        if now != self._seen:
            self._seen = now
            self.queue_event(FileModifiedEvent(self._place))


def _files(place: str) -> Iterator[tuple[str, Stamp]]:
    """The files at or below a place, with their stamps; links are followed, as MkDocs follows them, into each folder once."""
    entered: set[str] = set()
    for here, folders, names in os.walk(place, followlinks=True):
        real = os.path.realpath(here)
        if real in entered:
            folders.clear()
            continue
        entered.add(real)
        for name in names:
            stamp = None if _OF_EDITORS.fullmatch(name) else stamp_of(f"{here}/{name}")
            if stamp:
                yield f"{here}/{name}", stamp
    if not entered and (stamp := stamp_of(place)):
        yield place, stamp
