"""What in a text cannot be read as YAML, in the words of the file's writer."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import yaml

from postmortem_kb.source.quotes import left_open, margin, quoted, text_behind

_NOTHING = "This line is neither `key: value` nor part of a value"
_KEY = re.compile(r":(?:[ \t]|$)")
# A comment has a space behind its `#`, or more of them; what has none was meant as text: `issue #12`, `C #sharp`.
_REMARK = r"[ \t]+#+(?:\s|\Z)|[ \t]*(?:[\r\n]|\Z)"
_CUT = re.compile(rf"[ \t]+(#[^\s#][^\r\n]*?)(?={_REMARK})")
_CUT_INSIDE = re.compile(rf"[ \t]+(#[^\s#][^\r\n]*?)(?={_REMARK}|[ \t]*[,\]}}])")
"""The same between the brackets of a list on one line."""
_FIGURE = re.compile(r"[0-9][0-9TZ:.+-]*")
"""A number, a date or a moment: what stands behind it is a remark."""
_ENTRY = re.compile(r"[ ]*(-[^\s-].*)")
_TICKET = re.compile(r"#[0-9]+(?![\w-])")


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """Something in the YAML that cannot be read."""

    offset: int
    message: str
    help: str
    rule: str = "frontmatter-syntax"
    edit: tuple[int, int, str] | None = None
    """What was surely meant: a stretch of the text, as offsets, and what is to stand there."""

    def moved(self, by: int) -> Fault:
        """The same fault in a text in which everything stands further back."""
        edit = (self.edit[0] + by, self.edit[1] + by, self.edit[2]) if self.edit else None
        return replace(self, offset=self.offset + by, edit=edit)


def cut(text: str, value: str, start: int, end: int, key: tuple[int, int], *, inside: bool) -> Fault | None:
    """What YAML leaves off a plain value as a comment, though it is text; None where nothing is lost.

    Args:
        text: The YAML.
        value: What YAML makes of the value.
        start: Offset of the value.
        end: Offset behind it.
        key: Where its key begins and ends; for an entry of a list, where the entry does.
        inside: Whether it stands between brackets.
    """
    found = (_CUT_INSIDE if inside else _CUT).match(text, end)
    if not found or _FIGURE.fullmatch(value):
        return None
    name = text[slice(*key)] if key[0] < key[1] else ""
    lost, stop = [found[1]], found.end()
    if not inside:
        line = text.rfind("\n", 0, start) + 1
        depth = key[0] - text.rfind("\n", 0, key[0]) - 1 if name else margin(text[line:start])
        more, stop = _continued(text, stop, depth)
        lost += more
    whole = quoted(" ".join(part for part in (value, *lost) if part))
    shown = f"{name}: {whole}" if name else whole if inside else f"- {whole}"
    first = (found[1] if len(found[1]) <= 40 else found[1][:37] + "...").replace("`", "'")
    edit = (start if value else found.start(1), stop, whole) if _TICKET.match(found[1]) else None
    return Fault(
        found.start(1),
        f"YAML takes `{first}` for a comment and leaves it off the value",
        f"Put the whole value in quotes: {shown}; for a comment, write a space behind the `#`.",
        edit=edit,
    )


def _continued(text: str, stop: int, depth: int) -> tuple[list[str], int]:
    """The lines below that were to go on with a value, and where they end; behind a comment they are part of nothing."""
    lines: list[str] = []
    while (begin := text.find("\n", stop) + 1) and not text[stop : begin - 1].strip():
        end = text.find("\n", begin)
        line = text[begin : end if end >= 0 else len(text)].rstrip()
        bare = line.lstrip(" ")
        if not bare or margin(line) <= depth or bare.startswith("#"):
            break
        lines.append(bare)
        stop = begin + len(line)
    return lines, stop


def explain_yaml_error(error: Exception, text: str) -> Fault:  # noqa: C901, PLR0912 - one case a mistake
    """A fault in the words of the file's writer, from what libyaml said."""
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or error)
    offset = min(mark.index if mark else getattr(error, "position", 0), len(text))
    if isinstance(error, yaml.reader.ReaderError):
        code = error.character if isinstance(error.character, int) else ord(str(error.character)[0])
        # libyaml counts bytes where it meets a character that YAML forbids.
        return forbidden(max(text.find(chr(code)), 0), code)
    context = getattr(error, "context_mark", None)
    start = text.rfind("\n", 0, offset) + 1
    line = text[start:].split("\n", 1)[0]
    if fault := misquoted(text, offset):
        return fault
    if "did not find expected ',' or" in problem and context is not None:
        closing = problem[-2]
        if closing not in _inside(text, context.index):
            message = f"The bracket `{text[context.index]}` that opens here is never closed"
            return Fault(context.index, message, f"Close it with `{closing}` behind its last entry.")
    if "mapping values are not allowed" in problem:
        if ": " not in line[: offset - start]:
            above = text[:start].rstrip()
            last = above.rfind("\n") + 1
            if above and not _KEY.search(above, last):
                return _stray(last, above[last:])
            return Fault(start, "This key does not line up with the keys above", "Indent the keys of one block alike.")
        more, _ = _continued(text, start + len(line), margin(line))
        return Fault(offset, "A `: ` inside a value looks like a second key", _quoted(" ".join((line.rstrip(), *more))))
    if "cannot start any token" in problem:
        character = text[offset : offset + 1]
        if character == "\t":
            return Fault(offset, "A tab stands where YAML wants spaces", "Indent with spaces.")
        named = "a backtick" if character == "`" else f"`{character}`"
        message = f"A value must not begin with {named} unless it is in quotes"
        return Fault(offset, message, _quoted_inside(line, offset - start) or _quoted(line))
    if "quoted scalar" in str(getattr(error, "context", "")) and context is not None:
        return Fault(context.index, "A quote that opens here is never closed", "Close it, or leave both quotes out.")
    if "expected <document start>" in problem and text.startswith("%"):
        return Fault(
            0, "A directive (`%`) is not read", "Delete the line, or put a text that begins with `%` in quotes."
        )
    if "could not find expected ':'" in problem:
        at = context.index if context is not None else offset
        return _stray(at, text[at:].split("\n", 1)[0])
    if "did not find expected key" in problem or "did not find expected '-' indicator" in problem:
        return Fault(offset, "The indentation does not fit the lines above", "Align the keys of one block.")
    return Fault(offset, f"This is not YAML: {problem}", "Put the text in quotes, or mend the line.")


