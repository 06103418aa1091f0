"""A chat as the summarizer reads it: its turns in the window, each as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from handrail.agent.summarizer.quoting import is_shouted, quotation
from handrail.agent.summarizer.rules import LanguageRules
from handrail.agent.summarizer.tokens import (
    is_number,
    is_placeholder,
    plain_words,
    sentences,
    tokens,
)
from handrail.agent.summarizer.window import Window, WindowRead, read_window
from handrail.conversations.model import Role
from handrail.dataset.signals import is_order
from handrail.redaction.model import RedactedConversation

_HELPERS = (Role.AGENT, Role.BOT)
_SUBSTANCE = 4
_CLAUSE = re.compile(r"[,;:]\s")
_LOOKED_AT = 12  # a first request later than this turn is looked for no more


@dataclass(frozen=True)
class Sentence:
    """One sentence of a turn (from 1), the `number`th of it (from 0)."""

    turn: int
    role: Role
    text: str
    number: int

    @cached_property
    def words(self) -> tuple[str, ...]:
        """In plain form."""
        return tuple(plain_words(self.text))

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the chat: what is said later has a greater one."""
        return self.turn, self.number

    @property
    def has_value(self) -> bool:
        """Whether it holds a number or a placeholder."""
        return any(is_number(token) or is_placeholder(token) for token in tokens(self.text))

    @property
    def is_question(self) -> bool:
        """Whether it ends as a question does."""
        return "?" in self.text[-3:]


