"""Footnotes, however they are typed: one inside of another, two of one name, or one to which nothing refers.

The parser's plugin reads their marks. What it makes of these cases is no tree any more, or lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markdown_it.rules_core import StateCore
from markdown_it.token import Token


def gather_footnotes(state: StateCore) -> None:
    """Put all footnotes behind everything else: in the order in which they are referred to, then the others as they are typed.

    Of several that have one name the first is meant, as on code hosts. A rule of the parser, after paragraphs were read.
    """
    if "footnotes" not in state.env:
        return
    asked: dict[str, dict[str, Any]] = {note["label"]: note for note in state.env["footnotes"]["list"].values()}
    body: list[Token] = []
    notes: dict[str, list[Token]] = {label: [] for label in asked}
    met: set[str] = set()
    inside = [body]
    for token in state.tokens:
        if token.type == "footnote_reference_open":
            label = token.meta["label"]
            # No reference holds a space.
            name = label if label in asked and label not in met else f"{label} {len(notes)}"
            met.add(label)
            inside.append(notes.setdefault(name, []))
        elif token.type == "footnote_reference_close":
            inside.pop()
        else:
            inside[-1].append(token)
    state.tokens = body
    if notes:
        state.tokens.append(Token("footnote_block_open", "", 1))
        for number, (name, tokens) in enumerate(notes.items()):
            state.tokens += _note({"id": number, "label": name}, tokens, asked.get(name, {}).get("count", 0))
        state.tokens.append(Token("footnote_block_close", "", -1))


def _note(meta: dict[str, Any], tokens: list[Token], references: int) -> Iterator[Token]:
    """A footnote, with a way back to each of its references at the end of what it says."""
    last = [tokens.pop()] if tokens and tokens[-1].type == "paragraph_close" else []
    yield Token("footnote_open", "", 1, meta=meta)
    yield from tokens
    for number in range(references):
        yield Token("footnote_anchor", "", 0, meta={**meta, "subId": number})
    yield from last
    yield Token("footnote_close", "", -1)
