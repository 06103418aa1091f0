"""Words to the pieces a BERT network knows: WordPiece, the longest piece first.

Method: Schuster and Nakajima, "Japanese and Korean voice search" (ICASSP 2012), as in Devlin et
al., "BERT" (NAACL 2019). The vocabulary is all there is to it; a library for it would bring a
client for a model hub along.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_UNKNOWN, _BEGIN, _END = "[UNK]", "[CLS]", "[SEP]"
_CONTINUES = "##"
_LONGEST_WORD = 100
_ASCII_WORDS = re.compile(r"[a-z0-9]+|[!-/:-@\[-`{-~]")
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])
# Controls, formats, private use; BERT reads what Unicode hasn't assigned.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})
# Chinese characters are words of their own, as in BERT.
_CHINESE = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)


def uncased_words(text: str) -> list[str]:
    """The words and punctuation marks of `text` as BERT's uncased networks read them.

    In lower case, without accents and control characters.
    """
    if text.isascii():
        return _ASCII_WORDS.findall(text.lower().translate(_CONTROLS))
    clean = "".join(map(_cleaned, text))
    return "".join(map(_uncased, unicodedata.normalize("NFD", clean))).split()


@lru_cache(maxsize=4096)
def _cleaned(letter: str) -> str:
    if letter in "\t\n\r":
        return " "
    if letter == "\N{REPLACEMENT CHARACTER}" or unicodedata.category(letter) in _UNSEEN:
        return ""
    if letter.isspace():
        return " "
    code = ord(letter)
    return f" {letter} " if any(low <= code <= high for low, high in _CHINESE) else letter


@lru_cache(maxsize=4096)
def _uncased(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Mn":
        return ""
    is_mark = category.startswith("P") or (letter.isascii() and category.startswith("S"))
    return f" {letter} " if is_mark else letter.lower()


class Vocabulary:
    """The pieces of one network and their ids."""

    def __init__(self, lines: str) -> None:
        """One piece a line; its place is its id."""
        self._ids = {piece: place for place, piece in enumerate(lines.split("\n")) if piece}
        self._unknown = self._ids[_UNKNOWN]
        self.begin = self._ids[_BEGIN]
        self.end = self._ids[_END]

    def pieces(self, word: str) -> list[int]:
        """The ids of `word`, which is in lower case and without accents; never empty."""
        whole = self._ids.get(word)
        if whole is not None:
            return [whole]
        if len(word) > _LONGEST_WORD:
            return [self._unknown]
        ids: list[int] = []
        at, prefix = 0, ""
        while at < len(word):
            for end in range(len(word), at, -1):
                piece = self._ids.get(prefix + word[at:end])
                if piece is not None:
                    ids.append(piece)
                    break
            else:
                return [self._unknown]
            at, prefix = end, _CONTINUES
        return ids
