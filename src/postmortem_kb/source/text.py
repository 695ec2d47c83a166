"""A file's text, and the way from an offset in it to a line and a column."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from postmortem_kb.diagnostic import Span

_TICKS = re.compile("`+")
LINE_BREAK = re.compile(r"\r\n|\r|\n")
BAR = re.compile(r"(?<!\\)\|")
"""What parts the cells of a table; an escaped one is text."""


def digest(content: bytes) -> str:
    """A short name of a content, which no other content has."""
    # Imported here: it brings OpenSSL along, and most checks remember nothing.
    from hashlib import blake2b

    return blake2b(content, digest_size=16).hexdigest()


@dataclass(frozen=True, eq=False)
class Text:
    """Decoded text with the offsets at which its lines start."""

    string: str

    @classmethod
    def of(cls, string: str) -> Text:
        """The text of a decoded file; a byte order mark is expected to be gone."""
        return cls(string)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each line begins; found when somebody asks for a place."""
        return (0, *(match.end() for match in LINE_BREAK.finditer(self.string)))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of a character offset."""
        row = bisect_right(self.starts, offset) - 1
        return row + 1, offset - self.starts[row] + 1

    def offset(self, line: int, column: int) -> int:
        """The character offset of a line and a column; at most the end of the text."""
        if line > len(self.starts):
            return len(self.string)
        return min(self.starts[line - 1] + column - 1, len(self.string))

    def span(self, start: int, end: int) -> Span:
        """The stretch between two offsets; white space at its end is left off."""
        while end > start and self.string[end - 1].isspace():
            end -= 1
        return Span(*self.position(start), *self.position(end))

    def exact_span(self, start: int, end: int) -> Span:
        """The stretch between two offsets, white space included."""
        return Span(*self.position(start), *self.position(end))

    def exact_line_span(self, number: int) -> Span:
        """A whole line with the white space around its text, without its line break."""
        return Span(number, 1, number, len(self.line(number)) + 1)

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its line break; empty past the end."""
        if not 1 <= number <= len(self.starts):
            return ""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.string)
        return self.string[start:end].rstrip("\r\n")

    def line_span(self, number: int) -> Span:
        """A whole line, without the white space around it."""
        line = self.line(number)
        column = len(line) - len(line.lstrip()) + 1
        return Span(number, column, number, max(column, len(line.rstrip()) + 1))


def without_code(text: str) -> str:
    """The text with its code made blank: what stands between two equal runs of backticks."""
    if "`" not in text:
        return text
    runs = [match.span() for match in _TICKS.finditer(text)]
    later: dict[int, list[int]] = defaultdict(list)
    for start, end in reversed(runs):
        later[end - start].append(start)
    parts, behind = [], 0
    for start, end in runs:
        closing = later[end - start]
        while closing and closing[-1] <= start:
            closing.pop()
        if start >= behind and closing and text[start - 1 : start] != "\\":
            parts.append(text[behind:start])
            behind = closing[-1] + end - start
            parts.append(" " * (behind - start))
    return "".join([*parts, text[behind:]])
