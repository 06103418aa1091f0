"""Words that may be a name and that no rule decides: in doubt, the names model is asked.

A capital that nobody knows, a surname in lower case, a word beside a name, a number before words in
capitals. What is certainly ordinary is never in doubt, so most messages cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from handrail.redaction.recognizers.base import listed
from handrail.redaction.recognizers.names import (
    is_ambiguous,
    is_brand,
    is_first_name,
    is_last_name,
    is_ordinary,
    is_ware,
)
from handrail.redaction.recognizers.person_things import is_named_brand, is_named_furniture
from handrail.redaction.spans import Span, SpanType

TOKEN = re.compile(r"[^\W_]+(?:['-][^\W\d_]+)*|[^\w\s]|_")
_PIECE = re.compile(r"[^\W_]+|[^\w\s]|_")
# Stand between the words of a name.
JOINS = (" ", "-")
# What the model reads where something was found: the same before and after it is replaced.
_STANDS_FOR = {SpanType.PERSON: ("john",), SpanType.ADDRESS: ("london",)}
_SOMETHING = ("number",)
# Beside a word they make it part of a path, a tag, an amount or a variable.
_NO_PROSE = frozenset("@_/\\#=&%$€£{}|~^+*`")
_OPENING = frozenset('.!?:;-"(*>')
_BEFORE_A_NAME = listed(
    "with by from called named for to of is am im i'm are and can ask tell under "
    "mit von bei fur ist namens unter und par pour de avec est sous con por es y bajo a nan "
    "neighbor neighbour colleague husband wife partner brother sister son daughter boss landlord "
    "nachbar nachbarin kollege kollegin mann frau bruder schwester sohn tochter chef chefin "
    "voisin voisine collegue mari femme frere soeur fils fille vecino vecina companero companera "
    "marido mujer hermano hermana hijo hija senor senora"
)
_AFTER_A_NAME = listed("is was has here said ist war hat hier sagte est a ici es ha aqui")
# Tokens behind an address in which it may go on: ", 75012 Paris".
REACH = 6
_LONGEST_ACRONYM = 4
_LONGEST_HOUSE_NUMBER = 6
_BEFORE_A_COUNT = listed(
    "rs inr eur usd gbp chf cad aud nzd sgd jpy euro euros dollar dollars version windows android "
    "ios gate terminal room seat row page step section chapter order ref reference case ticket "
    "invoice code error http https port status over under about around only last next "
    "fehler fehlercode zimmer sitz reihe seite schritt bestellung rechnung "
    "erreur etape commande facture puerta asiento fila pagina paso pedido factura"
)
# In amounts, times, dates, versions and codes.
_IN_NUMBERS = frozenset("$€£%:/.+_@=-#")
# Endings of verbs, adverbs and adjectives; names in the tables are exempt.
_VERBAL = re.compile(
    r".{2}(?:ing|ed|ly|able|ible|ous|ful|less|ieren|iert|lich|isch|bar|igen|ement|ique|mente|ando|"
    r"iendo|ado|ido|ada|arle|erle|irle|arnos|ernos|irnos)$"
)
# So few words may be nothing but a name.
_LONE = 3


class Doubt(Enum):
    """Why a word may be a name."""

    UNKNOWN = auto()  # in capitals, and no word that anybody knows
    BEGINS = auto()  # the same where a sentence begins, so that the capital says nothing
    NAME = auto()  # in capitals, a frequent name that is a word or a brand as well
    BESIDE = auto()  # beside a person's name
    LOWER = auto()  # a frequent name in lower case
    OPEN = auto()  # unknown and in lower case, where a name could stand
    NUMBER = auto()  # near unknown words in capitals: of a house, perhaps
    PLACE = auto()  # behind an address


@dataclass(slots=True)
class Token:
    """A word, a mark, or something found; `words` are how the model reads it."""

    start: int
    end: int
    words: tuple[str, ...]
    lower: str = ""
    capital: bool = False
    found: SpanType | None = None
    doubt: Doubt | None = None


def tokens(text: str, found: Sequence[Span]) -> list[Token]:
    """Plain `text` cut into tokens; each of the merged spans in `found` is one."""
    row: list[Token] = []
    ahead = list(reversed(found))
    end = 0
    for word in TOKEN.findall(text):
        start = text.index(word, end)
        end = start + len(word)
        while ahead and ahead[-1].end <= start:
            ahead.pop()
        if ahead and end > ahead[-1].start:
            span = ahead[-1]
            if not row or row[-1].start != span.start:
                words = _STANDS_FOR.get(span.type, _SOMETHING)
                capital = not text[span.start].islower()  # a placeholder says nothing of case
                row.append(Token(span.start, span.end, words, "", capital, span.type))
            continue
        lower = word.lower()
        words = (lower,) if word.isalnum() else tuple(_PIECE.findall(lower))
        row.append(Token(start, end, words, lower.removesuffix("'s"), word[0].isupper()))
    return row


def mark(text: str, row: Sequence[Token]) -> bool:
    """Write the doubts of a row into it; whether there are any."""
    shouted = text.isupper()
    for line in _lines(text, row):
        _mark_words(text, line, shouted=shouted)
    since_address = REACH
    for place, token in enumerate(row):
        if token.found is not None:
            since_address = 0 if token.found is SpanType.ADDRESS else since_address + 1
            continue
        since_address += 1
        if token.lower[:1].isdigit():
            token.doubt = _of_number(text, row, place)
        if since_address < REACH and token.doubt is None:
            begins_one = token.lower[:1].isdigit() or (token.capital and len(token.lower) > 1)
            token.doubt = Doubt.PLACE if begins_one else None
    return any(token.doubt is not None for token in row)


def _lines(text: str, row: Sequence[Token]) -> Iterator[Sequence[Token]]:
    if "\n" not in text:
        yield row
        return
    first = 0
    for place in range(1, len(row)):
        if "\n" in text[row[place - 1].end : row[place].start]:
            yield row[first:place]
            first = place
    yield row[first:]


def _mark_words(text: str, line: Sequence[Token], *, shouted: bool) -> None:
    lone, last = len(line) <= _LONE, len(line) - 1
    beside_persons = any(token.found is SpanType.PERSON for token in line)
    previous: Token | None = None
    branded = _branded(text, line)
    for place, token in enumerate(line):
        if token.found is None and len(token.lower) > 1 and place not in branded:
            following = line[place + 1] if place < last else None
            behind = beside_persons and _is_beside(text, previous, token)
            if behind or (beside_persons and _is_beside(text, following, token)):
                doubt = _of_neighbor(token, behind=behind)
            elif token.capital and not shouted:
                doubt = _of_capital(text, token, previous, following)
            else:
                doubt = _of_lower(token, previous, following, lone=lone)
            if doubt is not None and _is_prose(text, token):
                token.doubt = doubt
        previous = token


def _branded(text: str, line: Sequence[Token]) -> set[int]:
    """The places of words that are a maker's name, and of what the maker calls its goods behind."""
    places: set[int] = set()
    for first, token in enumerate(line):
        for second in range(first + 1, min(first + 3, len(line))):
            gap = text[token.end : line[second].start]
            if is_named_brand(token.lower, gap, line[second].lower):
                places.update(range(first, second + 2))
    return places


