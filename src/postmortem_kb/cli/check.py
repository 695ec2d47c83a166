"""`postmortem check`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import TextIO

import click

from postmortem_kb.catalog import Catalog, misnamed_paths, passed_over, read_catalog
from postmortem_kb.changes import Changes, read_changes
from postmortem_kb.check import check, context_of, running, standard
from postmortem_kb.clock import today
from postmortem_kb.diagnostic import Diagnostic, Severity
from postmortem_kb.errors import UsageError
from postmortem_kb.git import place_of
from postmortem_kb.memory import MANY, memory_of
from postmortem_kb.named import named
from postmortem_kb.policy import Policy, read_policy
from postmortem_kb.report import FORMATS, format_named
from postmortem_kb.report.report import Run, Summary
from postmortem_kb.root import knowledge_base
from postmortem_kb.rules import RULES
from postmortem_kb.rules.rule import Alike, Rule
from postmortem_kb.source.document import Document
from postmortem_kb.words import ALL_LISTED, nearest

_FILE = click.Path(dir_okay=False, path_type=Path)
_FORMAT = (
    "Text for people; annotations and a summary of the job for GitHub; Code Quality for GitLab; SARIF and JUnit for others; "
    "rdjson for reviewdog, with fixes as suggestions. Paths in text and json begin at the knowledge base, in the others at the "
    "top of the git repository, where code hosts look for them."
)
_EXAMPLES = """\b
Examples:
  postmortem check                      # all postmortems
  postmortem check postmortems/2026     # those of a folder
  postmortem check --since origin/main  # with the life cycle
  postmortem check --diff               # what --fix would change
  postmortem check --format sarif --output postmortems.sarif
