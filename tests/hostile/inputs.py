"""Bad and odd inputs as data: the entries of the TOML files in this folder as the bytes of a postmortem.

An entry gives a `content` for the whole file, or a `frontmatter` (lines above the keys of a valid draft, from line 2), a
`body` (below it, from line 11) and a `change` (what stands in the draft, and what stands there instead). A text is a string
or a list of parts: strings, `{ text, times, indent }` (where `{n}` counts and each repetition is indented deeper), `{ hex }`
and `{ base64 }`. `encoding` and `line_end` say how a text becomes bytes.

`rule` and `line` say what must be among the findings; an empty rule says that there may be no error.
"""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
DRAFT = """---
id: x
title: Checkout was down
status: draft
severity: P3
timestamps:
  started: 2026-03-04T09:00:00Z
roles:
  author: "@maria"
---
"""


@dataclass(frozen=True, slots=True)
class Input:
    """A file, and what has to be found in it."""

    name: str
    theme: str
    entry: Mapping[str, Any]

    @property
    def rule(self) -> str:
        """Empty where nothing may be found."""
        return str(self.entry["rule"])

    @property
    def line(self) -> int:
        """Where the rule is broken."""
        return int(self.entry.get("line", 0))

    @property
    def message(self) -> str:
        """A part of what is said."""
        return str(self.entry.get("message", ""))

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        encoding, line_end = self.entry.get("encoding", "utf-8"), self.entry.get("line_end", "\n")

        def encoded(part: Any) -> bytes:
            if isinstance(part, str):
                return part.replace("\n", line_end).encode(encoding)
            if isinstance(part, list):
                return b"".join(map(encoded, part))
            if "hex" in part:
                return bytes.fromhex(part["hex"])
            if "base64" in part:
                return base64.b64decode(part["base64"])
            return encoded(_repeated(part))

        if "content" in self.entry:
            return encoded(self.entry["content"])
        draft = DRAFT
        for old, new in self.entry.get("change", {}).items():
            assert old in draft, old
            draft = draft.replace(old, new, 1)
        opening, rest = draft.split("\n", 1)
        extra = self.entry.get("frontmatter")
        above = [extra, "\n"] if extra is not None else []
        return encoded([f"{opening}\n", *above, rest, self.entry.get("body", "")])


def _repeated(part: Mapping[str, Any]) -> str:
    text, indent = part["text"], part.get("indent", 0)
    if not indent and "{n}" not in text:
        return str(text * part["times"])
    return "".join(" " * (i * indent) + text.replace("{n}", str(i)) for i in range(part["times"]))


def inputs() -> Iterator[Input]:
    """All entries, by theme."""
    for file in sorted(FOLDER.glob("*.toml")):
        for entry in tomllib.loads(file.read_text(encoding="utf-8"))["input"]:
            yield Input(entry["name"], file.stem, entry)
