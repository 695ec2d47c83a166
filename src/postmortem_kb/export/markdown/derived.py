"""What a postmortem's page says beside its body, from the frontmatter and from what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from postmortem_kb.export.markdown.place import Place
from postmortem_kb.export.markdown.text import code, outside, paragraphs, plain
from postmortem_kb.insight.chains import LISTED
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Action, Cause, Postmortem
from postmortem_kb.render import urls, words
from postmortem_kb.source.links import scheme
from postmortem_kb.words import IMPACTS, MOMENTS

_SPAN_NAMES = {
    "ttd": "Time to detect",
    "tta": "Time to acknowledge",
    "ttm": "Time to mitigate",
    "ttr": "Time to resolve",
}


def facts(postmortem: Postmortem, knowledge: Knowledge, place: Place) -> Iterator[str]:
    """What is known in a word or a number, a line of a list each."""
    times = postmortem.times
    spans = [(name, getattr(times, key)) for key, name in _SPAN_NAMES.items()]
    if times.downtime is not None and times.downtime != times.ttr:
        spans.append(("Downtime", times.downtime))
    revisions = knowledge.history.get(postmortem.path, ())
    alert = postmortem.detection.get("alert", "")
    facts = [
        ("Severity", plain(postmortem.severity)),
        ("Status", plain(words.label(postmortem.status))),
        ("Kind", plain(words.label(postmortem.kind))),
        ("Services", place.services(postmortem)),
        *((words.label(name), words.moment(m)) for name in MOMENTS if (m := getattr(times, name))),
        *((name, words.duration(span)) for name, span in spans if span is not None),
        ("Detected by", plain(words.label(postmortem.detection.get("source", "")))),
        ("Alert", code(alert) if alert else ""),
        ("Data assets", _joined(postmortem.data_assets)),
        ("Incident records", _joined(postmortem.incidents)),
        *(
            (words.label(role), _joined((who,) if isinstance(who, str) else who))
            for role, who in postmortem.roles.items()
        ),
        ("Published", _day(postmortem.published)),
        *(("Signed off", _told(plain(s.by), plain(s.role), _day(s.on))) for s in postmortem.sign_offs),
        ("Tags", ", ".join(place.to(plain(tag), urls.tag(tag)) for tag in postmortem.tags)),
        ("Last revised", words.day(revisions[0].moment) if revisions else ""),
    ]
    for name, value in facts:
        if value:
            yield f"- **{plain(name)}:** {value}"


def impact(postmortem: Postmortem) -> str:
    """What it did, in each respect that the file tells."""
    told = [(words.label(key), postmortem.impact[key]) for key in IMPACTS if postmortem.impact.get(key)]
    return "\n".join(
        f"- **{name}:** {plain(value)}"
        if isinstance(value, str)
        else "\n    - ".join([f"- **{name}:**", *map(plain, value)])
        for name, value in told
    )


def causes(postmortem: Postmortem, place: Place) -> str:
    """The root causes and contributing factors, each with what answers it."""
    return "\n".join(line for cause in postmortem.causes for line in _cause(cause, postmortem, place))


def _cause(cause: Cause, postmortem: Postmortem, place: Place) -> Iterator[str]:
    root = cause in postmortem.root_causes
    kind = place.cause(cause.kind) if root else plain(words.label(cause.kind))
    latent = ", latent" if cause.latent else ""
    yield f"- **{plain(cause.id)}** {'Root cause' if root else 'Contributing factor'} ({kind}{latent}): {plain(cause.statement)}"
    answers = postmortem.answers(cause)
    if answers:
        yield f"    - Answered by {_joined(action.id for action in answers)}"
    if risk := cause.accepted_risk:
        until = f" until {words.day(risk.until)}" if risk.until else ""
        yield f"    - Risk accepted by {plain(risk.by)}{until}: {plain(risk.reason)}"
    elif not answers:
        yield "    - No action answers this"
    yield from _evidence(cause.evidence)


def behind(postmortem: Postmortem, knowledge: Knowledge, place: Place) -> Iterator[str]:
    """The sections behind those that people write, a block at a time."""
    if postmortem.actions:
        yield "## Action Items"
        yield "\n".join(line for action in postmortem.actions for line in _action(action, place))
    if related := knowledge.relations[postmortem.id]:
        yield "## Related Incidents"
        written = (
            f"- {plain(words.label(other.relation))}: {place.incident(other.postmortem)}"
            + (f". {plain(other.note)}" if other.note else "")
            for other in related
        )
        others = knowledge.unlinked(postmortem)
        chained = [f"- Same chain of recurrences: {place.incident(other)}" for other in others[-LISTED:]]
        if len(others) > LISTED:
            chained.append("- Earlier times of the chain are left out here")
        yield "\n".join((*written, *chained))
    if postmortem.links:
        yield "## Links"
        yield "\n".join(
            f"- {outside(link.title, link.url)}" + (f" ({plain(words.label(link.kind))})" if link.kind else "")
            for link in postmortem.links
        )
    if any(postmortem.briefs.values()):
        yield "## Briefs"
        for audience, text in postmortem.briefs.items():
            if isinstance(text, str) and not audience.startswith("x-"):
                yield f"### {plain(words.label(audience))}"
                yield from paragraphs(text)


def _action(action: Action, place: Place) -> Iterator[str]:
    yield f"- **{plain(action.id)}** {plain(action.action)}"
    due = f"due {words.day(action.due)}" if action.due and action.open else ""
    done = words.day(action.completed) if action.completed else ""
    state = " ".join(filter(None, (plain(words.label(action.status)), done)))
    yield f"    - {_told(state, due, plain(action.type), plain(action.priority), place.owner(action.owner))}"
    check, key = action.verification, words.ticket(action.ticket) or "Ticket"
    day = f" {words.day(check.on)}" if check and check.on else ""
    details = [
        ("Answers", _joined(action.addresses)),
        ("Done when", plain(action.success_criteria)),
        (f"{'Verified' if check and check.result else 'To verify'}{day}", plain(check.told) if check else ""),
        ("Cancelled", plain(action.reason)),
        ("Ticket", outside(key, action.ticket) if scheme(action.ticket) else plain(action.ticket)),
    ]
    for name, value in details:
        if value:
            yield f"    - {name}: {value}"
    yield from _evidence(action.evidence)


def _evidence(places: Iterable[str]) -> Iterator[str]:
    for place in places:
        yield f"    - Evidence: {outside(place, place) if scheme(place) in ('http', 'https') else code(place)}"


def _joined(values: Iterable[str]) -> str:
    return ", ".join(plain(value) for value in values if value)


def _told(*values: str) -> str:
    return ", ".join(filter(None, values))


def _day(value: date | None) -> str:
    return words.day(value) if value else ""
