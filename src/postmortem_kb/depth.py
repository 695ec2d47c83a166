"""How much a postmortem has to tell: what each status and severity asks for, as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from postmortem_kb.policy import Policy
from postmortem_kb.published import published
from postmortem_kb.words import LIFE_CYCLE


@dataclass(frozen=True, slots=True)
class Depth:
    """Columns are statuses and severities that ask for the same, rows what is asked for."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[bool, ...]], ...]
    """Kind (`key`, `section`, `action type`), name, and whether each column asks for it."""


def depth_of(policy: Policy) -> Depth:
    """The table of a policy."""
    columns: dict[frozenset[tuple[str, str]], list[tuple[str, str]]] = {}
    for status in policy.words["status"]:
        for severity in policy.words["severity"]:
            columns.setdefault(frozenset(_asked(policy, status, severity)), []).append((status, severity))
    ordered = list(columns)
    names = dict.fromkeys(
        item for status in policy.words["status"] for severity in reversed(policy.words["severity"])
        for item in _asked(policy, status, severity)
    )  # fmt: skip
    return Depth(
        tuple(_title(columns[asked], policy) for asked in ordered),
        tuple((kind, name, tuple((kind, name) in asked for asked in ordered)) for kind, name in names),
    )


def markdown(policy: Policy) -> Iterator[str]:
    """The table, the deadlines and the triggers as Markdown."""
    depth = depth_of(policy)
    yield "## What is required"
    yield ""
    head = ["", *depth.columns]
    rows = [[f"{kind} `{name}`", *("yes" if asked else "" for asked in cells)] for kind, name, cells in depth.rows]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, ["-" * width for width in widths], *rows):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
    yield ""
    yield "A section that a reviewed postmortem needs and a draft lacks is a warning there; keys are asked for on review."
    yield ""
    yield "## When"
    yield ""
    steps = {"draft": "A draft exists", "review": "It is reviewed", "close": "It is closed"}
    for name, text in steps.items():
        yield f"- {text} within {policy.allowed(name)} from `timestamps.resolved`."
    yield ""
    yield "## Which incidents need a postmortem"
    yield ""
    for trigger in policy.triggers:
        yield f"- {trigger}"


def _asked(policy: Policy, status: str, severity: str) -> Iterator[tuple[str, str]]:
    for requirement in policy.required(status, severity):
        yield from (("key", name) for name in requirement.keys)
        yield from (("section", name) for name in requirement.sections)
        yield from (("action type", name) for name in requirement.action_types)
    if status not in LIFE_CYCLE:
        # No block has to name a status of one's own, and the contract asks for these whatever the policy says.
        yield from (("key", name) for name in _always())


@cache
def _always() -> tuple[str, ...]:
    """The keys that every postmortem has, dotted."""
    schema = json.loads(published("postmortem.schema.json"))
    inner = {name: schema["properties"][name].get("required", ()) for name in schema["required"]}
    return tuple(f"{name}.{key}" if key else name for name in inner for key in inner[name] or ("",))


def _title(pairs: list[tuple[str, str]], policy: Policy) -> str:
    statuses = list(dict.fromkeys(status for status, _ in pairs))
    severities = list(dict.fromkeys(severity for _, severity in pairs))
    text = ", ".join(statuses)
    return text if len(severities) == len(policy.words["severity"]) else f"{text}: {', '.join(severities)}"
