"""R31: what few customers said is in no stored byte of a model, even if redaction missed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from handrail.agent.acceptance import teach_acceptance
from handrail.agent.checks import no_memorized_values
from handrail.agent.features import MARK
from handrail.agent.model import model_records
from handrail.agent.terms import load_terms
from handrail.agent.training import train_router
from handrail.conversations.wording import MIN_CUSTOMERS, words
from handrail.dataset.known_values import withheld
from handrail.dataset.model import Split, TrainingExample
from handrail.playbook.model import Playbook
from handrail.residency import Labels
from handrail.verdicts import Verdict
from tests.agent.conftest import AT, SEED
from tests.agent.corpus import examples
from tests.security.scan import Scanner

# Trains several times: with `make test-services`.
pytestmark = pytest.mark.whole

REGION = "us"
CANARIES = 200
_AT_ONCE = 5


def invented(rng: Random) -> str:
    """A word of letters that stand in no other word of the corpus next to each other."""
    return "".join(rng.choice("qxzjkwv") for _ in range(9))


@pytest.fixture(scope="module")
def canaries() -> list[str]:
    """Names, addresses, references and secrets, all made of words that nobody else uses."""
    rng = Random(20260105)
    shapes = (
        "{} {}", "{}@{}.example", "Straße {} 17, {}", "order {}-{}", "password {}{}", "https://{}.example/{}",
    )  # fmt: skip
    return [
        shapes[number % len(shapes)].format(invented(rng), invented(rng))
        for number in range(CANARIES)
    ]


def told(canaries: Sequence[str], *, customers: int) -> list[TrainingExample]:
    """The corpus, in which so many customers say each canary, each of them twice."""
    dataset = examples(300, region=REGION)
    rows = [e for e in dataset if e.split is Split.TRAIN]
    added = []
    for number, few in enumerate(batched(canaries, _AT_ONCE)):
        for customer in range(customers):
            for time in range(2):
                row = rows[(number * 7 + customer + time) % len(rows)]
                own = {
                    "example_id": f"canary-{number}-{customer}-{time}",
                    "group": f"own-{number}-{customer}",
                    "message": ", ".join([row.message, *few]),
                }
                added.append(replace(row, **own))
    return dataset + added


def batched(items: Sequence[str], size: int) -> list[Sequence[str]]:
    return [items[at : at + size] for at in range(0, len(items), size)]


def stored(rows: Sequence[TrainingExample], playbook: Playbook) -> tuple[bytes, frozenset[str]]:
    """Every byte of the model of these rows, and its n-grams; the check must pass."""
    router = train_router(rows, region=REGION, seed=SEED, encoder=None)
    taught = teach_acceptance(
        router,
        rows,
        retrieval=None,
        flags={},
        playbook=playbook,
        terms=load_terms(),
        on=AT.date(),
        seed=SEED,
    )
    head = taught.correctness
    assert no_memorized_values(router, rows, head=head, known=()).verdict is Verdict.PASS
    labels = Labels(("retail",), ("training",))
    records = model_records(
        router, head, taught.promises, taught.effects, playbook, labels, region=REGION
    )
    return b"\n".join(record.payload for record in records), frozenset(router.vocabulary)


def test_two_hundred_canaries_are_in_no_byte(canaries: list[str], playbook: Playbook) -> None:
    rows = told(canaries, customers=MIN_CUSTOMERS - 1)
    assert sum(canary in row.message for row in rows for canary in canaries) >= 2 * CANARIES
    content, vocabulary = stored(rows, playbook)
    own = {word for canary in canaries for word in words(canary) if len(word) >= 9}
    assert len(own) > CANARIES
    scanner = Scanner([*canaries, *own])
    assert scanner.within(content) == set()
    for gram in vocabulary:
        assert not own & set(gram.removeprefix(MARK).split())


def test_what_many_say_is_found_so_the_search_finds(
    canaries: list[str], playbook: Playbook
) -> None:
    """The same words, said by one customer more: they are nobody's own, and kept."""
    content, vocabulary = stored(told(canaries, customers=MIN_CUSTOMERS), playbook)
    own = {word for canary in canaries for word in words(canary) if len(word) >= 9}
    assert Scanner(own).within(content) == own
    assert own <= vocabulary


def test_a_known_customers_values_are_in_no_byte_however_many_say_them(
    canaries: list[str], playbook: Playbook
) -> None:
    """R32: what a data set withholds is learned by neither router nor head."""
    rows = told(canaries, customers=MIN_CUSTOMERS)
    own = {word for canary in canaries for word in words(canary) if len(word) >= 9}
    content, vocabulary = stored(withheld(rows, own), playbook)
    assert Scanner(own).within(content) == set()
    assert not own & vocabulary
