"""The body of a postmortem as the public may read it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from urllib.parse import quote, unquote

from markdown_it.token import Token

from postmortem_kb.audience.unseen import without_html
from postmortem_kb.audience.wording import Wording
from postmortem_kb.source.body import Body, anchors, plain, read_body
from postmortem_kb.source.dialect import parse_blocks
from postmortem_kb.source.text import Text

_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,30}")
_DRAWN = "mermaid"
_NOTE = re.compile(r"^[^\S\n]*+%%(?!\{)[^\n]+\n?", re.MULTILINE)
"""A comment, by what Mermaid itself takes out of a diagram (`cleanupComments`)."""
_FOLDER = re.compile(r"(?<!\\)(?<![^\W_])\\(?=[\w.-]+\\[\w$])")
"""How a folder of Windows at a host begins where two backslashes were read as one."""
_MARKS = re.compile(r"[\\`*_\[\]<&~|]")
"""What would be read as markup: mdformat writes what stands for a picture as it is."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Where addresses lead on the public site; None: nowhere."""

    link: Callable[[str], str | None]
    picture: Callable[[str], str | None]


def public_tokens(body: Body, rows: int, sections: Collection[str], wording: Wording, ways: Ways) -> list[Token]:
    """The tokens of a body's public sections, all of which is told being fit for the public.

    Args:
        body: The body as it was written.
        rows: The most rows of one table that are read.
        sections: The headings of public sections.
        wording: What must not be told.
        ways: Where links and pictures lead.
    """
    start = body.text.starts[body.offset] if body.offset < len(body.text.starts) else len(body.text.string)
    text = body.text.string[start:]
    # The tokens change below: nobody else reads those of a text of which there is a public one.
    seen = read_body(Text.of(without_html(text, parse_blocks(text, rows=rows))), 0, rows=rows) if "<" in text else body
    tokens = list(_sections(seen, {title.casefold() for title in sections}))
    notes = list(_notes(tokens, seen.tokens[seen.notes :]))
    told = tokens + notes
    kept = {id(token) for token in told}
    places = {name: token for name, token in anchors(seen.tokens) if id(token) in kept}

    def link(href: str) -> str | None:
        return href if _place(href) in places else ways.link(href)

    for token in told:
        _tell(token, wording, replace(ways, link=link))
    _lead_within(told, places)
    return told


def _place(href: str) -> str:
    return unquote(href[1:]).casefold() if href.startswith("#") else ""


def _lead_within(told: Sequence[Token], places: Mapping[str, Token]) -> None:
    """Let links to a heading lead to its new place: others of its name are left out, and who is named in it is not told."""
    names = {id(token): name for name, token in anchors(told)}
    for child in chain.from_iterable(token.children or () for token in told):
        if child.type == "link_open" and (heading := places.get(_place(str(child.attrGet("href") or "")))):
            child.attrs["href"] = f"#{quote(names[id(heading)])}"


def _sections(body: Body, titles: Collection[str]) -> Iterator[Token]:
    """What stands below a public heading; a heading of the first level ends a section, too."""
    public = False
    for position, token in enumerate(body.tokens[: body.notes]):
        if token.type == "heading_open" and token.level == 0 and token.tag in ("h1", "h2"):
            public = token.tag == "h2" and plain(body.tokens[position + 1]).casefold() in titles
        if public:
            yield token


def _notes(tokens: list[Token], notes: list[Token]) -> Iterator[Token]:
    """The footnotes to which tokens refer, and those to which these refer."""
    each: dict[str, list[Token]] = {}
    for token in notes[1:-1]:
        if token.type == "footnote_open":
            label = str(token.meta["label"])
        each.setdefault(label, []).append(token)
    asked = list(dict.fromkeys(_labels(tokens)))
    for label in asked:
        asked.extend(other for other in dict.fromkeys(_labels(each.get(label, []))) if other not in asked)
    if asked:
        # A label is read nowhere but in the file: a number tells nothing.
        numbers = {label: str(number) for number, label in enumerate(asked, 1)}
        found = [notes[0], *chain.from_iterable(each.get(label, ()) for label in asked), notes[-1]]
        for token in chain(tokens, found):
            for child in (token, *(token.children or ())):
                if child.type.startswith("footnote_") and "label" in child.meta:
                    child.meta = {**child.meta, "label": numbers[child.meta["label"]]}
        yield from found


