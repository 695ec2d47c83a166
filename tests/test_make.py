"""The front door: what `make` does before there is anything to do it with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
SETUP = ("Makefile", "pyproject.toml", "requirements/site.txt", "requirements/build.txt", "requirements/dev.txt")
LOCKS = ("build", "site", "dev")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What setting up reads, and nothing that it made."""
    for name in SETUP:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def program(folder: Path, name: str, script: str) -> Path:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def pins(lock: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8").splitlines()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", line)[0] for line in lines if not line.startswith("#"))


def test_make_alone_lists_fewer_than_ten_verbs_each_with_its_line(checkout: Path, run: Run) -> None:
    listed = run(["make"], checkout).stdout.splitlines()
    phony = re.findall(r"^\.PHONY: (.*)$", (checkout / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert [line.split()[1] for line in listed] == phony[0].split()
    assert len(listed) < 10


@pytest.mark.parametrize("verb", ["site", "test"])
def test_without_a_python_make_says_which_one_it_needs(verb: str, checkout: Path, run: Run) -> None:
    printed = run(["make", verb, "PYTHON="], checkout, code=2).stdout
    assert printed.startswith("Python 3.11 or later is needed. Name one: make PYTHON=")


def test_a_python_that_is_too_old_is_named(checkout: Path, run: Run) -> None:
    old = program(checkout, "python3.10", "exit 1")
    printed = run(["make", "site", f"PYTHON={old}"], checkout, code=2).stdout
    assert printed.startswith(f"Python 3.11 or later is needed; {old} is none.")


def test_a_python_without_venv_names_the_package_to_install(checkout: Path, run: Run) -> None:
    bare = program(checkout, "python3.11", '[ "$1" != -m ]')
    printed = run(["make", "site", f"PYTHON={bare}"], checkout, code=2).stdout
    assert "apt-get install python3-venv" in printed
    assert not (checkout / ".venv").exists()


def test_python_is_found_under_a_name_that_is_old_enough_and_works(checkout: Path, run: Run) -> None:
    programs = checkout / "programs"
    programs.mkdir()
    program(programs, "python3.14", "exit 1")
    program(programs, "python3.13", f'exec "{sys.executable}" "$@"')
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    assert "python3.13 -m venv" in run(["make", "--dry-run", "site"], checkout, env={"PATH": path}).stdout


def test_what_is_set_up_is_not_set_up_again_until_a_lock_changes(checkout: Path, run: Run) -> None:
    made = [checkout / name for name in (".venv/made.stamp", ".venv/site.stamp")]
    made[0].parent.mkdir()
    later = max((checkout / name).stat().st_mtime for name in SETUP) + 10
    for stamp in made:
        stamp.touch()
        os.utime(stamp, (later, later))
    assert " pip " not in run(["make", "--dry-run", "site"], checkout).stdout
    os.utime(checkout / "requirements" / "site.txt", (later + 10, later + 10))
    assert " pip " in run(["make", "--dry-run", "site"], checkout).stdout


@pytest.mark.parametrize("name", SETUP)
def test_setting_up_names_no_package_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"--(?:extra-)?index-url|https?://(?!127\.0\.0\.1)", text) == []


def test_the_locks_agree_with_each_other_and_with_what_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {
        "build": project["build-system"]["requires"],
        "site": [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["site"]],
        "dev": project["dependency-groups"]["dev"],
    }
    known: dict[str, str] = {}
    for lock in LOCKS:
        locked = pins(lock)
        for requirement in map(Requirement, asked[lock]):
            assert locked[requirement.name] in requirement.specifier, f"{requirement} in {lock}.txt: run `make lock`"
        # A version for an older Python may stand beside the newest one.
        differing = {name for name in locked.keys() & known.keys() if locked[name] != known[name]}
        assert differing == set()
        known |= locked
