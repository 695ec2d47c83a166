"""The Markdown dialect: what reviewers see on a code host, read within limits, so that no text can stop a run.

What goes beyond a limit stays in the tokens as text, and the limit's line is kept: the rest of a body is still read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock, blockquote, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.gfm import gfm_plugin

from postmortem_kb.source.footnotes import gather_footnotes

# Deep enough for any document that a person wrote; the parser's own default of 20 drops text below it.
_NESTING = 100
_ALL: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
_BRACKETS = ("link", "image", "footnote_ref")
_MARKS = "\n!&*:<@[\\]_`~"
_STOP = re.compile(rf"[{re.escape(_MARKS)}]|w(?=ww\.)")
"""Where the rules that are on may begin. The parser's own stops at each `w` and `-`, too, and asks all of them."""
_COUNTED = (*_MARKS, "www.")
_PROTOCOLS = ("http", "https", "mailto", "xmpp")
_ADDRESS = re.compile(r"\S{1,4000}(?!\S)")
"""The longest address that becomes a link without brackets around it."""
_KEPT = 10
"""So many places are told where a limit was met."""
_NEXT_FROM, _NEXT = -1, -2
"""Where the next bracket was looked for, and found: kept in the parser's memory of positions, which are not negative."""


@dataclass(slots=True, eq=False)
class Allowance:
    """How much of one body may still be read as Markdown."""

    rows: int
    """The most rows of one table."""
    steps: int = 20_000
    """Lines that could begin a block, and those that do twice: a hundred times those of a long postmortem."""
    marks: int = 30_000
    """Characters that could mean something inside a paragraph."""
    reach: int = 4_000_000
    """Characters that are looked at ahead of such a mark."""
    cells: int = 20_000
    line: int = 0
    """Of the body, from 0: where the paragraph begins that is being read."""
    excess: dict[int, str] = field(default_factory=dict)
    """Lines of the body, from 0, and the limit that was met there."""

    def meet(self, line: int, limit: str) -> None:
        """Keep that a limit was met."""
        if len(self.excess) < _KEPT:
            self.excess.setdefault(line, limit)


@cache
def parser(*, html: bool = False) -> MarkdownIt:
    """The one Markdown dialect. Raw HTML stays text, unless it is asked for, as a code host reads it."""
    markdown = MarkdownIt("commonmark", {"html": html, "maxNesting": _NESTING})
    markdown.use(gfm_plugin)
    markdown.core.ruler.at("inline", _paragraphs)
    markdown.core.ruler.at("footnote_tail", gather_footnotes)
    blocks, inline = markdown.block.ruler, markdown.inline.ruler
    blocks.at("blockquote", _quote, _ALL)
    blocks.at("table", _table, {"alt": ["paragraph", "reference"]})
    blocks.before("table", "allowance", _step, _ALL)
    rules = dict(zip(inline.get_active_rules(), inline.getRules(""), strict=True))
    for name in _BRACKETS:
        inline.at(name, _bracket(rules[name]))
    markdown.inline.terminator_re = _STOP
    inline.at("gfm_autolink_www", _address(rules["gfm_autolink_www"], "w", lambda state: True))
    inline.at("gfm_autolink_protocol", _address(rules["gfm_autolink_protocol"], ":", _has_protocol))
    inline.at("gfm_autolink_email", _address(rules["gfm_autolink_email"], "@", lambda state: True))
    return markdown


def parse(text: str, env: dict[str, Any], *, rows: int) -> tuple[list[Token], dict[int, str]]:
    """The tokens of a body, and the lines, from 0, on which a limit was met.

    Args:
        text: The body.
        env: Takes up what tokens refer to.
        rows: The most rows of one table.
    """
    allowance = env["allowance"] = Allowance(rows)
    tokens = parser().parse(text, env)
    del env["allowance"]
    return tokens, allowance.excess


def parse_blocks(text: str, *, rows: int) -> list[Token]:
    """The blocks of a body, raw HTML among them, without what their sentences are made of; none where a limit was met.

    Args:
        text: The body.
        rows: The most rows of one table.
    """
    tokens: list[Token] = []
    markdown, env = parser(html=True), {"allowance": Allowance(rows)}
    markdown.block.parse(re.sub(r"\r\n?", "\n", text), markdown, env, tokens)
    return [] if env["allowance"].excess else tokens


def _allowance(env: Any) -> Allowance:
    found: Allowance = env.setdefault("allowance", Allowance(2000))
    return found