class Chat:
    """One chat in its window. `said` are the sentences that may be looked at, in order."""

    def __init__(
        self,
        conversation: RedactedConversation,
        *,
        window: Window,
        rules: LanguageRules,
        limits: Mapping[str, float],
    ) -> None:
        self.conversation = conversation
        self.rules = rules
        self.limits = limits
        self._turns = conversation.turns
        self._most = window.most_turn_characters
        self.window: WindowRead = read_window(
            [turn.text for turn in self._turns], window, is_request=self._opens_with_request
        )
        self.said: tuple[Sentence, ...] = tuple(
            sentence for turn in self.window.read for sentence in self.sentences_of(turn)
        )

    def text_of(self, turn: int) -> str:
        """What was read of a turn (from 1): all of it, or its beginning."""
        return self._turns[turn - 1].text[: self._most]

    def role_of(self, turn: int) -> Role:
        """Who wrote a turn (from 1)."""
        return self._turns[turn - 1].role

    def sentences_of(self, turn: int) -> Iterator[Sentence]:
        """The sentences of a turn; the last one of a turn that was cut may be half, and is none."""
        found = sentences(self.text_of(turn), abbreviations=self.rules.abbreviations)
        if len(self._turns[turn - 1].text) > self._most and len(found) > 1:
            found = found[:-1]
        for number, text in enumerate(found):
            yield Sentence(turn, self._turns[turn - 1].role, text, number)

    def of(self, *roles: Role) -> list[Sentence]:
        """The sentences of these roles, in order."""
        return [sentence for sentence in self.said if sentence.role in roles]

    @property
    def customers(self) -> list[Sentence]:
        """What the customer said."""
        return self.of(Role.CUSTOMER)

    @property
    def helpers(self) -> list[Sentence]:
        """What agents and assistants said."""
        return self.of(*_HELPERS)

    def last_turn_of(self, *roles: Role) -> int:
        """The newest turn of these roles that was read, 0 if there is none."""
        return max((t for t in self.window.read if self.role_of(t) in roles), default=0)

    @property
    def last_helping_turn(self) -> int:
        """The newest turn of an agent or assistant."""
        return self.last_turn_of(*_HELPERS)

    @property
    def last_answering_turn(self) -> int:
        """The newest turn of an agent or assistant that did more than ask or hold the line."""
        answering = (
            s.turn
            for s in self.helpers
            if not s.is_question
            and not self.is_small_talk(s)
            and not self.rules.holding.in_words(s.words)
        )
        return max(answering, default=0)

    @cached_property
    def corrections(self) -> tuple[Sentence, ...]:
        """Where the customer corrects what was said, in order.

        Behind a sentence that corrects and has no number ("My mistake.") the next one of its turn
        counts too, if it has one.
        """
        found: list[Sentence] = []
        for sentence in self.customers:
            is_told_before = bool(found) and found[-1].place == (sentence.turn, sentence.number - 1)
            completes = is_told_before and sentence.has_value and not found[-1].has_value
            if completes or self.rules.corrections.in_words(sentence.words):
                found.append(sentence)
        return tuple(found)

    def answers_back(self, sentence: Sentence) -> bool:
        """Whether the turn of an agent or assistant before it asks or waits for something."""
        before = [s for s in self.helpers if s.turn < sentence.turn]
        return any(
            (s.is_question or self._asks_unmarked(s) or self.rules.holding.in_words(s.words))
            and not self.rules.closing_questions.in_words(s.words)
            for s in before
            if s.turn == before[-1].turn
        )

    def _asks_unmarked(self, sentence: Sentence) -> bool:
        """Whether it has a question's words and no mark at its end, as speech is written down."""
        is_marked = sentence.text[-1:] in (".", "!", "?")
        return not is_marked and self.rules.questions.in_words(sentence.words)

    def is_promise(self, sentence: Sentence) -> bool:
        """Whether it says what is to come: in the future, or in a clause that tells no past."""
        rules = self.rules
        if sentence.is_question:
            return False
        if rules.promises.in_words(sentence.words):
            return True
        clauses = [plain_words(clause) for clause in _CLAUSE.split(sentence.text)]
        return any(rules.present.in_words(c) and not rules.past.in_words(c) for c in clauses)

    def is_small_talk(self, sentence: Sentence) -> bool:
        """Whether a sentence says nothing but hello, thanks, yes or a name."""
        return all(word.strip("<>") in self.rules.small_talk for word in sentence.words)

    def is_request(self, sentence: Sentence) -> bool:
        """Whether it asks for something or names a problem."""
        rules = self.rules
        if len(sentence.words) < 2 or self.is_small_talk(sentence):
            return False
        return rules.requests.in_words(sentence.words) or sentence.is_question

    def opens(self, sentence: Sentence) -> bool:
        """Whether a chat may begin in earnest with it: a request, or several words of substance."""
        is_said = len(sentence.words) >= _SUBSTANCE and not self.is_small_talk(sentence)
        return self.is_request(sentence) or is_said

    def is_threat(self, sentence: Sentence) -> bool:
        """Whether it threatens: that is told, and not quoted."""
        told = ("threatening", "legal_steps", "complaint")
        return any(self.rules.cues[state].in_words(sentence.words) for state in told)

    def is_order(self, sentence: Sentence) -> bool:
        """Whether it speaks to a machine that may read along."""
        return is_order(sentence.text)

    def is_shouted(self, sentence: Sentence) -> bool:
        """Whether it stands in capitals."""
        return is_shouted(sentence.text, shouted_words=self.limits["shouted_words"])

    def quotation(self, sentence: Sentence) -> str | None:
        """The sentence as it may be quoted; None where it may not be."""
        return quotation(sentence.text, self.rules, self.limits)

    def _opens_with_request(self, place: int) -> bool:
        """Whether the turn at `place` (from 0) is the customer's and asks for something.

        Where none of the first turns does, the customer's first one stands for it.
        """
        if self._turns[place].role is not Role.CUSTOMER:
            return False
        return place == self._first_request

    @cached_property
    def _first_request(self) -> int | None:
        mine = [p for p, turn in enumerate(self._turns) if turn.role is Role.CUSTOMER]
        for place in mine[:_LOOKED_AT]:
            if any(self.opens(sentence) for sentence in self.sentences_of(place + 1)):
                return place
        return mine[0] if mine else None
