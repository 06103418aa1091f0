"""R5: `handrail dataset tag` as a support lead uses it."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handrail.conversations.model import Conversation, SetBy, Tag
from handrail.settings import load_settings
from handrail.vault.region_vault import RegionVault, RegionVaults
from orchestration.cli import app
from tests.redaction.conftest import chat  # noqa: F401 - builds a conversation
from tests.redaction.rounds import a_day, store

CHAT = "c-0-1"


@pytest.fixture
def vault(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    chat: Callable[..., Conversation],  # noqa: F811
) -> Iterator[RegionVault]:
    monkeypatch.setenv("HANDRAIL_HOME", str(tmp_path / "home"))
    opened = RegionVaults(load_settings())
    day = [replace(c, topic=Tag("order_status", SetBy.EXPORT)) for c in a_day(chat, 0)]
    store(opened.of("eu"), day)
    yield opened.of("eu")
    opened.close()


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["dataset", *words])
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def tag(*words: str, code: int = 0, reason: str = "asks for the money") -> str:
    return run("tag", CHAT, "--region", "eu", "--reason", reason, *words, code=code)


def test_a_tag_is_corrected_listed_and_taken_back(vault: RegionVault) -> None:
    assert "nobody has corrected a tag" in run("tags", "--region", "eu")
    said = tag("--set", "topic=refund_status")
    assert "topic: order_status -> refund_status" in said
    assert "handrail run" in said
    tag("--withdraw", "topic", "--day", "2026-01-05")
    listed = run("tags", "--region", "eu")
    assert f"by {getpass.getuser()}: asks for the money" in listed
    assert listed.index("-> refund_status") < listed.index("refund_status -> taken back")
    assert CHAT not in listed
    assert run("tags", CHAT, "--region", "eu") == listed
    assert "nobody has corrected a tag" in run("tags", "c-0-2", "--region", "eu")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--set", "topic=horoscopes"], "choose one of"),
        (["--set", "topic"], "TAG=VALUE"),
        (["--set", "topic="], "TAG=VALUE"),
        ([], "say one thing"),
        (["--set", "topic=refund_status", "--withdraw", "topic"], "say one thing"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    vault: RegionVault, words: list[str], sentence: str
) -> None:
    assert sentence in tag(*words, code=2)


def test_a_reason_that_names_somebody_is_refused(vault: RegionVault) -> None:
    """R36: it stays in the audit log for ever."""
    said = tag("--set", "topic=refund_status", reason="write to anna@berg.example", code=2)
    assert "personal" in said
    assert "anna" not in said
