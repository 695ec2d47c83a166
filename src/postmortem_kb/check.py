"""Runs the rules over a catalog."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from postmortem_kb.catalog import Catalog
from postmortem_kb.changes import Changes
from postmortem_kb.contract import Contract
from postmortem_kb.diagnostic import Diagnostic, Finding, Severity
from postmortem_kb.policy import Policy
from postmortem_kb.rules import RULES
from postmortem_kb.rules.rule import Context, Rule, Scope
from postmortem_kb.source.document import Document

OFF = "off"
"""The severity of a rule that does not run."""


def check(
    catalog: Catalog,
    policy: Policy,
    today: date,
    *,
    paths: Collection[str] | None = None,
    rules: Sequence[Rule] = RULES,
    changes: Changes | None = None,
) -> list[Diagnostic]:
    """The diagnostics of a catalog, sorted by path, line, column and rule.

    Args:
        catalog: All postmortems; rules that compare files see the whole of it.
        policy: What the repository asks for.
        today: The day on which deadlines and accepted risks are looked at.
        paths: The documents that are reported, relative to the root; None: all of them.
        rules: The rules that run, unless the policy has switched them off.
        changes: What changed since a git ref, for the rules of the life cycle.
    """
    context = Context(catalog, policy, Contract(policy), today, changes, frozenset(rule.NAME for rule in RULES))
    running = [rule for rule in rules if _severity(rule, policy) != OFF]
    gone = changes.deleted if changes else ()
    wanted = [document for document in (*catalog.documents, *gone) if paths is None or document.path in paths]
    found = (diagnostic for document in wanted for diagnostic in check_document(document, context, running))
    return sorted(found, key=lambda diagnostic: diagnostic.order)


def check_document(document: Document, context: Context, rules: Sequence[Rule] = RULES) -> Iterator[Diagnostic]:
    """The diagnostics of one document, in the order of the rules."""
    gone = context.deleted(document)
    for rule in rules:
        if not _concerns(rule, document, context, gone):
            continue
        for finding in rule.check(document, context):
            if rule.SCOPE is Scope.SYNTAX or not _suppressed(document, rule.NAME, finding):
                yield _diagnostic(document.path, rule, finding, context.policy)


def _concerns(rule: Rule, document: Document, context: Context, gone: bool) -> bool:
    if rule.SCOPE is Scope.CHANGE:
        return context.changes is not None and document.readable
    return not gone and (rule.SCOPE is Scope.SYNTAX or document.readable)


def _severity(rule: Rule, policy: Policy) -> str:
    return str(policy.rules.get(rule.NAME, {}).get("severity", rule.SEVERITY))


def _diagnostic(path: str, rule: Rule, finding: Finding, policy: Policy) -> Diagnostic:
    return Diagnostic(
        path,
        finding.span,
        rule.NAME,
        _weight(rule, finding, policy),
        finding.message,
        finding.help,
        url=rule_url(rule.NAME, policy),
        fix=finding.fix,
        key=finding.key,
    )


def _weight(rule: Rule, finding: Finding, policy: Policy) -> Severity:
    """What the repository says of the rule; a finding that weighs less than its rule stays light."""
    weight = Severity(_severity(rule, policy))
    if finding.severity is None:
        return weight
    order = list(Severity)
    return max(weight, finding.severity, key=order.index)


def rule_url(name: str, policy: Policy) -> str:
    """A rule's page on the site, or nothing where the site's address is not known."""
    return f"{policy.site_url.rstrip('/')}/reference/rules/{name}/" if policy.site_url else ""


def _suppressed(document: Document, rule: str, finding: Finding) -> bool:
    for _, item in document.frontmatter.mappings("suppress"):
        reason, key = item.get("reason"), item.get("key")
        if item.get("rule") == rule and isinstance(reason, str) and reason.strip() and key in (None, finding.key):
            return True
    return False
