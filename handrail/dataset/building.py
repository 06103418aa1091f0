"""The training set of a region: admitted examples from the warehouse, chosen, frozen, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from handrail.access import Access
from handrail.dataset.admission import SUBJECT_ERASED
from handrail.dataset.checks import findings
from handrail.dataset.choosing import choose, with_synthetic
from handrail.dataset.diffing import Difference, difference
from handrail.dataset.eviction import evicted, evictions
from handrail.dataset.funnel import dataset_steps
from handrail.dataset.guards import no_supplier_dominates
from handrail.dataset.known_values import known_values
from handrail.dataset.landing import EXAMPLES, UNLABELED, open_core
from handrail.dataset.manifest import DatasetManifest, Provenance, freeze
from handrail.dataset.mix import RULES as MIX
from handrail.dataset.mix import MixTarget, mix_within_tolerance
from handrail.dataset.model import LeftOut, Split, TrainingExample
from handrail.dataset.signals import signals_digest, signals_of
from handrail.dataset.splits import offered
from handrail.dataset.stored import DATASET, last_version, lists_of, read_lists, records
from handrail.dataset.synthesis import SYNTHETIC, read_synthetic
from handrail.digests import digest
from handrail.redaction.days import REDACTED
from handrail.residency import DataClass, require_region
from handrail.settings import PROJECT, Settings
from handrail.vault.names import Artifact, ObjectName, is_of_nobody_known
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding

_SEEDS = PROJECT / "dbt_project" / "seeds"
_DROPPED = (
    "select conversation_id, drop_reasons from intermediate.int_admission "
    "where drop_reason is not null"
)


@dataclass(frozen=True)
class Dataset:
    """A frozen training set and its manifest; `artifact.digest` is the manifest's content id.

    `changed` is what differs from the set before it, None where there was none or it is the same.
    """

    artifact: Artifact
    inputs: tuple[Artifact, ...]
    examples: tuple[TrainingExample, ...]
    manifest: DatasetManifest
    findings: tuple[Finding, ...]
    changed: Difference | None


def build_dataset(vault: RegionVault, settings: Settings, *, access: Access) -> Dataset:
    """Freeze the region's admitted examples; refuses when the warehouse is stale or failed."""
    with open_core(vault, settings, access=access) as (warehouse, core):
        admitted = offered(warehouse.rows(EXAMPLES))
        dropped = {
            str(row["conversation_id"]): [str(rule) for rule in row["drop_reasons"]]
            for row in warehouse.rows(_DROPPED)
        }
    with vault.strange_on_record(access, what=DATASET):
        for example in admitted:
            require_region(vault.region.name, example.region, "a training row")
    synthetic, inputs = _synthetic(vault, core, access=access)
    owners = _owners(vault, access=access)
    present, erased = _still_there(vault, admitted, owners)
    mix = MixTarget.read(MIX)
    with vault.strange_on_record(access, what=DATASET):
        chosen = choose(
            present,
            nameless={row for row, owner in owners.items() if owner and is_of_nobody_known(owner)},
            rules=settings.dataset,
            mix=mix,
            seed=settings.seed,
        )
        examples, clusters = with_synthetic(
            chosen, synthetic, rules=settings.dataset, seed=settings.seed
        )
        left_out = [*erased, *chosen.left_out]
        withheld = known_values(vault, examples, access=access)
        frozen = freeze(
            examples,
            region=vault.region,
            clusters=clusters,
            left_out=left_out,
            rows_offered=core.records,
            withheld=withheld,
            synthetic_left_out=len(chosen.examples) + len(synthetic) - len(examples),
            provenance=_provenance(vault, settings, inputs, chosen.held_out_from),
        )
    manifest = frozen.manifest
    stored = vault.put(
        ObjectName(DATASET, vault.region.name, DataClass.DATASET),
        records(frozen, owners, dropped),
        access=access,
    )
    made = replace(stored, digest=manifest.digest, records=manifest.rows)
    last, lists = last_version(vault), lists_of(frozen, dropped)
    gone = evicted(vault, last, made, lists, access=access)
    told = {"wordings_withheld": len(withheld)}
    artifact = replace(made, measures=_measures(manifest) | told | gone)
    changed = None
    if last is not None and last.digest != made.digest:
        before = read_lists(vault, last, access=access)
        changed = difference(before, lists, gone=evictions(artifact))
    found = (
        *findings(frozen.examples, manifest, rules=settings.dataset),
        no_supplier_dominates(frozen.examples, rules=settings.dataset),
        mix_within_tolerance(chosen.offered_to_mix, chosen.examples, target=mix),
    )
    return Dataset(artifact, inputs, frozen.examples, manifest, found, changed)


def _measures(manifest: DatasetManifest) -> dict[str, int | float | str]:
    """What the lineage keeps of a data set, so that a list of them opens no key."""
    real = manifest.rows - manifest.synthetic.rows
    return {
        "rows": manifest.rows,
        "simulated_share": manifest.simulated_share,
        "synthetic_share": round(manifest.synthetic_share, 4),
        "held_out_from": str(manifest.provenance.held_out_from or ""),
        **{f"split {name}": rows for name, rows in manifest.counts["split"].items()},
        **manifest.labels.measures,
        **dataset_steps(
            manifest.left_out,
            real=real,
            never_targets=sum(manifest.signals.values()),
            synthetic=manifest.synthetic.rows,
        ),
    }


def _synthetic(
    vault: RegionVault, core: Artifact, *, access: Access
) -> tuple[tuple[TrainingExample, ...], tuple[Artifact, ...]]:
    """The region's synthetic rows, and everything the set is made from; none were ever needed."""
    if vault.lineage.current(SYNTHETIC, vault.region.name) is None:
        return (), (core,)
    rows, artifact = read_synthetic(vault, access=access)
    return rows, (core, artifact)


def _provenance(
    vault: RegionVault,
    settings: Settings,
    inputs: Sequence[Artifact],
    held_out_from: date | None,
) -> Provenance:
    """What the set is made from: the warehouse's own inputs too, which are days and playbook."""
    whole = [*inputs, *(one for made in inputs for one in vault.lineage.inputs(made))]
    days = [one for one in whole if one.asset == REDACTED]
    policies = {file.stem: digest(file.read_bytes()) for file in sorted(_SEEDS.glob("*.csv"))}
    policies |= {
        "signals": signals_digest(),
        "mix": digest(MIX.read_bytes()),
        "dataset_settings": digest(settings.dataset.model_dump()),
    }
    return Provenance(
        inputs={f"{one.asset}/{one.partition}": one.digest for one in whole},
        policies=dict(sorted(policies.items())),
        scrubbers=tuple(sorted({vault.lineage.config_hash(day) for day in days})),
        seed=settings.seed,
        held_out_from=held_out_from,
    )


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
                source_system=row["source_system"],
                region=row["region"],
                language=row["language"],
                channel=row["channel"],
                product_area=row["product_area"],
                severity=row["severity"],
                sector=row["sector"],
                basis=row["basis"],
                topic="",
                topic_set_by="",
                message=row["message"],
                reply="",
                template=None,
                agent=None,
                weight=1.0,
                outcome_weight=0.0,
                accepted=None,
                reply_accepted=None,
                flagged=None,
                signals=signals_of(row["message"], ""),
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
