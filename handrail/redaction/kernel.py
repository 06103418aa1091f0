"""The heavy function, pure over Arrow, so that any engine can run it by its import path."""

from __future__ import annotations

import pyarrow as pa

from handrail.conversations.model import ARROW_SCHEMA, from_arrow
from handrail.errors import BadInput
from handrail.redaction.model import seal_redacted
from handrail.redaction.scrubber import scrub

REDACTED_SCHEMA = pa.schema(
    [
        pa.field("conversation_id", pa.string(), nullable=False),
        pa.field("redacted", pa.binary(), nullable=False),
    ]
)


def redact(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Conversations (`ARROW_SCHEMA`) in, sealed redacted conversations (`REDACTED_SCHEMA`) out.

    Row for row in the same order; no state, no I/O, the same bytes for the same input.
    """
    if not batch.schema.equals(ARROW_SCHEMA):
        msg = (
            "redact() takes batches of conversations.model.ARROW_SCHEMA: build them with to_arrow()"
        )
        raise BadInput(msg)
    scrubbed = [scrub(conversation) for conversation in from_arrow(batch)]
    return pa.RecordBatch.from_arrays(
        [
            pa.array([one.conversation_id for one in scrubbed], type=pa.string()),
            pa.array([seal_redacted(one) for one in scrubbed], type=pa.binary()),
        ],
        schema=REDACTED_SCHEMA,
    )
