"""Passwords that nobody calls one: "I keep typing Bienenstich4", "then make it Harvest$Moon9".

What people do with a password gives it away, together with the shape of one that somebody chose: a
word with a year, digits or signs in it. Where neither is sure, as in the name of a product or of a
voucher, the value stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.base import Cued, Recognizer, Sought
from handrail.redaction.recognizers.chosen_shape import (
    is_chosen,
    is_distinct,
    is_joined,
    is_mixed,
    is_run_together,
    is_signed,
)
from handrail.redaction.recognizers.reference import is_technical
from handrail.redaction.spans import Span, SpanType

_VALUE = r"(?=\S{0,40}[\d!#$*&%+_])[^\s\"'`<>()\[\]{},;:/\\|=@]{6,40}(?![\w@(\[{=/\\])"
_QUOTED = r"[\"'`]?"
_VALUED = _QUOTED + rf"(?<![^\s\"'`])(?P<value>{_VALUE})"
_FILL = (
    r"(?:\s(?:in|it|as|with|just|now|always|only|exactly|to|is|the|old|one|ein|es|immer|jetzt|mal|"
    r"einfach|nur|auch|ich|uberall|toujours|partout|plutot|bien|le|la|lo|siempre|ahora|con|mit|"
    r"avec|el|then|dann|alors|simplement|solo)\b){0,3}\s?:?\s{0,2}"
)
# What is typed or logged in with.
_TYPED = Cued(
    """typed|type|typing|i entered|i enter|entering|keyed in|key in|put in|
        log in with|logging in with|logged in with|login with|log in using|sign in with|
        signing in with|signed in with|log on with|get in with|
        tippe|tippte|getippt|ich gebe|gebe immer|eingegeben habe ich|anmelden mit|einloggen mit|
        eingeloggt mit|angemeldet mit|melde mich mit|logge mich mit|
        j'ai tape|je tape|tapez|tape|j'ai saisi|je saisis|saisissez|j'ai rentre|je rentre|
        j'ai entre|connectez-vous avec|connectez vous avec|connecte avec|connecter avec|
        escribi|escribo|escriba|tecleo|teclee|meto|meti|he escrito|he metido|ingreso|ingrese|
        ingrese con|introduje|introduzco|introduzca|entre con|entrar con|entro con|accedo con|
        acceda con|inicio sesion con""",
    _FILL + _VALUED,
    left=r"(?<![\w'-])",
)
# What is set, chosen or tried, as other things are too.
_SET = Cued(
    """i put|i've put|i always use|i always used|i've been using|told me to use|said to use|
        i keep trying|tried it with|everywhere|
        i'll make it|make it|make that|set it to|set that to|set as|set up as|change it to|
        changed it to|reset it to|reset to|changed to|i'll use|i'll go with|go with|i picked|
        i chose|i went with|
        benutze immer|verwende immer|nutze immer|nehme|nehm|nehm ich|nehme ich|nimm|nehmen sie|
        nehmen wir|vergebe|versucht mit|probiert mit|uberall|bitte auf|
        zuruckgesetzt auf|geandert auf|geandert in|
        j'ai mis|je mets|mettez|mets|je vais mettre|mettre|j'utilise toujours|
        on prend|on met|on va mettre|je prends|prenez|j'ai choisi|changez-le en|
        puse|pongo|pon|ponga|ponme|pongame|ponlo como|ponemos|he puesto|siempre uso|
        probe con|probado con|elegi|cambiala a|cambiela a""",
    _FILL + _VALUED,
    left=r"(?<![\w'-])",
)
# "the old one was Dumbo!88, the new one is Jumbo!99", "l'ancien c'était", "mein neues soll".
_OLD_NEW = Sought(
    r"\b(?:old|new|previous|alte[rs]?|neue[rs]?|vorige[rs]?|ancien(?:ne)?|nouveau|nouvelle|viej[oa]|"
    r"antigu[oa]|anterior|nuev[oa])(?:\sone)?\s{0,2}"
    r"(?:is|was|will be|should be|ist|war|soll|lautet|est|c'est|c'etait|etait|sera|es|era|:)\s{1,2}"
    r"(?:now\s|jetzt\s|maintenant\s|ahora\s)?" + _VALUED,
    re.IGNORECASE,
)
# "hab Rosenrot#1 eingegeben", "Dragonfruit9 is what I type in".
_FOLLOWED = Sought(
    rf"(?<!\S){_VALUED}[\"'`]?,?\s(?:immer\s|jetzt\s|dreimal\s)?"
    r"(?:ein(?:gegeben|getippt|geben|tippen|gebe|tippe)|getippt|gesetzt|setzen|genommen|benutzt|"
    r"(?:gebe?|tippe?|nehme?|nutze|benutze|verwende) ich|"
    r"(?:is|was)\s(?:what|the one)\s(?:i|i'm|i've)\s?"
    r"(?:type|typed|typing|put|use|used|using|enter|entered|entering)|"
    r"c'est ce que (?:je|j'ai) ?(?:tape|mets|rentre|saisis|utilise|mis|saisi)|"
    r"es lo que (?:escribo|pongo|uso|tecleo|meto|puse|ingreso|escribi))\b",
    re.IGNORECASE,
)
# "with a capital M: Mango-tree-5", "Mausi-2015, all lower case": nobody says that of other things.
_CAPITAL = Sought(
    r"\b(?:(?:capital|upper ?case|big|gro(?:ss|ß)(?:em|en|es)|gro(?:ss|ß)buchstaben?)\s"
    r"(?:letter\s)?[a-z]\b|"
    r"[a-z]\s(?:majuscule|mayuscula)|(?:majuscule|mayuscula)\s[a-z]\b)\s?[,:-]?\s{1,2}" + _VALUED,
    re.IGNORECASE,
)
_CASE = Sought(
    rf"(?<!\S){_VALUED}[\"'`]?,?\s(?:all|alles|tout|todo|both|everything)\s(?:in\s|en\s)?"
    r"(?:lower ?case|small letters|lower|caps|upper ?case|klein\w{0,12}|gro(?:ss|ß)\w{0,12}|"
    r"minuscules?|"
    r"majuscules?|minusculas?|mayusculas?)\b",
    re.IGNORECASE,
)
# Talk of getting in, where a word with digits is a password or a login, and both are somebody's.
_ACCESS = Sought(
    r"\b(?:log(?:ged|ging)?[ -]?(?:in|on)(?:to)?|sign(?:ed|ing)?[ -]?in|locked out|"
    r"get(?:s|ting)? (?:in|on)|"
    r"unlock\w{0,3}|wi-?fi|wlan|guess(?:ed|es)?|hacked|(?:not|n't|gets?|never) accepted|"
    r"(?:doesn't|won't|not) (?:accept|take|work)|reset by|been reset|"
    r"einlogg\w{0,3}|eingeloggt|anmeld\w{1,3}|angemeldet|gesperrt|entsperr\w{1,3}|erraten|gehackt|"
    r"(?:nicht|nimmer) (?:an|angenommen|akzeptiert)|zuruckgesetzt|"
    r"(?:me|se|vous|nous) connecte\w{0,2}|connexion|bloquee?|devine\w{0,2}|pirate\w{0,2}|"
    r"reinitialise\w{0,2}|"
    r"(?:plus|pas) accepte\w{0,2}|deverrouill\w{1,3}|"
    r"iniciar sesion|se entra|entrar|bloquead[oa]|adivin\w{1,3}|hackead[oa]|reseteado|resetead[oa]|"
    r"restablecid[oa]|no (?:la|lo|me) acepta|desbloque\w{1,3})\b",
    re.IGNORECASE,
)
# What follows is a login, and the recognizer of those names it so.
_LOGIN = re.compile(
    r"\b(?:login|user ?name|user|user id|account|handle|nick(?:name)?|id|konto|benutzer(?:name)?|"
    r"nutzername|compte|identifiant|pseudo|utilisateur|cuenta|usuario|as|als|comme|como)"
    r"(?:\s(?:is|was|ist|war|est|es|era|name|c'est))?\s?:?\s[\"'`]?\Z",
    re.IGNORECASE,
)
_TOKEN = re.compile(rf"(?<![^\s\"'`(]){_VALUE}")
# From one to another.
_PAIR = Sought(
    rf"\b(?:from|von|vom|de|del|desde)\s{_QUOTED}(?P<first>{_VALUE})[\"'`]?\s"
    rf"(?:to|into|auf|zu|in|a|en|por)\s{_VALUED}",
    re.IGNORECASE,
)
# As a letter or a label shows one: small letters, capitals and digits mixed.
_SHOWN = Sought(
    r"\b(?:letter|label|sticker|card|e-?mail|brief|aufkleber|karte|zettel|courrier|etiquette|"
    r"lettre|papier|carte|carta|pegatina|etiqueta|tarjeta|correo|papel|router|box)\s"
    r"(?:it\s|da\s)?(?:says|said|reads|steht|stand|c'est ecrit|il y a|est ecrit|est marque|pone|"
    r"ponia|dice|decia|viene)\s(?:auch\s|noch\s|que\s)?" + _VALUED,
    re.IGNORECASE,
)
# A word, a sign and a number with nothing between: "Melon!22".
_SIGNED = Sought(
    r"(?<![\w!#$*&%+.@/\\=?-])[\"'`]?(?P<value>[A-Za-z][A-Za-z_-]{2,20}[!$*#]"
    r"[A-Za-z0-9][A-Za-z0-9!$*#_-]{0,20})(?![\w/\\=@(\[{%]|[.:,]\w)"
)
# One or the other.
_EITHER = Sought(
    rf"\b(?:either|entweder|soit|ou|o|or)\s{_QUOTED}(?P<first>{_VALUE})[\"'`]?\s"
    rf"(?:or|oder|soit|ou|o|u)\s{_VALUED}",
    re.IGNORECASE,
)
# What everybody takes: "P@ssw0rd99", "qwertz123".
_WELL_KNOWN = Sought(
    r"(?<![\w./@&?=-])[\"'`]?(?P<value>(?:p[a@4][s$5]{2}w[o0]r[dt]|m[o0]tdepasse|c[o0]ntrasen[a@]|"
    r"qwert[yz](?:uiop)?|azerty|letmein|iloveyou|welcome|changeme|admin|geheim|hallo|bonjour|hola)"
    r"[!@#$%*_.-]{0,2}\d{2,6}[!@#$%*]{0,3})(?![\w/@=(\[-]|[.:]\w)",
    re.IGNORECASE,
)
# "EllaMaxTheo, no spaces"
_UNSPACED = Sought(
    r"(?<!\S)[\"'`]?(?P<value>[^\W_]{6,40})[\"'`]?,?\s(?:with\s|all one word,\s)?"
    r"(?:no|without|ohne|sans|sin|all in)\s(?:spaces?|leerzeichen|espaces?|espacios?|one word)\b",
    re.IGNORECASE,
)
# As help desks make them up: "Maple-Quartz-57", "Naranjo-88-Taza".
_JOINED = Sought(
    r"(?<![\w./@-])(?P<value>[A-Z]?[a-z]{3,12}-(?:(?:[A-Z][a-z]{2,12}-)\d{2}|\d{2}-[A-Z][a-z]{2,12}))"
    r"(?![\w/@-]|\.\w)"
)
_CHOSEN = (_SET, _OLD_NEW, _FOLLOWED, _PAIR)
_TWO = (_PAIR, _EITHER)
_SHAPES = {_SHOWN: is_mixed, _SIGNED: is_signed, _JOINED: is_joined, _UNSPACED: is_run_together}
_FEWEST_DIGITS = 2
_PATTERNS = (_TYPED, *_CHOSEN, _CAPITAL, _CASE, _EITHER, *_SHAPES, _WELL_KNOWN)
# Vouchers, searches and goods have names of the same shape.
_OF_OTHERS = re.compile(
    r"\b(?:promo\w{0,8}|coupons?|vouchers?|discounts?|checkout|gutschein\w{0,8}|rabatt\w{0,8}|"
    r"aktions?code|descuentos?|cupon(?:es)?|reductions?|codes? promo|search\w{0,4}|such(?:e|feld)|"
    r"buscador|recherche|model\w{0,2}|modele|modelo|version\w{0,2}|firmware|driver|treiber|pilote|"
    r"server|browser|files?|datei|fichier|archivo|branch|repo|fonts?|hashtag|folder|ordner|tools?)\b",
    re.IGNORECASE,
)


class ChosenPassword(Recognizer):
    """Passwords that were typed, set or changed where no word says so."""

    name = "chosen_password"
    types = frozenset({SpanType.SECRET})
    needs = (*_PATTERNS, _ACCESS)

    def find(self, text: str, *, language: str) -> list[Span]:
        """What is entered or set and looks chosen; all of it stays where vouchers are talked of."""
        found = [*_found(text), *_accessing(text)]
        return [] if found and _OF_OTHERS.search(text) else found


def _found(text: str) -> Iterator[Span]:
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            groups = ("first", "value") if pattern in _TWO else ("value",)
            values = [match[group].rstrip(".,;:?!)") for group in groups]
            if all(_is_password(value, pattern) for value in values):
                for group, value in zip(groups, values, strict=True):
                    start = match.start(group)
                    yield Span(start, start + len(value), SpanType.SECRET, 0.75, rule="password")


def _accessing(text: str) -> Iterator[Span]:
    """What looks most like a password where somebody talks of getting in."""
    if not any(_ACCESS.finditer(text)) or is_technical(text):
        return
    for match in _TOKEN.finditer(text):
        value = match.group().rstrip(".,;:?)")
        if is_distinct(value) and not _LOGIN.search(text, 0, match.start()):
            start = match.start()
            yield Span(start, start + len(value), SpanType.SECRET, 0.7, rule="password")


def _is_password(value: str, pattern: Sought) -> bool:
    """Whether `value` has the shape that is proof enough where `pattern` found it."""
    if pattern in _SHAPES:
        return _SHAPES[pattern](value)
    if pattern is _WELL_KNOWN:
        return True
    if pattern is _EITHER and sum(map(str.isdigit, value)) < _FEWEST_DIGITS:
        return False
    return is_chosen(value, surely=pattern not in _CHOSEN)
