"""The five fields of a summary, each chosen by rule from one chat and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from handrail.agent.summarizer.moods import moods
from handrail.agent.summarizer.reading import Chat, Sentence
from handrail.agent.summarizer.rules import LISTED, VALUES
from handrail.agent.summarizer.statements import ours, quotable
from handrail.agent.summarizer.still_open import asks, requests, still_open_of, thanks
from handrail.agent.summarizer.tokens import (
    is_number,
    is_placeholder,
    negators_in,
    stands_in,
    tokens,
)
from handrail.agent.summarizer.types import Part, Source, Statement
from handrail.conversations.model import Role, Status
from handrail.playbook.claim_patterns import CLAIM

_STEPS: Mapping[bool | None, str] = {
    None: "step_recorded",
    True: "step_done",
    False: "step_failed",
}
_FOR_A_PERSON = "asks_for_a_person"
_ENDED = (Status.RESOLVED, Status.CLOSED, Status.ABANDONED)


def extract(chat: Chat) -> dict[str, tuple[Statement, ...]]:
    """The fields by name."""
    issue = tuple(_issue(chat))
    still_open = still_open_of(chat, issue)
    return {
        "issue": issue,
        "steps": tuple(_steps(chat)),
        "open_question": tuple(still_open) or (ours(chat.rules, "no_question"),),
        "state": _state(chat),
        "next_action": (_next_action(chat, still_open),),
    }


def _issue(chat: Chat) -> Sequence[Statement]:
    """The first request: its most telling sentences, then what the customer corrected later.

    Orders to a machine are quoted only where the customer wrote nothing else.
    """
    mine = [s for s in chat.customers if not chat.is_small_talk(s) and not chat.is_threat(s)]
    mine = [s for s in mine if not chat.is_order(s)] or mine
    first = next((s.turn for s in mine if chat.opens(s)), mine[0].turn if mine else 0)
    ranked = sorted(mine, key=lambda s: -_weight(chat, s))  # stable: the earlier one first
    of_first = [sentence for sentence in ranked if sentence.turn == first]
    telling = [s for s in of_first if _weight(chat, s) >= chat.limits["telling"]]
    opening = [s for s in mine if s.turn == first and chat.opens(s)][:1]
    found = quotable(chat, telling or opening or of_first, most=chat.limits["issue"])
    if not found:
        found = quotable(chat, [*of_first, *ranked], most=1)
    if not found:
        topic = chat.conversation.topic
        if topic is None:
            return [ours(chat.rules, "no_issue")]
        return [ours(chat.rules, "filed_under", record=topic.value)]
    start = min(sentence.place for sentence in found.values())
    later = [s for s in reversed(chat.corrections) if s in mine and s.place > start]
    later.sort(key=lambda sentence: not sentence.has_value)  # stable: the newest number first
    found |= quotable(chat, later, most=chat.limits["corrections"])
    told = sorted(found, key=lambda statement: found[statement].place)
    return [*told, *_named(chat, first, told)]


def _named(chat: Chat, first: int, told: Iterable[Statement]) -> Sequence[Statement]:
    """The numbers, dates and placeholders the customer gives and no quotation of `told` has."""
    shown = [tokens(statement.text) for statement in told]
    parts: list[Part] = []
    for sentence in chat.customers:
        if sentence.turn < first or chat.is_threat(sentence) or chat.is_order(sentence):
            continue
        for value in _values(sentence):
            held = tokens(value)
            if stands_in(held, tokens(sentence.text)) and not any(
                stands_in(held, s) for s in shown
            ):
                shown.append(held)
                parts.append(Part(value, Source.VALUE, sentence.turn))
    parts = parts[: int(chat.limits["named"])]
    if not parts:
        return ()
    before, after = chat.rules.sentences["named"].split(VALUES)
    listed = [Part(before, Source.OURS)]
    for number, part in enumerate(parts):
        listed += [part, Part(after if number == len(parts) - 1 else LISTED, Source.OURS)]
    turns = tuple(sorted({part.turn or 0 for part in parts}))
    return (Statement("named", tuple(listed), turns),)


def _values(sentence: Sentence) -> Iterator[str]:
    for found in CLAIM.finditer(sentence.text):
        value = found.group().strip(" .,:;")
        if any(is_number(token) or is_placeholder(token) for token in tokens(value)):
            yield " ".join(value.split())


def _weight(chat: Chat, sentence: Sentence) -> float:
    """How much a sentence tells of what is asked."""
    rules = chat.rules
    said = tokens(sentence.text)
    weight = 2.0 * rules.requests.in_words(sentence.words) + 1.0 * sentence.is_question
    weight += 1.0 * any(negators_in(sentence.text, rules.negators))
    weight += 0.5 * sentence.has_value
    weight += min(len(said), 12) / 12
    weight -= 1.0 * rules.cues["upset"].in_words(sentence.words) + 0.5 * chat.is_shouted(sentence)
    return weight


def _steps(chat: Chat) -> Sequence[Statement]:
    """What the record says was done, and what agents said that they did; the newest of it."""
    places = {turn.index: n for n, turn in enumerate(chat.conversation.turns, 1)}
    found: list[tuple[int, Statement]] = []
    for action in chat.conversation.actions:
        turn = places.get(-1 if action.after_turn is None else action.after_turn)
        if turn is not None and turn not in chat.window.read:
            continue
        cited = () if turn is None else (turn,)
        rule = _STEPS[action.succeeded]
        found.append((turn or 0, ours(chat.rules, rule, cited, record=action.name)))
    done = [
        sentence
        for sentence in chat.helpers
        if chat.rules.done.in_words(sentence.words)
        and not sentence.is_question
        and not chat.rules.closing_questions.in_words(sentence.words)
    ]
    said = quotable(chat, reversed(done), most=chat.limits["steps"])
    found += [(statement.turns[0], statement) for statement in said]
    told: dict[str, Statement] = {}
    for _, statement in sorted(found, key=lambda pair: pair[0]):
        before = told.pop(statement.text, statement)
        if statement.parts == before.parts:  # the same step, recorded twice
            statement = replace(statement, turns=tuple(sorted({*before.turns, *statement.turns})))
        told[statement.text] = statement
    return tuple(told.values())[-int(chat.limits["steps"]) :] or (ours(chat.rules, "no_step"),)


def _state(chat: Chat) -> tuple[Statement, ...]:
    shown = moods(chat)
    if not shown:
        return (ours(chat.rules, "no_state"),)
    return tuple(
        ours(chat.rules, "state", turns, state=chat.rules.states[state]) for state, turns in shown
    )


def _next_action(chat: Chat, still_open: Mapping[Statement, Sentence]) -> Statement:
    """What comes next by the course of the chat; never advice."""
    rules, last = chat.rules, chat.last_helping_turn
    waiting = [s for s in chat.customers if s.turn > last and not chat.is_small_talk(s)]
    wishes = [turns for state, turns in moods(chat, newest_only=True) if state == _FOR_A_PERSON]
    if wishes or (chat.conversation.outcome.escalated and waiting):
        return ours(rules, "hand_over", wishes[0] if wishes else ())
    for sentence in still_open.values():
        if sentence.role is not Role.CUSTOMER:
            return ours(rules, "wait", (sentence.turn,))
    if questions := {s.turn for s in still_open.values() if asks(chat, s)}:
        return ours(rules, "answer_question", sorted(questions))
    if wanted := {s.turn for s in still_open.values() if requests(chat, s)}:
        return ours(rules, "see_to_request", sorted(wanted))
    if waiting and not all(thanks(chat, s) for s in waiting):
        return ours(rules, "reply", (waiting[-1].turn,))
    newest = sorted({s.turn for s in chat.helpers})[-int(chat.limits["promise_turns"]) :]
    promised = [s for s in chat.helpers if s.turn in newest and chat.is_promise(s)]
    found = quotable(chat, reversed(promised), most=1)
    if found:
        return next(iter(found))
    ended = chat.conversation.outcome.status in _ENDED
    return ours(rules, "closed" if ended else "no_action")
