"""The rules, one module each, in the order in which the manual lists them."""

from __future__ import annotations

from postmortem_kb.rules import (
    action_addresses,
    action_due,
    derived_section,
    duplicate_id,
    encoding,
    file_size,
    filename,
    frontmatter_missing,
    frontmatter_syntax,
    missing_section,
    placeholder,
    schema,
    timeline_format,
    timeline_order,
    timestamp_order,
    unknown_key,
    unknown_related,
)
from postmortem_kb.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    encoding,
    file_size,
    frontmatter_syntax,
    frontmatter_missing,
    filename,
    duplicate_id,
    unknown_key,
    schema,
    missing_section,
    derived_section,
    placeholder,
    timestamp_order,
    timeline_format,
    timeline_order,
    action_due,
    action_addresses,
    unknown_related,
)
