"""The routing machine: it understands, collects, confirms and hands over, and answers nothing.

Pure: `step` is a function of state, event and plan. What it may do is so little that all of it can
be tried: `exploring` walks every reachable state and proves that a person is always near (R13).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from handrail.agent.routing.plan import Plan
from handrail.playbook.queues import ANYTHING_ELSE, WHAT_ABOUT

MOST_TIMES = 2  # no question is put more often, however it was answered


class Phase(StrEnum):
    """Where a conversation stands."""

    START = "start"
    UNDERSTAND = "understand"
    COLLECT = "collect"
    CONFIRM = "confirm"
    REQUESTED = "requested"
    HANDED_OVER = "handed over"
    STRANDED = "stranded"  # nobody to hand over to: proven never to happen


@dataclass(frozen=True)
class State:
    """All that the machine knows. No word of the customer is in it.

    `asked` lists the questions put so far, sorted; `known` the fields of the queue in charge that
    are given; `refused` the queues that said no. Once people are asked for, there is nothing more
    to ask, and only language, queue and `refused` are left.
    """

    phase: Phase
    language: str
    queue: str | None = None
    asking: str | None = None
    asked: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Message:
    """The customer wrote. `topic` is None when no topic fits (out of scope).

    `given` are the fields found so far in the conversation, `language` the one they write in now.
    """

    topic: str | None
    given: frozenset[str]
    language: str


@dataclass(frozen=True)
class WantsPerson:
    """The customer asks for a person, or wants no AI."""

    topic: str | None


@dataclass(frozen=True)
class Regulated:
    """A regulated trigger fired, whatever the confidence; `matters` are topics or matters."""

    matters: tuple[str, ...]


@dataclass(frozen=True)
class Silence:
    """The customer has not answered in time."""


@dataclass(frozen=True)
class SwitchedOff:
    """The role may not go on: a kill switch, or a mandate that is not in force."""


class Answer(StrEnum):
    """What a queue says to a request."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    FULL = "full"


@dataclass(frozen=True)
class QueueSaid:
    """A queue answered a request for an item."""

    queue: str
    answer: Answer


Event = Message | WantsPerson | Regulated | Silence | SwitchedOff | QueueSaid


@dataclass(frozen=True)
class Ask:
    """Put this question to the customer, in the language of the state."""

    question: str


@dataclass(frozen=True)
class Request:
    """Ask this queue for an item, with all that was collected. The customer is told nothing yet."""

    queue: str


@dataclass(frozen=True)
class SayHandOff:
    """Say the hand-off phrase: a queue has really accepted (R28)."""


@dataclass(frozen=True)
class Wait:
    """Nothing to do."""


@dataclass(frozen=True)
class Alarm:
    """Nobody can take over; people of the platform have to know."""


Action = Ask | Request | SayHandOff | Wait | Alarm
WAIT = Wait()


@dataclass(frozen=True)
class Machine:
    """The rules by which a conversation is routed in one region."""

    plan: Plan

    def start(self, language: str) -> State:
        """The state before the customer's first message."""
        return State(Phase.START, language)

    def step(self, state: State, event: Event) -> tuple[State, Action]:
        """What comes of an event.

        A person, a regulated matter and a switch lead to people at once. A fallback that can't take
        an item yet is asked again whenever something happens; it is never said to have accepted.
        """
        if state.phase in (Phase.HANDED_OVER, Phase.STRANDED):
            return state, WAIT
        if state.phase is Phase.REQUESTED:
            return self._requested(state, event)
        match event:
            case QueueSaid():
                return state, WAIT  # nothing was asked of it
            case WantsPerson(topic):
                return self._request(state, state.queue or self.plan.taker(topic))
            case Regulated(matters):
                return self._request(state, self.plan.most_urgent(matters))
            case SwitchedOff():
                return self._request(state, None)
            case Silence():
                if state.phase is Phase.START:
                    return state, WAIT
                return self._request(state, state.queue)
            case Message():
                return self._heard(state, event)

    def _heard(self, state: State, message: Message) -> tuple[State, Action]:
        if message.language not in self.plan.languages:
            return self._request(state, state.queue or self.plan.taker(message.topic))
        changed = message.language != state.language
        state = replace(state, language=message.language)
        if state.phase in (Phase.START, Phase.UNDERSTAND):
            queue = self.plan.taker(message.topic)
            if queue is None:
                unclear = message.topic is None and state.phase is Phase.START
                if unclear and self._may_ask(state, WHAT_ABOUT):
                    return self._ask(state, Phase.UNDERSTAND, WHAT_ABOUT)
                return self._request(state, None)
            state = replace(state, queue=queue)
        state = replace(state, known=state.known | (message.given & self._needed(state)))
        if state.phase is Phase.CONFIRM:
            return self._request(state, state.queue)
        for field in self._to_ask(state, again=state.asking if changed else None):
            if self._may_ask(state, field):
                return self._ask(state, Phase.COLLECT, field)
        if state.known and state.phase is Phase.COLLECT and self._may_ask(state, ANYTHING_ELSE):
            return self._ask(state, Phase.CONFIRM, ANYTHING_ELSE)
        return self._request(state, state.queue)

    def _needed(self, state: State) -> frozenset[str]:
        needs = self.plan.queues[state.queue].needs if state.queue else ()
        return frozenset(need.field for need in needs)

    def _to_ask(self, state: State, *, again: str | None) -> Iterator[str]:
        """What is still to be asked for, most wanted first.

        That is what was just asked in another language; what is required, the less often asked
        first; then what is welcome, once.
        """
        if again is not None and again not in state.known:
            yield again
        needs = self.plan.queues[state.queue].needs if state.queue else ()
        for times in range(MOST_TIMES):
            for need in needs:
                if need.required and state.asked.count(need.field) == times:
                    yield need.field
        for need in needs:
            if not need.required and need.field not in state.asked:
                yield need.field

    def _may_ask(self, state: State, question: str) -> bool:
        return (
            question not in state.known
            and len(state.asked) < self.plan.limit(state.queue)
            and state.asked.count(question) < MOST_TIMES
            and question in self.plan.askable[state.language]
        )

    def _ask(self, state: State, phase: Phase, question: str) -> tuple[State, Action]:
        asked = tuple(sorted((*state.asked, question)))
        return replace(state, phase=phase, asking=question, asked=asked), Ask(question)

    def _request(self, state: State, queue: str | None) -> tuple[State, Action]:
        """Ask `queue` for an item, or the fallback if that is None."""
        chosen = queue or self.plan.fallback
        if chosen is None:
            return State(Phase.STRANDED, state.language), Alarm()
        return State(Phase.REQUESTED, state.language, queue=chosen), Request(chosen)

    def _requested(self, state: State, event: Event) -> tuple[State, Action]:
        queue = state.queue or ""
        if not isinstance(event, QueueSaid):
            waited_for = queue in state.refused  # a fallback that had no room
            return state, Request(queue) if waited_for else WAIT
        if event.queue != queue:
            return state, WAIT
        if event.answer is Answer.ACCEPTED:
            return replace(state, phase=Phase.HANDED_OVER), SayHandOff()
        state = replace(state, refused=state.refused | {queue})
        if queue == self.plan.fallback:
            return state, WAIT
        following = self.plan.next_after(queue)
        if following is None:
            return replace(state, phase=Phase.STRANDED), Alarm()
        return replace(state, queue=following), Request(following)
