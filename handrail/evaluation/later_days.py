"""Are chats of days that nothing was learned of answered as well as those of the days before?"""

from __future__ import annotations

from collections.abc import Iterable

from handrail.bounds import SMALLEST_CELL, interval
from handrail.evaluation.questions import Stratum, Suite
from handrail.evaluation.results import Evaluation
from handrail.verdicts import Finding, holds, not_measured

LATER = "later"  # the tag of a question from a held-out day
_CHECK = "as_right_on_later_days"


def as_right_on_later_days(suite: Suite, evaluation: Evaluation, *, delta: float) -> Finding:
    """Correctness on real questions of held-out days beside that on earlier ones; never blocking.

    FAIL when the two intervals, each with error `delta`, don't meet and the later one is below.
    """
    real = [case for case in suite.cases if case.stratum is Stratum.REAL and case.expected_topic]
    later = _scores(evaluation, (case.case_id for case in real if LATER in case.tags))
    earlier = _scores(evaluation, (case.case_id for case in real if LATER not in case.tags))
    if min(len(later), len(earlier)) < SMALLEST_CELL:
        msg = f"fewer than {SMALLEST_CELL} questions are of held-out days, or of the days before"
        return not_measured(_CHECK, msg, blocking=False)
    new, old = (interval(round(sum(s)), len(s), delta=delta) for s in (later, earlier))
    return holds(
        _CHECK,
        new[1] >= old[0],
        f"{sum(later) / len(later):.1%} right on {len(later)} chats of held-out days ({new[0]:.1%} "
        f"to {new[1]:.1%}), {sum(earlier) / len(earlier):.1%} on {len(earlier)} of earlier ones "
        f"({old[0]:.1%} to {old[1]:.1%})",
        blocking=False,
        later=len(later),
        later_share=round(sum(later) / len(later), 4),
        earlier=len(earlier),
        earlier_share=round(sum(earlier) / len(earlier), 4),
    )


def _scores(evaluation: Evaluation, ids: Iterable[str]) -> list[float]:
    values = evaluation.values("correctness")
    return [values[case_id] for case_id in ids if case_id in values]
