"""The dashboard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice

from postmortem_kb.audience import INTERNAL
from postmortem_kb.insight.actions import completion
from postmortem_kb.insight.figures import last_year, within
from postmortem_kb.insight.patterns import waiting
from postmortem_kb.insight.sides import Group, groups
from postmortem_kb.insight.times import distribution
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Postmortem
from postmortem_kb.pages.agenda import agenda
from postmortem_kb.pages.page import Content, Page, render
from postmortem_kb.render import urls
from postmortem_kb.words import DRAFT

PATH = ""
_NEWEST = 6
_OWED = 6
_DRAFTS = 6
_BARS = 6


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/`."""
    title, description = "Dashboard", f"{knowledge.policy.site_name}: dashboard"
    yield Page(PATH, title, PATH, knowledge.patterns_mark, partial(_content, knowledge), description)


def _content(knowledge: Knowledge) -> Content:
    share = completion(knowledge.actions)
    causes = groups(knowledge.postmortems, (), lambda p: (cause.kind for cause in p.root_causes), key=urls.cause)
    services = groups(knowledge.postmortems, (), lambda p: p.services, key=urls.service)
    return Content(
        render(
            "home.html",
            PATH,
            knowledge=knowledge,
            year=within(knowledge.postmortems, *last_year(knowledge.today)),
            owed=[entry for entry in knowledge.actions if entry.action.open],
            most_owed=_OWED,
            done=share.part,
            counted=share.whole,
            percent=share.percent,
            times={name: distribution(knowledge.postmortems, name) for name in ("ttd", "ttr")},
            newest=knowledge.postmortems[:_NEWEST],
            waiting=waiting(knowledge.postmortems),
            drafts=sum(p.status == DRAFT for p in knowledge.postmortems),
            most_drafts=_DRAFTS,
            # What a review looks at tells how a repository is run: the public has no page of it either.
            topics=agenda(knowledge) if knowledge.audience == INTERNAL else [],
            recurring=_recurring(knowledge),
            severities=Counter(p.severity for p in knowledge.postmortems),
            categories=_most(causes),
            services=_most(services),
            all_services=len(services),
        )
    )


def _most(found: Mapping[str, Group]) -> list[tuple[str, int]]:
    """The names that most incidents have, with the number of these."""
    return [(group.name, len(group.postmortems)) for group in islice(found.values(), _BARS)]


def _recurring(knowledge: Knowledge) -> list[tuple[Postmortem, Postmortem, str]]:
    """Pairs of which the second is a recurrence of the first, or shares its cause; the newest first."""
    return [
        (knowledge.by_id[relation.id], postmortem, relation.relation)
        for postmortem in knowledge.postmortems
        for relation in postmortem.related
        if relation.relation in ("recurrence-of", "same-cause") and relation.id in knowledge.by_id
    ]
