"""The findings that a repository began with: they may stand, new and worse ones may not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from postmortem_kb.diagnostic import Diagnostic, Severity
from postmortem_kb.edit import replace
from postmortem_kb.errors import UsageError
from postmortem_kb.published import published
from postmortem_kb.validator import Validator

Meaning = tuple[str, str, str, str, str]
"""What a finding says: the postmortem's name, rule, severity, key and message; no line, and no number that grows."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """How often each finding was there."""

    known: Mapping[Meaning, int]

    def divide(self, diagnostics: Iterable[Diagnostic]) -> tuple[list[Diagnostic], Baseline]:
        """The findings that are new, and the baseline of those that still stand.

        Of equal findings as many stand as were known; a file may move, and its lines may. A finding whose rule weighs
        more than it did is new. What was known of a postmortem with a new error stands whether it was found or not: frontmatter
        that cannot be read hides what is wrong with it.
        """
        left = Counter(self.known)
        stand: Counter[Meaning] = Counter()
        new = []
        for diagnostic in diagnostics:
            meaning = meaning_of(diagnostic)
            if left[meaning] > 0:
                left[meaning] -= 1
                stand[meaning] += 1
            else:
                new.append(diagnostic)
        hidden = {meaning_of(diagnostic)[0] for diagnostic in new if diagnostic.severity is Severity.ERROR}
        stand |= Counter({meaning: count for meaning, count in self.known.items() if meaning[0] in hidden})
        return new, Baseline(stand)

    def after(self, standing: Baseline, names: Collection[str]) -> Baseline:
        """What is left when only some postmortems were checked, by their names, and of those this still stands."""
        left = {m: standing.known.get(m, 0) if m[0] in names else count for m, count in self.known.items()}
        return Baseline({meaning: count for meaning, count in left.items() if count})

    @property
    def size(self) -> int:
        """How many findings it lets stand."""
        return sum(self.known.values())


def meaning_of(diagnostic: Diagnostic) -> Meaning:
    """What tells a finding from others, wherever its line is."""
    name = PurePosixPath(diagnostic.path).name.removesuffix(".md")
    return name, diagnostic.rule, str(diagnostic.severity), diagnostic.key, diagnostic.meaning


def baseline_of(diagnostics: Sequence[Diagnostic]) -> Baseline:
    """A baseline that lets all findings stand; advice needs none."""
    return Baseline(Counter(meaning_of(d) for d in diagnostics if d.severity is not Severity.ADVICE))


def read_baseline(file: Path) -> Baseline:
    """The baseline in a file.

    Raises:
        UsageError: The file cannot be read, or is no baseline.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"`{file}` cannot be read: {error.strerror}; `--update-baseline` writes it") from None
    except ValueError as error:
        raise UsageError(f"`{file}` is no baseline: {error}; `--update-baseline` writes it anew") from None
    faults = [
        f"`{file}`, {error.json_path}: {error.message}"
        for error in Validator(json.loads(published("baseline.schema.json"))).errors(data)
    ]
    if faults:
        raise UsageError(faults)
    return Baseline(
        Counter(
            {
                (entry["postmortem"], entry["rule"], entry["severity"], entry["key"], entry["message"]): entry["count"]
                for entry in data["findings"]
            }
        )
    )


def write_baseline(baseline: Baseline, file: Path) -> None:
    """Write a baseline, an entry a finding, sorted, so that a pull request shows what went.

    Raises:
        UsageError: The file cannot be written.
    """
    names = ("postmortem", "rule", "severity", "key", "message")
    entries = [
        {**dict(zip(names, meaning, strict=True)), "count": count} for meaning, count in sorted(baseline.known.items())
    ]
    text = json.dumps({"version": 1, "findings": entries}, indent=2, ensure_ascii=False) + "\n"
    replace(file, text.encode())
