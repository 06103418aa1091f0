"""The correctness head: what it learns, what it never says, and what it doesn't hold."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.agent.acceptance import Taught, teach_acceptance
from handrail.agent.boundary_effect import BoundaryEffect, boundaries_have_effect
from handrail.agent.checks import no_memorized_values
from handrail.agent.correctness import Correctness, word_grams
from handrail.agent.lessons import Lesson, lessons_of
from handrail.agent.offers import Offering
from handrail.agent.router import Router
from handrail.agent.teaching import teach
from handrail.agent.terms import load_terms
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import Route
from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.weighting import weight_of
from handrail.errors import Tampered
from handrail.playbook.model import Playbook, Use
from handrail.verdicts import Verdict
from tests.agent.conftest import AT, SEED, offering_of

RESET, PROMO = "password_reset.eu.en.1", "promo_code.eu.en.1"
MESSAGE = "i forgot my password"


def routed(topic: str = "password_reset", probability: float = 0.97) -> Route:
    return Route(topic, probability, False, 0.02, (), (("order_status", 0.01),))


def lesson(
    n: int, *, topic: str = "password_reset", accepted: bool | None = True, said: str = MESSAGE
) -> Lesson:
    weight = {True: 1.0, False: 4.0, None: 1.0}[accepted]
    template = RESET if topic == "password_reset" else PROMO
    return Lesson(said, routed(topic), template, True, accepted, weight, f"g{n}", is_boundary=False)


Teach = Callable[[list[Lesson]], Correctness]


@pytest.fixture
def taught(playbook: Playbook) -> Teach:
    return lambda lessons: teach(lessons, calibrate_on=(), playbook=playbook, region="eu")


@pytest.fixture(scope="module")
def flagged(dataset: list[TrainingExample]) -> list[TrainingExample]:
    """The corpus where people warn of most replies about promotion codes, and of none other."""

    def judged(n: int, e: TrainingExample) -> TrainingExample:
        if n % 3:
            return e
        warned = e.topic == "promo_code"
        return replace(e, accepted=not warned, outcome_weight=4.0 if warned else 1.0)

    return [judged(n, e) for n, e in enumerate(dataset)]


@pytest.fixture(scope="module")
def model(router: Router, flagged: list[TrainingExample], playbook: Playbook) -> Taught:
    return teach_acceptance(
        router, flagged, retrieval=None, flags={e.example_id: e.accepted for e in flagged},
        playbook=playbook, terms=load_terms(), on=AT.date(), seed=SEED,
    )  # fmt: skip


def test_untaught_head_takes_the_routers_word(untaught: Correctness) -> None:
    for probability in (0.05, 0.5, 0.9, 0.99):
        said = untaught.probability(MESSAGE, routed(probability=probability), RESET)
        assert said == pytest.approx(probability, abs=1e-4)


@pytest.mark.parametrize(
    "template", [None, "", "no such template", "password_reset.us.en.1", PROMO]
)
def test_template_that_is_not_this_topics_and_regions_has_probability_zero(
    template: str | None, untaught: Correctness
) -> None:
    """Fails closed."""
    assert untaught.probability(MESSAGE, routed(), template) == 0.0


@pytest.mark.parametrize("field", ["probability", "out_of_scope_score"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_number_that_is_none_never_raises_the_probability(
    field: str, value: float, model: Taught
) -> None:
    """Fails closed: NaN is 0, and what lies outside [0, 1] counts as its end."""
    head = replace(model.correctness, topic_right={"router": 1.0, "out_of_scope": -1.0})
    said = head.probability(MESSAGE, replace(routed(), **{field: value}), RESET)
    assert 0.0 <= said <= 1.0
    if math.isnan(value) or field == "out_of_scope_score":
        assert said == 0.0


def test_message_that_fits_no_topic_has_probability_zero(untaught: Correctness) -> None:
    nowhere = replace(routed(), topic=None, out_of_scope=True, probability=0.0)
    assert untaught.probability(MESSAGE, nowhere, RESET) == 0.0


@given(
    text=st.text(max_size=80),
    lower=st.floats(0, 1),
    upper=st.floats(0, 1),
    scope=st.floats(0, 1),
)
def test_surer_route_is_never_less_likely_accepted(
    model: Taught, text: str, lower: float, upper: float, scope: float
) -> None:
    """Monotone in the router's probability, whatever the customer writes."""
    low, high = sorted((lower, upper))
    said = [
        model.correctness.probability(
            text, replace(routed(probability=p), out_of_scope_score=scope), RESET
        )
        for p in (low, high)
    ]
    assert 0.0 <= said[0] <= said[1] <= 1.0


def test_warned_of_template_is_less_likely_accepted_however_sure_the_route(model: Taught) -> None:
    """R24: feedback changes what is promised of a reply; the router's certainty doesn't outvote."""
    head = model.correctness
    sure = 0.9999
    promo = head.probability("my code is refused", routed("promo_code", sure), PROMO)
    reset = head.probability("my code is refused", routed("password_reset", sure), RESET)
    assert promo < reset - 0.1
    assert head.training["refused"]


