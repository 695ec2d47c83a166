"""The program `postmortem`: each command is a module, imported only when it is called."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from pathlib import Path

import click

from postmortem_kb.errors import UsageError

COMMANDS = {
    "check": "Hold postmortems against the contract.",
    "explain": "Say why a rule exists, with examples, or what a key means.",
    "actions": "List action items: open, overdue, by owner, type and service.",
    "export": "Write the catalog as data, as tables, or as plain Markdown.",
    "stats": "Print the figures: times, completion, recurrence.",
    "similar": "Find the past incidents that are like a file or a text.",
    "build": "Build the site.",
    "serve": "Show the site while you write.",
}
"""The commands with their one-line help, so that `--help` imports none of them."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"postmortem_kb.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted:
        # Imported here: it takes longer than all of click.
        from importlib.metadata import version

        click.echo(f"postmortem, version {version('postmortem-kb')}")
        ctx.exit()


_EXAMPLES = """\b
Examples:
  postmortem check
  postmortem --root ../postmortems actions --overdue
"""


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXAMPLES)
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The knowledge base; default: the nearest folder upwards with postmortem.toml or postmortems/.",
)
@click.option("--version", is_flag=True, callback=_version, expose_value=False, is_eager=True, help="Show the version.")
@click.pass_context
def program(ctx: click.Context, root: Path | None) -> None:
    """Postmortems as Markdown in git: checked, related, followed up and published."""
    ctx.obj = root


def main(args: list[str] | None = None) -> int:
    """Run the program; the exit code is 0 (fine), 1 (findings) or 2 (wrong use, broken configuration)."""
    for stream in (sys.stdout, sys.stderr):
        # A file's name may hold bytes that no encoding prints.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        result = program.main(args, prog_name="postmortem", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        error.show()
        return 2
    except UsageError as error:
        for problem in error.problems:
            click.echo(f"postmortem: {problem}", err=True)
        return 2
    except click.Abort:
        return 130
    except BrokenPipeError:
        # The reader of our output went away, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def run() -> None:
    """The console script."""
    # A run is short and keeps what it reads: looking for garbage finds none and takes a quarter of the time.
    gc.disable()
    sys.exit(main())
