"""One page an incident."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePosixPath
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from postmortem_kb.audience import PUBLIC
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Postmortem
from postmortem_kb.pages.page import Content, Heading, Page, key_of, render
from postmortem_kb.pages.searchable import searchable
from postmortem_kb.policy import FOLDER
from postmortem_kb.render import urls
from postmortem_kb.render.markdown import Links, Markdown
from postmortem_kb.source.body import Section, Table
from postmortem_kb.source.links import PICTURES, below_root, scheme
from postmortem_kb.timeline import SECTION as TIMELINE
from postmortem_kb.timeline import Timeline
from postmortem_kb.words import MOMENTS

_WHYS = ["#", "question", "answer"]
_DERIVED = {"Impact": "impact", "Root Cause": "causes"}
_IMPACTS = ("customers", "data_affected", "data_loss", "data_correctness", "downstream", "sla_breach", "financial")


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page: its HTML before and behind what is drawn from its table."""

    id: str
    title: str
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


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/incidents/<id>/`, for every postmortem."""
    for postmortem in knowledge.postmortems:
        yield page(postmortem, knowledge)


def page(postmortem: Postmortem, knowledge: Knowledge) -> Page:
    """The page of one postmortem."""
    return Page(
        urls.incident(postmortem.id),
        postmortem.title,
        area="incidents/",
        key=_key(postmortem, knowledge),
        make=partial(_content, postmortem, knowledge),
        description=" ".join(postmortem.summary.split()),
    )


def _key(postmortem: Postmortem, knowledge: Knowledge) -> str:
    """The text, and what the page tells of other files; the day only where something is due."""
    dated = any(action.open and action.due for action in postmortem.actions)
    related = [(r.postmortem.document.frontmatter_mark, r.relation, r.note) for r in knowledge.relations[postmortem.id]]
    return key_of(
        postmortem.path,
        postmortem.document.mark,
        sorted(postmortem.document.pictures.items()),
        related,
        knowledge.history.get(postmortem.path, ()),
        knowledge.today if dated else None,
    )


def _content(postmortem: Postmortem, knowledge: Knowledge) -> Content:
    path = urls.incident(postmortem.id)
    files: dict[str, str] = {}
    questions: dict[tuple[str, str], None] = {}
    links = _links(postmortem, knowledge, path, files, questions)
    parts = _with_derived(list(_parts(postmortem, links)), postmortem, knowledge)
    html = render(
        "incident.html",
        path,
        p=postmortem,
        public=knowledge.audience == PUBLIC,
        parts=parts,
        impacts=[(key, postmortem.impact[key]) for key in _IMPACTS if postmortem.impact.get(key)],
        moments=_moments(postmortem),
        related=knowledge.relations[postmortem.id],
        today=knowledge.today,
        revisions=knowledge.history.get(postmortem.path, ()),
        source=_source_url(knowledge, postmortem.path),
    )
    headings = tuple(Heading(part.id, part.title) for part in parts)
    text = searchable(postmortem, headings, code=knowledge.policy.search_code)
    return Content(html, headings, files, tuple(questions), text)


def _with_derived(parts: list[Part], postmortem: Postmortem, knowledge: Knowledge) -> list[Part]:
    """The sections of the file, and among them those that are made from the frontmatter."""
    order = [*knowledge.policy.section_order, "Footnotes"]
    tail = next((i for i, part in enumerate(parts) if part.title in ("Appendix", "Footnotes")), len(parts))
    shown, late = parts[:tail], parts[tail:]
    if postmortem.impact and all(part.title != "Impact" for part in shown):
        shown.insert(_place("Impact", shown, order), Part("impact", "Impact", derived="impact"))
    if postmortem.causes and all(part.title != "Root Cause" for part in shown):
        shown.insert(_place("Root Cause", shown, order), Part("root-cause", "Root Cause", derived="causes"))
    if postmortem.actions:
        shown.append(Part("action-items", "Action Items", derived="actions"))
    if knowledge.relations[postmortem.id]:
        shown.append(Part("related-incidents", "Related Incidents", derived="related"))
    if postmortem.links:
        shown.append(Part("links", "Links", derived="links"))
    seen: Counter[str] = Counter()
    unique = []
    for part in shown + late:
        seen[part.id] += 1
        unique.append(part if seen[part.id] == 1 else replace(part, id=f"{part.id}-{seen[part.id]}"))
    return unique


def _place(title: str, parts: list[Part], order: list[str]) -> int:
    """Where a section belongs: behind the last one that comes before it."""
    before = order[: order.index(title)]
    return max((i + 1 for i, part in enumerate(parts) if part.title in before or part.id == "notes"), default=0)


def _parts(postmortem: Postmortem, links: Links) -> Iterator[Part]:
    body = postmortem.document.body
    markdown = Markdown(body, links)
    first = body.sections[0].first - 3 if body.sections else len(body.tokens)
    if first:
        yield Part("notes", "Notes", markdown.blocks(0, first))
    for section in body.sections:
        yield _part(section, postmortem, markdown)
    if body.notes < len(body.tokens):
        yield Part("footnotes", "Footnotes", markdown.blocks(body.notes, len(body.tokens)))


def _part(section: Section, postmortem: Postmortem, markdown: Markdown) -> Part:
    name = urls.slug(section.title) or "section"
    derived = _DERIVED.get(section.title, "")
    timeline = postmortem.timeline if section.title == TIMELINE else None
    if timeline and timeline.table:
        before, after = _around(section, timeline.table, markdown)
        return Part(name, section.title, before, after, tuple(_rows(timeline, postmortem, markdown)))
    tables = markdown.body.tables(section) if section.title == "5 Whys Analysis" else iter(())
    whys = next((table for table in tables if table.titles == _WHYS), None)
    if whys:
        before, after = _around(section, whys, markdown)
        pairs = tuple((markdown.inline(row[1].token), markdown.inline(row[2].token)) for row in whys.rows)
        return Part(name, section.title, before, after, whys=pairs)
    return Part(name, section.title, markdown.blocks(section.first, section.last), derived=derived)


def _around(section: Section, table: Table, markdown: Markdown) -> tuple[str, str]:
    return markdown.blocks(section.first, table.first), markdown.blocks(table.last + 1, section.last)


def _rows(timeline: Timeline, postmortem: Postmortem, markdown: Markdown) -> Iterator[TimelineRow]:
    day = None
    marks: dict[datetime, list[str]] = {}
    for name in MOMENTS:
        if moment := getattr(postmortem.times, name):
            marks.setdefault(moment.replace(second=0, microsecond=0), []).append(name)
    titles = [cell.text for cell in timeline.table.header] if timeline.table else []
    zone = _zone(postmortem.timezone)
    for row in timeline.rows:
        new_day = row.moment is not None and row.moment.date() != day
        day = row.moment.date() if row.moment else day
        minute = row.moment.replace(second=0, microsecond=0) if row.moment else None
        yield TimelineRow(
            row.moment,
            f"{row.moment.astimezone(zone):%H:%M}" if row.moment and zone else "",
            row.time.text,
            new_day,
            row.moment - postmortem.times.started if row.moment and postmortem.times.started else None,
            markdown.inline(row.event.token) if row.event else "",
            tuple((title, markdown.inline(cell.token)) for title, cell in zip(titles[2:], row.more, strict=False)),
            tuple(marks.pop(minute, ())) if minute else (),
        )


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name != "UTC" else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _moments(postmortem: Postmortem) -> list[tuple[str, datetime, timedelta, float]]:
    """The key timestamps: name, moment, distance from the start, and its share of the whole in per cent."""
    times = postmortem.times
    known = [(name, getattr(times, name)) for name in MOMENTS if getattr(times, name)]
    if not times.started or len(known) < 2:
        return []
    whole = (known[-1][1] - times.started).total_seconds()
    return [
        (name, moment, moment - times.started, 100 * (moment - times.started).total_seconds() / whole if whole else 0)
        for name, moment in known
    ]


def _links(
    postmortem: Postmortem,
    knowledge: Knowledge,
    page: str,
    files: dict[str, str],
    questions: dict[tuple[str, str], None],
) -> Links:
    """How addresses in a body are followed; pictures that are found are put into `files`."""

    def ask(kind: str, path: str) -> str:
        questions[kind, path] = None
        return knowledge.answer((kind, path))

    def link(href: str) -> str | None:
        if scheme(href) or href.startswith(("#", "//")):
            return href
        path, fragment = below_root(postmortem.path, href), href.partition("#")[2]
        if other := ask("page", path):
            target = urls.relative(urls.incident(other), page)
            return f"{target}#{fragment}" if fragment else target
        return image(href) or (_source_url(knowledge, path) if ask("file", path) else None)

    def image(src: str) -> str | None:
        if scheme(src) or src.startswith("//"):
            return None
        path = below_root(postmortem.path, src)
        source = postmortem.document.pictures.get(path, path)
        if PurePosixPath(path).suffix.lower() not in PICTURES or not ask("file", source):
            return None
        address = f"files/{quote(path.removeprefix(f'{FOLDER}/'))}"
        files[f"files/{path.removeprefix(f'{FOLDER}/')}"] = source
        return urls.relative(address, page)

    return Links(link, image)


def _source_url(knowledge: Knowledge, path: str) -> str | None:
    base = knowledge.policy.repo_url.rstrip("/")
    return f"{base}/blob/HEAD/{quote(path)}" if base else None
