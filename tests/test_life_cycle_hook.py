"""The hook of the life cycle as git itself runs it: what the commit that is being made would do."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
Draft = Callable[..., str]


@dataclass(frozen=True)
class Repository:
    """A work tree whose commits pass through the hook."""

    folder: Path
    run: Run

    def git(self, *arguments: str, code: int | None = 0) -> str:
        return self.run(["git", *arguments], self.folder, code=code).stdout

    def hook(self, *arguments: str) -> None:
        file = self.folder / ".git" / "hooks" / "pre-commit"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\nexec postmortem-life-cycle-hook {' '.join(arguments)}\n", encoding="utf-8")
        file.chmod(0o755)

    def write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, encoding="utf-8")

    def begin(self, path: str, text: str) -> None:
        """Commit a file that nobody looks at."""
        self.write(path, text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--message", "Begin")

    def commit(self, *options: str, refused: bool = False) -> str:
        """Commit what is staged; gives what was printed."""
        before = self.git("rev-list", "--all", "--count")
        printed = self.git("commit", "--message", "Change", *options, code=None)
        assert (self.git("rev-list", "--all", "--count") == before) == refused, printed
        return printed


@pytest.fixture
def repository(tmp_path: Path, run: Run) -> Repository:
    folder = tmp_path / "shop"
    folder.mkdir()
    found = Repository(folder, run)
    found.git("init", "--quiet", "--initial-branch", "main")
    found.hook()
    return found


@pytest.fixture
def reviewed(draft: Draft) -> str:
    return draft("disk-full").replace("status: draft", "status: reviewed")


FILE = "postmortems/disk-full.md"
GONE = "postmortems/disk-full.md:1:1: error [deleted-postmortem]"


def test_a_linked_worktree_is_held_to_what_it_deletes(repository: Repository, reviewed: str, tmp_path: Path) -> None:
    repository.hook("--root", "kb")
    repository.write("kb/postmortem.toml", "")
    repository.begin(f"kb/{FILE}", reviewed)
    repository.git("worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "linked"))
    linked = Repository(tmp_path / "linked", repository.run)
    linked.git("rm", "--quiet", f"kb/{FILE}")
    assert GONE in linked.commit(refused=True)


def test_a_file_that_stays_in_its_folder_only_is_deleted(repository: Repository, reviewed: str) -> None:
    repository.begin(FILE, reviewed)
    repository.git("rm", "--quiet", "--cached", FILE)
    before = repository.git("status", "--porcelain")
    assert GONE in repository.commit(refused=True)
    assert repository.git("status", "--porcelain") == before


def test_a_file_that_is_moved_in_the_index_is_not_deleted(repository: Repository, reviewed: str) -> None:
    repository.begin(FILE, reviewed)
    (repository.folder / "postmortems" / "2026").mkdir()
    repository.git("mv", FILE, "postmortems/2026/disk-full.md")
    repository.commit()


def test_a_commit_of_some_files_deletes_no_others(repository: Repository, reviewed: str) -> None:
    repository.begin(FILE, reviewed)
    repository.git("rm", "--quiet", "--cached", FILE)
    repository.write("README.md", "# Read me\n")
    repository.git("add", "README.md")
    # This commit gets an index of its own, in which the postmortem still is.
    repository.commit("--only", "README.md")
    assert GONE in repository.commit(refused=True)


def test_what_nobody_has_staged_is_seen(repository: Repository, reviewed: str) -> None:
    repository.begin(FILE, reviewed)
    (repository.folder / FILE).unlink()
    repository.write("README.md", "# Read me\n")
    repository.git("add", "README.md")
    assert GONE in repository.commit(refused=True)


def test_a_knowledge_base_in_a_folder_is_found(repository: Repository, reviewed: str) -> None:
    repository.begin("README.md", "# Shop\n")
    repository.write("README.md", "# The shop\n")
    repository.commit("--all")
    repository.begin(f"ops/kb/{FILE}", reviewed)
    repository.write("README.md", "# The shop\n\nIt sells.\n")
    repository.commit("--all")
    repository.write("docs/postmortems/new.md", reviewed.replace("disk-full", "new").replace("reviewed", "closed"))
    repository.git("rm", "--quiet", f"ops/kb/{FILE}")
    repository.git("add", "--all")
    printed = repository.commit(refused=True)
    assert GONE in printed
    assert "postmortems/new.md:4:9: error [status-transition]" in printed
    # Of the first one, nothing is left but what git remembers.
    assert not (repository.folder / "ops").exists()


def test_a_knowledge_base_that_is_named_and_gone_is_still_held(repository: Repository, reviewed: str) -> None:
    repository.hook("--root=kb")
    repository.begin(f"kb/{FILE}", reviewed)
    repository.git("rm", "--quiet", f"kb/{FILE}")
    assert GONE in repository.commit(refused=True)


def test_a_misspelt_root_is_wrong_use(repository: Repository, reviewed: str) -> None:
    repository.begin(f"kb/{FILE}", reviewed)
    repository.hook("--root", "bk")
    assert "Directory 'bk' does not exist" in repository.commit("--allow-empty", refused=True)
    assert not (repository.folder / "bk").exists()


def test_a_branch_may_mend_what_nobody_has_seen(repository: Repository, draft: Draft) -> None:
    repository.begin(FILE, draft("disk-full"))
    repository.git("switch", "--quiet", "--create", "topic")
    repository.write("postmortems/pol-full.md", draft("pol-full"))
    repository.git("add", "--all")
    repository.commit()
    repository.git("mv", "postmortems/pol-full.md", "postmortems/pool-full.md")
    repository.write("postmortems/pool-full.md", draft("pool-full"))
    repository.commit("--all")
    # What the default branch has, stays as it is.
    repository.git("mv", FILE, "postmortems/disk.md")
    repository.write("postmortems/disk.md", draft("disk"))
    assert "postmortems/disk.md:2:1: error [id-changed]" in repository.commit("--all", refused=True)


def test_a_branch_that_closes_a_postmortem_may_mend_its_spelling(repository: Repository, reviewed: str) -> None:
    repository.begin(FILE, reviewed)
    repository.git("switch", "--quiet", "--create", "topic")
    closed = reviewed.replace("status: reviewed", "status: closed")
    repository.write(FILE, closed)
    repository.commit("--all")
    repository.write(FILE, closed.replace("Checkout was down", "The checkout was down"))
    repository.commit("--all")
    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "topic")
    repository.write(FILE, closed)
    assert f"{FILE}:3:1: error [closed-edit]" in repository.commit("--all", refused=True)
    repository.git("switch", "--quiet", "--create", "other")
    assert f"{FILE}:3:1: error [closed-edit]" in repository.commit("--all", refused=True)


@pytest.mark.parametrize("name", ["main", "trunk"])
def test_a_clone_is_held_against_the_default_branch_of_its_origin(
    name: str, repository: Repository, draft: Draft, tmp_path: Path
) -> None:
    repository.begin(FILE, draft("disk-full"))
    repository.git("branch", "--move", name)
    repository.git("clone", "--quiet", str(repository.folder), str(tmp_path / "clone"))
    clone = Repository(tmp_path / "clone", repository.run)
    clone.hook()
    # No branch of this clone, and behind: what others did in between is no change of this branch.
    repository.begin(FILE, draft("disk-full").replace("status: draft", "status: reviewed"))
    repository.begin(FILE, draft("disk-full").replace("status: draft", "status: closed"))
    clone.git("fetch", "--quiet")
    clone.git("switch", "--quiet", "--create", "topic", f"origin/{name}")
    clone.write("postmortems/a.md", draft("a"))
    clone.git("add", "--all")
    clone.commit()
    clone.git("mv", "postmortems/a.md", "postmortems/b.md")
    clone.write("postmortems/b.md", draft("b"))
    clone.commit("--all")
    clone.git("switch", "--quiet", name)
    clone.git("merge", "--quiet", "topic")
    clone.git("mv", "postmortems/b.md", "postmortems/c.md")
    clone.write("postmortems/c.md", draft("c"))
    assert "postmortems/c.md:2:1: error [id-changed]" in clone.commit("--all", refused=True)


def test_another_branch_may_be_named(repository: Repository, draft: Draft) -> None:
    repository.begin(FILE, draft("disk-full"))
    repository.git("branch", "release")
    repository.write("postmortems/a.md", draft("a"))
    repository.git("add", "--all")
    repository.commit()
    repository.git("mv", "postmortems/a.md", "postmortems/b.md")
    repository.write("postmortems/b.md", draft("b"))
    repository.commit("--all", refused=True)
    repository.hook("--since", "release")
    repository.commit("--all")
    repository.hook("--since", "nowhere")
    assert "git knows no such commit" in repository.commit("--allow-empty", refused=True)


def test_a_ref_that_git_does_not_know_is_told_without_a_knowledge_base_at_the_top(
    repository: Repository, draft: Draft
) -> None:
    repository.begin(f"kb/{FILE}", draft("disk-full"))
    repository.hook("--since", "nowhere")
    assert "git knows no such commit" in repository.commit("--allow-empty", refused=True)
