"""`postmortem build`."""

from __future__ import annotations

from pathlib import Path

import click

from postmortem_kb.audience import AUDIENCES, INTERNAL
from postmortem_kb.generator import run_mkdocs

_EXAMPLES = """\b
Examples:
  postmortem build                     # into site/
  postmortem build --site-dir public   # where GitLab Pages looks
  postmortem build -- --quiet --strict # for MkDocs
"""


@click.command("build", context_settings={"ignore_unknown_options": False}, epilog=_EXAMPLES)
@click.option(
    "--site-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that the site is written to, and that is emptied before; default: `site_dir` of mkdocs.yml.",
)
@click.option(
    "--audience",
    type=click.Choice(AUDIENCES),
    default=INTERNAL,
    show_default=True,
    help="Who reads the site; on the public one, nothing internal leaves a trace.",
)
@click.argument("mkdocs_options", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(root: Path | None, site_dir: Path | None, audience: str, mkdocs_options: tuple[str, ...]) -> int:
    """Build the site through MkDocs; options after `--` go to MkDocs."""
    options = ["--site-dir", str(site_dir.absolute())] if site_dir else []
    return run_mkdocs("build", root, [*options, *mkdocs_options], audience)
