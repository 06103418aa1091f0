"""Exports of a training set for other trainers: sealed, in their region, by receipt of its gate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from handrail.access import Access
from handrail.dataset.exporters import exporter
from handrail.dataset.exporters.base import Source
from handrail.dataset.model import Split
from handrail.dataset.stored import Version, read_version
from handrail.dataset.targets import Targets
from handrail.digests import canonical
from handrail.errors import BadInput
from handrail.playbook.approved import require_approved
from handrail.playbook.model import Playbook, Use
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.export_gate import Basis, Export, decide, file_destination, write_out
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault
from handrail.vault.sealed_file import read_sealed_file
from handrail.verdicts import holds

EXPORT = "training_export"
_HEAD = "~export"


@dataclass(frozen=True)
class Exported:
    """An export that was made: how many lines of how many training rows, and the file it is in."""

    artifact: Artifact
    lines: int
    rows: int
    file: Path


def export_dataset(
    vault: RegionVault,
    settings: Settings,
    playbook: Playbook,
    version: Version,
    *,
    format_: str,
    to: Path,
    on: date,
    access: Access,
) -> Exported:
    """Write a version's rows in a trainer's format to the file `to`, sealed.

    A target is what the playbook licenses `on` that day (see `Targets`). Every line is sealed with
    the key of the person it is of, so erasing the person erases it there too. `NotPassed` where the
    version's checks failed, or the playbook is not the one that passed its own;
    `ResidencyViolation`, on record, where `to` is not in the region.
    """
    vault.lineage.require_verdict(version.artifact)
    book = require_approved(vault.lineage, playbook)
    examples, manifest = read_version(vault, version.artifact, access=access)
    languages = vault.region.languages
    examples_of_ours = [
        b for b in playbook.boundaries.used_for(Use.TRAINING) if b.language in languages
    ]
    targets = Targets(playbook, region=vault.region.name, on=on)
    source = Source(vault.region.name, manifest.digest, examples, examples_of_ours, targets)
    lines = list(exporter(format_).lines(source))
    if not lines:
        msg = (
            f"data set {manifest.digest[:12]} has no row for {format_}: a target is a reply that "
            "follows a vetted template, or that people accepted and that states nothing of its own"
        )
        raise BadInput(msg)
    leaving = Export(
        what=EXPORT,
        regions=(vault.region.name,),
        labels=manifest.labels,
        data_class=DataClass.DATASET,
        basis=Basis.CONSENT,
        records=len(lines),
        destination=file_destination(to, settings=settings),
    )
    if not decide(leaving, region=vault.region).allowed:
        vault.gate.clear(
            leaving, b"", access=access
        )  # refuses on record, before anything is sealed
    owners = vault.record_subjects(version.artifact, data_class=DataClass.DATASET, access=access)
    head = {"format": format_, "dataset": manifest.digest, "labels": manifest.labels}
    records = [
        Record(_HEAD, None, canonical(head)),
        *(
            Record(line.line_id, owners[line.of] if line.of else None, canonical(line.value))
            for line in lines
        ),
    ]
    name = ObjectName(EXPORT, format_, DataClass.DATASET)
    artifact = replace(
        vault.put(name, records, access=access),
        records=len(lines),
        measures=manifest.labels.measures,
    )
    payload = vault.sealed_copy(artifact, data_class=DataClass.DATASET, access=access)
    receipt = vault.gate.clear(leaving, payload, access=access)
    to.resolve().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_out(vault.gate, to, payload, receipt=receipt)
    sealed = holds("sealed", True, f"{len(lines)} lines, sealed, to a file in the region")
    vault.lineage.commit(
        artifact,
        inputs=[version.artifact, book],
        findings=[sealed],
        config_hash=playbook.digest,
        run_id=receipt.id,
    )
    rows = sum(example.split is Split.TRAIN for example in examples)
    return Exported(artifact, len(lines), rows, to)


def open_export(vault: RegionVault, path: Path, *, access: Access) -> Iterator[bytes]:
    """The lines of an export in a sealed file, one JSON text each; erased people's are gone."""
    copy = read_sealed_file(path)
    if copy.place.name.asset != EXPORT:
        msg = f"{path} is no export of a data set: `handrail dataset export` makes one"
        raise BadInput(msg)
    for record in vault.scan_copy(copy, data_class=DataClass.DATASET, access=access):
        if record.record_id != _HEAD:
            yield record.payload
