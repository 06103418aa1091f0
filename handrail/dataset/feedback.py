"""The labeled feedback of a region: every flag on its redacted chats, frozen (R23)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from pydantic import TypeAdapter

from handrail.access import Access
from handrail.dataset.labeling import LabeledFeedback, labeled
from handrail.digests import canonical
from handrail.errors import without_chat_text
from handrail.expectations.checking import check_table
from handrail.expectations.suites import labeled_feedback as suite
from handrail.redaction.days import REDACTED, read_redacted
from handrail.redaction.model import RedactedConversation
from handrail.residency import DataClass
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds
from handrail.warehouse.landing import label_table
from handrail.warehouse.records import Label

FEEDBACK = "labeled_feedback"


@dataclass(frozen=True)
class Feedback:
    """The stored labels and what their checks say."""

    artifact: Artifact
    inputs: tuple[Artifact, ...]
    labels: tuple[LabeledFeedback, ...]
    findings: tuple[Finding, ...]


def label_feedback(vault: RegionVault, *, access: Access) -> Feedback:
    """Label and store every flag of the region; a record is one flag of one person's chat."""
    days = vault.lineage.require_all_passed(REDACTED)
    subjects: dict[str, str | None] = {}
    turns: dict[str, int] = {}

    def chats() -> Iterator[RedactedConversation]:
        for chat, subject in read_redacted(vault, access=access):
            if chat.flags:
                subjects[chat.conversation_id] = subject
                turns[chat.conversation_id] = max(turn.index for turn in chat.turns)
                yield chat

    labels = tuple(labeled(chats()))
    records = [
        Record(f"{row.flag_id}.{row.revision}", subjects[row.conversation_id], canonical(row))
        for row in labels
    ]
    stored = vault.put(
        ObjectName(FEEDBACK, vault.region.name, DataClass.DATASET), records, access=access
    )
    counts = Counter(str(row.label) for row in labels if row.stands)
    artifact = replace(stored, measures={"flags": len(labels), **dict(sorted(counts.items()))})
    beyond = sum(row.turn_index > turns[row.conversation_id] for row in labels)
    known = holds(
        "labels_known",
        beyond == 0,
        f"{beyond} of {len(labels)} flags are about a message their chat does not have",
        flags=len(labels),
        standing=sum(row.stands for row in labels),
        conflicting=sum(row.conflicting for row in labels),
    )
    standing = label_table(landed(row for row in labels if row.stands))
    expected = check_table(standing, suite(), check="expectations", blocking=True)
    return Feedback(artifact, tuple(days), labels, (known, expected))


def read_feedback(
    vault: RegionVault, *, access: Access
) -> tuple[tuple[LabeledFeedback, ...], Artifact]:
    """The region's labels as stored; refuses when they did not pass or are stale."""
    artifact = vault.lineage.require_passed(FEEDBACK, vault.region.name)
    with without_chat_text("the stored feedback"):
        labels = tuple(
            _adapter().validate_json(record.payload)
            for record in vault.scan(artifact, data_class=DataClass.DATASET, access=access)
        )
    return labels, artifact


def landed(labels: Iterable[LabeledFeedback]) -> Iterator[Label]:
    """The labels as rows of the warehouse."""
    for row in labels:
        yield Label(
            flag_id=row.flag_id,
            revision=row.revision,
            conversation_id=row.conversation_id,
            turn_index=row.turn_index,
            label=str(row.label),
            reviewer=row.reviewer,
            flagged_at=row.at,
        )


@cache
def _adapter() -> TypeAdapter[LabeledFeedback]:
    return TypeAdapter(LabeledFeedback)
