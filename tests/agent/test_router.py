from __future__ import annotations

import statistics
from dataclasses import replace

import pytest

from handrail.agent.calibration import error_by_chance, expected_calibration_error
from handrail.agent.checks import calibrated, no_memorized_values
from handrail.agent.correctness import Correctness
from handrail.agent.router import Router
from handrail.agent.training import train_router
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import RiskTier
from handrail.dataset.model import Split, Synthesis, TrainingExample
from handrail.errors import BadInput, ResidencyViolation, Tampered
from handrail.verdicts import Verdict
from tests.agent.conftest import SEED, promised
from tests.agent.corpus import examples

# Replies of a head that is as sure as it is right.
HONEST = [(0.9, n % 10 > 0) for n in range(200)]
PROMISED = [promised(RiskTier.LOW, 0.9)]


def test_most_unseen_messages_get_the_topic_people_gave_them(
    router: Router, dataset: list[TrainingExample], triggers: RegulatedTriggers
) -> None:
    rows = [e for e in dataset if e.split is Split.TEST]
    routes = router.route_many([(e.message, e.language) for e in rows], triggers=triggers)
    right = statistics.fmean(
        route.topic == row.topic for route, row in zip(routes, rows, strict=True)
    )
    assert len(rows) > 100
    assert right > 0.9


def test_same_rows_and_seed_train_the_same_bytes(
    router: Router, dataset: list[TrainingExample]
) -> None:
    again = train_router(list(reversed(dataset)), region="eu", seed=SEED, encoder=None)
    assert again.to_bytes() == router.to_bytes()


def test_stored_router_routes_alike(router: Router, triggers: RegulatedTriggers) -> None:
    stored = Router.from_bytes(router.to_bytes(), encoders={})
    message = "hi, where is my parcel"
    assert stored.route(message, "en", triggers=triggers) == router.route(
        message, "en", triggers=triggers
    )
    assert stored.digest == router.digest


@pytest.mark.parametrize("damage", [b"", b"no zip", b"PK\x03\x04 broken"])
def test_bytes_of_something_else_are_refused(damage: bytes) -> None:
    with pytest.raises(Tampered):
        Router.from_bytes(damage, encoders={})


def test_arrays_that_dont_fit_the_header_are_refused(router: Router) -> None:
    with pytest.raises(Tampered):
        Router.from_bytes(
            replace(router, intents=replace(router.intents, labels=router.topics[:-1])).to_bytes(),
            encoders={},
        )


@pytest.mark.parametrize(
    "variant",
    ["WHERE IS MY ORDER", "  where is\n my   order ", "where is my order?!", "Where is my order…"],
)
def test_case_spacing_and_punctuation_change_nothing(
    variant: str, router: Router, triggers: RegulatedTriggers
) -> None:
    plain = router.route("where is my order", "en", triggers=triggers)
    assert router.route(variant, "en", triggers=triggers) == plain


@pytest.mark.parametrize(
    ("message", "language", "topic"),
    [
        ("i forgot my pasword, please help", "en", "password_reset"),
        ("when wil my ordre arrive", "en", "order_status"),
        ("ich habe mein pasword vergesen", "de", "password_reset"),
        ("wo ist meine bestelung", "de", "order_status"),
        ("wher is my refnd, the money is missing", "en", "refund_status"),
    ],
)
def test_typos_dont_change_the_topic(
    message: str, language: str, topic: str, router: Router, triggers: RegulatedTriggers
) -> None:
    assert router.route(message, language, triggers=triggers).topic == topic


def test_placeholder_numbers_and_digits_change_nothing(
    router: Router, triggers: RegulatedTriggers
) -> None:
    one = router.route("status of order [ORDER_1] please, 12 days", "en", triggers=triggers)
    two = router.route("status of order [ORDER_9] please, 34 days", "en", triggers=triggers)
    assert one == two


