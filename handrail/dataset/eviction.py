"""Rows of the last data set that the next one holds no more, by the rule that evicted them.

Nobody takes a row out by hand: a late reopening, an opt-out, a corrected tag, another legal ground
or a destroyed key changes what the rules say of a chat, and the next data set is made by the rules
(R4, R40, R50).
"""

from __future__ import annotations

from collections import Counter

from handrail.access import Access
from handrail.dataset.admission import SUBJECT_ERASED
from handrail.dataset.stored import Lists
from handrail.residency import DataClass
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault

NO_LONGER_HELD = "no_longer_held"
_EVICTED = "evicted "


def gone_between(
    vault: RegionVault, before: Artifact, after: Lists, *, access: Access
) -> dict[str, int]:
    """How many rows of people that `before` had are not in `after`, by the id of the rule.

    Opens none of the rows. What is nobody's, as a synthetic row, is not counted.
    """
    subjects = vault.record_subjects(before, data_class=DataClass.DATASET, access=access)
    gone = {
        row: owner
        for row, owner in subjects.items()
        if owner is not None and row not in after.entries
    }
    erased = vault.erased(gone.values())
    rules = {row: f"dataset|{rule}" for row, rule in after.left_out.items()}
    rules |= {row: f"admission|{broken[0]}" for row, broken in after.dropped.items()}
    rules |= {row: f"dataset|{SUBJECT_ERASED}" for row, owner in gone.items() if owner in erased}
    found = Counter(rules.get(row, f"dataset|{NO_LONGER_HELD}") for row in gone)
    return dict(sorted(found.items()))


def evicted(
    vault: RegionVault, last: Artifact | None, made: Artifact, after: Lists, *, access: Access
) -> dict[str, int]:
    """The measures of `made` that count the rows which the `last` data set had and it has not.

    One for each rule (`evicted admission|reopened`). The same content made again replaces itself,
    and keeps what was counted first.
    """
    if last is None:
        return {}
    if last.digest == made.digest:
        return {k: int(v) for k, v in last.measures.items() if k.startswith(_EVICTED)}
    gone = gone_between(vault, last, after, access=access)
    return {f"{_EVICTED}{rule}": rows for rule, rows in gone.items()}


def evictions(dataset: Artifact) -> dict[str, int]:
    """How many rows each rule (by id) evicted since the data set before this one."""
    return {
        name.removeprefix(_EVICTED): int(rows)
        for name, rows in dataset.measures.items()
        if name.startswith(_EVICTED)
    }
