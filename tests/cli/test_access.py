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

from handrail.access import Access, Purpose
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
from handrail.settings import DEFAULT_CONFIG, PROJECT, Settings
from handrail.vault.names import ObjectName, Record
from handrail.vault.region_vault import RegionVaults, pipeline
from orchestration.cli import app
from tests.test_access import meant

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
    records = vaults.of("eu").audit.records()
    found = [record.event for record in records if record.event != "checkpoint"]
    vaults.close()
    return found


def test_show_prints_every_cell_that_is_permitted_R35(run: Run) -> None:
    shown = {
        (row["team"], verb, row["class"], purpose, row["region"])
        for row in json.loads(run("show", "--json").output)
        for verb, purposes in row["may"].items()
        for purpose in purposes
    }
    assert shown == {(*cell, region) for cell in meant() for region in ("eu", "us", "apac")}


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
        "reason": "team x read desk for review in eu: no rule of the access policy names the team, "
        "so none permits it",
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
    said(run("unredacted", "c-2", "--region", "eu", "--day", "monday"), 2, "--day takes a date")
    said(run("unredacted", "c-9", "--region", "eu", "--day", "2026-01-05"), 2, "any more")


def test_a_team_that_may_not_is_refused_and_on_record_R35(run: Run, chats: Settings) -> None:
    said(run("break-glass", *GLASS, "--team", "pipeline"), 1, "AccessDenied", "break_glass raw")
    said(run("unredacted", "c-1", "--region", "eu", "--team", "agent"), 1, "AccessDenied")
    assert events(chats)[-2:] == ["denied", "denied"]


def test_glass_needs_a_reason_without_personal_data_and_a_ticket(run: Run, chats: Settings) -> None:
    before = events(chats)
    incomplete = (("--ticket", "INC-1"), ("--reason", WHY), ())
    for given in incomplete:
        said(run("break-glass", "--region", "eu", *given), 2, "--ticket", "--reason")
    ask = ("break-glass", "--region", "eu", "--ticket")
    said(run(*ask, "INC-1", "--reason", "short"), 2, "a reason is one line")
    said(run(*ask, "of today", "--reason", WHY), 2, "a ticket is one word")
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
    from handrail.cli.console import person

    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_001)
    assert person() == "uid-4000000001"


def test_the_policy_is_written_in_awss_words(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By options or by the config, the files in deploy/iam/eu are what comes out."""
    kept = {f.name: f.read_bytes() for f in (PROJECT / "deploy" / "iam" / "eu").glob("*.json")}
    first, second = tmp_path / "first", tmp_path / "second"
    call = ("iam", "--region", "eu", "--account", "111122223333", "--out")
    said(run(*call, first), 2, "--location and --bucket: missing")
    place = ("--bucket", "example-eu", "--location", "eu-central-1", "--prefix", "handrail")
    said(run(*call, first, *place), 0, "key.json", "role-compliance-glass")
    assert {file.name: file.read_bytes() for file in first.iterdir()} == kept
    config = tmp_path / "config.toml"
    config.write_text(
        f"{DEFAULT_CONFIG.read_text()}\n"
        '[regions.eu.store]\nkind = "s3"\nbucket = "example-eu"\nlocation = "eu-central-1"\n'
        'prefix = "handrail"\n'
    )
    monkeypatch.setenv("HANDRAIL_CONFIG", str(config))
    said(run(*call, second), 0)
    assert {file.name: file.read_bytes() for file in second.iterdir()} == kept
    exports = '[regions.eu.exports]\nkind = "s3"\nbucket = "desk-eu"\nlocation = "eu-central-1"\n'
    config.write_text(f"{config.read_text()}{exports}")
    said(run(*call, tmp_path / "third"), 0, "exports in desk-eu", "list and read them")
    granted = {
        file.name
        for file in (tmp_path / "third").iterdir()
        if b"arn:aws:s3:::desk-eu/*" in file.read_bytes()
    }
    assert granted == {"role-pipeline.json"}
    config.write_text(f'{config.read_text()}endpoint = "https://objects.example.com"\n')
    said(run(*call, tmp_path / "fourth"), 0, "on a server of your own")


def test_a_new_team_takes_a_few_lines_and_no_code_R35(
    run: Run, chats: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Responders may break glass and nothing else, so they can't look a chat up."""
    mine = tmp_path / "mine.cedar"
    mine.write_text(
        chats.access_policy.read_text()
        + '@id("responders-glass") @reason("they are on call") permit ('
        'principal in Team::"responders", action == Action::"break_glass", '
        'resource == DataClass::"raw") when { context.purpose == Purpose::"incident" };\n'
    )
    config = tmp_path / "config.toml"
    config.write_text(f'access_policy = "{mine}"\n{DEFAULT_CONFIG.read_text()}')
    monkeypatch.setenv("HANDRAIL_CONFIG", str(config))
    team = ("--team", "responders")
    said(run("break-glass", *GLASS, *team), 0, "open: ")
    said(run("unredacted", "c-1", "--region", "eu", *team), 1, "AccessDenied", "give the chat's")
    day = ("--day", "2026-01-05")
    said(run("unredacted", "c-1", "--region", "eu", *team, *day), 0, "Elm Row")


def test_who_asks_why_is_named_as_the_system_knows_them(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R35: a customer's message is in a decision, and a command's name is nobody."""
    monkeypatch.setenv("HANDRAIL_HOME", str(settings.home))
    vaults = RegionVaults(settings)
    vault, name = vaults.of("eu"), ObjectName("decisions", "reply-1", DataClass.DESK)
    agent = Access("agent", "agent", Purpose.SERVING)
    held = vault.put(name, [Record("reply-1", None, b"{}")], access=agent)
    vault.lineage.commit(held, inputs=[], findings=[], config_hash="", run_id="test")
    CliRunner().invoke(app, ["why", "reply-1"])
    [opened] = vault.audit.stream(event="open")
    assert (opened.team, opened.actor) == ("compliance", pwd.getpwuid(os.getuid()).pw_name)
    vaults.close()
