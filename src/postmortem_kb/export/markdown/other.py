"""Pages of the site that have no writer of their own here, from their HTML: headings, text, lists, tables and links.

Pictures drawn in HTML are left out; each has its data in a table beside it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from html.parser import HTMLParser

from postmortem_kb.export.markdown.place import Place
from postmortem_kb.export.markdown.text import escaped, head, lines, link, plain, table
from postmortem_kb.pages.page import Page
from postmortem_kb.source.links import scheme

_SILENT = ("svg", "script", "style", "form", "button", "template", "nav", "select", "canvas", "noscript")
_BREAKS = (
    "p",
    "div",
    "section",
    "article",
    "header",
    "footer",
    "figure",
    "figcaption",
    "summary",
    "details",
    "dl",
    "main",
)
# What explains a drawing is left out with it.
_SILENT_CLASSES = {"headerlink", "pm-count", "pm-legend"}
_PART_CLASSES = {"pm-meta", "pm-note"}
_ITEMS = ("li", "dt", "dd")
# Marks in the gathered text, which are none of its own characters: between tags, and between parts of an item.
_GAP, _PART = "\x01", "\x02"
_CLOSE_GAPS = re.compile(f"\\s*{_GAP}+\\s*(?=[,.;:)])")
_GAPS = re.compile(_GAP)
_NO_PARTS = re.compile(f"([·:;,(])\\s*{_PART}[{_PART}\\s]*")
_PARTS = re.compile(f"(?<=\\S)\\s*{_PART}[{_PART}\\s]*(?=[^\\s·;,.:)])")
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
_VOID = ("br", "img", "input", "hr", "col", "wbr", "source", "link", "meta")


def page(source: Page, place: Place) -> str:
    """The page as Markdown."""
    reader = _Reader(source.path, place)
    reader.feed(source.make().html)
    reader.close()
    reader.end_block()
    top = [] if any(block.startswith("# ") for block in reader.blocks) else [f"# {plain(source.title)}"]
    return "\n\n".join([head(source.title), *top, *reader.blocks]) + "\n"


class _Reader(HTMLParser):
    """Gathers text into blocks; inside of a cell or an item, everything is one line."""

    def __init__(self, path: str, place: Place) -> None:
        super().__init__()
        self.path, self.place = path, place
        self.blocks: list[str] = []
        self.text: list[str] = []
        self.silent: list[str] = []
        self.rows: list[list[str]] | None = None
        self.links: list[tuple[int, str]] = []
        self.marks: list[int] = []
        self.lists = 0
        self.items: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        classes = set((values.get("class") or "").split())
        hidden = "hidden" in values or values.get("aria-hidden") == "true" or classes & _SILENT_CLASSES
        if tag not in _VOID and (self.silent or tag in _SILENT or hidden):
            self.silent.append(tag)
        elif tag == "table":
            self.end_block()
            self.rows = []
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("ul", "ol", "dl"):
            self.end_item() if self.lists else self.end_block()
            self.lists += 1
        elif tag in _ITEMS:
            self.end_item()
        elif tag in _BREAKS or _heading(tag):
            self.text.append(_PART) if self._inside else self.end_block()
        elif tag == "a":
            self.links.append((len(self.text), values.get("href") or ""))
        elif tag in _MARKS:
            self.marks.append(len(self.text))
        else:
            self.text.append(_PART if self._inside and classes & _PART_CLASSES else _GAP)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent:
            while self.silent.pop() != tag:
                pass
        elif self.silent:
            return
        elif tag in _ENDS:
            _ENDS[tag](self)
        elif _heading(tag) and not self._inside:
            if title := self._taken():
                self.blocks.append(f"{'#' * int(tag[1:])} {title}")
        elif tag in _BREAKS and not self._inside:
            self.end_block()
        elif tag in _MARKS:
            self._end_mark(_MARKS[tag])
        else:
            self.text.append(_GAP)

    def end_table(self) -> None:
        """End a table; its first row is the head."""
        rows = [row for row in self.rows or () if row]
        self.rows = None
        if rows:
            widest = max(map(len, rows))
            rows = [row + [""] * (widest - len(row)) for row in rows]
            self.blocks.append(table(rows[0], rows[1:]))

    def end_caption(self) -> None:
        """End what stands above a table."""
        if text := self._taken():
            self.blocks.append(text)

    def end_cell(self) -> None:
        """End a cell of a table."""
        if self.rows:
            self.rows[-1].append(self._taken())

    def end_list(self) -> None:
        """End a list, or one inside of another."""
        self.end_item()
        self.lists = max(0, self.lists - 1)
        if not self.lists and self.items:
            self.blocks.append("\n".join(self.items))
            self.items = []

    def end_item(self) -> None:
        """End an item of a list."""
        if (text := self._taken()) and self.rows is None:
            self.items.append(f"{'    ' * max(0, self.lists - 1)}- {text}")

    def end_term(self) -> None:
        """End the name of what comes next."""
        self.end_item()
        if self.items:
            self.items[-1] = f"- **{self.items[-1].lstrip(' -')}:**"

    def end_value(self) -> None:
        """End what belongs to a name."""
        if self.items and self.items[-1].endswith(":**"):
            self.items[-1] += f" {self._taken()}"
        else:
            self.end_item()

    def end_link(self) -> None:
        """End a link."""
        if self.links:
            start, href = self.links.pop()
            label = " ".join(_GAPS.sub(" ", "".join(self.text[start:]).replace(_PART, " ")).split())
            self.text[start:] = [self._link(label, href), _GAP] if label else []

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.text.append(escaped(data))

    def end_block(self) -> None:
        """End a paragraph."""
        if text := self._taken():
            self.blocks.append(text)

    @property
    def _inside(self) -> bool:
        return self.rows is not None or self.lists > 0

    def _taken(self) -> str:
        text = _GAPS.sub(" ", _CLOSE_GAPS.sub("", "".join(self.text)))
        text = _PARTS.sub(" · ", _NO_PARTS.sub(r"\1 ", " ".join(text.split()))).replace(_PART, "").strip()
        self.text, self.links, self.marks = [], [], []
        return lines(text)

    def _end_mark(self, mark: str) -> None:
        if self.marks:
            start = self.marks.pop()
            inside = "".join(self.text[start:]).strip(f" \n\t{_GAP}{_PART}")
            self.text[start:] = [f"{mark}{inside}{mark}"] if inside else []

    def _link(self, label: str, href: str) -> str:
        if scheme(href) or href.startswith(("#", "//")):
            return link(label, href) if scheme(href) else label
        target = posixpath.normpath(posixpath.join(self.path, href.partition("#")[0]))
        path = "" if target == "." else f"{target}/"
        return self.place.to(label, path) if path != self.path else label


def _heading(tag: str) -> bool:
    return len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()


_ENDS: dict[str, Callable[[_Reader], None]] = {
    "table": _Reader.end_table,
    "caption": _Reader.end_caption,
    "a": _Reader.end_link,
    **dict.fromkeys(("td", "th"), _Reader.end_cell),
    **dict.fromkeys(("ul", "ol", "dl"), _Reader.end_list),
    "li": _Reader.end_item,
    "dt": _Reader.end_term,
    "dd": _Reader.end_value,
}