def _step(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Counts; once nothing is left, the rest is one block of text."""
    allowance = _allowance(state.env)
    allowance.steps -= 1 if silent else 2
    if allowance.steps >= 0:
        return False
    if not silent:
        allowance.meet(start, "So many blocks of Markdown are not read: from here on it is plain text")
        _leave(state, start, end)
    return True


def _leave(state: StateBlock, start: int, end: int) -> None:
    token = state.push("code_block", "code", 0)
    token.content = state.src[state.bMarks[start] : state.eMarks[end - 1]]
    token.map = [start, end]
    state.line = end


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    # Each level of quotes goes over all of their lines.
    if not silent and state.src.startswith(">", state.bMarks[start] + state.tShift[start]):
        line = start
        while line < end and state.src.startswith(">", state.bMarks[line] + state.tShift[line]):
            line += 1
        _allowance(state.env).steps -= (line - start) // 4
    return blockquote(state, start, end, silent)


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if not table(state, start, end, True) or silent:
        return silent and table(state, start, end, True)
    allowance = _allowance(state.env)
    columns = state.src.count("|", state.bMarks[start + 1], state.eMarks[start + 1]) + 1
    stop = start + 2
    while stop < end and not state.isEmpty(stop) and state.sCount[stop] >= state.blkIndent:
        stop += 1
    rows = stop - start - 2
    if rows > allowance.rows:
        allowance.meet(start, f"This table has {rows:,} rows; at most {allowance.rows:,} are read")
    elif (rows + 1) * columns > allowance.cells:
        allowance.meet(start, "This table, with those above it, has more cells than are read")
    else:
        allowance.cells -= (rows + 1) * columns
        return table(state, start, end, False)
    _leave(state, start, stop)
    return True


def _paragraphs(state: StateCore) -> None:
    """Reads the inside of paragraphs, headings and cells; what holds too many marks stays as it is typed."""
    allowance = _allowance(state.env)
    for token in state.tokens:
        if token.type == "inline":
            token.children = token.children or []
            marks = sum(map(token.content.count, _COUNTED))
            allowance.line = token.map[0] if token.map else 0
            if not marks:
                # Most cells, and many lines: nothing in them could mean anything.
                token.children += [Token("text", "", 0, content=token.content)] if token.content else []
            elif marks <= allowance.marks:
                allowance.marks -= marks
                state.md.inline.parse(token.content, state.md, state.env, token.children)
            else:
                allowance.meet(allowance.line, "So many marks of Markdown are not read: this text stays as it is typed")
                token.children.append(Token("code_inline", "code", 0, content=token.content, markup="`"))


Rule = Callable[[StateInline, bool], bool]


def _bracket(rule: Rule) -> Rule:
    """A rule that looks for a closing bracket, and is asked only where there is one within reach."""

    def bounded(state: StateInline, silent: bool) -> bool:
        if state.src[state.pos] not in "[!":
            return False
        end = _next_bracket(state)
        return end < state.posMax and _reach(state, end - state.pos) and rule(state, silent)

    return bounded


def _next_bracket(state: StateInline) -> int:
    pos, known = state.pos, state.cache
    if not known.get(_NEXT_FROM, pos + 1) <= pos <= known.get(_NEXT, -1):
        end = state.src.find("]", pos)
        known[_NEXT_FROM], known[_NEXT] = pos, end if end >= 0 else len(state.src)
    return known[_NEXT]


def _address(rule: Rule, mark: str, fits: Callable[[StateInline], bool]) -> Rule:
    """A rule for addresses without brackets, which copies and goes over what is behind its mark."""

    def bounded(state: StateInline, silent: bool) -> bool:
        if state.src[state.pos] != mark or not fits(state) or not _reach(state, state.posMax // 500):
            return False
        address = _ADDRESS.match(state.src, state.pos)
        return _reach(state, len(address[0]) if address else 4000) and bool(address) and rule(state, silent)

    return bounded


def _has_protocol(state: StateInline) -> bool:
    return state.pending[-6:].endswith(_PROTOCOLS)


def _reach(state: StateInline, distance: int) -> bool:
    allowance = _allowance(state.env)
    if allowance.reach < 0:
        return False
    allowance.reach -= distance
    if allowance.reach < 0:
        line = allowance.line + state.src.count("\n", 0, state.pos)
        allowance.meet(line, "So many open brackets and addresses are not read: from here on they are plain text")
    return allowance.reach >= 0
