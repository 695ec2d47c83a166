"""A program whose streams are closed or full, or that is interrupted, ends with a line or none, never with a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from postmortem_kb.workers import cores

PROGRAM = [sys.executable, "-m", "postmortem_kb.cli"]
FULL = Path("/dev/full")


@pytest.fixture
def base(tmp_path: Path, draft: Callable[..., str]) -> Path:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "a.md").write_text(draft("a"), encoding="utf-8")
    return tmp_path


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize(
    ("streams", "words", "code", "told"),
    [
        (">&-", "check", 2, "postmortem: standard output is closed: for no output, write `> /dev/null`\n"),
        ("2>&-", "check", 0, ""),
        ("2>&-", "check --select nothing", 2, ""),
        (">&- 2>&-", "check", 2, ""),
        ("<&-", "check", 0, ""),
        ("> /dev/full", "check", 2, "postmortem: the output cannot be written: No space left on device\n"),
        ("> /dev/full", "--help", 2, "postmortem: the output cannot be written: No space left on device\n"),
        ("2> /dev/full", "check", 0, ""),
        ("2> /dev/full", "check --select nothing", 2, ""),
        ("2> /dev/full", "chekc", 2, ""),
        ("> /dev/full 2>&1", "actions --format csv", 2, ""),
    ],
)
def test_a_stream_that_takes_nothing(streams: str, words: str, code: int, told: str, base: Path) -> None:
    script = f'"$@" {words} {streams}'
    done = subprocess.run(
        ["sh", "-c", script, "sh", *PROGRAM, "--root", str(base)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (code, told)


@contextmanager
def running(base: Path, *command: str, children: int, stderr: int = subprocess.PIPE) -> Iterator[subprocess.Popen[str]]:
    """The program, once it has begun other processes; it is no longer there afterwards."""
    # A shell lets what it starts in the background ignore the key, and so would what starts here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [*PROGRAM, "--root", str(base), *command],
        env=os.environ | {"POSTMORTEM_CACHE": ""},
        text=True,
        stdout=subprocess.PIPE,
        stderr=stderr,
        process_group=0,
    ) as process:
        try:
            found = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            while len(found.read_text().split()) < children:
                assert process.poll() is None
                time.sleep(0.01)
            yield process
        finally:
            # One that does not end would be waited for.
            process.kill()


@pytest.mark.skipif(cores() == 1 or sys.platform != "linux", reason="there are no other processes")
@pytest.mark.parametrize("command", [["check"], ["stats"], ["similar", "--text", "The pool was full"]], ids=str)
def test_the_key_that_interrupts_ends_it_quietly(command: list[str], base: Path, draft: Callable[..., str]) -> None:
    for number in range(4_000):
        text = draft(f"a{number}", title=f"Queue {number} ran full")
        (base / "postmortems" / f"a{number}.md").write_text(text, encoding="utf-8")
    with running(base, *command, children=2) as process:
        # They have to get so far as to know what they are for.
        time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        told, errors = process.communicate(timeout=30)
    assert (process.returncode, told, errors.strip()) == (130, "", "")


@pytest.mark.skipif(sys.platform != "linux", reason="there is no list of processes to look into")
@pytest.mark.parametrize("begun", [False, True], ids=["while it starts", "while it builds"])
def test_the_key_that_interrupts_ends_a_build_without_a_traceback(
    begun: bool, base: Path, draft: Callable[..., str]
) -> None:
    for number in range(300 if begun else 0):
        (base / "postmortems" / f"a{number}.md").write_text(draft(f"a{number}"), encoding="utf-8")
    (base / "docs").mkdir()
    (base / "mkdocs.yml").write_text("site_name: Ours\ntheme: {name: material}\nplugins: [postmortems]\n")
    with running(base, "build", children=1, stderr=subprocess.STDOUT) as process:
        # It says so before it makes the first page.
        while begun and "Building" not in (line := process.stdout.readline() if process.stdout else ""):
            assert line
        time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        told, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in told


LOST = """\
import os, signal, time


class Held:
    def __del__(self):
        os.killpg(0, signal.SIGINT)


def on_files(files, config):
    Held()
    time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="no key can be sent to a process")
def test_a_key_that_python_loses_on_the_way_is_heard(base: Path) -> None:
    (base / "docs").mkdir()
    (base / "hook.py").write_text(LOST, encoding="utf-8")
    (base / "mkdocs.yml").write_text(
        "site_name: Ours\ntheme: {name: material}\nhooks: [hook.py]\nplugins: [postmortems]\n", encoding="utf-8"
    )
    command = [*PROGRAM, "--root", str(base), "build"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30, process_group=0)
    assert (done.returncode, done.stdout) == (130, "")
    assert "Traceback" not in done.stderr
