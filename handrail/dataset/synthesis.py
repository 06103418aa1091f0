"""Synthetic dialogues: written only for listed deficits, only from approved facts, marked (R8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from pydantic import TypeAdapter

from handrail.access import Access
from handrail.bounds import SMALLEST_CELL
from handrail.conversations.model import SetBy, Severity
from handrail.dataset.coverage import Cell, Coverage, planned, read_coverage
from handrail.dataset.dialogue import Dialogue, Generator
from handrail.dataset.dialogue_checks import Checker, Objection, findings
from handrail.dataset.manifest import thaw
from handrail.dataset.model import UNLABELED_SECTOR, Split, Synthesis, TrainingExample
from handrail.dataset.signals import signals_of
from handrail.dataset.splits import SHARES, share_of
from handrail.dataset.weighting import weight_of
from handrail.digests import canonical, digest
from handrail.errors import Tampered
from handrail.playbook.approved import require_approved
from handrail.playbook.model import Playbook
from handrail.redaction.ruleset import Ruleset
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding

SYNTHETIC = "synthetic_chats"
# Nobody's data is in such a row, so there is no ground of GDPR article 6 to name: to count it under
# one would overstate that ground in every manifest.
NO_PERSON = "no_person"
# A rejected dialogue is replaced as often as this; then the cell stays short.
_TRIES = 4
_COVERAGE = "coverage"


@dataclass(frozen=True)
class Synthetic:
    """The stored dialogues, what they were made for and what was rejected."""

    artifact: Artifact
    inputs: tuple[Artifact, ...]
    rows: tuple[TrainingExample, ...]
    coverage: Coverage
    rejected: Mapping[tuple[str, Objection], int]
    findings: tuple[Finding, ...]


def write_synthetic(
    vault: RegionVault,
    settings: Settings,
    playbook: Playbook,
    generator: Generator,
    *,
    on: date,
    ruleset: Ruleset,
    access: Access,
) -> Synthetic:
    """Write, check and store dialogues for the cells that miss examples.

    At most as many as may stand beside the training rows that the admitted chats will give. What
    the checker objects to is left out and counted by topic and reason. Refuses a warehouse or a
    playbook that did not pass. Without a deficit the artifact is empty, and that is fine.
    """
    book = require_approved(vault.lineage, playbook)
    seen, core = read_coverage(vault, settings, access=access)
    admitted = sum(cell.examples for cell in seen.cells)
    checker = Checker(playbook, region=vault.region.name, on=on, ruleset=ruleset)
    rejected: Counter[tuple[str, Objection]] = Counter()
    held_on = _held_on(playbook, vault.region.name, on)
    # Of what the playbook has no topic nothing can be written; the budget goes to the others.
    short = [cell for cell in seen.deficits if cell.topic in playbook.topics]
    most = _room(int(admitted * SHARES[Split.TRAIN]), settings.dataset.synthetic_share)
    plan = planned(short, most=most, seed=settings.seed)
    written = sorted(
        (
            _row(dialogue, cell, playbook, generator, settings.seed, day=held_on)
            for cell, n in plan
            for dialogue in _accepted(
                cell, n, playbook, generator, checker, rejected, seed=settings.seed, on=on
            )
        ),
        key=lambda row: row.example_id,
    )
    stored = vault.put(
        ObjectName(SYNTHETIC, vault.region.name, DataClass.DATASET),
        [
            *(Record(row.example_id, None, canonical(row)) for row in written),
            Record(_COVERAGE, None, canonical(seen.cells)),
        ],
        access=access,
    )
    rows = _stored(vault, stored, access=access)
    artifact = replace(
        stored,
        records=len(rows),
        measures={
            "rows": len(rows),
            "rejected": sum(rejected.values()),
            "cells": len({row.synthesis.cell for row in rows if row.synthesis}),
        },
    )
    checks = findings(
        rows, checker=checker, book=playbook, cells=seen.deficits, generator=generator.version
    )
    return Synthetic(artifact, (core, book), rows, seen, rejected, checks)


def read_synthetic(
    vault: RegionVault, *, access: Access
) -> tuple[tuple[TrainingExample, ...], Artifact]:
    """The region's synthetic rows as stored; refuses when they did not pass or are stale."""
    artifact = vault.lineage.require_passed(SYNTHETIC, vault.region.name)
    return _stored(vault, artifact, access=access), artifact


