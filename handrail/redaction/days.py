"""A sealed raw day in, a sealed redacted day out; what may still leak is set aside, not stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from handrail.access import Access
from handrail.conversations.model import decode, to_arrow
from handrail.expectations import suites
from handrail.expectations.checking import check_table
from handrail.redaction.kernel import redact
from handrail.redaction.model import RedactedConversation, open_redacted, seal_redacted
from handrail.redaction.second_look import Query, hold_back, second_look
from handrail.residency import DataClass
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds, worst
from handrail.warehouse.landing import chat_tables

REDACTED, HOLDS = "redacted_chats", "redaction_holds"
# A few chats held back are the second look at work; more of a day mean a broken scrubber.
MAX_HELD_SHARE = 0.02
_BATCH = 500


@dataclass(frozen=True)
class RedactedDay:
    """One stored day: its chats, those held back (by pattern that fired), and what was replaced."""

    day: str
    raw: Artifact
    artifact: Artifact
    holds: Artifact
    chats: tuple[RedactedConversation, ...]
    held_by: Mapping[str, int]
    hits: Mapping[str, int]


def redact_day(vault: RegionVault, day: str, *, access: Access, query: Query) -> RedactedDay:
    """Redact one day of raw chats and store what a second, independent look finds clean.

    `query` runs the second look's SQL over tables in memory. What it finds is kept sealed in class
    raw. Refuses a raw day that did not pass its checks.
    """
    raw = vault.lineage.require_passed("raw_chats", day)
    subjects: dict[str, str | None] = {}
    redacted: list[RedactedConversation] = []
    for batch in _batches(vault.scan(raw, data_class=DataClass.RAW, access=access)):
        subjects |= {record.record_id: record.subject for record in batch}
        rows = redact(to_arrow([decode(record.payload) for record in batch]))
        redacted += [open_redacted(row.as_py()) for row in rows.column("redacted")]
    findings = second_look(redacted, query=query)
    kept, held = hold_back(redacted, findings)
    return RedactedDay(
        day=day,
        raw=raw,
        artifact=vault.put(
            ObjectName(REDACTED, day, DataClass.REDACTED), _records(kept, subjects), access=access
        ),
        holds=vault.put(
            ObjectName(HOLDS, day, DataClass.RAW), _records(held, subjects), access=access
        ),
        chats=tuple(kept),
        held_by=Counter(pattern for patterns in findings.values() for pattern in patterns),
        hits=sum((Counter(chat.stamp.hits) for chat in kept), Counter()),
    )


def second_look_found_nothing(redacted: RedactedDay) -> Finding:
    """SQL patterns of their own looked at every chat; those with a hit were held back.

    FAIL when so many were held back that the scrubber, not the chat, is at fault.
    """
    held, total = redacted.holds.records, redacted.holds.records + redacted.artifact.records
    share = held / total if total else 0.0
    reason = f"the second look held back {held} of {total} chats; the stored ones show nothing"
    if share > MAX_HELD_SHARE:
        reason += f"; more than {MAX_HELD_SHARE:.0%}: mend the scrubber and redact the day again"
    measures: dict[str, Any] = {f"held_{pattern}": n for pattern, n in redacted.held_by.items()}
    return holds(
        "second_look_found_nothing",
        share <= MAX_HELD_SHARE,
        reason,
        held_back=held,
        looked_at=total,
        **measures,
    )


def expectations(days: Sequence[RedactedDay], *, region: str) -> dict[str, Finding]:
    """Whether Great Expectations' suites for chats and messages hold, by day.

    All days are looked at together first, because a look costs the same for one day as for many;
    only where something fails does each day get its own.
    """
    together = _as_expected([chat for day in days for chat in day.chats], region=region)
    if together.verdict.passed:
        return {day.day: together for day in days}
    return {day.day: _as_expected(day.chats, region=region) for day in days}


def _as_expected(chats: Sequence[RedactedConversation], *, region: str) -> Finding:
    tables = chat_tables((chat, chat.conversation_id) for chat in chats)
    found = [
        check_table(tables[name], suite, check="expectations", blocking=True)
        for name, suite in (
            ("conversations", suites.redacted_conversations(region)),
            ("turns", suites.redacted_turns()),
        )
    ]
    first = next((f for f in found if not f.verdict.passed), found[0])
    return replace(first, verdict=worst(found))


def read_redacted(
    vault: RegionVault, *, access: Access
) -> Iterator[tuple[RedactedConversation, str | None]]:
    """Every redacted chat of the region with its subject id, by day; refuses if a day failed."""
    for artifact in vault.lineage.require_all_passed(REDACTED):
        for record in vault.scan(artifact, data_class=DataClass.REDACTED, access=access):
            yield open_redacted(record.payload), record.subject


def _records(
    chats: Sequence[RedactedConversation], subjects: Mapping[str, str | None]
) -> list[Record]:
    return [Record(c.conversation_id, subjects[c.conversation_id], seal_redacted(c)) for c in chats]


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
