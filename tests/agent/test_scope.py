"""What people named out of scope: it is learned from all rows given, and is evidence one way."""

from __future__ import annotations

import statistics

import numpy as np
import pytest

from handrail.agent.features import Counts
from handrail.agent.intents.fitting import fit_intents
from handrail.agent.intents.model import IntentModel
from handrail.agent.intents.scope import ALL_FEATURES, Usual, all_features, words_features
from tests.agent.conftest import SEED
from tests.agent.test_intents import Arithmetic, rows

# Where the features hold them, in order.
NAMED = (7, 24, 29)


@pytest.fixture(scope="module")
def taught() -> IntentModel:
    named = rows(60, seed=31, matters=["pets"], label=False)
    return fit_intents(rows(300, seed=30), validation=named, encoder=Arithmetic(), seed=SEED)


def test_validation_rows_that_fit_no_label_make_their_like_strange(taught: IntentModel) -> None:
    """Issue point 1: what people said fits no topic is learned, whichever rows they said it of."""
    without = fit_intents(rows(300, seed=30), validation=[], encoder=Arithmetic(), seed=SEED)
    assert taught.meaning is not None and without.meaning is not None
    assert taught.labels == without.labels
    assert taught.vocabulary == without.vocabulary
    for head in (taught.words, taught.meaning.head):
        assert head.none_weights.any()
    asked = [row.text for row in rows(60, seed=32, matters=["pets"])]
    before, after = (
        statistics.fmean(s.out_of_scope for s in model.scores_many(asked))
        for model in (without, taught)
    )
    assert after >= before - 0.02
    assert after > 0.8


def test_what_people_named_out_of_scope_is_where_the_scope_head_looks(taught: IntentModel) -> None:
    assert taught.meaning is not None
    text = rows(1, seed=33)[0].text
    unit, coverage = Counts.of([text], taught.vocabulary).weighted(taught.words.idf)
    vectors = Arithmetic().encode([text])
    words = taught.words.view_rows(unit, coverage)
    meaning = taught.meaning.head.view(vectors)
    joint = taught.meaning.joint.view_rows(unit, vectors)
    named = [float(view.none[0]) for view in (words, meaning, joint)]
    features = all_features(
        words, meaning, joint, alone=taught.meaning.alone, together=taught.meaning.together
    )
    assert features[0, list(NAMED)] == pytest.approx(named)
    assert words_features(words, taught.weight)[0, NAMED[0]] == pytest.approx(named[0])


def test_what_is_unlike_all_that_people_named_is_no_more_usual_for_it() -> None:
    """A matter that nobody has named yet is unlike what they named, as any known one is."""
    many = np.random.default_rng(SEED).normal(size=(500, ALL_FEATURES))
    usual = Usual.of(many, np.zeros(500, int), labels=1, least=np.zeros(ALL_FEATURES))
    row = np.zeros((3, ALL_FEATURES))
    row[0, list(NAMED)], row[1, list(NAMED)], row[2, list(NAMED)] = -4.0, 0.5, 3.0
    below, near, above = usual.deviations(row, np.zeros(3, int))
    assert (below == near).all()
    assert (above[list(NAMED)] > 1).all()
    others = [n for n in range(ALL_FEATURES) if n not in NAMED]
    assert usual.deviations(row - 4, np.zeros(3, int))[0, others] == pytest.approx(-4, abs=0.5)
