"""Train, calibration and test: no person and no near-duplicate in two, the newest days apart.

A row's split is a keyed hash, so it depends on neither the order nor the number of other people's
rows and stays when they are added, unless they share a message. R25 needs it: a threshold is
promised on rows the model never saw, and they have to be exchangeable with those it is kept for,
which a split by time alone would not give. So people are split by hash, and the newest days are
held out of training and calibration besides: what is tested on them says how the model does on
chats of a time it knows nothing of.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from sys import intern
from typing import Any

from handrail.dataset.clusters import clusters
from handrail.dataset.model import Flagged, LeftOut, Split, TrainingExample
from handrail.dataset.signals import signals_of
from handrail.digests import keyed_digest
from handrail.errors import without_chat_text

OTHER_SPLIT, HELD_OUT_DAYS = "other_split", "held_out_days"
SHARES = {Split.TRAIN: 0.60, Split.CALIBRATION: 0.25, Split.TEST: 0.15}


def share_of(unit: str, *, seed: int, purpose: str) -> float:
    """A number in [0, 1) that belongs to `unit` (a group or cluster), by keyed hash."""
    return int(keyed_digest(f"{purpose}:{seed}".encode(), unit)[:13], 16) / 16**13


def offered(rows: Iterable[Mapping[str, Any]]) -> list[TrainingExample]:
    """The rows of the `training_examples` mart as examples, by example id.

    They have no split yet: `assign` gives it. `rows` is read once and not kept.
    """
    with without_chat_text("a row of the training_examples mart"):
        return sorted(map(_example, rows), key=lambda e: e.example_id)


def clusters_of(examples: Sequence[TrainingExample]) -> dict[str, str]:
    """The near-duplicate cluster of each example's message, by example id."""
    with without_chat_text("the near-duplicates among training rows"):
        names = clusters([example.message for example in examples])
    return {e.example_id: name for e, name in zip(examples, names, strict=True)}


def held_out_from(
    examples: Sequence[TrainingExample], *, share: float, least_days: int
) -> date | None:
    """The first day of those held out: the newest days that hold at most `share` of the rows.

    None where not even the newest day is so small, or where the rows span less than `least_days`:
    a region that has just begun needs what it has.
    """
    counts = Counter(example.day for example in examples)
    if not counts or max(counts) - min(counts) < timedelta(days=least_days - 1):
        return None
    room, first = share * len(examples), None
    for day in sorted(counts, reverse=True):
        room -= counts[day]
        if room < 0:
            break
        first = day
    return first


def assign(
    examples: Sequence[TrainingExample],
    named: Mapping[str, str],
    *,
    seed: int,
    later: date | None,
) -> tuple[list[TrainingExample], list[LeftOut]]:
    """The examples with their split, in the order given, and those that fit in none.

    A message that several people sent (`named`: example id -> cluster) has one home split, by its
    cluster's hash. A person goes where most of their shared messages have their home, or by the
    hash of their group. The few rows of a person whose home lies elsewhere are left out. From the
    day `later` on rows are for testing only: those of people first seen then join the test rows,
    those of people who are learned from, or calibrated on, are left out.
    """
    senders: dict[str, set[str]] = defaultdict(set)
    since: dict[str, date] = {}
    for example in examples:
        senders[named[example.example_id]].add(example.group)
        since[example.group] = min(example.day, since.get(example.group, example.day))
    home = {
        example_id: split_of(cluster, seed=seed)
        for example_id, cluster in named.items()
        if len(senders[cluster]) > 1
    }
    votes: dict[str, Counter[Split]] = defaultdict(Counter)
    for example in examples:
        if example.example_id in home:
            votes[example.group][home[example.example_id]] += 1
    kept, left = [], []
    for example in examples:
        group = example.group
        split = _most(votes[group]) if group in votes else split_of(group, seed=seed)
        if home.get(example.example_id, split) is not split:
            left.append(LeftOut(example.example_id, OTHER_SPLIT))
        elif later is None or example.day < later or split is Split.TEST:
            kept.append(replace(example, split=split))
        elif since[group] >= later and example.example_id not in home:
            kept.append(replace(example, split=Split.TEST))
        else:
            left.append(LeftOut(example.example_id, HELD_OUT_DAYS))
    return kept, left


def split_of(unit: str, *, seed: int) -> Split:
    """The split that the hash of a group or cluster falls in."""
    at = share_of(unit, seed=seed, purpose="split")
    for split, share in SHARES.items():
        if at < share:
            return split
        at -= share
    return Split.TEST


def calibration_parts(
    examples: Iterable[TrainingExample], *, seed: int
) -> tuple[list[TrainingExample], list[TrainingExample]]:
    """The calibration rows in two parts without a common customer: to fit on, to promise on.

    The first third sets temperature, out-of-scope floors and starting points, and its rows of
    topics that aren't taught teach what fits none; nothing of that may have seen the rest, on which
    the promise is tested. Synthetic rows are in neither.
    """
    fit: list[TrainingExample] = []
    promise: list[TrainingExample] = []
    for example in examples:
        if example.split is Split.CALIBRATION and not example.synthetic:
            part = share_of(example.group, seed=seed, purpose="calibration part")
            (fit if part < 1 / 3 else promise).append(example)
    return fit, promise


def _most(votes: Counter[Split]) -> Split:
    return max(SHARES, key=lambda split: votes[split])


def _example(row: Mapping[str, Any]) -> TrainingExample:
    accepted, template, reply_accepted = row["accepted"], row["template"], row["reply_accepted"]
    asked, flagged = row["flagged_message"], row["flagged_reply"]
    return TrainingExample(
        example_id=str(row["example_id"]),
        source_system=intern(str(row["source_system"])),
        region=intern(str(row["region"])),
        language=intern(str(row["language"])),
        channel=intern(str(row["channel"])),
        product_area=intern(str(row["product_area"])),
        severity=intern(str(row["severity"])),
        sector=intern(str(row["sector"])),
        basis=intern(str(row["basis"])),
        topic=intern(str(row["topic"])),
        topic_set_by=intern(str(row["topic_set_by"])),
        message=str(row["message"]),
        reply=str(row["reply"]),
        template=None if template is None else intern(str(template)),
        agent=None if row["agent"] is None else intern(str(row["agent"])),
        weight=float(row["weight"]),
        outcome_weight=float(row["outcome_weight"]),
        accepted=None if accepted is None else bool(accepted),
        reply_accepted=None if reply_accepted is None else bool(reply_accepted),
        flagged=Flagged(str(asked), str(flagged)) if asked and flagged else None,
        signals=signals_of(str(row["message"]), str(row["reply"])),
        group=str(row["subject_group"]),
        day=row["day"],
        split=Split.TEST,
        simulated=bool(row["simulated"]),
        synthesis=None,
    )
