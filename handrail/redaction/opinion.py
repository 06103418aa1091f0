"""What the names model says of the words in doubt.

It reads the sentence, at most six words either side of a doubt; more context costs time and finds
no more. Each kind of doubt has its own threshold: the less speaks for a name, the surer the model
must be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from handrail.redaction.doubts import Doubt, Token, joins, mark, tokens
from handrail.redaction.names_model import Answer, Likely, Stretch
from handrail.redaction.recognizers.base import listed
from handrail.redaction.recognizers.names import is_last_name, is_ordinary
from handrail.redaction.spans import CONFIDENT, Span, SpanType
from handrail.redaction.undoubted import none_in

# On the summed probability of the labels of a name. Chosen by hand on the public sets of
# bench/redaction.py; `--cross-validate` there picks each anew without the family of chats that it
# is then measured on, and says what leaks beside these.
THRESHOLDS: Mapping[Doubt, float] = MappingProxyType(
    {
        Doubt.UNKNOWN: 0.04,
        Doubt.BEGINS: 0.5,
        Doubt.NAME: 0.3,
        Doubt.BESIDE: 0.2,
        Doubt.LOWER: 0.7,
        Doubt.OPEN: 0.9,
    }
)
# A word that continues a name, and a name that is removed in the whole conversation.
_CONTINUES = 0.3
_SURE = 0.9
_UNSURE = 0.7
_ADDRESS = 0.5
_UNASKED = Likely(0.0, 0.0, 0.0)
_AROUND = 6
_LONGEST = 64
_ENDS = frozenset(".!?")
_PARTICLES = listed("van von de der den del della di da dos du la le ten ter el bin ibn al zu y")


class Question:
    """What is to be asked about one message, and what follows from the answers."""

    def __init__(self, text: str, found: Sequence[Span]) -> None:
        """`text` is plain, `found` the merged spans that were found in it."""
        self._text = text
        self._row = [] if none_in(text, found) else tokens(text, found)
        in_doubt = mark(text, self._row)
        self._stretches = list(_stretches(text, self._row)) if in_doubt else []

    @property
    def stretches(self) -> list[Stretch]:
        """The words the model is to read; none if nothing is in doubt."""
        return [
            tuple(word for token in self._row[first:behind] for word in token.words)
            for first, behind in self._stretches
        ]

    def names(self, answers: Iterable[Answer]) -> list[Span]:
        """Names and addresses beside what was found, from one answer for each stretch."""
        if not self._stretches:
            return []
        likely = [_UNASKED] * len(self._row)
        for (first, behind), answer in zip(self._stretches, answers, strict=True):
            words = iter(answer)
            for place in range(first, behind):
                mine = [next(words) for _ in self._row[place].words]
                likely[place] = Likely(*map(max, zip(likely[place], *mine, strict=True)))
        return [*_persons(self._text, self._row, likely), *_addresses(self._row, likely)]


def _stretches(text: str, row: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """What the model reads, as (first token, token behind): doubts and what is around them.

    A long row of doubts is read in several stretches that overlap.
    """
    behind = 0
    for place, token in enumerate(row):
        if token.doubt is None or place < behind:
            continue
        first = place
        while first > max(0, place - _AROUND) and not _ends(text, row, first - 1):
            first -= 1
        behind, reach = place + 1, place + _AROUND
        while (
            behind < len(row)
            and behind <= reach
            and behind - first < _LONGEST
            and not _ends(text, row, behind - 1)
        ):
            if row[behind].doubt is not None:
                reach = behind + _AROUND
            behind += 1
        yield first, behind


def _ends(text: str, row: Sequence[Token], place: int) -> bool:
    """Whether a sentence or a line ends with the token at `place`, which isn't the last."""
    token = row[place]
    gap = text[token.end : row[place + 1].start]
    if "\n" in gap:
        return True
    if not gap or token.lower not in _ENDS:
        return False
    return token.lower != "." or place == 0 or len(row[place - 1].lower) > 2


def _persons(text: str, row: Sequence[Token], likely: Sequence[Likely]) -> Iterator[Span]:
    """The doubts that are names, each with what stands beside it and continues it."""
    named = [_is_name(token, of.person) for token, of in zip(row, likely, strict=True)]
    whole = named.copy()
    for ahead in (range(1, len(row)), range(len(row) - 2, -1, -1)):
        for place in ahead:
            if not whole[place] and whole[place - ahead.step]:
                whole[place] = _continues(text, row, place, ahead.step, likely[place].person)
    for run in _runs(whole, lambda place: joins(text, row[place - 1], row[place])):
        while not named[run[-1]] and not _is_initial(row[run[-1]]):
            run = run[:-1]
        if any(row[place].found is None for place in run):
            sure = max(likely[place].person for place in run) >= _SURE
            confidence = CONFIDENT if sure else _UNSURE
            yield Span(row[run[0]].start, row[run[-1]].end, SpanType.PERSON, confidence)


def _runs(flags: Sequence[bool], joined: Callable[[int], bool]) -> Iterator[range]:
    """Stretches of set flags; `joined` says whether a place goes on with the one before it."""
    first = None
    for place, flag in enumerate([*flags, False]):
        if first is not None and not (flag and joined(place)):
            yield range(first, place)
            first = None
        if flag and first is None:
            first = place


def _is_name(token: Token, chance: float) -> bool:
    if token.found is not None or token.doubt is None:
        return token.found is SpanType.PERSON
    return token.doubt in THRESHOLDS and chance >= THRESHOLDS[token.doubt]


def _is_initial(token: Token) -> bool:
    return token.found is None and token.capital and len(token.lower) == 1 and token.lower != "i"


def _continues(text: str, row: Sequence[Token], place: int, step: int, chance: float) -> bool:
    """Whether a token goes on with the name beside it."""
    token, beside = row[place], row[place - step]
    pair = (beside, token) if step > 0 else (token, beside)
    if token.found is not None or not joins(text, *pair):
        return False
    if token.lower == ".":
        return _is_initial(row[place - 1]) if place else False
    if _is_initial(token) or (step > 0 and token.doubt is Doubt.UNKNOWN and beside.capital):
        return True
    if chance < _CONTINUES or not token.lower[:1].isalpha() or token.capital != beside.capital:
        return token.lower in _PARTICLES and chance >= _CONTINUES
    return not is_ordinary(token.lower) or is_last_name(token.lower)


def _addresses(row: Sequence[Token], likely: Sequence[Likely]) -> Iterator[Span]:
    """Likely parts of an address around a number in doubt, with the places beside them."""
    part = [
        token.found is SpanType.ADDRESS or (token.found is None and chance.address >= _ADDRESS)
        for token, chance in zip(row, likely, strict=True)
    ]
    words = [place for place, token in enumerate(row) if token.found or token.lower[0].isalnum()]
    for order in (words, words[::-1]):
        for before, place in pairwise(order):
            near = part[before] and row[place].found is None
            part[place] |= near and likely[place].address + likely[place].place >= _ADDRESS
    flags = [part[place] for place in words]
    for run in _runs(flags, lambda _: True):
        run_of = [row[words[at]] for at in run]
        if any(token.doubt in (Doubt.NUMBER, Doubt.PLACE) for token in run_of):
            yield Span(run_of[0].start, run_of[-1].end, SpanType.ADDRESS, _UNSURE)
