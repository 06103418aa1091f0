"""R31: codes and long numbers that no known word announces, and codes that are nobody's."""

from __future__ import annotations

import pytest

from handrail.redaction.plain import plain
from handrail.redaction.recognizers.base import Recognizer
from handrail.redaction.recognizers.card import Card
from handrail.redaction.recognizers.reference import Reference
from handrail.redaction.spans import SpanType

# {braces} mark what must be found; a text without them must be left alone.
TABLE: dict[type[Recognizer], tuple[str, ...]] = {
    Reference: (
        "the sticker underneath reads {4KQ7733-18 }, does that help",
        "on the letter it says {30718844521} at the top",
        "they gave me {QF220914XB} at the counter and told me to ask you",
        "auf dem Aufkleber steht {7719-0042-88KX}, hilft das?",
        "it says {19K 3308495} above the bars",
        "mon badge c'est le {G 0061 1948} si besoin",
        "der Wisch vom Boten sagt {JJD000390112345} und sonst nichts",
        "unten links lese ich {55 0271 8843 19}, richtig?",
        "l'étiquette du colis dit {8K00412233907} je crois",
        "au dos je lis {3302 7718 4416}, c'est ça ?",
        "en la pegatina pone {W7-22081-KL} y nada más",
        "me dieron este {20419938174} en ventanilla",
        "the drill is model BX-20417-K, is it back in stock",
        "Artikel 4006-7731-22 ist wieder da",
        "la référence article 88213-4471 est épuisée",
        "me sale el error E8831-2207 al abrir la app",
        "the WH-1000XM4 headphones are sold out",
        "firmware V200R001C00 was installed last night",
        "it used 10482231 kWh over the years",
        "we have been here since 2019-2021 or so",
        "the log says {id: 8823-KX-2231}",
        "88213-4471",
    ),
}


@pytest.mark.parametrize("line", TABLE[Reference])
def test_what_has_the_shape_of_a_reference_goes_and_things_stay(line: str) -> None:
    """R31"""
    wanted = [part.split("}")[0].strip() for part in line.split("{")[1:] if "id:" not in line]
    text = plain(line if "id:" in line else line.replace("{", "").replace("}", "")).text
    assert [text[s.start : s.end] for s in Reference().find(text, language="")] == wanted


@pytest.mark.parametrize(
    ("text", "month", "digits"),
    [
        ("4111 1111 1111 1111, 11/29, 318", "11/29", "318"),
        ("4111111111111111 1129 318", "1129", "318"),
        ("4111111111111111 good thru 11/29 and the back says 318", "11/29", "318"),
        ("4111111111111111 bis 11/29, hinten steht 318", "11/29", "318"),
        ("4111111111111111 exp 11/29, les 3 chiffres 318", "11/29", "318"),
        ("4111111111111111 vence 11/29 atras 318", "11/29", "318"),
        ("3782 822463 10005 11/29 the 4 digits in front are 3184", "11/29", "3184"),
    ],
)
def test_what_stands_behind_a_card_number_goes_with_it(text: str, month: str, digits: str) -> None:
    """R31"""
    found = {(text[s.start : s.end], s.type) for s in Card().find(text, language="")}
    assert {(month, SpanType.CARD), (digits, SpanType.SECRET)} <= found


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111 was charged 318 euros",
        "4111111111111111 was charged $318.00 twice",
        "4111111111111111 declined 2019 times",
    ],
)
def test_amounts_behind_a_card_number_stay(text: str) -> None:
    """R31"""
    assert [text[s.start : s.end] for s in Card().find(text, language="")] == ["4111111111111111"]
