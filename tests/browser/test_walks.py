"""Four people walk through the site, each for what they came for, with and without JavaScript; pictures are taken on the way.

The pictures lie in `build/pictures/`: every stop at two widths in both themes. `make pictures` takes them anew.
"""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as NoFrameError

from postmortem_kb import manual
from postmortem_kb.clock import today
from postmortem_kb.insight.actions import completion
from postmortem_kb.insight.figures import split
from postmortem_kb.insight.patterns import Patterns, patterns
from postmortem_kb.insight.sides import groups
from postmortem_kb.insight.times import distribution
from postmortem_kb.knowledge import Knowledge, read_knowledge
from postmortem_kb.model import Postmortem
from postmortem_kb.pages import all_pages
from postmortem_kb.pages.agenda import agenda
from postmortem_kb.pages.outline import Outline
from postmortem_kb.pages.sections import computed, sections
from postmortem_kb.policy import read_policy
from postmortem_kb.render.markdown import Links
from postmortem_kb.render.words import count, day, duration, label
from postmortem_kb.rules import RULES

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / "build" / "pictures"
WIDTHS = (1280, 390)
THEMES = ("light", "dark")
DRAFTS = 100
"""In the team's catalog, so that its list of incidents has a second page."""

DRAFT = """\
---
id: {id}
title: {title}
status: draft
severity: P3
timestamps: {{started: {started}}}
roles: {{author: "@maria"}}
---
"""
SIGNED = """\
---
id: 2026-03-14-late-orders
title: Orders shipped a day late
status: reviewed
severity: P3
kind: data-delay
summary: A full queue kept orders of one night from the warehouse.
services: [orders]
timestamps: {started: 2026-03-14T02:00:00Z, detected: 2026-03-14T02:04:00Z, resolved: 2026-03-14T20:30:00Z}
roles: {author: "@maria"}
sign_offs:
  - {by: "@olga", role: service owner, on: 2026-03-17}
  - {by: "@ben", role: operations, on: 2026-03-18}
published: 2026-03-19
impact: {customers: 312 customers got their order a day late.}
root_causes:
  - {id: RC1, category: capacity, statement: The queue holds one hour of orders.}
action_items:
  - {id: A1, action: Let the queue hold a day of orders, type: prevent, owner: "@maria", priority: P1, status: todo, due: 2026-04-30, ticket: OPS-1, addresses: [RC1]}
briefs:
  executive: 312 orders were a day late, none was lost. A larger queue is ordered.
  customer: Some orders shipped a day late.
---

## Timeline

| Time | Event |
| --- | --- |
| 02:00 | The queue is full |

## What Happened

One night's orders waited for the morning.

## Root Cause

The queue was made for the traffic of 2019.

## Lessons Learned

- A queue that is never full is never looked at.
"""

# What a machine can see of a page: whether it scrolls sideways, which words of it are cut off, which pictures are broken.
SEEN = """async () => {
  const ways = ["left", "right"];
  const hides = (box) => ["hidden", "clip"].includes(getComputedStyle(box).overflowX);
  const place = (node) => { const range = document.createRange(); range.selectNodeContents(node); return range.getBoundingClientRect(); };
  const cut = [];
  for (const node of document.querySelectorAll(".md-content :is(h1, h2, h3, h4, button, summary, th, td, dt, dd, .pm-tile span, .pm-chip, .pm-severity)")) {
    if (!node.textContent.trim() || !node.checkVisibility({visibilityProperty: true})) continue;
    const text = place(node);
    for (let box = node; box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      // What is there for the ear alone, ends in dots on purpose, or scrolls, is no fault.
      if (style.clipPath !== "none" || style.textOverflow === "ellipsis" || ["auto", "scroll"].includes(style.overflowX)) break;
      const edge = box.getBoundingClientRect();
      if (hides(box) && (text.left < edge.left - 1 || text.right > edge.right + 1)) { cut.push(node.outerHTML.slice(0, 120)); break; }
    }
  }
  const broken = [];
  for (const image of document.images) {
    image.loading = "eager";
    await image.decode().catch(() => broken.push(image.src));
  }
  return {
    sideways: document.scrollingElement.scrollWidth - innerWidth, cut, broken, ground: getComputedStyle(document.body).backgroundColor,
  };
}"""


