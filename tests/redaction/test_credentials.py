"""R34: every credential comes out beside the scrubbed chat, with its rule and where it stood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from handrail.access import Purpose
from handrail.conversations.model import Conversation, Flag, FlagLabel, Role, Turn, encode
from handrail.redaction.days import redact_days
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.scrubber import scrubbed
from handrail.redaction.secret_incidents import SecretIncidents
from handrail.redaction.workers import Workers
from handrail.residency import DataClass
from handrail.vault.names import ObjectName, Record
from handrail.vault.region_vault import RegionVaults, pipeline
from handrail.verdicts import holds
from handrail.warehouse.connection import scratch_query
from tests.redaction.conftest import AT

Chat = Callable[..., Conversation]
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI5MTIzIn0.k7Qm2ZxW9pLr4TnVb8Ys"


def found(said: Conversation) -> list[tuple[str, int, str]]:
    credentials = scrubbed(said, ruleset=STANDARD).credentials
    return [(one.rule, one.turn, one.value) for one in credentials]


@pytest.mark.parametrize(
    "said",
    [
        f"the token is {TOKEN}",
        f"it calls https://shop.example/api/me?token={TOKEN} and fails",
        f"token {TOKEN} and again {TOKEN}",
    ],
)
def test_a_token_is_told_wherever_it_stands(chat: Chat, said: str) -> None:
    """Also within a URL, whose placeholder it goes into, and once however often it is said."""
    assert found(chat("hello", said)) == [("jwt", 1, TOKEN)]


def test_one_in_the_reason_of_a_flag_stands_where_the_flag_is(chat: Chat) -> None:
    flag = Flag("f-1", "c-1", 1, FlagLabel.RISKY, f"it shows {TOKEN}", "agent-7", AT)
    assert found(chat("hello", "hi", flags=(flag,))) == [("jwt", 1, TOKEN)]


def test_one_in_a_private_note_is_told_although_the_note_is_dropped(chat: Chat) -> None:
    """R34: it lies in the raw chats, and was given away to whoever reads those."""
    said = chat("hello", "hi")
    noted = Turn(2, Role.AGENT, f"her token is {TOKEN}", is_private=True)
    with_note = replace(said, turns=(*said.turns, noted))
    assert found(with_note) == [("jwt", 2, TOKEN)]
    assert len(scrubbed(with_note, ruleset=STANDARD).conversation.turns) == 2


def test_what_is_no_credential_is_not_told(chat: Chat) -> None:
    assert found(chat("I am Anna Berg, anna@berg.example, https://shop.example/me?id=7")) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_day_with_a_credential_opens_its_incident(
    vaults: RegionVaults, chat: Chat, workers: int
) -> None:
    """The whole way, also through worker processes: one incident, and redacting again is none."""
    vault = vaults.of("eu")
    days = [f"2026-01-{n:02}" for n in range(1, 9)]
    for day in days:
        said = chat(
            "hello", f"my token: {TOKEN}", conversation_id=f"c-{day}", day=date.fromisoformat(day)
        )
        raw = vault.put(
            ObjectName("raw_chats", day, DataClass.RAW),
            [Record(said.conversation_id, None, encode(said))],
            access=pipeline("test", Purpose.INTAKE),
        )
        made = [holds("made", True, "a test made it")]
        vault.lineage.commit(raw, inputs=[], findings=made, config_hash="", run_id="test")
    for opened in (1, 0):
        with Workers(workers, ruleset=STANDARD) as pool:
            redacted = redact_days(
                vault,
                days,
                access=pipeline("test", Purpose.REDACTION),
                query=scratch_query,
                workers=pool,
                truth={},
            )
            assert [day.credentials for day in redacted] == [opened] * len(days)
            assert pool.cpu_seconds > 0
    [incident] = SecretIncidents(vault).all()
    assert (incident.rule, incident.chats, len(incident.days)) == ("jwt", 8, 8)
    assert not incident.simulated
