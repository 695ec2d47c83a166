"""Addresses at the host of the repository: a file, a change, the editor, a new issue."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode, urlsplit

from postmortem_kb.paths import path_text
from postmortem_kb.policy import Policy


@dataclass(frozen=True, slots=True)
class Forge:
    """A code host. Where its kind is not known, files and changes are linked and nothing else."""

    base: str
    """The address of the repository, without `/` at its end; empty: there is none to link to."""
    kind: str
    """`github`, `gitlab` or empty."""
    branch: str
    """Where edits go to."""
    place: str
    """Where the knowledge base lies in the repository, with `/` at its end; empty: at its top."""

    def source(self, path: str, spot: str = "") -> str:
        """A file of the knowledge base, as it is on the default branch; `spot` is where in it, such as `L4`."""
        behind = f"#{quote(unquote(spot))}" if spot else ""
        return self._at(f"blob/HEAD/{_quoted(self.place + path)}{behind}")

    def commit(self, id: str) -> str:
        """One change."""
        return self._at(f"commit/{quote(id)}")

    def edit(self, path: str) -> str:
        """The host's editor, open with a file."""
        # The editors of both hosts refuse HEAD: they write to a branch.
        return self._at(f"edit/{quote(self.branch)}/{_quoted(self.place + path)}") if self.kind else ""

    def issue(self, title: str, text: str) -> str:
        """A new issue, with its title and its text filled in."""
        if not self.kind:
            return ""
        names = ("issue[title]", "issue[description]") if self.kind == "gitlab" else ("title", "body")
        said = dict(zip(names, (title, path_text(text)), strict=True))
        return self._at(f"issues/new?{urlencode(said, quote_via=quote)}")

    def _at(self, way: str) -> str:
        if not self.base:
            return ""
        return f"{self.base}/{'-/' if self.kind == 'gitlab' else ''}{way}"


def _quoted(path: str) -> str:
    # By its bytes, for not every file's name is UTF-8.
    return quote(os.fsencode(path))


def forge(policy: Policy, place: str) -> Forge:
    """The code host that a policy names; its kind is read from the host's name where the policy does not say it.

    Args:
        policy: Of the knowledge base.
        place: Where the knowledge base lies in the repository, as `place_of` gives it.
    """
    host = urlsplit(policy.repo_url).hostname or ""
    told = next((kind for kind in ("github", "gitlab") if kind in host), "")
    return Forge(policy.repo_url.rstrip("/"), policy.forge or told, policy.branch, place)
