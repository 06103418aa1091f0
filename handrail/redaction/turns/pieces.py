"""Values cut in pieces over several messages, or begun in one and sent in the next."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from handrail.conversations.model import Role
from handrail.redaction.reading import Reading
from handrail.redaction.recognizers.base import listed
from handrail.redaction.spans import EVERY_TYPE, Span, SpanType
from handrail.redaction.turns.replies import FILLERS, are_spoken_digits
from handrail.redaction.turns.said_numbers import is_date_amount_or_version

# What people say around a part of a number: "and the rest is", "erste Haelfte", "los ultimos".
_AROUND = FILLERS | listed(
    "and then the rest is next first second third last half part digits numbers number four ones "
    "it's its so ends ending starts with followed by ok okay that's it thats all thanks thx here "
    "und dann der die den rest ist sind erste ersten zweite zweiten letzte letzten halfte haelfte "
    "teil ziffern zahlen weiter danach das wars danke "
    "et puis le la les reste est c'est premier premiers premiere deuxieme seconde dernier derniers "
    "derniere moitie partie chiffres ensuite voila merci "
    "y luego el los resto es son primera primeros primeras segunda mitad parte ultimos ultimas "
    "numeros cifras despues sigue gracias"
)
_WRITTEN = re.compile(
    r"[A-Z]{0,4}[\d\s().\-/+x*#]{2,40}(?:[A-Z]{0,4}[\d\s-]{1,12}){0,4}", re.IGNORECASE
)
# What has a number, as people call it before they give it.
_NUMBERED = listed(
    "card karte kartennummer carte tarjeta visa mastercard amex phone mobile cell tel telefon "
    "handy mobil telefono movil celular portable iban account konto kontonummer compte cuenta "
    "cbu number nummer nr numero num no ssn passport ausweis pasaporte passeport dni nie pin "
    "code codigo clave reference referenz referencia tracking kundennummer bestellnummer "
    "vertragsnummer"
)
# What else is said of a card behind its number.
_BEHIND = re.compile(
    r"\b(?:exp|expiry|expires|expiring|valid|cvv|cvc|gultig|ablauf|expire|valable|caduca|vence|"
    r"vto)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W\d_]+)?")
_DANGLING = re.compile(
    r"(?:\b(?:is|ist|lautet|est|es|number|contrasena|mot de passe|nummer|numero|password|passwort|"
    r"pin|cvv|name|address)|[:=])\s*[:.]{0,3}\s*$",
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
_CHECKED = frozenset({SpanType.CARD, SpanType.IBAN})
_TAIL = 64
_SHORT = 90
_LONGEST_DANGLING = 24
_LONGEST_PREFIX = 4
_MOST = 6
_ASIDE = 16
_NEAR = 3


class _Piece(NamedTuple):
    """What counts of a message, `text[start:end]`, and where it stands in the pieces joined."""

    place: int
    start: int
    end: int
    joined: int


class Joined(NamedTuple):
    """Consecutive messages as one text, and of what it is made."""

    text: str
    pieces: tuple[_Piece, ...]


def joined(turns: Sequence[tuple[Role, str]], *, reading: Reading) -> list[Joined]:
    """The customer's consecutive messages that may hold parts of a value: `4111 1111`, `1111`."""
    mine = [place for place, (role, _) in enumerate(turns) if role is Role.CUSTOMER]
    if len(mine) < 2:
        return []
    found: list[Joined] = []
    fragments: dict[int, tuple[int, int] | None] = {}
    together = mine[:1]
    for before, here in pairwise(mine):
        if _follows(turns, before, here):
            said = turns[before][1]
            for place in (before, here):
                if place not in fragments:
                    fragments[place] = _fragment(turns[place][1], reading=reading)
            goes_on = fragments[here] is not None and (
                fragments[before] is not None or _begins(said)
            )
            if goes_on or _dangles(said):
                together.append(here)
                continue
        found += _join(turns, together[-_MOST:], fragments)
        together = [here]
    found += _join(turns, together[-_MOST:], fragments)
    return found


def _follows(turns: Sequence[tuple[Role, str]], before: int, here: int) -> bool:
    """Whether a short message comes right after another, or after no more than "go on?"."""
    if len(turns[here][1]) > _SHORT or here - before > 2:
        return False
    return all("?" not in text or len(text) <= _ASIDE for _, text in turns[before + 1 : here])


