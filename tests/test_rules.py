"""The cases of the rules: documents with their findings, in `rules/<rule>.md`.

A level-2 heading says the behaviour. Below it, a fence `markdown PATH` or `toml postmortem.toml` is a file of the
knowledge base, and the fence `findings` holds everything that the rule has to say of it, a line each:
`path:line:column severity message`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from postmortem_kb.cli import main

CASES = Path(__file__).parent / "rules"
_CASE = re.compile(r"^## (.+)\n((?:(?!^## |^`{3,}).*\n|^(`{3,}).*\n(?:.*\n)*?\3\n)*)", re.MULTILINE)
_FENCE = re.compile(r"^(`{3,})(\w+) ?(\S*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


def cases() -> Iterator[object]:
    for file in sorted(CASES.glob("*.md")):
        for heading, body, _ in _CASE.findall(file.read_text(encoding="utf-8")):
            yield pytest.param(file.stem, body, id=f"{file.stem}: {heading}")


def findings(root: Path, rule: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    code = main(["--root", str(root), "check", "--select", rule, "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    assert code == (1 if report["summary"]["errors"] else 0)
    assert {diagnostic["rule"] for diagnostic in report["diagnostics"]} <= {rule}
    return ["{path}:{line}:{column} {severity} {message}".format(**d) for d in report["diagnostics"]]


@pytest.mark.parametrize(("rule", "body"), list(cases()))
def test_case(rule: str, body: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = None
    (tmp_path / "postmortems").mkdir()
    for _, kind, name, text in _FENCE.findall(body):
        if kind == "findings":
            expected = text.splitlines()
        else:
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    assert expected is not None, "a case needs a fence `findings`"
    assert findings(tmp_path, rule, capsys) == expected
