"""The routing machine: a person is near in every state; a broken machine is caught (R13)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.agent.routing.exploring import events_at, explore
from handrail.agent.routing.machine import (
    WAIT,
    Action,
    Alarm,
    Answer,
    Ask,
    Event,
    Machine,
    Message,
    Phase,
    QueueSaid,
    Regulated,
    Request,
    SayHandOff,
    Silence,
    State,
    SwitchedOff,
    WantsPerson,
)
from handrail.agent.routing.plan import Plan
from handrail.agent.routing.proof import RULES, person_reachable, prove
from handrail.playbook.model import Playbook
from handrail.playbook.queues import ANYTHING_ELSE, WHAT_ABOUT, Need
from handrail.verdicts import Verdict
from tests.agent.routing import AT, REGIONS, SMALL, plan_of, queue

PLAN = plan_of(*SMALL)
NOTHING: frozenset[str] = frozenset()


def told(topic: str | None, *given: str, language: str = "en") -> Message:
    return Message(topic, frozenset(given), language)


def after(*events: Event, plan: Plan = PLAN) -> tuple[State, list[Action]]:
    machine = Machine(plan)
    state, actions = machine.start("en"), []
    for event in events:
        state, action = machine.step(state, event)
        actions.append(action)
    return state, actions


def test_a_conversation_from_start_to_people() -> None:
    state, actions = after(
        told(None),
        told("order_status"),
        told(None, "order_id"),
        told(None),
        QueueSaid("orders", Answer.ACCEPTED),
    )
    assert actions == [
        Ask(WHAT_ABOUT), Ask("order_id"), Ask("amount"), Request("orders"), SayHandOff(),
    ]  # fmt: skip
    assert state.phase is Phase.HANDED_OVER


def test_what_is_given_is_not_asked_and_what_is_collected_is_confirmed() -> None:
    _, actions = after(told("order_status", "order_id"), told(None, "order_id", "amount"))
    assert actions == [Ask("amount"), Ask(ANYTHING_ELSE)]
    _, actions = after(told("order_status", "order_id", "amount"))
    assert actions == [Request("orders")]


@pytest.mark.parametrize(
    "event", [WantsPerson(None), Regulated(("fraud_report",)), SwitchedOff(), Silence()]
)
def test_people_are_asked_at_once(event: Event) -> None:
    """In each state at work; silence before the first message is nobody's wish."""
    for before in ((), (told(None),), (told("order_status"),), (told("order_status", "order_id"),)):
        state, actions = after(*before, event)
        if isinstance(event, Silence) and not before:
            assert actions[-1] == WAIT
            continue
        assert isinstance(actions[-1], Request) and state.phase is Phase.REQUESTED
    assert after(Regulated(("fraud_report",)))[1] == [Request("security")]
    assert after(Regulated(("lawyers", "fraud_report")))[1] == [Request("security")]
    assert after(Regulated(("lawyers",)))[1] == [Request("front")]
    assert after(told("order_status"), WantsPerson(None))[1][-1] == Request("orders")
    assert after(told("order_status"), SwitchedOff())[1][-1] == Request("front")


def test_a_queue_that_refuses_leads_to_the_next_and_at_last_to_the_fallback() -> None:
    """R28: nothing is said before one of them has really accepted."""
    state, actions = after(
        told("order_status", "order_id", "amount"),
        QueueSaid("front", Answer.ACCEPTED),
        QueueSaid("orders", Answer.FULL),
        QueueSaid("orders", Answer.ACCEPTED),
        QueueSaid("returns", Answer.REFUSED),
        QueueSaid("front", Answer.FULL),
        Silence(),
        QueueSaid("front", Answer.ACCEPTED),
        QueueSaid("front", Answer.ACCEPTED),
    )
    assert actions == [
        Request("orders"), WAIT, Request("returns"), WAIT, Request("front"), WAIT,
        Request("front"), SayHandOff(), WAIT,
    ]  # fmt: skip
    assert state.refused == {"orders", "returns", "front"}


def test_another_language_is_spoken_or_goes_to_people() -> None:
    """What was asked is asked again in the new language, and counts."""
    state, actions = after(told("order_status"), told(None, language="de"))
    assert (actions[-1], state.language) == (Ask("order_id"), "de")
    assert state.asked == ("order_id", "order_id")
    assert after(told("order_status"), told(None, language="fi"))[1][-1] == Request("orders")
    assert after(told(None, language="fi"))[1] == [Request("front")]


def test_a_question_without_words_in_the_language_is_not_asked() -> None:
    silent = replace(PLAN, askable={**PLAN.askable, "de": NOTHING})
    assert after(told("order_status", language="de"), plan=silent)[1] == [Request("orders")]
    assert after(told(None, language="de"), plan=silent)[1] == [Request("front")]


