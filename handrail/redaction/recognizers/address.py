"""Postal addresses: a number beside a street word, a place with its code, or said to be one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from handrail.redaction.recognizers.base import Recognizer, either, listed
from handrail.redaction.spans import Span, SpanType

# Street words of USPS Publication 28 and Royal Mail that mean little else before or after a number.
_STRONG = (
    "street|avenue|boulevard|highway|crescent|parkway|turnpike|expressway|causeway|freeway|terrace|"
    "esplanade|stravenue|cul-de-sac|boulevard|blvd|ave|hwy|pkwy|rd|road|lane|st|ln|ct|cres"
)
# Ordinary words too: they need capitals, a code behind them or a word for address before them.
_WEAK = (
    "drive|court|place|square|way|close|walk|row|mews|grove|hill|park|gardens?|trail|loop|"
    "circle|alley|"
    "bend|bridge|brook|bypass|camp|canyon|cape|center|centre|cliffs?|common|corners?|course|"
    "cove|creek|"
    "crest|crossing|crossroad|curve|dale|dam|divide|estates?|extension|falls?|ferry|fields?|"
    "flats?|fords?|"
    "forest|forges?|forks?|fort|gateway|glens?|greens?|groves?|harbors?|haven|heights|hills?|"
    "hollow|inlet|"
    "islands?|isle|junctions?|keys?|knolls?|lakes?|land|landing|light|locks?|lodge|mall|"
    "manors?|meadows?|"
    "mills?|mission|motorway|mount|mountain|neck|orchard|oval|overpass|parks|pass|passage|path|"
    "pike|pines?|"
    "plains?|plaza|points?|ports?|prairie|radial|ramp|ranch|rapids?|rest|ridges?|river|route|"
    "rue|run|shoals?|"
    "shores?|skyway|springs?|spurs?|station|stream|summit|throughway|trace|track|trafficway|tunnel|"
    "underpass|unions?|valleys?|via|viaduct|views?|villages?|ville|vista|walks|wall|wells?|dr|"
    "pl|sq|ter"
)
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|"
    "NM|NY|NC|ND|"
    "OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC|PR|GU|VI|AS|MP|FM|MH|PW|AE|AP|AA"
)
_WORD = r"[^\W\d_][\w.'-]*"
_CAP = r"[A-Z][\w.'-]*"
_UNIT = r"(?:,?\s(?:apt|apartment|suite|ste|unit|flat|room|rm|floor|fl|#)\.?\s?[\w-]{1,6})?"
_UK_CODE = r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[\dW]\s?[A-Z\d]{4}"
_CODE = r"(?:(?:" + _STATES + r")\.?,?\s)?(?:\d{5}(?:-\d{4})?|" + _UK_CODE + r")"
_TOWN = r"(?:,?\s" + _WORD + r"(?:\s" + _WORD + r"){0,3})"
_TAIL = r"(?:(?:,\s?" + _WORD + r"(?:\s" + _WORD + r"){0,3}){0,2},?\s" + _CODE + r"(?!\w))"
_CAP_TAIL = r"(?:,\s?" + _CAP + r"(?:\s" + _CAP + r"){0,3}){0,3}(?:,?\s" + _CODE + r"(?!\w))?"
_DIRECTION = (
    r"(?:\s(?i:north|south|east|west|northeast|northwest|southeast|southwest|[NSEW]{1,2})\b\.?)?"
)
_NUMBER = (
    r"(?<![\w$€£.,:-])\d{1,6}(?:\s?[a-c](?!\w)|-\d{1,4})?,?\s(?!(?:am|pm|at|of|on|or|and|"
    r"is|in|x|days?|hours?|minutes?|times?)\b)"
)

_I = re.IGNORECASE
_ENGLISH = (
    re.compile(
        _NUMBER
        + _CAP
        + r"(?:\s(?:"
        + _CAP
        + r"|of|the|de|la)){0,3}\s(?i:"
        + _STRONG
        + "|"
        + _WEAK
        + r")\b\.?"
        + _DIRECTION
        + r"(?i:"
        + _UNIT
        + r")"
        + _CAP_TAIL
    ),
    re.compile(
        _NUMBER
        + r"(?:\w[\w.'-]*\s){1,4}?(?:"
        + _STRONG
        + r")\b\.?"
        + _DIRECTION
        + _UNIT
        + _TAIL
        + "?",
        _I,
    ),
    re.compile(
        _NUMBER + r"(?:\w[\w.'-]*\s){1,4}?(?:" + _WEAK + r")\b\.?" + _DIRECTION + _UNIT + _TAIL, _I
    ),
    re.compile(
        r"\b(?:flat|studio|apartment|apt|suite|unit)\s?\w{1,5},?\s"
        + _WORD
        + r"(?:\s"
        + _WORD
        + r"){0,3}"
        + _TAIL,
        _I,
    ),
    re.compile(r"\bp\.?\s?o\.?\s?box\s\d{1,7}" + _TAIL + "?", _I),
    re.compile(
        r"\b" + _CAP + r"(?:\s" + _CAP + r"){0,2},?\s(?:" + _STATES + r")\s\d{5}(?:-\d{4})?(?!\w)"
    ),
)
_DE_STRONG = r"(?:stra(?:ss|ß)e|str\.|str|platz|gasse|allee|chaussee|promenade)"
_DE_WEAK = (
    r"(?:weg|ring|damm|ufer|steig|pfad|markt|hof|berg|graben|kai|zeile|stieg|garten|"
    r"feld|park|bogen)"
)
_DE_STEM = r"(?<![\w-])(?:[^\W\d_][\w.-]{0,40}?|(?:[A-Z][\w.-]{1,30}\s){1,3}?)"
_HOUSE = r"\s\d{1,4}\s?[a-h]?(?:\s?[-/]\s?\d{1,4}[a-h]?){0,2}(?![\w%€:])"
_DE_CODE = r"(?:,?\s(?:[AD]-)?\d{4,5}\s" + _WORD
_DE_TOWN = (
    _DE_CODE
    + r"(?:\s(?:am|an|im|in|bei|ob|der|dem|(?-i:[A-Z])[\w.-]*)\b(?:\s(?:(?-i:[A-Z])[\w.-]*|"
    r"see)\b)?)?)"
)
_GERMAN = (
    re.compile(_DE_STEM + _DE_STRONG + _HOUSE + _DE_TOWN + "?", _I),
    re.compile(_DE_STEM + _DE_WEAK + _HOUSE + _DE_TOWN, _I),
    re.compile(r"(?<![\w-])(?:[A-Z][\w.]*[- ]){0,3}?[A-Z][\w.-]*?(?i:" + _DE_WEAK + r")" + _HOUSE),
    re.compile(
        r"\b(?:Am|An der|An den|Im|In der|Auf der|Auf dem|Zum|Zur|Unter den|Hinter der)\s"
        + _CAP
        + _HOUSE
    ),
    re.compile(
        r"(?<![\w.,-])(?:[AD]-)?\d{5}\s[A-Z][a-z]\w{1,30}(?:\s(?:am|an der|im|in)\s[A-Z]\w+|"
        r"-[A-Z]\w+)?(?!\w)"
    ),
)
_FR_TYPE = (
    r"(?:rue|avenue|av\.|boulevard|bd|bld|place|chemin|allee|impasse|quai|cours|route|rte|"
    r"square|passage|"
    r"faubourg|sentier|ruelle|villa|residence|lotissement|lieu-dit|hameau|cite)"
)
_FR_TOWN = r"(?:,?\s\d{5}\s" + _WORD + r"(?:\s(?:" + _WORD + r")){0,2}(?:\scedex(?:\s\d{1,2})?)?)"
_FRENCH = (
    re.compile(
        r"(?<![\w$€£.,])\d{1,4}\s?(?:bis|ter|[a-c])?,?\s"
        + _FR_TYPE
        + r"\s"
        + _WORD
        + r"(?:\s"
        + _WORD
        + r"){0,5}?"
        + r"(?:"
        + _FR_TOWN
        + r"|(?=[,.;!?\n]|$))",
        _I,
    ),
    re.compile(r"\b" + _FR_TYPE + r"\s" + _WORD + r"(?:\s" + _WORD + r"){0,4}" + _FR_TOWN, _I),
)
_ES_TYPE = (
    r"(?:calle|c/|c\.|cl\.|avenida|avda\.?|av\.|plaza|pza\.?|pl\.|paseo|p\.º|pasaje|camino|"
    r"carretera|ctra\.?|"
    r"ronda|glorieta|callejon|alameda|urbanizacion|urb\.|cuesta|rambla|via|pasadizo|travesia|"
    r"acceso|canada|costanilla|vial)"
)
_SPANISH = re.compile(
    r"(?<!\w)"
    + _ES_TYPE
    + r"(?:\s|(?<=[./]))"
    + _WORD
    + r"(?:\s"
    + _WORD
    + r"){0,6},?\s(?:n\.?º?\s?|numero\s)?\d{1,4}(?!\d)"
    r"(?:,?\s(?:piso|puerta|apt\.?|bajo|esc\.?|escalera|planta|portal|\dº|"
    r"\d{1,2}º?\s?[a-d]\b)(?:\s?[\w.º]{1,6})?){0,3}"
    r"(?:\s?,\s?(?:"
    + _WORD
    + r"(?:\s"
    + _WORD
    + r"){0,3}|\d{5})(?:\s?,\s?\d{5}(?:\s"
    + _WORD
    + r")?|\s\d{5})?)?",
    _I,
)
_SAID = re.compile(
    r"\b"
    + either("""my address is|address is|address:|shipping address|billing address|
        delivery address|home address|ship it to|ship to|send it to|deliver it to|
        deliver to|delivered to|i live at|i live in|living at|we live at|moved to|
        new address|lives at|address of|reside at|located at|address to|meine adresse ist|
        meine adresse lautet|adresse ist|adresse:|adresse lautet|neue adresse|
        lieferadresse|wohne in|wohne in der|wohnhaft in|wohne im|wohne am|
        schicken sie es an|liefern an|anschrift|anschrift:|mon adresse est|adresse est|
        j'habite|habite au|livrer au|livraison au|livrez au|envoyez a|envoyer au|
        envoyez au|mi direccion es|direccion es|direccion:|vivo en|envialo a|enviar a|
        envienlo a|domicilio""")
    + r"(?:\s(?:is|ist|est|es|to|with|nach|now|jetzt|the|"
    r"listed as))?\s?[:=,]?\s{1,2}((?=[^\n]{0,60}\d)[^\n;!?]{8,110})",
    _I,
)
_END = re.compile(
    r"(?<!\bst)(?<!\bapt)(?<!\bstr)(?<!\bave)(?<!\bno)(?<!\bc)(?<!\bav)\.\s|\s(?:please|bitte|"
    r"instead|thanks|thank|danke|gracias|merci|"
    r"svp|por favor|s'il|because|but|and my|und meine|et mon|y mi|asap|not to|by|until|before|"
    r"that|which|for|tickets?|(?:and|with|or)\s(?:a|an|the|their|his|her|my|your|its?|they|you|we|"
    r"i|this|can|will|has|have|no|cost|costs|is|are|called|phone)\b)\b",
    _I,
)
_LOOSE_END = listed("that has a an with and the for is at in on it to or was are have costs which")
_STREETISH = re.compile(r"\d{1,6}[,\s]|\s\d{1,5}\b")
_NOT_TOWN = re.compile(
    r"\d\s(?:Euro|Stuck|Uhr|Mal|Punkte|Tage|Kunden|Artikel|Meter|Schritte|Jahre|Zeichen)\b"
)
_WORDS = re.compile(r"[^\W\d_]+")
_UNIT_WORDS = "flat|studio|apartment|apt|suite|unit|box|el|pl|p"
_DE_ENDINGS = (
    "strasse",
    "straße",
    "str",
    "platz",
    "gasse",
    "allee",
    "chaussee",
    "promenade",
    "weg",
    "ring",
    "damm",
    "ufer",
    "steig",
    "pfad",
    "markt",
    "hof",
    "berg",
    "graben",
    "kai",
    "zeile",
    "stieg",
    "garten",
    "feld",
    "park",
    "bogen",
)
_SAID_CLUE = re.compile(
    r"addres|adres|ship|send|deliver|live|living|moved|located|reside|wohn|liefer|schick|"
    r"anschrift|habite|livr|envoy|direcc|viv|envi|domicilio",
    re.IGNORECASE,
)
_NOT_STREET = re.compile(r"^(?:during|spring|string|bring|ring|holding|unterweg|und)\b", _I)
# What may follow a street line: a unit, then place names, then a code, over a few lines.
_MORE = re.compile(
    r"(?:[\s,]{1,4}(?:apt|apartment|suite|ste|unit|flat|floor|piso|puerta|box)\.?\s?\w{1,6}|"
    r",?\s\d[a-z]{2}\sfloor|\s?#\s?\d{1,5})?"
    r"(?:[\s,]{1,8}(?:[^\W\d_][\w.'()-]{0,30})(?: [^\W\d_]"
    r"[\w.'()-]{0,30}){0,2}){0,3}?[\s,]{1,8}\d{4,6}(?![\w.,-])"
    r"|(?:[\s,]{1,4}(?:apt|apartment|suite|ste|unit|flat|floor)\.?\s?\w{1,6}|"
    r",?\s\d[a-z]{2}\sfloor|\s?#\s?\d{1,5})",
    _I,
)
_ANY_UNIT = re.compile(
    r"(?<![\w$€£.,:-])\d{1,6}\s(?:[^\s,;!?]{1,30}\s){1,5}?(?:apt|suite|"
    r"apartment)\.?\s\d{1,5}\b|\b(?:zip|zip code|postal code|postcode|plz|code postal|"
    r"codigo postal)"
    r"\s?(?:is|ist|:|=)?\s?\d{4,6}\b|\b(?:PSC|Unit)\s\d{3,5},?\sBox\s\d{1,5}",
    _I,
)
_DE_STREETS = _GERMAN[:3]
_UK_POSTCODE = re.compile(r"(?<![\w-])[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?![\w-])")
_BY_SHAPE = (_ENGLISH[5], *_GERMAN[3:], _ANY_UNIT, _UK_POSTCODE)


class Address(Recognizer):
    """Street addresses as written in English, German, French and Spanish."""

    needs_digit = True

    def find(self, text: str, *, language: str) -> list[Span]:
        """Any of the four ways to write one, because people abroad write as at home."""
        spans: list[Span] = []
        for pattern in _worth_trying(text):
            for found in pattern.finditer(text):
                if not _NOT_TOWN.search(found.group()) and not _NOT_STREET.search(found.group()):
                    spans.append(_grown(text, found.start(), found.end(), 0.8))
        for said in _SAID.finditer(text) if _SAID_CLUE.search(text) else ():
            end = _END.search(text, said.start(1), said.end(1))
            until = end.start() if end else said.end(1)
            if _STREETISH.search(text, said.start(1), until):
                spans.append(_trimmed(text, said.start(1), until, 0.85))
        return spans


def _worth_trying(text: str) -> Iterator[re.Pattern[str]]:
    """The patterns whose street word is in `text`: one look at its words saves a dozen searches."""
    words = set(_WORDS.findall(text.lower()))
    if words & _street_words():
        yield from _ENGLISH
        yield from _FRENCH
        yield _SPANISH
    if any(word.endswith(_DE_ENDINGS) for word in words):
        yield from _DE_STREETS
    yield from _BY_SHAPE


@cache
def _street_words() -> frozenset[str]:
    """Every English, French and Spanish street word, unit and abbreviation."""
    alternatives = "|".join((_STRONG, _WEAK, _FR_TYPE[3:-1], _ES_TYPE[3:-1], _UNIT_WORDS))
    spelled = {
        word.replace("?", "").replace("\\.", "").replace("/", "")
        for word in alternatives.split("|")
    }
    return frozenset(spelled | {word.removesuffix("s") for word in spelled})


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
