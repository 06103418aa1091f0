"""Names under which people are known to a service: logins, handles, gamertags."""

from __future__ import annotations

import re

from handrail.redaction.recognizers.base import Cued, Recognizer, Sought, listed
from handrail.redaction.recognizers.names import is_brand, is_common, is_everyday, is_ware
from handrail.redaction.recognizers.opaque import is_example
from handrail.redaction.recognizers.reference import is_prose
from handrail.redaction.recognizers.username_said import FORMS, said
from handrail.redaction.spans import Span, SpanType

# A payment address of India's UPI: a name or number at one of the providers.
_UPI = Sought(
    r"(?<![\w.-])[\w.-]{3,40}@(?:ok[a-z]{3,12}|ybl|ibl|axl|apl|upi|paytm|ptsbi|sbi|icici|hdfcbank|"
    r"axisbank|kotak|yapl|waicici|wahdfcbank)\b(?!\.)"
)
_NAME_WORD = Cued(
    """username|user name|user-name|user|nutzer|login|login name|log-in|handle|nickname|nick|
        screen name|benutzername|benutzer|nutzername|anmeldename|identifiant|pseudo|
        ign|i sign in with|i log in with|logged in under|signed in under|i go by|playing as|
        gamertag|gamer tag|player tag|
        player name|steam id|steam name|psn id|riot id|epic id|battletag|battle tag|insta|
        snapchat|tiktok|twitch|venmo|account name|profile name|display name|accountname|
        spielername|anzeigename|profilname|forenname|steam-name|nutzerkonto|benutzerkonto|
        spielerkonto|kennung|benutzerkennung|nutzerkennung|zugangskennung|angemeldet als|
        eingeloggt als|angemeldet bin ich als|eingeloggt bin ich als|angemeldet unter|
        im forum als|insta heisse ich|insta heiße ich|discord heisse ich|discord heiße ich|
        steam heisse ich|steam heiße ich|
        nom d'utilisateur|usuario|nombre de usuario|user id|userid|skype|telegram|
        discord|instagram|twitter|logged in as|sign in as|signed in as|
        insta|snap|snapchat|tiktok|twitch|psn|steam|gamertag|riot id|battletag|mi arroba|
        connecte en tant que|logueo con|logueo como|conecto como|sous le pseudo|
        sous le pseudonyme|sous le nom d'utilisateur|avec le pseudo|pseudonyme|
        avec l'identifiant|con el nick|con el usuario|con el alias|como usuario|
        nombre de perfil|nom de profil|nom de joueur|nom d'invocateur|nombre de jugador|
        nombre de invocador|apodo|leboncoin|vinted|wallapop|mercado libre|mercadolibre|
        compte|cuenta|c'est|soy|ami|mon id|mi id|utilisateur|vendeur|vendedor|
        je vends sous|vendo como|
        connecte sous|connectee sous|annonce de|anuncio de|compte pro|cuenta pro""",
    r")(?:\s{0,2}(?:name|id))?(?P<link>(?:\s{0,2}(?:is|ist|lautet|est|es|c'est|as|:|"
    r"=|heisst|heißt|war|was|called|named)\b){0,2}\s{0,2}:?)\s{0,2}[\"'@(#]?(?P<value>\b\w[\w.@-]{2,40})",
    left=r"\b(?P<word>",
)
_AT_HANDLE = Sought(r"(?<![\w.@/])@[A-Za-z_][\w.-]{2,30}\b(?![.:-]\w)")

# In no sentence a word: low lines between, digits behind, two names in capitals written as one.
_SHAPED = Sought(
    r"(?<![\w.@/\\#$:=&?%+*\"'-])(?=[A-Z0-9_.-]{0,20}[a-z])"
    r"(?:[A-Za-z0-9]{1,24}(?:_{1,2}[A-Za-z0-9]{1,24}){1,4}(?:_{1,2}|\.[A-Za-z0-9]{1,12})?|[A-Za-z]{4,20}(?<![A-Z])\d{2,6}"
    r"|[a-z]{3,20}[.-][a-z]{2,20}\d{1,6})(?![\w@]|[/\\&%$({\[*:.-](?!\s|$)|\s?[=:])"
)
_PART = re.compile(r"[A-Za-z]+")
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|csv|png|jpe?g|gif|zip|txt|log|html?|js|py|json|xml)$")
# "insta 404 error" is nobody's.
_FEWEST_BARE = 6


