"""Decision records: one sealed object a reply, found again by its id."""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter

from handrail.access import Access
from handrail.agent.types import DecisionRecord
from handrail.digests import canonical
from handrail.errors import without_chat_text
from handrail.residency import DataClass
from handrail.vault.names import ObjectName, Record
from handrail.vault.region_vault import RegionVault

DECISIONS = "decisions"


def record_decision(vault: RegionVault, record: DecisionRecord, *, access: Access) -> None:
    """Keep a decision, sealed, before anyone sees its reply."""
    stored = vault.put(
        ObjectName(DECISIONS, record.reply_id, DataClass.DESK),
        [Record(record.reply_id, None, canonical(record))],
        access=access,
    )
    vault.lineage.commit(
        stored, inputs=[], findings=[], config_hash=record.release, run_id=access.actor
    )


def read_decision(vault: RegionVault, reply_id: str, *, access: Access) -> DecisionRecord | None:
    """The decision on a reply, or None if this region made none of that id."""
    stored = vault.lineage.current(DECISIONS, reply_id)
    if stored is None:
        return None
    found = vault.get(stored, reply_id, data_class=DataClass.DESK, access=access)
    if found is None:
        return None
    with without_chat_text(f"decision {reply_id}"):
        return _adapter().validate_json(found.payload)


@cache
def _adapter() -> TypeAdapter[DecisionRecord]:
    return TypeAdapter(DecisionRecord)