def read_gaps(vault: RegionVault, *, access: Access) -> Coverage:
    """The coverage that the region's dialogues were written for; refuses a stale one."""
    artifact = vault.lineage.require_passed(SYNTHETIC, vault.region.name)
    record = vault.get(artifact, _COVERAGE, data_class=DataClass.DATASET, access=access)
    if record is None:
        msg = f"{artifact.id} holds no coverage: materialize `{SYNTHETIC}` again"
        raise Tampered(msg)
    return Coverage(_cells().validate_json(record.payload))


def by_topic(written: Synthetic) -> Iterator[tuple[str, str, int]]:
    """Topic, dialogues written and rejected; where few real chats are, how many is not told."""
    real: Counter[str] = Counter()
    for cell in written.coverage.cells:
        real[cell.topic] += cell.examples
    made = Counter(row.topic for row in written.rows)
    rejected: Counter[str] = Counter()
    for (topic, _), dialogues in written.rejected.items():
        rejected[topic] += dialogues
    for topic in sorted({*made, *rejected}):
        is_small = 0 < real[topic] < SMALLEST_CELL  # what was written is the floor less these
        yield topic, "" if is_small else str(made[topic]), rejected[topic]


def within_share(
    synthetic: Iterable[TrainingExample], *, training_rows: int, limit: float, seed: int
) -> tuple[TrainingExample, ...]:
    """As many synthetic rows as may stand beside so many real training rows, chosen by hash.

    `limit` is a share of what is trained on; of all rows of the set they are a smaller one.
    """
    by_hash = sorted(
        synthetic, key=lambda e: share_of(e.example_id, seed=seed, purpose="synthetic")
    )
    return tuple(sorted(by_hash[: _room(training_rows, limit)], key=lambda e: e.example_id))


def _room(training_rows: int, limit: float) -> int:
    """How many synthetic rows keep within the limit beside so many real ones."""
    return int(training_rows * limit / (1 - limit))


def _accepted(
    cell: Cell,
    n: int,
    book: Playbook,
    generator: Generator,
    checker: Checker,
    rejected: Counter[tuple[str, Objection]],
    *,
    seed: int,
    on: date,
) -> Iterator[Dialogue]:
    """The first `n` dialogues that stand up to the checker; what does not is counted."""
    for dialogue in generator.generate(cell, _TRIES * n, seed=seed, book=book, on=on):
        objection = checker.rejects(dialogue, cell)
        if objection is not None:
            rejected[cell.topic, objection] += 1
            continue
        yield dialogue
        n -= 1
        if n == 0:
            return


def _row(
    dialogue: Dialogue, cell: Cell, book: Playbook, generator: Generator, seed: int, *, day: date
) -> TrainingExample:
    mark = Synthesis(generator.version, seed, cell.name, dialogue.facts, dialogue.escalates)
    weights = weight_of("synthetic")
    example_id = f"synthetic-{digest([mark, dialogue.opening, dialogue.reply])[:20]}"
    return TrainingExample(
        example_id=example_id,
        source_system=SYNTHETIC,
        region=cell.region,
        language=cell.language,
        channel=cell.channel,
        product_area=book.topics[cell.topic].product_area,
        severity=str(Severity.NORMAL),
        sector=UNLABELED_SECTOR,
        basis=NO_PERSON,
        topic=cell.topic,
        topic_set_by=str(SetBy.RULE),
        message=dialogue.opening,
        reply=dialogue.reply,
        template=dialogue.template,
        agent=None,
        weight=weights.router,
        outcome_weight=weights.outcome,
        accepted=None,
        reply_accepted=None,
        flagged=None,
        signals=signals_of(dialogue.opening, dialogue.reply),
        group=example_id,
        day=day,
        split=Split.TRAIN,
        simulated=False,
        synthesis=mark,
    )


def _held_on(book: Playbook, region: str, on: date) -> date:
    """Since when the region's playbook says what it says on that day: the day of its rows.

    The day of the run would make the same content another content every day.
    """
    since = [t.valid_from for t in book.templates if t.region == region]
    since += [f.valid_from for f in book.facts if f.region == region]
    return max((day for day in since if day <= on), default=on)


def _stored(
    vault: RegionVault, artifact: Artifact, *, access: Access
) -> tuple[TrainingExample, ...]:
    return tuple(
        thaw(record.payload)
        for record in vault.scan(artifact, data_class=DataClass.DATASET, access=access)
        if record.record_id != _COVERAGE
    )


@cache
def _cells() -> TypeAdapter[tuple[Cell, ...]]:
    return TypeAdapter(tuple[Cell, ...])
