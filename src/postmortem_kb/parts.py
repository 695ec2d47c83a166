"""What a file for programs holds of each postmortem: an edit changes the part of one, and the others are taken from the shelf."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from postmortem_kb.insight.actions import Owed
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Postmortem

_END = "\0"
"""Stands behind each text of a part; neither JSON nor a calendar holds it."""


def parts(knowledge: Knowledge, kind: str, make: Callable[[Postmortem], Iterable[str]]) -> dict[str, list[str]]:
    """The parts of all postmortems by id, each of some texts.

    Args:
        knowledge: The postmortems, and the shelf.
        kind: What the parts are for.
        make: A part from the frontmatter of a postmortem, its last revision, the policy and the day.
    """
    if not knowledge.shelf:
        return {postmortem.id: list(make(postmortem)) for postmortem in knowledge.postmortems}
    kind = f"part {kind}"
    known = knowledge.shelf.all(kind)
    found: dict[str, list[str]] = {}
    fresh: dict[str, bytes] = {}
    used = set()
    for postmortem in knowledge.postmortems:
        name = knowledge.marks[postmortem.id]
        used.add(name)
        try:
            found[postmortem.id] = known.pop(name).decode("utf-8", "surrogatepass").split(_END)[:-1]
        except (KeyError, ValueError):
            found[postmortem.id] = list(make(postmortem))
            packed = "".join(f"{text}{_END}" for text in found[postmortem.id])
            fresh[name] = packed.encode("utf-8", "surrogatepass")
    if fresh:
        knowledge.shelf.put(kind, fresh)
    if known:
        knowledge.shelf.keep(kind, used)
    return found


def parts_of_actions(knowledge: Knowledge, kind: str, make: Callable[[Owed], str]) -> Iterator[str]:
    """The texts of all actions, in their order; kept by postmortem."""
    found = parts(knowledge, kind, lambda p: map(make, knowledge.actions_of.get(p.id, ())))
    places = {id: iter(texts) for id, texts in found.items()}
    return (next(places[entry.postmortem.id]) for entry in knowledge.actions)


def separated(lines: Iterable[str]) -> Iterator[str]:
    """The entries of a JSON array, one a line."""
    mark = ""
    for line in lines:
        yield mark
        yield line
        mark = ",\n"
