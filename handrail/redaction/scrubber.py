"""`scrub`: the only way from a raw conversation to a redacted one.

Recognizers, the customer's known values, answers to questions and values cut in pieces propose;
what was found once is removed everywhere in the conversation; the names model is asked about what
may be a name and is still there; typed placeholders take the place of all of it.
The result is scrubbed again until nothing is found, so scrubbing is idempotent.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from handrail.conversations.model import Action, Conversation, Flag, Role, Turn
from handrail.errors import without_chat_text
from handrail.redaction.credentials import Credential, secrets_in, secrets_noted
from handrail.redaction.known import Values, customer_values
from handrail.redaction.labels import label_kept, tag_kept
from handrail.redaction.locating import Chat, each, locate_in_each
from handrail.redaction.model import (
    _MAKER,
    RedactedAction,
    RedactedConversation,
    RedactedFlag,
    RedactedTurn,
    Stamp,
)
from handrail.redaction.placeholders import Placeholders
from handrail.redaction.profile import called
from handrail.redaction.reading import Reading
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.spans import Span, SpanType

_OPAQUE = re.compile(
    r"(?:agent|admin|user|reviewer|staff|employee|operator|[a-z])?[-_:.]?"
    r"(?:\d{1,19}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12,64})",
    re.IGNORECASE,
)
_ROUNDS = 8


@dataclass(frozen=True)
class Scrubbed:
    """What `scrubbed` makes of a conversation."""

    conversation: RedactedConversation
    credentials: tuple[Credential, ...]


def scrub(conversation: Conversation, *, ruleset: Ruleset) -> RedactedConversation:
    """`conversation` without personal data and secrets, as `scrubbed` makes it."""
    return scrubbed(conversation, ruleset=ruleset).conversation


def scrubbed(conversation: Conversation, *, ruleset: Ruleset) -> Scrubbed:
    """`conversation` without personal data and secrets, and the credentials that were in it."""
    (done,) = scrubbed_each([conversation], ruleset=ruleset)
    return done


def scrubbed_each(conversations: Sequence[Conversation], *, ruleset: Ruleset) -> list[Scrubbed]:
    """The same for many conversations, in order.

    Private turns, the customer profile and action arguments are dropped; turn indices stay. Labels
    (template, action, tag) that could hold anything but a label are dropped too. Failures come
    out as `Withheld`, without chat text.
    """
    readings: dict[str, Reading] = {}
    works = []
    for conversation in conversations:
        language = conversation.language.value if conversation.language else ""
        if language not in readings:
            readings[language] = Reading(language=language, ruleset=ruleset)
        with without_chat_text(f"conversation {conversation.conversation_id}"):
            works.append(_Work(conversation, readings[language]))
    _clean(works)
    with (in_turn := each(works)):
        return [_scrubbed(work) for work in in_turn]


class _Work(Chat):
    """A conversation that is being scrubbed: `texts` are its messages as they are by now."""

    def __init__(self, conversation: Conversation, reading: Reading) -> None:
        self.conversation = conversation
        self.said = [turn for turn in conversation.turns if not turn.is_private]
        said = [(turn.role, turn.text) for turn in self.said]
        said += [(Role.SYSTEM, flag.reason) for flag in conversation.flags]
        record = f"conversation {conversation.conversation_id}"
        super().__init__(record, said, customer_values(conversation.customer), reading)
        self.placeholders = Placeholders(called=called(conversation.customer))
        self.placeholders.reserve(self.texts)
        # As (place, rule, value), each once.
        self.credentials: dict[tuple[int, str, str], None] = {}

    def replace(self, located: Sequence[Sequence[Span]]) -> None:
        """Put placeholders in the place of what was located in each message."""
        self.placeholders.meet(
            span.value or text[span.start : span.end]
            for text, spans in zip(self.texts, located, strict=True)
            for span in spans
            if span.type is SpanType.PERSON
        )
        secrets = secrets_in(self.texts, located, reading=self.reading)
        self.credentials |= dict.fromkeys(secrets)
        self.texts = [
            self.placeholders.replace(text, spans)
            for text, spans in zip(self.texts, located, strict=True)
        ]


def _clean(works: Sequence[_Work]) -> None:
    """Scrub each again and again until nothing is found in it."""
    for _ in range(_ROUNDS):
        located = {
            work: spans
            for work, spans in zip(works, locate_in_each(works), strict=True)
            if any(spans)
        }
        if not located:
            return
        works = list(located)
        with (in_turn := each(works)):
            for work in in_turn:
                work.replace(located[work])


def _scrubbed(work: _Work) -> Scrubbed:
    conversation, known, texts, turns = work.conversation, work.known, work.texts, work.said
    reviewers = _reviewers(conversation)
    redacted = RedactedConversation(
        conversation_id=conversation.conversation_id,
        source_system=label_kept(conversation.source_system, known) or "unlabeled",
        region=conversation.region,
        region_set_by=conversation.region_set_by,
        day=conversation.day,
        turns=tuple(
            RedactedTurn(
                turn.index, turn.role, text, turn.at, label_kept(turn.template, known), author
            )
            for turn, text, author in zip(turns, texts, _authors(conversation, turns), strict=False)
        ),
        outcome=conversation.outcome,
        channel=tag_kept(conversation.channel, known),
        language=tag_kept(conversation.language, known),
        language_verified=conversation.language_verified,
        product_area=tag_kept(conversation.product_area, known),
        severity=tag_kept(conversation.severity, known),
        topic=tag_kept(conversation.topic, known),
        basis=conversation.basis,
        actions=_actions(conversation.actions, known),
        flags=tuple(
            _flag(flag, flag_id, reason, reviewer)
            for flag, flag_id, reason, reviewer in zip(
                conversation.flags,
                _flag_ids(conversation),
                texts[len(turns) :],
                reviewers,
                strict=True,
            )
        ),
        sector=label_kept(conversation.sector, known),
        simulated=conversation.simulated,
        opted_out_of_ai=conversation.customer.opted_out_of_ai,
        opted_out_of_training=conversation.customer.opted_out_of_training,
        stamp=Stamp(work.reading.ruleset.version, dict(sorted(work.placeholders.hits.items()))),
        maker=_MAKER,
    )
    notes = [turn for turn in conversation.turns if turn.is_private]
    noted = secrets_noted([note.text for note in notes], reading=work.reading)
    stood_in = [turn.index for turn in turns] + [flag.turn_index for flag in conversation.flags]
    credentials = (
        *(Credential(rule, stood_in[place], value) for place, rule, value in work.credentials),
        *(Credential(rule, notes[place].index, value) for place, rule, value in noted),
    )
    return Scrubbed(redacted, credentials)


def _actions(actions: Sequence[Action], known: Values) -> tuple[RedactedAction, ...]:
    kept = []
    for action in actions:
        name = label_kept(action.name, known)
        if name is not None:
            kept.append(RedactedAction(name, action.after_turn, action.succeeded))
    return tuple(kept)


def _flag_ids(conversation: Conversation) -> list[str]:
    """One id per flag that says nothing of the source's: revisions of a flag share theirs."""
    numbers: dict[str, int] = {}
    return [
        f"{conversation.conversation_id}.flag-{numbers.setdefault(flag.flag_id, len(numbers) + 1)}"
        for flag in conversation.flags
    ]


