"""An incident's page in a real browser: briefs, key moments, pictures, diagrams, paper."""

from __future__ import annotations

import functools
import http.server
import re
import struct
import threading
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, Page, expect

from postmortem_kb.cli import main

pytestmark = pytest.mark.browser

HEAD = """\
---
id: {id}
title: {id} broke
status: draft
severity: P2
services: [orders]
timestamps: {{started: {day}T02:00:00Z{more}}}
roles: {{author: "@maria"}}
{front}---

"""
CLOSE = (
    ", detected: 2026-03-14T02:04:00Z, acknowledged: 2026-03-14T02:06:00Z, identified: 2026-03-14T02:09:00Z"
    ", mitigated: 2026-03-14T02:12:00Z, resolved: 2026-03-14T20:30:00Z, verified: 2026-03-15T09:00:00Z"
)
BRIEFS = """\
briefs:
  executive: 312 late orders, no loss.
  customer: Some orders shipped a day late.
"""
STORY = """\
## Timeline

| Time | Event |
| --- | --- |
| 02:00 | The file arrives |

## What Happened

![The pool over the night](pool.png "Connections in use")

![Broken](broken.png)

```mermaid
flowchart LR
  R[Reader] -->|02:00| Q[Queue]
```

```mermaid
flowchart LR
  A --> ][ this is no diagram
```

```sh
systemctl stop importer
```

```sh
systemctl start importer
```

[The report](https://example.com/report)
"""
# Each holds a way to run a script or to reach another host; ELSEWHERE is one that counts its visitors.
HOSTILE = [
    'flowchart LR\n  A["<img src=ELSEWHERE/a onerror=hit()>"] --> B["<svg onload=hit()>"]',
    'flowchart LR\n  A["<script>hit()</script>"] --> B',
    (
        '%%{init: {"securityLevel": "loose", "htmlLabels": true, "flowchart": {"htmlLabels": true}}}%%\n'
        'flowchart LR\n  A["<img src=ELSEWHERE/b onerror=hit()>"] --> B\n  click A href "javascript:hit()"'
    ),
    (
        "---\nconfig:\n  securityLevel: loose\n  htmlLabels: true\n---\n"
        'flowchart LR\n  A["<img src=ELSEWHERE/c onerror=hit()>"] --> B'
    ),
    'flowchart LR\n  A --> B\n  click A href "javascript:hit()" "tip"\n  click B href "JaVaScRiPt:hit()"',
    "flowchart LR\n  A --> B\n  click A hit\n  click B call hit()",
    'flowchart LR\n  A@{ img: "ELSEWHERE/d.png", label: "x" } --> B',
    (
        "flowchart LR\n  A --> B\n  style A fill:url(ELSEWHERE/e),mask-image:url(ELSEWHERE/f)\n"
        "  classDef c background:url(ELSEWHERE/g)\n  class B c"
    ),
    '%%{init: {"themeCSS": "*{background:url(ELSEWHERE/h)} body{display:none}"}}%%\nflowchart LR\n  A --> B',
    '%%{init: {"fontFamily": "x;} *{background:url(ELSEWHERE/i)} y{"}}%%\nflowchart LR\n  A --> B',
    (
        "sequenceDiagram\n  participant A as <img src=ELSEWHERE/j onerror=hit()>\n"
        "  link A: Dash @ javascript:hit()\n  A->>A: <iframe src='javascript:hit()'></iframe>"
    ),
    'classDiagram\n  class A["<img src=ELSEWHERE/k onerror=hit()>"]\n  click A href "javascript:hit()"',
    "stateDiagram-v2\n  A: <img src=ELSEWHERE/l onerror=hit()>\n  A --> B: <svg onload=hit()>",
    (
        "gantt\n  dateFormat YYYY-MM-DD\n  section <img src=ELSEWHERE/m onerror=hit()>\n"
        '  One :a1, 2026-01-01, 1d\n  click a1 href "javascript:hit()"'
    ),
    "mindmap\n  root((<img src=ELSEWHERE/n onerror=hit()>))",
    'flowchart LR\n  A["#lt;img src=ELSEWHERE/o onerror=hit()#gt;"] --> B["&lt;img src=x onerror=hit()&gt;"]',
    'flowchart LR\n  A["`<img src=ELSEWHERE/p onerror=hit()> [x](javascript:hit())`"] --> B',
    'flowchart LR\n  A["$$\\href{javascript:hit()}{x}$$"] --> B',
    "---\ntitle: <img src=ELSEWHERE/q onerror=hit()>\n---\nflowchart LR\n  A --> B",
]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


