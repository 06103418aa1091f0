"""What an e-mail quotes is dropped where it is marked as that, in four languages (R2, R17)."""

from __future__ import annotations

import time

import pytest

from handrail.conversations.sources.markup import text_of
from handrail.conversations.sources.quoting import without_quoted_history

REPLY = "It still has not come."
ATTRIBUTIONS = [
    "On Mon, Jan 5, 2026 at 10:00 AM Ada Muster <ada@mail.example> wrote:",
    "On 05/01/2026 10:00, Ada Muster wrote:",
    "On Mon, Jan 5, 2026 at 10:00 AM Ada Muster\n<ada.muster@mail.example>\nwrote:",
    "Am Mo., 5. Jan. 2026 um 10:00 Uhr schrieb Ada Muster <ada@mail.example>:",
    "Am 05.01.26 um 10:00 schrieb Ada Muster:",
    "Am Mo., 5. Jan. 2026 um 10:00 Uhr schrieb Ada Muster <\nada@mail.example>:",
    "Le lun. 5 janv. 2026 à 10:00, Ada Muster <ada@mail.example> a écrit\u00a0:",
    "Le 05/01/2026 à 10h00, Ada Muster a écrit :",
    "El lun, 5 ene 2026 a las 10:00, Ada Muster (<ada@mail.example>) escribió:",
]
MARKS = [
    "-----Original Message-----",
    "-----Ursprüngliche Nachricht-----",
    "-----Message d'origine-----",
    "----- Mensaje original -----",
    "##- Please type your reply above this line -##",
    "From: Ada\nSent: Monday, January 5, 2026 10:00\nTo: Help\nSubject: Parcel",
    "________________________________\n*Von:* Ada\n*Gesendet:* Montag\n*An:* Hilfe",
    "De : Ada\nEnvoyé : lundi\nÀ : Aide\nObjet : colis",
    "De: Ada\nEnviado el: lunes\nPara: Ayuda\nAsunto: paquete",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attributed_quotation_is_dropped(attribution: str) -> None:
    """R2: above, below and between the quoted lines, what the person wrote stays."""
    quoted = "> Where is it?\n>\n>> earlier"
    assert without_quoted_history(f"{REPLY}\n\n{attribution}\n\n{quoted}\n") == REPLY
    assert without_quoted_history(f"{attribution}\n{quoted}\n\n{REPLY}") == REPLY
    between = without_quoted_history(f"{attribution}\n> one\nyes\n> two\nno")
    assert between == "yes\nno"
    assert without_quoted_history(f"{attribution}\n{quoted}") == ""


@pytest.mark.parametrize("mark", [*ATTRIBUTIONS, *MARKS])
def test_what_follows_a_mark_is_dropped(mark: str) -> None:
    """R2: programs that don't mark each line quote to the end."""
    said = f"{REPLY}\n\n{mark}\n\nWhere is it?\n\nAda"
    assert without_quoted_history(said) == REPLY


@pytest.mark.parametrize(
    "signature", ["-- \nAda Muster\nMuster GmbH", "--\nAda", "-- \r\nAda", "-- \n" + "x\n" * 30]
)
def test_a_signature_is_dropped(signature: str) -> None:
    assert without_quoted_history(f"{REPLY}\n{signature}") == REPLY


def test_unattributed_quoted_lines_are_dropped() -> None:
    assert without_quoted_history(f"> Where is it?\n> Please tell.\n\n{REPLY}") == REPLY


def test_a_quoted_block_of_html_is_dropped() -> None:
    """R2: what a web mailer sends."""
    html = (
        f"<div>{REPLY}</div><div class=q><div>{ATTRIBUTIONS[4]}<br></div>"
        "<blockquote><p>Where?</p><p>When?</p></blockquote></div>"
    )
    assert without_quoted_history(text_of(html)) == REPLY


@pytest.mark.parametrize(
    "text",
    [
        "On Monday 5.1. your colleague wrote:\nyou get your money back.",
        "On 5 January 2026 at 10:00 I wrote:\nplease call me.",
        "On 5 January 2026 at 10:00 you wrote: a refund is on its way.\nWhere is it?",
        "Am 05.01.2026 um 10:00 schrieb ich Ihnen folgendes:\nbitte anrufen.",
        "Am 05.01.2026 um 10:00 schrieb ich wegen der Rechnung. Frage:\nwann?",
        "Le 5 janvier, votre collègue a écrit :\nvous serez remboursé.",
        "I pay only\n> 50 euros",
        ">:( where is it",
        "> Where is it?",
        f"{REPLY}\n\n---------- Forwarded message ---------\nFrom: Shop\nDate: Monday\n"
        "To: Ada\nSubject: x\n\n> the offer\n",
        "From: Berlin\nTo: Hamburg\nhow long does it take?",
        "one\n--\n" + "two\n" * 20,
        "-- \nonly this",
        "-----Original Message-----\nmy text is below the mark",
        "",
        "  two lines\n",
    ],
)
def test_what_may_be_the_persons_own_words_stays(text: str) -> None:
    """R2: when unsure, keep."""
    assert without_quoted_history(text) == text


HOSTILE = {
    "empty lines": "\n" * 1_000_000 + ">",
    "quoted": ">\n" * 500_000,
    "dates": "On 1.1.\n" * 125_000,
    "signatures": "--\n" * 330_000,
    "one long line": "On " * 330_000,
    "single quoted lines": "> a\n\n" * 200_000,
    "senders": "From: a\n" * 125_000,
    "attributions": "On 1/1/26 10:00 a wrote:\n" * 40_000,
    "attributions of no quotation": "On 1/1/26 b wrote:\n\n\n\n" * 40_000,
    "half attributions": "Am 1.1. schrieb a\n" * 50_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_of_hostile_lines_costs_no_more_than_a_long_message(name: str) -> None:
    """R2."""
    started = time.process_time()
    without_quoted_history(HOSTILE[name])
    assert time.process_time() - started < 20  # what is quadratic takes hours
