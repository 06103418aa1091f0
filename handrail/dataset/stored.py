"""Training sets in the vault: every version that is held, read back and proven whole.

Beside the rows, each sealed with its person's key, lies what nobody's key may take away: the
manifest, and the lists of ids that it was made with. So what became of a row can be told when the
row itself was lawfully erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from handrail.access import Access
from handrail.dataset.manifest import (
    WITHHELD,
    DatasetManifest,
    Frozen,
    RowEntry,
    decode_dropped,
    decode_entries,
    decode_left_out,
    decode_manifest,
    decode_withheld,
    encode,
    rows_root,
    thaw,
)
from handrail.dataset.model import Split, TrainingExample
from handrail.digests import canonical, digest
from handrail.errors import BadInput, Tampered
from handrail.residency import DataClass, require_region
from handrail.vault.names import Artifact, Record
from handrail.vault.region_vault import RegionVault

DATASET = "training_dataset"
_BESIDE = "~"  # no conversation id begins with it


@dataclass(frozen=True)
class Version:
    """A data set that was made: its content, when (ISO), and why it can't be read any more."""

    artifact: Artifact
    at: str
    is_current: bool
    destroyed: str | None


@dataclass(frozen=True)
class Lists:
    """What a data set says of ids alone: its rows, what was left out of it, what never got there.

    `left_out` and `dropped` give the rules by row, of the data set's stage and of admission.
    """

    manifest: DatasetManifest
    entries: Mapping[str, RowEntry]
    left_out: Mapping[str, str]
    dropped: Mapping[str, tuple[str, ...]]


def lists_of(frozen: Frozen, dropped: Mapping[str, Sequence[str]]) -> Lists:
    """What a data set says of ids, before it is stored; `dropped`: the rules that chats broke."""
    return Lists(
        frozen.manifest,
        {entry.example_id: entry for entry in frozen.entries},
        {left.example_id: left.rule for left in frozen.left_out},
        {row: tuple(rules) for row, rules in dropped.items()},
    )


def last_version(vault: RegionVault) -> Artifact | None:
    """The region's data set as it is, unless it was made before ids were listed, or destroyed."""
    for artifact in vault.lineage.holdings.of(DATASET):
        return artifact if f"split {Split.TRAIN}" in artifact.measures else None
    return None


def held_out_from(dataset: Artifact) -> date | None:
    """The day from which on a data set's rows are for testing only, if there is one."""
    day = str(dataset.measures.get("held_out_from", ""))
    return date.fromisoformat(day) if day else None


def records(
    frozen: Frozen, owners: Mapping[str, str | None], drop_reasons: Mapping[str, Sequence[str]]
) -> Iterator[Record]:
    """A training set as the vault stores it; `owners`: whose each real row is, by id."""
    for example in frozen.examples:
        owner = None if example.synthetic else owners[example.example_id]
        yield Record(example.example_id, owner, canonical(example))
    for name, payload in encode(frozen, drop_reasons).items():
        yield Record(f"{_BESIDE}{name}", None, payload)


def read_dataset(
    vault: RegionVault, *, access: Access
) -> tuple[tuple[TrainingExample, ...], Artifact]:
    """The region's training set; refuses when it did not pass, is stale or was edited."""
    artifact = vault.lineage.require_passed(DATASET, vault.region.name)
    return read_version(vault, artifact, access=access)[0], artifact


def read_version(
    vault: RegionVault, artifact: Artifact, *, access: Access
) -> tuple[tuple[TrainingExample, ...], DatasetManifest]:
    """The rows of one version that are still there, and its manifest.

    `Tampered` where a row, the list of rows or the manifest is not what the version's id covers.
    """
    found: list[tuple[str, str]] = []
    examples: list[TrainingExample] = []
    beside: dict[str, bytes] = {}
    for record in vault.scan(artifact, data_class=DataClass.DATASET, access=access):
        if record.record_id.startswith(_BESIDE):
            beside[record.record_id.removeprefix(_BESIDE)] = record.payload
        else:
            examples.append(thaw(record.payload))
            found.append((record.record_id, digest(record.payload)))
    with vault.strange_on_record(access, what=artifact.id):
        for example in examples:
            require_region(vault.region.name, example.region, "a training row")
    lists = _lists(artifact, beside)
    edited = [row for row, content in found if _content(lists.entries, row) != content]
    if edited:
        msg = f"{artifact.id}: {len(edited)} rows are not those that its manifest covers: refused"
        raise Tampered(msg)
    return tuple(examples), lists.manifest


