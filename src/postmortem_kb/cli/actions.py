"""`postmortem actions`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import click

from postmortem_kb.cli import Day
from postmortem_kb.clock import today
from postmortem_kb.errors import UsageError
from postmortem_kb.export import csv, data
from postmortem_kb.export.calendar import Risk, calendar, risks
from postmortem_kb.insight.actions import Owed, action_index, owner_key
from postmortem_kb.insight.sides import name_key, names_by_key
from postmortem_kb.knowledge import Knowledge, read_knowledge
from postmortem_kb.paths import path_text
from postmortem_kb.policy import read_policy
from postmortem_kb.report.text import printable
from postmortem_kb.root import knowledge_base
from postmortem_kb.words import strangers, was_meant

_EXAMPLES = """\b
Examples:
  postmortem actions --open                        # what is still owed
  postmortem actions --overdue --owner @maria      # what is late, of one owner
  postmortem actions --service checkout --type prevent
  postmortem actions --open --as-of 2026-12-31     # what will be late then, as files stand today
  postmortem actions --format csv > actions.csv
"""


@click.command("actions", epilog=_EXAMPLES)
@click.option("--open", "open_", is_flag=True, help="Only what is still owed.")
@click.option("--overdue", is_flag=True, help="Only what is owed and late.")
@click.option("--owner", multiple=True, metavar="HANDLE", help="Only those of this owner, with or without `@`.")
@click.option("--type", "type_", multiple=True, metavar="TYPE", help="Only those of this type, such as `prevent`.")
@click.option("--service", multiple=True, metavar="NAME", help="Only those of incidents that affected this service.")
@click.option(
    "--as-of",
    type=Day(),
    metavar="DATE",
    help="The day by which dates are held to be late; default: today. States, dates and owners are those of today's files.",
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "csv", "ics"]), default="text", show_default=True
)
@click.pass_obj
def command(
    root: Path | None,
    open_: bool,
    overdue: bool,
    owner: tuple[str, ...],
    type_: tuple[str, ...],
    service: tuple[str, ...],
    as_of: datetime | None,
    format_: str,
) -> int:
    """List the action items of all postmortems: what is late first, then by due date."""
    folder = knowledge_base(root)
    day = as_of.date() if as_of else today()
    policy = read_policy(folder)
    if problems := strangers("--type", type_, policy.words["action_type"]):
        raise UsageError(problems)
    owners, services = set(map(owner_key, owner)), set(map(name_key, service))
    knowledge = read_knowledge(folder, policy, day)
    entries = [
        entry
        for entry in action_index(knowledge.postmortems, day)
        if (not open_ or entry.action.open)
        and (not overdue or entry.overdue)
        and (not owners or owner_key(entry.action.owner) in owners)
        and (not type_ or entry.action.type in type_)
        and (not services or services & names_by_key(entry.postmortem.services).keys())
    ]
    accepted = [
        risk
        for risk in risks(knowledge.postmortems)
        if not type_
        and (not overdue or risk.until < day)
        and (not owners or owner_key(risk.accepted.by) in owners)
        and (not services or services & names_by_key(risk.postmortem.services).keys())
    ]
    for path, reason in knowledge.left_out.items():
        click.echo(path_text(f"{path} is left out: {reason}"), err=True)
    for line in _unknown(owner, service, knowledge):
        click.echo(line, err=True)
    for line in _FORMATS[format_](entries, accepted, knowledge):
        click.echo(line)
    return 0


def _unknown(owners: Iterable[str], services: Iterable[str], knowledge: Knowledge) -> Iterator[str]:
    """What is asked for and named nowhere: a misspelt name would look like nothing to do."""
    handles = {action.owner for postmortem in knowledge.postmortems for action in postmortem.actions}
    handles |= {risk.accepted.by for risk in risks(knowledge.postmortems)}
    bare = set(map(owner_key, handles))
    for owner in owners:
        if owner_key(owner) not in bare:
            yield f"--owner: nobody named `{owner}` owns an action item.{was_meant(f'@{owner_key(owner)}', sorted(handles))}"
    named = (service for postmortem in knowledge.postmortems for service in postmortem.services)
    known = names_by_key((*knowledge.policy.services, *named))
    for service in services:
        if name_key(service) not in known:
            yield f"--service: no postmortem names a service `{service}`.{was_meant(service, sorted(known.values()))}"


def _text(entries: Iterable[Owed], accepted: Iterable[Risk], knowledge: Knowledge) -> Iterator[str]:
    entries = list(entries)
    for entry in entries:
        action = entry.action
        when = f"due {action.due}" if action.due else "no date"
        state = f"overdue since {action.due}" if entry.overdue else when if action.open else action.status
        yield f"{entry.postmortem.id} {action.id}  {action.priority} {action.type}  {action.owner}  {state}"
        yield f"  {printable(' '.join(action.action.split()))}"
    late = sum(entry.overdue for entry in entries)
    owed = sum(entry.action.open for entry in entries)
    yield f"{len(entries)} action item{'' if len(entries) == 1 else 's'}: {owed} open, {late} overdue."


def _json(entries: Iterable[Owed], accepted: Iterable[Risk], knowledge: Knowledge) -> Iterator[str]:
    yield json.dumps(data.actions(entries, knowledge.today), indent=2, ensure_ascii=False)


def _csv(entries: Iterable[Owed], accepted: Iterable[Risk], knowledge: Knowledge) -> Iterator[str]:
    yield csv.actions(entries).rstrip("\n")


def _ics(entries: Iterable[Owed], accepted: Iterable[Risk], knowledge: Knowledge) -> Iterator[str]:
    # What prints this adds the last line feed.
    yield calendar(entries, accepted, knowledge.policy, knowledge.history).removesuffix("\n")


_FORMATS: dict[str, Callable[[Iterable[Owed], Iterable[Risk], Knowledge], Iterator[str]]] = {
    "text": _text,
    "json": _json,
    "csv": _csv,
    "ics": _ics,
}