def test_the_small_plan_is_proven() -> None:
    found = prove(PLAN)
    assert found.problems == () and found.complete
    assert found.turns == 4  # the opening message and an answer to each of three questions


def test_the_example_is_proven_in_every_region(playbook: Playbook) -> None:
    """R13: over all reachable states; how many there are is told."""
    finding = person_reachable(playbook, REGIONS.values(), on=AT.date())
    assert (finding.verdict, finding.blocking) == (Verdict.PASS, True)
    assert int(finding.measures["states_eu"]) > 500
    assert f"eu: {finding.measures['states_eu']} states" in finding.reason
    for region in REGIONS.values():
        plan = Plan.of(playbook, region=region.name, languages=region.languages, on=AT.date())
        longest = prove(plan).turns
        assert longest == 1 + max(queue.max_questions for queue in plan.queues.values())


EVENTS = st.integers(0, 10**6)


@given(st.lists(EVENTS, max_size=30), st.sampled_from(PLAN.languages))
def test_any_run_stays_among_the_explored_rules(picks: list[int], language: str) -> None:
    """R13: what holds of single steps holds of whole conversations."""
    machine = Machine(PLAN)
    state, asks, said = machine.start(language), [], 0
    accepted = False
    for pick in picks:
        events = list(events_at(PLAN, state))
        event = events[pick % len(events)]
        before = state
        state, action = machine.step(state, event)
        asks += [action.question] if isinstance(action, Ask) else []
        now = event == QueueSaid(before.queue or "", Answer.ACCEPTED)
        accepted |= now and before.phase is Phase.REQUESTED
        said += isinstance(action, SayHandOff)
    assert len(asks) <= 3 and all(asks.count(question) <= 2 for question in asks)
    assert said == accepted == (state.phase is Phase.HANDED_OVER)


# Broken machines. Each breaks one thing; the proof names it and shows the way there.


@dataclass(frozen=True)
class Broken(Machine):
    """The machine with one of its steps replaced."""

    breaks: Callable[[Machine, State, Event, tuple[State, Action]], tuple[State, Action]]

    def step(self, state: State, event: Event) -> tuple[State, Action]:
        return self.breaks(self, state, event, super().step(state, event))


def one_question_too_many(
    machine: Machine, state: State, event: Event, right: tuple[State, Action]
) -> tuple[State, Action]:
    if isinstance(right[1], Request) and len(state.asked) == machine.plan.limit(state.queue) > 1:
        asked = tuple(sorted((*state.asked, ANYTHING_ELSE)))
        return replace(state, phase=Phase.CONFIRM, asked=asked), Ask(ANYTHING_ELSE)
    return right


def asks_a_third_time(
    machine: Machine, state: State, event: Event, right: tuple[State, Action]
) -> tuple[State, Action]:
    if state.asked == ("order_id",) * 2 and isinstance(event, Message):
        return replace(state, asked=("order_id",) * 3), Ask("order_id")
    return right


def asks_what_it_knows(
    machine: Machine, state: State, event: Event, right: tuple[State, Action]
) -> tuple[State, Action]:
    if right[1] == Ask("amount") and "order_id" in right[0].known:
        asked = tuple(sorted((*state.asked, "order_id")))
        return replace(right[0], asked=asked), Ask("order_id")
    return right


def waits_for_ever(
    machine: Machine, state: State, event: Event, right: tuple[State, Action]
) -> tuple[State, Action]:
    return (state, WAIT) if isinstance(event, Message) and not event.given else right


def does_not_count(
    machine: Machine, state: State, event: Event, right: tuple[State, Action]
) -> tuple[State, Action]:
    return replace(right[0], asked=state.asked), right[1]


def hears_no_wish(
    machine: Machine, state: State, event: Event, right: tuple[State, Action]
) -> tuple[State, Action]:
    waits = isinstance(event, WantsPerson) and state.phase is Phase.CONFIRM
    return (state, WAIT) if waits else right


def regulated_goes_on(
    machine: Machine, state: State, event: Event, right: tuple[State, Action]
) -> tuple[State, Action]:
    if isinstance(event, Regulated) and state.phase is Phase.COLLECT:
        return State(Phase.REQUESTED, state.language, "orders"), Request("orders")
    return right


def says_it_too_early(
    machine: Machine, state: State, event: Event, right: tuple[State, Action]
) -> tuple[State, Action]:
    early = isinstance(right[1], Request) and isinstance(event, WantsPerson)
    return (right[0], SayHandOff()) if early else right


def believes_any_queue(
    machine: Machine, state: State, event: Event, right: tuple[State, Action]
) -> tuple[State, Action]:
    if state.phase is Phase.REQUESTED and event == QueueSaid("returns", Answer.ACCEPTED):
        return replace(state, phase=Phase.HANDED_OVER), SayHandOff()
    return right