@dataclass(frozen=True)
class Catalog:
    """A site, and what it is made from."""

    address: str
    knowledge: Knowledge


class Camera:
    """A screen in one theme, on which nothing moves."""

    def __init__(self, browser: Browser, theme: str) -> None:
        self.theme = theme
        self.widths = WIDTHS
        self.faults: list[str] = []
        scheme: Any = theme
        self.page = browser.new_page(color_scheme=scheme, reduced_motion="reduce")
        self.page.set_viewport_size({"width": self.widths[0], "height": 900})
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.faults.append(request.url)

    def take(self, name: str, shows: str) -> dict[int, str]:
        """Take pictures of the page that was opened; gives its ground at each width."""
        self.page.wait_for_load_state()
        expect(self.page.locator(shows).first).to_be_attached()
        if self.page.locator(".pm-diagram").count():
            expect(self.page.locator(".pm-diagram__picture svg").first).to_be_visible()
        grounds = {}
        for width in self.widths:
            self.page.set_viewport_size({"width": width, "height": 900})
            seen = self.page.evaluate(SEEN)
            grounds[width] = seen.pop("ground")
            assert (seen, self.faults) == ({"sideways": 0, "cut": [], "broken": []}, []), (name, width, self.theme)
            # A JPEG takes half the time of a PNG.
            file = PICTURES / f"{name}-{width}-{self.theme}.jpg"
            try:
                self.page.screenshot(path=file, type="jpeg", quality=85, full_page=True)
            except NoFrameError:
                # Chromium on a busy machine waits for a frame that never comes: the second picture has one.
                self.page.screenshot(path=file, type="jpeg", quality=85, full_page=True)
        # The next page opens at the width at which this one ended: pages are laid out anew once, not twice.
        self.widths = self.widths[::-1]
        return grounds


class Walk:
    """Somebody on the way through a site; where they stop, pictures are taken."""

    def __init__(self, page: Page, cameras: list[Camera], *, javascript: bool) -> None:
        self.page, self.javascript = page, javascript
        self.cameras = cameras
        self.seen: set[str] = set()

    @property
    def content(self) -> Locator:
        """The page without what stands around it."""
        return self.page.get_by_role("article")

    def go(self, tab: str) -> None:
        """Follow a tab below the header."""
        self.page.get_by_role("navigation", name="Tabs").get_by_role("link", name=tab, exact=True).click()

    def follow(self, name: str, within: str = "body") -> None:
        """Follow the first link of a name."""
        self.page.locator(within).first.get_by_role("link", name=name, exact=True).first.click()

    def stop(self, name: str, title: str | None = None, *, shows: str = "h1") -> None:
        """Stop at a page that has a title and shows something."""
        if title is not None:
            expect(self.content.get_by_role("heading", level=1)).to_have_text(title)
        expect(self.page.locator(shows).first).to_be_visible()
        address = self.page.url
        self.seen.add(urlsplit(address).path.removeprefix("/"))
        # All of them load at once; a picture is taken when its page is there.
        if not self.javascript:
            return
        for camera in self.cameras:
            camera.page.goto(address, wait_until="commit")
        light, dark = (camera.take(name, shows) for camera in self.cameras)
        assert all(light[width] != dark[width] for width in WIDTHS), (name, light, dark)


