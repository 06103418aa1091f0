"""Redacted chats as the vault gives them back, with one value changed where a test wants it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from handrail.redaction.model import RedactedConversation, open_redacted

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
MakeChat = Callable[..., RedactedConversation]


def tag(value: str) -> dict[str, object]:
    return {"value": value, "set_by": "export", "confidence": None}


@pytest.fixture(scope="session")
def make_chat() -> MakeChat:
    def make(conversation_id: str, **changes: Any) -> RedactedConversation:
        texts = changes.pop("texts", ("I lost my password", "Here is a link", "Thanks"))
        fields = {
            "conversation_id": conversation_id,
            "source_system": "test",
            "region": "eu",
            "region_set_by": "export",
            "day": AT.date(),
            "turns": [
                {
                    "index": index,
                    "role": "agent" if index % 2 else "customer",
                    "text": text,
                    "at": AT,
                    "template": None,
                    "author": None,
                }
                for index, text in enumerate(texts)
            ],
            "outcome": {"status": "resolved", "closed_at": AT, "csat": 4},
            "channel": tag("chat"),
            "language": tag("en"),
            "language_verified": True,
            "product_area": tag("account"),
            "severity": tag("low"),
            "topic": tag("password_reset"),
            "basis": tag("contract"),
            "actions": [{"name": "send_reset_link", "after_turn": 1, "succeeded": True}],
            "flags": [],
            "sector": None,
            "simulated": True,
            "opted_out_of_ai": False,
            "opted_out_of_training": False,
            "stamp": {"scrubber": "0" * 64, "hits": {}},
        }
        return open_redacted(orjson.dumps({**fields, **changes}))

    return make
