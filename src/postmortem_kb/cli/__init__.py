"""The program `postmortem`: each command is a module, imported only when it is called."""

from __future__ import annotations

import gc
import os
import sys
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

import click

from postmortem_kb.errors import INTERRUPTED, UsageError
from postmortem_kb.words import was_meant

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


class Day(click.DateTime):
    """A day as an option takes it: `2026-03-04`."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The day as a moment without a zone."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"`{value}` is no day: write YYYY-MM-DD, such as 2026-03-04.", param, ctx)


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"postmortem_kb.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"There is no command `{args[0]}`.{was_meant(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

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
    """Run the program; the exit code is 0 (fine), 1 (findings), 2 (wrong use, broken configuration, no place to write) or 130 (interrupted)."""
    # Whoever closed it would find what it tells in the next file that is opened.
    silenced = _stand_in("stdout", 1)
    _stand_in("stderr", 2)
    for stream in (sys.stdout, sys.stderr):
        # A file's name may hold bytes that no encoding prints.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if silenced:
        return _refuse("standard output is closed: for no output, write `> /dev/null`")
    try:
        return _run(args)
    except BrokenPipeError:
        # The reader of our output went away, as `head` does.
        _drop(sys.stdout)
        return 1
    except OSError as error:
        # A full disk, a folder that may not be written: that is the machine's answer, and no fault of the program.
        _drop(sys.stdout)
        return _refuse(f"{error.filename or 'the output cannot be written'}: {error.strerror or error}")


def _run(args: list[str] | None) -> int:
    try:
        result = program.main(args, prog_name="postmortem", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        _hinting(error).show()
        return 2
    except UsageError as error:
        return _refuse(*error.problems)
    except click.Abort:
        return INTERRUPTED


_OF_MKDOCS = ("build", "serve")
"""The commands that hand options on to MkDocs."""


def _hinting(error: click.ClickException) -> click.ClickException:
    """The error; where an option is one of the program, or of MkDocs, one that says where that belongs."""
    if isinstance(error, click.NoSuchOption) and error.option_name == "--root" and error.ctx:
        told = f"`--root` stands before the command: `postmortem --root DIR {error.ctx.info_name}`."
        return click.UsageError(told, error.ctx)
    if (
        isinstance(error, click.NoSuchOption)
        and error.ctx
        and error.ctx.info_name in _OF_MKDOCS
        and not error.possibilities
    ):
        command = f"postmortem {error.ctx.info_name}"
        told = f"`{command}` has no option `{error.option_name}`. One of MkDocs stands behind `--`: `{command} -- {error.option_name}`."
        return click.UsageError(told, error.ctx)
    return error


def _refuse(*problems: str) -> int:
    try:
        for problem in problems:
            click.echo(f"postmortem: {problem}", err=True)
    except OSError:
        _drop(sys.stderr)
    return 2


def _stand_in(name: str, number: int) -> bool:
    """Put something in the place of a stream that whoever started us closed; whether that was so."""
    if getattr(sys, name) is not None:
        return False
    nothing = os.open(os.devnull, os.O_WRONLY)
    if nothing != number:
        os.dup2(nothing, number)
        os.close(nothing)
    setattr(sys, name, os.fdopen(number, "w", encoding="utf-8", closefd=False))
    return True


def _drop(stream: TextIO) -> None:
    """Let what a stream cannot take go nowhere: the end of the program would try again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def run() -> None:
    """The console script."""
    # A run is short and keeps what it reads: looking for garbage finds none and takes a quarter of the time.
    gc.disable()
    sys.exit(main())
