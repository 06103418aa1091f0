"""Sets that are cut in parts."""

from __future__ import annotations

from bench.intents.sets import IntentSet, halved, in_scope, out_of_scope
from handrail.agent.intents import Labeled


def test_matters_that_validation_names_are_not_those_of_the_test() -> None:
    by = [Labeled(f"about {label} {n}", label, 1.0, "") for label in "abcdef" for n in range(4)]
    strange = [Labeled(row.text, None, 1.0, "") for row in by if row.label in "cdef"]
    unheard = Labeled("who knows", None, 1.0, "")
    known = tuple(row for row in by if row.label in "ab")
    data = IntentSet("near", known, (*known, *strange, unheard), (*known, *strange, unheard))
    split = halved(data, by, seed=3)
    about = {row.text: row.label for row in by}
    named_ones = {about[row.text] for row in out_of_scope(split.validation)}
    tested = {about[row.text] for row in out_of_scope(split.test)}
    assert (len(named_ones), len(tested)) == (2, 2)
    assert named_ones | tested == set("cdef")
    assert in_scope(split.test) == in_scope(split.validation) == split.train == known
