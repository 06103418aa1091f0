"""R6: the language of the customer's words is the label's, or the chat is set aside."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from handrail.conversations.intake import Reason
from handrail.conversations.languages import (
    LEAST_SURE,
    detected_language,
    with_verified_language,
)
from handrail.conversations.model import (
    Conversation,
    Customer,
    Outcome,
    Role,
    SetBy,
    Status,
    Tag,
    Turn,
)
from handrail.conversations.tagging import Vocabulary
from handrail.settings import Settings
from tests.conversations.exports import read, row, write_jsonl

ENGLISH = "Hello, I have been waiting for my refund since last Tuesday and nothing has arrived yet."
GERMAN = "Guten Tag, ich warte seit letztem Dienstag auf meine Erstattung und nichts ist passiert."
FRENCH = "Bonjour, j'attends mon remboursement depuis mardi dernier et je n'ai toujours rien reçu."
SPANISH = "Buenas tardes, llevo esperando el reembolso desde el martes pasado y todavía no llega."
POLISH = "Dzień dobry, czekam na zwrot pieniędzy od zeszłego wtorku i nadal nic nie przyszło."


def said(*texts: str, language: Any, role: str = "customer") -> dict[str, Any]:
    turns = [{"role": role, "text": text, "at": "2026-01-05T10:00:00Z"} for text in texts]
    return row("c", turns=turns, language=language)


def tag(settings: Settings, folder: Path, chat: dict[str, Any]) -> tuple[Any, ...]:
    """Value, who set it, verified; or the reason the chat was set aside."""
    result = read(settings, write_jsonl(folder / "e.jsonl", chat))
    if result.reasons:
        return tuple(result.reasons)
    (made,) = result.conversations
    language = made.language
    return (language and language.value, language and language.set_by, made.language_verified)


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        (GERMAN, "de", ("de", SetBy.EXPORT, True)),
        (GERMAN, "de-AT", ("de", SetBy.EXPORT, True)),
        (FRENCH, "fr", ("fr", SetBy.EXPORT, True)),
        (SPANISH, "es", ("es", SetBy.EXPORT, True)),
        (ENGLISH, "en", ("en", SetBy.EXPORT, True)),
        (GERMAN, "en", (Reason.LANGUAGE_MISMATCH,)),
        (POLISH, "de", (Reason.LANGUAGE_MISMATCH,)),
        (GERMAN, {"value": "en", "set_by": "rule"}, (Reason.LANGUAGE_MISMATCH,)),
        (GERMAN, {"value": "en", "set_by": "person"}, (Reason.LANGUAGE_MISMATCH,)),
        ("Hallo, wo bleibt das", "en", ("en", SetBy.EXPORT, False)),  # too few letters
        ("12345 67890 " * 9, "en", ("en", SetBy.EXPORT, False)),
        ("https://a.example/ " * 5 + "4f9a8c1be07d" * 4, "de", ("de", SetBy.EXPORT, False)),
        (GERMAN, None, ("de", SetBy.MODEL, True)),
        (POLISH, None, (None, None, False)),  # nobody serves it here
        ("ok danke", None, (None, None, False)),
    ],
)
def test_label_and_words_agree_or_the_chat_is_set_aside(
    settings: Settings, tmp_path: Path, text: str, label: Any, expected: tuple[Any, ...]
) -> None:
    """R6: set aside only when the detector is sure; else the label stays, marked unverified."""
    assert tag(settings, tmp_path, said(text, language=label)) == expected


def test_a_detected_language_says_how_sure_the_detector_was(
    settings: Settings, tmp_path: Path
) -> None:
    """R5"""
    (made,) = read(
        settings, write_jsonl(tmp_path / "e.jsonl", said(GERMAN, language=None))
    ).conversations
    assert made.language is not None and made.language.confidence is not None
    assert LEAST_SURE <= made.language.confidence <= 1


def test_only_the_customers_words_count(settings: Settings, tmp_path: Path) -> None:
    """An agent may answer in another language, or paste a text of the company's."""
    chat = said(GERMAN, language="en", role="agent")
    assert tag(settings, tmp_path, chat) == ("en", SetBy.EXPORT, False)


@pytest.mark.parametrize("aside", [GERMAN, FRENCH, SPANISH])
def test_a_sentence_in_another_language_takes_no_chat_away(
    settings: Settings, tmp_path: Path, aside: str
) -> None:
    chat = said(ENGLISH, ENGLISH.replace("refund", "parcel"), ENGLISH, aside, language="en")
    assert tag(settings, tmp_path, chat)[0] == "en"


def test_of_languages_written_alike_none_is_held_against_another() -> None:
    """Which of the two it is the detector can't be trusted with."""
    norwegian = "Pakken kom ikke fram, og jeg fikk heller ingen beskjed om hvorfor. Hva skjedde?"
    chat = Conversation(
        conversation_id="c",
        source_system="desk",
        region="nordic",
        day=date(2026, 1, 5),
        turns=(Turn(0, Role.CUSTOMER, norwegian),),
        outcome=Outcome(Status.OPEN),
        customer=Customer(),
        language=Tag("nn", SetBy.EXPORT),
    )
    heard = detected_language(chat)
    assert heard is not None and heard.value == "no"
    assert with_verified_language(chat, Vocabulary((), ("nn", "no"))) == chat


def test_a_row_cannot_say_that_its_language_was_verified(
    settings: Settings, tmp_path: Path
) -> None:
    chat = said("ok", language="en") | {"language_verified": True}
    assert tag(settings, tmp_path, chat) == ("en", SetBy.EXPORT, False)


def test_an_older_state_of_a_mislabeled_chat_does_not_take_its_place(
    settings: Settings, tmp_path: Path
) -> None:
    """Last week too little was said to tell; the label was as wrong."""
    older = write_jsonl(tmp_path / "1.jsonl", said("Hallo", language="en"))
    newer = write_jsonl(tmp_path / "2.jsonl", said(GERMAN, language="en"))
    result = read(settings, older, newer)
    assert result.reasons == [Reason.LANGUAGE_MISMATCH, Reason.SUPERSEDED]
    assert result.ids == []


def test_the_reason_quotes_nothing(settings: Settings, tmp_path: Path) -> None:
    result = read(settings, write_jsonl(tmp_path / "e.jsonl", said(GERMAN, language="en")))
    assert "Dienstag" not in result.quarantined[0].detail
    assert result.counts.reconcile() == {"rows": 1, "accepted": 0, "language_mismatch": 1}


def test_hard_chats_in_four_languages_are_never_set_aside(
    settings: Settings, tmp_path: Path, test_data: Path
) -> None:
    """R6: lower case, spelled digits, secrets, names; and most of them are verified."""
    for language in ("en", "de", "fr", "es"):
        words: dict[int, list[str]] = defaultdict(list)
        lines = (test_data / "pii" / f"chat_hard_{language}.jsonl").read_text().splitlines()
        for line in map(json.loads, lines):
            if line["role"] == "customer":
                words[line["conv"]].append(line["text"])
        chats = [said(*texts, language=language) for texts in words.values()]
        rows = [chat | {"conversation_id": f"c{n}"} for n, chat in enumerate(chats)]
        result = read(settings, write_jsonl(tmp_path / f"{language}.jsonl", *rows))
        assert result.reasons == []
        verified = sum(chat.language_verified for chat in result.conversations)
        assert verified > 0.4 * len(rows) > 40
