"""Holds documents against the rules: select, suppress, weigh, sort."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from postmortem_kb.catalog import Catalog
from postmortem_kb.changes import Changes
from postmortem_kb.contract import Contract
from postmortem_kb.diagnostic import Diagnostic, Finding, Severity
from postmortem_kb.examination import examine_all
from postmortem_kb.memory import Memory
from postmortem_kb.policy import Policy
from postmortem_kb.rules import RULES
from postmortem_kb.rules.rule import Alike, Context, Rule, Scope
from postmortem_kb.source.document import Document

OFF = "off"
"""The severity of a rule that does not run."""


def check(
    catalog: Catalog,
    policy: Policy,
    today: date,
    *,
    paths: Collection[str] | None = None,
    rules: Sequence[Rule] | None = None,
    changes: Changes | None = None,
    memory: Memory | None = None,
    alike: Callable[[Document], Sequence[Alike]] | None = None,
) -> list[Diagnostic]:
    """The diagnostics of a catalog, sorted by path, line, column and rule.

    Args:
        catalog: All postmortems; rules that compare files see the whole of it.
        policy: What the repository asks for.
        today: The day on which deadlines and accepted risks are looked at.
        paths: The documents that are reported, relative to the root; None: all of them.
        rules: The rules that run; None: the standard ones.
        changes: What changed since a git ref, for the rules of the life cycle.
        memory: What earlier checks with the same rules found.
        alike: Finds the earlier postmortems that a changed one is clearly similar to.
    """
    context = context_of(catalog, policy, today, changes)
    known = {rule.NAME: rule for rule in (standard(policy) if rules is None else rules)}
    still = [rule for rule in known.values() if rule.SCOPE is not Scope.CHANGE]
    wanted = [path for path in catalog.paths if paths is None or path in paths]
    found = [
        diagnose(path, known[name], finding, policy)
        for path, findings in examine_all(wanted, context, still, memory)
        for name, finding in findings
    ]
    context.alike = alike
    for document in _changed(catalog, changes) if changes else ():
        if paths is None or document.path in paths:
            found += check_change(document, context, known.values())
    return sorted(_without_secrets(found, catalog), key=lambda diagnostic: diagnostic.order)


def _without_secrets(found: list[Diagnostic], catalog: Catalog) -> Iterator[Diagnostic]:
    """The diagnostics; where one must not be quoted, the others do not repeat what it stands on."""
    texts = {path: catalog.text(path) for path in {diagnostic.path for diagnostic in found if diagnostic.hidden}}
    secrets: dict[str, set[str]] = {path: set() for path in texts}
    for diagnostic in found:
        if diagnostic.hidden:
            line = texts[diagnostic.path].line(diagnostic.span.line)
            secrets[diagnostic.path].add(line[diagnostic.span.column - 1 : diagnostic.span.end_column - 1])
    longest_first = {path: sorted(values, key=len, reverse=True) for path, values in secrets.items()}
    for diagnostic in found:
        values = [] if diagnostic.hidden else longest_first.get(diagnostic.path, [])
        said = [diagnostic.message, diagnostic.help, diagnostic.key]
        for value in values:
            said = [text.replace(value, "***") for text in said]
        yield replace(diagnostic, message=said[0], help=said[1], key=said[2]) if values else diagnostic


def context_of(catalog: Catalog, policy: Policy, today: date, changes: Changes | None = None) -> Context:
    """What rules look at on a day."""
    names = frozenset(rule.NAME for rule in RULES)
    lasting = frozenset(rule.NAME for rule in RULES if rule.SCOPE is Scope.SYNTAX)
    return Context(catalog, policy, Contract(policy), today, changes, names, lasting)


def running(rules: Iterable[Rule], policy: Policy) -> list[Rule]:
    """The rules that a policy has not switched off."""
    return [rule for rule in rules if severity_of(rule, policy) != OFF]


def standard(policy: Policy) -> list[Rule]:
    """The rules of a check of which nobody has said which ones it runs."""
    asked = {name for name, settings in policy.rules.items() if "severity" in settings}
    return running((rule for rule in RULES if rule.SCOPE is not Scope.TIDY or rule.NAME in asked), policy)


def _changed(catalog: Catalog, changes: Changes) -> Iterator[Document]:
    """The files of today that changed, then the earlier state of those that are gone."""
    for path in sorted({*changes.before, *changes.added}):
        if document := catalog.at(path):
            yield document
    yield from changes.deleted


def check_change(document: Document, context: Context, rules: Collection[Rule]) -> Iterator[Diagnostic]:
    """What the rules of the life cycle say of one changed document."""
    for rule in rules:
        if rule.SCOPE is Scope.CHANGE and document.readable:
            for finding in rule.check(document, context):
                if not document.suppresses(rule.NAME, finding.key):
                    yield diagnose(document.path, rule, finding, context.policy)


def severity_of(rule: Rule, policy: Policy) -> str:
    """What a rule weighs in a repository, or `off`."""
    return str(policy.rules.get(rule.NAME, {}).get("severity", rule.SEVERITY))


def diagnose(path: str, rule: Rule, finding: Finding, policy: Policy) -> Diagnostic:
    """A finding with its place and its weight; one that weighs less than its rule stays light."""
    weight = Severity(severity_of(rule, policy))
    if finding.severity is not None:
        weight = max(weight, finding.severity, key=list(Severity).index)
    return Diagnostic(
        path,
        finding.span,
        rule.NAME,
        weight,
        finding.message,
        finding.help,
        url=rule_url(rule.NAME, policy),
        fix=finding.fix,
        key=finding.key,
        hidden=finding.hidden,
    )


def rule_url(name: str, policy: Policy) -> str:
    """A rule's page on the site, or nothing where the site's address is not known."""
    return f"{policy.site_url.rstrip('/')}/reference/rules/{name}/" if policy.site_url else ""
