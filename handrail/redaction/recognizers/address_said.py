"""Addresses after words that say that one follows: "I live at", "ship it to", "wohne in der"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.address_context import LOWER_NUMBERED, NAMED, NUMBERED
from handrail.redaction.recognizers.address_english import STREET_WORDS
from handrail.redaction.recognizers.address_rest import CAPITALIZED, rest
from handrail.redaction.recognizers.base import Cued
from handrail.redaction.recognizers.names import is_common

# What follows within a line or two, with a number in it.
_FOLLOWING = r"\s{1,6}((?=[^;!?]{0,60}\d)[^;!?]{6,110})"
_SAID = Cued(
    """address|addresses:|address:|address is|my address is|new address|home address|
    shipping address|billing address|delivery address|address of|address to|address with|
    add:|addr:|adr:|adr.:|adr :|anschr.|dir:|dir.:|
    ship to|ship it to|send it to|deliver to|deliver it to|deliver at|delivered to|delivery at|
    i live at|i live in|live in|lives at|living at|we live at|located at|moved to|reside at|
    residing at|staying at|
    adresse:|adresse ist|adresse lautet|meine adresse ist|meine adresse lautet|neue adresse|
    lieferadresse|anschrift|anschrift:|wohne|wohne am|wohne im|wohne in|wohne in der|wohnen in|
    wohnhaft in|gezogen nach|umgezogen nach|liefern an|schicken sie es an|
    adresse est|adresse c'est|mon adresse est|nouvelle adresse|adresse de livraison|j'habite|
    j'habite a|j'habite au|habite a|habite au|demeurant|domicilie au|livraison au|livrer a|
    livrer au|livrez a|livrez au|envoyer au|envoyez a|envoyez au|expediez|
    expedier au|livrer chez|j'habite rue|domicilie a|domiciliee au|residant au|
    a l'adresse|reside au|on habite au|
    direccion:|direccion es|mi direccion es|nueva direccion|direccion de entrega|
    direccion de envio|domicilio|vivo en|vivo en el|vivo en la|resido en|me mude a|enviar a|
    envialo a|envienlo a|envienme|entregar en|entreguen en|mandelo a|mandenlo a|
    vivimos en|mandalo a|mandamelo a|envienmelo a|mi casa esta en|domiciliado en|domicilio en|
    me mudo a|traigalo a|llevenlo a|ubicado en|enviadlo a""",
    r"\s?[:=,-]?" + _FOLLOWING,
    # E-mail, web and network addresses are something else.
    left=r"\b(?<!mail )(?<!mail-)(?<!ip )(?<!mac )(?<!web )(?<!wallet )(?<!url )",
)
# Words that lead to addresses and to much else: only what looks like a street counts.
_LEADS = Cued(
    """location is|venue is|office is at|offices are at|are:|user:|meet me at|meet you at|
    drop me at|pick me up at|taxi to|sent to|sends it to|post it to|forward it to|return to|
    arrived at|parcel to|package to|statement to|ship everything to|
    paket an|lieferung an|geschickt an|verschickt an|abholung in|colis au|paquete a""",
    _FOLLOWING,
)
# "address of the hotel is", "the address there is", "it is the".
_LEADING = re.compile(
    r"(?:[^\n.;:!?\d]{1,60}?\s(?:is|was|be|as|ist|lautet|est|es|to)\s){0,2}"
    r"(?:(?:it\sis|is|was|it's|still|currently|noch|immer|toujours|todavia|aun|located|situated|now|"
    r"to|for|of|with|the\ssame:?|at|on|in|as|over|nach|jetzt|der|die|das|le|la|el|au|a|en|c'est|-|:)"
    r"\s){0,4}",
    re.IGNORECASE,
)
# What may stand before the number: a street that meets the next one, the name of a house.
_AHEAD = re.compile(
    rf"{CAPITALIZED}(?:[ -]{CAPITALIZED})?\s(?:and|&|und)\s|"
    rf"{CAPITALIZED}(?: {CAPITALIZED}){{0,3}}, (?=\d)"
)
# Where the sentence goes on behind an address.
_END = re.compile(
    r"(?<!\bst)(?<!\bapt)(?<!\bstr)(?<!\bave)(?<!\bno)(?<!\bc)(?<!\bav)\.\s|\n|\s(?:please|bitte|"
    r"thanks?|danke|gracias|merci|svp|s'il|por favor|asap|instead|because|but|by|until|before|"
    r"after|when|in case|that|which|for|not to|has|have|had|with|called|rated|right|blocked|"
    r"costs?|costing|at a price|tickets?|i need|and my|und meine|et mon|y mi|"
    r"on (?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"(?:and|or)\s(?:a|an|the|their|there|his|her|my|your|its?|they|you|we|i|this|can|will|has|"
    r"have|no|sells?|costs?|is|are|called|phone)\b)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_HOUSE_NUMBER = re.compile(r"(?<![\d.:])\d{1,6}[,\s]|\s\d{1,5}\b(?![.:]\d)")
FORMS = (_SAID, _LEADS)


def said(text: str, *, lower: bool) -> Iterator[tuple[int, int]]:
    """Where `text` says that an address follows, and one does."""
    for cue in _LEADS.finditer(text):
        start = _start(text, *cue.span(1))
        street_ends = _street_end(text, start, lower=lower)
        if street_ends:
            yield start, rest(text, street_ends, lower=lower).end
    for cue in _SAID.finditer(text):
        start, until = _start(text, *cue.span(1)), cue.end(1)
        street_ends = _street_end(text, start, lower=lower)
        if street_ends:
            yield start, rest(text, street_ends, lower=lower).end
            continue
        goes_on = _END.search(text, start, until)
        end = goes_on.start() if goes_on else until
        if _like_an_address(text, start, end):
            yield start, end if goes_on else rest(text, end, lower=lower).end


def _start(text: str, start: int, until: int) -> int:
    """Where the address begins behind the words that lead to it."""
    leading = _LEADING.match(text, start, until)
    return leading.end() if leading else start


def _street_end(text: str, start: int, *, lower: bool) -> int:
    """Where the street ends that begins at `start`; 0 if none does."""
    ahead = _AHEAD.match(text, start)
    at = ahead.end() if ahead else start
    street = NUMBERED.match(text, at) or NAMED.match(text, at)
    if street:
        return street.end()
    street = LOWER_NUMBERED.match(text, at) if lower else None
    if street and (
        _like_an_address(text, at, street.end())
        or rest(text, street.end(), lower=True).proves_address
    ):
        return street.end()
    return 0


def _like_an_address(text: str, start: int, end: int) -> bool:
    """Whether a stretch holds a number, a word for street and a word that isn't an ordinary one."""
    if end - start < 6 or not _HOUSE_NUMBER.search(text, start, end):
        return False
    words = [word.lower() for word in _WORD.findall(text, start, end)]
    names = [word for word in words if word not in STREET_WORDS]
    return len(names) < len(words) and any(not is_common(word) for word in names)
