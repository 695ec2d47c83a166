"""What a reader's browser loads and how long it takes, in Chromium over HTTP with gzip, on generated postmortems.

Give the folder of a site that is built, or nothing to build one of 1,000.
"""

from __future__ import annotations

import gzip
import http.server
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus import generate
from playwright.sync_api import Browser, Page, sync_playwright

BIN = Path(sys.executable).parent
MANY = 1_000
PACKED = (".html", ".js", ".css", ".json", ".xml", ".ics", ".svg")
OURS = "site_name: Postmortems\ntheme: {name: material}\nplugins: [postmortems]\n"
QUERIES = {
    "a word that many hold": "q=failover",
    "three of them": "q=failover+replica+lag",
    "a name that one holds": "q=incident-000320",
    "a facet and no word": "severity=P2",
}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@contextmanager
def served(site: Path) -> Iterator[tuple[str, list[int]]]:
    """The address of a site, and the bytes of each answer."""
    sent: list[int] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            file = site / self.path.partition("?")[0].lstrip("/")
            file = file / "index.html" if file.is_dir() else file
            content = file.read_bytes() if file.is_file() else b""
            packed = file.suffix in PACKED
            body = gzip.compress(content, 6) if packed else content
            self.send_response(200 if file.is_file() else 404)
            self.send_header("Content-Type", self.guess_type(file))
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "max-age=600")
            if packed:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(body)
            sent.append(len(body) + 200)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", sent
    server.shutdown()


def search(browser: Browser, site: str, sent: list[int]) -> None:
    """What a reader loads who has never been here: the page, the program, the index, the first results."""
    for what, query in QUERIES.items():
        sent.clear()
        page = browser.new_page()
        page.goto(f"{site}search/?{query}")
        page.locator(".pm-search-page .pm-result").first.wait_for()
        page.wait_for_load_state("networkidle")
        print(f"first query, {what}, with the page itself: {sum(sent) / 1000:.0f} kB in {len(sent)} answers")
    sent.clear()
    page.goto(f"{site}incidents/")
    page.wait_for_load_state("networkidle")
    sent.clear()
    page.locator("form[data-pm-search-box] input").click()
    page.keyboard.type("replica lag")
    page.locator(".md-search .pm-result").first.wait_for()
    page.wait_for_load_state("networkidle")
    print(f"second query, from the box of another page: {sum(sent) / 1000:.0f} kB")


def lists(page: Page, site: str) -> None:
    """How soon a long list is painted, and how long a filter takes once its rows are there."""
    for path, name, value in (("incidents/", "severity", "P2"), ("actions/", "type", "prevent")):
        page.goto(site + path)
        page.wait_for_load_state("networkidle")
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        page.locator(f"select[name={name}]").select_option(value)
        page.get_by_role("button", name="Clear filters").wait_for()
        page.wait_for_load_state("networkidle")
        taken = page.evaluate(
            """async ([name, value]) => {
                const field = document.querySelector('form[data-pm-filter]').elements.text;
                const times = [];
                for (const word of ['a', 'failover', 'the', '', 'cache']) {
                    const start = performance.now();
                    field.value = word;
                    field.dispatchEvent(new Event('input', { bubbles: true }));
                    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
                    times.push(performance.now() - start);
                }
                return Math.max(...times);
            }""",
            [name, value],
        )
        print(f"/{path}: first paint {paint:.0f} ms, a filter at most {taken:.0f} ms")


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        site = Path(sys.argv[1]) if len(sys.argv) > 1 else built(Path(name))
        with served(site) as (address, sent), sync_playwright() as playwright:
            program = shutil.which("chromium") or shutil.which("chromium-browser")
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            search(browser, address, sent)
            lists(browser.new_page(), address)
            browser.close()


def built(base: Path) -> Path:
    """A site of generated postmortems."""
    for _ in generate(base, MANY):
        pass
    (base / "mkdocs.yml").write_text(OURS, encoding="utf-8")
    subprocess.run([BIN / "postmortem", "build", "--", "--quiet"], cwd=base, check=True)
    return base / "site"


if __name__ == "__main__":
    main()
