"""The routing role at work: it reads each event for the machine and says the playbook's words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from handrail.agent.candor import texts
from handrail.agent.routing.dialogue import Dialogue
from handrail.agent.routing.handover import Asked, Handover
from handrail.agent.routing.hearing import Ears, TopicRouter, joined, why_people
from handrail.agent.routing.machine import (
    Answer,
    Ask,
    Event,
    Machine,
    Phase,
    QueueSaid,
    Request,
    SayHandOff,
    Silence,
    State,
    SwitchedOff,
)
from handrail.agent.routing.plan import Plan
from handrail.agent.terms import Terms
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import AgentRole, Message, Policy, Reason, Switches
from handrail.conversations.model import Role
from handrail.errors import BadInput
from handrail.playbook.model import Playbook
from handrail.playbook.prompts import render_prompt
from handrail.playbook.queues import Question
from handrail.residency import Region, require_region


@dataclass(frozen=True)
class RoutingRole:
    """The role `route` of one region's release. R10, R13, R26, R28.

    It answers nothing: what it says are the playbook's questions and disclosures, word for word.
    Where its mandate isn't in force, or it is switched off, people are asked for at once.
    """

    region: Region
    router: TopicRouter
    playbook: Playbook
    policy: Policy
    terms: Terms
    switches: Switches

    def __post_init__(self) -> None:
        require_region(self.region.name, self.router.region, "the router")
        require_region(self.region.name, self.policy.region, "the policy")

    def open(self, case_id: str, *, language: str, channel: str, opted_out_of_ai: bool) -> Dialogue:
        """A conversation before its first message; refuses a language the region doesn't speak."""
        if language not in self.region.languages:
            spoken = ", ".join(self.region.languages)
            msg = f"region {self.region.name} speaks {spoken}, not {language!r}"
            raise BadInput(msg)
        state = State(Phase.START, language)
        return Dialogue(case_id, self.region.name, channel, state, opted_out_of_ai)

    def hear(self, dialogue: Dialogue, text: str, *, at: datetime) -> Dialogue:
        """What comes of a redacted message of the customer."""
        require_region(self.region.name, dialogue.region, "a conversation")
        turns = (*dialogue.turns, Message(Role.CUSTOMER, text))
        dialogue, event = self._ears().read(replace(dialogue, turns=turns), self.plan(at))
        blocked = tuple(self._blocked(dialogue, at))
        if blocked:
            dialogue = replace(dialogue, reasons=joined(dialogue.reasons, blocked))
            event = SwitchedOff()
        owed = self._ears().may_ask_who_answers(dialogue, text)
        return self._after(dialogue, event, at, owes_disclosure=owed)

    def silent(self, dialogue: Dialogue, *, at: datetime) -> Dialogue:
        """What comes of no answer in time."""
        if dialogue.state.asked:
            reason = Reason("customer_silent", "the customer did not answer the last question")
            dialogue = replace(dialogue, reasons=joined(dialogue.reasons, [reason]))
        return self._after(dialogue, Silence(), at, owes_disclosure=False)

    def queue_said(
        self, dialogue: Dialogue, queue: str, answer: Answer, *, at: datetime
    ) -> Dialogue:
        """What comes of a queue's answer. Only its acceptance makes the hand-off phrase appear."""
        ours = dialogue.state.phase is Phase.REQUESTED and queue == dialogue.state.queue
        if ours and answer is not Answer.ACCEPTED:
            reason = Reason(f"queue_{answer}", f"the queue {queue} said {answer}")
            dialogue = replace(dialogue, reasons=joined(dialogue.reasons, [reason]))
        return self._after(dialogue, QueueSaid(queue, answer), at, owes_disclosure=False)

    def _ears(self) -> Ears:
        triggers = RegulatedTriggers.of(self.playbook, terms=self.terms)
        fields = self.playbook.queues.fields
        return Ears(self.router, triggers, self.terms, self.switches, fields)

    def plan(self, at: datetime) -> Plan:
        """What the machine goes by on that day."""
        return Plan.of(
            self.playbook, region=self.region.name, languages=self.region.languages, on=_day(at)
        )

    def _blocked(self, dialogue: Dialogue, at: datetime) -> Iterator[Reason]:
        """Why the role may not go on with the conversation at all."""
        if self.switches.all_off:
            yield Reason("switched_off", "the agent is switched off")
        if AgentRole.ROUTE in self.switches.roles_off:
            yield Reason("switched_off", f"the role {AgentRole.ROUTE} is switched off")
        mandate = self.playbook.mandates.get(AgentRole.ROUTE)
        problem = mandate.problem_on(_day(at)) if mandate else "the role route has no mandate"
        if problem:
            yield Reason("mandate_not_in_force", problem)
        if not self._texts("first_turn", dialogue.state.language, at):
            sentence = f"no AI disclosure in {dialogue.state.language} for {self.region.name}"
            yield Reason("disclosure_missing", sentence)

    def _after(
        self, dialogue: Dialogue, event: Event, at: datetime, *, owes_disclosure: bool
    ) -> Dialogue:
        """The dialogue after the machine's step: what is asked, requested or said."""
        plan, before = self.plan(at), dialogue.state
        state, action = Machine(plan).step(before, event)
        dialogue = replace(dialogue, state=state, action=action, said="")
        if isinstance(action, Request) and before.phase is not Phase.REQUESTED:
            why = why_people(before, event, dialogue, plan)
            dialogue = replace(dialogue, reasons=joined(dialogue.reasons, why))
        if state.phase is Phase.REQUESTED:  # what is added while waiting goes with the case
            dialogue = replace(dialogue, handover=self._handover(dialogue, plan, at))
        return self._saying(dialogue, at, owes_disclosure=owes_disclosure)

    def _saying(self, dialogue: Dialogue, at: datetime, *, owes_disclosure: bool) -> Dialogue:
        """The dialogue with what the customer is shown: approved words, or nothing."""
        language, action = dialogue.state.language, dialogue.action
        parts: list[str] = []
        asked = dialogue.asked
        if isinstance(action, Ask):
            question = self._question(action.question, language, at)
            parts.append(question.text)
            turn = len(dialogue.turns)
            asked = (*asked, Asked(question.asks, question.id, question.digest, turn))
        if isinstance(action, SayHandOff):
            parts += self._texts("hand_off", language, at)
        with_people = dialogue.state.phase is Phase.HANDED_OVER and not parts
        first = bool(parts) and not any(turn.role is Role.BOT for turn in dialogue.turns)
        if first or (owes_disclosure and not with_people):
            parts = [*self._texts("first_turn", language, at), *parts]
        said = "\n\n".join(parts)
        turns = (*dialogue.turns, Message(Role.BOT, said)) if said else dialogue.turns
        return replace(dialogue, said=said, turns=turns, asked=asked)

    def _question(self, asks: str, language: str, at: datetime) -> Question:
        question = self.playbook.queues.question(
            asks, region=self.region.name, language=language, on=_day(at)
        )
        if question is None:  # a plan lets only what is approved be asked
            msg = f"the playbook has no question for {asks} in {language} on {_day(at)}"
            raise BadInput(msg)
        return question

    def _handover(self, dialogue: Dialogue, plan: Plan, at: datetime) -> Handover:
        queue = plan.queues[dialogue.state.queue or ""]
        prompt = render_prompt(
            self.playbook,
            AgentRole.ROUTE,
            region=self.region.name,
            language=dialogue.state.language,
            policy_digest=self.policy.digest,
        )
        return Handover(
            case_id=dialogue.case_id,
            at=at,
            region=self.region.name,
            language=dialogue.state.language,
            channel=dialogue.channel,
            queue=queue.name,
            refused_by=tuple(sorted(dialogue.state.refused)),
            reasons=dialogue.reasons,
            route=dialogue.route,
            regulated=dialogue.regulated,
            fields=dialogue.given,
            missing=plan.missing(queue.name, dialogue.known),
            questions=dialogue.asked,
            turns=dialogue.turns,
            answers_within_minutes=queue.answers_within_minutes,
            answer_by=at + timedelta(minutes=queue.answers_within_minutes),
            hashes={
                "model": self.router.digest,
                "prompt": prompt.digest,
                "policy": self.policy.digest,
                "playbook": self.playbook.digest,
                "switches": self.switches.digest,
                "terms": self.terms.digest,
            },
        )

    def _texts(self, when: str, language: str, at: datetime) -> tuple[str, ...]:
        return texts(self.policy, language, when, on=_day(at))


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