def _flag(flag: Flag, flag_id: str, reason: str, reviewer: str) -> RedactedFlag:
    return RedactedFlag(
        flag_id=flag_id,
        turn_index=flag.turn_index,
        label=flag.label,
        reason=reason,
        reviewer=reviewer,
        at=flag.at,
        revision=flag.revision,
    )


def _reviewers(conversation: Conversation) -> list[str]:
    """One opaque id per flag."""
    opaque = _Pseudonyms(conversation.source_system, "reviewer")
    return [opaque.of(flag.flagged_by) for flag in conversation.flags]


def _authors(conversation: Conversation, turns: Sequence[Turn]) -> list[str | None]:
    """One opaque id per turn of a support agent whose export names them."""
    opaque = _Pseudonyms(conversation.source_system, "agent")
    return [None if turn.author is None else opaque.of(turn.author) for turn in turns]


class _Pseudonyms:
    """Opaque ids of the people of one chat: across chats the same only if the id is opaque."""

    def __init__(self, source_system: str, kind: str) -> None:
        self._source_system = source_system
        self._kind = kind
        self._named: dict[str, str] = {}

    def of(self, person: str) -> str:
        if _OPAQUE.fullmatch(person):
            whole = f"{self._source_system}\n{person}".encode()
            return f"{self._kind}-{hashlib.sha256(whole).hexdigest()[:12]}"
        return self._named.setdefault(person, f"{self._kind}-{len(self._named) + 1}")