@pytest.mark.parametrize(
    "message",
    ["", "   ", "???", "xqzv wkjh plrt", "दिल्ली में मौसम कैसा है", "[PERSON_1]",
     "bake sourdough bread overnight using rye flour"],
)  # fmt: skip
def test_message_that_fits_no_topic_is_out_of_scope(
    message: str, router: Router, triggers: RegulatedTriggers
) -> None:
    route = router.route(message, "en", triggers=triggers)
    assert (route.topic, route.out_of_scope, route.probability) == (None, True, 0.0)


def test_language_the_model_never_saw_is_out_of_scope(
    router: Router, triggers: RegulatedTriggers
) -> None:
    assert router.route("where is my order", "fr", triggers=triggers).out_of_scope


def test_regulated_keyword_fires_whatever_the_topic_and_language(
    router: Router, triggers: RegulatedTriggers
) -> None:
    """R26: the keyword doesn't depend on what the model makes of the message."""
    for language in ("en", "de"):
        for matter, phrases in triggers.keywords.items():
            route = router.route(f"where is my order? {phrases[0]}", language, triggers=triggers)
            assert f"keyword:{matter}" in route.regulated


def test_regulated_topic_fires_before_it_is_the_likeliest(triggers: RegulatedTriggers) -> None:
    fired = triggers.fired("hello", [("order_status", 0.7), ("fraud_report", 0.25)])
    assert fired == ("topic:fraud_report",)


def test_rows_of_another_region_are_refused(dataset: list[TrainingExample]) -> None:
    with pytest.raises(ResidencyViolation):
        train_router(
            [*dataset, replace(dataset[0], region="us")], region="eu", seed=SEED, encoder=None
        )


def test_too_few_customers_make_no_router() -> None:
    with pytest.raises(BadInput, match="ingest more"):
        train_router(examples(20), region="eu", seed=SEED, encoder=None)


def test_word_that_one_customer_repeats_is_not_in_the_model(
    dataset: list[TrainingExample], untaught: Correctness
) -> None:
    """R31/R36: what fewer than five customers said is somebody's, and isn't remembered."""
    own = [e for e in dataset if e.split is Split.TRAIN][:4]
    marked = {e.example_id: replace(e, message=f"{e.message} zyxwvut") for e in own}
    many = [replace(own[0], example_id=f"x-{n}", message="my secret is zyxwvut") for n in range(40)]
    rows = [marked.get(e.example_id, e) for e in dataset] + many
    router = train_router(rows, region="eu", seed=SEED, encoder=None)
    assert not [gram for gram in router.vocabulary if "zyxw" in gram]
    assert no_memorized_values(router, rows, head=untaught, known=()).verdict is Verdict.PASS


def test_playbook_teaches_topics_that_few_customers_raised(
    dataset: list[TrainingExample], untaught: Correctness
) -> None:
    """R31: its words are nobody's, and count as no customer of a topic or of an n-gram."""
    taught = [e for e in dataset if e.split is Split.TRAIN]
    promo = list({e.group: e for e in taught if e.topic == "promo_code"}.values())
    marked = {e.example_id: f"{e.message} zyxwvut" for e in promo[:4]}
    rows = [
        replace(e, message=marked.get(e.example_id, e.message))
        for e in dataset
        if e.split is not Split.TRAIN or e.topic != "promo_code" or e in promo[:8]
    ]
    said = {
        "promo_code": ("promo code", "a zyxwvut is refused"),
        "order_status": ("order status", "where parcels are"),
        "a_topic_of_nobody": ("nobody asks this",),
    }
    plain, told = (
        train_router(rows, region="eu", seed=SEED, encoder=None, descriptions=descriptions)
        for descriptions in ({}, said)
    )
    assert (plain.training["topics_described"], told.training["topics_described"]) == (0, 1)
    assert told.topics == plain.topics
    assert told.vocabulary == plain.vocabulary
    assert not [gram for gram in told.vocabulary if "zyxw" in gram]
    at = told.topics.index("promo_code")
    asked = "my zyxwvut is refused"
    assert told.scores(asked).probabilities[at] > plain.scores(asked).probabilities[at]
    finding = no_memorized_values(told, rows, head=untaught, known=())
    assert finding.verdict is Verdict.PASS
    assert finding.measures["fewest_customers_of_a_topic"] == 8


