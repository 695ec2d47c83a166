"""`postmortem export`."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from postmortem_kb.audience import AUDIENCES, INTERNAL
from postmortem_kb.clock import today
from postmortem_kb.errors import UsageError
from postmortem_kb.export import csv, folder, site
from postmortem_kb.generator import names_audience
from postmortem_kb.knowledge import Knowledge, read_knowledge
from postmortem_kb.paths import path_text
from postmortem_kb.policy import read_policy
from postmortem_kb.root import knowledge_base


@click.command("export")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["json", "csv", "markdown"]),
    default="json",
    show_default=True,
    help="Data with its schemas, tables, or pages that another generator can build.",
)
@click.option(
    "--audience",
    type=click.Choice(AUDIENCES),
    default=INTERNAL,
    show_default=True,
    help="Who reads it; for the public, nothing internal leaves a trace.",
)
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@click.pass_context
def command(context: click.Context, format_: str, audience: str, target: Path) -> int:
    """Write the catalog into a folder, as data or as plain Markdown with index pages.

    DIR is made where it is missing. One that holds anything else than an earlier export is left as it is.
    """
    base = knowledge_base(context.obj)
    if context.get_parameter_source("audience") is ParameterSource.DEFAULT and names_audience(base):
        raise UsageError(
            "mkdocs.yml names the `audience` of the site, which an export does not follow: say who reads this one, "
            "with `--audience public` or `--audience internal`"
        )
    knowledge = read_knowledge(base, read_policy(base), today(), audience=audience)
    for path, reason in knowledge.left_out.items():
        click.echo(path_text(f"{path} is left out: {reason}"), err=True)
    files = _files(format_, knowledge)
    folder.write(target, files, base)
    click.echo(f"{len(files)} file{'' if len(files) == 1 else 's'} in {target}")
    return 0


def _files(format_: str, knowledge: Knowledge) -> dict[str, str | Path]:
    if format_ == "json":
        return {name.removeprefix("api/"): "".join(make()) for name, make in site.data_files(knowledge).items()}
    if format_ == "csv":
        return dict(csv.files(knowledge))
    # Imported here: it brings the templates and the code that colours code.
    from postmortem_kb.export import markdown

    return markdown.files(knowledge)
