"""Where values stand in the messages of conversations: each step for all of them, then the next.

Between the steps of two chats the tables of the patterns, the network's weights and the code of the
step would leave the processor's cache, and each chat would fetch them again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from handrail.conversations.model import Role
from handrail.errors import without_chat_text
from handrail.redaction.elsewhere import everywhere
from handrail.redaction.known import Values
from handrail.redaction.names_model import names_model
from handrail.redaction.placeholders import outside, standing_in
from handrail.redaction.plain import Plain
from handrail.redaction.reading import Reading, Texts, listen, read
from handrail.redaction.spans import EVERY_TYPE, Span, merge, moved
from handrail.redaction.turns.alike import alike
from handrail.redaction.turns.answers import answers
from handrail.redaction.turns.pieces import Joined, joined, pieces


class Chat:
    """The messages of one conversation while values are located in them.

    `record` is what a failure calls it. All but the roles is set anew for each look at `texts`.
    """

    def __init__(
        self, record: str, said: Sequence[tuple[Role, str]], known: Values, reading: Reading
    ) -> None:
        """`known` is what the company knows of the customer."""
        self.record = record
        self.roles = [role for role, _ in said]
        self.texts = [text for _, text in said]
        self.known = known
        self.reading = reading
        self.shown: list[Plain] = []
        self.turns: list[tuple[Role, str]] = []
        self.together: list[Joined] = []
        self.found: list[list[Span]] = []

    @property
    def plain(self) -> list[str]:
        """The messages as recognizers read them."""
        return [text for _, text in self.turns]

    def add(self, more: Sequence[Sequence[Span]]) -> None:
        """More finds: a list for each message, or none at all."""
        if more:
            for spans, others in zip(self.found, more, strict=True):
                spans += others


C = TypeVar("C", bound=Chat)


class each(without_chat_text, Generic[C]):
    """The chats one by one; what fails meanwhile says at which chat, and nothing of its text."""

    def __init__(self, chats: Sequence[C]) -> None:
        """`chats` are gone through once."""
        super().__init__("a chat")
        self._chats = chats

    def __iter__(self) -> Iterator[C]:
        for chat in self._chats:
            self._record = chat.record
            yield chat


def locate(
    said: Sequence[tuple[Role, str]], known: Values, *, reading: Reading
) -> list[list[Span]]:
    """Per message the merged spans to remove, in the message's own coordinates."""
    (located,) = locate_in_each([Chat("a conversation", said, known, reading)])
    return located


def locate_in_each(chats: Sequence[Chat]) -> list[list[list[Span]]]:
    """The same for many conversations, which are all read by the same rules."""
    _recognize(chats)
    _hear(chats)
    _look_elsewhere(chats)
    if chats and chats[0].reading.ruleset.names == "model":
        _ask_for_names(chats)
    with (in_turn := each(chats)):
        return [_located(chat) for chat in in_turn]


def _recognize(chats: Sequence[Chat]) -> None:
    """What recognizers find in each message, and what the company knows."""
    with (in_turn := each(chats)):
        for chat in in_turn:
            chat.shown = [chat.reading.shown(text) for text in chat.texts]
            chat.turns = [
                (role, one.text) for role, one in zip(chat.roles, chat.shown, strict=True)
            ]
    # What fails here fails again in the chat's own step, which says which chat it is.
    with suppress(Exception):
        read([Texts(chat.reading, chat.plain) for chat in chats])
    with (in_turn := each(chats)):
        for chat in in_turn:
            reading = chat.reading
            chat.found = [list(reading.found(text, types=EVERY_TYPE)) for text in chat.plain]
            if chat.known:
                chat.add([chat.known.find(reading.bare(text)) for text in chat.plain])


def _hear(chats: Sequence[Chat]) -> None:
    """What messages give away of each other: answers, values in pieces, numbers made alike."""
    with suppress(Exception):
        listen([Texts(chat.reading, chat.plain) for chat in chats])
    with (in_turn := each(chats)):
        for chat in in_turn:
            chat.add(answers(chat.turns, reading=chat.reading))
    with (in_turn := each(chats)):
        for chat in in_turn:
            chat.together = joined(chat.turns, reading=chat.reading)
    with suppress(Exception):
        read([Texts(chat.reading, [one.text for one in chat.together]) for chat in chats])
    with (in_turn := each(chats)):
        for chat in in_turn:
            chat.add(pieces(chat.turns, chat.together, reading=chat.reading))
            chat.add(alike(chat.plain, chat.found))


def _look_elsewhere(chats: Sequence[Chat]) -> None:
    """What was found once, everywhere in its chat."""
    with (in_turn := each(chats)):
        for chat in in_turn:
            chat.add(everywhere(chat.plain, chat.found, reading=chat.reading))


def _ask_for_names(chats: Sequence[Chat]) -> None:
    """What the names model says of the words in doubt; `NoWeights` if it isn't there."""
    questions = []
    with (in_turn := each(chats)):
        for chat in in_turn:
            standing = [standing_in(raw) for raw in chat.texts]
            questions.append(
                [
                    chat.reading.question(text, merge([*spans, *before]))
                    for text, spans, before in zip(chat.plain, chat.found, standing, strict=True)
                ]
            )
    likely = names_model().likely
    with without_chat_text("a question to the names model"):
        replies = [
            [[likely(stretch) for stretch in question.stretches] for question in of_chat]
            for of_chat in questions
        ]
    with (in_turn := each(chats)):
        for chat, of_chat, answered in zip(in_turn, questions, replies, strict=True):
            named = [
                question.names(answer) for question, answer in zip(of_chat, answered, strict=True)
            ]
            chat.add(named)
            chat.add(everywhere(chat.plain, named, reading=chat.reading))


def _located(chat: Chat) -> list[list[Span]]:
    return [
        merge(outside(raw, _in_message(spans, shown))) if spans else []
        for raw, shown, spans in zip(chat.texts, chat.shown, chat.found, strict=True)
    ]


def _in_message(spans: list[Span], shown: Plain) -> list[Span]:
    """Spans of plain text, where they stand in the message."""
    if shown.offsets is None:
        return spans
    return [moved(span, *shown.source(span.start, span.end)) for span in spans]
