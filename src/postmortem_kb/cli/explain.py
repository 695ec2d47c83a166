"""`postmortem explain`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from postmortem_kb.depth import markdown
from postmortem_kb.errors import UsageError
from postmortem_kb.key import all_keys, frontmatter_keys, in_markdown
from postmortem_kb.policy import Policy, default_policy, read_policy
from postmortem_kb.root import knowledge_base
from postmortem_kb.rules import RULES
from postmortem_kb.words import ALL_LISTED, nearest

_EXAMPLES = """\b
Examples:
  postmortem explain                   # the names of all rules
  postmortem explain timeline-order    # a rule
  postmortem explain action_items.due  # a key of the frontmatter
  postmortem explain --policy          # what is required here, and by when
"""


@click.command("explain", epilog=_EXAMPLES)
@click.argument("name", required=False)
@click.option("--policy", "table", is_flag=True, help="Show what each status and severity requires here.")
@click.pass_obj
def command(root: Path | None, name: str | None, table: bool) -> int:
    """Say why a rule exists, with a failing and a passing example, or what a key of the frontmatter means.

    NAME is that of a rule, or a dotted key; without it, all rules are listed.
    """
    if table and name is not None:
        raise UsageError(f"`--policy` shows all that is required here: leave out `{name}`, or the option")
    if table:
        lines = markdown(read_policy(knowledge_base(root)))
    elif name is None:
        lines = _list()
    else:
        lines = _explained(name, root)
    for line in lines:
        click.echo(line)
    return 0


def _list() -> Iterator[str]:
    width = max(len(rule.NAME) for rule in RULES)
    for rule in RULES:
        yield f"{rule.NAME:<{width}}  {inspect.cleandoc(rule.__doc__ or '').splitlines()[0]}"


def _explained(name: str, root: Path | None) -> Iterator[str]:
    rules = {rule.NAME: rule for rule in RULES}
    if name in rules:
        yield f"# {name}\n\n{inspect.cleandoc(rules[name].__doc__ or '')}"
        return
    keys = {key.name: key for key in all_keys(frontmatter_keys(_policy(root)))}
    if name not in keys:
        # A key of a block is known by its last part, too.
        guess = next((key for key in keys if key.endswith(f".{name}")), None) or nearest(name, (*rules, *keys))
        kind = "key" if guess in keys else "rule" if guess else "rule or key"
        raise UsageError(f"there is no {kind} `{name}`; " + (f"did you mean `{guess}`?" if guess else ALL_LISTED))
    yield from in_markdown(keys[name])


def _policy(root: Path | None) -> Policy:
    """That of the knowledge base; a key has a meaning outside of one, too."""
    try:
        return read_policy(knowledge_base(root))
    except UsageError:
        if root:
            raise
        return default_policy()
