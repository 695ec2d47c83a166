"""Takes out of a body what a code host does not show: comments and other raw HTML outside of code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.token import Token

_VALUE = r"(?:[^\s\"'=<>`]+|'[^']{0,2000}'|\"[^\"]{0,2000}\")"
_MET = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`{1,10})(?!`)(?:[^`\n]|\n(?![ \t]*\n)){1,1000}(?P=ticks)(?!`))"
    r"|(?P<comment><!--)"
    r"|(?P<tag></[A-Za-z][A-Za-z0-9-]*\s*>"
    rf"|<[A-Za-z][A-Za-z0-9-]*(?:\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*{_VALUE})?)*\s*/?>"
    r"|<[!?][^>]{0,2000}>)"
)
_MARKERS = re.compile(r"[ \t>*+-]*(?:[0-9]+[.)][ \t]*)?")
_END = "-->"


def without_html(text: str, tokens: list[Token]) -> str:
    """A body without raw HTML.

    Args:
        text: The body.
        tokens: Its tokens, which tell where blocks of code stand.
    """
    kept, at = [], 0
    blocks = _code(text, tokens)
    first, last = next(blocks)
    while match := _MET.search(text, at):
        while last <= match.start():
            first, last = next(blocks)
        if match.start() >= first:
            kept.append(text[at:last])
            at = last
            continue
        kept.append(text[at : match.start()] + (match[0] if match["code"] else ""))
        at = match.end()
        if match["comment"]:
            end = text.find(_END, at)
            line = text.rfind("\n", 0, match.start()) + 1
            if end >= 0:
                at = end + len(_END)
            elif _MARKERS.fullmatch(text, line, match.start()):
                at = len(text)
            else:
                # One that never ends is text on a code host, too, and so is whatever follows.
                break
    return "".join((*kept, text[at:]))


def _code(text: str, tokens: list[Token]) -> Iterator[tuple[int, int]]:
    """Where blocks of code begin and end, in order; behind them a place that no text reaches."""
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text)), len(text)]
    for token in tokens:
        if token.type in ("fence", "code_block") and token.map:
            yield starts[token.map[0]], starts[min(token.map[1], len(starts) - 1)]
    yield len(text) + 1, len(text) + 2
