"""R34: what waits for somebody is listed in one place, and a credential's incident is closed."""

from __future__ import annotations

import pwd
from collections.abc import Callable, Iterator
from datetime import date
from os import getuid

import pytest
from typer.testing import CliRunner, Result

from handrail.access import Purpose
from handrail.custody.incidents import Incidents
from handrail.redaction.model import seal_redacted
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.scrubber import scrub
from handrail.redaction.secret_incidents import FoundSecret, SecretIncidents
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.names import ObjectName, Record
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.verdicts import holds
from orchestration.cli import app
from tests.conftest import NOW
from tests.redaction.conftest import chat  # noqa: F401 - a conversation by its words

ACCESS = pipeline("test:incidents", Purpose.REDACTION)
DAY = "2026-01-05"
Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("HANDRAIL_HOME", str(settings.home))

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["incidents", *arguments], env={"COLUMNS": "300"})

    return invoke


@pytest.fixture
def incident(settings: Settings, chat: Callable[..., object]) -> Iterator[str]:  # noqa: F811
    """A token in chat c-7 of region us, which is redacted and stored; the incident's id."""
    vaults = RegionVaults(settings)
    vault = vaults.of("us")
    said = scrub(chat("hi", conversation_id="c-7", day=date(2026, 1, 5)), ruleset=STANDARD)  # type: ignore[arg-type]
    stored = vault.put(
        ObjectName("redacted_chats", DAY, DataClass.REDACTED),
        [Record("c-7", None, seal_redacted(said))],
        access=ACCESS,
    )
    made = [holds("made", True, "a test made it")]
    vault.lineage.commit(stored, inputs=[], findings=made, config_hash="", run_id="test")
    note(vault, "c-7", "c-8")
    yield SecretIncidents(vault).all()[0].id
    vaults.close()


def note(vault: RegionVault, *chats: str) -> None:
    digest = vault.raw_digest(b"a token")
    found = [FoundSecret(digest, "github_token", each, 3, False) for each in chats]
    SecretIncidents(vault).note(found, day=DAY, access=ACCESS)


def test_failed_runs_and_credentials_are_one_list(
    run: Run, settings: Settings, incident: str
) -> None:
    Incidents(settings.home).open(
        "run_failed", run_id="r-1", job="take_in_chats", partition="2026-01-05|eu",
        problems=["the disk is full"], at=NOW,
    )  # fmt: skip
    both = run()
    for part in (
        "run_failed",
        "the disk is full",
        incident,
        "a GitHub token",
        "2 chats of 2026-01-05",
        "Revoke",
    ):
        assert part in both.output
    assert "the disk is full" not in run("--region", "us").output
    assert incident not in run("--region", "eu").output
    assert "no incidents" in run("--region", "apac").output


def test_the_chats_are_named_to_who_may_read_them_and_that_is_on_record(
    run: Run, settings: Settings, incident: str
) -> None:
    """R34, R35: the incident itself knows no id; one that is gone is counted."""
    shown = run("show", incident)
    assert "2026-01-05  chat c-7, message 3" in shown.output
    assert "1 more" in shown.output
    vaults = RegionVaults(settings)
    opened = [r for r in vaults.of("us").audit.records() if r.event == "open"]
    assert [(r.team, r.purpose) for r in opened] == [("compliance", "incident")]
    vaults.close()


def test_closing_names_who_and_why_and_leaves_the_list(run: Run, incident: str) -> None:
    done = run("rotated", incident, "--reason", "revoked at the issuer, INC-12")
    who = pwd.getpwuid(getuid()).pw_name
    assert done.exit_code == 0
    assert f"by {who}: revoked at the issuer, INC-12" in done.output
    assert "no incidents" in run().output
    assert f"{incident}  rotated" in run("--all").output


def test_a_false_alarm_is_closed_as_one(run: Run, incident: str) -> None:
    assert run("false-alarm", incident, "--reason", "from the vendor's manual").exit_code == 0
    assert f"{incident}  false alarm" in run("--all").output


def test_a_reason_that_quotes_is_refused(run: Run, settings: Settings, incident: str) -> None:
    """R36: it would stay in the audit log for ever."""
    refused = run("rotated", incident, "--reason", "told anna@berg.example to change it")
    assert refused.exit_code == 2
    assert "looks personal or secret" in refused.output
    assert incident in run().output
    assert b"berg.example" not in (settings.region_home("us") / "audit/audit.jsonl").read_bytes()


@pytest.mark.parametrize("reason", ["", "  ", "done\x1b[2K", "done " * 100])
def test_a_reason_is_one_line_that_says_something(run: Run, incident: str, reason: str) -> None:
    """R34: it is what the log tells of the incident, and what a terminal shows."""
    refused = run("rotated", incident, "--reason", reason)
    assert refused.exit_code == 2
    assert "say what was done" in refused.output
    assert f"{incident}  open" in run().output


def test_the_oldest_come_first_and_every_one_can_be_listed(
    run: Run, settings: Settings, incident: str
) -> None:
    """R34: what is open for longest is never the part that isn't shown."""
    vaults = RegionVaults(settings)
    vault = vaults.of("us")
    many = [
        FoundSecret(vault.raw_digest(b"%d" % n), "password", f"c-{n}", 1, False) for n in range(60)
    ]
    SecretIncidents(vault).note(many, day=DAY, access=ACCESS)
    ids = [one.id for one in SecretIncidents(vault).all()]
    vaults.close()
    some, every = run().output, run("--all").output
    assert incident in some
    assert "11 newer ones are open too; --all lists them" in some
    assert all(one in every for one in ids)


def test_an_unknown_incident_is_said_to_be(run: Run, incident: str) -> None:
    assert run("rotated", "0123456789ab", "--reason", "done").exit_code == 2
