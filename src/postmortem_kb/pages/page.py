"""A page of the site, and the templates that pages are made with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from postmortem_kb.cache import cache_folder
from postmortem_kb.insight.actions import Owed, coming
from postmortem_kb.pages.prose import typed
from postmortem_kb.render import urls, words
from postmortem_kb.source.links import scheme
from postmortem_kb.source.text import digest

_DAYS = 366
"""So many days ahead a page knows what becomes late: nobody reads a build that is older."""


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of a page's table of contents."""

    id: str
    title: str
    level: int = 2


Questions = tuple[tuple[str, str], ...]
"""What a page asked about other files while it was made."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a page holds."""

    html: str
    headings: tuple[Heading, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    """The files that it shows: their address on the site, and their path below the root."""
    questions: Questions = ()
    search: str = ""
    """The page as the search reads it: HTML with nothing but text and headings; empty: it is not searched."""
    pieces: Iterable[str] = ()
    """What a file for programs holds, in place of HTML: some are larger than all pages together."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its address, what a site generator has to know of it, and how its content is made."""

    path: str
    """From the root of the site, with `/` at its end; empty: the home page."""
    title: str
    """Plain text."""
    area: str
    """The path of the main page to which it belongs."""
    key: str
    """A digest of everything that the content is made from, what it asks for on the way aside."""
    make: Callable[[], Content]
    description: str = ""
    raw: bool = False
    """Whether it is a file for programs: it stands at its path as it is."""

    @property
    def file(self) -> str:
        """The file that it is written to."""
        return self.path if self.raw else f"{self.path}index.html"


def compiled_templates() -> jinja2.BytecodeCache | None:
    """Where templates that were compiled once are found again; None where nothing is to be kept."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        (folder / "templates").mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return jinja2.FileSystemBytecodeCache(str(folder / "templates"))


@cache
def environment() -> jinja2.Environment:
    """The templates. Everything that is put into one is escaped."""
    env = jinja2.Environment(
        loader=jinja2.PackageLoader("postmortem_kb.pages"),
        autoescape=True,
        auto_reload=False,
        bytecode_cache=compiled_templates(),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    env.filters |= {
        "duration": words.duration,
        "elapsed": words.elapsed,
        "day": words.day,
        "date": lambda day: _time(day, words.day(day)),
        "clock": lambda moment: _time(moment, f"{moment:%H:%M}"),
        "days_after": words.days_after,
        "label": words.label,
        "ordinal": words.ordinal,
        "paragraphs": words.paragraphs,
        "thousands": "{:,}".format,
        "ticket": words.ticket,
        "coming": _coming,
        "typed": typed,
    }
    env.tests["website"] = lambda address: scheme(address) in ("http", "https")
    env.globals |= {"count": words.count, "urls": urls}
    return env


def _coming(entries: Iterable[Owed]) -> str:
    """When more of some actions become late, for the reader's day: `2026-03-04*2 2026-04-01*1`."""
    return " ".join(f"{day}*{number}" for day, number in coming(entries)[:_DAYS])


def _time(value: date, shown: str) -> Markup:
    """A day or a moment as an element, which tells programs the whole of it."""
    # No macro: there are more of these than of anything else, and nothing in them was written by anybody.
    return Markup(f'<time datetime="{value.isoformat()}">{shown}</time>')  # noqa: S704


def render(template: str, path: str, **values: Any) -> str:
    """A template's HTML for the page at a path; `to(address)` in it leads to another page."""
    to: Callable[[str], str] = lambda target: urls.relative(target, path)  # noqa: E731
    return environment().get_template(template).render(to=to, here=path, **values)


def key_of(*inputs: object) -> str:
    """A digest of values that print what they hold."""
    return digest(repr(inputs).encode("utf-8", "surrogatepass"))
