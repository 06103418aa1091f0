"""What opens a door, a lock, a safe or a telephone: said of the thing, not called a code."""

from __future__ import annotations

import re

from handrail.redaction.recognizers.base import Cued, Recognizer, Sought
from handrail.redaction.spans import Span, SpanType

# With a letter, but no 12 V and 16 A.
_NUMBER = (
    r"[*#]?(?:\d{4,8}|(?!\d{2,3}[aA]\b|\d{2,4}[vwkmghsVWKMGHS]\b)\d{2,4}[A-Z]\d{0,4}"
    r"|[A-Z]\d{3,6}[A-Z]?)[*#]?"
)
_WHEEL = r"\d{1,2}(?:[ ]?-[ ]?\d{1,2}){2,3}"
_END = (
    r"(?!\w|[.,:/-]\d|\s?(?:%|€|\$|eur|usd|euros?|mm|cm|km|kg|gb|mb|mbps|volts?|watts?|w|mah|min|"
    r"mins?|minutes?|minuten|minutos|seconds?|sekunden|secondes|segundos|hours?|stunden|heures|"
    r"horas|days?|tage|jours?|dias?|times|mal|fois|veces|pieces|pcs|stuck|people|units|uhr|gr|"
    r"lumens?|points?|punkte|pesos|pounds?|dollars?|model|modell|modele|modelo)\b)"
)
_WORDS = (
    r"(?:is|was|are|to|ist|war|steht auf|stand auf|lautet|auf|est|c'est|c'etait|etait|es|era|now|"
    r"jetzt|set to|takes?|says|reads|has|hat|with|mit|avec|con|tiene|a|y|et|and|und|then|dann|"
    r"puis|luego|en|code|nummer|number|pin|still|noch|toujours|sigue|geht mit|on)\b"
)
_BE = rf"(?:'s)?(?:\s?:|,|\s{_WORDS}){{0,3}}\s{{1,2}}[\"'(]?"
_OF = (
    r"(?:\s(?:by|on|at|of|for|zum|vom|am|an der|der|des|du|de la|de|del|a la|a l'|d'|en|im)"
    r"(?:\s?[a-z]{1,12}){1,3}?)?"
)
# Things that have nothing else but a code.
_LOCKS = Cued(
    """padlock|combination|combination lock|lock combo|bike lock|lock code|safe code|alarm code|
        key box|keybox|key safe|keysafe|lock box|lockbox|digicode|buzzer|voicemail code|
        parental control|parental controls|child lock|telephone banking number|telephone pin|
        zahlenschloss|fahrradschloss|vorhangeschloss|bugelschloss|schlusselkasten|
        schlusseltresor|schlusselbox|tresorkombination|zahlenkombination|tresorcode|safecode|
        kindersicherung|codeschloss|cadenas|cadenas a code|antivol|digicode|boite a cles|
        combinaison|controle parental|code parental|candado|candado de combinacion|
        caja de llaves|combinacion|control parental""",
    _OF + _BE + rf"({_NUMBER}|{_WHEEL})" + _END,
)
# Things that are of a year or a model as well.
_PADS = Cued(
    """keypad|key pad|alarm panel|voicemail|locker|combo|tastenfeld|nummernfeld|kombination|
        mailbox|turoffner|turoffnung|clavier|interphone|visiophone|messagerie vocale|casier|
        teclado|cerradura|portero|telefonillo|videoportero|buzon de voz|taquilla|safe|tresor|
        coffre|caja fuerte|garage|spind|shed|schuppen""",
    _OF + _BE + r"(?!(?:19|20)\d\d\b)" + rf"({_NUMBER}|{_WHEEL})" + _END,
)
# A lock and its wheels.
_DIALED = Sought(
    r"\b(?:lock|padlock|safe|\w{0,12}schloss|tresor|safe|cadenas|coffre|serrure|antivol|candado|"
    r"cerradura|caja fuerte)(?:'s)?\s[^.\n\d]{0,40}?\s[\"'(]?(\d(?:\s?-\s?\d){2,5})" + _END,
    re.IGNORECASE,
)
# A lock and what it is set to, whatever it locks.
_SET = Sought(
    r"\b(?:lock|screen lock|passlock|sperre|bildschirmsperre|schloss|turschloss|verrouillage|"
    r"verrou|serrure|bloqueo|cerrojo|cerradura)(?:'s)?(?:\s[a-z']{1,12}){0,4}?\s"
    r"(?:is|to|was|has|ist|hat|auf|war|mit|est|a|sur|avec|es|en|con|era|tiene)\s[\"'(]?"
    rf"((?!(?:19|20)\d\d\b){_NUMBER}|{_WHEEL})" + _END,
    re.IGNORECASE,
)
# Things that have other numbers as well, so that the code must look like no other.
_DOORS = Cued(
    """door|front door|back door|gate|main gate|side gate|access|acces|acceso|zugang|verja|
        entrance|building|lobby|garage|shed|
        tur|haustur|hausture|hoftor|tor|garage|eingang|garagentor|
        porte|portail|entree|immeuble|hall|portillon|
        puerta|portal|entrada|edificio|reja|porton|cochera""",
    _OF + _BE + r"((?=[A-Z\d]{0,4}[A-Z])(?:\d{2,4}[A-Z]\d{1,4}|[A-Z]\d{4}|\d{4}[A-Z])|[*#]\d{3,8}|"
    r"\d{3,8}[*#])(?!\w)",
)
# "the alarm goes off with 2468", "se desbloquea con 258013"
_OPENS = Sought(
    r"\b(?:opens?|opened|unlocks?|unlock(?: it)?|disarms?|disarm(?: it)?|turn(?:s|ed)? off|"
    r"offne[tn]|aufmachen|entsperr(?:t|en|e)(?: man| ich)?|entscharfen|deaktivieren|geht|"
    r"s'ouvre|ouvre|ouvrir|se deverrouille|deverrouille|deverrouiller|s'arrete|se desactive|"
    r"desactiver|se abre|abre|abrir|se desbloquea|desbloqueo|desbloquear|se apaga|se desactiva|"
    r"desactivar)\s(?:(?:the|das|die|den|la|le|el)\s\w{1,16}\s)?(?:with|using|mit|avec|con)\s"
    r"(?:(?:the|code|dem|le|la|el|codigo|clave|pin)\s){0,2}[\"'(]?"
    + rf"({_NUMBER}|{_WHEEL}|\d{{3}}(?=[.,;!?]?(?:\s?$|\s[A-Za-z]{{2}})))"
    + _END,
    re.IGNORECASE,
)
# What whoever stands at the door shall enter.
_PRESSED = (
    r"(?:type|types|dial|dials|press|presses|punch in|key in|enter|enters|tip(?:pen|pt)|druckt?|"
    r"drucken|taper|tapez|tape|composer|composez|compose|faire|faites|marque|marcar|marca|teclee|"
    r"teclear|pulse|pulsar|ponga|poner)"
)
_AT_DOOR = re.compile(
    r"\b(?:door|gate|entrance|entry|lobby|buzz|courier|driver|buzzer|bell|postman|delivery|keypad|"
    r"haus\w{0,6}|\w{0,6}tur|tor|eingang|fahrer|bote|paketbote|klingeln?|lieferant|"
    r"porte|portail|entree|livreur|facteur|interphone|sonnez|digicode|immeuble|"
    r"puerta|portal|entrada|repartidor|portero|timbre|cartero|mensajero|llame)\b",
    re.IGNORECASE,
)
_AT = Sought(
    rf"\b{_PRESSED}\s(?:in\s|the\s|code\s|le\s|el\s|code\s|codigo\s){{0,2}}[\"'(]?"
    r"((?=[^\s]{0,9}[*#A-Z])[*#]?\d{3,6}[A-Z]?\d{0,2}[*#]?|[A-Z]\d{3,5}|\d{4,6})" + _END,
    re.IGNORECASE,
)
_AT_GERMAN = Sought(
    r"(?<![\w.,-])([*#]?\d{4,6}[*#]?|\d{2,4}[A-Z]\d{0,3})\s"
    r"(?:eintippen|eingeben|drucken|tippen|wahlen|eingibt|eintippt|druckt)\b"
)

