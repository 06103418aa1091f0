"""Labeled messages out of Parquet files: columns `text`, `label`, `split` and, rarely, `domain`.

Splits are the files' own. The label `oos` or `out_of_scope` means that none fits. No set names its
customers, so every row counts as one.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from handrail.agent.intents import PLAYBOOK, Labeled

Rows = tuple[Labeled, ...]

OUT_OF_SCOPE = frozenset({"oos", "out_of_scope"})
VALIDATION = ("valid", "validation", "dev")
VALIDATION_SHARE = 0.15


@dataclass(frozen=True)
class IntentSet:
    """Rows to fit on, rows to choose by (none where the set has none) and rows to measure on."""

    name: str
    train: Rows
    validation: Rows
    test: Rows

    def with_validation(self, *, seed: int) -> IntentSet:
        """The same; where it has no validation rows, a seeded share of the training rows is it."""
        if self.validation:
            return self
        rows = list(self.train)
        random.Random(seed).shuffle(rows)
        cut = round(len(rows) * VALIDATION_SHARE)
        return replace(self, train=tuple(rows[cut:]), validation=tuple(rows[:cut]))


def read_set(
    path: Path,
    *,
    train: str = "train",
    without_domains: Collection[str] = (),
) -> IntentSet:
    """The set in a file; `train` names the split that is fitted on, for sets that have several."""
    import pandas as pd

    frame = pd.read_parquet(path)
    if "domain" in frame.columns:
        frame = frame[~frame["domain"].isin(list(without_domains))]
    rows: dict[str, list[Labeled]] = {}
    columns = (frame["text"], frame["label"], frame["split"])
    for number, (text, label, split) in enumerate(zip(*columns, strict=True)):
        known = None if str(label) in OUT_OF_SCOPE else str(label)
        rows.setdefault(str(split), []).append(Labeled(str(text), known, 1.0, f"{number:06}"))
    validation = [row for name in VALIDATION for row in rows.get(name, [])]
    return IntentSet(path.stem, tuple(rows[train]), tuple(validation), tuple(rows["test"]))


def named(rows: Sequence[Labeled]) -> Rows:
    """The rows, and each label's name as one more row of it: who names a topic teaches it."""
    labels = sorted({row.label for row in rows if row.label is not None})
    spoken = [(label, " ".join(label.replace("_", " ").split()).strip("?!. ")) for label in labels]
    return (*rows, *(Labeled(text, label, 1.0, PLAYBOOK) for label, text in spoken))


def in_scope(rows: Sequence[Labeled]) -> Rows:
    """The rows that have a label."""
    return tuple(row for row in rows if row.label is not None)


def out_of_scope(rows: Sequence[Labeled]) -> Rows:
    """The rows that no label fits."""
    return tuple(row for row in rows if row.label is None)


def relabeled(rows: Sequence[Labeled], by: Sequence[Labeled], labels: Collection[str]) -> Rows:
    """Rows with the label that the same text has in another set; None unless among `labels`.

    Rows that the other set doesn't have keep theirs.
    """
    official = {_plain(row.text): row.label for row in by}

    def label(row: Labeled) -> str | None:
        found = official.get(_plain(row.text), row.label)
        return found if found in labels else None

    return tuple(replace(row, label=label(row)) for row in rows)


def halved(data: IntentSet, by: Sequence[Labeled], *, seed: int) -> IntentSet:
    """Validation names half of the matters that no label fits, the test is about the other half.

    `by` knows their labels; rows it doesn't have are left out.
    """
    known = {row.label for row in data.train}
    matters = sorted({row.label for row in by if row.label is not None} - known)
    random.Random(seed).shuffle(matters)
    half = len(matters) // 2

    def only(rows: Rows, labels: Collection[str]) -> Rows:
        strange = out_of_scope(rows)
        told = relabeled(strange, by, labels)
        kept = [row for row, named in zip(strange, told, strict=True) if named.label is not None]
        return (*in_scope(rows), *kept)

    return replace(
        data,
        validation=only(data.validation, matters[:half]),
        test=only(data.test, matters[half:]),
    )


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
