"""The hooks as another repository uses them: real commits under pre-commit and under prek, without a network."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("wheelhouse")
Result = subprocess.CompletedProcess[str]
Run = Callable[..., Result]
Draft = Callable[..., str]

TOOLS = ("pre-commit", "prek")
CONFIGURATION = """\
repos:
  - repo: {repo}
    rev: {rev}
    hooks:
      - id: postmortem-check
{more}"""


@dataclass(frozen=True)
class Repository:
    """A repository whose commits pass through a hook."""

    folder: Path
    run: Run
    environment: dict[str, str]

    def git(self, *arguments: str, code: int | None = 0) -> str:
        return self.run(["git", *arguments], self.folder, code=code, env=self.environment).stdout

    def write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, encoding="utf-8")

    def commit(self, *, refused: bool = False) -> str:
        """Commit whatever changed; gives what was printed."""
        before = self.git("rev-list", "--all", "--count")
        self.git("add", "--all")
        printed = self.git("commit", "--message", "Change", code=None)
        assert (self.git("rev-list", "--all", "--count") == before) == refused, printed
        return printed


@pytest.fixture(scope="module", params=TOOLS)
def tool(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where the tools keep the hook's environment, made once for all tests."""
    folder = tmp_path_factory.mktemp("hooks")
    return {"PRE_COMMIT_HOME": str(folder / "pre-commit"), "PREK_HOME": str(folder / "prek")}


@pytest.fixture
def repository(tool: str, caches: dict[str, str], worktree: Path, tmp_path: Path, run: Run, draft: Draft) -> Repository:
    """One with two good postmortems, the second related to the first."""
    repository = Repository(tmp_path, run, caches)
    repository.git("init", "--quiet")
    configure(repository, worktree)
    repository.write("postmortems/2025/queue-full.md", draft("queue-full"))
    repository.write("postmortems/queue-again.md", draft("queue-again", related="queue-full"))
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "Begin")
    run([tool, "install"], tmp_path, env=caches)
    return repository


def configure(repository: Repository, worktree: Path, more: str = "") -> None:
    rev = repository.run(["git", "rev-parse", "HEAD"], worktree).stdout.strip()
    repository.write(".pre-commit-config.yaml", CONFIGURATION.format(repo=worktree, rev=rev, more=more))


def test_a_good_postmortem_is_committed(repository: Repository, draft: Draft) -> None:
    repository.write("postmortems/disk-full.md", draft("disk-full"))
    assert "Passed" in repository.commit()


def test_a_bad_postmortem_is_refused_with_its_line_and_the_rule(repository: Repository, draft: Draft) -> None:
    repository.write("postmortems/disk-full.md", draft("disk-full").replace("severity: P3", "severity: P9"))
    assert "postmortems/disk-full.md:5:11: error [schema]" in repository.commit(refused=True)


def test_an_id_that_an_unchanged_file_has_is_refused(repository: Repository, draft: Draft) -> None:
    repository.write("postmortems/2026/queue-full.md", draft("queue-full"))
    printed = repository.commit(refused=True)
    assert "postmortems/2026/queue-full.md:2:1: error [duplicate-id]" in printed
    assert "`postmortems/2025/queue-full.md`" in printed


def test_a_relation_to_nothing_is_refused(repository: Repository, draft: Draft) -> None:
    repository.write("postmortems/disk-full.md", draft("disk-full", related="queue-ful"))
    assert "postmortems/disk-full.md:11:9: error [unknown-related]" in repository.commit(refused=True)


def test_a_relation_to_an_unchanged_file_is_committed(repository: Repository, draft: Draft) -> None:
    repository.write("postmortems/disk-full.md", draft("disk-full", related="queue-full"))
    repository.commit()


def test_findings_of_unchanged_files_do_not_stand_in_the_way(repository: Repository, draft: Draft) -> None:
    repository.write("postmortems/old.md", draft("old").replace("severity: P3", "severity: P9"))
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--no-verify", "--message", "An old sin")
    repository.write("postmortems/disk-full.md", draft("disk-full"))
    assert "old.md" not in repository.commit()


def test_a_file_to_which_another_one_relates_is_not_removed(repository: Repository) -> None:
    repository.git("rm", "--quiet", "postmortems/2025/queue-full.md")
    assert "postmortems/queue-again.md:11:9: error [unknown-related]" in repository.commit(refused=True)


