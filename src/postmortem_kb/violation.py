"""One departure of a file from the schema, in words that say what to write instead."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from postmortem_kb.diagnostic import Span
from postmortem_kb.example import entry, series
from postmortem_kb.source.frontmatter import Frontmatter
from postmortem_kb.source.yaml import Path
from postmortem_kb.validator import Validator
from postmortem_kb.words import SURELY, nearest


@dataclass(frozen=True, slots=True, eq=False)
class Violation:
    """One departure from the schema."""

    path: Path
    """The value at fault; for a missing key, the mapping that should hold it."""
    key: str
    """The key that is missing or unknown; empty where a value is at fault."""
    keyword: str
    """The word of the schema that was broken: `required`, `additionalProperties`, `enum` ..."""
    message: str
    help: str
    remedy: str = ""
    """What was surely meant, where that is known: the value, or the name of an unknown key, as it is to be written."""
    policy: bool = False
    """Whether the policy asks for it; otherwise the file is not of the shape that values are built from."""

    @property
    def dotted(self) -> str:
        """The place as a suppression names it: list positions left out."""
        steps = [step for step in (*self.path, self.key) if isinstance(step, str) and step]
        return ".".join(steps)

    def span(self, frontmatter: Frontmatter) -> Span:
        """Where it stands in the file of a frontmatter."""
        missing = self.key or not self.path
        return (frontmatter.at_key if missing else frontmatter.at)(*self.path)


def place_name(path: Sequence[str | int]) -> str:
    """A path as a reader writes it: `action_items[2].owner`, positions from 1."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def unknown_key(
    path: Path, name: str, known: Mapping[str, Any], homes: Sequence[str] = (), near: str = ""
) -> tuple[str, str]:
    """Message and help for a key that the schema does not know.

    Args:
        path: The mapping in which it stands.
        name: The key.
        known: The keys of that mapping.
        homes: Where else the schema knows a key of this name, in words.
        near: The key of that mapping that is still free and was surely meant, if there is one.
    """
    place = f" in `{place_name(path)}`" if path else ""
    if homes:
        # `customer` in `impact` is a slip of `customers` sooner than a brief in the wrong place.
        hint = f"Did you mean `{near}`? " if near else ""
        return f"`{name}` is no key{place}", f"{hint}`{name}` stands {' or '.join(homes)}."
    guess = nearest(name, known)
    if guess:
        return f"`{name}` is no key{place}", f"Did you mean `{guess}`?"
    keys = ", ".join(f"`{key}`" for key in known)
    help = f"Known keys: {keys}." if len(known) <= 12 else "Prefix a key of your own with `x-`."
    return f"`{name}` is no key{place}", help


def same_entry(path: Path, first: int, second: int) -> tuple[str, str]:
    """Message and help for an entry that stands a second time in the list at a path; positions from 0."""
    return f"`{place_name((*path, second))}` is the same as `{place_name((*path, first))}`", "Delete one of the two."


_SHORT = 80
"""Characters of an example that is shown beside other help."""
_TYPES = {
    "string": "text", "array": "a list", "object": "a block of keys", "boolean": "true or false",
    "number": "a number", "integer": "a whole number",
}  # fmt: skip


def wrong_value(path: Path, error: Any, *, required: bool = False) -> tuple[str, str]:  # noqa: C901 - one case a keyword
    """Message and help for a value that a keyword of the schema refuses.

    Args:
        path: Where it stands.
        error: jsonschema's ValidationError.
        required: Whether the key has to stand there, so that it cannot be left out.
    """
    name, value, wanted, schema = place_name(path) or "frontmatter", error.instance, error.validator_value, error.schema
    spare = "entry" if path and isinstance(path[-1], int) else "key"
    fill = "Fill it in." if required else f"Fill it in, or leave the {spare} out."
    match error.validator:
        case "type":
            kind = " or ".join(_TYPES[t] for t in ([wanted] if isinstance(wanted, str) else wanted))
            if value is None:
                return f"`{name}` is empty: it must be {kind}", f"{fill}{_example(schema)}"
            help = _entry_around(value, schema) if wanted == "object" and isinstance(value, str) else ""
            return (
                f"`{name}` must be {kind}, not {_kind(value)}",
                help or _in_quotes(value, schema) or _in_brackets(value, schema) or _example(schema).strip(),
            )
        case "enum":
            words = ", ".join(map(str, wanted))
            if not isinstance(value, str):
                fault = "is empty: it must be one" if value is None else f"is {_kind(value)}, and must be one"
                return f"`{name}` {fault} of its words", f"Known words: {words}."
            guess = nearest(value, map(str, wanted))
            hint = f"Did you mean `{guess}`? " if guess else ""
            return f"`{name}` is `{_short(value)}`, which is not one of its words", f"{hint}Known words: {words}."
        case "pattern" | "format":
            return _wrong_form(name, value, schema, fill)
        case "maxLength":
            return f"`{name}` has {len(value)} characters, at most {wanted} are allowed", "Shorten it."
        case "minLength":
            return f"`{name}` is too short: at least {wanted} characters", "Say it in a sentence."
        case "not":
            return f"`{name}` must stand on one line", "In YAML, write a long text with `>-`, which joins its lines."
        case "minItems":
            return f"`{name}` is empty: it needs at least one entry", _example(schema).strip()
        case "maxItems":
            return f"`{name}` has {len(value)} entries, at most {wanted} are allowed", "Shorten the list."
        case _:
            return f"`{name}` does not fit: {error.message}", str(schema.get("description", ""))


