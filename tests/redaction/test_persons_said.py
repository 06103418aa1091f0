"""Names that phrases around them give away, in any case, and what only stands in such places."""

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
        # Third persons in lower case, behind a word for what they are to somebody.
        ("my mate kwesi has the same router", "my mate [PERSON_1] has the same router"),
        ("für meinen vater ignatz hinterlechner", "für meinen vater [PERSON_1]"),
        ("nachbar czibulka hat nix bekommen", "nachbar [PERSON_1] hat nix bekommen"),
        ("mi jefa yolotzin lo pidió", "mi jefa [PERSON_1] lo pidió"),
        ("ma patronne oumou a commandé", "ma patronne [PERSON_1] a commandé"),
        ("some lady, brunhilde, answered", "some lady, [PERSON_1], answered"),
        ("un tal yerko me colgó", "un tal [PERSON_1] me colgó"),
        ("la señora etxeberria", "la señora [PERSON_1]"),
        ("the kids are ottokar and birdine", "the kids are [PERSON_1] and [PERSON_2]"),
        ("under my maiden name, szymborskaja", "under my maiden name, [PERSON_1]"),
        ("opened by s. nakamurata", "opened by [PERSON_1]"),
        ("kontaktieren sie jewgenina bitte", "kontaktieren sie [PERSON_1] bitte"),
        # To whom something belongs, who lives there.
        ("gucken sie unter chrsitian bäckmann", "gucken sie unter [PERSON_1]"),
        ("please deliver to saoirse ni bhriain instead", "please deliver to [PERSON_1] instead"),
        ("an der klingel steht Pieskerl", "an der klingel steht [PERSON_1]"),
        # Who speaks or spoke, before the words for it.
        ("krawczynski mein name, es geht um", "[PERSON_1] mein name, es geht um"),
        ("mbalinda from your team said it's fine", "[PERSON_1] from your team said it's fine"),
        # Signatures.
        ("merci bcp\nsosolene", "merci bcp\n[PERSON_1]"),
        ("thx in advance - jojolene", "thx in advance - [PERSON_1]"),
        # Initials, and spelled.
        ("authorized online by T Blackthwaite", "authorized online by [PERSON_1]"),
        ("ça s'écrit L E C O Q monsieur", "ça s'écrit [PERSON_1] monsieur"),
        # The old name and the new one.
        ("name change from Harlowe to Penhaligon", "name change from [PERSON_1] to [PERSON_2]"),
        ("früher Kottke, jetzt Brandlhuber", "früher [PERSON_1], jetzt [PERSON_2]"),
    ],
)
def test_a_name_that_is_said_goes(chat: Chat, text: str, redacted: str) -> None:
    """R31"""
    assert scrub(chat(text), ruleset=RULES).turns[0].text == redacted


@pytest.mark.parametrize(
    "text",
    [
        "my boss ordered it",
        "my partner will collect it",
        "mein mann holt es ab",
        "meine frau kocht und ich warte",
        "den alten hat mein mann verlegt.",
        "ma fille pleure et moi aussi",
        "mi hija llora, la pobre",
        "some lady answered",
        "the kids are hungry and tired",
        "contact support on the number above",
        "sent by e. mail",
        "un tal problema no existe",
        "der vertrag läuft auf ende märz",
        "bei nachbarn klingeln",
        "please deliver to the office instead",
        "on behalf of my company",
        "früher besser, jetzt schlechter",
        "change from Monday to Tuesday",
        "hier nochmal der link",
        "thanks - bye",
        "danke\nbis morgen",
        "hepatitis B impfung und vitamin C tabletten",
        "plan B works, gate C too",
        "AU SECOURS on m'a volé mon sac",
    ],
)
def test_words_in_the_places_of_names_stay(chat: Chat, text: str) -> None:
    """R31"""
    assert scrub(chat(text), ruleset=RULES).turns[0].text == text


@pytest.mark.parametrize(
    ("asked", "said", "redacted"),
    [
        ("Ihr Name bitte?", "ja hallo pieskerl", "ja hallo [PERSON_1]"),
        ("Whose name is it under?", "kowalczek probably", "[PERSON_1] probably"),
        ("Name on the booking?", "should be trelawneys x2", "should be [PERSON_1] x2"),
        ("Quel est votre nom ?", "mabialou, fulgencette", "[PERSON_1], [PERSON_2]"),
        ("Your name?", "t. kowalczek / none", "[PERSON_1] / none"),
        ("Your name please?", "oforiwaa but most people shorten it",
         "[PERSON_1] but most people shorten it"),
        ("Ihr Name bitte?", "wozu das", "wozu das"),
        ("Votre nom svp ?", "pourquoi faire", "pourquoi faire"),
    ],
)  # fmt: skip
def test_a_name_in_an_answer_goes(chat: Chat, asked: str, said: str, redacted: str) -> None:
    """R31"""
    assert scrub(chat(("agent", asked), said), ruleset=RULES).turns[1].text == redacted
