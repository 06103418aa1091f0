"""Values cut in pieces over several messages, or begun in one and sent in the next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from handrail.conversations.model import Role
from handrail.redaction.reading import Reading
from handrail.redaction.spans import EVERY_TYPE, Span, SpanType

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
_TAIL = 64
_SHORT = 90


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