def _wrong_form(name: str, value: str, schema: Mapping[str, Any], fill: str) -> tuple[str, str]:
    if schema.get("format") == "date-time" and (found := re.fullmatch(_LOCAL, value.strip())):
        moment = f"{found[1]}T{found[2]}{found[3] or ':00'}"
        help = f"Write `{moment}Z` for UTC, or the offset of the clock that it is from: `{moment}+01:00`."
        return f"`{name}` is `{_short(value)}`: the offset from UTC is missing", help
    title = str(schema.get("title", "the expected form")).lower()
    help = f"{first_sentence(schema)}{_example(schema)}".strip()
    if not value.strip():
        return f"`{name}` is empty", f"{fill} {help}".strip()
    return f"`{name}` is `{_short(value)}`: that is not {_article(title)}", help


def _in_quotes(value: object, schema: Mapping[str, Any]) -> str:
    """That a number or a truth value is to be written as a text, where such a text fits."""
    typed = str(value).lower() if isinstance(value, bool) else str(value)
    fits = not isinstance(value, dict | list) and Validator(schema).is_valid(typed)
    return f'Write it in quotes: "{typed}".' if fits else ""


def _in_brackets(value: object, schema: Mapping[str, Any]) -> str:
    """That words are to be written as a list, where such a list fits: `checkout, orders` as two, a sentence as one."""
    if not isinstance(value, str) or not value.isprintable() or "`" in value:
        return ""
    items = re.split(r",\s*", value) if re.fullmatch(r"[^\s,]+(?:,\s*[^\s,]+)*", value) else [value]
    written = series(items)
    fits = len(written) <= _SHORT and Validator(schema).is_valid(items)
    return f"Write it in brackets: `{written}`." if fits else ""


def first_sentence(schema: Mapping[str, Any]) -> str:
    """What the schema says of a value, in short."""
    return re.split(r"(?<=[.!?])\s", str(schema.get("description", "")), maxsplit=1)[0]


def _article(noun: str) -> str:
    return noun if noun.startswith(("a ", "an ", "the ")) else f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return f"the truth value `{str(value).lower()}`"
    if isinstance(value, int | float):
        return f"the number `{value}`"
    names: dict[type, str] = {str: "text", list: "a list", dict: "a block of keys"}
    return names.get(type(value), "nothing")


def _short(value: object) -> str:
    text = str(value).replace("`", "'").split("\n")[0]
    return text if len(text) <= 60 else text[:57] + "..."


def sample(name: str, schema: Mapping[str, Any], keys: Sequence[str] = ()) -> str:
    """What may stand there: the known words, or a short example.

    Args:
        name: The last part of the key.
        schema: What is asked of its value, without references.
        keys: Of a block, those that it has to hold.
    """
    if keys:
        block = {key: _any(schema["properties"][key]) for key in keys if key in schema.get("properties", {})}
        written = f"{name}: {entry(block)}"
        shown = f" For instance: `{written}`." if all(block.values()) and len(written) <= _SHORT else ""
        return f" It needs {', '.join(f'`{key}`' for key in keys)}.{shown}"
    if words := schema.get("enum", ()):
        return f" Known words: {', '.join(map(str, words))}."
    return _example(schema) if len(_example(schema)) <= _SHORT else ""


def _entry_around(value: str, schema: Mapping[str, Any]) -> str:
    """An entry of a list of blocks that holds a text which somebody wrote in its place; empty where it fits nowhere.

    Args:
        value: What stands there.
        schema: That of an entry, without references.
    """
    keys = {key: schema["properties"][key] for key in schema.get("required", ())}
    fitting = [key for key, node in keys.items() if Validator(node).is_valid(value)]
    # An address fits a title, too; what asks for more was meant.
    best = next((key for key in fitting if keys[key].get("pattern", r"\S") != r"\S" or "enum" in keys[key]), "")
    best = best or next(iter(fitting), "")
    item = {key: value if key == best else _any(node) for key, node in keys.items()}
    fits = best and Validator(schema).is_valid(item)
    return f"Write `{entry(item)}`." if fits else ""


def _any(schema: Mapping[str, Any]) -> Any:
    return next(iter((*schema.get("examples", ()), *schema.get("enum", ()))), "")


def _example(schema: Mapping[str, Any]) -> str:
    examples = schema.get("examples")
    return f" For instance: {json.dumps(examples[0], ensure_ascii=False)}." if examples else ""


_MOMENT = r"([0-9]{4})[-/]([0-9]{2})[-/]([0-9]{2})[Tt ]+([0-9]{2}):([0-9]{2})(:[0-9]{2}(?:[.][0-9]{1,9})?)? ?(?:([Zz]|UTC)|([+-][0-9]{2}):?([0-9]{2}))"
_LOCAL = r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]+([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:[.][0-9]{1,9})?)?"
"""A moment of which nobody knows by which clock it was."""
_DATE = r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})"


def remedy(keyword: str, value: object, schema: Mapping[str, Any]) -> str:
    """The one value that was surely meant: the nearest word of a list, or a date or time in the form that is wanted."""
    if not isinstance(value, str):
        return ""
    if keyword == "enum":
        return nearest(value.strip().replace("_", "-").replace(" ", "-"), map(str, schema["enum"]), cutoff=SURELY) or ""
    wanted = schema.get("format")
    if wanted == "date-time" and (found := re.fullmatch(_MOMENT, value.strip())):
        year, month, day, hour, minute, second, utc, hours, minutes = found.groups()
        return f"{year}-{month}-{day}T{hour}:{minute}{second or ':00'}{'Z' if utc else f'{hours}:{minutes}'}"
    if wanted == "date" and (found := re.fullmatch(_DATE, value.strip())):
        return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    return ""
