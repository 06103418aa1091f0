"""What support agents' flags weigh in training: heavily when they warn, not at all when outdated.

R24: negative feedback weighs heavily, so that the agent learns to hold back. R22: every revision is
kept, the latest one stands, and flags that contradict each other wait for adjudication.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from handrail.conversations.model import FlagLabel
from handrail.redaction.model import RedactedConversation, RedactedFlag

NEGATIVE = frozenset({FlagLabel.RISKY, FlagLabel.OFF_TOPIC})
NEGATIVE_WEIGHT = 4.0
POSITIVE_WEIGHT = 1.0


@dataclass(frozen=True)
class LabeledFeedback:
    """One revision of one flag as a training label.

    `weight` is 0 for a revision that a later one replaced (`stands` False), and for a helpful flag
    that another reviewer's negative one contradicts (`conflicting`): caution wins until people have
    decided.
    """

    flag_id: str
    conversation_id: str
    turn_index: int
    label: FlagLabel
    weight: float
    reviewer: str
    at: datetime
    revision: int
    stands: bool
    conflicting: bool


def label_weights(conversations: Iterable[RedactedConversation]) -> list[LabeledFeedback]:
    """Every flag revision of the conversations, weighted, by conversation, turn, flag, revision."""
    labeled: list[LabeledFeedback] = []
    for conversation in conversations:
        latest: dict[str, RedactedFlag] = {}
        for flag in conversation.flags:
            if flag.flag_id not in latest or flag.revision > latest[flag.flag_id].revision:
                latest[flag.flag_id] = flag
        views: dict[int, set[bool]] = defaultdict(set)
        for flag in latest.values():
            views[flag.turn_index].add(flag.label in NEGATIVE)
        for flag in conversation.flags:
            stands = latest[flag.flag_id] is flag
            conflicting = stands and len(views[flag.turn_index]) == 2
            labeled.append(
                LabeledFeedback(
                    flag_id=flag.flag_id,
                    conversation_id=conversation.conversation_id,
                    turn_index=flag.turn_index,
                    label=flag.label,
                    weight=_weight(flag.label, stands=stands, conflicting=conflicting),
                    reviewer=flag.reviewer,
                    at=flag.at,
                    revision=flag.revision,
                    stands=stands,
                    conflicting=conflicting,
                )
            )
    return sorted(labeled, key=lambda f: (f.conversation_id, f.turn_index, f.flag_id, f.revision))


def _weight(label: FlagLabel, *, stands: bool, conflicting: bool) -> float:
    if not stands:
        return 0.0
    if label in NEGATIVE:
        return NEGATIVE_WEIGHT
    return 0.0 if conflicting else POSITIVE_WEIGHT
