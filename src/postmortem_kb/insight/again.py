"""How an incident stands to others of its kind: which time it is, what came after, what is like it, what is still owed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from postmortem_kb.insight.chains import Chain
from postmortem_kb.insight.reasons import CLEAR
from postmortem_kb.insight.similar import SHOWN, Similar
from postmortem_kb.model import Postmortem


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """What the head of an incident says of others."""

    earlier: tuple[Postmortem, ...]
    """The times that it happened before, as relations say, the oldest first."""
    later: tuple[Postmortem, ...]
    """The times that it came back since, the oldest first."""
    similar: tuple[Postmortem, ...]
    """Others that are clearly similar, though no relation is written."""
    more: bool
    """Whether there may be more of these: only the most similar are known."""
    owing: tuple[Postmortem, ...]
    """Those of all of them with actions that are still open."""

    @property
    def open_actions(self) -> int:
        """How many actions are still open there."""
        return sum(action.open for other in self.owing for action in other.actions)

    def __bool__(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.earlier or self.later or self.similar)


def again(postmortem: Postmortem, chain: Chain | None, found: Sequence[Similar], related: Collection[str]) -> Again:
    """What is to be said of an incident.

    Args:
        postmortem: The incident.
        chain: The recurrences to which it belongs; None for one that happened once.
        found: The similar ones, best first; faint ones are passed over.
        related: The ids of those to which a relation is written.
    """
    times = chain.postmortems if chain else (postmortem,)
    place = times.index(postmortem)
    clear = [one for one in found if one.score >= CLEAR]
    # What belongs to the chain is told as a time that it happened.
    told = {other.id for other in times} | set(related)
    similar = tuple(one.postmortem for one in clear if not one.relation and one.postmortem.id not in told)
    others = (other for other in (*times, *similar) if other is not postmortem)
    owing = tuple(other for other in others if any(action.open for action in other.actions))
    return Again(times[:place], times[place + 1 :], similar, len(clear) == SHOWN, owing)
