"""The computed relations of a whole catalog: on all cores, kept, and after a change only those that it concerns."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from postmortem_kb.insight.counts import keep_counts
from postmortem_kb.insight.matches import KNOWN, Match, Matcher
from postmortem_kb.insight.profile import Profile
from postmortem_kb.insight.rarity import Scales
from postmortem_kb.insight.renewal import Renewal, changed
from postmortem_kb.insight.shelf import Shelf
from postmortem_kb.insight.similarity import SMALL, Index, Near
from postmortem_kb.insight.standing import Standing, Stood, keep, kept, kept_matches
from postmortem_kb.insight.weighed import weigh
from postmortem_kb.workers import on_all_cores

_CHUNK = 64
_FEW = 2 * _CHUNK
_MUCH = 4
"""Where more than one in so many changed, all are compared again."""

_Made = TypeVar("_Made")
_Thing = TypeVar("_Thing")


def all_matches(
    profiles: Sequence[Profile],
    count: int,
    shelf: Shelf | None = None,
    state: str = "",
    marks: Mapping[str, str] | None = None,
) -> dict[str, list[Match]]:
    """The most similar ones of each id.

    Args:
        profiles: All of a catalog, sorted by id.
        count: How many at most of each are shown, with reasons; behind them stand others that are clearly similar.
        shelf: Where they are kept.
        state: The digest of all that the profiles were made from.
        marks: The digest of what each was made from, by id.
    """
    # What is kept is of one number of matches each: every reader asks for the same.
    kind = f"{count} of {KNOWN} "
    name = f"{kind}{state}"
    known = kept_matches(shelf, name) if shelf else None
    if known is not None and known.keys() == {profile.id for profile in profiles}:
        return known
    before = kept(shelf) if shelf else None
    if before and not before[0].startswith(kind):
        before = None
    standing = _stands(profiles, marks or {}, count, before[1] if before else Standing.nothing())
    if shelf:
        keep(shelf, name, standing, before)
        lengths = array("d", [stood.weighed.length for stood in standing.each.values()])
        keep_counts(shelf, state, standing.scales, lengths)
    return {id: list(stood.matches) for id, stood in standing.each.items()}


def _stands(profiles: Sequence[Profile], marks: Mapping[str, str], count: int, before: Standing) -> Standing:
    """How all stand, from how they stood."""
    scales = Scales.of(profiles)
    other = changed(before, profiles, marks, scales)
    if len(other) * _MUCH > len(profiles) or (len(before.each) <= SMALL) != (len(profiles) <= SMALL):
        before, other = Standing.nothing(), {profile.id for profile in profiles}
    fresh = [profile for profile in profiles if profile.id in other]
    made = iter(_each(lambda profile: weigh(profile, scales), fresh))
    weighed = {p.id: next(made) if p.id in other else before.each[p.id].weighed for p in profiles}
    index = Index(profiles, scales, array("d", [one.length for one in weighed.values()]))
    renewal = Renewal(before, Matcher(index), weighed, other, count)
    compared = _compared(renewal, renewal.concerned())
    each = {
        profile.id: Stood(marks.get(profile.id, ""), profile.related, weighed[profile.id], *compared[profile.id])
        if profile.id in compared
        else before.each[profile.id]
        for profile in profiles
    }
    return Standing(scales, each)


def _compared(renewal: Renewal, ids: Sequence[str]) -> dict[str, tuple[Near, list[Match]]]:
    """Those that each is compared with in full, and its matches."""
    index, weighed, count = renewal.matcher.index, renewal.weighed, renewal.count

    def compare(id: str) -> tuple[Near, list[Match]]:
        profile = index.profiles[index.at[id]]
        if index.small:
            return Near((), 0.0, 0.0), renewal.matcher.matches(profile, count, further=True)
        near = index.near(index.agreement(index.at[id]), renewal.champions.found(weighed[id].heaviest))
        among = [index.at[one] for one in near.ids]
        return near, renewal.matcher.matches(profile, count, among, further=True)

    if len(ids) * _MUCH > len(index.profiles):
        # Once for all workers; where few are compared, they need little of it.
        renewal.champions.prepare()
        index.prepare()
    # Of a small catalog each is compared with all, which takes some times as long.
    return dict(zip(ids, _each(compare, ids, _FEW if index.small else 4 * _FEW), strict=True))


def _each(work: Callable[[_Thing], _Made], things: Sequence[_Thing], few: int = _FEW) -> list[_Made]:
    """What is made of each thing, on all cores where there are more than a few."""
    return list(on_all_cores(work, things, size=_CHUNK, few=few))
