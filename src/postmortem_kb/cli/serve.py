"""`postmortem serve`."""

from __future__ import annotations

from pathlib import Path

import click

from postmortem_kb.generator import run_mkdocs


@click.command("serve")
@click.argument("mkdocs_options", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(root: Path | None, mkdocs_options: tuple[str, ...]) -> int:
    """Show the site while you write; options after `--` go to MkDocs."""
    return run_mkdocs("serve", root, list(mkdocs_options))
