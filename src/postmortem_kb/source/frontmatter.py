"""The frontmatter of a file: its values, and where each of them stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import frontmatter
from frontmatter.default_handlers import BaseHandler

from postmortem_kb.diagnostic import FILE_START, Edit, Finding, Fix, Span
from postmortem_kb.source.fault import Fault
from postmortem_kb.source.text import Text
from postmortem_kb.source.yaml import Path, Place, Reading, read_yaml

_OPENING = re.compile(r"---[ \t]*(?:\r\n|\r|\n)")
_LATER = re.compile(r"^([ \t]*)---[ \t]*(?:\r\n|\r|\n)(?=[A-Za-z_-]+:(?:[ \t\r\n]))", re.MULTILINE)
"""The opening of a frontmatter above which something stands."""
_CLOSING = re.compile(r"(?<=[\r\n])(---|\.\.\.)[ \t]*(?=[\r\n]|\Z)")


@dataclass(frozen=True, slots=True, eq=False)
class Frontmatter:
    """Values as they were typed, and the way to their places in the file."""

    data: dict[str, Any]
    text: Text
    start: int = 0
    """Offset of the first character behind the opening `---`."""
    end: int = 0
    """Offset of the closing `---`."""
    places: dict[Path, Place] = field(default_factory=dict)

    def get(self, *path: str | int) -> Any:
        """The value at the end of a path, or None where the path breaks off."""
        value: Any = self.data
        for step in path:
            if isinstance(step, int):
                value = value[step] if isinstance(value, list) and 0 <= step < len(value) else None
            else:
                value = value.get(step) if isinstance(value, dict) else None
        return value

    def mappings(self, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The mappings in the list under a key, with their positions; anything else in it is passed over."""
        items = self.data.get(key)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                yield index, item

    def raw(self, *path: str | int) -> tuple[int, str]:
        """The offset of a value in the file, and its text as it was typed."""
        place = self.places[path]
        return self.start + place.start, self.text.string[self.start + place.start : self.start + place.end]

    def at(self, *path: str | int) -> Span:
        """Where a value stands."""
        place = self.places[path]
        return self.text.span(self.start + place.start, self.start + place.end)

    def at_key(self, *path: str | int) -> Span:
        """Where the key of a value stands: for a thing that is missing, that of the nearest key that holds it."""
        while path and path not in self.places:
            path = path[:-1]
        if not path:
            return self.text.line_span(1)
        place = self.places[path]
        return self.text.span(self.start + place.key_start, self.start + max(place.key_end, place.key_start + 1))


class _Handler(BaseHandler):
    """python-frontmatter's way in for our YAML; keeps what it learned for the caller."""

    FM_BOUNDARY = _OPENING

    def __init__(self, text: Text, nesting: int, items: int) -> None:
        super().__init__()
        self.text = text
        self.nesting = nesting
        self.items = items
        self.reading = Reading()
        opening = _OPENING.match(text.string)
        closing = _CLOSING.search(text.string, opening.end()) if opening else None
        self.start = opening.end() if opening else 0
        self.closing = closing

    def detect(self, text: str) -> bool:
        return self.closing is not None

    def split(self, text: str) -> tuple[str, str]:
        # python-frontmatter hands over a copy with other line breaks, in which offsets would be wrong.
        assert self.closing is not None
        string = self.text.string
        return string[self.start : self.closing.start()], string[self.closing.end() :]

    def load(self, fm: str, **_: object) -> dict[str, Any]:
        self.reading = read_yaml(fm, nesting=self.nesting, items=self.items)
        return self.reading.value if isinstance(self.reading.value, dict) else {}


def no_frontmatter(text: Text) -> Finding:
    """Why a file without faults holds no keys, and what to write."""
    keys = "the keys `id`, `title`, `status`, `severity`, `timestamps` and `roles`"
    if _OPENING.match(text.string):
        return Finding(FILE_START, "The frontmatter is empty", f"Write {keys} between the two lines `---`.")
    later = _LATER.search(text.string)
    if not later or not _CLOSING.search(text.string, later.end()):
        message = "The file has no frontmatter" if text.string.strip() else "The file is empty"
        return Finding(FILE_START, message, f"Begin it with `---`, {keys}, and `---`.")
    line = text.position(later.start())[0]
    if text.string[: later.start()].strip():
        message = f"The frontmatter begins on line {line}, and has to begin on the first"
        return Finding(FILE_START, message, "Move what stands above it below its closing `---`, or delete it.")
    blank = text.exact_span(0, later.end(1))
    fix = Fix((Edit(blank, ""),))
    return Finding(blank, "White space stands above the frontmatter", "Let the file begin with `---`.", fix=fix)


def read_frontmatter(text: Text, *, nesting: int, items: int) -> tuple[Frontmatter, int, list[Fault]]:
    """Read the frontmatter of a file.

    Returns:
        The frontmatter (empty where there is none), the offset at which the body begins, and the faults,
        with offsets into the file.
    """
    handler = _Handler(text, nesting, items)
    if handler.closing is None:
        if not handler.start:
            return Frontmatter({}, text), 0, []
        return (
            Frontmatter({}, text),
            len(text.string),
            [Fault(0, "The frontmatter that opens here is never closed", "End it with a line that holds only `---`.")],
        )
    data, _ = frontmatter.parse(text.string, handler=handler)
    end = handler.closing.start()
    faults = [fault.moved(handler.start) for fault in handler.reading.faults]
    if handler.closing.group(1) == "...":
        faults.append(Fault(end, "`...` does not end frontmatter here", "End it with a line that holds only `---`."))
    if not faults and handler.reading.value is not None and not isinstance(handler.reading.value, dict):
        faults.append(Fault(handler.start, "The frontmatter is not a list of keys", "Write `key: value` lines."))
    return Frontmatter(data, text, handler.start, end, handler.reading.places), handler.closing.end(), faults
