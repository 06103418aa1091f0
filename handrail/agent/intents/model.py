"""An intent model: labels, how likely each is for a text, and whether none fits.

The head that sees words costs a fraction of a millisecond. Where it is sure, and was right about
rows it had not seen, it answers alone; else the encoder reads the text and all answer together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from handrail.agent.features import Vector, ngrams, vector
from handrail.agent.intents.heads import (
    HiddenHead,
    JointHead,
    MeaningHead,
    WordsHead,
    WordsView,
)
from handrail.agent.intents.mixing import probabilities
from handrail.agent.intents.scope import ScopeHead, all_features, words_features
from handrail.conversations.wording import unnumbered
from handrail.inference.encoders import Encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


# The group of what the playbook says of a label: it teaches, and counts as no customer.
PLAYBOOK = "playbook"
# What is read of a text is 6 KiB, many times its scores: so many are kept at a time.
_TEXTS_AT_ONCE = 500


@dataclass(frozen=True)
class Labeled:
    """A text and its label; None is known to be out of scope.

    `group` is the customer, or `PLAYBOOK`.
    """

    text: str
    label: str | None
    weight: float
    group: str


@dataclass(frozen=True)
class IntentScores:
    """What a model says of one text.

    `probabilities` of the labels are calibrated; `out_of_scope`, in [0, 1], is how likely none
    fits where that is as common as not. `steps` names the heads that were asked. `similarity` to
    the nearest centroid and `coverage`, the share of known character n-grams, are of the words.
    """

    probabilities: NDArray[np.float64]
    out_of_scope: float
    steps: tuple[str, ...]
    similarity: float
    coverage: float


@dataclass(frozen=True)
class Alone:
    """When words suffice: calibrated `probability` at least, score out of scope at most."""

    probability: float
    out_of_scope: float


@dataclass(frozen=True, eq=False)
class Meaning:
    """The heads that see meaning, with the encoder they were trained on and what mixes them in.

    `alone` calibrates words, `head` and `joint` each by itself, `together` weighs the three. Where
    there is a `hidden` layer, `votes` weighs all four instead.
    """

    head: MeaningHead
    joint: JointHead
    scope: ScopeHead
    alone: tuple[float, ...]
    together: tuple[float, ...]
    words_suffice: Alone
    encoder: Encoder
    hidden: HiddenHead | None
    votes: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class IntentModel:
    """A trained model: columns of the heads are `labels`, rows of `words` the `vocabulary`.

    `weight` calibrates the words head by itself. No `meaning`: there was no encoder.
    """

    labels: tuple[str, ...]
    vocabulary: tuple[str, ...]
    words: WordsHead
    weight: float
    scope: ScopeHead
    meaning: Meaning | None

    @cached_property
    def _table(self) -> dict[str, int]:
        return {gram: column for column, gram in enumerate(self.vocabulary)}

    def scores(self, text: str) -> IntentScores:
        """The scores of one text."""
        return self.scores_many([text])[0]

    def scores_many(self, texts: Sequence[str]) -> list[IntentScores]:
        """The scores of each text; a text has the same ones whatever comes with it."""
        return [
            scores
            for at in range(0, len(texts), _TEXTS_AT_ONCE)
            for scores in self._scores_of(texts[at : at + _TEXTS_AT_ONCE])
        ]

    def _scores_of(self, texts: Sequence[str]) -> list[IntentScores]:
        read = [vector(ngrams(text), self._table, self.words.idf) for text in texts]
        seen = [self.words.view(one) for one in read]
        found = [self._by_words(view) for view in seen]
        meaning = self.meaning
        if meaning is None:
            return found
        open_ = [n for n, scores in enumerate(found) if not _suffices(scores, meaning)]
        if not open_:
            return found
        vectors = meaning.encoder.encode([unnumbered(texts[n]) for n in open_])
        for n, row in zip(open_, vectors, strict=True):
            found[n] = self._by_all(read[n], seen[n], row[None], meaning)
        return found

    def _by_words(self, view: WordsView) -> IntentScores:
        given = view.logits.argmax(axis=1)
        strange = self.scope.scores(words_features(view, self.weight), given)
        return _scores(probabilities([view.logits], [self.weight]), strange, ("words",), view)

    def _by_all(
        self, read: Vector, words: WordsView, row: NDArray[np.float32], meaning: Meaning
    ) -> IntentScores:
        view, joint = meaning.head.view(row), meaning.joint.view(read, row)
        features = all_features(words, view, joint, alone=meaning.alone, together=meaning.together)
        logits = [words.logits, view.logits, joint.logits]
        mixed = probabilities(logits, meaning.together)
        strange = meaning.scope.scores(features, mixed.argmax(axis=1))
        if meaning.hidden is not None:
            mixed = probabilities([*logits, meaning.hidden.logits(row)], meaning.votes)
        return _scores(mixed, strange, ("words", meaning.encoder.name), words)

    @property
    def encoder(self) -> Encoder | None:
        """What turns texts into the vectors it was trained on."""
        return None if self.meaning is None else self.meaning.encoder


def _scores(
    mixed: NDArray[np.float64],
    strange: NDArray[np.float64],
    steps: tuple[str, ...],
    view: WordsView,
) -> IntentScores:
    return IntentScores(
        probabilities=mixed[0],
        out_of_scope=float(strange[0]),
        steps=steps,
        similarity=float(view.cosines.max()),
        coverage=float(view.coverage[0]),
    )


def _suffices(scores: IntentScores, meaning: Meaning) -> bool:
    least = meaning.words_suffice
    sure = float(scores.probabilities.max()) >= least.probability
    return sure and scores.out_of_scope <= least.out_of_scope
