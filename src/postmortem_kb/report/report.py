"""What a report is: a format is one module that knows diagnostics only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from postmortem_kb.diagnostic import Diagnostic, Severity


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """How a run ended."""

    files: int
    errors: int
    warnings: int

    @classmethod
    def of(cls, diagnostics: Iterable[Diagnostic], files: int) -> Summary:
        """Count the diagnostics of a run over a number of files."""
        severities = [diagnostic.severity for diagnostic in diagnostics]
        return cls(files, severities.count(Severity.ERROR), severities.count(Severity.WARNING))


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What a report is made of."""

    diagnostics: Sequence[Diagnostic]
    summary: Summary
    lines: dict[tuple[str, int], str]
    """The text of the lines that diagnostics stand on, by path and line."""

    def below(self, folder: str) -> Run:
        """The same with its paths from further up, where the folder, with `/` at its end, is the knowledge base."""
        found = [replace(diagnostic, path=f"{folder}{diagnostic.path}") for diagnostic in self.diagnostics]
        return Run(found, self.summary, {(f"{folder}{path}", line): text for (path, line), text in self.lines.items()})


class Format(Protocol):
    """A module in this package."""

    FROM_TOP: bool
    """Whether its readers look for the files from the top of the git repository; otherwise from the knowledge base."""

    def report(self, run: Run, *, colour: bool) -> Iterator[str]:
        """The report, a line at a time, without line breaks."""
        ...


def identity(diagnostic: Diagnostic) -> str:
    """What stays of a finding when its line moves."""
    return f"{diagnostic.path}\0{diagnostic.rule}\0{diagnostic.key}\0{diagnostic.meaning}"


def fingerprint(text: str) -> str:
    """A text as a short name."""
    # Imported here: it brings OpenSSL along, and most reports need none.
    from hashlib import sha256

    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def count(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
