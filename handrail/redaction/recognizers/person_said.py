"""Names in any case that a phrase around them gives away: third persons, signatures, doorbells.

What stands there must be no ordinary word. Of a single word in lower case the sentence must go on
as it does behind a name, or end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.base import Cued, Sought, listed
from handrail.redaction.recognizers.names import (
    PARTICLES,
    is_ambiguous,
    is_brand,
    is_first_name,
    is_last_name,
    is_ordinary,
    is_ware,
)
from handrail.redaction.spans import Span, SpanType

_ONE = r"[^\W\d_]{2,20}(?:['-][^\W\d_]{2,20}){0,2}"
_PARTICLE = (
    r"(?:(?:van|von|vom|zu|de|del|della|di|da|dos|du|la|le|el|al|bin|ben|ni|y|der|den)\s){0,2}"
)
_NAME = rf"(?P<name>{_ONE}(?:\s{_PARTICLE}{_ONE}){{0,2}})"
_FEW = rf"(?P<name>{_ONE}(?:\s{_ONE})?)"
_END = r"(?=\s?(?:[,.;:!?)\"\n(]|$|\s-\s))"
# What mostly goes on behind a name.
_ENGLISH = (
    r"(?=,|\s(?:is|isn't|has|hasn't|was|will|can|can't|did|didn't|does|doesn't|said|and|who|had)\b)"
)
_GERMAN = r"(?=,|\s(?:ist|hat|war|wird|kann|hatte|will|soll|darf|muss|hab|und)\b)"
_FRENCH = r"(?=,|\s(?:est|n'est|a|n'a|m'a|l'a|va|veut|peut|avait|etait|ne|doit)\b)"
_SPANISH = r"(?=,|\s(?:es|ha|va|no|lo|la|me|le|se|tiene|puede|quiere|estaba|era)\b)"
_ADJECTIVE = (
    r"(?:\s(?:late|little|older|younger|old|new|ex|best|kleiner?|alter?|neuer?|verstorbener?|"
    r"petite?|defunte?|nueva?|nuevo|difunt[ao]))?"
)
_KIN = (
    (
        """my|his|her|our|your|their|the|some""",
        r"(?:wife|husband|partner|son|daughter|kid|brother|sister|mother|father|mum|mom|dad|boss|"
        r"manager|mate|friend|colleague|coworker|neighbou?r|landlord|landlady|flatmate|roommate|"
        r"tenant|cousin|niece|nephew|aunt|uncle|nan|gran|grandson|granddaughter|assistant|carer|"
        r"technician|engineer|plumber|driver|nurse|agent|lady|guy|girl|bloke|fiancee?|baby)",
        _ENGLISH,
    ),
    (
        """mein|meine|meinen|meinem|meiner|sein|seine|seinen|seinem|ihr|ihre|ihren|ihrem|ihrer|
        unser|unsere|unseren|unserem|unserer|eure|euer|eurer|dein|deine|der|die|dem|den""",
        r"(?:frau|mann|partnerin|sohn|tochter|kind|bruder|schwester|mutter|vater|chefin|chef|"
        r"freundin|freund|kollegin|kollege|nachbarin|nachbar|vermieterin|vermieter|mitbewohnerin|"
        r"mitbewohner|mieterin|mieter|cousine|cousin|nichte|neffe|tante|onkel|oma|opa|enkelin|"
        r"enkel|schwagerin|schwager|kleiner?|monteur|fahrer|hausmeister|tierarzt|lebensgefahrtin|"
        r"lebensgefahrte|mitarbeiterin|mitarbeiter|betreuerin|betreuer|azubi)",
        _GERMAN,
    ),
    (
        """mon|ma|son|sa|notre|votre|leur|le|la|un|une""",
        r"(?:femme|mari|compagne|compagnon|fils|fille|petite?|frere|soeur|mere|pere|patronne|"
        r"patron|copine|copain|amie?|collegue|voisine?|proprietaire|proprio|coloc|locataire|"
        r"cousine?|niece|neveu|tante|oncle|mamie|papi|belle-soeur|beau-frere|assistante?|gardien|"
        r"livreur|technicien|veto|nounou|denommee?|certaine?|conjointe?|epouse|epoux)",
        _FRENCH,
    ),
    (
        """mi|mis|su|tu|nuestra|nuestro|el|la|un|una""",
        r"(?:mujer|marido|esposa|esposo|pareja|hijo|hija|peque|hermano|hermana|madre|padre|jefa|"
        r"jefe|novia|novio|amiga|amigo|companera|companero|vecina|vecino|casera|casero|inquilina|"
        r"inquilino|prima|primo|sobrina|sobrino|tia|tio|abuela|abuelo|cunada|cunado|suegra|suegro|"
        r"asistente|portero|repartidor|tecnico|tal|difunto|difunta)",
        _SPANISH,
    ),
)
_KIN_NAMED = tuple(
    Cued(whose, rf"{_ADJECTIVE}\s{kin}(?:\sde\s\w{{4,12}})?,?\s{_FEW}(?:{_END}|{goes_on})")
    for whose, kin, goes_on in _KIN
)
# The same without a word for whose they are, where the sentence goes on behind the name.
_KIN_ALONE = (
    Cued(
        "nachbar|nachbarin|kollege|kollegin|chef|chefin|vermieter|vermieterin|hausmeister|monteur",
        rf"\s{_FEW}{_GERMAN}",
    ),
    Cued("neighbour|neighbor|colleague|landlord|driver|flatmate|cousin", rf"\s{_FEW}{_ENGLISH}"),
    Cued("voisin|voisine|collegue|proprio|coloc|gardien", rf"\s{_FEW}{_FRENCH}"),
    Cued("vecino|vecina|jefe|jefa|portero|casero|casera", rf"\s{_FEW}{_SPANISH}"),
)
_ADDRESSED = r",?\s(?:(?:mme|mr|mrs|ms|sr|sra|herr|frau|m)\.?\s)?"
# Behind these stands a name, whatever follows.
_CERTAIN = Cued(
    """maiden name|madchennamen|madchenname|geburtsnamen|nom de jeune fille|apellido de soltera|
    guy named|guy called|girl named|girl called|lady named|lady called|man called|
    man named|woman called|woman named|someone called|somebody called|
    jemand namens|ein typ namens|un denomme|une denommee|un nomme|
    une nommee|un tal|una tal|un tipo llamado|una chica llamada|un chico llamado|alguien llamado|
    alguien llamada""",
    _ADDRESSED + _FEW,
)
# Behind these one mostly does: "a certain age" is none.
_SOME = Cued("a certain|ein gewisser|eine gewisse|un certain|une certaine", _ADDRESSED + _FEW)
_REACHED = Cued(
    """contact|kontaktieren sie|kontaktiert|contactez|contacten a|contacte a|cc|cc an""",
    rf"\s{_FEW}(?:{_END}|(?=\s(?:on|at|via|about|unter|au|sur|al|please|bitte|svp)\b))",
)
# Lists of people: each of them must be no ordinary word.
_LISTED = Cued(
    """kids are|children are|names are|guests are|passengers are|they are called|kids' names are|
    kinder heissen|kinder heißen|kinder sind|namen sind|les enfants c'est|enfants s'appellent|
    les noms sont|los ninos son|hijos son|hijos se llaman|los nombres son""",
    rf":?\s(?P<names>{_ONE}(?:,\s{_ONE}){{0,4}}(?:,?\s(?:and|und|et|y|e)\s{_ONE})?)",
)
_AND = re.compile(r",\s|,?\s(?:and|und|et|y|e)\s")
# "opened by s. nakamura"
_SMALL = Cued("by|von|par|por|from", rf"\s(?P<name>(?-i:[a-z])\.\s?(?P<last>{_ONE}))")
# To whom something belongs, goes or is registered: one word of a name only in capitals or known.
_OF = Cued(
    """lauft auf|laufen auf|reservierung auf|buchung auf|tisch auf|bestellung auf|gehort|
    gucken sie unter|schauen sie unter|suchen sie unter|steht unter|ich schreibe fur|
    im auftrag von|klingeln bei|klingel bei|klingel steht|
    klingelschild steht|briefkasten steht|unterschrieben hat|
    party of|belongs to|made out to|payable to|
    deliver to|delivered to|send it to|on behalf of|writing for|look under|it's under|its under|
    buzzer says|doorbell says|bell says|signature|signed by|signature says|owner is|holder is|
    appartient a|livrez chez|livrer chez|sonner chez|sonnez chez|deposer chez|j'ecris pour|
    sonnette c'est marque|sonnette c'est|marque sur la sonnette|de la part de|chercher a|
    pertenece a|entregar a|entreguen a|dejar con|llamar a|escribo por|en nombre de|timbre dice|
    timbre pone|buscar por|anadir a|quitar a|la linea es de|el contrato es de""",
    rf"(?:\s(?:my|mein\w{{0,2}}|mon|ma|mi)\s\w{{3,12}})?\s[\"']?(?:a\s)?{_NAME}"
    r"(?=[\"']?\s?(?:[,.;:!?)\"\n(]|$)|\s(?:instead|please|svp|por favor|bitte|klingeln|liefern|"
    r"zustellen|and|und|et|y)\b)",
)
_RING = Cued("bei|chez", rf"\s{_FEW}\s(?:klingeln|lauten|sonner)\b")
# Before these stands who speaks or who said it.
_BEHIND = Sought(
    rf"(?:^|[,.!?;:\n(]\s?|\b(?:and|und|et|y|hi|hello|hallo|bonjour|hola|tag|moin)[,\s]\s?){_FEW},?\s"
    r"(?i:from your (?:team|company|side|office)|from the (?:team|office|store|shop)|"
    r"here again|here once more|again here|mein name|ist mein name|is my name|is the name|"
    r"de chez vous|de votre (?:equipe|service)|de su equipo|de su empresa|de ustedes|"
    r"von euch|von ihnen|aus eurem team|aus der technik|a l'appareil|est mon nom|es mi nombre|"
    r"hier nochmal|de nuevo por aqui)\b",
    re.IGNORECASE,
)
# The last line, or what stands behind a dash, where thanks or wishes stand before it.
_SIGNED = Sought(
    r"\b(?i:thanks|thx|ty|cheers|ta|regards|wishes|danke|merci|gracias|saludos|atte|lg|vg|mfg|gruss|"
    r"gru(?:ss|ß)e?|cdlt|cordialement|bises|besos)\b[^\n]{0,24}?(?:\s?\n{1,3}\s?|\s-\s?)"
    rf"{_FEW}\s?[.!]?\s*$",
)
# "F Abernethy", "R.J. Cudworth", "X. de Saint-Amour".
_INITIALED = Sought(
    r"(?<![\w.'&/-])(?P<name>[A-HJ-Z](?:\. ?| )(?:[A-HJ-Z](?:\. ?| ))?"
    rf"{_PARTICLE}[A-Z][A-Za-z]{{2,20}}(?:-[A-Z][a-z]{{2,20}})?)(?![\w@-])"
)
_BEFORE_INITIAL = re.compile(
    r"(?:^|[,.;:!?(\n]\s?|\b(?i:by|from|to|with|under|name|mr|mrs|ms|miss|for|von|an|mit|fur|par|pour|"
    r"por|para|de|nombre|nom|herr|frau|regards|gruss|signature)\s)$"
)
# Spelled in capitals, as it is said before or where nothing else is: "L E C O Q", "C-Z-E-R-W".
_SPELLED = Sought(r"(?<![\w'-])[A-Z](?:(?: | ?- ?)[A-Z]){3,20}(?![\w'-])")
_SPELLS = re.compile(
    r"spel|writ|name|letter|buchstab|schreib|schrieb|ecri|epel|\bnom\b|deletre|escrib|apellid|"
    r"nombre",
    re.IGNORECASE,
)
_SPELLS_WITHIN = 40
# The old name and the new one.
_CHANGED = Cued(
    """name change from|name from|change name from|changed from|surname from|umbenennen von|
    namen von|nachnamen von|name von|changer|changement de nom de|cambiar|
    cambio de apellido de|fruher|
    avant|antes|formerly|was""",
    rf"\s(?P<old>(?-i:[A-Z]){_ONE})\s?,?\s(?:to|auf|in|zu|en|por|a|jetzt|nun|now|maintenant|ahora)\s"
    rf"(?P<new>(?-i:[A-Z]){_ONE}){_END}",
)
_HERE = Sought(rf"^{_FEW}\s(?:hier|here)(?=[,.!]|$)", re.IGNORECASE)
_FIRST = (*_KIN_NAMED, *_KIN_ALONE, _CERTAIN, _REACHED, _RING, _HERE, _BEHIND, _SIGNED)
FORMS = (*_FIRST, _OF, _SOME, _INITIALED, _SMALL, _LISTED, _SPELLED, _CHANGED)
_NO_NAME = listed(
    "again please thanks asap bye lol today tomorrow soon btw pls anyway though right quick "
    "nochmal bitte danke schon auch heute morgen encore svp aussi ici merci otra vez hoy aqui "
    "nuevo here there too also iphone ipad android android handy firma company cash nachbarn"
)
_VERBAL = re.compile(
    r".{2}(?:ing|ed|ly|able|ous|ful|less|ieren|iert|lich|isch|bar|igen|ement|ique|mente|ando|"
    r"iendo|ado|ada|ido|ida|tion|cion|ung|ungen|heit|keit|test|tet|te|ten|ait|aient|aba|ieron)$"
    r"|^(?:\w{2,4}ge|ge|ver|zer|ent|be|er)\w{3,12}t$"
)
# "Meine Frau kocht."
_GERMAN_VERB = re.compile(r"[bfghklmnps]t$")
_SHORTEST = 3
_FEWEST_LISTED = 2
_CONFIDENCE = 0.75


def said(text: str) -> Iterator[Span]:
    """Names in plain `text` that phrases around them give away."""
    for pattern in _FIRST:
        for found in pattern.finditer(text):
            yield from _span(text, *found.span("name"), alone=True)
    for pattern in (_OF, _SOME):
        for found in pattern.finditer(text):
            yield from _span(text, *found.span("name"), alone=False)
    for found in _INITIALED.finditer(text):
        last = found["name"].split()[-1].split(".")[-1].lower()
        begins = _BEFORE_INITIAL.search(text, max(0, found.start() - 16), found.start())
        if is_last_name(last) or (begins and not is_ordinary(last)):
            start, end = found.span("name")
            # Monsieur's is a title.
            start += len("M. ") if found["name"].startswith("M. ") else 0
            yield Span(start, end, SpanType.PERSON, _CONFIDENCE)
    for found in _SMALL.finditer(text):
        if _may_name(found["last"]):
            yield Span(*found.span("name"), SpanType.PERSON, _CONFIDENCE)
    for found in _LISTED.finditer(text):
        yield from _listed(text, *found.span("names"))
    for found in _SPELLED.finditer(text):
        if not (
            _SPELLS.search(text, max(0, found.start() - _SPELLS_WITHIN), found.start())
            or text.strip(" .!") == found.group()
        ):
            continue
        yield Span(*found.span(), SpanType.PERSON, _CONFIDENCE)
    for found in _CHANGED.finditer(text):
        if not (is_ordinary(found["old"].lower()) or is_ordinary(found["new"].lower())):
            yield Span(*found.span("old"), SpanType.PERSON, _CONFIDENCE)
            yield Span(*found.span("new"), SpanType.PERSON, _CONFIDENCE)


def _listed(text: str, start: int, end: int) -> Iterator[Span]:
    """The names in a list of some, if all in it may be names."""
    names = _AND.split(text[start:end])
    if len(names) < _FEWEST_LISTED or not all(map(_may_name, names)):
        return
    for name in names:
        start = text.index(name, start)
        yield Span(start, start + len(name), SpanType.PERSON, _CONFIDENCE)
        start += len(name)


def _span(text: str, start: int, end: int, *, alone: bool) -> Iterator[Span]:
    """The name that `text[start:end]` begins with; `alone`: an unknown single word is one."""
    words = text[start:end].split()
    taken = 0
    for word in words:
        particle = word.lower() in PARTICLES and (taken or word[0].isupper())
        goes_on = not taken or word[0].isupper() == words[0][0].isupper()
        if not (particle or (goes_on and _may_name(word))):
            break
        taken += 1
    while taken and words[taken - 1].lower() in PARTICLES:
        taken -= 1
    if taken == 1 and words[0].lower() in PARTICLES:
        return
    whole = taken == len(words) or words[taken].lower() in _NO_NAME
    known = any(is_first_name(word) or is_last_name(word) for word in words[:taken])
    capitals = all(word[0].isupper() for word in words[:taken] if word.lower() not in PARTICLES)
    enough = known or capitals or (whole and (alone or taken > 1))
    if taken and enough:
        stop = start + len(" ".join(words[:taken]))
        yield Span(start, stop, SpanType.PERSON, _CONFIDENCE)


def _may_name(word: str) -> bool:
    """Whether a word is no ordinary one, no verb and nothing that is made or sold."""
    lower = word.lower()
    if len(lower) < _SHORTEST or lower in _NO_NAME or is_ordinary(lower):
        return False
    if is_brand(lower) or is_ware(lower) or is_ambiguous(lower):
        return word[0].isupper() and is_last_name(lower)
    if is_first_name(lower) or is_last_name(lower):
        return True
    return not (_VERBAL.search(lower) or (word.islower() and _GERMAN_VERB.search(lower)))