def test_a_file_to_which_another_one_relates_is_not_renamed(repository: Repository, draft: Draft) -> None:
    repository.git("rm", "--quiet", "postmortems/2025/queue-full.md")
    repository.write("postmortems/2025/queue-overflow.md", draft("queue-overflow"))
    assert "postmortems/queue-again.md:11:9: error [unknown-related]" in repository.commit(refused=True)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("2025-01-01-disk.md", "2025-01-01-disk.md#timeline"),
        ("2025-01-01-disk.md", "..%2Fpostmortems/2025-01-01-disk.md"),
        ("disk full.md", "<disk full.md>"),
        ("plat\u0301.md", "plat\u0301.md"),
    ],
)
def test_a_file_to_which_another_one_links_is_not_removed(
    name: str, address: str, tmp_path: Path, run: Run, environment: dict[str, str], draft: Draft
) -> None:
    """Whatever it is called; another one is removed with it, and nothing names that."""
    repository = Repository(tmp_path, run, environment)
    repository.git("init", "--quiet")
    for path in (name, "nothing.md"):
        repository.write(f"postmortems/{path}", draft("disk"))
    repository.write("postmortems/later.md", f"{draft('later')}\nAs [then]({address}).\n")
    repository.write("postmortems/not-nothing.md", draft("not-nothing"))
    repository.commit()
    repository.git("rm", "--quiet", f"postmortems/{name}", "postmortems/nothing.md")
    printed = run(["postmortem-check-hook"], tmp_path, code=1).stdout
    assert "postmortems/later.md:18:" in printed
    assert "error [broken-link]" in printed
    assert "1 postmortem checked" in printed


def test_a_file_that_nothing_names_is_removed(repository: Repository) -> None:
    repository.git("rm", "--quiet", "postmortems/queue-again.md")
    repository.commit()


def test_a_file_is_moved_to_another_folder(repository: Repository) -> None:
    repository.git("mv", "postmortems/2025/queue-full.md", "postmortems/queue-full.md")
    repository.commit()


def test_the_commits_of_a_push_are_checked_for_what_they_remove(
    repository: Repository, tool: str, caches: dict[str, str]
) -> None:
    repository.git("rm", "--quiet", "postmortems/2025/queue-full.md")
    repository.git("commit", "--quiet", "--no-verify", "--message", "Remove")
    push = [tool, "run", "--hook-stage", "pre-push", "--from-ref", "HEAD~1", "--to-ref", "HEAD"]
    result = repository.run(push, repository.folder, code=1, env=caches)
    assert "postmortems/queue-again.md:11:9: error [unknown-related]" in result.stdout


def test_other_files_are_none_of_its_business(repository: Repository) -> None:
    repository.write("README.md", "# Read me\n")
    repository.write("postmortems/README.md", "# No postmortem\n")
    repository.write("postmortems/_template.md", "No postmortem either\n")
    assert "Passed" in repository.commit()


def test_a_link_in_place_of_a_file_is_refused(repository: Repository) -> None:
    (repository.folder / "postmortems" / "linked.md").symlink_to("/etc/hostname")
    assert "postmortems/linked.md:1:1: error [filename]" in repository.commit(refused=True)


def test_a_knowledge_base_in_a_folder_has_a_catalog_of_its_own(repository: Repository, draft: Draft) -> None:
    repository.write("ops/postmortems/queue-full.md", draft("queue-full"))
    repository.commit()
    repository.write("ops/postmortems/disk-full.md", draft("disk-full", related="queue-again"))
    assert "postmortems/disk-full.md:11:9: error [unknown-related]" in repository.commit(refused=True)


def test_options_are_handed_to_the_check(repository: Repository, worktree: Path, draft: Draft) -> None:
    configure(repository, worktree, "        args: [--ignore, unknown-related]\n")
    repository.write("postmortems/disk-full.md", draft("disk-full", related="queue-ful"))
    repository.commit()


