"""From a token of a text to the terms in it: words without their endings, and the words inside a name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from postmortem_kb.published import published

_TOKEN = re.compile(r"[^\W\d_][\w'\u2019-]*|[.;:!?,()|]")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_'-]*|[.;:!?,()|]")
"""The same for text that is ASCII, a quarter quicker."""

# Scripts that set no spaces between words are cut into overlapping pairs of characters, as search engines do; what is
# written in katakana is a word, what is written in hiragana an ending.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
UNSPACED = f"[\u3040-\u30ff{_UNSPACED}]"
"""A sign of a script without spaces, as a pattern: kana, Han, Hangul, Thai, Lao, Burmese, Khmer."""
_RUN = f"[\u30a1-\u30fa\u30fc]+|[{_UNSPACED}]+|[^\\W\u3040-\u30ff{_UNSPACED}]+"
_INNER = re.compile("[-_]+")
_OWNER = re.compile("['\u2019]s?$")
_DIGITS = re.compile(r"\d.*\d.*\d.*\d")
_LONGEST = 40
"""Characters of a word; what is longer is a key or a digest."""

Term = tuple[str, str]
"""What is compared, and how it was spelt."""


class Tokens(dict[str, tuple[Term, ...]]):
    """The terms of every token that was asked for: none in a common word, several in a name with hyphens."""

    def __missing__(self, token: str) -> tuple[Term, ...]:
        """Work them out once."""
        # The patterns of other scripts take longer to compile than all others of the program.
        foreign = not token.isascii() and re.search(UNSPACED, token)
        self[token] = tuple(_foreign(token) if foreign else _terms(token))
        return self[token]


class Words(dict[str, str]):
    """The one term of a token; nothing where it has none, or several."""

    def __missing__(self, token: str) -> str:
        """Work it out once."""
        found = TOKENS[token]
        # The owner of a thing and the thing are no pair.
        self[token] = found[0][0] if len(found) == 1 and not _OWNER.search(token) else ""
        return self[token]


TOKENS = Tokens()
WORDS = Words()


def tokens(text: str) -> list[str]:
    """Words, names with hyphens, stretches of a script without spaces, and the signs at which two words part."""
    return (_PLAIN if text.isascii() else _TOKEN).findall(text)


def stem(word: str) -> str:
    """A word without the endings of English plurals and verbs; one of another language mostly as it is.

    After Harman's S-stemmer (How effective is suffixing?, JASIS 1991), with `-ed` and `-ing`.
    """
    if word.endswith("ies") and len(word) > 4:
        word = f"{word[:-3]}y"
    elif word.endswith(("sses", "xes", "ches", "shes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 2 + (ending == "ed"):
            word = word[: -len(ending)]
            if word[-1] == word[-2] and word[-1] not in "ls":
                word = word[:-1]
            break
    return word.removesuffix("e") if len(word) > 4 else word


@cache
def stop_words() -> frozenset[str]:
    """Words that tell no incident from another."""
    return frozenset(word for lists in _stop_lists().values() for words in lists.values() for word in words.split())


def grammar(language: str) -> list[str]:
    """The words of a language's grammar, sorted; of English, too, which postmortems of all countries quote.

    Args:
        language: Two letters; of languages without a list, nothing is known.
    """
    lists = _stop_lists()["grammar"]
    return sorted({word for name in ("en", language) for word in lists.get(name, "").split()})


@cache
def _stop_lists() -> dict[str, dict[str, str]]:
    """By kind and language."""
    found: dict[str, dict[str, str]] = tomllib.loads(published("stopwords.toml"))
    return found


def _foreign(token: str) -> Iterator[Term]:
    for run in re.findall(_RUN, token):
        if not re.match(UNSPACED, run):
            yield from _terms(run)
        elif len(run) < 3 or "\u30a1" <= run[0] <= "\u30fc":
            yield run, run
        else:
            yield from ((run[i : i + 2], run[i : i + 2]) for i in range(len(run) - 1))


def _terms(token: str) -> Iterator[Term]:
    if len(token) > _LONGEST:
        return
    found = [term for part in _INNER.split(token.strip("-_'\u2019")) for term in _word(part)]
    yield from found
    # A name is one thing, however its parts are joined.
    yield from ((f"{one} {two}", token) for (one, _), (two, _) in pairwise(found))


def _word(part: str) -> Iterator[Term]:
    word = _OWNER.sub("", part)
    small = word.casefold()
    if len(small) > 1 and small[0].isalpha() and small not in stop_words() and not _DIGITS.search(small):
        yield stem(small), word