def reader(walk: Walk, site: Catalog, team: Catalog) -> None:
    """Has this happened before, and what helped?"""
    page, known = walk.page, site.knowledge
    postmortem = next(p for p in known.postmortems if known.neighbours.get(p.id) and computed(p, known))
    page.goto(site.address)
    tile = page.locator(".pm-tile").first
    expect(tile.locator(".pm-tile__number")).to_have_text(str(len(known.postmortems)))
    walk.stop("dashboard", known.policy.site_name)

    if walk.javascript:
        page.get_by_role("searchbox", name="Search").fill(postmortem.title)
        page.locator(".pm-search__state").get_by_role("link").click()
        page.locator(".pm-search-page").get_by_label("Severity").select_option(postmortem.severity)
        result = page.locator(".pm-search-page .pm-result").first
        expect(result).to_contain_text(postmortem.title)
        expect(page.locator(".pm-search-page .pm-result .pm-severity").first).to_have_text(postmortem.severity)
        walk.stop("search", "Search", shows=".pm-search-page .pm-result")
        result.click()
    else:
        # The theme hides the box; somebody else has shared the address.
        page.goto(f"{site.address}search/?q=database")
        walk.stop("search", "Search", shows=".pm-search-page .pm-empty")
        walk.follow("list of all incidents", ".pm-search-page")
        walk.follow(postmortem.title, ".pm-table--incidents")

    what_happened(walk, postmortem, known)
    by_name(walk, postmortem, known)
    walk.go("Incidents")
    rows = page.locator(".pm-table--incidents tbody tr")
    if walk.javascript:
        page.get_by_label("Severity").select_option(postmortem.severity)
        same = sum(p.severity == postmortem.severity for p in known.postmortems)
        assert same < len(known.postmortems)
        expect(rows).to_have_count(same)
        expect(page.locator(".pm-filter__count")).to_have_text(f"{same} of {len(known.postmortems)} incidents")
        page.get_by_role("button", name="Clear filters").click()
    expect(rows).to_have_count(len(known.postmortems))
    walk.stop("incidents", "Incidents")

    page.goto(team.address)
    walk.go("Incidents")
    expect(rows).to_have_count(100)
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Next").click()
    expect(rows.get_by_role("link", name=team.knowledge.postmortems[-1].title, exact=True)).to_be_visible()
    expect(rows).to_have_count(len(team.knowledge.postmortems) - 100)
    walk.stop("incidents-second-page", "Incidents")


def what_happened(walk: Walk, postmortem: Postmortem, known: Knowledge) -> None:
    """How did it go, why, and was there more of the kind?"""
    page = walk.page
    parts = sections(postmortem, known, Links(lambda href: href, lambda src: None), Outline(postmortem))
    for shown, number in (
        (".pm-timeline__row", sum(len(part.rows) for part in parts)),
        (".pm-whys__question", sum(len(part.whys) for part in parts)),
        (".pm-related > li", len(known.relations[postmortem.id]) + len(computed(postmortem, known))),
        (".pm-actions--full > .pm-action", len(postmortem.actions)),
    ):
        assert number, shown
        expect(page.locator(shown)).to_have_count(number)
    walk.stop("incident", postmortem.title)
    line = known.neighbours[postmortem.id][0]
    other = line.before or line.after
    assert other is not None
    page.get_by_role("navigation", name="On the same services").get_by_role("link", name=other.title).first.click()
    expect(walk.content.get_by_role("heading", level=1)).to_have_text(other.title)
    page.go_back()


def by_name(walk: Walk, postmortem: Postmortem, known: Knowledge) -> None:
    """What else broke there?"""
    page = walk.page
    services = groups(known.postmortems, (), lambda p: p.services)
    tags = groups(known.postmortems, (), lambda p: p.tags)
    for name, within, found, plural in (
        (postmortem.services[0], ".pm-badges", services, "services"),
        (postmortem.tags[0], ".pm-facts", tags, "tags"),
    ):
        walk.follow(name, within)
        expect(page.locator(".pm-table--incidents tbody tr")).to_have_count(len(found[name].postmortems))
        walk.stop(plural[:-1], name)
        walk.follow(label(plural), ".pm-crumbs")
        expect(page.locator("table.pm-table tbody tr")).to_have_count(len(found))
        row = page.locator("table.pm-table tbody tr").filter(has=page.get_by_role("link", name=name, exact=True))
        expect(row.locator("[data-label=Incidents]")).to_have_text(str(len(found[name].postmortems)))
        walk.stop(plural, label(plural))
        page.go_back()
        page.go_back()


