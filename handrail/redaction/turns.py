"""Values that one message alone doesn't give away: answers, and values cut in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from handrail.conversations.model import Role
from handrail.redaction.reading import Reading
from handrail.redaction.recognizers.base import either
from handrail.redaction.spans import EVERY_TYPE, Span, SpanType, moved

_ASKING = re.compile(
    r"\?|please|bitte|merci de|por favor|may i|can i|could i|could you|"
    r"need your|provide|confirm|share|"
    r"nennen|geben sie|brauche|wie lautet|quel|donner|indiquer|indique|digame|"
    r"facilit|necesito|pourriez|pouvez|veuillez|communiqu|preciser|precisez|confirmez|quelle|"
    r"puede|podria|podrias|cual|confirme|me dice|me das|diga|dime|how do i|whom|a qui|con quien",
    re.IGNORECASE,
)

# What an agent asks for -> the words that make the answer recognizable, and what may be found then.
_PROMPTS: tuple[tuple[re.Pattern[str], str, frozenset[SpanType]], ...] = tuple(
    (re.compile(r"\b" + words + r"\b", re.IGNORECASE), prefix, frozenset(kinds))
    for words, prefix, kinds in (
        (
            either("""date of birth|dob|birthday|birth date|when were you born|geburtsdatum|geboren|
        date de naissance|fecha de nacimiento|ne le|nee le|quand etes-vous ne|cuando nacio|
        wann sind sie geboren"""),
            "date of birth: ",
            {SpanType.DATE_OF_BIRTH},
        ),
        (
            either(
                "username|user name|login|user id|benutzername|nutzername|identifiant|usuario|"
                "pseudo|nom d'utilisateur"
            ),
            "username: ",
            {SpanType.USERNAME},
        ),
        (
            either("password|passwort|kennwort|mot de passe|contrasena|clave"),
            "password is ",
            {SpanType.SECRET},
        ),
        (
            either("pin|code|cvv|cvc|otp|security code|last digits|tan|codigo|cryptogramme"),
            "pin is ",
            {SpanType.SECRET},
        ),
        (
            either("""card number|credit card|debit card|kartennummer|kreditkarte|numero de carte|
        tarjeta"""),
            "card number is ",
            {SpanType.CARD},
        ),
        (
            either("iban|bank account|kontonummer|cuenta bancaria"),
            "account number is ",
            {SpanType.ACCOUNT, SpanType.IBAN},
        ),
        (
            either("""
            order number|order id|order #|booking number|booking reference|tracking number|
        reference number|bestellnummer|auftragsnummer|sendungsnummer|numero de commande|
        numero de pedido|numero de suivi|numero de reservation|numero de dossier|
        numero de facture|numero de seguimiento|numero de reserva|numero de factura|localizador|
        referencia|reference"""),
            "order number is ",
            {SpanType.ORDER},
        ),
        (
            either("""account number|account id|customer number|customer id|member number|member id|
        membership number|policy number|kundennummer|numero de client|numero client|
        numero de cliente|numero de contrat|numero de contrato|numero d'abonne|numero de socio|
        numero de cuenta|numero de compte|vertragsnummer"""),
            "account number is ",
            {SpanType.ACCOUNT},
        ),
        (
            either("""
            ssn|social security|national id|id number|tax id|passport|ausweis|steuer-id|dni|
        securite sociale|numero de secu|piece d'identite|carte d'identite|passeport|pasaporte|
        nie|nif|documento|seguridad social|nric|fin|aadhaar|aadhar|pan|tfn|tax file number|
        medicare"""),
            "id number is ",
            {SpanType.NATIONAL_ID},
        ),
        (
            either("""phone|phone number|telephone|mobile|number to reach|reach you|call you|
        contact number|telefonnummer|handynummer|rufnummer|telefono|movil|celular|portable|
        numero ou vous joindre|vous joindre|vous rappeler|numero de contacto|llamarle|llamarte|
        handphone|best number"""),
            "my number is ",
            {SpanType.PHONE},
        ),
        (
            either("""postcode|postal code|zip code|zip|code postal|codigo postal|plz|
        postleitzahl|pin code|pincode"""),
            "postal code: ",
            {SpanType.ADDRESS},
        ),
        (
            either("address|adresse|anschrift|direccion|where do you live|domicilio"),
            "my address is ",
            {SpanType.ADDRESS},
        ),
        (
            either("""
            name|namen|nom|nombre|who am i speaking|who am i chatting|wie heissen|wie heißen|
        quien hablo|a qui ai-je l'honneur|a qui je parle|comment vous appelez-vous|
        vous appelez|como se llama|como te llamas|se llama|prenom|apellidos|apellido|titular|
        titulaire|wer sind sie"""),
            "my name is ",
            {SpanType.PERSON},
        ),
    )
)
_FILLER = re.compile(
    r"(?:(?:yes|yeah|yep|sure|ok|okay|of course|certainly|well|ja|klar|gerne|oui|bien sur|si|"
    r"claro|por supuesto|vale|bueno|pues|alors|euh|d'accord|voila|voici)[,.!:]?\s+)*"
    r"(?:(?:it'?s|it is|this is|that'?s|that is|es ist|das ist|c'est (?:le|la)|c'est|es (?:el|la)|"
    r"es|ist|mon|mein|mi)\s+)?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"[0-9]")
_FRAGMENT = re.compile(
    r"\W*(?:(?:and|then|und|dann|et|puis|y|"
    r"luego)\s)?[A-Z]{0,4}[\d\s().\-/+x*#]{2,40}(?:[A-Z]{0,4}[\d\s-]{1,12}){0,4}"
    r"(?:\s(?:that'?s it|thanks|thx|ok))?\W*",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"\W*(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|null|eins|"
    r"zwei|drei|vier|funf|sechs|sieben|"
    r"acht|neun|un|deux|trois|quatre|cinq|sept|huit|neuf|uno|dos|tres|cuatro|cinco|seis|siete|"
    r"ocho|nueve|cero)[\s,.-]*){2,20}\W*",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"(?:\bis|\bist|\blautet|\best|\bes|c'est|:|=|\bnumber|\bcontrasena|"
    r"\bmot de passe|\bnummer|\bnumero|\bpassword|\bpasswort|"
    r"\bpin|\bcvv|\bname|\baddress)\s*[:.]{0,3}\s*$",
    re.IGNORECASE,
)
_IN_PIECES = frozenset(
    {
        SpanType.CARD,
        SpanType.IBAN,
        SpanType.PHONE,
        SpanType.NATIONAL_ID,
        SpanType.ACCOUNT,
        SpanType.ORDER,
        SpanType.SECRET,
    }
)
_ADDRESS = frozenset({SpanType.ADDRESS})
_NO_ADDRESS = _IN_PIECES - {SpanType.ORDER, SpanType.ACCOUNT} | {SpanType.EMAIL}
_TAIL = 64
_SHORT = 90


def answers(turns: Sequence[tuple[Role, str]], *, reading: Reading) -> list[list[Span]]:
    """What the customer's short messages hold, read as answers to the question just before."""
    found: list[list[Span]] = [[] for _ in turns]
    for place in range(1, len(turns)):
        role, text = turns[place]
        if role is not Role.CUSTOMER or not 0 < len(text) <= _SHORT:
            continue
        asked = next(
            (t for r, t in reversed(turns[max(0, place - 2) : place]) if r is not Role.CUSTOMER), ""
        )
        if not asked or not _ASKING.search(asked):
            continue
        skipped = _FILLER.match(text)
        skip = skipped.end() if skipped else 0
        for pattern, prefix, kinds in _PROMPTS:
            if pattern.search(asked):
                found[place] += _read_as(prefix, text, skip, types=kinds, reading=reading)
    return found


