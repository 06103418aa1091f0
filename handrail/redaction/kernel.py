"""The heavy function, pure over Arrow, so that any engine can run it by its import path."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from handrail.conversations.model import ARROW_SCHEMA, from_arrow
from handrail.errors import BadInput
from handrail.redaction.model import seal_redacted
from handrail.redaction.ruleset import ruleset_in
from handrail.redaction.scrubber import scrubbed_each

REDACTED_SCHEMA = pa.schema(
    [
        pa.field("conversation_id", pa.string(), nullable=False),
        pa.field("redacted", pa.binary(), nullable=False),
        # Secrets in the clear, for a keyed digest in memory; this column is never stored.
        pa.field(
            "credentials",
            pa.list_(pa.struct({"rule": pa.string(), "turn": pa.int32(), "value": pa.string()})),
            nullable=False,
        ),
    ]
)


def redact(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Conversations (`ruleset.schema_with`) in, sealed redacted ones (`REDACTED_SCHEMA`) out.

    Row for row in the same order; no state, no I/O, the same bytes for the same input.
    """
    if not batch.schema.equals(ARROW_SCHEMA):
        msg = (
            "redact() takes batches of conversations.model.ARROW_SCHEMA: build them with to_arrow()"
        )
        raise BadInput(msg)
    ruleset = ruleset_in(batch.schema)
    with _without_collections():
        rows = [
            {
                "conversation_id": one.conversation.conversation_id,
                "redacted": seal_redacted(one.conversation),
                "credentials": [vars(credential) for credential in one.credentials],
            }
            for one in scrubbed_each(from_arrow(batch), ruleset=ruleset)
        ]
        return pa.RecordBatch.from_pylist(rows, schema=REDACTED_SCHEMA)


@contextmanager
def _without_collections() -> Iterator[None]:
    """While it lasts, Python looks for no garbage in cycles.

    A batch makes none, and all it makes lives until it is done: to go through that again and again
    would take a sixth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
