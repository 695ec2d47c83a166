"""The Markdown below the frontmatter: sections, tables and prose, each with its place in the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from markdown_it.token import Token

from postmortem_kb.diagnostic import Finding, Span
from postmortem_kb.source.dialect import parse, parser
from postmortem_kb.source.text import BAR, Text

__all__ = [
    "Body",
    "Cell",
    "Prose",
    "Section",
    "Table",
    "anchor",
    "anchors",
    "in_words",
    "own_name",
    "parser",
    "plain",
    "read_body",
]

_WINDOW = 2_000
"""So far behind the last place is looked for a text; one that an entity or an escape changed is nowhere."""
_BREAKS = ("softbreak", "hardbreak")


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A table's cell: its text without markup, its inline token, and its row."""

    text: str
    token: Token
    file: Text
    line: int
    number: int
    """From 0, in its row."""

    @property
    def span(self) -> Span:
        """Where it stands, which only findings ask for."""
        bounds = _cell_bounds(self.file.line(self.line))
        start, end = bounds[self.number] if self.number < len(bounds) else (0, 0)
        return Span(self.line, start + 1, self.line, end + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table: the cells of its head, the rows of its body, and its tokens' range in the body."""

    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    line: int
    first: int
    last: int
    """Position of the closing token."""

    @property
    def titles(self) -> list[str]:
        """The words in the head, lower case."""
        return [cell.text.casefold() for cell in self.header]


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """What stands below a level-2 heading, up to the next one."""

    title: str
    span: Span
    first: int
    """Position of the first token behind the heading."""
    last: int
    """Position behind the last token."""


@dataclass(frozen=True, slots=True, eq=False)
class Prose:
    """A run of text outside code."""

    text: str
    line: int
    column: int
    file: Text

    def span(self, start: int, end: int) -> Span:
        """Where a part of it stands; behind an entity or an escape it is looked for, and may only be near."""
        line, part = self.file.line(self.line), self.text[start:end]
        at = self.column - 1 + start
        if not line.startswith(part, at):
            at = max(self.column - 1, line.find(part, self.column - 1))
        return Span(self.line, at + 1, self.line, min(at + len(part), len(line)) + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """The parsed body; `tokens` is what every page of it is rendered from."""

    text: Text
    offset: int
    """Lines of the file above the body."""
    tokens: list[Token]
    env: dict[str, Any] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    notes: int = 0
    """Position of the footnotes, which the parser puts behind everything else; the number of tokens without any."""
    excess: tuple[Finding, ...] = ()
    """Where there is more Markdown than is read."""

    @property
    def above(self) -> int:
        """Position behind what stands above all sections."""
        return self.sections[0].first - 3 if self.sections else self.notes

    def heading_of(self, section: Section) -> Token:
        """The inline token of a section's heading."""
        return self.tokens[section.first - 2]

    def section(self, title: str) -> Section | None:
        """The first section of this name."""
        return next((section for section in self.sections if section.title == title), None)

    def heading(self, position: int) -> str:
        """The title of the section in which a token stands; empty above the first."""
        at = bisect_right(self.sections, position, key=lambda section: section.first) - 1
        return self.sections[at].title if at >= 0 and position < self.sections[at].last else ""

    def tables(self, section: Section) -> Iterator[Table]:
        """The tables that stand directly in a section, in order."""
        for position in range(section.first, section.last):
            if self.tokens[position].type == "table_open" and self.tokens[position].level == 0:
                yield self._table(position)

    def prose(self) -> Iterator[Prose]:
        """All text outside code, in order, a run at a time."""
        for token in self.tokens:
            if token.type == "inline" and token.map and token.children:
                for child, offset, _ in self.placed(token):
                    if child.type == "text" and child.content:
                        yield Prose(child.content, *self.text.position(offset), self.text)

    def placed(self, token: Token) -> Iterator[tuple[Token, int, int]]:
        """What an inline token holds, each with the stretch of the file where its text, or its address, is typed.

        What an entity, an escape or the parser changed is not found as it reads: its stretch is empty.
        """
        first, last = token.map or (0, 1)
        starts, string = self.text.starts, self.text.string
        cursor = starts[min(self.offset + first, len(starts) - 1)]
        end = starts[self.offset + last] if self.offset + last < len(starts) else len(string)
        behind = cursor
        for child in token.children or ():
            if child.type in _BREAKS:
                line = self.text.position(cursor)[0]
                cursor = min(starts[line], end) if line < len(starts) else end
            elif child.type == "link_close":
                # The address stands behind the text of a link, unless it stands elsewhere.
                cursor = behind if string[cursor : behind + 1].startswith("](") else cursor
            else:
                address = child.attrGet("href" if child.type == "link_open" else "src")
                typed = str(address) if address else child.content
                at, length = _find(string, typed, cursor, end)
                yield child, at, at + length
                if child.type == "link_open":
                    behind = at + length
                else:
                    cursor = at + length

    def line_of(self, token: Token) -> int:
        """The line of the file on which a block token begins."""
        return self.offset + (token.map[0] if token.map else 0) + 1

    def _table(self, first: int) -> Table:
        rows: list[tuple[Cell, ...]] = []
        position = first
        while self.tokens[position].type != "table_close":
            if self.tokens[position].type == "tr_open":
                rows.append(self._row(position))
            position += 1
        return Table(rows[0], tuple(rows[1:]), self.line_of(self.tokens[first]), first, position)

    def _row(self, position: int) -> tuple[Cell, ...]:
        line = self.line_of(self.tokens[position])
        cells: list[Cell] = []
        while self.tokens[position].type != "tr_close":
            token = self.tokens[position]
            if token.type == "inline":
                cells.append(Cell(plain(token), token, self.text, line, len(cells)))
            position += 1
        return tuple(cells)


def _find(string: str, typed: str, start: int, end: int) -> tuple[int, int]:
    """Where a text stands, not far behind a place, and its length; nothing at the place itself where it does not."""
    for text in (typed, unquote(typed)) if typed else ():
        found = string.find(text, start, min(end, start + len(text) + _WINDOW))
        if found >= 0:
            return found, len(text)
    return start, 0


def plain(token: Token) -> str:
    """The words of an inline token without its markup."""
    return "".join(
        child.content if child.type in ("text", "code_inline") else " " if child.type.endswith("break") else ""
        for child in token.children or ()
    ).strip()


def in_words(line: str) -> str:
    """A line of Markdown without its markup, as the titles of sections are read."""
    return plain(parser().parseInline(line)[0])


def anchor(title: str) -> str:
    """A heading's place on its page, under the name that it has at the code host; headings may share one."""
    return re.sub(r"[^\w\- ]", "", title.casefold()).strip().replace(" ", "-")


def own_name(name: str, taken: dict[str, int]) -> str:
    """A name as it is, or numbered until nothing else has it, as code hosts do.

    Args:
        name: The name.
        taken: Those that are taken, each with the last number that was tried behind it; from now on this one, too.
    """
    own = name
    while own in taken:
        taken[name] += 1
        own = f"{name}-{taken[name]}"
    taken[own] = 0
    return own


def anchors(tokens: Sequence[Token], taken: Iterable[str] = ()) -> Iterator[tuple[str, Token]]:
    """The place of each heading under a name of its own, as code hosts number those that share one; with its inline token.

    Args:
        tokens: Those of a text.
        taken: Names that something else on the page has.
    """
    names = dict.fromkeys(taken, 0)
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            inline = tokens[position + 1]
            yield own_name(anchor(plain(inline)) or "section", names), inline


def _cell_bounds(line: str) -> list[tuple[int, int]]:
    """Where the cells of a table row begin and end, white space left off; an escaped bar does not part cells."""
    bars = [bar.start() for bar in BAR.finditer(line)]
    edges = [-1, *bars, len(line)]
    cells = list(pairwise(edges))
    if bars and not line[: bars[0]].strip():
        cells = cells[1:]
    bounds = []
    for before, after in cells:
        inside = line[before + 1 : after]
        start = before + 1 + len(inside) - len(inside.lstrip())
        bounds.append((start, max(start, before + 1 + len(inside.rstrip()))))
    return bounds


def read_body(text: Text, start: int, *, rows: int = 2000) -> Body:
    """Parse what follows an offset of the file.

    Args:
        text: The file.
        start: Where the body begins.
        rows: The most rows of one table.
    """
    offset = text.position(start)[0] - 1
    env: dict[str, Any] = {}
    tokens, excess = parse(text.string[start:], env, rows=rows)
    notes = next((i for i, t in enumerate(tokens) if t.type == "footnote_block_open"), len(tokens))
    headings = [i for i, t in enumerate(tokens) if t.type == "heading_open" and t.tag == "h2" and t.level == 0]
    body = Body(text, offset, tokens, env)
    sections = tuple(
        Section(plain(tokens[at + 1]), text.line_span(body.line_of(tokens[at])), at + 3, end)
        for at, end in pairwise([*headings, notes])
    )
    findings = tuple(
        Finding(text.line_span(offset + line + 1), limit, "Put logs and data into a fence or a file beside it.")
        for line, limit in sorted(excess.items())
    )
    return Body(text, offset, tokens, env, sections, notes, findings)
