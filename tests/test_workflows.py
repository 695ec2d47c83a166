"""What runs on the code host: valid by its schemas, safe by zizmor, and in step with our own program and contract."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from postmortem_kb.cli import program
from postmortem_kb.policy import read_policy

ROOT = Path(__file__).parent.parent
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
SCHEMAS = {
    **dict.fromkeys(WORKFLOWS, "github-workflows"),
    ROOT / "action.yml": "github-actions",
    GITHUB / "dependabot.yml": "dependabot",
    GITHUB / "ISSUE_TEMPLATE" / "postmortem.yml": "github-issue-forms",
    GITHUB / "ISSUE_TEMPLATE" / "config.yml": "github-issue-config",
}
Run = Callable[..., subprocess.CompletedProcess[str]]


def read(file: Path) -> dict[str, Any]:
    # The base loader keeps `on` a word.
    loaded = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)
    assert isinstance(loaded, dict)
    return loaded


def steps(workflow: Path) -> Iterator[dict[str, Any]]:
    for job in read(workflow)["jobs"].values():
        yield from job["steps"]


def commands() -> list[list[str]]:
    scripts = [step["run"] for workflow in WORKFLOWS for step in steps(workflow) if "run" in step]
    return [shlex.split(line) for script in scripts for line in script.splitlines()]


@pytest.mark.parametrize(("file", "schema"), SCHEMAS.items(), ids=lambda value: getattr(value, "name", value))
def test_a_file_follows_its_schema(file: Path, schema: str, run: Run) -> None:
    run(["check-jsonschema", "--builtin-schema", f"vendor.{schema}", file], ROOT)


def test_no_file_of_the_code_host_goes_without_a_schema() -> None:
    assert {*GITHUB.rglob("*.yml"), ROOT / "action.yml"} == set(SCHEMAS)


def test_zizmor_finds_nothing(run: Run) -> None:
    run(["zizmor", "--offline", "--strict-collection", "--persona", "pedantic", "."], ROOT)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_each_action_is_pinned_by_commit_with_its_version_beside_it(workflow: Path) -> None:
    uses = [line.strip(" -") for line in workflow.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert len(uses) == sum("uses" in step for step in steps(workflow))
    assert [use for use in uses if not re.fullmatch(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_a_workflow_has_no_rights_but_those_of_its_jobs(workflow: Path) -> None:
    content = read(workflow)
    assert content["permissions"] == {}
    for job in content["jobs"].values():
        assert {"permissions", "timeout-minutes"} <= job.keys()
    checkouts = [step for step in steps(workflow) if step.get("uses", "").startswith("actions/checkout@")]
    assert [step["with"].get("persist-credentials") for step in checkouts] == ["false"] * len(checkouts)


def test_what_a_fork_may_start_can_write_nothing() -> None:
    for workflow in WORKFLOWS:
        content = read(workflow)
        assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(content["on"])
        if "pull_request" in content["on"]:
            rights = [right for job in content["jobs"].values() for right in job["permissions"].values()]
            assert set(rights) == {"read"}


def test_scripts_take_no_text_from_outside() -> None:
    scripts = [step["run"] for workflow in WORKFLOWS for step in steps(workflow) if "run" in step]
    assert [script for script in scripts if "${{" in script] == []


def test_the_commands_of_the_workflows_exist(run: Run) -> None:
    for name, *arguments in commands():
        match name:
            case ".venv/bin/postmortem":
                with click.Context(program) as context:
                    command = program.get_command(context, arguments[0])
                    assert command is not None, arguments
                    command.make_context(arguments[0], arguments[1:], parent=context)
            case "make":
                run(["make", "--dry-run", *arguments], ROOT)
            case _:
                assert (ROOT / name).stat().st_mode & 0o111, name


def test_the_issue_form_asks_for_what_a_draft_needs() -> None:
    policy = read_policy(ROOT)
    form = read(GITHUB / "ISSUE_TEMPLATE" / "postmortem.yml")
    fields = {field["id"]: field for field in form["body"] if "id" in field}
    draft = next(requirement for requirement in policy.requires if requirement.name == "draft")
    # An id is made from the title, and a draft is a draft.
    needed = {key.rpartition(".")[2] for key in draft.keys} - {"id", "status"}
    assert needed <= {id for id, field in fields.items() if field.get("validations", {}).get("required") == "true"}
    for word in ("severity", "kind"):
        assert tuple(fields[word]["attributes"]["options"]) == policy.words[word]


def test_the_owned_places_exist() -> None:
    lines = (GITHUB / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    places = [line.split()[0] for line in lines if line and not line.startswith("#")]
    assert [place for place in places if not (ROOT / place.strip("/")).exists()] == []


def action() -> list[dict[str, Any]]:
    found = read(ROOT / "action.yml")["runs"]["steps"]
    assert isinstance(found, list)
    return found


def test_the_action_takes_what_comes_from_outside_as_variables() -> None:
    assert [step["name"] for step in action() if "${{" in step["run"]] == []


@pytest.mark.usefixtures("wheelhouse")
def test_the_action_checks_a_pull_request(worktree: Path, tmp_path: Path, draft: Callable[..., str], run: Run) -> None:
    """Its scripts as they are, in a clone of which the branch breaks the life cycle."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    (origin / "postmortems").mkdir(parents=True)
    (origin / "postmortems" / "a.md").write_text(draft("a").replace("draft", "reviewed"), encoding="utf-8")
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "Begin"]):
        run(["git", *command], origin)
    run(["git", "clone", "-q", origin, clone], tmp_path)
    (clone / "postmortems" / "a.md").unlink()
    summary = tmp_path / "summary.md"
    install, check, similar = action()
    env = {"ACTION": str(worktree), "RUNNER_TEMP": str(tmp_path), "GITHUB_STEP_SUMMARY": str(summary)}
    run(["bash", "-e", "-c", install["run"]], clone, env=env)
    inputs = {"ROOT": ".", "SINCE": "", "BASE": "main", "BASELINE": "", "FORMAT": "github"}
    printed = run(["bash", "-e", "-c", check["run"]], clone, env=env | inputs, code=1).stdout
    assert "::error file=postmortems/a.md,line=1," in printed
    assert "deleted-postmortem" in summary.read_text(encoding="utf-8")
    run(["bash", "-e", "-c", similar["run"]], clone, env=env | inputs)
    assert "## Past incidents like these" in summary.read_text(encoding="utf-8")
