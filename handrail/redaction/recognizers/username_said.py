"""User names that are mere words, where a sentence leaves no other reading."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.base import Cued, Sought, either, listed
from handrail.redaction.recognizers.names import is_brand, is_everyday, is_ware
from handrail.redaction.recognizers.spoken_digits import DIGITS

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
    old account was|old acc was|old account|my acc is|my acc was|kik|guild leader is|
    alter account war|altes konto war|ancien compte c'etait|ancien compte etait|cuenta vieja era|
    cuenta anterior era|
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
# Beside the word for whose it is, where the sentence goes on as it does behind a name: "seller
# vintagewren won't reply".
_BESIDE = Cued(
    """username|user name|user|login|seller|buyer|player|profile|account|channel|trader|host|
    benutzer|benutzername|nutzer|nutzername|verkaufer|verkauferin|kaufer|spieler|profil|kanal|
    utilisateur|identifiant|pseudo|vendeur|vendeuse|acheteur|joueur|compte|profil""",
    rf",?\s{_VALUE},?\s(?:won't|wont|doesn't|doesnt|didn't|didnt|hasn't|isn't|never|keeps|refuses|"
    r"sent|has|got|can't|cant|cannot|locked|blocked|banned|suspended|hacked|disabled|stopped|"
    r"opened|reported|scammed|gesperrt|gebannt|blockiert|gehackt|wurde|hat|kann|reagiert|meldet|"
    r"antwortet|schreibt|geht|ne|n'est|m'a|bloque|banni|pirate|refuse|repond)\b",
)
_BESIDE_SPANISH = Cued(
    "usuario|usuaria|vendedor|vendedora|comprador|jugador|perfil|cuenta|canal",
    rf",?\s{_VALUE},?\s(?:no|me|esta|fue|bloqueado|baneado|hackeado|sigue)\b",
)
# From whom something was bought: "from vintagewren on ebay".
_TRADED = Cued(
    "from|with|by|bei|von|mit|a|chez|avec|de|con",
    rf"\s{_VALUE}\s{_IN}{_PLACE}\b",
)
# "Add me: otter_milk", "my alt is zephkin".
_ALSO = Cued(
    """add me|friend me|follow me|my alt|the alt|alt is|my main is|my channel is|channel is|
    twitch channel is|youtube channel is|channel called|my tag is|xbox tag|wechat|wechat id|ebay id|
    mein kanal ist|mein kanal heisst|kanal heisst|ich logge mich mit|logge mich ein als|
    ma chaine c'est|ma chaine twitch c'est|ma chaine est|je me connecte avec|compte au nom de|
    ajoutez-moi|ajoute-moi|bin auf twitch|bin auf insta|bin auf steam|bin auf discord|
    suis sur twitch|suis sur discord|estoy en twitch|estoy en discord|mi canal es|
    mi canal de twitch es|agregame|anademe|entro con""",
    rf"(?:\s(?:is|(?:on|auf|sur|en)\s\w{{3,10}}|as|als))?\s?:?\s{_VALUE}"
    r"(?=[,.;!?)\"'\n]|\s|$)",
)
# The old one and the new: "my user name from tidepool to tidepoolnine".
_CHANGED = Cued(
    """username|user name|handle|nick|nickname|gamertag|login|benutzername|benutzernamen|
    nutzernamen|pseudo|identifiant|usuario|nombre de usuario""",
    rf"\s(?:from|von|de)\s[\w.-]{{3,32}}\s(?:to|auf|in|zu|a|en|por)\s{_VALUE}",
)
# As players call themselves, words in capitals written as one: "player NoScopeNana".
_PLAYER = Cued(
    "player|user|account|streamer|spieler|nutzer|joueur|utilisateur|jugador|jugadora|usuario|cuenta",
    r"\s(?P<value>(?-i:[A-Z][a-z]+(?:[A-Z][a-z]+)+))(?![\w@.-]\w)",
)
# Names of several words, in capitals up to the end of the clause.
_TITLED = Cued(
    """gamertag|gamer tag|username|user name|nickname|nick|ign|handle|player name|display name|
    profile is called|account is called|profile name|benutzername|spielername|ingame-name|
    anzeigename|profil heisst|account heisst|pseudo|nom de joueur|profil s'appelle|
    compte s'appelle|apodo|usuario|nombre de usuario|perfil se llama|cuenta se llama""",
    r"(?:\s?(?:is|ist|lautet|est|c'est|es))?\s?:?\s"
    r"[\"']?(?P<value>(?-i:[A-Z][\w'-]{1,20}\s"
    r"(?:(?:the|of|le|la|les|el|los|de|du|der|die|das|von)\s)?(?:[A-Z][\w'-]{1,20}\s){0,2}"
    r"(?:[A-Z][\w'-]{1,20}|\d{1,4})))(?=\s?(?:[,.;!?)\"'\n]|$))",
)
# As people dictate one: "identifiant chauveseau tiret bas isa sept sept", "login tom underscore 7".
_SPOKEN = Cued(
    """username|user name|handle|nickname|nick|gamertag|gamer tag|login|login name|user id|
    benutzername|nutzername|anmeldename|benutzerkennung|kennung|spielername|identifiant|pseudo|
    nom d'utilisateur|nombre de usuario|usuario|apodo""",
    r"(?:\s?(?:is|ist|lautet|est|c'est|es|:|=)(?![\w-])){0,2}\s(?P<value>[a-z]\w{1,20}"
    r"(?:\s(?:under ?score|dash|hyphen|unterstrich|bindestrich|tiret(?: du)? bas|tiret|guion bajo|"
    rf"barra baja|guion)\s\w{{1,20}}){{1,3}}(?:\s(?:\d{{1,4}}|{either('|'.join(DIGITS))})){{0,9}})"
    r"(?!\w)",
)
# What one service or another writes before or behind a name.
_TAGGED = Sought(
    r"(?<![\w@/#.:$])(?:(?P<tag>[A-Za-z]\w{2,20}#\d{3,5})|u/(?P<reddit>[A-Za-z0-9_-]{3,20})|"
    r"(?P<skype>live:[\w.-]{3,30})|"
    r"(?P<crossed>[xX]{2}_?(?=[xX]{0,9}[a-wyzA-WYZ])[A-Za-z0-9]{2,20}_?[xX]{2})|"
    r"paypal\.me/(?P<paypal>[\w-]{3,30}))(?![\w#/])"
)
_CASH = Cued(
    "cash app|cashapp|cashtag|cash tag",
    r"(?:\s(?:is|name))?\s?:?\s(?P<value>\$[A-Za-z][\w-]{2,20})",
)
_MERE_WORDS = (
    _I_AM, _THERE, _STATED, _BESIDE, _BESIDE_SPANISH, _TRADED, _ALSO, _CHANGED, _PLAYER,
)  # fmt: skip
FORMS = (*_MERE_WORDS, _TITLED, _SPOKEN, _CASH, _TAGGED)
_VERBAL = re.compile(
    r".{2}(?:ing|ed|ly|able|ous|ful|less|ieren|iert|lich|isch|bar|igen|ement|ique|mente|ando|iendo|"
    r"ado|ada|ido|ida|ados|idos|ee|ees|ung|tion|cion|end|enen|ert|ait|ais)$"
    # German participles: "gestorben", "verschwunden", "aufgebraucht".
    r"|^(?:\w{2,4}ge|ge|ver|zer|ent|be|er)\w{3,12}(?:t|en)$"
)
_DOMAIN = re.compile(r"\.(?:com|net|org|io|eu|uk|fr|es|de|at|ch|be|mx|ar|ca|tv|app|info)$")
_NO_NAME = listed(
    "not and the for with from your mine this that just only also never same wrong locked again "
    "nicht noch mehr falsch gesperrt vergessen weg wieder auch schon kein keine sehr hier neu neue "
    "pas plus deja bloque oublie perdu faux aussi tres bien ici nouveau mon votre notre "
    "no ya mal bien otro otra mismo nuevo aqui muy todavia siempre tampoco bloqueado olvidado "
    "interface agreement experience support settings guide manual picture photo page data "
    "gone down empty unknown broken different invalid taken missing blank null none admin guest "
    "kaputt ungultig unbekannt leer vergeben pris invalide vide inconnu invalido vacio"
)


