"""An incident as a page of plain Markdown: the frontmatter as data, what follows from it in words, and the body."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, NamedTuple

import yaml

from postmortem_kb.export.markdown import derived
from postmortem_kb.export.markdown.body import Writer
from postmortem_kb.export.markdown.place import Place
from postmortem_kb.export.markdown.text import html, paragraphs, plain, table
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Postmortem
from postmortem_kb.policy import FOLDER
from postmortem_kb.render import urls, words
from postmortem_kb.render.markdown import Links
from postmortem_kb.render.pictures import Picture
from postmortem_kb.source.links import below_root, scheme
from postmortem_kb.timeline import Timeline, zone_beside_utc

_BEHIND = ("Appendix",)
"""Sections that stand behind what is made from the frontmatter."""
_WORD = re.compile(r"[^\W_]+")
_SEARCHED = 2**30
"""Zensical refuses to build a search in which a section's words, times the number of sections, are more than this."""
_SECTIONS = 20
"""More than a page has."""


class _Part(NamedTuple):
    """A section: its title in plain words, its heading as Markdown, and what stands below."""

    title: str
    heading: str
    text: str


def page(postmortem: Postmortem, knowledge: Knowledge, place: Place, pictures: Collection[str]) -> str:
    """The page of a postmortem.

    Args:
        postmortem: The postmortem.
        knowledge: Everything that it may refer to.
        place: Where the page stands.
        pictures: The addresses of the pictures that the site shows.
    """
    body = postmortem.document.body
    writer = Writer(_links(postmortem, knowledge, place, pictures))
    blocks = [
        f"# {plain(postmortem.title)}",
        *paragraphs(postmortem.summary),
        "\n".join(derived.facts(postmortem, knowledge, place)),
        writer.blocks(body.tokens[: body.above]),
    ]
    timeline = postmortem.timeline
    parts = [
        _Part(
            section.title,
            writer.heading(body.heading_of(section)),
            _timeline(timeline, postmortem, writer)
            if timeline and section is timeline.section
            else writer.blocks(body.tokens[section.first : section.last]),
        )
        for section in body.sections
    ]
    made = {"Impact": derived.impact(postmortem), "Root Cause": derived.causes(postmortem, place)}
    whole = _with_made(parts, made, knowledge.policy.section_order)
    blocks += [block for title, heading, text in whole if title not in _BEHIND for block in (f"## {heading}", text)]
    blocks += derived.behind(postmortem, knowledge, place)
    blocks += [block for title, heading, text in whole if title in _BEHIND for block in (f"## {heading}", text)]
    blocks.append(writer.blocks(body.tokens[body.notes :]))
    text = "\n\n".join(filter(None, blocks)) + "\n"
    searched = sum(1 for _ in _WORD.finditer(text)) < _SEARCHED >> (_SECTIONS * len(knowledge.postmortems)).bit_length()
    return f"{_frontmatter(postmortem, searched=searched)}\n\n{text}"


def _frontmatter(postmortem: Postmortem, *, searched: bool) -> str:
    """The keys of the file below one key, so that no generator takes one of them for a setting of its own."""
    head = {"title": html(postmortem.title), "description": html(postmortem.summary)}
    values: dict[str, Any] = {key: value for key, value in head.items() if value}
    if not searched:
        values["search"] = {"exclude": True}
    values["postmortem"] = postmortem.document.frontmatter.data
    dumped = yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return f"---\n{dumped}---"


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes equal lists twice, and not once with an alias that our own reader refuses."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _with_made(parts: list[_Part], made: dict[str, str], order: tuple[str, ...]) -> list[_Part]:
    """The sections, and in them, or as sections of their own, what is made from the frontmatter."""
    whole = list(parts)
    for title, text in made.items():
        at = next((i for i, part in enumerate(whole) if part.title == title), None)
        if text and at is not None:
            whole[at] = whole[at]._replace(text="\n\n".join(filter(None, (whole[at].text, text))))
        elif text:
            before = order[: order.index(title)] if title in order else ()
            at = max((i + 1 for i, part in enumerate(whole) if part.title in before), default=0)
            whole.insert(at, _Part(title, plain(title), text))
    return whole


def _timeline(timeline: Timeline, postmortem: Postmortem, writer: Writer) -> str:
    """The section with its table in UTC, in the postmortem's own zone, and with the time since the start."""
    body, section, rows = postmortem.document.body, timeline.section, []
    if timeline.table is None:
        return writer.blocks(body.tokens[section.first : section.last])
    zone, day, started = zone_beside_utc(postmortem.timezone), None, postmortem.times.started
    for row in timeline.rows:
        time, local, since = plain(row.time.text), "", ""
        if row.moment:
            time = f"{row.moment:%H:%M}" if row.moment.date() == day else f"{words.day(row.moment)}, {row.moment:%H:%M}"
            local = words.local_time(row.moment, zone) if zone else ""
            since = words.elapsed(row.moment - started) if started else ""
            day = row.moment.date()
        event = writer.inline(row.event.token, cell=True) if row.event else ""
        rows.append(
            [time, *([local] if zone else []), since, event, *(writer.inline(c.token, cell=True) for c in row.more)]
        )
    more = [plain(cell.text) for cell in timeline.table.header[2:]]
    titles = ["Time (UTC)", *([f"Time ({plain(postmortem.timezone)})"] if zone else []), "Elapsed", "Event", *more]
    parts = (
        writer.blocks(body.tokens[section.first : timeline.table.first]),
        table(titles, rows),
        writer.blocks(body.tokens[timeline.table.last + 1 : section.last]),
    )
    return "\n\n".join(filter(None, parts))


def _links(postmortem: Postmortem, knowledge: Knowledge, place: Place, pictures: Collection[str]) -> Links:
    """Links to other postmortems lead to their files, pictures to their copies; what lies elsewhere is text."""

    def to(href: str) -> str | None:
        if scheme(href):
            return href
        path, fragment = below_root(postmortem.path, href), href.partition("#")[2]
        other = postmortem if href.startswith("#") else knowledge.by_path.get(path)
        if other is None or href.startswith("//"):
            picture = image(href)
            return picture.address if picture else None
        anchor = f"#{fragment}" if fragment in _anchors(other) else ""
        file = place.files[urls.incident(other.id)]
        return f"{place.way(file) if file != place.file else ''}{anchor}" or None

    def image(source: str) -> Picture | None:
        address = f"files/{below_root(postmortem.path, source).removeprefix(f'{FOLDER}/')}"
        return Picture(place.way(address)) if not scheme(source) and address in pictures else None

    return Links(to, image)


def _anchors(postmortem: Postmortem) -> set[str]:
    """The anchors that all generators give to the sections of a page alike."""
    titles = [section.title for section in postmortem.document.body.sections]
    return {title.lower().replace(" ", "-") for title in titles if re.fullmatch(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*", title)}
