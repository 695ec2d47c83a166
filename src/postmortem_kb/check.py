"""Runs the rules over a catalog."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from postmortem_kb.catalog import Catalog
from postmortem_kb.contract import Contract
from postmortem_kb.diagnostic import Diagnostic, Finding
from postmortem_kb.policy import Policy
from postmortem_kb.rules import RULES
from postmortem_kb.rules.rule import Context, Rule, Scope
from postmortem_kb.source.document import Document


def check(
    catalog: Catalog,
    policy: Policy,
    *,
    paths: Collection[str] | None = None,
    rules: Sequence[Rule] = RULES,
) -> list[Diagnostic]:
    """The diagnostics of a catalog, sorted by path, line, column and rule.

    Args:
        catalog: All postmortems; rules that compare files see the whole of it.
        policy: What the repository asks for.
        paths: The documents that are reported, relative to the root; None: all of them.
        rules: The rules that run.
    """
    context = Context(catalog, policy, Contract(policy))
    wanted = [document for document in catalog.documents if paths is None or document.path in paths]
    found = (diagnostic for document in wanted for diagnostic in check_document(document, context, rules))
    return sorted(found, key=lambda diagnostic: diagnostic.order)


def check_document(document: Document, context: Context, rules: Sequence[Rule] = RULES) -> Iterator[Diagnostic]:
    """The diagnostics of one document, in the order of the rules."""
    for rule in rules:
        if rule.SCOPE is not Scope.SYNTAX and not document.readable:
            continue
        for finding in rule.check(document, context):
            if rule.SCOPE is Scope.SYNTAX or not _suppressed(document, rule.NAME, finding):
                yield _diagnostic(document.path, rule, finding, context.policy)


def _diagnostic(path: str, rule: Rule, finding: Finding, policy: Policy) -> Diagnostic:
    return Diagnostic(
        path,
        finding.span,
        rule.NAME,
        finding.severity or rule.SEVERITY,
        finding.message,
        finding.help,
        url=rule_url(rule.NAME, policy),
        fix=finding.fix,
        key=finding.key,
    )


def rule_url(name: str, policy: Policy) -> str:
    """A rule's page on the site, or nothing where the site's address is not known."""
    return f"{policy.site_url.rstrip('/')}/reference/rules/{name}/" if policy.site_url else ""


def _suppressed(document: Document, rule: str, finding: Finding) -> bool:
    for _, item in document.frontmatter.mappings("suppress"):
        reason, key = item.get("reason"), item.get("key")
        if item.get("rule") == rule and isinstance(reason, str) and reason.strip() and key in (None, finding.key):
            return True
    return False
