"""The full-text index: Pagefind over what the pages give it to read, in parts of which an edit changes one."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from tempfile import gettempdir
from threading import Lock, Semaphore

from mkdocs_postmortems.outputs import Outputs
from mkdocs_postmortems.search_bundle import tell_dates, tidy
from mkdocs_postmortems.unspaced import apart
from postmortem_kb.errors import UsageError
from postmortem_kb.insight.tokens import grammar
from postmortem_kb.source.text import digest

FOLDER = "search/data/"
MAIN = "manual"
"""The part that holds the handbook."""
_INCIDENT = re.compile("incidents/[^/]+/")
_PARTS, _SHARE = 16, 80
"""So many parts at most, and so many incidents in each at least: more parts are quicker to make after an edit, fewer are quicker to ask."""
_PIECE = "PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE"
"""Entries in a piece of the index, of which a reader loads one a word and part, beside a list of all, which smaller ones make longer. A version that does not know this makes larger ones."""
_POINT = "\u2024"
"""As this the point inside a number is staged, for one that ends a sentence belongs to no word."""
_INSIDE = r"\.(?<=\d\.)(?=\d)(?![^<>]*>)"
"""Such a point, as far as it stands in no tag. It begins with the point itself, which is found at once."""
_SIGNS = f"#+{_POINT}"
"""What belongs to a word beside letters and digits: `C++` is not C, `#4711` no number, `1.2.3` not 123."""
_DATA = ("pagefind-entry.json", "fragment", "index", "filter")


@dataclass(frozen=True, slots=True)
class Searched:
    """A page that the search reads."""

    path: str
    mark: str
    """A digest of what is read."""


class Search:
    """The index of one build. Texts are staged in a folder of its own, where Pagefind reads them."""

    def __init__(self, outputs: Outputs, incidents: int, language: str) -> None:
        self._outputs = outputs
        self._parts = max(min(incidents, 1), min(incidents // _SHARE, _PARTS))
        self._language = language
        # Named here and made by `begin`: whatever interrupts that finds it.
        self._stage = Path(gettempdir(), f"postmortems-search-{token_hex(8)}")
        # One at a time, until the pages are made: it takes most of a build's memory, and they keep the other cores busy.
        self._turns = Semaphore(1)
        self._workers = ThreadPoolExecutor(2)
        self._running: list[tuple[str, str, Future[None]]] = []
        self._starting = Lock()
        self._programs: list[subprocess.Popen[str]] = []
        self._stopped = False

    def begin(self) -> None:
        """Make the folder in which texts are staged, for nobody else to read."""
        self._stage.mkdir(0o700)

    @property
    def bundles(self) -> list[str]:
        """The names of the parts: first the one with the program that browsers run, last the handbook."""
        return [*map(str, range(self._parts)), MAIN]

    @property
    def guide(self) -> dict[str, object]:
        """What a browser is told before it asks: the parts, and the words that tell no page from another."""
        return {"parts": self.bundles, "small": " ".join(grammar(self._language))}

    def part(self, path: str) -> str:
        """The part to which an incident belongs, which does not change when others come and go."""
        return _part(path, self._parts)

    def stage(self, path: str, text: str) -> None:
        """Put down what is read of a page."""
        # One file a page, not a folder each: a browser puts the address right.
        file = self._stage / self.part(path) / f"{path.rstrip('/') or 'index'}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(apart(re.sub(_INSIDE, _POINT, text)), encoding="utf-8", errors="xmlcharrefreplace")

    def changed(self, pages: Iterable[Searched], part: str) -> bool:
        """Whether a part has to be made; one that is as it was is taken over."""
        return not self._outputs.keep_folder(FOLDER + part, self._mark(pages, part))

    def start(self, pages: Iterable[Searched], part: str) -> None:
        """Make a part of what was staged, while the build goes on."""
        self._running.append((part, self._mark(pages, part), self._workers.submit(self._run, part)))

    def finish(self) -> None:
        """Wait for all parts, of which two are made at a time from now on.

        Raises:
            UsageError: Pagefind cannot be started, or failed.
            CancelledError: It was stopped.
        """
        self._turns.release()
        try:
            for part, mark, running in self._running:
                running.result()
                self._outputs.finish_folder(FOLDER + part, mark)
        finally:
            self.close()

    def stop(self) -> None:
        """Let nothing be written any more: what runs ends, and nothing begins."""
        with self._starting:
            self._stopped = True
            for program in self._programs:
                program.kill()

    def close(self) -> None:
        """Remove what was staged."""
        self._workers.shutdown(cancel_futures=True)
        rmtree(self._stage, ignore_errors=True)

    def _run(self, part: str) -> None:
        source, target = self._stage / part, self._outputs.folder(FOLDER + part)
        source.mkdir(exist_ok=True)
        read = ["--force-language", self._language, "--include-characters", _SIGNS]
        command = [str(_program()), "--site", str(source), "--output-path", str(target), "--silent", *read]
        # In its own folder and without its variables: nothing of the repository configures it.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")}
        environment[_PIECE] = "800"
        with self._turns:
            code, told = self._call(command, environment)
        if code or not (target / "pagefind-entry.json").is_file():
            raise UsageError(f"the search index could not be made: {told.strip()[-500:]}")
        for entry in list(target.iterdir()):
            if not _wanted(entry.name, program=part == self.bundles[0]):
                entry.unlink()
        tidy(target)
        tell_dates(target)
        rmtree(source, ignore_errors=True)

    def _call(self, command: list[str], environment: dict[str, str]) -> tuple[int, str]:
        """Run a program to its end; gives its code, and what it printed."""
        with self._starting:
            if self._stopped:
                raise CancelledError
            program = subprocess.Popen(
                command,
                cwd=self._stage,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            )
            self._programs.append(program)
        with program:
            printed, told = program.communicate()
        if self._stopped:
            raise CancelledError
        return program.returncode, told or printed

    def _mark(self, pages: Iterable[Searched], part: str) -> str:
        first = part == self.bundles[0]
        return digest(repr((sorted((page.path, page.mark) for page in pages), self._language, first)).encode())


@cache
def _part(path: str, parts: int) -> str:
    return str(int(digest(path.encode())[:8], 16) % parts) if _INCIDENT.fullmatch(path) else MAIN


def _wanted(name: str, *, program: bool) -> bool:
    """Whether a browser asks for something that Pagefind wrote."""
    if program and (name == "pagefind.js" or name.startswith("wasm.")):
        return True
    return name in _DATA or name.endswith(".pf_meta")


def _program() -> Path:
    try:
        from pagefind_bin import get_executable
    except ImportError:
        raise UsageError("the search needs Pagefind: install `postmortem-kb[site]`") from None
    return Path(get_executable())
