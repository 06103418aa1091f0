"""R33: `handrail sample` as a person uses it, in a home with real chats."""

from __future__ import annotations

import getpass
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from handrail.cli.beside import show
from handrail.cli.console import visible
from handrail.conversations.model import Conversation
from handrail.redaction.beside import Line
from handrail.settings import DEFAULT_CONFIG, Settings, load_settings
from handrail.vault.region_vault import RegionVault, RegionVaults
from orchestration.cli import app
from tests.redaction.conftest import chat  # noqa: F401 - builds a conversation
from tests.redaction.rounds import a_day, standing, store

RUNNER = CliRunner()
BUDGET = "max_leaking_share = 0.4\nplants = 8\ntolerated_leaks = 0\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home whose budget takes twenty chats and eight plants."""
    head, _, rest = DEFAULT_CONFIG.read_text().partition("max_leaking_share = ")
    config = tmp_path / "handrail.toml"
    config.write_text(head + BUDGET + rest[rest.index("max_unsampled_share") :])
    monkeypatch.setenv("HANDRAIL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HANDRAIL_CONFIG", str(config))
    return load_settings()


@pytest.fixture
def vault(home: Settings, chat: Callable[..., Conversation]) -> Iterator[RegionVault]:  # noqa: F811
    opened = RegionVaults(home)
    for number in range(4):
        store(opened.of("eu"), a_day(chat, number))
    yield opened.of("eu")
    opened.close()


def run(*words: str, code: int = 0, typed: str = "") -> str:
    result = RUNNER.invoke(app, ["sample", *words], input=typed)
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def test_a_round_is_drawn_read_and_told_of(vault: RegionVault) -> None:
    """R33: stopped in between, it goes on where it was; the bound comes last."""
    takes = "takes 20 chats and 8 to seed leaks in, and the region holds 80"
    assert takes in run("status", "--region", "eu")
    assert takes in run("review", "--region", "eu", code=2)
    assert "20 of 80 redacted chats were drawn by seed" in run("draw", "--region", "eu")
    assert "nothing new was drawn; it stands: round 1" in run("draw", "--region", "eu")

    said = run("review", "--region", "eu", typed="n\ny\nname\nq\n")
    assert "26 chats are left" in said
    assert "1 of 28" in said and "3 of 28" in said and "4 of 28" not in said
    assert "2 of 28" in run("status", "--region", "eu")

    said = run("review", "--region", "eu", typed="n\n" * 26)
    assert "3 of 28" in said and "28 of 28" in said
    reviews = standing(vault).reviews
    assert {r.reviewer for r in reviews} == {getpass.getuser()}
    assert {str(r.reviewer_kind) for r in reviews} == {"person"}
    assert [str(r.shows) for r in reviews if r.leaked] == ["name"]
    done = run("status", "--region", "eu")
    assert "28 of 28" in done and "of 8" in done and "FAIL" in done


def test_an_answer_may_be_taken_back_and_given_anew(vault: RegionVault) -> None:
    """R33: `b` in the loop, `--from` later; the last one counts."""
    run("draw", "--region", "eu")
    run("review", "--region", "eu", typed="y\n\nb\nn\nq\n")
    [review] = standing(vault).reviews
    assert review.leaked is False
    run("review", "--region", "eu", "--from", "1", typed="y\nsecret\nq\n")
    [review] = standing(vault).reviews
    assert (review.leaked, str(review.shows)) == (True, "secret")
    kept = [r for r in vault.audit.records() if r.event == "sample_review"]
    assert len(kept) == 3
    assert "has 28 chats" in run("review", "--region", "eu", "--from", "29", code=2)


def test_a_leak_is_thought_over_before_it_is_said_and_stays_when_the_round_is_complete(
    vault: RegionVault,
) -> None:
    """R33: `b` at the second question; after the last verdict the reviewer is told."""
    run("draw", "--region", "eu")
    run("review", "--region", "eu", typed="y\nb\nn\ny\nname\n" + "n\n" * 26)
    found = [review.leaked for review in standing(vault).reviews]
    assert (len(found), found.count(True)) == (28, 1)
    said = run("review", "--region", "eu", "--from", "1", typed="n\n" * 28)
    assert "may be added to, not taken back" in said
    assert [review.leaked for review in standing(vault).reviews] == found


def test_the_screen_shows_raw_beside_redacted_and_no_id(vault: RegionVault) -> None:
    """R33: a conversation's id would tell a plant from the sample."""
    run("draw", "--region", "eu")
    said = run("review", "--region", "eu", typed="n\n" * 28)
    assert "Anna Berg" in said and "[PERSON_1]" in said and "[EMAIL_1]" in said
    assert not any(item.conversation_id in said for item in standing(vault).round.items)


def test_without_a_grant_nobody_reads_a_round(vault: RegionVault) -> None:
    """R35"""
    assert "AccessDenied" in run("draw", "--region", "eu", "--team", "reviewers", code=1)
    run("draw", "--region", "eu")
    said = run("review", "--region", "eu", "--team", "compliance", code=1, typed="n\n")
    assert "AccessDenied" in said and "Anna" not in said


def test_where_nothing_was_drawn_there_is_nothing_to_read(home: Settings) -> None:
    """R33"""
    assert "the region holds 0" in run("review", "--region", "eu", code=2)


def test_too_few_chats_say_how_many_it_takes_until_the_budget_is_another(
    vault: RegionVault, home: Settings
) -> None:
    """R33: the same chats, drawn from as soon as they are enough for what the config asks."""
    config = home.config_file.read_text()
    home.config_file.write_text(config.replace(BUDGET, BUDGET.replace("0.4", "0.05")))
    takes = "takes 171 chats and 8 to seed leaks in, and the region holds 80"
    for _ in range(2):
        said = run("draw", "--region", "eu")
        assert takes in said and "nothing new was drawn" not in said
        assert takes in run("status", "--region", "eu")
        assert takes in run("review", "--region", "eu", code=2)
    home.config_file.write_text(config)
    assert "`handrail sample draw --region eu`" in run("status", "--region", "eu")
    assert "20 of 80 redacted chats were drawn by seed" in run("draw", "--region", "eu")


def test_what_a_terminal_would_obey_is_made_visible() -> None:
    """A customer's text moves no cursor, hides nothing and reverses nothing."""
    assert visible("a\x1b[2Jb\x07\r") == "a␛[2Jb␇␍"
    assert visible("\u202eevil\u200b\x9b") == "<U+202E>evil<U+200B><U+009B>"
    assert visible("two\nlines,\ttab, é ñ 漢 🙂\u00a0end") == "two\nlines,\ttab, é ñ 漢 🙂 end"


@pytest.mark.parametrize("width", [60, 140])
def test_any_width_shows_both_sides(width: int) -> None:
    """R33: and `[` in a chat is no markup."""
    console = Console(width=width, record=True, file=io.StringIO())
    lines = [Line("customer", 0, "[red]I am\x1b[31m Anna", "[red]I am\x1b[31m [PERSON_1]")]
    show(console, lines, title="1 of 2")
    said = console.export_text()
    assert "[red]I am␛[31m Anna" in said and "[red]I am␛[31m [PERSON_1]" in said
    gone = [Line("customer", 0, None, "I am [PERSON_1]")]
    show(console, gone, title="2 of 2")
    assert "the raw chat is kept no longer" in console.export_text()
