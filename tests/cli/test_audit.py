"""R35, R41: `handrail audit` shows what was done and proves that all of it is there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from handrail.access import Purpose
from handrail.cli.app import app
from handrail.clock import FixedClock
from handrail.settings import Settings, load_settings
from handrail.vault.region_vault import RegionVaults, pipeline
from tests.conftest import NOW
from tests.lifecycle.story import places

REGIONS = ("eu", "us", "apac")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home in which eu has five records, a day apart, and us has one."""
    for name, value in places(tmp_path).items():
        if name != "HANDRAIL_CONFIG":
            monkeypatch.setenv(name, value)
    settings = load_settings()
    for region, days in (("eu", range(5)), ("us", range(1))):
        for day in days:
            vaults = RegionVaults(settings, clock=FixedClock(NOW + timedelta(days=day)))
            access = pipeline(f"actor-{day % 2}", Purpose.INTAKE)
            vaults.of(region).audit.append(
                "denied" if day == 3 else "open", access,
                what=f"raw_chats/[{day}]", count=day, ids_digest="", detail="because",
            )  # fmt: skip
            vaults.close()
    return settings


def audit(arguments: str) -> Result:
    return CliRunner().invoke(app, ["audit", *arguments.split()], env={"COLUMNS": "250"})


def shown(arguments: str) -> list[int]:
    """The numbers of eu's records that are shown."""
    result = audit(f"show --region eu --json {arguments}")
    assert result.exit_code == 0, result.output
    rows = [orjson.loads(line) for line in result.output.splitlines()]
    assert all(row["region"] == "eu" for row in rows)
    return [row["seq"] for row in rows]


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("--last 2", [3, 4]),
        ("--event open --last 1", [4]),
        ("--denied", [3]),
        ("--denied --event denied", [3]),
        ("--actor actor-1", [1, 3]),
        ("--object [4]", [4]),
        ("--object raw_chats", [0, 1, 2, 3, 4]),
        ("--since 2026-03-05", [3, 4]),
        ("--since 2026-03-04T12:00:00Z", [2, 3, 4]),
        ("--since 2026-03-04T14:00:00+01:00", [3, 4]),
        ("--event open --actor actor-0 --since 2026-03-03", [2, 4]),
    ],
)
def test_show_gives_what_was_asked_for(home: Settings, arguments: str, numbers: list[int]) -> None:
    assert shown(arguments) == numbers


def test_show_is_a_table_of_every_region(home: Settings) -> None:
    said = audit("show").output
    assert all(f"region {name}" in said for name in REGIONS)
    assert "2026-03-05 12:00:00Z" in said and "raw_chats/[3]" in said and "actor-1" in said


def test_a_narrow_terminal_breaks_cells_and_cuts_none(home: Settings) -> None:
    """R41: the name of an object is whole, so that it can be looked for."""
    narrow = {"COLUMNS": "80"}
    said = CliRunner().invoke(app, ["audit", "show", "--region", "eu"], env=narrow).output
    assert "…" not in said
    assert all(len(line) <= 80 for line in said.splitlines())


def test_where_nothing_is_found_a_sentence_says_so(home: Settings) -> None:
    assert audit("show --region us --denied").output == "region us: no such record\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("show --since yesterday", "--since takes a date or time"),
        ("show --denied --event open", "leave out one of the two"),
        ("verify --region mars", "not served here"),
    ],
)
def test_wrong_input_is_a_sentence_and_exit_code_2(
    home: Settings, arguments: str, sentence: str
) -> None:
    result = audit(arguments)
    assert result.exit_code == 2
    assert sentence in result.output


def test_verify_says_what_is_whole_and_what_is_signed(home: Settings) -> None:
    result = audit("verify")
    assert result.exit_code == 0
    assert "eu: 5 records, chain intact; not signed yet: `handrail audit checkpoint`" in (
        result.output
    )
    assert audit("checkpoint").exit_code == 0
    result = audit("verify")
    assert result.exit_code == 0
    assert "eu: 6 records, chain intact; 1 signed checkpoints, the newest of" in result.output
    assert "covers 5" in result.output


def test_a_changed_record_is_named_and_the_other_regions_are_looked_at(home: Settings) -> None:
    audit("checkpoint")
    file = home.home / "eu" / "audit" / "audit.jsonl"
    file.write_bytes(file.read_bytes().replace(b"actor-1", b"nobody1"))
    for command in ("verify", "checkpoint"):
        result = audit(command)
        assert result.exit_code == 1
        sentence = "eu: audit record 1 of region eu (2026-03-03T12:00:00.000000Z, open) was changed"
        assert sentence in result.output
        assert "us: " in result.output and "apac: " in result.output


def test_key_is_what_lies_beside_the_checkpoints(home: Settings) -> None:
    audit("checkpoint")
    said = audit("key --region eu").output
    assert said.startswith("handrail/audit/eu+")
    assert (home.audit_copy / "eu" / "audit.pub").read_text() == said
    assert (home.home / "eu" / "audit" / "audit.pub").read_text() == said