def keeps_it_quiet(
    machine: Machine, state: State, event: Event, right: tuple[State, Action]
) -> tuple[State, Action]:
    return (right[0], WAIT) if isinstance(right[1], SayHandOff) else right


def forgets(
    machine: Machine, state: State, event: Event, right: tuple[State, Action]
) -> tuple[State, Action]:
    return replace(right[0], known=NOTHING), right[1]


def asks_the_same_queue(
    machine: Machine, state: State, event: Event, right: tuple[State, Action]
) -> tuple[State, Action]:
    if isinstance(event, QueueSaid) and right[1] == Request("returns"):
        return replace(right[0], queue="orders"), Request("orders")
    return right


def falls_over(
    machine: Machine, state: State, event: Event, right: tuple[State, Action]
) -> tuple[State, Action]:
    if isinstance(event, Silence) and state.phase is Phase.CONFIRM:
        raise KeyError(state)
    return right


def loses_an_edge(
    machine: Machine, state: State, event: Event, right: tuple[State, Action]
) -> tuple[State, Action]:
    if isinstance(event, QueueSaid) and right[1] == Request("front"):
        return replace(state, phase=Phase.STRANDED), Alarm()
    return right


@pytest.mark.parametrize(
    ("breaks", "problem"),
    [
        (one_question_too_many, "4 questions are asked, 3 are allowed"),
        (asks_a_third_time, "order_id is asked more than 2 times"),
        (asks_what_it_knows, "order_id is asked for although it was given"),
        (waits_for_ever, "a conversation can go on for ever without a person"),
        (waits_for_ever, "a message gets neither a question nor a person"),
        (does_not_count, "is asked and not counted"),
        (does_not_count, "a conversation can go on for ever without a person"),
        (hears_no_wish, "a person is due at once and is not asked for"),
        (regulated_goes_on, "a regulated matter goes to orders, which doesn't take it"),
        (says_it_too_early, "the hand-off phrase is said although no queue has accepted"),
        (believes_any_queue, "the hand-off phrase is said although no queue has accepted"),
        (keeps_it_quiet, "a queue has accepted and the conversation is not handed over"),
        (forgets, "was given and is forgotten"),
        (asks_the_same_queue, "orders is asked again although it refused: a loop"),
        (asks_the_same_queue, "queues can refuse a case for ever without people taking it"),
        (falls_over, "a step fails with KeyError"),
        (loses_an_edge, "nobody can take over"),
    ],
)
def test_a_broken_machine_is_caught(breaks: Any, problem: str) -> None:
    """R13: a loop, a missing edge, a limit that is off by one, a phrase that comes too early."""
    found = explore(Broken(PLAN, breaks), rules=RULES)
    (example,) = [p for p in found.problems if problem in p.problem]
    assert "start [" in example.path[0]


def test_a_counterexample_is_the_shortest_conversation_that_shows_it() -> None:
    (problem,) = explore(Broken(PLAN, hears_no_wish), rules=RULES).problems[:1]
    opened, answered, unheard = problem.path
    assert opened == (
        "start [en, 0 asked]: a message in en about order_status -> ask order_id -> "
        "collect order_id [en, 1 asked]"
    )
    assert answered.endswith("-> ask anything_else -> confirm [en, 2 asked]")
    assert unheard == (
        "confirm [en, 2 asked]: the customer asks for a person -> nothing -> confirm [en, 2 asked]"
    )


@pytest.mark.parametrize(
    ("queues", "problem"),
    [
        (SMALL[:3], "nobody can take over: eu has no queue to go on with"),
        (
            (SMALL[0], replace(SMALL[1], if_refused="orders"), *SMALL[2:]),
            "orders is asked again although it refused: a loop",
        ),
        (
            (SMALL[0], replace(SMALL[1], if_refused="orders"), *SMALL[2:]),
            "queues can refuse a case for ever without people taking it",
        ),
        (
            (replace(SMALL[0], if_refused="elsewhere"), *SMALL[1:]),
            "nobody can take over: eu has no queue to go on with",
        ),
    ],
)
def test_a_companys_own_queues_are_proven_too(queues: Any, problem: str) -> None:
    """R13: hand-off loops and dead ends in what a company writes."""
    found = prove(plan_of(*queues))
    assert problem in [p.problem for p in found.problems]


def test_what_is_too_large_to_try_is_not_proven(playbook: Playbook) -> None:
    needs = tuple(Need(f"field_{n}", True) for n in range(4))
    large = plan_of(queue("all", takes=("a",), needs=needs, max_questions=5, fallback=True))
    found = explore(Machine(large), rules=RULES, most_steps=1000)
    assert (found.complete, found.problems, found.turns) == (False, (), None)
    assert prove(large).complete, "what the schema allows can be tried"


def test_no_region_is_no_proof(playbook: Playbook) -> None:
    assert person_reachable(playbook, [], on=AT.date()).verdict is Verdict.FAIL
