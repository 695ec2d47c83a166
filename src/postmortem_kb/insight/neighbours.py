"""What came before and after an incident on the same service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from postmortem_kb.insight.sides import names_by_key
from postmortem_kb.model import Postmortem


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The incident before and the one after, and the services that all of them hit."""

    services: tuple[str, ...]
    before: Postmortem | None
    after: Postmortem | None


def neighbours(postmortems: Iterable[Postmortem]) -> dict[str, list[Neighbours]]:
    """The neighbours of each id, one entry for the services that share the same two; none where it stands alone.

    Args:
        postmortems: Newest first.
    """
    lines: dict[str, list[tuple[Postmortem, str]]] = {}
    for postmortem in postmortems:
        for key, service in names_by_key(postmortem.services).items():
            lines.setdefault(key, []).append((postmortem, service))
    found: dict[str, dict[tuple[str, str], Neighbours]] = {}
    for line in lines.values():
        for i, (postmortem, service) in enumerate(line):
            after, before = line[i - 1][0] if i else None, line[i + 1][0] if i + 1 < len(line) else None
            if before or after:
                pairs = found.setdefault(postmortem.id, {})
                pair = (before.id if before else "", after.id if after else "")
                shared = pairs[pair].services if pair in pairs else ()
                pairs[pair] = Neighbours((*shared, service), before, after)
    return {id: list(pairs.values()) for id, pairs in found.items()}
