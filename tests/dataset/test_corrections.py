"""R5: a person's word on a tag outranks every other source, is kept, and is on the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from handrail.access import Access, Purpose
from handrail.conversations.model import Conversation, SetBy, Tag
from handrail.dataset.corrections import (
    CORRECTIONS,
    EVENT,
    Correction,
    correct,
    corrected,
    corrections_of,
    kept_corrections,
)
from handrail.errors import AccessDenied, BadInput, NotPassed
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.redaction.days import read_redacted
from handrail.redaction.model import RedactedConversation
from handrail.settings import PROJECT, Settings
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.verdicts import holds
from tests.redaction.conftest import chat  # noqa: F401 - builds a conversation
from tests.redaction.rounds import a_day, store

LEAD = Access("lena", "support-operations", Purpose.TAGGING)
LOAD = pipeline("test", Purpose.WAREHOUSE)
CHAT, OTHER = "c-0-1", "c-1-3"
REASON = "the customer asks for the money, not for the parcel"


@pytest.fixture(scope="module")
def book() -> Playbook:
    return read_playbook(PROJECT / "handrail" / "playbook" / "example")


@pytest.fixture
def chats(chat: Callable[..., Conversation]) -> list[list[Conversation]]:  # noqa: F811
    """Two days, all labeled as about an order's status."""
    exported = {
        "topic": Tag("order_status", SetBy.EXPORT),
        "product_area": Tag("orders", SetBy.EXPORT),
        "severity": Tag("low", SetBy.RULE),
    }
    return [[replace(c, **exported) for c in a_day(chat, day)] for day in range(2)]


@pytest.fixture
def vault(vaults: RegionVaults, chats: list[list[Conversation]]) -> RegionVault:
    region = vaults.of("eu")
    for day in chats:
        store(region, day)
    return region


@pytest.fixture
def say(vault: RegionVault, settings: Settings, book: Playbook) -> Callable[..., Correction]:
    def said(conversation_id: str, tag: str, new: str | None, **changes: Any) -> Correction:
        given: dict[str, Any] = {"reason": REASON, "day": None, "access": LEAD, **changes}
        return correct(vault, settings, book, conversation_id, tag=tag, new=new, **given)

    return said


def landed(vault: RegionVault, book: Playbook) -> dict[str, RedactedConversation]:
    chats = read_redacted(vault, access=LOAD)
    done = corrected(chats, corrections_of(vault), vault=vault, playbook=book)
    return {c.conversation_id: c for c, _ in done}


def test_a_correction_outranks_the_export_and_takes_the_product_area_along(
    vault: RegionVault, say: Callable[..., Correction], book: Playbook
) -> None:
    """R5"""
    before = landed(vault, book)
    made = say(CHAT, "topic", "refund_status")
    assert (made.old, made.new, made.by) == ("order_status", "refund_status", "lena")
    after = landed(vault, book)
    area = book.topics["refund_status"].product_area
    assert area != "orders"
    assert after[CHAT].topic == Tag("refund_status", SetBy.PERSON)
    assert after[CHAT].product_area == Tag(area, SetBy.RULE)
    assert {i: c for i, c in after.items() if i != CHAT} == {
        i: c for i, c in before.items() if i != CHAT
    }


def test_a_tag_that_nobody_had_set_can_be_given(
    vault: RegionVault, say: Callable[..., Correction], book: Playbook
) -> None:
    made = say(CHAT, "severity", "urgent")
    assert made.old == "low"
    assert landed(vault, book)[CHAT].severity == Tag("urgent", SetBy.PERSON)


def test_the_last_word_counts_and_all_are_kept(
    vault: RegionVault, say: Callable[..., Correction], book: Playbook
) -> None:
    """R5: who, when, old and new value; a withdrawal gives the export its word back."""
    say(CHAT, "topic", "refund_status")
    again = say(CHAT, "topic", "return_request")
    assert again.old == "refund_status"
    assert landed(vault, book)[CHAT].topic == Tag("return_request", SetBy.PERSON)
    back = say(CHAT, "topic", None)
    assert (back.old, back.new) == ("return_request", None)
    assert landed(vault, book)[CHAT].topic == Tag("order_status", SetBy.EXPORT)
    assert [(c.old, c.new) for c in corrections_of(vault)] == [
        ("order_status", "refund_status"),
        ("refund_status", "return_request"),
        ("return_request", None),
    ]
    assert vault.audit.verify() > 3
    with pytest.raises(BadInput, match="nothing to take back"):
        say(CHAT, "topic", None)