def _labels(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        yield from (str(c.meta["label"]) for c in token.children or () if c.type == "footnote_ref")


def _tell(token: Token, wording: Wording, ways: Ways) -> None:
    if token.type == "inline":
        if "\\\\" in token.content:
            _type_folders(token)
        token.children = list(_joined(_leading(token.children or [], wording, ways)))
        words = _words(token)
        if not _runs_over(token.children, wording):
            token.children = list(_inside(token.children, wording))
            words = _words(token)
        # With what stands for a picture, which is read by itself above, it may be one name all the same.
        if wording.told(words) != words:
            token.children = [Token("text", "", 0, content=wording.told(words))]
    elif token.type in ("fence", "code_block"):
        language = _LANGUAGE.match(token.info)
        token.info = language[0] if language else ""
        # No code host shows the comments of a diagram; those of other code it does.
        content = _NOTE.sub("", token.content) if token.info.lower() == _DRAWN else token.content
        token.content = wording.told(content)


def _type_folders(token: Token) -> None:
    r"""Write `\\host\path` in texts, titles and what stands for a picture as it was typed: the parser makes one backslash of the first two."""
    begin = {match.start() for match in _FOLDER.finditer(_words(token))}
    at = 0
    for child in token.children or ():
        end = at + len(_word(child, "\n"))
        if child.type == "text":
            child.content = "".join("\\" * (at + i in begin) + sign for i, sign in enumerate(child.content))
        if title := child.attrGet("title"):
            child.attrs["title"] = _FOLDER.sub(r"\\\g<0>", str(title))
        _type_folders(child)
        at = end


def _runs_over(children: list[Token], wording: Wording) -> bool:
    """Whether a name or an address begins in one part of a sentence and ends in another, as where a part of it is emphasised."""
    text, ends = "", []
    for child in children:
        text += _word(child, "\n")
        ends.append(len(text))
        if child.type == "image" or (child.type == "code_inline" and "://" in child.content):
            # What is read by itself does not go on behind it.
            text += " "
    return any(bisect_right(ends, start) != bisect_left(ends, end) for start, end, _ in wording.hidden(text))


def _inside(children: list[Token], wording: Wording) -> Iterator[Token]:
    before = ""
    for child in children:
        if child.type == "image":
            # What stands for a picture is plain text, whatever marks were typed there.
            child.content = wording.told(_words(child, " "))
            child.children = [Token("text", "", 0, content=_MARKS.sub(_entity, child.content))]
        elif child.type not in ("link_open", "link_close"):
            child.content = wording.told(child.content, before)
            before = child.content if child.content.strip() else before
        yield child


def _leading(children: list[Token], wording: Wording, ways: Ways) -> Iterator[Token]:
    """What stands in a sentence, without the links and pictures that lead nowhere."""
    shown: list[bool] = []
    for child in children:
        if child.type == "link_open":
            shown.append(_lead(child, "href", ways.link, wording))
        kept = shown[-1] if child.type in ("link_open", "link_close") else True
        if child.type == "link_close":
            shown.pop()
        elif child.type == "image":
            kept = _lead(child, "src", ways.picture, wording)
        if kept:
            yield child


def _joined(children: Iterable[Token]) -> Iterator[Token]:
    """Texts that follow on each other as one: the parser takes `git@host:path` for a mail address and what is behind it."""
    last: Token | None = None
    for child in children:
        if last and last.type == child.type == "text":
            last.content += child.content
            continue
        if last:
            yield last
        last = child
    if last:
        yield last


def _entity(mark: re.Match[str]) -> str:
    return f"&#{ord(mark[0])};"


def _lead(token: Token, attribute: str, way: Callable[[str], str | None], wording: Wording) -> bool:
    address = way(str(token.attrGet(attribute) or ""))
    title = token.attrGet("title")
    token.attrs = {} if address is None else {attribute: address}
    token.info = ""
    if title:
        token.attrs["title"] = wording.told(str(title))
    return address is not None


def _words(token: Token, line_break: str = "\n") -> str:
    return "".join(_word(child, line_break) for child in token.children or ())


def _word(child: Token, line_break: str) -> str:
    if child.type.endswith("break"):
        return line_break
    return _words(child, line_break) if child.type == "image" else child.content
