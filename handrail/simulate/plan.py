"""What will happen in a conversation, drawn before a word of it is written.

Every share of the simulation that isn't a person's own (`people`) stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TypeVar

from handrail.conversations.model import Channel, Severity
from handrail.playbook.model import Playbook, Topic
from handrail.simulate.data import read
from handrail.simulate.phrasing import Phrases, Style

_T = TypeVar("_T")

OTHER_TOPIC = "other"
OTHER_AREA = "information"

OUT_OF_SCOPE_SHARE = 0.03
VAGUE_SHARE = 0.035
WRONG_TOPIC_SHARE = 0.03
MISSING_TAG_SHARE = 0.015
MISSED_KIND_SHARE = 0.008
AI_DRAFT_SHARE = 0.08
VIOLATION_SHARE = 0.025
CARELESS_SHARE = 0.03
REOPENED_SHARE = 0.05
FREE_HAND_SHARE = 0.15
CSAT_SHARE = 0.40

VIOLATIONS = (
    "prohibited_discount", "guessing", "off_policy_language", "pretending_to_be_human",
    "promising_outcome",
)  # fmt: skip
ABUSIVE = "off_policy_language"
MISSED_KINDS = (
    "nickname", "landmark", "spoken_phone", "spoken_email", "license_plate", "workplace",
)  # fmt: skip
_TAGS = ("topic", "product_area", "severity", "channel", "language")
_CHANNELS = {Channel.CHAT: 55, Channel.EMAIL: 20, Channel.MESSAGING: 25}
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


_DRAFTS = {Draft.RIGHT: 50, Draft.WRONG_TOPIC: 27, Draft.VIOLATION: 23}


@dataclass(frozen=True)
class Flow:
    """How a topic goes: what is asked, what is done (`flows.yaml`)."""

    weight: int
    asks: tuple[str, ...]
    action: str
    arguments: tuple[str, ...]
    severity: tuple[int, ...]
    overshares: tuple[str, ...]
    names_the_order: bool


@dataclass(frozen=True)
class Plan:
    """The decisions behind one conversation. `topic` None: out of scope."""

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


def flows(playbook: Playbook) -> Mapping[str, Flow]:
    """The flow of each topic that the playbook has and the simulation knows."""
    return {
        topic: Flow(
            weight=raw["weight"],
            asks=tuple(raw["asks"]),
            action=raw["action"],
            arguments=tuple(raw["arguments"]),
            severity=tuple(raw["severity"]),
            overshares=tuple(raw["overshares"]),
            names_the_order=raw.get("reference", False),
        )
        for topic, raw in read("flows.yaml").items()
        if topic in playbook.topics
    }


def draw_plan(
    rng: Random, playbook: Playbook, known_flows: Mapping[str, Flow], phrases: Phrases
) -> Plan:
    """Decide everything about one conversation."""
    weights = [flow.weight for flow in known_flows.values()]
    topic = playbook.topics[rng.choices(list(known_flows), weights)[0]]
    if rng.random() < OUT_OF_SCOPE_SHARE:
        return _out_of_scope(rng)
    labeled = topic
    if rng.random() < WRONG_TOPIC_SHARE:
        labeled = _mistaken_for(rng, topic, playbook)
    ending = _one_of(rng, _REGULATED_ENDINGS if topic.regulated else _ENDINGS)
    draft = _one_of(rng, _DRAFTS) if rng.random() < AI_DRAFT_SHARE else None
    breaks_policy = draft is None and rng.random() < VIOLATION_SHARE
    return Plan(
        topic=topic,
        is_vague=phrases.is_vague_about(topic.name) and rng.random() < VAGUE_SHARE,
        labeled_topic=labeled,
        missing_tag=rng.choice(_TAGS) if rng.random() < MISSING_TAG_SHARE else None,
        channel=_one_of(rng, _CHANNELS),
        severity=rng.choices(list(Severity), known_flows[topic.name].severity)[0],
        style=_one_of(rng, _STYLES),
        ending=ending,
        draft=draft,
        violation=rng.choice(VIOLATIONS) if breaks_policy else None,
        missed_kind=rng.choice(MISSED_KINDS) if rng.random() < MISSED_KIND_SHARE else None,
        is_free_hand=rng.random() < FREE_HAND_SHARE,
    )


def _out_of_scope(rng: Random) -> Plan:
    return Plan(
        topic=None,
        is_vague=False,
        labeled_topic=None,
        missing_tag=rng.choice(_TAGS) if rng.random() < MISSING_TAG_SHARE else None,
        channel=_one_of(rng, _CHANNELS),
        severity=Severity.LOW,
        style=_one_of(rng, _STYLES),
        ending=Ending.RESOLVED if rng.random() < 0.78 else Ending.ABANDONED,
        draft=None,
        violation=None,
        missed_kind=None,
        is_free_hand=True,
    )


def _mistaken_for(rng: Random, topic: Topic, playbook: Playbook) -> Topic:
    others = [t for t in playbook.topics.values() if t.name != topic.name]
    near = [t for t in others if t.product_area == topic.product_area]
    return rng.choice(near or others)


def _one_of(rng: Random, shares: Mapping[_T, float]) -> _T:
    return rng.choices(list(shares), list(shares.values()))[0]
