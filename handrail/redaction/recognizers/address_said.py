"""Addresses after words that say that one follows: "I live at", "ship it to", "wohne in der"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.address_context import LOWER_NUMBERED, NAMED, NUMBERED
from handrail.redaction.recognizers.address_english import STREET_WORDS
from handrail.redaction.recognizers.address_rest import CAPITALIZED, rest
from handrail.redaction.recognizers.base import Cued
from handrail.redaction.recognizers.names import is_common

# E-mail, web and network addresses are something else.
_NOT_OF_A_NET = r"\b(?<!mail )(?<!mail-)(?<!ip )(?<!mac )(?<!web )(?<!wallet )(?<!url )"
_SAID = Cued(
    """my address is|address is|address:|address|addresses:|shipping address|billing address|
        delivery address|home address|ship it to|ship to|send it to|deliver it to|
        deliver to|delivered to|i live at|i live in|living at|we live at|moved to|live in|
        new address|lives at|address of|reside at|located at|address to|address with|
        meine adresse ist|
        meine adresse lautet|adresse ist|adresse:|adresse lautet|neue adresse|
        lieferadresse|wohne in|wohne in der|wohnhaft in|wohne im|wohne am|wohne|wohnen in|
        schicken sie es an|liefern an|anschrift|anschrift:|gezogen nach|umgezogen nach|
        mon adresse est|adresse est|
        j'habite|habite au|livrer au|livraison au|livrez au|envoyez a|envoyer au|
        envoyez au|mi direccion es|direccion es|direccion:|vivo en|envialo a|enviar a|
        envienlo a|domicilio|j'habite au|j'habite a|habite a|demeurant|domicilie au|
        adresse c'est|adresse de livraison|nouvelle adresse|expediez|livrez a|livrer a|
        vivo en la|vivo en el|resido en|direccion de envio|direccion de entrega|
        nueva direccion|envienme|mandelo a|mandenlo a|entregar en|entreguen en|staying at|
        residing at|deliver at|delivery at|me mude a""",
    r"\s?[:=,-]?\s{1,6}((?=[^;!?]{0,60}\d)[^;!?]{6,110})",
    left=_NOT_OF_A_NET,
)
# Words that lead to addresses and to much else: only what looks like a street counts.
_LEADS = Cued(
    """location is|venue is|meet me at|meet you at|are:|office is at|offices are at|sent to|
        return to|taxi to|arrived at|drop me at|pick me up at|parcel to|package to|statement to|
        ship everything to|sends it to|post it to|forward it to|user:|paket an|lieferung an|colis au|
        paquete a|abholung in|verschickt an|geschickt an""",
    r"\s{1,6}((?=[^;!?]{0,60}\d)[^;!?]{6,110})",
)
# "address of the hotel is", "the address there is", "it is the".
_LEADING = re.compile(
    r"(?:[^\n.;:!?\d]{1,60}?\s(?:is|was|be|as|ist|lautet|est|es|to)\s){0,2}(?:(?:it\sis|is|it's|located|"
    r"situated|now|to|for|of|with|the\ssame:?|at|on|in|as|nach|jetzt|der|die|das|le|la|el|au|a|en|c'est|over|-|:)\s){0,4}",
    re.IGNORECASE,
)
# "Anne and Main St": two streets that meet.
_CROSSING = re.compile(rf"{CAPITALIZED}(?:[ -]{CAPITALIZED})?\s(?:and|&|und)\s")
# "The Old Bakery, 3 Mill Lane"
_BUILDING = re.compile(rf"{CAPITALIZED}(?: {CAPITALIZED}){{0,3}}, (?=\d)")
_END = re.compile(
    r"(?<!\bst)(?<!\bapt)(?<!\bstr)(?<!\bave)(?<!\bno)(?<!\bc)(?<!\bav)\.\s|\n|\s(?:please|bitte|"
    r"instead|thanks|thank|danke|gracias|merci|"
    r"svp|por favor|s'il|because|but|and my|und meine|et mon|y mi|asap|not to|by|until|before|"
    r"that|which|for|blocked|i need|tickets?|has|have|had|with|called|rated|right|costs?|costing|in the name|"
    r"at a price|after|when|in case|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:and|or)\s(?:a|an|the|"
    r"their|there|his|her|my|your|its?|they|you|we|i|this|can|will|has|have|no|sells?|cost|costs|is|"
    r"are|called|phone)\b)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_STREETISH = re.compile(r"(?<![\d.:])\d{1,6}[,\s]|\s\d{1,5}\b(?![.:]\d)")


def said(text: str, *, lower: bool) -> Iterator[tuple[int, int]]:
    """Where `text` says that an address follows, and one does."""
    for cue in _LEADS.finditer(text):
        start, _, after = _street_at(text, *cue.span(1), lower=lower)
        if after:
            yield start, rest(text, after, lower=lower).end
    for cue in _SAID.finditer(text):
        start, until, after = _street_at(text, *cue.span(1), lower=lower)
        if after:
            yield start, rest(text, after, lower=lower).end
            continue
        end = _END.search(text, start, until)
        stop = end.start() if end else until
        if _like_an_address(text, start, stop):
            yield start, stop if end else rest(text, stop, lower=lower).end


def _like_an_address(text: str, start: int, stop: int) -> bool:
    """Whether a stretch holds a number, a word for street and a word that isn't an ordinary one."""
    if stop - start < 6 or not _STREETISH.search(text, start, stop):
        return False
    words = [word.lower() for word in _WORD.findall(text, start, stop)]
    names = [word for word in words if word not in STREET_WORDS]
    return len(names) < len(words) and any(not is_common(word) for word in names)


def _street_at(text: str, start: int, until: int, *, lower: bool) -> tuple[int, int, int]:
    """Where in a stretch the address begins, where the stretch ends, where its street ends or 0."""
    leading = _LEADING.match(text, start, until)
    if leading:
        start = leading.end()
    ahead = _CROSSING.match(text, start) or _BUILDING.match(text, start)
    at = ahead.end() if ahead else start
    street = NUMBERED.match(text, at) or NAMED.match(text, at)
    if lower and not street:
        street = LOWER_NUMBERED.match(text, at)
        if street and not (
            _like_an_address(text, at, street.end())
            or rest(text, street.end(), lower=True).proves_address
        ):
            street = None
    return start, until, street.end() if street else 0
