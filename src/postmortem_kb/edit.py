"""Changing files by position: only the bytes that change, and all of a file or nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from postmortem_kb.diagnostic import Edit
from postmortem_kb.errors import UsageError
from postmortem_kb.source.text import Text


def apply(text: Text, edits: Iterable[Edit]) -> str:
    """A text with edits made, from its end backwards; of two that overlap, the later one is left out."""
    string = text.string
    end = len(string) + 1
    for edit in sorted(edits, key=lambda edit: (edit.span.line, edit.span.column), reverse=True):
        start = text.offset(edit.span.line, edit.span.column)
        stop = text.offset(edit.span.end_line, edit.span.end_column)
        if stop <= end:
            string = string[:start] + edit.text + string[stop:]
            end = start
    return string


def replace(file: Path, content: bytes) -> None:
    """Put a content in a file's place, in one step; its permissions stay.

    Raises:
        UsageError: It cannot be written; the file is as it was.
    """
    mode = file.stat().st_mode & 0o7777 if file.exists() else 0o666 & ~_umask()
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as temporary:
                temporary.write(content)
                temporary.flush()
                os.fsync(temporary.fileno())
            Path(name).chmod(mode)
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"`{file}` cannot be written: {error.strerror}; it is as it was") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
