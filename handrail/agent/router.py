"""The router: which topic a message is about, how sure that is, and whether any topic fits at all.

A linear model over TF-IDF n-grams (`features`), one a region, temperature-scaled. It is data: its
bytes are a zip of plain arrays with a JSON header, never code, and reading them needs no training
library.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from handrail.agent.features import ngrams, vector
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import Route
from handrail.digests import canonical, digest
from handrail.errors import Tampered
from handrail.inference.encoders import Encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = "handrail-router-1"
_ALTERNATIVES = 3


@dataclass(frozen=True)
class Floors:
    """Below any of these, no topic fits: the message is out of scope.

    `probability` of the likeliest topic, `similarity` (cosine) to the nearest topic's centroid,
    `coverage`, the share of the message's character n-grams seen in training.
    """

    probability: float
    similarity: float
    coverage: float


@dataclass(frozen=True)
class Scores:
    """The model's view of one message: calibrated probability per topic, and how familiar it is."""

    probabilities: NDArray[np.float64]
    similarity: float
    coverage: float


@dataclass(frozen=True, eq=False)
class Router:
    """A trained router. Columns of `weights` and `centroids` are `topics`, rows `vocabulary`."""

    region: str
    languages: tuple[str, ...]
    topics: tuple[str, ...]
    vocabulary: tuple[str, ...]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    centroids: NDArray[np.float32]
    temperature: float
    floors: Floors
    training: Mapping[str, int | float | str]

    @cached_property
    def _table(self) -> dict[str, int]:
        return {gram: column for column, gram in enumerate(self.vocabulary)}

    def logits(self, message: str) -> NDArray[np.float64]:
        """Uncalibrated scores per topic."""
        import numpy as np

        seen = vector(ngrams(message), self._table, self.idf)
        return np.asarray(seen.values @ self.weights[seen.columns] + self.bias, dtype=np.float64)

    def scores(self, message: str) -> Scores:
        """Calibrated probabilities and familiarity of one message."""
        import numpy as np

        seen = vector(ngrams(message), self._table, self.idf)
        logits = np.asarray(seen.values @ self.weights[seen.columns] + self.bias, np.float64)
        powers = np.exp((logits - logits.max()) / self.temperature)
        return Scores(
            probabilities=powers / powers.sum(),
            similarity=float(np.max(seen.values @ self.centroids[seen.columns], initial=0.0)),
            coverage=seen.coverage,
        )

    def route(self, message: str, language: str, *, triggers: RegulatedTriggers) -> Route:
        """The topic of a redacted message.

        Out of scope (topic None, probability 0) when the language is none the model was trained
        on, or the message falls below a floor; the likeliest topics stay visible as alternatives.
        """
        scores = self.scores(message)
        ranked = sorted(
            ((topic, float(p)) for topic, p in zip(self.topics, scores.probabilities, strict=True)),
            key=lambda pair: (-pair[1], pair[0]),
        )
        topic, probability = ranked[0]
        fits = (
            language in self.languages
            and probability >= self.floors.probability
            and scores.similarity >= self.floors.similarity
            and scores.coverage >= self.floors.coverage
        )
        return Route(
            topic=topic if fits else None,
            probability=probability if fits else 0.0,
            out_of_scope=not fits,
            out_of_scope_score=1 - probability,
            regulated=triggers.fired(message, ranked),
            alternatives=tuple(ranked[1 : _ALTERNATIVES + 1] if fits else ranked[:_ALTERNATIVES]),
        )

    def route_many(
        self, messages: Iterable[tuple[str, str]], *, triggers: RegulatedTriggers
    ) -> list[Route]:
        """The routes of (message, language) pairs, in order."""
        return [self.route(text, language, triggers=triggers) for text, language in messages]

    def to_bytes(self) -> bytes:
        """The router as bytes: the same training gives the same bytes."""
        import numpy as np

        header = {
            "format": FORMAT,
            "region": self.region,
            "languages": self.languages,
            "topics": self.topics,
            "vocabulary": self.vocabulary,
            "temperature": self.temperature,
            "floors": asdict(self.floors),
            "training": dict(self.training),
        }
        out = io.BytesIO()
        np.savez_compressed(
            out,
            header=np.frombuffer(canonical(header), dtype=np.uint8),
            idf=self.idf,
            weights=self.weights,
            bias=self.bias,
            centroids=self.centroids,
        )
        return out.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes, *, encoder: Encoder | None) -> Router:
        """The router `to_bytes` wrote; anything else is `Tampered`. Never runs code from `data`."""
        import numpy as np

        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                header = json.loads(arrays["header"].tobytes())
                if header.pop("format") != FORMAT:
                    msg = "this router has another format: train it again"
                    raise Tampered(msg)
                router = cls(
                    region=header["region"],
                    languages=tuple(header["languages"]),
                    topics=tuple(header["topics"]),
                    vocabulary=tuple(header["vocabulary"]),
                    temperature=header["temperature"],
                    floors=Floors(**header["floors"]),
                    training=header["training"],
                    **{name: arrays[name] for name in ("idf", "weights", "bias", "centroids")},
                )
        except Tampered:
            raise
        except Exception:  # noqa: BLE001 - whatever a damaged file provokes, it is a damaged file
            msg = "these bytes are no router: restore the model or train it again"
            raise Tampered(msg) from None
        router._require_shapes()
        return router

    def _require_shapes(self) -> None:
        grams, topics = len(self.vocabulary), len(self.topics)
        shapes: Sequence[tuple[NDArray[np.float32], tuple[int, ...]]] = (
            (self.idf, (grams,)),
            (self.weights, (grams, topics)),
            (self.bias, (topics,)),
            (self.centroids, (grams, topics)),
        )
        if not topics or any(array.shape != shape for array, shape in shapes):
            msg = "the router's arrays don't fit its header: restore the model or train it again"
            raise Tampered(msg)

    @cached_property
    def digest(self) -> str:
        """Content hash of the bytes."""
        return digest(self.to_bytes())
