"""Addresses as single regions write them: by village, named house, crossing, block or adjective."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.address_rest import CAPITALIZED, NO_NAME, UNIT_WORD, rest
from handrail.redaction.recognizers.base import Cued, Sought, either
from handrail.redaction.recognizers.names import is_ordinary

_PARTICLE = r"(?:(?:de|del|de la|de las|de los|du|des|la|le|el|los|las|do|da|y)\s|d'|l'){0,2}"
_NAMES = rf"{_PARTICLE}{CAPITALIZED}(?:[\s-]{_PARTICLE}{CAPITALIZED}){{0,3}}"
_HOUSE = r"\d{1,4}(?:-?\s?[A-Ha-h](?!\w))?(?:[/-]\d{1,4}){0,3}(?![\w%€$£:]|[.,]\d)"
_CLAUSE_ENDS = r"(?=\s?(?:[,.;!?)\n]|$)|\s(?:in\s|und\s|bei\s|\d{4,5}\s))"

# Germany: "neuer hafen 8a", "Lange Reihe 88", "am alten sportplatz 9", "im winkel 3".
_PLACE_NOUN = either("""hafen|wall|weg|markt|sportplatz|bahnhof|kirche|schule|muhle|post|bach|
    graben|damm|reihe|gasse|strasse|straße|tor|brucke|teich|anger|kamp|busch|wald|garten|hof|berg|
    feld|friedhof|rathaus|schloss|bleichen|bleiche|twiete|zeile|ziegelei|wasserturm|winkel|
    kirchberg|weiher|weinberg|schlossberg|muhlbach|muhlberg|dorfplatz|dorfanger|kirchplatz|
    stadtgraben|stadtpark|hang|sonnenhang|rain|steig|brunnen|see|ufer|kanal|deich|holz|eck""")
# Without an adjective only these: "im Feld 4" is a form's, "am Tor 3" an airport's.
_LANDMARK = either("""markt|sportplatz|kirche|schule|muhle|bach|graben|wall|damm|teich|anger|kamp|
    berg|friedhof|rathaus|bleiche|twiete|winkel|weiher|dorfplatz|stadtpark|hang|rain|steig|brunnen|
    deich|wasserturm|ziegelei""")
_ADJECTIVE = either("""alte|neue|hohe|grosse|große|kleine|lange|kurze|breite|obere|untere|innere|
    aussere|außere|mittlere|schone|rote|grune|krumme|hintere|vordere|heilige|weisse|weiße""")
_ADJECTIVAL = Sought(
    rf"(?<![\w-])(?:(?:am|im|an\sder|zum|zur)\s)?{_ADJECTIVE}[rnms]?\s"
    rf"[a-z]{{0,12}}{_PLACE_NOUN}\s{_HOUSE}",
    re.IGNORECASE,
)
_BY_ARTICLE = Sought(
    r"(?<![\w-])(?:am|im|an\sder|in\sder|zum|zur|auf\sder|auf\sdem|hinter\sder|hinter\sdem|"
    rf"vor\sdem|unter\sden|bei\sder)\s[a-z]{{0,12}}?{_LANDMARK}\s{_HOUSE}{_CLAUSE_ENDS}",
    re.IGNORECASE,
)
_DEMONYM = Sought(
    r"(?<![\w-])[A-Z][a-z]{3,16}er\s(?:Tor|Wall|Damm|Ufer|Brucke|Gurtel|Zeile|Lande|Kai|Hohe|Kamp|Chaussee|Berg|Markt|"
    rf"Platz|Hof|Ring|Landstr\.?|Landstra(?:ss|ß)e)\s{_HOUSE}"
)
_GERMAN_NAMED = Sought(
    rf"(?<![\w-])[A-Z][a-z]{{3,16}}(?:kamp|twiete|winkel|wiesen?|siedlung|leite|brink|horst)\s{_HOUSE}"
    r"|(?<![\w-])(?:Haus|Hof|Siedlung|Dorf)\s(?:Nr\.?\s)?\d{1,3}[a-z]?,?\s\d{4,5}\s"
    rf"{CAPITALIZED}"
)
# Mannheim counts its blocks: "Q7, 24".
_SQUARE = Sought(
    r"(?<![\w-])[A-U]\s?[1-7],?\s\d{1,2}[a-z]?(?=,?\s(?:68\d{3}\s)?Mannheim)"
    r"(?:,?\s(?:68\d{3}\s)?Mannheim)"
)
# France, Belgium, Switzerland: the number behind.
_FRENCH_BEHIND = Sought(
    r"(?<![\w/.-])(?:rue|avenue|boulevard|bd|chemin|impasse|allee|quai|place|clos|dreve|traverse|"
    r"route|rte|sentier|ruelle|square|chaussee|montee|venelle|sente|esplanade|promenade|cours)"
    rf"\.?\s(?-i:{_NAMES}),?\s(?:n[°o]\.?\s?|numero\s|au\s)?{_HOUSE}",
    re.IGNORECASE,
)
_FRENCH_CODE = Sought(
    r"\b(?:dans|ds|sur)\sle\s((?:0[1-9]|[1-8]\d|9[0-8])\d{3})(?!\d)", re.IGNORECASE
)
# Two units in a row are somebody's door: "batiment B 3e etage".
_ONE_UNIT = (
    rf"(?:{UNIT_WORD}(?![^\W_])\s?(?:\d{{1,4}}[a-z]?|[a-z])(?!\w)|"
    r"\d{1,2}(?:er|e|eme|\.|st|nd|rd|th|o|a)?\s(?:etage|stock|og|floor|piso|planta|ezk)\b\.?"
    r"(?:\s(?:links|rechts|mitte|gauche|droite|left|right|dcha|izq)\b)?)"
)
_UNITS = Sought(rf"(?<![\w.,/-]){_ONE_UNIT},?\s{_ONE_UNIT}", re.IGNORECASE)
# Spain and Latin America.
_SPANISH = (
    Sought(
        r"(?<![\w/.-])(?:blvd|bulevar|calz|calzada|priv|privada|cerrada|cda|circuito|cto|"
        r"retorno|eje|perif|periferico|prol|prolongacion|diag|diagonal|transv|transversal|pje|"
        r"pasaje|av|avda|avenida|calle|c|ronda|rda|rua|cortijo|finca|bo|barrio|etorbidea|carrer)"
        rf"\.?\s(?-i:{_NAMES}),?\s(?:n[°o]\.?\s?|num\.?\s|numero\s|#\s?)?"
        rf"(?:{_HOUSE}|s/n(?!\w)|casa\s(?:n[°o]\.?\s?|#)?\d{{1,4}})",
        re.IGNORECASE,
    ),
    # Streets that are called after a day: "Av. 18 de Julio 1420", "Calle 5 de Mayo 33".
    Sought(
        r"(?<![\w/.-])(?:av|avda|avenida|calle|c|bulevar|blvd|paseo)\.?\s\d{1,2}\sde\s"
        r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|"
        rf"diciembre)\s(?:n[°o]\.?\s?|#\s?)?(?:{_HOUSE}|[NSEO]\d{{1,3}}-\d{{1,4}})",
        re.IGNORECASE,
    ),
    # Merida's crossings: "Calle 47 #312 x 26 y 28".
    Sought(
        r"(?<![\w/.-])(?:calle|c\.?)\s\d{1,3}\s?(?:[a-z](?!\w))?,?\s?(?:#|no\.?|num\.?|n[°o]\.?)\s?"
        r"\d{1,4}[a-z]?(?:\s(?:x|por|entre)\s\d{1,3}[a-z]?(?:\sy\s\d{1,3}[a-z]?)?)?(?!\w)",
        re.IGNORECASE,
    ),
    # "N34-120" as in Quito, "Mz. B Lt. 14", "And. 5 casa 12".
    Sought(
        rf"(?<![\w/.-])(?:av|avda|avenida|calle)\.?\s[\w ]{{2,30}}\s[NSEO]\d{{1,3}}-\d{{1,4}}"
        rf"(?:\sy\s{CAPITALIZED}(?:\s{CAPITALIZED})?)?",
        re.IGNORECASE,
    ),
    Sought(
        r"(?<![\w/.-])(?:mz\.?|mza\.?|manzana|and\.|andador|smz\.?)\s[a-z\d]{1,4},?\s"
        r"(?:lt|lote|casa|solar|villa)\.?\s\d{1,4}[a-z]?(?!\w)",
        re.IGNORECASE,
    ),
    # Costa Rica finds houses by metres: "100 m norte y 50 oeste".
    Sought(
        r"(?<![\w.,])\d{2,4}\s?(?:m|mts?|metros|varas)\.?\s(?:al\s)?(?:norte|sur|este|oeste)\b"
        r"(?:\sy\s\d{2,4}\s?(?:m|mts?|metros)?\s?(?:al\s)?(?:norte|sur|este|oeste))?"
        r"(?:\sde(?:l|\sla|\slos|\slas)?\s[^\W\d_]{3,20}(?:\s[^\W\d_]{3,20})?)?",
        re.IGNORECASE,
    ),
)
# A name and a number where somebody says that they are, live or move there.
_BEING_THERE = Cued(
    """estamos en|estoy en|vivo en|vivimos en|vive en|viven en|resido en|me mudo a|me mude a|
    me mudo de|nos mudamos a|mandalo a|queda en""",
    r"\s(?-i:((?:[A-Z][\w.]{1,15}\s){1,3}\d{1,4}))(?=\s?(?:[,.;!?)\n]|$)|\s(?:a|y|entre|esq)\b)",
)
# Ireland and Britain: townlands with their county, and houses with a name.
_COUNTY = Sought(
    rf"(?<![\w-]){CAPITALIZED}(?:\s{CAPITALIZED}){{0,2}}(?:,\s{CAPITALIZED}(?:\s{CAPITALIZED}){{0,2}})"
    rf"{{0,3}},\sCo\.?\s{CAPITALIZED}"
)
_NAMED_HOUSE = Sought(
    rf"(?<![\w-])(?!White\s|Opera\s|Full\s|Open\s|Town\s|City\s)(?:[Tt]he\s)?(?:{CAPITALIZED}\s){{0,2}}"
    r"(?:House|Cottage|Farm|Lodge|Barn|Forge|Rectory|Vicarage|Manor|Grange|Bungalow|Farmhouse|"
    rf"Villa|Stables|Granary|Bakery),\s{NO_NAME}{CAPITALIZED}(?:\s{CAPITALIZED}){{0,2}}"
)
# Residences and places without streets, where a unit, a code or a town follows or nothing else.
_RESIDENCE = Sought(
    r"(?<![\w-])(?:residence|residencial|resid\.|immeuble|edificio|edif\.|lieu-dit|lieudit|hameau|"
    r"cortijo|urbanizacion|urb\.|fracc\.|barrio\sprivado|conjunto|chalet|villa|kita|backerei)"
    rf"\s(?!Inn|Permit|Hotel)(?-i:{_NAMES})",
    re.IGNORECASE,
)
# New York's numbered streets and the roads of Texas and its neighbors.
_NUMBERED_STREET = Sought(
    r"(?<![\w$€£.,#-])\d{2,5}\s(?:[nsew]|north|south|east|west)\.?\s\d{1,3}(?:st|nd|rd|th)\b"
    r"(?:,?\s\d{1,2}[a-z]\b)?|"
    r"(?<![\w$€£.,#-])\d{2,6}\s(?:fm|cr|sr|county\sroad|county\srd|state\sroute|us\shighway|"
    r"us\shwy)\s\d{1,5}(?!\d)",
    re.IGNORECASE,
)
# A code of Ireland that is all of a line.
_EIRCODE = Sought(
    r"^(?:[AC-FHKNPRTV-Y]\d\d|D6W) [AC-FHKNPRTV-Y\d]{4}$|"
    r"(?:(?<=[Ee]ircode )|(?<=[Ee]ircode is ))(?i:[AC-FHKNPRTV-Y]\d\d ?[AC-FHKNPRTV-Y\d]{4})\b",
    re.MULTILINE,
)
# "waiting at 7 Quarry Bank"
_WAITING = Cued(
    "waiting at|lives at|live at|living at|parked at|staying at|delivered to|deliver to|dropped at",
    rf"\s(\d{{1,3}}[a-z]?\s(?-i:{CAPITALIZED}\s{CAPITALIZED}))(?=\s?[,.;!?)\n]|$)",
)
# North America's rural routes, Australia's too.
_RURAL = Sought(
    r"(?<![\w-])(?:RR|HC|RMB|RSD|RFD)\s\d{1,5},?\s(?:Box\s\d{1,5}|"
    rf"{CAPITALIZED}(?:\s{CAPITALIZED}){{0,2}})|\bGeneral\sDelivery,\s{CAPITALIZED}"
)
# "to 5 Kirkgate, Wetherby": the town tells that it is no number of things.
_WITH_TOWN = Sought(
    rf"\b(?:[Tt]o|[Aa]t|[Ff]rom|[Nn]ear)\s(\d{{1,3}}[a-z]?\s(?!(?:AM|PM|January|February|March|"
    r"April|May|June|July|August|September|October|November|December)\b)"
    rf"{CAPITALIZED}(?:\s{CAPITALIZED}){{0,2}},\s{CAPITALIZED})(?=\s?[,.;!?)\n]|$)"
)
# The first half of a British code proves a street in small letters: "22 hazel grove, BS7".
_WITH_DISTRICT = Sought(
    r"(?<![\w$€£.,-])\d{1,4}[a-z]?\s(?:[^\W\d_]{2,20}\s){1,3}?(?:street|st|road|rd|lane|avenue|ave|"
    r"grove|close|drive|terrace|gardens|court|way|place|crescent|hill|park|mews|walk|rise|square),?\s"
    r"(?-i:(?:[A-Z]{1,2}\d{1,2}[A-Z]?))(?![\w-])",
    re.IGNORECASE,
)
# India: villages with post and district, flats in named blocks, all up to a large city.
_INDIAN_CITY = either("""mumbai|delhi|bangalore|bengaluru|hyderabad|chennai|kolkata|pune|ahmedabad|
    jaipur|lucknow|noida|gurgaon|gurugram|kochi|indore|bhopal|patna|surat|nagpur|chandigarh""")
_INDIAN = (
    Sought(
        r"(?<![\w/])(?:[sdw]/o\s[^,\n\d]{3,40},\s)?(?:village|vill|post|p\.?o|tehsil|taluka?|mandal)"
        r"\.?\s?[:-]?\s?(?-i:[A-Z])[^,\n\d]{2,30}(?:,\s[^,\n\d]{2,30}){1,5}[\s,-]{1,3}[1-9]\d{5}(?!\d)",
        re.IGNORECASE,
    ),
    Sought(
        rf"(?<![\w$.,-])#?\s?(?:[a-z]-?)?\d{{1,5}}(?:[/-]\w{{1,5}})?,?\s(?:[^,;!?\n]{{2,40}},\s){{1,5}}"
        rf"(?:(?:navi|new)\s)?{_INDIAN_CITY}(?!\w)",
        re.IGNORECASE,
    ),
)
# The town of a form that has a street or a code as well.
_TOWN_FIELD = Cued(
    """town|city|county|locality|suburb|ort|stadt|wohnort|plz/ort|plz ort|plz, ort|ville|commune|
    localite|localidad|poblacion|ciudad|municipio|provincia|nr|n°|no|numero""",
    r"[\"'*]{0,3}\s?:[\"'* ]{1,5}([^\n,;:\"'?!]{1,40})",
    left=r"(?:^|(?<=\n)|(?<=[,{;] )|(?<=[\"'*]))",
)
_OF_FORMS = re.compile(
    r"(?:^|[\n,;{\"'*] ?)(?:street|address|postcode|zip|zip code|eircode|post code|strasse|"
    r"straße|plz|postleitzahl|anschrift|adresse|rue|code postal|cp|c\.p\.|calle|domicilio|"
    r"direccion|codigo postal)\b[^\n:]{0,20}:",
    re.IGNORECASE,
)
_WHOLE = (
    _ADJECTIVAL,
    _BY_ARTICLE,
    _DEMONYM,
    _GERMAN_NAMED,
    _SQUARE,
    _FRENCH_BEHIND,
    _UNITS,
    *_SPANISH,
    _COUNTY,
    _NAMED_HOUSE,
    _RURAL,
    _WITH_DISTRICT,
    *_INDIAN,
    _NUMBERED_STREET,
    _EIRCODE,
)
FORMS = (*_WHOLE, _RESIDENCE, _WAITING, _FRENCH_CODE, _BEING_THERE, _WITH_TOWN, _TOWN_FIELD)


def regional(text: str, *, lower: bool) -> Iterator[tuple[int, int]]:
    """Where addresses stand in `text` that only one region writes so."""
    for sought in _WHOLE:
        for found in sought.finditer(text):
            yield found.start(), rest(text, found.end(), lower=lower).end
    for sought in (_WITH_TOWN, _WAITING):
        for found in sought.finditer(text):
            yield found.start(1), rest(text, found.end(1), lower=lower).end
    for found in _RESIDENCE.finditer(text):
        behind = rest(text, found.end(), lower=lower)
        if behind.seen or not (text[: found.start()].strip() or text[found.end() :].strip()):
            yield found.start(), behind.end
    for found in _BEING_THERE.finditer(text):
        *names, _ = found[1].split()
        if not all(is_ordinary(name.lower().strip(".")) for name in names):
            yield found.span(1)
    for found in _FRENCH_CODE.finditer(text):
        yield found.span(1)
    for found in _TOWN_FIELD.finditer(text):
        if _OF_FORMS.search(text):
            yield found.span(1)
