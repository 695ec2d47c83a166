"""A key of the frontmatter or of `postmortem.toml` in words: what a schema says of it, for those who write it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from postmortem_kb.contract import schema_for
from postmortem_kb.example import yaml
from postmortem_kb.policy import Policy
from postmortem_kb.requirement import split
from postmortem_kb.validator import resolved

Node = Mapping[str, Any]
_MEANING = re.compile(r"`([^`]+)`: ([^`]*?\.)(?:\s+|$)")


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """One key and what stands in it."""

    name: str
    """Dotted; what stands in each entry of a list bears the list's name: `action_items.due`."""
    kind: str
    """What sort of value it takes: `Date`, `List, each entry: Handle`."""
    text: str
    """Markdown, a paragraph."""
    required: str = ""
    """A sentence; empty where the question does not arise."""
    words: tuple[str, ...] = ()
    """The only values that it takes."""
    forms: tuple[tuple[str, str], ...] = ()
    """What is known of the value whatever its key, by title: which words mean what, how a date is written."""
    bounds: str = ""
    """`From 0 to 5,256,000.`"""
    default: Any = None
    example: Any = None
    inner: tuple[Key, ...] = ()

    @property
    def meanings(self) -> dict[str, str]:
        """Each word with what it means, as far as the schema says so."""
        said = dict(_MEANING.findall(" ".join(form for _, form in self.forms)))
        return {word: said.get(word, "") for word in self.words}

    @property
    def about_words(self) -> str:
        """What is said of the words together."""
        return _MEANING.sub("", " ".join(form for _, form in self.forms)) if self.words else ""

    @property
    def last(self) -> str:
        """The name without that of its parents."""
        return self.name.rpartition(".")[2]


def frontmatter_keys(policy: Policy) -> tuple[Key, ...]:
    """The keys of a postmortem's frontmatter, and when this policy requires them."""
    return keys_of(schema_for(policy))


def keys_of(schema: Node) -> tuple[Key, ...]:
    """The keys that a schema describes, in its order."""
    return tuple(_inner(schema, schema, ""))


def all_keys(keys: Iterable[Key]) -> Iterator[Key]:
    """Keys with all that stand in them, each before its own."""
    for key in keys:
        yield key
        yield from all_keys(key.inner)


def in_markdown(key: Key) -> Iterator[str]:
    """An entry of the manual, as lines."""
    yield f"# {key.name}"
    yield ""
    yield " ".join(part for part in (key.text, key.bounds) if part)
    yield ""
    yield from (f"- {fact}" for fact in _facts(key))
    if key.inner:
        yield "- Keys in it:"
        yield from (f"  - `{inner.name}`: {inner.text} {inner.required}".rstrip() for inner in key.inner)
    if key.example is not None:
        yield ""
        yield f"```yaml\n{yaml(key.last, key.example)}\n```"


def _facts(key: Key) -> Iterator[str]:
    if key.required:
        yield key.required
    yield f"{key.kind}." + (f" {key.forms[0][1]}" if key.forms and not key.words else "")
    if key.words:
        yield f"{', '.join(f'`{word}`' for word in key.words)}. {key.about_words}".rstrip()
        yield from (f"`{word}`: {said}" for word, said in key.meanings.items() if said)
    if key.default is not None:
        yield f"Default: `{key.default if isinstance(key.default, str) else json.dumps(key.default)}`."


def _inner(node: Node, schema: Node, parent: str) -> Iterator[Key]:
    for name, child in node.get("properties", {}).items():
        yield _key(f"{parent}.{name}" if parent else name, child, schema)


def _key(name: str, node: Node, schema: Node) -> Key:
    value = resolved(node, schema)
    entry = value.get("items", {})
    single = resolved(entry, schema) if entry else value
    text, required = split(node.get("description", "") or value.get("description", ""))
    words = tuple(map(str, single.get("enum", ())))
    return Key(
        name=name,
        kind=_kind(value, single),
        text=text,
        required=required,
        words=words,
        forms=tuple(_forms(entry or node, single)),
        bounds=_bounds(value),
        default=node.get("default", value.get("default")),
        example=_example(node, value, words),
        inner=tuple(_inner(single, schema, name)),
    )


def _kind(value: Node, single: Node) -> str:
    if value is not single:
        return f"List, each entry: {_kind(single, single)}"
    if "const" in value:
        return f"Always `{value['const']}`"
    if "enum" in value:
        return "One word"
    types = {"object": "Block of keys", "boolean": "`true` or `false`", "number": "Number", "integer": "Whole number"}
    return types.get(value.get("type", ""), "") or str(value.get("title", "Text"))


def _forms(node: Node, single: Node) -> Iterator[tuple[str, str]]:
    if "$ref" in node and "properties" not in single and single.get("description"):
        text = split(single["description"])[0]
        if "maxLength" in node and "maxLength" in single:
            # A key may allow less than other texts.
            text = text.replace(f"{single['maxLength']:,} characters", f"{node['maxLength']:,} characters")
        yield str(single.get("title", "")), text


def _example(node: Node, value: Node, words: tuple[str, ...]) -> Any:
    example = next(iter((*node.get("examples", ()), *value.get("examples", ()))), None)
    # A repository may have renamed the word.
    return words[-1] if words and isinstance(example, str) and example not in words else example


def _bounds(value: Node) -> str:
    least, most = value.get("minimum"), value.get("maximum")
    return "" if least is None or most is None else f"From {least:,} to {most:,}."
