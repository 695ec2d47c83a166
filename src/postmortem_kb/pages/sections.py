"""The sections of an incident's page: those of the file, and among them those that are made from the frontmatter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from postmortem_kb.audience import INTERNAL
from postmortem_kb.insight.similar import Similar
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Postmortem
from postmortem_kb.pages.outline import MERGED, Outline
from postmortem_kb.render.markdown import Links, Markdown
from postmortem_kb.render.words import local_time
from postmortem_kb.source.body import Section, Table
from postmortem_kb.timeline import SECTION as TIMELINE
from postmortem_kb.timeline import Timeline, zone_beside_utc
from postmortem_kb.words import MOMENTS

_WHYS = ["#", "question", "answer"]


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page: its HTML before and behind what is drawn from its table."""

    id: str
    title: str
    """In plain words, as lists of contents and addresses need it."""
    heading: str = ""
    """The HTML of a heading that somebody wrote: marks, links and notes may stand in it; empty for ours."""
    before: str = ""
    after: str = ""
    rows: tuple[TimelineRow, ...] = ()
    whys: tuple[tuple[str, str], ...] = ()
    derived: str = ""
    """What is drawn from the frontmatter here."""


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A row of the timeline as it is drawn."""

    moment: datetime | None
    local: str
    """The clock in the postmortem's own zone; empty where that is UTC."""
    time: str
    """What was typed, for a time that could not be read."""
    new_day: bool
    elapsed: timedelta | None
    html: str
    more: tuple[tuple[str, str], ...]
    marks: tuple[str, ...]
    """The key timestamps that fall on this row."""


def sections(postmortem: Postmortem, knowledge: Knowledge, links: Links, outline: Outline) -> list[Part]:
    """What the page says below its head, in order; a section of the policy with nothing in it is left out."""
    policy = knowledge.policy
    # Another heading is text that somebody wrote: a line of dashes below a paragraph makes one of it.
    expected = {*policy.section_order, *policy.optional_sections}
    written = _written(postmortem, outline, links)
    parts = [part for part in written if part.title not in expected or _filled(part, postmortem)]
    order = [*policy.section_order, "Footnotes"]
    tail = next((i for i, part in enumerate(parts) if part.title in ("Appendix", "Footnotes")), len(parts))
    shown, late = parts[:tail], parts[tail:]
    if any(postmortem.impact.values()) and all(part.title != "Impact" for part in shown):
        shown.insert(_place("Impact", shown, order), _drawn("Impact", "impact", outline))
    if postmortem.causes and all(part.title != "Root Cause" for part in shown):
        shown.insert(_place("Root Cause", shown, order), _drawn("Root Cause", "causes", outline))
    if postmortem.actions:
        shown.append(_drawn("Action Items", "actions", outline))
    if knowledge.unfixed[postmortem.id] and knowledge.audience == INTERNAL:
        shown.append(_drawn("Known but Unfixed", "unfixed", outline))
    if knowledge.relations[postmortem.id] or computed(postmortem, knowledge):
        shown.append(_drawn("Related Incidents", "related", outline))
    if postmortem.links:
        shown.append(_drawn("Links", "links", outline))
    return shown + late


def computed(postmortem: Postmortem, knowledge: Knowledge) -> list[Similar]:
    """The similar ones to which no relation is written, neither directly nor through other times that it happened."""
    written = {related.postmortem.id for related in knowledge.relations[postmortem.id]}
    written.update(other.id for other in knowledge.unlinked(postmortem))
    found = knowledge.similar[postmortem.id]
    return [similar for similar in found if not similar.relation and similar.postmortem.id not in written]


def _filled(part: Part, postmortem: Postmortem) -> bool:
    drawn = {"impact": any(postmortem.impact.values()), "causes": bool(postmortem.causes)}
    # A heading with more than words in it says something by itself, such as what its note adds.
    return "<" in part.heading or bool(part.before or part.after or part.rows or part.whys or drawn.get(part.derived))


def _place(title: str, parts: list[Part], order: list[str]) -> int:
    """Where a section belongs: behind the last one that comes before it."""
    before = order[: order.index(title)]
    return max((i + 1 for i, part in enumerate(parts) if part.title in before or part.title == "Notes"), default=0)


def _drawn(title: str, derived: str, outline: Outline) -> Part:
    return Part(outline.drawn(title), title, derived=derived)


def _written(postmortem: Postmortem, outline: Outline, links: Links) -> Iterator[Part]:
    body = postmortem.document.body
    markdown = Markdown(body, links, outline.names)
    if body.above:
        yield Part(outline.drawn("Notes"), "Notes", before=markdown.blocks(0, body.above))
    for section in body.sections:
        yield _part(section, outline.written(section), postmortem, markdown)
    if body.notes < len(body.tokens):
        yield Part(outline.drawn("Footnotes"), "Footnotes", before=markdown.blocks(body.notes, len(body.tokens)))


def _part(section: Section, name: str, postmortem: Postmortem, markdown: Markdown) -> Part:
    title = section.title
    heading = markdown.inline(markdown.body.heading_of(section))
    derived = MERGED.get(title, "")
    timeline = postmortem.timeline if title == TIMELINE else None
    if timeline and timeline.table:
        before, after = _around(section, timeline.table, markdown)
        return Part(name, title, heading, before, after, tuple(_rows(timeline, postmortem, markdown)))
    tables = markdown.body.tables(section) if title == "5 Whys Analysis" else iter(())
    whys = next((table for table in tables if table.titles == _WHYS), None)
    if whys:
        before, after = _around(section, whys, markdown)
        pairs = tuple((markdown.inline(row[1].token), markdown.inline(row[2].token)) for row in whys.rows)
        return Part(name, title, heading, before, after, whys=pairs)
    return Part(name, title, heading, markdown.blocks(section.first, section.last), derived=derived)


def _around(section: Section, table: Table, markdown: Markdown) -> tuple[str, str]:
    return markdown.blocks(section.first, table.first), markdown.blocks(table.last + 1, section.last)


def _rows(timeline: Timeline, postmortem: Postmortem, markdown: Markdown) -> Iterator[TimelineRow]:
    day = None
    marks: dict[datetime, list[str]] = {}
    for name in MOMENTS:
        if moment := getattr(postmortem.times, name):
            marks.setdefault(moment.replace(second=0, microsecond=0), []).append(name)
    titles = [cell.text for cell in timeline.table.header] if timeline.table else []
    zone = zone_beside_utc(postmortem.timezone)
    for row in timeline.rows:
        new_day = row.moment is not None and row.moment.date() != day
        day = row.moment.date() if row.moment else day
        minute = row.moment.replace(second=0, microsecond=0) if row.moment else None
        yield TimelineRow(
            row.moment,
            local_time(row.moment, zone) if row.moment and zone else "",
            row.time.text,
            new_day,
            row.moment - postmortem.times.started if row.moment and postmortem.times.started else None,
            markdown.inline(row.event.token) if row.event else "",
            tuple((t, markdown.inline(c.token)) for t, c in zip(titles[2:], row.more, strict=False) if c.token.content),
            tuple(marks.pop(minute, ())) if minute else (),
        )
