"""The training set of a region: admitted examples from the warehouse, split, frozen, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain

from handrail.access import Access
from handrail.dataset.admission import SUBJECT_ERASED
from handrail.dataset.eviction import evicted, last_dataset
from handrail.dataset.funnel import dataset_steps
from handrail.dataset.landing import EXAMPLES, UNLABELED, open_core
from handrail.dataset.manifest import DatasetManifest, findings, freeze, thaw
from handrail.dataset.model import LeftOut, Split, TrainingExample
from handrail.dataset.splits import assign
from handrail.digests import canonical
from handrail.redaction.days import REDACTED
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding

DATASET, MANIFEST = "training_dataset", "dataset_manifest"


@dataclass(frozen=True)
class Dataset:
    """A frozen training set and its manifest; `artifact.digest` is the manifest's content id."""

    artifact: Artifact
    inputs: tuple[Artifact, ...]
    examples: tuple[TrainingExample, ...]
    manifest: DatasetManifest
    findings: tuple[Finding, ...]


def build_dataset(
    vault: RegionVault, settings: Settings, *, scrubber: str, access: Access
) -> Dataset:
    """Freeze the region's admitted examples; refuses when the warehouse is stale or failed."""
    with open_core(vault, settings, access=access) as (warehouse, core):
        assigned = assign(warehouse.rows(EXAMPLES), seed=settings.seed)
        last = last_dataset(vault, warehouse, DATASET, access=access)
    owners = _owners(vault, access=access)
    examples, erased = _still_there(vault, assigned, owners)
    with vault.strange_on_record(access, what=DATASET):
        frozen, manifest = freeze(
            examples,
            region=vault.region,
            inputs={core.asset: core.digest},
            scrubbers=[scrubber],
            seed=settings.seed,
            rows_offered=core.records,
        )
    name = ObjectName(DATASET, vault.region.name, DataClass.DATASET)
    records = (
        Record(example.example_id, owners[example.example_id], payload)
        for example, payload in frozen
    )
    stating = Record("manifest", None, canonical(asdict(manifest)))
    stored = vault.put(name, chain(records, [stating]), access=access)
    artifact = Artifact(
        stored.asset,
        stored.partition,
        stored.digest,
        stored.object_id,
        manifest.rows,
        {
            "rows": manifest.rows,
            "simulated_share": manifest.simulated_share,
            **manifest.labels.measures,
            **dataset_steps(
                {
                    "other_split": core.records - len(assigned),
                    SUBJECT_ERASED: len(erased),
                },
                real=manifest.rows,
                synthetic=0,
            ),
            **evicted(
                vault, last, stored, frozen=(e.example_id for e, _ in frozen), left_out=erased
            ),
        },
    )
    kept = tuple(example for example, _ in frozen)
    return Dataset(artifact, (core,), kept, manifest, tuple(findings(kept, manifest)))


def unlabeled_examples(
    vault: RegionVault,
    settings: Settings,
    *,
    learned_from: Sequence[TrainingExample],
    access: Access,
) -> list[TrainingExample]:
    """Chats without a topic, as rows of split test with an empty one: for evaluation only.

    Those of people whose other chats are learned from are left out.
    """
    people = {example.group for example in learned_from}
    with open_core(vault, settings, access=access) as (warehouse, _):
        examples = [
            TrainingExample(
                example_id=row["example_id"],
                region=row["region"],
                language=row["language"],
                channel=row["channel"],
                product_area=row["product_area"],
                severity=row["severity"],
                sector=row["sector"],
                basis=row["basis"],
                topic="",
                message=row["message"],
                reply="",
                template=None,
                agent=None,
                weight=1.0,
                outcome_weight=0.0,
                accepted=None,
                group=row["subject_group"],
                day=row["day"],
                split=Split.TEST,
                simulated=row["simulated"],
                synthesis=None,
            )
            for row in warehouse.rows(UNLABELED)
            if row["subject_group"] not in people
        ]
    return _still_there(vault, examples, _owners(vault, access=access))[0]


def _owners(vault: RegionVault, *, access: Access) -> dict[str, str | None]:
    """Whose each redacted chat of the region is, by conversation id."""
    owners: dict[str, str | None] = {}
    for day in vault.lineage.require_all_passed(REDACTED):
        owners |= vault.record_subjects(day, data_class=DataClass.REDACTED, access=access)
    return owners


def _still_there(
    vault: RegionVault, examples: Sequence[TrainingExample], owners: Mapping[str, str | None]
) -> tuple[list[TrainingExample], list[LeftOut]]:
    """The examples without those of people who were erased since the warehouse was built (R40)."""
    erased = vault.erased(s for e in examples if (s := owners[e.example_id]) is not None)
    return (
        [e for e in examples if owners[e.example_id] not in erased],
        [LeftOut(e.example_id, SUBJECT_ERASED) for e in examples if owners[e.example_id] in erased],
    )


def read_dataset(
    vault: RegionVault, *, access: Access
) -> tuple[tuple[TrainingExample, ...], Artifact]:
    """The region's training set; refuses when it did not pass or is stale."""
    artifact = vault.lineage.require_passed(DATASET, vault.region.name)
    examples = tuple(
        thaw(record.payload)
        for record in vault.scan(artifact, data_class=DataClass.DATASET, access=access)
        if record.record_id != "manifest"
    )
    return examples, artifact
