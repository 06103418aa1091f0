from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from handrail.conversations.model import (
    Conversation,
    Customer,
    Outcome,
    Role,
    SetBy,
    Status,
    Tag,
    Turn,
)

AT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def chat() -> Callable[..., Conversation]:
    """A conversation from ("customer" or "agent", text) pairs; a bare text is the customer's."""

    def build(*said: str | tuple[str, str], language: str = "en", **fields: Any) -> Conversation:
        pairs = [("customer", one) if isinstance(one, str) else one for one in said]
        turns = tuple(Turn(i, Role(role), text) for i, (role, text) in enumerate(pairs))
        values: dict[str, Any] = {
            "conversation_id": "c-1",
            "source_system": "shop",
            "region": "eu",
            "day": date(2026, 1, 5),
            "turns": turns,
            "outcome": Outcome(Status.RESOLVED),
            "customer": Customer(),
            "language": Tag(language, SetBy.EXPORT),
        }
        return Conversation(**(values | fields))

    return build
