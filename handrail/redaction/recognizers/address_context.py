"""Streets without a word for street: given away by what follows, or by what leads to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from handrail.redaction.recognizers.address_rest import CAPITALIZED, UK_CODE, begins, rest
from handrail.redaction.recognizers.base import Cued, listed
from handrail.redaction.recognizers.names import is_common

_PARTICLE = r"(?:(?:de|del|della|di|da|do|du|des|la|le|van|von|der|den|the|of|e|y|u|z|v)[ ]){0,3}"
_ORDINAL = r"\d{1,2}(?:st|nd|rd|th)"
_NUMBER = r"\d{1,6}[A-Za-z]?(?:[-/]\d{1,5})?"
_NUMBERED = re.compile(
    rf"(?<![\w$€£:#-])(?<!\d[.,]){_NUMBER},?[ ](?:\d{{1,5}}[ ])?{_PARTICLE}{CAPITALIZED}"
    rf"(?:[ -]{_PARTICLE}{CAPITALIZED}| {_ORDINAL}){{0,5}}"
    r"(?P<house> \d{1,4}[a-z]?\b\.?(?! \d|[:.,/]\d))?"
)
_NAMED = re.compile(
    rf"(?<![\w-])(?:{CAPITALIZED}[ -]{_PARTICLE}){{1,5}}\d{{1,4}}(?:-\d{{1,4}})?[a-z]?\b\.?(?![:.,/-]\d)"
)
_LOWER_NUMBERED = re.compile(
    rf"(?<![\w$€£:#-])(?<!\d[.,]){_NUMBER},? (?:\d{{1,5}} )?[^\W\d_][\w'-]*(?: [^\W\d_][\w'-]*){{0,3}}?"
    r"(?= ?(?:,|\n|$| (?:apt|suite|unit|flat)\b))"
)
_PROOF = re.compile(
    r"(?<!\d)\d{4,6}(?!\d)|\d [^\d,\n]{2,40} \d{1,4},|\d{3} \d\d|\d-\d{3}|[A-Z]\d|\b(?:apt|apartment|suite|ste|appt|app)\b",
    re.IGNORECASE,
)
_COUNTRIES = listed(
    """argentina australia austria belgium brazil canada chile china colombia croatia cyprus
    republic denmark estonia finland france germany greece greenland kong hungary iceland india
    ireland israel italy japan latvia lithuania luxembourg malaysia malta mexico netherlands
    zealand norway peru philippines poland portugal romania singapore slovakia slovenia africa
    spain sweden switzerland tunisia turkey ukraine kingdom uk england scotland wales states usa
    uruguay deutschland osterreich schweiz frankreich italien spanien allemagne autriche suisse
    belgique espagne italie alemania francia italia espana suiza mexiko niederlande polen"""
)
# A number and a name after "at" is a place, unless the name is a measure or a kind of thing.
_NO_PLACE = listed(
    """hz khz mhz ghz hd uhd watt watts volt volts points point gmt utc hours hour hrs hr am pm est
    pst cet ist bst usd eur gbp mb gb tb kb mbps rpm dpi btu series pro max plus star stars euros
    dollars pounds rupees percent units pieces items people adults seats miles meters metres kg
    january february march april may june july august september october november december jan feb
    mar apr jun jul aug sep sept oct nov dec business personal edition model version calories mg ml
    days weeks months years minutes seconds times kw kwh ah mah lbs inch inches feet steps users
    customers followers celsius fahrenheit"""
)
_AT = re.compile(
    rf"\b(?:[Aa]t|[Oo]n|[Tt]o|[Nn]ear)\s((?!(?:19|20)\d\d\s)\d{{3,6}}(?:\s\d{{1,5}})?,?\s"
    rf"(?:the\s)?({CAPITALIZED})(?:\s{CAPITALIZED}){{0,3}}(?:\s\d{{1,4}}\b(?![:.,/]\d))?)"
)
_LOWER_AT = re.compile(
    r"\b(?:at|on|to|near)\s(\d{3,6}\s([^\W\d_]{3,20})(?:\s[^\W\d_]{3,20})?\s"
    r"(?:drive|court|place|square|way|close|walk|row|mews|grove|hill|park|gardens?|trail|loop|"
    r"circle|alley|common|plaza|terrace)\b)",
    re.IGNORECASE,
)
_IN_TOWN = re.compile(
    rf"\b[Ii]n (({CAPITALIZED})(?: {CAPITALIZED}){{0,2}},? (?!(?:19|20)\d\d\b)\d{{4,5}})(?![\w%€$]|[.,:/-]\d)"
)
_LIVES = Cued(
    "lives|live|living|resides|located|situated|station is|office is|house is|stop is",
    r"\s(?:on|at|in)\s(?:the\s(?:north|south|east|west)\sside\sof\s)?"
    rf"((?:(?-i:[A-Z])[\w'.-]+\s){{1,4}}(?:\d{{1,4}}[a-z]?\b(?![:.,/]\d|\s?[%€$])|"
    r"(?:street|road|avenue|lane|boulevard|drive|gardens|crescent|terrace)\b))",
)
_CORNER = Cued(
    "the corner of|corner of|intersection of|the intersection of|junction of|angle de|esquina de|esquina|ecke",
    rf"\s((?:la\s)?[^\n,;!?]{{2,40}}?(?:\s(?:and|&|und|et|y|con|e)\s|/)(?:de\s)?(?:la\s)?(?:"
    rf"(?:{CAPITALIZED}(?:\s{_PARTICLE}{CAPITALIZED}){{0,4}}(?:\s\d{{1,4}}\b)?|(?-i:[a-z])[\w'.-]*"
    r"(?:\s(?-i:[a-z])[\w'.-]*){0,3}(?=[.,;!?\n]|$))))",
)


def in_context(text: str, words: Set[str], *, lower: bool) -> Iterator[tuple[int, int]]:
    """Where streets stand in `text` that only their surroundings give away."""
    if _PROOF.search(text) or not _COUNTRIES.isdisjoint(words):
        for pattern in (_LOWER_NUMBERED,) if lower else (_NUMBERED, _NAMED):
            for found in pattern.finditer(text):
                behind = rest(text, found.end(), lower=lower)
                house = pattern is _NUMBERED and found["house"] and "town" in behind.seen
                if house or behind.proves_address:
                    yield begins(text, found.start()), behind.end
    for found in _AT.finditer(text):
        if found[2].lower().strip(".") not in _NO_PLACE:
            yield found.start(1), rest(text, found.end(1), lower=lower).end
    for found in _LOWER_AT.finditer(text):
        if not is_common(found[2]):
            yield found.start(1), rest(text, found.end(1), lower=lower).end
    for found in _LIVES.finditer(text):
        yield found.start(1), rest(text, found.end(1), lower=lower).end
    for found in _IN_TOWN.finditer(text):
        if not is_common(found[2]):
            yield found.span(1)
    for found in _CORNER.finditer(text):
        yield found.start(), rest(text, found.end(1), lower=lower).end
    for found in _CODE_SAID.finditer(text):
        yield found.span(1)


_CODE_SAID = Cued(
    "zip|zip code|zipcode|postal code|postcode|post code|plz|postleitzahl|code postal|"
    "codigo postal|pin code|pincode",
    r"\s?(?:is|ist|est|es|lautet|no\.?|number)?\s?[:=-]?\s{0,2}(\d{4,6}(?:-\d{3,4})?(?:\s(?-i:[A-Z]{2})\b)?|"
    rf"\d{{3}}\s\d{{2,3}}|\d{{2}}-\d{{3}}|\d{{3}}|{UK_CODE})(?![\w%€$]|[.,]\d)",
)

_SAID = Cued(
    """my address is|address is|address:|address|addresses:|are:|shipping address|billing address|
        delivery address|home address|location is|venue is|meet me at|meet you at|ship it to|ship to|send it to|deliver it to|
        deliver to|delivered to|i live at|i live in|living at|we live at|moved to|live in|
        new address|lives at|address of|reside at|located at|address to|address with|office is at|
        offices are at|sent to|return to|taxi to|arrived at|drop me at|pick me up at|parcel to|
        package to|statement to|ship everything to|sends it to|post it to|forward it to|
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
)
# "address of the hotel is", "the address there is", "it is the".
_LEADING = re.compile(
    r"(?:[^\n.;:!?\d]{1,60}?\s(?:is|was|be|as|ist|lautet|est|es|to)\s){0,2}(?:(?:it\sis|is|it's|located|"
    r"situated|now|to|with|the\ssame:?|at|on|in|as|nach|jetzt|der|die|das|le|la|el|au|a|en|c'est|over|-|:)\s){0,4}",
    re.IGNORECASE,
)
# "Anne and Main St": two streets that meet.
_CROSSING = re.compile(rf"{CAPITALIZED}(?:[ -]{CAPITALIZED})?\s(?:and|&|und)\s")
_END = re.compile(
    r"(?<!\bst)(?<!\bapt)(?<!\bstr)(?<!\bave)(?<!\bno)(?<!\bc)(?<!\bav)\.\s|\n|\s(?:please|bitte|"
    r"instead|thanks|thank|danke|gracias|merci|"
    r"svp|por favor|s'il|because|but|and my|und meine|et mon|y mi|asap|not to|by|until|before|"
    r"that|which|for|blocked|tickets?|has|have|had|with|called|rated|right|costs?|costing|in the name|"
    r"at a price|after|when|in case|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:and|or)\s(?:a|an|the|"
    r"their|there|his|her|my|your|its?|they|you|we|i|this|can|will|has|have|no|sells?|cost|costs|is|"
    r"are|called|phone)\b)\b",
    re.IGNORECASE,
)
_STREETISH = re.compile(r"(?<![\d.:])\d{1,6}[,\s]|\s\d{1,5}\b(?![.:]\d)")


def said(text: str, *, lower: bool) -> Iterator[tuple[int, int]]:
    """Where `text` says that an address follows, and one does."""
    for cue in _SAID.finditer(text):
        start, until = cue.span(1)
        leading = _LEADING.match(text, start, until)
        if leading:
            start = leading.end()
        crossing = _CROSSING.match(text, start)
        at = crossing.end() if crossing else start
        street = _NUMBERED.match(text, at) or _NAMED.match(text, at)
        if lower and not street:
            street = _LOWER_NUMBERED.match(text, at)
        if street:
            yield start, rest(text, street.end(), lower=lower).end
            continue
        end = _END.search(text, start, until)
        stop = end.start() if end else until
        if stop - start >= 6 and _STREETISH.search(text, start, stop):
            yield start, rest(text, stop, lower=lower).end if not end else stop
