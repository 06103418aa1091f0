"""R35: who may what can be read and asked, and a raw chat is seen with the glass broken alone."""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from handrail.access import Purpose, Verb
from handrail.conversations.model import (
    Conversation,
    Customer,
    Outcome,
    Role,
    Status,
    Turn,
    day_of,
    encode,
)
from handrail.residency import DataClass
from handrail.settings import DEFAULT_CONFIG, Settings, load_settings
from handrail.vault.names import ObjectName, Record
from handrail.vault.policy import open_policy
from handrail.vault.region_vault import RegionVaults, pipeline
from orchestration.cli import app
from tests.test_access import asked

Run = Callable[..., Result]
AT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
SAID = "my address is 12 Elm Row [\x1b[31mred\x1b[0m]"
WHY = "a reply held the words of another conversation"
GLASS = ("--reason", WHY, "--ticket", "INC-123", "--region", "eu")


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("HANDRAIL_HOME", str(settings.home))
    monkeypatch.delenv("HANDRAIL_CONFIG", raising=False)

    def invoke(*arguments: object) -> Result:
        words = ["access", *(str(a) for a in arguments)]
        return CliRunner().invoke(app, words, env={"COLUMNS": "300"})

    return invoke


@pytest.fixture
def chats(settings: Settings) -> Settings:
    """One chat of the region, raw; and redacted, but for the second."""
    vaults = RegionVaults(settings)
    vault = vaults.of("eu")
    for name, purpose, ids in (
        (ObjectName("raw_chats", "2026-01-05", DataClass.RAW), Purpose.INTAKE, ("c-1", "c-2")),
        (
            ObjectName("redacted_chats", "2026-01-05", DataClass.REDACTED),
            Purpose.REDACTION,
            ("c-1",),
        ),
    ):
        records = [Record(each, None, encode(_chat(each))) for each in ids]
        artifact = vault.put(name, records, access=pipeline("test", purpose))
        vault.lineage.commit(artifact, inputs=[], findings=[], config_hash="", run_id="test")
    vaults.close()
    return settings


def _chat(conversation_id: str) -> Conversation:
    return Conversation(
        conversation_id=conversation_id,
        source_system="test",
        region="eu",
        day=day_of(AT),
        turns=(Turn(0, Role.CUSTOMER, SAID, AT),),
        outcome=Outcome(Status.OPEN),
        customer=Customer(),
    )


def said(result: Result, code: int, *sentences: str) -> None:
    assert result.exit_code == code, result.output
    for sentence in sentences:
        assert sentence in result.output
    assert "Traceback" not in result.output


def events(settings: Settings) -> list[str]:
    vaults = RegionVaults(settings)
    found = [record.event for record in vaults.of("eu").audit.records()]
    vaults.close()
    return found


def test_show_prints_what_the_policy_decides_in_every_cell(run: Run) -> None:
    policy = open_policy(load_settings(environ={}))
    shown = {
        (row["team"], verb, row["class"], purpose, row["region"])
        for row in json.loads(run("show", "--json").output)
        for verb, purposes in row["may"].items()
        for purpose in purposes
    }
    assert len(shown) > 100
    assert shown == {
        (team, verb, data_class, purpose, region)
        for team in policy.teams
        for verb in Verb
        for data_class in DataClass
        for purpose in Purpose
        for region in ("eu", "us", "apac")
        if asked(policy, team, verb, data_class, purpose, region=region).allowed
    }


def test_show_is_a_table_a_team_and_says_where_a_team_may_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    bound = '[teams.compliance_us]\nlike = "compliance"\nregions = ["us"]\n'
    config.write_text(f"{DEFAULT_CONFIG.read_text()}\n{bound}")
    monkeypatch.setenv("HANDRAIL_CONFIG", str(config))
    said(run("show"), 0, "team pipeline in eu, us, apac", "team compliance_us in us")
    said(run("show", "--team", "compliance_us"), 0, "compliance_us in eu, apac: nothing")
    said(run("show", "--team", "compliance_us", "--region", "us"), 0, "break_glass")
    said(run("show", "--team", "comliance"), 2, "'comliance'", "compliance_us")
    said(run("show", "--region", "mars"), 2, "'mars' is not served")