def action_owner(walk: Walk, site: Catalog, team: Catalog) -> None:
    """What do I owe, by when, and why?"""
    page, known = walk.page, site.knowledge
    owner, number = Counter(e.action.owner for e in known.actions if e.action.open).most_common(1)[0]
    mine = [entry for entry in known.actions if entry.action.owner == owner]
    owed = [entry for entry in mine if entry.action.open]
    page.goto(site.address)
    page.locator(".pm-tile").filter(has_text="Open actions").get_by_role("link").click()
    rows = page.locator("[data-pm-rows] > .pm-action")
    if walk.javascript:
        every = sum(entry.action.open for entry in known.actions)
        expect(page.locator(".pm-filter__count")).to_have_text(f"{every} of {len(known.actions)} actions")
        page.locator("select[name=owner]").select_option(owner.removeprefix("@").lower())
        expect(rows.locator(".pm-action__text")).to_have_text([entry.action.action for entry in owed])
    else:
        expect(rows).to_have_count(100)
    walk.stop("actions", "Action items")
    if not walk.javascript:
        page.get_by_role("link", name="Next").click()
        last = [entry.action.action for entry in known.actions[100:]]
        expect(rows.locator(".pm-action__text")).to_have_text(last)
        walk.follow("Action items", ".pm-crumbs")
    row = page.get_by_role("region", name="Actions by owner").get_by_role("row").filter(has_text=owner)
    expect(row.locator("[data-label=Open]")).to_have_text(str(number))

    row.get_by_role("link").click()
    listed = page.locator("section:has(#open) .pm-action__text")
    expect(listed).to_have_text([entry.action.action for entry in owed])
    expect(page.locator("section:has(#done) .pm-action")).to_have_count(len(mine) - len(owed))
    walk.stop("owner", owner)
    walk.follow("Owners", ".pm-crumbs")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=owner, exact=True))
    late = sum(entry.overdue for entry in owed)
    told = f"{number} {late} overdue" if late else str(number)
    expect(row.locator("[data-label='Open actions']")).to_have_text(told)
    walk.stop("owners", "Owners")
    page.go_back()

    entry = next(entry for entry in owed if entry.action.addresses)
    page.locator(".pm-action").filter(has_text=entry.action.action).get_by_role("link").click()
    action = page.locator(f"#action-{entry.action.id.lower()}")
    expect(action).to_be_in_viewport()
    expect(action).to_contain_text(entry.action.action)
    action.get_by_role("link", name=entry.action.addresses[0], exact=True).click()
    cause = page.locator(f"#{entry.action.addresses[0].lower()}")
    expect(cause).to_be_in_viewport()
    expect(cause.locator(".pm-answers")).to_contain_text(entry.action.action)

    walk.go("Handbook")
    walk.follow("Feeds and data", "nav.md-nav--primary")
    expect(walk.content.get_by_text("/actions.ics").first).to_be_visible()
    walk.stop("handbook", "Feeds and data¶")


