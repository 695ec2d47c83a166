"""The frontmatter of a postmortem as the public may read it: keys on a list, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

import yaml

from postmortem_kb.audience.wording import Wording
from postmortem_kb.contract import published_schema
from postmortem_kb.key import all_keys, keys_of
from postmortem_kb.model import NOBODY

Step = tuple[str, ...]

ALWAYS = frozenset(
    (
        "id", "title", "status", "severity", "kind", "visibility", "summary", "services", "tags", "timezone", "published",
        "timestamps.started", "timestamps.detected", "timestamps.acknowledged", "timestamps.identified",
        "timestamps.mitigated", "timestamps.resolved", "timestamps.verified",
        "detection.source",
        "impact.customers", "impact.data_loss", "impact.data_correctness", "impact.downtime_minutes",
        "root_causes.id", "root_causes.category", "root_causes.statement", "root_causes.evidence",
        "contributing_factors.id", "contributing_factors.kind", "contributing_factors.latent",
        "contributing_factors.statement", "contributing_factors.evidence",
        "action_items.id", "action_items.action", "action_items.type", "action_items.priority", "action_items.status",
        "action_items.completed", "action_items.addresses", "action_items.evidence",
        "related.id", "related.relation", "related.note",
        "links.title", "links.url", "links.kind",
        "briefs.customer",
    )
)  # fmt: skip
"""What the public is told of every public postmortem; a policy may add the keys that `policy.schema.json` lists."""
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_ADDRESSES = ("evidence", "url", "ticket")


def public_data(
    data: dict[str, Any], chosen: Collection[str], ids: Collection[str], wording: Wording
) -> dict[str, Any]:
    """The frontmatter of a public postmortem.

    Args:
        data: The frontmatter as it was written.
        chosen: Dotted keys that the policy makes public.
        ids: Those of all public postmortems.
        wording: What must not be told.
    """
    found: dict[str, Any] = _Keys(ALWAYS | set(chosen), wording).mapping(data, ())
    # The contract wants an author and owners: nobody is named.
    found["roles"] = {"author": NOBODY}
    for item in _items(found, "action_items"):
        item["owner"] = NOBODY
    for item in (*_items(found, "root_causes"), *_items(found, "contributing_factors")):
        if isinstance(item.get("accepted_risk"), dict):
            item["accepted_risk"]["by"] = NOBODY
    found["related"] = [item for item in _items(found, "related") if item.get("id") in ids]
    found["links"] = [item for item in _items(found, "links") if "url" in item]
    return {key: value for key, value in found.items() if value != []}


@cache
def _contract() -> frozenset[str]:
    return frozenset(key.name for key in all_keys(keys_of(published_schema())))


def _items(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    items = data.get(key)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def written(data: dict[str, Any]) -> str:
    """Values as YAML that reads as them."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100_000)
    return text


class _Keys:
    """Copies what is public of a value."""

    def __init__(self, allowed: frozenset[str], wording: Wording) -> None:
        self.allowed = allowed
        self.wording = wording

    def mapping(self, data: dict[str, Any], above: Step) -> dict[str, Any]:
        return {key: value for key, value in self._pairs(data, above) if value not in (None, [], {})}

    def _pairs(self, data: dict[str, Any], above: Step) -> Iterator[tuple[str, Any]]:
        for key, value in data.items():
            step = (*above, key)
            if isinstance(value, dict):
                yield key, self.mapping(value, step)
            elif isinstance(value, list):
                yield key, [found for item in value if (found := self._item(item, step)) not in (None, {})]
            else:
                yield key, self._value(value, step)

    def _item(self, item: Any, step: Step) -> Any:
        return self.mapping(item, step) if isinstance(item, dict) else self._value(item, step)

    def _value(self, value: Any, step: Step) -> Any:
        # Below a chosen key everything of the contract is public, but for names; what is no key of it, nobody has chosen.
        dotted = [".".join(step[: end + 1]) for end in range(len(step))]
        if dotted[-1] not in _contract() or self.allowed.isdisjoint(dotted):
            return None
        if not isinstance(value, str):
            return value if isinstance(value, bool | int | float) else None
        if step[-1] in _ADDRESSES and (":" in value or step[-1] != "ticket"):
            return value if self.wording.is_public(value) else None
        return self.wording.plain(value)
