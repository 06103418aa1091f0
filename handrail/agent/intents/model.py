"""An intent model: labels, how likely each is for a text, and whether none fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from handrail.agent.features import ngrams, vector

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Labeled:
    """A text and its label; None is known to be out of scope. `group` is the customer."""

    text: str
    label: str | None
    weight: float
    group: str


@dataclass(frozen=True)
class IntentScores:
    """Calibrated probability of each label, how likely none fits, and the heads that were asked."""

    probabilities: NDArray[np.float64]
    out_of_scope: float
    steps: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class IntentModel:
    """A trained intent model. Columns of `weights` are `labels`, rows `vocabulary`."""

    labels: tuple[str, ...]
    vocabulary: tuple[str, ...]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float

    @cached_property
    def _table(self) -> dict[str, int]:
        return {gram: column for column, gram in enumerate(self.vocabulary)}

    def scores(self, text: str) -> IntentScores:
        """The scores of one text."""
        return self.scores_many([text])[0]

    def scores_many(self, texts: Sequence[str]) -> list[IntentScores]:
        """The scores of each text; a text has the same ones whatever comes with it."""
        import numpy as np

        found = []
        for text in texts:
            seen = vector(ngrams(text), self._table, self.idf)
            logits = np.asarray(seen.values @ self.weights[seen.columns] + self.bias, np.float64)
            powers = np.exp((logits - logits.max()) / self.temperature)
            probabilities = powers / powers.sum()
            found.append(IntentScores(probabilities, 1 - float(probabilities.max()), ("words",)))
        return found
