"""The frontmatter's contract: the JSON Schema under a policy, and how a file departs from it, in words."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from postmortem_kb.policy import Policy, Requirement
from postmortem_kb.source.yaml import Path

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator


@dataclass(frozen=True, slots=True)
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
    policy: bool = False
    """Whether the policy asks for it; otherwise the file is not of the shape that values are built from."""

    @property
    def dotted(self) -> str:
        """The place as a suppression names it: list positions left out."""
        steps = [step for step in (*self.path, self.key) if isinstance(step, str) and step]
        return ".".join(steps)


def published_schema() -> dict[str, Any]:
    """The schema of the default policy, as editors read it."""
    text = files("postmortem_schema").joinpath("postmortem.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def schema_for(policy: Policy) -> dict[str, Any]:
    """The published schema with a policy's words and requirements in place of the default ones."""
    schema = published_schema()
    for name, words in policy.words.items():
        schema["$defs"]["words"][name]["enum"] = list(words)
    schema["allOf"] = [_condition(requirement, policy, schema) for requirement in policy.requires]
    return schema


def _condition(requirement: Requirement, policy: Policy, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A requirement in the words of JSON Schema."""
    then: dict[str, Any] = {}
    for dotted in requirement.keys:
        _require(then, dotted.split("."), schema, schema)
    conditions: dict[str, Any] = {}
    if set(requirement.status) != set(policy.words["status"]):
        conditions["status"] = {"enum": list(requirement.status)}
    if requirement.severity:
        conditions["severity"] = {"enum": list(requirement.severity)}
    if not conditions:
        return {"$comment": requirement.name, **then}
    return {
        "$comment": requirement.name,
        "if": {"properties": conditions, "required": list(conditions)},
        "then": then,
    }


def _require(
    node: dict[str, Any], keys: Sequence[str], described: Mapping[str, Any], schema: Mapping[str, Any]
) -> None:
    """Require a key, and what stands inside it; a required list must not be empty."""
    key, inner = keys[0], keys[1:]
    if key not in node.setdefault("required", []):
        node["required"].append(key)
    described = _resolved(described.get("properties", {}).get(key, {}), schema)
    if inner:
        _require(node.setdefault("properties", {}).setdefault(key, {}), inner, described, schema)
    elif described.get("type") == "array":
        node.setdefault("properties", {})[key] = {"minItems": 1}


def _resolved(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        target: Any = schema
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


class Contract:
    """The compiled schema of a policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.schema = schema_for(policy) if policy.changed else published_schema()
        self.validator = _validator(self.schema)

    def violations(self, data: Mapping[str, Any]) -> list[Violation]:
        """Everything in which frontmatter departs from the schema."""
        found: dict[tuple[Path, str, str], Violation] = {}
        for error in self.validator.iter_errors(data):
            for violation in self._explain(error, data):
                # A date that does not exist breaks its pattern or its format: it is one fault to its writer.
                keyword = "format" if violation.keyword == "pattern" else violation.keyword
                found.setdefault((violation.path, violation.key, keyword), violation)
        return list(found.values())

    def _explain(self, error: Any, data: Mapping[str, Any]) -> Iterator[Violation]:
        path: Path = tuple(error.absolute_path)
        keyword = str(error.validator)
        if keyword == "required":
            missing = next(name for name in error.validator_value if f"'{name}' is" in error.message)
            message, help = self._missing(path, missing, error, data)
            yield Violation(path, missing, keyword, message, help, "allOf" in error.absolute_schema_path)
        elif keyword == "additionalProperties":
            for name in _unknown(error):
                message, help = _unknown_key(path, name, error.schema.get("properties", {}))
                yield Violation(path, name, keyword, message, help)
        else:
            yield Violation(path, "", keyword, *_wrong_value(path, error))

    def _missing(self, path: Path, name: str, error: Any, data: Mapping[str, Any]) -> tuple[str, str]:
        where = f"`{_name(path)}.{name}`" if path else f"`{name}`"
        steps = list(error.absolute_schema_path)
        reason = ""
        if steps[:1] == ["allOf"]:
            requirement = self.policy.requires[int(steps[1])]
            severity = f" {data['severity']}" if requirement.severity else ""
            if len(requirement.status) < len(self.policy.words["status"]):
                reason = f": a {data['status']}{severity} postmortem needs it"
        return f"{where} is missing{reason}", self._described((*path, name))

    def _described(self, path: Path) -> str:
        """The first sentence of what the schema says of a key, as help for one who has to write it."""
        node: Any = self.schema
        for step in path:
            node = _resolved(node, self.schema)
            node = node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, {})
        return _first_sentence(node) or _first_sentence(_resolved(node, self.schema))


