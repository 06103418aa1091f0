"""The network that finds names, as the runtime runs it."""

from __future__ import annotations

import pytest

from handrail.inference.network import TokenClassifier
from handrail.inference.weights import NAMES_NETWORK, NAMES_VOCABULARY, installed
from handrail.inference.wordpiece import Vocabulary


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(NAMES_VOCABULARY.read(installed()).decode())


SMALL = Vocabulary("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "x", "##yl", "##y", "##l", "xy"]))


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("xy", [8]),
        ("xyl", [8, 7]),
        ("xyyl", [8, 5]),
        ("yl", [1]),
        ("xylo", [1]),
        ("x" + "yl" * 50, [1]),
    ],
)
def test_a_word_is_cut_into_the_longest_pieces_first(word: str, pieces: list[int]) -> None:
    """A word that no pieces make, or a very long one, is unknown as a whole."""
    assert SMALL.pieces(word) == pieces


def test_probabilities_of_a_token_sum_to_one_and_repeat_to_the_bit(vocabulary: Vocabulary) -> None:
    network = TokenClassifier(NAMES_NETWORK.read(installed()))
    ids = [
        vocabulary.begin,
        *vocabulary.pieces("hello"),
        *vocabulary.pieces("anna"),
        vocabulary.end,
    ]
    first = network.probabilities(ids)
    network.probabilities([vocabulary.begin, vocabulary.end])
    assert first.shape[0] == len(ids)
    assert first.sum(axis=-1) == pytest.approx([1.0] * len(ids), abs=1e-5)
    assert network.probabilities(ids).tobytes() == first.tobytes()
