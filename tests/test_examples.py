"""The examples on a rule's page: what fails does fail, what stands under `Use instead` passes.

A fence `yaml` is frontmatter that takes the place of a small draft's keys, `markdown` its body, and `toml` the policy; a fence with
a path is a whole file. What no text can show is a fence `text`, and has its cases in `tests/rules/` or in the tests of the life cycle.
"""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest

from postmortem_kb.cli import main
from postmortem_kb.rules import RULES
from postmortem_kb.rules.rule import Rule, Scope

DRAFT = {
    "id": "id: x",
    "title": "title: Checkout was down",
    "status": "status: draft",
    "severity": "severity: P3",
    "timestamps": "timestamps:\n  started: 2026-03-04T09:00:00Z",
    "roles": 'roles:\n  author: "@maria"',
}
NEIGHBOUR = "\n".join(["---", "id: 2025-11-02-queue-full", *list(DRAFT.values())[1:], "---", ""])
BY_NATURE = {"encoding", "file-size", *(rule.NAME for rule in RULES if rule.SCOPE is Scope.CHANGE)}
"""Rules whose example no text can show."""
_FENCE = re.compile(r"^```(\w+(?: \S+)?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_KEY = re.compile(r"^([\w-]+):.*\n(?:(?:[ -].*)?\n)*", re.MULTILINE)


def part(rule: Rule, heading: str) -> dict[str, str]:
    page = inspect.cleandoc(rule.__doc__ or "")
    fenced = re.sub(
        r"^```.*?^```$", lambda match: match[0].replace("\n## ", "\n\0## "), page, flags=re.MULTILINE | re.DOTALL
    )
    parts = re.split(r"^## (.*)\n", fenced, flags=re.MULTILINE)
    text = dict(zip(parts[1::2], parts[2::2], strict=True))[heading].replace("\0", "")
    return dict(_FENCE.findall(text))


def findings(
    rule: Rule, fences: dict[str, str], root: Path, capsys: pytest.CaptureFixture[str], suppress: str = ""
) -> list[str]:
    keys = dict(DRAFT)
    for match in _KEY.finditer(fences.get("yaml", "")):
        keys[match[1]] = match[0].rstrip("\n")
    files = {name.split()[1]: text for name, text in fences.items() if " " in name}
    if not files:
        text = "---\n" + "\n".join(keys.values()) + "\n---\n\n" + fences.get("markdown", "")
        files = {"postmortems/x.md": text, "postmortems/2025-11-02-queue-full.md": NEIGHBOUR}
    if "toml" in fences:
        files["postmortem.toml"] = fences["toml"]
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        whole = text.replace("---\n", f"---\n{suppress}", 1) if text.startswith("---\n") else text
        (root / name).write_text(whole, encoding="utf-8")
    tidy = ["--select", rule.NAME] if rule.SCOPE is Scope.TIDY else []
    main(["--root", str(root), "check", "--format", "json", *tidy])
    report = json.loads(capsys.readouterr().out)
    return [
        f"{d['path']}:{d['line']}: {d['message']}"
        for d in report["diagnostics"]
        if d["rule"] == rule.NAME and "queue-full" not in d["path"]
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.NAME)
def test_the_example_fails_the_remedy_passes_and_a_reason_lets_it_stand(
    rule: Rule, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example, remedy = part(rule, "Example"), part(rule, "Use instead")
    assert example, "an example needs a fence"
    assert remedy, "a remedy needs a fence"
    assert ("text" in example) == (rule.NAME in BY_NATURE)
    if rule.NAME in BY_NATURE:
        return
    assert findings(rule, example, tmp_path / "example", capsys) != []
    assert findings(rule, remedy, tmp_path / "remedy", capsys) == []
    if rule.SCOPE is not Scope.SYNTAX:
        reason = f"suppress:\n  - rule: {rule.NAME}\n    reason: This is what the report says.\n"
        assert findings(rule, example, tmp_path / "reason", capsys, reason) == []
