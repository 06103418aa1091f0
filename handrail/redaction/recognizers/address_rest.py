"""What stands around the street of an address: unit, town, region, code, country, over lines.

An address is written in parts that hardly vary between countries while their order does, so the
parts are read one after the other as they come, and what was seen decides whether a line that
only looks like a street is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from handrail.redaction.recognizers.base import either

# Latin, Greek and Cyrillic capitals that plain text still has.
UPPER = "A-ZÞÆŒÐΑ-ΩЀ-Я"
_ABBREVIATED = r"[^\W\d_]{0,2}\.(?:[^\W\d_]\.)*"
_IN_FULL = r"[\w'-]*(?:\.(?-i:[a-z])[\w'-]*)?"
_SAINT = r"(?-i:St|Sta|Ste|Sto|Mt|Ft|Dr|Gen|Col|Brgy|Bgy|Urb|Res|Av|Gral|Pte)\."
CAPITALIZED = rf"(?:{_SAINT}|(?-i:[{UPPER}])(?:\.(?:[A-Z]\.)*|(?:[^\W\d_]|['-])*)(?!\w))"
NAME = rf"[^\W\d_](?:{_ABBREVIATED}|{_IN_FULL})"

UNIT_WORD = either("""apt|apt.|apartment|suite|ste|ste.|unit|flat|floor|fl|room|rm|rm.|tower|tower no|
    building|bldg|bldg.|block|blk|level|lot|piso|puerta|pta|esc|esc.|escalera|planta|portal|bloque|
    depto|dpto|departamento|local|interior|int|int.|oficina|appt|appt.|app|app.|appartement|bat|
    bat.|batiment|etage|escalier|porte|hall|wohnung|whg|whg.|top|tur|stiege|etg|etg.|stock|
    aufgang|haus|lgh|apto|apto.|apartamento|casa|torre|manzana|lote|interno|scala|piano|sc.|andar|sala|bloco|lokal|lok.|m.|byt|em.|emelet|mailbox|pmb|stop""")
_UNIT = (
    rf"\b{UNIT_WORD}(?![^\W_])\s?(?:no\.?\s|number\s|nr\.?\s|n\.\s|#\s?)?"
    r"(?:\d{1,5}(?: ?[a-z])?(?!\w)|[a-z]?\d{1,5}[a-z]?(?:[-/]\d{1,4})?(?!\w)|[a-z](?!\w))"
    r"|\b\d{1,2}\.?\s?(?:st|nd|rd|th|er|e|eme|o|a)?\.?\s(?:floor|fl|etage|piso|planta|stock|og|andar|"
    r"piano|izq|izda|izquierda|dcha|derecha)\b\.?"
    r"|\b\d{1,2}(?:o|a)\s?-?\s?[a-h]\b|#\s?(?:[a-z]?\d{1,5}(?:-\d{1,5})?[a-z]?|[a-z])\b"
    r"|\b(?:eg|dg|dachgeschoss|erdgeschoss|rez-de-chaussee|rdc|ground floor|top floor|basement|"
    r"bajo|entresuelo|atico)\b"
)
UK_CODE = r"(?:[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}|[A-Z]\d[\dW]\s?[A-Z\d]{4}|[A-Z]\d[A-Z]\s?\d[A-Z]\d)"
_CODE = (
    rf"(?:(?:[A-Z]{{1,2}}-)?\d{{4,6}}(?:-\d{{3,4}})?|\d{{3}}\s\d{{2,3}}|\d{{2}}-\d{{3}}|"
    rf"\d{{4}}\s?[A-Z]{{2}}|\d{{5}}\s[A-Z]{{2}}|{UK_CODE})(?!\w|[.,:/-]\d|[ -]\d{{3}})"
)
_COUNTRY = either("""argentina|argentine|argentinien|australia|australie|australien|austria|
    autriche|osterreich|belgium|belgique|belgien|belgica|brazil|bresil|brasilien|brasil|bulgaria|
    canada|kanada|chile|chili|china|colombia|colombie|kolumbien|croatia|croatie|kroatien|cyprus|
    chypre|zypern|chipre|czech republic|czechia|tschechien|denmark|danemark|danmark|dinamarca|
    estonia|estonie|estland|finland|finlande|finnland|finlandia|france|frankreich|francia|germany|
    deutschland|allemagne|alemania|greece|grece|griechenland|grecia|greenland|hong kong|hungary|
    hongrie|ungarn|hungria|iceland|islande|island|islandia|india|inde|indien|indonesia|ireland|
    irlande|irland|irlanda|israel|italy|italie|italien|italia|japan|japon|kenya|latvia|lettland|
    lithuania|litauen|luxembourg|luxemburg|luxemburgo|malaysia|malta|malte|mexico|mexique|mexiko|
    morocco|maroc|netherlands|the netherlands|pays-bas|niederlande|nederland|holland|paises bajos|
    new zealand|neuseeland|nouvelle-zelande|nueva zelanda|norway|norvege|norwegen|noruega|peru|
    perou|philippines|poland|pologne|polen|polonia|polska|portugal|romania|roumanie|rumanien|
    rumania|singapore|slovakia|slowakei|slovenia|slovenie|slowenien|south africa|sudafrika|
    south korea|spain|espagne|spanien|espana|sweden|suede|schweden|sverige|suecia|switzerland|
    suisse|schweiz|suiza|svizzera|thailand|tunisia|tunisie|turkey|turquie|turkei|turquia|ukraine|
    united kingdom|uk|great britain|england|scotland|wales|northern ireland|royaume-uni|
    grossbritannien|reino unido|united states|united states of america|usa|u.s.a.|etats-unis|
    estados unidos|uruguay|venezuela|vereinigte staaten|vereinigtes konigreich""")
_COUNTRY = rf"(?:{_COUNTRY})(?!\w)(?:\s\([^\W\d_]{{3,12}}\))?"
# A table's empty cell stands where a region would.
_REGION = r"(?:(?-i:[A-Z]{2,3})|nan)\b\.?(?!\w)"
_PARTICLE = (
    r"(?:de|del|della|di|da|do|dos|la|le|les|el|los|las|sur|sous|en|am|an der|bei|ob der|im|in|nad|"
    r"pod|u|upon|on|by|of|the|ved|pri|aan|den|op|van|von|v|z|und|and|y|i|och|St\.)"
)
_QUARTER = either("""residence|res.|immeuble|quartier|hameau|lotissement|lieu-dit|barrio|bo.|colonia|
    col.|urbanizacion|urb.|poligono|ortsteil|ot|near|opp.|opposite|behind|brgy.|barangay|edificio""")
_LATER = (
    r"(?!(?i:mobile|phone|tel|telephone|telefon|desk|fax|office|email|e-mail|mail|website|web|"
    r"thanks?|thank|sorry|oh|well|ok|okay|sure|great|please|regards|best|kind|cheers|danke|bitte|merci|gracias|saludos|cordialement|"
    r"name|order|it|its|the|this|that|there|i|i'm|my|we|you|your|they|and|but|is|are|was|can|could|"
    r"have|has|how|what|when|where|why|which|if|so|then|also|hi|hello|do|does|would|will|let|"
    r"ich|wir|und|es|das|der|die|je|nous|c'est|et|yo|mi|el|la|es|por|con|yes|no|not|enjoy)\b)"
)
# How the next part is set off: space, comma, line ends with the marks of quoted mail in front.
_GAP = r"[ \t]{0,4}(?P<comma>,|-(?= ))?[ \t]{0,4}(?:\r?\n[ \t>?|*]{0,12}){0,2},?[ \t]{0,2}"
_DONE = r"(?=[ \t]*(?:[,.;!?)\"]|\r?\n|$))"
_NUMBERS_AHEAD = re.compile(
    rf"[\s,]{{1,6}}(?:{_REGION}[\s,]{{1,3}})?(?:{_CODE}|{_COUNTRY})", re.IGNORECASE
)
_MOST = 10


@dataclass(frozen=True)
class Rest:
    """Where the parts behind a street end, and which kinds of part were seen."""

    end: int
    seen: frozenset[str]

    @property
    def proves_address(self) -> bool:
        """Whether the parts are such as only an address has."""
        if "unit" in self.seen or {"code", "country"} <= self.seen:
            return True
        named = not self.seen.isdisjoint(("town", "region", "street"))
        return named and not self.seen.isdisjoint(("code", "country"))


@cache
def _parts(word: str) -> re.Pattern[str]:
    """The next part of an address whose names are made of `word`."""
    words = (
        rf"{_LATER}(?:{_QUARTER}\s)?\(?{word}\)?(?:[ ](?:{_PARTICLE}[ ]){{0,2}}\(?{word}\)?){{0,3}}"
    )
    ahead = rf"(?:{_DONE}|(?=[\s,]{{1,6}}(?:(?:{_REGION}[\s,]{{1,3}})?{_CODE}|{_COUNTRY}|{_REGION}|{_UNIT})))"
    street = rf"(?:\d{{1,6}}\s){{0,2}}{words}\s\d{{1,4}}[a-z]?\.?(?![\w%€$£:]|[.,]\d)"
    on = "" if word == NAME else r"|(?(comma)(?=\s(?-i:[a-z]))|(?!))"
    return re.compile(
        _GAP + rf"(?:(?P<unit>{_UNIT})|(?P<code>{_CODE})|(?P<country>{_COUNTRY})"
        rf"|(?P<region>{_REGION}(?=[ \t]*(?:[,.;!?)\n]|$|\d{{3}}|[a-z])))|(?P<door>\d{{1,2}}(?=\s{{1,3}}\d{{4,6}}(?!\d))|(?-i:[A-Z])\d{{1,4}}(?![\w-]))"
        rf"|(?P<street>{street})(?=[\s,]{{1,6}}(?:{_UNIT}|{_CODE})|{_DONE}|\r?\n)"
        rf"|(?P<town>{words})(?:{ahead}{on}))",
        re.IGNORECASE,
    )


def _sentence(text: str, found: re.Match[str]) -> bool:
    """Whether capitals behind a full stop open a sentence, and don't name a town."""
    return found.lastgroup == "town" and not _NUMBERS_AHEAD.match(text, found.end())


