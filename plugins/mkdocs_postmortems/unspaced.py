"""Spaces for texts in scripts that have none, so that what is written inside of a sentence is found.

Pagefind takes what stands between two spaces for a word: in Japanese that is half a sentence. Its extended program knows
words of Chinese and Japanese, but cuts them otherwise than a browser cuts the query, and finds nothing inside of one. So
every sign is a word here, and a browser looks for signs that follow each other (`unspaced.js`).
"""

from __future__ import annotations

import re
from unicodedata import category, normalize

from postmortem_kb.insight.tokens import UNSPACED

SPACE = "\u2060"
"""What stands for a space that somebody typed in a script that has some: it shows nothing, and no phrase goes across it."""
_WIDE = "[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f]"
"""Letters and digits as wide as a sign, and kana half as wide: other spellings of the same."""
_SEPARATING = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\uac00-\ud7af]"
"""Signs of the scripts in which a space parts words or phrases. In Chinese and Japanese it is the end of a line."""
_TAG = "(<[^>]*>)"


def apart(html: str) -> str:
    """HTML with spaces around every sign of a script without spaces; the same text, where there is none."""
    # The patterns take longer to compile than most builds take to search.
    if html.isascii() or not re.search(f"{UNSPACED}|{_WIDE}", html):
        return html
    return "".join(part if part.startswith("<") else _apart(part) for part in re.split(_TAG, html))


def _apart(text: str) -> str:
    text = re.sub(f"{_WIDE}+", lambda run: normalize("NFKC", run[0]), text)
    text = re.sub(rf"(?<={_SEPARATING})\s+|\s+(?={_SEPARATING})", f" {SPACE} ", text)
    return re.sub(f"{UNSPACED}+", lambda run: f"{_signs(run[0])} ", text)


def _signs(run: str) -> str:
    """Marks stay at the sign that they belong to."""
    return "".join(sign if category(sign).startswith("M") else f" {sign}" for sign in normalize("NFC", run))
