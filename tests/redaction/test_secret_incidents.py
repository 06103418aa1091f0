"""R34: a credential in a chat opens one incident, which asks for rotation and never quotes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from handrail.access import Access, Purpose
from handrail.errors import AccessDenied, BadInput, Tampered
from handrail.redaction.secret_incidents import (
    FOUND,
    LISTED,
    FoundSecret,
    SecretIncident,
    SecretIncidents,
    State,
    no_open_secret_incidents,
)
from handrail.settings import Settings
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.verdicts import Verdict
from tests.conftest import NOW

ACCESS = pipeline("test:incidents", Purpose.REDACTION)
PERSON = Access("mo", "compliance", Purpose.INCIDENT)
VALUE = "ghp_F4keF4keF4keF4keF4keF4keF4keF4keF4ke"
MONDAY, TUESDAY = "2026-01-05", "2026-01-06"


@pytest.fixture
def vault(vaults: RegionVaults) -> RegionVault:
    return vaults.of("eu")


def found(
    vault: RegionVault,
    *chats: str,
    value: str = VALUE,
    rule: str = "github_token",
    simulated: bool = False,
) -> list[FoundSecret]:
    digest = vault.raw_digest(value.encode())
    return [FoundSecret(digest, rule, chat, 2, simulated) for chat in chats]


def note(vault: RegionVault, secrets: Sequence[FoundSecret], *, day: str = MONDAY) -> int:
    return SecretIncidents(vault).note(secrets, day=day, access=ACCESS)


def the(vault: RegionVault) -> SecretIncident:
    [incident] = SecretIncidents(vault).all()
    return incident


def closed(vault: RegionVault, state: State) -> SecretIncident:
    return SecretIncidents(vault).close(
        the(vault), state=state, reason="replaced at its issuer", access=PERSON
    )


def test_one_value_in_many_chats_is_one_incident_with_a_rotate_request(vault: RegionVault) -> None:
    assert note(vault, found(vault, "c-1", "c-2", "c-2")) == 1
    assert note(vault, found(vault, "c-9"), day=TUESDAY) == 1
    incident = the(vault)
    assert (incident.chats, sorted(incident.days)) == (3, [MONDAY, TUESDAY])
    assert incident.is_open
    assert incident.kind.what == "a GitHub token"
    assert incident.kind.request.startswith("Revoke this GitHub token")
    assert incident.days[MONDAY].places[0][1] == 2, "the message it stood in"
    assert note(vault, found(vault, "c-3", value="another"), day=TUESDAY) == 1
    assert len(SecretIncidents(vault).all()) == 2


def test_neither_value_nor_chat_is_in_the_log(vault: RegionVault, settings: Settings) -> None:
    """R34, R36: both are keyed digests; and another region knows the value by another one."""
    note(vault, found(vault, "conversation-77"))
    files = [f for f in settings.home.rglob("*") if f.is_file()]
    assert any(FOUND.encode() in f.read_bytes() for f in files)
    for secret in (VALUE, "conversation-77"):
        assert not [f for f in files if secret.encode() in f.read_bytes()]


def test_the_same_value_is_another_incident_in_another_region(vaults: RegionVaults) -> None:
    """R38: nobody can tell from two regions' logs that they saw the same secret."""
    for region in ("eu", "us"):
        note(vaults.of(region), found(vaults.of(region), "c-1"))
    assert the(vaults.of("eu")).digest != the(vaults.of("us")).digest


def test_redacting_again_opens_nothing_twice(vault: RegionVault) -> None:
    """Also after a crash between the record and the day's object, and with another process."""
    note(vault, found(vault, "c-1", "c-2"))
    length = vault.audit.length()
    assert note(vault, found(vault, "c-2", "c-1")) == 0
    assert note(vault, found(vault, "c-1")) == 0, "a chat was erased meanwhile"
    assert vault.audit.length() == length
    assert note(vault, found(vault, "c-3", "c-1")) == 1, "another chat has it"


def test_what_cannot_be_rotated_opens_none(vault: RegionVault) -> None:
    for rule in ("one_time_code", "card_verification"):
        assert note(vault, found(vault, "c-1", rule=rule)) == 0
    assert SecretIncidents(vault).all() == []


