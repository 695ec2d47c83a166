"""What is wrong with a `postmortem.toml`: every problem at once, each with its line and what to write instead."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from postmortem_kb.published import published
from postmortem_kb.validator import Validator
from postmortem_kb.words import ALL_LISTED, nearest

Path = tuple[str | int, ...]
Problem = tuple[Path, str]
_BEGINS = re.compile(r"\s*(?:\[|[\w\"'-][^=]*=)")
"""What a statement begins with."""
_LISTED = 20
"""So many valid words are listed; all sections are."""


def problems(content: str, settings: Mapping[str, Any], default: Mapping[str, Any]) -> list[str]:
    """`line N: what is wrong`, in the order of the lines.

    Args:
        content: The file as it was written.
        settings: What TOML makes of it.
        default: The default policy, which gives the words that may be used.
    """
    found = list(_departures(settings)) or list(_contradictions(settings, default))
    statements = list(_statements(content)) if found else []
    lines = [next((line for line, values in statements if _holds(values, path)), 1) for path, _ in found]
    return [f"line {line}: {message}" for line, message in sorted(zip(lines, (text for _, text in found), strict=True))]


def _statements(content: str) -> Iterator[tuple[int, Any]]:
    """Every statement: the line that it begins on, and what it sets, from the top.

    TOML has no positions in the standard library. But a statement is TOML by itself, and where it ends, the next one begins.
    """
    lines = content.split("\n")
    begins = [number for number, line in enumerate(lines) if _BEGINS.match(line)]
    table: list[str] = []
    first = begins[0] if begins else 0
    for end in (*begins[1:], len(lines)):
        try:
            values: Any = tomllib.loads("\n".join(lines[first:end]))
        except tomllib.TOMLDecodeError:
            # What looks like the next one stands in the middle of this: in a list, or in a text of several lines.
            continue
        if lines[first].lstrip().startswith("["):
            table = list(_way(values))
        else:
            for name in reversed(table):
                values = {name: values}
        yield first + 1, values
        first = end


def _way(values: Any) -> Iterator[str]:
    """The names that lead to an empty table."""
    while values:
        name, values = next(iter(values.items()))
        yield name
        values = values[0] if isinstance(values, list) else values


def _holds(values: Any, path: Path) -> bool:
    for step in path:
        if isinstance(step, int) or not isinstance(values, dict):
            return True
        if step not in values:
            return False
        values = values[step]
    return True


def _departures(settings: Mapping[str, Any]) -> Iterator[Problem]:
    """Unknown settings, and values of another type."""
    for error in Validator(_schema("policy.schema.json")).errors(settings):
        path: Path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            for name in error.instance:
                known = error.schema.get("properties", {})
                if name not in known and not name.startswith("x-"):
                    yield (*path, name), _unknown(_dotted((*path, name)), name, known)
        elif error.validator == "type":
            yield path, _wrong_type(path, error)
        else:
            title = error.schema.get("description", "") if isinstance(error.schema, dict) else ""
            told = f"`{_dotted(path)}`: {error.message}"
            if error.validator == "enum" and isinstance(error.instance, str):
                told = _unknown(_dotted(path), error.instance, error.validator_value)
            yield path, told if told.endswith("?") else f"{told}. {title}".strip()


def _wrong_type(path: Path, error: Any) -> str:
    """A value of another type than its setting's, as TOML calls them."""
    wanted, value = error.validator_value, error.instance
    kinds = {
        "string": "text in quotes", "array": "a list in brackets", "object": "a table", "boolean": "true or false",
        "integer": "a whole number", "number": "a number",
    }  # fmt: skip
    kind = " or ".join(kinds[name] for name in ([wanted] if isinstance(wanted, str) else wanted))
    types = {bool: "a truth value", str: "text", list: "a list", dict: "a table", int: "a number", float: "a number"}
    said = f"`{_dotted(path)}` must be {kind}, not {types.get(type(value), 'a date or time')}"
    if path[0] == "rules" and len(path) == 2 and isinstance(value, str):
        return f'{said}: write `severity = "{value}"` below a line `[rules.{path[1]}]`'
    if wanted == "array" and isinstance(value, str):
        return f"{said}: write `[{json.dumps(value, ensure_ascii=False)}]`"
    return said


def _contradictions(settings: Mapping[str, Any], default: Mapping[str, Any]) -> Iterator[Problem]:
    """Settings that are well formed and cannot hold together."""
    yield from _equal_severities(settings, default)
    yield from _deadlines(settings, default)
    words = {name: (*known, *settings.get("words", {}).get(name, ())) for name, known in default["words"].items()}
    known = {
        "status": words["status"],
        "severity": words["severity"],
        "action_types": words["action_type"],
        "sections": (*default["sections"]["order"], *default["sections"]["optional"]),
    }
    renamed = {shown: word for word, shown in settings.get("severities", {}).items()}
    for name, block in settings.get("requires", {}).items():
        for key, valid in known.items():
            for word in block.get(key, ()):
                if key == "severity" and word not in valid and word in renamed:
                    said = f"`{word}` goes by its name without `[severities]` here: write `{renamed[word]}`"
                    yield ("requires", name, key), f"`requires.{name}.{key}`: {said}"
                elif word not in valid:
                    yield ("requires", name, key), _unknown(f"requires.{name}.{key}", word, valid)
        for dotted in block.get("keys", ()):
            if not _is_key(dotted):
                yield ("requires", name, "keys"), _unknown(f"requires.{name}.keys", dotted, _keys())


def _equal_severities(settings: Mapping[str, Any], default: Mapping[str, Any]) -> Iterator[Problem]:
    renamed = settings.get("severities", {})
    seen: dict[str, str] = {}
    for word in default["words"]["severity"]:
        name = renamed.get(word, word)
        if name in seen:
            blamed = word if word in renamed else seen[name]
            yield ("severities", blamed), f"`{seen[name]}` and `{word}` are both called `{name}`: name them apart"
        seen[name] = word


def _deadlines(settings: Mapping[str, Any], default: Mapping[str, Any]) -> Iterator[Problem]:
    hours = {**default["deadlines"], **settings.get("deadlines", {})}
    for sooner, later in (("draft", "review"), ("review", "close")):
        if hours[sooner] > hours[later]:
            blamed = sooner if sooner in settings.get("deadlines", {}) else later
            text = f"`deadlines.{sooner}` ({hours[sooner]} hours) is after `deadlines.{later}` ({hours[later]} hours)"
            yield ("deadlines", blamed), text


def _is_key(dotted: str) -> bool:
    schema = _schema("postmortem.schema.json")
    node: Any = schema
    for step in dotted.split("."):
        if step.startswith("x-"):
            return True
        while "$ref" in node:
            target: Any = schema
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        if step not in node.get("properties", {}):
            return False
        node = node["properties"][step]
    return True


def _keys() -> Sequence[str]:
    properties = _schema("postmortem.schema.json")["properties"]
    inner = [f"{name}.{key}" for name, node in properties.items() for key in node.get("properties", {})]
    return [*properties, *inner]


@cache
def _schema(name: str) -> Any:
    return json.loads(published(name))


def _unknown(place: str, word: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    if not known:
        return f"`{place}`: nothing can be set there; delete the line"
    guess = nearest(word, known)
    many = ALL_LISTED if place.startswith("rules.") else ""
    hint = f"did you mean `{guess}`?" if guess else f"known: {', '.join(known)}" if len(known) <= _LISTED else many
    return f"`{place}`: there is no `{word}`" + (f"; {hint}" if hint else "")


def _dotted(path: Path) -> str:
    return ".".join(map(str, path)) or "the file"
