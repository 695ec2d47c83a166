"""From draft to reviewed to closed in a real git repository, and every step that is none."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from postmortem_kb.cli import main

Run = Callable[..., subprocess.CompletedProcess[str]]

REVIEWED = """\
---
id: pool-full
title: The pool was full
status: reviewed
severity: P3
kind: outage
summary: Orders failed for an hour, because the pool of connections was full.
services: [checkout]
timestamps:
  started: 2026-03-04T09:00:00Z
  detected: 2026-03-04T09:05:00Z
  resolved: 2026-03-04T10:00:00Z
roles:
  author: "@maria"
sign_offs:
  - by: "@kim"
    role: service owner
    on: 2026-03-06
published: 2026-03-07
impact:
  customers: Nobody could order.
root_causes:
  - id: RC1
    category: capacity
    statement: The pool was sized by hand.
action_items:
  - id: A1
    action: Size the pool by its load
    type: prevent
    owner: "@maria"
    priority: P1
    status: todo
    due: 2026-04-01
    ticket: SHOP-1
    addresses: [RC1]
---

## Timeline

| Time | Event |
| --- | --- |
| 09:00 | Orders fail |
| 10:00 | The pool is larger |

## What Happened

The pool was full.

## Root Cause

It was sized by hand.

## Lessons Learned

