"""One simulated conversation and its answer key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from random import Random

from handrail.agent.types import Action as RightAction
from handrail.conversations.model import (
    Conversation,
    Flag,
    FlagLabel,
    Outcome,
    SetBy,
    Status,
    Tag,
    day_of,
)
from handrail.playbook.model import Playbook, Template
from handrail.simulate.answer_key import AnswerKey
from handrail.simulate.circumstances import as_typed, circumstances, missed_value
from handrail.simulate.feedback import FlagMaker
from handrail.simulate.people import Person
from handrail.simulate.phrasing import phrases
from handrail.simulate.plan import (
    ABUSIVE,
    CSAT_SHARE,
    OTHER_AREA,
    OTHER_TOPIC,
    REOPENED_SHARE,
    Ending,
    Flow,
    Plan,
    draw_plan,
    flows,
)
from handrail.simulate.scene import Scene
from handrail.simulate.script import Script

_REOPENING_DAYS = 7
_STATUS = {
    Ending.RESOLVED: Status.RESOLVED,
    Ending.CARELESS: Status.RESOLVED,
    Ending.ABANDONED: Status.ABANDONED,
    Ending.ESCALATED: Status.PENDING,
    Ending.PENDING: Status.OPEN,
}
# weights of 1..5 stars
_HAPPY = (1, 2, 7, 30, 60)
_UNHAPPY = (45, 30, 15, 7, 3)


@dataclass(frozen=True)
class Approved:
    """What agents may use on one day in one language: facts by slot name, valid templates."""

    facts: Mapping[str, str]
    templates: tuple[Template, ...]


@dataclass(frozen=True)
class World:
    """What all conversations of a region share."""

    region: str
    playbook: Playbook
    _approved: dict[tuple[str, date], Approved] = field(default_factory=dict, repr=False)

    @cached_property
    def flows(self) -> Mapping[str, Flow]:
        """The flow of each topic."""
        return flows(self.playbook)

    def approved(self, language: str, day: date) -> Approved:
        """What the playbook approves for `language` on `day`."""
        if (language, day) not in self._approved:
            here = (self.region, language)
            facts = {
                fact.name: fact.value
                for fact in self.playbook.facts
                if (fact.region, fact.language) == here and fact.valid_from <= day <= fact.valid_to
            }
            templates = tuple(
                t
                for t in self.playbook.templates
                if (t.region, t.language) == here and t.valid_on(day)
            )
            self._approved[language, day] = Approved(facts, templates)
        return self._approved[language, day]

    def disclosure(self, language: str) -> str | None:
        """The first-turn disclosure of the language, if the playbook has one."""
        found = (
            d.text
            for d in self.playbook.disclosures
            if (d.region, d.language, d.when) == (self.region, language, "first_turn")
        )
        return next(found, None)


def converse(
    rng: Random, world: World, conversation_id: str, person: Person, started_at: datetime
) -> tuple[Conversation, AnswerKey]:
    """Play one conversation of `person`; everything random comes from `rng`."""
    language = phrases(person.locale.language)
    plan = draw_plan(rng, world.playbook, world.flows, language)
    day = day_of(started_at)
    area = plan.topic.product_area if plan.topic else OTHER_AREA
    values = circumstances(rng, person, language, area, day)
    approved = world.approved(person.locale.language, day)
    values |= approved.facts
    if plan.missed_kind is not None:
        values["missed"] = missed_value(rng, plan.missed_kind, person)
    script = Script(
        rng,
        values=values,
        as_customer_types=as_typed(rng, person, plan.style, values),
        missed_kind=plan.missed_kind,
        style=plan.style,
        channel=plan.channel,
        started_at=started_at,
    )
    topic = plan.topic.name if plan.topic else None
    usable = [t for t in approved.templates if all(slot.name in values for slot in t.slots)]
    right = [t for t in usable if t.topic == topic]
    others = [t for t in usable if t.topic != topic]
    if not right or not others:
        plan = replace(plan, draft=None)
    scene = Scene(
        rng=rng,
        plan=plan,
        flow=world.flows[plan.topic.name] if plan.topic else None,
        person=person,
        phrases=language,
        script=script,
        right_templates=right,
        other_templates=others,
        disclosure=world.disclosure(person.locale.language),
    )
    scene.play()
    outcome, resolved = _outcome(scene)
    flags, truth = _flags(scene, conversation_id)
    tags = _tags(plan, person.locale.language)
    conversation = Conversation(
        conversation_id=conversation_id,
        source_system="simulated-desk",
        region=world.region,
        day=day,
        turns=tuple(script.turns),
        outcome=outcome,
        customer=person.record,
        actions=tuple(scene.actions),
        flags=flags,
        simulated=True,
        channel=tags.get("channel"),
        language=tags.get("language"),
        product_area=tags.get("product_area"),
        severity=tags.get("severity"),
        topic=tags.get("topic"),
    )
    key = AnswerKey(
        conversation_id=conversation_id,
        language=person.locale.language,
        topic=topic,
        is_ambiguous=plan.is_vague,
        right_action=_right_action(plan, person),
        resolved=resolved,
        violation=scene.violation,
        is_abusive_agent=scene.violation == ABUSIVE,
        flags=truth,
        planted=tuple(script.planted),
    )
    return conversation, key


def _outcome(scene: Scene) -> tuple[Outcome, bool]:
    """How it ended on paper, and whether it was truly resolved."""
    rng, plan, script = scene.rng, scene.plan, scene.script
    is_closed = plan.ending in {Ending.RESOLVED, Ending.CARELESS, Ending.ABANDONED}
    closed_at = script.wait(timedelta(seconds=20), timedelta(minutes=10)) if is_closed else None
    status = _STATUS[plan.ending]
    if status is Status.RESOLVED and rng.random() < 0.3:
        status = Status.CLOSED
    resolved = plan.ending is Ending.RESOLVED
    reopened: tuple[datetime, ...] = ()
    if closed_at is not None and status is not Status.ABANDONED:
        share = REOPENED_SHARE if resolved else 0.35
        if rng.random() < share:
            after = timedelta(hours=rng.randint(2, 24 * _REOPENING_DAYS - 1))
            reopened, resolved = (closed_at + after,), False
        elif rng.random() < 0.01:
            reopened = (closed_at + timedelta(days=rng.randint(_REOPENING_DAYS + 1, 20)),)
    csat = None
    if rng.random() < CSAT_SHARE:
        is_happy = resolved and scene.violation != ABUSIVE
        csat = rng.choices(range(1, 6), _HAPPY if is_happy else _UNHAPPY)[0]
    is_escalated = plan.ending is Ending.ESCALATED
    return Outcome(status, closed_at, reopened, is_escalated, csat), resolved


def _flags(scene: Scene, conversation_id: str) -> tuple[tuple[Flag, ...], Mapping[str, FlagLabel]]:
    if scene.ai_turn is None or scene.plan.draft is None:
        return (), {}
    truth = FlagLabel(scene.plan.draft.value)
    maker = FlagMaker(
        rng=scene.rng,
        conversation_id=conversation_id,
        turn=scene.ai_turn,
        truth=truth,
        phrases=scene.phrases,
        script=scene.script,
        may_name_customer=scene.person.is_known,
    )
    made = maker.flags(scene.script.now)
    return made, {flag.flag_id: truth for flag in made}


def _tags(plan: Plan, language: str) -> dict[str, Tag]:
    labeled = plan.labeled_topic
    values = {
        "topic": labeled.name if labeled else OTHER_TOPIC,
        "product_area": labeled.product_area if labeled else OTHER_AREA,
        "severity": plan.severity.value,
        "channel": plan.channel.value,
        "language": language,
    }
    return {k: Tag(v, SetBy.EXPORT) for k, v in values.items() if k != plan.missing_tag}


def _right_action(plan: Plan, person: Person) -> RightAction:
    topic = plan.topic
    if topic is None or topic.regulated or person.record.opted_out_of_ai:
        return RightAction.HAND_OFF
    return RightAction.DRAFT if plan.is_vague else RightAction.SEND
