"""Guards against poisoned chats: bursts from one source, and too much from one supplier.

Who writes the same thing again and again, or supplies a large part of a topic, could teach the
agent a falsehood of their own (Carlini et al., "Poisoning Web-Scale Training Datasets is
Practical", IEEE S&P 2024: a few hundredths of a percent of the rows suffice). Both guards judge by
counts alone and never by content, so they need no idea of what the falsehood is.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from handrail.dataset.model import LeftOut, Split, TrainingExample
from handrail.dataset.splits import share_of
from handrail.settings import DatasetSettings
from handrail.verdicts import Finding, holds, not_measured

_NUMBERED_IN_CHAT = re.compile(r"agent-\d{1,6}")  # the scrubber's other ids are twelve hex digits
BURST, SUPPLIER_CAP = "burst", "supplier_cap"


def without_bursts(
    examples: Sequence[TrainingExample],
    clusters: Mapping[str, str],
    *,
    nameless: Collection[str],
    rules: DatasetSettings,
) -> tuple[list[TrainingExample], list[LeftOut]]:
    """The examples without the near-duplicates (`clusters`: example id -> cluster) of a burst.

    All rows of a burst go, the first one too: nobody knows which of them was honest. Rows whose
    customer nobody knows (`nameless`, by example id) may be one's or many people's, of whom some
    say the same: those of one source are a burst where they are too many for one supplier.
    """
    alone = {row.example_id for row in examples if row.example_id in nameless}

    def sender(row: TrainingExample) -> tuple[str, str]:
        if row.example_id in alone:
            return "source", row.source_system
        return "customer", row.group

    counts = Counter((sender(row), clusters[row.example_id]) for row in examples)
    of_source = Counter(row.source_system for row in examples if row.example_id in alone)
    kept, left = [], []
    for row in examples:
        share = of_source[row.source_system] if row.example_id in alone else 0
        least = max(rules.burst_rows, math.ceil(rules.supplier_share * share))
        if counts[sender(row), clusters[row.example_id]] >= least:
            left.append(LeftOut(row.example_id, BURST))
        else:
            kept.append(row)
    return kept, left


def without_excess(
    examples: Sequence[TrainingExample], *, rules: DatasetSettings, seed: int
) -> tuple[list[TrainingExample], list[LeftOut]]:
    """The examples with no more training rows of one customer or agent than the rules allow.

    Which of a supplier's rows stay is a keyed hash of the row's id. A row that names no agent
    counts for its conversation alone. Calibration and test rows stay: they teach nothing, and a
    promise needs them as they came.
    """
    train = [row for row in examples if row.split is Split.TRAIN and not row.synthetic]
    by_topic: dict[str, list[TrainingExample]] = defaultdict(list)
    for row in sorted(train, key=lambda row: share_of(row.example_id, seed=seed, purpose="cap")):
        by_topic[row.topic].append(row)
    stays: set[str] = set()
    for rows in by_topic.values():
        stays |= {row.example_id for row in _within(rows, rules)}
    excess = {row.example_id for row in train} - stays
    return (
        [row for row in examples if row.example_id not in excess],
        [LeftOut(row.example_id, SUPPLIER_CAP) for row in train if row.example_id in excess],
    )


def no_supplier_dominates(
    examples: Sequence[TrainingExample], *, rules: DatasetSettings
) -> Finding:
    """No customer and no agent has more of a topic's training rows than the rules allow."""
    rows = [row for row in examples if row.split is Split.TRAIN and not row.synthetic]
    if not rows:
        return not_measured("no_supplier_dominates", "there are no training rows of people")
    topics = Counter(row.topic for row in rows)
    suppliers = Counter((row.topic, f"{kind} {who(row)}") for kind, who in _KINDS for row in rows)
    over = sum(count > _most(topics[topic], rules) for (topic, _), count in suppliers.items())
    share = max(
        (n / topics[t] for (t, _), n in suppliers.items() if n > rules.supplier_rows), default=0.0
    )
    return holds(
        "no_supplier_dominates",
        not over,
        f"{over} customers or agents have more than {rules.supplier_rows} rows and more than "
        f"{rules.supplier_share:.1%} of a topic's training rows; the most that one with more than "
        f"{rules.supplier_rows} has is {share:.1%}",
        over=over,
        largest_share=round(share, 4),
    )


def customer_of(row: TrainingExample) -> str:
    """The customer that a row comes from; without a known one, the conversation itself."""
    return row.group


def agent_of(row: TrainingExample) -> str:
    """The agent that a row comes from; without a known one, the conversation itself.

    One whom the export gives a name and no number is told apart within the chat alone.
    """
    if row.agent is None or _NUMBERED_IN_CHAT.fullmatch(row.agent):
        return row.example_id
    return row.agent


def _within(rows: Sequence[TrainingExample], rules: DatasetSettings) -> Sequence[TrainingExample]:
    """The rows of one topic that stay. A share is of what stays, so it is taken until it holds."""
    while True:
        most = _most(len(rows), rules)
        kept = rows
        for _, supplier in _KINDS:
            kept = _at_most(kept, most, supplier)
        if len(kept) == len(rows):
            return kept
        rows = kept


def _most(rows: int, rules: DatasetSettings) -> int:
    return max(rules.supplier_rows, int(rules.supplier_share * rows))


def _at_most(
    rows: Sequence[TrainingExample], most: int, supplier: Callable[[TrainingExample], str]
) -> list[TrainingExample]:
    taken: Counter[str] = Counter()
    kept = []
    for row in rows:
        taken[supplier(row)] += 1
        if taken[supplier(row)] <= most:
            kept.append(row)
    return kept


_KINDS = (("customer", customer_of), ("agent", agent_of))
