"""`postmortem serve` shows what is written while it is written."""

from __future__ import annotations

import gc
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from postmortem_kb.clock import today
from postmortem_kb.knowledge import read_knowledge
from postmortem_kb.pages import all_pages
from postmortem_kb.policy import read_policy
from postmortem_kb.receipt import VARIABLE

_PATIENCE = 60.0


@pytest.fixture
def base(tmp_path: Path, draft: Callable[..., str]) -> Path:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: Ours\ntheme: {name: material}\nplugins: [postmortems]\n")
    (tmp_path / "postmortems" / "a.md").write_text(draft("a", title="The first title"), encoding="utf-8")
    return tmp_path


@pytest.fixture(params=["by hand", "in the background of a script"])
def served(
    request: pytest.FixtureRequest, base: Path, environment: dict[str, str], tmp_path: Path
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a served site, and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "postmortem_kb.cli", "--root", str(base), "serve", "--"]
    command += ["--dev-addr", f"127.0.0.1:{port}"]
    if request.param != "by hand":
        # A shell lets what a script starts with `&` ignore the key that interrupts.
        command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command]
    own = environment | {"TMPDIR": str(base), "POSTMORTEM_CACHE": str(tmp_path / "cache"), VARIABLE: ""}
    with subprocess.Popen(command, env=own, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            yield f"http://127.0.0.1:{port}/", process
        finally:
            process.kill()


def answer(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=_PATIENCE) as response:
            return str(response.read().decode("utf-8"))
    except (urllib.error.URLError, ConnectionError):
        return ""


def wait_for(address: str, words: str) -> None:
    end = time.monotonic() + _PATIENCE
    while words not in answer(address):
        assert time.monotonic() < end, f"{words!r} is not shown"
        time.sleep(0.1)


def test_an_edit_is_shown_and_searched_and_the_end_leaves_nothing(
    base: Path, served: tuple[str, subprocess.Popen[str]]
) -> None:
    site, process = served
    wait_for(f"{site}incidents/a/", "The first title")
    file = base / "postmortems" / "a.md"
    file.write_text(file.read_text(encoding="utf-8").replace("The first title", "Another title"), encoding="utf-8")
    wait_for(f"{site}incidents/a/", "Another title")
    for part in json.loads(answer(f"{site}search/data/guide.json"))["parts"]:
        wait_for(f"{site}search/data/{part}/pagefind-entry.json", "languages")
    process.send_signal(signal.SIGTERM)
    assert process.wait(_PATIENCE) == 0
    assert not list(base.glob("mkdocs_*"))


def test_what_a_broken_configuration_refuses_leaves_the_site_as_it_was(
    base: Path, served: tuple[str, subprocess.Popen[str]]
) -> None:
    site, process = served
    wait_for(f"{site}incidents/a/", "The first title")
    configuration = base / "mkdocs.yml"
    sound = configuration.read_text(encoding="utf-8")
    configuration.write_text(f"{sound}nav: [\n", encoding="utf-8")
    assert process.stdout
    printed = ""
    while "until this is mended" not in printed:
        line = process.stdout.readline()
        assert line, printed
        assert "Traceback" not in line
        assert "appear stuck" not in line
        printed += line
    assert 'mkdocs.yml", line ' in printed
    wait_for(f"{site}incidents/a/", "The first title")
    configuration.write_text(sound.replace("Ours", "Mended"), encoding="utf-8")
    wait_for(f"{site}incidents/a/", "Mended")


def test_an_end_in_the_middle_of_a_build_leaves_nothing(base: Path, served: tuple[str, subprocess.Popen[str]]) -> None:
    _, process = served
    end = time.monotonic() + _PATIENCE
    while not list(base.glob("postmortems-search-*")):
        assert time.monotonic() < end, "no build begins"
    process.send_signal(signal.SIGTERM)
    printed, _ = process.communicate(timeout=_PATIENCE)
    assert process.returncode
    assert "Traceback" not in printed
    assert not [*base.glob("mkdocs_*"), *base.glob("postmortems-search-*")]


def test_a_build_that_is_interrupted_leaves_nothing_hidden(base: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "postmortem_kb.cli", "--root", str(base), "build"]
    own = environment | {"TMPDIR": str(base), "POSTMORTEM_CACHE": str(base / "cache"), VARIABLE: ""}
    with subprocess.Popen(command, env=own, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        end = time.monotonic() + _PATIENCE
        while not list(base.glob("postmortems-search-*")):
            assert time.monotonic() < end, "no build begins"
        process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate(timeout=_PATIENCE)
    assert process.returncode
    assert "Traceback" not in printed
    assert not [*base.glob("postmortems-search-*"), *(base / "site").glob(".*")]


def test_a_port_that_is_taken_is_told_in_a_line(
    base: Path, run: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, "-m", "postmortem_kb.cli", "--root", str(base), "serve"]
        printed = run([*command, "--", "--dev-addr", address], base, code=2, env={"TMPDIR": str(base)}).stdout
        with (base / "mkdocs.yml").open("a", encoding="utf-8") as configuration:
            configuration.write(f"dev_addr: {address}\n")
        configured = run(command, base, code=2, env={"TMPDIR": str(base)}).stdout
    for told in (printed, configured):
        assert f"cannot be shown at {address}: " in told
        assert "postmortem serve -- --dev-addr 127.0.0.1:9000" in told
        assert "Traceback" not in told
    assert not list(base.glob("mkdocs_*"))


def test_a_build_lets_go_of_what_it_read(base: Path) -> None:
    """Each that follows reads all postmortems anew, in the same process."""
    knowledge = read_knowledge(base, read_policy(base), today())
    read = [weakref.ref(postmortem.document) for postmortem in knowledge.postmortems]
    assert sum("The first title" in page.make().html for page in all_pages(knowledge)) > 1
    del knowledge
    gc.collect()
    assert [kept() for kept in read] == [None]
