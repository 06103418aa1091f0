"""A second reading of a summary: does the chat say it? Written apart from the summarizer's check.

Every summary passes the check of `handrail.agent.summarizer.faithful` before anybody sees it, so
that check's own verdict measures little. This one shares no rule, token or word list with it: words
are runs of letters and digits, a sentence ends at any mark that may end one, and the negating words
are those of `content/summaries.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from handrail.agent.summarizer import Form, Source, Statement, Summary
from handrail.conversations.model import Role
from handrail.evaluation.scorers.score import Score
from handrail.redaction.model import RedactedConversation

_MEASURE = "summary_second_reading"
_WORD = re.compile(r"[^\W_]+")
_END = re.compile(r"[!?…\n]|\.(?!\w)")
_PLACEHOLDER = re.compile(r"\[[a-z_]+_\d+\]")
_LEFT_OUT = "…"


def stands_in_chat(
    made: Summary, chat: RedactedConversation, *, negations: Collection[str]
) -> Score:
    """1 if the chat bears out every statement of a summary, None if there is no summary (R12).

    A quotation's words follow each other in the cited turn. What an ellipsis stands for, and what
    the quotation lacks of the sentences it begins and ends in, holds no digit, no placeholder and
    none of `negations`. Our own words hold no digit, values stand in the cited turn, and the
    record has the steps that are named.
    """
    if made.form is Form.NONE:
        return Score(_MEASURE, None, "not summarized")
    wrong = sorted({one for s in made.statements() for one in _wrong(s, made, chat, negations)})
    return Score(_MEASURE, 0.0 if wrong else 1.0, ", ".join(wrong) or "the chat says all of it")


def _wrong(
    statement: Statement, made: Summary, chat: RedactedConversation, negations: Collection[str]
) -> Iterator[str]:
    if not set(statement.turns) <= set(made.window.read):
        yield "it cites a turn that was not read"
        return
    recorded = {action.name for action in chat.actions} | {chat.topic.value if chat.topic else ""}
    for part in statement.parts:
        if part.source is Source.OURS:
            if re.search(r"\d", part.text):
                yield "a number is nobody's"
        elif part.source is Source.RECORD:
            if part.text not in recorded:
                yield "the record names no such thing"
        elif part.turn not in statement.turns:
            yield "words of a turn that is not cited"
        else:
            turn = chat.turns[(part.turn or 0) - 1]
            if part.source is Source.VALUE and turn.role is not Role.CUSTOMER:
                yield "a value that the customer didn't give"
            yield from _of_turn(part.text, turn.text, negations, whole=part.source is Source.TURN)


def _of_turn(shown: str, said: str, negations: Collection[str], *, whole: bool) -> Iterator[str]:
    """What is wrong with words that are said to stand in a turn; `whole`: as full sentences."""
    text = _plain(said)
    pieces = [words for piece in _plain(shown).split(_LEFT_OUT) if (words := _WORD.findall(piece))]
    every = [_Place(found.group(), *found.span()) for found in _WORD.finditer(text)]
    places = list(_places(pieces, every, since=0)) if pieces else []
    if pieces and not places:
        yield "words that don't stand so in the cited turn"
    elif whole and pieces and all(_loses(place, every, text, negations) for place in places):
        yield "a negation, number or name of the sentence is lost"


@dataclass(frozen=True)
class _Place:
    """A word of a turn, and where it stands in it."""

    word: str
    start: int
    end: int


def _places(
    pieces: Sequence[Sequence[str]], every: Sequence[_Place], *, since: int
) -> Iterator[tuple[tuple[int, int], ...]]:
    """Where the pieces stand, one after the other: their first and last words, by number."""
    first, rest = pieces[0], pieces[1:]
    for begin in range(since, len(every) - len(first) + 1):
        end = begin + len(first)
        if [one.word for one in every[begin:end]] != list(first):
            continue
        if not rest:
            yield ((begin, end),)
            continue
        following = next(_places(rest, every, since=end), None)
        if following is not None:
            yield ((begin, end), *following)


def _loses(
    place: Sequence[tuple[int, int]],
    every: Sequence[_Place],
    text: str,
    negations: Collection[str],
) -> bool:
    """Whether words are missing around and between the pieces that change what was said."""
    begins, ends = every[place[0][0]].start, every[place[-1][1] - 1].end
    opened = max((found.end() for found in _END.finditer(text, 0, begins)), default=0)
    closed = next((found.start() for found in _END.finditer(text, ends)), len(text))
    between = [(every[a - 1].end, every[b].start) for (_, a), (b, _) in pairwise(place)]
    spans = [(opened, begins), *between, (ends, closed)]
    return any(
        _PLACEHOLDER.search(missing)
        or any(word in negations or any(map(str.isdigit, word)) for word in _WORD.findall(missing))
        for missing in (text[start:end] for start, end in spans)
    )


def _plain(text: str) -> str:
    """Folded, and without what nobody sees."""
    seen = (c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    return "".join(seen).casefold()