def reviewer(walk: Walk, site: Catalog, team: Catalog) -> None:
    """What should we talk about, and may this one be signed?"""
    page, known = walk.page, site.knowledge
    found = what_repeats(known)
    topics = agenda(known)
    page.goto(site.address)
    walk.go("Patterns")
    titles = page.locator(".pm-agenda h3")
    expect(titles).to_have_text([f"{topic.title} {count(len(topic.points), 'point')}" for topic in topics])
    walk.stop("patterns", "Patterns")

    unanswered = found.unanswered[0]
    page.locator(".pm-agenda").get_by_role("link", name=unanswered.cause.statement).click()
    cause = page.locator(f"#{unanswered.cause.id.lower()}")
    expect(cause).to_be_in_viewport()
    expect(cause).to_contain_text("No action answers this")
    number = sum(one.postmortem is unanswered.postmortem for one in found.unanswered)
    expect(page.locator(".pm-unanswered")).to_have_count(number)

    kind = unanswered.postmortem.root_causes[0].kind
    causes = groups(known.postmortems, (), lambda p: (cause.kind for cause in p.root_causes))
    walk.follow(label(kind), ".pm-causes")
    expect(page.locator(".pm-table--incidents tbody tr")).to_have_count(len(causes[kind].postmortems))
    walk.stop("cause", label(kind))
    walk.follow("Root causes", ".pm-crumbs")
    expect(page.locator("[data-label=Cause]")).to_have_text([label(group.name) for group in causes.values()])
    walk.stop("causes", "Root causes")

    what_is_asked_for(walk)

    page.goto(team.address)
    draft = next(p for p in team.knowledge.postmortems if p.status == "draft")
    card = page.locator(".pm-card:has(#drafts)")
    expect(card.get_by_role("link", name=f"All {DRAFTS}")).to_be_visible()
    walk.follow(draft.title, ".pm-card:has(#drafts)")
    expect(page.locator(".pm-badges .pm-chip")).to_have_text(["Draft"])
    signed = next(p for p in team.knowledge.postmortems if p.sign_offs)
    page.go_back()
    walk.follow(signed.title, ".pm-card:has(#newest)")
    signs = [f"{sign.by}, {sign.role}, {day(sign.on)}" for sign in signed.sign_offs if sign.on]
    expect(page.locator(".pm-sign")).to_have_text(signs)
    revisions = team.knowledge.history[signed.path]
    assert len(revisions) == 2
    page.get_by_text(count(len(revisions), "revision"), exact=True).click()
    for revision in revisions:
        expect(page.get_by_text(revision.subject)).to_be_visible()


def what_is_asked_for(walk: Walk) -> None:
    """What has a postmortem to tell here?"""
    page = walk.page
    walk.go("Handbook")
    walk.follow("Reference", "nav.md-nav--primary")
    walk.stop("reference", "Reference")
    walk.follow("Rules", "article")
    expect(page.locator(".pm-rules dt")).to_have_text([rule.NAME for rule in RULES])
    walk.stop("rules", "Rules")
    walk.follow("unaddressed-cause", "article")
    walk.stop("rule", "unaddressed-cause")
    told = {
        "Policy": "What is required",
        "Frontmatter": "action_items",
        "Configuration": "[deadlines]",
        "Commands": "postmortem check",
    }
    for title, section in told.items():
        walk.follow("Reference", ".pm-crumbs")
        walk.follow(title, "article")
        expect(walk.content.get_by_role("heading", name=section).first).to_be_visible()
        # Marks of Markdown are for the terminal.
        expect(page.locator(".pm-keys .pm-meta").filter(has_text="`")).to_have_count(0)
        walk.stop(title.lower(), title)


def executive(walk: Walk, site: Catalog, team: Catalog) -> None:
    """What did it cost, does it get better, and what comes back?"""
    page, known = walk.page, site.knowledge
    page.goto(site.address)
    share = completion(known.actions)
    done = page.locator(".pm-tile").filter(has_text="Actions done")
    expect(done.locator(".pm-tile__number")).to_have_text(f"{share.percent} %")
    times = distribution(known.postmortems, "ttr")
    assert times.median is not None
    page.locator(".pm-tile").filter(has_text="Time to resolve").get_by_role("link").click()
    figure = page.locator(".pm-figure").filter(has=page.get_by_role("heading", name="Time to resolve"))
    expect(figure.locator("dd").first).to_have_text(duration(times.median))
    by_severity = split(known.postmortems, known.actions, "severity", known.today, known.policy.words["severity"])
    counts = page.locator("section:has(#by-severity) > .pm-scroll [data-label=Incidents]")
    expect(counts).to_have_text([str(len(row.postmortems)) for row in by_severity])
    services = len(groups(known.postmortems, (), lambda p: p.services))
    rows = page.locator("section:has(#by-service) tbody tr:visible")
    expect(rows).to_have_count(10)
    page.get_by_text(f"The other {services - 10} services").click()
    expect(rows).to_have_count(services)
    walk.stop("metrics", "Metrics")

    page.get_by_role("link", name="What was promised the last time").click()
    expect(page.locator("#recurrences")).to_be_in_viewport()
    chains = what_repeats(known).recurrences
    assert chains
    expect(page.locator("section:has(#recurrences) .pm-chains > article")).to_have_count(len(chains))

    told = next(p for p in team.knowledge.postmortems if p.briefs)
    page.goto(team.address)
    walk.follow(told.title, ".pm-card:has(#newest)")
    timeline = page.get_by_role("heading", name="Timeline")
    expect(timeline).to_be_visible()
    page.locator(".pm-audiences").get_by_text("Executives", exact=True).click()
    expect(page.get_by_text(told.briefs["executive"])).to_be_in_viewport()
    expect(timeline).to_be_visible(visible=not walk.javascript)
    walk.stop("incident-brief", told.title, shows="#brief-executive")


