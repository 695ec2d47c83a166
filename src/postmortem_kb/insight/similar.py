"""Similar postmortems of a catalog, with what is still owed from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from postmortem_kb.audience import INTERNAL
from postmortem_kb.catalog import Catalog
from postmortem_kb.insight.computed import all_matches
from postmortem_kb.insight.matches import Match
from postmortem_kb.insight.profile import profile_of
from postmortem_kb.insight.profiles import read_profiles
from postmortem_kb.insight.shelf import shelf_of
from postmortem_kb.model import Action, Postmortem
from postmortem_kb.source.limits import Limits

SHOWN = 5
"""So many similar ones are shown of each; more are known, where they are clearly similar."""


@dataclass(frozen=True, slots=True, eq=False)
class Similar:
    """Another postmortem, why it is similar, and what is still owed from it."""

    postmortem: Postmortem
    score: float
    """From 0 to 1."""
    strength: str
    """`strong`, `clear` or `faint`."""
    reasons: tuple[str, ...]
    relation: str
    """The written relation, seen from the one that is asked; empty where the similarity is computed."""
    open_actions: tuple[Action, ...]


def similar_of(
    postmortems: Iterable[Postmortem],
    root: Path,
    limits: Limits | None = None,
    count: int = SHOWN,
    audience: str = INTERNAL,
) -> dict[str, list[Similar]]:
    """The similar postmortems of each id, best first, for pages: only among those that are given.

    Profiles come from the user's cache where the files are as they were; where none has changed, so do the relations.
    """
    known = {postmortem.id: postmortem for postmortem in postmortems}
    if audience != INTERNAL:
        # Of their own texts: the files say more than the public is told.
        found = all_matches([profile_of(known[id].document) for id in sorted(known)], count)
    else:
        catalog = Catalog(root, limits or Limits(), tuple(sorted(postmortem.path for postmortem in known.values())))
        shelf = shelf_of(root)
        read = read_profiles(catalog, shelf, catalog.paths, {p.path: p.document for p in known.values()})
        found = all_matches([one for one in read.profiles if one.id in known], count, shelf, read.state, read.marks)
    owed = {id: tuple(action for action in one.actions if action.open) for id, one in known.items()}
    return {id: [_similar(known[match.id], match, owed[match.id]) for match in found.get(id, ())] for id in known}


def _similar(postmortem: Postmortem, match: Match, owed: tuple[Action, ...]) -> Similar:
    return Similar(postmortem, match.score, match.strength, match.reasons, match.relation, owed)
