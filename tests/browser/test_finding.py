"""What people find in a catalog whose index has several parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser

INCIDENTS = 170
"""So many that the index of the search has two parts."""
INCIDENT = """\
---
id: {id}
title: {title}
status: draft
severity: P3
services: [{service}]
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
    9: 'Somebody saw the "marmot", and (marmot) was gone. A marmot! Of marmot-land\'s marmots?',
    20: "注文が失敗した。\n\n## Lessons\n\nデータベースの接続フ\u309aールが枯渇し、かつRedisに\n再接続できなかった。",
    21: "接続は正常。プールの鍵、ｻｰﾊﾞｰ、\uff21\uff30\uff29。",
    22: "数据库连接池耗尽\uff0c导致订单失败。",
    23: "데이터베이스연결 풀이 고갈되어 주문이 실패했다.",
    24: "ฐานข้อมูลล่มตอนกลางคืน",
    30: "We rolled out 1.2.3, as CVE-2024-1234 asks, to host 10.0.12.7 in us-east-1a.",
    31: "We rolled out v1.2.30 to 123 hosts, 10.0.1.27 among them, in us-east-1b.",
    32: "The C++ client read s3://bucket-a/key; see #4711.",
    33: "The C# client read s3://bucket-b/key 4711 times, 99.9% too slow.",
    34: "At 9:30, plan C was tried, 999 times; see #4712.",
    35: "At 9:31, zone us-east-1 had 930 faults.",
}
SERVICES = {40: "Checkout", 41: "checkout", 42: "checkout"}
TITLES = {INCIDENTS - 1: "Straßenbahn", 20: "決済の障害"}


