"""Work on all cores, also where a process cannot begin as a copy of another: on macOS and Windows."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from postmortem_kb.workers import cores, on_all_cores

SCRIPT = """
import sys
import postmortem_kb.workers
from postmortem_kb.cli import main

postmortem_kb.workers.cores = lambda: 2
if sys.argv[1] == "anew":
    postmortem_kb.workers._forks = lambda: False
if __name__ == "__main__":
    sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, draft: Callable[..., str]) -> Path:
    base = tmp_path_factory.mktemp("many")
    (base / "postmortems").mkdir()
    for number in range(150):
        text = draft(f"a{number}", title=f"Queue {number} ran full")
        (base / "postmortems" / f"a{number}.md").write_text(text, encoding="utf-8")
    # One that is not as it should be: its finding comes from another process.
    (base / "postmortems" / "b.md").write_text(draft("c"), encoding="utf-8")
    (base / "run.py").write_text(SCRIPT, encoding="utf-8")
    return base


def run(base: Path, way: str, *arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, str(base / "run.py"), way, "--root", str(base), *arguments]
    own = os.environ | {"POSTMORTEM_CACHE": ""}
    done = subprocess.run(command, cwd=base, env=own, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("check", "--format", "json"), ("similar", "postmortems/a1.md", "--format", "json")],
    ids=lambda arguments: arguments[0],
)
def test_processes_that_begin_anew_find_what_copies_find(base: Path, arguments: tuple[str, ...]) -> None:
    code, told, errors = run(base, "anew", *arguments)
    assert errors == ""
    assert (code, told) == run(base, "as copies", *arguments)[:2]
    assert "Queue" in told or "filename" in told


@pytest.mark.skipif(cores() == 1 or sys.platform != "linux", reason="one process does it, when it is asked")
def test_other_processes_begin_before_anybody_asks_and_end_when_nobody_does(tmp_path: Path) -> None:
    def work(number: int) -> int:
        (tmp_path / f"{number} {os.getpid()}").touch()
        return number

    made = on_all_cores(work, range(100), size=1, few=1)
    begun = time.monotonic()
    while len(list(tmp_path.iterdir())) < 100 and time.monotonic() < begun + 60:
        time.sleep(0.01)
    processes = {int(entry.name.partition(" ")[2]) for entry in tmp_path.iterdir()}
    assert os.getpid() not in processes
    del made
    assert not [process for process in processes if Path(f"/proc/{process}").exists()]
