"""Which of support agents' flags stand: the last word of each, and where two contradict each other.

R22: every revision is kept, the latest one stands, and flags that contradict each other wait for
adjudication; until then caution wins. What a flag weighs is `dbt_project/seeds/weight_policy.csv`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from handrail.conversations.model import FlagLabel
from handrail.redaction.model import RedactedConversation, RedactedFlag

NEGATIVE = frozenset({FlagLabel.RISKY, FlagLabel.OFF_TOPIC})


@dataclass(frozen=True)
class LabeledFeedback:
    """One revision of one flag as a training label.

    `stands` is False for a revision that a later one replaced; `conflicting` says that two standing
    flags on the same message disagree on whether it is to be warned of.
    """

    flag_id: str
    conversation_id: str
    turn_index: int
    label: FlagLabel
    reviewer: str
    at: datetime
    revision: int
    stands: bool
    conflicting: bool


def labeled(conversations: Iterable[RedactedConversation]) -> list[LabeledFeedback]:
    """Every flag revision of the conversations, by conversation, turn, flag, revision."""
    found: list[LabeledFeedback] = []
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
            found.append(
                LabeledFeedback(
                    flag_id=flag.flag_id,
                    conversation_id=conversation.conversation_id,
                    turn_index=flag.turn_index,
                    label=flag.label,
                    reviewer=flag.reviewer,
                    at=flag.at,
                    revision=flag.revision,
                    stands=stands,
                    conflicting=stands and len(views[flag.turn_index]) == 2,
                )
            )
    return sorted(found, key=lambda f: (f.conversation_id, f.turn_index, f.flag_id, f.revision))
