"""A body's tokens as safe HTML: links resolved, code coloured, tables that scroll, nothing that runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

import nh3
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from postmortem_kb.render.pictures import Picture
from postmortem_kb.source.body import Body, anchors, parser, plain

# Colouring costs more than reading; a log of this length is looked at as it is.
_COLOURED_CHARACTERS = 20_000
_TAGS = {
    "a", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6",
    "hr", "img", "input", "li", "ol", "p", "pre", "s", "section", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr",
    "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"class", "id"},
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "title", "loading", "width", "height"},
    "input": {"type", "checked", "disabled", "aria-label"},
    "ol": {"start", "class"},
    "td": {"style"},
    "th": {"style"},
    "div": {"class", "tabindex", "role", "aria-label"},
}


@dataclass(frozen=True, slots=True)
class Links:
    """Where relative addresses in a body lead to; None: nowhere on this site."""

    link: Callable[[str], str | None]
    image: Callable[[str], Picture | None]


class _Renderer(RendererHTML):
    """Rules that differ from those of the parser's own renderer."""

    def __init__(self, links: Links) -> None:
        self.links = links
        # Rules that plugins added (footnotes, alerts) live on the parser's renderer.
        self.rules = {**parser().renderer.rules, **{name: getattr(self, name) for name in _rules()}}  # type: ignore[attr-defined]
        self.names: Mapping[int, str] = {}
        self.dead: list[bool] = []
        self.place = ""
        self.top = 3
        self.level = 2

    def footnote_ref(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        # The parser's own shows which reference it is, too: "1:1" reads like a time.
        number, which = tokens[idx].meta["id"] + 1, tokens[idx].meta["subId"]
        place = f"fnref{number}:{which}" if which else f"fnref{number}"
        return f'<sup class="footnote-ref"><a href="#fn{number}" id="{place}">[{number}]</a></sup>'

    def footnote_block_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        # The heading parts them from the text; the parser's own adds a line.
        return '<section class="footnotes">\n<ol class="footnotes-list">\n'

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        # Whoever hears a page counts on no level being left out.
        self.level = max(self.top, min(int(tokens[idx].tag[1:]), self.level + 1))
        tag = f"h{self.level}"
        self.place = self.names[id(tokens[idx + 1])]
        return f'<{tag} id="{escape(self.place)}">'

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        link = f'<a class="headerlink" href="#{escape(self.place)}" title="Link to this section">¶</a>'
        return f"{link}</h{self.level}>\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        words = tokens[idx].info.split()
        if words and words[0].lower() == "mermaid":
            return diagram(tokens[idx].content)
        return code(tokens[idx].content, words[0] if words else "")

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return code(tokens[idx].content, "")

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return '<div class="pm-scroll" tabindex="0" role="region" aria-label="Table"><table class="pm-cells">\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return "</table></div>\n"

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        href = self.links.link(str(tokens[idx].attrGet("href") or ""))
        self.dead.append(href is None)
        if href is None:
            return '<span class="pm-no-link">'
        title = tokens[idx].attrGet("title")
        return f'<a href="{escape(href)}"' + (f' title="{escape(str(title))}"' if title else "") + ' rel="noopener">'

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return "</span>" if self.dead and self.dead.pop() else "</a>"

    def paragraph_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        if tokens[idx].hidden or not self._alone(tokens[idx + 1]):
            return self.renderToken(tokens, idx, options, env)
        return '<figure class="pm-figure">'

    def paragraph_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        if tokens[idx].hidden or not self._alone(tokens[idx - 1]):
            return self.renderToken(tokens, idx, options, env)
        picture = (tokens[idx - 1].children or [])[0]
        caption = str(picture.attrGet("title") or "") or plain(picture)
        return (f"<figcaption>{escape(caption)}</figcaption>" if caption else "") + "</figure>\n"

    def _alone(self, token: Token) -> bool:
        """Whether a paragraph holds a picture of this site and nothing else."""
        inside = token.children or []
        return len(inside) == 1 and inside[0].type == "image" and self._picture(inside[0]) is not None

    def _picture(self, token: Token) -> Picture | None:
        return self.links.image(str(token.attrGet("src") or ""))

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        token = tokens[idx]
        alt = plain(token)
        picture = self._picture(token)
        if picture is None:
            return f'<span class="pm-no-image">{escape(alt or "Picture")}</span>'
        title = token.attrGet("title")
        extra = f' title="{escape(str(title))}"' if title else ""
        extra += ' width="{}" height="{}"'.format(*picture.shown) if picture.width else ""
        html = f'<img src="{escape(picture.address)}" alt="{escape(alt)}"{extra} loading="lazy">'
        # A link that was written around it stays the only one.
        if self.dead[-1:] == [False]:
            return html
        name = "" if alt else ' aria-label="Picture"'
        return f'<a class="pm-zoom" href="{escape(picture.address)}"{name}>{html}</a>'


@cache
def _rules() -> list[str]:
    """The names of those that differ; the parser's own renderer looks for its rules each time that one is made, which is once a page."""
    return [name for name in vars(_Renderer) if not name.startswith("_")]


class Markdown:
    """Renders one body for one page.

    Args:
        body: The parsed body.
        links: Where its addresses lead to.
        names: The anchor of each heading, by the identity of its inline token; by default as `anchors` gives them.
        top: The highest level of its headings; the page has those above.
    """

    def __init__(self, body: Body, links: Links, names: Mapping[int, str] | None = None, *, top: int = 3) -> None:
        self.body = body
        self.renderer = _Renderer(links)
        if names is None:
            names = {id(token): name for name, token in anchors(body.tokens)}
        self.renderer.names = names
        self.renderer.top = top

    def blocks(self, first: int, last: int) -> str:
        """The HTML of a range of the body's tokens."""
        self.renderer.level = self.renderer.top - 1
        return clean(self.renderer.render(self.body.tokens[first:last], parser().options, self.body.env))

    def inline(self, token: Token) -> str:
        """The HTML of one inline token."""
        return clean(self.renderer.renderInline(token.children or [], parser().options, self.body.env))


def clean(html: str) -> str:
    """HTML of which nothing runs and nothing is loaded, though raw HTML was never let in."""
    # Nothing in it is markup where there is no markup; most cells of tables are such.
    return html if "<" not in html and "&" not in html else _cleaner().clean(html)


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        filter_style_properties={"text-align"},
        link_rel=None,
    )


def code(text: str, language: str) -> str:
    """A block of code in Pygments' classes."""
    lexer = _lexer(language) if language and len(text) <= _COLOURED_CHARACTERS else None
    inside = highlight(text, lexer, _formatter()) if lexer else escape(text)
    return f'<div class="highlight"><pre><code>{inside}</code></pre></div>\n'


def diagram(source: str) -> str:
    """The source of a Mermaid diagram, for a browser to draw; as it is, it reads as code."""
    # Not the class `mermaid`: where a theme sees that, it may fetch the library from another host.
    return f'<div class="highlight pm-diagram"><pre><code>{escape(source)}</code></pre></div>\n'


@cache
def _lexer(language: str) -> Any:
    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return None


@cache
def _formatter() -> HtmlFormatter[str]:
    return HtmlFormatter(nowrap=True)
