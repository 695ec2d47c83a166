"""A postmortem as a value: what the frontmatter of a valid file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from postmortem_kb.source.document import Document
from postmortem_kb.timeline import Timeline, read_day, read_moment, read_timeline
from postmortem_kb.words import FINISHED, MOMENTS

NOBODY = "@_"
"""The handle that a public text has in place of every other: pages show nobody there."""


_Moment = TypeVar("_Moment", datetime, date)


def _length(first: _Moment | None, last: _Moment | None) -> timedelta | None:
    return last - first if first and last and last >= first else None


@dataclass(frozen=True, slots=True)
class Times:
    """The key timestamps, in UTC, and the durations between them as the contract defines them.

    A duration is None where one of its moments is missing, or where it would end before it begins: that is a mistake in a file.
    """

    started: datetime | None = None
    detected: datetime | None = None
    acknowledged: datetime | None = None
    identified: datetime | None = None
    mitigated: datetime | None = None
    resolved: datetime | None = None
    verified: datetime | None = None
    downtime_minutes: float | None = None

    @property
    def ttd(self) -> timedelta | None:
        """Time to detect."""
        return _length(self.started, self.detected)

    @property
    def tta(self) -> timedelta | None:
        """Time to acknowledge."""
        return _length(self.detected, self.acknowledged)

    @property
    def ttm(self) -> timedelta | None:
        """Time to mitigate."""
        return _length(self.started, self.mitigated)

    @property
    def ttr(self) -> timedelta | None:
        """Time to resolve."""
        return _length(self.started, self.resolved)

    @property
    def downtime(self) -> timedelta | None:
        """How long the service was down: what the file says, else the time to resolve."""
        return self.ttr if self.downtime_minutes is None else timedelta(minutes=self.downtime_minutes)


@dataclass(frozen=True, slots=True)
class AcceptedRisk:
    """Why nobody acts on a cause, who decided it, and until when it holds."""

    reason: str
    by: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Cause:
    """A root cause (`kind` is its category) or a contributing factor."""

    id: str
    kind: str
    statement: str
    latent: bool = False
    evidence: tuple[str, ...] = ()
    accepted_risk: AcceptedRisk | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """How it was seen that an action holds."""

    how: str
    on: date | None = None
    result: str = ""

    @property
    def told(self) -> str:
        """How, and with what result: two sentences where the first one ends."""
        between = "" if self.how.rstrip().endswith((".", "!", "?")) else ":"
        return f"{self.how}{between} {self.result}" if self.result else self.how


@dataclass(frozen=True, slots=True)
class Action:
    """An action item."""

    id: str
    action: str
    type: str
    owner: str
    """A handle; empty where the public is not told."""
    priority: str
    status: str
    due: date | None = None
    ticket: str = ""
    addresses: tuple[str, ...] = ()
    success_criteria: str = ""
    verification: Verification | None = None
    completed: date | None = None
    evidence: tuple[str, ...] = ()
    reason: str = ""

    @property
    def open(self) -> bool:
        """Whether it is still owed; a state that a policy added counts as owed."""
        return self.status not in FINISHED

    def overdue(self, today: date) -> bool:
        """Whether it is open and was due before a day."""
        return self.open and self.due is not None and self.due < today


@dataclass(frozen=True, slots=True)
class Relation:
    """A written link to another postmortem."""

    id: str
    relation: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link to something outside the catalog."""

    title: str
    url: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who agreed, in which role, and when."""

    by: str
    role: str
    on: date | None


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Postmortem:
    """One postmortem. Lists are empty and texts are empty where the file says nothing."""

    document: Document
    id: str
    title: str
    status: str
    severity: str
    kind: str = ""
    visibility: str = "internal"
    summary: str = ""
    incidents: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    data_assets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    times: Times = field(default_factory=Times)
    timezone: str = "UTC"
    detection: Mapping[str, str] = field(default_factory=dict)
    """`source` and `alert`."""
    roles: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    sign_offs: tuple[SignOff, ...] = ()
    published: date | None = None
    impact: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    root_causes: tuple[Cause, ...] = ()
    contributing_factors: tuple[Cause, ...] = ()
    actions: tuple[Action, ...] = ()
    related: tuple[Relation, ...] = ()
    links: tuple[Link, ...] = ()
    briefs: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Its file, relative to the root."""
        return self.document.path

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Root causes, then contributing factors."""
        return self.root_causes + self.contributing_factors

    @property
    def time_to_publish(self) -> timedelta | None:
        """From the day of the resolution to that of the publication, in whole days; None where that would be before."""
        return _length(self.times.resolved.date(), self.published) if self.times.resolved else None

    @property
    def timeline(self) -> Timeline | None:
        """The rows of its Timeline section."""
        return read_timeline(self.document.body, self.times.started, self.timezone)

    def answers(self, cause: Cause) -> tuple[Action, ...]:
        """The actions that answer a cause, cancelled ones left out."""
        return tuple(a for a in self.actions if cause.id in a.addresses and a.status != "cancelled")

    def unanswered(self, cause: Cause) -> bool:
        """Whether nobody acts on a cause, and nobody has accepted the risk."""
        return not self.answers(cause) and cause.accepted_risk is None


def read_postmortem(document: Document) -> Postmortem:
    """The postmortem in a document whose frontmatter follows the schema."""
    data = document.frontmatter.data
    impact = dict(data.get("impact", {}))
    minutes = impact.pop("downtime_minutes", None)
    # The public's edition leaves out what is empty.
    moments = {name: read_moment(value) for name, value in data.get("timestamps", {}).items() if name in MOMENTS}
    return Postmortem(
        document=document,
        id=data["id"],
        title=data["title"],
        status=data["status"],
        severity=data["severity"],
        kind=data.get("kind", ""),
        visibility=data.get("visibility", "internal"),
        summary=data.get("summary", "").strip(),
        incidents=tuple(data.get("incidents", ())),
        services=tuple(data.get("services", ())),
        data_assets=tuple(data.get("data_assets", ())),
        tags=tuple(data.get("tags", ())),
        times=Times(**moments, downtime_minutes=minutes),
        timezone=data.get("timezone", "UTC"),
        detection=data.get("detection", {}),
        roles=_frozen(data["roles"]),
        sign_offs=tuple(SignOff(s["by"], s["role"], read_day(s["on"])) for s in data.get("sign_offs", ())),
        published=read_day(data.get("published")),
        impact=_frozen(impact),
        root_causes=tuple(_cause(c, c["category"]) for c in data.get("root_causes", ())),
        contributing_factors=tuple(_cause(c, c["kind"]) for c in data.get("contributing_factors", ())),
        actions=tuple(_action(a) for a in data.get("action_items", ())),
        related=tuple(Relation(r["id"], r["relation"], r.get("note", "")) for r in data.get("related", ())),
        links=tuple(Link(link["title"], link["url"], link.get("kind", "")) for link in data.get("links", ())),
        briefs=data.get("briefs", {}),
    )


def _frozen(block: Mapping[str, Any]) -> dict[str, str | tuple[str, ...]]:
    known = ((key, value) for key, value in block.items() if not key.startswith("x-"))
    return {key: tuple(value) if isinstance(value, list) else _handle(value) for key, value in known}


def _handle(value: str) -> str:
    return "" if value == NOBODY else value


def _cause(data: Mapping[str, Any], kind: str) -> Cause:
    risk = data.get("accepted_risk")
    return Cause(
        data["id"],
        kind,
        data["statement"].strip(),
        data.get("latent", False),
        tuple(data.get("evidence", ())),
        AcceptedRisk(risk["reason"], _handle(risk["by"]), read_day(risk["until"])) if risk else None,
    )


def _action(data: Mapping[str, Any]) -> Action:
    check = data.get("verification")
    return Action(
        data["id"],
        data["action"].strip(),
        data["type"],
        _handle(data["owner"]),
        data["priority"],
        data["status"],
        read_day(data.get("due")),
        data.get("ticket", ""),
        tuple(data.get("addresses", ())),
        data.get("success_criteria", ""),
        Verification(check["how"], read_day(check.get("on")), check.get("result", "")) if check else None,
        read_day(data.get("completed")),
        tuple(data.get("evidence", ())),
        data.get("reason", ""),
    )
