"""Credentials: keys of known issuers, tokens, passwords, PINs and codes that are said to be one."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from handrail.redaction.recognizers.base import Cued, Recognizer, listed
from handrail.redaction.recognizers.names import is_common
from handrail.redaction.spans import Span, SpanType

_ISSUED = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:AKIA|ASIA|AGPA|AIDA|AROA|ABIA|ACCA)[A-Z0-9]{16}"
    r"|gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255}|glpat-[\w-]{20,64}"
    r"|(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,255}|whsec_[A-Za-z0-9+/=]{16,128}"
    r"|sk-(?:proj-|ant-|svcacct-)?[\w-]{20,255}|xox[abeoprs]-[A-Za-z0-9-]{10,255}|"
    r"xapp-\d-[A-Z0-9-]{10,255}"
    r"|AIza[\w-]{35}|ya29\.[\w-]{20,255}|GOCSPX-[\w-]{20,64}|SG\.[\w-]{16,64}\.[\w-]{16,128}"
    r"|npm_[A-Za-z0-9]{30,64}|pypi-[\w-]{50,255}|hf_[A-Za-z0-9]{30,64}|dop_v1_[a-f0-9]{64}"
    r"|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|EAA[A-Za-z0-9]{30,255}|key-[a-f0-9]{32}|"
    r"hv[bs]\.[\w-]{24,255}"
    r"|SK[a-f0-9]{32}|AC[a-f0-9]{32}|sq0[a-z]{3}-[\w-]{22,64}|dapi[a-f0-9]{32}|lin_api_\w{32,64}"
    r"|eyJ[\w-]{8,2000}\.[\w-]{8,4000}(?:\.[\w-]{8,2000})?"
    r")(?![A-Za-z0-9])"
)
_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,30}(?:PRIVATE KEY|CERTIFICATE)(?: BLOCK)?-----"
    r"(?:[^-]|-(?!----END)){0,20000}(?:-----END [A-Z0-9 ]{0,40}-----)?"
)
_LINK = (
    r"(?:\s{0,2}(?:(?:is|was|are|to|ist|war|lautet|auf|c'est|(?:est|es)(?:\s(?:le|la|el))?|etait|"
    r"era|sera|now|just|still|should be)\b|:=|:|=|->|=>)){0,3}"
    r"\s{0,3}[\"'`<(]?"
)
# "mot de passe actuel est", "password for my account is".
_WHICH = (
    r"(?:\s(?:actuel|actual|d'avant|precedent|anterior|vieja|antigua|nouveau|nueva|provisoire|"
    r"temporal|provisional|temporaire)\b|\s(?:de|du|for|of|fur|para|pour|von)(?:\s[a-z']{1,12}){1,3}?"
    r"(?=\s?(?:is\b|est\b|es\b|ist\b|lautet\b|:|=)))?"
)
_PASSWORD = Cued(
    """password|passwort|passwd|pwd|passphrase|pass word|passcode|kennwort|
        mot de passe|mdp|contrasena|clave|clave de acceso|clave secreta|code d'acces|
        palabra de paso|pw|pass""",
    r"(?![a-z])" + _WHICH + r"(?=[\s:=\"'`<(\-])(" + _LINK + r")([^\s\"'`<>]{4,128})",
    left=r"(?<![a-z])",
)
_CODE = Cued(
    """pin|pin code|pincode|otp|cvv|cvc|cvv2|cvc2|csc|security code|one time code|
        one-time code|verification code|auth code|2fa code|2fa|sms code|tan|geheimzahl|
        prufziffer|prufnummer|sicherheitscode|kartenprufnummer|bestatigungscode|
        code secret|cryptogramme|code de securite|code de verification|codigo de seguridad|
        codigo de verificacion|confirmation code|code pin|login code|access code|
        el pin|einmalcode|code confidentiel|code d'acces|code de connexion|code de confirmation|
        code sms|code a usage unique|codigo pin|codigo de acceso|codigo de confirmacion|
        codigo sms|codigo secreto|numero secreto|clave dinamica|clave de firma""",
    r"(?:\s{0,2}(?:code|number|nummer|von|for my card|de la carte))?"
    + _LINK
    + r"((?=[A-Z0-9-]{0,7}\d)[A-Z0-9](?:-?[A-Z0-9]){2,7})(?![\w]|[.,:/-]\d)",
)
_NUMERIC_CODE = Cued(
    "code|codigo",
    _LINK + r"(\d{4,8})(?![\w]|[.,:/-]\d)",
    left=r"(?<!promo )(?<!error )(?<!zip )(?<!country )(?<!fehler)\b",
)
# "the code I got by text is 552901", but no voucher, postal or error code.
_CODE_RECEIVED = Cued(
    "code|codigo",
    r"(?:\s(?!(?:promo|postal|err|fehler|art|prod|bar|rabatt|descuento|remise)[a-z]*\b)[a-z']{1,12})"
    r"{1,6}?\s?(?:is|ist|lautet|est|es|c'est|:)\s{1,2}(\d{4,8})(?![\w]|[.,:/-]\d)",
)
_KEYED = re.compile(
    r"(?:key|token|secret|bearer|credential|auth(?:orization)?|apikey|signature|session|schlussel|"
    r"schluessel|clave|cle|jeton)"
    r"\w{0,20}[\"'`]?(?:\s{0,2}(?:is|ist|est|es|:=|:|=|=>|->|,)){0,3}\s{0,3}[\"'`(<]{0,2}"
    r"([A-Za-z0-9+/=_.~-]{12,512})",
    re.IGNORECASE,
)
_LONG_TOKEN = re.compile(r"\S{12}")
_LOOSE = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{20,200}={0,2}(?![\w+/=-])")
_DIGIT = re.compile(r"[0-9]")
_EXAMPLE = re.compile(
    r"([xX*0.])\1{5}|abcdefgh|ABCDEFGH|0123456789|EXAMPLE|example|YOUR|your_|TokenHere|RANDOM|"
    r"xxxx-xxxx"
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NO_PASSWORD = listed(
    "reset reset. is are was not wrong invalid incorrect expired again "
    "please doesn't does dont don't isn't "
    "won't change changed link page email works working work that this with from when because "
    "which before "
    "after help forgotten vergessen falsch nicht ungultig zurucksetzen andern geandert oublie "
    "incorrecte "
    "perdu reinitialiser olvidada olvidado incorrecta cambiar never will would could should "
    "must have has "
    "required protected field screen manager rules policy request recovery hint keeps here "
    "there yesterday "
    "today still being what your mine same once since until only also never then than they "
    "them into over "
    "abgelaufen funktioniert wurde sein eingeben eingegeben para pero pour mais dans avec "
    "funciona caducado "
    "refuse refusee rejete rejetee bloque bloquee invalide errone erronee expire expiree fausse "
    "correcte oubliee perdue obsolete inconnu desactive different differente requis demande "
    "redemande accepte reconnu pirate compromis modifie impossible "
    "rechazada rechazado bloqueada bloqueado invalida erronea erroneo caducada expirada correcta "
    "perdida desconocida desactivada distinta demasiado requerida pedida aceptada reconocida "
    "robada comprometida cambiada siempre imposible incorrecto misma ninguna "
    "gesperrt abgelehnt bekannt unbekannt gultig gestohlen geknackt "
    "anymore nothing correct fine twice cannot longer attempts attempt update updated too"
)


class Secret(Recognizer):
    """Everything that opens something."""

    name = "secret"
    types = frozenset({SpanType.SECRET})

    def find(self, text: str, *, language: str) -> list[Span]:
        """Known prefixes anywhere; passwords, codes and random tokens where they are named."""
        spans: list[Span] = []
        if _LONG_TOKEN.search(text):
            spans += _tokens(text)
        if "-----BEGIN" in text:
            spans += [Span(*m.span(), SpanType.SECRET, 0.99) for m in _PEM.finditer(text)]
        for found in _PASSWORD.finditer(text):
            value = found.group(2).rstrip(".,;)!?") or found.group(2)
            if _is_password(value, stated=bool(found.group(1).strip())):
                end = found.end(2) if found.group(2)[-1] in "!?" else found.start(2) + len(value)
                spans.append(Span(found.start(2), end, SpanType.SECRET, 0.9))
        if _DIGIT.search(text):
            for codes in (_CODE, _NUMERIC_CODE, _CODE_RECEIVED):
                spans += [Span(*m.span(1), SpanType.SECRET, 0.85) for m in codes.finditer(text)]
        return spans


def _tokens(text: str) -> Iterator[Span]:
    """Keys of known issuers and random-looking tokens."""
    for found in _ISSUED.finditer(text):
        if not _dummy(found.group()):
            yield Span(*found.span(), SpanType.SECRET, 0.99)
    if not _DIGIT.search(text):
        return
    for found in _KEYED.finditer(text):
        if _random_looking(found.group(1), bits=3.0) and _mixed(found.group(1), every=5):
            yield Span(*found.span(1), SpanType.SECRET, 0.9)
    for found in _LOOSE.finditer(text):
        if _random_looking(found.group(), bits=3.3) and _mixed(found.group(), every=3):
            yield Span(*found.span(), SpanType.SECRET, 0.8)


def _is_password(value: str, *, stated: bool) -> bool:
    """A word that could be a password: not one that continues the sentence."""
    word = value.lower().strip(".,;:!?()")
    if word in _NO_PASSWORD or is_common(word):
        return False
    marked = any(c.isdigit() or c in "!@#$%^&*_+=~|\\" for c in value.rstrip("!?"))
    return marked or (stated and len(word) >= 6 and not word.endswith(("ing", "ed")))


def _entropy(text: str) -> float:
    """Bits per character (Shannon) of the characters' own frequencies."""
    total = len(text)
    return -sum(n / total * math.log2(n / total) for n in Counter(text).values())


def _dummy(text: str) -> bool:
    """An example in somebody's documentation: `ghp_xxxxxxxx`, an alphabet, the word itself."""
    return bool(_EXAMPLE.search(text))


def _random_looking(text: str, *, bits: float) -> bool:
    digits = sum(c.isdigit() for c in text)
    return 2 <= digits < len(text) and _entropy(text) >= bits and not _dummy(text)


def _mixed(text: str, *, every: int) -> bool:
    """Hexadecimal of a key's length, or letters and digits that change every few places."""
    if re.fullmatch(r"[0-9a-f]{24,128}|[0-9A-F]{24,128}", text):
        return True
    if _UUID.fullmatch(text) or re.search(r"[/.][a-z]{3,}[/.]", text):
        return False
    changes = len(re.findall(r"(?<=[a-z])[A-Z0-9]|(?<=[A-Z])[a-z0-9]|(?<=[0-9])[A-Za-z]", text))
    cased = bool(re.search(r"[a-z]", text) and re.search(r"[A-Z]", text))
    return (cased or every > 3) and changes * every >= len(text)
