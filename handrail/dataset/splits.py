"""Train, calibration and test: no person and no near-duplicate in two of them.

A row's split is a keyed hash, so it depends on neither the order nor the number of the other rows
and stays when rows are added. R25 needs it: a threshold is promised on rows the model never saw.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from sys import intern
from typing import Any

from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.wording import signature
from handrail.digests import keyed_digest
from handrail.errors import without_chat_text

SHARES = {Split.TRAIN: 0.60, Split.CALIBRATION: 0.25, Split.TEST: 0.15}


def share_of(unit: str, *, seed: int, purpose: str) -> float:
    """A number in [0, 1) that belongs to `unit` (a group or signature), by keyed hash."""
    return int(keyed_digest(f"{purpose}:{seed}".encode(), unit)[:13], 16) / 16**13


def assign(rows: Iterable[Mapping[str, Any]], *, seed: int) -> list[TrainingExample]:
    """The rows of the `training_examples` mart as examples with group and split, by example id.

    A message that several people sent (`signature`) has one home split, by its own hash. A person
    goes where most of their shared messages have their home, or by the hash of their group. The few
    rows of a person whose home lies elsewhere are left out. `rows` is read once and not kept.
    """
    with without_chat_text("a row of the training_examples mart"):
        # Until groups and splits are known an example carries the row's own group, and no split.
        offered = sorted(map(_example, rows), key=lambda e: e.example_id)
        groups = _groups(offered)
        signs = {example.example_id: signature(example.message) for example in offered}
    senders: dict[str, set[str]] = defaultdict(set)
    for example_id, sign in signs.items():
        senders[sign].add(groups[example_id])
    home = {
        example_id: _split(sign, seed)
        for example_id, sign in signs.items()
        if len(senders[sign]) > 1
    }
    votes: dict[str, Counter[Split]] = defaultdict(Counter)
    for example_id, split in home.items():
        votes[groups[example_id]][split] += 1
    examples = []
    for example in offered:
        group = groups[example.example_id]
        split = _most(votes[group]) if group in votes else _split(group, seed)
        if home.get(example.example_id, split) is split:
            examples.append(replace(example, group=group, split=split))
    return examples


def calibration_parts(
    examples: Iterable[TrainingExample], *, seed: int
) -> tuple[list[TrainingExample], list[TrainingExample]]:
    """The calibration rows in two parts without a common customer: to fit on, to promise on.

    The first third sets temperature, out-of-scope floors and starting points; nothing of that may
    have seen the rest, on which the promise is tested. Synthetic rows are in neither.
    """
    fit: list[TrainingExample] = []
    promise: list[TrainingExample] = []
    for example in examples:
        if example.split is Split.CALIBRATION and not example.synthetic:
            part = share_of(example.group, seed=seed, purpose="calibration part")
            (fit if part < 1 / 3 else promise).append(example)
    return fit, promise


def _groups(examples: Sequence[TrainingExample]) -> dict[str, str]:
    """Example id -> smallest conversation id of the same data subject."""
    smallest: dict[str, str] = {}
    for example in examples:
        known = smallest.get(example.group, example.example_id)
        smallest[example.group] = min(known, example.example_id)
    return {example.example_id: smallest[example.group] for example in examples}


def _split(unit: str, seed: int) -> Split:
    at = share_of(unit, seed=seed, purpose="split")
    for split, share in SHARES.items():
        if at < share:
            return split
        at -= share
    return Split.TEST


def _most(votes: Counter[Split]) -> Split:
    return max(SHARES, key=lambda split: votes[split])


def _example(row: Mapping[str, Any]) -> TrainingExample:
    accepted, template = row["accepted"], row["template"]
    return TrainingExample(
        example_id=str(row["example_id"]),
        region=intern(str(row["region"])),
        language=intern(str(row["language"])),
        channel=intern(str(row["channel"])),
        product_area=intern(str(row["product_area"])),
        severity=intern(str(row["severity"])),
        sector=intern(str(row["sector"])),
        basis=intern(str(row["basis"])),
        topic=intern(str(row["topic"])),
        message=str(row["message"]),
        reply=str(row["reply"]),
        template=None if template is None else intern(str(template)),
        agent=None if row["agent"] is None else intern(str(row["agent"])),
        weight=float(row["weight"]),
        outcome_weight=float(row["outcome_weight"]),
        accepted=None if accepted is None else bool(accepted),
        group=str(row["subject_group"]),
        day=row["day"],
        split=Split.TEST,
        simulated=bool(row["simulated"]),
        synthesis=None,
    )
