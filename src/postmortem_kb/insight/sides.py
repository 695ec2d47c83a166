"""The catalog seen from one side: by service, by cause, by owner, by tag."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from postmortem_kb.insight.actions import Owed
from postmortem_kb.model import Postmortem


@dataclass(frozen=True, slots=True)
class Group:
    """What belongs to one name."""

    name: str
    postmortems: tuple[Postmortem, ...]
    """In the order in which they were given."""
    actions: tuple[Owed, ...]


def groups(
    postmortems: Iterable[Postmortem],
    actions: Sequence[Owed],
    names: Callable[[Postmortem], Iterable[str]],
    concerns: Callable[[Owed, str], bool] = lambda entry, name: True,
    key: Callable[[str], str] = str,
) -> dict[str, Group]:
    """The groups by their key, the largest first.

    Args:
        postmortems: All of them.
        actions: All of their actions.
        names: What a postmortem is found under.
        concerns: Whether an action of such a postmortem belongs to a name.
        key: What two spellings of one name have in common.
    """
    members: dict[str, tuple[str, dict[str, Postmortem]]] = {}
    for postmortem in postmortems:
        for name in names(postmortem):
            members.setdefault(key(name), (name, {}))[1][postmortem.id] = postmortem
    owed: dict[str, list[Owed]] = {}
    for entry in actions:
        owed.setdefault(entry.postmortem.id, []).append(entry)
    order = {id(entry): number for number, entry in enumerate(actions)}
    found = {}
    for slug, (name, inside) in members.items():
        entries = [e for member in inside for e in owed.get(member, ()) if concerns(e, name)]
        found[slug] = Group(name, tuple(inside.values()), tuple(sorted(entries, key=lambda e: order[id(e)])))
    return dict(sorted(found.items(), key=lambda item: (-len(item[1].postmortems), item[0])))


def answers_category(entry: Owed, category: str) -> bool:
    """Whether an action answers a root cause of a category."""
    causes = {cause.id for cause in entry.postmortem.root_causes if cause.kind == category}
    return bool(causes & set(entry.action.addresses))
