"""What a file for programs holds of each postmortem: an edit changes the part of one, and the others are taken from the shelf."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Postmortem
from postmortem_kb.source.text import digest


def parts(knowledge: Knowledge, kind: str, make: Callable[[Postmortem], Any]) -> dict[str, Any]:
    """The parts of all postmortems by id, as JSON gives them back.

    Args:
        knowledge: The postmortems, and the shelf.
        kind: What the parts are for.
        make: A part from the frontmatter of a postmortem, its last revision, the policy and the day.
    """
    if not knowledge.shelf:
        return {postmortem.id: make(postmortem) for postmortem in knowledge.postmortems}
    kind = f"part {kind}"
    known = knowledge.shelf.all(kind)
    found: dict[str, Any] = {}
    fresh: dict[str, bytes] = {}
    used = set()
    for postmortem in knowledge.postmortems:
        name = _name(postmortem, knowledge)
        used.add(name)
        try:
            found[postmortem.id] = json.loads(known.pop(name))
        except (KeyError, ValueError):
            found[postmortem.id] = make(postmortem)
            fresh[name] = json.dumps(found[postmortem.id]).encode()
    if fresh:
        knowledge.shelf.put(kind, fresh)
    if known:
        knowledge.shelf.keep(kind, used)
    return found


def _name(postmortem: Postmortem, knowledge: Knowledge) -> str:
    last = knowledge.history.get(postmortem.path, ())[:1]
    asked = (postmortem.path, postmortem.document.frontmatter_mark, last, knowledge.today)
    return digest(repr(asked).encode("utf-8", "surrogatepass"))
