"""The frontmatter's contract: the JSON Schema under a policy, and how a file departs from it, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from postmortem_kb.policy import Policy, Requirement
from postmortem_kb.published import published
from postmortem_kb.requirement import retold, when_required
from postmortem_kb.source.yaml import Path
from postmortem_kb.validator import Validator, flat, resolved
from postmortem_kb.violation import (
    Violation,
    first_sentence,
    place_name,
    remedy,
    same_entry,
    sample,
    unknown_key,
    wrong_value,
)
from postmortem_kb.words import DRAFT, SURELY, nearest


def published_schema() -> dict[str, Any]:
    """The schema of the default policy, as editors read it."""
    schema: dict[str, Any] = json.loads(published("postmortem.schema.json"))
    return schema


@cache
def key_order() -> tuple[str, ...]:
    """The keys of the frontmatter, in the order in which they are best written."""
    return tuple(published_schema()["properties"])


def schema_for(policy: Policy) -> dict[str, Any]:
    """The published schema with a policy's words and requirements in place of the default ones."""
    schema = published_schema()
    for name, words in policy.words.items():
        schema["$defs"]["words"][name]["enum"] = list(words)
    schema["allOf"] = [_condition(requirement, policy, schema) for requirement in policy.requires]
    for name, node in schema["properties"].items():
        always = name in schema["required"]
        _say_when(node, policy, name, schema, always=always)
        for key, inner in node.get("properties", {}).items():
            in_block = key in node.get("required", ())
            if always or not in_block:
                _say_when(inner, policy, f"{name}.{key}", schema, always=always and in_block)
    return schema


def _say_when(node: dict[str, Any], policy: Policy, dotted: str, schema: Mapping[str, Any], *, always: bool) -> None:
    """End a key's description with when the policy requires it."""
    filled = resolved(node, schema).get("type") == "array"
    node["description"] = retold(node["description"], when_required(policy, dotted, always=always, filled=filled))


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
    described = resolved(described.get("properties", {}).get(key, {}), schema)
    if inner:
        _require(node.setdefault("properties", {}).setdefault(key, {}), inner, described, schema)
    elif described.get("type") == "array":
        node.setdefault("properties", {})[key] = {"minItems": 1}


def is_id(text: str) -> bool:
    """Whether the schema takes a text for the id of a postmortem."""
    pattern, longest = _id_form()
    return len(text) <= longest and re.fullmatch(pattern, text) is not None


@cache
def _id_form() -> tuple[str, int]:
    node = published_schema()["$defs"]["incident_id"]
    return node["pattern"], node["maxLength"]


_FORMS = ("pattern", "format")


