"""Parts of an address alone: streets without a number, numbers without a street, corners."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.address_rest import CAPITALIZED, rest
from handrail.redaction.recognizers.base import Cued, Sought

_PARTICLE = r"(?:(?:de|del|de la|de las|de los|du|des|la|le|el|los|las|d')\s?){0,2}"
_NAME = rf"{CAPITALIZED}(?:-{CAPITALIZED}){{0,3}}"
# "on Salisbury Terrace", but no hard drive and no place that everybody knows.
_WELL_KNOWN = (
    r"(?!(?:Wall|Sesame|Fleet|Downing|Silk|Google|Hard|Test|Flash|Abbey|High|Main|Penny)\s"
    r"(?:Street|St|Road|Drive|Lane)\b)"
)
_ENGLISH_STREET = (
    rf"{_WELL_KNOWN}(?:{_NAME}\s){{1,3}}(?:Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Terrace|Crescent|"
    r"Cres|Gardens|Gdns|Grove|Boulevard|Blvd|Mews|Highway|Hwy|Close|Drive|Parade|Pde|Way|Rise|Walk)"
    r"\b\.?"
)
_FRENCH_STREET = (
    r"(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Bb]d|[Cc]hemin|[Ii]mpasse|[Aa]ll[e]e|[Rr]uelle|[Ss]entier)"
    rf"\s{_PARTICLE}{_NAME}(?:\s{_PARTICLE}{_NAME}){{0,3}}"
)
_SPANISH_STREET = (
    r"(?:[Cc]alle|[Aa]venida|[Aa]vda\.?|[Pp]aseo|[Cc]arrer|[Rr]ua|[Cc]amino|[Tt]ravesia)"
    rf"\s{_PARTICLE}{_NAME}(?:\s{_PARTICLE}{_NAME}){{0,3}}"
)
_GERMAN_STREET = r"[A-Z][\w-]{1,30}(?:stra(?:ss|ß)e|str\.|gasse|allee|weg|platz|damm|ufer)\b"
# Where the sentence goes on behind a street in English that only looks like one.
_NO_MORE = (
    r"(?!\s(?:Journal|Studios?|Station|Trip|Bank|Store|Shop|Market|School|Church|Apartments?|Cafe|"
    r"Hotel|United)\b|\.\sCafe|'s\b|-)"
)
# "turn right on Allison Road" is the way to anybody's.
_ENGLISH = Sought(
    r"(?<!right )(?<!left )(?<!east )(?<!west )(?<!north )(?<!south )"
    r"\b(?:[Oo]n|[Aa]t|[Nn]ear|[Oo]ff|[Ff]rom|[Ii]n|[Aa]long|[Oo]utside|[Oo]pposite|[Bb]ehind|"
    rf"[Tt]o|[Oo]f)\s({_ENGLISH_STREET}){_NO_MORE}"
)
_FRENCH = Sought(rf"(?<![\w/.-])({_FRENCH_STREET})")
# Such a street is named for shops and sights as well: somebody must live there or get something.
_SPANISH = Sought(rf"(?<![\w/.-])({_SPANISH_STREET})")
_LIVING = re.compile(
    r"\b(?:direccion|domicilio|viv[eio]\w{0,4}|envi\w{1,6}|entreg\w{1,6}|instalacion|vivienda|"
    r"adresse|habit\w{1,4}|livr\w{1,6}|logement|demenag\w{1,5}|domicile|immeuble|maison|devant|"
    r"technicien|intervention|chantier|jusqu'a|angle|rendez-vous|rdv|colis|chez|loge\w{0,3}|"
    r"numero|toujours|sigues?|still|piso|portal|mand\w{1,5}|mud[oea]\w{0,4}|recog\w{1,6}|contrato|suministro|averia|tecnico)\b",
    re.IGNORECASE,
)
_GERMAN = Cued(
    """wohne|wohnen|wohnt|wohnhaft|lebe|lebt|ziehe|umgezogen|gezogen|strasse ist|straße ist|
    strasse heisst|straße heißt|straße heisst|strasse heißt|haus|wohnung""",
    rf"\s(?:jetzt\s|nun\s|bald\s)?(?:in\s(?:der|die)|am|im|in|an\sder|zur?m?)?\s?"
    rf"(?-i:((?:[A-Z][\w-]{{1,20}}\s)?{_GERMAN_STREET}))(?!\s\d)",
)
# "Die Strasse heisst Zschochersche"
_NAMED = Cued(
    """strasse heisst|straße heißt|strasse heißt|straße heisst|street is called|street is|
    road is called|rue s'appelle|la rue c'est|calle se llama|la calle es""",
    rf"\s(?:the\s|die\s|la\s)?(?-i:({_NAME}(?:\s{_NAME}){{0,2}}))(?![^\W\d_])",
)
# A number said to be one, behind its street or without any.
_HOUSE = r"(\d{1,4}(?:\s?[a-d](?!\w))?)(?![\w%€$£:/-]|[.,]\d)"
_BEHIND = Sought(
    rf"(?<!\w)((?:{_ENGLISH_STREET}|{_FRENCH_STREET}|{_SPANISH_STREET}|{_GERMAN_STREET}),?\s"
    r"(?:(?:number|no\.?|nummer|nr\.?|hausnummer|numero|num\.?|au|al|la|le|el)\s){1,2}"
    rf"\d{{1,4}}(?:\s?[a-d](?!\w))?)(?![\w%€$£:/-]|[.,]\d)"
)
_NUMBER_IS = Cued(
    """at|to|by|with|from|bei|zu|an|in|sind|ist|der|die|au|le|du|al|del|el""",
    rf"\s((?:number|no\.|nummer|nr\.|numero)\s{_HOUSE})",
)
_NUMBER_SAID = Cued(
    """nummer ist die|nummer ist|number is|numero est le|numero c'est le|numero es el|passe au|
    c'est le|habite au|es el|es al|al""",
    rf"\s{_HOUSE}(?!\s\d)",
    # No number of anything else: "my PIN number is".
    left=r"\b(?<!pin )(?<!phone )(?<!code )(?<!card )(?<!order )(?<!account )(?<!tracking )",
)
# What is a house's business: whose number is no place in a queue then.
_OF_HOUSES = re.compile(
    r"\b(?:next\sdoor|neighbou?rs?|house|doors?|live[sd]?|lives|street|road|lane|left\sit|"
    r"delivered|parcel|package|driver|courier|postman|"
    r"nachbar\w{0,3}|haus|hauses|wohn\w{1,3}|paket|bote|zusteller|fahrer|postbote|strasse|straße|"
    r"hausnummer|klingel\w{0,2}|"
    r"voisine?s?|maison|habite\w?|livreu[rs]e?|livre|livree?|colis|chemin|rue|avenue|facteur|"
    r"vecin[oa]s?|casa|calle|repartidor|paquete|entreg\w{1,4}|mensajero|cartero|portal)\b",
    re.IGNORECASE,
)
# No house number: a size, a line, a place in a list.
_NO_HOUSE = re.compile(
    r"\b(?:queue|list|line|warteschlange|liste|cola|lista|file|menu|error|fehler|erreur|button|"
    r"boton|bouton|step|schritt|etape|paso|modell?|model|modele|modelo|size|taille|talla)\b",
    re.IGNORECASE,
)
# Two streets that meet.
_CROSSING = (
    rf"(?:(?:{_FRENCH_STREET}|{_SPANISH_STREET}|{_PARTICLE}{_NAME}(?:\s{_NAME}){{0,2}})"
    r"\s?(?:/|&|\s(?:and|und|et|y|con|esq\.?|esquina|[Ee]cke)\s)\s?(?:(?:de|der|con)\s)?(?:la\s|l')?"
    rf"(?:{_FRENCH_STREET}|{_SPANISH_STREET}|(?!I\b){_NAME}(?:\s{_NAME}){{0,2}}))"
)
_CORNER = Cued(
    """the corner of|corner of|intersection of|junction of|angle de la|angle de|angle|a l'angle|
    au croisement de la|au croisement de|croisement|coin de|coin|esquina de|esquina|cruce de|
    ecke|kreuzung|cruce|
    coin de la|au coin de la|entre|estoy en|an der ecke|pickup from|
    pick up from|pick up at|drop off at""",
    rf"\s(?-i:({_CROSSING}))(?!\w)(?:,?\s(?:a|in|en)\s(?-i:{_NAME}))?",
)
_STREET_CORNER = Sought(
    rf"(?<!\w)({_ENGLISH_STREET}\s(?:&|and|near(?:\sthe\scorner\sof)?|at|x)\s(?!I\b){_NAME}"
    rf"(?:\s(?:Street|St|Road|Rd|Lane|Avenue|Ave|Drive|Way))?)(?!\w)"
)
# Calendar words and brands pair up as streets do.
_NO_CROSSING = re.compile(
    r"\b(?:Lunes|Martes|Miercoles|Jueves|Viernes|Sabado|Domingo|Enero|Febrero|Marzo|Abril|Mayo|"
    r"Junio|Julio|Agosto|Septiembre|Octubre|Noviembre|Diciembre|Windows|Android|Apple|Google|"
    r"Samsung|Madrid|Barcelona|Paris|Lyon|London|Berlin|Monday|Friday)\b"
)
# British codes in small letters: the areas there are, and letters that are no unit.
_LOWER_UK = Sought(
    r"(?<![\w.,-])(?!\w+ \d(?:gb|tb|nd|rd|th|hz|hr|ft|lb|gs)\b)"
    r"(?:a[bl]|b[abdhlnrst]|c[abfhmortvw]|d[adeghlnty]|e[chnx]|f[ky]|g[luy]|h[adgprsuxz]|i[gpv]|"
    r"k[atwy]|l[adelnsu]|m[ekl]|n[egnprw]|o[lx]|p[aehlor]|r[ghm]|s[aegklmnoprstwy]|t[adfnqrsw]|"
    r"u[b]|w[acdfnrsv]|yo|ze|[beglmnsw])\d[a-z\d]? \d[abd-hjlnp-uw-z]{2}(?![\w-])"
)
# A street is all that is said then, but for "non," and "no,".
_FEW_LETTERS = 8
FORMS = (
    _ENGLISH,
    _FRENCH,
    _SPANISH,
    _GERMAN,
    _NAMED,
    _BEHIND,
    _NUMBER_IS,
    _NUMBER_SAID,
    _CORNER,
    _STREET_CORNER,
    _LOWER_UK,
)


def streets(text: str, *, lower: bool) -> Iterator[tuple[int, int]]:
    """Where `text` names a street, a house by its number, or a corner."""
    for sought in (_ENGLISH, _GERMAN, _NAMED, _BEHIND, _STREET_CORNER):
        for found in sought.finditer(text):
            yield found.start(1), rest(text, found.end(1), lower=lower).end
    for sought in (_FRENCH, _SPANISH):
        for found in sought.finditer(text):
            behind = rest(text, found.end(1), lower=lower)
            alone = len(text) - len(found[1]) <= _FEW_LETTERS
            if alone or behind.proves_address or _LIVING.search(text):
                yield found.start(1), behind.end
    for found in _CORNER.finditer(text):
        if not _NO_CROSSING.search(found[1]):
            yield found.start(1), found.end()
    for sought in (_NUMBER_IS, _NUMBER_SAID):
        for found in sought.finditer(text):
            if _OF_HOUSES.search(text) and not _NO_HOUSE.search(text):
                yield found.span(1)
    for found in _LOWER_UK.finditer(text):
        yield found.span()
