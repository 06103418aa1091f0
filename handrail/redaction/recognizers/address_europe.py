"""How addresses are written elsewhere in Europe, in Brazil, Turkey and Malaysia."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from handrail.redaction.recognizers.address_rest import CAPITALIZED, NAME
from handrail.redaction.recognizers.base import Sought, listed

_HOUSE = (
    r",?\s(?:n\.?o?\.?\s|nr\.?\s|no:\s?)?\d{1,4}(?:\s?[a-z](?![\w']))?(?:\s?[-/]\s?\d{1,4}[a-z]?)?"
    r"(?:\s[a-z]\s\d{1,3})?(?![\w%€$£:]|[.,]\d)\.?"
)
_PARTICLE = r"(?:(?:de|del|della|di|da|do|dos|du|des|la|le|les|e)\s){0,2}"
# Ends of street names that are written as one word: Swedish, Norwegian, Danish, Icelandic,
# Finnish, Dutch. The second kind end other words too and want a capital.
_ENDINGS = (
    "gatan|gata|gaten|gade|gaden|vagen|vegen|veien|vegur|vejen|vej|straede|stræde|straeti|stræti|"
    "torget|torvet|plads|plassen|grand|stigen|stien|stigur|bakken|backen|braut|katu|kuja|polku|"
    "raitti|kaari|aukio|straat|laan|plein|gracht|kade|singel|steeg|dreef|plantsoen|dijk"
)
_WEAK_ENDINGS = "vei|veg|vag|tie|ranta|gerdi|alle|lei|baan|hove|hof|ringen|markt"
_ONE_WORD = (
    Sought(rf"(?<![\w'-])[^\W\d_][\w'-]{{2,30}}?(?:{_ENDINGS}){_HOUSE}", re.IGNORECASE),
    Sought(
        rf"(?<![\w'-])(?:{CAPITALIZED}\s){{0,3}}(?-i:[A-Z])[\w'-]{{1,30}}?"
        rf"(?:{_ENDINGS}|{_WEAK_ENDINGS}){_HOUSE}",
        re.IGNORECASE,
    ),
)
# Words before the name: French as in Belgium, Italian, Portuguese, Polish, Czech, Romanian,
# Croatian, Greek, Russian, Malay. The second kind are ordinary words too.
_FIRST = (
    r"rue|chaussee|chemin|ch\.|quai|viale|v\.le|piazza|p\.zza|piazzale|piazzetta|vicolo|contrada|"
    r"lungomare|rua|travessa|praca|praceta|estrada|rodovia|ulica|ulice|ul\.|aleja|aleje|osiedle|"
    r"os\.|strada|bulevardul|calea|aleea|soseaua|jalan|jln\.?|lorong|persiaran|λεωφορος|οδος|"
    r"πλατεια|улица|ул\.|проспект"
)
_WEAK_FIRST = (
    r"largo|r\.|al\.|pl\.|plac|str\.|bd\.|jl\.|cesta|trg|salita|borgo|λ\.|avenue|boulevard|place|"
    r"alameda|avenida|corso|via"
)
_NO_PROSE = r"(?!(?:et|und|and|or|ou|oder|o|pas|not|nicht|no|ist|is|est|es)\b)"
# "paid via PayPal 50 times"
BY_MEANS_OF = (
    r"(?!via\s(?:paypal|dhl|ups|dpd|gls|fedex|hermes|e-?mail|sms|whatsapp|telegram|app|post|zoom|"
    r"chat|klarna|visa|bank|google|facebook|instagram|sepa)\b)"
)
_BEFORE = (
    Sought(
        rf"(?<![\w/.-])(?:{_FIRST})\s(?:{_NO_PROSE}{NAME}\s){{0,4}}?(?:{_NO_PROSE}{NAME}|\d{{1,2}}){_HOUSE}",
        re.IGNORECASE,
    ),
    Sought(
        rf"(?<![\w/.-]){BY_MEANS_OF}(?:{_WEAK_FIRST})\s{_PARTICLE}{CAPITALIZED}"
        rf"(?:\s{_PARTICLE}{CAPITALIZED}){{0,3}}?{_HOUSE}",
        re.IGNORECASE,
    ),
)
# "No. 5, Jalan Stesen Sentral": the number comes first.
_MALAY = Sought(
    rf"(?<![\w$])(?:no\.?\s?)?\d{{1,4}}[a-z]?,?\s(?:jalan|jln\.?|lorong|persiaran)"
    rf"(?:\s{NAME}){{1,4}}?(?:\s\d{{1,3}}(?:/\d{{1,3}})?[a-z]?)?(?=[,.;!?\n]|$)",
    re.IGNORECASE,
)
# Words behind the name: Hungarian, Czech, Estonian, Croatian, Turkish, Indian.
_BEHIND = (
    r"utca|utcaja|utja|tere|korut|krt\.|rkp\.|rakpart|setany|fasor|namesti|nam\.|nabrezi|trida|"
    r"puiestee|pst\.?|maantee|mnt\.?|tn\.?|caddesi|cad\.|sokak|sokagi|sok\.|bulvari|marg|"
    r"ulica|ulice"
)
_WEAK_BEHIND = r"u\.|ut|ter|kapu|koz|sor|tee|poik|trg|cesta|terrasse|allee|gate"
_AFTER = (
    Sought(
        rf"(?<![\w-])(?:{CAPITALIZED}[\s-]){{1,4}}(?:{_BEHIND}|{_WEAK_BEHIND}){_HOUSE}",
        re.IGNORECASE,
    ),
    Sought(rf"(?<![\w-]){NAME}\s(?:{_BEHIND}){_HOUSE}", re.IGNORECASE),
)
# The code before the town where its form is like nothing else: Dutch, Polish, Portuguese, and
# with the sign of the country.
_TOWN = Sought(
    r"(?<![\w.,-])(?:\d{4}\s[A-Z]{2}|\d{2}-\d{3}|\d{4}-\d{3}|"
    r"(?:CH|DK|NO?|SE?|FI?|FIN|B|BE|L|LU|I|IT|NL|H|HU)-\d{3}\s?\d{1,2})"
    rf"\s{CAPITALIZED}(?!\w)"
)
FORMS = (*_ONE_WORD, *_BEFORE, _MALAY, *_AFTER, _TOWN)
_CODE = re.compile(r"\d{4} [A-Z]{2} |\d-\d{3} |[A-Z]-\d{3}")


def _first_words(alternatives: str) -> frozenset[str]:
    """The runs of letters with which the `alternatives` open."""
    return frozenset(re.findall(r"(?:^|\|)([^\W\d_]+)", alternatives))


_ALL_ENDINGS = tuple(f"{_ENDINGS}|{_WEAK_ENDINGS}".split("|"))
_BEFORE_WORDS = _first_words(f"{_FIRST}|{_WEAK_FIRST}")
_BEHIND_WORDS = _first_words(f"{_BEHIND}|{_WEAK_BEHIND}")
_MALAY_WORDS = listed("jalan jln lorong persiaran")


def forms(text: str, words: Set[str], numbered: Set[str]) -> Iterator[Sought]:
    """The patterns that may match `text`, whose words are `words`, `numbered` before a number."""
    if any(word.endswith(_ALL_ENDINGS) for word in numbered):
        yield from _ONE_WORD
    if not _BEHIND_WORDS.isdisjoint(numbered):
        yield from _AFTER
    if not _BEFORE_WORDS.isdisjoint(words):
        yield from _BEFORE
    if not _MALAY_WORDS.isdisjoint(words):
        yield _MALAY
    if _CODE.search(text):
        yield _TOWN
