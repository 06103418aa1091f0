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
from itertools import chain

from handrail.conversations.model import Action, Conversation, Flag, Role, Turn
from handrail.errors import without_chat_text
from handrail.redaction.asking import PAUSE, Asking, answered
from handrail.redaction.credentials import Credential, secrets_in, secrets_noted
from handrail.redaction.elsewhere import everywhere
from handrail.redaction.known import Values, customer_values
from handrail.redaction.labels import label_kept, tag_kept
from handrail.redaction.model import (
    _MAKER,
    RedactedAction,
    RedactedConversation,
    RedactedFlag,
    RedactedTurn,
    Stamp,
)
from handrail.redaction.placeholders import Placeholders, outside, standing_in
from handrail.redaction.plain import Plain
from handrail.redaction.reading import Reading, Unheard, Unread
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.spans import EVERY_TYPE, Span, SpanType, merge, moved
from handrail.redaction.turns.alike import alike
from handrail.redaction.turns.answers import answers
from handrail.redaction.turns.pieces import joined, pieces

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
    (done,) = answered([scrubbing(conversation, ruleset=ruleset)], ruleset=ruleset)
    return done


def scrubbing(conversation: Conversation, *, ruleset: Ruleset) -> Asking[Scrubbed]:
    """The work of `scrubbed`, for `answered`, which asks the names model for many together.

    Private turns, the customer profile and action arguments are dropped; turn indices stay. Labels
    (template, action, tag) that could hold anything but a label are dropped too. Failures come
    out as `Withheld`, without chat text.
    """
    with without_chat_text(f"conversation {conversation.conversation_id}"):
        return (yield from _scrub(conversation, ruleset))


def _scrub(conversation: Conversation, ruleset: Ruleset) -> Asking[Scrubbed]:
    language = conversation.language.value if conversation.language else ""
    turns = [turn for turn in conversation.turns if not turn.is_private]
    said = [(turn.role, turn.text) for turn in turns]
    said += [(Role.SYSTEM, flag.reason) for flag in conversation.flags]
    known = customer_values(conversation.customer)
    reading = Reading(language=language, ruleset=ruleset)
    clean = yield from _clean(said, known, reading=reading)
    texts = clean.texts
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
        stamp=Stamp(ruleset.version, clean.hits),
        maker=_MAKER,
    )
    notes = [turn for turn in conversation.turns if turn.is_private]
    noted = secrets_noted([note.text for note in notes], reading=reading)
    stood_in = [turn.index for turn in turns] + [flag.turn_index for flag in conversation.flags]
    credentials = (
        *(Credential(rule, stood_in[place], value) for place, rule, value in clean.credentials),
        *(Credential(rule, notes[place].index, value) for place, rule, value in noted),
    )
    return Scrubbed(redacted, credentials)


def locate(
    said: Sequence[tuple[Role, str]], known: Values, *, reading: Reading
) -> list[list[Span]]:
    """Per message the merged spans to remove, in the message's own coordinates."""
    (located,) = answered([_locate(said, known, reading=reading)], ruleset=reading.ruleset)
    return located


def _locate(
    said: Sequence[tuple[Role, str]], known: Values, *, reading: Reading
) -> Asking[list[list[Span]]]:
    shown = [reading.shown(text) for _, text in said]
    texts = [one.text for one in shown]
    yield Unread(reading, texts)
    found = [list(reading.found(text, types=EVERY_TYPE)) for text in texts]
    if known:
        _add(found, [known.find(reading.bare(text)) for text in texts])
    turns = [(role, text) for (role, _), text in zip(said, texts, strict=True)]
    yield Unheard(reading, texts)
    _add(found, answers(turns, reading=reading))
    together = joined(turns, reading=reading)
    yield Unread(reading, [one.text for one in together]) if together else PAUSE
    _add(found, pieces(turns, together, reading=reading))
    _add(found, alike(texts, found))
    yield PAUSE
    _add(found, everywhere(texts, found, reading=reading))
    yield PAUSE
    if reading.ruleset.names == "model":
        standing = [standing_in(raw) for _, raw in said]
        questions = [
            reading.question(text, merge([*spans, *before]))
            for text, spans, before in zip(texts, found, standing, strict=True)
        ]
        stretches = [question.stretches for question in questions]
        answer = iter((yield [*chain.from_iterable(stretches)]) if any(stretches) else ())
        named = [
            question.names([next(answer) for _ in mine])
            for question, mine in zip(questions, stretches, strict=True)
        ]
        _add(found, named)
        _add(found, everywhere(texts, named, reading=reading))
    return [
        merge(outside(raw, _in_message(spans, one))) if spans else []
        for (_, raw), one, spans in zip(said, shown, found, strict=True)
    ]


def _in_message(spans: list[Span], shown: Plain) -> list[Span]:
    """Spans of plain text, where they stand in the message."""
    if shown.offsets is None:
        return spans
    return [moved(span, *shown.source(span.start, span.end)) for span in spans]


def _add(found: Sequence[list[Span]], more: Sequence[Sequence[Span]]) -> None:
    if more:
        for spans, others in zip(found, more, strict=True):
            spans += others


@dataclass(frozen=True)
class _Clean:
    """Messages with placeholders, hits per type, and credentials as (place, rule, value)."""

    texts: list[str]
    hits: dict[str, int]
    credentials: list[tuple[int, str, str]]


def _clean(said: Sequence[tuple[Role, str]], known: Values, *, reading: Reading) -> Asking[_Clean]:
    """The messages scrubbed again and again until nothing is found in them."""
    placeholders = Placeholders()
    texts = [text for _, text in said]
    placeholders.reserve(texts)
    credentials: dict[tuple[int, str, str], None] = {}
    for _ in range(_ROUNDS):
        current = [(role, text) for (role, _), text in zip(said, texts, strict=True)]
        located = yield from _locate(current, known, reading=reading)
        if not any(located):
            break
        placeholders.meet(
            span.value or text[span.start : span.end]
            for text, spans in zip(texts, located, strict=True)
            for span in spans
            if span.type is SpanType.PERSON
        )
        credentials |= dict.fromkeys(secrets_in(texts, located, reading=reading))
        texts = [placeholders.replace(t, spans) for t, spans in zip(texts, located, strict=True)]
    return _Clean(texts, dict(sorted(placeholders.hits.items())), list(credentials))


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
