"""R35: raw data opens to one person for minutes, with a ticket, and all of it is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest

from handrail.access import Access, Purpose, Verb
from handrail.digests import canonical, digest
from handrail.errors import AccessDenied, BadInput, HandrailError, Refused
from handrail.residency import DataClass
from handrail.settings import BreakGlassSettings, Settings
from handrail.vault.audit_log import AuditRecord
from handrail.vault.break_glass import CLOSED, EXPIRED, OPENED, USED, Grant
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault, RegionVaults, open_vault, pipeline
from tests.conftest import NOW

ANNA = Access("anna", "compliance", Purpose.INCIDENT)
DAY = ObjectName("raw_chats", "2026-01-05", DataClass.RAW)
REASON = "a customer says that our reply held another person's address"


@dataclass
class MovingClock:
    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def hands() -> MovingClock:
    return MovingClock(NOW)


@pytest.fixture
def vault(settings: Settings, hands: MovingClock) -> Iterator[RegionVault]:
    opened = open_vault(settings, settings.region("eu"), clock=hands)
    yield opened
    opened.close()


@pytest.fixture
def chat(vault: RegionVault) -> Artifact:
    return vault.put(DAY, [Record("c-1", None, b"raw")], access=pipeline("test", Purpose.INTAKE))


def broken(vault: RegionVault, access: Access = ANNA, *, minutes: int = 30) -> Grant:
    return vault.glass.open(access, DataClass.RAW, ticket="INC-123", reason=REASON, minutes=minutes)


def looks(vault: RegionVault, chat: Artifact, access: Access = ANNA) -> bytes:
    return next(vault.scan(chat, data_class=DataClass.RAW, access=access)).payload


def refused(
    vault: RegionVault, chat: Artifact, access: Access = ANNA, *, match: str = "team"
) -> None:
    """The attempt is refused and its record is the newest."""
    with pytest.raises(AccessDenied, match=match):
        looks(vault, chat, access)
    newest = vault.audit.records()[-1]
    assert (newest.event, newest.actor) == ("denied", access.actor)


def events(vault: RegionVault) -> list[str]:
    """What is on record, without the checkpoints in between."""
    return [r.event for r in vault.audit.records() if r.event != "checkpoint"]


def record(vault: RegionVault, event: str) -> AuditRecord:
    """The newest record of an event."""
    return [r for r in vault.audit.records() if r.event == event][-1]


def test_without_a_grant_raw_stays_shut_and_the_attempt_is_recorded_R35(
    vault: RegionVault, chat: Artifact
) -> None:
    refused(vault, chat, match="no rule .* no grant of anna is open")


def test_a_grant_opens_and_every_use_is_recorded_with_its_ticket_R35(
    vault: RegionVault, chat: Artifact
) -> None:
    grant = broken(vault)
    assert (grant.until, grant.actor) == (NOW + timedelta(minutes=30), "anna")
    assert vault.glass.grants() == [grant]
    for _ in range(2):
        assert looks(vault, chat) == b"raw"
    assert events(vault)[-5:] == [OPENED, USED, "open", USED, "open"]
    opened, used = record(vault, OPENED), record(vault, USED)
    assert opened.detail == f"raw until 2026-03-02T12:30:00.000000Z, ticket INC-123: {REASON}"
    assert (used.object, used.actor, used.count) == (DAY.key(chat.object_id or ""), "anna", 1)
    assert used.detail == f"raw under grant {grant.id}, ticket INC-123"


@pytest.mark.parametrize(
    "other",
    [
        replace(ANNA, actor="bert"),
        replace(ANNA, team="pipeline"),
        replace(ANNA, team="custody"),
        replace(ANNA, purpose=Purpose.REVIEW),
        replace(ANNA, purpose=Purpose.EXPLANATION),
    ],
)
def test_a_grant_is_for_its_own_person_team_and_purpose_R35(
    vault: RegionVault, chat: Artifact, other: Access
) -> None:
    broken(vault)
    refused(vault, chat, other)


def test_two_teams_of_one_person_are_two_R35(settings: Settings, hands: MovingClock) -> None:
    teams = {"auditors": {"like": "compliance"}}
    again = Settings(**{**settings.model_dump(), "teams": teams})
    vault = open_vault(again, again.region("eu"), clock=hands)
    held = vault.put(DAY, [Record("c", None, b"raw")], access=pipeline("test", Purpose.INTAKE))
    broken(vault)
    refused(vault, held, replace(ANNA, team="auditors"), match="no grant")
    broken(vault, replace(ANNA, team="auditors"))
    assert looks(vault, held, replace(ANNA, team="auditors")) == b"raw"
    vault.close()


def test_a_grant_is_for_its_own_class_and_region_R35_R38(vaults: RegionVaults) -> None:
    eu, us = vaults.of("eu"), vaults.of("us")
    broken(eu)
    theirs = us.put(DAY, [Record("c", None, b"raw")], access=pipeline("test", Purpose.INTAKE))
    refused(us, theirs)
    model = ObjectName("trained_model", "eu", DataClass.MODEL)
    held = eu.put(model, [Record("m", None, b"m")], access=pipeline("test", Purpose.TRAINING))
    with pytest.raises(AccessDenied):
        list(eu.scan(held, data_class=DataClass.MODEL, access=ANNA))


@pytest.mark.parametrize("verb", [v for v in Verb if v not in {Verb.READ, Verb.BREAK_GLASS}])
def test_broken_glass_lets_nobody_do_anything_but_look_R35(
    vault: RegionVault, chat: Artifact, verb: Verb
) -> None:
    broken(vault)
    with pytest.raises(AccessDenied):
        vault._permit(ANNA, verb, DAY, "raw_chats", count=1)
    assert events(vault)[-1] == "denied"
    with pytest.raises(AccessDenied):
        vault.put(DAY, [Record("c-2", None, b"mine")], access=ANNA)
    with pytest.raises(AccessDenied):
        vault.keys.rewrap(DataClass.RAW, access=ANNA)


def test_a_grant_ends_by_the_clock_R35(
    vault: RegionVault, chat: Artifact, hands: MovingClock
) -> None:
    grant = broken(vault)
    hands.move(minutes=30, microseconds=-1)
    assert looks(vault, chat) == b"raw"
    hands.move(microseconds=1)
    assert vault.glass.grants() == []
    refused(vault, chat)
    refused(vault, chat)
    assert events(vault)[-3:] == [EXPIRED, "denied", "denied"]
    assert record(vault, EXPIRED).object == f"break_glass/{grant.id}"
    broken(vault)
    assert looks(vault, chat) == b"raw"


def test_a_grant_lasts_one_minute_at_the_least_and_the_configs_at_the_most_R35(
    settings: Settings, hands: MovingClock
) -> None:
    short = settings.model_copy(update={"break_glass": BreakGlassSettings(max_minutes=5)})
    vault = open_vault(short, short.region("eu"), clock=hands)
    for minutes in (-1, 0, 6):
        with pytest.raises(BadInput, match="1 to 5 minutes"):
            broken(vault, minutes=minutes)
    for minutes in (1, 5):
        assert broken(vault, minutes=minutes).until == hands.at + timedelta(minutes=minutes)
        vault.glass.close(ANNA, DataClass.RAW, of="anna")
    vault.close()


def test_a_clock_set_back_ends_a_grant_and_prolongs_none_R35(
    vault: RegionVault, chat: Artifact, hands: MovingClock
) -> None:
    broken(vault)
    hands.move(minutes=20)
    looks(vault, chat)
    hands.move(minutes=-1)
    refused(vault, chat, match="earlier than the newest audit record")
    with pytest.raises(Refused, match="set it right"):
        vault.glass.grants()
    on_record = len(events(vault))
    for attempt in (lambda: broken(vault), lambda: vault.glass.require(ANNA, DataClass.RAW)):
        with pytest.raises(Refused, match="set it right"):
            attempt()
    assert events(vault)[on_record:] == ["denied", "denied"]
    hands.move(minutes=5)
    refused(vault, chat, match="no grant")
    broken(vault)
    assert looks(vault, chat) == b"raw"


def test_a_clock_set_back_for_somebody_elses_work_ends_it_too_R35(
    vault: RegionVault, chat: Artifact, hands: MovingClock
) -> None:
    """Nobody looked while the clock was wrong, but another record shows that it was."""
    broken(vault)
    hands.move(hours=-1)
    looks(vault, chat, pipeline("test", Purpose.REDACTION))
    hands.move(hours=1, minutes=1)
    refused(vault, chat, match="no grant")


def test_what_others_record_meanwhile_is_no_clock_set_back_R35(
    vault: RegionVault, chat: Artifact, hands: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long log takes a while to verify, and the pipeline goes on writing to it."""
    broken(vault)
    verify = vault.checkpoints.verify

    def slowly() -> object:
        hands.move(seconds=5)
        looks(vault, chat, pipeline("test", Purpose.REDACTION))
        return verify()

    monkeypatch.setattr(vault.checkpoints, "verify", slowly)
    assert looks(vault, chat) == b"raw"