def _read_as(
    prefix: str, text: str, skip: int, *, types: frozenset[SpanType], reading: Reading
) -> Iterator[Span]:
    """What `text` holds of `types` where `prefix` stands for its first `skip` characters.

    After words for an address anything with a number reads like one: not what is something else
    already, and not the words before an address that is seen without them.
    """
    begins = 0
    if types == _ADDRESS:
        seen = reading.found(text, types=EVERY_TYPE)
        if any(span.type in _NO_ADDRESS for span in seen):
            return
        begins = min((span.start for span in seen if span.type in types), default=0)
    whole = prefix + text[skip:]
    shift = skip - len(prefix)
    for span in reading.found(whole, types=types):
        if span.start >= len(prefix) and _is_answer(whole, span):
            start = max(span.start + shift, begins)
            yield moved(span, start, span.end + shift)


def _is_answer(text: str, span: Span) -> bool:
    """A password or user name without a digit must be the whole answer."""
    if span.type not in (SpanType.SECRET, SpanType.USERNAME):
        return True
    whole = not text[span.end :].strip(" .!")
    return whole or any(c.isdigit() for c in text[span.start : span.end])


def pieces(turns: Sequence[tuple[Role, str]], *, reading: Reading) -> list[list[Span]]:
    """Parts of values that the customer sent in consecutive messages: `4111 1111`, `1111 1111`."""
    found: list[list[Span]] = [[] for _ in turns]
    mine = [place for place, (role, _) in enumerate(turns) if role is Role.CUSTOMER]
    for at in range(1, len(mine)):
        if mine[at] - mine[at - 1] > 2 or not _continues(turns, mine[at - 1], mine[at]):
            continue
        first = at - 1
        while (
            first > 0
            and at - first < 4
            and mine[first] - mine[first - 1] <= 2
            and _fragment(turns[mine[first]][1])
        ):
            first -= 1
        _across(turns, mine[first : at + 1], found, reading=reading)
    return found


def _fragment(text: str) -> bool:
    if len(text) > _SHORT:
        return False
    digits = _DIGIT.search(text) is not None
    return bool(_FRAGMENT.fullmatch(text) if digits else _SPOKEN.fullmatch(text))


def _continues(turns: Sequence[tuple[Role, str]], before: int, after: int) -> bool:
    text = turns[after][1]
    return _fragment(text) or (len(text) <= _SHORT and bool(_DANGLING.search(turns[before][1])))


def _across(
    turns: Sequence[tuple[Role, str]],
    places: Sequence[int],
    found: list[list[Span]],
    *,
    reading: Reading,
) -> None:
    """Find in the joined messages what crosses from one into the next, or hangs on a last word."""
    joined, parts = "", []
    for place in places:
        text = turns[place][1]
        skip = max(0, len(text) - _TAIL) if place == places[0] else 0
        kept = text[skip:].rstrip()
        parts.append((len(joined), len(joined) + len(kept), skip, place))
        joined += kept + " "
    dangling = {b[3] for a, b in pairwise(parts) if _DANGLING.search(joined[a[0] : a[1]])}
    for span in reading.found(joined, types=EVERY_TYPE if dangling else _IN_PIECES):
        touched = [part for part in parts if span.start < part[1] and span.end > part[0]]
        hangs = len(touched) == 1 and touched[0][3] in dangling
        if not hangs and (len(touched) < 2 or span.type not in _IN_PIECES):
            continue
        value = span.value or joined[span.start : span.end]
        for start, end, skip, place in touched:
            here = Span(
                max(span.start, start) - start + skip,
                min(span.end, end) - start + skip,
                span.type,
                span.confidence,
                value,
                span.rule,
            )
            found[place].append(here)
