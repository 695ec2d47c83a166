"""Phrases that look for somebody to blame, in a text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from postmortem_kb.published import published


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the list, and what is said of it."""

    words: str
    after_person: bool
    in_cause: bool
    why: str
    instead: str


@dataclass(frozen=True, slots=True)
class Blame:
    """A phrase in a text, with its subject where it has one, as offsets."""

    start: int
    end: int
    phrase: Phrase


def blame_in(text: str, *, cause: bool) -> Iterator[Blame]:
    """The phrases in a text, none inside another; `cause` says that the analysis ends here."""
    small = text.lower()
    found = sorted(_found(small, cause), key=lambda blame: (blame.start, -blame.end))
    end = 0
    for blame in found:
        if blame.start >= end:
            yield blame
            end = blame.end


def _found(small: str, cause: bool) -> Iterator[Blame]:
    for phrase in _phrases():
        # A plain search: a pattern of all phrases takes a hundred times as long, and most texts hold none of them.
        start = small.find(phrase.words) if cause or not phrase.in_cause else -1
        while start >= 0:
            end = start + len(phrase.words)
            if not (_joined(small[max(0, start - 1) : start]) or _joined(small[end : end + 1])):
                subject = _subject().search(small, max(0, start - 80), start) if phrase.after_person else None
                if subject or not phrase.after_person:
                    yield Blame(subject.start("who") if subject else start, end, phrase)
            start = small.find(phrase.words, end)


def _joined(character: str) -> bool:
    return character.isalnum() or character == "-"


@cache
def _phrases() -> tuple[Phrase, ...]:
    data = tomllib.loads(published("blameful.toml"))
    return tuple(
        Phrase(words, entry.get("after") == "person", entry.get("where") == "cause", entry["why"], entry["instead"])
        for entry in data["phrase"]
        for words in entry["words"]
    )


@cache
def _subject() -> re.Pattern[str]:
    """A person right before the end, with at most two small words between."""
    people = "|".join(map(re.escape, tomllib.loads(published("blameful.toml"))["people"]))
    return re.compile(
        rf"(?:^|[^\w@-])(?P<who>@[\w./-]{{1,60}}|(?:(?:the|an?|our|one|another|that|this)\s+)?(?:[a-z-]{{1,20}}\s+)?(?:{people}))"
        r"(?:\s+(?:who|had|has|then|also|simply|just|again|either|[a-z]{1,20}ly)){0,2}\s+\Z"
    )
