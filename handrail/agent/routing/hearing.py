"""What a message of the customer says to the routing role: fields, language, wishes, triggers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from handrail.agent.asks import asks
from handrail.agent.heard_language import language_heard
from handrail.agent.misfits import sentences_of
from handrail.agent.routing.dialogue import Dialogue
from handrail.agent.routing.fields import is_no_answer, value_in
from handrail.agent.routing.handover import Given
from handrail.agent.routing.machine import (
    Event,
    Message,
    Phase,
    Regulated,
    State,
    SwitchedOff,
    WantsPerson,
)
from handrail.agent.routing.plan import Plan
from handrail.agent.terms import Terms
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import Reason, Route, Switches
from handrail.playbook.queues import Field, FieldKind

OPENING = (Phase.START, Phase.UNDERSTAND)
_BY_TOPIC = "topic:"
_NOWHERE = Route(None, 0.0, True, 1.0, (), ())


class TopicRouter(Protocol):
    """What tells topics: a `Router`, or one that a test has written."""

    @property
    def region(self) -> str:
        """Whose messages it was trained on."""
        ...

    @property
    def digest(self) -> str:
        """Content hash."""
        ...

    def route(self, message: str, language: str, *, triggers: RegulatedTriggers) -> Route:
        """The topic of a redacted message."""
        ...


@dataclass(frozen=True)
class Ears:
    """What messages are read by."""

    router: TopicRouter
    triggers: RegulatedTriggers
    terms: Terms
    switches: Switches
    fields: Mapping[str, Field]

    def read(self, dialogue: Dialogue, plan: Plan) -> tuple[Dialogue, Event]:
        """The last message as an event, and the dialogue with all that the message says.

        What sends it to people at once comes first. A topic counts only while the conversation
        opens: an answer to a question is about that question. Who wishes for a person goes to
        whoever takes what else is said, and else to the general queue: the words of a wish name no
        topic, whatever a router makes of them.
        """
        text = dialogue.turns[-1].text
        language = language_heard(text, plan.languages) or dialogue.state.language
        route = self._route(text, language)
        opening = dialogue.state.phase in OPENING
        triggered = self._triggered(route, opening=opening, empty=is_no_answer(text))
        wishes = [*self._wishes(text), *_opted_out(dialogue)]
        switched_off = opening and route.topic in self.switches.topics_off
        reasons = [*_regulated(triggered), *wishes]
        if switched_off:
            sentence = f"the topic {route.topic} is switched off"
            reasons.append(Reason("topic_switched_off", sentence))
        if language not in plan.languages:
            reasons.append(Reason("language_not_spoken", f"the customer writes in {language}"))
        dialogue = replace(
            self._with_fields(dialogue, text),
            route=route if opening else dialogue.route,
            regulated=tuple(dict.fromkeys((*dialogue.regulated, *triggered))),
            reasons=joined(dialogue.reasons, reasons),
        )
        topic = route.topic if opening and self._sure(route) else None
        if triggered:
            return dialogue, Regulated(self._matters(triggered, route))
        if wishes:
            return dialogue, WantsPerson(topic)
        if switched_off:
            return dialogue, SwitchedOff()
        return dialogue, Message(topic, dialogue.known, language)

    def _route(self, text: str, language: str) -> Route:
        """The route of what is said beside a wish for a person; keywords count in all of it."""
        if not self._wishes(text):
            return self.router.route(text, language, triggers=self.triggers)
        beside = " ".join(said for said in sentences_of(text) if not self._wishes(said))
        route = self.router.route(beside, language, triggers=self.triggers) if beside else _NOWHERE
        fired = dict.fromkeys((*self.triggers.fired(text, ()), *route.regulated))
        return replace(route, regulated=tuple(fired))

    def _sure(self, route: Route) -> bool:
        return route.topic is not None and route.probability >= self.terms.routing_confidence

    def _triggered(self, route: Route, *, opening: bool, empty: bool) -> list[str]:
        """The regulated triggers that count: whatever their confidence, while it opens.

        An answer mostly fits no topic, and then looks a little like any: there a suspicion counts
        where a topic is sure, or from that confidence up, and not at all where the answer is empty
        ("no idea"). Keywords count always.
        """
        least = self.terms.routing_confidence
        heard = dict(route.alternatives)
        triggered = list(route.regulated)
        if route.topic in self.triggers.topics:
            heard[route.topic] = route.probability
            triggered.append(f"{_BY_TOPIC}{route.topic}")
        return [
            t
            for t in dict.fromkeys(triggered)
            if opening
            or not t.startswith(_BY_TOPIC)
            or (not empty and (self._sure(route) or heard.get(t[len(_BY_TOPIC) :], 0.0) >= least))
        ]

    def _matters(self, triggered: Sequence[str], route: Route) -> tuple[str, ...]:
        """The matters that name a queue: a suspicion where no topic is sure names none."""
        named = [t for t in triggered if self._sure(route) or not t.startswith(_BY_TOPIC)]
        return tuple(t.partition(":")[2] for t in named)

    def may_ask_who_answers(self, dialogue: Dialogue, text: str) -> bool:
        """Whether the customer asks if this is a machine, or opens with what may mean it (R29)."""
        opening = dialogue.state.phase in OPENING
        unclear = opening and dialogue.route is not None and dialogue.route.topic is None
        return unclear or asks(text, self.terms.identity_questions)

    def _wishes(self, text: str) -> list[Reason]:
        asked = asks(text, self.terms.human_requests)
        return [Reason("human_requested", "the customer asks for a person")] if asked else []

    def _with_fields(self, dialogue: Dialogue, text: str) -> Dialogue:
        """The dialogue with the fields a message gives; the last value of a field counts.

        A story counts once: what is written later is in the turns.
        """
        asking = dialogue.state.asking
        given = {g.field: g for g in dialogue.given}
        for field in self.fields.values():
            told = field.kind is FieldKind.TEXT and field.name in given
            value = None if told else value_in(field, text, asked=field.name == asking)
            if value is not None:
                turn = len(dialogue.turns) - 1
                given[field.name] = Given(field.name, field.kind, value, turn)
        return replace(dialogue, given=tuple(given.values()))


def why_people(before: State, event: Event, dialogue: Dialogue, plan: Plan) -> list[Reason]:
    """Why a message that was no wish or trigger leads to people now."""
    if not isinstance(event, Message) or event.language not in plan.languages:
        return []
    route = dialogue.route
    if before.phase in OPENING and event.topic is None:
        if route is not None and route.topic is not None:
            sentence = f"probability {route.probability:.4f} of {route.topic} is too low to go by"
            return [Reason("low_confidence", sentence)]
        return [Reason("out_of_scope", "no topic of the playbook fits the conversation")]
    if before.phase in OPENING and plan.taker(event.topic) is None:
        return [Reason("no_queue_takes_it", f"no queue of its own takes {event.topic}")]
    missing = plan.missing(dialogue.state.queue or "", dialogue.known)
    if missing:
        sentence = f"not given, and not asked for again: {', '.join(missing)}"
        return [Reason("questions_used_up", sentence)]
    return [Reason("collected", "all that the queue needs is given")]


def joined(reasons: Iterable[Reason], more: Iterable[Reason]) -> tuple[Reason, ...]:
    """Reasons in the order they arose, once each."""
    return tuple(dict.fromkeys((*reasons, *more)))


def _regulated(triggered: Sequence[str]) -> list[Reason]:
    if not triggered:
        return []
    named = ", ".join(triggered)
    return [Reason("regulated", f"regulated matters go to people; triggered by {named}")]


def _opted_out(dialogue: Dialogue) -> list[Reason]:
    if not dialogue.opted_out_of_ai:
        return []
    return [Reason("opted_out", "the customer opted out of being answered by AI")]
