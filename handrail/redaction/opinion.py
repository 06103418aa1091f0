"""What the names model says of the words in doubt.

It reads the sentence, at most eight words either side of a doubt. Each kind of doubt has its own
threshold: the less speaks for a name, the surer the model must be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from handrail.redaction.doubts import Doubt, Token, joins, mark, tokens
from handrail.redaction.names_model import NamesModel
from handrail.redaction.recognizers.base import listed
from handrail.redaction.recognizers.names import is_last_name, is_ordinary
from handrail.redaction.spans import CONFIDENT, Span, SpanType

THRESHOLDS: Mapping[Doubt, float] = MappingProxyType(
    {
        Doubt.UNKNOWN: 0.25,
        Doubt.NAME: 0.5,
        Doubt.BESIDE: 0.3,
        Doubt.LOWER: 0.7,
        Doubt.OPEN: 0.8,
    }
)
# A word that continues a name, and a name that is removed in the whole conversation.
_CONTINUES = 0.3
_SURE = 0.9
_AROUND = 8
_LONGEST = 64
_ENDS = frozenset(".!?")
_PARTICLES = listed("van von de der den del della di da dos du la le ten ter el bin ibn al zu y")


def names(text: str, found: Sequence[Span], *, model: NamesModel) -> list[Span]:
    """Names in plain `text` beside what was `found` in it (merged spans)."""
    row = tokens(text, found)
    if not mark(text, row):
        return []
    spans: list[Span] = []
    for first, behind in _stretches(text, row):
        stretch = row[first:behind]
        spans += _believed(text, stretch, _asked(stretch, model))
    return spans


def _stretches(text: str, row: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """What the model reads, as (first token, token behind): doubts and what is around them."""
    behind = 0
    for place, token in enumerate(row):
        if token.doubt is None or place < behind:
            continue
        first = place
        while first > max(behind, place - _AROUND) and not _ends(text, row, first - 1):
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


def _asked(stretch: Sequence[Token], model: NamesModel) -> list[float]:
    """How likely each token is part of a person's name: as its likeliest word."""
    answers = iter(model.likely([word for token in stretch for word in token.words]))
    return [max(next(answers).person for _ in token.words) for token in stretch]


def _believed(text: str, stretch: Sequence[Token], likely: Sequence[float]) -> Iterator[Span]:
    """The doubts that are names, each with what stands beside it and continues it."""
    named = [
        token.found is SpanType.PERSON
        or (token.doubt is not None and chance >= THRESHOLDS[token.doubt])
        for token, chance in zip(stretch, likely, strict=True)
    ]
    whole = named.copy()
    for ahead in (range(1, len(stretch)), range(len(stretch) - 2, -1, -1)):
        step = ahead.step
        for place in ahead:
            if not whole[place] and whole[place - step]:
                whole[place] = _continues(text, stretch, place, step, likely[place])
    place = 0
    while place < len(stretch):
        first = place
        while (
            place < len(stretch)
            and whole[place]
            and (place == first or joins(text, stretch[place - 1], stretch[place]))
        ):
            place += 1
        run = range(first, place)
        if not run:
            place += 1
        while run and not named[run[-1]] and not _is_initial(stretch[run[-1]]):
            run = run[:-1]
        if any(stretch[n].found is None for n in run):
            sure = max(likely[n] for n in run) >= _SURE
            yield Span(
                stretch[run[0]].start,
                stretch[run[-1]].end,
                SpanType.PERSON,
                CONFIDENT if sure else CONFIDENT - 0.1,
            )


def _is_initial(token: Token) -> bool:
    return token.found is None and token.capital and len(token.lower) == 1 and token.lower != "i"


def _continues(text: str, stretch: Sequence[Token], place: int, step: int, chance: float) -> bool:
    """Whether a token goes on with the name beside it."""
    token, beside = stretch[place], stretch[place - step]
    pair = (beside, token) if step > 0 else (token, beside)
    if token.found is not None or not joins(text, *pair):
        return False
    if token.lower == ".":
        return _is_initial(stretch[place - 1]) if place else False
    if _is_initial(token):
        return True
    if chance < _CONTINUES or not token.lower[:1].isalpha() or token.capital != beside.capital:
        return token.lower in _PARTICLES and chance >= _CONTINUES
    return not is_ordinary(token.lower) or is_last_name(token.lower)
