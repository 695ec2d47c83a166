"""The anchors of an incident's page: what a file says has those of the code host, what is drawn beside it has others."""

from __future__ import annotations

from postmortem_kb.model import Postmortem
from postmortem_kb.source.body import Section, anchor, anchors, own_name

MERGED = {"Impact": "impact", "Root Cause": "causes"}
"""Sections of a file in which its page draws something, too, and what."""
_PLACES = ("engineering", "history", "same-services", "similar-incidents")


class Outline:
    """Follows from one file alone: whoever finds a section by a search, or links it, is led there whatever other files say."""

    def __init__(self, postmortem: Postmortem) -> None:
        self._body = postmortem.document.body
        taken = [
            *_PLACES,
            *(f"brief-{name}" for name in postmortem.briefs),
            *(cause.id.lower() for cause in postmortem.causes),
            *(f"action-{action.id.lower()}" for action in postmortem.actions),
        ]
        self.names = {id(token): name for name, token in anchors(self._body.tokens, taken)}
        """The anchor of each heading in the file, by the identity of its inline token."""
        self._taken = dict.fromkeys((*taken, *self.names.values()), 0)

    def written(self, section: Section) -> str:
        """The anchor of a section of the file."""
        return self.names[id(self._body.heading_of(section))]

    def drawn(self, title: str) -> str:
        """The anchor of a section that stands on the page only."""
        return own_name(anchor(title), dict(self._taken))
