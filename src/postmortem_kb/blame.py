"""Phrases that look for somebody to blame, in a text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from postmortem_kb.published import published


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """A phrase of the list, and what is said of it."""

    words: str
    after_person: bool
    in_cause: bool
    not_before: tuple[str, ...]
    """Words behind which it means something else: who should have access is not blamed."""
    why: str
    instead: str


@dataclass(frozen=True, slots=True, eq=False)
class Blame:
    """A phrase in a text, with its subject where it has one, as offsets."""

    start: int
    end: int
    phrase: Phrase


def phrases_in(text: str) -> list[Phrase]:
    """The phrases whose words are somewhere in a text: a plain search, and for most texts the end of it."""
    small = text.lower()
    return [phrase for phrase in _phrases() if phrase.words in small]


def blame_in(text: str, phrases: Sequence[Phrase], *, cause: bool) -> Iterator[Blame]:
    """Which of some phrases a text uses, none inside another; `cause` says that the analysis ends here."""
    small = text.lower()
    found = sorted(_found(small, phrases, cause), key=lambda blame: (blame.start, -blame.end))
    end = 0
    for blame in found:
        if blame.start >= end:
            yield blame
            end = blame.end


def _found(small: str, phrases: Sequence[Phrase], cause: bool) -> Iterator[Blame]:
    for phrase in phrases:
        start = small.find(phrase.words) if cause or not phrase.in_cause else -1
        while start >= 0:
            end = start + len(phrase.words)
            if not (_joined(small[max(0, start - 1) : start]) or _joined(small[end : end + 1])):
                subject = _subject().search(small, max(0, start - 80), start) if phrase.after_person else None
                owned = bool(phrase.not_before) and small[end : end + 40].lstrip().startswith(phrase.not_before)
                if (subject or not phrase.after_person) and not owned:
                    yield Blame(subject.start("who") if subject else start, end, phrase)
            start = small.find(phrase.words, end)


def _joined(character: str) -> bool:
    return character.isalnum() or character == "-"


@cache
def _list() -> dict[str, Any]:
    return tomllib.loads(published("blameful.toml"))


@cache
def _phrases() -> tuple[Phrase, ...]:
    return tuple(
        Phrase(
            words,
            entry.get("after") == "person",
            entry.get("where") == "cause",
            tuple(entry.get("not_before", ())),
            entry["why"],
            entry["instead"],
        )
        for entry in _list()["phrase"]
        for words in entry["words"]
    )


@cache
def _subject() -> re.Pattern[str]:
    """A person right before the end, with at most two small words between."""
    people = "|".join(map(re.escape, _list()["people"]))
    return re.compile(
        rf"(?:^|[^\w@-])(?P<who>@[\w./-]{{1,60}}|(?:(?:the|an?|our|one|another|that|this)\s+)?(?:[a-z-]{{1,20}}\s+)?(?:{people}))"
        r"(?:\s+(?:who|had|has|then|also|simply|just|again|either|[a-z]{1,20}ly)){0,2}\s+\Z"
    )