def test_a_closed_grant_opens_nothing_R35(vault: RegionVault, chat: Artifact) -> None:
    grant = broken(vault)
    assert vault.glass.close(ANNA, DataClass.RAW, of="bert") == []
    bert = replace(ANNA, actor="bert")
    assert vault.glass.close(bert, DataClass.RAW, of="anna") == [grant]
    closed = record(vault, CLOSED)
    assert (closed.actor, closed.object) == ("bert", f"break_glass/{grant.id}")
    refused(vault, chat)
    assert vault.glass.close(ANNA, DataClass.RAW, of="anna") == []


def test_a_door_that_always_takes_a_grant_asks_for_it_R35(vault: RegionVault) -> None:
    """Also of whoever the policy lets read; without a grant the attempt is on record."""
    with pytest.raises(AccessDenied, match=r"anna of team compliance has no grant .* region eu"):
        vault.glass.require(ANNA, DataClass.RAW)
    assert (events(vault)[-1], record(vault, "denied").actor) == ("denied", "anna")
    grant = broken(vault)
    assert vault.glass.require(ANNA, DataClass.RAW) == grant
    for other in (replace(ANNA, actor="bert"), pipeline("anna", Purpose.REDACTION)):
        with pytest.raises(AccessDenied):
            vault.glass.require(other, DataClass.RAW)
        assert events(vault)[-1] == "denied"


