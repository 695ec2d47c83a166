"""`postmortem build`."""

from __future__ import annotations

from pathlib import Path

import click

from postmortem_kb.audience import AUDIENCES, INTERNAL
from postmortem_kb.generator import run_mkdocs


@click.command("build", context_settings={"ignore_unknown_options": False})
@click.option("--site-dir", type=click.Path(file_okay=False, path_type=Path), help="Where the site is written.")
@click.option(
    "--audience",
    type=click.Choice(AUDIENCES),
    default=INTERNAL,
    help="Who reads it; the public sees no internal thing.",
)
@click.argument("mkdocs_options", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(root: Path | None, site_dir: Path | None, audience: str, mkdocs_options: tuple[str, ...]) -> int:
    """Build the site through MkDocs; options after `--` go to MkDocs."""
    options = ["--site-dir", str(site_dir.absolute())] if site_dir else []
    return run_mkdocs("build", root, [*options, *mkdocs_options], audience)
