"""R12: `handrail summarize` as the person who takes a chat over uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from handrail.conversations.model import Conversation
from handrail.settings import load_settings
from handrail.vault.region_vault import RegionVault, RegionVaults
from orchestration.cli import app
from tests.redaction.conftest import chat  # noqa: F401 - builds a conversation
from tests.redaction.rounds import store

FILE = {
    "conversation_id": "c-7",
    "region": "eu",
    "language": "en",
    "turns": [
        {
            "role": "customer",
            "text": "I am Anna Berg. Where is my order 4711? Write to anna@berg.example!",
            "at": "2026-03-01T10:00:00Z",
        }
    ],
    "outcome": {"status": "open"},
}


@pytest.fixture
def vault(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    chat: Callable[..., Conversation],  # noqa: F811
) -> Iterator[RegionVault]:
    monkeypatch.setenv("HANDRAIL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")
    opened = RegionVaults(load_settings())
    said = ["My order did not arrive.", ("agent", "I have sent it again."), "When will it come?"]
    store(opened.of("eu"), [chat(*said, conversation_id="c-1"), chat("hi", conversation_id="c-2")])
    yield opened.of("eu")
    opened.close()


def run(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["summarize", "--region", "eu", *map(str, words)])
    assert result.exit_code == code, result.output
    return result.output


def test_a_chat_of_the_vault_is_summarized_for_a_team_on_record(vault: RegionVault) -> None:
    """R35: opening it is in the audit log, with team and purpose."""
    said = run("--conversation", "c-1")
    for part in (
        "Issue",
        "My order did not arrive.",
        "I have sent it again.",
        "When will it come?",
    ):
        assert part in said
    assert "all 3 turns" in said
    record = [r for r in vault.audit.records() if r.team == "support-operations"][-1]
    assert (record.event, record.purpose) == ("open", "serving")


def test_a_team_that_may_not_read_the_chat_is_refused_on_record(vault: RegionVault) -> None:
    """R35"""
    said = run("--conversation", "c-1", "--team", "agent", code=1)
    assert "AccessDenied" in said
    assert "order" not in said
    refused = [r.event for r in vault.audit.records() if r.team == "agent"]
    assert refused == ["denied"]


def test_a_file_is_scrubbed_before_it_is_summarized(vault: RegionVault, tmp_path: Path) -> None:
    """R31"""
    file = tmp_path / "chats.jsonl"
    file.write_bytes(orjson.dumps(FILE) + b"\nno chat\n")
    said = run("--file", file)
    assert "Where is my order [ORDER_1]?" in said
    assert "4711" not in said
    assert "berg" not in said.lower()
    assert "1 rows were set aside: malformed" in said


def test_json_holds_what_the_summary_was_made_by(vault: RegionVault) -> None:
    """R14"""
    (line,) = run("--conversation", "c-1", "--json").strip().splitlines()
    made = orjson.loads(line)
    assert made["form"] == "full"
    assert all(len(made[name]) == 64 for name in ("prompt", "playbook", "rules", "redacted_by"))
    assert made["window"]["read"] == [1, 2, 3]
    assert made["faithful"]["verdict"] == "PASS"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "say which chat"),
        (["--conversation", "c-9"], "no redacted chat of that id"),
        (["--conversation", "c-1", "--day", "2026-02-01"], "on 2026-02-01"),
        (["--file", "nowhere.jsonl"], "does not exist"),
    ],
)
def test_what_cannot_be_summarized_says_why(
    vault: RegionVault, words: list[str], sentence: str
) -> None:
    assert sentence in " ".join(run(*words, code=2).split())