class Contract:
    """The compiled schema of a policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.schema = schema_for(policy) if policy.changed else published_schema()
        self._validator = Validator(self.schema)

    def violations(self, data: Mapping[str, Any]) -> list[Violation]:
        """Everything in which frontmatter departs from the schema."""
        if self._validator.is_valid(data):
            return []
        found: dict[tuple[Path, str, str], Violation] = {}
        for error in self._validator.errors(data):
            for violation in self._explain(error, data):
                # A date that does not exist breaks its pattern or its format: it is one fault to its writer.
                keyword = "format" if violation.keyword in _FORMS else violation.keyword
                place = (violation.path, violation.key, keyword)
                # Without what the schema itself asks for, no value can be built, whatever the policy says of it.
                if place not in found or (found[place].policy and not violation.policy):
                    found[place] = violation
        # What stands on several lines fits no pattern either, and `>-` mends both. What is no date at all is not too long for one.
        ill_formed = {v.path for v in found.values() if v.keyword in _FORMS}
        return [
            v
            for v in found.values()
            if not (v.keyword in _FORMS and (v.path, "", "not") in found)
            and not (v.keyword == "maxLength" and v.path in ill_formed)
        ]

    def _explain(self, error: Any, data: Mapping[str, Any]) -> Iterator[Violation]:
        path: Path = tuple(error.absolute_path)
        keyword = str(error.validator)
        if keyword == "required":
            missing = next(name for name in error.validator_value if f"'{name}' is" in error.message)
            message, help = self._missing(path, missing, error, data)
            yield Violation(path, missing, keyword, message, help, policy="allOf" in error.absolute_schema_path)
        elif keyword == "additionalProperties":
            for name in _unknown(error):
                keys: Mapping[str, Any] = error.schema.get("properties", {})
                homes = self._homes(name)
                near = nearest(name, keys, cutoff=SURELY) or ""
                near = "" if near in error.instance else near
                told = unknown_key(path, name, keys, homes, near)
                yield Violation(path, name, keyword, *told, "" if homes else near)
        elif keyword == "uniqueItems":
            # Beyond what is allowed the list is too long, and a hostile one is not searched through.
            for index, value in enumerate(error.instance[: error.schema.get("maxItems")]):
                if (first := error.instance.index(value)) < index:
                    yield Violation((*path, index), "", keyword, *same_entry(path, first, index))
        elif keyword in ("not", "minLength") and not error.instance.strip():
            return  # Its pattern says that it is empty.
        elif keyword == "enum" and not isinstance(error.instance, str):
            yield Violation(path, "", "type", *wrong_value(path, error))
        else:
            value = remedy(keyword, error.instance, error.schema)
            value = value if value and Validator(error.schema).is_valid(value) else ""
            told = wrong_value(path, error, required=self._is_required(path, data))
            yield Violation(path, "", keyword, *told, value)

    def _missing(self, path: Path, name: str, error: Any, data: Mapping[str, Any]) -> tuple[str, str]:
        where = f"`{place_name(path)}.{name}`" if path else f"`{name}`"
        steps = list(error.absolute_schema_path)
        reason = ""
        if steps[:1] == ["allOf"]:
            requirement = self.policy.requires[int(steps[1])]
            severity = f" {data['severity']}" if requirement.severity else ""
            if len(requirement.status) < len(self.policy.words["status"]):
                reason = f": a {data['status']}{severity} postmortem needs it"
        return f"{where} is missing{reason}", self._described((*path, name)) + self._within((*path, name), data)

    def _is_required(self, path: Path, data: Mapping[str, Any]) -> bool:
        """Whether the key at the end of a path may not be left out."""
        dotted = ".".join(step for step in path if isinstance(step, str))
        asked = self._asked(data)
        if any(key == dotted or key.startswith(f"{dotted}.") for requirement in asked for key in requirement.keys):
            return True
        return bool(path) and path[-1] in resolved(self._node(path[:-1]), self.schema).get("required", ())

    def _within(self, path: Path, data: Mapping[str, Any]) -> str:
        """What a missing key has to hold: of a block all of its keys, so that its writer need not find out one by one."""
        node = resolved(self._node(path), self.schema)
        start = ".".join(map(str, path)) + "."
        asked = (key.removeprefix(start) for r in self._asked(data) for key in r.keys if key.startswith(start))
        keys = dict.fromkeys((*node.get("required", ()), *asked)) if node.get("type") == "object" else {}
        return sample(str(path[-1]), flat(self._node(path), self.schema), tuple(keys))

    def _asked(self, data: Mapping[str, Any]) -> list[Requirement]:
        """What the policy asks of frontmatter; of one whose status is no status yet, what it asks of a draft."""
        status = data.get("status")
        return self.policy.required(status if status in self.policy.words["status"] else DRAFT, data.get("severity"))

    def _homes(self, name: str) -> list[str]:
        """Where else a key of this name stands, in words."""
        homes = ["at the top level"] if name in self.schema["properties"] else []
        for key, node in self.schema["properties"].items():
            block = resolved(node, self.schema)
            entries = resolved(block.get("items", {}), self.schema)
            if name in block.get("properties", {}):
                homes.append(f"in `{key}`")
            elif name in entries.get("properties", {}):
                homes.append(f"in the entries of `{key}`")
        return homes

    def _described(self, path: Path) -> str:
        """The first sentence of what the schema says of a key, as help for one who has to write it."""
        node = self._node(path)
        return first_sentence(node) or first_sentence(resolved(node, self.schema))

    def _node(self, path: Path) -> Any:
        """What the schema says of the value at the end of a path; empty where it knows none."""
        node: Any = self.schema
        for step in path:
            node = resolved(node, self.schema)
            node = node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, {})
        return node


def _unknown(error: Any) -> list[str]:
    known = error.schema.get("properties", {})
    patterns = error.schema.get("patternProperties", {})
    return [name for name in error.instance if name not in known and not any(re.search(p, name) for p in patterns)]
