"""Texts that would run something, on every page of a real site in a real browser: nothing runs, and nothing is lost."""

from __future__ import annotations

import functools
import http.server
import json
import re
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser
VECTORS: list[dict[str, str]] = tomllib.loads((Path(__file__).parent / "vectors.toml").read_text(encoding="utf-8"))[
    "vectors"
]
EVIL = '"><img src=x onerror=hit()>'
PICTURE = b"\x89PNG\r\n\x1a\n"
MKDOCS = "site_name: Hostile\ntheme: {name: material, font: false}\nplugins: [postmortems, search]\nvalidation: {}\n"
POLICY = f"[site]\nname = '{EVIL}'\nrepo_url = 'https://git.example.com/'\n"
BODY = """
## Timeline

| Time | Event | {cell} |
| --- | --- | --- |
| {cell} | {cell} | {cell} |

## What Happened

begin {text} end

{text}

- {line}
  1. {line}

> [!WARNING]
> {line}

> {line}

### {line}

Here[^1] and `{line}` and **{line}** and [{line}](https://example.com/) and ![{line}]({picture}).

```{line}
{text}
```

```mermaid
{text}
```

    {line}

[evil]: javascript:hit() "{line}"
[^1]: {line}

## 5 Whys Analysis

| # | Question | Answer |
| --- | --- | --- |
| 1 | {cell} | {cell} |

## {line}

{text}
"""
# Everything that could run or load, wherever it stands in the document.
FOUND = """() => {
  const bad = []
  const own = new Set([...document.querySelectorAll("head script, body > script, .md-header script, .md-main__inner > script")])
  for (const element of document.querySelectorAll("*")) {
    const name = element.localName
    const inside = element.closest(".pm-page")
    if (["iframe", "object", "embed", "base", "applet", "marquee", "math"].includes(name)) bad.push(element.outerHTML.slice(0, 90))
    if (inside && !element.matches("svg.pm-moments__labels, svg.pm-moments__bar") && ["script", "svg", "style", "link", "meta", "template", "video", "audio"].includes(name)) bad.push(element.outerHTML.slice(0, 90))
    if (inside && name === "form" && !element.matches("[data-pm-filter]")) bad.push(element.outerHTML.slice(0, 90))
    if (name === "script" && !own.has(element)) bad.push(element.outerHTML.slice(0, 90))
    for (const { name: key, value } of element.attributes) {
      if (key.startsWith("on")) bad.push(`${name} ${key}=${value}`)
      if (key === "srcdoc" || key === "srcset" || (key === "http-equiv" && value !== "Content-Security-Policy")) bad.push(`${name} ${key}`)
      if (["href", "src", "action", "formaction", "xlink:href", "data", "to"].includes(key)) {
        let protocol = "unreadable"
        try { protocol = new URL(value, location).protocol } catch { protocol = "" }
        if (!["http:", "https:", "mailto:", ""].includes(protocol)) bad.push(`${name} ${key}=${value}`)
      }
    }
    if (inside && !element.matches("a[href]")) for (const type of ["mouseover", "pointerover", "focus", "toggle", "begin", "animationstart"])
      element.dispatchEvent(new Event(type))
  }
  return bad
}"""
# All that a reader can get to see: text, and where links lead and what they and pictures say.
SEEN = """() => [document.title, ...[...document.querySelectorAll(".pm-page")].flatMap((page) => [page.textContent,
  ...[...page.querySelectorAll("[href], [title], [alt], [src]")].flatMap((e) => ["href", "title", "alt", "src"].map((k) => e.getAttribute(k) || ""))])].join(" ")"""

STORY = """() => [...document.querySelectorAll("section[class*=what-happened]")].flatMap((section) =>
  [section.textContent, ...[...section.querySelectorAll("[href]")].map((e) => decodeURI(e.getAttribute("href")))])"""


def one_line(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())