def said(text: str) -> Iterator[tuple[int, int]]:
    """Where words stand that plain `text` says to be a user name."""
    for pattern in _MERE_WORDS:
        for found in pattern.finditer(text):
            stated = pattern in (_I_AM, _THERE, _PLAYER) or (
                pattern is _STATED and bool(found["between"])
            )
            if _is_name(found["value"], stated=stated):
                yield found.span("value")
    for found in _CASH.finditer(text):
        yield found.span("value")
    for found in _TITLED.finditer(text):
        if not all(is_everyday(word.lower()) for word in found["value"].split()):
            yield found.span("value")
    for found in _SPOKEN.finditer(text):
        yield found.span("value")
    for found in _TAGGED.finditer(text):
        kind = found.lastgroup or "tag"
        if kind != "tag" or not is_everyday(found["tag"].partition("#")[0].lower()):
            yield found.span(kind)


def _is_name(value: str, *, stated: bool) -> bool:
    """Whether a word is no ordinary one; without a verb before it only one in small letters."""
    lower = value.lower()
    if (
        lower in _NO_NAME
        or lower in DIGITS
        or is_everyday(lower)
        or is_brand(lower)
        or is_ware(lower)
    ):
        return False
    if _DOMAIN.search(lower):
        return False
    return not _VERBAL.search(lower) and (stated or value.islower())
