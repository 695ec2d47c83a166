"""What new and changed postmortems resemble, as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from postmortem_kb.insight.search import Found
from postmortem_kb.report.github import cell
from postmortem_kb.source.document import Document

_ACTIONS = 5
"""So many actions of one postmortem are named."""


def summary(resembled: Sequence[tuple[Document, Sequence[Found]]]) -> Iterator[str]:
    """A section a postmortem, with the earlier ones that it resembles and what was left of their actions."""
    yield "## Past incidents like these"
    yield ""
    if not any(found for _, found in resembled):
        yield "Nothing in the catalog resembles what changed here." if resembled else "No postmortem changed."
        return
    for document, found in resembled:
        if found:
            yield f"### {cell(_title(document))}"
            yield ""
            for one in found:
                yield from _resembled(one)
            yield ""
    yield (
        "Is one of them the same thing again? Then write it under `related`, as `recurrence-of` or `same-cause`. "
        "`postmortem similar FILE` shows this list while you write."
    )


def _resembled(found: Found) -> Iterator[str]:
    match = found.match
    yield f"- **{cell(found.title)}** ({cell(match.id)}, {match.strength}): {cell('; '.join(match.reasons))}"
    owed, unproven = found.open_actions, found.unverified_actions
    yield from _actions("still open", owed)
    yield from _actions("called done, without a verification", unproven)
    if not owed and not unproven:
        yield "  - no action is open"


def _actions(state: str, actions: Sequence[dict[str, Any]]) -> Iterator[str]:
    for action in actions[:_ACTIONS]:
        due = f"; due {action['due']}" if action.get("due") and state == "still open" else ""
        owner = f" ({cell(str(action['owner']))}{cell(due)})" if action.get("owner") else ""
        yield f"  - {state}: {cell(action['id'])} {cell(action['action'])}{owner}"
    if len(actions) > _ACTIONS:
        yield f"  - {state}: {len(actions) - _ACTIONS} more"


def _title(document: Document) -> str:
    title = document.frontmatter.get("title")
    return title if isinstance(title, str) and title.strip() else document.id