def test_what_a_commit_mends_leaves_the_baseline_in_that_commit(
    repository: Repository, worktree: Path, draft: Draft
) -> None:
    bad = draft("disk-full").replace("severity: P3", "severity: P9")
    repository.write("postmortems/disk-full.md", bad)
    repository.write("postmortems/pool-full.md", bad.replace("disk-full", "pool-full"))
    repository.run(["postmortem", "check", "--baseline", "known.json", "--update-baseline"], repository.folder)
    configure(repository, worktree, "        args: [--baseline, known.json]\n")
    repository.commit()
    repository.write("postmortems/disk-full.md", draft("disk-full"))
    printed = repository.commit(refused=True)
    assert "files were modified by this hook" in printed
    assert "known.json: 1 finding is gone" in printed
    repository.commit()
    assert "known.json" in repository.git("show", "--name-only", "--format=")
    repository.write("postmortems/disk-full.md", bad)
    assert "postmortems/disk-full.md:5:11: error [schema]" in repository.commit(refused=True)


def test_wrong_use_is_refused_with_exit_code_2(repository: Repository, worktree: Path, draft: Draft) -> None:
    configure(repository, worktree, "        args: [--ignore, unknown-relation]\n")
    repository.write("postmortems/disk-full.md", draft("disk-full"))
    printed = repository.commit(refused=True)
    assert "exit code: 2" in printed
    assert "did you mean `unknown-related`?" in printed


def test_a_broken_policy_is_refused_with_exit_code_2(repository: Repository, draft: Draft) -> None:
    repository.write("postmortem.toml", "[site\n")
    repository.write("postmortems/disk-full.md", draft("disk-full"))
    assert "exit code: 2" in repository.commit(refused=True)


def test_the_hooks_of_this_repository_are_valid(tool: str, worktree: Path, run: Run, caches: dict[str, str]) -> None:
    run([tool, "validate-manifest", ".pre-commit-hooks.yaml"], worktree, env=caches)
    run([tool, "validate-config", ".pre-commit-config.yaml"], worktree, env=caches)


def test_this_repository_refuses_a_bad_postmortem_of_its_own(
    tool: str, worktree: Path, tmp_path: Path, run: Run, draft: Draft, caches: dict[str, str]
) -> None:
    run(["git", "clone", "--quiet", worktree, tmp_path], tmp_path)
    # Its own hooks come from the environment that `make` set up, which is the one of these tests.
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "postmortems" / "bad.md").write_text(draft("bad", related="nowhere"), encoding="utf-8")
    run(["git", "add", "postmortems"], tmp_path)
    printed = run([tool, "run", "postmortem-check"], tmp_path, code=1, env=caches).stdout
    assert "postmortems/bad.md:11:9: error [unknown-related]" in printed


def with_life_cycle(repository: Repository, worktree: Path) -> None:
    configure(repository, worktree, more="      - id: postmortem-life-cycle\n")
    repository.commit()


def test_a_step_that_the_life_cycle_does_not_have_is_refused(
    repository: Repository, worktree: Path, draft: Draft
) -> None:
    with_life_cycle(repository, worktree)
    repository.write("postmortems/queue-again.md", draft("queue-again").replace("status: draft", "status: closed"))
    assert "postmortems/queue-again.md:4:9: error [status-transition]" in repository.commit(refused=True)


def test_a_reviewed_file_is_not_deleted_by_a_commit_that_does_nothing_else(
    repository: Repository, worktree: Path, draft: Draft
) -> None:
    repository.write("postmortems/disk-full.md", draft("disk-full").replace("status: draft", "status: reviewed"))
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--no-verify", "--message", "Reviewed elsewhere")
    with_life_cycle(repository, worktree)
    repository.git("rm", "--quiet", "postmortems/disk-full.md")
    assert "postmortems/disk-full.md:1:1: error [deleted-postmortem]" in repository.commit(refused=True)


def test_the_first_commit_of_a_repository_has_nothing_to_be_held_against(
    tool: str, caches: dict[str, str], worktree: Path, tmp_path: Path, run: Run, draft: Draft
) -> None:
    repository = Repository(tmp_path, run, caches)
    repository.git("init", "--quiet")
    configure(repository, worktree, more="      - id: postmortem-life-cycle\n")
    run([tool, "install"], tmp_path, env=caches)
    repository.write("postmortems/queue-full.md", draft("queue-full"))
    repository.git("add", "--all")
    assert "Passed" in repository.git("commit", "--message", "Begin")
