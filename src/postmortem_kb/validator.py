"""A JSON Schema that answers quickly whether values follow it, and in full why they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_EXPLAINING = ("$schema", "$id", "$comment", "title", "description", "examples", "default")

_BOUNDS: dict[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("maximum", "maxItems", "maxLength"), min),
    **dict.fromkeys(("minimum", "minItems", "minLength"), max),
}
"""Which of two bounds lets less through."""


class Validator:
    """Most files are valid, and that is answered a hundred times quicker than what is wrong with one."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self.is_valid = _gate(schema)
        """Whether values follow the schema. It may say no to valid ones, never yes to others."""

    def errors(self, data: Any) -> Iterator[Any]:
        """The `jsonschema.ValidationError` of each departure."""
        if not self.is_valid(data):
            yield from _explainer(self._explaining).iter_errors(data)

    def __reduce__(self) -> tuple[type[Validator], tuple[Mapping[str, Any]]]:
        """What is compiled cannot be sent to another process, which compiles its own."""
        return Validator, (self._schema,)

    @cached_property
    def _explaining(self) -> Mapping[str, Any]:
        schema: Mapping[str, Any] = flat(self._schema, self._schema)
        return schema


def resolved(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a node refers to, inside the same schema."""
    while "$ref" in node:
        target: Any = schema
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def flat(node: Any, schema: Mapping[str, Any]) -> Any:
    """A schema without references: following one costs the validator five times as much as what stands behind it."""
    if isinstance(node, list):
        return [flat(item, schema) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        node = _narrowed(node, resolved(node, schema))
    return {key: flat(value, schema) for key, value in node.items() if key != "$defs"}


def _narrowed(node: Mapping[str, Any], target: Mapping[str, Any]) -> dict[str, Any]:
    """What a node refers to together with what stands beside its `$ref`: both hold, so the narrower bound does.

    Title and description stay those of the target, which say what form a value has; an example that is nearer to the key says more.
    """
    own = {key: value for key, value in node.items() if key != "$ref"}
    narrower = {key: _BOUNDS[key](own[key], target[key]) for key in _BOUNDS if key in own and key in target}
    examples = {key: own[key] for key in ("examples",) if key in own}
    return {**own, **target, **examples, **narrower}


def _bare(node: Any, *, names: bool = False) -> Any:
    """A schema with nothing but what decides; `names` says that the keys are names of properties."""
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _bare(value, names=not names and key in ("properties", "patternProperties"))
        for key, value in node.items()
        if names or key not in _EXPLAINING
    }


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


_FORMATS: dict[str, Callable[[object], bool]] = {"date": _is_date, "date-time": _is_moment}
"""The formats that the schema names; they may raise a ValueError for no."""


def _gate(schema: Mapping[str, Any]) -> Callable[[Any], bool]:
    try:
        from jsonschema_rs import ValidationError, validator_for
    except ImportError:
        return _explainer(_bare(flat(schema, schema))).is_valid

    def quiet(check: Callable[[object], bool]) -> Callable[[object], bool]:
        def checked(value: object) -> bool:
            try:
                return check(value)
            except ValueError:
                return False

        return checked

    formats = {name: quiet(check) for name, check in _FORMATS.items()}
    validator = validator_for({"$schema": _DIALECT, **schema}, validate_formats=True, formats=formats)

    def is_valid(data: Any) -> bool:
        try:
            return bool(validator.is_valid(data))
        except (ValueError, ValidationError):
            return False

    return is_valid


def _explainer(schema: Mapping[str, Any]) -> Draft202012Validator:
    # The import takes as long as the rest of a hook's start: only here, where something is wrong.
    from jsonschema import Draft202012Validator, FormatChecker
    from referencing import Registry

    checker = FormatChecker(formats=())
    for name, check in _FORMATS.items():
        checker.checks(name, raises=ValueError)(check)
    # An empty registry: a reference to another place is an error, never a request.
    return Draft202012Validator(schema, registry=Registry(), format_checker=checker)