def read_lists(vault: RegionVault, artifact: Artifact, *, access: Access) -> Lists:
    """What one version says of ids alone; opens no row. `Tampered` where it was edited."""
    names = ("manifest", "rows", "left_out", "dropped")
    beside = {}
    for name in names:
        record = vault.get(
            artifact, f"{_BESIDE}{name}", data_class=DataClass.DATASET, access=access
        )
        if record is not None:
            beside[name] = record.payload
    return _lists(artifact, beside)


def read_withheld(vault: RegionVault, artifact: Artifact, *, access: Access) -> tuple[str, ...]:
    """The wordings of one version that training reads as a placeholder; an older one has none.

    `Tampered` where the list is not the one that the version's id covers.
    """
    covered = read_lists(vault, artifact, access=access).manifest.provenance.policies.get(WITHHELD)
    if covered is None:
        return ()
    name = f"{_BESIDE}{WITHHELD}"
    record = vault.get(artifact, name, data_class=DataClass.DATASET, access=access)
    wordings = () if record is None else decode_withheld(record.payload)
    if digest(wordings) != covered:
        msg = f"{artifact.id}: its list of wordings is not the one that its manifest covers"
        raise Tampered(msg)
    return wordings


def read_row(
    vault: RegionVault, artifact: Artifact, row: str, *, access: Access
) -> TrainingExample | None:
    """One row of a version, or None where it isn't in it or its person was erased."""
    if row.startswith(_BESIDE):
        return None
    record = vault.get(artifact, row, data_class=DataClass.DATASET, access=access)
    return None if record is None else thaw(record.payload)


def versions(vault: RegionVault) -> list[Version]:
    """Every data set the region ever made, newest first; opens none."""
    destroyed = vault.lineage.destructions.all()
    now = vault.lineage.current(DATASET, vault.region.name)
    found = []
    for artifact, at in reversed(vault.lineage.history(DATASET, vault.region.name)):
        gone = destroyed.get(str(artifact.object_id))
        is_current = now is not None and now.digest == artifact.digest
        found.append(Version(artifact, at, is_current, gone.reason if gone else None))
    return found


def version(vault: RegionVault, wanted: str | None) -> Version:
    """The version whose id begins so, or the current one; `BadInput` says which there are."""
    every = versions(vault)
    fits = [
        one
        for one in every
        if (one.is_current if wanted is None else one.artifact.digest.startswith(wanted))
    ]
    if len(fits) == 1:
        return fits[0]
    region = vault.region.name
    msg = f"region {region} has no data set yet: `handrail run --region {region}` makes it"
    if every:
        known = ", ".join(one.artifact.digest[:12] for one in every)
        asked = wanted or "that is current"
        msg = f"region {region} has no single data set {asked}: name one of {known}"
    raise BadInput(msg)


def _content(entries: Mapping[str, RowEntry], row: str) -> str | None:
    entry = entries.get(row)
    return entry.digest if entry else None


def _lists(artifact: Artifact, beside: Mapping[str, bytes]) -> Lists:
    try:
        manifest = decode_manifest(beside["manifest"])
        entries = decode_entries(beside["rows"])
        left_out = decode_left_out(beside["left_out"])
        dropped = decode_dropped(beside["dropped"])
    except KeyError as missing:
        msg = f"{artifact.id} has no {missing.args[0]}: it is older than this version; run again"
        raise Tampered(msg) from None
    _require_covered(artifact, manifest, entries)
    return Lists(
        manifest,
        {entry.example_id: entry for entry in entries},
        {left.example_id: left.rule for left in left_out},
        dropped,
    )


def _require_covered(
    artifact: Artifact, manifest: DatasetManifest, entries: Iterable[RowEntry]
) -> None:
    if manifest.digest != artifact.digest:
        msg = f"{artifact.id}: its manifest was edited, its content has the id {manifest.digest}"
        raise Tampered(msg)
    if rows_root(entries) != manifest.rows_root:
        msg = f"{artifact.id}: its list of rows is not the one that its manifest covers"
        raise Tampered(msg)
