"""Rows of the simulated company as training gets them, with what is true beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import takewhile

from handrail.conversations.model import Conversation, FlagLabel, Role
from handrail.dataset.model import TrainingExample
from handrail.dataset.weighting import weight_of
from handrail.playbook.model import Playbook
from handrail.simulate.answer_key import AnswerKey
from handrail.simulate.exports import DAYS, FIRST_DAY, histories
from handrail.simulate.locales import locales_of
from handrail.simulate.world import World
from tests.dataset.test_splits import split

_GRAVEST = (FlagLabel.RISKY, FlagLabel.OFF_TOPIC, FlagLabel.HELPFUL)


def simulated_rows(
    playbook: Playbook, *, region: str, languages: tuple[str, ...], chats: int, seed: int
) -> tuple[list[TrainingExample], Mapping[str, str]]:
    """The resolved, labeled chats of a region, split, and the true topic of each by id.

    What the simulation planted is taken out of the text, which is all of redaction that the agent's
    training depends on.
    """
    locales = tuple(one for one in locales_of(region) if one.language in languages)
    world = World(region, playbook, locales, seed)
    told = histories(world, chats=chats, days=DAYS, first_day=FIRST_DAY)
    pairs = [(h.last, h.key) for h in told if h.key.resolved and h.last.topic and h.last.language]
    truth = {key.conversation_id: key.topic or "other" for _, key in pairs}
    return split([_row(chat, key) for chat, key in pairs], seed=seed), truth


def _row(chat: Conversation, key: AnswerKey) -> dict[str, object]:
    flag = _flag(chat)
    weights = weight_of(flag or "unflagged")
    assert chat.topic is not None
    return {
        "example_id": chat.conversation_id, "source_system": chat.source_system,
        "region": chat.region, "language": key.language,
        "channel": chat.channel.value if chat.channel else "chat", "product_area": "account",
        "sector": chat.sector or "retail", "topic": chat.topic.value, "topic_set_by": "export",
        "message": _opening(chat, key), "reply": "done", "template": None,
        "weight": weights.router, "outcome_weight": weights.outcome,
        "accepted": None if flag is None else flag is FlagLabel.HELPFUL,
        "subject_group": chat.customer.customer_id or chat.conversation_id,
        "simulated": True, "severity": "normal", "basis": "contract", "agent": None,
        "reply_accepted": None, "flagged_message": None, "flagged_reply": None,
        "day": chat.day if isinstance(chat.day, date) else date.fromisoformat(chat.day),
    }  # fmt: skip


def _opening(chat: Conversation, key: AnswerKey) -> str:
    said = [turn for turn in chat.turns if turn.role is not Role.SYSTEM]
    first = next((n for n, turn in enumerate(said) if turn.role is Role.CUSTOMER), 0)
    opening = takewhile(lambda turn: turn.role is Role.CUSTOMER, said[first:])
    text = "\n".join(turn.text for turn in opening)
    for planted in key.planted:
        text = text.replace(planted.value, "[PERSON_1]")
    return text


def _flag(chat: Conversation) -> FlagLabel | None:
    """The gravest of the flags as they stand after every revision."""
    standing = {f.flag_id: f.label for f in sorted(chat.flags, key=lambda f: f.revision)}
    return next((label for label in _GRAVEST if label in standing.values()), None)