def data(id: str, vector: str) -> dict[str, Any]:
    """Frontmatter that holds a vector under every key that takes a text."""
    line = one_line(vector)
    bare = line.replace(" ", "") or "x"
    cause = {"statement": vector, "evidence": [bare]}
    action = {
        "action": vector, "type": line, "owner": "@maria", "priority": line, "ticket": bare, "success_criteria": vector,
        "verification": {"how": vector, "on": "2026-03-09", "result": vector}, "evidence": [bare], "reason": vector,
    }  # fmt: skip
    risk = {"reason": vector, "by": "@maria", "until": "2030-01-01"}
    return {
        "id": id,
        "title": line,
        "status": line,
        "severity": line,
        "kind": line,
        "visibility": line,
        "incidents": [line],
        "summary": vector,
        "services": [line],
        "data_assets": [line],
        "tags": [line],
        "timestamps": {"started": "2026-03-04T09:00:00Z", "detected": "2026-03-04T09:05:00Z"},
        "detection": {"source": line, "alert": line},
        "roles": {"author": "@maria"},
        "sign_offs": [{"by": "@maria", "role": line, "on": "2026-03-05"}],
        "impact": {"customers": vector, "data_loss": vector, "downstream": [line], "financial": vector},
        "root_causes": [{"id": "RC1", "category": line, **cause}, {"id": "RC2", "category": line, **cause, "accepted_risk": risk}],
        "contributing_factors": [{"id": "CF1", "kind": line, **cause}],
        "action_items": [
            {"id": "A1", **action, "status": "todo", "due": "2026-04-01", "addresses": ["RC1"]},
            {"id": "A2", **action, "status": "done", "completed": "2026-04-01"},
            {"id": "A3", **action, "status": line},
        ],
        "related": [{"id": "v000", "relation": line, "note": vector}],
        "links": [{"title": line, "url": bare, "kind": line}],
        "briefs": {"executive": vector, "operations": vector, "customer": vector},
    }  # fmt: skip


