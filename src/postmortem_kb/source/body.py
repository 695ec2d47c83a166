"""The Markdown below the frontmatter: sections, tables and prose, each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.gfm import gfm_plugin

from postmortem_kb.diagnostic import Span
from postmortem_kb.source.text import Text

# Deep enough for any document that a person wrote; the parser's own default of 20 drops text below it.
_NESTING = 100


@cache
def parser() -> MarkdownIt:
    """The one Markdown dialect: what reviewers see on a code host. Raw HTML stays text."""
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": _NESTING})
    markdown.use(gfm_plugin)
    return markdown


@dataclass(frozen=True, slots=True)
class Cell:
    """A table's cell: its text without markup, its inline token, its place."""

    text: str
    token: Token
    span: Span


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Section:
    """What stands below a level-2 heading, up to the next one."""

    title: str
    span: Span
    first: int
    """Position of the first token behind the heading."""
    last: int
    """Position behind the last token."""


@dataclass(frozen=True, slots=True)
class Prose:
    """A run of text outside code."""

    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
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

    def section(self, title: str) -> Section | None:
        """The first section of this name."""
        return next((section for section in self.sections if section.title == title), None)

    def tables(self, section: Section) -> Iterator[Table]:
        """The tables that stand directly in a section, in order."""
        for position in range(section.first, section.last):
            if self.tokens[position].type == "table_open" and self.tokens[position].level == 0:
                yield self._table(position)

    def prose(self) -> Iterator[Prose]:
        """All text outside code, in order, a run at a time."""
        for token in self.tokens:
            if token.type == "inline" and token.map and token.children:
                yield from self._runs(token, *token.map)

    def line_of(self, token: Token) -> int:
        """The line of the file on which a block token begins."""
        return self.offset + (token.map[0] if token.map else 0) + 1

    def _runs(self, token: Token, first: int, last: int) -> Iterator[Prose]:
        line = self.offset + first + 1
        source, cursor = self.text.line(line), 0
        for child in token.children or ():
            if child.type in ("softbreak", "hardbreak"):
                line, cursor = min(line + 1, self.offset + last), 0
                source = self.text.line(line)
                continue
            if not child.content:
                continue
            # Text that an entity or an escape changed is not found as it reads: the cursor stays where it was.
            found = source.find(child.content, cursor)
            column = found if found >= 0 else cursor
            if child.type == "text":
                yield Prose(child.content, line, column + 1)
            cursor = column + (len(child.content) if found >= 0 else 0)

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
        bounds = _cell_bounds(self.text.line(line))
        cells: list[Cell] = []
        while self.tokens[position].type != "tr_close":
            token = self.tokens[position]
            if token.type == "inline":
                start, end = bounds[len(cells)] if len(cells) < len(bounds) else (0, 0)
                cells.append(Cell(plain(token), token, Span(line, start + 1, line, end + 1)))
            position += 1
        return tuple(cells)


def plain(token: Token) -> str:
    """The words of an inline token without its markup."""
    return "".join(
        child.content if child.type in ("text", "code_inline") else " " if child.type.endswith("break") else ""
        for child in token.children or ()
    ).strip()


def _cell_bounds(line: str) -> list[tuple[int, int]]:
    """Where the cells of a table row begin and end, white space left off; an escaped bar does not part cells."""
    bars = [i for i, c in enumerate(line) if c == "|" and not (i and line[i - 1] == "\\")]
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


def read_body(text: Text, start: int) -> Body:
    """Parse what follows an offset of the file."""
    offset = text.position(start)[0] - 1
    env: dict[str, Any] = {}
    tokens = parser().parse(text.string[start:], env)
    notes = next((i for i, t in enumerate(tokens) if t.type == "footnote_block_open"), len(tokens))
    headings = [i for i, t in enumerate(tokens) if t.type == "heading_open" and t.tag == "h2" and t.level == 0]
    body = Body(text, offset, tokens, env)
    sections = tuple(
        Section(plain(tokens[at + 1]), text.line_span(body.line_of(tokens[at])), at + 3, end)
        for at, end in pairwise([*headings, notes])
    )
    return Body(text, offset, tokens, env, sections, notes)