def test_more_warnings_never_raise_the_probability(taught: Teach) -> None:
    """R24: direction."""
    said = []
    for warnings in (0, 5, 20, 80):
        lessons = [lesson(n, topic="promo_code") for n in range(100)]
        lessons += [lesson(200 + n, topic="promo_code", accepted=False) for n in range(warnings)]
        lessons += [lesson(400 + n) for n in range(100)]
        said.append(taught(lessons).probability(MESSAGE, routed("promo_code"), PROMO))
    assert said == sorted(said, reverse=True)
    assert said[0] > said[-1] + 0.2


def test_words_that_people_warn_of_count_beyond_their_topic(taught: Teach) -> None:
    said_of = {True: "my code is refused", False: "my code is refused because of my chargeback"}
    lessons = [
        lesson(n, topic="promo_code", accepted=n % 2 == 0, said=said_of[n % 2 == 0])
        for n in range(400)
    ]
    head = taught(lessons)
    route = routed("promo_code")
    with_word, without = (head.probability(said_of[ok], route, PROMO) for ok in (False, True))
    assert with_word < without - 0.05


def test_word_that_fewer_than_five_customers_used_is_not_in_the_head(taught: Teach) -> None:
    """R31/R36: four customers, however often they write."""
    lessons = [lesson(n) for n in range(60)]
    lessons += [lesson(n % 4, said="my zyxwvut is broken", accepted=False) for n in range(80)]
    head = taught(lessons)
    assert not [gram for gram in head.words if "zyxwvut" in gram]
    five = taught([*lessons, lesson(99, said="zyxwvut", accepted=False)])
    assert "zyxwvut" in five.words


def test_memory_check_looks_into_the_head(
    router: Router, dataset: list[TrainingExample], model: Taught
) -> None:
    assert (
        no_memorized_values(router, dataset, head=model.correctness, known=()).verdict
        is Verdict.PASS
    )
    planted = replace(model.correctness, words={"zyxwvut": {"": -1.0}})
    assert no_memorized_values(router, dataset, head=planted, known=()).verdict is Verdict.FAIL


@pytest.fixture(scope="module")
def lessons(flagged: list[TrainingExample], playbook: Playbook, offering: Offering) -> list[Lesson]:
    asked = [b for b in playbook.boundaries.used_for(Use.TRAINING) if b.language in {"en", "de"}]
    return lessons_of(flagged, asked, offering=offering, seed=SEED)


def test_boundaries_teach_a_refusal_and_never_the_held_out_ones(
    lessons: list[Lesson], playbook: Playbook
) -> None:
    """R16: the message with its topic's template is a lesson in what is not accepted."""
    lessons = [n for n in lessons if n.is_boundary]
    assert lessons
    asked = {b.message for b in playbook.boundaries.used_for(Use.TRAINING)}
    assert {n.message for n in lessons} <= asked
    assert not any(n.is_right for n in lessons)
    assert {n.weight for n in lessons} == {weight_of("boundary").outcome}  # policy as data (R24)
    held_out = {b.message for b in playbook.boundaries.used_for(Use.HELD_OUT)}
    assert not held_out & {n.message for n in lessons}


def test_lessons_are_training_rows_that_customers_wrote(
    flagged: list[TrainingExample], lessons: list[Lesson]
) -> None:
    """R25: nothing that a promise is tested on is a lesson."""
    lessons = [n for n in lessons if not n.is_boundary]
    train = {e.group for e in flagged if e.split is Split.TRAIN}
    assert len(lessons) > 500
    assert {n.group for n in lessons} <= train
    assert {n.accepted for n in lessons} == {True, False, None}


def test_routes_of_lessons_are_less_sure_than_the_routers_own(
    router: Router,
    dataset: list[TrainingExample],
    offering: Offering,
    lessons: list[Lesson],
) -> None:
    """A router is too sure of rows that it has seen."""
    lessons = [n for n in lessons if not n.is_boundary]
    rows = [e for e in dataset if e.split is Split.TRAIN]
    own = [o for o in offering.offers(rows, router) if o.template is not None]
    sure = sum(n.route.probability for n in lessons) / len(lessons)
    assert sure < sum(o.route.probability for o in own) / len(own)


def test_same_lessons_teach_the_same_bytes(
    router: Router, flagged: list[TrainingExample], playbook: Playbook, model: Taught
) -> None:
    again = teach_acceptance(
        router, list(reversed(flagged)), retrieval=None,
        flags={e.example_id: e.accepted for e in flagged}, playbook=playbook,
        terms=load_terms(), on=AT.date(), seed=SEED,
    )  # fmt: skip
    assert again.correctness.to_bytes() == model.correctness.to_bytes()
    assert again.promises == model.promises


