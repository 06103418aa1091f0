"""R32: what is known of one customer and said by others is not what a model learns."""

from __future__ import annotations

import sqlite3
import unicodedata

import pytest

from handrail.access import Purpose
from handrail.conversations.model import (
    Conversation,
    Customer,
    Outcome,
    Role,
    SetBy,
    Status,
    Tag,
    Turn,
    encode,
)
from handrail.conversations.wording import words
from handrail.dataset.known_values import known_values, said_by_enough, withheld, without
from handrail.dataset.model import TrainingExample
from handrail.redaction.days import redact_days
from handrail.redaction.expecting import expected
from handrail.redaction.known_wordings import KNOWN, wordings
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.workers import Workers
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.names import ObjectName, Record
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.vault.root_key import key_database
from handrail.warehouse.connection import scratch_query
from tests.dataset.held import DAY, commit
from tests.dataset.test_splits import row, split

DATASET = pipeline("test", Purpose.DATASET)


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("name", "Zebulon Quarrington", {"zebulon", "quarrington", "zebulon quarrington"}),
        ("name", "José Núñez-Ybarra", {"nunez", "ybarra", "jose nunez", "nunez ybarra", "jose"}),
        ("name", "Rose May", {"rose may"}),
        ("name", "Customer Service", set()),
        ("email", "zebulon.q@quarrington.example", {"zebulon"}),
        ("username", "password", set()),
        ("username", "xq_zebulon85", {"zebulon00"}),
        ("address", "12 Quarrington Street, Berlin", {"quarrington", "street"}),
        ("phone", "+49 30 1234567", set()),
        ("order_id", "A-1001", set()),
    ],
)  # fmt: skip
def test_words_of_a_value_that_are_nobody_elses(kind: str, value: str, told: set[str]) -> None:
    """R32: ordinary words, places, numbers and an address's provider say nothing of anybody."""
    assert set(wordings(Customer(None, {kind: (value,)}))) == told


def test_an_id_is_known_of_a_customer() -> None:
    assert set(wordings(Customer("QUARRINGTON-7"))) == {"quarrington"}


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Ask ZEBULON, he knows.", "Ask [PERSONAL_1], he knows."),
        ("is rose  young there?", "is [PERSONAL_1]  [PERSONAL_1] there?"),
        ("a rose, young or not", "a [PERSONAL_1], [PERSONAL_1] or not"),
        ("roses for the young", "roses for the young"),
        ("[PERSON_1] and Zebulon's shop", "[PERSON_1] and [PERSONAL_1]'s shop"),
        ("Zébulon", "[PERSONAL_1]"),
        ("", ""),
    ],
)  # fmt: skip
def test_wordings_are_read_as_a_placeholder(said: str, left: str) -> None:
    assert without(said, {"zebulon", "rose young"}) == left


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("said", ["Straße Núñez", "ﬁnn Núñez", "Núñez\u200b Ybarra", "İzmir Núñez"])
def test_no_spelling_of_a_wording_is_left(form: str, said: str) -> None:
    """R32: however letters are encoded, what a vocabulary would see is gone."""
    hidden = set(words(said))
    kept = without(unicodedata.normalize(form, said), hidden)  # type: ignore[arg-type]
    assert not hidden & set(words(kept))


def test_others_rows_stay_as_they_are() -> None:
    rows = [row("a", "s1", "ask Zebulon"), row("b", "s2", "Ask  nobody!")]
    first, second = withheld(_examples(rows), ["zebulon"])
    assert (first.message, second.message) == ("ask [PERSONAL_1]", "Ask  nobody!")


def test_what_five_customers_said_could_be_learned() -> None:
    rows = [row(f"r{n}", f"s{n % 5}", "my friend zebulon") for n in range(10)]
    few = [row(f"f{n}", "s0", "my friend ybarra") for n in range(10)]
    said = said_by_enough(_examples([*rows, *few]))
    assert {"zebulon", "friend zebulon"} <= said
    assert "ybarra" not in said


def _examples(rows: list[dict[str, object]]) -> list[TrainingExample]:
    kept = {e.example_id: e for e in split(rows, seed=1)}
    return [kept[str(one["example_id"])] for one in rows]


