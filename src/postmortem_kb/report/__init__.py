"""The formats in which diagnostics are reported, each a module of its name, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from postmortem_kb.report.report import Format

FORMATS = ("text", "json", "github", "gitlab", "sarif", "junit", "rdjson")

if TYPE_CHECKING:
    from postmortem_kb.report import github, gitlab, json, junit, rdjson, sarif, text

    _FORMATS: tuple[Format, ...] = (text, json, github, gitlab, sarif, junit, rdjson)


def format_named(name: str) -> Format:
    """The format of a name."""
    found: Format = import_module(f"postmortem_kb.report.{name}")
    return found