def rest(text: str, at: int, *, lower: bool) -> Rest:
    """The parts of an address that stand in `text` from `at` on.

    Names open with a capital, except where `lower` says that the writer uses none.
    """
    parts = _parts(NAME if lower else CAPITALIZED)
    seen: set[str] = set()
    for _ in range(_MOST):
        found = parts.match(text, at)
        if not found or (at and text[at - 1] == "." and _sentence(text, found)):
            break
        seen.add(found.lastgroup or "")
        at = found.end()
    return Rest(at, frozenset(seen))


_BEFORE = re.compile(
    r"(?:\b(?:residence|immeuble|edificio|villa|house|haus|tower)\s[^\n,;.!?\d]{2,30},\s)?"
    rf"(?:(?:^|(?<=\n)|(?<=\b(?:at|is|to)\s)|(?<=[:?]\s)){CAPITALIZED}(?:-{CAPITALIZED})?\sand\s)?"
    rf"(?:\b{UNIT_WORD}(?![^\W_])\s?#?[a-z]?\d{{1,5}}[a-z]?[ ,]{{1,3}})?"
    r"(?:(?<![\w$€£.,#:/-])(?:\d{1,6}[a-z]?,?[ ]){1,2}|(?:\blot\s|#))?$",
    re.IGNORECASE,
)
_BACK = 40


def begins(text: str, start: int) -> int:
    """Where an address begins whose street begins at `start`: its unit or number may be ahead."""
    if start == 0:
        return 0
    floor = max(0, start - _BACK)
    found = _BEFORE.search(text, floor, start)
    return found.start() if found else start