Size pools by their load.
"""
DRAFT = REVIEWED.replace("status: reviewed", "status: draft")
DONE = "    status: done\n    completed: 2026-03-20\n    evidence: [https://git.example.com/shop/pull/12]\n"
CLOSED = REVIEWED.replace("status: reviewed", "status: closed").replace("    status: todo\n", DONE)
FILE = "postmortems/pool-full.md"
IGNORED = ("--ignore", "deadline", "--ignore", "possible-recurrence")
"""What depends on the day, and what compares incidents: `test_similar.py` has it."""


@dataclass(frozen=True)
class Repository:
    folder: Path
    run: Run
    capsys: pytest.CaptureFixture[str]

    def git(self, *arguments: str) -> str:
        return self.run(["git", *arguments], self.folder).stdout.strip()

    def write(self, text: str, name: str = FILE) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def commit(self, text: str | None = None, name: str = FILE) -> str:
        if text is not None:
            self.write(text, name)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A step")
        return self.git("rev-parse", "HEAD")

    def check(self, *options: str) -> tuple[int, list[str]]:
        code = main(["--root", str(self.folder), "check", *IGNORED, "--format", "json", *options])
        captured = self.capsys.readouterr()
        if code == 2:
            return code, captured.err.splitlines()
        report = json.loads(captured.out)
        return code, [f"{d['path']}:{d['line']}: {d['rule']}" for d in report["diagnostics"]]


@pytest.fixture
def repository(tmp_path: Path, run: Run, capsys: pytest.CaptureFixture[str], environment: dict[str, str],
               monkeypatch: pytest.MonkeyPatch) -> Repository:  # fmt: skip
    for name, value in environment.items():
        if name.startswith("GIT_"):
            monkeypatch.setenv(name, value)
    folder = tmp_path / "shop"
    folder.mkdir()
    found = Repository(folder, run, capsys)
    found.git("init", "--quiet", "--initial-branch", "main")
    return found


def test_a_postmortem_walks_from_draft_to_closed(repository: Repository) -> None:
    base = repository.commit(DRAFT)
    for text in (REVIEWED, DRAFT, REVIEWED, CLOSED):
        repository.write(text)
        assert repository.check("--since", base) == (0, [])
        base = repository.commit()
    assert repository.check("--since", "HEAD") == (0, [])


def changed(text: str, before: str, after: str) -> str:
    assert text.count(before) >= 1, before
    return text.replace(before, after, 1)


FORBIDDEN: dict[str, tuple[str, str | None, str, int]] = {
    "from draft to closed": (DRAFT, CLOSED, "status-transition", 4),
    "from closed back to reviewed": (CLOSED, changed(CLOSED, "status: closed", "status: reviewed"), "status-transition", 4),
    "from closed back to draft": (CLOSED, changed(CLOSED, "status: closed", "status: draft"), "status-transition", 4),
    "closing with an open action": (
        REVIEWED, changed(REVIEWED, "status: reviewed", "status: closed"), "closed-with-open-actions", 32,
    ),
    "reviewing without a sign-off": (
        DRAFT, changed(REVIEWED, 'sign_offs:\n  - by: "@kim"\n    role: service owner\n    on: 2026-03-06\n', ""), "schema", 1,
    ),
    "reviewing with the author's sign-off alone": (DRAFT, changed(REVIEWED, '"@kim"', '"@maria"'), "sign-off", 15),
    "another id": (DRAFT, changed(DRAFT, "id: pool-full", "id: pool-was-full"), "id-changed", 2),
    "deleting a reviewed one": (REVIEWED, None, "deleted-postmortem", 1),
    "deleting a closed one": (CLOSED, None, "deleted-postmortem", 1),
    "another title when closed": (CLOSED, changed(CLOSED, "The pool was full\n", "It was DNS\n"), "closed-edit", 3),
    "another severity when closed": (CLOSED, changed(CLOSED, "P3", "P4"), "closed-edit", 5),
    "another summary when closed": (CLOSED, changed(CLOSED, "for an hour", "for a day"), "closed-edit", 7),
    "other timestamps when closed": (CLOSED, changed(CLOSED, "10:00:00Z", "11:00:00Z"), "closed-edit", 9),
    "another cause when closed": (CLOSED, changed(CLOSED, "sized by hand", "too small"), "closed-edit", 22),
    "a key taken away when closed": (CLOSED, changed(CLOSED, "kind: outage\n", ""), "closed-edit", 1),
    "another timeline when closed": (CLOSED, changed(CLOSED, "| 10:00 |", "| 10:30 |"), "closed-edit", 45),
    "another text when closed": (CLOSED, changed(CLOSED, "The pool was full.\n\n##", "It was DNS.\n\n##"), "closed-edit", 49),
    "a longer text when closed": (CLOSED, f"{CLOSED}\n## Appendix\n\nMore.\n", "closed-edit", 59),
    "an action of a closed one opened again": (
        CLOSED, changed(CLOSED, DONE, "    status: todo\n"), "closed-with-open-actions", 32,
    ),
}  # fmt: skip


@pytest.mark.parametrize("step", FORBIDDEN)
def test_a_forbidden_step_is_refused_with_its_rule_and_line(step: str, repository: Repository) -> None:
    before, after, rule, line = FORBIDDEN[step]
    repository.commit(before)
    if after is None:
        (repository.folder / FILE).unlink()
    else:
        repository.write(after)
    code, found = repository.check("--since", "HEAD")
    assert code == 1
    assert f"{FILE}:{line}: {rule}" in found


def test_a_new_postmortem_does_not_begin_as_closed(repository: Repository) -> None:
    repository.commit(DRAFT)
    repository.write(changed(CLOSED, "id: pool-full", "id: other"), "postmortems/other.md")
    assert repository.check("--since", "HEAD") == (1, ["postmortems/other.md:4: status-transition"])


def test_an_old_postmortem_begins_as_reviewed_and_is_closed_by_the_next_pull_request(repository: Repository) -> None:
    base = repository.commit(DRAFT)
    repository.write(
        changed(CLOSED, "id: pool-full", "id: old").replace("status: closed", "status: reviewed"), "postmortems/old.md"
    )
    assert repository.check("--since", base) == (0, [])
    base = repository.commit()
    repository.write(changed(CLOSED, "id: pool-full", "id: old"), "postmortems/old.md")
    assert repository.check("--since", base) == (0, [])


ADDED = '[words]\nstatus = ["archived", "withdrawn"]\n'


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (CLOSED, changed(CLOSED, "for an hour", "for a day"), [f"{FILE}:7: closed-edit"]),
        (CLOSED, changed(CLOSED, "status: closed", "status: archived"), [f"{FILE}:4: status-transition"]),
        (changed(DRAFT, "status: draft", "status: archived"), CLOSED, [f"{FILE}:4: status-transition"]),
        (DRAFT, CLOSED, [f"{FILE}:4: status-transition"]),
        (REVIEWED, CLOSED, []),
        (DRAFT, changed(DRAFT, "status: draft", "status: archived"), []),
        (REVIEWED, changed(REVIEWED, "status: reviewed", "status: withdrawn"), []),
        (changed(DRAFT, "status: draft", "status: withdrawn"), REVIEWED, []),
        (changed(DRAFT, "status: draft", "status: archived"), changed(DRAFT, "status: draft", "status: withdrawn"), []),
    ],
)
def test_an_added_status_takes_nothing_from_the_life_cycle(
    before: str, after: str, found: list[str], repository: Repository
) -> None:
    repository.write(ADDED, "postmortem.toml")
    repository.commit(before)
    repository.write(after)
    assert repository.check("--since", "HEAD") == (1 if found else 0, found)


def test_a_new_postmortem_does_not_begin_as_closed_where_a_status_is_added(repository: Repository) -> None:
    repository.write(ADDED, "postmortem.toml")
    repository.commit(DRAFT)
    repository.write(changed(CLOSED, "id: pool-full", "id: other"), "postmortems/other.md")
    assert repository.check("--since", "HEAD") == (1, ["postmortems/other.md:4: status-transition"])


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (CLOSED, changed(CLOSED, "status: closed", "status: archived"), "`closed` is the end."),
        (DRAFT, CLOSED, "From `draft` it goes to `reviewed`."),
        (
            changed(DRAFT, "status: draft", "status: archived"),
            CLOSED,
            "From `archived` it goes to `draft` or `reviewed`.",
        ),
    ],
)
def test_the_help_names_steps_that_are_allowed(before: str, after: str, told: str, repository: Repository) -> None:
    repository.write(ADDED, "postmortem.toml")
    repository.commit(before)
    repository.write(after)
    main(["--root", str(repository.folder), "check", "--since", "HEAD", "--select", "status-transition"])
    assert told in repository.capsys.readouterr().out


def test_a_renamed_postmortem_keeps_its_id(repository: Repository) -> None:
    repository.commit(REVIEWED)
    repository.git("mv", FILE, "postmortems/renamed.md")
    repository.write(changed(REVIEWED, "id: pool-full", "id: renamed"), "postmortems/renamed.md")
    assert repository.check("--since", "HEAD") == (1, ["postmortems/renamed.md:2: id-changed"])


def test_a_renamed_draft_keeps_its_id_too_and_nobody_has_staged_it(repository: Repository) -> None:
    repository.commit(DRAFT)
    (repository.folder / FILE).unlink()
    repository.write(changed(DRAFT, "id: pool-full", "id: renamed"), "postmortems/renamed.md")
    assert repository.check("--since", "HEAD") == (1, ["postmortems/renamed.md:2: id-changed"])


@pytest.mark.parametrize("text", [DRAFT, REVIEWED, CLOSED])
def test_a_file_may_move_to_another_folder(text: str, repository: Repository) -> None:
    repository.commit(text)
    (repository.folder / FILE).unlink()
    repository.write(text, "postmortems/2026/pool-full.md")
    assert repository.check("--since", "HEAD") == (0, [])


def test_a_moved_file_is_still_held_to_what_it_was(repository: Repository) -> None:
    repository.commit(CLOSED)
    (repository.folder / FILE).unlink()
    repository.write(changed(CLOSED, "title: The pool", "title: A pool"), "postmortems/2026/pool-full.md")
    assert repository.check("--since", "HEAD") == (1, ["postmortems/2026/pool-full.md:3: closed-edit"])


def test_a_draft_may_be_deleted(repository: Repository) -> None:
    repository.commit(DRAFT)
    (repository.folder / FILE).unlink()
    assert repository.check("--since", "HEAD") == (0, [])


def test_the_last_postmortem_with_its_folder_is_missed(repository: Repository) -> None:
    repository.write("", "postmortem.toml")
    repository.commit(REVIEWED)
    (repository.folder / FILE).unlink()
    (repository.folder / "postmortems").rmdir()
    assert repository.check("--since", "HEAD") == (1, [f"{FILE}:1: deleted-postmortem"])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tags", "tags: [pool]\n"),
        ("links", "links:\n  - {title: Report, url: 'https://example.com', kind: report}\n"),
        ("visibility", "visibility: public\n"),
        ("suppress", "suppress:\n  - {rule: deadline, reason: The vendor was late.}\n"),
    ],
)
def test_some_keys_of_a_closed_postmortem_stay_free(before: str, after: str, repository: Repository) -> None:
    repository.commit(CLOSED)
    repository.write(changed(CLOSED, "services:", f"{after}services:"))
    assert repository.check("--since", "HEAD") == (0, []), before


RISK = "    statement: The pool was sized by hand.\n    accepted_risk: {{reason: {0}, by: '@maria', until: {1}}}\n"
STATED = "    statement: The pool was sized by hand.\n"
ACCEPTED = changed(CLOSED, STATED, RISK.format("The pool goes in June.", "2026-04-01"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ACCEPTED, changed(CLOSED, STATED, RISK.format("It goes with the old contract.", "2999-12-31"))),
        (ACCEPTED, CLOSED),
        (CLOSED, changed(CLOSED, STATED, RISK.format("It goes with the old contract.", "2999-12-31"))),
    ],
    ids=["a new day", "an action in its place", "a first time"],
)
def test_the_risk_of_a_closed_postmortem_may_be_decided_anew(before: str, after: str, repository: Repository) -> None:
    repository.commit(before)
    repository.write(after)
    assert repository.check("--since", "HEAD") == (0, [])


def test_a_risk_that_runs_out_in_an_untouched_file_stops_nobody(repository: Repository) -> None:
    repository.commit(ACCEPTED)
    assert repository.check("--since", "HEAD") == (0, [f"{FILE}:26: risk-expired"])


def test_with_a_new_risk_the_cause_stays_as_it_was(repository: Repository) -> None:
    repository.commit(ACCEPTED)
    new = RISK.format("It goes with the old contract.", "2999-12-31")
    repository.write(changed(CLOSED, STATED, changed(new, "sized by hand", "too small")))
    assert repository.check("--since", "HEAD") == (1, [f"{FILE}:22: closed-edit"])


OTHER = changed(CLOSED, "id: pool-full", "id: other")
LINKED = """\
It was sized by hand: see [`other.md`](other.md#root-cause), ![the pool](pool.png "Its size") and [the notes][1].

[1]: <notes on pools.txt>
"""
LINKING = changed(CLOSED, "It was sized by hand.\n", LINKED)
YEAR = "postmortems/2026/pool-full.md"


def moved(text: str) -> str:
    """The text with the links that it needs in the folder of a year."""
    for name in ("(other.md", "(pool.png", "<notes on"):
        text = changed(text, name, f"{name[0]}../{name[1:]}")
    return text


def linked(repository: Repository) -> None:
    """A closed postmortem that links another one, a picture and a file beside it."""
    repository.commit(OTHER, "postmortems/other.md")
    repository.write("", "postmortems/pool.png")
    repository.write("", "postmortems/notes on pools.txt")
    repository.commit(LINKING)


def test_the_links_of_a_closed_postmortem_follow_it_to_another_folder(repository: Repository) -> None:
    linked(repository)
    repository.git("mv", "--", FILE, "postmortems/moved.md")
    (repository.folder / "postmortems" / "2026").mkdir()
    repository.git("mv", "--", "postmortems/moved.md", YEAR)
    code, found = repository.check("--since", "HEAD", "--select", "broken-link", "--select", "closed-edit")
    assert (code, len(found)) == (1, 3)
    repository.write(moved(LINKING), YEAR)
    assert repository.check("--since", "HEAD") == (0, [])


def test_a_link_follows_the_other_postmortem_to_its_folder(repository: Repository) -> None:
    linked(repository)
    (repository.folder / "postmortems" / "2026").mkdir()
    repository.git("mv", "postmortems/other.md", "postmortems/2026/other.md")
    repository.write(changed(LINKING, "(other.md", "(./2026/other.md"))
    assert repository.check("--since", "HEAD") == (0, [])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(../other.md", "(../pool-full.md"),
        ("#root-cause", "#what-happened"),
        ("(../pool.png", "(../pool.png?v=2"),
        ("(../pool.png", "(../2026/pool.png"),
        ('"Its size"', '"Its age"'),
        ("by hand: see", "by chance: see"),
        ("`other.md`", "`../other.md`"),
        ("<../notes on", "<../other notes on"),
    ],
)
def test_beside_a_link_that_follows_nothing_else_may_change(before: str, after: str, repository: Repository) -> None:
    linked(repository)
    (repository.folder / FILE).unlink()
    repository.write(changed(moved(LINKING), before, after), YEAR)
    code, found = repository.check("--since", "HEAD", "--select", "closed-edit")
    assert (code, len(found)) == (1, 1)


def test_an_address_that_is_none_stops_no_comparison(repository: Repository) -> None:
    odd = changed(CLOSED, "It was sized by hand.", "See [1](//[x), [2](http://[y) and [3](?), by hand.")
    repository.commit(odd)
    repository.write(changed(odd, ", by hand.", ", by chance."))
    assert repository.check("--since", "HEAD", "--select", "closed-edit") == (1, [f"{FILE}:53: closed-edit"])


TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2
KEY = TOKEN[:40]
LEAKING = changed(
    changed(CLOSED, "for an hour", f"for an hour (token={KEY})"),
    "It was sized by hand.",
    f"curl -H 'token: {KEY}' $HOST",
)


@pytest.mark.parametrize("blank", ["***", "$TOKEN"])
def test_a_secret_in_a_closed_postmortem_may_be_struck_out(blank: str, repository: Repository) -> None:
    repository.commit(LEAKING)
    assert repository.check("--since", "HEAD") == (1, [f"{FILE}:7: secret", f"{FILE}:53: secret"])
    repository.write(LEAKING.replace(KEY, blank))
    assert repository.check("--since", "HEAD") == (0, [])


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("for an hour (token=***)", "for a day (token=***)", 7),
        ("(token=***)", "(token=it was somebody else)", 7),
        ("(token=***)", "", 7),
        ("token: ***' $HOST", "token: ***' ***", 53),
        ("curl -H", "wget -H", 53),
        ("token: ***'", "token: *** and more'", 53),
    ],
)
def test_beside_a_secret_nothing_else_may_change(before: str, after: str, line: int, repository: Repository) -> None:
    repository.commit(LEAKING)
    repository.write(changed(LEAKING.replace(KEY, "***"), before, after))
    assert repository.check("--since", "HEAD") == (1, [f"{FILE}:{line}: closed-edit"])


@pytest.mark.parametrize(("word", "found"), [("SEV3", []), ("SEV4", [f"{FILE}:5: closed-edit"])])
def test_a_renamed_severity_is_no_change(word: str, found: list[str], repository: Repository) -> None:
    repository.commit(CLOSED)
    repository.write('[severities]\nP3 = "SEV3"\nP4 = "SEV4"\n', "postmortem.toml")
    repository.write(changed(CLOSED, "P3", word))
    assert repository.check("--since", "HEAD") == (1 if found else 0, found)


def test_a_service_that_has_another_name_today_says_why_it_changed_or_stays(repository: Repository) -> None:
    repository.commit(CLOSED)
    repository.write('[services]\nnames = ["shop"]\n', "postmortem.toml")
    renamed, reason = changed(CLOSED, "[checkout]", "[shop]"), "    reason: Checkout is a part of shop today.\n"
    assert repository.check("--since", "HEAD") == (1, [f"{FILE}:8: unknown-service"])
    repository.write(renamed)
    assert repository.check("--since", "HEAD") == (1, [f"{FILE}:8: closed-edit"])
    for text, rule in ((renamed, "closed-edit"), (CLOSED, "unknown-service")):
        said = f"suppress:\n  - rule: {rule}\n    key: services\n{reason}"
        repository.write(changed(text, "services:", f"{said}services:"))
        assert repository.check("--since", "HEAD") == (0, [])


def test_white_space_at_its_end_does_not_change_a_closed_postmortem(repository: Repository) -> None:
    repository.commit(CLOSED)
    repository.write(f"{CLOSED}\n\n")
    assert repository.check("--since", "HEAD") == (0, [])


def test_a_reason_lets_an_edit_of_a_closed_postmortem_stand(repository: Repository) -> None:
    repository.commit(CLOSED)
    reason = "suppress:\n  - rule: closed-edit\n    key: summary\n    reason: A customer's name stood in the summary.\n"
    repository.write(changed(changed(CLOSED, "for an hour", "for a while"), "services:", f"{reason}services:"))
    assert repository.check("--since", "HEAD") == (0, [])


def test_what_others_did_on_the_base_branch_is_no_change_of_this_one(repository: Repository) -> None:
    repository.commit(DRAFT)
    repository.git("switch", "--quiet", "--create", "topic")
    repository.git("switch", "--quiet", "main")
    repository.commit(changed(CLOSED, "id: pool-full", "id: other"), "postmortems/other.md")
    repository.git("switch", "--quiet", "topic")
    assert repository.check("--since", "main") == (0, [])


def test_without_since_the_life_cycle_is_not_asked(repository: Repository) -> None:
    repository.commit(CLOSED)
    repository.write(REVIEWED)
    assert repository.check() == (0, [])


def test_the_check_leaves_the_index_and_the_objects_as_they_are(repository: Repository) -> None:
    repository.commit(DRAFT)
    repository.write(REVIEWED)
    before = (repository.git("status", "--porcelain"), repository.git("count-objects", "-v"))
    repository.check("--since", "HEAD")
    assert (repository.git("status", "--porcelain"), repository.git("count-objects", "-v")) == before


def test_a_knowledge_base_in_a_folder_is_compared_with_itself(repository: Repository) -> None:
    repository.commit(REVIEWED, f"handbook/{FILE}")
    (repository.folder / "handbook" / FILE).unlink()
    code = main(["--root", str(repository.folder / "handbook"), "check", "--since", "HEAD", "--format", "json"])
    report = json.loads(repository.capsys.readouterr().out)
    assert (code, [d["path"] for d in report["diagnostics"]]) == (1, [FILE])


def test_an_unknown_ref_is_wrong_use(repository: Repository) -> None:
    repository.commit(DRAFT)
    code, told = repository.check("--since", "nowhere")
    assert code == 2
    assert "git knows no such commit" in told[0]


@pytest.mark.parametrize("ref", ["", " "])
def test_an_empty_ref_is_wrong_use(ref: str, repository: Repository) -> None:
    """A variable of CI that is not set must not switch the life cycle off."""
    repository.commit(DRAFT)
    code, told = repository.check("--since", ref)
    assert code == 2
    assert "`--since` is empty" in told[0]


def test_a_folder_of_postmortems_that_is_gone_is_missed(repository: Repository) -> None:
    repository.commit(REVIEWED)
    (repository.folder / FILE).unlink()
    (repository.folder / FILE).parent.rmdir()
    assert repository.check("--since", "HEAD")[0] == 1


def test_an_option_is_no_ref(repository: Repository) -> None:
    repository.commit(DRAFT)
    assert repository.check("--since", "--output=x")[0] == 2
    assert not (repository.folder / "x").exists()


def test_a_folder_without_git_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "postmortems").mkdir()
    assert main(["--root", str(tmp_path), "check", "--since", "HEAD"]) == 2
    assert "needs a git repository" in capsys.readouterr().err


def test_a_repository_of_somebody_else_is_none_that_is_missing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit(DRAFT)
    # Nothing is excepted, and git takes every repository for that of another user.
    monkeypatch.setenv("GIT_CONFIG_COUNT", "0")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    code, told = repository.check("--since", "HEAD")
    assert code == 2
    assert told[0].startswith("postmortem: `--since` needs what git knows, and git refuses: ")
    assert told[-1].strip() == f"git config --global --add safe.directory {repository.folder}"


def test_a_shallow_clone_says_what_to_fetch(repository: Repository, tmp_path: Path, run: Run) -> None:
    first = repository.commit(DRAFT)
    repository.commit(REVIEWED)
    clone = tmp_path / "clone"
    run(["git", "clone", "--quiet", "--depth", "1", f"file://{repository.folder}", clone], tmp_path)
    assert main(["--root", str(clone), "check", "--since", first]) == 2
    assert "fetch-depth: 0" in repository.capsys.readouterr().err


def test_unrelated_histories_are_named(repository: Repository) -> None:
    repository.commit(DRAFT)
    repository.git("switch", "--quiet", "--orphan", "other")
    repository.commit(REVIEWED)
    code, told = repository.check("--since", "main")
    assert code == 2
    assert "the histories are unrelated" in told[0]


def test_a_broken_file_is_reported_and_not_compared(repository: Repository) -> None:
    repository.commit(CLOSED)
    repository.write("---\nid: [\n---\n")
    assert repository.check("--since", "HEAD") == (1, [f"{FILE}:3: frontmatter-syntax"])


def test_what_the_check_itself_mends_is_held_against_the_ref_at_once(repository: Repository) -> None:
    repository.commit(changed(CLOSED, "severity:", "serverity:"))
    assert repository.check("--since", "HEAD", "--fix") == repository.check("--since", "HEAD")


LATE = "--select", "deadline"


@pytest.mark.parametrize("name", ["postmortems/2026/pool-full.md", "postmortems/größe.md"])
@pytest.mark.parametrize(("written", "late"), [("2026-03-05T12:00:00Z", 0), ("2026-03-08T12:00:00Z", 2), ("", 5)])
def test_a_draft_is_late_by_when_it_was_written_however_long_its_review_takes(
    name: str, written: str, late: int, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1773230400")
    repository.commit("other", "README.md")
    text = changed(DRAFT, "id: pool-full", f"id: {Path(name).stem}")
    repository.git("checkout", "--quiet", "-b", "draft")
    repository.write(text, name)
    if written:
        repository.commit()
        repository.git("commit", "--quiet", "--amend", "--no-edit", "--date", written)
        repository.commit(text.replace("The pool was full.", "It was full."), name)
    main(["--root", str(repository.folder), "check", *LATE, "--since", "main"])
    told = repository.capsys.readouterr().out
    assert ("later than a draft" in told) == bool(late)
    assert f"The draft comes {late} days later" in told or not late


def test_a_closed_postmortem_is_not_tidied(repository: Repository) -> None:
    untidy = changed(CLOSED, "| --- | --- |", "|---|---|").replace("The pool was full.", "The pool was full.   ")
    repository.commit(untidy)
    for options in ((), ("--since", "HEAD")):
        assert repository.check("--fix", *options) == (0, [])
        assert (repository.folder / FILE).read_text(encoding="utf-8") == untidy
    # One that this branch closes is.
    repository.commit(changed(untidy, "status: closed", "status: reviewed"))
    repository.write(untidy)
    assert repository.check("--fix", "--since", "HEAD") == (0, [])
    assert (repository.folder / FILE).read_text(encoding="utf-8") == CLOSED


def test_a_file_that_was_renamed_keeps_its_id_when_it_is_mended(repository: Repository) -> None:
    repository.commit(DRAFT)
    repository.git("mv", FILE, "postmortems/other.md")
    assert repository.check("--fix", "--since", "HEAD") == (1, ["postmortems/other.md:2: filename"])
    assert (repository.folder / "postmortems" / "other.md").read_text(encoding="utf-8") == DRAFT
