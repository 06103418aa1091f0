"""A model is asked about days that it knows nothing of, and the answer is shown beside the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from handrail.evaluation.content_files import CONTENT
from handrail.evaluation.later_days import LATER, as_right_on_later_days
from handrail.evaluation.questions import Suite
from handrail.evaluation.results import CaseScores, Evaluation
from handrail.evaluation.suite import RULES, SuiteRules, build_suite
from handrail.playbook.model import Playbook
from handrail.verdicts import Verdict
from tests.dataset.test_splits import _word
from tests.evaluation.conftest import AT, key_of, row

NEW = date(2026, 1, 20)


@pytest.fixture
def suite(playbook: Playbook) -> Suite:
    """Forty real questions, every second one of a held-out day."""
    rows = [
        replace(row(n, f"{_word(n)} or {_word(31 * n)}"), day=NEW if n % 2 else row(0, "").day)
        for n in range(40)
    ]
    return build_suite(
        rows, Path(CONTENT), training=(), region="eu", languages=("en",), playbook=playbook,
        seed=1, at=AT, later=NEW, rules=SuiteRules.read(RULES),
    )  # fmt: skip


def answered(suite: Suite, *, wrong_later: int) -> Evaluation:
    """Everything right but for so many of the later questions."""
    left = wrong_later
    scores = []
    for case in suite.cases:
        is_wrong = LATER in case.tags and left > 0
        left -= is_wrong
        scores.append(
            CaseScores(
                case.case_id, case.stratum, case.expected_topic or "none", "en", "resolve", "send",
                {"correctness": 0.0 if is_wrong else 1.0}, {},
            )
        )  # fmt: skip
    return Evaluation("eu", key_of(), True, len(scores), (), tuple(scores))


def test_rows_of_held_out_days_are_tagged(suite: Suite) -> None:
    tagged = {case.case_id for case in suite.cases if LATER in case.tags}
    assert tagged == {f"real.c{n:04}" for n in range(1, 40, 2)}


def test_as_right_as_before_passes_and_much_worse_fails(suite: Suite) -> None:
    """Issue 6: the later days are a slice of their own."""
    even = as_right_on_later_days(suite, answered(suite, wrong_later=1), delta=0.05)
    assert (even.verdict, even.blocking) == (Verdict.PASS, False)
    assert even.measures["later"] == even.measures["earlier"] == 20
    worse = as_right_on_later_days(suite, answered(suite, wrong_later=15), delta=0.05)
    assert worse.verdict is Verdict.FAIL


def test_too_few_later_questions_are_not_measured(suite: Suite) -> None:
    few = replace(suite, cases=tuple(replace(case, tags=()) for case in suite.cases))
    found = as_right_on_later_days(few, answered(few, wrong_later=0), delta=0.05)
    assert found.verdict is Verdict.NOT_MEASURED
