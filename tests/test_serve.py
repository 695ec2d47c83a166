"""`postmortem serve` shows what is written while it is written."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
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


Served = tuple[str, subprocess.Popen[str]]
"""The address of a served site, and the process."""


@contextmanager
def serving(base: Path, environment: dict[str, str], *options: str, before: Sequence[str] = ()) -> Iterator[Served]:
    """Serve a site with options of MkDocs, and some words before the command."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*before, sys.executable, "-m", "postmortem_kb.cli", "--root", str(base), "serve", "--"]
    command += ["--dev-addr", f"127.0.0.1:{port}", *options]
    own = environment | {"TMPDIR": str(base), "POSTMORTEM_CACHE": str(base / "cache"), VARIABLE: ""}
    with subprocess.Popen(
        command, env=own, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as process:
        try:
            yield f"http://127.0.0.1:{port}/", process
        finally:
            # With the program that it started: alone, it would leave that running.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(params=["by hand", "in the background of a script"])
def served(request: pytest.FixtureRequest, base: Path, environment: dict[str, str]) -> Iterator[Served]:
    """A site that is served by hand or by a script."""
    # A shell lets what a script starts with `&` ignore the key that interrupts.
    script = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]
    with serving(base, environment, before=() if request.param == "by hand" else script) as started:
        yield started


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


def wait_for_end(address: str, words: str) -> None:
    end = time.monotonic() + _PATIENCE
    while not (found := answer(address)) or words in found:
        assert time.monotonic() < end, f"{words!r} is still shown"
        time.sleep(0.1)


def refused(process: subprocess.Popen[str]) -> str:
    """What is printed until a build is refused."""
    assert process.stdout
    printed = ""
    while "until this is mended" not in printed:
        line = process.stdout.readline()
        assert line, printed
        assert "Traceback" not in line
        assert "appear stuck" not in line
        printed += line
    return printed


def edit(file: Path, old: str, new: str) -> None:
    """Save a file as editors do that take care: all of it at once."""
    beside = file.parents[1] / "beside"
    beside.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    beside.replace(file)


def test_an_edit_is_shown_and_searched_and_the_end_leaves_nothing(base: Path, served: Served) -> None:
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


def test_folders_that_the_configuration_names_later_are_watched(
    base: Path, environment: dict[str, str], draft: Callable[..., str]
) -> None:
    (base / "team" / "postmortems").mkdir(parents=True)
    (base / "guide").mkdir()
    file, guide = base / "team" / "postmortems" / "b.md", base / "guide" / "on-call.md"
    file.write_text(draft("b", title="Of a team"), encoding="utf-8")
    guide.write_text("# On call\n", encoding="utf-8")
    with serving(base, environment) as (site, _):
        wait_for(f"{site}incidents/a/", "The first title")
        edit(base / "mkdocs.yml", "[postmortems]", "[{postmortems: {root: team}}]\ndocs_dir: guide")
        wait_for(f"{site}incidents/b/", "Of a team")
        file.write_text(draft("b", title="Another title"), encoding="utf-8")
        wait_for(f"{site}incidents/b/", "Another title")
        guide.write_text("# Off duty\n", encoding="utf-8")
        wait_for(f"{site}on-call/", "Off duty")


def test_what_a_broken_configuration_refuses_leaves_the_site_as_it_was(base: Path, served: Served) -> None:
    site, process = served
    wait_for(f"{site}incidents/a/", "The first title")
    configuration = base / "mkdocs.yml"
    sound = configuration.read_text(encoding="utf-8")
    configuration.write_text(f"{sound}nav: [\n", encoding="utf-8")
    assert 'mkdocs.yml", line ' in refused(process)
    wait_for(f"{site}incidents/a/", "The first title")
    configuration.write_text(sound.replace("Ours", "Mended"), encoding="utf-8")
    wait_for(f"{site}incidents/a/", "Mended")


def test_what_comes_later_or_was_gone_is_seen(base: Path, environment: dict[str, str]) -> None:
    policy, postmortems = base / "postmortem.toml", base / "postmortems"
    with serving(base, environment) as (site, process):
        wait_for(f"{site}incidents/a/", "The first title")
        policy.write_text('[severities]\nP1 = "Sev1"\n', encoding="utf-8")
        wait_for(f"{site}api/schema.json", "Sev1")
        policy.unlink()
        wait_for_end(f"{site}api/schema.json", "Sev1")
        # As between two branches, of which one has no postmortems yet.
        postmortems.rename(base / "elsewhere")
        assert "No knowledge base here" in refused(process)
        (base / "elsewhere").rename(postmortems)
        edit(postmortems / "a.md", "The first title", "Another title")
        wait_for(f"{site}incidents/a/", "Another title")
        edit(postmortems / "a.md", "Another title", "The last title")
        wait_for(f"{site}incidents/a/", "The last title")