def test_a_rotated_value_that_goes_on_around_opens_its_incident_again(vault: RegionVault) -> None:
    note(vault, found(vault, "c-1"))
    incident = closed(vault, State.ROTATED)
    assert (incident.is_open, incident.closed_by) == (False, "mo")
    assert note(vault, found(vault, "c-1")) == 0
    assert not the(vault).is_open, "redacting the same chat again is no news"
    assert note(vault, found(vault, "c-5"), day=TUESDAY) == 1
    assert the(vault).is_open
    assert the(vault).reason == "replaced at its issuer", "what was done before is still told"


def test_a_false_alarm_was_said_of_the_value_and_stays_closed(vault: RegionVault) -> None:
    note(vault, found(vault, "c-1"))
    closed(vault, State.FALSE_ALARM)
    assert note(vault, found(vault, "c-5"), day=TUESDAY) == 1
    assert the(vault).state is State.FALSE_ALARM
    assert the(vault).chats == 2, "it goes on being counted"


def test_an_incident_is_closed_as_something(vault: RegionVault) -> None:
    note(vault, found(vault, "c-1"))
    with pytest.raises(BadInput, match="not by hand"):
        closed(vault, State.OPEN)


def test_who_may_not_look_an_incident_up_may_not_close_it(vault: RegionVault) -> None:
    """R34, R35: the attempt is on record, and the incident stays open."""
    note(vault, found(vault, "c-1"))
    stranger = Access("mo", "research", Purpose.INCIDENT)
    with pytest.raises(AccessDenied):
        SecretIncidents(vault).close(
            the(vault), state=State.FALSE_ALARM, reason="nothing", access=stranger
        )
    assert the(vault).is_open
    [denied] = [record for record in vault.audit.records() if record.event == "denied"]
    assert denied.object == f"secret/{the(vault).digest}"


def test_places_are_bounded_and_the_rest_is_counted(vault: RegionVault) -> None:
    chats = [f"c-{n}" for n in range(LISTED + 30)]
    note(vault, found(vault, *chats))
    assert the(vault).chats == LISTED + 30
    assert len(the(vault).days[MONDAY].places) == LISTED
    assert note(vault, found(vault, *chats[:-1])) == 0
    assert note(vault, found(vault, *chats, "c-x")) == 1


def test_the_check_says_what_waits_and_blocks_nothing(vault: RegionVault) -> None:
    """R34: kinds and ages, and which are only in simulated chats."""
    passed = no_open_secret_incidents(SecretIncidents(vault).all(), now=NOW)
    assert (passed.verdict, passed.blocking) == (Verdict.PASS, False)
    note(vault, found(vault, "c-1"))
    note(vault, found(vault, "c-2", value="pw", rule="password", simulated=True))
    waiting = no_open_secret_incidents(SecretIncidents(vault).all(), now=NOW + timedelta(days=3))
    assert (waiting.verdict, waiting.blocking) == (Verdict.FAIL, False)
    for part in ("2 of 2", "1 x a GitHub token", "1 x a password", "3 days", "1 only in simulated"):
        assert part in waiting.reason
    closed_one = SecretIncidents(vault).open()[0]
    SecretIncidents(vault).close(closed_one, state=State.ROTATED, reason="done", access=PERSON)
    assert "1 of 2" in no_open_secret_incidents(SecretIncidents(vault).all(), now=NOW).reason


def test_a_kind_that_is_no_longer_known_still_asks_for_a_look(vault: RegionVault) -> None:
    note(vault, found(vault, "c-1", rule="of_an_older_version"))
    assert "of_an_older_version" in the(vault).kind.what


def test_a_changed_incident_is_a_changed_audit_log(vault: RegionVault, settings: Settings) -> None:
    """R41: an incident can't be closed or made milder without the log saying so."""
    note(vault, found(vault, "c-1"))
    log: Path = settings.region_home("eu") / "audit" / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b"github_token", b"one_time_cod"))
    with pytest.raises(Tampered, match="was changed"):
        vault.audit.verify()
