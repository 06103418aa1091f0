"""The frozen training set: its records, the manifest that names it, the checks it passes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter

from handrail.access import Purpose
from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.wording import signature
from handrail.digests import canonical, digest
from handrail.errors import BadInput, without_chat_text
from handrail.residency import Labels, Region, mixed, require_region
from handrail.verdicts import Finding, holds, not_measured

MAX_SYNTHETIC_SHARE = 0.30

_STAMP = re.compile(r"[0-9a-f]{64}")
# A coarse look that shares nothing with the scrubber: addresses, and runs of digits as in cards,
# accounts and phones.
_UNREDACTED = re.compile(r"[^\s@\[\]]+@[^\s@\[\]]+\.\w{2,}|\d(?:[ -]?\d){12,}")


@dataclass(frozen=True)
class DatasetManifest:
    """What a training set is made of; `digest` covers every example and is the set's id.

    `inputs` are the digests of what it was made from, by asset partition; `scrubbers` those of the
    scrubber versions in it. Rows offered = rows + left out (near-duplicates across splits).
    `labels` are what everything made of it inherits; `kept_apart` the no-mix sectors of its region.
    """

    digest: str
    region: str
    rows: int
    rows_offered: int
    rows_left_out: int
    by_split: Mapping[str, int]
    by_topic: Mapping[str, int]
    by_language: Mapping[str, int]
    inputs: Mapping[str, str]
    scrubbers: tuple[str, ...]
    seed: int
    simulated_share: float
    synthetic_share: float
    labels: Labels
    kept_apart: tuple[str, ...]


def freeze(
    examples: Iterable[TrainingExample],
    *,
    region: Region,
    inputs: Mapping[str, str],
    scrubbers: Iterable[str],
    seed: int,
    rows_offered: int,
) -> tuple[list[tuple[TrainingExample, bytes]], DatasetManifest]:
    """Each example with its stored bytes, by id, and the manifest. The same input, the same bytes.

    `ResidencyViolation` if a row is of another region, `Refused` if rows may not be mixed (R39),
    `BadInput` if there are no rows or two of one id.
    """
    rows = sorted(examples, key=lambda e: e.example_id)
    for row in rows:
        require_region(region.name, row.region, "a training row")
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
    payloads = [canonical(row) for row in rows]
    manifest = DatasetManifest(
        digest=digest([digest(payload) for payload in payloads]),
        region=region.name,
        rows=len(rows),
        rows_offered=rows_offered,
        rows_left_out=rows_offered - len(rows),
        by_split=_counts(row.split for row in rows),
        by_topic=_counts(row.topic for row in rows),
        by_language=_counts(row.language for row in rows),
        inputs=dict(sorted(inputs.items())),
        scrubbers=tuple(sorted(set(scrubbers))),
        seed=seed,
        # Of the rows that people wrote, or played: a generator's are neither.
        simulated_share=sum(row.simulated for row in rows)
        / max(1, sum(not row.synthetic for row in rows)),
        synthetic_share=sum(row.synthetic for row in rows) / len(rows),
        labels=mixed((row.labels for row in rows), region=region),
        kept_apart=region.no_mix_sectors,
    )
    return list(zip(rows, payloads, strict=True)), manifest


def thaw(payload: bytes) -> TrainingExample:
    """The example that `freeze` stored; anything else is `Withheld`, without quoting it."""
    with without_chat_text("a stored training row"):
        return _adapter().validate_json(payload)


def findings(examples: Sequence[TrainingExample], manifest: DatasetManifest) -> list[Finding]:
    """The blocking checks of `training_dataset`."""
    return [
        only_redacted(examples, manifest),
        one_region_group(examples, manifest),
        sectors_kept_apart(examples, manifest),
        no_split_leakage(examples),
        synthetic_share_within_limit(manifest),
    ]


def only_redacted(examples: Sequence[TrainingExample], manifest: DatasetManifest) -> Finding:
    """Every row comes from stamped scrubber output and holds no address or long number."""
    if not examples or not manifest.scrubbers:
        return not_measured("only_redacted", "no rows, or no scrubber stamp to trace them to")
    stamped = all(_STAMP.fullmatch(scrubber) for scrubber in manifest.scrubbers)
    visible = sum(bool(_UNREDACTED.search(f"{e.message}\n{e.reply}")) for e in examples)
    return holds(
        "only_redacted",
        stamped and not visible,
        f"{len(examples)} rows of {len(manifest.scrubbers)} scrubber versions; "
        f"{visible} show an address or a long number",
        rows=len(examples),
        rows_with_visible_values=visible,
    )


def one_region_group(examples: Sequence[TrainingExample], manifest: DatasetManifest) -> Finding:
    """Every row is of the manifest's region and says its language. R6."""
    if not examples:
        return not_measured("one_region_group", "there are no rows")
    foreign = sum(e.region != manifest.region for e in examples)
    unlabeled = sum(not e.language for e in examples)
    return holds(
        "one_region_group",
        not foreign and not unlabeled,
        f"{foreign} rows of another region than {manifest.region}, {unlabeled} without a language",
        rows=len(examples),
        rows_of_other_regions=foreign,
        rows_without_language=unlabeled,
    )


