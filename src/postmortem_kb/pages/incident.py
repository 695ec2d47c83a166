"""One page an incident."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache, partial
from itertools import groupby
from pathlib import PurePosixPath
from urllib.parse import quote

from postmortem_kb.action_history import Turn
from postmortem_kb.audience import PUBLIC
from postmortem_kb.insight.again import again
from postmortem_kb.insight.chains import LISTED
from postmortem_kb.insight.patterns import waiting
from postmortem_kb.insight.unfixed import Unfixed
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.model import Postmortem
from postmortem_kb.pages.outline import Outline
from postmortem_kb.pages.page import Content, Heading, Page, key_of, render
from postmortem_kb.pages.prose import without_backticks
from postmortem_kb.pages.searchable import BRIEFS, searchable
from postmortem_kb.pages.sections import computed, sections
from postmortem_kb.paths import path_text
from postmortem_kb.policy import FOLDER
from postmortem_kb.render import urls, words
from postmortem_kb.render.forge import Forge, forge
from postmortem_kb.render.markdown import Links
from postmortem_kb.render.pictures import Picture
from postmortem_kb.render.scale import scale
from postmortem_kb.source.links import PICTURES, below_root, evidence, scheme
from postmortem_kb.words import IMPACTS

Ask = Callable[[str, str], str]
"""Asks about a file: what is asked, and the file's path. What was asked is kept with the page."""
_TURNS = 5
"""Changes of an action that its page tells, the last ones."""


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/incidents/<id>/`, for every postmortem."""
    for postmortem in knowledge.postmortems:
        yield page(postmortem, knowledge)


def page(postmortem: Postmortem, knowledge: Knowledge) -> Page:
    """The page of one postmortem."""
    return Page(
        urls.incident(postmortem.id),
        without_backticks(postmortem.title),
        area="incidents/",
        key=_key(postmortem, knowledge),
        make=partial(_content, postmortem, knowledge),
        description=" ".join(without_backticks(postmortem.summary).split()),
    )


def _key(postmortem: Postmortem, knowledge: Knowledge) -> str:
    """The text, and what the page tells of other files; the day only where something has a date to keep."""
    dated = any(action.open and action.due for action in postmortem.actions)
    dated = dated or any(cause.accepted_risk for cause in postmortem.causes) or bool(_review(postmortem, knowledge))
    found = knowledge.similar[postmortem.id]
    chain = knowledge.recurrences.get(postmortem.id)
    near = (other for n in knowledge.neighbours.get(postmortem.id, ()) for other in (n.before, n.after) if other)
    return key_of(
        knowledge.place,
        postmortem.path,
        postmortem.document.mark,
        sorted(postmortem.document.pictures.items()),
        [(r.postmortem.document.frontmatter_mark, r.relation, r.note) for r in knowledge.relations[postmortem.id]],
        [(s.postmortem.document.frontmatter_mark, s.strength, s.reasons, s.relation) for s in found],
        [other.document.frontmatter_mark for other in (chain.postmortems if chain else ())],
        [(u.postmortem.id, u.action.id, u.state, u.written) for u in knowledge.unfixed[postmortem.id]],
        [other.document.frontmatter_mark for other in near],
        knowledge.history.get(postmortem.path, ()),
        _turns(postmortem, knowledge),
        knowledge.today if dated else None,
    )


def _content(postmortem: Postmortem, knowledge: Knowledge) -> Content:
    path = urls.incident(postmortem.id)
    files: dict[str, str] = {}
    questions: dict[tuple[str, str], None] = {}
    host = forge(knowledge.policy, knowledge.place)

    def ask(kind: str, path: str) -> str:
        questions[kind, path] = None
        return knowledge.answer((kind, path))

    outline = Outline(postmortem)
    parts = sections(postmortem, knowledge, _links(postmortem, ask, host, files), outline)
    briefs = [(name, title, postmortem.briefs[name]) for name, title in BRIEFS.items() if postmortem.briefs.get(name)]
    related = knowledge.relations[postmortem.id]
    html = render(
        "incident.html",
        path,
        p=postmortem,
        public=knowledge.audience == PUBLIC,
        parts=parts,
        briefs=briefs,
        impacts=impacts(postmortem),
        scale=scale(postmortem.times),
        related=related,
        unlinked=knowledge.unlinked(postmortem),
        listed=LISTED,
        similar=computed(postmortem, knowledge),
        again=again(
            postmortem,
            knowledge.recurrences.get(postmortem.id),
            knowledge.similar[postmortem.id],
            {other.postmortem.id for other in related},
        ),
        unfixed=_owed(knowledge.unfixed[postmortem.id]),
        neighbours=knowledge.neighbours.get(postmortem.id, ()),
        today=knowledge.today,
        review=_review(postmortem, knowledge),
        owing=knowledge.actions_of.get(postmortem.id, ()),
        revisions=knowledge.history.get(postmortem.path, ()),
        turns=_turns(postmortem, knowledge),
        turned=_turned,
        forge=host,
        proof=_proof(host, ask),
    )
    headings = tuple(Heading(part.id, part.title) for part in parts)
    told = tuple(Heading(f"brief-{name}", title) for name, title, _ in briefs)
    text = searchable(postmortem, outline, code=knowledge.policy.search_code)
    return Content(html, headings + told, files, tuple(questions), text)


def _turns(postmortem: Postmortem, knowledge: Knowledge) -> dict[str, tuple[Turn, ...]]:
    """What became of each action, as git remembers it: the last changes, the oldest of them first."""
    history = knowledge.action_history
    return {action.id: history.get((postmortem.path, action.id), ())[-_TURNS:] for action in postmortem.actions}


def _turned(turn: Turn) -> str:
    """`todo → done`, `due 1 Mar 2026 → 1 May 2026`."""
    pairs = [(words.label(promise.status).lower(), promise.due) for promise in (turn.before, turn.after)]
    (status, due), (later, moved) = pairs
    days = [words.day(day) if day else "no date" for day in (due, moved)]
    told = [f"{status} → {later}"] if status != later else []
    return ", ".join(told + ([f"due {' → '.join(days)}"] if due != moved else []))


def _review(postmortem: Postmortem, knowledge: Knowledge) -> date | None:
    """The last day for the review of a draft that waits for one."""
    if not postmortem.times.resolved or not waiting([postmortem]):
        return None
    return knowledge.policy.deadline("review", postmortem.times.resolved)


def _owed(found: list[Unfixed]) -> list[tuple[Postmortem, list[Unfixed]]]:
    """Each earlier incident once, with all that it had promised."""
    return [
        (left[0].postmortem, left) for left in (list(of) for _, of in groupby(found, lambda one: one.postmortem.id))
    ]


def impacts(postmortem: Postmortem) -> list[tuple[str, str | tuple[str, ...]]]:
    """What the incident did, in the order in which people ask."""
    return [(key, postmortem.impact[key]) for key in IMPACTS if postmortem.impact.get(key)]


def _proof(host: Forge, ask: Ask) -> Callable[[str], str]:
    """Where evidence is seen: a web address, or a file of the repository at its host; empty where it is only named."""

    def address(place: str) -> str:
        if scheme(place) in ("http", "https"):
            return place
        path, spot = evidence(place, lambda path: ask("source", path) != "")
        return "" if path.startswith(("..", "/")) else host.source(path, spot)

    return address


def _links(
    postmortem: Postmortem,
    ask: Ask,
    host: Forge,
    files: dict[str, str],
) -> Links:
    """How addresses in a body are followed; pictures that are found are put into `files`."""
    page = urls.incident(postmortem.id)

    def link(href: str) -> str | None:
        if scheme(href) or href.startswith(("#", "//")):
            return href
        path, fragment = below_root(postmortem.path, href), href.partition("#")[2]
        if other := ask("page", path):
            target = urls.relative(urls.incident(other), page)
            return f"{target}#{fragment}" if fragment else target
        if picture := image(href):
            return picture.address
        return (host.source(path, fragment) or None) if ask("file", path) else None

    @cache
    def image(src: str) -> Picture | None:
        if scheme(src) or src.startswith("//"):
            return None
        path = below_root(postmortem.path, src)
        source = postmortem.document.pictures.get(path, path)
        told = ask("picture", source) if PurePosixPath(path).suffix.lower() in PICTURES else ""
        below = path.removeprefix(f"{FOLDER}/")
        # What serves the site may not find a name that is not UTF-8.
        if not told or path_text(below) != below:
            return None
        files[f"files/{below}"] = source
        width, height = map(int, told.split("x"))
        return Picture(urls.relative(f"files/{quote(below)}", page), width, height)

    return Links(link, image)