def test_playbook_makes_no_topic_of_four_customers(dataset: list[TrainingExample]) -> None:
    """R31: nor changes what many customers said."""
    promo = {e.group for e in dataset if e.topic == "promo_code" and e.split is Split.TRAIN}
    four = sorted(promo)[:4]
    rows = [
        e
        for e in dataset
        if e.split is not Split.TRAIN or e.topic != "promo_code" or e.group in four
    ]
    said = {topic: (topic.replace("_", " "),) for topic in ("promo_code", "order_status")}
    told = train_router(rows, region="eu", seed=SEED, encoder=None, descriptions=said)
    assert "promo_code" not in told.topics
    plain = train_router(rows, region="eu", seed=SEED, encoder=None)
    assert told.to_bytes() == plain.to_bytes()


def test_ngram_of_too_few_customers_fails_the_check(
    router: Router, dataset: list[TrainingExample], untaught: Correctness
) -> None:
    few = [e for e in dataset if e.split is Split.TRAIN][:50]
    assert no_memorized_values(router, few, head=untaught, known=()).verdict is Verdict.FAIL


@pytest.mark.parametrize("gram", ["person_7", "order 4711", "one two three", "#abcdefg"])
def test_value_in_the_vocabulary_fails_the_check(
    gram: str, router: Router, dataset: list[TrainingExample], untaught: Correctness
) -> None:
    vocabulary = (gram, *router.vocabulary[1:])
    edited = replace(router, intents=replace(router.intents, vocabulary=vocabulary))
    assert no_memorized_values(edited, dataset, head=untaught, known=()).verdict is Verdict.FAIL


def test_a_customers_own_word_in_a_model_fails_the_check(
    router: Router, dataset: list[TrainingExample], untaught: Correctness
) -> None:
    """R32: what the data set withheld is in no vocabulary, of the router or of the head."""
    word = next(gram for gram in router.vocabulary if gram.isalpha())
    found = no_memorized_values(router, dataset, head=untaught, known=[word, "zebulon"])
    assert found.verdict is Verdict.FAIL
    assert (found.measures["wordings_of_customers"], found.measures["wordings_withheld"]) == (1, 2)
    clean = no_memorized_values(router, dataset, head=untaught, known=["zebulon"])
    assert clean.verdict is Verdict.PASS


def test_topic_of_too_few_customers_fails_the_check(
    router: Router, dataset: list[TrainingExample], untaught: Correctness
) -> None:
    """R31: what a topic's numbers rest on is five customers or more."""
    lone = [
        replace(e, group="the same") if e.topic == "promo_code" and e.split is Split.TRAIN else e
        for e in dataset
    ]
    finding = no_memorized_values(router, lone, head=untaught, known=())
    assert finding.verdict is Verdict.FAIL
    assert finding.measures["topics_of_too_few"] == 1
    assert finding.measures["fewest_customers_of_a_topic"] == 1
    assert (
        no_memorized_values(router, dataset, head=untaught, known=()).measures[
            "fewest_customers_of_a_topic"
        ]
        >= 5
    )


def test_ids_and_other_strings_fail_the_check(
    router: Router, dataset: list[TrainingExample], untaught: Correctness
) -> None:
    """R31: wherever in the model they stand."""
    somebody = next(e.group for e in dataset if e.split is Split.TRAIN)
    for told, kind in ((somebody, "ids"), ("Ada Lovelace, 12 St James's Square", "other_strings")):
        edited = replace(router, training={**router.training, "note": told})
        finding = no_memorized_values(edited, dataset, head=untaught, known=())
        assert finding.verdict is Verdict.FAIL
        assert finding.measures[kind] == 1
    clean = no_memorized_values(router, dataset, head=untaught, known=())
    assert (clean.measures["ids"], clean.measures["other_strings"]) == (0, 0)