"""


@click.command("check", epilog=_EXAMPLES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--since", metavar="REF", help="Hold the life cycle, too, against the commit in which this branch left the git ref."
)
@click.option(
    "--fix",
    is_flag=True,
    help="Mend what has one right answer, then check: misspelt words and keys, the spelling of times and dates, the id of a draft, the order of keys, white space, tables. A file is replaced only when checking it again proves each edit; a link is left as it is.",
)
@click.option(
    "--diff",
    is_flag=True,
    help="Show what --fix would change as a patch, and change nothing; exit 1 when there is something.",
)
@click.option(
    "--baseline",
    type=_FILE,
    help="Let the findings in this file stand; new and worse ones fail. It is written anew, smaller, when some are gone. Its path begins at the current folder, not at --root.",
)
@click.option("--update-baseline", is_flag=True, help="Write all findings of today into the baseline.")
@click.option("--select", multiple=True, metavar="RULE,...", help="Run only these rules; several times too.")
@click.option("--ignore", multiple=True, metavar="RULE,...", help="Leave these rules out; several times too.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True, help=_FORMAT)
@click.option("--output", type=_FILE, help="Write the report to this file instead of the terminal.")
@click.pass_obj
def command(
    root: Path | None,
    paths: tuple[Path, ...],
    since: str | None,
    fix: bool,
    diff: bool,
    baseline: Path | None,
    update_baseline: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    format_: str,
    output: Path | None,
) -> int:
    """Hold postmortems against the contract.

    PATHS are files or folders; without any, all postmortems are checked. Whatever is named, ids and links are held
    against the whole catalog. Exit: 0 fine, 1 errors in files, 2 wrong use.
    """
    if diff and (fix or baseline or update_baseline or output or format_ != "text"):
        raise UsageError(
            "`--diff` prints a patch and does nothing else: leave out --fix, --baseline, --format and --output"
        )
    select, ignore = _parted(select), _parted(ignore)
    # Of a knowledge base that is gone, git may know what was deleted.
    folder = root if root and since else knowledge_base(root)
    policy = read_policy(folder)
    rules = _rules(select, ignore, policy)
    catalog = read_catalog(folder, policy.limits)
    changes = _changes(folder, since, policy)
    if changes and not changes.deleted:
        knowledge_base(folder)
    wanted = _wanted(catalog, paths, changes.deleted if changes else ())
    files = len(catalog.paths) if wanted is None else len(wanted)
    if fix or diff:
        # Imported here, as below: most checks only look.
        from postmortem_kb.fix import fix_all
        from postmortem_kb.mended import patch, save, without_links

        context = context_of(catalog, policy, today(), changes)
        mending = rules if select else [rule for rule in running(RULES, policy) if rule.NAME not in ignore]
        mended, left = without_links(folder, fix_all(wanted if wanted is not None else catalog.paths, context, mending))
        for path in left:
            click.echo(f"{path}: not mended, for it is a link; mend the file that it leads to", err=True)
        if diff:
            for line in patch(mended):
                click.echo(line, nl=False)
            return 1 if mended else 0
        for fixed in save(folder, mended):
            click.echo(f"{fixed.path}: {fixed.count} mended", err=True)
        # The old ones hold documents as they were before.
        catalog = read_catalog(folder, policy.limits)
        changes = _changes(folder, since, policy)
    chosen = bool(select or ignore)
    memory = memory_of(folder, policy) if files >= MANY and not chosen else None
    alike = _alike(catalog) if changes else None
    diagnostics = check(
        catalog, policy, today(), paths=wanted, rules=rules, changes=changes, memory=memory, alike=alike
    )
    if baseline or update_baseline:
        names = set() if chosen else None if wanted is None else _all_of(catalog, wanted)
        diagnostics = _held(diagnostics, baseline, update=update_baseline, names=names)
    run = Run(diagnostics, Summary.of(diagnostics, files), _lines(catalog, diagnostics))
    _write(run, folder, format_, output)
    return 1 if run.summary.errors else 0


def _parted(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.strip() for value in values for word in value.split(","))


def _rules(select: tuple[str, ...], ignore: tuple[str, ...], policy: Policy) -> list[Rule]:
    known = [rule.NAME for rule in RULES]
    unknown = [name for name in (*select, *ignore) if name not in known]
    if unknown:
        hints = [(name, nearest(name, known)) for name in unknown]
        raise UsageError(
            [
                f"there is no rule `{name}`; " + (f"did you mean `{hint}`?" if hint else ALL_LISTED)
                for name, hint in hints
            ]
        )
    wanted = [rule for rule in running(RULES, policy) if rule.NAME in select] if select else standard(policy)
    return [rule for rule in wanted if rule.NAME not in ignore]


def _changes(root: Path, since: str | None, policy: Policy) -> Changes | None:
    """What changed since a ref; nothing where none is named."""
    if since is None:
        return None
    # Git names the index of the commit that is being made to its hooks.
    index = Path(os.environ.get("GIT_INDEX_FILE", ""))
    return read_changes(root, since, policy.limits, index.absolute() if index.is_file() else None)


def _wanted(catalog: Catalog, paths: tuple[Path, ...], gone: tuple[Document, ...]) -> set[str] | None:
    """The documents that arguments name; None: all. What is meant and none is told of, for it looks as if it was checked."""
    if paths:
        wanted, notes = named(catalog, paths, [document.path for document in gone])
    else:
        misnamed = misnamed_paths(catalog.root)
        wanted, notes = None, [f"{path} is passed over: {passed_over(PurePath(path))}" for path in misnamed]
    for note in notes:
        click.echo(note, err=True)
    return wanted


def _alike(catalog: Catalog) -> Callable[[Document], list[Alike]]:
    """What finds similar postmortems; nothing is compared before it is asked."""

    def find(document: Document) -> list[Alike]:
        # Imported here: the hooks never ask.
        from postmortem_kb.insight.search import clearly_alike

        return [Alike(found.match.id, "; ".join(found.match.reasons)) for found in clearly_alike(document, catalog)]

    return find


def _all_of(catalog: Catalog, wanted: set[str]) -> set[str]:
    """The names of the postmortems that are checked, unless another file of that name is not."""
    return {name for name, paths in catalog.ids.items() if wanted.issuperset(paths)}


def _held(
    diagnostics: list[Diagnostic], file: Path | None, *, update: bool, names: set[str] | None
) -> list[Diagnostic]:
    """What a baseline does not let stand. One that could be smaller is written anew.

    Args:
        diagnostics: What was found.
        file: The baseline.
        update: Whether all that was found may stand from now on.
        names: The postmortems that were held against all rules; None: everything was.
    """
    from postmortem_kb.baseline import baseline_of, read_baseline, write_baseline

    if file is None:
        raise UsageError("`--update-baseline` needs `--baseline FILE`: the file to write")
    if update:
        if names is not None:
            raise UsageError("`--update-baseline` looks at all files and rules: leave out PATHS, --select and --ignore")
        found = baseline_of(diagnostics)
        write_baseline(found, file)
        click.echo(f"{file}: {found.size} finding{'' if found.size == 1 else 's'} may stand", err=True)
        return [diagnostic for diagnostic in diagnostics if diagnostic.severity is Severity.ADVICE]
    known = read_baseline(file)
    new, standing = known.divide(diagnostics)
    left = standing if names is None else known.after(standing, names)
    if left.size < known.size:
        write_baseline(left, file)
        gone = known.size - left.size
        rest = f"{left.size} still stand{'s' if left.size == 1 else ''}"
        click.echo(f"{file}: {gone} finding{' is' if gone == 1 else 's are'} gone, {rest}. Commit it, too.", err=True)
    return new


def _lines(catalog: Catalog, diagnostics: list[Diagnostic]) -> dict[tuple[str, int], str]:
    """The lines that diagnostics stand on; of a file that is gone there are none."""
    wanted: dict[str, set[int]] = {}
    hidden = {(diagnostic.path, diagnostic.span.line) for diagnostic in diagnostics if diagnostic.hidden}
    for diagnostic in diagnostics:
        spans = (
            [diagnostic.span, *(edit.span for edit in diagnostic.fix.edits)] if diagnostic.fix else [diagnostic.span]
        )
        wanted.setdefault(diagnostic.path, set()).update(line for span in spans for line in (span.line, span.end_line))
    texts = ((path, catalog.text(path)) for path in wanted)
    return {
        (path, line): text.line(line) for path, text in texts for line in wanted[path] if (path, line) not in hidden
    }


def _write(run: Run, root: Path, format_: str, output: Path | None) -> None:
    format = format_named(format_)
    report = format.report
    place = place_of(root) if format.FROM_TOP else ""
    if place:
        run = run.below(place)
    if output is None:
        for line in report(run, colour=_colour(sys.stdout)):
            click.echo(line)
    else:
        try:
            output.write_text("\n".join(report(run, colour=False)) + "\n", encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise UsageError(f"`{output}` cannot be written: {error.strerror}") from None
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if format_ == "github" and summary:
        from postmortem_kb.report import github

        with Path(summary).open("a", encoding="utf-8", errors="backslashreplace") as page:
            page.writelines(f"{line}\n" for line in github.summary(run))


def _colour(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
