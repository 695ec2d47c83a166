"""Takes out of a body what a code host does not show: comments and other raw HTML outside of code."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from markdown_it.token import Token

from postmortem_kb.source.text import BAR, Text

_VALUE = r"(?:[^\s\"'=<>`]+|'[^']{0,2000}'|\"[^\"]{0,2000}\")"
_MET = re.compile(
    r"(?P<code>(?<![`\\])(?P<ticks>`{1,10})(?!`)(?:[^`\n]|\n(?![ \t]*\n)){1,1000}(?P=ticks)(?!`))"
    r"|(?P<opened><!--|<\?|<!\[CDATA\[)"
    r"|(?P<tag></[A-Za-z][A-Za-z0-9-]*\s*>"
    rf"|<[A-Za-z][A-Za-z0-9-]*(?:\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*{_VALUE})?)*\s*/?>"
    r"|<![A-Za-z][^>]{0,2000}>)"
)
_ENDS = {"<!--": "-->", "<?": "?>", "<![CDATA[": "]]>"}
"""How each thing ends that may hold whatever it likes: CommonMark, 6.6."""
_MARKERS = re.compile(r"[ \t>*+-]*(?:[0-9]+[.)][ \t]*)?")
_Stretch = tuple[int, int]


def without_html(text: str, tokens: list[Token]) -> str:
    """A body without raw HTML.

    Args:
        text: The body.
        tokens: Its blocks as a code host reads them, which tell where code may stand.
    """
    starts = [*Text.of(text).starts, len(text)]
    kept, at = [], 0
    blocks, sentences = _blocks(text, starts, tokens), _Sentences(starts, tokens)
    first, last = next(blocks)
    endless: set[str] = set()
    while match := _MET.search(text, at):
        while last <= match.start():
            first, last = next(blocks)
        if match.start() >= first:
            kept.append(text[at:last])
            at = last
            continue
        shown = match.end("ticks") if match["code"] and not sentences.hold(match) else match.end()
        kept.append(text[at : shown if match["code"] else match.start()])
        at = shown
        if opened := match["opened"]:
            end = -1 if opened in endless else text.find(_ENDS[opened], at)
            line = starts[bisect_right(starts, match.start()) - 1]
            if end >= 0:
                at = end + len(_ENDS[opened])
            elif _MARKERS.fullmatch(text, line, match.start()):
                at = len(text)
            else:
                # One that never ends is text on a code host, too.
                endless.add(opened)
                kept.append(opened)
    return "".join((*kept, text[at:]))


def _blocks(text: str, starts: list[int], tokens: list[Token]) -> Iterator[_Stretch]:
    """Where blocks of code begin and end, in order; behind them a place that no text reaches."""
    found = (token.map for token in tokens if token.type in ("fence", "code_block") and token.map)
    # Those of footnotes come last.
    yield from sorted((starts[first], starts[min(last, len(starts) - 1)]) for first, last in found)
    yield len(text) + 1, len(text) + 2


class _Sentences:
    """Where code may stand within a sentence: it leaves neither its block nor its cell."""

    def __init__(self, starts: list[int], tokens: list[Token]) -> None:
        self.ends: dict[int, tuple[int, bool]] = {}
        """By where a block of sentences begins: where it ends, and whether it is a row of a table."""
        for before, token in pairwise(tokens):
            if token.type == "inline" and token.map:
                first, last = token.map
                row = before.type in ("th_open", "td_open")
                self.ends[starts[first]] = (starts[min(last, len(starts) - 1)], row)
        self.begin = sorted(self.ends)

    def hold(self, match: re.Match[str]) -> bool:
        """Whether what looks like code is code."""
        at = bisect_right(self.begin, match.start()) - 1
        end, row = self.ends[self.begin[at]] if at >= 0 else (0, False)
        return match.end() <= end and not (row and BAR.search(match[0]))
