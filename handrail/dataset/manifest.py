"""What a frozen training set is made of: one line a row, the manifest over them, its content id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache, cached_property
from itertools import starmap

from pydantic import TypeAdapter

from handrail.dataset.model import LeftOut, TrainingExample
from handrail.digests import canonical, digest
from handrail.errors import BadInput, Refused, Tampered, without_chat_text
from handrail.residency import Labels, Region, mixed, require_region
from handrail.vault.merkle import MerkleTree

# What rows are counted by: fields of `TrainingExample`, each a controlled vocabulary.
COUNTED_BY = (
    "split", "topic", "topic_set_by", "language", "channel", "product_area", "severity", "sector",
    "basis", "source_system",
)  # fmt: skip
_UNMARKED = "none"
WITHHELD = "known_wordings"


@dataclass(frozen=True)
class RowEntry:
    """One line of the sealed list of rows: which content the row had, and where it was put why.

    `digest` is the SHA-256 of the stored row; a near-duplicate `cluster` is on one side of a split.
    """

    example_id: str
    digest: str
    split: str
    cluster: str


@dataclass(frozen=True)
class SyntheticPart:
    """The rows that no customer wrote: how many, by generator and seed and by cell (R8).

    `left_out` were offered and are not in the set: too many, or too like a row that is tested on.
    """

    rows: int
    left_out: int
    by_generator: Mapping[str, int]
    by_cell: Mapping[str, int]


@dataclass(frozen=True)
class Provenance:
    """What a training set is made from: everything that, changed, would make another one.

    `inputs` are the digests of what it was made from, by `asset/partition`, the redacted days
    among them: where an export lay and when it was written makes no other set. `policies` are those
    of every rule that had a say, `scrubbers` those of the scrubber versions in it. From the day
    `held_out_from` on rows are for testing only.
    """

    inputs: Mapping[str, str]
    policies: Mapping[str, str]
    scrubbers: tuple[str, ...]
    seed: int
    held_out_from: date | None


@dataclass(frozen=True)
class DatasetManifest:
    """A training set in numbers and hashes; `digest` is its id, and covers each row's content.

    `rows_root` is the Merkle root (RFC 6962) over the ids and digests of the rows, by id. Rows
    offered = real rows + rows left out, exactly. `counts` are rows by each of `COUNTED_BY`, and by
    their signals.
    `labels` are what everything made of it inherits; `kept_apart` the no-mix sectors of its region.
    """

    region: str
    rows: int
    rows_offered: int
    left_out: Mapping[str, int]
    rows_root: str
    counts: Mapping[str, Mapping[str, int]]
    provenance: Provenance
    simulated_share: float
    synthetic: SyntheticPart
    labels: Labels
    kept_apart: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        """The data set's content id: SHA-256 of the whole manifest."""
        return digest(asdict(self))

    @property
    def signals(self) -> dict[str, int]:
        """People's rows that are never a target, by what in them speaks to the machine."""
        counts = self.counts.get("signals", {})  # older data sets did not count them
        return {name: rows for name, rows in counts.items() if name != _UNMARKED}

    @property
    def synthetic_share(self) -> float:
        """The share of the rows that a generator wrote."""
        return self.synthetic.rows / self.rows


@dataclass(frozen=True)
class Frozen:
    """A training set as it is stored: its rows by id, a line each, what was left out, the manifest.

    A row's stored bytes are `canonical`; they are made when they are needed, because all at once
    would weigh as much as the rows. `withheld` are wordings that training reads as a placeholder.
    """

    examples: tuple[TrainingExample, ...]
    entries: tuple[RowEntry, ...]
    left_out: tuple[LeftOut, ...]
    withheld: tuple[str, ...]
    manifest: DatasetManifest


def freeze(
    examples: Iterable[TrainingExample],
    *,
    region: Region,
    clusters: Mapping[str, str],
    left_out: Sequence[LeftOut],
    rows_offered: int,
    synthetic_left_out: int,
    withheld: Sequence[str],
    provenance: Provenance,
) -> Frozen:
    """The examples as they are stored. The same input gives the same bytes, in whatever order.

    `clusters` names each example's near-duplicate cluster, by id; `withheld` counts as a policy.
    `ResidencyViolation` if a row is of another region, `Refused` if rows may not be mixed (R39) or
    real rows and rows left out are not those offered (R3), `BadInput` if there are no rows or two
    of one id.
    """
    rows = sorted(examples, key=lambda e: e.example_id)
    for row in rows:
        require_region(region.name, row.region, "a training row")
    _require_sound(rows, region, left_out, rows_offered)
    entries = tuple(
        RowEntry(row.example_id, digest(canonical(row)), row.split, clusters[row.example_id])
        for row in rows
    )
    marks = [row.synthesis for row in rows if row.synthesis is not None]
    manifest = DatasetManifest(
        region=region.name,
        rows=len(rows),
        rows_offered=rows_offered,
        left_out=_counts(left.rule for left in left_out),
        rows_root=rows_root(entries),
        counts={
            **{name: _counts(getattr(row, name) for row in rows) for name in COUNTED_BY},
            "signals": _counts(
                _UNMARKED if row.synthetic else ", ".join(row.signals) or _UNMARKED for row in rows
            ),
        },
        provenance=replace(
            provenance, policies={**provenance.policies, WITHHELD: digest(sorted(withheld))}
        ),
        # Of the rows that people wrote, or played: a generator's are neither.
        simulated_share=sum(row.simulated for row in rows) / max(1, len(rows) - len(marks)),
        synthetic=SyntheticPart(
            rows=len(marks),
            left_out=synthetic_left_out,
            by_generator=_counts(f"{mark.generator}, seed {mark.seed}" for mark in marks),
            by_cell=_counts(mark.cell for mark in marks),
        ),
        labels=mixed((row.labels for row in rows), region=region),
        kept_apart=region.no_mix_sectors,
    )
    return Frozen(tuple(rows), entries, tuple(left_out), tuple(sorted(withheld)), manifest)


