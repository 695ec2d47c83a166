"""Values as Markdown text: whatever they hold is shown as it is typed, and nothing of it is markup but for code between backticks.

Most generators pass HTML through, and each has marks of its own. So what may mean something to any of them is written as
a character reference or behind a backslash, in forms that CommonMark and Python-Markdown both read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import quote

from postmortem_kb.pages.prose import pieces
from postmortem_kb.source.links import scheme

# Python-Markdown keeps its places with control characters; the others end a line in some programs.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_MARKS = str.maketrans(
    {
        "\\": "\\\\",
        "`": "\\`",
        "*": "\\*",
        "[": "\\[",
        "]": "\\]",
        "<": "&lt;",
        # Braces hold attributes, templates and expressions; a template is looked for before a backslash is read.
        "{": "&#123;",
        "}": "&#125;",
        "|": "&#124;",
        "~": "&#126;",
    }
)
_REFERENCE = re.compile(r"&(?=#?\w+;)")
# Inside of words an underscore means nothing to any of them.
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_LINE_START = re.compile(r"[#>=:]|[+-](?=[\s+-]|$)|!(?!\[)|/(?=//)|\?(?=\?\?)")
_NUMBER = re.compile(r"(\d+)[.)](?=\s|$)")
_SAFE_IN_ADDRESSES = "/:?#@!$&+,;=~%-._"
_MORE = re.compile(r"[^\w\s.,:;-]")
"""What may end a title, or what a generator looks for before it looks for links."""
_TICKS = re.compile("`+")


def printable(text: str) -> str:
    """A text without control characters, its lines ended by LF."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\r", "\n"))


def escaped(text: str) -> str:
    """A piece of a line. What means something at the beginning of a line alone is left to `lines`."""
    text = _REFERENCE.sub("&amp;", printable(text)).translate(_MARKS)
    return _UNDERSCORE.sub(r"\\_", text)


def lines(text: str) -> str:
    """Lines of escaped text and of marks of ours, none of which begins a block."""
    return "\n".join(_line(line) for line in text.split("\n"))


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A value as one line of a paragraph; what stands between backticks is code, as on our own pages."""
    told = pieces(" ".join(text.split()))
    return lines("".join(code(piece, cell=True) if is_code else escaped(piece) for piece, is_code in told))


def paragraphs(text: str) -> list[str]:
    """A value as paragraphs."""
    return [plain(part) for part in re.split(r"\n\s*\n", printable(text)) if part.strip()]


def code(text: str, *, cell: bool = False) -> str:
    """A piece of a line as code."""
    content = " ".join(printable(text).split("\n"))
    if cell and "|" in content:
        # Some take a backslash before a bar inside of code for a part of the code.
        return f"<code>{escaped(content)}</code>"
    ticks = "`" * (1 + max((len(run) for run in _TICKS.findall(content)), default=0))
    space = " " if content.startswith("`") or content.endswith("`") else ""
    return f"{ticks}{space}{content}{space}{ticks}" if content.strip() else ""


def fence(text: str, language: str = "") -> str:
    """A block of code."""
    content = printable(text).rstrip("\n")
    ticks = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(content)), default=0))
    name = language if re.fullmatch(r"[A-Za-z0-9_+#.-]+", language) else ""
    return f"{ticks}{name}\n{content}\n{ticks}"


def link(label: str, address: str, title: str = "") -> str:
    """A link to an address that stands in a file; the label, already Markdown, alone where it leads nowhere safe.

    Args:
        label: Markdown.
        address: As it is read, not as it is written.
        title: Plain text, which browsers show beside the pointer.
    """
    if scheme(address) not in ("", "http", "https", "mailto") or address.startswith("//"):
        return label
    target = quote(printable(address), safe=_SAFE_IN_ADDRESSES).replace("&", "&amp;")
    told = _MORE.sub(lambda sign: f"&#{ord(sign[0])};", " ".join(printable(title).split()))
    more = f' "{told}"' if told else ""
    return f"[{label or escaped(address)}]({target}{more})"


def outside(label: str, address: str) -> str:
    """A link to another site, or the label and the address as text."""
    if scheme(address) in ("http", "https", "mailto"):
        return link(escaped(" ".join(label.split())), address)
    return f"{plain(label)} {code(address)}"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]], align: Sequence[str] = ()) -> str:
    """A table of cells that are already Markdown.

    Args:
        titles: The cells of the head.
        rows: The other cells.
        align: `---`, `:--`, `--:` or `:-:` for each column.
    """
    rules = [*align, *["---"] * (len(titles) - len(align))]
    whole = [titles, rules, *rows]
    return "\n".join(f"| {' | '.join(cell.replace(chr(10), ' ') for cell in row)} |" for row in whole)


def html(text: str) -> str:
    """A value for a page's head: generators put it into HTML as it stands in the frontmatter."""
    text = _REFERENCE.sub("&amp;", " ".join(printable(text).split()))
    return text.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def head(title: str, *, wide: bool = False) -> str:
    """Frontmatter with a title: generators differ in what they make of the characters in a heading.

    Args:
        title: Plain text.
        wide: For a page of tables: Zensical and Material leave out what stands beside it, and do not search it.
    """
    hide = "hide: [navigation, toc]\nsearch: {exclude: true}\n" if wide else ""
    return f"---\ntitle: >-\n  {html(title)}\n{hide}---"


def _line(line: str) -> str:
    end = "  " if line.endswith("  ") else ""
    line = line.strip(" \t")
    if number := _NUMBER.match(line):
        return f"{number[1]}\\{line[number.end(1) :]}{end}"
    if _LINE_START.match(line):
        return f"&#{ord(line[0])};{line[1:]}{end}"
    return line + end
