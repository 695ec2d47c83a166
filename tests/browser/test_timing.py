"""What the scripts of the site do where something is late, lost or overtaken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser

INCIDENTS = 110
"""So many that the list does not hold them all."""
INCIDENT = """\
---
id: incident-{number:03}
title: Outage {number}
status: draft
severity: P{severity}
services: [web]
timestamps: {{started: 2025-{month:02}-{day:02}T10:00:00Z}}
roles: {{author: "@maria"}}
---

## What Happened

{body}
"""


class Gate:
    """Holds what a page asks for, until it is opened."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._open = False
        self._held: list[Route] = []
        page.route(pattern, self._meet)

    def _meet(self, route: Route) -> None:
        if self._open:
            route.continue_()
        else:
            self._held.append(route)

    def open(self) -> None:
        """Let through what is held, and all that follows."""
        self._open = True
        while self._held:
            self._held.pop().continue_()

    def lose(self) -> None:
        """Break off what is held."""
        while self._held:
            self._held.pop().abort()


@pytest.fixture(scope="module")
def catalog(publish: Callable[[Path, Path], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a site with a handbook; the later an incident has its number, the later it began."""
    root = tmp_path_factory.mktemp("catalog")
    (root / "mkdocs.yml").write_text("site_name: Acme\ntheme: {name: material}\nplugins: [postmortems]\n", "utf-8")
    (root / "postmortems").mkdir()
    (root / "docs").mkdir()
    (root / "docs" / "runbook.md").write_text("# Runbook\n\n## Phone\n\nCall the walrus.\n", "utf-8")
    for number in range(INCIDENTS):
        body = "The quokka slept." if number < 3 else "The pool was empty."
        month, day = divmod(number, 28)
        text = INCIDENT.format(number=number, severity=1 + number % 2, month=1 + month, day=1 + day, body=body)
        (root / "postmortems" / f"incident-{number:03}.md").write_text(text, "utf-8")
    return publish(root, root / "site")


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """A fresh page; an error in a script fails the test."""
    page = browser.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    page.context.close()
    assert faults == []


def ask(page: Page, catalog: str, query: str) -> None:
    page.goto(f"{catalog}search/?{query}")
    expect(page.locator(".pm-search-page output")).not_to_be_empty()


def test_a_search_that_overtakes_another_waits_for_the_same_handbook(reader: Page, catalog: str) -> None:
    ask(reader, catalog, "q=pool")
    words = reader.locator(".pm-search-page input")
    told = reader.locator(".pm-search-page output")
    late = "**/manual/filter/*"
    gate = Gate(reader, late)
    with reader.expect_request(late):
        words.fill("quokka")
    words.fill("walrus")
    # So long that it would be over, if it did not wait.
    reader.wait_for_timeout(1_000)
    expect(told).to_have_text("Searching…")
    gate.open()
    expect(told).to_have_text("1 in the handbook")
    expect(reader.locator(".pm-search-page .pm-results__group")).to_have_text("In the handbook")


def test_dates_that_were_lost_once_are_asked_for_again(reader: Page, catalog: str) -> None:
    lost = "**/dates.json"
    reader.route(lost, lambda route: route.abort())
    ask(reader, catalog, "q=outage&sort=newest")
    told = reader.locator(".pm-search-page output")
    expect(told).to_contain_text("could not be loaded")
    reader.unroute(lost)
    reader.locator(".pm-search-page").get_by_label("Order").select_option("oldest")
    expect(told).to_have_text(f"{INCIDENTS} results")
    expect(reader.locator(".pm-search-page .pm-result__title").first).to_have_text("Outage 0")
