"""The manual of `postmortem.toml`: every setting, in the words of its schema, and what each rule weighs here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from postmortem_kb.example import toml
from postmortem_kb.key import Key, keys_of
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages import rules
from postmortem_kb.pages.page import Content, Heading, Page, render
from postmortem_kb.pages.prose import example, sentence
from postmortem_kb.pages.searchable import page_text
from postmortem_kb.policy import Policy, default_data
from postmortem_kb.published import published
from postmortem_kb.rules import RULES

PATH = "reference/configuration/"
_RULES, _BLOCKS = "rules", "requires"


def policy_keys() -> tuple[Key, ...]:
    """The settings of `postmortem.toml`."""
    return keys_of(json.loads(published("policy.schema.json")))


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/reference/configuration/`."""
    about = "Every setting of postmortem.toml: what it does, its default, an example"
    yield Page(PATH, "Configuration", rules.AREA, "", partial(_content, knowledge), about)


def _content(knowledge: Knowledge) -> Content:
    keys = policy_keys()
    tables = [key for key in keys if key.name != _RULES]
    settings = next(key for key in keys if key.name == _RULES)
    html = render(
        "configuration.html",
        PATH,
        tables=tables,
        rules=settings,
        weights={rule.NAME: _weights(rule.NAME, str(rule.SEVERITY), knowledge.policy) for rule in RULES},
        blocks={name: _table(f"{_BLOCKS}.{name}", block, ("severity", "status")) for name, block in _defaults(_BLOCKS)},
        block=next(key for key in keys if key.name == _BLOCKS).inner[0].inner,
        sentence=sentence,
        default=_default,
        written=lambda key: example("\n".join(_written(key)), "toml"),
        example=example,
    )
    return Content(html, tuple(Heading(key.name, key.name) for key in keys), search=page_text("Configuration", html))


def _weights(name: str, severity: str, policy: Policy) -> tuple[str, str]:
    """What a rule weighs by default, and what it weighs here."""
    return severity, str(policy.rules.get(name, {}).get("severity", severity))


def _defaults(name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from default_data()[name].items()


def _default(key: Key) -> str:
    """The default of a setting, as it would be written; empty where there is none."""
    value: Any = default_data()
    for step in key.name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    value = key.default if value is None else value
    return "" if value is None or isinstance(value, Mapping) else json.dumps(value, ensure_ascii=False)


def _written(key: Key) -> Iterator[str]:
    if not key.inner:
        yield toml(key.name, key.default)
        return
    if key.name == _BLOCKS:
        block = {inner.last: inner.example for inner in key.inner[0].inner}
        yield _table(f"{_BLOCKS}.ours", block)
        return
    values = {inner.last: inner.example for inner in key.inner if inner.example is not None}
    yield _table(key.name, values or dict(default_data()[key.name]))


def _table(name: str, values: Mapping[str, Any], first: tuple[str, ...] = ()) -> str:
    keys = sorted(values, key=lambda key: key not in first)
    return "\n".join((f"[{name}]", *(toml(key, values[key]) for key in keys if values[key])))
