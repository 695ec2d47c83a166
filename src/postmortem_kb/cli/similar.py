"""`postmortem similar`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from postmortem_kb.catalog import Catalog, read_catalog
from postmortem_kb.errors import UsageError
from postmortem_kb.export import related
from postmortem_kb.insight.profile import Profile, profile_of, profile_of_text
from postmortem_kb.insight.search import Found, Searcher, earlier
from postmortem_kb.insight.shelf import shelf_of
from postmortem_kb.policy import read_policy
from postmortem_kb.report.text import printable
from postmortem_kb.root import knowledge_base
from postmortem_kb.source.document import parse_document
from postmortem_kb.source.links import real

_ACTIONS = 3
"""So many open actions of one postmortem are printed as text."""


@click.command("similar")
@click.argument("path", required=False)
@click.option("--text", metavar="TEXT", help="Compare this text: an alert, a message.")
@click.option(
    "-n", "--number", "count", type=click.IntRange(1, 100), default=5, show_default=True, help="At most so many."
)
@click.option("--since", metavar="REF", help="Compare what is new or changed since this git ref with what was before.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown"]),
    help="Default: text; of `--since`: markdown, which nothing else prints.",
)
@click.pass_obj
def command(
    root: Path | None, path: str | None, text: str | None, count: int, since: str | None, format_: str | None
) -> int:
    """Find the past incidents that are most like a file, a text, or what is read from standard input.

    PATH is a postmortem, a draft or any other text; `-` reads standard input. Says why each is similar and what is still
    owed from it. Whatever it finds, the exit code is 0.
    """
    if sum(value is not None for value in (path, text, since)) != 1:
        raise UsageError("give one of PATH, `-`, `--text TEXT` and `--since REF`")
    if format_ and (format_ == "markdown") != (since is not None):
        raise UsageError("`--since` prints `--format markdown`, and nothing else does")
    folder = knowledge_base(root)
    catalog = read_catalog(folder, read_policy(folder).limits)
    if since is not None:
        lines = _since(catalog, since, count)
    else:
        told = text if text is not None else _read(path, catalog)
        if not told.strip():
            click.echo("There is nothing to compare: the text is empty.", err=True)
        found = Searcher(catalog, shelf_of(folder)).similar(_profile(path, told, catalog), count, told)
        lines = map(printable, _text(found, len(catalog.paths))) if format_ != "json" else _json(found)
    for line in lines:
        click.echo(line)
    return 0


def _read(path: str | None, catalog: Catalog) -> str:
    """What a file or standard input says, as much of it as is ever looked at."""
    if path == "-":
        return sys.stdin.buffer.read(catalog.limits.file_bytes).decode("utf-8", "replace")
    if _place(Path(str(path)), catalog) in catalog.paths and not Path(str(path)).is_file():
        raise UsageError(f"`{path}` cannot be read: it is no file")
    try:
        with Path(str(path)).open("rb") as stream:
            return stream.read(catalog.limits.file_bytes).decode("utf-8", "replace").removeprefix("\ufeff")
    except OSError as error:
        raise UsageError(f"`{path}` cannot be read: {error.strerror}{catalog.hint(str(path))}") from None


def _profile(path: str | None, told: str, catalog: Catalog) -> Profile:
    """The profile of what is asked for; a file without frontmatter is a text like any other."""
    if path is not None:
        place = "-" if path == "-" else _place(Path(path), catalog)
        document = parse_document(place, told.encode()[: catalog.limits.file_bytes], catalog.limits)
        if document.frontmatter.data or place in catalog.paths:
            return profile_of(document)
    return profile_of_text(told)


def _place(file: Path, catalog: Catalog) -> str:
    """The path of a file below the root, by which it is known; its name where it lies elsewhere."""
    place, root = real(file), catalog.root.resolve()
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else file.name


def _since(catalog: Catalog, ref: str, count: int) -> Iterator[str]:
    # Imported here: who looks something up needs neither git nor Markdown.
    from postmortem_kb.changes import read_changes
    from postmortem_kb.export.summary import summary

    changes = read_changes(catalog.root, ref, catalog.limits)
    changed = [catalog.at(path) for path in sorted({*changes.before, *changes.added})]
    documents = [document for document in changed if document is not None]
    searcher = Searcher(catalog, shelf_of(catalog.root)) if documents else None
    yield from summary([(d, earlier(d, searcher.of(d))[:count]) for d in documents] if searcher else [])


def _text(found: Sequence[Found], known: int) -> Iterator[str]:
    if not found:
        yield f"Nothing similar among {known} postmortem{'' if known == 1 else 's'}."
    for one in found:
        yield f"{one.match.id}  {one.match.strength}"
        yield f"  {one.title}"
        yield f"  {'; '.join(one.match.reasons)}"
        for action in one.open_actions[:_ACTIONS]:
            owner = f"  {action['owner']}" if action.get("owner") else ""
            yield f"  open: {action['id']} {' '.join(action['action'].split())}{owner}"
        if len(one.open_actions) > _ACTIONS:
            yield f"  open: {len(one.open_actions) - _ACTIONS} more"


def _json(found: Sequence[Found]) -> Iterator[str]:
    yield json.dumps(related.similar(found), indent=2, ensure_ascii=False)