def test_events_are_called_what_auditors_look_for() -> None:
    assert (OPENED, USED, EXPIRED, CLOSED) == (
        "break_glass_opened", "break_glass_used", "break_glass_expired", "break_glass_closed",
    )  # fmt: skip


def test_one_grant_at_a_time(vault: RegionVault) -> None:
    broken(vault)
    with pytest.raises(Refused, match="is open already"):
        broken(vault)
    broken(vault, replace(ANNA, actor="bert"))
    assert [g.actor for g in vault.glass.grants()] == ["anna", "bert"]


@pytest.mark.parametrize(
    "access",
    [
        replace(ANNA, team="pipeline"),
        replace(ANNA, team="custody"),
        replace(ANNA, team="nobody"),
        replace(ANNA, purpose=Purpose.REVIEW),
    ],
)
def test_who_may_break_the_glass_is_a_rule_and_others_are_on_record_R35(
    vault: RegionVault, access: Access
) -> None:
    for attempt in (
        lambda: broken(vault, access),
        lambda: vault.glass.close(access, DataClass.RAW, of="anna"),
    ):
        with pytest.raises(AccessDenied, match="break_glass raw"):
            attempt()
        newest = vault.audit.records()[-1]
        assert (newest.event, newest.object) == ("denied", "break_glass")
    with pytest.raises(AccessDenied):
        vault.glass.open(ANNA, DataClass.SUBJECT, ticket="INC-1", reason=REASON, minutes=1)


def test_a_rule_taken_away_ends_the_grants_it_gave_R35(
    settings: Settings, vault: RegionVault, chat: Artifact, tmp_path: Path, hands: MovingClock
) -> None:
    broken(vault)
    stricter = tmp_path / "stricter.cedar"
    text = settings.access_policy.read_text()
    stricter.write_text(text.replace('Action::"break_glass"', 'Action::"verify"'))
    changed = settings.model_copy(update={"access_policy": stricter})
    again = open_vault(changed, changed.region("eu"), clock=hands)
    refused(again, chat)
    with pytest.raises(AccessDenied, match="no rule"):
        again.glass.require(ANNA, DataClass.RAW)
    again.close()


