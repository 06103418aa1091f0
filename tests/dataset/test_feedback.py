from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from handrail.conversations.model import (
    Conversation,
    Customer,
    Flag,
    FlagLabel,
    Outcome,
    Role,
    Status,
    Turn,
)
from handrail.dataset.labeling import labeled
from handrail.redaction.model import RedactedConversation
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.scrubber import scrub

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def flagged(*flags: tuple[str, str, FlagLabel, int, int]) -> RedactedConversation:
    """A scrubbed chat with flags (id, by, label, revision, turn)."""
    return scrub(
        Conversation(
            conversation_id="c1", source_system="test", region="eu", day=date(2026, 1, 5),
            turns=(Turn(0, Role.CUSTOMER, "hello", AT), Turn(1, Role.BOT, "hi", AT)),
            outcome=Outcome(Status.RESOLVED), customer=Customer(),
            flags=tuple(
                Flag(flag_id, "c1", turn, label, "because", by, AT + timedelta(hours=r), r)
                for flag_id, by, label, r, turn in flags
            ),
        ), ruleset=STANDARD)  # fmt: skip


def test_latest_revision_stands_and_earlier_ones_are_kept() -> None:
    """R22: history, not overwriting; whatever order the flags arrive in."""
    chat = flagged(("f1", "a1", FlagLabel.HELPFUL, 1, 1), ("f1", "a1", FlagLabel.RISKY, 0, 1))
    first, second = labeled([chat])
    assert (first.revision, first.stands) == (0, False)
    assert (second.revision, second.stands, second.label) == (1, True, FlagLabel.HELPFUL)
    assert not second.conflicting


def test_conflicting_flags_are_marked() -> None:
    """R22: they wait for adjudication."""
    chat = flagged(("f1", "a1", FlagLabel.HELPFUL, 0, 1), ("f2", "a2", FlagLabel.OFF_TOPIC, 0, 1))
    helpful, off_topic = labeled([chat])
    assert helpful.conflicting
    assert off_topic.conflicting


def test_flags_on_different_messages_dont_conflict() -> None:
    chat = flagged(("f1", "a1", FlagLabel.HELPFUL, 0, 0), ("f2", "a2", FlagLabel.RISKY, 0, 1))
    assert not any(label.conflicting for label in labeled([chat]))
