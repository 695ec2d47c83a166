"""Everything that is known of a repository's postmortems on a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from postmortem_kb.audience import INTERNAL
from postmortem_kb.catalog import page_key, read_catalog
from postmortem_kb.contract import Contract
from postmortem_kb.history import History, read_history
from postmortem_kb.insight.actions import Owed, action_index
from postmortem_kb.insight.relations import Related, relations
from postmortem_kb.model import Postmortem, read_postmortem
from postmortem_kb.policy import Policy
from postmortem_kb.violation import Violation


@dataclass(frozen=True)
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

    @cached_property
    def by_id(self) -> dict[str, Postmortem]:
        """The postmortems by their ids."""
        return {postmortem.id: postmortem for postmortem in self.postmortems}

    @cached_property
    def by_path(self) -> dict[str, Postmortem]:
        """The postmortems by their files."""
        return {postmortem.path: postmortem for postmortem in self.postmortems}

    @cached_property
    def actions(self) -> list[Owed]:
        """All action items."""
        return action_index(self.postmortems, self.today)

    @cached_property
    def relations(self) -> dict[str, list[Related]]:
        """The related postmortems of each id."""
        return relations(self.postmortems)


def read_knowledge(root: Path, policy: Policy, today: date, audience: str = INTERNAL) -> Knowledge:
    """Read a repository, as an audience may. Files whose frontmatter breaks the contract are left out, and named."""
    contract = Contract(policy)
    catalog = read_catalog(root, policy.limits)
    postmortems, left_out = [], {}
    pages: dict[str, str] = {}
    documents = catalog.documents()
    if audience != INTERNAL:
        # Imported here: only the public's edition is written anew.
        from postmortem_kb.audience.edition import public_documents, public_policy

        documents = public_documents(documents, root, policy)
    for document in documents:
        fault = next((f[0].message for f in document.problems.values()), "")
        if not fault:
            fault = next((v.message for v in contract.violations(document.frontmatter.data) if _shapeless(v)), "")
        if not fault and re.search("[\ud800-\udfff]", document.path):
            fault = "Its name is not UTF-8"
        other = pages.setdefault(page_key(document.id), document.path)
        if not fault and other != document.path:
            fault = f"The id `{document.id}` is also that of `{other}`"
        if fault:
            left_out[document.path] = fault
        else:
            postmortems.append(read_postmortem(document))
    postmortems.sort(key=lambda p: p.id)
    postmortems.sort(key=lambda p: p.times.started.timestamp() if p.times.started else 0, reverse=True)
    if audience != INTERNAL:
        policy = public_policy(policy, [postmortem.document for postmortem in postmortems])
        return Knowledge(root, policy, tuple(postmortems), left_out, {}, today, audience)
    return Knowledge(root, policy, tuple(postmortems), left_out, read_history(root), today)


def _shapeless(violation: Violation) -> bool:
    """Whether values cannot be built; what is only unfinished, unknown or too long is shown."""
    return not violation.policy and violation.keyword in ("type", "required", "pattern", "format")
