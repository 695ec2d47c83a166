"""The pages of figures and patterns in a real browser: on a phone, without JavaScript, in both themes, on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from postmortem_kb.insight.figures import split
from postmortem_kb.knowledge import Knowledge

pytestmark = pytest.mark.browser
PAGES = ("metrics/", "patterns/")
_HEIGHTS = """
table => [...table.querySelectorAll("tbody tr")].map(row =>
    [Number(row.cells[1].textContent.replace(/,/g, "")), row.cells[1].getBoundingClientRect().height])
"""
_BEYOND = """
(row, told) => {
  const shown = row.querySelector(".data");
  row.cells[1].style.setProperty("--size", 1);
  shown.textContent = told;
  return shown.getBoundingClientRect().right - row.closest(".pm-card").getBoundingClientRect().right;
}
"""
_CONTRAST = """
cell => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const light = color => {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(part => part / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark, bright] = [cell, cell.closest(".pm-card")].map(e => light(getComputedStyle(e).backgroundColor)).sort();
  return (bright + 0.05) / (dark + 0.05);
}
"""


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_window(page: Page, site: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_tables_and_pictures_are_there_without_javascript(browser: Browser, site: str, knowledge: Knowledge) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}metrics/")
    expect(page.locator("table.pm-chart").first).to_be_visible()
    services = split(knowledge.postmortems, knowledge.actions, "service", knowledge.today)
    rows = page.locator("section:has(#by-service) tbody tr:has([data-label='Actions done'])")
    expect(rows).to_have_count(len(services))
    expect(page.locator("[aria-label='By service, further times'] tbody tr")).to_have_count(len(services))
    expect(rows.first.get_by_role("rowheader")).to_have_text(services[0].name)
    page.goto(f"{site}patterns/")
    expect(page.locator(".pm-agenda li")).not_to_have_count(0)
    context.close()


def test_columns_are_as_high_as_their_numbers(page: Page, site: str) -> None:
    page.goto(f"{site}metrics/")
    charts = page.locator("table.pm-chart--column")
    assert charts.count() > 3
    for chart in charts.all():
        heights = chart.evaluate(_HEIGHTS)
        number, height = max(heights)
        assert height > 60
        assert all(abs(h - height * n / number) < 2 for n, h in heights), heights


@pytest.mark.parametrize(
    ("width", "told"), [(320, "12 of 12 (100 %)"), (390, "1,260 of 1,260 (100 %)"), (1280, "9 of 9")]
)
def test_what_is_told_beside_a_bar_stays_on_its_card(page: Page, site: str, width: int, told: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site + "metrics/")
    bars = page.locator("table.pm-chart--bar").first
    bars.evaluate("(table, told) => table.style.setProperty('--told', told.length)", told)
    assert bars.locator("tr", has=page.locator("td")).first.evaluate(_BEYOND, told) <= 0


def test_the_picture_of_quarters_is_as_wide_as_the_table_below(page: Page, site: str) -> None:
    page.goto(f"{site}metrics/")
    widths = [
        page.locator(f"section:has(#by-quarter) > {part}").first.evaluate("part => part.getBoundingClientRect().width")
        for part in (".pm-figure", ".pm-scroll")
    ]
    assert widths[0] == widths[1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_columns_stand_out_from_their_ground(browser: Browser, site: str, theme: str) -> None:
    """Source: https://www.w3.org/TR/WCAG22/#non-text-contrast."""
    context = browser.new_context(color_scheme="dark" if theme == "dark" else "light")
    page = context.new_page()
    page.goto(f"{site}metrics/")
    for kind in ("td.pm-chart__marked", "td:not(.pm-chart__marked)"):
        assert page.locator(f"table.pm-chart {kind}").first.evaluate(_CONTRAST) >= 3
    context.close()


def test_a_picture_is_a_table_for_those_who_hear_it(page: Page, site: str) -> None:
    page.goto(f"{site}metrics/")
    table = page.get_by_role("table", name="Time to resolve, from")
    expect(table.get_by_role("columnheader")).to_have_count(2)
    expect(table.get_by_role("row")).to_have_count(8)


def test_the_agenda_prints_with_a_box_beside_each_point(page: Page, site: str) -> None:
    page.goto(f"{site}patterns/")
    point = page.locator(".pm-agenda ul > li").first
    box = "e => getComputedStyle(e, '::before').borderTopWidth"
    assert point.evaluate(box) == "0px"
    page.emulate_media(media="print")
    assert point.evaluate(box) != "0px"
