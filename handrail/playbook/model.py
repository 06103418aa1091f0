"""The playbook: what the company has approved, from roles and topics to disclosures and bounds.

It is a folder of YAML files (`example/` is the one shipped); its content hash is its version. An
owner or approver that reads "TO DO" in the files is the empty string here: nobody yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from handrail.digests import digest
from handrail.playbook.queues import Queues


@dataclass(frozen=True)
class Topic:
    """One thing customers ask for. `tier` is low, medium or high; regulated goes to people."""

    name: str
    product_area: str
    tier: str
    regulated: bool
    description: str


@dataclass(frozen=True)
class Approval:
    """Who approved something as it is written, on which day, and the last day that holds."""

    by: str
    on: date
    valid_to: date


@dataclass(frozen=True)
class Mandate:
    """One role's crisp job (`resolve`, `summarize`, `route`). `prompt` is a Jinja template.

    `approval` is None while nobody has approved it: then nothing is trained (R10).
    """

    role: str
    statement: str
    prompt: str
    guardrails: tuple[str, ...]
    approval: Approval | None

    def problem_on(self, day: date) -> str | None:
        """Why the role may not act on `day`, None if it may."""
        if self.approval is None:
            return f"the mandate of role {self.role} is approved by nobody"
        if self.approval.on > day:
            return f"the mandate of role {self.role} is approved only from {self.approval.on}"
        if self.approval.valid_to < day:
            return f"the approval of role {self.role} ended on {self.approval.valid_to}"
        return None


@dataclass(frozen=True)
class TemplateSlot:
    """A hole in a template. `source` is `context` or `fact`; `kind` text, amount, date or url."""

    name: str
    source: str
    kind: str


@dataclass(frozen=True)
class Template:
    """A vetted reply for one topic x region x language; holes are written `{slot}`."""

    id: str
    topic: str
    region: str
    language: str
    text: str
    slots: tuple[TemplateSlot, ...]
    owner: str
    approver: str
    valid_from: date
    valid_to: date

    @property
    def digest(self) -> str:
        """Content hash."""
        return digest(self)

    def valid_on(self, day: date) -> bool:
        """Whether the template may be used on `day`, both ends included."""
        return self.valid_from <= day <= self.valid_to


@dataclass(frozen=True)
class Fact:
    """An approved statement a slot may take its value from: `name` is the slot it fills."""

    id: str
    region: str
    language: str
    name: str
    value: str
    approver: str
    valid_from: date
    valid_to: date

    @property
    def digest(self) -> str:
        """Content hash."""
        return digest(self)


@dataclass(frozen=True)
class Disclosure:
    """A sentence the region requires. `when`: `first_turn`, `hand_off`, `unsure` or `topic:NAME`.

    That of `hand_off` is the region's escalation phrase, that of `unsure` is said with a draft
    below the promised threshold. `must_say` names each thing that has to be
    said and the words of `text` that say it, so that completeness can be scored (R15). `owner` is
    the legal owner, `approver` who signed it.
    """

    id: str
    region: str
    language: str
    when: str
    text: str
    must_say: Mapping[str, str]
    owner: str
    approver: str
    valid_from: date
    valid_to: date

    def valid_on(self, day: date) -> bool:
        """Whether the signature holds on `day`, both ends included."""
        return self.valid_from <= day <= self.valid_to

    def unsaid(self, reply: str) -> tuple[str, ...]:
        """The names of what has to be said and isn't in `reply`; layout and case don't count."""
        said = _plain(reply)
        return tuple(name for name, words in self.must_say.items() if _plain(words) not in said)


class Use(StrEnum):
    """What an example is for; no example serves both, or the agent is examined on its lesson."""

    TRAINING = "training"
    HELD_OUT = "held_out"


@dataclass(frozen=True)
class Boundary:
    """A typed negative example: what is asked, what must not be said, what to say instead."""

    type: str
    use: Use
    language: str
    message: str
    bad_reply: str
    good_reply: str


@dataclass(frozen=True)
class Boundaries:
    """What the agent stays within, per language (lower-case phrases, matched on word bounds).

    `banned` by type of violation; `human_claims` are phrases that claim to be a person;
    `regulated_keywords` maps a regulated matter to phrases that trigger it.
    """

    banned: Mapping[str, Mapping[str, tuple[str, ...]]]
    human_claims: Mapping[str, tuple[str, ...]]
    regulated_keywords: Mapping[str, Mapping[str, tuple[str, ...]]]
    examples: tuple[Boundary, ...]

    def used_for(self, use: Use) -> tuple[Boundary, ...]:
        """The examples for training, or those held out for the evaluation suite (R16)."""
        return tuple(example for example in self.examples if example.use is use)


@dataclass(frozen=True)
class Playbook:
    """All of it, frozen; `digest` is the content hash of every file's parsed content.

    `tiers` says what each risk tier means.
    """

    tiers: Mapping[str, str]
    topics: Mapping[str, Topic]
    mandates: Mapping[str, Mandate]
    templates: tuple[Template, ...]
    facts: tuple[Fact, ...]
    disclosures: tuple[Disclosure, ...]
    boundaries: Boundaries
    digest: str
    queues: Queues = field(default_factory=Queues)

    def template(self, template_id: str) -> Template:
        """The template of that id; KeyError if there is none."""
        return next(t for t in self.templates if t.id == template_id)

    def templates_for(self, topic: str, region: str, language: str) -> tuple[Template, ...]:
        """The templates of one cell, in file order, expired ones included."""
        return tuple(
            t
            for t in self.templates
            if (t.topic, t.region, t.language) == (topic, region, language)
        )


def digest_of(content: Mapping[str, Any]) -> str:
    """What a version is called: the hash of all its parts, by name.

    Queues came later than the others: they count where there are any, so that a playbook without
    them is still called what it was.
    """
    return digest({k: part for k, part in content.items() if k != "queues" or part != Queues()})


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