def test_explain_names_the_rule_the_reason_and_what_would_do(run: Run) -> None:
    ask = ("--verb", "read", "--region", "eu", "--class")
    said(
        run("explain", "--team", "pipeline", *ask, "raw", "--purpose", "training"),
        0,
        "REFUSED",
        "none: default deny",
        "intake, redaction",
        "nobody",
    )
    said(
        run("explain", "--team", "compliance", *ask, "desk", "--purpose", "review"),
        0,
        "PERMITTED",
        "compliance-read",
        "compliance reviews redacted samples",
    )
    found = run("explain", "--team", "x", *ask, "desk", "--purpose", "review", "--json").output
    assert json.loads(found) == {
        "allowed": False,
        "rules": [],
        "reason": "team x read desk for review in eu: no rule of the access policy names this team",
        "purposes_permitted": [],
        "teams_permitted": ["compliance"],
    }
    said(run("explain", "--team", "x", *ask, "dreams", "--purpose", "review"), 2)


def test_a_raw_chat_is_shown_with_the_glass_broken_alone_R35(run: Run, chats: Settings) -> None:
    said(run("unredacted", "c-1", "--region", "eu"), 1, "AccessDenied", "break-glass")
    assert events(chats)[-1] == "denied"
    said(run("break-glass", *GLASS), 0, "open: ", "INC-123", "unredacted CHAT")
    shown = run("unredacted", "c-1", "--region", "eu")
    said(shown, 0, "my address is 12 Elm Row [", "UNREDACTED")
    assert "\x1b" not in shown.output
    # The redacted day tells where to look; one raw day is opened, and who saw what is on record.
    assert events(chats)[-4:] == ["open", "break_glass_used", "open", "unredacted"]
    said(run("grants"), 0, "ticket INC-123", "nothing is open")
    said(run("break-glass", "--region", "eu", "--close"), 0, "closed: ")
    said(run("unredacted", "c-1", "--region", "eu"), 1, "AccessDenied")
    said(run("grants", "--region", "eu"), 0, "nothing is open")


def test_a_chat_that_was_never_redacted_is_found_by_its_day(run: Run, chats: Settings) -> None:
    said(run("break-glass", *GLASS), 0)
    said(run("unredacted", "c-2", "--region", "eu"), 2, "--day")
    said(run("unredacted", "c-2", "--region", "eu", "--day", "2026-01-05"), 0, "Elm Row")
    said(run("unredacted", "c-2", "--region", "eu", "--day", "2026-01-06"), 2, "no chat")
    said(run("unredacted", "c-9", "--region", "eu", "--day", "2026-01-05"), 2, "any more")


def test_a_team_that_may_not_is_refused_and_on_record_R35(run: Run, chats: Settings) -> None:
    said(run("break-glass", *GLASS, "--team", "pipeline"), 1, "AccessDenied", "break_glass raw")
    said(run("unredacted", "c-1", "--region", "eu", "--team", "agent"), 1, "AccessDenied")
    assert events(chats)[-2:] == ["denied", "denied"]


def test_glass_needs_a_reason_without_personal_data_and_a_ticket(run: Run, chats: Settings) -> None:
    before = events(chats)
    said(run("break-glass", "--region", "eu", "--ticket", "INC-1"), 2, "a reason is one line")
    said(run("break-glass", "--region", "eu", "--reason", WHY), 2, "a ticket is one word")
    for personal in ("call +49 30 901820 about it", "mail anna@example.com about it"):
        told = run("break-glass", "--region", "eu", "--ticket", "INC-1", "--reason", personal)
        said(told, 2, "looks personal")
    said(run("break-glass", *GLASS, "--minutes", "61"), 2, "1 to 60 minutes")
    assert events(chats) == before


def test_the_name_on_record_is_the_systems_not_a_variables_R35(
    run: Run, chats: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(variable, "somebody-else")
    me = pwd.getpwuid(os.getuid()).pw_name
    said(run("break-glass", *GLASS), 0, f"open: {me} (compliance)")


def test_a_user_without_a_name_is_known_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    from handrail.cli.access import person

    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_001)
    assert person() == "uid-4000000001"
