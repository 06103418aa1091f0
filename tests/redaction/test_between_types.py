"""R31, R34: which type a value is of when more than one recognizer takes the same stretch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from handrail.conversations.model import Conversation, Customer
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.scrubber import scrubbed

Chat = Callable[..., Conversation]

# Addresses of the standards' own documents: BIP 173, the first block of Bitcoin, EIP 55.
WALLETS = (
    "my wallet is 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "send it to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq please",
    "the key is 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
)


def _scrubbed(chat: Chat, *said: Any, **fields: Any) -> tuple[list[str], list[str]]:
    """The redacted messages, and the rules of the credentials in them."""
    done = scrubbed(chat(*said, **fields), ruleset=STANDARD)
    texts = [turn.text for turn in done.conversation.turns]
    return texts, [credential.rule for credential in done.credentials]


@pytest.mark.parametrize("said", WALLETS)
def test_r34_a_wallet_is_an_account_and_asks_for_no_new_key(chat: Chat, said: str) -> None:
    (text,), credentials = _scrubbed(chat, said)
    assert "[ACCOUNT_1]" in text and not credentials


def test_r34_a_key_beside_a_wallet_still_opens_an_incident(chat: Chat) -> None:
    key = "Zq8" + "Lw3vXr9Tt2Ny6Kb4Hd7Jf1PsGm5Qc"
    (text,), credentials = _scrubbed(chat, f"{WALLETS[0]} and the api key is {key}")
    assert key not in text and credentials == ["api_key"]


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("mi movil es 612 345 678", "es"),
        ("call my cell: 943 476 5919", "en"),
        (("agent", "Which mobile number can we reach you at?"), "en"),
    ],
)
def test_r31_what_is_said_to_be_a_phone_is_one_whatever_its_check_digits(
    chat: Chat, said: Any, language: str
) -> None:
    more = ("943 476 5919",) if isinstance(said, tuple) else ()
    texts, _ = _scrubbed(chat, said, *more, language=language)
    assert "[PHONE_1]" in texts[-1]


def test_r31_the_profile_says_of_which_type_a_number_is(chat: Chat) -> None:
    known = Customer(None, {"phone": ("+34 612 345 678",), "customer_id": ("943 476 5919",)})
    (text,), _ = _scrubbed(chat, "612 345 678 / 943 476 5919", customer=known, language="es")
    assert "[PHONE_1]" in text and "[ACCOUNT_1]" in text


def test_r31_what_is_said_to_be_an_identifier_is_no_phone(chat: Chat) -> None:
    (text,), _ = _scrubbed(chat, "my nhs number is 943 476 5919")
    assert text == "my nhs number is [NATIONAL_ID_1]"


@pytest.mark.parametrize(
    ("said", "kind"),
    [("my nhs number is", "NATIONAL_ID"), ("call my cell:", "PHONE")],
)
def test_r31_what_was_said_of_a_number_holds_where_it_is_said_again(
    chat: Chat, said: str, kind: str
) -> None:
    texts, _ = _scrubbed(chat, f"{said} 943 476 5919", "again, 943 476 5919")
    assert texts == [f"{said} [{kind}_1]", f"again, [{kind}_1]"]


def test_r34_a_credential_that_the_company_knows_opens_its_incident(chat: Chat) -> None:
    known = Customer(None, {"pin": ("9255",)})
    (text,), credentials = _scrubbed(chat, "the pin is 9255", customer=known)
    assert "9255" not in text and credentials == ["pin"]