def test_an_edit_during_the_first_build_is_shown(base: Path, environment: dict[str, str]) -> None:
    with serving(base, environment) as (site, _):
        wait_for_a_build(base)
        edit(base / "postmortems" / "a.md", "The first title", "Another title")
        wait_for(f"{site}incidents/a/", "Another title")


def test_a_commit_is_shown(base: Path, environment: dict[str, str], run: Callable[..., object]) -> None:
    run(["git", "init", "-q"], base)
    with serving(base, environment) as (site, _):
        wait_for(f"{site}incidents/a/", "The first title")
        run(["git", "add", "postmortems"], base)
        run(["git", "commit", "-qm", "Tell of the queue"], base)
        wait_for(f"{site}incidents/a/", "Tell of the queue")


def test_what_an_editor_keeps_beside_a_file_is_no_change(base: Path, environment: dict[str, str]) -> None:
    postmortems = base / "postmortems"
    with serving(base, environment) as (site, process):
        wait_for(f"{site}incidents/a/", "The first title")
        for name in (".a.md.swp", "a.md~", "#a.md#"):
            (postmortems / name).write_text("half of it", encoding="utf-8")
        (base / "docs" / ".index.md.swo").write_text("half of it", encoding="utf-8")
        (postmortems / ".#a.md").symlink_to("maria@example.org.4711:1")
        # Longer than it takes to be seen.
        time.sleep(1.5)
        edit(postmortems / "a.md", "The first title", "Another title")
        wait_for(f"{site}incidents/a/", "Another title")
        process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate(timeout=_PATIENCE)
    assert printed.count("Detected file changes") == 1


def test_a_file_that_cannot_be_read_is_told_in_a_line(base: Path, environment: dict[str, str]) -> None:
    configuration = base / "mkdocs.yml"
    with serving(base, environment) as (site, process):
        wait_for(f"{site}incidents/a/", "The first title")
        sound = configuration.read_text(encoding="utf-8")
        configuration.unlink()
        configuration.mkdir()
        while "Is a directory" not in (printed := refused(process)):
            # Between the two it was missing.
            assert "does not exist" in printed
        wait_for(f"{site}incidents/a/", "The first title")
        configuration.rmdir()
        configuration.write_text(sound.replace("Ours", "Mended"), encoding="utf-8")
        wait_for(f"{site}incidents/a/", "Mended")


def test_where_warnings_are_errors_the_rest_of_the_site_is_shown(
    base: Path, environment: dict[str, str], draft: Callable[..., str]
) -> None:
    gone = base / "postmortems" / "b.md"
    gone.write_text(draft("b", title="The second title"), encoding="utf-8")
    with serving(base, environment, "--strict") as (site, process):
        wait_for(f"{site}incidents/b/", "The second title")
        (base / "docs" / "page.md").write_text("# A page\n\n[Nothing](nothing.md)\n", encoding="utf-8")
        gone.unlink()
        wait_for(f"{site}page/", "A page")
        end = time.monotonic() + _PATIENCE
        while answer(f"{site}incidents/b/"):
            assert time.monotonic() < end, "what is gone is still shown"
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate(timeout=_PATIENCE)
    assert "in strict mode" in printed
    assert "The rest of the site is shown." in printed
    assert "stays as it was" not in printed
    assert not list(base.glob("mkdocs_*"))


def wait_for_a_build(temporary: Path) -> None:
    """Wait until postmortems are read, and their pages begun."""
    end = time.monotonic() + _PATIENCE
    while not list(temporary.glob("postmortems-search-*")):
        assert time.monotonic() < end, "no build begins"


def end_in_the_middle(process: subprocess.Popen[str], temporary: Path) -> None:
    """End a program once a build has begun."""
    wait_for_a_build(temporary)
    process.send_signal(signal.SIGTERM)


def test_an_end_in_the_middle_of_a_build_leaves_nothing(base: Path, served: Served) -> None:
    _, process = served
    end_in_the_middle(process, base)
    printed, _ = process.communicate(timeout=_PATIENCE)
    assert process.returncode
    assert "Traceback" not in printed
    assert not [*base.glob("mkdocs_*"), *base.glob("postmortems-search-*")]


def test_a_build_that_is_interrupted_leaves_nothing_hidden(base: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "postmortem_kb.cli", "--root", str(base), "build"]
    own = environment | {"TMPDIR": str(base), "POSTMORTEM_CACHE": str(base / "cache"), VARIABLE: ""}
    with subprocess.Popen(command, env=own, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        end_in_the_middle(process, base)
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
