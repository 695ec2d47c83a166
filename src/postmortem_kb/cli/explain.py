"""`postmortem explain`."""

from __future__ import annotations

import inspect

import click

from postmortem_kb.errors import UsageError
from postmortem_kb.rules import RULES
from postmortem_kb.words import nearest


@click.command("explain")
@click.argument("rule", required=False)
def command(rule: str | None) -> int:
    """Say why a RULE exists, with a failing and a passing example; without RULE, list all of them."""
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
