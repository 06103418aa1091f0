"""`handrail try` before there is anything to answer with: what it takes, and how it says no."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from handrail.cli.live import _said_before
from handrail.cli.spoken import spoken_in
from handrail.conversations.model import Role
from handrail.errors import BadInput
from handrail.residency import Region
from handrail.settings import load_settings
from orchestration.cli import app


@pytest.fixture
def eu() -> Region:
    return load_settings(environ={}).region("eu")


@pytest.mark.parametrize(
    ("text", "language"),
    [("I forgot my password", "en"), ("Wo ist meine Bestellung?", "de"),
     ("Où est ma commande ?", "fr"), ("¿Dónde está mi pedido?", "es"),
     ("Ich möchte mit einem Menschen sprechen", "de"), ("Je veux parler à un humain", "fr")],
)  # fmt: skip
def test_language_is_heard_from_the_words_and_that_is_said(
    text: str, language: str, eu: Region
) -> None:
    spoken = spoken_in(text, None, eu)
    assert spoken.language == language
    assert "by its words" in spoken.how and "--language" in spoken.how


@pytest.mark.parametrize("text", ["ok", "12345 67890", "??"])
def test_words_that_say_no_language_give_the_first_one_and_say_so(text: str, eu: Region) -> None:
    spoken = spoken_in(text, None, eu)
    assert spoken.language == eu.languages[0]
    assert "don't say" in spoken.how


def test_a_language_that_the_region_does_not_speak_is_named(eu: Region) -> None:
    spoken = spoken_in("Ho dimenticato la mia password, potete aiutarmi?", None, eu)
    assert spoken.language == eu.languages[0]
    assert "the words are in 'it'" in spoken.how


def test_language_that_is_given_is_taken_if_the_region_speaks_it(eu: Region) -> None:
    assert spoken_in("I forgot my password", "de", eu).language == "de"
    with pytest.raises(BadInput, match="speaks en, de"):
        spoken_in("hei", "fi", eu)


def test_history_is_read_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "said.txt"
    file.write_text("customer: hi: there\n\nBot: How can I help?\n", encoding="utf-8")
    assert _said_before(file) == [(Role.CUSTOMER, "hi: there"), (Role.BOT, "How can I help?")]
    file.write_text("customer: hi\nsomebody: hm\n", encoding="utf-8")
    with pytest.raises(BadInput, match="line 2"):
        _said_before(file)


def test_history_in_another_encoding_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """R49: an editor of the last century is no reason for a traceback."""
    file = tmp_path / "said.txt"
    file.write_bytes("customer: où est mon colis ?\n".encode("latin-1"))
    with pytest.raises(BadInput, match="is not UTF-8"):
        _said_before(file)


def test_help_shows_examples() -> None:
    shown = CliRunner().invoke(app, ["try", "--help"], env={"COLUMNS": "120"})
    assert shown.exit_code == 0
    assert 'handrail try --region eu "I forgot my password"' in " ".join(shown.output.split())
    assert "--history" in shown.output and "--json" in shown.output
