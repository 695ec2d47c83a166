"""The cases of the rules: documents with their findings, in `rules/<rule>.md`.

A level-2 heading says the behaviour. Below it, a fence `markdown PATH` or `toml postmortem.toml` is a file of the
knowledge base, and the fence `findings` holds everything that the rule has to say of it, a line each:
`path:line:column severity message`. In a fence `findings help` each is followed by its help, indented. A fence `day` holds the
day of the check, where the rule looks at it.
"""

from __future__ import annotations

import datetime as dt
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


def findings(root: Path, rule: str, capsys: pytest.CaptureFixture[str], *, help: bool) -> list[str]:
    code = main(["--root", str(root), "check", "--select", rule, "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    assert code == (1 if report["summary"]["errors"] else 0)
    assert {diagnostic["rule"] for diagnostic in report["diagnostics"]} <= {rule}
    told = "{path}:{line}:{column} {severity} {message}" + ("\n  {help}" if help else "")
    return [line for d in report["diagnostics"] for line in told.format(**d).split("\n")]


@pytest.mark.parametrize(("rule", "body"), list(cases()))
def test_case(
    rule: str, body: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, help = None, False
    (tmp_path / "postmortems").mkdir()
    for _, kind, name, text in _FENCE.findall(body):
        if kind == "findings":
            expected, help = text.splitlines(), name == "help"
        elif kind == "day":
            noon = dt.datetime.fromisoformat(f"{text.strip()}T12:00:00Z")
            monkeypatch.setenv("SOURCE_DATE_EPOCH", f"{noon.timestamp():.0f}")
        else:
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    assert expected is not None, "a case needs a fence `findings`"
    assert findings(tmp_path, rule, capsys, help=help) == expected
