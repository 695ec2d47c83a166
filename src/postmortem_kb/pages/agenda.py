"""The agenda of the next review: what a meeting should look at, in order of importance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from postmortem_kb.insight.actions import Owed
from postmortem_kb.insight.chains import Chain, kept
from postmortem_kb.insight.figures import last_year, within
from postmortem_kb.insight.patterns import CauseOf, Postponed, Risk
from postmortem_kb.insight.share import Share
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Action, Postmortem
from postmortem_kb.render import urls, words

_FEW = 5
"""Points of one topic: a meeting of an hour gets through a page or two."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to look at."""

    text: str
    address: str
    about: str
    severity: str = ""
    entry: Owed | None = None
    """The action, where its date matters."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What the meeting decides of several points."""

    title: str
    ask: str
    """What to decide."""
    points: Sequence[Point]
    address: str
    """Where all of them stand, seen from the root of the site."""

    @property
    def first(self) -> Sequence[Point]:
        """Those that fit the meeting."""
        return self.points[:_FEW]


def agenda(knowledge: Knowledge) -> list[Topic]:
    """The topics that have a point, the most important first."""
    patterns, today = knowledge.patterns, knowledge.today
    topics = (
        Topic(
            "It came back",
            "Why did what was promised not hold, or not happen?",
            [_chain(chain) for chain in patterns.recurrences if _matters(chain, today)],
            "patterns/#recurrences",
        ),
        Topic(
            "Accepted risks that have run out",
            "Act, or accept again until a new day, with the reason.",
            [_risk(risk) for risk in patterns.risks if risk.expired],
            "patterns/#risks",
        ),
        Topic(
            "Overdue actions",
            "A date that will hold, another owner, or cancelled with the reason.",
            [_action(entry) for entry in patterns.overdue],
            "actions/?state=overdue",
        ),
        Topic(
            "Due dates that keep moving",
            "What keeps it from being done? Make it smaller, or say that it will not be done.",
            [_action(p.entry, put_off(p)) for p in patterns.postponed],
            "patterns/#postponed",
        ),
        Topic(
            "Causes that nobody answers",
            "An action, or an accepted risk with a name and a day.",
            [_cause(found) for found in patterns.unanswered],
            "patterns/#unanswered",
        ),
        Topic(
            "Drafts",
            "Set a day for the review.",
            [_draft(p, knowledge) for p in patterns.drafts],
            "incidents/?status=draft",
        ),
        Topic(
            "Done, but not verified",
            "Show that it holds: a test, a drill, a query.",
            [_action(entry) for entry in patterns.unverified],
            "patterns/#unverified",
        ),
        Topic(
            "Accepted risks that run out soon",
            "Who decides before the day comes?",
            [_risk(risk) for risk in patterns.risks if not risk.expired],
            "patterns/#risks",
        ),
        Topic(
            "Anniversaries",
            "Does the lesson still hold? Tell it to those who were not there.",
            [
                _incident(
                    a.postmortem, f"{words.count(a.years, 'year')} on {words.day(a.on)}; {_done(a.postmortem.actions)}"
                )
                for a in patterns.anniversaries
            ],
            "patterns/#anniversaries",
        ),
    )
    return [topic for topic in topics if topic.points]


def put_off(postponed: Postponed) -> str:
    """How often a date moved, and how far: `put off 2 times, by 73 d in all`."""
    by = f", by {words.days(postponed.by)} in all" if postponed.by else ""
    return f"put off {postponed.times} times{by}"


def _matters(chain: Chain, today: date) -> bool:
    """Whether it came back lately, or an earlier promise is still open."""
    return bool(within([chain.newest], *last_year(today))) or any(
        action.open for postmortem in chain.earlier for action in postmortem.actions
    )


def _chain(chain: Chain) -> Point:
    promised = [kept(earlier, later) for earlier, later in _pairs(chain)]
    done = Share(sum(share.part for share in promised), sum(share.whole for share in promised))
    held = (
        f"{done.part} of {words.count(done.whole, 'promised action')} done before" if done.whole else "nothing promised"
    )
    return _incident(chain.newest, f"happened {len(chain.postmortems)} times; {held}")


def _pairs(chain: Chain) -> Iterator[tuple[Postmortem, Postmortem]]:
    return zip(chain.earlier, chain.postmortems[1:], strict=True)


def _incident(postmortem: Postmortem, about: str) -> Point:
    return Point(postmortem.title, urls.incident(postmortem.id), about, postmortem.severity)


def _draft(postmortem: Postmortem, knowledge: Knowledge) -> Point:
    times = postmortem.times
    told = [f"by {postmortem.roles.get('author', 'nobody')}"]
    if times.started:
        told.append(f"incident of {words.day(times.started)}")
    if times.resolved:
        due = knowledge.policy.deadline("review", times.resolved)
        told.append(f"its review {'was' if due < knowledge.today else 'is'} due on {words.day(due)}")
    return _incident(postmortem, "; ".join(told))


def _cause(found: CauseOf) -> Point:
    return Point(
        found.cause.statement,
        f"{urls.incident(found.postmortem.id)}#{found.cause.id.lower()}",
        found.postmortem.title,
        found.postmortem.severity,
    )


def _risk(risk: Risk) -> Point:
    until = f"accepted by {risk.accepted.by} until {words.day(risk.until)}"
    done = _done(risk.of.postmortem.answers(risk.of.cause))
    point = _cause(risk.of)
    return Point(point.text, point.address, f"{until}; {done}; {point.about}", point.severity)


def _action(entry: Owed, about: str = "") -> Point:
    return Point(
        entry.action.action,
        f"{urls.incident(entry.postmortem.id)}#action-{entry.action.id.lower()}",
        "; ".join(filter(None, (entry.action.owner, about, entry.postmortem.title))),
        entry=entry,
    )


def _done(actions: Iterable[Action]) -> str:
    counted = [action.status for action in actions if action.status != "cancelled"]
    return f"{counted.count('done')} of {words.count(len(counted), 'action')} done" if counted else "no actions"
