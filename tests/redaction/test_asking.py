"""R31: many conversations ask the names model together, and each goes on with its own answers."""

from __future__ import annotations

from handrail.redaction.asking import PAUSE, Asking, answered
from handrail.redaction.names_model import names_model
from handrail.redaction.ruleset import Ruleset

MODEL, RULES = Ruleset(names="model"), Ruleset(names="rules")


def asks(*stretches: tuple[str, ...]) -> Asking[list[float]]:
    """Work that asks twice and ends with how likely the first word of each stretch is a name."""
    first = yield stretches
    second = yield stretches[:1]
    return [answer[0].person for answer in (*first, *second)]


def silent() -> Asking[list[float]]:
    return []
    yield ()


def test_each_work_gets_its_own_answers_in_order() -> None:
    xiulan, refund = (("xiulan", "called"), ("refund", "pending"))
    results = answered([asks(xiulan, refund), silent(), asks(refund)], ruleset=MODEL)
    alone = [names_model().likely(one)[0].person for one in (xiulan, refund)]
    assert results == [[*alone, alone[0]], [], [alone[1], alone[1]]]
    assert alone[0] > alone[1]


def test_nothing_to_do_is_nothing_done() -> None:
    assert answered([], ruleset=MODEL) == []
    assert answered([silent()], ruleset=RULES) == [[]]


def test_a_step_is_done_for_all_before_the_next_one_is() -> None:
    done: list[str] = []

    def steps(name: str, count: int) -> Asking[str]:
        for number in range(count):
            done.append(f"{name}{number}")
            yield PAUSE
        return name

    assert answered([steps("a", 2), steps("b", 0), steps("c", 3)], ruleset=RULES) == ["a", "b", "c"]
    assert done == ["a0", "c0", "a1", "c1", "c2"]
