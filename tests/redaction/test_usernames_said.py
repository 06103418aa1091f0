"""User names that sentences give away, and the words that only look like them."""

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
        # Beside whose it is, where the sentence goes on as behind a name.
        ("seller vintagewren won't reply", "seller [USERNAME_1] won't reply"),
        ("Username kpatel locked", "Username [USERNAME_1] locked"),
        ("vendedor trastolila no responde", "vendedor [USERNAME_1] no responde"),
        ("benutzer gartenlurch wurde gesperrt", "benutzer [USERNAME_1] wurde gesperrt"),
        # From whom it was bought, the other account, the new name.
        ("got it from dustyattic on ebay", "got it from [USERNAME_1] on ebay"),
        ("acheté à loubrocante sur vinted", "acheté à [USERNAME_1] sur vinted"),
        ("my alt is zephkin", "my alt is [USERNAME_1]"),
        ("ma chaine twitch c'est brumeline", "ma chaine twitch c'est [USERNAME_1]"),
        ("change my user name from tidepool9 to tidepoolnine",
         "change my user name from [USERNAME_1] to [USERNAME_2]"),
        ("mi cuenta vieja era teteralila", "mi cuenta vieja era [USERNAME_1]"),
        ("reported player NoScopeWombat", "reported player [USERNAME_1]"),
        # Of several words.
        ("gamertag: Salty Pretzel 9", "gamertag: [USERNAME_1]"),
        ("pseudo : Le Furet Masqué", "pseudo : [USERNAME_1]"),
        ("my profile is called The Damp Wombat", "my profile is called [USERNAME_1]"),
        # As they are dictated.
        ("identifiant corvuseau tiret bas lea sept huit",
         "identifiant [USERNAME_1]"),
        ("my login is tom underscore seven two", "my login is [USERNAME_1]"),
        ("benutzername uhlenfels unterstrich kai neun drei", "benutzername [USERNAME_1]"),
        ("el usuario es ana guion bajo ruiz 77 y no entra",
         "el usuario es [USERNAME_1] y no entra"),
        ("my username dash board is broken", "my username dash board is broken"),
        # As services write them.
        ("battlenet Corvidae#2219", "battlenet [USERNAME_1]"),
        ("reddit u/quietmarmot", "reddit u/[USERNAME_1]"),
        ("cash app $kitlarch", "cash app [USERNAME_1]"),
        ("mi cuenta xXGalletaXx fue baneada", "mi cuenta [USERNAME_1] fue baneada"),
        ("ftp user ftp-bolvjj", "ftp user [USERNAME_1]"),
    ],
)  # fmt: skip
def test_a_user_name_that_is_said_goes(chat: Chat, text: str, redacted: str) -> None:
    """R31"""
    assert scrub(chat(text), ruleset=RULES).turns[0].text == redacted


@pytest.mark.parametrize(
    "text",
    [
        "the seller refuses to help",
        "seller never sent it",
        "user interface is slow",
        "le compte renseigné est le bon",
        "my account was hacked",
        "verkäufer reagiert nicht",
        "ordered it from germany on ebay",
        "acheté à prix réduit sur vinted",
        "add me to the list",
        "my channel is gone",
        "je joue sous windows",
        "order#44817 is open in the queue",
        "Login: Not Working",
    ],
)
def test_what_is_said_of_accounts_stays(chat: Chat, text: str) -> None:
    """R31"""
    said = scrub(chat(text), ruleset=RULES).turns[0].text
    assert "USERNAME" not in said


@pytest.mark.parametrize(
    ("asked", "said", "redacted"),
    [
        ("And your gamertag?", "Lazy Otter", "[USERNAME_1]"),
        ("Und der Gamertag?", "stiller otter", "[USERNAME_1]"),
        ("What name do you play under?", "wobblefish", "[USERNAME_1]"),
        ("Pseudo ?", "lierrelila tout en minuscules", "[USERNAME_1] tout en minuscules"),
        ("What's your username?", "don't remember", "don't remember"),
        ("What's your username?", "why do you ask", "why do you ask"),
        ("Unter welchem Namen spielen Sie?", "keine ahnung", "keine ahnung"),
    ],
)
def test_a_user_name_in_an_answer_goes(chat: Chat, asked: str, said: str, redacted: str) -> None:
    """R31"""
    assert scrub(chat(("agent", asked), said), ruleset=RULES).turns[1].text == redacted
