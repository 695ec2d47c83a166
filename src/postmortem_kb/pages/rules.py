"""The manual: the rules and the policy, in the same words that `postmortem explain` prints."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import partial
from html import escape

from postmortem_kb import depth
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages.page import Content, Page, render
from postmortem_kb.pages.prose import blocks, sentence
from postmortem_kb.pages.searchable import page_text
from postmortem_kb.rules import RULES
from postmortem_kb.rules.rule import Rule

PATH = "reference/rules/"
POLICY = "reference/policy/"
AREA = "reference/"


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/reference/rules/`, a page each, and `/reference/policy/`."""
    policy = "What each status and severity requires"
    yield Page(PATH, "Rules", AREA, "", _index, "What a check looks at, and why")
    yield Page(POLICY, "Policy", AREA, "", partial(_policy, knowledge), policy)
    for rule in RULES:
        yield Page(f"{PATH}{rule.NAME}/", rule.NAME, AREA, "", partial(_rule, rule), _text(rule).partition("\n")[0])


def _text(rule: Rule) -> str:
    return inspect.cleandoc(rule.__doc__ or "")


def _index() -> Content:
    rows = [(rule, sentence(_text(rule).splitlines()[0])) for rule in RULES]
    return Content(render("rules.html", PATH, rows=rows))


def _rule(rule: Rule) -> Content:
    lead, _, rest = _text(rule).partition("\n")
    text = blocks(rest)
    html = render("rule.html", f"{PATH}{rule.NAME}/", rule=rule, lead=lead, text=text)
    return Content(html, search=page_text(rule.NAME, f"<p>{escape(lead)}</p>{text}"))


def _policy(knowledge: Knowledge) -> Content:
    text = blocks("\n".join(depth.markdown(knowledge.policy)))
    return Content(render("policy.html", POLICY, text=text), search=page_text("Policy", text))
