"""User names that are mere words, where a sentence leaves no other reading."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.base import Cued, either, listed
from handrail.redaction.recognizers.names import is_brand, is_ordinary, is_ware

_VALUE = r"[\"'@(]?(?P<value>[^\W\d_][\w.-]{3,30}(?<![.-]))"
_PLACE = either(
    """xbox|steam|psn|playstation|switch|twitch|discord|insta|instagram|snap|snapchat|tiktok|reddit|
    ebay|kleinanzeigen|vinted|etsy|wallapop|leboncoin|milanuncios|forum|foro|game|spiel|jeu|juego|
    fortnite|roblox|minecraft|valorant|telegram|skype|twitter|facebook|mastodon|bluesky|github|
    strava|duolingo|spotify|youtube|paypal|venmo|chat|server|serveur|servidor"""
)
_IN = r"(?:on|in|at|bei|auf|im|in|sur|dans|chez|en)\s(?:the\s|le\s|la\s|el\s|dem\s|der\s|my\s)?"
# What follows the place: "on Steam I'm", "auf Steam bin ich der", "sur Steam je suis".
_I_AM = Cued(
    """i'm|im|i am|my name is|i'm called|i'm known as|im known as|i am known as|known as|i go by|
    bin ich|bin ich der|bin ich die|heisse ich|heiße ich|nenne ich mich|bin ich bekannt als|
    je suis|je m'appelle|c'est|mon nom c'est|mon nom est|soy|me llamo|estoy como|aparezco como|
    salgo como|mi nombre es|figuro como""",
    r"\s" + _VALUE + r"(?=[,.;!?)\"'\n]|\s|$)",
    left=rf"(?:\b{_IN}{_PLACE}|\b(?:steam|spiel|jeu|juego) ist mein name)\s\b",
)
# Behind the name: "you can find me as ... on Twitch", "je suis ... sur le forum".
_THERE = Cued(
    "as|i'm|i am|i go by|als|bin|ich bin|je suis|comme|en tant que|soy|como|estoy como",
    rf"\s{_VALUE}\s{_IN}{_PLACE}\b",
)
_STATED = Cued(
    """username|user name|handle|nickname|nick|gamertag|gamer tag|player tag|screen name|login|
    login name|account called|account named|account is|seller is|seller called|buyer is|
    buyer called|logging in as|log in as|logged in as|signing in as|benutzername|nutzername|
    anmeldename|anmeldenamen|benutzerkennung|kennung|spielername|verkaufer heisst|verkaufer heißt|
    verkaufer ist|kaufer heisst|kaufer heißt|account ist|account heisst|account heißt|
    konto heisst|konto heißt|name im spiel|
    identifiant|pseudo|pseudonyme|nom d'utilisateur|nom de joueur|vendeur s'appelle|vendeur c'est|
    vendeur est|acheteur s'appelle|connecte en tant que|connectee en tant que|compte c'est|
    le joueur|nombre de usuario|usuario|apodo|vendedor se llama|vendedor es|comprador es|
    logueo con|logueo como|conecto como|conecto con|entro con|entro como|aparezco como|
    nombre en el juego|cuenta se llama|el vendedor|la vendedora|el comprador""",
    r"(?P<between>(?:\s(?:over there|there|here|in game|in the game|im spiel|dort|dans le jeu|"
    rf"en el juego|{_IN}{_PLACE}))?"
    r"(?:\s?(?:is|was|ist|war|lautet|heisst|heißt|est|c'est|es|era|:|=)"
    rf"(?![\w-])){{0,2}})\s{{1,2}}{_VALUE}"
    r"(?=\s?[,.;!?)\"'\n]|\s?$|\s(?:doesn't|does|didn't|isn't|is|was|got|has|can't|won't|and|on|"
    r"geht|ist|hat|funktioniert|und|auf|bei|angemeldet|ne|n'est|est|a|et|sur|m'a|no|es|me|y|en)\b)",
)
FORMS = (_I_AM, _THERE, _STATED)
_VERBAL = re.compile(
    r".{2}(?:ing|ed|ly|able|ous|ful|less|ieren|iert|lich|isch|bar|igen|ement|ique|mente|ando|iendo|"
    r"ado|ada|ido|ida|ados|idos|ee|ees|ung|tion|cion|end|enen|ert|ait|ais)$"
    # German participles: "gestorben", "verschwunden", "aufgebraucht".
    r"|^(?:\w{2,4}ge|ge|ver|zer|ent|be|er)\w{3,12}(?:t|en)$"
)
_NO_NAME = listed(
    "not and the for with from your mine this that just only also never same wrong locked again "
    "nicht noch mehr falsch gesperrt vergessen weg wieder auch schon kein keine sehr hier neu neue "
    "pas plus deja bloque oublie perdu faux aussi tres bien ici nouveau mon votre notre "
    "no ya mal bien otro otra mismo nuevo aqui muy todavia siempre tampoco bloqueado olvidado "
    "gone down empty unknown broken different invalid taken missing blank null none admin guest "
    "kaputt ungultig unbekannt leer vergeben pris invalide vide inconnu invalido vacio"
)


def said(text: str) -> Iterator[tuple[int, int]]:
    """Where words stand that plain `text` says to be a user name."""
    for pattern in FORMS:
        for found in pattern.finditer(text):
            if _is_name(found["value"], stated=pattern is not _STATED or bool(found["between"])):
                yield found.span("value")


def _is_name(value: str, *, stated: bool) -> bool:
    """Whether a word is no ordinary one; without a verb before it only one in small letters."""
    lower = value.lower()
    if lower in _NO_NAME or is_ordinary(lower) or is_brand(lower) or is_ware(lower):
        return False
    return not _VERBAL.search(lower) and (stated or value.islower())
