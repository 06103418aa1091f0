"""Rows of the last data set that the next one holds no more, by the rule that evicted them.

Nobody takes a row out by hand: a late reopening, an opt-out, a corrected tag, another legal ground
or a destroyed key changes what the rules say of a chat, and the next data set is made by the rules
(R4, R40, R50).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from handrail.access import Access
from handrail.dataset.admission import SUBJECT_ERASED
from handrail.dataset.model import LeftOut
from handrail.residency import DataClass
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault
from handrail.warehouse.connection import Warehouse

NO_LONGER_HELD = "no_longer_held"
_EVICTED = "evicted "
_DROPPED = (
    "select conversation_id, drop_reason from intermediate.int_admission "
    "where drop_reason is not null and conversation_id in (select unnest($ids))"
)


@dataclass(frozen=True)
class LastDataset:
    """The data set that a new one replaces: whose each row is, and why it would be dropped now.

    What is nobody's, as a synthetic row, is not in it.
    """

    artifact: Artifact
    owners: Mapping[str, str]
    drop_reasons: Mapping[str, str]


def last_dataset(
    vault: RegionVault, warehouse: Warehouse, asset: str, *, access: Access
) -> LastDataset | None:
    """The region's data set as it is, if there is one; opens none of its rows."""
    held = vault.lineage.holdings.of(asset)
    if not held:
        return None
    subjects = vault.record_subjects(held[0], data_class=DataClass.DATASET, access=access)
    owners = {row: owner for row, owner in subjects.items() if owner is not None}
    dropped = warehouse.rows(_DROPPED, {"ids": list(owners)})
    reasons = {str(row["conversation_id"]): str(row["drop_reason"]) for row in dropped}
    return LastDataset(held[0], owners, reasons)


def evicted(
    vault: RegionVault,
    last: LastDataset | None,
    stored: Artifact,
    *,
    frozen: Iterable[str],
    left_out: Iterable[LeftOut],
) -> dict[str, int]:
    """The measures of `stored` that count the rows of people which `last` had and it has not.

    One for each rule (`evicted admission|reopened`). `frozen` are the ids of the new rows. The same
    content made again replaces itself, and keeps what was counted first.
    """
    if last is None:
        return {}
    if last.artifact.digest == stored.digest:
        return {k: int(v) for k, v in last.artifact.measures.items() if k.startswith(_EVICTED)}
    gone = last.owners.keys() - set(frozen)
    erased = vault.erased(last.owners[row] for row in gone)
    rules = {left.example_id: f"dataset|{left.rule}" for left in left_out}
    rules |= {row: f"admission|{reason}" for row, reason in last.drop_reasons.items()}
    rules |= {row: f"dataset|{SUBJECT_ERASED}" for row in gone if last.owners[row] in erased}
    found = Counter(rules.get(row, f"dataset|{NO_LONGER_HELD}") for row in gone)
    return {f"{_EVICTED}{rule}": rows for rule, rows in sorted(found.items())}


def evictions(dataset: Artifact) -> dict[str, int]:
    """How many rows each rule (by id) evicted since the data set before this one."""
    return {
        name.removeprefix(_EVICTED): int(rows)
        for name, rows in dataset.measures.items()
        if name.startswith(_EVICTED)
    }
