"""What a region's accepted replies change of the head that reads whether an answer fits (R25)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from handrail.agent.fit_head import FitHead, fit_examples, load_fit_head
from handrail.agent.own_fits import FEWEST_CUSTOMERS, MOST_ROWS, OwnFits, accepted_rows, own_fits
from handrail.agent.router import Router
from handrail.dataset.model import Split, Synthesis, TrainingExample
from handrail.errors import Tampered
from handrail.inference.encoders import ENCODERS, Encoder

# What the head alone takes for misfits, and what people of this region answer all the same.
ASKED = (
    "my voucher code isn't recognized", "where is my order", "I forgot my password",
    "how do I activate my new card", "the first sign-in after registering asks for a code",
    "when will my parcel arrive", "I want to open an account", "which codes can I use",
    "the app keeps saying my card is not active", "please reset my password",
)  # fmt: skip


@pytest.fixture(scope="module")
def head() -> FitHead:
    return load_fit_head()


@pytest.fixture(scope="module")
def encoder(head: FitHead) -> Encoder:
    made = ENCODERS[head.encoder]()
    assert made is not None
    return made


def row(number: int, message: str, **other: object) -> TrainingExample:
    made = TrainingExample(
        example_id=f"c-{number}", source_system="desk", region="eu", language="en", channel="chat",
        product_area="orders", severity="normal", sector="retail", basis="contract",
        topic="order_status", topic_set_by="export", message=message, reply="On its way.",
        template="order_status.en.1", agent=None, weight=1.0, outcome_weight=0.0, accepted=None,
        group=f"g-{number}", day=date(2026, 3, 2), split=Split.TRAIN, simulated=False,
        synthesis=None,
    )  # fmt: skip
    return replace(made, **other)


@pytest.fixture(scope="module")
def rows() -> list[TrainingExample]:
    return [
        row(n, f"Hello, visit {n}. {ASKED[n % 10]}. Reach me at [PHONE_1].") for n in range(120)
    ]


@pytest.fixture(scope="module")
def taught(rows: list[TrainingExample], encoder: Encoder) -> OwnFits:
    found = own_fits(rows, encoder=encoder, seed=1)
    assert found is not None
    return found


def test_what_people_of_a_region_answered_is_held_less(
    taught: OwnFits, head: FitHead, encoder: Encoder
) -> None:
    """R25: on messages of customers who taught nothing."""
    assert taught.held_before >= 0.5
    assert taught.held <= taught.held_before / 2
    unseen = [("Hello there. it says my voucher isn't recognized. My mail is [EMAIL_1].", "en")]
    before, after = (head.scores(unseen, encoder, own=own)[0] for own in (None, taught))
    assert after < before


def test_misfits_of_authors_who_taught_nothing_stay_found_R25(
    taught: OwnFits, head: FitHead, encoder: Encoder
) -> None:
    """R25: at most three of a hundred less; one of ten fits is held, as the head itself does."""
    assert taught.found_before == pytest.approx(0.59, abs=0.02)
    assert taught.found >= taught.found_before - 0.03
    examples = fit_examples()
    scores = head.scores([(e.text, e.language) for e in examples], encoder, own=taught)
    held = np.array(scores) >= 0.5
    misses = np.array([bool(e.misfit) for e in examples])
    assert held[misses].mean() > held[~misses].mean() + 0.4


def test_misfits_called_accepted_do_not_make_misfits_pass(encoder: Encoder) -> None:
    """People who answer everything from a template teach nothing, or little enough."""
    misfits = [e for e in fit_examples() if e.misfit and e.language == "en"]
    said = [row(n, example.text) for n, example in enumerate(misfits)]
    found = own_fits(said, encoder=encoder, seed=1)
    assert found is None or found.found >= found.found_before - 0.03


@pytest.mark.parametrize(
    "other",
    [
        {"split": Split.CALIBRATION},
        {"split": Split.TEST},
        {"template": None},
        {"accepted": False},
        {"language": "it"},
        {"synthesis": Synthesis("grammar/1", 1, "cell", (), False)},
    ],
)
def test_only_training_rows_that_people_answered_well_teach(
    other: dict[str, object], rows: list[TrainingExample]
) -> None:
    """R25: what a promise is tested on teaches nothing, nor does what nobody vouches for."""
    kept = accepted_rows([*rows, row(999, "x", **other)], languages=("en",), seed=1)
    assert {e.example_id for e in kept} == {e.example_id for e in rows}


def test_one_row_a_customer_and_at_most_a_thousand_in_any_order() -> None:
    many = [row(n, f"message {n}", group=f"g-{n % 1200}") for n in range(2000)]
    kept = accepted_rows(many, languages=("en",), seed=1)
    assert len({e.group for e in kept}) == len(kept) == MOST_ROWS
    assert accepted_rows(many[::-1], languages=("en",), seed=1) == kept


def test_where_the_head_holds_few_accepted_messages_it_stays_as_it_is(encoder: Encoder) -> None:
    """No change is the gentlest one."""
    fit = [row(n, "I forgot my password") for n in range(120)]
    assert own_fits(fit, encoder=encoder, seed=1) is None


def test_too_few_customers_or_no_encoder_leave_the_head_as_it_is(
    rows: list[TrainingExample], encoder: Encoder
) -> None:
    assert own_fits(rows[: FEWEST_CUSTOMERS - 1], encoder=encoder, seed=1) is None
    assert own_fits([replace(e, group="g") for e in rows], encoder=encoder, seed=1) is None
    assert own_fits(rows, encoder=None, seed=1) is None


def test_the_model_keeps_it_and_a_damaged_one_is_refused(router: Router, taught: OwnFits) -> None:
    taught_router = replace(router, own_fits=taught)
    read: Callable[[bytes], Router] = lambda data: Router.from_bytes(data, encoders=ENCODERS)  # noqa: E731
    again = read(taught_router.to_bytes())
    assert again.digest == taught_router.digest != router.digest
    assert again.own_fits is not None
    assert again.own_fits.measures == taught.measures
    assert again.card["own_fits_rows"] == taught.rows
    with pytest.raises(TypeError):
        replace(taught, direction=taught.direction[:-1])
    with pytest.raises(Tampered):
        read(taught_router.to_bytes().replace(b"own_fits_direction", b"own_fits_directiom"))