@pytest.fixture(scope="module")
def catalog(publish: Callable[[Path, Path], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a site; the later an incident has its number, the earlier it began, two of them a day."""
    root = tmp_path_factory.mktemp("catalog")
    (root / "mkdocs.yml").write_text("site_name: Acme\ntheme: {name: material}\nplugins: [postmortems]\n", "utf-8")
    (root / "postmortems").mkdir()
    (root / "docs").mkdir()
    (root / "docs" / "runbook.md").write_text("# 運用手順\n\n## 連絡先\n\n担当者に電話。\n", "utf-8")
    for number in range(INCIDENTS):
        day, hour = divmod(INCIDENTS - 1 - number, 2)
        text = INCIDENT.format(
            id=f"incident-{number:03}",
            title=TITLES.get(number, f"Outage {number}"),
            started=f"{2024 if number > INCIDENTS - 2 else 2025}-{1 + day // 28:02}-{1 + day % 28:02}T{9 + hour:02}:00:00Z",
            service=SERVICES.get(number, "web"),
            body=BODIES.get(number, "The pool was empty."),
        )
        (root / "postmortems" / f"incident-{number:03}.md").write_text(text, "utf-8")
    return publish(root, root / "site")


def hold(route: Route) -> None:
    """Leave a request without an answer, until nobody holds it any more."""


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
    ids = [id for id in ids if query != "q=outage" or int(id[-3:]) not in TITLES]
    for sort, wanted in (("newest", ids), ("oldest", ids[::-1])):
        ask(reader, catalog, f"{query}&sort={sort}")
        assert found(reader) == wanted[:6]
        for shown in (12, 18):
            reader.locator(".pm-search-page .pm-more button").click()
            expect(reader.locator(".pm-search-page .pm-result")).to_have_count(shown)
        assert found(reader) == wanted[:18]


def test_what_a_filter_hides_is_not_said_to_be_nowhere(reader: Page, catalog: str) -> None:
    told = reader.locator(".pm-search-page output")
    for query, words in (
        ("q=quokka&year=2024", "Nothing holds “quokka” with these filters."),
        ("q=quokka+daily&year=2024", "Nothing was found with these filters."),
        ("year=1999", "Nothing was found with these filters."),
        ("q=quokka", "1 result"),
    ):
        ask(reader, catalog, query)
        expect(told).to_have_text(words)


def test_a_chosen_facet_offers_its_other_words(reader: Page, catalog: str) -> None:
    ask(reader, catalog, "q=incident")
    year = reader.locator(".pm-search-page").get_by_label("Year")
    year.focus()
    offered = ["All", f"2025 ({INCIDENTS - 1})", "2024 (1)"]
    expect(year.locator("option")).to_have_text(offered)
    year.select_option("2024")
    expect(reader.locator(".pm-search-page output")).to_have_text("1 result")
    expect(year.locator("option")).to_have_text(offered)


def test_a_page_of_search_without_words_says_what_to_do(reader: Page, catalog: str) -> None:
    ask(reader, catalog, "")
    expect(reader.locator(".pm-search-page output")).to_have_text("Type to search in all postmortems.")


def test_a_search_without_the_dates_of_its_results_says_that_it_failed(reader: Page, catalog: str) -> None:
    reader.route("**/1/dates.json", lambda route: route.abort())
    ask(reader, catalog, "q=outage&sort=newest")
    expect(reader.locator(".pm-search-page output")).to_have_text(re.compile("could not be loaded"))


def test_dates_of_an_earlier_build_are_read_again(reader: Page, catalog: str) -> None:
    earlier: list[str] = []

    def answer(route: Route) -> None:
        if earlier:
            route.continue_()
        else:
            earlier.append(route.request.url)
            route.fulfill(json={"of_another_build_0": "2020-01-01T00:00"})

    reader.route("**/1/dates.json", answer)
    ask(reader, catalog, "q=outage&sort=newest")
    assert found(reader)[0] == "incident-000"
    assert earlier


@pytest.mark.parametrize("piece", ["**/1/*.pf_meta", "**/1/index/*", "**/0/wasm.*", "**/guide.json", "**/1/filter/*"])
def test_a_search_that_lacks_a_piece_of_its_index_says_that_it_failed(
    browser: Browser, catalog: str, piece: str
) -> None:
    page = browser.new_page()
    page.route(piece, lambda route: route.fulfill(status=404, body="Not found"))
    ask(page, catalog, "q=quokka&severity=P3")
    expect(page.locator(".pm-search-page output")).to_have_text(re.compile("could not be loaded"))
    page.unroute(piece)
    page.locator(".pm-search-page input").fill("the quokka")
    assert found(page) == ["incident-004"]
    page.context.close()


def test_a_facet_alone_loads_one_piece_of_each_part_of_the_index(reader: Page, catalog: str) -> None:
    """Every word begins with none, so Pagefind would load all pieces that there are."""
    pieces: list[str] = []
    reader.on("request", lambda request: pieces.append(request.url) if "/index/" in request.url else None)
    ask(reader, catalog, "severity=P3")
    expect(reader.locator(".pm-search-page .pm-result").first).to_be_visible()
    assert [url.split("/")[-3] for url in sorted(pieces)] == ["0", "1"]


def test_a_page_in_which_no_word_was_asked_for_is_told_from_its_beginning(reader: Page, catalog: str) -> None:
    ask(reader, catalog, "severity=P3&sort=oldest")
    results = reader.locator(".pm-search-page .pm-result")
    expect(results.first.locator(".pm-result__text")).to_have_text(
        "incident-169, web. What Happened. The pool was empty."
    )
    # Where a title is what was asked for, it is no section of its own.
    ask(reader, catalog, f"q={quote('運用手順')}")
    expect(results.first.locator(".pm-meta")).to_have_text("Handbook")


def test_an_index_that_a_build_replaced_meanwhile_is_opened_again(reader: Page, catalog: str) -> None:
    ask(reader, catalog, "severity=P3")
    gone: list[str] = []

    def lose(route: Route) -> None:
        if gone:
            route.continue_()
        else:
            gone.append(route.request.url)
            route.fulfill(status=404, body="Not found")

    reader.route("**/index/*", lose)
    reader.locator(".pm-search-page input").fill("quokka")
    expect(reader.locator(".pm-search-page .pm-result").first).to_contain_text("The quokka slept")
    assert found(reader) == ["incident-004"]
    assert gone


@pytest.mark.parametrize("late", ["**/guide.json", "**/fragment/*"])
@pytest.mark.parametrize(("place", "field"), [("search/", ".pm-search-page"), ("incidents/", ".md-search")])
def test_a_search_that_takes_long_says_so(reader: Page, catalog: str, place: str, field: str, late: str) -> None:
    reader.route(late, hold)
    with reader.expect_request(late):
        reader.goto(catalog + place)
        reader.locator(f"{field} input").fill("quokka")
    state = reader.locator(f"{field} output, {field} [role=status]")
    expect(state).to_have_text("Searching…")
    reader.unroute(late)
    expect(state).to_have_text("1 result")


def test_who_asks_for_more_results_twice_has_them_once(reader: Page, catalog: str) -> None:
    ask(reader, catalog, "q=outage")
    results = reader.locator(".pm-search-page .pm-result")
    expect(results).to_have_count(6)
    reader.route("**/fragment/*", hold)
    more = reader.locator(".pm-search-page .pm-more button")
    with reader.expect_request("**/fragment/*"):
        more.dblclick()
    reader.unroute("**/fragment/*")
    expect(results).to_have_count(12)
    expect(reader.locator(".pm-search-page output")).to_contain_text("results")
    assert len(set(found(reader))) == 12


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
        ("1.2.3", ["incident-030", "incident-031"]),
        ("1.2.3,", ["incident-030", "incident-031"]),
        ("v1.2.30", ["incident-031"]),
        ("1.2", ["incident-030", "incident-031"]),
        ("10.0.12.7", ["incident-030"]),
        ("C++", ["incident-032"]),
        ("c#", ["incident-033"]),
        ("#4711", ["incident-032"]),
        ("4711", ["incident-032", "incident-033"]),
        ("#999", ["incident-034"]),
        ("us-east-1a", ["incident-030"]),
        ("us-east-1", ["incident-030", "incident-031", "incident-035"]),
        ("s3://bucket-a/key", ["incident-032"]),
        ("99.9%", ["incident-033"]),
        ("9:30", ["incident-034"]),
    ],
)
def test_a_name_is_found_inside_a_longer_one_and_nowhere_else(
    reader: Page, catalog: str, name: str, ids: list[str]
) -> None:
    ask(reader, catalog, f"q={quote(name)}&severity=P3")
    results = reader.locator(".pm-search-page .pm-result")
    expect(results).to_have_count(len(ids))
    assert sorted(found(reader)) == ids
    expect(results.first.locator("mark").first).to_be_visible()


def test_a_point_inside_a_number_is_shown_as_it_was_written(reader: Page, catalog: str) -> None:
    ask(reader, catalog, "q=rolled 10.0.12.7")
    expect(reader.locator(".pm-search-page .pm-result").first).to_contain_text("out 1.2.3, as CVE-2024-1234")
    ask(reader, catalog, "q=10.9.8")
    expect(reader.locator(".pm-search-page output")).to_have_text("Nothing holds “10.9.8”.")


def test_marks_leave_out_the_signs_beside_a_word(reader: Page, catalog: str) -> None:
    ask(reader, catalog, "q=marmot")
    marks = reader.locator(".pm-search-page .pm-result mark")
    expect(marks.first).to_be_visible()
    assert set(marks.all_inner_texts()) == {"marmot", "marmot-land's", "marmots"}
    expect(reader.locator(".pm-search-page .pm-result")).to_contain_text(
        'the "marmot", and (marmot) was gone. A marmot! Of'
    )
    ask(reader, catalog, f"q={quote('C++')}")
    assert set(marks.all_inner_texts()) == {"C++"}


def test_words_in_quotation_marks_beside_others_are_words(reader: Page, catalog: str) -> None:
    query = quote('"constructor" or "quokka"')
    ask(reader, catalog, f"q={query}")
    assert set(found(reader)) == {"incident-003", "incident-004"}


@pytest.mark.parametrize(
    ("query", "ids", "marked"),
    [
        ("接続プール", ["incident-020"], "接続プール"),
        ("プール", ["incident-020", "incident-021"], "プール"),
        ("redisに再接続", ["incident-020"], "Redis に再接続"),
        ("枯渇 Redis", ["incident-020"], "枯渇"),
        ("障害", ["incident-020"], "障害"),
        ("鍵、サーバー", ["incident-021"], "鍵"),
        ("api鍵", [], ""),
        ("鍵 api", ["incident-021"], "鍵"),
        ("担当者", [], "担当者"),
        ('"连接池"', ["incident-022"], "连接池"),
        ("池", ["incident-022"], "池"),
        ("연결", ["incident-023"], "연결"),
        ("주문이 실패", ["incident-023"], "주문이"),
        ("ข้อมูล", ["incident-024"], "ข้อมูล"),
        ("続接", [], ""),
    ],
)
def test_words_inside_of_a_text_without_spaces_are_found_and_marked(
    reader: Page, catalog: str, query: str, ids: list[str], marked: str
) -> None:
    ask(reader, catalog, f"q={quote(query)}")
    results = reader.locator(".pm-search-page .pm-result")
    expect(results).to_have_count(len(ids) or (1 if marked else 0))
    assert not marked or sorted(found(reader)) == ids
    assert not marked or unicodedata.normalize("NFC", results.first.locator("mark").first.inner_text()) == marked


@pytest.mark.parametrize(
    ("query", "text", "section"),
    [
        ("枯渇", "データベースの接続プールが枯渇し、かつ Redis に再接続できなかった。", "Lessons"),
        ("redis", "データベースの接続プールが枯渇し、かつ Redis に再接", "Lessons"),
        ("고갈", "데이터베이스연결 풀이 고갈되어 주문이 실패했다.", "What Happened"),
    ],
)
def test_a_text_without_spaces_is_shown_as_it_was_written(
    reader: Page, catalog: str, query: str, text: str, section: str
) -> None:
    ask(reader, catalog, f"q={quote(query)}")
    result = reader.locator(".pm-search-page .pm-result").first
    expect(result).to_contain_text(section)
    assert text in unicodedata.normalize("NFC", result.inner_text())
    if query != "고갈":
        expect(result.locator(".pm-result__title")).to_have_text("決済の障害")


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


@pytest.mark.parametrize("asked", ["checkout", "Checkout", "CHECKOUT"])
def test_a_service_is_one_whatever_its_capitals(reader: Page, catalog: str, asked: str) -> None:
    reader.goto(f"{catalog}incidents/?service={asked}")
    expect(reader.locator("[data-pm-rows] > tr")).to_have_count(3)
    options = reader.get_by_label("Service").locator("option")
    expect(options).to_have_text(["All", "Checkout (3)", "web (167)"])
    ask(reader, catalog, f"service={asked}")
    assert set(found(reader)) == {"incident-040", "incident-041", "incident-042"}
    services = reader.locator(".pm-search-page").get_by_label("Service")
    expect(services.locator("option")).to_have_text(["All", "Checkout", "web"])
    services.focus()
    expect(services.locator("option")).to_have_text(["All", "Checkout (3)", "web (167)"])


def test_a_word_of_thousands_of_letters_breaks_no_page(reader: Page, catalog: str) -> None:
    reader.set_viewport_size({"width": 390, "height": 800})
    ask(reader, catalog, f"q={'x' * 2000}")
    expect(reader.locator(".pm-search-page output")).to_have_text(f"Nothing holds “{'x' * 40}…”.")
    assert not reader.evaluate("() => document.documentElement.scrollWidth > innerWidth")
