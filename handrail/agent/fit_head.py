"""How likely a topic's vetted answer misses the point of a message, learned from written examples.

"The code never came" is about codes as "send me a code" is, and a person who reads both knows that
the answer helps only one of them. Phrases (`misfits.yaml`) catch what they name; this head catches
what is put in other words. It learned from `fit_examples/`: messages that several people wrote for
several companies, half of which the ready answer fits. It holds nothing of any customer and is the
same in every region. `tools/fit_head.py` makes it, and shows what it finds in what an author
wrote whose examples it didn't see.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from handrail.agent.features import ngrams, vector
from handrail.dataset.wording import unnumbered, unquoted
from handrail.digests import canonical, digest
from handrail.errors import Tampered
from handrail.inference.arrays import from_bytes, to_bytes
from handrail.inference.encoders import ENCODERS, Encoder
from handrail.inference.weights import NoWeights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = "handrail-fit-1"
FILE = Path(__file__).with_name("fit_head.bin")
EXAMPLES = Path(__file__).with_name("fit_examples")
# From this score up the answer may miss the point: there, one of ten messages that it does fit is
# held too, among those of authors whose other examples taught nothing.
MISFIT = 0.5
BYTE_ZERO = 128  # the byte that stands for 0
_PLAIN = (
    "encoder", "encoder_digest", "examples_digest", "languages", "gamma", "shift", "vocabulary",
)  # fmt: skip
_ARRAYS = ("vectors", "scales", "duals", "idf", "weights")


@dataclass(frozen=True, eq=False)
class FitHead:
    """A radial-basis support-vector machine on sentence vectors, and a linear head on n-grams.

    `vectors` (n x dimensions, one byte a number) times `scales` (n) are the support vectors,
    `duals` (n) their weights. `weights` are those of the `vocabulary`, TF-IDF weighted by `idf`.
    The two scores are added to `shift`; 0 is where `MISFIT` is. Method: Cortes and Vapnik (1995).
    """

    encoder: str
    encoder_digest: str
    examples_digest: str
    languages: tuple[str, ...]
    gamma: float
    shift: float
    vocabulary: tuple[str, ...]
    vectors: NDArray[np.uint8]
    scales: NDArray[np.float32]
    duals: NDArray[np.float32]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]

    def reads_with(self, encoder: Encoder) -> Encoder:
        """The encoder that the head learned with: `encoder`, where that is the one.

        `NoWeights` where it isn't here: another one's vectors mean other things.
        """
        own = encoder if encoder.name == self.encoder else ENCODERS[self.encoder]()
        if own is None or own.digest != self.encoder_digest:
            msg = (
                f"whether an answer fits is read with the encoder {self.encoder!r} of this version,"
                " which isn't here: type `make .venv/.ready`"
            )
            raise NoWeights(msg)
        return own

    def scores(self, messages: Sequence[tuple[str, str]], encoder: Encoder) -> list[float]:
        """For each (message, language) how likely the answer misses its point, in [0, 1].

        0 for a language that no example is in. `encoder` is the one that the head learned with.
        """
        own = [unquoted(message) for message, _ in messages]
        read = encoder.encode([unnumbered(text) for text in own])
        return [
            self._score(text, row) if language in self.languages else 0.0
            for text, row, (_, language) in zip(own, read, messages, strict=True)
        ]

    def _score(self, text: str, row: NDArray[np.float32]) -> float:
        import numpy as np

        said = vector(ngrams(text), self._table, self.idf)
        by_words = float(said.values @ self.weights[said.columns])
        distances = self._squares + float(row @ row) - 2 * (self._support @ row)
        by_meaning = float(np.exp(-self.gamma * distances) @ self.duals)
        return 1 / (1 + math.exp(-(by_words + by_meaning + self.shift)))

    @cached_property
    def _support(self) -> NDArray[np.float32]:
        import numpy as np

        return (self.vectors.astype(np.float32) - BYTE_ZERO) * self.scales[:, None]

    @cached_property
    def _squares(self) -> NDArray[np.float32]:
        import numpy as np

        return np.asarray(np.sum(self._support**2, axis=1))

    @cached_property
    def _table(self) -> dict[str, int]:
        return {gram: column for column, gram in enumerate(self.vocabulary)}

    def to_bytes(self) -> bytes:
        """The head as bytes: the same head gives the same ones."""
        header = {"format": FORMAT, **{name: getattr(self, name) for name in _PLAIN}}
        return to_bytes(header, {name: getattr(self, name) for name in _ARRAYS})

    @classmethod
    def from_bytes(cls, data: bytes) -> FitHead:
        """The head `to_bytes` wrote; anything else is `Tampered`. Never runs code from `data`."""
        header, arrays = from_bytes(data, what="the head that reads whether an answer fits")
        is_ours = header.pop("format", None) == FORMAT
        if not is_ours or set(header) != set(_PLAIN) or set(arrays) != set(_ARRAYS):
            msg = f"{FILE.name} is no head of this version: install this version again"
            raise Tampered(msg)
        listed = {name: tuple(header[name]) for name in ("languages", "vocabulary")}
        values: dict[str, Any] = {**header, **listed, **arrays}
        return cls(**values)


@dataclass(frozen=True)
class FitExample:
    """A message as somebody wrote it; `misfit` says why its topic's answer misses it, "" if not.

    `author` numbers who wrote it, `topic` is one of that author's company.
    """

    language: str
    author: int
    topic: str
    misfit: str
    text: str


def fit_examples() -> list[FitExample]:
    """The examples that the head learns from, by language and as they stand in their files."""
    return [
        FitExample(language=file.stem, **orjson.loads(line))
        for file in sorted(EXAMPLES.glob("*.jsonl"))
        for line in file.read_bytes().splitlines()
    ]


def examples_digest() -> str:
    """Content hash of the examples."""
    return digest(canonical([asdict(example) for example in fit_examples()]))


@cache
def load_fit_head() -> FitHead:
    """The head shipped beside this module."""
    return FitHead.from_bytes(FILE.read_bytes())