def test_a_correction_survives_another_export_and_another_scrubber(
    vault: RegionVault,
    say: Callable[..., Correction],
    book: Playbook,
    chats: list[list[Conversation]],
) -> None:
    say(CHAT, "topic", "refund_status")
    relabeled = [replace(c, topic=Tag("invoice_copy", SetBy.EXPORT)) for c in chats[0]]
    store(vault, relabeled, ruleset="rules-2")
    assert landed(vault, book)[CHAT].topic == Tag("refund_status", SetBy.PERSON)


def test_what_was_made_before_a_correction_is_stale(
    vault: RegionVault, say: Callable[..., Correction]
) -> None:
    """R5, R19: the first correction of all as well as every later one."""
    none = kept_corrections(vault, corrections_of(vault))
    made = Artifact("warehouse_core", "eu", "a" * 64, None, 1, {})
    passed = [holds("made", True, "a test made it")]
    for _ in range(2):
        known = kept_corrections(vault, corrections_of(vault))
        vault.lineage.commit(made, inputs=[known], findings=passed, config_hash="", run_id="t")
        assert vault.lineage.require_passed("warehouse_core", "eu") == made
        say(CHAT, "topic", "refund_status")
        with pytest.raises(NotPassed, match="older tag_corrections"):
            vault.lineage.require_passed("warehouse_core", "eu")
    assert none.records == 0


def test_who_knows_fewer_corrections_does_not_make_them_current(
    vault: RegionVault, say: Callable[..., Correction]
) -> None:
    """A build that began before a correction ends after it."""
    say(CHAT, "topic", "refund_status")
    earlier = corrections_of(vault)
    say(OTHER, "topic", "refund_status")
    kept_corrections(vault, earlier)
    current = vault.lineage.current(CORRECTIONS, "eu")
    assert current is not None and current.records == 2


@pytest.mark.parametrize(
    ("tag", "new", "sentence"),
    [
        ("topic", "horoscopes", "choose one of .*order_status.*refund_status"),
        ("product_area", "astrology", "choose one of account"),
        ("language", "nl", "choose one of en, de, fr, es"),
        ("severity", "dire", "choose one of low, normal, high, urgent"),
        ("channel", "pigeon", "choose one of chat"),
        ("basis", "consent", "no tag that people correct"),
        ("region", "us", "no tag that people correct"),
        ("product_area", "payments", "belongs to product area orders"),
    ],
)
def test_a_value_outside_the_vocabulary_is_refused_with_the_list(
    vault: RegionVault, say: Callable[..., Correction], tag: str, new: str, sentence: str
) -> None:
    """R5; nor may a correction make two tags contradict each other."""
    with pytest.raises(BadInput, match=sentence):
        say(CHAT, tag, new)
    assert corrections_of(vault) == ()


@pytest.mark.parametrize("reason", ["", "  ", "two\nlines", "x" * 301])
def test_a_correction_says_why_in_one_line(say: Callable[..., Correction], reason: str) -> None:
    with pytest.raises(BadInput, match="one line"):
        say(CHAT, "topic", "refund_status", reason=reason)


def test_a_chat_that_is_not_there_is_named_as_missing(say: Callable[..., Correction]) -> None:
    with pytest.raises(BadInput, match="on any day that is held"):
        say("c-9-9", "topic", "refund_status")
    with pytest.raises(BadInput, match="on 2026-01-06"):
        say(CHAT, "topic", "refund_status", day="2026-01-06")
    assert say(CHAT, "topic", "refund_status", day="2026-01-05").new == "refund_status"


@pytest.mark.parametrize(
    "access",
    [
        Access("eve", "compliance", Purpose.TAGGING),
        Access("eve", "support-operations", Purpose.REVIEW),
        Access("eve", "pipeline", Purpose.TAGGING),
    ],
)
def test_without_a_grant_nobody_corrects(
    vault: RegionVault, say: Callable[..., Correction], access: Access
) -> None:
    """R35: refused, and on record."""
    with pytest.raises(AccessDenied):
        say(CHAT, "topic", "refund_status", access=access)
    assert corrections_of(vault) == ()
    assert any(r.actor == "eve" and "denied" in r.event for r in vault.audit.records())


def test_the_log_knows_the_chat_by_a_keyed_digest_only(
    vault: RegionVault, say: Callable[..., Correction]
) -> None:
    """R36, R40: what was said of a chat names nobody and outlives nobody's data."""
    say(CHAT, "topic", "refund_status")
    (record,) = vault.audit.stream(event=EVENT)
    assert record.ids_digest == vault.id_digest(CHAT)
    assert CHAT not in record.detail + record.object + record.ids_digest