@pytest.fixture
def redacted(vaults: RegionVaults) -> RegionVault:
    """A redacted day: one customer is called Zebulon, one Kasimira, and six are called Wilhelmine.

    Each is a person of the vault's own.
    """
    vault = vaults.of("eu")
    names = ["Zebulon Quarrington", "Kasimira Ybarra", *[f"Wilhelmine Nr{n}" for n in "abcdef"]]
    chats = [
        Conversation(
            f"c-{n}",
            "desk",
            "eu",
            DAY,
            (Turn(0, Role.CUSTOMER, "I forgot my password"),),
            Outcome(Status.RESOLVED),
            Customer(f"customer-{n}", {"name": (name,)}),
            language=Tag("en", SetBy.EXPORT),
        )
        for n, name in enumerate(names)
    ]
    intake = pipeline("test", Purpose.INTAKE)
    subjects = vault.subjects([f"customer/{n}" for n in range(len(chats))], access=intake)
    raw = vault.put(
        ObjectName("raw_chats", DAY.isoformat(), DataClass.RAW),
        [Record(c.conversation_id, s, encode(c)) for c, s in zip(chats, subjects, strict=True)],
        access=intake,
    )
    commit(vault, raw)
    access = pipeline("test", Purpose.REDACTION)
    with Workers(1, ruleset=STANDARD) as pool:
        (day,) = expected(
            redact_days(
                vault,
                [DAY.isoformat()],
                access=access,
                query=scratch_query,
                workers=pool,
                truth={},
            ),
            region="eu",
        )
    commit(vault, day.known)
    return vault


def _said_by_five(text: str) -> list[TrainingExample]:
    return _examples([row(f"r{n}", f"s{n}", f"{text} {n}") for n in range(5)])


def test_a_known_customers_name_that_five_others_say_is_withheld(redacted: RegionVault) -> None:
    """R32: found by keyed digests, without opening a raw chat."""
    said = _said_by_five("zebulon told me, and wilhelmine, and somebody else")
    assert known_values(redacted, said, access=DATASET) == ("zebulon",)
    opened = {r.object.split("/")[0] for r in redacted.audit.records() if r.event == "open"}
    assert KNOWN in opened
    last = [r for r in redacted.audit.records() if r.event == "open"][-1]
    assert last.object.startswith(f"{KNOWN}/")


def test_a_name_that_few_say_is_nothing_to_withhold(redacted: RegionVault) -> None:
    """R32: no vocabulary would have it."""
    assert known_values(redacted, _said_by_five("zebulon")[:4], access=DATASET) == ()


def test_nothing_is_known_of_who_was_erased(redacted: RegionVault, settings: Settings) -> None:
    """R32, R40: the digests go with the customer's key."""
    (day,) = redacted.lineage.holdings.of(KNOWN)
    subjects = redacted.record_subjects(day, data_class=DataClass.REDACTED, access=DATASET)
    with sqlite3.connect(key_database(settings, redacted.region)) as keys:
        name = f"subject/{subjects['c-0']}"
        assert keys.execute("delete from data_keys where name = ?", (name,)).rowcount == 1
    said = _said_by_five("zebulon and kasimira")
    assert known_values(redacted, said, access=DATASET) == ("kasimira",)


def test_digests_are_not_values(redacted: RegionVault, vaults: RegionVaults) -> None:
    """R32, R36: another region's key gives other digests; none can be made without one."""
    (day,) = redacted.lineage.holdings.of(KNOWN)
    payloads = b"".join(
        one.payload for one in redacted.scan(day, data_class=DataClass.REDACTED, access=DATASET)
    )
    for wording, digest in redacted.wording_digests(["zebulon", "wilhelmine"]).items():
        assert digest.encode() in payloads
        assert wording.encode() not in payloads
    other = vaults.of("us").wording_digests(["zebulon"])
    assert other["zebulon"].encode() not in payloads


def test_a_region_without_any_knows_nothing(vaults: RegionVaults) -> None:
    """Days that an earlier version redacted have no digests until they are redacted again."""
    assert known_values(vaults.of("us"), _said_by_five("zebulon"), access=DATASET) == ()
