"""Catalogs that are young, and names that are long: whatever people write, nothing leaves the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from postmortem_kb.clock import today

pytestmark = pytest.mark.browser

NAME = "the_pool_of_the_primary_database_ran_out_of_connections_and_every_request_that_needed_one_waited_for_ever"
SERVICES = [
    f"payments-{part}"
    for part in ["api", "db", "queue", "cache", "jobs", "web", "stream", "index", "ledger", "refunds", "portal"]
]
TEXT = """\
---
id: {id}
title: {name}
status: reviewed
severity: P1
kind: outage
summary: {name}
services: [{services}]
timestamps:
  started: {day}T09:00:00Z
  detected: {day}T09:14:00Z
  resolved: {day}T18:30:00Z
roles:
  author: "@{name}"
sign_offs: [{{by: "@{name}", role: {name}, on: {day}}}]
published: {day}
impact: {{customers: {name}}}
root_causes: [{{id: RC1, category: capacity, statement: {name}}}]
action_items:
  - {{id: A1, action: {name}, type: prevent, owner: "@{name}", priority: P1, status: todo, due: {day}, ticket: {name}, success_criteria: {name}, addresses: [RC1]}}
links:
  - {{title: Dashboard, url: "https://example.com/", kind: dashboard}}
  - {{title: Orders, url: "https://example.com/orders", kind: dashboard}}
{related}---

## Timeline

| Time | Event |
| --- | --- |
| 09:00 | {name} |

## What Happened

{name} `{name}`
"""
DRAFT = """\
---
id: draft
title: Checkout answered slowly
status: draft
severity: P2
tags: [checkout]
timestamps:
  started: {day}T09:00:00Z
roles:
  author: "@maria"
---
"""
PAGES = ("", "incidents/", "incidents/c/", "incidents/draft/", "actions/", "services/", "services/payments-api/",
         "owners/", "patterns/", "metrics/", "search/?q=pool")  # fmt: skip
_SIDEWAYS = "root => root.scrollWidth - root.clientWidth"
_TOP = "part => Math.round(part.getBoundingClientRect().top)"
_OUTSIDE = """parts => parts.filter(part => {
  const [own, around] = [part, part.parentElement].map(element => element.getBoundingClientRect())
  return part.checkVisibility() && own.right > around.right + 1
}).map(part => part.className + ': ' + part.textContent.trim().slice(0, 40))"""


@pytest.fixture(scope="module")
def odd(publish: Callable[[Path, Path], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A site of three incidents with long names, each a recurrence of the one before, and a draft of two facts."""
    root = tmp_path_factory.mktemp("odd")
    (root / "postmortems").mkdir()
    (root / "docs").mkdir()
    (root / "mkdocs.yml").write_text("site_name: X\ntheme: {name: material}\nplugins: [postmortems]\n", "utf-8")
    for number, id in enumerate("abc"):
        day = today() - timedelta(days=300 - 90 * number)
        related = f"related: [{{id: {'abc'[number - 1]}, relation: recurrence-of, note: {NAME}}}]\n" if number else ""
        (root / "postmortems" / f"{id}.md").write_text(_incident(id, day, related), "utf-8")
    (root / "postmortems" / "draft.md").write_text(DRAFT.format(day=today()), "utf-8")
    return publish(root, root / "site")


def _incident(id: str, day: date, related: str) -> str:
    return TEXT.format(id=id, name=NAME, day=day, related=related, services=", ".join(SERVICES))


@pytest.fixture(params=[390, 800, 1280])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": request.param, "height": 844})
    yield page
    page.close()


@pytest.mark.parametrize("path", PAGES)
def test_names_without_blanks_stay_inside_of_the_page(page: Page, odd: str, path: str) -> None:
    page.goto(f"{odd}{path}")
    page.locator(".pm-page h1").wait_for()
    assert page.locator(":root").evaluate(_SIDEWAYS) == 0
    # The list beside the picture of the moments is for those who do not see it.
    blocks = page.locator(
        ".pm-page :is(li, p, dl, dd, article, .pm-tile__number *, .pm-action span):not(.pm-moments *)"
    )
    assert blocks.evaluate_all(_OUTSIDE) == []


def test_the_two_facts_of_a_draft_are_read_from_left_to_right(page: Page, odd: str) -> None:
    page.goto(f"{odd}incidents/draft/")
    facts = page.locator(".pm-facts dd")
    assert facts.count() == 2
    assert facts.first.inner_text() == "@maria"
    assert facts.first.evaluate("fact => fact.offsetWidth") > 50


@pytest.mark.parametrize("path", ["services/payments-api/", "incidents/c/"])
def test_what_is_overdue_is_said_at_the_head(page: Page, odd: str, path: str) -> None:
    page.goto(f"{odd}{path}")
    expect(page.locator(".pm-lead, .pm-figures").first).to_contain_text(re.compile(r"\d overdue"))


def test_a_cause_says_how_far_its_answers_are(page: Page, odd: str) -> None:
    page.goto(f"{odd}incidents/c/")
    expect(page.locator("#rc1 .pm-answers")).to_contain_text("Overdue since")


def test_many_services_stand_side_by_side_above_the_incidents_before_and_after(page: Page, odd: str) -> None:
    page.goto(f"{odd}incidents/b/")
    names = page.locator(".pm-neighbours__line > p")
    assert names.locator("a").count() == len(SERVICES)
    assert names.evaluate("names => names.offsetHeight") < 200
    before, after = (page.locator(f".pm-step--{name}").evaluate(_TOP) for name in ("before", "after"))
    assert min(before, after) >= names.evaluate("names => Math.round(names.getBoundingClientRect().bottom)")


def test_a_choice_among_long_words_leaves_room_for_the_others(browser: Browser, odd: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 844})
    page.goto(f"{odd}actions/")
    fields = page.locator(".pm-filter label:visible")
    assert fields.evaluate_all("fields => new Set(fields.map(field => field.offsetTop)).size") <= 2
    assert max(page.locator(".pm-filter select").evaluate_all("all => all.map(one => one.offsetWidth)")) <= 240
    page.close()


def test_of_many_services_a_list_shows_some_and_the_number_of_the_others(page: Page, odd: str) -> None:
    page.goto(f"{odd}incidents/")
    services = page.locator(".pm-table tbody tr", has_text="and").first.locator('[data-label="Services"]')
    assert services.locator("a").all_inner_texts() == SERVICES[:6]
    expect(services).to_contain_text("and\u00a05\u00a0more")
    page.goto(f"{odd}incidents/c/")
    assert page.locator(".pm-badges .pm-tag").all_inner_texts() == SERVICES


def test_a_link_that_is_called_after_its_kind_says_so_once(page: Page, odd: str) -> None:
    page.goto(f"{odd}incidents/c/")
    assert page.locator(".pm-links > li").all_inner_texts() == ["Dashboard", "Orders Dashboard"]


def test_the_only_quarter_of_a_catalog_is_a_column(
    browser: Browser, publish: Callable[[Path, Path], str], tmp_path: Path
) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: X\ntheme: {name: material}\nplugins: [postmortems]\n", "utf-8")
    (tmp_path / "postmortems" / "draft.md").write_text(DRAFT.format(day=today()), "utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 844})
    page.goto(f"{publish(tmp_path, tmp_path / 'site')}metrics/")
    assert page.locator(".pm-chart--column td").evaluate_all("all => all.map(one => one.offsetWidth < 200)") == [True]
    page.close()
