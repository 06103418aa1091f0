"""Numbers of things that nobody listed, and numbers that are said aloud."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handrail.conversations.model import Conversation
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub

Chat = Callable[..., Conversation]
RULES = Ruleset(names="rules")


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        # Any word with a word for its number.
        ("fob number 's 77120 and the gate won't open", "fob number 's [ACCOUNT_1] and the gate"),
        ("permit no PP 33812 for zone C", "permit no [ACCOUNT_1] for zone C"),
        ("kindergeldnr 115FK338291", "kindergeldnr [ACCOUNT_1]"),
        ("mitgl.nr. 20114 kündigung", "mitgl.nr. [ACCOUNT_1] kündigung"),
        ("n° d'affaire AF-1183-77", "n° d'affaire [ACCOUNT_1]"),
        ("nro de expendio 33 10 92", "nro de expendio [ACCOUNT_1]"),
        # A noun without one.
        ("your text said job 48213 tomorrow", "your text said job [ORDER_1] tomorrow"),
        ("Kunde 88213", "Kunde [ACCOUNT_1]"),
        ("mon abo 4471882", "mon abo [ACCOUNT_1]"),
        ("mietvertrag M-0912/3", "mietvertrag [ACCOUNT_1]"),
        ("tarjeta de combustible 7006 4112 88", "tarjeta de combustible [ORDER_1]"),
        ("The return label reads RTN 5567 0081", "The return label reads [ORDER_1]"),
        # What is done to orders, lists of them, and marks.
        ("cancel RT7PQZ please", "cancel [ORDER_1] please"),
        ("commandes 77120 et 77121", "commandes [ORDER_1] et [ORDER_2]"),
        ("la facture de mars (2403-117) est fausse", "la facture de mars ([ORDER_1]) est fausse"),
        ("my order hasnt shipped, #W-20417-UK", "my order hasnt shipped, [ORDER_1]"),
        # The number first.
        ("4471882 is my account number", "[ACCOUNT_1] is my account number"),
        ("77120 ist meine kundennummer", "[ACCOUNT_1] ist meine kundennummer"),
    ],
)
def test_a_number_of_anything_goes(chat: Chat, text: str, redacted: str) -> None:
    """R31"""
    assert scrub(chat(text), ruleset=RULES).turns[0].text.startswith(redacted)


@pytest.mark.parametrize(
    "text",
    [
        "the job pays 42000 a year",
        "job lot of 20000 screws",
        "client list has 12500 entries",
        "label 20 boxes",
        "my pension is 12500 a year",
        "refund 12000 please",
        "a quote for 12500",
        "the ticket says gate 12",
        "room number 40312 is cold",
        "version number 10023",
        "there is no 48213 in the list",
        "Herstellernummer 4047443458",
        "Passen 225/45 R17 auf den Wagen?",
        "kunde seit 2009",
        "contrat 2023-2024 de 24 mois",
        "sur Chrome 118.0.5993.70 ça plante",
        "devolución en 14 días",
    ],
)
def test_sums_counts_and_things_stay(chat: Chat, text: str) -> None:
    """R31"""
    assert scrub(chat(text), ruleset=RULES).turns[0].text == text


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("my order number is seven seven one two nine thanks", "my order number is [ORDER_1] than"),
        ("booking reference alpha kilo seven two quebec nine", "booking reference [ORDER_1]"),
        ("kundennummer ist die doppel sieben eins zwei null", "kundennummer ist die [ACCOUNT_1]"),
        ("der vertrag vierundvierzig einundsiebzig achtzehn", "der vertrag [ACCOUNT_1]"),
        (
            "mi número de cliente es doble siete uno dos nueve",
            "mi número de cliente es [ACCOUNT_1]",
        ),
        ("le contrat deux fois zéro sept quatre 91", "le contrat [ACCOUNT_1]"),
    ],
)
def test_a_number_said_aloud_goes(chat: Chat, text: str, redacted: str) -> None:
    """R31"""
    assert scrub(chat(text), ruleset=RULES).turns[0].text.startswith(redacted)


@pytest.mark.parametrize(
    "text",
    [
        "my order took two or three days, four at most",
        "I called about my policy one two three times",
        "the contract is for one or two people, once a year",
        "der vertrag läuft ein bis zwei jahre",
        "on a commandé deux ou trois fois",
    ],
)
def test_counts_in_words_stay(chat: Chat, text: str) -> None:
    """R31"""
    assert scrub(chat(text), ruleset=RULES).turns[0].text == text


def test_a_number_spelled_in_an_answer_goes(chat: Chat) -> None:
    """R31"""
    said = chat(("agent", "Your order number?"), "o as in oscar, four four one seven")
    assert scrub(said, ruleset=RULES).turns[1].text == "[ORDER_1]"
