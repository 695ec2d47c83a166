"""The manual of the rules: the same text that `postmortem explain` prints."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from markdown_it import MarkdownIt

from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages.page import Page, render
from postmortem_kb.render.markdown import Links, Markdown
from postmortem_kb.rules import RULES
from postmortem_kb.source.body import read_body
from postmortem_kb.source.text import Text

PATH = "reference/rules/"


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/reference/rules/`, and a page each."""
    texts = {rule.NAME: inspect.cleandoc(rule.__doc__ or "") for rule in RULES}
    rows = [(rule, MarkdownIt().renderInline(texts[rule.NAME].splitlines()[0])) for rule in RULES]
    html = render("rules.html", PATH, rows=rows)
    yield Page(PATH, "Rules", html, area=PATH, description="What a check looks at, and why")
    for rule in RULES:
        path = f"{PATH}{rule.NAME}/"
        lead, _, rest = texts[rule.NAME].partition("\n")
        body = read_body(Text.of(rest), 0)
        markdown = Markdown(body, Links(link=lambda href: href, image=lambda src: None))
        html = render("rule.html", path, rule=rule, lead=lead, text=markdown.blocks(0, len(body.tokens)))
        yield Page(path, rule.NAME, html, area=PATH, description=lead, searchable=True)
