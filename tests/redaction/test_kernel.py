from __future__ import annotations

import importlib
from collections.abc import Callable

import pyarrow as pa
import pytest

from handrail.conversations.model import ARROW_SCHEMA, Conversation, to_arrow
from handrail.errors import BadInput
from handrail.redaction.kernel import REDACTED_SCHEMA, redact
from handrail.redaction.model import open_redacted

Chat = Callable[..., Conversation]


def test_rows_come_out_redacted_in_their_order(chat: Chat) -> None:
    chats = [chat(f"mail {i}@b.org", conversation_id=f"c-{i}") for i in (2, 1, 3)]
    out = redact(to_arrow(chats))
    assert out.schema == REDACTED_SCHEMA
    assert out.column("conversation_id").to_pylist() == ["c-2", "c-1", "c-3"]
    opened = [open_redacted(row) for row in out.column("redacted").to_pylist()]
    assert [one.turns[0].text for one in opened] == ["mail [EMAIL_1]"] * 3


def test_the_same_batch_gives_the_same_bytes(chat: Chat) -> None:
    batch = to_arrow([chat("my name is Anna Berg", ("agent", "hello Anna"))])
    assert redact(batch).equals(redact(batch))


def test_an_empty_batch_is_an_empty_batch() -> None:
    assert redact(pa.RecordBatch.from_pylist([], schema=ARROW_SCHEMA)).num_rows == 0


def test_another_schema_is_refused() -> None:
    with pytest.raises(BadInput, match="to_arrow"):
        redact(pa.RecordBatch.from_pydict({"text": ["hello"]}))


def test_it_is_found_by_its_import_path() -> None:
    assert importlib.import_module("handrail.redaction.kernel").redact is redact
