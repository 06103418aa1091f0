"""One simulated conversation and its answer key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from random import Random

from handrail.agent.types import Action as RightAction
from handrail.conversations.model import Channel, Conversation, Flag, FlagLabel, SetBy, Tag, day_of
from handrail.playbook.model import Topic
from handrail.simulate.aftermath import Aftermath, follow_up
from handrail.simulate.answer_key import AnswerKey
from handrail.simulate.circumstances import as_typed, circumstances, missed_value
from handrail.simulate.feedback import FlagMaker
from handrail.simulate.history import History, is_resolved
from handrail.simulate.people import Person
from handrail.simulate.phrasing import phrases
from handrail.simulate.plan import (
    ABUSIVE,
    OTHER_AREA,
    OTHER_TOPIC,
    WRONG_LANGUAGE_SHARE,
    Plan,
    draw_plan,
)
from handrail.simulate.poison import Poisoner
from handrail.simulate.scene import Scene
from handrail.simulate.script import Script
from handrail.simulate.voice import voice
from handrail.simulate.world import World

HEALTH = "health"


def converse(
    rng: Random,
    world: World,
    conversation_id: str,
    *,
    customer: Person,
    poisoner: Poisoner | None,
    started_at: datetime,
) -> History:
    """Play one conversation of `customer`; everything random comes from `rng`."""
    code = customer.locale.language
    language = phrases(code)
    day = day_of(started_at)
    plan = draw_plan(rng, world.choices(code, day), poisoner)
    approved = world.approved(code, day)
    values = circumstances(
        rng,
        customer,
        language,
        area=plan.topic.product_area if plan.topic else OTHER_AREA,
        is_health=plan.sector == HEALTH,
        day=day,
    )
    values |= approved.facts
    right, others = approved.usable(plan.topic.name if plan.topic else None, values)
    if not right or not others:
        plan = replace(plan, draft=None)
    script = _script(rng, plan, customer, values, started_at)
    scene = Scene(
        rng=rng,
        plan=plan,
        flow=world.flows[plan.topic.name] if plan.topic else None,
        person=customer,
        phrases=language,
        script=script,
        right_templates=right,
        other_templates=others,
        disclosure=world.disclosure(code),
    )
    scene.play()
    after = follow_up(scene)
    flags, truth = _flags(scene, conversation_id, after.ended_at)
    labeled = _labeled_language(world, conversation_id, code)
    return _history(scene, after, world.region, conversation_id, labeled, flags, truth)


def _labeled_language(world: World, conversation_id: str, language: str) -> str:
    """What the desk calls the chat's language: now and then another one of the region's."""
    others = sorted({locale.language for locale in world.locales} - {language})
    rng = Random(f"{world.seed}/{conversation_id}/language")  # noqa: S311 - the rest stays as it is
    return rng.choice(others) if others and rng.random() < WRONG_LANGUAGE_SHARE else language


def _script(
    rng: Random, plan: Plan, customer: Person, values: dict[str, str], started_at: datetime
) -> Script:
    if plan.missed_kind is not None:
        values["missed"] = missed_value(rng, plan.missed_kind, customer)
    return Script(
        rng,
        values=values,
        as_customer_types=as_typed(rng, customer, plan.style, values),
        missed_kind=plan.missed_kind,
        style=plan.style,
        voice=voice(customer.locale.language) if plan.channel is Channel.VOICE else None,
        channel=plan.channel,
        started_at=started_at,
    )


def _history(
    scene: Scene,
    after: Aftermath,
    region: str,
    conversation_id: str,
    language: str,
    flags: tuple[Flag, ...],
    truth: Mapping[str, FlagLabel],
) -> History:
    plan, script, person = scene.plan, scene.script, scene.person
    tags = first_tags = _tags(plan, language, plan.labeled_topic)
    if after.corrected_at is not None:
        tags = _tags(plan, language, plan.topic)
    record = person.record
    chat = Conversation(
        conversation_id=conversation_id,
        source_system="simulated-desk",
        region=region,
        day=day_of(script.started_at),
        turns=tuple(script.turns),
        outcome=after.outcome,
        customer=record
        if after.opted_out_at is None
        else replace(record, opted_out_of_training=True),
        actions=tuple(scene.actions),
        flags=flags,
        sector=plan.sector,
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
        topic=plan.topic.name if plan.topic else None,
        is_ambiguous=plan.is_vague,
        right_action=_right_action(plan, person),
        resolved=is_resolved(chat, was_solved=after.was_solved),
        violation=scene.violation,
        is_abusive_agent=scene.violation == ABUSIVE,
        flags=truth,
        edits=() if scene.edit is None else (scene.edit,),
        poison=plan.poisoner.kind if plan.poisoner else None,
        aside_language=plan.aside.language if plan.aside else None,
        has_paste=plan.paste is not None,
        planted=tuple(script.planted),
    )
    return History(
        last=chat,
        key=key,
        was_solved=after.was_solved,
        violation_turn=scene.violation_turn,
        rated_at=after.rated_at,
        corrected_at=after.corrected_at,
        first_topic=first_tags.get("topic"),
        first_area=first_tags.get("product_area"),
        opted_out_at=after.opted_out_at,
    )


def _flags(
    scene: Scene, conversation_id: str, ended_at: datetime
) -> tuple[tuple[Flag, ...], Mapping[str, FlagLabel]]:
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
    made = maker.flags(ended_at)
    return made, {flag.flag_id: truth for flag in made}


def _tags(plan: Plan, language: str, labeled: Topic | None) -> dict[str, Tag]:
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
    if topic is None or topic.regulated or person.record.opted_out_of_ai or plan.poisoner:
        return RightAction.HAND_OFF
    return RightAction.DRAFT if plan.is_vague else RightAction.SEND
