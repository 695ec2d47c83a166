"""The written relations between postmortems, seen from both ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from postmortem_kb.model import Postmortem

INVERSES = {
    "recurrence-of": "recurred-as",
    "same-cause": "same-cause",
    "caused-by": "cause-of",
    "follow-up-of": "followed-up-by",
    "similar": "similar",
}
"""What a relation is called on the other page; a word that a policy added stays as it is."""


@dataclass(frozen=True, slots=True)
class Related:
    """Another postmortem, how it relates, and what was written about it."""

    postmortem: Postmortem
    relation: str
    note: str


def relations(postmortems: Iterable[Postmortem]) -> dict[str, list[Related]]:
    """The related postmortems of each id: those that it names, then those that name it.

    A pair that names each other with words that say the same is shown once, with both notes kept on their pages.
    """
    known = {postmortem.id: postmortem for postmortem in postmortems}
    found: dict[str, list[Related]] = {id: [] for id in known}
    for postmortem in known.values():
        for relation in postmortem.related:
            if relation.id in known and relation.id != postmortem.id:
                found[postmortem.id].append(Related(known[relation.id], relation.relation, relation.note))
    written = {(id, r.postmortem.id, r.relation) for id, related in found.items() for r in related}
    for id, other, word in sorted(written):
        inverse = INVERSES.get(word, word)
        if (other, id, inverse) not in written:
            note = next(r.note for r in known[id].related if r.id == other and r.relation == word)
            found[other].append(Related(known[id], inverse, note))
    return found
