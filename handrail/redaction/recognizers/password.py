"""Passwords that somebody says, in four languages, and the recovery phrases of wallets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from handrail.redaction.recognizers.base import Cued, Recognizer, Sought, listed
from handrail.redaction.recognizers.names import is_common
from handrail.redaction.recognizers.opaque import is_placeholder
from handrail.redaction.spans import Span, SpanType

_IS = (
    r"(?:\s{0,2}(?:(?:is|was|are|to|ist|war|lautet|auf|c'est|(?:est|es|era|etait)(?:\s(?:le|la|el|"
    r"toujours|siempre))?|used to be|solia ser|lautete|remains|stays|c'etait|fue|c|sera|now|just|"
    r"still|should be|noch|jetzt|sigue siendo|reste)"
    r"(?![^\s:=\"'`<(])|:=|:|=|->|=>))"
)
_ONCE = (
    r"(?:\s{1,2}(?:vorher|fruher|bisher|jetzt|aktuell|immer|previously|currently|always|before|avant|"
    r"toujours|antes|siempre)(?=\s))?"
)
_LINK = _IS + r"{0,3}" + _ONCE + r"\s{0,3}(?:(?<=[\s:])\"\s|[\"'`<(])?"
# "mot de passe actuel est", "password for my account is", "temporary password you sent is".
_WHICH = (
    r"(?:\s(?:actuel|actual|d'avant|precedent|anterior|vieja|antigua|nouveau|nueva|provisoire|"
    r"temporal|provisional|temporaire|wifi|wlan|internet|admin|root|initial|inicial|vocal|verbal|"
    r"de recogida|de retiro|de retrait|du wifi|del wifi|maitre|maestra|telefonica)\b){0,2}"
    r"(?:\s(?:de|du|des|for|of|on|at|in|fur|furs|beim|im|zum|vom|von|para|pour|del|you|i|wifi|wlan)(?:\s[a-z'-]{1,20})"
    r"{1,4}?(?=\s?(?:is\b|was\b|est\b|es\b|era\b|ist\b|war\b|lautet\b|:|=)))?"
)
_PASSWORD = Cued(
    """password|passwort|passwd|pwd|passphrase|pass word|pass phrase|passcode|kennwort|losung|
        mot de passe|mdp|contrasena|contrasenia|clave|clave de acceso|clave secreta|code d'acces|
        wlan key|kundenkennwort|telefonkennwort|kundenpasswort|hauptpasswort|masterpasswort|
        startpasswort|initialpasswort|einmalpasswort|routerpasswort|codewort|memorable word|
        security word|code word|codeword|security answer|secret answer|secret word|reponse secrete|
        mot secret|respuesta secreta|palabra secreta|geheime antwort|sicherheitsantwort|
        palabra de paso|pw|pass|passw|zugangswort|schlusselwort|netzwerkschlussel|
        clave wifi|clave del wifi|cle wifi|wlan-schlussel|sicherheitsschlussel|wifi key|
        network key|
        code wifi|code du wifi|code wi-fi|cle wi-fi|cle de securite|cle wep|cle wpa|clave wi-fi|
        clave wpa|clave de red|clave de internet|contrasenya|mi contra|la contra|
        kennphrase|passphrase wlan|abholkennwort|erstpasswort|verbal password|
        phrase secrete|phrase de passe|frase de paso|frase secreta|passsatz|
        psk|pre-shared key|preshared key|shared secret|radius secret|community string|requirepass|
        pasword|passord|passwrd|passwod|passowrd|passwrod|paswword|passsword|pssword|pasowrd|
        pword|passwort|paswort|passwrot|passwor|kenwort|kennwrot|kennword|kenntwort|
        mot de passse|mot de pase|mot de pass|motdepasse|mo de passe|mot passe|
        contrasenna|contracena|contrsena|contrsaena|contrasea|contasena|
        constrasena|contraseha|contrazena|contracenia""",
    r"(?![a-z])" + _WHICH + r"(?=[\s:=\"'`<(\-])(" + _LINK + r")([^\s\"'`<>]{4,128})",
    left=r"(?<![a-z])",
)
# The name of a field: `dbPassword: "..."`, `PGPASSWORD=...`, `<password>...</password>`.
_FIELD = Sought(
    r"(?P<name>(?:passw(?:or)?d|(?<=[\"'])pass(?=[\"'])|passphrase|passwort|kennwort|pwd|_pass|_pw|mdp|contrasena)"
    r"[A-Za-z0-9_]{0,20})[\"'`\])\\>]{0,3}\s{0,3}(?:value\s?=|\?=|:{0,3}=|=>|->|[:=,]|(?<=>))\s{0,6}"
    r"\(?(?:[@bfr](?=[\"'`]))?\\?(?:\"(?P<one>[^\"\n]{4,128})\"|'(?P<two>[^'\n]{4,128})'"
    r"|(?P<three>[^\s\"'`<>,;]{4,128}))",
    re.IGNORECASE,
)
# "I log in with anna.k / Sommer2019!"
_WITH_USER = Sought(
    r"\b(?:log(?:ged|ging)?[ -]?in|sign(?:ed)?[ -]?in|credentials|creds|login|"
    r"zugangsdaten|anmeldedaten|"
    r"identifiants|credenciales|datos de acceso)\b(?:\s(?:with|as|mit|als|avec|con|are|is|sind|"
    r"sont|son|data)){0,2}\s?:?\s{1,2}[^\s/]{2,64}\s?[/|]\s?(?P<value>[^\s/|]{4,64})",
    re.IGNORECASE,
)
# "azerty77 is my password", "I tried Winter!44 as the password"
_BEFORE = Sought(
    r"(?<!\S)[\"'`]?(?P<value>(?=[^\s\d]{0,30}\d)(?=[^\sa-z]{0,30}[a-z])[^\s\"'`<>()]{5,64})[\"'`)]?\s"
    r"(?:is|was|ist|war|est|etait|c'est|es|era|como|comme|als|as)\s"
    r"(?:(?:my|the|a|mein|das|neues|new|mon|le|mi|la)\s)?"
    r"(?:password|passwort|kennwort|passcode|pw|pwd|mot de passe|mdp|contrasena|clave)\b",
    re.IGNORECASE,
)
# Twelve to twenty-four words of three to eight letters, as wallets show them (BIP 39).
_PHRASE = Cued(
    """seed phrase|recovery phrase|secret phrase|mnemonic|mnemonic phrase|backup phrase|
        wallet phrase|seed words|recovery words|backup words|12 words|24 words|passphrase|
        wiederherstellungsphrase|wiederherstellungsworter|merksatz|phrase de recuperation|
        phrase secrete|frase semilla|frase de recuperacion|frase secreta|palabras semilla|
        12 word backup|24 word backup|12 word phrase|24 word phrase|12-word phrase|
        24-word phrase|12-word backup|12 wort|24 wort|12-wort|12 worter|24 worter|12 mots|24 mots|
        12 palabras|24 palabras|twelve words|zwolf worter|
        douze mots|doce palabras|phrase de restauration|phrase de secours|frase de respaldo""",
    r"[^.\n:]{0,40}[:.,\n\s-]{1,4}[\"'(]?"
    r"(?P<words>(?:\d{0,2}[.)]?\s{0,2}[a-z]{3,8}[\s,]{1,3}){11,23}\d{0,2}[.)]?\s{0,2}[a-z]{3,8})\b",
)
# What an authenticator is set up with, in base 32.
_SEED = Cued(
    """2fa secret|totp secret|totp seed|2fa seed|mfa secret|mfa seed|otp secret|otp seed|
        authenticator secret|authenticator key|authenticator seed|setup key|2fa key|totp key|
        2fa-schlussel|einrichtungsschlussel|2fa-geheimnis|cle 2fa|cle de configuration|
        cle totp|secret totp|clave 2fa|clave de configuracion|secreto totp|semilla totp""",
    _LINK + r"(?P<seed>(?=[A-Z ]{0,60}[2-7]|(?-i:[A-Z]))[A-Z2-7]{4}(?:[ -]?[A-Z2-7]{4}){2,15}"
    r"[A-Z2-7]{0,3})(?!\w)",
)
# No list of recovery words holds these.
_IN_SENTENCES = listed(
    "the and was not are for has but had the der die das und ist les des est los "
    "las una que por with from your wallet phrase words"
)
# Four words and more up to the end of the clause: "correct horse battery staple".
_WORDS = re.compile(r"[a-z]{3,9}(?: [a-z]{3,9}){3,7}(?=[\"'`).,;!?]{0,2}(?:\s|$))(?! [a-z])")
_FEWEST_RARE = 2
# A phrase of words and numbers up to the end of the line.
_LINE = re.compile(r"[^\W_][\w'-]*(?: [\w'-]+){1,6}(?=\s?[\"'`.!]?\s*(?:\n|$))")
_TROUBLE = listed(
    "not please reset wrong forgot forgotten invalid incorrect bitte nicht falsch vergessen pas "
    "oublie incorrecte porfavor olvide incorrecta can't cannot doesn't don't"
)
# In quotes two words and more, whatever their endings; capitals too.
_QUOTED = re.compile(r"[^\W\d_]{2,20}(?: [^\W\d_]{2,20}){1,7}(?=\s?[\"'`])")
_YEAR = re.compile(r"(?:19|20)\d\d")
# What a request begins with that goes on behind "password:", in Spanish and Italian.
_REQUEST = re.compile(
    r"[a-z]{2,}[aei]n?(?:me|nos)(?:l[oae]s?)?(?= (?:un|una|uno|otr[oa]|nuev[oa]|el|la|los|las|lo|"
    r"por|porfa|que|con|al?|de|en|ya|mi|su)\b)"
    r"|(?:potete|potreste|avete|sapete|volete|dovete|riuscite|[a-z]{2,}[aei]te(?:mi|ci))(?= [a-z])"
)
_NO_PASSWORD = listed(
    "pflicht erforderlich notig leer verlangt angenommen zuruckgesetzt angefordert "
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
    "valable valida valido vencida vencido sirve coincide marche fonctionnait acceptee "
    "gesperrt abgelehnt bekannt unbekannt gultig gestohlen geknackt "
    "vorher fruher bisher jetzt aktuell previously currently always before avant antes "
    "valid missing empty weak strong unsicher schwach faible debil muy tres sehr "
    "case casesensitive sensitive mehrmals mehrfach bereits leider unfortunately "
    "anymore nothing correct fine twice cannot longer attempts attempt update updated too"
)


class Password(Recognizer):
    """Passwords and recovery phrases, after a word for one."""

    name = "password"
    types = frozenset({SpanType.SECRET})
    needs = (_PASSWORD, _FIELD, _WITH_USER, _BEFORE, _PHRASE, _SEED)

    def find(self, text: str, *, language: str) -> list[Span]:
        """What a sentence or a field states; a word that goes on with the sentence stays."""
        spans = [*_said(text), *_in_fields(text)]
        for found in (*_WITH_USER.finditer(text), *_BEFORE.finditer(text)):
            value = found["value"].rstrip(".,;)")
            if _is_password(value, stated=False):
                spans.append(_secret(found.start("value"), value, "password"))
        for found in _PHRASE.finditer(text):
            if _IN_SENTENCES.isdisjoint(found["words"].lower().replace(",", " ").split()):
                spans.append(_secret(found.start("words"), found["words"], "recovery_phrase"))
        for found in _SEED.finditer(text):
            spans.append(_secret(found.start("seed"), found["seed"], "otp_seed"))
        return spans


def _said(text: str) -> Iterator[Span]:
    for found in _PASSWORD.finditer(text):
        value = found.group(2).rstrip(".,;)!?") or found.group(2)
        stated = bool(found.group(1).strip())
        phrase = _WORDS.match(text, found.start(2)) if stated else None
        if phrase and _is_phrase(phrase.group().split()):
            yield _secret(found.start(2), phrase.group(), "password")
            continue
        in_quotes = found.group(1).rstrip().endswith(('"', "'", "`"))
        quoted = _QUOTED.match(text, found.start(2)) if in_quotes else None
        if quoted and _is_quoted(quoted.group()):
            yield _secret(found.start(2), quoted.group(), "password")
            continue
        if stated and "phras" in found.group()[:12].lower():
            line = _LINE.match(text, found.start(2))
            if line and _is_said_phrase(line.group().lower().split()):
                yield _secret(found.start(2), line.group(), "password")
                continue
        if _REQUEST.match(text, found.start(2)):
            continue
        # "a season pass 2024"
        if not stated and _YEAR.fullmatch(value):
            continue
        if not is_placeholder(value) and _is_password(value, stated=stated):
            # An exclamation mark may belong to it.
            whole = found.group(2) if found.group(2)[-1] in "!?" else value
            yield _secret(found.start(2), whole, "password")


def _in_fields(text: str) -> Iterator[Span]:
    for found in _FIELD.finditer(text):
        kind = next(kind for kind in ("one", "two", "three") if found[kind] is not None)
        value = found[kind]
        # Behind a comma, a sentence goes on: "the password, could you", unless in quotes.
        stated = True
        if kind == "three":
            value = value.rstrip(".,)")
            stated = "," not in text[found.end("name") : found.start(kind)]
            if _REQUEST.match(text, found.start(kind)):
                continue
        if len(value) >= 4 and not is_placeholder(value) and _is_password(value, stated=stated):
            yield _secret(found.start(kind), value, "password")


def _is_password(value: str, *, stated: bool) -> bool:
    """A word that could be a password: not one that continues the sentence."""
    word = value.lower().strip(".,;:!?()")
    if word in _NO_PASSWORD or is_common(word) or "://" in word:
        return False
    marked = any(c.isdigit() or c in "!@#$%^&*_+=~|\\" for c in value.rstrip("!?"))
    return marked or (stated and len(word) >= 6 and not word.endswith(("ing", "ed")))


def _is_phrase(words: Sequence[str]) -> bool:
    """Whether words make no sentence, so that they are a password of several."""
    # A sentence may go on with "correct"; with the horse of the best known example it doesn't.
    told = words[1:] if tuple(words[:2]) == ("correct", "horse") else words
    if is_sentence(told):
        return False
    if any(word.endswith(("ing", "ed", "ly")) for word in words):
        return False
    return sum(not is_common(word) for word in words) >= _FEWEST_RARE


def is_sentence(words: Sequence[str]) -> bool:
    """Whether one of some `words`, in lower case, goes on with a sentence about a password."""
    return any(word in _NO_PASSWORD or word in _IN_SENTENCES for word in words)


def _is_said_phrase(words: Sequence[str]) -> bool:
    """Whether a line behind "passphrase:" is one, which may hold words of a sentence."""
    return words[0] not in _NO_PASSWORD and _TROUBLE.isdisjoint(words)


def _is_quoted(phrase: str) -> bool:
    """Whether words in quotes are a password, and no message that some page shows."""
    words = phrase.lower().split()
    return not is_sentence(words) and not all(map(is_common, words))


def _secret(start: int, value: str, kind: str) -> Span:
    return Span(start, start + len(value), SpanType.SECRET, 0.9, rule=kind)
