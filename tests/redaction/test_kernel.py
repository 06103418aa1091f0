from __future__ import annotations

import gc
import importlib
from collections.abc import Callable

import pyarrow as pa
import pytest

from handrail.conversations.model import Conversation, to_arrow
from handrail.errors import BadInput
from handrail.redaction import kernel
from handrail.redaction.kernel import REDACTED_SCHEMA, redact
from handrail.redaction.model import open_redacted
from handrail.redaction.ruleset import STANDARD, Ruleset, schema_with

Chat = Callable[..., Conversation]


def marked(batch: pa.RecordBatch, ruleset: Ruleset = STANDARD) -> pa.RecordBatch:
    return batch.replace_schema_metadata(schema_with(ruleset).metadata)


def test_rows_come_out_redacted_in_their_order(chat: Chat) -> None:
    chats = [chat(f"mail {i}@b.org", conversation_id=f"c-{i}") for i in (2, 1, 3)]
    out = redact(marked(to_arrow(chats)))
    assert out.schema == REDACTED_SCHEMA
    assert out.column("conversation_id").to_pylist() == ["c-2", "c-1", "c-3"]
    opened = [open_redacted(row) for row in out.column("redacted").to_pylist()]
    assert [one.turns[0].text for one in opened] == ["mail [EMAIL_1]"] * 3


def test_the_same_batch_gives_the_same_bytes(chat: Chat) -> None:
    batch = marked(to_arrow([chat("my name is Anna Berg", ("agent", "hello Anna"))]))
    assert redact(batch).equals(redact(batch))


def test_an_empty_batch_is_an_empty_batch() -> None:
    assert redact(pa.RecordBatch.from_pylist([], schema=schema_with(STANDARD))).num_rows == 0


def test_another_schema_is_refused() -> None:
    with pytest.raises(BadInput, match="to_arrow"):
        redact(pa.RecordBatch.from_pydict({"text": ["hello"]}))


def test_a_batch_that_names_no_rules_is_refused(chat: Chat) -> None:
    with pytest.raises(BadInput, match="names its rules"):
        redact(to_arrow([chat("hello")]))


def test_rules_travel_with_the_batch_and_mark_what_they_made(chat: Chat) -> None:
    """R31."""
    batch = to_arrow([chat("mail anna@berg.org or call +49 171 2345678")])
    without = Ruleset(without=("phone",))
    texts = {}
    for ruleset in (STANDARD, without):
        row = redact(marked(batch, ruleset)).column("redacted")[0].as_py()
        opened = open_redacted(row)
        assert opened.stamp.scrubber == ruleset.version
        texts[ruleset] = opened.turns[0].text
    assert texts[STANDARD] == "mail [EMAIL_1] or call [PHONE_1]"
    assert texts[without] == "mail [EMAIL_1] or call +49 171 2345678"
    assert without.version != STANDARD.version


def test_turning_off_what_is_no_recognizer_is_refused() -> None:
    with pytest.raises(BadInput, match="there are account, address"):
        Ruleset(without=("fones",))


def test_it_is_found_by_its_import_path() -> None:
    assert importlib.import_module("handrail.redaction.kernel").redact is redact


def test_garbage_is_collected_again_behind_a_batch_that_failed_or_not(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    during: list[bool] = []

    def broken(*_: object, **__: object) -> list[object]:
        during.append(gc.isenabled())
        raise ValueError("broken")

    redact(marked(to_arrow([chat("hello")])))
    assert gc.isenabled()
    monkeypatch.setattr(kernel, "scrubbed_each", broken)
    with pytest.raises(ValueError, match="broken"):
        redact(marked(to_arrow([chat("hello")])))
    assert (during, gc.isenabled()) == ([False], True)
