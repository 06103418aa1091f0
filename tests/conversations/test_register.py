"""The order of a region's exports: what was written last has the last word (R4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.conversations.reading import look_again, read_region, register_of
from handrail.conversations.register import RegisteredExport
from handrail.settings import Settings
from orchestration.exports import register_export
from tests.conftest import NOW
from tests.conversations.exports import row, write_jsonl

REGION = "eu"
SOLVED = row("a", outcome={"status": "resolved"})
REOPENED = row("a", outcome={"status": "open"})


def order(settings: Settings) -> list[str]:
    return [Path(export.path).stem for export in register_of(settings, REGION).all()]


def status(settings: Settings) -> str:
    (chat,) = [
        one.conversation
        for one in read_region(settings, REGION, kept_since="", now=NOW)
        if hasattr(one, "conversation")
    ]
    return chat.outcome.status


@pytest.fixture
def registered(settings: Settings, tmp_path: Path) -> list[Path]:
    """Two exports of one chat, both of which say that it is solved."""
    files = [write_jsonl(tmp_path / f"{name}.jsonl", SOLVED) for name in ("all", "february")]
    for file in files:
        register_export(settings, str(file), None, None, REGION)
    return files


def test_an_export_that_comes_again_with_newer_chats_counts_over_the_others(
    settings: Settings, registered: list[Path]
) -> None:
    """R4: a chat that was reopened since is reopened, whichever file came first."""
    register_export(settings, str(write_jsonl(registered[0], REOPENED)), None, None, REGION)
    assert order(settings) == ["february", "all"]
    assert status(settings) == "open"


def test_an_export_that_comes_again_as_it_was_keeps_its_place(
    settings: Settings, registered: list[Path]
) -> None:
    """R4: nothing in it is newer than what came after it."""
    write_jsonl(registered[1], REOPENED)
    for file in reversed(registered):
        register_export(settings, str(file), None, None, REGION)
    assert order(settings) == ["all", "february"]
    assert status(settings) == "open"


def test_an_export_that_is_written_anew_where_it_lies_counts_as_the_newest(
    settings: Settings, registered: list[Path]
) -> None:
    """R4: nobody has to register it again, and looking twice changes nothing."""
    write_jsonl(registered[0], REOPENED)
    for _ in range(2):
        look_again(settings, REGION)
        assert order(settings) == ["february", "all"]
    assert status(settings) == "open"


def test_another_mapping_or_format_makes_no_export_newer(
    settings: Settings, registered: list[Path]
) -> None:
    """R4: its chats are as old as they were."""
    register_export(settings, str(registered[0]), "jsonl", None, REGION)
    assert order(settings) == ["all", "february"]


def test_an_export_that_was_never_looked_at_or_is_gone_keeps_its_place(
    settings: Settings, registered: list[Path]
) -> None:
    """R4: its content is noted at the first look, and what can't be read is left to the reading."""
    register = register_of(settings, REGION)
    unknown = write_jsonl(registered[0].with_name("march.jsonl"), SOLVED)
    register.add(RegisteredExport(str(unknown), None, None, None))
    registered[1].unlink()
    look_again(settings, REGION)
    assert order(settings) == ["all", "february", "march"]
    assert all(export.content for export in register.all())
