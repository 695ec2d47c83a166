"""`postmortem serve`."""

from __future__ import annotations

from pathlib import Path

import click

from postmortem_kb.generator import run_mkdocs

_EXAMPLES = """\b
Examples:
  postmortem serve
  postmortem serve -- --dev-addr 127.0.0.1:9000
"""


@click.command("serve", epilog=_EXAMPLES)
@click.argument("mkdocs_options", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(root: Path | None, mkdocs_options: tuple[str, ...]) -> int:
    """Show the site while you write, and build it again when a file changes; options after `--` go to MkDocs."""
    return run_mkdocs("serve", root, list(mkdocs_options))