def joins(text: str, first: Token, second: Token) -> bool:
    """Whether only what stands inside a name is between two tokens: a space, a dash, nothing."""
    return text[first.end : second.start] in ("", *JOINS)


def _is_prose(text: str, token: Token) -> bool:
    """Whether a token is a word of letters, and not a part of something technical."""
    if not token.lower.replace("-", "").replace("'", "").isalpha():
        return False
    before, after = text[token.start - 1 : token.start], text[token.end : token.end + 1]
    if (before and before in _NO_PROSE) or (after and after in _NO_PROSE):
        return False
    if text.startswith("://", token.end):
        return False
    runs_on = after == "." and text[token.end + 1 : token.end + 2].isalnum()
    follows = before == "." and text[token.start - 2 : token.start - 1].isalnum()
    return not runs_on and not follows


def _is_beside(text: str, one: Token | None, token: Token) -> bool:
    if one is None or one.found is not SpanType.PERSON or one.capital != token.capital:
        return False
    return joins(text, one, token) if one.start < token.start else joins(text, token, one)


def _of_number(text: str, row: Sequence[Token], place: int) -> Doubt | None:
    """A number of two to six digits is in doubt where an unknown word in capitals is close."""
    token = row[place]
    before, after = text[token.start - 1 : token.start], text[token.end : token.end + 1]
    if not 1 < len(token.lower) <= _LONGEST_HOUSE_NUMBER or {before, after} & _IN_NUMBERS:
        return None
    if after == "," and text[token.end + 1 : token.end + 2].isdigit():
        return None
    left, right = row[max(0, place - 3) : place], row[place + 1 : place + 4]
    if any(is_ware(one.lower) or is_brand(one.lower) for one in (*left, *right[:1])):
        return None
    if left and left[-1].lower in _BEFORE_A_COUNT:
        return None
    near = (*left[-2:], *right)
    capitals = (one for one in near if one.capital and one.found is None and len(one.lower) > 2)
    return Doubt.NUMBER if any(not is_ordinary(one.lower) for one in capitals) else None


