"""Reviewers' flags on messages that the AI drafted, with the mistakes reviewers make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from handrail.conversations.model import Flag, FlagLabel
from handrail.simulate.phrasing import Phrases
from handrail.simulate.script import Script
from handrail.simulate.staff import Reviewer, on_duty

SECOND_REVIEWER_SHARE = 0.15
CORRECTED_SHARE = 0.6
PERSONAL_REASON_SHARE = 0.25


@dataclass(frozen=True)
class FlagMaker:
    """Writes the flags on one drafted message, whose right label is `truth`."""

    rng: Random
    conversation_id: str
    turn: int
    truth: FlagLabel
    phrases: Phrases
    script: Script
    may_name_customer: bool

    def flags(self, closed_at: datetime) -> tuple[Flag, ...]:
        """One reviewer's flag, sometimes a second one's; a wrong flag is often corrected later."""
        count = 2 if self.rng.random() < SECOND_REVIEWER_SHARE else 1
        made: list[Flag] = []
        for number, reviewer in enumerate(on_duty(self.rng, count), 1):
            at = closed_at + timedelta(minutes=self.rng.randint(10, 2880))
            label = self._judge(reviewer)
            made.append(self._flag(number, reviewer, label, at, revision=0))
            if label is not self.truth and self.rng.random() < CORRECTED_SHARE:
                later = at + timedelta(hours=self.rng.randint(1, 48))
                made.append(self._flag(number, reviewer, self.truth, later, revision=1))
        return tuple(made)

    def _judge(self, reviewer: Reviewer) -> FlagLabel:
        if self.rng.random() >= reviewer.errs:
            return self.truth
        return self.rng.choice([label for label in FlagLabel if label is not self.truth])

    def _flag(
        self, number: int, reviewer: Reviewer, label: FlagLabel, at: datetime, *, revision: int
    ) -> Flag:
        is_personal = self.may_name_customer and self.rng.random() < PERSONAL_REASON_SHARE
        group = "flags.personal" if is_personal else f"flags.{label.value}"
        return Flag(
            flag_id=f"{self.conversation_id}-f{number}",
            conversation_id=self.conversation_id,
            turn_index=self.turn,
            label=label,
            reason=self.script.reason(self.phrases.pick(group, self.rng), self.turn),
            flagged_by=reviewer.name,
            at=at,
            revision=revision,
        )
