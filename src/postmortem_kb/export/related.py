"""Similar postmortems as data, in the shapes of `similar.schema.json` and `related.schema.json`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from postmortem_kb.insight.search import Found
from postmortem_kb.insight.similar import Similar
from postmortem_kb.paths import path_text

ADDRESS = "api/related.json"
VERSION = 1


def similar(found: Iterable[Found]) -> dict[str, Any]:
    """What `postmortem similar --format json` prints."""
    return {"version": VERSION, "similar": [_found(one) for one in found]}


def related(similar: Mapping[str, Iterable[Similar]]) -> dict[str, Any]:
    """`/api/related.json`: the similar postmortems of each, those that are written down and those that are computed."""
    return {"version": VERSION, "related": list(related_entries(similar))}


def related_entries(similar: Mapping[str, Iterable[Similar]]) -> Iterator[dict[str, Any]]:
    """Its entries one by one: all of a large catalog at once are larger than their text."""
    return ({"id": id, "similar": [_similar(one) for one in some]} for id, some in sorted(similar.items()))


def _found(found: Found) -> dict[str, Any]:
    return {
        "id": found.match.id,
        "title": found.title,
        "path": path_text(found.document.path),
        "score": found.match.score,
        "reasons": list(found.match.reasons),
        "open_actions": [
            {"id": item["id"], "action": " ".join(item["action"].split()), "owner": str(item.get("owner") or "")}
            for item in found.open_actions
        ],
    }


def _similar(similar: Similar) -> dict[str, Any]:
    return {
        "id": similar.postmortem.id,
        "title": similar.postmortem.title,
        "path": path_text(similar.postmortem.path),
        "score": similar.score,
        "strength": similar.strength,
        "reasons": list(similar.reasons),
        **({"relation": similar.relation} if similar.relation else {}),
        "open_actions": [
            {"id": action.id, "action": " ".join(action.action.split()), "owner": action.owner}
            for action in similar.open_actions
        ],
    }
