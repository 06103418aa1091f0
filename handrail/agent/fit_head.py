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
from handrail.conversations.wording import unnumbered, unquoted
from handrail.digests import canonical, digest
from handrail.errors import Tampered
from handrail.inference.arrays import from_bytes, to_bytes
from handrail.inference.encoders import ENCODERS, Encoder
from handrail.inference.weights import NoWeights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from handrail.agent.own_fits import OwnFits

FORMAT = "handrail-fit-2"
FILE = Path(__file__).with_name("fit_head.bin")
EXAMPLES = Path(__file__).with_name("fit_examples")
# From this score up the answer may miss the point: there, one of ten messages that it does fit is
# held too, among those of authors whose other examples taught nothing.
MISFIT = 0.5
HELD = 0.1
BYTE_ZERO = 128  # the byte that stands for 0
_PLAIN = (
    "encoder", "encoder_digest", "examples_digest", "languages", "gamma", "shift", "vocabulary",
)  # fmt: skip
_ARRAYS = (
    "vectors", "scales", "duals", "idf", "weights", "misses", "authors", "left_out",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class FitHead:
    """A radial-basis support-vector machine on sentence vectors, and a linear head on n-grams.

    `vectors` (n x dimensions, one byte a number) times `scales` (n) are the examples, `duals` (n)
    their weights, 0 where one is no support vector. `weights` are those of the `vocabulary`, TF-IDF
    weighted by `idf`. The two scores are added to `shift`; 0 is where `MISFIT` is. Which examples
    an answer `misses` (n, 0 or 1), their `authors` (n, numbers) and their log-odds by a head that
    saw nothing of their author (`left_out`, n) are what a region's own rows are weighed against
    (`own_fits.py`). Method: Cortes and Vapnik (1995).
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
    misses: NDArray[np.uint8]
    authors: NDArray[np.uint8]
    left_out: NDArray[np.float32]

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

    def scores(
        self, messages: Sequence[tuple[str, str]], encoder: Encoder, *, own: OwnFits | None
    ) -> list[float]:
        """For each (message, language) how likely the answer misses its point, in [0, 1].

        0 for a language that no example is in. `encoder` is the one that the head learned with,
        `own` what the region's accepted replies change; None: nothing.
        """
        vectors, odds = self.read([message for message, _ in messages], encoder)
        if own is not None:
            odds = own.changed(odds, vectors)
        return [
            1 / (1 + math.exp(-value)) if language in self.languages else 0.0
            for value, (_, language) in zip(odds.tolist(), messages, strict=True)
        ]

    def read(
        self, messages: Sequence[str], encoder: Encoder
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """The vector of each message (n x dimensions) and its log-odds (n), 0 at `MISFIT`."""
        import numpy as np

        own = [unquoted(message) for message in messages]
        vectors = encoder.encode([unnumbered(text) for text in own])
        odds = [self._odds(text, row) for text, row in zip(own, vectors, strict=True)]
        return vectors, np.array(odds, dtype=np.float64)

    def _odds(self, text: str, row: NDArray[np.float32]) -> float:
        import numpy as np

        said = vector(ngrams(text), self._table, self.idf)
        by_words = float(said.values @ self.weights[said.columns])
        support, squares, duals = self._support
        distances = squares + float(row @ row) - 2 * (support @ row)
        by_meaning = float(np.exp(-self.gamma * distances) @ duals)
        return by_words + by_meaning + self.shift

    @cached_property
    def examples(self) -> NDArray[np.float32]:
        """The vectors of the examples, n x dimensions."""
        import numpy as np

        return (self.vectors.astype(np.float32) - BYTE_ZERO) * self.scales[:, None]

    @cached_property
    def _support(self) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """The support vectors, their squared lengths and their weights."""
        supporting = self.duals != 0
        support = self.examples[supporting]
        return support, (support**2).sum(axis=1), self.duals[supporting]

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