def test_calibrated_on_rows_it_never_saw(router: Router, dataset: list[TrainingExample]) -> None:
    finding = calibrated(router, dataset, replies=HONEST, promises=PROMISED)
    assert finding.verdict is Verdict.PASS
    assert finding.measures["topic_n"] >= 200


def test_what_promises_put_a_threshold_to_is_checked_too(
    router: Router, dataset: list[TrainingExample]
) -> None:
    """R25: a head that is too sure fails, however honest the router is."""
    too_sure = [(0.99, n % 5 > 0) for n in range(200)]
    finding = calibrated(router, dataset, replies=too_sure, promises=PROMISED)
    assert finding.verdict is Verdict.FAIL
    assert finding.measures["calibration_error"] == pytest.approx(0.19, abs=1e-3)
    assert (
        calibrated(router, dataset, replies=HONEST[:99], promises=PROMISED).verdict
        is Verdict.NOT_MEASURED
    )


def test_few_replies_hold_nothing_back_where_every_reply_is_a_draft(
    router: Router, dataset: list[TrainingExample]
) -> None:
    """A company whose playbook covers few of its topics still gets its model of topics."""
    nothing = [promised(RiskTier.LOW, None)]
    finding = calibrated(router, dataset, replies=HONEST[:19], promises=nothing)
    assert finding.verdict is Verdict.PASS
    assert "not measured on 19" in finding.reason
    assert "calibration_error" not in finding.measures
    too_sure = [(0.99, n % 5 > 0) for n in range(200)]
    finding = calibrated(router, dataset, replies=too_sure, promises=nothing)
    assert finding.verdict is Verdict.FAIL


def test_honest_probabilities_differ_from_outcomes_by_chance_alone() -> None:
    """The reason the check subtracts chance: at 250 rows it is as large as the limit."""
    stated = [0.5 + n / 500 for n in range(250)]
    assert 0.04 < error_by_chance(stated, seed=1) < 0.1
    assert error_by_chance(stated * 20, seed=1) < 0.02


def test_calibration_error_is_the_mean_gap_over_bins() -> None:
    answers = [(0.9, True)] * 5 + [(0.9, False)] * 5 + [(0.1, False)] * 10
    assert expected_calibration_error(answers) == pytest.approx(0.5 * 0.4 + 0.5 * 0.1)


def test_overconfident_router_fails_the_check(
    router: Router, dataset: list[TrainingExample]
) -> None:
    wrong = [
        replace(e, topic="promo_code" if e.topic == "order_status" else e.topic) for e in dataset
    ]
    sure = replace(router, intents=replace(router.intents, weight=20 * router.intents.weight))
    assert calibrated(sure, wrong, replies=HONEST, promises=PROMISED).verdict is Verdict.FAIL


def test_calibration_on_few_rows_is_not_measured(
    router: Router, dataset: list[TrainingExample]
) -> None:
    few = [e for e in dataset if e.split is Split.TEST][:150]
    assert (
        calibrated(router, few, replies=HONEST, promises=PROMISED).verdict is Verdict.NOT_MEASURED
    )
    mark = Synthesis("grammar/1", 1, "cell", (), False)
    synthetic = [replace(e, split=Split.TRAIN, synthesis=mark) for e in dataset]
    assert (
        calibrated(router, synthetic, replies=HONEST, promises=PROMISED).verdict
        is Verdict.NOT_MEASURED
    )


@pytest.mark.parametrize(("weight", "topic"), [(0.25, "promo_code"), (4.0, "order_status")])
def test_heavier_rows_win_against_rows_that_say_otherwise(weight: float, topic: str) -> None:
    """R24: a row that negative feedback made light doesn't teach against the others."""
    dataset = examples(500)
    contested = [e for e in dataset if e.split is Split.TRAIN and e.topic == "promo_code"]
    otherwise = [
        replace(e, example_id=f"f-{e.example_id}", topic="order_status", weight=weight)
        for e in contested
    ]
    router = train_router([*dataset, *otherwise], region="eu", seed=SEED, encoder=None)
    message = "the promo code does not work at checkout"
    assert router.scores(message).probabilities.argmax() == router.topics.index(topic)
