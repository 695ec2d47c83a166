"""What a rule is, and what it may look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Protocol

from postmortem_kb.catalog import Catalog
from postmortem_kb.changes import Changes
from postmortem_kb.contract import Contract
from postmortem_kb.diagnostic import Finding, Severity
from postmortem_kb.policy import Policy
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import Timeline, first_day, read_moment, read_timeline
from postmortem_kb.violation import Violation
from postmortem_kb.words import DRAFT


class Scope(StrEnum):
    """What a rule's answer depends on."""

    SYNTAX = "syntax"
    """The bytes of one file; such a finding cannot be suppressed, for the file says nothing yet."""
    DOCUMENT = "document"
    """One file that could be read, and the policy."""
    CATALOG = "catalog"
    """All files, or the day."""
    TIDY = "tidy"
    """One file, and only how it is spelt: `--fix` mends it, and a check is silent unless it is asked for."""
    CHANGE = "change"
    """What changed since a git ref; without one the rule does not run."""


@dataclass(frozen=True, slots=True)
class Alike:
    """An earlier postmortem that a document is clearly similar to, and why."""

    id: str
    reasons: str


@dataclass
class Context:
    """What a rule may look at besides its document; what several rules need is worked out once."""

    catalog: Catalog
    policy: Policy
    contract: Contract
    day: date
    changes: Changes | None = None
    """What changed since the ref that a check was given."""
    rules: frozenset[str] = frozenset()
    """The names of all rules."""
    lasting: frozenset[str] = frozenset()
    """The names of those whose findings cannot be suppressed."""
    alike: Callable[[Document], Sequence[Alike]] | None = None
    """The earlier postmortems that a document is clearly similar to; None where nobody compares."""
    _violations: dict[str, list[Violation]] = field(default_factory=dict)
    _timelines: dict[str, Timeline | None] = field(default_factory=dict)

    def violations(self, document: Document) -> list[Violation]:
        """How a document departs from the schema."""
        if document.path not in self._violations:
            self._violations[document.path] = self.contract.violations(document.frontmatter.data)
        return self._violations[document.path]

    @property
    def today(self) -> date:
        """The day of the check."""
        self.catalog.questions.add(("day", ""))
        return self.day

    def to_come(self, day: date) -> bool:
        """Whether a day without a zone has begun nowhere yet: where it begins first, it is a day ahead of UTC for hours."""
        return day > self.today + timedelta(days=1)

    def option(self, rule: str, name: str) -> Any:
        """A rule's option; each has a default in the default policy."""
        return self.policy.rules[rule][name]

    def before(self, document: Document) -> Document | None:
        """The earlier state of a document that changed; None where there is none, or nothing changed."""
        return self.changes.before.get(document.path) if self.changes else None

    def deleted(self, document: Document) -> bool:
        """Whether this is the earlier state of a file that is gone."""
        return self.changes is not None and any(document is gone for gone in self.changes.deleted)

    def forget(self, document: Document) -> None:
        """Let go of what was worked out for a document; nobody asks for it again."""
        self._violations.pop(document.path, None)
        self._timelines.pop(document.path, None)

    def eased(self, document: Document) -> Severity | None:
        """The weight of what is unfinished: a warning in a draft, else that of the rule."""
        return Severity.WARNING if document.frontmatter.get("status") == DRAFT else None

    def timeline(self, document: Document) -> Timeline | None:
        """The timeline of a document."""
        if document.path not in self._timelines:
            started = read_moment(document.frontmatter.get("timestamps", "started"))
            zone = document.frontmatter.get("timezone")
            self._timelines[document.path] = read_timeline(
                document.body, started, zone if isinstance(zone, str) else "UTC"
            )
        return self._timelines[document.path]


def too_early(day: date, document: Document, name: str) -> str:
    """Help for a day, written without a zone, that is before one of the key timestamps; empty where it is not."""
    written, zone = document.frontmatter.get("timestamps", name), document.frontmatter.get("timezone")
    moment = read_moment(written)
    if moment is None or day >= first_day(moment, written, zone if isinstance(zone, str) else "UTC"):
        return ""
    return f"`{name}` is {moment:%Y-%m-%d %H:%M} UTC: one of the two has a wrong day."


class Rule(Protocol):
    """A module in this package. Its docstring is its page in the manual.

    To add a rule: write the module, put it on a line of `RULES`, and write its cases in `tests/rules/<name>.md`.
    """

    __doc__: str | None
    NAME: str
    SEVERITY: Severity
    SCOPE: Scope

    def check(self, document: Document, context: Context) -> Iterator[Finding]:
        """The findings in one document."""
        ...
