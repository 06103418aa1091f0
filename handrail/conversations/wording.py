"""How two messages are compared: one plain form of a text, one signature of near-duplicates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from handrail.digests import digest

# A wording that fewer customers used could be somebody's name or number: no model may hold it.
MIN_CUSTOMERS = 5
_PLACEHOLDER = re.compile(r"\[([A-Z][A-Z_]*)_\d+\]")
_ACCENT = re.compile("[\u0300-\u036f]")  # of Latin, Greek and Cyrillic letters
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"<[a-z_]+>|[^\W_]+")


def unnumbered(text: str) -> str:
    """`text` with placeholders of a type alike: `[PERSON_7]` becomes `<person>`."""
    return _PLACEHOLDER.sub(lambda m: f" <{m[1].lower()}> ", text)


def unquoted(text: str) -> str:
    """`text` without the lines that quote (`> ...`), which say what others wrote.

    A text that is nothing but a quotation stays as it is.
    """
    own = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))
    return own if own.strip() else text


def plain(text: str) -> str:
    """`text` folded: case, accents, white space and Unicode forms are gone, each digit is 0.

    People in a hurry leave accents out: `contrasena` is `contraseña`. A placeholder keeps its type
    and loses its number: `[PERSON_7]` becomes `<person>`.
    """
    folded = unnumbered(text).casefold()
    if not folded.isascii():
        bare = _ACCENT.sub("", unicodedata.normalize("NFKD", folded))
        folded = unicodedata.normalize("NFC", bare).casefold()
    return " ".join(_DIGIT.sub("0", folded).split())


def words(text: str) -> list[str]:
    """The words and typed placeholders of a text in plain form, in order."""
    return _WORD.findall(plain(text))


def with_pairs(said: Sequence[str]) -> list[str]:
    """The words, then each two that stand beside each other: word 1-2-grams."""
    return [*said, *map(" ".join, pairwise(said))]


def signature(text: str) -> str:
    """Equal for messages that say the same with the same words, whatever their order and count.

    Punctuation, case, digits and placeholder numbers don't count either.
    """
    return digest(sorted(set(words(text))))[:16]