def _of_neighbor(token: Token, *, behind: bool) -> Doubt | None:
    """`behind` a name even an ordinary word in capitals may be a surname: "Tom Green"."""
    if not is_ordinary(token.lower):
        return Doubt.BESIDE
    is_name = is_last_name(token.lower) or (token.capital and is_first_name(token.lower))
    return Doubt.NAME if is_name or (behind and token.capital) else None


def _is_surname(token: Token) -> bool:
    return token.capital and is_last_name(token.lower)


def _begins(previous: Token | None) -> bool:
    """Whether a sentence or a clause begins behind a token, so that a capital says nothing."""
    return previous is None or previous.lower in _OPENING


def _of_capital(
    text: str, token: Token, previous: Token | None, following: Token | None
) -> Doubt | None:
    lower = token.lower
    if previous is not None and (is_ware(previous.lower) or is_brand(previous.lower)):
        return None
    if following is not None and is_ware(following.lower) and not _is_surname(following):
        return None
    before = previous.lower if previous is not None else None
    if following is not None and is_named_furniture(before, following.lower):
        return None
    if is_first_name(lower) or is_last_name(lower):
        goes_on = following is not None and following.capital
        if is_ambiguous(lower) or is_ordinary(lower):
            ordinary = _begins(previous) and not goes_on and is_ordinary(lower)
            return None if ordinary else Doubt.NAME
        return Doubt.UNKNOWN
    acronym = len(lower) <= _LONGEST_ACRONYM and text[token.start : token.end].isupper()
    if acronym or is_ordinary(lower):
        return None
    goes_on = following is not None and (following.capital or following.lower in _AFTER_A_NAME)
    return Doubt.BEGINS if _begins(previous) and not goes_on else Doubt.UNKNOWN


def _of_lower(
    token: Token, previous: Token | None, following: Token | None, *, lone: bool
) -> Doubt | None:
    lower = token.lower
    if len(lower) < 3 or is_ordinary(lower):
        return None
    could_stand = (
        lone
        or (previous is None and following is not None and following.lower in _AFTER_A_NAME)
        or (previous is not None and previous.lower in _BEFORE_A_NAME)
        or (previous is not None and previous.doubt in (Doubt.LOWER, Doubt.OPEN))
    )
    if is_first_name(lower) or is_last_name(lower):
        return Doubt.LOWER if could_stand or not is_ambiguous(lower) else None
    return Doubt.OPEN if could_stand and _VERBAL.search(lower) is None else None
