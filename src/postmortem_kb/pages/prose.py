"""Texts as HTML: Markdown of our own manual (docstrings, descriptions, help), and texts of the frontmatter."""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from postmortem_kb.render.markdown import Links, Markdown, code
from postmortem_kb.source.body import read_body
from postmortem_kb.source.text import Text

_LINKS = Links(link=lambda href: href, image=lambda src: None)


def blocks(text: str) -> Markup:
    """Paragraphs, headings, lists, tables and code."""
    body = read_body(Text.of(text), 0)
    return Markup(Markdown(body, _LINKS, top=2).blocks(0, len(body.tokens)))  # noqa: S704 - it was sanitised


def sentence(text: str) -> Markup:
    """One paragraph, without the element around it."""
    # Pages hold hundreds, so they go the short way: what `blocks` guards against, nobody writes into a declaration.
    return Markup(_parser().renderInline(text))  # noqa: S704 - it holds no HTML


def example(text: str, language: str) -> Markup:
    """A block of code."""
    return Markup(code(text, language))  # noqa: S704 - Pygments escapes


def typed(text: str) -> Markup:
    """A text of the frontmatter as it was typed; what its writer put between backticks is code, and they are not shown."""
    return Markup(_backticks().renderInline(text)) if "`" in text else escape(text)  # noqa: S704 - the parser escapes


def without_backticks(text: str) -> str:
    """The same in plain words."""
    return "".join(piece for piece, _ in pieces(text))


def pieces(text: str) -> list[tuple[str, bool]]:
    """A text of the frontmatter in pieces, each with whether it is code."""
    if "`" not in text:
        return [(text, False)]
    (token,) = _backticks().parseInline(text)
    return [(child.content, child.type == "code_inline") for child in token.children or ()]


@cache
def _backticks() -> MarkdownIt:
    return MarkdownIt("zero").enable("backticks")


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})
