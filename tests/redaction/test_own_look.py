"""The rules look at what the scrubber made: a broken scrubber's chats are held back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from handrail.access import Purpose
from handrail.conversations.model import Conversation, encode
from handrail.redaction import scrubber
from handrail.redaction.days import redact_days
from handrail.redaction.model import open_redacted, seal_redacted
from handrail.redaction.own_look import own_look
from handrail.redaction.ruleset import STANDARD, Ruleset
from handrail.redaction.scrubber import scrub
from handrail.redaction.second_look import second_look
from handrail.redaction.workers import Workers
from handrail.residency import DataClass
from handrail.vault.names import ObjectName, Record
from handrail.vault.region_vault import RegionVaults, pipeline
from handrail.verdicts import Verdict, holds
from handrail.warehouse.connection import scratch_query

Chat = Callable[..., Conversation]
SAID = "I am Anna Berg, my password is Xk29-fooz81"


def test_what_was_scrubbed_shows_the_rules_nothing(chat: Chat) -> None:
    redacted = scrub(chat(SAID, "It is [PERSON_1] again, anna@berg.example"), ruleset=STANDARD)
    assert own_look([redacted], ruleset=STANDARD) == {}


def test_a_value_that_was_found_and_not_removed_is_seen(chat: Chat) -> None:
    """R31: in the stored form, whatever the scrubber thought it had done."""
    sealed = seal_redacted(scrub(chat(SAID), ruleset=STANDARD))
    broken = open_redacted(sealed.replace(b"[SECRET_1]", b"Xk29-fooz81"))
    assert own_look([broken], ruleset=STANDARD) == {"c-1": ("own SECRET",)}
    assert own_look([broken], ruleset=Ruleset(without=("password",))) == {}


def test_a_broken_scrubber_stores_nothing(
    vaults: RegionVaults, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R31: rounds ran out before anything was removed; SQL has no pattern for names."""
    vault = vaults.of("eu")
    said = chat("I am Anna Berg", day=date(2026, 1, 5))
    raw = vault.put(
        ObjectName("raw_chats", "2026-01-05", DataClass.RAW),
        [Record(said.conversation_id, None, encode(said))],
        access=pipeline("test", Purpose.INTAKE),
    )
    made = [holds("made", True, "a test made it")]
    vault.lineage.commit(raw, inputs=[], findings=made, config_hash="", run_id="test")
    monkeypatch.setattr(scrubber, "_ROUNDS", 0)
    assert second_look([scrub(said, ruleset=STANDARD)], query=scratch_query) == {}
    with Workers(1, ruleset=STANDARD) as workers:
        [day] = redact_days(
            vault,
            ["2026-01-05"],
            access=pipeline("test", Purpose.REDACTION),
            query=scratch_query,
            workers=workers,
            truth={},
        )
    assert (day.artifact.records, day.holds.records) == (0, 1)
    assert day.held_by == {"own PERSON": 1}
    assert day.findings[0].verdict is Verdict.FAIL
