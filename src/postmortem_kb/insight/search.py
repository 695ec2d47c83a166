"""What in a catalog, as it lies on the disk, is similar to a file or a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from postmortem_kb.catalog import Catalog
from postmortem_kb.insight.actions import unproven
from postmortem_kb.insight.counts import index_of
from postmortem_kb.insight.matches import Match, Matcher
from postmortem_kb.insight.profile import Profile, profile_of
from postmortem_kb.insight.profiles import read_profiles
from postmortem_kb.insight.reasons import CLEAR
from postmortem_kb.insight.shelf import Shelf, shelf_of
from postmortem_kb.source.document import Document
from postmortem_kb.timeline import read_moment
from postmortem_kb.words import FINISHED

_ALL = 100
_NAMED = ("service:", "asset:", "alert:")


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A similar postmortem as its file says it, whether or not that follows the contract."""

    document: Document
    match: Match

    @property
    def title(self) -> str:
        """Its title; its id where it has none."""
        title = self.document.frontmatter.get("title")
        return " ".join(title.split()) if isinstance(title, str) and title.strip() else self.match.id

    @property
    def open_actions(self) -> list[dict[str, Any]]:
        """The action items that are still owed."""
        return [item for item in self._actions() if item.get("status") not in FINISHED]

    @property
    def unverified_actions(self) -> list[dict[str, Any]]:
        """The action items that are called done, and of which nobody says that it was seen to hold."""
        return [item for item in self._actions() if unproven(item.get("status"), _result(item))]

    def _actions(self) -> Iterator[dict[str, Any]]:
        for _, item in self.document.frontmatter.mappings("action_items"):
            if isinstance(item.get("id"), str) and isinstance(item.get("action"), str):
                yield item


def _result(action: dict[str, Any]) -> object:
    check = action.get("verification")
    return check.get("result") if isinstance(check, dict) else None


class Searcher:
    """Answers what is similar to a text or a file, in a catalog as it lies on the disk."""

    def __init__(self, catalog: Catalog, shelf: Shelf | None) -> None:
        self.catalog = catalog
        read = read_profiles(catalog, shelf)
        self.profiles: Sequence[Profile] = read.profiles
        self._matcher = Matcher(index_of(read, shelf))

    def similar(self, profile: Profile, count: int, text: str = "") -> list[Found]:
        """The most similar postmortems, best first.

        Args:
            profile: What is compared.
            count: How many at most.
            text: Its text: where it states nothing itself, the services, assets and alerts that it names count as stated.
        """
        if not profile.facts:
            profile = replace(profile, facts=self._named(text.casefold()))
        found = []
        for match in self._matcher.matches(profile, count):
            document = self.catalog.named(match.id)
            if document is not None:
                found.append(Found(document, match))
        return found

    def of(self, document: Document) -> list[Found]:
        """All that are similar to a postmortem, best first."""
        return self.similar(profile_of(document), _ALL, document.text.string)

    def _named(self, text: str) -> tuple[str, ...]:
        """The facts of the catalog whose names stand in a text as words of their own."""
        known = {fact for profile in self.profiles for fact in profile.facts if fact.startswith(_NAMED)}
        return tuple(sorted(fact for fact in known if _stands(fact.partition(":")[2].casefold().strip(), text)))


def clearly_alike(document: Document, catalog: Catalog, count: int = 3) -> list[Found]:
    """The earlier postmortems that are clearly similar to one, best first."""
    return earlier(document, [one for one in _searcher(catalog).of(document) if one.match.score >= CLEAR])[:count]


def earlier(document: Document, found: Iterable[Found]) -> list[Found]:
    """Those that did not begin later than a postmortem."""
    began = read_moment(document.frontmatter.get("timestamps", "started"))
    kept = []
    for one in found:
        other = read_moment(one.document.frontmatter.get("timestamps", "started"))
        if began is None or other is None or other <= began:
            kept.append(one)
    return kept


@lru_cache(maxsize=1)
def _searcher(catalog: Catalog) -> Searcher:
    """That of a catalog, for all of its files that changed."""
    return Searcher(catalog, shelf_of(catalog.root))


def _stands(name: str, text: str) -> bool:
    start = text.find(name) if len(name) > 1 else -1
    while start >= 0:
        around = text[max(0, start - 1) : start] + text[start + len(name) : start + len(name) + 1]
        if not any(character.isalnum() or character in "-_" for character in around):
            return True
        start = text.find(name, start + 1)
    return False