def what_repeats(known: Knowledge) -> Patterns:
    return patterns(known.postmortems, known.actions, known.action_history, known.today, known.policy.words["severity"])


WALKS: dict[str, Callable[[Walk, Catalog, Catalog], None]] = {
    "reader": reader,
    "action owner": action_owner,
    "reviewer": reviewer,
    "executive": executive,
}
Run = Callable[..., subprocess.CompletedProcess[str]]
Walked = Callable[[str, bool], frozenset[str]]


@pytest.fixture(scope="module")
def team(publish: Callable[[Path, Path], str], run: Run, tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the repository's own catalog does not hold: drafts, briefs, signatures, revisions, a second page."""
    root = tmp_path_factory.mktemp("team")
    folder = root / "postmortems"
    folder.mkdir()
    (root / "mkdocs.yml").write_text("site_name: Acme\ntheme: {name: material}\nplugins: [postmortems]\n", "utf-8")
    for number in range(DRAFTS):
        id, started = f"drill-{number:03}", f"2025-{1 + number // 28:02}-{1 + number % 28:02}T09:00:00Z"
        text = DRAFT.format(id=id, title=f"Drill {number + 1} went wrong", started=started)
        (folder / f"{id}.md").write_text(text, "utf-8")
    run(["git", "init"], root)
    for text, subject in ((SIGNED.replace("status: reviewed", "status: draft"), "Draft it"), (SIGNED, "Sign it")):
        (folder / "2026-03-14-late-orders.md").write_text(text, "utf-8")
        run(["git", "add", "."], root)
        run(["git", "commit", "-m", subject], root)
    return Catalog(publish(root, root / "site"), read_knowledge(root, read_policy(root), today()))


@pytest.fixture(scope="module")
def cameras(browser: Browser) -> Iterator[list[Camera]]:
    cameras = [Camera(browser, theme) for theme in THEMES]
    yield cameras
    for camera in cameras:
        camera.page.context.close()


@pytest.fixture(scope="module")
def walked(browser: Browser, site: str, knowledge: Knowledge, team: Catalog, cameras: list[Camera]) -> Walked:
    """Walks as somebody, once; gives the paths of the pages at which they stopped."""

    @cache
    def walk(role: str, javascript: bool) -> frozenset[str]:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=javascript)
        walk = Walk(context.new_page(), cameras, javascript=javascript)
        WALKS[role](walk, Catalog(site, knowledge), team)
        context.close()
        return frozenset(walk.seen)

    return walk


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize("role", WALKS)
def test_everybody_finds_what_they_came_for(role: str, javascript: bool, walked: Walked) -> None:
    assert walked(role, javascript)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_somebody_stops_at_every_kind_of_page(
    javascript: bool, walked: Walked, knowledge: Knowledge, team: Catalog
) -> None:
    """A kind is what one function of the library makes for one area; pages of `docs/` are one more."""
    kinds = {
        page.path: (page.area, f"{made.__module__}.{made.__name__}")
        for known in (knowledge, team.knowledge)
        for page in (*all_pages(known), *manual.pages(known))
        if (made := getattr(page.make, "func", page.make))
    }
    handbook = ("docs/", "")
    seen = {kinds.get(path, handbook) for role in WALKS for path in walked(role, javascript)}
    assert {*kinds.values(), handbook} - seen == set()
