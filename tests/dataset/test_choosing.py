"""From admitted rows to a training set: every row is kept, or left out by one rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from handrail.dataset.admission import admission_rules
from handrail.dataset.checks import no_split_leakage
from handrail.dataset.choosing import Chosen, choose, with_synthetic
from handrail.dataset.guards import no_supplier_dominates
from handrail.dataset.mix import MixTarget
from handrail.dataset.model import Split, Synthesis, TrainingExample
from handrail.dataset.splits import offered
from handrail.settings import DatasetSettings
from handrail.verdicts import Verdict
from tests.dataset.test_manifest import frozen
from tests.dataset.test_splits import _word, row

RULES = DatasetSettings(burst_rows=3, supplier_rows=4, held_out_share=0.2, held_out_least_days=5)
MIX = MixTarget(
    most_times_median=2, uncapped_rows=2, shares={}, tolerance=0.02, least_kept=0.5
)  # fmt: skip
FIRST = date(2026, 1, 1)
ROWS = st.lists(
    st.tuples(st.integers(0, 15), st.integers(0, 25), st.integers(0, 12), st.integers(0, 2)),
    min_size=1,
    max_size=80,
).map(lambda rows: [admitted(n, *one) for n, one in enumerate(rows)])


def admitted(number: int, person: int, text: int, day: int, topic: int) -> dict[str, Any]:
    return row(
        f"c{number:03}", f"s{person}", f"{_word(text)} of {_word(text * 7919)}",
        day=FIRST + timedelta(days=day), topic=f"topic_{topic}", agent=f"a{person % 4}",
    )  # fmt: skip


def chosen(rows: list[dict[str, Any]]) -> Chosen:
    return choose(offered(rows), nameless=(), rules=RULES, mix=MIX, seed=1)


def written(number: int, message: str) -> TrainingExample:
    (example,) = offered([row(f"synthetic-{number}", f"synthetic-{number}", message)])
    mark = Synthesis("grammar/1", 1, "cell", (), False)
    return replace(example, split=Split.TRAIN, simulated=False, synthesis=mark)


@limits(max_examples=60, deadline=None)
@given(ROWS)
def test_every_admitted_row_is_kept_or_left_out_by_one_known_rule(
    rows: list[dict[str, Any]],
) -> None:
    """R3: offered = kept + left out, exactly, at every step."""
    made = chosen(rows)
    ids = [e.example_id for e in made.examples] + [left.example_id for left in made.left_out]
    assert sorted(ids) == [r["example_id"] for r in rows]
    assert {f"dataset|{left.rule}" for left in made.left_out} <= admission_rules().keys()


@limits(max_examples=60, deadline=None)
@given(ROWS)
def test_what_is_chosen_leaks_nowhere(rows: list[dict[str, Any]]) -> None:
    made = chosen(rows)
    if not made.examples:
        return
    manifest = frozen(list(made.examples), held_out_from=made.held_out_from)
    found = no_split_leakage(made.examples, manifest)
    counted = {
        name: n for name, n in found.measures.items() if name not in ("customers", "clusters")
    }
    assert set(counted.values()) == {0}


def test_nobody_supplies_too_much_of_what_the_mix_leaves() -> None:
    """R24: the cap is a share of a topic's training rows as they are trained on."""
    rules = RULES.model_copy(update={"supplier_rows": 1, "supplier_share": 0.3})
    loud = [admitted(n, n, n, 0, 0) | {"agent": "loud"} for n in range(90)]
    others = [
        admitted(n, n, n, 0, 0) | {"agent": f"a{n}", "channel": "email"} for n in range(90, 300)
    ]
    target = replace(MIX, most_times_median=1)
    made = choose(offered([*loud, *others]), nameless=(), rules=rules, mix=target, seed=1)
    assert {left.rule for left in made.left_out} == {"over_mix", "supplier_cap"}
    assert no_supplier_dominates(made.examples, rules=rules).verdict is Verdict.PASS


def test_a_row_of_a_held_out_day_that_is_learned_from_fails() -> None:
    """Issue 6: splits by customer and time."""
    made = chosen([admitted(n, n, n, n % 10, 0) for n in range(60)])
    assert made.held_out_from is not None
    examples = list(made.examples)
    assert no_split_leakage(
        examples, frozen(examples, held_out_from=made.held_out_from)
    ).verdict is Verdict.PASS  # fmt: skip
    late = next(e for e in examples if e.day >= made.held_out_from)
    leaked = [replace(e, split=Split.TRAIN) if e is late else e for e in examples]
    found = no_split_leakage(leaked, frozen(leaked, held_out_from=made.held_out_from))
    assert (found.verdict, found.measures["rows_of_held_out_days_not_tested_on"]) == (
        Verdict.FAIL, 1,
    )  # fmt: skip


def test_synthetic_rows_come_to_training_unless_they_are_like_what_is_tested_on() -> None:
    """R8: real-only splits, and no synthetic row that tells the model an answer."""
    made = chosen([admitted(n, n, n, 0, 0) for n in range(60)])
    tested = next(e for e in made.examples if e.split is Split.TEST)
    fresh = [written(n, f"{_word(9000 + n)} for {_word(77 * n + 5)}") for n in range(3)]
    rows, clusters = with_synthetic(
        made, [written(9, tested.message.upper()), *fresh], rules=RULES, seed=1
    )
    added = [e for e in rows if e.synthetic]
    assert {e.example_id for e in added} == {e.example_id for e in fresh}
    assert all(e.example_id in clusters for e in rows)
    assert Counter(e.split for e in added) == {Split.TRAIN: 3}
    kept = list(rows)
    assert no_split_leakage(kept, frozen(kept)).verdict is Verdict.PASS
    none = RULES.model_copy(update={"synthetic_share": 0.0})
    assert with_synthetic(made, fresh, rules=none, seed=1)[0] == made.examples
