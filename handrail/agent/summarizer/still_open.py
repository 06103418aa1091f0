"""What is still open in a chat: questions, requests and whatever else nobody answered."""

from __future__ import annotations

import math
from collections.abc import Sequence

from handrail.agent.summarizer.reading import Chat, Sentence
from handrail.agent.summarizer.statements import quotable
from handrail.agent.summarizer.types import Statement


def still_open_of(chat: Chat, issue: Sequence[Statement]) -> dict[Statement, Sentence]:
    """What nobody answered, in order: the agent's question, else the customer's questions.

    Beside either, what else the customer said since the last answer and `issue` doesn't tell. Where
    there is more than room for, questions and requests come first, the newest before others.
    """
    awaited = quotable(chat, reversed(_awaited(chat)), most=1)
    first = min((turn for statement in issue for turn in statement.turns), default=0)
    newest = {s.words: s for s in _unanswered(chat, first)}  # said twice, it stands where last
    ranked = sorted(
        reversed(newest.values()), key=lambda s: not (asks(chat, s) or requests(chat, s))
    )
    found = quotable(chat, ranked, most=math.inf)
    further = [
        (statement, sentence)
        for statement, sentence in found.items()
        if statement not in issue or (asks(chat, sentence) and not awaited)
    ]
    further = sorted(further[: int(chat.limits["open"])], key=lambda pair: pair[1].place)
    return {**awaited, **dict(further)}


def _awaited(chat: Chat) -> list[Sentence]:
    """The agent's questions, where the customer's word is waited for."""
    rules, last = chat.rules, chat.last_helping_turn
    if any(s.turn > last for s in chat.customers):
        return []
    return [
        s
        for s in chat.helpers
        if s.turn == last
        and s.is_question
        and not rules.closing_questions.in_words(s.words)
        and not rules.echo.in_words(s.words)
    ]


def _unanswered(chat: Chat, first: int) -> list[Sentence]:
    """What the customer asked or told and nobody answered; of the `first` turn what is asked alone.

    It stays open through turns that only hold the line or ask back, until it is answered or taken
    back.
    """
    open_: list[Sentence] = []
    for sentence in chat.customers:
        if chat.rules.settled.in_words(sentence.words) and not sentence.is_question:
            open_ = []
        if sentence.turn <= chat.last_answering_turn or not _may_be_open(chat, sentence):
            continue
        is_later = sentence.turn > first
        if (
            asks(chat, sentence)
            or requests(chat, sentence)
            or (is_later and _tells(chat, sentence))
        ):
            open_.append(sentence)
    return open_


def _may_be_open(chat: Chat, sentence: Sentence) -> bool:
    return not (chat.is_small_talk(sentence) or chat.is_threat(sentence) or chat.is_order(sentence))


def _tells(chat: Chat, sentence: Sentence) -> bool:
    """Whether it tells something that nobody asked for: no feeling, no thanks, no farewell."""
    rules = chat.rules
    about_us = (rules.cues["upset"], rules.cues["thankful"], rules.nothing_more, rules.settled)
    is_said = chat.opens(sentence) and not chat.answers_back(sentence)
    return is_said and not any(phrases.in_words(sentence.words) for phrases in about_us)


def asks(chat: Chat, sentence: Sentence) -> bool:
    """Whether the customer asks a question, with a question mark or without."""
    is_put = chat.is_request(sentence) and chat.rules.questions.in_words(sentence.words)
    return sentence.is_question or (is_put and not thanks(chat, sentence))


def thanks(chat: Chat, sentence: Sentence) -> bool:
    """Whether somebody thanks."""
    return chat.rules.cues["thankful"].in_words(sentence.words)


def requests(chat: Chat, sentence: Sentence) -> bool:
    """Whether it asks for something, or names a problem and is neither thanks nor an answer."""
    rules = chat.rules
    if asks(chat, sentence) or rules.nothing_more.in_words(sentence.words):
        return False
    if rules.wishes.in_words(sentence.words):
        return True
    is_told = chat.is_request(sentence) and not rules.settled.in_words(sentence.words)
    return is_told and not thanks(chat, sentence) and not chat.answers_back(sentence)
