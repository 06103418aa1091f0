"""What is measured: the product's intent model, and two baselines that anybody would start with.

Each is fitted on rows, calibrated on validation rows (on folds of the training rows where there are
none) and then judges texts. The baselines are not bound to n-grams of five customers, as ours is.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from bench.intents.sets import in_scope
from handrail.agent.intents import PLAYBOOK, IntentModel, Labeled, fit_intents
from handrail.conversations.wording import MIN_CUSTOMERS
from handrail.inference.encoders import Encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOLDS = 5


@dataclass(frozen=True, eq=False)
class Judged:
    """Calibrated probabilities (texts x labels), and how strange each text is."""

    labels: tuple[str, ...]
    probabilities: NDArray[np.float64]
    strangeness: NDArray[np.float64]

    @cached_property
    def sureness(self) -> list[float]:
        """Probability of the likeliest label."""
        return [float(p) for p in self.probabilities.max(axis=1)]

    @cached_property
    def answers(self) -> list[str]:
        """The likeliest label."""
        return [self.labels[n] for n in self.probabilities.argmax(axis=1)]

    def right(self, rows: Sequence[Labeled]) -> list[bool]:
        """Whether the likeliest label is the row's."""
        return [answer == row.label for answer, row in zip(self.answers, rows, strict=True)]


class Fitted(Protocol):
    """What fitting gives: judges many texts, or one as it would be served."""

    def judge(self, texts: Sequence[str]) -> Judged:
        """What it makes of texts."""
        ...

    def serve(self, text: str) -> object:
        """The same of one text, as it would be served."""
        ...


Fit = Callable[..., Fitted]  # (rows, *, validation, encoder, seed)


class Remembering:
    """An encoder that reads each text once a run: systems, sets and seeds share the vectors.

    While `remembers` is false it reads anew what it knows, as when messages are served.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.remembers = True
        self.plain = encoder
        self.name = encoder.name
        self.languages = encoder.languages
        self.dimensions = encoder.dimensions
        self._known: dict[str, NDArray[np.float32]] = {}

    @property
    def digest(self) -> str:
        """The encoder's own."""
        return self.plain.digest

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As the encoder does."""
        import numpy as np

        if not self.remembers:
            return self.plain.encode(texts)
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self.plain.encode(new), strict=True))
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return np.stack([self._known[text] for text in texts])


class Fitting:
    """Fits systems, each but once on the same training rows and seed of the largest set."""

    def __init__(self, rows: Sequence[Labeled], encoder: Remembering) -> None:
        self._rows = rows
        self._encoder = encoder
        self._made: dict[tuple[str, int], tuple[Fitted, float]] = {}

    def model(self, system: str, *, seed: int) -> tuple[Fitted, float]:
        """The model, its weights from folds of the rows, and the CPU seconds it took."""
        if (system, seed) not in self._made:
            self._encoder.encode([row.text for row in self._rows])
            began = time.process_time()
            fit = SYSTEMS[system]
            made = fit(self._rows, validation=(), encoder=self._encoder, seed=seed)
            self._made[system, seed] = made, time.process_time() - began
        return self._made[system, seed]


@dataclass(frozen=True, eq=False)
class Ours:
    """The product's intent model."""

    model: IntentModel

    @classmethod
    def fit(
        cls,
        rows: Sequence[Labeled],
        *,
        validation: Sequence[Labeled],
        encoder: Encoder | None,
        seed: int,
    ) -> Ours:
        """As the router is fitted: labels that too few have are left to people."""
        count = Counter(row.label for row in rows if row.group != PLAYBOOK)
        kept = [r for r in rows if r.label is None or count[r.label] >= MIN_CUSTOMERS]
        return cls(fit_intents(kept, validation=validation, encoder=encoder, seed=seed))

    def judge(self, texts: Sequence[str]) -> Judged:
        """Scores of the heads that were asked."""
        import numpy as np

        scores = self.model.scores_many(texts)
        return Judged(
            labels=self.model.labels,
            probabilities=np.stack([one.probabilities for one in scores]),
            strangeness=np.array([one.out_of_scope for one in scores]),
        )

    def serve(self, text: str) -> object:
        """Words first, the encoder where they don't suffice."""
        return self.model.scores(text)


@dataclass(frozen=True, eq=False)
class Baseline:
    """A linear model over vectors; strange is what it isn't sure of."""

    vectors: Callable[[Sequence[str]], Any]
    model: Any
    temperature: float

    def judge(self, texts: Sequence[str]) -> Judged:
        """Temperature-scaled scores."""
        import numpy as np
        from scipy.special import softmax

        scores = self.model.decision_function(self.vectors(texts))
        probabilities = np.asarray(softmax(scores / self.temperature, axis=1))
        labels = tuple(str(label) for label in self.model.classes_)
        return Judged(labels, probabilities, 1 - probabilities.max(axis=1))

    def serve(self, text: str) -> object:
        """One text by itself."""
        return self.judge([text])


def tfidf_svc(
    rows: Sequence[Labeled],
    *,
    validation: Sequence[Labeled],
    encoder: Encoder,
    seed: int,
) -> Baseline:
    """TF-IDF of words (1-2) and characters (3-5) with a linear support vector machine."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union
    from sklearn.svm import LinearSVC

    vectors = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b"),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True),
    )
    vectors.fit([row.text for row in in_scope(rows)])
    model = LinearSVC(C=0.5, random_state=seed)
    return _calibrated(model, vectors.transform, rows, validation)


def encoder_logreg(
    rows: Sequence[Labeled], *, validation: Sequence[Labeled], encoder: Encoder, seed: int
) -> Baseline:
    """The encoder's vectors with a multinomial logistic regression."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=30.0, max_iter=500, random_state=seed)
    return _calibrated(model, encoder.encode, rows, validation)


def _calibrated(
    model: Any,
    vectors: Callable[[Sequence[str]], Any],
    rows: Sequence[Labeled],
    validation: Sequence[Labeled],
) -> Baseline:
    from sklearn.model_selection import cross_val_predict

    known, judged = in_scope(rows), in_scope(validation)
    x, y = vectors([row.text for row in known]), [str(row.label) for row in known]
    model.fit(x, y)
    if judged:
        scores = model.decision_function(vectors([row.text for row in judged]))
        truth = [str(row.label) for row in judged]
    else:
        scores = cross_val_predict(model, x, y, cv=FOLDS, method="decision_function")
        truth = y
    return Baseline(vectors, model, _temperature(scores, truth, list(model.classes_)))


def _temperature(scores: NDArray[np.float64], truth: Sequence[str], labels: Sequence[str]) -> float:
    """The one that makes the labels likeliest (Guo et al., ICML 2017)."""
    import numpy as np
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    scores = np.maximum(scores, -1e6)  # what a fold lacked is the least number there is
    at = {label: n for n, label in enumerate(labels)}
    columns = [at[label] for label in truth]
    picked = np.arange(len(columns)), columns

    def loss(log_temperature: float) -> float:
        return -float(log_softmax(scores / np.exp(log_temperature), axis=1)[picked].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-4, 4), method="bounded").x))


SYSTEMS: dict[str, Fit] = {
    "": Ours.fit,
    "tfidf_svc": tfidf_svc,
    "encoder_logreg": encoder_logreg,
}
