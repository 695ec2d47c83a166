"""A postmortem as it lies on the disk: read once, never raising for what it holds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from postmortem_kb.diagnostic import FILE_START, Edit, Finding, Fix, Span
from postmortem_kb.source.frontmatter import Frontmatter, no_frontmatter, read_frontmatter
from postmortem_kb.source.limits import Limits
from postmortem_kb.source.text import LINE_BREAK, Text, digest

if TYPE_CHECKING:
    from postmortem_kb.source.body import Body

_LINES = 200_000
"""Lines of a file, each of its line breaks counted by the character."""
_SHORTER = "Move logs and data to files beside it and link them."


@dataclass(frozen=True)
class Document:
    """One file of the catalog. `problems` says what kept parts of it from being read, by rule."""

    path: str
    """Relative to the root, with `/`."""
    text: Text
    frontmatter: Frontmatter
    body_start: int = 0
    problems: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    rows: int = 2000
    """The most rows of one table that are read."""
    mark: str = ""
    """A digest of the file; empty where it could not be read."""
    pictures: dict[str, str] = field(default_factory=dict)
    """Where pictures lie that the text calls by other names, both relative to the root."""

    @property
    def readable(self) -> bool:
        """Whether the frontmatter could be read, so that other rules have something to stand on."""
        return not self.problems

    def section_at(self, line: int) -> str:
        """The title of the section in which a line of the file stands; empty above all of them."""
        above = bisect_right(self._heads, line)
        return self.body.sections[above - 1].title if above else ""

    @cached_property
    def _heads(self) -> list[int]:
        return [section.span.line for section in self.body.sections]

    def lines_of_code(self) -> Iterator[int]:
        """The lines of the file that stand in a block of code of the body, its fences among them."""
        for token in self.body.tokens:
            if token.type in ("fence", "code_block") and token.map:
                yield from range(self.body.offset + token.map[0] + 1, self.body.offset + token.map[1] + 1)

    @property
    def stem(self) -> str:
        """The file's name without its ending: what its id has to be."""
        return PurePosixPath(self.path).name.removesuffix(".md")

    @property
    def id(self) -> str:
        """The id that it gives itself; its stem where it gives none."""
        value = self.frontmatter.get("id")
        return value if isinstance(value, str) and value else self.stem

    @cached_property
    def frontmatter_mark(self) -> str:
        """A digest of the text above the body."""
        return digest(self.text.string[: self.body_start].encode("utf-8", "surrogatepass"))

    def suppresses(self, rule: str, key: str) -> bool:
        """Whether the file says, with a reason, that a finding of a rule may stay; `key` is what the finding is about."""
        for _, item in self.frontmatter.mappings("suppress"):
            reason = item.get("reason")
            if (
                item.get("rule") == rule
                and isinstance(reason, str)
                and reason.strip()
                # A key that somebody has yet to fill in is about no finding: it must not widen what is hidden.
                and ("key" not in item or item["key"] == key != "")
            ):
                return True
        return False

    @cached_property
    def body(self) -> Body:
        """The Markdown; parsed when first asked for, since a hook needs it of the changed files only."""
        # Imported here: the way to a Markdown parser is long, and lists of actions need none.
        from postmortem_kb.source.body import read_body

        return read_body(self.text, self.body_start, rows=self.rows)


def read_document(root: Path, path: str, limits: Limits) -> Document:
    """Read the file at a path below the root. Nothing that it holds raises."""
    file = root / path
    try:
        if not file.is_file():
            return _unread(
                path, "filename", "This is not a file, though its name ends in `.md`", "Rename or remove it."
            )
        # Folders are not followed through links, so only the file itself can be one.
        if file.is_symlink() and not file.resolve().is_relative_to(root.resolve()):
            return _unread(
                path, "filename", "This is a link to a file outside the repository", "Put the file itself here."
            )
        if file.stat().st_size > limits.file_bytes:
            return _too_large(path, file.stat().st_size, limits.file_bytes)
        content = file.read_bytes()
    except OSError as error:
        return _unread(path, "encoding", f"The file cannot be read: {error.strerror}", "Mend its permissions.")
    return parse_document(path, content, limits)


def parse_document(path: str, content: bytes, limits: Limits) -> Document:
    """Read a file from its bytes."""
    if len(content) > limits.file_bytes:
        return _too_large(path, len(content), limits.file_bytes)
    try:
        string = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = len(LINE_BREAK.findall(content[: error.start].decode("utf-8"))) + 1
        finding = Finding(
            Span(line, 1, line, 1),
            f"The bytes are not UTF-8, first on line {line}",
            "Save the file as UTF-8 text.",
        )
        return _with_problem(path, "encoding", finding)
    if string.count("\n") + string.count("\r") > _LINES:
        return _unread(path, "file-size", f"The file has more than {_LINES:,} lines", _SHORTER)
    text = Text.of(string.removeprefix("\ufeff"))
    frontmatter, body_start, faults = read_frontmatter(text, nesting=limits.nesting, items=limits.items)
    problems: dict[str, tuple[Finding, ...]] = {}
    for fault in faults:
        span = text.span(fault.offset, min(fault.offset + 1, len(text.string)))
        fix = Fix((Edit(text.exact_span(*fault.edit[:2]), fault.edit[2]),)) if fault.edit else None
        problems[fault.rule] = (*problems.get(fault.rule, ()), Finding(span, fault.message, fault.help, fix=fix))
    if not faults and not frontmatter.data:
        problems["frontmatter-missing"] = (no_frontmatter(text),)
    return Document(path, text, frontmatter, body_start, problems, limits.items, digest(content))


def _too_large(path: str, size: int, limit: int) -> Document:
    message = f"The file has {size:,} bytes; at most {limit:,} are read"
    return _unread(path, "file-size", message, _SHORTER)


def _unread(path: str, rule: str, message: str, help: str) -> Document:
    return _with_problem(path, rule, Finding(FILE_START, message, help))


def _with_problem(path: str, rule: str, finding: Finding) -> Document:
    text = Text.of("")
    return Document(path, text, Frontmatter({}, text), problems={rule: (finding,)})
