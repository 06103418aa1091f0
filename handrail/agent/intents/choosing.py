"""What is chosen on rows the heads never saw: weights, scope heads, and when words suffice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handrail.agent.intents.holding_out import Held
from handrail.agent.intents.mixing import fit_weights, probabilities
from handrail.agent.intents.model import Alone
from handrail.agent.intents.scope import (
    ScopeHead,
    Usual,
    all_features,
    fit_scope,
    unlearned_scope,
    words_features,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Where words answer alone they may take this share of the mistakes that a promise allows ...
_SHARE_OF_PROMISE = 0.1
# ... and let this share of what fits no label pass.
_STRANGE_LET_PASS = 0.005
_PROBABILITIES = (0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998)
_SCORES = (0.3, 0.2, 0.1, 0.05, 0.02, 0.01)
_LEAST_STRANGE = 20
# Where rows in scope are all alike, a slip of the pen is no stranger than this share of what all
# rows deviate from each other.
_LEAST_DEVIATION = 0.5
NEVER_ALONE = Alone(probability=2.0, out_of_scope=0.0)


@dataclass(frozen=True)
class Weights:
    """What makes each head's scores calibrated by itself, `alone`, and all `together`.

    In the order words, meaning, both at once; words only, where there is no meaning.
    """

    alone: tuple[float, ...]
    together: tuple[float, ...]

    @property
    def words(self) -> float:
        """The weight of the words head by itself."""
        return self.alone[0]


@dataclass(frozen=True)
class Scopes:
    """The scope heads: of words by themselves, and of all heads where there is meaning."""

    words: ScopeHead
    both: ScopeHead | None


def weights_of(judged: Sequence[Held], labels: int) -> Weights:
    """The weights that make the labels of the judged rows likeliest."""
    import numpy as np

    if not any((held.labels >= 0).any() for held in judged):  # nothing to go by: rather unsure
        count = len(judged[0].logits) if judged else 1
        return Weights((1.0,) * count, (1 / count,) * count)
    known = np.concatenate([held.labels[held.labels >= 0] for held in judged])
    parts = [[_of_all(held, logits, labels) for logits in held.logits] for held in judged]
    heads = [np.concatenate(of_head) for of_head in zip(*parts, strict=True)]
    alone = tuple(fit_weights([logits], known)[0] for logits in heads)
    return Weights(alone, fit_weights(heads, known) if len(heads) > 1 else alone)


def votes_of(held: Held, hidden: NDArray[np.float64]) -> tuple[float, ...]:
    """The weights of the heads, and of the hidden layer's scores of the same rows."""
    known = held.labels >= 0
    scores = (*held.logits, hidden)
    return fit_weights([logits[known] for logits in scores], held.labels[known])


def _of_all(held: Held, logits: NDArray[np.float64], labels: int) -> NDArray[np.float64]:
    """The scores of rows that have a label, a column for each; what a fold lacked is its least."""
    import numpy as np

    rows = logits[held.labels >= 0]
    whole = np.repeat(rows.min(axis=1, keepdims=True), labels, axis=1)
    whole[:, held.columns] = rows
    return whole


def fit_scopes(
    usual: Sequence[Held], judged: Sequence[Held], weights: Weights, labels: int
) -> Scopes:
    """The scope heads: deviations from the `usual` rows in scope, learned on the `judged` ones."""
    import numpy as np

    strange = np.concatenate([held.labels < 0 for held in judged])
    shares = np.concatenate([held.weights for held in judged])

    def fitted(
        seen: NDArray[np.float64],
        seen_given: NDArray[np.int_],
        features: NDArray[np.float64],
        given: NDArray[np.int_],
    ) -> ScopeHead:
        least = _LEAST_DEVIATION * np.concatenate([seen, features]).std(axis=0)
        known = Usual.of(seen, seen_given, labels=labels, least=least)
        if strange.sum() < _LEAST_STRANGE:
            return unlearned_scope(known)
        return fit_scope(features, given, strange, shares, known)

    by_words = fitted(*_by_words(usual, weights), *_by_words(judged, weights))
    if any(held.meaning is None for held in (*usual, *judged)):
        return Scopes(by_words, None)
    return Scopes(by_words, fitted(*_by_both(usual, weights), *_by_both(judged, weights)))


def _by_words(
    judged: Sequence[Held], weights: Weights
) -> tuple[NDArray[np.float64], NDArray[np.int_]]:
    import numpy as np

    features = [words_features(held.words, weights.words) for held in judged]
    return np.concatenate(features), np.concatenate([held.given_by_words() for held in judged])


def _by_both(
    judged: Sequence[Held], weights: Weights
) -> tuple[NDArray[np.float64], NDArray[np.int_]]:
    import numpy as np

    features = [
        all_features(
            held.words, held.meaning, held.joint, alone=weights.alone, together=weights.together
        )
        for held in judged
        if held.meaning is not None and held.joint is not None
    ]
    given = [held.given(weights.together) for held in judged]
    return np.concatenate(features), np.concatenate(given)


def words_suffice(
    judged: Sequence[Held], weights: Weights, scope: ScopeHead, *, promised: float
) -> Alone:
    """The rule under which most rows need no encoder, of those that cost next to nothing.

    Words alone may be wrong more often than all heads by a tenth of what is `promised` (the share
    of answers that may be wrong), and may let pass 0.5 % of the rows that fit no label.
    """
    import numpy as np

    labels = np.concatenate([held.labels for held in judged])
    chances = [probabilities([held.words.logits], [weights.words]).max(axis=1) for held in judged]
    chance = np.concatenate(chances)
    score = scope.scores(*_by_words(judged, weights))
    right = np.concatenate([held.given_by_words() for held in judged]) == labels
    right_by_all = np.concatenate([held.given(weights.together) for held in judged]) == labels
    gain = right.astype(float) - right_by_all
    strange = labels < 0
    best, most = NEVER_ALONE, 0
    for probability in _PROBABILITIES:
        for least in _SCORES:
            stops = (chance >= probability) & (score <= least)
            in_scope = stops & ~strange
            if in_scope.sum() <= most or gain[in_scope].mean() < -_SHARE_OF_PROMISE * promised:
                continue
            if (stops & strange).sum() <= _STRANGE_LET_PASS * strange.sum():
                best, most = Alone(probability, least), int(in_scope.sum())
    return best
