"""Redacted chats for the summarizer's tests, made by the one maker there is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from handrail.agent.summarizer import Summary, Window, declared_window, summarize
from handrail.agent.summarizer.reading import Chat
from handrail.agent.summarizer.rules import load_rules
from handrail.agent.types import Switches
from handrail.conversations.model import (
    Action,
    Conversation,
    Customer,
    Outcome,
    Role,
    SetBy,
    Status,
    Tag,
    Turn,
)
from handrail.playbook.model import Playbook
from handrail.redaction.model import RedactedConversation
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RULES = Ruleset(names="rules")
_SPEAKERS = {"c": Role.CUSTOMER, "a": Role.AGENT, "b": Role.BOT, "t": Role.TOOL}


def redacted(
    *said: str,
    language: str | None = "en",
    actions: Sequence[Action] = (),
    status: Status = Status.OPEN,
    escalated: bool = False,
    topic: str | None = None,
    opted_out: bool = False,
    conversation_id: str = "c-1",
) -> RedactedConversation:
    """A chat from lines that begin with who speaks: `c:`, `a:`, `b:` or `t:`."""
    turns = tuple(
        Turn(index, _SPEAKERS[line[0]], line[2:].strip(" ")) for index, line in enumerate(said)
    )
    conversation = Conversation(
        conversation_id=conversation_id,
        source_system="shop",
        region="eu",
        day=date(2026, 3, 1),
        turns=turns,
        outcome=Outcome(status, escalated=escalated),
        customer=Customer(opted_out_of_ai=opted_out),
        language=Tag(language, SetBy.EXPORT) if language else None,
        topic=Tag(topic, SetBy.EXPORT) if topic else None,
        actions=tuple(actions),
    )
    return scrub(conversation, ruleset=RULES)


def summary_of(
    chat: RedactedConversation, playbook: Playbook, *, window: Window | None = None
) -> Summary:
    return summarize(
        chat, playbook=playbook, switches=Switches(), window=window or declared_window(), at=AT
    )


def read(chat: RedactedConversation, *, window: Window | None = None) -> Chat:
    rules = load_rules()
    language = chat.language.value if chat.language else "en"
    return Chat(
        chat,
        window=window or rules.window,
        rules=rules.languages[language],
        limits=rules.limits,
    )
