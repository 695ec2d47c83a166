"""Everything that is known of a repository's postmortems on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from postmortem_kb.action_history import ActionHistory
from postmortem_kb.audience import INTERNAL
from postmortem_kb.catalog import page_key, read_catalog
from postmortem_kb.contract import Contract
from postmortem_kb.git import place_of
from postmortem_kb.history import History, read_history
from postmortem_kb.insight.actions import Owed, action_index
from postmortem_kb.insight.chains import Chain, chains
from postmortem_kb.insight.neighbours import Neighbours, neighbours
from postmortem_kb.insight.patterns import Patterns, patterns
from postmortem_kb.insight.relations import Related, relations
from postmortem_kb.insight.similar import SHOWN, Similar, similar_of
from postmortem_kb.insight.unfixed import Unfixed, unfixed_of
from postmortem_kb.model import Postmortem, read_postmortem
from postmortem_kb.policy import FOLDER, Policy
from postmortem_kb.readings import read_all, remembered_actions
from postmortem_kb.render.pictures import size
from postmortem_kb.shelf import Shelf
from postmortem_kb.source.links import is_file
from postmortem_kb.source.text import digest


@dataclass(frozen=True, eq=False)
class Knowledge:
    """The postmortems that pages are made of, newest first, with what follows from all of them together."""

    root: Path
    policy: Policy
    postmortems: tuple[Postmortem, ...]
    left_out: Mapping[str, str]
    """Files that cannot be shown, by path, each with the first reason."""
    history: History
    today: date
    audience: str = INTERNAL
    shelf: Shelf | None = None
    """Where parts of files for programs are kept."""

    @cached_property
    def place(self) -> str:
        """Where it lies in its git repository, with `/` at its end; empty: at the top, or in none."""
        return place_of(self.root)

    @cached_property
    def by_id(self) -> dict[str, Postmortem]:
        """The postmortems by their ids."""
        return {postmortem.id: postmortem for postmortem in self.postmortems}

    @cached_property
    def by_path(self) -> dict[str, Postmortem]:
        """The postmortems by their files."""
        return {postmortem.path: postmortem for postmortem in self.postmortems}

    @cached_property
    def mark(self) -> str:
        """A digest of all that pages are made from, the text of bodies and what is similar by it aside."""
        known = (self.today, sorted(self.left_out), [(p.path, p.document.frontmatter_mark) for p in self.postmortems])
        return digest(repr((known, sorted(self.history.items()))).encode("utf-8", "surrogatepass"))

    @cached_property
    def marks(self) -> dict[str, str]:
        """A digest of what is known of each postmortem by itself today, by id: its frontmatter and its last revision."""
        found = {
            p.id: (p.path, p.document.frontmatter_mark, self.history.get(p.path, ())[:1]) for p in self.postmortems
        }
        return {id: digest(repr((*told, self.today)).encode("utf-8", "surrogatepass")) for id, told in found.items()}

    def prepare(self) -> None:
        """Work out what much asks for, before other processes begin as copies of this one and each do it again."""
        _ = self.marks, self.actions_of

    def answer(self, question: tuple[str, str]) -> str:
        """What a page may ask of other files: which postmortem stands in one, how large a picture is, whether it is there."""
        kind, path = question
        if kind == "page":
            return self.by_path[path].id if path in self.by_path else ""
        if kind == "source":
            return "yes" if is_file(self.root, path) else ""
        if not is_file(self.root, path, FOLDER):
            return ""
        return "x".join(map(str, size(self.root / path))) if kind == "picture" else "yes"

    @cached_property
    def actions(self) -> list[Owed]:
        """All action items."""
        return action_index(self.postmortems, self.today)

    @cached_property
    def actions_of(self) -> dict[str, list[Owed]]:
        """The action items of each id that has some, in the order of all of them."""
        found: dict[str, list[Owed]] = {}
        for entry in self.actions:
            found.setdefault(entry.postmortem.id, []).append(entry)
        return found

    @cached_property
    def relations(self) -> dict[str, list[Related]]:
        """The related postmortems of each id."""
        return relations(self.postmortems)

    @cached_property
    def recurrences(self) -> dict[str, Chain]:
        """The chain of recurrences to which each id belongs that has one."""
        return {p.id: chain for chain in chains(self.postmortems, "recurrence-of") for p in chain.postmortems}

    def unlinked(self, postmortem: Postmortem) -> tuple[Postmortem, ...]:
        """The other times that it happened to which no relation leads directly, the oldest first."""
        chain = self.recurrences.get(postmortem.id)
        written = {related.postmortem.id for related in self.relations[postmortem.id]}
        times = chain.postmortems if chain else ()
        return tuple(other for other in times if other.id not in written and other is not postmortem)

    @cached_property
    def similar(self) -> dict[str, list[Similar]]:
        """The similar postmortems of each id that are shown, best first, with what is still owed from them."""
        return {id: found[:SHOWN] for id, found in self._alike.items()}

    @cached_property
    def _alike(self) -> dict[str, list[Similar]]:
        """The similar postmortems of each id, best first; more than are shown, where they are clearly similar."""
        return similar_of(self.postmortems, self.root, self.policy.limits, audience=self.audience)

    @cached_property
    def similar_mark(self) -> str:
        """A digest of what is similar to what, which the text of bodies decides, too."""
        found = [
            (id, [(s.postmortem.id, s.score, s.reasons, s.relation) for s in similar])
            for id, similar in self.similar.items()
        ]
        return digest(repr(found).encode("utf-8", "surrogatepass"))

    @cached_property
    def action_history(self) -> ActionHistory:
        """What git remembers of the actions; nothing for the public."""
        if self.audience != INTERNAL:
            return {}
        return remembered_actions(self.root, [p.path for p in self.postmortems if p.actions], self.shelf)

    @cached_property
    def patterns(self) -> Patterns:
        """What a review of the past has to look at today."""
        return patterns(self.postmortems, self.actions, self.action_history, self.today, self.policy.words["severity"])

    @cached_property
    def patterns_mark(self) -> str:
        """A digest of all that a review looks at: a merge changes what git remembers of actions, and no file."""
        found = sorted(self.action_history.items())
        return digest(repr((self.mark, found)).encode("utf-8", "surrogatepass"))

    @cached_property
    def unfixed(self) -> dict[str, list[Unfixed]]:
        """Of each id, what earlier incidents had promised and was not done when it began.

        Nothing where the rule of that name is off: there, nobody follows up what was promised.
        """
        if self.policy.rules.get("known-unfixed", {}).get("severity") == "off":
            return {postmortem.id: [] for postmortem in self.postmortems}
        # Those that came later must not push out what was promised before: so not of the shown ones alone.
        return unfixed_of(self.postmortems, self.relations, self._alike, self.action_history)

    @cached_property
    def neighbours(self) -> dict[str, list[Neighbours]]:
        """What came before and after on the same services, for each id that has such."""
        return neighbours(self.postmortems)


def read_knowledge(
    root: Path, policy: Policy, today: date, shelf: Shelf | None = None, audience: str = INTERNAL
) -> Knowledge:
    """Read a repository, as an audience may. Files whose frontmatter breaks the contract are left out, and named.

    Args:
        root: Where the repository begins.
        policy: Its policy.
        today: The day on which it is asked what is late.
        shelf: Where the frontmatter of files that earlier builds read is found again.
        audience: Who reads what is made of it.
    """
    postmortems, left_out = [], {}
    pages: dict[str, str] = {}
    read = read_all(read_catalog(root, policy.limits), Contract(policy), shelf)
    if audience != INTERNAL:
        # Imported here: only the public's edition is written anew.
        from postmortem_kb.audience.edition import public_documents, public_policy

        read = public_documents(read, root, policy)
    for document, reason in read:
        other = pages.setdefault(page_key(document.id), document.path)
        fault = reason or ("" if other == document.path else f"The id `{document.id}` is also that of `{other}`")
        if fault:
            left_out[document.path] = fault
        else:
            postmortems.append(read_postmortem(document))
    postmortems.sort(key=lambda p: p.id)
    postmortems.sort(key=lambda p: p.times.started.timestamp() if p.times.started else 0, reverse=True)
    if audience != INTERNAL:
        policy = public_policy(policy, [postmortem.document for postmortem in postmortems])
        return Knowledge(root, policy, tuple(postmortems), left_out, {}, today, audience, shelf)
    return Knowledge(root, policy, tuple(postmortems), left_out, read_history(root), today, audience, shelf)
