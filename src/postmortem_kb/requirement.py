"""When a policy requires a key, in a sentence; the descriptions of the schema end with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from postmortem_kb.policy import Policy
from postmortem_kb.words import CLOSED, REVIEWED

_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z`])")
_OBLIGATION = re.compile(r"(?:Always required|Required|Optional)\b")
_OF_POLICY = re.compile(r"Always required\.|Required (?:once|for|in) |Optional\.")


def when_required(policy: Policy, dotted: str, *, always: bool = False, filled: bool = False) -> str:
    """When a key is required, such as `Required once reviewed for P1 and P2`.

    Args:
        policy: What a repository asks for.
        dotted: A key of the frontmatter, or two with a dot between.
        always: Whether the schema requires it whatever the policy says.
        filled: Whether it is a list, which must not be empty.
    """
    statuses, severities = policy.words["status"], policy.words["severity"]
    groups: dict[tuple[str, ...], list[str]] = {}
    for status in statuses:
        asked = tuple(level for level in severities if always or _asks(policy, status, level, dotted))
        if asked:
            groups.setdefault(asked, []).append(status)
    more = ", at least one" if filled else ""
    found = [
        f"{_statuses(found, statuses)}{_severities(levels, severities)}{more}." for levels, found in groups.items()
    ]
    return " ".join(found).replace("Always required for", "Required for") or "Optional."


def split(description: str) -> tuple[str, str]:
    """What a description says of a key, and when the key is required."""
    sentences = _SENTENCE.split(description)
    said = [sentence for sentence in sentences if not _OBLIGATION.match(sentence)]
    return " ".join(said), " ".join(sentence for sentence in sentences if _OBLIGATION.match(sentence))


def retold(description: str, obligation: str) -> str:
    """A description with this obligation in place of the one that another policy gave it."""
    kept = [sentence for sentence in _SENTENCE.split(description) if not _OF_POLICY.match(sentence)]
    return " ".join((*kept, obligation))


def _asks(policy: Policy, status: str, severity: str, dotted: str) -> bool:
    keys = (key for requirement in policy.required(status, severity) for key in requirement.keys)
    return any(key == dotted or key.startswith(f"{dotted}.") for key in keys)


def _statuses(found: Sequence[str], statuses: Sequence[str]) -> str:
    if len(found) == len(statuses):
        return "Always required"
    # A status that a repository added has no place in the life cycle.
    if found in ([REVIEWED, CLOSED], [CLOSED]) or tuple(found) == tuple(statuses[1:]):
        return f"Required once {found[0]}"
    return f"Required in {_and(f'`{status}`' for status in found)}"


def _severities(levels: Sequence[str], severities: Sequence[str]) -> str:
    return "" if len(levels) == len(severities) else f" for {_and(levels)}"


def _and(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
