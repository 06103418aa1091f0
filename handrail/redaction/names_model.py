"""The network that knows names: asked about the few words the rules can't decide.

It is Rampart by the National Design Studio (CC BY 4.0, see NOTICE), uncased. `make` installs it;
`[redaction] names = "rules"` is the way without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from handrail.inference.network import TokenClassifier
from handrail.inference.weights import NAMES_NETWORK, NAMES_VOCABULARY, installed
from handrail.inference.wordpiece import Vocabulary
from handrail.redaction.remembered import Remembered

# Columns of the network's labels (its `id2label`), a B- and an I- column each.
_PERSON = [1, 2, 3, 4]  # given name, surname
_ADDRESS = [23, 24, 25, 26, 27, 28, 33, 34]  # house number, street, flat, postal code
_PLACE = [29, 30, 31, 32]  # town, state
# The network has 512 places, two of them for beginning and end; a word has 100 pieces at most.
_MOST_PIECES = 510
_MOST_REMEMBERED = 20_000


class Likely(NamedTuple):
    """How likely a word is part of a person's name, of a street address, of a place: 0..1 each."""

    person: float
    address: float
    place: float


# Words that are read together, and what is likely of each.
Stretch = tuple[str, ...]
Answer = tuple[Likely, ...]


class NamesModel:
    """Says of each word in a stretch of text how likely it is part of a name or an address.

    An answer depends on the stretch alone, so it is the same in every batch and process, and is
    remembered.
    """

    def __init__(self, network: bytes, vocabulary: str) -> None:
        """`network` is the ONNX file and `vocabulary` its word pieces, one a line."""
        self._network = TokenClassifier(network)
        self._vocabulary = Vocabulary(vocabulary)
        self._remembered: Remembered[Answer] = Remembered(_MOST_REMEMBERED)

    def likely(self, words: Sequence[str]) -> Answer:
        """One answer per word; `words` are plain lower case, a punctuation mark is a word too."""
        mark = self._remembered.mark("\n".join(words))
        answer = self._remembered.get(mark)
        if answer is None:
            answer = self._ask(words)
            self._remembered.keep(mark, answer)
        return answer

    def _ask(self, words: Sequence[str]) -> Answer:
        """Words whose pieces are more than the network reads are read one part after the other."""
        answer: list[Likely] = []
        part: list[Sequence[int]] = []
        room = _MOST_PIECES
        for pieces in map(self._vocabulary.pieces, words):
            if len(pieces) > room:
                answer += self._read(part)
                part, room = [], _MOST_PIECES
            part.append(pieces)
            room -= len(pieces)
        return (*answer, *self._read(part))

    def _read(self, words: Sequence[Sequence[int]]) -> Iterator[Likely]:
        """A word is what its likeliest piece is; which part of a name it is doesn't count."""
        ids, begins = [self._vocabulary.begin], []
        for pieces in words:
            begins.append(len(ids))
            ids += pieces
        ends = [*begins[1:], len(ids)]
        likely = self._network.probabilities([*ids, self._vocabulary.end])
        sums = [likely[:, labels].sum(axis=1).tolist() for labels in (_PERSON, _ADDRESS, _PLACE)]
        for first, behind in zip(begins, ends, strict=True):
            yield Likely(*(max(of[first:behind]) for of in sums))


@cache
def names_model() -> NamesModel:
    """The installed network, one per process; `NoWeights` says what to type if it isn't there."""
    folder = installed()
    return NamesModel(NAMES_NETWORK.read(folder), NAMES_VOCABULARY.read(folder).decode())