@cache
def _format_checker() -> Any:
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    checker.checks("date", raises=ValueError)(lambda v: not isinstance(v, str) or bool(date.fromisoformat(v)))
    checker.checks("date-time", raises=ValueError)(
        lambda v: not isinstance(v, str) or datetime.fromisoformat(v).tzinfo is not None
    )
    return checker


def _validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    # The import takes as long as the rest of a hook's start: only here, where a file is validated.
    from jsonschema import Draft202012Validator
    from referencing import Registry

    # An empty registry: a reference to another place is an error, never a request.
    return Draft202012Validator(schema, registry=Registry(), format_checker=_format_checker())


def nearest(word: object, words: Iterable[str]) -> str | None:
    """The word that was probably meant, or None."""
    known = {candidate.casefold(): candidate for candidate in words}
    found = difflib.get_close_matches(str(word).casefold(), known, n=1, cutoff=0.6)
    return known[found[0]] if found else None


def _name(path: Sequence[str | int]) -> str:
    """A path as a reader writes it: `action_items[2].owner`, positions from 1."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _unknown(error: Any) -> list[str]:
    known = error.schema.get("properties", {})
    patterns = error.schema.get("patternProperties", {})
    return [name for name in error.instance if name not in known and not any(re.search(p, name) for p in patterns)]


def _unknown_key(path: Path, name: str, known: Mapping[str, Any]) -> tuple[str, str]:
    place = f" in `{_name(path)}`" if path else ""
    guess = nearest(name, known)
    if guess:
        return f"`{name}` is no key{place}", f"Did you mean `{guess}`?"
    keys = ", ".join(f"`{key}`" for key in known)
    help = f"Known keys: {keys}." if len(known) <= 12 else "Prefix a key of your own with `x-`."
    return f"`{name}` is no key{place}", help


_TYPES = {
    "string": "text", "array": "a list", "object": "a block of keys", "boolean": "true or false",
    "number": "a number", "integer": "a whole number",
}  # fmt: skip


def _wrong_value(path: Path, error: Any) -> tuple[str, str]:  # noqa: C901 - one case a keyword
    name, value, wanted, schema = _name(path) or "frontmatter", error.instance, error.validator_value, error.schema
    match error.validator:
        case "type":
            kind = " or ".join(_TYPES[t] for t in ([wanted] if isinstance(wanted, str) else wanted))
            if value is None:
                return f"`{name}` is empty: it must be {kind}", f"Fill it in, or leave the key out.{_example(schema)}"
            help = (
                f'Write it in quotes: "{value}".' if wanted == "string" and not isinstance(value, dict | list) else ""
            )
            return f"`{name}` must be {kind}, not {_kind(value)}", help or _example(schema).strip()
        case "enum":
            guess = nearest(value, map(str, wanted))
            words = ", ".join(map(str, wanted))
            hint = f"Did you mean `{guess}`? " if guess else ""
            return f"`{name}` is `{_short(value)}`, which is not one of its words", f"{hint}Known words: {words}."
        case "pattern" | "format":
            title = str(schema.get("title", "the expected form")).lower()
            help = f"{_first_sentence(schema)}{_example(schema)}".strip()
            return f"`{name}` is `{_short(value)}`: that is not {_article(title)}", help
        case "maxLength":
            return f"`{name}` has {len(value)} characters, at most {wanted} are allowed", "Shorten it."
        case "minLength":
            return f"`{name}` is too short: at least {wanted} characters", "Say it in a sentence."
        case "not":
            return f"`{name}` must stand on one line", "In YAML, write a long text with `>-`, which joins its lines."
        case "uniqueItems":
            return f"`{name}` has the same entry twice", "Keep one of the two."
        case "minItems":
            return f"`{name}` is empty: it needs at least one entry", _example(schema).strip()
        case "maxItems":
            return f"`{name}` has {len(value)} entries, at most {wanted} are allowed", "Shorten the list."
        case _:
            return f"`{name}` does not fit: {error.message}", str(schema.get("description", ""))


def _first_sentence(schema: Mapping[str, Any]) -> str:
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


def _example(schema: Mapping[str, Any]) -> str:
    examples = schema.get("examples")
    return f" For instance: {json.dumps(examples[0], ensure_ascii=False)}." if examples else ""
