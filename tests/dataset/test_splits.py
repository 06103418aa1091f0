from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.dataset.model import Split
from handrail.dataset.splits import assign, calibration_parts
from handrail.dataset.wording import plain, signature
from handrail.errors import Withheld


def row(example_id: str, subject: str, message: str, **changes: Any) -> dict[str, Any]:
    return {
        "example_id": example_id, "region": "eu", "language": "en", "channel": "chat",
        "product_area": "account", "severity": "normal", "sector": "retail", "basis": "contract",
        "topic": "password_reset", "message": message, "reply": "done", "template": None,
        "agent": None, "weight": 1.0, "outcome_weight": 0.0, "accepted": None,
        "subject_group": subject,
        "day": date(2026, 1, 5), "simulated": True,
    } | changes  # fmt: skip


ROWS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from([f"message number {c}" for c in "abcdefghij"])),
    min_size=1,
    max_size=60,
).map(lambda pairs: [row(f"c{n:03}", f"s{s}", m) for n, (s, m) in enumerate(pairs)])


@settings(max_examples=80, deadline=None)
@given(ROWS, st.integers(0, 1000))
def test_no_person_and_no_message_is_in_two_splits(rows: list[dict[str, Any]], seed: int) -> None:
    """R25: a threshold is promised on people and messages that training never saw."""
    people, messages = defaultdict(set), defaultdict(set)
    for example in assign(rows, seed=seed):
        people[example.group].add(example.split)
        messages[signature(example.message)].add(example.split)
    assert all(len(splits) == 1 for splits in [*people.values(), *messages.values()])


@settings(max_examples=40, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_of_rows_doesnt_matter(rows: list[dict[str, Any]], rng: Random) -> None:
    shuffled = list(rows)
    rng.shuffle(shuffled)
    assert assign(shuffled, seed=1) == assign(rows, seed=1)


def test_rows_are_left_out_only_where_one_person_sent_messages_of_several_homes() -> None:
    rows = [row(f"c{n}", f"s{n % 300}", f"unique words {_word(n)}") for n in range(900)]
    assert len(assign(rows, seed=1)) == len(rows)
    once = [row(f"c{n}", f"s{n}", f"shared words {_word(n % 40)}") for n in range(400)]
    assert len(assign(once, seed=1)) == len(once)


def test_shares_are_60_25_15() -> None:
    rows = [row(f"c{n}", f"s{n}", f"words {_word(n)}") for n in range(4000)]
    counts = Counter(e.split for e in assign(rows, seed=2))
    assert counts[Split.TRAIN] / 4000 == pytest.approx(0.60, abs=0.03)
    assert counts[Split.CALIBRATION] / 4000 == pytest.approx(0.25, abs=0.03)
    assert counts[Split.TEST] / 4000 == pytest.approx(0.15, abs=0.03)


def test_row_keeps_its_split_when_rows_of_others_are_added() -> None:
    rows = [row(f"c{n}", f"s{n}", f"words {_word(n)}") for n in range(200)]
    before = {e.example_id: e.split for e in assign(rows[:100], seed=3)}
    after = {e.example_id: e.split for e in assign(rows, seed=3)}
    assert {i: after[i] for i in before} == before


def test_another_seed_splits_otherwise() -> None:
    rows = [row(f"c{n}", f"s{n}", f"words {_word(n)}") for n in range(200)]
    assert assign(rows, seed=3) != assign(rows, seed=4)


def test_group_is_the_smallest_conversation_of_the_person() -> None:
    rows = [row("c9", "s1", "one thing"), row("c2", "s1", "two things"), row("c5", "s2", "three")]
    assert {e.example_id: e.group for e in assign(rows, seed=1)} == {
        "c9": "c2", "c2": "c2", "c5": "c5",
    }  # fmt: skip


def test_calibration_parts_share_no_customer_and_no_row() -> None:
    rows = [row(f"c{n}", f"s{n % 700}", f"words {_word(n)}") for n in range(2000)]
    fit, promise = calibration_parts(assign(rows, seed=1), seed=1)
    assert not {e.group for e in fit} & {e.group for e in promise}
    assert len(fit) == pytest.approx(len(promise) / 2, rel=0.35)


def test_bad_row_quotes_nobody() -> None:
    with pytest.raises(Withheld) as refused:
        assign([row("c1", "s1", "my secret words", weight="my secret weight")], seed=1)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I forgot my password!", "i forgot   my password"),
        ("order [ORDER_1] from [PERSON_2]", "Order [ORDER_7], from [PERSON_1]"),
        ("card 4411 is lost", "card 9988 is lost"),
        ("please help, i forgot my password", "I forgot my password, please help"),
    ],
)
def test_near_duplicates_have_one_signature(one: str, other: str) -> None:
    assert signature(one) == signature(other)


def test_different_requests_have_different_signatures() -> None:
    assert signature("where is my order") != signature("where is my refund")


def test_plain_form_has_no_accents_and_keeps_other_scripts() -> None:
    """R17: who types without accents asks the same question."""
    assert plain("¿Contraseña? SÍ, Ärger") == plain("¿contrasena? si, arger")
    assert plain("दिल्ली में") == "दिल्ली में"


def test_plain_form_keeps_type_and_drops_number_of_a_placeholder() -> None:
    assert plain("Hi  [PERSON_7],\nORDER 4711") == "hi <person> , order 0000"
    assert plain("Où est ma commande ? GRÜẞE") == plain("ou est ma commande ? grusse")


def _word(number: int) -> str:
    return "".join(chr(97 + number // 26**place % 26) for place in range(4))
