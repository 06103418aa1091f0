"""The gate: four scores, the champion and contamination. What isn't measured doesn't pass (R19)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from handrail.bounds import binomial_tail_p
from handrail.errors import Refused
from handrail.evaluation.results import Evaluation, EvaluationKey, Unscored, stale_parts
from handrail.evaluation.slices import lower_bound
from handrail.verdicts import Finding, holds, not_measured

RULES = Path(__file__).with_name("gate.yaml")
CHAMPION_CHECK = "not_worse_than_champion"
CONTAMINATION = "contamination"


@dataclass(frozen=True)
class GateRules:
    """Floors by measure and the tolerance against the champion, read from a YAML file."""

    delta: float
    floors: Mapping[str, float]
    most_net_loss: float
    fewest_shared: int

    @classmethod
    def read(cls, path: Path) -> GateRules:
        """The rules in a YAML file shaped like `gate.yaml`."""
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(delta=table["delta"], floors=table["floors"], **table["champion"])


def gate(
    evaluation: Evaluation,
    champion: Evaluation | Unscored | None,
    *,
    key: EvaluationKey,
    rules: GateRules,
) -> tuple[Finding, ...]:
    """The blocking findings of an evaluation: one a floor, then champion, then contamination.

    `key` names the contents as they are now; an evaluation of other contents raises `Refused`.
    `champion` is the live release's evaluation on this suite, `Unscored` if that failed, None if
    nothing is live yet.
    """
    stale = stale_parts(evaluation, key)
    if stale:
        msg = (
            "the evaluation is stale: " + ", ".join(stale) + " changed since it was made; "
            "evaluate again"
        )
        raise Refused(msg)
    return (
        *(_floor(evaluation, m, floor, rules.delta) for m, floor in rules.floors.items()),
        _not_worse(evaluation, champion, rules),
        _contamination(evaluation),
    )


def _floor(evaluation: Evaluation, measure: str, floor: float, delta: float) -> Finding:
    if not evaluation.complete:
        return not_measured(measure, _incomplete(evaluation))
    bound, n = lower_bound(evaluation, measure, delta=delta)
    if n == 0:
        return not_measured(measure, f"no case of the suite measures {measure}", n=0, floor=floor)
    share = sum(evaluation.values(measure).values()) / n
    side = "at or above" if bound >= floor else "below"
    return holds(
        measure,
        bound >= floor,
        f"{share:.1%} of {n} cases, at least {bound:.1%} with {1 - delta:.0%} confidence: {side} "
        f"the floor of {floor:.0%}",
        share=share,
        lower_bound=bound,
        floor=floor,
        n=n,
    )


def _not_worse(
    evaluation: Evaluation, champion: Evaluation | Unscored | None, rules: GateRules
) -> Finding:
    if champion is None:
        return holds(CHAMPION_CHECK, True, "no champion yet: there is nothing to be worse than")
    if isinstance(champion, Unscored):
        return not_measured(CHAMPION_CHECK, f"the champion could not be scored: {champion.reason}")
    if not evaluation.complete:
        return not_measured(CHAMPION_CHECK, _incomplete(evaluation))
    asked_of_both = {c.case_id for c in evaluation.cases} & {c.case_id for c in champion.cases}
    shared = len(asked_of_both)
    if shared < rules.fewest_shared:
        reason = f"only {shared} questions were asked of both, {rules.fewest_shared} are needed"
        return not_measured(CHAMPION_CHECK, reason, shared=shared)
    measures: dict[str, int | float | str] = {"shared": shared}
    worse = []
    for measure in rules.floors:
        ours, theirs = evaluation.values(measure), champion.values(measure)
        both = ours.keys() & theirs.keys()
        lost = sum(ours[i] < theirs[i] for i in both)
        won = sum(ours[i] > theirs[i] for i in both)
        measures[f"{measure}_lost"], measures[f"{measure}_won"] = lost, won
        if lost > won and _matters(lost, won, len(both), rules):
            worse.append(f"{measure} (lost {lost}, won {won} of {len(both)})")
    if worse:
        return holds(
            CHAMPION_CHECK, False, "worse in " + ", ".join(worse), blocking=True, **measures
        )
    reason = f"no measure is worse on the {shared} questions asked of both"
    return holds(CHAMPION_CHECK, True, reason, blocking=True, **measures)


def _matters(lost: int, won: int, n: int, rules: GateRules) -> bool:
    """Whether the net loss is over the tolerance or not explained by chance (McNemar, exact)."""
    chance = binomial_tail_p(won, lost + won, alpha=0.5)
    return (lost - won) / n > rules.most_net_loss or chance < rules.delta


def _contamination(evaluation: Evaluation) -> Finding:
    if not evaluation.complete:
        return not_measured(CONTAMINATION, _incomplete(evaluation))
    values = evaluation.values(CONTAMINATION)
    if len(values) < len(evaluation.cases):
        return not_measured(CONTAMINATION, "not every reply was searched for other regions' texts")
    foreign = len(values) - round(sum(values.values()))
    reason = f"{foreign} of {len(values)} replies hold something of another region"
    return holds(CONTAMINATION, foreign == 0, reason, foreign=foreign, n=len(values))


def _incomplete(evaluation: Evaluation) -> str:
    if not evaluation.suite_complete:
        return "the suite is smaller than its strata need"
    answered = len(evaluation.cases)
    return f"the evaluation is incomplete: {answered} of {evaluation.asked} questions were scored"
