"""A chat's sentences, and the tokens by which a quotation is held against them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence, Set

from handrail.conversations.wording import words
from handrail.playbook.claim_patterns import CLAIM

_PLACEHOLDER = r"\[[A-Z][A-Z_]*_\d+\]"
# A number keeps its sign, currency and what groups it: "1,000", "1.000" and "-50€" are not alike.
TOKEN = re.compile(
    _PLACEHOLDER
    + r"|[-+\u2212]?[€$£¥₹#]?\d[\d.,:/%°-]*[€$£¥₹%]?\w*"
    + r"|[^\W\d_](?:[\w'\u2018\u2019`\u00b4-]*\w)?"
    + r"|[€$£¥₹%]|…"
)
_ENDS = re.compile(r"(?<=[.!?…])[\"'”»“)\]]*\s+|\s*\n\s*")
_APOSTROPHES = str.maketrans(dict.fromkeys("'`\u00b4\u2018\u2019"))
_HALVES = re.compile(r"['`\u00b4\u2018\u2019-]")
_LAST_WORD = re.compile(r"([^\s(]+?)\.$")
_DAY = re.compile(r"(?<![\w.,])\d{1,2}\.$")
GAP = "…"


def sentences(text: str, *, abbreviations: Set[str]) -> list[str]:
    """The sentences of a message, in order; a full stop after an abbreviation ends none.

    Before a small letter a full stop ends a sentence only after a word of three letters and more.
    The one within a date ("3. März") ends none.
    """
    found, start = [], 0
    for end in _ENDS.finditer(text):
        before, after = text[start : end.start()], text[end.end() : end.end() + 1]
        if "\n" not in end.group() and (
            not _is_end(before, after, abbreviations) or _is_in_date(text, end.start())
        ):
            continue
        found.append(before)
        start = end.end()
    found.append(text[start:])
    return [sentence.strip() for sentence in found if tokens(sentence)]


def _is_end(before: str, after: str, abbreviations: Set[str]) -> bool:
    last = _LAST_WORD.search(before.rstrip("\"'”»“)]"))
    if last is None:
        return True
    word = last[1].casefold()
    if word in abbreviations or (len(word) == 1 and word.isalpha()):
        return False
    return not after.islower() or len(word) >= 3


def _is_in_date(text: str, end: int) -> bool:
    day = _DAY.search(text, max(0, end - 4), end)
    date = CLAIM.match(text, day.start()) if day else None
    return date is not None and date.lastgroup == "date" and date.end() > end


def tokens(text: str) -> list[str]:
    """Placeholders, numbers and words, folded; marks, emoji and what nobody sees are none.

    An ellipsis is a token: it stands for what a quotation leaves out.
    """
    seen = "".join(c for c in unicodedata.normalize("NFC", text) if not is_hidden(c))
    return [_folded(found.group()) for found in TOKEN.finditer(seen)]


def _folded(token: str) -> str:
    if token[0] == "[":
        return token
    return token.rstrip(".,:/-").casefold().translate(_APOSTROPHES) or token


def is_hidden(character: str) -> bool:
    """Whether nobody sees a character: format and control characters, and what isn't assigned."""
    category = unicodedata.category(character)
    return (category in ("Cf", "Cc", "Co", "Cn") and not character.isspace()) or (
        character in "\ufe0e\ufe0f"
    )


def plain_words(text: str) -> list[str]:
    """The words of a text without case and accents, as phrases are compared with them."""
    return words("".join(c for c in text if not is_hidden(c)))


def is_number(token: str) -> bool:
    """Whether a token counts, measures or dates something in digits."""
    return token[0] != "[" and any(c.isdigit() for c in token)


def is_placeholder(token: str) -> bool:
    """Whether a token stands for what redaction removed."""
    return token[0] == "["


def stands_in(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether the tokens `part` follow each other somewhere in `whole`."""
    last = len(whole) - len(part)
    return any(list(whole[at : at + len(part)]) == list(part) for at in range(last + 1))


def negators_in(text: str, negators: Set[str]) -> Iterator[str]:
    """The negating words of a text, as often as they stand there.

    "don't" counts by its whole, "n'ai" by its first half; accents may be missing.
    """
    for found in TOKEN.finditer(text):
        word = found.group()
        halves = _HALVES.split(word)
        joined = "".join(plain_words(word.translate(_APOSTROPHES)))
        parts = {joined, *(plain for half in halves for plain in plain_words(half))}
        if parts & negators:
            yield joined
