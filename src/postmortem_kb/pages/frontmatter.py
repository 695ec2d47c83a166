"""The manual of the frontmatter: every key, in the words of the schema and under the policy of this repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from postmortem_kb.example import yaml
from postmortem_kb.key import Key, all_keys, frontmatter_keys
from postmortem_kb.knowledge import Knowledge
from postmortem_kb.pages import rules
from postmortem_kb.pages.page import Content, Heading, Page, render
from postmortem_kb.pages.prose import example, sentence
from postmortem_kb.pages.searchable import page_text

PATH = "reference/frontmatter/"


def pages(knowledge: Knowledge) -> Iterator[Page]:
    """`/reference/frontmatter/`."""
    about = "Every key of a postmortem: its values, when it is required, an example"
    yield Page(PATH, "Frontmatter", rules.AREA, "", partial(_content, knowledge), about)


def _content(knowledge: Knowledge) -> Content:
    keys = frontmatter_keys(knowledge.policy)
    forms = dict(form for key in all_keys(keys) if not key.words for form in key.forms)
    html = render(
        "frontmatter.html",
        PATH,
        keys=keys,
        forms=sorted(forms.items()),
        smallest=example("---\n" + "\n".join(_smallest(keys)) + "\n---", "yaml"),
        sentence=sentence,
        written=lambda key: example(yaml(key.name, key.example), "yaml"),
    )
    headings = (*(Heading(key.name, key.name) for key in keys), Heading("values", "How values are written"))
    return Content(html, headings, search=page_text("Frontmatter", html))


def _smallest(keys: Iterable[Key]) -> Iterator[str]:
    for key in keys:
        if key.required.startswith("Always"):
            yield yaml(key.name, _required_part(key))


def _required_part(key: Key) -> Any:
    inner = {inner.last: inner.example for inner in key.inner if inner.required.startswith("Always")}
    return inner or key.example
