"""Fitting an intent model on labeled texts."""

from __future__ import annotations

from collections.abc import Sequence

from handrail.agent.features import (
    MIN_CUSTOMERS,
    inverse_frequencies,
    ngram_use,
    ngrams,
    vector,
)
from handrail.agent.intents.model import IntentModel, Labeled
from handrail.errors import BadInput
from handrail.inference.encoders import Encoder

_C = 12.0


def fit_intents(
    rows: Sequence[Labeled],
    *,
    validation: Sequence[Labeled],
    encoder: Encoder | None,
    seed: int,
) -> IntentModel:
    """A model of the labels in `rows`; whatever is chosen is chosen on `validation`."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    known = sorted((r for r in rows if r.label is not None), key=lambda r: (r.group, r.text))
    labels = tuple(sorted({str(r.label) for r in known}))
    seen_by, stands_in = ngram_use((r.group, r.text) for r in known)
    vocabulary = tuple(sorted(gram for gram, n in seen_by.items() if n >= MIN_CUSTOMERS))
    if len(labels) < 2 or not vocabulary:
        msg = f"{len(labels)} labels, {len(vocabulary)} n-grams: a model needs two labels and words"
        raise BadInput(msg)
    idf = inverse_frequencies(vocabulary, stands_in, messages=len(known))
    table = {gram: column for column, gram in enumerate(vocabulary)}
    seen = [vector(ngrams(r.text), table, idf) for r in known]
    ends = np.concatenate([[0], np.cumsum([len(v.columns) for v in seen])])
    matrix = csr_matrix(
        (np.concatenate([v.values for v in seen]), np.concatenate([v.columns for v in seen]), ends),
        shape=(len(known), len(vocabulary)),
    )
    weights = np.array([r.weight for r in known])
    model = LogisticRegression(C=_C, max_iter=300, random_state=seed)
    model.fit(matrix, [labels.index(str(r.label)) for r in known], weights / weights.mean())
    coefficients, intercepts = model.coef_, model.intercept_
    if len(labels) == 2:  # the binary model has one row: the second label against the first
        coefficients = np.vstack([-coefficients / 2, coefficients / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    return IntentModel(
        labels=labels,
        vocabulary=vocabulary,
        idf=idf,
        weights=np.ascontiguousarray(coefficients.T, dtype=np.float32),
        bias=intercepts.astype(np.float32),
        temperature=0.4,
    )
