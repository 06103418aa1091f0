"""What will happen in a conversation, drawn before a word of it is written.

The shares that aren't a person's own (`people`) or of what follows (`aftermath`) stand here and in
the YAML files beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import TypeVar

from handrail.conversations.model import Channel, Severity
from handrail.playbook.model import Playbook, Topic
from handrail.simulate.data import read
from handrail.simulate.pasted import draw_paste
from handrail.simulate.phrasing import Phrases, Style
from handrail.simulate.poison import Poisoner, is_believed

_T = TypeVar("_T")

OTHER_TOPIC = "other"
OTHER_AREA = "information"

OUT_OF_SCOPE_SHARE = 0.03
VAGUE_SHARE = 0.035
WRONG_TOPIC_SHARE = 0.04
MISSING_TAG_SHARE = 0.015
MISSED_KIND_SHARE = 0.008
WRONG_LANGUAGE_SHARE = 0.004  # of the chats in regions that speak several
AI_DRAFT_SHARE = 0.09
EDIT_SHARE = 0.04
ASIDE_SHARE = 0.03
VIOLATION_SHARE = 0.025
CARELESS_SHARE = 0.03
FREE_HAND_SHARE = 0.15

VIOLATIONS = (
    "prohibited_discount", "guessing", "off_policy_language", "pretending_to_be_human",
    "promising_outcome",
)  # fmt: skip
ABUSIVE = "off_policy_language"
MISSED_KINDS = (
    "nickname", "landmark", "spoken_phone", "spoken_email", "license_plate", "workplace",
)  # fmt: skip
_TAGS = ("topic", "product_area", "severity", "channel", "language")
_CHANNELS = {Channel.CHAT: 51, Channel.EMAIL: 19, Channel.MESSAGING: 23, Channel.VOICE: 7}
_STYLES = {Style.NEAT: 50, Style.LOWER: 30, Style.SLOPPY: 17, Style.LOUD: 3}


class Ending(StrEnum):
    """How a conversation ends. `careless`: called resolved although nobody did anything."""

    RESOLVED = "resolved"
    CARELESS = "careless"
    ABANDONED = "abandoned"
    ESCALATED = "escalated"
    PENDING = "pending"


# Simulated chats are 78 % resolved in sum; regulated ones go to specialists more often.
_ENDINGS = {
    Ending.RESOLVED: 81 - 100 * CARELESS_SHARE,
    Ending.CARELESS: 100 * CARELESS_SHARE,
    Ending.ABANDONED: 9,
    Ending.ESCALATED: 5,
    Ending.PENDING: 5,
}
_REGULATED_ENDINGS = {
    Ending.RESOLVED: 48,
    Ending.ABANDONED: 6,
    Ending.ESCALATED: 40,
    Ending.PENDING: 6,
}


class Draft(StrEnum):
    """What a message drafted by the AI is like."""

    RIGHT = "helpful"
    WRONG_TOPIC = "off_topic"
    VIOLATION = "risky"


@dataclass(frozen=True)
class Flow:
    """How a topic goes: what is asked, what is done (`flows.yaml`)."""

    weight: int
    asks: tuple[str, ...]
    action: str
    arguments: tuple[str, ...]
    severity: tuple[int, ...]
    drafts: Mapping[Draft, float]
    overshares: tuple[str, ...]
    names_the_order: bool


@dataclass(frozen=True)
class Plan:
    """The decisions behind one conversation.

    `topic` None: out of scope. `aside` is another language that one sentence is in, `paste` a text
    from a screen. `is_edited`: a person changes the AI's draft and sends it.
    """

    topic: Topic | None
    is_vague: bool
    labeled_topic: Topic | None
    missing_tag: str | None
    channel: Channel
    severity: Severity
    style: Style
    ending: Ending
    draft: Draft | None
    violation: str | None
    missed_kind: str | None
    is_free_hand: bool
    is_edited: bool
    aside: Phrases | None
    paste: str | None
    sector: str
    poisoner: Poisoner | None


def flows(playbook: Playbook) -> Mapping[str, Flow]:
    """The flow of each topic that the playbook has and the simulation knows."""
    return {
        topic: Flow(
            weight=raw["weight"],
            asks=tuple(raw["asks"]),
            action=raw["action"],
            arguments=tuple(raw["arguments"]),
            severity=tuple(raw["severity"]),
            drafts=dict(zip(Draft, raw["drafts"], strict=True)),
            overshares=tuple(raw["overshares"]),
            names_the_order=raw.get("reference", False),
        )
        for topic, raw in read("flows.yaml").items()
        if topic in playbook.topics
    }


@dataclass(frozen=True)
class Choices:
    """What can be drawn on one day for one customer: topics with running weights, languages."""

    playbook: Playbook
    flows: Mapping[str, Flow]
    cumulative_weights: Sequence[float]
    phrases: Phrases
    other_languages: Sequence[Phrases]


def draw_plan(rng: Random, choices: Choices, poisoner: Poisoner | None) -> Plan:
    """Decide everything about one conversation."""
    playbook, phrases = choices.playbook, choices.phrases
    name = rng.choices(list(choices.flows), cum_weights=choices.cumulative_weights)[0]
    if poisoner is not None:
        return _poisoned(_usual(rng, choices, playbook.topics[poisoner.topic]), rng, poisoner)
    if rng.random() < OUT_OF_SCOPE_SHARE:
        return _out_of_scope(rng, phrases)
    return _usual(rng, choices, playbook.topics[name])


def _usual(rng: Random, choices: Choices, topic: Topic) -> Plan:
    labeled = topic
    if rng.random() < WRONG_TOPIC_SHARE:
        labeled = _mistaken_for(rng, topic, choices.playbook)
    ending = one_of(rng, _REGULATED_ENDINGS if topic.regulated else _ENDINGS)
    channel = _channel(rng, choices.phrases)
    is_call = channel is Channel.VOICE
    drafts = choices.flows[topic.name].drafts
    draft = one_of(rng, drafts) if not is_call and rng.random() < AI_DRAFT_SHARE else None
    breaks_policy = draft is None and rng.random() < VIOLATION_SHARE
    return Plan(
        topic=topic,
        is_vague=choices.phrases.is_vague_about(topic.name) and rng.random() < VAGUE_SHARE,
        labeled_topic=labeled,
        missing_tag=rng.choice(_TAGS) if rng.random() < MISSING_TAG_SHARE else None,
        channel=channel,
        severity=rng.choices(list(Severity), choices.flows[topic.name].severity)[0],
        style=one_of(rng, _STYLES),
        ending=ending,
        draft=draft,
        violation=rng.choice(VIOLATIONS) if breaks_policy else None,
        missed_kind=rng.choice(MISSED_KINDS) if rng.random() < MISSED_KIND_SHARE else None,
        is_free_hand=rng.random() < FREE_HAND_SHARE,
        is_edited=not is_call and rng.random() < EDIT_SHARE and choices.phrases.has("edits.before"),
        aside=_aside(rng, choices) if not is_call else None,
        paste=draw_paste(rng, topic.name) if not is_call else None,
        sector=_sector(rng, topic.product_area),
        poisoner=None,
    )


def _poisoned(plan: Plan, rng: Random, poisoner: Poisoner) -> Plan:
    """The same chat when an account that plants something writes it."""
    return replace(
        plan,
        is_vague=False,
        draft=None,
        violation=poisoner.violation if is_believed(rng) else None,
        missed_kind=None,
        channel=Channel.CHAT if plan.channel is Channel.VOICE else plan.channel,
        style=Style.NEAT,
        ending=Ending.RESOLVED,
        is_edited=False,
        poisoner=poisoner,
    )


def _out_of_scope(rng: Random, phrases: Phrases) -> Plan:
    return Plan(
        topic=None,
        is_vague=False,
        labeled_topic=None,
        missing_tag=rng.choice(_TAGS) if rng.random() < MISSING_TAG_SHARE else None,
        channel=_channel(rng, phrases),
        severity=Severity.LOW,
        style=one_of(rng, _STYLES),
        ending=Ending.RESOLVED if rng.random() < 0.78 else Ending.ABANDONED,
        draft=None,
        violation=None,
        missed_kind=None,
        is_free_hand=True,
        is_edited=False,
        aside=None,
        paste=None,
        sector=_sector(rng, OTHER_AREA),
        poisoner=None,
    )


def _channel(rng: Random, phrases: Phrases) -> Channel:
    channel = one_of(rng, _CHANNELS)
    is_silent = channel is Channel.VOICE and not phrases.has("voice.hesitations")
    return Channel.CHAT if is_silent else channel


def _aside(rng: Random, choices: Choices) -> Phrases | None:
    if rng.random() >= ASIDE_SHARE or not choices.other_languages:
        return None
    return rng.choice(choices.other_languages)


def _sector(rng: Random, area: str) -> str:
    sectors = read("sectors.yaml")
    apart = sectors["no_mix"]
    if area in apart["areas"] and rng.random() < apart["share"]:
        return str(apart["sector"])
    return str(sectors["by_area"].get(area, sectors["by_area"][OTHER_AREA]))


def _mistaken_for(rng: Random, topic: Topic, playbook: Playbook) -> Topic:
    others = [t for t in playbook.topics.values() if t.name != topic.name]
    near = [t for t in others if t.product_area == topic.product_area]
    return rng.choice(near or others)


def one_of(rng: Random, shares: Mapping[_T, float]) -> _T:
    """One of the keys, by its share."""
    return rng.choices(list(shares), list(shares.values()))[0]