# The next door behind the first.
_THEN = re.compile(
    r"\b(?:then|dann|danach|puis|ensuite|luego|despues)\s[\"'(]?"
    r"([*#]?\d{4,6}[A-Z]?[*#]?|\d{2,4}[A-Z]\d{0,3})" + _END
)


class EntryCode(Recognizer):
    """Codes of doors, locks, safes, alarms and screens."""

    name = "entry_code"
    types = frozenset({SpanType.SECRET})
    digits = 2
    needs = (_LOCKS, _PADS, _SET, _DIALED, _DOORS, _OPENS, _AT, _AT_GERMAN)

    def find(self, text: str, *, language: str) -> list[Span]:
        """After a lock, after what opens it, and what is entered where a door is talked of."""
        found = [
            match.span(1)
            for pattern in (_LOCKS, _PADS, _SET, _DIALED, _DOORS, _OPENS)
            for match in pattern.finditer(text)
            if any(c.isdigit() for c in match.group(1))
        ]
        at = [match.span(1) for p in (_AT, _AT_GERMAN) for match in p.finditer(text)]
        if at and _AT_DOOR.search(text):
            found += at
        if found:
            found += [match.span(1) for match in _THEN.finditer(text, found[0][1])]
        return [Span(*place, SpanType.SECRET, 0.8, rule="pin") for place in found]
