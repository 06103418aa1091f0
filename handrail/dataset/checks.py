"""The blocking checks of a training set: what must hold before anything is made of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from handrail.access import Purpose
from handrail.dataset.clusters import clusters
from handrail.dataset.manifest import DatasetManifest
from handrail.dataset.model import Split, TrainingExample
from handrail.settings import DatasetSettings
from handrail.verdicts import Finding, holds, not_measured

_STAMP = re.compile(r"[0-9a-f]{64}")
# A coarse look that shares nothing with the scrubber: addresses, and runs of digits as in cards,
# accounts and phones.
_UNREDACTED = re.compile(r"[^\s@\[\]]+@[^\s@\[\]]+\.\w{2,}|\d(?:[ -]?\d){12,}")


def findings(
    examples: Sequence[TrainingExample], manifest: DatasetManifest, *, rules: DatasetSettings
) -> list[Finding]:
    """The blocking checks of `training_dataset`."""
    return [
        only_redacted(examples, manifest),
        one_region_group(examples, manifest),
        sectors_kept_apart(examples, manifest),
        no_split_leakage(examples, manifest),
        synthetic_share_within_limit(manifest, rules=rules),
    ]


def only_redacted(examples: Sequence[TrainingExample], manifest: DatasetManifest) -> Finding:
    """Every row comes from stamped scrubber output and holds no address or long number."""
    if not examples or not manifest.provenance.scrubbers:
        return not_measured("only_redacted", "no rows, or no scrubber stamp to trace them to")
    stamped = all(_STAMP.fullmatch(scrubber) for scrubber in manifest.provenance.scrubbers)
    visible = sum(bool(_UNREDACTED.search("\n".join(_texts(e)))) for e in examples)
    return holds(
        "only_redacted",
        stamped and not visible,
        f"{len(examples)} rows of {len(manifest.provenance.scrubbers)} scrubber versions; "
        f"{visible} show an address or a long number",
        rows=len(examples),
        rows_with_visible_values=visible,
    )


def _texts(row: TrainingExample) -> Iterator[str]:
    """All of a row that is a chat's words."""
    yield from (row.message, row.reply)
    if row.flagged is not None:
        yield from (row.flagged.message, row.flagged.reply)


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
    """No row is of a sector that the region keeps apart, and none may only be asked. R39."""
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


def no_split_leakage(examples: Sequence[TrainingExample], manifest: DatasetManifest) -> Finding:
    """No customer and no near-duplicate message is in two splits, and no split is empty.

    From the first held-out day on rows are tested on and nothing else, and no synthetic row is
    outside training. Clusters are looked for anew, among the rows as they are.
    """
    if not examples:
        return not_measured("no_split_leakage", "there are no rows")
    people: dict[str, set[Split]] = defaultdict(set)
    messages: dict[str, set[Split]] = defaultdict(set)
    for example, cluster in zip(examples, clusters([e.message for e in examples]), strict=True):
        people[example.group].add(example.split)
        messages[cluster].add(example.split)
    crossing_people = sum(len(splits) > 1 for splits in people.values())
    crossing_messages = sum(len(splits) > 1 for splits in messages.values())
    later = manifest.provenance.held_out_from
    too_new = sum(
        later is not None and e.day >= later and e.split is not Split.TEST and not e.synthetic
        for e in examples
    )
    tested_on = sum(e.synthetic and e.split is not Split.TRAIN for e in examples)
    empty = [split for split in Split if all(e.split is not split for e in examples)]
    return holds(
        "no_split_leakage",
        not (crossing_people or crossing_messages or too_new or tested_on or empty),
        f"{crossing_people} customers and {crossing_messages} near-duplicate messages in more than "
        f"one split; {too_new} rows learned from or calibrated on that are of held-out days "
        f"({f'from {later} on' if later else 'none is held out'}); {tested_on} synthetic rows "
        f"tested on; empty splits: {', '.join(empty) or 'none'}",
        customers=len(people),
        clusters=len(messages),
        customers_in_two_splits=crossing_people,
        messages_in_two_splits=crossing_messages,
        rows_of_held_out_days_not_tested_on=too_new,
        synthetic_rows_tested_on=tested_on,
    )


def synthetic_share_within_limit(manifest: DatasetManifest, *, rules: DatasetSettings) -> Finding:
    """No more of what is trained on is a generator's than `[dataset] synthetic_share`. R8.

    All that it wrote is: `TrainingExample` refuses another split.
    """
    trained_on = manifest.counts["split"].get(Split.TRAIN, 0)
    share = manifest.synthetic.rows / trained_on if trained_on else 0.0
    return holds(
        "synthetic_share_within_limit",
        share <= rules.synthetic_share,
        f"{share:.1%} of the training rows are synthetic (limit {rules.synthetic_share:.0%})",
        synthetic_share=round(share, 4),
    )
