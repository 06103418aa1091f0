"""Words to the pieces a BERT network knows: WordPiece, the longest piece first.

Method: Schuster and Nakajima, "Japanese and Korean voice search" (ICASSP 2012), as in Devlin et
al., "BERT" (NAACL 2019). The vocabulary is all there is to it; a library for it would bring a
client for a model hub along.
"""

from __future__ import annotations

_UNKNOWN, _BEGIN, _END = "[UNK]", "[CLS]", "[SEP]"
_CONTINUES = "##"
_LONGEST_WORD = 100


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