class Username(Recognizer):
    """Login names and handles."""

    name = "username"
    types = frozenset({SpanType.USERNAME})
    needs = (_AT_HANDLE, _UPI, _NAME_WORD, _SHAPED, *FORMS)

    def find(self, text: str, *, language: str) -> list[Span]:
        """After a word for it; a plain dictionary word counts only after "is" or a colon."""
        spans: list[Span] = []
        if "@" in text:
            spans += [Span(*m.span(), SpanType.USERNAME, 0.8) for m in _AT_HANDLE.finditer(text)]
            spans += [Span(*m.span(), SpanType.USERNAME, 0.9) for m in _UPI.finditer(text)]
        spans += [Span(*place, SpanType.USERNAME, 0.75) for place in said(text)]
        for found in _SHAPED.finditer(text):
            if _is_handle(found.group()) and is_prose(text):
                spans.append(Span(*found.span(), SpanType.USERNAME, 0.75))
        for found in _NAME_WORD.finditer(text):
            value = found["value"].rstrip(".-")
            link, word = found["link"].strip(), found["word"].lower()
            if len(set(value)) == 1:
                continue
            if not link and value[0].isdigit() and len(value) < _FEWEST_BARE:
                continue
            marked = any(c.isdigit() or c in "._" for c in value) or _is_joined(value)
            told = link and word in _SERVICES and any(c.isalpha() for c in value)
            if word in _VAGUE and not told and not _HANDLE.fullmatch(value):
                continue
            stated = word in _LEADING or (
                bool(link) and (word in _CERTAIN or (":" in link and word in _WITH_COLON))
            )
            alone = word.startswith(_OPENING) or word.endswith(_AT_ONCE)
            stated = stated or (_is_likely(value) and (alone or (bool(link) and word in _LIKELY)))
            if marked or (stated and value.lower() not in _NOT_NAMES and not is_common(value)):
                end = found.start("value") + len(value)
                spans.append(Span(found.start("value"), end, SpanType.USERNAME, 0.9))
        return spans


_CERTAIN = frozenset(
    [
        "username",
        "user name",
        "user-name",
        "login name",
        "benutzername",
        "nutzername",
        "anmeldename",
        "nom d'utilisateur",
        "nombre de usuario",
        "identifiant",
        "userid",
        "user id",
        "screen name",
        "logged in as",
        "signed in as",
        "pseudo",
        "gamertag",
        "ign",
        "player name",
        "steam name",
        "steam-name",
        "account name",
        "accountname",
        "profile name",
        "profilname",
        "spielername",
        "benutzerkennung",
        "nutzerkennung",
        "zugangskennung",
        "nick",
        "nickname",
        "gamertag",
        "pseudonyme",
        "nombre de perfil",
        "nom de profil",
        "nom de joueur",
        "nom d'invocateur",
        "nombre de jugador",
        "nombre de invocador",
        "apodo",
    ]
)
# A name follows at once.
_LEADING = frozenset(
    [
        "sous le pseudo",
        "sous le pseudonyme",
        "sous le nom d'utilisateur",
        "avec le pseudo",
        "avec l'identifiant",
        "con el nick",
        "con el usuario",
        "con el alias",
    ]
)
# Behind these a digit or a dot mostly make a year, a version or an address.
_SERVICES = frozenset(
    [
        *listed("snap steam psn tiktok twitch leboncoin vinted wallapop mercadolibre"),
        "mercado libre",
    ]
)
_VAGUE = (
    _SERVICES
    | listed("compte cuenta c'est soy ami utilisateur vendeur vendedor")
    | {
        "mon id",
        "mi id",
        "je vends sous",
        "vendo como",
        "connecte sous",
        "connectee sous",
        "annonce de",
        "anuncio de",
        "compte pro",
        "cuenta pro",
    }
)
# Words joined by low lines, or two by a dot that isn't that of an address or a file.
_HANDLE = re.compile(
    r"(?!(?:user|client|order|account|error|api|app|request|customer|session|device|page|file)_)"
    r"(?=\w*[a-z])[A-Za-z][A-Za-z0-9]*(?:_\w[\w.]*|"
    r"\.(?!(?:com|fr|es|net|org|io|mx|ar|be|ch|ca|de|html?|pdf|exe|php|js|py|jpe?g|png|txt|csv|"
    r"xlsx?|docx?|zip)$)[a-z_]{2,}\d*)"
)
# After "signed in as" and "auf Insta heiße ich" a name follows at once.
_OPENING = ("i go by", "im forum als")
_AT_ONCE = (" as", " in with", " under", " als", " unter", "heisse ich", "heiße ich")
# "my login is" may also say what is wrong.
_LIKELY = listed("login handle insta discord kennung nutzerkonto benutzerkonto spielerkonto")
_WITH_COLON = listed("login user benutzer usuario")
_NOT_NAMES = listed(
    "and the not null none wrong correct invalid a an my on at blocked locked "
    "actuel anterior nuevo nouveau correcto vacio registrado suspendu desactive suspendido "
    "bloque bloquee bloqueado inconnu invalide incorrect incorrecto pris deja ya no le la el "
    "mal faux valide gesperrt falsch vergeben unbekannt "
    "taken already still right unknown error failed password or with for "
    "empty missing required guest gast admin hacked laggy slow gone dead not so mir das nur "
    "gehackt gebannt deaktiviert abgelaufen kaputt weg leer tot verschwunden inaktiv"
)


def _is_handle(value: str) -> bool:
    """Whether a word of some parts holds one that is no ordinary word: no file, no variable."""
    parts = [part.lower() for part in _PART.findall(value)]
    if (
        _FILE.search(value)
        or is_example(value)
        or any(is_ware(part) or is_brand(part) for part in parts)
    ):
        return False
    return any(len(part) > 3 and not is_everyday(part) for part in parts)


def _is_joined(value: str) -> bool:
    """Whether small letters with a hyphen between have a part that is no word: `ftp-bolvjj`."""
    parts = value.split("-")
    return len(parts) > 1 and value.islower() and not all(map(is_everyday, parts))


def _is_likely(value: str) -> bool:
    """Whether a mere word can be a user name: no ordinary one, and no German noun."""
    ordinary = is_everyday(value.lower()) or value.endswith(("ed", "ing"))
    return not ordinary and not value.istitle()