def test_stored_head_says_the_same(model: Taught) -> None:
    stored = Correctness.from_bytes(model.correctness.to_bytes())
    assert stored == model.correctness
    assert stored.digest == model.correctness.digest


def _edited(head: Correctness, **changes: object) -> bytes:
    return json.dumps({**json.loads(head.to_bytes()), **changes}).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "handrail-correctness-0"},
        {"slope": -1.0},
        {"slope": 0.0},
        {"slope": math.nan},
        {"shift": math.inf},
        {"content": {"bias": math.nan}},
        {"topic_right": {"router": math.inf}},
        {"words": {"word": {"": math.nan}}},
        {"templates": {"a": ["b"]}},
        {"words": []},
    ],
)
def test_bytes_of_something_else_are_refused(
    changes: dict[str, object], untaught: Correctness
) -> None:
    with pytest.raises(Tampered):
        Correctness.from_bytes(_edited(untaught, **changes))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\x80\x04N.", b"\xff", b"null"])
def test_bytes_that_are_no_json_of_ours_are_refused(data: bytes) -> None:
    with pytest.raises(Tampered):
        Correctness.from_bytes(data)


def test_untaught_router_still_gets_a_head(playbook: Playbook, offering: Offering) -> None:
    """Too few rows to route anything: no lessons, and the head takes the router's word."""
    assert lessons_of([], (), offering=offering, seed=SEED) == []
    head = teach([], calibrate_on=(), playbook=playbook, region="eu")
    assert head.probability(MESSAGE, routed(probability=0.8), RESET) == pytest.approx(0.8, abs=1e-4)


def test_words_are_counted_once_and_pairs_with_them() -> None:
    assert word_grams("Reset it, reset it") == ["reset", "it", "reset it", "it reset"]


def test_offer_is_the_template_that_a_customer_with_verified_facts_is_sent(
    playbook: Playbook, triggers: RegulatedTriggers
) -> None:
    """R25: a promise is about what is sent, so templates with verified facts are tested too."""
    needing = next(
        t
        for t in playbook.templates
        if t.region == "eu" and any(s.source == "context" for s in t.slots)
    )
    plain = replace(needing, id="without_slots", text="Hello.", slots=())
    cell = (needing.topic, "eu", needing.language)
    others = [t for t in playbook.templates if (t.topic, t.region, t.language) != cell]
    both = replace(playbook, templates=(needing, plain, *others))
    offering = offering_of(both)
    route = routed(needing.topic)
    said = offering.template("c1", MESSAGE, needing.language, route)
    assert said == needing.id
    without = replace(offering, context={})
    assert without.template("c1", MESSAGE, needing.language, route) == plain.id


def test_expired_playbook_offers_nothing(
    router: Router, dataset: list[TrainingExample], offering: Offering
) -> None:
    later = replace(offering, on=date(2031, 1, 1))
    assert not any(o.may_be_sent for o in later.offers(dataset[:20], router))


def test_boundary_that_something_else_holds_could_not_be_sent(
    router: Router, offering: Offering, playbook: Playbook
) -> None:
    """R16: what boundaries do is measured on what confidence alone keeps from customers."""
    (boundary, *_) = (b for b in playbook.boundaries.used_for(Use.HELD_OUT) if b.language == "en")
    fits = replace(boundary, message="I forgot my password")
    said = [fits, replace(fits, message="I don't want a new password"),
            replace(fits, message="I forgot my password and I will sue you")]  # fmt: skip
    offered = offering.to_boundaries(said, router)
    assert offered[0][2] is not None
    left = offering.sendable_boundaries(said, router)
    assert [template for _, _, template in left] == [offered[0][2], None, None]


@pytest.mark.parametrize(
    ("effect", "verdict"),
    [
        (BoundaryEffect(28, 20, 1, 9, 8, 0, 0.3, 0.8), Verdict.PASS),
        (BoundaryEffect(28, 20, 8, 9, 1, 0, 0.7, 0.8), Verdict.FAIL),
        (BoundaryEffect(28, 20, 9, 9, 0, 0, 0.8, 0.8), Verdict.FAIL),
        (BoundaryEffect(7, 3, 0, 3, 3, 0, 0.2, 0.8), Verdict.NOT_MEASURED),
        (BoundaryEffect(28, 20, 0, 4, 4, 0, 0.2, 0.4), Verdict.NOT_MEASURED),
        (BoundaryEffect(28, 20, 0, 5, 5, 0, 0.2, 0.5), Verdict.PASS),
    ],
)
def test_boundaries_are_said_to_work_only_where_that_was_measured(
    effect: BoundaryEffect, verdict: Verdict
) -> None:
    """R16: removing them raises violations, or the report says that it did not."""
    found = boundaries_have_effect(effect)
    assert (found.verdict, found.blocking) == (verdict, False)