def misquoted(text: str, offset: int) -> Fault | None:
    """A quote that is left open, or text behind a value that is closed, at an error or above it; None where there is neither."""
    if (opened := left_open(text, offset + 1)) is not None:
        return Fault(opened, "A quote that opens here is never closed", "Close it, or leave both quotes out.")
    if found := text_behind(text, offset):
        place, meant = found
        place += len(text[place:]) - len(text[place:].lstrip(" "))
        return Fault(place, "Text stands behind the end of a value", f"Put the whole value in quotes: {meant}")
    return None


def _inside(text: str, bracket: int) -> str:
    """What may stand between brackets: up to the next line that is indented no deeper than that of the first."""
    depth = margin(text[text.rfind("\n", 0, bracket) + 1 :])
    below = re.compile(rf"\n[ ]{{0,{depth}}}[^\s\]}}]").search(text, bracket)
    return text[bracket : below.start() if below else len(text)]


def _stray(offset: int, line: str) -> Fault:
    """A line that is nothing; a dash without its space is an entry of a list."""
    if entry := _ENTRY.match(line):
        message = "An entry of a list has a space behind its `-`"
        return Fault(offset + entry.start(1), message, f"Write `- {entry[1].rstrip()[1:]}`.")
    return Fault(offset, _NOTHING, "Write `key: value`, or indent it.")


def forbidden(offset: int, code: int) -> Fault:
    """A character that YAML does not allow."""
    return Fault(offset, f"The character U+{code:04X} must not stand in YAML", "Delete it.")


def _quoted(line: str) -> str:
    key, colon, value = line.partition(": ")
    if not colon:
        dash, _, value = line.strip().partition(" ")
        return (
            f"Put the value in quotes: - {quoted(value.strip())}"
            if dash == "-" and value
            else "Put the value in quotes."
        )
    return f"Put the value in quotes: {key.strip()}: {quoted(value.strip())}"


def _quoted_inside(line: str, place: int) -> str:
    """How an entry between brackets is put in quotes; empty where none stand around it."""
    before = line[:place]
    if all(before.count(opened) <= before.count(closed) for opened, closed in ("[]", "{}")):
        return ""
    entry = re.split(r"[,\]}]", line[place:], maxsplit=1)[0]
    return f"Put it in quotes: {quoted(entry.strip())}."