@pytest.mark.parametrize(
    ("ticket", "reason", "sentence"),
    [
        ("", REASON, "ticket"),
        ("INC 123", REASON, "ticket"),
        ("INC-1\n", REASON, "ticket"),
        ("I" * 65, REASON, "ticket"),
        ("INC-1", "curious", "reason"),
        ("INC-1", "r" * 301, "reason"),
        ("INC-1", f"{REASON}\nmore", "reason"),
        ("INC-1", f"{REASON}\x1b[2J", "reason"),
    ],
)
def test_a_grant_needs_a_ticket_and_a_reason_R35(
    vault: RegionVault, ticket: str, reason: str, sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        vault.glass.open(ANNA, DataClass.RAW, ticket=ticket, reason=reason, minutes=1)
    assert OPENED not in events(vault)


@pytest.mark.parametrize(("ticket", "reason"), [("IN", "r" * 10), ("I" * 64, "r" * 300)])
def test_the_longest_and_shortest_are_taken(vault: RegionVault, ticket: str, reason: str) -> None:
    grant = vault.glass.open(ANNA, DataClass.RAW, ticket=ticket, reason=reason, minutes=1)
    assert vault.glass.grants() == [grant]


FORGERIES = {
    "longer": {"detail": f"raw until 2026-03-03T12:00:00.000000Z, ticket INC-123: {REASON}"},
    "another actor": {"actor": "eve"},
    "another team": {"team": "custody"},
    "another id": {"object": "break_glass/" + "0" * 32},
    "no sentence": {"detail": "raw"},
    "no mark": {"ids_digest": ""},
}


@pytest.mark.parametrize("change", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_grant_opens_nothing_though_the_chain_is_sound_R35_R41(
    settings: Settings, vault: RegionVault, chat: Artifact, change: dict[str, str]
) -> None:
    """Whoever can write the log's file but holds no key can't grant."""
    broken(vault)
    _appended(settings, vault, record(vault, OPENED), **change)
    assert vault.audit.verify() > 0
    for actor in ("anna", "eve"):
        refused(vault, chat, replace(ANNA, actor=actor), match="forged")
    with pytest.raises(HandrailError, match="forged"):
        broken(vault, replace(ANNA, actor="bert"))


def test_a_grant_copied_into_another_regions_log_opens_nothing_R38(
    settings: Settings, vaults: RegionVaults
) -> None:
    eu, us = vaults.of("eu"), vaults.of("us")
    broken(eu)
    theirs = us.put(DAY, [Record("c", None, b"raw")], access=pipeline("test", Purpose.INTAKE))
    _appended(settings, us, record(eu, OPENED))
    assert us.audit.verify() > 0
    refused(us, theirs, match="forged")


def test_a_grant_that_was_closed_is_not_opened_by_its_record_again_R35(
    settings: Settings, vault: RegionVault, chat: Artifact
) -> None:
    broken(vault)
    opened = record(vault, OPENED)
    vault.glass.close(ANNA, DataClass.RAW, of="anna")
    _appended(settings, vault, opened)
    refused(vault, chat, match="no grant")


def test_an_edited_log_grants_nothing_R35_R41(
    settings: Settings, vault: RegionVault, chat: Artifact
) -> None:
    broken(vault)
    file = settings.home / "eu" / "audit" / "audit.jsonl"
    file.write_bytes(file.read_bytes().replace(b'"count":1', b'"count":2', 1))
    refused(vault, chat, match="was changed")


@pytest.mark.parametrize("ended", ["closed", "expired"])
def test_a_log_cut_back_to_before_the_end_grants_nothing_R35_R41(
    settings: Settings, vault: RegionVault, chat: Artifact, hands: MovingClock, ended: str
) -> None:
    """The end of a grant is signed, so what was on record before it is not the whole log."""
    broken(vault)
    file = settings.home / "eu" / "audit" / "audit.jsonl"
    before = file.read_bytes()
    if ended == "closed":
        vault.glass.close(ANNA, DataClass.RAW, of="anna")
    else:
        hands.move(minutes=31)
        refused(vault, chat)
        hands.move(minutes=-31)
    file.write_bytes(before)
    refused(vault, chat, match="cut off")


def _appended(settings: Settings, vault: RegionVault, told: AuditRecord, **change: str) -> None:
    """Append a copy of a record, changed, with a sound chain, as a forger would."""
    file = settings.home / vault.region.name / "audit" / "audit.jsonl"
    lines = file.read_bytes().splitlines() if file.exists() else []
    newest = orjson.loads(lines[-1]) if lines else {"seq": -1, "hash": "0" * 64}
    fields = {
        **asdict(told),
        "region": vault.region.name,
        "seq": newest["seq"] + 1,
        "previous": newest["hash"],
        **change,
    }
    del fields["hash"]
    with file.open("ab") as log:
        log.write(canonical({**fields, "hash": digest(fields)}) + b"\n")
