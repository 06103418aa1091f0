"""The claim `person_reachable`: what must hold of every step of a routing machine (R13, R28)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from handrail.agent.routing.exploring import Exploration, Rule, Step, explore
from handrail.agent.routing.machine import (
    MOST_TIMES,
    Answer,
    Ask,
    Machine,
    Message,
    Phase,
    QueueSaid,
    Regulated,
    Request,
    SayHandOff,
    SwitchedOff,
    WantsPerson,
)
from handrail.agent.routing.plan import Plan
from handrail.playbook.model import Playbook
from handrail.residency import Region
from handrail.verdicts import Finding, holds, not_measured

_DONE = (Phase.HANDED_OVER, Phase.STRANDED)


def person_reachable(playbook: Playbook, regions: Iterable[Region], *, on: date) -> Finding:
    """A person is reachable from every state of a conversation, in every region (R13).

    Proven by walking all states of the playbook's own queues: whatever customers write and however
    queues answer, people are asked to take over after at most k questions, at once where a person
    is wanted or a matter is regulated, in no loop, and nobody is told so before a queue accepted.
    That the fallback accepts in the end is the one thing taken for granted.
    """
    served = list(regions)
    seen = {
        region.name: prove(Plan.of(playbook, region=region.name, languages=region.languages, on=on))
        for region in served
    }
    sizes: dict[str, Any] = {f"states_{name}": found.states for name, found in seen.items()}
    check = "person_reachable"
    broken = [f"{name}: {p}" for name, found in seen.items() for p in found.problems]
    if broken or not served:
        reason = "\n".join(broken) or "there is no region to prove it for"
        return holds(check, False, reason, problems=len(broken), **sizes)
    too_large = [name for name, found in seen.items() if not found.complete]
    if too_large:
        reason = (
            f"{', '.join(too_large)}: more steps than can be tried: let queues need fewer "
            "fields or ask fewer questions"
        )
        return not_measured(check, reason, **sizes)
    told = "; ".join(
        f"{name}: {f.states} states, {f.steps} steps tried, people are asked after at most "
        f"{f.turns} messages"
        for name, f in seen.items()
    )
    return holds(check, True, told, **sizes)


def prove(plan: Plan) -> Exploration:
    """Explore the machine that goes by `plan`."""
    return explore(Machine(plan), rules=RULES)


def _asks_within_limits(plan: Plan, step: Step) -> str | None:
    state, _, action, after = step
    if not isinstance(action, Ask):
        return None
    asked = action.question
    if after.asked != tuple(sorted((*state.asked, asked))):
        return f"{asked} is asked and not counted"
    if len(after.asked) > plan.limit(after.queue):
        return f"{len(after.asked)} questions are asked, {plan.limit(after.queue)} are allowed"
    if after.asked.count(asked) > MOST_TIMES:
        return f"{asked} is asked more than {MOST_TIMES} times"
    return None


def _asks_what_may_be_asked(plan: Plan, step: Step) -> str | None:
    _, event, action, after = step
    if not isinstance(action, Ask):
        return None
    given = event.given if isinstance(event, Message) else frozenset()
    if action.question in after.known | given:
        return f"{action.question} is asked for although it was given"
    if action.question not in plan.askable.get(after.language, frozenset()):
        return f"{action.question} has no approved words in {after.language}"
    return None


def _forgets_nothing(plan: Plan, step: Step) -> str | None:
    state, event, action, after = step
    if not isinstance(action, Ask):
        return None
    queue = plan.queues.get(after.queue or "")
    needed = {need.field for need in queue.needs} if queue else set()
    given = event.given if isinstance(event, Message) else frozenset()
    gone = ((given & needed) | state.known) - after.known
    if state.queue not in (None, after.queue):
        return f"a case of {state.queue} becomes one of {after.queue}"
    return f"{', '.join(sorted(gone))} was given and is forgotten" if gone else None


def _people_at_once(plan: Plan, step: Step) -> str | None:
    state, event, action, after = step
    if state.phase in (*_DONE, Phase.REQUESTED):
        return None
    if not isinstance(event, WantsPerson | Regulated | SwitchedOff):
        return None
    if after.phase is not Phase.REQUESTED or not isinstance(action, Request):
        return "a person is due at once and is not asked for"
    if isinstance(event, Regulated):
        takers = {plan.takers[m] for m in event.matters if m in plan.takers}
        if action.queue not in (takers or {plan.fallback or ""}):
            return f"a regulated matter goes to {action.queue}, which doesn't take it"
    return None


def _says_hand_off_when_accepted(plan: Plan, step: Step) -> str | None:
    state, event, action, after = step
    del plan
    accepted = (
        state.phase is Phase.REQUESTED
        and isinstance(event, QueueSaid)
        and (event.queue, event.answer) == (state.queue, Answer.ACCEPTED)
    )
    if isinstance(action, SayHandOff) and not accepted:
        return "the hand-off phrase is said although no queue has accepted"
    if accepted and (after.phase is not Phase.HANDED_OVER or not isinstance(action, SayHandOff)):
        return "a queue has accepted and the conversation is not handed over"
    if after.phase is Phase.HANDED_OVER and not accepted and state.phase is not after.phase:
        return "a conversation counts as handed over although no queue has accepted"
    return None


def _no_queue_twice(plan: Plan, step: Step) -> str | None:
    state, event, action, after = step
    del event, state
    if not isinstance(action, Request):
        return None
    if action.queue not in plan.queues or action.queue != after.queue:
        return f"an item of {action.queue} is requested, which is no queue of {plan.region}"
    if action.queue in after.refused and action.queue != plan.fallback:
        return f"{action.queue} is asked again although it refused: a loop"
    return None


def _never_stranded(plan: Plan, step: Step) -> str | None:
    state, _, _, after = step
    if after.phase is Phase.STRANDED and state.phase is not Phase.STRANDED:
        return f"nobody can take over: {plan.region} has no queue to go on with"
    return None


def _near_enough(plan: Plan, step: Step) -> str | None:
    """Work goes on only by a question: each one counts, so that there is an end."""
    state, event, action, after = step
    del plan
    heard = isinstance(event, Message)
    waiting = after.phase not in (*_DONE, Phase.REQUESTED)
    if heard and state.phase not in (*_DONE, Phase.REQUESTED) and waiting:
        return None if isinstance(action, Ask) else "a message gets neither a question nor a person"
    return None


RULES: Mapping[str, Rule] = {
    "asks_within_limits": _asks_within_limits,
    "asks_what_may_be_asked": _asks_what_may_be_asked,
    "forgets_nothing": _forgets_nothing,
    "people_at_once": _people_at_once,
    "says_hand_off_when_accepted": _says_hand_off_when_accepted,
    "no_queue_twice": _no_queue_twice,
    "never_stranded": _never_stranded,
    "a_question_or_a_person": _near_enough,
}
