"""How addresses are written in German: street and house number, code and town."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from handrail.redaction.recognizers.address_rest import CAPITALIZED, NAME
from handrail.redaction.recognizers.base import Sought, listed

# "rosenweg 20" is one even in small letters.
_STRONG = (
    r"(?:stra(?:ss|ß)e|str\.|str|platz|gasse|allee|chaussee|promenade|"
    r"(?<=[a-z]{4})weg)"
)
# Its letters are looked at first, because it is tried at each letter of a name.
_WEAK = (
    r"(?=[bdfghkmprsuwz])(?:weg|ring|damm|ufer|steig|pfad|markt|hof|berg|graben|kai|zeile|stieg|garten|"
    r"feld|park|bogen)"
)
# "Haupt" or "Karl Marx ", but no words of the sentence.
_STEM = (
    r"(?<![\w.-])(?:(?-i:(?:(?!Unser|Dieser|Einer|Meiner|Ihrer|Keiner)[A-Z][a-zß]{3,16}er\s)?)"
    r"(?:(?:alte|neue|grosse|große|kleine|lange|kurze|obere|untere|hohe|breite|innere)\s)?"
    r"[^\W\d_][\w.-]{0,40}?|"
    r"(?:(?!(?:is|on|at|in|der|die|das|den|dem|am|an|im|zu|auf|vor|mit|nach|wohne|wohnhaft|ich|und|"
    r"bin|ist|adresse|lautet|von|the|to)\b)[^\W\d_][\w.-]{1,30}\s){1,3}?)"
)
_HOUSE = r"(?:\s|(?<=str\.))\d{1,4}\s?[a-h]?(?:\s?[-/]\s?\d{1,4}[a-h]?){0,2}(?![\w%€:])"
_CODE_AND_TOWN = (
    rf"(?:,?\s(?:[AD]-)?\d{{4,5}}\s{NAME}"
    r"(?:\s(?:am|an|im|in|bei|ob|der|dem|(?-i:[A-Z])[\w.-]{0,40})\b"
    r"(?:\s(?:(?-i:[A-Z])[\w.-]{0,40}|see)\b)?)?)"
)
_STREETS = (
    Sought(f"{_STEM}{_STRONG}{_HOUSE}{_CODE_AND_TOWN}?", re.IGNORECASE),
    Sought(f"{_STEM}{_WEAK}{_HOUSE}{_CODE_AND_TOWN}", re.IGNORECASE),
    Sought(
        rf"(?<![\w-])(?:[A-Z][\w.]{{0,40}}[- ]){{0,3}}?[A-Z][\w.-]{{0,40}}?(?i:{_WEAK}){_HOUSE}"
    ),
)
# "Im Winkel 3", but not "Im Mai 2026" or "Zur Rechnung 4711": those who count go on.
_NO_WAY = (
    r"(?!(?:Jan|Feb|Mar|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Montag|Dienstag|Mittwoch|Donnerstag|"
    r"Freitag|Samstag|Sonntag|Jahr|Monat|Woche|Tag|Kapitel|Seite|Absatz|Abschnitt|Schritt|Punkt|"
    r"Rechnung|Vertrag|Bestellung|Auftrag|Lieferung|Paket|Angebot|Artikel|Warenkorb|Preis|Konto|"
    r"Version|Standort|Filiale|Zimmer|Raum|Gleis|Abteil|Level|Stufe|Tarif|Fall|Ticket|Vorgang)"
    r"[a-z]{0,8}\b)"
)
_BY_ARTICLE = Sought(
    r"\b(?:Hinterm|Vorm|Uberm|Unterm|Auf'm|"
    r"Am|An der|An den|Im|In der|In den|Auf der|Auf dem|Zum|Zur|Unter den|Hinter der|"
    rf"Hinter den|Vor dem|Bei der)\s{_NO_WAY}{CAPITALIZED}(?: {CAPITALIZED})?{_HOUSE}"
    r"(?=\s?(?:[,.;!?\n)(]|$|\d{4,5}\s|"
    r"(?:in|und|oder|statt|bei|nicht|liefern|schicken|senden)\b))"
)
# "Platz der Einheit 4"
_OF = Sought(
    r"\b(?:Stra(?:ss|ß)e|Str\.|Platz|Allee)\s(?:der|des|am|an der|zum|zur)\s(?:\d{1,2}\.\s)?"
    rf"{CAPITALIZED}(?: {CAPITALIZED}){{0,2}}{_HOUSE}"
)
_TOWN = Sought(
    # A place without streets may stand in front: "La Grange, 24290 Montignac".
    rf"(?:(?<!\w)(?:[Ll]a |[Ll]es? )?(?=\w{{3}}){CAPITALIZED}(?: {CAPITALIZED}){{0,2}}, )?"
    r"(?<![\w.,-])(?:[AD]-)?\d{5} [A-Z][a-z]\w{1,30}(?:\s(?:am|an der|im|in)\s[A-Z]\w{1,30}|"
    r"-[A-Z]\w{1,30})?(?!\w)"
)
# "28012, Madrid" and nothing else on the line.
_TOWN_ALONE = Sought(rf"^\d{{5}}, {CAPITALIZED}(?: {CAPITALIZED})?$", re.MULTILINE)
_FIVE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_ENDINGS = tuple(
    listed(
        "strasse straße str platz gasse allee chaussee promenade weg ring damm ufer steig pfad "
        "markt hof berg graben kai zeile stieg garten feld park bogen"
    )
)
_ARTICLES = listed("hinterm vorm uberm unterm am an im in auf zum zur unter hinter vor bei")
_OF_WORDS = listed("strasse straße str platz allee")
STREET_WORDS = frozenset(_ENDINGS)
FORMS = (*_STREETS, _BY_ARTICLE, _OF, _TOWN, _TOWN_ALONE)


def forms(text: str, words: Set[str], numbered: Set[str]) -> Iterator[Sought]:
    """The patterns that may match `text`, whose words are `words`, `numbered` before a number."""
    if any(word.endswith(_ENDINGS) for word in numbered):
        yield from _STREETS
    if not _ARTICLES.isdisjoint(words):
        yield _BY_ARTICLE
    if not _OF_WORDS.isdisjoint(words):
        yield _OF
    if _FIVE.search(text):
        yield _TOWN
        yield _TOWN_ALONE