def sectors_kept_apart(examples: Sequence[TrainingExample], manifest: DatasetManifest) -> Finding:
    """No row is of a sector that the region keeps apart, and everybody agreed to training. R39."""
    if not examples:
        return not_measured("sectors_kept_apart", "there are no rows")
    apart = sum(e.sector in manifest.kept_apart for e in examples)
    others = sum(Purpose.TRAINING not in e.labels.purposes for e in examples)
    return holds(
        "sectors_kept_apart",
        not apart and not others,
        f"sectors {', '.join(manifest.labels.sectors)}; {apart} rows of a sector that is kept "
        f"apart ({', '.join(manifest.kept_apart) or 'none is'}), {others} not for training",
        rows=len(examples),
        rows_kept_apart=apart,
        rows_not_for_training=others,
        sectors=len(manifest.labels.sectors),
    )


def no_split_leakage(examples: Sequence[TrainingExample]) -> Finding:
    """No customer and no near-duplicate message is in two splits, and no split is empty."""
    if not examples:
        return not_measured("no_split_leakage", "there are no rows")
    people: dict[str, set[Split]] = defaultdict(set)
    messages: dict[str, set[Split]] = defaultdict(set)
    for example in examples:
        people[example.group].add(example.split)
        messages[signature(example.message)].add(example.split)
    crossing_people = sum(len(splits) > 1 for splits in people.values())
    crossing_messages = sum(len(splits) > 1 for splits in messages.values())
    empty = [split for split in Split if all(e.split is not split for e in examples)]
    return holds(
        "no_split_leakage",
        not crossing_people and not crossing_messages and not empty,
        f"{crossing_people} customers and {crossing_messages} messages in more than one split; "
        f"empty splits: {', '.join(empty) or 'none'}",
        customers=len(people),
        customers_in_two_splits=crossing_people,
        messages_in_two_splits=crossing_messages,
    )


def synthetic_share_within_limit(manifest: DatasetManifest) -> Finding:
    """At most 30 % of the rows were written by a generator."""
    return holds(
        "synthetic_share_within_limit",
        manifest.synthetic_share <= MAX_SYNTHETIC_SHARE,
        f"{manifest.synthetic_share:.1%} of the rows are synthetic "
        f"(limit {MAX_SYNTHETIC_SHARE:.0%})",
        synthetic_share=round(manifest.synthetic_share, 4),
    )


def _counts(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(str(value) for value in values).items()))


@cache
def _adapter() -> TypeAdapter[TrainingExample]:
    return TypeAdapter(TrainingExample)
