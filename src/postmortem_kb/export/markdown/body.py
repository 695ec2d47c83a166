"""The body of a postmortem, written anew from its tokens: in one form, and with nothing in it that only looks harmless.

Lists are indented by four, as Python-Markdown wants them and CommonMark allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from postmortem_kb.export.markdown.text import code, escaped, fence, lines, link, table
from postmortem_kb.render.markdown import Links
from postmortem_kb.source.body import plain

_CONTAINERS = ("bullet_list", "ordered_list", "list_item", "blockquote", "alert", "footnote", "table", "tr")
_DEEPEST = 8
"""Levels of lists and quotes; what is deeper is written on the last one."""
_NOTHING = "&#8203;"
"""The first line of a list item that begins with something else than text."""
_INLINE = {"em_open": "*", "em_close": "*", "strong_open": "**", "strong_close": "**", "s_open": "~~", "s_close": "~~"}
_ALIGN = {"text-align:left": ":--", "text-align:right": "--:", "text-align:center": ":-:"}


@dataclass(slots=True)
class _Container:
    """A list, an item, a quote, a footnote, a table or its row, with the blocks in it; each with what it is."""

    token: Token
    blocks: list[tuple[str, str]] = field(default_factory=list)
    heading: str = ""
    """The mark of the heading whose text comes next."""
    rows: list[list[str]] = field(default_factory=list)
    align: list[str] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.blocks]


class Writer:
    """Writes ranges of a body's tokens."""

    def __init__(self, links: Links) -> None:
        self.links = links

    def blocks(self, tokens: Sequence[Token]) -> str:
        """The Markdown of some blocks."""
        stack = [_Container(Token("root", "", 0))]
        for token in tokens:
            name, _, way = token.type.rpartition("_")
            if name in _CONTAINERS and way == "open":
                stack.append(_Container(token))
            elif name == "tr" and way == "close":
                row = stack.pop()
                stack[-1].rows.append(row.texts)
                stack[-1].align += row.align
            elif name in _CONTAINERS and way == "close":
                done = stack.pop()
                stack[-1].blocks.append((name, _closed(done, name, len(stack))))
            else:
                self._add(token, stack[-1])
        return "\n\n".join(stack[0].texts)

    def _add(self, token: Token, container: _Container) -> None:
        if token.type == "heading_open":
            container.heading = "#" * max(3, int(token.tag[1:])) + " "
        elif token.type == "th_open":
            container.align.append(_ALIGN.get(str(token.attrGet("style")), "---"))
        elif token.type == "inline":
            container.blocks.append(self._text(token, container))
        elif token.type in ("fence", "code_block"):
            words = token.info.split()
            container.blocks.append(("code", fence(token.content, words[0] if words else "")))
        elif token.type == "hr":
            container.blocks.append(("rule", "* * *"))

    def inline(self, token: Token, *, cell: bool = False) -> str:
        """The Markdown of one inline token, in a table's cell on one line."""
        out: list[str] = []
        opened: list[tuple[int, str | None, str]] = []
        for child in token.children or ():
            if child.type in _INLINE:
                out.append(_INLINE[child.type])
            elif child.type == "code_inline":
                out.append(code(child.content, cell=cell))
            elif child.type in ("softbreak", "hardbreak"):
                out.append(" " if cell else "\n" if child.type == "softbreak" else "  \n")
            elif child.type == "link_open":
                opened.append((len(out), self.links.link(str(child.attrGet("href") or "")), _title(child)))
            elif child.type == "link_close" and opened:
                start, address, title = opened.pop()
                label = "".join(out[start:])
                del out[start:]
                _append_link(out, label if address is None else link(label, address, title))
            elif child.type == "image":
                _append_link(out, self._image(child))
            elif child.type == "footnote_ref":
                out.append(f"[^{child.meta['id'] + 1}]")
            else:
                text = escaped(child.content)
                # Behind the mark of a footnote a colon would begin its text.
                out.append(f"&#58;{text[1:]}" if text.startswith(":") and out and out[-1].startswith("[^") else text)
        text = "".join(out)
        return text.strip() if cell else lines(text).strip()

    def heading(self, token: Token) -> str:
        """The Markdown of a heading's inline token, on one line and without the marks in front of it."""
        text = self.inline(token).replace("\n", " ")
        return f"{text[:-1]}\\#" if text.endswith("#") else text

    def _image(self, token: Token) -> str:
        label = escaped(plain(token)) or "Picture"
        source = self.links.image(str(token.attrGet("src") or ""))
        return label if source is None else f"!{link(label, source.address, _title(token))}"

    def _text(self, token: Token, container: _Container) -> tuple[str, str]:
        if container.token.type == "tr_open":
            return "cell", self.inline(token, cell=True)
        mark, container.heading = container.heading, ""
        if mark:
            return "heading", mark + self.heading(token)
        text = self.inline(token)
        if container.token.type == "alert_open" and not container.blocks:
            return "text", f"**{text}**"
        return "text", text


def _title(token: Token) -> str:
    """The title of a link or a picture."""
    return str(token.attrGet("title") or "")


def _append_link(out: list[str], text: str) -> None:
    # A mark of exclamation before a link would make a picture of it.
    if out and out[-1].endswith("!") and text.startswith("["):
        out[-1] = f"{out[-1][:-1]}&#33;"
    out.append(text)


def _closed(container: _Container, name: str, depth: int) -> str:
    if name == "table":
        return table(container.rows[0], container.rows[1:], container.align)
    if depth > _DEEPEST:
        return "\n\n".join(container.texts)
    if name in ("blockquote", "alert"):
        return "\n".join(f"> {line}".rstrip() for line in "\n\n".join(container.texts).split("\n"))
    return _list(container) if name in ("bullet_list", "ordered_list") else _item(container)


def _list(container: _Container) -> str:
    first = int(container.token.attrGet("start") or 1)
    ordered = container.token.type == "ordered_list_open"
    items = [f"{f'{first + n}.' if ordered else '-'} {text}".rstrip() for n, text in enumerate(container.texts)]
    return ("\n\n" if any("\n\n" in item for item in items) else "\n").join(items)


def _item(container: _Container) -> str:
    """An item of a list, or a footnote: its first line, and the others indented."""
    kinds, texts, token = [kind for kind, _ in container.blocks], container.texts, container.token
    if not texts or kinds[0] != "text":
        texts.insert(0, _NOTHING)
    nested = bool(kinds) and kinds[0] == "text" and set(kinds[1:]) <= {"bullet_list", "ordered_list"}
    first, *rest = ("\n" if nested else "\n\n").join(texts).split("\n")
    text = "\n".join([first, *(f"    {line}" if line else "" for line in rest)])
    if token.type == "footnote_open":
        return f"[^{token.meta['id'] + 1}]: {text}"
    checked = token.meta.get("checked")
    return text if checked is None else f"[{'x' if checked else ' '}] {text}"
