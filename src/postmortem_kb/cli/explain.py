"""`postmortem explain`."""

from __future__ import annotations

import inspect
from pathlib import Path

import click

from postmortem_kb.depth import markdown
from postmortem_kb.errors import UsageError
from postmortem_kb.policy import read_policy
from postmortem_kb.root import find_root
from postmortem_kb.rules import RULES
from postmortem_kb.words import nearest


@click.command("explain")
@click.argument("rule", required=False)
@click.option("--policy", "table", is_flag=True, help="Show what each status and severity requires here.")
@click.pass_obj
def command(root: Path | None, rule: str | None, table: bool) -> int:
    """Say why a RULE exists, with a failing and a passing example; without RULE, list all of them."""
    if table:
        for line in markdown(read_policy(root or find_root(Path.cwd()))):
            click.echo(line)
        return 0
    known = {candidate.NAME: candidate for candidate in RULES}
    if rule is None:
        width = max(map(len, known))
        for name, candidate in known.items():
            click.echo(f"{name:<{width}}  {inspect.cleandoc(candidate.__doc__ or '').splitlines()[0]}")
        return 0
    if rule not in known:
        guess = nearest(rule, known)
        raise UsageError(f"there is no rule `{rule}`" + (f"; did you mean `{guess}`?" if guess else ""))
    click.echo(f"# {rule}\n\n{inspect.cleandoc(known[rule].__doc__ or '')}")
    return 0
