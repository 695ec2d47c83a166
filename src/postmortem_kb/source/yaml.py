"""YAML with the meaning of the 1.2 core schema, the position of every key and value, and no surprises.

Values are built straight from libyaml's events. Anchors, aliases, merge keys, tags and deep nesting are refused
on the way, so a hostile text never costs more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from sys import intern
from typing import Any

import yaml

from postmortem_kb.source.fault import Fault, cut, explain_yaml_error, forbidden
from postmortem_kb.source.quotes import odd_space
from postmortem_kb.source.text import LINE_BREAK

Path = tuple[str | int, ...]
"""The way to a value: keys and list positions, `("action_items", 0, "owner")`."""

# libyaml ends a line at the first three, as YAML 1.1 did, and passes over the last; every other reader sees text.
_INVISIBLE = re.compile("[\u0085\u2028\u2029\ufeff]")
_VALUES = 8
"""So many times the longest list is all that is read."""
_FAULTS = 100
"""So many keys that stand twice are told."""
_SHORTER = "Move data to a file beside this one and link it."
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a value stands: character offsets into the text that was read."""

    key_start: int
    key_end: int
    start: int
    end: int


@dataclass(slots=True, eq=False)
class Reading:
    """What came of a text: its value, where everything stands, and what could not be read."""

    value: object = None
    places: dict[Path, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


class _RefusedError(Exception):
    """Ends the reading at a fault after which nothing can be trusted."""


def read_yaml(text: str, *, nesting: int, items: int) -> Reading:
    """Read one YAML document.

    Args:
        text: The YAML, without document markers.
        nesting: How many levels of lists and mappings are read at most.
        items: How many entries of one list or mapping are read at most.
    """
    reading = Reading()
    if unseen := _INVISIBLE.search(text):
        reading.faults.append(forbidden(unseen.start(), ord(unseen[0])))
        return reading
    if odd := odd_space(text):
        plain = " " * (odd[1] - odd[0])
        message = "A no-break space stands where YAML wants a plain one"
        reading.faults.append(Fault(odd[0], message, "Write plain spaces.", edit=(*odd, plain)))
        return reading
    composer = _Composer(_Loader(text), text, reading, nesting, items)
    try:
        composer.compose()
    except _RefusedError:
        pass
    except (yaml.YAMLError, ValueError) as error:
        # Behind a value that was cut, its own rest or a bracket may be what cannot be read.
        if not composer.cut:
            reading.faults.append(explain_yaml_error(error, text))
    return reading


class _Composer:
    def __init__(self, loader: Any, text: str, reading: Reading, nesting: int, items: int) -> None:
        self.next: Callable[[], Any] = loader.get_event
        self.text = text
        self.reading = reading
        self.nesting = nesting
        self.items = items
        self.values = 0
        self.brackets = 0
        self.cut = False
        """Whether a value was cut at a `#`."""

    def compose(self) -> None:
        self.next()
        if isinstance(self.next(), yaml.StreamEndEvent):
            return
        event: Any = self.next()
        self.reading.value = self.build(event, (), (event.start_mark.index,) * 2)
        self.next()
        event = self.next()
        if not isinstance(event, yaml.StreamEndEvent):
            self.stop(event, "A second YAML document begins here", "Keep one block of frontmatter.")

    def build(self, event: Any, path: Path, key: tuple[int, int]) -> object:
        if type(event) is not yaml.ScalarEvent or event.anchor or event.tag:
            self.refuse_indirection(event)
        if isinstance(event, yaml.ScalarEvent):
            end = int(event.end_mark.index)  # type: ignore[union-attr]
            plain = event.implicit[0] and not event.style
            value: object = scalar(event.value) if plain else event.value
            if plain and self.text.startswith((" ", "\t"), end):
                self.look_behind(event, value, key)
        else:
            if len(path) >= self.nesting:
                self.stop(event, f"The frontmatter is nested deeper than {self.nesting} levels", "Flatten it.")
            self.brackets += event.flow_style
            if isinstance(event, yaml.MappingStartEvent):
                value, end = self.build_mapping(path, key[0])
            else:
                value, end = self.build_sequence(path, key[0])
            self.brackets -= event.flow_style
        self.reading.places[path] = Place(*key, event.start_mark.index, end)
        return value

    def look_behind(self, event: Any, value: object, key: tuple[int, int]) -> None:
        """Tell if a value was meant to go on behind a ` #`; a number or a truth value was not."""
        if value is None or isinstance(value, str):
            start, end = event.start_mark.index, event.end_mark.index
            fault = cut(self.text, event.value, start, end, key, inside=self.brackets > 0)
            if fault and len(self.reading.faults) < _FAULTS:
                self.cut = True
                self.reading.faults.append(fault)

    def build_mapping(self, path: Path, start: int) -> tuple[dict[str, object], int]:
        mapping: dict[str, object] = {}
        while True:
            event = self.next()
            if isinstance(event, yaml.MappingEndEvent):
                return mapping, int(event.start_mark.index)  # type: ignore[union-attr]
            if type(event) is not yaml.ScalarEvent or event.anchor or event.tag:
                self.refuse_indirection(event)
            span = (event.start_mark.index, event.end_mark.index)
            if not isinstance(event, yaml.ScalarEvent):
                self.stop(event, "A key must be plain text", "Write `key: value`; put a text with brackets in quotes.")
            if event.value == "<<" and not event.style:
                self.stop(event, "Merge keys (`<<`) are not read", "Write the values out.")
            if event.value in mapping:
                line = len(LINE_BREAK.findall(self.text, 0, self.reading.places[*path, event.value].key_start)) + 2
                self.fault(
                    event,
                    f"`{event.value}` stands here for the second time, first on line {line}",
                    "Keep one of the two: a reader of YAML sees only the last.",
                )
                if len(self.reading.faults) >= _FAULTS:
                    raise _RefusedError
            self.count(event, len(mapping), start)
            # A catalog repeats its keys in every file: one of each is enough.
            key = intern(event.value)
            mapping[key] = self.build(self.next(), (*path, key), span)

    def build_sequence(self, path: Path, start: int) -> tuple[list[object], int]:
        items: list[object] = []
        while True:
            event = self.next()
            if isinstance(event, yaml.SequenceEndEvent):
                return items, int(event.start_mark.index)  # type: ignore[union-attr]
            self.count(event, len(items), start)
            items.append(self.build(event, (*path, len(items)), (event.start_mark.index,) * 2))

    def count(self, event: Any, entries: int, start: int) -> None:
        self.values += 1
        if entries >= self.items:
            self.reading.faults.append(
                Fault(start, f"More than {self.items:,} entries stand here", _SHORTER, "file-size"),
            )
            raise _RefusedError
        if self.values > _VALUES * self.items:
            self.reading.faults.append(
                Fault(
                    event.start_mark.index,
                    f"More than {_VALUES * self.items:,} values stand here",
                    _SHORTER,
                    "file-size",
                ),
            )
            raise _RefusedError

    def refuse_indirection(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self.stop(event, "Anchors and aliases (`&`, `*`) are not read", "Write the value out, or put it in quotes.")
        if getattr(event, "tag", None):
            self.stop(event, f"The tag `{event.tag}` is not read", "Write a plain value, or put it in quotes.")

    def fault(self, event: Any, message: str, help: str) -> None:
        self.reading.faults.append(Fault(event.start_mark.index, message, help))

    def stop(self, event: Any, message: str, help: str) -> None:
        self.fault(event, message, help)
        raise _RefusedError


def scalar(text: str) -> object:
    """The value of a plain scalar: what the YAML 1.2 core schema says, if it prints back as it was typed.

    `no`, `10:30`, `010`, `1_000`, `1.10` and `2024-01-01` stay text, for no number says exactly that.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE_NUMBER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and repr(float(text)) == text:
        return float(text)
    return text
