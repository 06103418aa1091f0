"""A chat as it came to be: what an export of any moment knew of it.

An export is written once a week. What happens to a chat after that (it goes on, is rated, flagged,
reopened, its topic corrected, its customer opts out) stands in the export of the week in which it
happened, which then holds the chat anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from handrail.conversations.model import Conversation, Status, Tag
from handrail.simulate.answer_key import AnswerKey, Planted

REOPENING_WINDOW = timedelta(days=7)


@dataclass(frozen=True)
class History:
    """A chat in its last state with its key, and when what about it became known.

    `was_solved`: whether the customer's question was truly solved at closing. `violation_turn`: the
    turn in which an agent broke policy. `first_topic` and `first_area` are the tags before somebody
    corrected them at `corrected_at`.
    """

    last: Conversation
    key: AnswerKey
    was_solved: bool
    violation_turn: int | None
    rated_at: datetime | None
    corrected_at: datetime | None
    first_topic: Tag | None
    first_area: Tag | None
    opted_out_at: datetime | None

    @cached_property
    def moments(self) -> tuple[datetime, ...]:
        """When something about the chat became known, in order."""
        chat = self.last
        later = (chat.outcome.closed_at, self.rated_at, self.corrected_at, self.opted_out_at)
        times = [turn.at for turn in chat.turns if turn.at is not None]
        times += [at for at in later if at is not None]
        times += [flag.at for flag in chat.flags]
        return tuple(sorted(times))

    def exports(self, until: date) -> Iterator[tuple[date, Conversation, AnswerKey]]:
        """The weekly exports before `until` that hold the chat: the week's Monday, and its state.

        The first is the week of its first message, the others those in which it changed.
        """
        first = monday_of(self.last.day)
        if self.moments[-1] < cut_after(first, until):
            yield first, self.last, self.key
            return
        weeks = {monday_of(at.date()) for at in self.moments if at.date() < until}
        for monday in sorted(weeks):
            yield monday, *self.as_of(cut_after(monday, until))

    def as_of(self, moment: datetime) -> tuple[Conversation, AnswerKey]:
        """What an export made at `moment` knows, and the truth about that much."""
        if self.moments[-1] < moment:
            return self.last, self.key
        chat = self._chat(moment)
        return chat, self._key(chat)

    def _chat(self, moment: datetime) -> Conversation:
        chat, outcome = self.last, self.last.outcome
        turns = tuple(turn for turn in chat.turns if turn.at is not None and turn.at < moment)
        reopened = tuple(at for at in outcome.reopened_at if at < moment)
        closed_at = outcome.closed_at
        whole = len(turns) == len(chat.turns)
        is_over = whole if closed_at is None else closed_at < moment
        corrected = self.corrected_at is None or self.corrected_at < moment
        opted_out = self.opted_out_at is None or self.opted_out_at < moment
        return replace(
            chat,
            turns=turns,
            outcome=replace(
                outcome,
                status=outcome.status if is_over else Status.OPEN,
                closed_at=closed_at if is_over else None,
                reopened_at=reopened,
                escalated=outcome.escalated and is_over,
                csat=outcome.csat if self.rated_at and self.rated_at < moment else None,
            ),
            customer=chat.customer
            if opted_out
            else replace(chat.customer, opted_out_of_training=False),
            actions=tuple(a for a in chat.actions if (a.after_turn or 0) < len(turns)),
            flags=tuple(flag for flag in chat.flags if flag.at < moment),
            topic=chat.topic if corrected else self.first_topic,
            product_area=chat.product_area if corrected else self.first_area,
        )

    def _key(self, chat: Conversation) -> AnswerKey:
        said = len(chat.turns)
        violated = self.violation_turn is not None and self.violation_turn < said
        return replace(
            self.key,
            resolved=is_resolved(chat, was_solved=self.was_solved),
            violation=self.key.violation if violated else None,
            is_abusive_agent=self.key.is_abusive_agent and violated,
            flags={f.flag_id: self.key.flags[f.flag_id] for f in chat.flags},
            edits=tuple(edit for edit in self.key.edits if edit.turn < said),
            planted=tuple(p for p in self.key.planted if _is_known(p, chat)),
        )


def is_resolved(chat: Conversation, *, was_solved: bool) -> bool:
    """Whether the question was solved, the chat closed, and not reopened within the window."""
    closed_at = chat.outcome.closed_at
    if closed_at is None or not was_solved:
        return False
    return all(at - closed_at >= REOPENING_WINDOW for at in chat.outcome.reopened_at)


def monday_of(day: date) -> date:
    """The Monday of the day's ISO week: the week's name in this package."""
    return day - timedelta(days=day.weekday())


def cut_after(monday: date, until: date) -> datetime:
    """The moment when the week's export is made: its end, or that of the simulation."""
    return datetime.combine(min(monday + timedelta(days=7), until), time(), UTC)


def _is_known(planted: Planted, chat: Conversation) -> bool:
    if planted.place == "flag":
        flags = (flag for flag in chat.flags if flag.turn_index == planted.turn)
        return any(planted.value in flag.reason for flag in flags)
    return planted.turn < len(chat.turns)
