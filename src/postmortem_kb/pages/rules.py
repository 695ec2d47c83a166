"""The manual: the rules and the policy, in the same words that `postmortem explain` prints."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from markdown_it import MarkdownIt

from postmortem_kb import depth
from postmortem_kb.audience import PUBLIC
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages.page import Page, render
from postmortem_kb.render.markdown import Links, Markdown
from postmortem_kb.rules import RULES
from postmortem_kb.source.body import read_body
from postmortem_kb.source.text import Text

PATH = "reference/rules/"
POLICY = "reference/policy/"


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/reference/rules/`, and a page each: the manual of those who write, which the public does not need."""
    if knowledge.audience == PUBLIC:
        return
    texts = {rule.NAME: inspect.cleandoc(rule.__doc__ or "") for rule in RULES}
    rows = [(rule, MarkdownIt().renderInline(texts[rule.NAME].splitlines()[0])) for rule in RULES]
    html = render("rules.html", PATH, rows=rows)
    yield Page(PATH, "Rules", html, area=PATH, description="What a check looks at, and why")
    yield _policy(knowledge)
    for rule in RULES:
        path = f"{PATH}{rule.NAME}/"
        lead, _, rest = texts[rule.NAME].partition("\n")
        html = render("rule.html", path, rule=rule, lead=lead, text=_html(rest))
        yield Page(path, rule.NAME, html, area=PATH, description=lead, searchable=True)


def _policy(knowledge: Knowledge) -> Page:
    html = render("policy.html", POLICY, text=_html("\n".join(depth.markdown(knowledge.policy))))
    return Page(
        POLICY, "Policy", html, area=PATH, description="What each status and severity requires", searchable=True
    )


def _html(text: str) -> str:
    body = read_body(Text.of(text), 0)
    links = Links(link=lambda href: href, image=lambda src: None)
    return Markdown(body, links).blocks(0, len(body.tokens))
