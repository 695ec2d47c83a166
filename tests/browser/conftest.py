"""A built site behind a local server, and a real Chromium in front of it."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from postmortem_kb.cli import main
from postmortem_kb.clock import today
from postmortem_kb.knowledge import Knowledge, read_knowledge
from postmortem_kb.policy import read_policy

ROOT = Path(__file__).parent.parent.parent
Publish = Callable[[Path, Path], str]
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without these, Chromium asks its maker's hosts for updates, which a closed network refuses one by one.
_QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; without one the test is skipped by name, on CI it fails."""
    program = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if program is None:
        message = "no Chromium on this machine: install Debian's `chromium`"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu", *_QUIET])
        yield browser
        browser.close()


class _Server(http.server.ThreadingHTTPServer):
    # The five of the standard library are fewer than a page asks for at once: the rest waits for seconds.
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        # A browser that leaves a page breaks off what it was loading.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def publish() -> Iterator[Publish]:
    """Builds a repository's site into a folder by `postmortem build`; gives its address."""
    servers: list[_Server] = []

    def publish(root: Path, folder: Path) -> str:
        assert main(["--root", str(root), "build", "--site-dir", str(folder), "--", "--quiet"]) == 0
        server = _Server(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield publish
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def site(publish: Publish, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of this repository's own site."""
    return publish(ROOT, tmp_path_factory.mktemp("built") / "site")


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """What this repository's own site is made from."""
    return read_knowledge(ROOT, read_policy(ROOT), today())


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """A fresh page; an error in a script fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A fresh page; a request to another host or an error in a script fails the test."""
    context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    faults: list[str] = []
    page.on("request", lambda request: None if request.url.startswith((site, "data:")) else faults.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []
