"""That a summary says nothing the chat doesn't: checked on every one, by reading it anew.

Written apart from what makes summaries: it takes any statements and the chat, and believes neither
the statements' citations nor that they were cut out of it. A quotation must be one sentence of the
cited turn, its tokens in the same order. What it may lack is insults, where it shows an ellipsis,
and an end that neither negates nor counts nor names. So a lost "not" is found whatever the
language's order of words, and a number of another turn is, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from handrail.agent.summarizer.moods import states_of
from handrail.agent.summarizer.reading import Chat
from handrail.agent.summarizer.rules import LISTED, QUOTE, RECORD, STATE, VALUES
from handrail.agent.summarizer.tokens import (
    GAP,
    is_number,
    is_placeholder,
    negators_in,
    sentences,
    stands_in,
    tokens,
)
from handrail.agent.summarizer.types import Part, Source, Statement
from handrail.conversations.model import Role

_SPEAKERS = {
    "customer_said": (Role.CUSTOMER,),
    "agent_said": (Role.AGENT,),
    "bot_said": (Role.BOT,),
}
_TELLS = ("customer_said", "named")  # what cites a turn and tells what stands in it
_STEPS = {"step_recorded": None, "step_done": True, "step_failed": False}


@dataclass(frozen=True)
class Problem:
    """What is wrong with a statement: `kind` is one word, `detail` a sentence without chat text.

    Kinds: `turn`, `speaker`, `name`, `number`, `negation`, `question`, `wording`, `record`,
    `state`, `superseded`.
    """

    kind: str
    statement: Statement
    detail: str


def unfaithful(statements: Iterable[Statement], chat: Chat) -> tuple[Problem, ...]:
    """Every statement that the chat doesn't bear out, with the first thing that is wrong with it.

    R12: names, placeholders, numbers, amounts, dates and negations stand in the cited turns; what
    the customer corrected is not told without the correction.
    """
    told = tuple(statements)
    problems = []
    for statement in told:
        found = next(_wrong(statement, chat), None) or next(
            _superseded(statement, told, chat), None
        )
        if found is not None:
            problems.append(Problem(found[0], statement, found[1]))
    return tuple(problems)


_Wrong = tuple[str, str]


def _wrong(statement: Statement, chat: Chat) -> Iterator[_Wrong]:
    unread = [turn for turn in statement.turns if turn not in chat.window.read]
    if unread:
        yield "turn", "it cites a turn that was not read"
        return
    yield from _shape(statement, chat)
    for part in statement.parts:
        if part.source is Source.TURN:
            yield from _quotation(part, statement, chat)
        elif part.source is Source.VALUE:
            yield from _value(part, statement, chat)


def _shape(statement: Statement, chat: Chat) -> Iterator[_Wrong]:
    """That our own words are one of our sentences, and what fills it is of the right kind."""
    rules = chat.rules
    sentence = rules.sentences.get(statement.rule)
    if sentence is None:
        yield "wording", "it is none of our sentences"
        return
    if statement.rule in _SPEAKERS:
        turns = {part.turn for part in statement.parts if part.source is Source.TURN}
        if len(turns) != 1 or turns != set(statement.turns):
            yield "turn", "it quotes another turn than it cites"
        elif chat.role_of(statement.turns[0]) not in _SPEAKERS[statement.rule]:
            yield "speaker", "somebody else wrote the cited turn"
    filled = {Source.TURN: QUOTE, Source.RECORD: RECORD, Source.VALUE: VALUES}
    shown = "".join(filled.get(part.source) or part.text for part in statement.parts)
    while f"{VALUES}{LISTED}{VALUES}" in shown:
        shown = shown.replace(f"{VALUES}{LISTED}{VALUES}", VALUES)
    if STATE in sentence:
        yield from _state(statement, sentence, shown, chat)
    elif shown != sentence:
        yield "wording", "our own words are not those of the rules"
    if RECORD in sentence:
        yield from _record(statement, chat)


def _state(statement: Statement, sentence: str, shown: str, chat: Chat) -> Iterator[_Wrong]:
    named = [s for s, word in chat.rules.states.items() if sentence.replace(STATE, word) == shown]
    if not named:
        yield "state", "the state is none of the closed list"
    elif not statement.turns or not all(
        chat.role_of(turn) is Role.CUSTOMER and named[0] in states_of(chat, turn)
        for turn in statement.turns
    ):
        yield "state", "the cited turns don't show that state"


def _record(statement: Statement, chat: Chat) -> Iterator[_Wrong]:
    told = [part.text for part in statement.parts if part.source is Source.RECORD]
    if statement.rule in _STEPS:
        ended = _STEPS[statement.rule]
        known = [a.name for a in chat.conversation.actions if a.succeeded is ended]
    else:
        known = [chat.conversation.topic.value] if chat.conversation.topic else []
    if len(told) != 1 or told[0] not in known:
        yield "record", "the chat's record names no such thing"


def _value(part: Part, statement: Statement, chat: Chat) -> Iterator[_Wrong]:
    """A value is a number or placeholder, with its unit, as the customer wrote it in that turn."""
    if part.turn is None or part.turn not in statement.turns:
        yield "turn", "it takes a value from a turn that it doesn't cite"
    elif chat.role_of(part.turn) is not Role.CUSTOMER:
        yield "speaker", "somebody else wrote the cited turn"
    else:
        value = tokens(part.text)
        if not any(is_number(token) or is_placeholder(token) for token in value) or not stands_in(
            value, tokens(chat.text_of(part.turn))
        ):
            yield "number", "the cited turn holds no such value"


def _quotation(part: Part, statement: Statement, chat: Chat) -> Iterator[_Wrong]:
    if part.turn is None or part.turn not in statement.turns:
        yield "turn", "it quotes a turn that it doesn't cite"
        return
    text = chat.text_of(part.turn)
    said, read = tokens(part.text), tokens(text)
    if lost := Counter(t for t in said if is_placeholder(t)) - Counter(read):
        yield "name", f"{lost.total()} placeholders don't stand in the cited turn"
    if lost := Counter(t for t in said if is_number(t)) - Counter(read):
        yield "number", f"{lost.total()} numbers don't stand in the cited turn"
    sources = sentences(text, abbreviations=chat.rules.abbreviations)
    fits = [source for source in sources if _is_of(said, source, chat)]
    if not fits:
        yield _what_differs(part.text, said, sources, chat)
    elif not any(("?" in part.text[-2:]) == ("?" in source[-3:]) for source in fits):
        yield "question", "a question became a statement, or a statement a question"


def _is_of(said: Sequence[str], sentence: str, chat: Chat) -> bool:
    """Whether the tokens are those of the sentence, but for what an ellipsis may stand for."""
    source = [token for token in tokens(sentence) if token != GAP]
    return _fits(list(said), source, chat)


def _fits(said: list[str], source: list[str], chat: Chat) -> bool:
    at = 0
    for number, token in enumerate(said):
        if token != GAP:
            if at >= len(source) or source[at] != token:
                return False
            at += 1
            continue
        rest = said[number + 1 :]
        if not rest and not _loses(source[at:], chat):
            return True
        ends = _insults_from(source, at, chat)
        return any(_fits(rest, source[end:], chat) for end in ends)
    return at == len(source)


def _insults_from(source: Sequence[str], at: int, chat: Chat) -> set[int]:
    """Where runs of insults that begin at `at` may end."""
    ends: set[int] = set()
    waiting = [at]
    while waiting:
        begin = waiting.pop()
        for phrase in chat.rules.rude:
            end = begin + len(phrase)
            if tuple(source[begin:end]) == phrase and end not in ends:
                ends.add(end)
                waiting.append(end)
    return ends


def _loses(rest: Sequence[str], chat: Chat) -> bool:
    return any(is_number(token) or is_placeholder(token) for token in rest) or any(
        negators_in(" ".join(rest), chat.rules.negators)
    )


def _what_differs(shown: str, said: Sequence[str], sources: Sequence[str], chat: Chat) -> _Wrong:
    """What is wrong with a quotation that is no sentence of its turn, beside the nearest one."""
    negators = chat.rules.negators
    words = Counter(said)
    nearest = max(sources, key=lambda s: (words & Counter(tokens(s))).total(), default="")
    here, there = Counter(negators_in(shown, negators)), Counter(negators_in(nearest, negators))
    if here != there:
        return "negation", "a negation of the cited sentence is lost, or one is added"
    source = Counter(tokens(nearest))
    missing = [t for t in source - words if is_number(t) or is_placeholder(t)]
    if missing:
        return "number", "a number or name of the cited sentence is lost or replaced"
    return "wording", "it is no sentence of the cited turn"


def _superseded(statement: Statement, told: Sequence[Statement], chat: Chat) -> Iterator[_Wrong]:
    """A number or name that the customer corrected later is told beside its correction only."""
    if statement.rule not in _TELLS or not statement.turns:
        return
    corrections = [sentence for sentence in chat.corrections if sentence.has_value]
    if not corrections or not any(
        is_number(t) or is_placeholder(t) for t in tokens(statement.text)
    ):
        return
    newest = corrections[-1]
    told_before = min((_place(part, chat) for part in statement.parts if part.turn), default=(0, 0))
    if told_before < newest.place and not any(
        part.source is Source.TURN
        and part.turn == newest.turn
        and _is_of(tokens(part.text), newest.text, chat)
        for one in told
        for part in one.parts
    ):
        yield "superseded", "the customer corrected it in a sentence that is not quoted"


def _place(part: Part, chat: Chat) -> tuple[int, int]:
    """Where a quotation or value stands in the chat; the last place, if there are several."""
    said = tokens(part.text)
    return max(
        (
            sentence.place
            for sentence in chat.sentences_of(part.turn or 0)
            if (part.source is Source.VALUE and stands_in(said, tokens(sentence.text)))
            or (part.source is Source.TURN and _is_of(said, sentence.text, chat))
        ),
        default=(part.turn or 0, 0),
    )
