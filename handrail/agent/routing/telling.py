"""States, events and actions of the routing machine in words, for counterexamples and people."""

from __future__ import annotations

from handrail.agent.routing.machine import (
    Action,
    Alarm,
    Ask,
    Event,
    Message,
    Phase,
    QueueSaid,
    Regulated,
    Request,
    SayHandOff,
    Silence,
    State,
    SwitchedOff,
    Wait,
    WantsPerson,
)


def told_step(state: State, event: Event, action: Action | None, after: State | None) -> str:
    """One step on one line."""
    did = told_action(action) if action is not None else "it fails"
    then = f" -> {told_state(after)}" if after is not None else ""
    return f"{told_state(state)}: {told_event(event)} -> {did}{then}"


def told_state(state: State) -> str:
    """Where a conversation stands."""
    place = state.asking if state.phase is Phase.COLLECT else state.queue
    where = f" {place}" if place and state.phase is not Phase.CONFIRM else ""
    return f"{state.phase}{where} [{state.language}, {len(state.asked)} asked]"


def told_event(event: Event) -> str:
    """What happened."""
    match event:
        case Message(topic, given, language):
            gives = f", gives {', '.join(sorted(given))}" if given else ""
            return f"a message in {language} about {topic or 'no topic'}{gives}"
        case WantsPerson():
            return "the customer asks for a person"
        case Regulated(matters):
            return f"a regulated matter ({', '.join(matters)})"
        case Silence():
            return "the customer is silent"
        case SwitchedOff():
            return "the role is switched off"
        case QueueSaid(queue, answer):
            return f"{queue} says {answer}"


def told_action(action: Action) -> str:
    """What the machine does."""
    match action:
        case Ask(question):
            return f"ask {question}"
        case Request(queue):
            return f"request an item of {queue}"
        case SayHandOff():
            return "say the hand-off phrase"
        case Wait():
            return "nothing"
        case Alarm():
            return "nobody can take over"


def kind_of(state: State, event: Event) -> str:
    """What happened, without what differs from one conversation to the next."""
    match event:
        case Message(topic) if state.phase in (Phase.START, Phase.UNDERSTAND):
            return "a topic" if topic else "no topic fits"
        case Message():
            return "an answer"
        case Regulated():
            return "a regulated matter"
        case QueueSaid(_, answer):
            return f"queue {answer}"
        case _:
            return told_event(event)
