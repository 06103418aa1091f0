"""How addresses are written elsewhere in Europe, in Brazil, Turkey and Malaysia."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from handrail.redaction.recognizers.address_rest import CAPITALIZED, NAME
from handrail.redaction.recognizers.base import listed, openings

_HOUSE = (
    r",?\s(?:n\.?o?\.?\s|nr\.?\s|no:\s?)?\d{1,4}(?:\s?[a-z](?![\w']))?(?:\s?[-/]\s?\d{1,4}[a-z]?)?"
    r"(?:\s[a-z]\s\d{1,3})?(?![\w%€$£:]|[.,]\d)\.?"
)
# Ends of street names that are written as one word: Swedish, Norwegian, Danish, Icelandic,
# Finnish, Dutch.
_ENDINGS = (
    "gatan|gata|gaten|gade|gaden|vagen|vegen|veien|vegur|vejen|vej|straede|stræde|straeti|stræti|"
    "torget|torvet|plads|plassen|grand|stigen|stien|stigur|bakken|backen|braut|katu|kuja|polku|"
    "raitti|kaari|aukio|straat|laan|plein|gracht|kade|singel|steeg|dreef|plantsoen|dijk"
)
_WEAK_ENDINGS = "vei|veg|vag|tie|ranta|gerdi|alle|lei|baan|hove|hof|ringen|markt"
_ONE_WORD = (
    re.compile(rf"(?<![\w-])[^\W\d_][\w'-]{{2,30}}?(?:{_ENDINGS}){_HOUSE}", re.IGNORECASE),
    re.compile(
        rf"(?<![\w-])(?:{CAPITALIZED}\s){{0,3}}(?-i:[A-Z])[\w'-]{{1,30}}?"
        rf"(?:{_ENDINGS}|{_WEAK_ENDINGS}){_HOUSE}",
        re.IGNORECASE,
    ),
)
_PARTICLE = r"(?:(?:de|del|della|di|da|do|dos|du|des|la|le|les|e)\s){0,2}"
# Words before the name: Italian, Portuguese, Polish, Czech, Romanian, Croatian, Greek, Russian,
# Malay. The second kind are ordinary words too.
_FIRST = (
    r"rue|chaussee|chemin|quai|viale|v\.le|piazza|p\.zza|piazzale|piazzetta|vicolo|contrada|lungomare|rua|travessa|"
    r"praca|praceta|estrada|rodovia|ulica|ulice|ul\.|aleja|aleje|osiedle|os\.|"
    r"strada|bulevardul|calea|aleea|soseaua|jalan|jln\.?|lorong|persiaran|λεωφορος|οδος|πλατεια|"
    r"улица|ул\.|проспект"
)
_FIRST_WEAK = (
    r"largo|r\.|al\.|pl\.|plac|str\.|bd\.|jl\.|cesta|trg|salita|borgo|λ\.|avenue|boulevard|place|"
    r"alameda|avenida|corso|via"
)
# "paid via PayPal 50 times"
BY_MEANS_OF = (
    r"(?!via\s(?:paypal|dhl|ups|dpd|gls|fedex|hermes|e-?mail|sms|whatsapp|telegram|app|post|zoom|"
    r"chat|klarna|visa|bank|google|facebook|instagram|sepa)\b)"
)
_BEFORE = (
    re.compile(
        rf"(?<![\w/.-])(?:{_FIRST})\s(?:{NAME}\s){{0,4}}?(?:{NAME}|\d{{1,2}}){_HOUSE}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<![\w/.-]){BY_MEANS_OF}(?:{_FIRST_WEAK})\s{_PARTICLE}{CAPITALIZED}(?:\s{_PARTICLE}{CAPITALIZED}){{0,3}}?{_HOUSE}",
        re.IGNORECASE,
    ),
)
# Words behind the name: Hungarian, Czech, Estonian, Turkish, Indian.
_BEHIND_WORDS = (
    r"utca|utcaja|utja|tere|korut|krt\.|rkp\.|rakpart|setany|fasor|namesti|nam\.|nabrezi|trida|"
    r"puiestee|pst\.?|maantee|mnt\.?|tn\.?|caddesi|cad\.|sokak|sokagi|sok\.|bulvari|marg|"
    r"ulica|ulice"
)
_BEHIND_WEAK = r"u\.|ut|ter|kapu|koz|sor|tee|poik|trg|cesta|terrasse|allee|gate"
_BEHIND = (
    re.compile(
        rf"(?<![\w-])(?:{CAPITALIZED}[\s-]){{1,4}}(?:{_BEHIND_WORDS}|{_BEHIND_WEAK}){_HOUSE}",
        re.IGNORECASE,
    ),
    re.compile(rf"(?<![\w-]){NAME}\s(?:{_BEHIND_WORDS}){_HOUSE}", re.IGNORECASE),
)
# "No. 5, Jalan Stesen Sentral": the number comes first.
_MALAY = re.compile(
    rf"(?<![\w$])(?:no\.?\s?)?\d{{1,4}}[a-z]?,?\s(?:jalan|jln\.?|lorong|persiaran)(?:\s{NAME}){{1,4}}?(?:\s\d{{1,3}}(?:/\d{{1,3}})?[a-z]?)?(?=[,.;!?\n]|$)",
    re.IGNORECASE,
)
_MALAY_WORDS = listed("jalan jln lorong persiaran")
# The code before the town where its form is like nothing else: Dutch, Polish, Portuguese, and
# with the sign of the country.
_TOWN = re.compile(
    rf"(?<![\w.,-])(?:\d{{4}}\s[A-Z]{{2}}|\d{{2}}-\d{{3}}|\d{{4}}-\d{{3}}|"
    rf"(?:CH|DK|NO?|SE?|FI?|FIN|B|BE|L|LU|I|IT|NL|H|HU)-\d{{3}}\s?\d{{1,2}})\s{CAPITALIZED}(?!\w)"
)
_CODE = re.compile(r"\d{4} [A-Z]{2} |\d-\d{3} |[A-Z]-\d{3}")
_ENDING = tuple((_ENDINGS + "|" + _WEAK_ENDINGS).split("|"))
_BEFORE_WORDS = openings(re.sub(r"\\\.\??", "", _FIRST + "|" + _FIRST_WEAK)) | listed("v p r")
_AFTER_WORDS = openings(re.sub(r"\\\.\??", "", _BEHIND_WORDS + "|" + _BEHIND_WEAK))


def forms(text: str, spelled: Sequence[str], words: Set[str]) -> Iterator[re.Pattern[str]]:
    """The patterns that may match `text`, whose words are `spelled` and in a set `words`."""
    if any(word.endswith(_ENDING) for word in spelled):
        yield from _ONE_WORD
    if not _BEFORE_WORDS.isdisjoint(words):
        yield from _BEFORE
    if not _MALAY_WORDS.isdisjoint(words):
        yield _MALAY
    if not _AFTER_WORDS.isdisjoint(words):
        yield from _BEHIND
    if _CODE.search(text):
        yield _TOWN
