"""What passes between the stages of the agent: case, route, grounds, proposal, decision, record.

All frozen, all redacted: no value here ever held unredacted text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Protocol

from handrail.conversations.model import Role
from handrail.playbook.model import Disclosure, Fact, Mandate, Template

__all__ = [
    "Action",
    "AgentRole",
    "Backend",
    "Case",
    "Decision",
    "DecisionRecord",
    "Ground",
    "Message",
    "MisfitRules",
    "Policy",
    "Proposal",
    "Reason",
    "RiskTier",
    "Route",
    "Slot",
    "Switches",
]  # fmt: skip


class AgentRole(StrEnum):
    """The three mandates."""

    RESOLVE = "resolve"
    SUMMARIZE = "summarize"
    ROUTE = "route"


class RiskTier(StrEnum):
    """How much harm a wrong automatic reply can do; each tier has its own promise."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Action(StrEnum):
    """What happens with a reply."""

    SEND = "send"
    DRAFT = "draft"
    HAND_OFF = "hand_off"


@dataclass(frozen=True)
class Message:
    """One earlier message of the case, redacted."""

    role: Role
    text: str


@dataclass(frozen=True)
class Case:
    """What the agent is to answer. `context` holds facts our systems verified, by slot name."""

    case_id: str
    region: str
    language: str
    channel: str
    role: AgentRole
    message: str
    history: tuple[Message, ...]
    context: Mapping[str, str]
    at: datetime
    opted_out_of_ai: bool = False

    @property
    def day(self) -> date:
        """The UTC date it is answered on: what is approved is approved for days."""
        return self.at.astimezone(UTC).date()


@dataclass(frozen=True)
class Route:
    """The router's answer. `probability` is calibrated P(topic is right); topic None: none fits.

    `out_of_scope_score`, in [0, 1], is how much like a message that fits no topic it is.
    `regulated` names the triggers that fired (`keyword:...`, `topic:...`), independent of topic.
    `also` are the other topics that parts of the message are about, `unfit`, in [0, 1], how likely
    the topic's answer misses its point.
    """

    topic: str | None
    probability: float
    out_of_scope: bool
    out_of_scope_score: float
    regulated: tuple[str, ...]
    alternatives: tuple[tuple[str, float], ...]
    also: tuple[str, ...] = ()
    unfit: float = 0.0


@dataclass(frozen=True)
class MisfitRules:
    """By what a message is read for whether its topic's answer fits (`misfits.yaml`).

    Phrases are by language (see `asks`), `means` are what payment can be made with, by name. A part
    of a message is taken for a second request from the probability `second_request` up. What says
    that nothing is asked any more is `settled`, or `reports` without one of `troubles`.
    """

    refusals: Mapping[str, tuple[str, ...]]
    failures: Mapping[str, tuple[str, ...]]
    settled: Mapping[str, tuple[str, ...]]
    reports: Mapping[str, tuple[str, ...]]
    troubles: Mapping[str, tuple[str, ...]]
    more: Mapping[str, tuple[str, ...]]
    joints: Mapping[str, tuple[str, ...]]
    means: Mapping[str, tuple[str, ...]]
    second_request: float


@dataclass(frozen=True)
class Ground:
    """What a reply rests on, by id and content hash: a `template` or a `fact` of the playbook.

    `resolved` names a chat that ranked the template. It licenses nothing.
    """

    kind: str
    id: str
    digest: str


@dataclass(frozen=True)
class Slot:
    """A filled slot and what licensed it (`context:...` or `fact:...`)."""

    name: str
    value: str
    licensed_by: str


@dataclass(frozen=True)
class Proposal:
    """What a backend would say. `failure` is set instead of text when it could not propose."""

    backend: str
    template_id: str | None
    text: str
    slots: tuple[Slot, ...]
    grounds: tuple[Ground, ...]
    failure: str | None = None


@dataclass(frozen=True)
class Switches:
    """Kill switches, all off by default. A name in a set is switched off."""

    all_off: bool = False
    roles_off: frozenset[str] = frozenset()
    topics_off: frozenset[str] = frozenset()
    digest: str = "0" * 64


@dataclass(frozen=True)
class Policy:
    """Everything `decide` measures a proposal by, from release and playbook.

    `thresholds` maps risk tier to the promised P(accepted), or None: NOT MEASURED, the cell only
    drafts; `promises` has the sentence people read, `worse_topics` those that do worse than it
    and only draft. `open_cells` is the stage's allow-list of
    (topic, region, channel).
    `templates` and `facts` are the playbook's own, by id: what a proposal claims to rest on is
    checked against them. The phrase lists are by language. `mandate` is that to resolve.
    """

    digest: str
    region: str
    topic_tiers: Mapping[str, RiskTier]
    regulated_topics: frozenset[str]
    thresholds: Mapping[RiskTier, float | None]
    open_cells: frozenset[tuple[str, str, str]]
    banned: Mapping[str, tuple[str, ...]]
    disclosures: Mapping[str, tuple[Disclosure, ...]]
    human_claims: Mapping[str, tuple[str, ...]]
    known_templates: frozenset[str]
    misfits: MisfitRules
    templates: Mapping[str, Template] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    promises: Mapping[RiskTier, str] = field(default_factory=dict)
    worse_topics: frozenset[str] = frozenset()
    human_requests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    identity_questions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mandate: Mandate | None = None


@dataclass(frozen=True)
class Reason:
    """One reason of a decision: a stable code and the sentence people read."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Decision:
    """The verdict on a proposal. `text` is what would be shown, all that is said beside included.

    `disclosures` stand after the reply's words, `uncertainty` before them.
    """

    action: Action
    reasons: tuple[Reason, ...]
    text: str
    disclosures: tuple[str, ...]
    uncertainty: tuple[str, ...] = ()

    @property
    def queue_requested(self) -> bool:
        """Whether a person has to take over: an item in a queue, which the hand-off phrase tells.

        A draft waits for a person too, but promises the customer none (R28).
        """
        return self.action is Action.HAND_OFF


@dataclass(frozen=True)
class DecisionRecord:
    """Everything in play for one reply, kept sealed and shown by `handrail why`.

    `hashes` names the content hash of release, model, prompt, policy, playbook, templates,
    thresholds, routing, switches, scrubber and code. `acceptance` is the calibrated probability
    that people accept the proposed reply: what was held against the promised threshold; `promise`
    is the sentence of that promise. `people` lists who approved, edited or sent. `unranked`
    says why no resolved chats ranked the templates, where none could. `tried` says that nobody was
    written to.
    """

    reply_id: str
    at: datetime
    release: str
    hashes: Mapping[str, str]
    case: Case
    route: Route
    proposal: Proposal
    acceptance: float
    decision: Decision
    people: tuple[str, ...]
    promise: str = ""
    unranked: str = ""
    tried: bool = False


class Backend(Protocol):
    """Proposes a reply for a case; may fail by raising, which becomes a hand-off."""

    name: str

    def propose(self, case: Case, route: Route) -> Proposal:
        """A reply for `case`, grounded in the playbook."""
        ...
