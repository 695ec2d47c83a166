"""What people find in a catalog whose index has several parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

INCIDENTS = 170
"""So many that the index of the search has two parts."""
INCIDENT = """\
---
id: {id}
title: {title}
status: draft
severity: P3
timestamps: {{started: {started}}}
roles: {{author: "@maria"}}
---

## What Happened

{body}
"""
BODIES = {
    3: "A constructor was called.",
    4: "The quokka slept.",
    5: "The table warehouse.orders_daily was late, and HTTPServer.handleRequest failed.",
    6: "Orders are counted daily; we handle every request.",
    7: "The image node:18.2-alpine was gone.",
    8: "Ticket OPS-1234 was closed; kubedns failed.",
}


@pytest.fixture(scope="module")
def catalog(publish: Callable[[Path, Path], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a site; the later an incident has its number, the earlier it began, two of them a day."""
    root = tmp_path_factory.mktemp("catalog")
    (root / "mkdocs.yml").write_text("site_name: Acme\ntheme: {name: material}\nplugins: [postmortems]\n", "utf-8")
    (root / "postmortems").mkdir()
    for number in range(INCIDENTS):
        day, hour = divmod(INCIDENTS - 1 - number, 2)
        text = INCIDENT.format(
            id=f"incident-{number:03}",
            title="Straßenbahn" if number == INCIDENTS - 1 else f"Outage {number}",
            started=f"{2024 if number > INCIDENTS - 2 else 2025}-{1 + day // 28:02}-{1 + day % 28:02}T{9 + hour:02}:00:00Z",
            body=BODIES.get(number, "The pool was empty."),
        )
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


def found(page: Page) -> list[str]:
    """The ids of the incidents on the page."""
    links = page.locator(".pm-search-page .pm-result")
    expect(links.first).to_be_visible()
    hrefs = [link.get_attribute("href") or "" for link in links.all()]
    return [match[1] for href in hrefs if (match := re.search(r"/incidents/([^/]+)/", href))]


@pytest.mark.parametrize("query", ["severity=P3", "q=outage"])
def test_results_stand_in_the_order_of_their_dates_over_all_parts_of_the_index(
    reader: Page, catalog: str, query: str
) -> None:
    ids = [f"incident-{number:03}" for number in range(INCIDENTS)]
    ids = [id for id in ids if id != f"incident-{INCIDENTS - 1:03}" or query != "q=outage"]
    for sort, wanted in (("newest", ids), ("oldest", ids[::-1])):
        ask(reader, catalog, f"{query}&sort={sort}")
        assert found(reader) == wanted[:6]
        for shown in (12, 18):
            reader.locator(".pm-search-page .pm-more button").click()
            expect(reader.locator(".pm-search-page .pm-result")).to_have_count(shown)
        assert found(reader) == wanted[:18]


def test_a_search_without_the_dates_of_its_results_says_that_it_failed(reader: Page, catalog: str) -> None:
    reader.route("**/1/dates.json", lambda route: route.abort())
    ask(reader, catalog, "q=outage&sort=newest")
    expect(reader.locator(".pm-search-page output")).to_have_text(re.compile("could not be loaded"))


def test_a_word_that_scripts_use_is_a_word_like_others(reader: Page, catalog: str) -> None:
    ask(reader, catalog, f"q={quote('constructor quokka')}")
    assert set(found(reader)) == {"incident-003", "incident-004"}
    told = "No incident has all of these words, 2 have some"
    expect(reader.locator(".pm-search-page output")).to_have_text(told)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("orders_daily", ["incident-005"]),
        ("warehouse.orders_dai", ["incident-005"]),
        ("handleRequest", ["incident-005"]),
        ("orders daily", ["incident-005", "incident-006"]),
        ("18.2-alpine", ["incident-007"]),
        ("late orders_daily", ["incident-005"]),
        ("kube-dns", ["incident-008"]),
    ],
)
def test_a_name_is_found_inside_a_longer_one_and_nowhere_else(
    reader: Page, catalog: str, name: str, ids: list[str]
) -> None:
    ask(reader, catalog, f"q={quote(name)}")
    results = reader.locator(".pm-search-page .pm-result")
    expect(results).to_have_count(len(ids))
    assert sorted(found(reader)) == ids
    expect(results.first.locator("mark").first).to_be_visible()


@pytest.mark.parametrize("text", ["straße", "STRASSE", "Straßenbahn"])
def test_a_list_is_searched_whatever_the_capitals_of_a_word(reader: Page, catalog: str, text: str) -> None:
    reader.goto(f"{catalog}incidents/?text={quote(text)}")
    expect(reader.locator("[data-pm-rows] > tr")).to_have_count(1)
    expect(reader.locator("[data-pm-rows] .pm-title")).to_have_text("Straßenbahn")


def test_a_word_of_an_address_that_no_row_has_finds_nothing_and_is_named(reader: Page, catalog: str) -> None:
    reader.goto(f"{catalog}incidents/?year=1999")
    expect(reader.locator("output.pm-filter__count")).to_have_text(f"0 of {INCIDENTS} incidents")
    expect(reader.get_by_label("Year").locator("option:checked")).to_have_text("1999 (0)")
    expect(reader).to_have_url(re.compile("year=1999"))
    reader.get_by_role("button", name="Clear filters").click()
    expect(reader.locator("output.pm-filter__count")).to_have_text(f"{INCIDENTS} incidents")