class _Elsewhere(http.server.BaseHTTPRequestHandler):
    visitors: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.visitors.append(self.path)
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _serve(handler: object) -> tuple[http.server.ThreadingHTTPServer, str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)  # type: ignore[arg-type]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


def png(width: int, height: int) -> bytes:
    """A black picture."""
    rows = zlib.compress((b"\0" + bytes(width)) * height)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b""))
    packed = (struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    server, address = _serve(_Elsewhere)
    yield address
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def incidents(tmp_path_factory: pytest.TempPathFactory, elsewhere: str) -> Iterator[str]:
    """The address of the incidents of a small catalog."""
    base = tmp_path_factory.mktemp("incidents")
    folder = base / "postmortems"
    folder.mkdir()
    (base / "docs").mkdir()
    (base / "mkdocs.yml").write_text("site_name: Acme\ntheme: {name: material}\nplugins: [postmortems]\n", "utf-8")
    files = {
        "full": HEAD.format(id="full", day="2026-03-14", more=CLOSE, front=BRIEFS) + STORY,
        "before": HEAD.format(id="before", day="2026-03-01", more="", front=""),
        "after": HEAD.format(id="after", day="2026-04-01", more="", front=""),
    }
    diagrams = "".join(f"```mermaid\n{diagram}\n```\n\n" for diagram in HOSTILE).replace("ELSEWHERE", elsewhere)
    files["evil"] = HEAD.format(id="evil", day="2026-02-01", more="", front="") + f"## What Happened\n\n{diagrams}"
    for name, text in files.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    (folder / "pool.png").write_bytes(png(900, 400))
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    assert main(["--root", str(base), "build", "--site-dir", str(base / "site"), "--", "--quiet"]) == 0
    server, address = _serve(functools.partial(_Quiet, directory=str(base / "site")))
    yield f"{address}/incidents/"
    server.shutdown()
    server.server_close()


def test_an_address_opens_a_brief_and_the_keyboard_the_others(reader: Page, incidents: str) -> None:
    reader.goto(f"{incidents}full/#brief-executive")
    expect(reader.get_by_role("tab", name="Executives")).to_have_attribute("aria-selected", "true")
    expect(reader.get_by_text("312 late orders, no loss.")).to_be_visible()
    expect(reader.get_by_role("heading", name="Timeline")).to_be_hidden()
    reader.get_by_role("tab", name="Executives").focus()
    reader.keyboard.press("ArrowRight")
    expect(reader.get_by_role("tab", name="Engineers")).to_be_focused()
    expect(reader.get_by_role("heading", name="Timeline")).to_be_visible()
    reader.keyboard.press("End")
    expect(reader.get_by_text("Some orders shipped a day late.")).to_be_visible()
    expect(reader).to_have_url(f"{incidents}full/#brief-customer")


def test_each_block_of_code_is_copied_by_its_own_button(reader: Page, incidents: str) -> None:
    reader.goto(f"{incidents}full/")
    buttons = reader.locator("pre > .md-clipboard, .md-code__button[data-clipboard-target]")
    expect(buttons.first).to_be_attached()
    named = [button.get_attribute("data-clipboard-target") for button in buttons.all()]
    assert len(named) >= 2
    told = [reader.locator(str(target)).all_inner_texts() for target in named]
    assert sorted(text.strip() for texts in told for text in texts if "systemctl" in text) == [
        "systemctl start importer",
        "systemctl stop importer",
    ]


def test_a_link_to_a_section_leaves_the_brief(reader: Page, incidents: str) -> None:
    reader.goto(f"{incidents}full/#brief-customer")
    reader.evaluate("location.hash = '#what-happened'")
    expect(reader.get_by_role("heading", name="What Happened")).to_be_in_viewport()
    expect(reader.get_by_role("tab", name="Engineers")).to_have_attribute("aria-selected", "true")


def test_without_javascript_every_brief_picture_and_diagram_is_read(browser: Browser, incidents: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{incidents}full/")
    for told in ("312 late orders, no loss.", "Some orders shipped a day late.", "R[Reader] -->|02:00| Q[Queue]"):
        expect(page.get_by_text(told)).to_be_visible()
    page.get_by_role("link", name="The pool over the night").click()
    expect(page).to_have_url(re.compile(r"/files/pool\.png$"))
    context.close()


def test_a_picture_keeps_its_place_before_it_is_there(reader: Page, incidents: str) -> None:
    reader.route("**/*.png", lambda route: None)
    reader.goto(f"{incidents}full/", wait_until="domcontentloaded")
    place = reader.get_by_role("img", name="The pool over the night").bounding_box()
    assert place is not None
    assert place["width"] / place["height"] == pytest.approx(900 / 400, rel=0.01)
    expect(reader.get_by_text("Connections in use", exact=True)).to_be_visible()


def test_a_picture_opens_in_full_size_and_escape_leads_back_to_it(reader: Page, incidents: str) -> None:
    reader.goto(f"{incidents}full/")
    link = reader.get_by_role("link", name="The pool over the night")
    link.focus()
    reader.keyboard.press("Enter")
    dialog = reader.get_by_role("dialog", name="Connections in use")
    expect(dialog.get_by_role("img")).to_be_visible()
    reader.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()


def test_diagrams_are_drawn_in_the_theme_that_is_on(reader: Page, incidents: str) -> None:
    reader.goto(f"{incidents}full/")
    drawn = reader.locator(".pm-diagram__picture svg")
    expect(drawn).to_have_count(1)
    expect(drawn).to_contain_text("Reader")
    box = drawn.locator(".node rect").first
    light = box.evaluate("rect => getComputedStyle(rect).fill")
    reader.locator("label[title='Switch to the dark theme']").click()
    expect(reader.locator(".pm-diagram__picture[data-scheme=slate]")).to_be_visible()
    assert box.evaluate("rect => getComputedStyle(rect).fill") != light


def test_a_broken_diagram_shows_its_source_and_why(reader: Page, incidents: str) -> None:
    reader.goto(f"{incidents}full/")
    expect(reader.get_by_text("This diagram cannot be drawn")).to_be_visible()
    expect(reader.get_by_text("this is no diagram")).to_be_visible()


def test_a_page_without_a_diagram_does_not_load_the_library(reader: Page, incidents: str) -> None:
    loaded: list[str] = []
    reader.on("request", lambda request: loaded.append(request.url))
    reader.goto(f"{incidents}before/", wait_until="networkidle")
    assert loaded
    assert not [address for address in loaded if "mermaid" in address]


def test_hostile_diagrams_run_nothing_and_reach_nobody(reader: Page, incidents: str) -> None:
    hits: list[str] = []
    reader.expose_function("hit", lambda: hits.append("run"))
    reader.on("dialog", lambda dialog: hits.append(dialog.message))
    reader.goto(f"{incidents}evil/")
    expect(reader.locator(".pm-diagram__picture svg, .pm-diagram__fault")).to_have_count(len(HOSTILE), timeout=60_000)
    assert reader.locator(".pm-diagram__picture svg").count() > 12
    for node in reader.locator(".pm-diagram__picture :is(.node, .actor, .task, a)").all():
        node.dispatch_event("click")
    kept = reader.locator(".pm-page *").evaluate_all(
        "all => all.flatMap(e => [...e.attributes]).filter(a => /^on|^srcdoc$/i.test(a.name) || /^\\s*javascript:/i.test(a.value)).length"
    )
    # Behind the answer to this, whatever was asked for before has arrived.
    reader.evaluate("fetch(location.href).then(answer => answer.text())")
    assert (kept, hits, _Elsewhere.visitors) == (0, [], [])
    expect(reader.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("width", [730, 1280])
def test_the_labels_of_close_moments_stand_beside_each_other(width: int, reader: Page, incidents: str) -> None:
    reader.set_viewport_size({"width": width, "height": 900})
    reader.goto(f"{incidents}full/")
    for line in (".pm-moments__since", ".pm-moments__labels text:not(.pm-moments__since)"):
        boxes = [label.bounding_box() for label in reader.locator(line).all()]
        places = [(box["x"], box["x"] + box["width"]) for box in boxes if box]
        assert len(places) == 7
        assert all(left[1] < right[0] for left, right in pairwise(places))


def test_incidents_of_a_service_are_walked_through(reader: Page, incidents: str) -> None:
    reader.goto(f"{incidents}before/")
    service = reader.get_by_role("navigation", name="On the same services")
    service.get_by_role("link", name="full broke").click()
    service.get_by_role("link", name="after broke").click()
    expect(reader).to_have_url(f"{incidents}after/")
    expect(service.get_by_role("link", name="full broke")).to_be_visible()


def test_paper_has_every_brief_and_the_addresses_of_links(reader: Page, incidents: str) -> None:
    reader.goto(f"{incidents}full/")
    reader.emulate_media(media="print")
    for told in ("312 late orders, no loss.", "Some orders shipped a day late."):
        expect(reader.get_by_text(told)).to_be_visible()
    for chrome in (".md-header", ".md-tabs", ".pm-audiences", ".pm-neighbours"):
        expect(reader.locator(chrome)).to_be_hidden()
    address = reader.get_by_role("link", name="The report").evaluate("a => getComputedStyle(a, '::after').content")
    assert "https://example.com/report" in address
