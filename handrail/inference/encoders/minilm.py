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
from handrail.inference.weights import ENCODER_NETWORK, ENCODER_VOCABULARY, installed
from handrail.inference.wordpiece import Vocabulary, uncased_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# What it was trained on; what comes after is not read. Beginning and end are two of them.
_MOST_PIECES = 128


class MiniLM:
    """Mean of the token vectors of a text's first 126 word pieces, at length one."""

    name = "minilm"
    languages = frozenset({"en"})
    dimensions = 384

    def __init__(self, folder: Path) -> None:
        """`folder` holds network and vocabulary."""
        self._folder = folder

    @classmethod
    def installed(cls) -> MiniLM | None:
        """The one that `make` built in this environment."""
        files = (installed() / weights.name for weights in (ENCODER_NETWORK, ENCODER_VOCABULARY))
        return cls(installed()) if all(file.is_file() for file in files) else None

    @cached_property
    def digest(self) -> str:
        """Content hash of network, vocabulary and cut."""
        parts = [self.name, ENCODER_NETWORK.sha256, ENCODER_VOCABULARY.sha256, _MOST_PIECES]
        return digest(canonical(parts))

    @cached_property
    def _read(self) -> tuple[TokenNetwork, Vocabulary]:
        return (
            TokenNetwork(ENCODER_NETWORK.read(self._folder)),
            Vocabulary(ENCODER_VOCABULARY.read(self._folder).decode()),
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
