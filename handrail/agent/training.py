"""Training a region's router: fitted on training rows, calibrated on rows the fit never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from handrail.agent.features import (
    MIN_CUSTOMERS,
    inverse_frequencies,
    ngram_use,
    ngrams,
    vector,
)
from handrail.agent.router import Floors, Router
from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.splits import calibration_parts
from handrail.errors import BadInput, without_chat_text
from handrail.inference.encoders import Encoder
from handrail.residency import require_region

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

# Inverse regularization, chosen by cross-validation on public intent data; unit-length rows.
_C = 12.0
# A floor may cost this share of the messages that are in scope.
_FLOOR_SHARE = 0.01
# No floor asks for more than this, however clean the rows it was fitted on: people mistype, and how
# sure is sure enough to send is the promise's business.
_STRICTEST = Floors(probability=0.5, similarity=0.15, coverage=0.6)
_MIN_ROWS_TO_CALIBRATE = 30


def train_router(
    examples: Sequence[TrainingExample], *, region: str, seed: int, encoder: Encoder | None
) -> Router:
    """A router for `region` from its frozen data set; the same rows and seed give the same bytes.

    Topics that fewer than five customers raised are left to people, however much a generator wrote
    of them: a message about one of them is meant to be out of scope. What is always handed off may
    be recognized by synthetic rows alone. Temperature (Guo et al., ICML 2017) and floors come from
    the first part of the calibration rows. BadInput if fewer than two topics remain.
    """
    for example in examples:
        require_region(region, example.region, "a training row")
    with without_chat_text(f"training of region {region}"):
        return _train(sorted(examples, key=lambda e: e.example_id), region, seed)


def _train(examples: Sequence[TrainingExample], region: str, seed: int) -> Router:
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    rows = [e for e in examples if e.split is Split.TRAIN]
    customers = {
        t: len({e.group for e in rows if e.topic == t and not e.synthetic})
        for t in {e.topic for e in rows}
    }
    handed_off = {e.topic for e in rows if e.synthesis is not None and e.synthesis.escalates}
    topics = tuple(sorted(t for t, n in customers.items() if n >= MIN_CUSTOMERS or t in handed_off))
    rows = [e for e in rows if e.topic in topics]
    vocabulary, idf = _vocabulary(rows)
    if len(topics) < 2 or not vocabulary:
        msg = (
            f"region {region} has {len(topics)} topics with {MIN_CUSTOMERS} or more customers in "
            "training: a router needs two; ingest more chats"
        )
        raise BadInput(msg)
    matrix = _matrix(rows, vocabulary, idf)
    labels = np.array([topics.index(e.topic) for e in rows])
    weights = np.array([e.weight for e in rows])
    model = LogisticRegression(C=_C, max_iter=300, random_state=seed)
    model.fit(matrix, labels, sample_weight=weights / weights.mean())
    coefficients, intercepts = model.coef_, model.intercept_
    if len(topics) == 2:  # the binary model has one row: the second topic against the first
        coefficients = np.vstack([-coefficients / 2, coefficients / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    one_hot = csr_matrix((weights, (labels, np.arange(len(rows)))), shape=(len(topics), len(rows)))
    centroids = np.asarray((one_hot @ matrix).todense())
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    fit_part, _ = calibration_parts(examples, seed=seed)
    uncalibrated = Router(
        region=region,
        languages=tuple(sorted({e.language for e in rows})),
        topics=topics,
        vocabulary=vocabulary,
        idf=idf,
        weights=np.ascontiguousarray(coefficients.T, dtype=np.float32),
        bias=intercepts.astype(np.float32),
        centroids=np.ascontiguousarray(centroids.T, dtype=np.float32),
        temperature=1.0,
        floors=Floors(probability=0.0, similarity=0.0, coverage=0.0),
        training={
            "rows": len(rows),
            "customers": len({e.group for e in rows if not e.synthetic}),
            "synthetic_rows": sum(e.synthetic for e in rows),
            "topics": len(topics),
            "topics_left_to_people": len(customers) - len(topics),
            "ngrams": len(vocabulary),
            "calibration_rows": len(fit_part),
            "seed": seed,
        },
    )
    return calibrate(uncalibrated, fit_part)


def _vocabulary(rows: Sequence[TrainingExample]) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """The n-grams that enough customers used, in order, and their inverse frequencies."""
    seen_by, stands_in = ngram_use((e.group, e.message) for e in rows)
    vocabulary = tuple(sorted(gram for gram, n in seen_by.items() if n >= MIN_CUSTOMERS))
    return vocabulary, inverse_frequencies(vocabulary, stands_in, messages=len(rows))


def _matrix(
    rows: Sequence[TrainingExample], vocabulary: Sequence[str], idf: NDArray[np.float32]
) -> csr_matrix:
    """One TF-IDF row a message. Counts are made anew here: kept, they would outweigh all else."""
    import numpy as np
    from scipy.sparse import csr_matrix

    table = {gram: column for column, gram in enumerate(vocabulary)}
    values, columns, ends = [], [], [0]
    for row in rows:
        seen = vector(ngrams(row.message), table, idf)
        values.append(seen.values)
        columns.append(seen.columns.astype(np.int32))
        ends.append(ends[-1] + len(seen.columns))
    return csr_matrix(
        (np.concatenate(values), np.concatenate(columns), ends),
        shape=(len(rows), len(vocabulary)),
    )


def calibrate(router: Router, rows: Sequence[TrainingExample]) -> Router:
    """`router` with temperature and floors from rows it wasn't trained on.

    Below 30 rows the temperature stays 1 and the floors are the strictest.
    """
    import numpy as np

    rows = [e for e in rows if e.topic in router.topics]
    if len(rows) < _MIN_ROWS_TO_CALIBRATE:
        return replace(router, floors=_STRICTEST)
    logits = np.array([router.logits(e.message) for e in rows])
    labels = np.array([router.topics.index(e.topic) for e in rows])
    scaled = replace(router, temperature=_temperature(logits, labels))
    scores = [scaled.scores(e.message) for e in rows]
    floors = Floors(
        probability=_floor([s.probabilities.max() for s in scores], _STRICTEST.probability),
        similarity=_floor([s.similarity for s in scores], _STRICTEST.similarity),
        coverage=_floor([s.coverage for s in scores], _STRICTEST.coverage),
    )
    return replace(scaled, floors=floors)


def _floor(values: Sequence[float], strictest: float) -> float:
    import numpy as np

    return min(round(float(np.quantile(values, _FLOOR_SHARE)), 6), strictest)


def _temperature(logits: NDArray[np.float64], labels: NDArray[np.int_]) -> float:
    """The temperature that makes the labels likeliest.

    Labels are smoothed as in Platt (1999): n rows without a mistake don't prove certainty, and
    without this, rows that the model separates perfectly would call for a temperature of zero.
    """
    import numpy as np
    from scipy.optimize import minimize_scalar
    from scipy.special import logsumexp

    doubt = 1 / (len(labels) + 2)

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        logs = scaled - logsumexp(scaled, axis=1, keepdims=True)
        picked = logs[np.arange(len(labels)), labels]
        others = (logs.sum(axis=1) - picked) / (logs.shape[1] - 1)
        return -float(np.mean((1 - doubt) * picked + doubt * others))

    best = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20.0)), method="bounded")
    return round(float(np.exp(best.x)), 6)
