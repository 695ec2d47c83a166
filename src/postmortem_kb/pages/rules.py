"""The manual: the rules and the policy, in the same words that `postmortem explain` prints."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import partial
from html import escape

from markdown_it import MarkdownIt

from postmortem_kb import depth
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages.page import Content, Page, render
from postmortem_kb.pages.searchable import page_text
from postmortem_kb.render.markdown import Links, Markdown
from postmortem_kb.rules import RULES
from postmortem_kb.rules.rule import Rule
from postmortem_kb.source.body import read_body
from postmortem_kb.source.text import Text

PATH = "reference/rules/"
POLICY = "reference/policy/"


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/reference/rules/`, a page each, and `/reference/policy/`."""
    policy = "What each status and severity requires"
    yield Page(PATH, "Rules", PATH, "", _index, "What a check looks at, and why")
    yield Page(POLICY, "Policy", PATH, "", partial(_policy, knowledge), policy)
    for rule in RULES:
        yield Page(f"{PATH}{rule.NAME}/", rule.NAME, PATH, "", partial(_rule, rule), _text(rule).partition("\n")[0])


def _text(rule: Rule) -> str:
    return inspect.cleandoc(rule.__doc__ or "")


def _index() -> Content:
    rows = [(rule, MarkdownIt().renderInline(_text(rule).splitlines()[0])) for rule in RULES]
    return Content(render("rules.html", PATH, rows=rows))


def _rule(rule: Rule) -> Content:
    lead, _, rest = _text(rule).partition("\n")
    text = _html(rest)
    html = render("rule.html", f"{PATH}{rule.NAME}/", rule=rule, lead=lead, text=text)
    return Content(html, search=page_text(rule.NAME, f"<p>{escape(lead)}</p>{text}"))


def _policy(knowledge: Knowledge) -> Content:
    text = _html("\n".join(depth.markdown(knowledge.policy)))
    return Content(render("policy.html", POLICY, text=text), search=page_text("Policy", text))


def _html(text: str) -> str:
    body = read_body(Text.of(text), 0)
    links = Links(link=lambda href: href, image=lambda src: None)
    return Markdown(body, links).blocks(0, len(body.tokens))
