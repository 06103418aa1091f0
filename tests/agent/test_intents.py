"""Intent models on small made-up sets, with an encoder that is plain arithmetic."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from handrail.agent.checks import calibrated, no_memorized_values, reads_meaning
from handrail.agent.correctness import Correctness
from handrail.agent.features import Counts, ngram_use, ngrams, vector
from handrail.agent.intents import fitting
from handrail.agent.intents.choosing import NEVER_ALONE, Weights, words_suffice
from handrail.agent.intents.fitting import fit_intents
from handrail.agent.intents.heads import JointView, WordsView
from handrail.agent.intents.holding_out import Held, agreed, folds
from handrail.agent.intents.learning import Sample, fit_joint
from handrail.agent.intents.matrices import beneath
from handrail.agent.intents.mixing import fit_weights, probabilities
from handrail.agent.intents.model import PLAYBOOK, IntentModel, Labeled
from handrail.agent.intents.scope import ALL_FEATURES, WORDS_FEATURES, ScopeHead, Usual
from handrail.agent.router import Floors, Router
from handrail.agent.training import train_router
from handrail.agent.triggers import RegulatedTriggers
from handrail.conversations.wording import words
from handrail.dataset.model import Split, TrainingExample
from handrail.errors import BadInput, Tampered
from handrail.inference.weights import NoWeights
from handrail.verdicts import Verdict
from tests.agent.conftest import SEED

# What customers say of each matter; words of one matter are near each other for the encoder.
MATTERS = {
    "login": ("password", "login", "sign in", "locked out", "reset code", "username"),
    "delivery": ("parcel", "delivery", "courier", "shipping", "tracking number", "package"),
    "refund": ("refund", "money back", "reimbursed", "return credit", "repayment", "credited"),
    "card": ("card", "debit card", "plastic", "credit card", "chip", "contactless"),
    "rates": ("exchange rate", "currency", "conversion", "euros", "foreign money", "dollars"),
    "address": ("address", "moved house", "new street", "postcode", "relocated", "postal"),
}
FRAMES = (
    "hello my {} is not right", "can you look at the {} please", "what about the {} today",
    "there is something odd with the {}", "i have waited for the {} a week", "{} does not work",
    "who do i ask about the {}", "the {} was fine before", "help me with {} now", "is the {} ok",
)  # fmt: skip


class Arithmetic:
    """Words of one matter point one way, every other word a way of its own; counts its texts."""

    name = "arithmetic"
    languages = frozenset({"en", "de"})
    dimensions = 24

    def __init__(self, digest: str = "a" * 64) -> None:
        self.digest = digest
        self.read: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.read += texts
        rows = np.array([self._one(text) for text in texts]).reshape(-1, self.dimensions)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0).astype("f4")

    def _one(self, text: str) -> NDArray[np.float64]:
        said = set(words(text))
        found = np.zeros(self.dimensions)
        for at, phrases in enumerate((*MATTERS.values(), ("pet", "vet", "kitten", "dog food"))):
            found[at] = 2 * sum(set(words(p)) <= said for p in phrases)
        for word in said:
            found += 0.2 * np.random.default_rng(sum(word.encode())).normal(size=self.dimensions)
        return found


def rows(
    count: int, *, seed: int, matters: Sequence[str] = tuple(MATTERS), label: bool = True
) -> list[Labeled]:
    rng = Random(seed)
    made = []
    for number in range(count):
        matter = rng.choice(matters)
        about = ("pet", "vet", "kitten", "dog food") if matter == "pets" else MATTERS[matter]
        text = rng.choice(FRAMES).format(rng.choice(about)) + rng.choice(("", " thanks", " asap"))
        made.append(Labeled(text, matter if label else None, 1.0, f"c{seed}-{number}"))
    return made


@pytest.fixture(scope="module")
def encoder() -> Arithmetic:
    return Arithmetic()


@pytest.fixture(scope="module")
def model(encoder: Arithmetic) -> IntentModel:
    return fit_intents(rows(400, seed=1), validation=[], encoder=encoder, seed=SEED)


def right(model: IntentModel, asked: Sequence[Labeled]) -> float:
    found = model.scores_many([row.text for row in asked])
    return statistics.fmean(
        model.labels[int(scores.probabilities.argmax())] == row.label
        for scores, row in zip(found, asked, strict=True)
    )


@pytest.mark.parametrize("with_encoder", [True, False])
def test_unseen_texts_get_their_label(with_encoder: bool) -> None:
    learned = fit_intents(
        rows(300, seed=2), validation=[], encoder=Arithmetic() if with_encoder else None, seed=SEED
    )
    assert right(learned, rows(100, seed=3)) > 0.95


@pytest.mark.parametrize("with_encoder", [True, False])
def test_a_matter_it_never_saw_is_stranger_than_one_it_knows(with_encoder: bool) -> None:
    """Issue point 1: near out of scope, the same sentences about something else."""
    learned = fit_intents(
        rows(400, seed=4), validation=[], encoder=Arithmetic() if with_encoder else None, seed=SEED
    )
    known = [s.out_of_scope for s in learned.scores_many([r.text for r in rows(100, seed=5)])]
    pets = rows(100, seed=6, matters=["pets"])
    strange = [s.out_of_scope for s in learned.scores_many([r.text for r in pets])]
    assert statistics.fmean(a > b for a in strange for b in known) > 0.9


def test_texts_known_to_fit_no_label_make_their_like_strange() -> None:
    none = rows(60, seed=7, matters=["pets"], label=False)
    others = rows(60, seed=8, matters=["pets"], label=False)
    without, taught = (
        fit_intents(rows(300, seed=9) + more, validation=[], encoder=Arithmetic(), seed=SEED)
        for more in ([], none)
    )
    scores = [
        statistics.fmean(s.out_of_scope for s in m.scores_many([r.text for r in others]))
        for m in (without, taught)
    ]
    assert taught.labels == without.labels
    assert scores[1] >= scores[0] - 0.02
    assert scores[1] > 0.8


def test_a_text_has_the_same_scores_whatever_comes_with_it(model: IntentModel) -> None:
    asked = [row.text for row in rows(1040, seed=10)]  # read in three parts
    scored = model.scores_many(asked)
    assert len(scored) == len(asked)
    for text, together in list(zip(asked, scored, strict=True))[::26]:
        alone = model.scores(text)
        assert alone.probabilities.tobytes() == together.probabilities.tobytes()
        assert plain_fields(alone) == plain_fields(together)


def plain_fields(scores: object) -> tuple[object, ...]:
    return tuple(v for v in vars(scores).values() if not isinstance(v, np.ndarray))


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_has_probabilities_and_a_score(text: str, model: IntentModel) -> None:
    scores = model.scores(text)
    assert scores.probabilities.sum() == pytest.approx(1.0)
    assert 0 <= scores.out_of_scope <= 1
    assert np.isfinite(scores.probabilities).all()


def test_where_words_suffice_the_encoder_is_not_asked(model: IntentModel) -> None:
    counting = Arithmetic()
    assert model.meaning is not None
    asked = [row.text for row in rows(200, seed=11)]
    watched = replace(model, meaning=replace(model.meaning, encoder=counting))
    alone = [scores.steps == ("words",) for scores in watched.scores_many(asked)]
    assert any(alone)
    assert len(counting.read) == alone.count(False)


@pytest.mark.parametrize(("promised", "alone"), [(0.05, False), (0.09, False), (0.11, True)])
def test_the_strictest_promise_says_when_words_suffice(promised: float, alone: bool) -> None:
    """R25: sure words that are wrong once in a hundred take a tenth of a promise of 10 %."""
    count, labels = 400, np.zeros(400, dtype=int)
    labels[:4] = 1
    sure = np.tile([9.0, 0.0], (count, 1))
    words_say = WordsView(sure, np.zeros(count), np.tile([0.9, 0.1], (count, 1)), np.ones(count))
    truth = 9.0 * np.eye(2)[labels]
    held = Held(
        words=words_say, meaning=None, joint=JointView(truth, np.zeros(count)),
        columns=np.arange(2), labels=labels, weights=np.ones(count),
    )  # fmt: skip
    usual = Usual(np.zeros((2, WORDS_FEATURES), "f4"), np.ones((2, WORDS_FEATURES), "f4"))
    never_strange = ScopeHead(usual, np.zeros(WORDS_FEATURES, "f4"), -9.0)
    weights = Weights(alone=(1.0, 1.0), together=(0.0, 1.0))
    rule = words_suffice([held], weights, never_strange, promised=promised)
    assert (rule != NEVER_ALONE) is alone


def test_words_that_suffice_answer_as_both_heads_would(model: IntentModel) -> None:
    assert model.meaning is not None
    never = replace(model.meaning.words_suffice, probability=2.0)
    both = replace(model, meaning=replace(model.meaning, words_suffice=never))
    asked = [row.text for row in rows(300, seed=12)]
    differ = [
        a.probabilities.argmax() != b.probabilities.argmax()
        for a, b in zip(model.scores_many(asked), both.scores_many(asked), strict=True)
    ]
    assert sum(differ) <= 3


def test_a_label_of_fewer_than_five_customers_is_refused() -> None:
    """R31/R36: its mean would be theirs."""
    few = [replace(row, label="rare", group=f"g{n % 4}") for n, row in enumerate(rows(20, seed=13))]
    with pytest.raises(BadInput, match="fewer than 5"):
        fit_intents(rows(200, seed=14) + few, validation=[], encoder=None, seed=SEED)


def test_playbook_is_no_fifth_customer() -> None:
    """R31/R36: neither of a label nor of a word."""
    few = [replace(row, label="rare", group=f"g{n % 4}") for n, row in enumerate(rows(20, seed=13))]
    told = [Labeled("rare things", "rare", 1.0, PLAYBOOK)]
    with pytest.raises(BadInput, match="fewer than 5"):
        fit_intents(rows(200, seed=14) + few + told, validation=[], encoder=None, seed=SEED)


@pytest.mark.parametrize("labels", [2, 3])
def test_few_labels_make_a_model(labels: int) -> None:
    known = tuple(MATTERS)[:labels]
    learned = fit_intents(
        rows(80, seed=15, matters=known), validation=[], encoder=Arithmetic(), seed=SEED
    )
    assert right(learned, rows(60, seed=16, matters=known)) > 0.9
    far = [s.out_of_scope for s in learned.scores_many(["quantum chromodynamics lecture notes"])]
    near = [s.out_of_scope for s in learned.scores_many([r.text for r in rows(9, seed=17)])]
    assert min(far) > min(near)


def test_large_validation_sets_the_weights_and_not_the_rows(encoder: Arithmetic) -> None:
    """Where validation says that words mislead, meaning decides."""
    rng = Random(3)
    swapped = [
        replace(row, text=f"{row.text} {rng.choice(['zork', 'quux', 'blip'])}")
        for row in rows(320, seed=18)
    ]
    plain = fit_intents(rows(300, seed=19), validation=[], encoder=encoder, seed=SEED)
    chosen = fit_intents(rows(300, seed=19), validation=swapped, encoder=encoder, seed=SEED)
    assert plain.words.weights.tobytes() == chosen.words.weights.tobytes()
    assert plain.weight != chosen.weight


def test_hidden_layer_votes_where_validation_can_say_what_it_is_worth(
    monkeypatch: pytest.MonkeyPatch, triggers: RegulatedTriggers
) -> None:
    monkeypatch.setattr(fitting, "_LEAST_FOR_HIDDEN", 100)
    few, many = (
        fit_intents(
            rows(200, seed=23), validation=rows(n, seed=24), encoder=Arithmetic(), seed=SEED
        )
        for n in (100, 320)
    )
    assert few.meaning is not None and few.meaning.hidden is None
    assert many.meaning is not None and many.meaning.hidden is not None
    assert len(many.meaning.votes) == 4
    assert right(many, rows(100, seed=25)) > 0.95
    router = Router("eu", ("en",), many, Floors(0.0, 0.0, 0.0, 1.0), None, {})
    stored = Router.from_bytes(router.to_bytes(), encoders={"arithmetic": Arithmetic})
    for row in rows(30, seed=26):
        asked = (row.text, "en")
        assert stored.route(*asked, triggers=triggers) == router.route(*asked, triggers=triggers)


def test_rows_that_contradict_all_others_are_not_typical(encoder: Arithmetic) -> None:
    asked = rows(300, seed=20)
    wrong = {n for n in range(300) if n % 20 == 0}
    labels = sorted(MATTERS)
    numbers = np.array([labels.index(str(r.label)) for r in asked])
    for n in wrong:
        numbers[n] = (numbers[n] + 1) % len(labels)
    customers = ngram_use((r.group, r.text) for r in asked)
    vocabulary = sorted(g for g, n in customers.items() if n >= 5)
    texts = [r.text for r in asked]
    sample = Sample(
        Counts.of(texts, vocabulary), encoder.encode(texts), numbers, np.ones(300), np.arange(300)
    )
    every = np.ones(300, dtype=bool)
    made = folds(sample, np.arange(300), typical=every, seed=SEED, labels_too=False)
    typical = agreed(sample, made, (1.0, 1.0, 1.0))
    assert not typical[sorted(wrong)].any()
    assert typical.mean() > 0.9


def test_no_fold_asks_about_what_it_learned() -> None:
    asked = rows(200, seed=21)
    labels = sorted(MATTERS)
    numbers = np.array([labels.index(str(r.label)) for r in asked])
    wordings = np.unique([r.text for r in asked], return_inverse=True)[1]
    customers = ngram_use((r.group, r.text) for r in asked)
    counts = Counts.of([r.text for r in asked], sorted(g for g, n in customers.items() if n >= 5))
    sample = Sample(counts, None, numbers, np.ones(200), np.arange(200))
    every = np.ones(200, dtype=bool)
    for labels_too in (False, True):
        for fold in folds(sample, wordings, typical=every, seed=1, labels_too=labels_too):
            in_scope = fold.asked[np.isin(numbers[fold.asked], fold.heads.labels)]
            assert not set(wordings[fold.learned]) & set(wordings[in_scope])
            unknown = set(numbers[fold.asked]) - set(fold.heads.labels.tolist())
            assert bool(unknown) is labels_too


def test_every_fold_learns_what_the_playbook_says_and_asks_nothing_about_it() -> None:
    asked = rows(200, seed=29)
    numbers = np.array([sorted(MATTERS).index(str(r.label)) for r in asked])
    customers = ngram_use((r.group, r.text) for r in asked)
    counts = Counts.of([r.text for r in asked], sorted(g for g, n in customers.items() if n >= 5))
    told = np.arange(200) % 20 == 0
    groups = np.where(told, -1, np.arange(200))
    sample = Sample(counts, None, numbers, np.ones(200), groups)
    every = np.ones(200, dtype=bool)
    made = folds(sample, np.arange(200), typical=every, seed=1, labels_too=False)
    assert len(made) == 5
    for fold in made:
        assert set(np.flatnonzero(told)) <= set(fold.learned)
        assert not told[fold.asked].any()


def test_many_messages_are_weighted_as_one_is() -> None:
    asked = rows(120, seed=22)
    customers = ngram_use((r.group, r.text) for r in asked)
    vocabulary = tuple(sorted(g for g, n in customers.items() if n >= 5))
    stands_in = Counter(gram for r in asked for gram in ngrams(r.text))
    share = np.array([(1 + stands_in[gram]) / (1 + len(asked)) for gram in vocabulary])
    idf = (1 - np.log(share)).astype(np.float32)
    counts = Counts.of([r.text for r in asked], vocabulary)
    assert counts.frequencies() == pytest.approx(idf)
    assert (counts.customers(np.arange(120)) >= 5).all()
    unit, coverage = counts.weighted(idf)
    table = {gram: n for n, gram in enumerate(vocabulary)}
    for number, row in enumerate(asked):
        seen = vector(ngrams(row.text), table, idf)
        dense = np.zeros(len(vocabulary))
        dense[seen.columns] = seen.values
        assert unit[number].toarray()[0] == pytest.approx(dense, abs=1e-6)
        assert coverage[number] == pytest.approx(seen.coverage)


def test_customers_of_some_ngrams_are_those_that_are_counted_among_all() -> None:
    said = [("ann", "my card"), ("ben", "my card"), ("ann", "my my card"), ("cid", "a card")]
    among_all = ngram_use(said)
    assert (among_all["my"], among_all["my card"], among_all["card"]) == (2, 2, 3)
    some = {"my card", "card", "parcel"}
    assert ngram_use(said, of=some) == {"my card": 2, "card": 3}


def test_the_upper_one_of_two_matrices_is_a_part_of_both() -> None:
    rng = np.random.default_rng(4)
    upper, lower = (csr_matrix(rng.random((n, 6)).round()) for n in (5, 3))
    both, again = beneath(upper, lower)
    assert (both.toarray() == np.vstack([upper.toarray(), lower.toarray()])).all()
    assert (again.toarray() == upper.toarray()).all()
    assert np.shares_memory(both.data, again.data)
    assert np.shares_memory(both.indices, again.indices)


def test_weights_make_sure_scores_less_sure_when_they_are_often_wrong() -> None:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 4, 2000)
    logits = rng.normal(size=(2000, 4))
    logits[np.arange(2000), labels] += 1.0
    (fair,) = fit_weights([logits], labels)
    (sharp,) = fit_weights([10 * logits], labels)
    assert sharp == pytest.approx(fair / 10, rel=0.01)
    noise = rng.normal(size=(2000, 4))
    useful, useless = fit_weights([logits, noise], labels)
    assert useless < 0.1 * useful
    assert probabilities([logits], [fair]).sum(axis=1) == pytest.approx(np.ones(2000))


@pytest.fixture(scope="module")
def understanding(dataset: list[TrainingExample], encoder: Arithmetic) -> Router:
    return train_router(dataset, region="eu", seed=SEED, encoder=encoder)


def test_router_with_an_encoder_trains_the_same_bytes(
    understanding: Router, dataset: list[TrainingExample]
) -> None:
    again = train_router(list(reversed(dataset)), region="eu", seed=SEED, encoder=Arithmetic())
    assert again.to_bytes() == understanding.to_bytes()


def test_stored_router_with_an_encoder_routes_alike(
    understanding: Router, dataset: list[TrainingExample], triggers: RegulatedTriggers
) -> None:
    stored = Router.from_bytes(understanding.to_bytes(), encoders={"arithmetic": Arithmetic})
    asked = [(e.message, e.language) for e in dataset if e.split is Split.TEST][:50]
    routes = stored.route_many(asked, triggers=triggers)
    assert routes == understanding.route_many(asked, triggers=triggers)
    assert routes == [understanding.route(*pair, triggers=triggers) for pair in asked]


def test_router_without_its_very_encoder_is_not_used(understanding: Router) -> None:
    data = understanding.to_bytes()
    with pytest.raises(NoWeights, match="needs the encoder"):
        Router.from_bytes(data, encoders={})
    with pytest.raises(NoWeights, match="needs the encoder"):
        Router.from_bytes(data, encoders={"arithmetic": lambda: None})
    with pytest.raises(NoWeights, match="another version"):
        Router.from_bytes(data, encoders={"arithmetic": lambda: Arithmetic("b" * 64)})


def test_words_that_few_customers_used_weigh_nothing_beside_meaning(encoder: Arithmetic) -> None:
    """R31/R36: what one head may not hold, the next may not either."""
    asked = rows(120, seed=27)
    few = {n: "zorkmid" for n in range(4)} | {n: "florin" for n in range(4, 9)}
    texts = [f"{row.text} {few.get(n, '')}" for n, row in enumerate(asked)]
    vocabulary = sorted({gram for text in texts for gram in ngrams(text)})
    numbers = np.array([sorted(MATTERS).index(str(row.label)) for row in asked])
    counts = Counts.of(texts, vocabulary)
    sample = Sample(counts, encoder.encode(texts), numbers, np.ones(120), np.arange(120))
    nobody = sample.take(np.zeros(120, dtype=bool))
    head = fit_joint(sample, nobody, counts.frequencies(), seed=SEED)
    weighing = head.gram_weights.any(axis=1)
    assert not weighing[vocabulary.index("zorkmid")]
    assert weighing[vocabulary.index("florin")]
    assert not weighing[counts.customers(np.arange(120)) < 5].any()


def test_one_message_scores_as_many_do_beside_meaning(model: IntentModel) -> None:
    """Training weighs what serving gives, up to rounding."""
    assert model.meaning is not None
    head, reader = model.meaning.joint, model.meaning.encoder
    texts = [row.text for row in rows(30, seed=28)]
    unit, _ = Counts.of(texts, model.vocabulary).weighted(model.words.idf)
    together = head.view_rows(unit, reader.encode(texts))
    table = {gram: n for n, gram in enumerate(model.vocabulary)}
    for n, text in enumerate(texts):
        alone = head.view(vector(ngrams(text), table, model.words.idf), reader.encode([text]))
        assert alone.logits[0] == pytest.approx(together.logits[n], abs=1e-4)


@pytest.mark.parametrize("part", ["gram_weights", "weights", "none_bias"])
def test_joint_head_that_doesnt_fit_the_header_is_refused(part: str, understanding: Router) -> None:
    meaning = understanding.intents.meaning
    assert meaning is not None
    joint = replace(meaning.joint, **{part: getattr(meaning.joint, part)[:-1]})
    edited = replace(understanding.intents, meaning=replace(meaning, joint=joint))
    data = replace(understanding, intents=edited).to_bytes()
    with pytest.raises(Tampered):
        Router.from_bytes(data, encoders={"arithmetic": Arithmetic})


@pytest.mark.parametrize("part", ["weights", "whitening", "center", "typical_bias"])
def test_meaning_that_doesnt_fit_the_header_is_refused(part: str, understanding: Router) -> None:
    meaning = understanding.intents.meaning
    assert meaning is not None
    head = replace(meaning.head, **{part: getattr(meaning.head, part)[:-1]})
    edited = replace(understanding.intents, meaning=replace(meaning, head=head))
    data = replace(understanding, intents=edited).to_bytes()
    with pytest.raises(Tampered):
        Router.from_bytes(data, encoders={"arithmetic": Arithmetic})


def test_a_region_without_an_encoder_is_told_what_to_install(
    router: Router, understanding: Router
) -> None:
    warned = reads_meaning(router)
    assert (warned.verdict, warned.blocking) == (Verdict.FAIL, False)
    assert "make .venv/.ready" in warned.reason and "de, en" in warned.reason
    assert reads_meaning(understanding).verdict is Verdict.PASS


def test_router_with_an_encoder_passes_the_checks(
    understanding: Router, dataset: list[TrainingExample], untaught: Correctness
) -> None:
    honest = [(1.0, True)] * 100
    assert calibrated(understanding, dataset, replies=honest, promises=[]).verdict is Verdict.PASS
    assert (
        no_memorized_values(understanding, dataset, head=untaught, known=()).verdict is Verdict.PASS
    )


def test_of_many_rows_some_have_vectors_and_those_that_fit_none_keep_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fitting, "_LEAST_VECTORS", 0)
    monkeypatch.setattr(fitting, "_VECTORS_A_LABEL", 60)
    encoder = Arithmetic()
    pets = rows(80, seed=32, matters=["pets"], label=False)
    known = rows(900, seed=31)
    learned = fit_intents([*known, *pets], validation=[], encoder=encoder, seed=SEED)
    read = Counter(encoder.read)
    assert 300 <= sum(read[text] for text in {row.text for row in known}) <= 380
    assert sum(read[text] for text in {row.text for row in pets}) == 80
    assert right(learned, rows(100, seed=33)) > 0.95


def test_features_are_as_many_as_the_heads_say(model: IntentModel) -> None:
    assert model.meaning is not None
    assert model.scope.weights.shape == (WORDS_FEATURES,)
    assert model.meaning.scope.weights.shape == (ALL_FEATURES,)


class _Unreadable(Arithmetic):
    """Its files are others than its digest names, or not what its code expects."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise self._error


@pytest.mark.parametrize("error", [NoWeights("the file is missing"), OSError(), ImportError()])
def test_encoder_that_cant_be_read_is_refused_when_the_model_is_read(
    error: Exception, understanding: Router
) -> None:
    """R14: not by the first message that the words head is unsure of."""
    data = understanding.to_bytes()
    with pytest.raises(NoWeights, match=r"is missing|can't be read"):
        Router.from_bytes(data, encoders={"arithmetic": lambda: _Unreadable(error)})
