"""A region with two redacted chats' days and data sets of them, stored without any orchestrator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from handrail.access import Access, Purpose
from handrail.conversations.model import (
    Action,
    Conversation,
    Customer,
    Outcome,
    Role,
    SetBy,
    Status,
    Tag,
    Turn,
)
from handrail.dataset.clusters import clusters
from handrail.dataset.manifest import Frozen, Provenance, freeze
from handrail.dataset.model import LeftOut, TrainingExample
from handrail.dataset.stored import DATASET, records
from handrail.redaction.days import REDACTED
from handrail.redaction.model import seal_redacted
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.scrubber import scrub
from handrail.residency import DataClass
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault, pipeline
from handrail.verdicts import holds
from tests.dataset.test_splits import _word, row, split

MAKES = pipeline("test", Purpose.DATASET)
REDACTS = pipeline("test", Purpose.REDACTION)
EXPLAINS = Access("test", "compliance", Purpose.EXPLANATION)
PROVENANCE = Provenance({}, {"mix": "f" * 64}, (STANDARD.version,), 1, None)
DAY = date(2026, 1, 5)
AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def store_chats(vault: RegionVault, ids: Sequence[str]) -> dict[str, str | None]:
    """A redacted day with a chat for each id, each of a person of its own; whose each is."""
    access = pipeline("test", Purpose.INTAKE)
    subjects = vault.subjects([f"customer/{one}" for one in ids], access=access)
    owners: dict[str, str | None] = dict(zip(ids, subjects, strict=True))
    chats = [
        Record(one, owners[one], seal_redacted(scrub(_chat(vault, one), ruleset=STANDARD)))
        for one in sorted(ids)
    ]
    name = ObjectName(REDACTED, DAY.isoformat(), DataClass.REDACTED)
    commit(vault, vault.put(name, chats, access=REDACTS))
    return owners


def examples_of(ids: Sequence[str], **changes: object) -> list[TrainingExample]:
    """A row for each id, whose messages have nothing in common."""
    rows = [row(one, one, f"{_word(n)} of {_word(n * 7919)}") for n, one in enumerate(ids)]
    return [replace(example, **changes) for example in split(rows, seed=1)]  # type: ignore[arg-type]


def frozen_of(
    vault: RegionVault, examples: Sequence[TrainingExample], left_out: Sequence[LeftOut] = ()
) -> Frozen:
    """The examples as a data set that was not stored yet."""
    names = clusters([e.message for e in examples])
    return freeze(
        examples, region=vault.region, left_out=left_out, synthetic_left_out=0, withheld=(),
        clusters={e.example_id: name for e, name in zip(examples, names, strict=True)},
        rows_offered=len(left_out) + sum(not e.synthetic for e in examples), provenance=PROVENANCE,
    )  # fmt: skip


def store_dataset(
    vault: RegionVault,
    frozen: Frozen,
    owners: Mapping[str, str | None],
    dropped: Mapping[str, Sequence[str]],
    *,
    instead: Mapping[str, bytes],
) -> Artifact:
    """The data set as `build_dataset` stores it, but for the records that stand `instead`."""
    kept = [
        replace(one, payload=instead.get(one.record_id, one.payload))
        for one in records(frozen, owners, dropped)
    ]
    name = ObjectName(DATASET, vault.region.name, DataClass.DATASET)
    stored = vault.put(name, kept, access=MAKES)
    made = replace(stored, digest=frozen.manifest.digest, records=frozen.manifest.rows)
    commit(vault, made)
    return made


def commit(vault: RegionVault, artifact: Artifact, *, inputs: Sequence[Artifact] = ()) -> None:
    """Make it what its partition holds."""
    vault.lineage.commit(
        artifact, inputs=inputs, findings=[holds("made", True, "a test made it")], config_hash="",
        run_id="test",
    )  # fmt: skip


def _chat(vault: RegionVault, one: str) -> Conversation:
    return Conversation(
        conversation_id=one, source_system="desk", region=vault.region.name, day=DAY,
        turns=(
            Turn(0, Role.CUSTOMER, f"{one} asks, write to anna@example.org", AT),
            Turn(1, Role.AGENT, "done", AT),
        ),
        outcome=Outcome(Status.CLOSED, closed_at=AT),
        customer=Customer(),
        topic=Tag("password_reset", SetBy.EXPORT),
        language=Tag("en", SetBy.MODEL, 0.97),
        actions=(Action("reset_password", 1, True),),
    )  # fmt: skip
