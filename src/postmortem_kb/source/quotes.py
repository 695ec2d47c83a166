"""Quotes, brackets and spaces that do not fit, which libyaml notices lines later, or takes for something else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_VALUE = re.compile(r"(?P<key>[ ]*(?:-[ ]+)*(?:[^\s#:'\"\[{][^:\n]*:[ ]+)?)(?P<opened>[\"'\[{])")
_BLOCK = re.compile(r"[|>][0-9+-]{0,2}[ \t]*(?:#.*)?$")
"""What begins a text of several lines, in which quotes mean nothing."""
_ODD = re.compile(
    r"[ ]*(?:-[ ]+)?(?:(?P<odd>[ ]*\u00a0[ \u00a0]*)(?=[A-Za-z][\w-]*:)|[A-Za-z][\w-]*:(?P<behind>[ ]*\u00a0[ \u00a0]*))"
)
_BELOW = re.compile(r"\n(?![ \t]*(?:\n|\Z))([ ]*)")
"""The margin of the next line that is not blank."""
_ENDS = {'"': re.compile(r'(?:[^"\\]|\\.)*+"'), "'": re.compile(r"(?:[^']|'')*+'(?!')")}
_CLOSED = {"[": "]", "{": "}"}


def margin(line: str) -> int:
    """By how many spaces a line is indented."""
    return len(line) - len(line.lstrip(" "))


def quoted(value: str) -> str:
    """A value in quotes, as YAML and JSON read them."""
    return json.dumps(value, ensure_ascii=False)


def left_open(text: str, until: int) -> int | None:
    """Where a quote opens that is not closed in its value, by a line that begins before an offset; None where none does."""
    for start, line, match in _values(text, until):
        opened = match["opened"]
        if opened not in _ENDS or _ENDS[opened].match(line, match.end()):
            continue
        below = _BELOW.search(text, start + len(line))
        # A value that goes on stands deeper than its key.
        if below is None or len(below[1]) <= margin(line):
            return start + match.start("opened")
    return None


def text_behind(text: str, at: int) -> tuple[int, str] | None:
    """Where text stands behind a value that is closed, on the line of an offset or the one above, and the line as it was meant."""
    first = text.rfind("\n", 0, max(text.rfind("\n", 0, at), 0)) + 1
    for start, line, match in _values(text, at + 1):
        if start < first:
            continue
        end = _end(line, match)
        behind = line[end:].strip() if end else ""
        if behind and not behind.startswith(("#", ":", ",")):
            value = line[match.start("opened") :].strip()
            inner = value[1:-1] if value[0] in _ENDS and value[0] == value[-1] else value
            return start + end, f"{match['key'].strip()} {quoted(inner)}".strip()
    return None


def odd_space(text: str) -> tuple[int, int] | None:
    """Where no-break spaces begin and end that stand before a key or behind its colon; None where there are none."""
    for start, line in _lines(text) if "\u00a0" in text else ():
        if found := _ODD.match(line):
            which = "odd" if found["odd"] else "behind"
            return start + found.start(which), start + found.end(which)
    return None


def _values(text: str, until: int) -> Iterator[tuple[int, str, re.Match[str]]]:
    """The lines whose value begins with a quote or a bracket, up to an offset, each with where it begins."""
    for start, line in _lines(text):
        if start >= until:
            break
        if match := _VALUE.match(line):
            yield start, line, match


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines outside of texts of several lines, each with where it begins."""
    start, depth = 0, -1
    for line in text.split("\n"):
        if depth >= 0 and line.strip(" ") and margin(line) <= depth:
            depth = -1
        if depth < 0:
            yield start, line
            if _BLOCK.search(line):
                depth = margin(line)
        start += len(line) + 1


def _end(line: str, match: re.Match[str]) -> int:
    """Behind what closes a value on its line; 0 where nothing does."""
    opened = match["opened"]
    if opened in _ENDS:
        closed = _ENDS[opened].match(line, match.end())
        return closed.end() if closed else 0
    depth = 0
    for place in range(match.start("opened"), len(line)):
        depth += (line[place] == opened) - (line[place] == _CLOSED[opened])
        if not depth:
            return place + 1
    return 0
