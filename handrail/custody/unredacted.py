"""The one door through which a person sees a raw chat: with the glass broken, one at a time."""

from __future__ import annotations

from datetime import date

from handrail.access import Access
from handrail.conversations.model import Conversation, decode
from handrail.conversations.sealing import RAW
from handrail.errors import AccessDenied, BadInput
from handrail.redaction.days import REDACTED
from handrail.residency import DataClass
from handrail.vault.region_vault import RegionVault


def unredacted_for_incident(
    vault: RegionVault, conversation_id: str, *, day: str | None, access: Access
) -> Conversation:
    """The chat as the customer wrote it; needs a grant of `access`'s own, and records who saw it.

    Without a `day` (ISO) the chat is looked up among the redacted ones, so that no other raw day is
    opened. The record names the chat by its keyed digest. R35.
    """
    vault.glass.require(access, DataClass.RAW)
    if day is not None:
        _require_date(day)
    on = day or _day_of(vault, conversation_id, access)
    held = vault.lineage.current(RAW, on) if on is not None else None
    if on is None or held is None:
        msg = (
            f"no chat of that id is found in region {vault.region.name}: look at the id again, or "
            "give its --day (the UTC date of its first message) if it was never redacted"
        )
        raise BadInput(msg)
    record = vault.get(held, conversation_id, data_class=DataClass.RAW, access=access)
    if record is None:
        msg = f"no chat of that id is held on {on} (any more): it is of another day, or was erased"
        raise BadInput(msg)
    vault.audit.append(
        "unredacted",
        access,
        what=f"{RAW}/{on}",
        count=1,
        ids_digest=vault.id_digest(conversation_id),
        detail=str(DataClass.RAW),
    )
    return decode(record.payload)


def _require_date(day: str) -> None:
    try:
        date.fromisoformat(day)
    except ValueError:
        msg = f"--day takes a date, such as 2026-03-01, not {day!r}"
        raise BadInput(msg) from None


def _day_of(vault: RegionVault, conversation_id: str, access: Access) -> str | None:
    for artifact in reversed(vault.lineage.partitions(REDACTED)):
        try:
            held = vault.record_subjects(artifact, data_class=DataClass.REDACTED, access=access)
        except AccessDenied as error:
            msg = f"{error}; give the chat's --day, since it can't be looked up"
            raise AccessDenied(msg) from None
        if conversation_id in held:
            return artifact.partition
    return None
