"""The head that reads whether a topic's answer fits, on messages of an author it never saw.

`fit_unseen.jsonl` holds 395 messages, half of which the example playbook's answers fit; whoever
wrote them saw the answers alone, neither the head's examples nor the rules. Nothing of the head was
chosen by them. Five more that stand word for word among the examples were taken out.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from handrail.agent.decide import decide
from handrail.agent.fit_head import (
    FILE,
    MISFIT,
    FitHead,
    examples_digest,
    fit_examples,
    load_fit_head,
)
from handrail.agent.misfits import read_closely
from handrail.agent.router import Router
from handrail.agent.terms import load_terms
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import Action, Route
from handrail.errors import Tampered
from handrail.inference.encoders import ENCODERS, Encoder
from handrail.inference.weights import NoWeights
from handrail.playbook.model import Playbook

UNSEEN = Path(__file__).with_name("fit_unseen.jsonl")
SECOND = Path(__file__).with_name("fit_unseen_second.jsonl")
PASSWORD = Route("password_reset", 0.99, False, 0.01, (), ())
Send = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    made = ENCODERS[load_fit_head().encoder]()
    assert made is not None
    return made


@pytest.fixture(scope="module")
def unseen() -> list[dict[str, str]]:
    return [json.loads(line) for line in UNSEEN.read_text(encoding="utf-8").splitlines()]


def test_most_misfits_of_an_unseen_author_are_held_and_few_fits_R25(
    unseen: list[dict[str, str]], encoder: Encoder
) -> None:
    """R25: without any rule over half of what misses is held, and under a tenth of what fits."""
    asked = [(row["text"], row["language"]) for row in unseen]
    scores = load_fit_head().scores(asked, encoder, own=None)
    held = np.array(scores) >= MISFIT
    misses = np.array([bool(row["misfit"]) for row in unseen])
    assert (len(unseen), int(misses.sum())) == (395, 200)
    assert held[misses].mean() >= 0.55
    assert held[~misses].mean() <= 0.10
    for language in ("en", "de", "fr", "es"):
        of = np.array([row["language"] == language for row in unseen])
        assert held[misses & of].mean() >= 0.45, language


def test_no_unseen_message_is_an_example(unseen: list[dict[str, str]]) -> None:
    """Nor is one of the second author's, which are for `bench/fits.py` alone."""
    second = [json.loads(line) for line in SECOND.read_text(encoding="utf-8").splitlines()]
    assert (len(second), sum(bool(row["misfit"]) for row in second)) == (240, 120)
    texts = {row["text"] for row in (*unseen, *second)}
    assert texts.isdisjoint(e.text for e in fit_examples())


def test_the_head_was_made_from_these_examples() -> None:
    """After a change of the examples: `python tools/fit_head.py`."""
    assert load_fit_head().examples_digest == examples_digest()


@pytest.mark.parametrize(
    ("language", "misses", "fits"),
    [
        (
            "en",
            "requested the reset three times now and nothing ever turns up",
            "I never know where to reset my password",
        ),
        ("en", "its my husbands account, he forgot the password", "i forgot the password"),
        ("de", "die Mail zum Zurücksetzen kam nie an", "wie setze ich mein Passwort zurück"),
        ("fr", "je ne reçois plus vos mails de réinitialisation", "mot de passe oublié, que faire"),
        (
            "es",
            "hice todos los pasos para restablecerla y sigue igual",
            "cómo restablezco la contraseña",
        ),
    ],
)
def test_what_no_phrase_names_is_held_R25(
    language: str, misses: str, fits: str, encoder: Encoder
) -> None:
    asked = [(misses, language), (fits, language)]
    missed, fitted = load_fit_head().scores(asked, encoder, own=None)
    assert fitted < MISFIT <= missed


def test_such_a_reply_is_a_draft_and_says_why_R25(send: Send) -> None:
    parts = send()
    assert decide(**parts).action is Action.SEND
    held = decide(**{**parts, "route": replace(parts["route"], unfit=MISFIT)})
    assert held.action is Action.DRAFT
    assert [reason.code for reason in held.reasons] == ["answer_may_miss"]


def test_a_route_is_read_closely_only_where_a_topic_fits(
    router: Router, playbook: Playbook, encoder: Encoder
) -> None:
    terms = load_terms()
    triggers = RegulatedTriggers.of(playbook, terms=terms)
    message = "its my husbands account, he forgot the password"
    nowhere = replace(PASSWORD, topic=None, probability=0.0)

    def unfit(of: Any) -> list[float]:
        rows = [(PASSWORD, message, "en"), (nowhere, message, "en")]
        routes = read_closely(rows, of, terms.misfits, triggers=triggers, topics=playbook.topics)
        return [route.unfit for route in routes]

    reading = SimpleNamespace(
        by_words=router,
        route_many=router.route_many,
        speller=router.speller,
        own_fits=None,
        intents=SimpleNamespace(encoder=encoder),
    )
    found = unfit(reading)
    assert found[0] >= MISFIT and found[1] == 0.0
    assert unfit(router) == [0.0, 0.0]  # it goes by words alone


def test_a_language_without_examples_is_left_to_the_rules(encoder: Encoder) -> None:
    asked = [("non ho mai ricevuto la mail", "it")]
    assert load_fit_head().scores(asked, encoder, own=None) == [0.0]


def test_another_encoder_is_refused_R20(encoder: Encoder) -> None:
    head = replace(load_fit_head(), encoder_digest="0" * 64)
    with pytest.raises(NoWeights, match=r"make .venv/.ready"):
        head.reads_with(encoder)


def test_the_file_holds_numbers_and_nothing_else() -> None:
    data = FILE.read_bytes()
    assert FitHead.from_bytes(data).to_bytes() == data
    for damaged in (
        data[:-1],
        b"PK" + data[2:],
        data.replace(b"handrail-fit-2", b"handrail-fit-9"),
    ):
        with pytest.raises(Tampered):
            FitHead.from_bytes(damaged)
