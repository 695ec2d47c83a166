"""What reads the same in two states of a postmortem: links that lead where they led, and secrets that were struck out."""

from __future__ import annotations

import re
from functools import cached_property
from urllib.parse import unquote

from postmortem_kb.catalog import is_postmortem
from postmortem_kb.diagnostic import Span
from postmortem_kb.policy import FOLDER
from postmortem_kb.secrets import secrets_in
from postmortem_kb.source.document import Document
from postmortem_kb.source.links import below_root, is_relative

_STRUCK = r"(?:\*\*\*|\$[A-Z_][A-Z0-9_]*)"
"""What the rule `secret` asks for in place of one."""
_BEHIND = re.compile(r"[?#].*")
"""What an address says beside its file."""
_EDGE = "\udfff"
"""Around the place to which an address leads: no file can hold it, for UTF-8 has no such character."""


class Comparison:
    """A postmortem as it was, and as it is."""

    def __init__(self, earlier: Document, document: Document) -> None:
        self._earlier = earlier
        self._document = document

    def same(self, before: object, now: object) -> bool:
        """Whether two values of the frontmatter say the same."""
        if isinstance(before, dict) and isinstance(now, dict):
            return before.keys() == now.keys() and all(self.same(before[key], now[key]) for key in before)
        if isinstance(before, list) and isinstance(now, list):
            return len(before) == len(now) and all(map(self.same, before, now))
        if isinstance(before, str) and isinstance(now, str):
            return before == now or self._struck_out(before, now)
        return before == now

    def difference(self) -> Span | None:
        """The first line of the text that says something else; None where none does."""
        before, now = _body(self._earlier), _body(self._document)
        if before == now:
            return None
        first_before, first = _first(self._earlier), _first(self._document)
        same = 0
        while same < min(len(before), len(now)) and (
            before[same] == now[same]
            or self._struck_out(
                _led(before[same], self._earlier, self._addresses[0].get(first_before + same, set())),
                _led(now[same], self._document, self._addresses[1].get(first + same, set())),
            )
        ):
            same += 1
        if same == len(before) == len(now):
            return None
        while same + 1 < len(now) and not now[same].strip():
            same += 1
        return self._document.text.line_span(min(first + same, len(self._document.text.starts)))

    def _struck_out(self, before: str, now: str) -> bool:
        """Whether two texts differ in nothing but secrets of the first."""
        pattern = re.escape(before)
        for secret in self._secrets:
            pattern = pattern.replace(re.escape(secret), f"(?:{re.escape(secret)}|{_STRUCK})")
        return re.fullmatch(pattern, now) is not None

    @cached_property
    def _secrets(self) -> list[str]:
        """The secrets of the earlier state, the longest first: one may stand in another."""
        text = self._earlier.text
        lines = map(text.line, range(1, len(text.starts) + 1))
        found = {line[secret.start : secret.end] for line in lines for secret in secrets_in(line)}
        return sorted(found, key=len, reverse=True)

    @cached_property
    def _addresses(self) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
        return _addresses(self._earlier), _addresses(self._document)


def _first(document: Document) -> int:
    return document.text.position(document.body_start)[0]


def _body(document: Document) -> list[str]:
    """The lines of the body; white space behind its end is none of it."""
    text, (first, column) = document.text, document.text.position(document.body_start)
    lines = [text.line(number) for number in range(first, len(text.starts) + 1)]
    lines[0] = lines[0][column - 1 :]
    while lines and not lines[-1].strip():
        lines.pop()
    return [*lines[:-1], lines[-1].rstrip()] if lines else []


def _addresses(document: Document) -> dict[int, set[str]]:
    """The relative addresses of the body, by the lines of the file on which they may be typed."""
    body = document.body
    placed = [
        (token.map, child.attrGet("href" if child.type == "link_open" else "src"))
        for token in body.tokens
        for child in token.children or ()
        if child.type in ("link_open", "image")
    ]
    placed += [(found["map"], found["href"]) for found in body.env.get("references", {}).values()]
    lines: dict[int, set[str]] = {}
    for place, address in placed:
        for line in range(*place) if place and address and is_relative(str(address)) else ():
            lines.setdefault(body.offset + line + 1, set()).add(str(address))
    return lines


def _led(line: str, document: Document, addresses: set[str]) -> str:
    """A line with the places to which its relative links lead, instead of the addresses."""
    for address in addresses:
        # The parser writes addresses anew.
        typed = "|".join(map(re.escape, {address, unquote(address)}))
        place = _place(document, address).replace("\\", r"\\")
        line = re.sub(rf"(\](?:\(|:)\s*<?)(?:{typed})(?=[>\s)]|\Z)", rf"\1{place}", line)
    return line


def _place(document: Document, address: str) -> str:
    path = below_root(document.path, address)
    name = path.rpartition("/")[2]
    # A postmortem is known by its name: it may have moved, too.
    found = name if path.startswith(f"{FOLDER}/") and is_postmortem(name) else path
    behind = _BEHIND.search(address)
    return f"{_EDGE}{found}{behind[0] if behind else ''}{_EDGE}"
