"""How large a picture is, so that a page can keep its place while it loads."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

# The size stands near the front, and a picture may be of any length.
_HEAD = 256 * 1024
_MOST = 20_000
_TALLEST = 640
# The library also reads formats that are programs or XML, whatever the file is called.
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a page shows: its address, and its size in pixels where that could be read."""

    address: str
    width: int = 0
    height: int = 0

    @property
    def shown(self) -> tuple[int, int]:
        """Its size on a page: a tall one is made smaller, so that the text around it stays in sight."""
        if self.height <= _TALLEST:
            return self.width, self.height
        return max(1, round(self.width * _TALLEST / self.height)), _TALLEST


def size(file: Path) -> tuple[int, int]:
    """Width and height in pixels, turned as a camera noted it; zeros where the file does not say it, or cannot be read."""
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return 0, 0
    if not head.startswith(_BEGINNINGS) and head[4:8] != b"ftyp":
        return 0, 0
    # Imported here: few pages show a picture.
    import imagesize

    width, height = imagesize.get(BytesIO(head))
    return (width, height) if 0 < width <= _MOST and 0 < height <= _MOST else (0, 0)
