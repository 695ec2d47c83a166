"""The manual of the program: every command and option, in the words that `--help` prints, and where each manual stands.

It stands above the command line, whose declarations it reads; the other pages stand below it.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

import click

from postmortem_kb.audience import PUBLIC
from postmortem_kb.cli import COMMANDS, program
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages import configuration, frontmatter, rules
from postmortem_kb.pages.page import Content, Heading, Page, render
from postmortem_kb.pages.prose import blocks, example, sentence
from postmortem_kb.pages.searchable import page_text

PATH = "reference/commands/"
INDEX = rules.AREA


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """An option of a command."""

    flags: tuple[str, ...]
    value: str
    """What stands behind it: `REF`; empty for a switch."""
    text: str
    words: tuple[str, ...]
    """The only values that it takes."""
    default: str
    repeated: bool


@dataclass(frozen=True, slots=True, eq=False)
class Command:
    """A command as it is declared."""

    name: str
    """As it is typed: `postmortem check`."""
    anchor: str
    usage: str
    text: str
    examples: str
    options: tuple[Option, ...]


def commands() -> Iterator[Command]:
    """The program itself, then each of its commands."""
    context = program.make_context("postmortem", [], resilient_parsing=True)
    yield _command(program, context, "postmortem")
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        yield _command(command, click.Context(command, parent=context, info_name=name), name)


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/reference/` and `/reference/commands/`."""
    if knowledge.audience == PUBLIC:
        return
    about = "Every command of the program postmortem, with its options"
    yield Page(INDEX, "Reference", INDEX, "", _index, "Every key, setting, command and rule")
    yield Page(PATH, "Commands", INDEX, "", _commands, about)


def _index() -> Content:
    parts = ((page.PATH, *entry) for page, entry in _MANUALS)
    return Content(render("reference.html", INDEX, parts=[*parts, *_OTHERS], sentence=sentence))


def _commands() -> Content:
    found = list(commands())
    html = render(
        "commands.html", PATH, program=found[0], commands=found[1:], summaries=COMMANDS,
        blocks=blocks, sentence=sentence, example=example,
    )  # fmt: skip
    headings = tuple(Heading(command.anchor, command.name) for command in found)
    return Content(html, headings, search=page_text("Commands", html))


_MANUALS = (
    (frontmatter, ("Frontmatter", "Every key of a postmortem: its values, when it is required, an example.")),
    (configuration, ("Configuration", "Every setting of `postmortem.toml`, with its default.")),
)
_OTHERS = (
    (PATH, "Commands", "Every command of `postmortem`, its options, examples and exit codes."),
    (rules.PATH, "Rules", "What a check looks at, and why; each with a failing and a passing example."),
    (
        rules.POLICY,
        "Policy",
        "What each status and severity requires here, deadlines, and which incidents need a postmortem.",
    ),
)


def _command(command: click.Command, context: click.Context, anchor: str) -> Command:
    pieces = " ".join(command.collect_usage_pieces(context))
    return Command(
        name=context.command_path,
        anchor=anchor,
        usage=f"{context.command_path} {pieces}",
        text=inspect.cleandoc(command.help or ""),
        examples=_examples(command.epilog or ""),
        options=tuple(
            _option(parameter, context)
            for parameter in command.get_params(context)
            if isinstance(parameter, click.Option)
        ),
    )


def _examples(epilog: str) -> str:
    """What stands below the words `Examples:`, which click prints as it is typed."""
    found = re.search(r"^\s*Examples:\n(.*)", epilog, re.MULTILINE | re.DOTALL)
    return textwrap.dedent(found[1]).strip() if found else ""


def _option(option: click.Option, context: click.Context) -> Option:
    words = tuple(option.type.choices) if isinstance(option.type, click.Choice) else ()
    default = option.get_default(context)
    return Option(
        flags=tuple(option.opts),
        value="" if option.is_flag else option.make_metavar(context),
        text=option.help or "",
        words=words,
        # What an option left out does is told in its text, unless a word stands for it.
        default=default if isinstance(default, str) else "",
        repeated=option.multiple,
    )
