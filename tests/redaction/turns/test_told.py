"""Numbers that a sentence names in passing."""

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
        ("my pin doesn't work tho, 3318", "my pin doesn't work tho, [SECRET_1]"),
        ("locker code not working 448102", "locker code not working [SECRET_1]"),
        ("die PIN war überall 3318, schlimm?", "die PIN war überall [SECRET_1], schlimm?"),
        ("mon nip 3318 est bon ?", "mon nip [SECRET_1] est bon ?"),
        ("el código del casillero 448102 no jala", "el código del casillero [SECRET_1] no jala"),
        ("paid by a buyer called plum_dusty", "paid by a buyer called [USERNAME_1]"),
        ("discord ist auch neu: lachs#4417", "discord ist auch neu: [USERNAME_1]"),
        ("son compte c'est zazie.brl", "son compte c'est [USERNAME_1]"),
        ("transfer to IBAN GB33BUKB20201555555555", "transfer to IBAN [IBAN_1]"),
        ("transaction QX-7K2PLMDN09", "transaction [ORDER_1]"),
        ("das Paket JQ0046183521997 ging zurück", "das Paket [ORDER_1] ging zurück"),
        ("resa H-771265 on arrive tard", "resa [ORDER_1] on arrive tard"),
        ("mi cbu sigue siendo 0170099220000067797370", "mi cbu sigue siendo [IBAN_1]"),
        ("mon abonnement TCR 53447798 est payé", "mon abonnement [ACCOUNT_1] est payé"),
    ],
)
def test_a_number_named_in_passing_goes(chat: Chat, text: str, redacted: str) -> None:
    """R31"""
    assert scrub(chat(text), ruleset=RULES).turns[0].text == redacted


@pytest.mark.parametrize(
    "text",
    [
        "the seller says it's fine since 13h45 or so",
        "log in with Chrome 120.0.5993 and it hangs",
        "tokens used: prompt 1843, completion 512",
        "the code SUMMER25 doesn't work",
        "I got error code 40471 on the page",
        "the code hasn't worked since 2021",
        "my pin fell off the jacket, it cost 1200 euros",
        "the order was huge, 12000 pieces",
        "the trip took 90 minutes and 1200 km",
        "our booking for 2 adults on 12/05/2025",
        "no order yet. The hotline has 400 people",
        "please change my reservation to 10th-26th of the following month",
    ],
)
def test_numbers_of_other_things_stay(chat: Chat, text: str) -> None:
    """R31"""
    assert scrub(chat(text), ruleset=RULES).turns[0].text == text
