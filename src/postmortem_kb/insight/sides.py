"""The catalog seen from one side: by service, by cause, by owner, by tag."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from postmortem_kb.insight.actions import Owed
from postmortem_kb.model import Postmortem


@dataclass(frozen=True, slots=True)
class Group:
    """What belongs to one name."""

    name: str
    postmortems: tuple[Postmortem, ...]
    """In the order in which they were given."""
    owed: tuple[Owed, ...]
    """The actions that are open."""
    finished: tuple[Owed, ...]
    """The actions that are done or cancelled."""

    @property
    def overdue(self) -> int:
        """How many of the open ones are late."""
        return sum(entry.overdue for entry in self.owed)

    @property
    def actions(self) -> tuple[Owed, ...]:
        """All of them, the open ones first."""
        return self.owed + self.finished


def name_key(name: str) -> str:
    """What the spellings of a name have in common: capitals make no difference."""
    return name.casefold()


def names_by_key(names: Iterable[str], key: Callable[[str], str] = name_key) -> dict[str, str]:
    """The first spelling of each name, by what its spellings have in common."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(key(name), name)
    return found


def groups(
    postmortems: Iterable[Postmortem],
    actions: Sequence[Owed],
    names: Callable[[Postmortem], Iterable[str]],
    concerns: Callable[[Owed, str], bool] | None = None,
    key: Callable[[str], str] = str,
) -> dict[str, Group]:
    """The groups by their key, the largest first.

    Args:
        postmortems: All of them.
        actions: All of their actions.
        names: What a postmortem is found under.
        concerns: Whether an action of such a postmortem belongs to a name; by default, all of them do.
        key: What two spellings of one name have in common.
    """
    # Thousands of postmortems share tens of names.
    key = cache(key)
    members: dict[str, tuple[str, dict[str, Postmortem]]] = {}
    belongs: dict[str, dict[str, str]] = {}
    for postmortem in postmortems:
        for written in names(postmortem):
            slug = key(written)
            name, inside = members.setdefault(slug, (written, {}))
            inside[postmortem.id] = postmortem
            belongs.setdefault(postmortem.id, {})[slug] = name
    owed: dict[str, list[Owed]] = {slug: [] for slug in members}
    finished: dict[str, list[Owed]] = {slug: [] for slug in members}
    for entry in actions:
        belonging = owed if entry.action.open else finished
        for slug, name in belongs.get(entry.postmortem.id, {}).items():
            if concerns is None or concerns(entry, name):
                belonging[slug].append(entry)
    found = {
        slug: Group(name, tuple(inside.values()), tuple(owed[slug]), tuple(finished[slug]))
        for slug, (name, inside) in members.items()
    }
    return dict(sorted(found.items(), key=lambda item: (-len(item[1].postmortems), item[0])))


def most_owed_first(found: Mapping[str, Group]) -> dict[str, Group]:
    """The same groups, those first that have most to catch up with: by what is overdue, then open, then by incidents."""
    return dict(
        sorted(
            found.items(), key=lambda item: (-item[1].overdue, -len(item[1].owed), -len(item[1].postmortems), item[0])
        )
    )


def answers_category(entry: Owed, category: str) -> bool:
    """Whether an action answers a root cause of a category."""
    addressed = entry.action.addresses
    return any(cause.id in addressed for cause in entry.postmortem.root_causes if cause.kind == category)
