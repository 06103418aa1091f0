"""Plain text for recognizers: no invisible characters, no accents, ASCII digits, dashes and quotes.

Case is kept. Every character of the plain text knows where it stood, so a find maps back exactly.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

# ruff: noqa: RUF001 - the look-alikes are the point
_EXTRA = {
    "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i",
    "‘": "'", "’": "'", "‚": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"',
    "»": '"', "\u2028": "\n", "\u2029": "\n", "\u0085": "\n",
}  # fmt: skip


class Plain(NamedTuple):
    """Plain text; `offsets[i]` is where character `i` stood, None when nothing was removed."""

    text: str
    offsets: tuple[int, ...] | None

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Where the plain stretch stood, with the invisible characters that follow it."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end]


def plain(text: str) -> Plain:
    """`text` as recognizers read it."""
    if text.isascii():
        return Plain(text, None)
    shown = [_shown(character) for character in text]
    if all(shown):
        return Plain("".join(shown), None)
    kept = [place for place, character in enumerate(shown) if character]
    return Plain("".join(shown), (*kept, len(text)))


@lru_cache(maxsize=4096)
def _shown(character: str) -> str:
    """One character's plain form: itself, one other character, or nothing."""
    if character in _EXTRA:
        return _EXTRA[character]
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me"):
        return ""
    if category == "Zs":
        return " "
    if category == "Pd":
        return "-"
    if category == "Nd":
        return str(unicodedata.decimal(character))
    base = unicodedata.normalize("NFKD", character)
    letters = [c for c in base if unicodedata.category(c) not in ("Mn", "Me")]
    return letters[0] if len(letters) == 1 else character
