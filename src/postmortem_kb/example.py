"""Values as people write them: in YAML for frontmatter, in TOML for the policy."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_WIDTH = 76
# What YAML would take for something else than text, or for the end of it.
_UNSAFE = re.compile(
    r"^[\s@`#&*!|>'\"%\[\]{},?:-]|: |\s#|[\s:]$|^(?:true|false|null|yes|no|on|off|~|)$"
    r"|^[+.]?[0-9](?:[0-9]*[.]?[0-9]*(?:e[+-]?[0-9]+)?|x[0-9a-f]+|o[0-7]+)$|^[+]?[.](?:inf|nan)$",
    re.IGNORECASE,
)

_PARTING = re.compile(r"[,\[\]{}]")
"""What means something between brackets only."""


def yaml(key: str, value: Any) -> str:
    """`key: value` in the style of the postmortems."""
    return "\n".join(_block(key, value, ""))


def line(key: str, value: Any) -> str:
    """`key: value` on one line, however long it is."""
    return f"{key}: {_scalar(value)}"


def entry(value: Mapping[str, Any]) -> str:
    """A block of keys on one line, as it may stand in a list: `{id: 2026-03-04-pool, relation: similar}`."""
    return f"{{{', '.join(f'{key}: {_scalar(item, inside=True)}' for key, item in value.items())}}}"


def series(values: Iterable[Any]) -> str:
    """A list on one line: `[checkout, orders]`."""
    return f"[{', '.join(_scalar(item, inside=True) for item in values)}]"


def toml(key: str, value: Any) -> str:
    """`key = value`, a long list over several lines."""
    if not isinstance(value, list | tuple):
        return f"{key} = {_toml(value)}"
    line = f"{key} = [{', '.join(map(_toml, value))}]"
    if len(line) <= _WIDTH:
        return line
    # Between its items only: a text of TOML ends on its line.
    lines = [""]
    for item in map(_toml, value):
        if lines[-1] and len(lines[-1]) + len(item) >= _WIDTH:
            lines.append("")
        lines[-1] += f" {item},"
    return "\n".join((f"{key} = [", *(f" {part}" for part in lines), "]"))


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _block(key: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield f"{indent}{key}:"
        for name, inner in value.items():
            yield from _block(name, inner, f"{indent}  ")
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        yield f"{indent}{key}:"
        for item in value:
            lines = [line for name, inner in item.items() for line in _block(name, inner, f"{indent}    ")]
            yield f"{indent}  - {lines[0].lstrip()}"
            yield from lines[1:]
    elif isinstance(value, list):
        line = f"{indent}{key}: {series(value)}"
        if len(line) <= _WIDTH:
            yield line
        else:
            yield f"{indent}{key}:"
            yield from (f"{indent}  - {_scalar(item)}" for item in value)
    elif isinstance(value, str) and len(f"{indent}{key}: {value}") > _WIDTH:
        yield f"{indent}{key}: >-"
        yield from textwrap.wrap(value, _WIDTH, initial_indent=f"{indent}  ", subsequent_indent=f"{indent}  ")
    else:
        yield f"{indent}{key}: {_scalar(value)}"


def _scalar(value: Any, *, inside: bool = False) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    return (
        json.dumps(value, ensure_ascii=False) if _UNSAFE.search(value) or (inside and _PARTING.search(value)) else value
    )
