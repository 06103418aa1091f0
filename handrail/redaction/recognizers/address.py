"""Postal addresses: a number beside a street word, a place with its code, or said to be one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers import (
    address_asia_pacific,
    address_english,
    address_german,
    address_romance,
)
from handrail.redaction.recognizers.base import Cued, Recognizer, listed, spelled
from handrail.redaction.spans import Span, SpanType

_SAID = Cued(
    """my address is|address is|address:|shipping address|billing address|
        delivery address|home address|ship it to|ship to|send it to|deliver it to|
        deliver to|delivered to|i live at|i live in|living at|we live at|moved to|
        new address|lives at|address of|reside at|located at|address to|meine adresse ist|
        meine adresse lautet|adresse ist|adresse:|adresse lautet|neue adresse|
        lieferadresse|wohne in|wohne in der|wohnhaft in|wohne im|wohne am|
        schicken sie es an|liefern an|anschrift|anschrift:|mon adresse est|adresse est|
        j'habite|habite au|livrer au|livraison au|livrez au|envoyez a|envoyer au|
        envoyez au|mi direccion es|direccion es|direccion:|vivo en|envialo a|enviar a|
        envienlo a|domicilio|j'habite au|j'habite a|habite a|demeurant|domicilie au|
        adresse c'est|adresse de livraison|nouvelle adresse|expediez|livrez a|livrer a|
        vivo en la|vivo en el|resido en|direccion de envio|direccion de entrega|
        nueva direccion|envienme|mandelo a|mandenlo a|entregar en|entreguen en|staying at|
        residing at|deliver at|delivery at""",
    r"(?:\s(?:is|ist|est|es|to|with|nach|now|jetzt|the|au|a|en|la|el|le|c'est|"
    r"listed as))?\s?[:=,]?\s{1,2}((?=[^\n]{0,60}\d)[^\n;!?]{8,110})",
)
_END = re.compile(
    r"(?<!\bst)(?<!\bapt)(?<!\bstr)(?<!\bave)(?<!\bno)(?<!\bc)(?<!\bav)\.\s|\s(?:please|bitte|"
    r"instead|thanks|thank|danke|gracias|merci|"
    r"svp|por favor|s'il|because|but|and my|und meine|et mon|y mi|asap|not to|by|until|before|"
    r"that|which|for|tickets?|(?:and|with|or)\s(?:a|an|the|their|his|her|my|your|its?|they|you|we|"
    r"i|this|can|will|has|have|no|cost|costs|is|are|called|phone)\b)\b",
    re.IGNORECASE,
)
_LOOSE_END = listed(
    "svp stp et y por favor pero mais s'il gracias merci "
    "that has a an with and the for is at in on it to or was are have costs which"
)
_STREETISH = re.compile(r"\d{1,6}[,\s]|\s\d{1,5}\b")
_NOT_TOWN = re.compile(
    r"\d\s(?:Euros?|EUROS?|Pesos|Dolares|Dollars|Rupees|Unidades|Articles|Personnes|Clients|Points|"
    r"Puntos|Mois|Meses|Jours|Dias|Heures|Horas|Stuck|Uhr|Mal|Punkte|Tage|Kunden|Artikel|Meter|Schritte|Jahre|Zeichen)\b"
)
_NOT_STREET = re.compile(
    r"^(?:during|spring|string|bring|ring|holding|unterweg|und)\b", re.IGNORECASE
)
# What may follow a street line: a unit, then place names, then a code, over a few lines.
_MORE = re.compile(
    r"(?:[\s,]{1,4}(?:apt|apartment|suite|ste|unit|flat|floor|piso|puerta|box)\.?\s?\w{1,6}|"
    r",?\s\d[a-z]{2}\sfloor|\s?#\s?\d{1,5})?"
    r"(?:[\s,]{1,8}(?:[^\W\d_][\w.'()-]{0,30})(?: [^\W\d_]"
    r"[\w.'()-]{0,30}){0,2}){0,3}?[\s,]{1,8}\d{4,6}(?![\w.,-])"
    r"|(?:[\s,]{1,4}(?:apt|apartment|suite|ste|unit|flat|floor)\.?\s?\w{1,6}|"
    r",?\s\d[a-z]{2}\sfloor|\s?#\s?\d{1,5})",
    re.IGNORECASE,
)


class Address(Recognizer):
    """Street addresses as written in English, German, French, Spanish, and around Asia."""

    name = "address"
    types = frozenset({SpanType.ADDRESS})
    digits = 1

    def find(self, text: str, *, language: str) -> list[Span]:
        """Any of the ways to write one, because people abroad write as at home."""
        spans: list[Span] = []
        for pattern in _worth_trying(text):
            for found in pattern.finditer(text):
                if not _NOT_TOWN.search(found.group()) and not _NOT_STREET.search(found.group()):
                    spans.append(_grown(text, found.start(), found.end(), 0.8))
        for said in _SAID.finditer(text):
            end = _END.search(text, said.start(1), said.end(1))
            until = end.start() if end else said.end(1)
            if _STREETISH.search(text, said.start(1), until):
                spans.append(_trimmed(text, said.start(1), until, 0.85))
        return spans


def _worth_trying(text: str) -> Iterator[re.Pattern[str] | Cued]:
    """The patterns whose words are in `text`: one look at them saves a dozen searches."""
    words = frozenset(spelled(text))
    yield from address_english.forms(text, words)
    yield from address_german.forms(text, words)
    yield from address_romance.forms(words)
    yield from address_asia_pacific.forms(text, words)


def _grown(text: str, start: int, end: int, confidence: float) -> Span:
    """With the unit, place and code that follow."""
    more = _MORE.match(text, end)
    return _trimmed(text, start, more.end() if more else end, confidence)


def _trimmed(text: str, start: int, end: int, confidence: float) -> Span:
    """Without ordinary words and punctuation at the end."""
    while True:
        found = text[start:end].rstrip(" ,.;:")
        head, space, last = found.rpartition(" ")
        if not space or last not in _LOOSE_END or not any(c.isdigit() for c in head):
            return Span(start, start + len(found), SpanType.ADDRESS, confidence)
        end = start + len(head)