def postmortem(id: str, vector: str) -> str:
    frontmatter = "".join(f"{key}: {json.dumps(value)}\n" for key, value in data(id, vector).items())
    line = one_line(vector)
    marks = {"text": vector, "line": line, "cell": line.replace("|", "\\|"), "picture": "evil.png"}
    body = BODY
    for mark, value in marks.items():
        body = body.replace(f"{{{mark}}}", value)
    return f"---\n{frontmatter}---\n{body}"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, run: Callable[..., Any]) -> Iterator[str]:
    """The address of a site in which every vector stands in every place, and in commits and names of files, too."""
    base = tmp_path_factory.mktemp("hostile")
    (base / "postmortems" / EVIL.replace("/", "")).mkdir(parents=True)
    (base / "docs").mkdir()
    (base / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    (base / "postmortem.toml").write_text(POLICY, encoding="utf-8")
    names: dict[int, str] = {0: f"{EVIL}/v000", 1: EVIL.replace(">", "&gt;"), 2: "{{ hit }}"}
    for number, vector in enumerate(VECTORS):
        file = base / "postmortems" / f"{names.get(number, f'v{number:03d}')}.md"
        file.write_text(postmortem(f"v{number:03d}", vector["text"]), encoding="utf-8")
    for folder in (base / "postmortems", base / "postmortems" / EVIL):
        (folder / "evil.png").write_bytes(PICTURE)
    run(["git", "init", "-q"], base)
    run(["git", "add", "-A"], base)
    run(["git", "commit", "-qm", f"{EVIL} <script>hit()</script> {{{{ 7 * 7 }}}}"], base)
    site = base / "site"
    run([sys.executable, "-m", "postmortem_kb.cli", "--root", base, "build", "--site-dir", site, "--", "--quiet"], base)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


class Reader:
    """Somebody in whose browser everything that runs is noticed."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.site = site
        self.noticed: list[str] = []
        page.context.expose_binding("hit", lambda source: self.noticed.append(f"hit on {source['frame'].url}"))
        page.on("dialog", lambda dialog: (self.noticed.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self._asked(request.url))
        page.on("popup", lambda popup: self.noticed.append(f"window {popup.url}"))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.site, "data:image/svg+xml;charset=utf-8,")):
            self.noticed.append(f"request {url}")

    def visit(self, path: str) -> list[str]:
        """What a page holds that could run, and what ran."""
        self.page.goto(self.site + path)
        found = [f"{path}: {thing}" for thing in [*self.page.evaluate(FOUND), *self.noticed]]
        self.noticed.clear()
        return found


@pytest.fixture
def reader(browser: Browser, hostile: str) -> Iterator[Reader]:
    """One whose browser does not know of our Content-Security-Policy: the pages have to be safe without it."""
    context = browser.new_context(bypass_csp=True)
    yield Reader(context.new_page(), hostile)
    context.close()


def test_there_are_enough_vectors_and_each_has_a_name() -> None:
    assert len({vector["name"] for vector in VECTORS}) == len(VECTORS) >= 60
    assert len({vector["text"] for vector in VECTORS}) == len(VECTORS)


def test_nothing_runs_on_the_pages_of_incidents_and_no_word_is_lost(reader: Reader) -> None:
    faults: list[str] = []
    # The theme's own script runs on the pages of the other tests; without it these open in a tenth of the time.
    reader.page.route("**/assets/**", lambda route: route.abort())
    for number, vector in enumerate(VECTORS):
        faults += [f"{vector['name']}: {fault}" for fault in reader.visit(f"incidents/v{number:03d}/")]
        seen = " ".join(reader.page.evaluate(SEEN).split())
        line = one_line(vector["text"])
        # Once for each field that is shown as it is written; capitals are the labels'.
        if seen.casefold().count(line.casefold()) < 10:
            faults.append(f"{vector['name']}: shown {seen.count(line)} times as it is written")
        story = " ".join(reader.page.evaluate(STORY))
        lost = set(re.findall(r"[A-Za-z]{3,}", line)) - set(re.findall(r"[A-Za-z]{3,}", story))
        faults += [f"{vector['name']}: lost {word}" for word in sorted(lost)]
    assert faults + reader.noticed == []


def test_nothing_runs_on_the_pages_that_list_them(reader: Reader) -> None:
    faults: list[str] = []
    for path in ("", "incidents/", "actions/", "services/", "causes/", "owners/", "tags/", "owners/maria/"):
        faults += reader.visit(path)
    for side in ("services", "causes", "tags"):
        reader.page.goto(f"{reader.site}{side}/")
        links = reader.page.locator(".pm-page tbody .pm-title").evaluate_all("all => all.map(a => a.href)")
        assert len(links) > len(VECTORS) / 2
        for link in links[:: len(links) // 4]:
            faults += reader.visit(link.removeprefix(reader.site))
    assert faults + reader.noticed == []


def test_nothing_runs_in_search_results(reader: Reader) -> None:
    for word in ("hit", "onerror", "javascript"):
        reader.page.goto(reader.site)
        reader.page.get_by_role("searchbox", name="Search", exact=True).fill(word)
        expect(reader.page.locator(".md-search .pm-result").first).to_be_visible()
        reader.page.goto(f"{reader.site}search/?q={word}")
        results = reader.page.locator(".pm-search-page .pm-result")
        expect(results.first).to_be_visible()
        assert results.count() > 5
        assert reader.page.locator(".pm-results").locator("script, img, svg, iframe, [onerror], [onload]").count() == 0
    assert reader.noticed == []


@pytest.mark.parametrize("path", ["", "incidents/", "actions/", "search/", "incidents/{first}/"])
def test_our_own_pages_keep_to_their_policy(path: str, browser: Browser, site: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(f"{site}incidents/")
    first = page.locator(".pm-title").first.get_attribute("href")
    page.goto(site + path.replace("{first}/", str(first)).replace("incidents/../", ""))
    page.get_by_role("searchbox", name="Search", exact=True).fill("cluster")
    expect(page.locator(".md-search .pm-result").first).to_be_visible()
    assert page.locator("meta[http-equiv=Content-Security-Policy]").count() == 1
    assert said == []
    context.close()


def test_what_gets_past_all_else_is_stopped_by_the_policy(browser: Browser, site: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    hits: list[str] = []
    page.expose_binding("hit", lambda source: hits.append(source["frame"].url))
    page.add_init_script(
        "stopped = []; addEventListener('securitypolicyviolation', (e) => stopped.push(e.effectiveDirective))"
    )
    injected = (
        "<script>hit()</script><img src=x onerror=hit()><a id=evil href='javascript:hit()'>x</a><base href='//other.example/'>"
        "<form id=form action='https://other.example/'></form><object data='a.svg'></object>"
        "<script src='https://other.example/a.js'></script>"
    )

    def inject(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace("<h1>", f"{injected}<h1>", 1))

    page.route(f"{site}incidents/", inject)
    page.goto(f"{site}incidents/")
    page.evaluate(
        "document.querySelector('#evil').click(); document.querySelector('#form').submit(); fetch('https://other.example/').catch(() => 0)"
    )
    expected = ["script-src-elem", "script-src-attr", "base-uri", "form-action", "object-src", "connect-src"]
    page.wait_for_function("all => all.every(directive => stopped.includes(directive))", arg=expected)
    assert hits == []
    context.close()
