"""What the tests share: examples that are the same each time, an environment without a network, and a copy of this repository in git.

`POSTMORTEM_HYPOTHESIS=thorough` looks at far more examples, other ones each time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent
_PREFIXES = ("GIT_", "GITHUB_", "MAKE", "MFLAGS", "PIP_", "PRE_COMMIT", "PREK_", "PYTHONPATH", "UV_", "VIRTUAL_ENV")
_HEALTH = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
settings.register_profile("quick", deadline=None, derandomize=True, database=None, suppress_health_check=_HEALTH)
settings.register_profile("thorough", deadline=None, max_examples=5_000, print_blob=True, suppress_health_check=_HEALTH)
settings.load_profile(os.environ.get("POSTMORTEM_HYPOTHESIS", "quick"))

_DRAFT = """\
---
id: {id}
title: {title}
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
{relation}---

## Timeline

| Time | Event |
| --- | --- |
| 09:00 | Orders fail |
"""

Result = subprocess.CompletedProcess[str]
Run = Callable[..., Result]
Draft = Callable[..., str]


@pytest.fixture(autouse=True)
def _own_caches(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test keeps, it does not keep in the home of whoever runs it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "caches"))


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables under which programs neither see the settings of this machine nor reach a package index."""
    caches = tmp_path_factory.mktemp("caches")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_PREFIXES)}
    wheels = str(ROOT / ".wheelhouse")
    author = {"NAME": "Maria", "EMAIL": "maria@example.org"}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(caches),
        "NO_COLOR": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        # The checkout may belong to somebody else, as it does in containers.
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GIT_CONFIG_VALUE_0": "*",
        **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in author.items()},
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": wheels,
        "UV_NO_CONFIG": "1",
        "UV_NO_INDEX": "1",
        "UV_FIND_LINKS": wheels,
        "UV_PYTHON_DOWNLOADS": "never",
    }


@pytest.fixture(scope="session")
def run(environment: dict[str, str]) -> Run:
    """Runs a program; the result holds what it printed on both streams, in `stdout`."""

    def start(
        command: Sequence[str | Path], cwd: Path, *, code: int | None = 0, env: Mapping[str, str] | None = None
    ) -> Result:
        result = subprocess.run(
            command,
            cwd=cwd,
            env=environment | (env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert code in (None, result.returncode), f"{command} ended with {result.returncode}:\n{result.stdout}"
        return result

    return start


@pytest.fixture(scope="session")
def wheelhouse() -> Path:
    """The wheels that `make test` fetches; without them the test is skipped by name, on CI it fails."""
    folder = ROOT / ".wheelhouse"
    if not any(folder.glob("*.whl")):
        message = "no wheels in .wheelhouse/: `make test` fetches them"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def worktree(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """A git repository that holds this one's files as they are now, uncommitted changes included."""
    copy = tmp_path_factory.mktemp("worktree")
    listed = run(["git", "ls-files", "-co", "--exclude-standard", "-z"], ROOT).stdout.split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "As it is now"]):
        run(["git", *command], copy)
    return copy


@pytest.fixture(scope="session")
def draft() -> Draft:
    """Writes a draft that passes the check."""

    def write(id: str, *, title: str = "Checkout was down", related: str = "") -> str:
        relation = f"related:\n  - id: {related}\n    relation: similar\n" if related else ""
        return _DRAFT.format(id=id, title=title, relation=relation)

    return write