def _fragment(text: str, *, reading: Reading) -> tuple[int, int] | None:
    """Where a message that may be a part of a number holds it: digits, or words for digits."""
    if len(text) > _SHORT or not _may_be_part(text):
        return None
    written = any(c.isdigit() for c in text)
    behind = _BEHIND.search(text)
    words = [
        word
        for word in _WORD.finditer(text, 0, behind.start() if behind else len(text))
        if word.group().lower() not in _AROUND
        or (not written and are_spoken_digits(word.group(), least=1))
    ]
    if not words:
        return None
    start, end = words[0].start(), words[-1].end()
    while start > 0 and text[start - 1] in "+(*#":
        start -= 1
    if written:
        part = _WRITTEN.fullmatch(text, start, end) and not is_date_amount_or_version(
            text[start:end]
        )
        return (start, end) if part and not _is_whole(text, start, end, reading) else None
    return (start, end) if are_spoken_digits(text[start:end], least=2) else None


def _may_be_part(text: str) -> bool:
    """Whether no word says that a message is about something else; cheap, and mostly one does."""
    for word in text.split():
        if word.isalpha() and not (word.isupper() and len(word) <= _LONGEST_PREFIX):
            lower = word.lower()
            if _BEHIND.fullmatch(lower):
                return True
            if lower not in _AROUND and not are_spoken_digits(lower, least=1):
                return False
    return True


def _begins(text: str) -> bool:
    """Whether `text` ends in digits that words for a number lead to: "the card is 4111"."""
    said = [word.group().lower() for word in _WORD.finditer(text, max(0, len(text) - _TAIL))]
    prose = [not (word.isdigit() or are_spoken_digits(word, least=1)) for word in said]
    if not said or prose[-1]:
        return False
    words = [word for word, is_prose in zip(said, prose, strict=True) if is_prose]
    return not words or words[-1] in _AROUND or not _NUMBERED.isdisjoint(words[-_NEAR:])


def _is_whole(text: str, start: int, end: int, reading: Reading) -> bool:
    """Whether checksums say that nothing is missing."""
    return any(
        span.start <= start and span.end >= end and span.type in _CHECKED
        for span in reading.found(text, types=EVERY_TYPE)
    )


def _dangles(text: str) -> bool:
    """Whether `text` ends as if a value were to follow."""
    said = text.rstrip()
    return _DANGLING.search(said, max(0, len(said) - _LONGEST_DANGLING)) is not None


def _join(
    turns: Sequence[tuple[Role, str]],
    places: Sequence[int],
    fragments: Mapping[int, tuple[int, int] | None],
) -> Iterator[Joined]:
    """The messages at `places` as one text, if they are more than one."""
    if len(places) < 2:
        return
    whole, parts = "", []
    for place in places:
        text = turns[place][1]
        start, end = fragments[place] or (0, len(text.rstrip()))
        if place == places[0]:
            start = max(0, end - _TAIL) if fragments[place] is None else start
        parts.append(_Piece(place, start, end, len(whole)))
        whole += text[start:end] + " "
    yield Joined(whole, tuple(parts))


def pieces(
    turns: Sequence[tuple[Role, str]], together: Sequence[Joined], *, reading: Reading
) -> list[list[Span]]:
    """What crosses from one of the joined messages into the next, or hangs on a last word.

    A list for each message, or none at all.
    """
    if not together:
        return []
    found: list[list[Span]] = [[] for _ in turns]
    for one in together:
        dangling = {b.place for a, b in pairwise(one.pieces) if _dangles(turns[a.place][1])}
        for span in reading.found(one.text, types=EVERY_TYPE):
            value = span.value or one.text[span.start : span.end]
            touched = []
            for part in one.pieces:
                shift = part.start - part.joined
                start, end = max(span.start + shift, part.start), min(span.end + shift, part.end)
                if start < end:
                    touched.append((part.place, start, end))
            hangs = len(touched) == 1 and touched[0][0] in dangling
            if hangs or (len(touched) > 1 and span.type in _IN_PIECES):
                for place, start, end in touched:
                    here = Span(start, end, span.type, span.confidence, value, span.rule)
                    found[place].append(here)
    return found
