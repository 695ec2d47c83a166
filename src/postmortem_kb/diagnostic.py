"""What a check says: a finding of a rule, and the diagnostic that a reader gets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_GROWING = r"\b[0-9]+(?= (?:days|rows|characters|bytes|entries)\b)|(?<=line )[0-9]+"


class Severity(StrEnum):
    """How much a diagnostic weighs: only an error fails a check."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a file; lines and columns count from 1, the end is exclusive in columns."""

    line: int
    column: int
    end_line: int
    end_column: int


FILE_START = Span(1, 1, 1, 1)
"""Where a finding about a whole file stands."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of a file and what stands there instead; an empty stretch is an insertion."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """The one right answer to a finding: all of its edits, or none."""

    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, before the run knows its path, its severity and whether it is suppressed."""

    span: Span
    message: str
    """What is wrong, in one sentence."""
    help: str = ""
    """What to write instead."""
    key: str = ""
    """The dotted frontmatter key or the section heading that it is about, for suppressions."""
    severity: Severity | None = None
    """Set where one finding weighs otherwise than its rule."""
    fix: Fix | None = None
    """Set where there is one right answer that changes no meaning."""
    hidden: bool = False
    """Whether the line must not be quoted."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about one place in one file."""

    path: str
    """Relative to the root, with `/`."""
    span: Span
    rule: str
    severity: Severity
    message: str
    help: str = ""
    url: str = ""
    """The rule's page on the published site; empty where the site's address is not configured."""
    fix: Fix | None = None
    """What `check --fix` would write."""
    key: str = ""
    """The dotted frontmatter key or the section heading that it is about; it stays when lines move."""
    hidden: bool = False
    """Whether the line must not be quoted."""

    @property
    def sentences(self) -> str:
        """What is wrong and what to write instead, for formats that have one text."""
        return f"{self.message}. {self.help}".rstrip(". ") + "."

    @property
    def meaning(self) -> str:
        """The message without the numbers that grow by themselves: what stays of it from day to day."""
        return re.sub(_GROWING, "#", self.message)

    @property
    def order(self) -> tuple[str, int, int, str]:
        """Sorts diagnostics: path, line, column, rule; what is equal keeps the order in which it was found."""
        return (self.path, self.span.line, self.span.column, self.rule)
