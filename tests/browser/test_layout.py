"""Things stand where they belong: beside each other, at one edge, inside of their frames."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from postmortem_kb.clock import today

pytestmark = pytest.mark.browser

_EDGE = "part => Math.round(part.getBoundingClientRect().left)"
_WIDER = "parts => parts.filter(part => part.scrollWidth > part.clientWidth + 1).map(part => part.textContent)"
_APART = """rows => rows.map(row => {
  const [badge, tag] = ['.pm-severity', '.pm-tag'].map(part => row.querySelector(part)?.getBoundingClientRect().top)
  return badge && tag ? Math.abs(badge - tag) : 0
})"""
_LONELY = """page => {
  const dots = [...page.querySelectorAll('.pm-dotted > :not(:first-child) > i:first-child')].filter(dot => dot.checkVisibility())
  const lonely = dots.filter(dot => {
    const [own, line] = [dot, dot.parentElement.parentElement].map(part => part.getBoundingClientRect())
    const before = dot.parentElement.previousElementSibling.getBoundingClientRect()
    const hidden = own.right <= line.left - 4 + 0.5
    return !hidden && (own.top >= before.bottom || own.left < before.right - 1)
  })
  const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT)
  const loose = []
  while (walker.nextNode()) if (/\\s·\\s/.test(walker.currentNode.data)) loose.push(walker.currentNode)
  return [dots.length, [...lonely, ...loose].map(dot => dot.parentElement.parentElement.textContent)]
}"""
SIX = "incidents/2024-04-15-moj-prometheus-wal-reload/"
LIKE_OTHERS = "incidents/2021-01-04-slack-transit-gateway/"


def test_a_service_that_wraps_leaves_its_row_together(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site}causes/capacity/")
    page.locator(".pm-table .pm-tag").first.evaluate("tag => (tag.textContent = 'name-'.repeat(20))")
    assert page.locator(".pm-table .pm-tag").evaluate_all("tags => tags.some(tag => tag.offsetHeight > 30)")
    assert max(page.locator(".pm-table tbody tr").evaluate_all(_APART)) < 6


def test_a_short_name_of_a_service_is_not_broken_at_its_hyphen(page: Page, site: str) -> None:
    page.goto(f"{site}services/crates-io/")
    assert max(page.locator(".pm-table .pm-tag").evaluate_all("tags => tags.map(tag => tag.offsetHeight)")) < 30


@pytest.mark.parametrize("width", [1280, 800, 390])
def test_six_figures_stay_inside_of_their_frames(page: Page, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}{SIX}")
    assert page.locator(".pm-figures > div").count() == 6
    assert page.locator(".pm-figures dd").evaluate_all(_WIDER) == []


@pytest.mark.parametrize(("width", "shown"), [(960, "table-row"), (959, "block")])
def test_the_list_of_incidents_becomes_cards_before_it_is_squeezed(
    page: Page, site: str, width: int, shown: str
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}incidents/")
    assert page.locator(".pm-table tbody tr").first.evaluate("row => getComputedStyle(row).display") == shown


def test_reasons_begin_where_the_title_begins_and_no_card_stands_alone(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{site}{LIKE_OTHERS}")
    card = page.locator(".pm-similar").first
    assert card.locator(".pm-reasons > li").first.evaluate(_EDGE) == card.locator(".pm-title").evaluate(_EDGE)
    tops = page.locator(".pm-similar").evaluate_all("cards => cards.map(card => card.getBoundingClientRect().top)")
    assert len(tops) == 4
    assert len(set(tops)) == 2


def test_anniversaries_stand_off_the_edge_of_their_card(
    browser: Browser, publish: Callable[[Path, Path], str], draft: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: X\ntheme: {name: material}\nplugins: [postmortems]\n", "utf-8")
    day = today() - timedelta(days=355)
    (tmp_path / "postmortems" / "a.md").write_text(draft("a").replace("2026-03-04", f"{day}"), "utf-8")
    page = browser.new_page()
    page.goto(f"{publish(tmp_path, tmp_path / 'site')}patterns/")
    card = page.locator("#anniversaries ~ .pm-card")
    assert card.locator("li").first.evaluate(_EDGE) - card.evaluate(_EDGE) > 10
    page.close()


def test_a_severity_of_another_name_has_its_colour_in_the_search_box_of_every_page(
    browser: Browser, publish: Callable[[Path, Path], str], draft: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "guide.md").write_text("# How we review\n\nEvery week.\n", "utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: X\ntheme: {name: material}\nplugins: [postmortems]\n", "utf-8")
    (tmp_path / "postmortem.toml").write_text('[severities]\nP1 = "Sev1"\n', "utf-8")
    text = draft("a").replace("severity: P3", "severity: Sev1")
    (tmp_path / "postmortems" / "a.md").write_text(text, "utf-8")
    address = publish(tmp_path, tmp_path / "site")
    page = browser.new_page()
    colours = set()
    for path in ("incidents/a/", "guide/"):
        page.goto(f"{address}{path}")
        page.get_by_role("searchbox", name="Search").fill("checkout")
        badge = page.locator(".md-search .pm-severity").first
        badge.wait_for()
        colours.add(
            badge.evaluate("badge => `${getComputedStyle(badge).color} ${getComputedStyle(badge).backgroundColor}`")
        )
    page.close()
    assert colours == {"rgb(180, 35, 24) rgb(254, 233, 231)"}


@pytest.mark.parametrize("width", [1280, 768, 390, 320])
@pytest.mark.parametrize(
    "path", ["", "patterns/", "actions/", "metrics/", SIX, "causes/capacity/", "owners/cloudflare/"]
)
def test_no_line_begins_or_ends_with_a_dot_that_parts_nothing(page: Page, site: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{site}{path}")
    dots, lonely = page.locator(".pm-page").evaluate(_LONELY)
    assert dots > 0
    assert lonely == []


def test_paper_says_what_a_list_is_filtered_by_and_shows_no_fields(page: Page, site: str) -> None:
    page.goto(f"{site}actions/?state=open&text=alert")
    words = page.locator(".pm-filter__words")
    expect(words).to_have_text("Search in this list: alert; State: Open")
    expect(words).to_be_hidden()
    page.emulate_media(media="print")
    expect(words).to_be_visible()
    expect(page.locator(".pm-filter__count")).to_be_visible()
    for field in page.locator(".pm-filter :is(label, button)").all():
        expect(field).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Clear filters").click()
    page.emulate_media(media="print")
    expect(page.locator(".pm-filter")).to_be_hidden()


def test_paper_is_light_to_its_edges_and_a_heading_stays_with_what_it_heads(browser: Browser, site: str) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(f"{site}{SIX}")
    page.emulate_media(media="print")
    assert page.locator(":root").evaluate("root => getComputedStyle(root).colorScheme") == "light"
    for part in ("#similar-incidents", "#similar-incidents + .pm-meta"):
        assert page.locator(part).evaluate("part => getComputedStyle(part).breakAfter") == "avoid"
    page.close()


@pytest.mark.parametrize(("width", "rings"), [(1280, True), (960, True), (959, False), (390, False)])
def test_the_caption_of_the_figures_speaks_of_rings_where_there_are_some(
    page: Page, site: str, width: int, rings: bool
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{site}metrics/")
    dots = page.locator(".pm-range__dot:not(.pm-range__dot--median)")
    assert any(dot.is_visible() for dot in dots.all()) == rings
    assert page.get_by_text("Rings are single incidents").is_visible() == rings
    assert page.get_by_text("Fewer than five incidents are told one by one.").is_visible() != rings


def test_a_heading_of_a_card_of_figures_takes_its_whole_width(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}metrics/")
    row = page.locator("section:has(#by-service) tbody tr").first
    widths = [row.locator(part).first.evaluate("part => part.offsetWidth") for part in ("th", "td")]
    assert widths[0] == widths[1]


def test_labels_of_bars_are_whole_on_paper_and_told_on_the_screen(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 700, "height": 990})
    page.goto(site)
    page.emulate_media(media="print")
    names = page.locator(".pm-bars__name")
    assert names.evaluate_all(_WIDER) == []
    assert names.locator("a").first.get_attribute("title") == names.first.text_content()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_that_is_not_there_begins_where_all_pages_do(browser: Browser, site: str, theme: str) -> None:
    context = browser.new_context(color_scheme="dark" if theme == "dark" else "light")
    page = context.new_page()
    edges = []
    for path in ("", "404.html"):
        page.goto(f"{site}{path}")
        edges.append(page.locator("h1").evaluate(_EDGE))
    assert edges[0] == edges[1]
    page.get_by_role("link", name="Look through all incidents").click()
    assert page.locator("h1").inner_text() == "Incidents"
    context.close()
