"""From admitted rows to those of a training set, step by step; every row left out has its rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from handrail.dataset.clusters import nearly_among
from handrail.dataset.guards import without_bursts, without_excess
from handrail.dataset.mix import MixTarget, sampled
from handrail.dataset.model import LeftOut, Split, TrainingExample
from handrail.dataset.splits import assign, clusters_of, held_out_from
from handrail.dataset.synthesis import within_share
from handrail.settings import DatasetSettings


@dataclass(frozen=True)
class Chosen:
    """The rows of a training set before they are frozen, and what was left out on the way.

    `clusters` names the near-duplicate cluster of every row by id. `offered_to_mix` are the rows
    that the sampler chose from. From the day `held_out_from` on rows are for testing only.
    """

    examples: tuple[TrainingExample, ...]
    left_out: tuple[LeftOut, ...]
    clusters: Mapping[str, str]
    held_out_from: date | None
    offered_to_mix: tuple[TrainingExample, ...]


def choose(
    examples: Sequence[TrainingExample],
    *,
    nameless: Collection[str],
    rules: DatasetSettings,
    mix: MixTarget,
    seed: int,
) -> Chosen:
    """Near-duplicates are named, bursts go, rows are split, suppliers capped, the mix is met.

    `nameless`: ids of the rows whose customer nobody knows. Suppliers are capped once more after
    the mix: of fewer rows the same rows are a larger share.
    """
    named = clusters_of(examples)
    rows, bursts = without_bursts(examples, named, nameless=nameless, rules=rules)
    later = held_out_from(rows, share=rules.held_out_share, least_days=rules.held_out_least_days)
    rows, homeless = assign(rows, named, seed=seed, later=later)
    rows, excess = without_excess(rows, rules=rules, seed=seed)
    mixed, over = sampled(rows, target=mix, seed=seed)
    mixed, grown = without_excess(mixed, rules=rules, seed=seed)
    left = (*bursts, *homeless, *excess, *over, *grown)
    return Chosen(tuple(mixed), left, named, later, tuple(rows))


def with_synthetic(
    chosen: Chosen, synthetic: Sequence[TrainingExample], *, rules: DatasetSettings, seed: int
) -> tuple[tuple[TrainingExample, ...], dict[str, str]]:
    """The rows and as many synthetic ones as the limit allows; and every row's cluster.

    One that is nearly a row that is calibrated or tested on would tell the model the answer, so it
    is left out (R8).
    """
    held_out = [e.message for e in chosen.examples if e.split is not Split.TRAIN]
    known = nearly_among([e.message for e in synthetic], held_out)
    fresh = [e for e, is_known in zip(synthetic, known, strict=True) if not is_known]
    training = sum(e.split is Split.TRAIN for e in chosen.examples)
    added = within_share(fresh, training_rows=training, limit=rules.synthetic_share, seed=seed)
    return (*chosen.examples, *added), {**chosen.clusters, **clusters_of(added)}