def rows_root(entries: Iterable[RowEntry]) -> str:
    """The Merkle root over ids and contents: one row can be proven to be in it without the rest."""
    tree = MerkleTree()
    for entry in entries:
        tree.add(canonical([entry.example_id, entry.digest]))
    return tree.root().hex()


def thaw(payload: bytes) -> TrainingExample:
    """The example that `freeze` stored; anything else is `Withheld`, without quoting it."""
    with without_chat_text("a stored training row"):
        row = _example().validate_json(payload)
        if b'"reply_accepted":' in payload:
            return row
        # Frozen before a verdict was on one message of a chat: what was objected to stays out.
        return replace(row, reply_accepted=row.accepted)


def encode(frozen: Frozen, drop_reasons: Mapping[str, Sequence[str]]) -> dict[str, bytes]:
    """What is stored beside the rows, by name: the manifest, the sealed lists of ids.

    `drop_reasons`: each chat that was not admitted, and the rules that it broke, first one first.
    """
    return {
        "manifest": canonical(asdict(frozen.manifest)),
        "rows": canonical([list(asdict(entry).values()) for entry in frozen.entries]),
        "left_out": canonical([[left.example_id, left.rule] for left in frozen.left_out]),
        "dropped": canonical(sorted((row, list(why)) for row, why in drop_reasons.items())),
        WITHHELD: canonical(frozen.withheld),
    }


def decode_manifest(payload: bytes) -> DatasetManifest:
    """The manifest that `encode` wrote; `Tampered` where it can't be."""
    try:
        return _manifest().validate_json(payload)
    except ValueError:
        msg = "the manifest of a data set is not readable: restore it from a backup"
        raise Tampered(msg) from None


def decode_entries(payload: bytes) -> tuple[RowEntry, ...]:
    """The sealed list of rows."""
    with without_chat_text("the list of a data set's rows"):
        return tuple(RowEntry(*row) for row in _lists().validate_json(payload))


def decode_left_out(payload: bytes) -> tuple[LeftOut, ...]:
    """The rows that were offered and not taken."""
    with without_chat_text("the list of rows left out"):
        return tuple(starmap(LeftOut, _lists().validate_json(payload)))


def decode_dropped(payload: bytes) -> dict[str, tuple[str, ...]]:
    """The chats that were not admitted, and the rules that each broke."""
    with without_chat_text("the list of chats not admitted"):
        return dict(_dropped().validate_json(payload))


def decode_withheld(payload: bytes) -> tuple[str, ...]:
    """The wordings that are some customer's own."""
    with without_chat_text("the list of wordings withheld"):
        return tuple(_wordings().validate_json(payload))


def _require_sound(
    rows: Sequence[TrainingExample], region: Region, left_out: Sequence[LeftOut], offered: int
) -> None:
    if not rows:
        msg = (
            f"region {region.name}: no chat was admitted to training; the funnel says why each was "
            "left out, for example no_topic, or no_agent_steps: nothing shows what the agent did "
            "(map `actions` or `template`)"
        )
        raise BadInput(msg)
    if len({row.example_id for row in rows}) < len(rows):
        msg = f"region {region.name}: two training rows have the same id"
        raise BadInput(msg)
    real = sum(not row.synthetic for row in rows)
    if real + len(left_out) != offered:
        msg = (
            f"region {region.name}: {offered} rows were offered, {real} are kept and "
            f"{len(left_out)} left out: a row got lost, so nothing is frozen"
        )
        raise Refused(msg)


def _counts(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(str(value) for value in values).items()))


@cache
def _example() -> TypeAdapter[TrainingExample]:
    return TypeAdapter(TrainingExample)


@cache
def _manifest() -> TypeAdapter[DatasetManifest]:
    return TypeAdapter(DatasetManifest)


@cache
def _lists() -> TypeAdapter[list[list[str]]]:
    return TypeAdapter(list[list[str]])


@cache
def _wordings() -> TypeAdapter[list[str]]:
    return TypeAdapter(list[str])


@cache
def _dropped() -> TypeAdapter[list[tuple[str, tuple[str, ...]]]]:
    return TypeAdapter(list[tuple[str, tuple[str, ...]]])
