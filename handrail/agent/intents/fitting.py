"""Fitting an intent model: heads on the rows, everything else on rows the heads never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from handrail.agent.features import Counts, ngram_use
from handrail.agent.intents.choosing import Weights, fit_scopes, votes_of, weights_of, words_suffice
from handrail.agent.intents.holding_out import Heads, Held, agreed, folds
from handrail.agent.intents.learning import Sample, fit_hidden
from handrail.agent.intents.model import PLAYBOOK, IntentModel, Labeled, Meaning
from handrail.conversations.wording import MIN_CUSTOMERS, signature
from handrail.errors import BadInput
from handrail.inference.encoders import Encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Vectors cost milliseconds each, heads are fitted on four fifths of these ten times, and a linear
# head on a few hundred numbers needs no more: of the test rows of MultiDoGO (30 labels) 91.9 % are
# right with 300 rows a label, 91.5 % with all 17,701.
_MOST_VECTORS, _LEAST_VECTORS = 20_000, 5_000
_VECTORS_A_LABEL = 300
_LEAST_OF_A_LABEL = 50
# From here on the validation rows calibrate; below, rows held out of the training rows do.
_LEAST_VALIDATION = 300
# Where so many rows are known to fit no label, those of labels left out only help along.
_ENOUGH_STRANGE = 50
_SHARE_OF_HELD_OUT = 0.2
# What is promised of answers where nobody says: at most this share of them is wrong.
PROMISED = 0.02
# A hidden layer takes that many rows to learn from, and validation rows to say what it is worth.
_LEAST_FOR_HIDDEN = 3_000


def fit_intents(
    rows: Sequence[Labeled],
    *,
    validation: Sequence[Labeled],
    encoder: Encoder | None,
    seed: int,
    promised: float = PROMISED,
) -> IntentModel:
    """A model of the labels in `rows`; the same rows and seed give the same one.

    Rows without a label, those of `validation` too, teach what fits none; rows of the playbook what
    a label means. Nothing an n-gram or a mean says rests on fewer than five customers, so a label
    that fewer have is `BadInput`, as are fewer than two labels. Weights of the heads, and when
    words suffice, are chosen on `validation` from 300 labeled rows up, else on folds of the rows.
    Words alone take a tenth of the mistakes of `promised`, a share of the answers.
    """
    import numpy as np

    strange = [r for r in validation if r.label is None]
    rows = sorted([*rows, *strange], key=lambda r: (r.group, r.text, r.label or ""))
    labels = tuple(sorted({r.label for r in rows if r.label is not None}))
    vocabulary = _vocabulary(rows)
    _require_enough(rows, labels, vocabulary)
    numbers = {label: number for number, label in enumerate(labels)}

    def sample(of: Sequence[Labeled]) -> Sample:
        customers = sorted({r.group for r in of} - {PLAYBOOK})
        names = {PLAYBOOK: -1} | {group: n for n, group in enumerate(customers)}
        return Sample(
            counts=Counts.of((r.text for r in of), vocabulary),
            vectors=None,
            labels=np.array([numbers.get(r.label or "", -1) for r in of]),
            weights=np.array([r.weight for r in of]),
            groups=np.array([names[r.group] for r in of]),
        )

    whole = sample(rows)
    most = min(_MOST_VECTORS, max(_LEAST_VECTORS, _VECTORS_A_LABEL * len(labels)))
    picked = _picked(whole.labels, most, seed=seed)
    texts, some = [rows[n].text for n in picked], whole.take(picked)
    by_words = Heads.fitted(whole, seed=seed)
    del whole
    some, wordings = some.encoded(texts, encoder), _wordings(texts)
    every = np.ones(len(picked), dtype=bool)
    first = folds(some, wordings, typical=every, seed=seed, labels_too=False)
    rough = weights_of([fold.heads.views(some.take(fold.asked)) for fold in first], len(labels))
    typical = agreed(some, first, rough.together)
    known = some.labels >= 0
    knowing = [
        fold.knowing(some.take(fold.learned), typical[fold.learned], seed=seed) for fold in first
    ]
    del first
    heads = by_words.understanding(some, typical, seed=seed)
    second = folds(some, wordings, typical=typical, seed=seed, labels_too=True)
    # All that is fitted is fitted: what the heads make of the rows is as large as the rows.
    usual = [fold.heads.views(some.take(fold.asked[known[fold.asked]])) for fold in knowing]
    named = [fold.heads.views(some.take(fold.asked[~known[fold.asked]])) for fold in knowing]
    del knowing
    asked = [r for r in validation if r.label in numbers]
    shown = sample(asked).encoded([r.text for r in asked], encoder) if asked else None
    judged = [] if shown is None else [heads.views(shown)]
    enough = len(asked) >= _LEAST_VALIDATION
    weights = weights_of(judged if enough or not usual else usual, len(labels))
    real = np.count_nonzero(~known)
    share = _SHARE_OF_HELD_OUT * real / len(some.labels) if real >= _ENOUGH_STRANGE else 1.0
    lighter = replace(some, weights=share * some.weights)
    strangers = [fold.heads.views(lighter.take(fold.asked[known[fold.asked]])) for fold in second]
    unlike = [*strangers, *named, *judged]
    model = _model(labels, vocabulary, heads, weights, usual or judged, unlike, encoder, promised)
    if shown is None or not enough or len(some.labels) < _LEAST_FOR_HIDDEN:
        return model
    del usual, named, strangers, unlike, second  # as large as the rows, and all is chosen
    return _with_hidden(model, some, shown, judged[0], seed=seed)


def _with_hidden(
    model: IntentModel, rows: Sample, shown: Sample, judged: Held, *, seed: int
) -> IntentModel:
    """With a hidden layer that votes, where the model has vectors to see."""
    if model.meaning is None or shown.vectors is None:
        return model
    hidden = fit_hidden(rows, seed=seed)
    votes = votes_of(judged, hidden.logits(shown.vectors))
    return replace(model, meaning=replace(model.meaning, hidden=hidden, votes=votes))


def _model(
    labels: tuple[str, ...],
    vocabulary: tuple[str, ...],
    heads: Heads,
    weights: Weights,
    usual: Sequence[Held],
    judged: Sequence[Held],
    encoder: Encoder | None,
    promised: float,
) -> IntentModel:
    scopes = fit_scopes(usual, judged, weights, len(labels))
    meaning = None
    if encoder and heads.meaning and heads.joint and scopes.both:
        meaning = Meaning(
            head=heads.meaning,
            joint=heads.joint,
            scope=scopes.both,
            alone=weights.alone,
            together=weights.together,
            words_suffice=words_suffice(judged, weights, scopes.words, promised=promised),
            encoder=encoder,
            hidden=None,
            votes=(),
        )
    return IntentModel(
        labels=labels,
        vocabulary=vocabulary,
        words=heads.words,
        weight=weights.words,
        scope=scopes.words,
        meaning=meaning,
    )


def _vocabulary(rows: Sequence[Labeled]) -> tuple[str, ...]:
    """The n-grams that enough customers used of something, in order."""
    said = (r for r in rows if r.label is not None and r.group != PLAYBOOK)
    customers = ngram_use((r.group, r.text) for r in said)
    return tuple(sorted(gram for gram, n in customers.items() if n >= MIN_CUSTOMERS))


def _require_enough(
    rows: Sequence[Labeled], labels: Sequence[str], vocabulary: Sequence[str]
) -> None:
    groups: dict[str, set[str]] = {label: set() for label in labels}
    for row in rows:
        if row.label is not None and row.group != PLAYBOOK:
            groups[row.label].add(row.group)
    few = sum(len(of) < MIN_CUSTOMERS for of in groups.values())
    if len(labels) < 2 or not vocabulary or few:
        msg = (
            f"{len(labels)} labels, {few} of them with fewer than {MIN_CUSTOMERS} customers, and "
            f"{len(vocabulary)} n-grams: a model needs two labels and words, and no label of few"
        )
        raise BadInput(msg)


def _picked(labels: NDArray[np.int_], most: int, *, seed: int) -> NDArray[np.intp]:
    """At most about `most` rows, in order: of each label the same share, of small ones all.

    Rows that fit none are those that are short: of them all stay, up to half as many besides.
    """
    import numpy as np

    if len(labels) <= most:
        return np.arange(len(labels))
    rng = np.random.default_rng(seed)
    known = int(np.count_nonzero(labels >= 0))
    kept = []
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        share = most // 2 if label < 0 else max(_LEAST_OF_A_LABEL, len(rows) * most // known)
        kept.append(rng.permutation(rows)[:share])
    return np.sort(np.concatenate(kept))


def _wordings(texts: Sequence[str]) -> NDArray[np.int_]:
    """A number for each text, the same for those that say the same in the same words."""
    import numpy as np

    names = [signature(text) for text in texts]
    return np.unique(names, return_inverse=True)[1]
