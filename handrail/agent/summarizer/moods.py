"""The customer's state, in neutral words from a closed list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.agent.asks import asks
from handrail.agent.summarizer.quoting import insults_in
from handrail.agent.summarizer.reading import Chat, Sentence
from handrail.agent.summarizer.tokens import negators_in
from handrail.agent.terms import load_terms

_MANY_MARKS = re.compile(r"!{2,}|\?{3,}|[!?]{4,}")
_NEAR = 3
# What a person must know first.
_ORDER = (
    "threatening", "legal_steps", "complaint", "asks_for_a_person", "upset", "worried", "hurried",
    "confused", "thankful",
)  # fmt: skip


def moods(chat: Chat, *, newest_only: bool = False) -> list[tuple[str, tuple[int, ...]]]:
    """The states shown in the customer's newest turns, with those turns; the weightiest first.

    Thanks count where they came last and nothing else was shown with them. `newest_only`: what is
    shown after the last answer.
    """
    mine = sorted({sentence.turn for sentence in chat.customers})[
        -int(chat.limits["state_turns"]) :
    ]
    if newest_only:
        mine = [turn for turn in mine if turn > chat.last_helping_turn]
    shown = {turn: set(states_of(chat, turn)) for turn in mine}
    found: list[tuple[str, tuple[int, ...]]] = []
    for state in _ORDER:
        turns = tuple(turn for turn in mine if state in shown[turn])
        if state == "thankful" and shown.get(mine[-1] if mine else 0, set()) != {state}:
            continue
        if turns:
            found.append((state, turns[-1:] if state == "thankful" else turns))
    return found[: int(chat.limits["states"])]


def states_of(chat: Chat, turn: int) -> Iterator[str]:
    """The states that a turn (from 1) of the customer shows."""
    for sentence in chat.sentences_of(turn):
        yield from (state for state in chat.rules.cues if _shows(chat, sentence, state))
        if insults_in(sentence.text, chat.rules) or chat.is_shouted(sentence):
            yield "upset"
    text = chat.text_of(turn)
    if _MANY_MARKS.search(text):
        yield "upset"
    if asks(text, load_terms().human_requests):
        yield "asks_for_a_person"


def _shows(chat: Chat, sentence: Sentence, state: str) -> bool:
    """Whether a cue of `state` stands there that nothing just before it takes back."""
    places = chat.rules.cues[state].places(sentence.words)
    if state not in chat.rules.feelings:
        return bool(places)
    return any(not _is_negated(chat, sentence, place) for place in places)


def _is_negated(chat: Chat, sentence: Sentence, place: int) -> bool:
    before = " ".join(sentence.words[max(0, place - _NEAR) : place])
    is_taken_back = any(True for _ in negators_in(before, chat.rules.negators))
    # "don't": plain words part it
    return is_taken_back or " t " in f" {before} "
