"""The shape of the YAML files of a playbook: what a company may write, and nothing else.

Every file has the same shape with all parts optional, so how the parts are spread over files is the
author's choice.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from handrail.playbook.model import Use
from handrail.playbook.queues import FieldKind

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[dict[Name, Text], Field(min_length=1)]
Regions = Annotated[tuple[Name, ...], Field(min_length=1)]
Phrases = tuple[Text, ...]
TierName = Annotated[str, Field(pattern=r"^(low|medium|high)$")]
ROLES = ("resolve", "summarize", "route")


TO_DO = "TO DO"  # where a person or words still have to be put in; TO-DO in an address


def to_do(text: str) -> bool:
    """Whether a text still waits for its author."""
    return TO_DO in text or TO_DO.replace(" ", "-") in text


class _Entry(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True
    )


class TopicEntry(_Entry):
    """`topics: {NAME: ...}`."""

    product_area: Text
    tier: Literal["low", "medium", "high"]
    regulated: bool
    description: Text


class SlotEntry(_Entry):
    """`slots: {NAME: ...}`: where the hole of that name takes its value from."""

    source: Literal["context", "fact"]
    kind: Literal["text", "amount", "date", "url"]


class Vouched(_Entry):
    """Who answers for an entry and when it holds; `defaults:` of the file fills what is missing."""

    owner: Text | None = None
    approver: Text | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class TemplateEntry(Vouched):
    """One vetted reply, in one or more languages, for one or more regions."""

    topic: Name
    regions: Regions
    texts: Texts


class FactEntry(Vouched):
    """One approved value per region and language."""

    name: Name
    values: Annotated[dict[Name, Texts], Field(min_length=1)]


class DisclosureEntry(Vouched):
    """One required sentence; `must_say` quotes the words of each text that have to be said."""

    id: Name
    when: Annotated[str, Field(pattern=r"^(first_turn|hand_off|unsure|topic:[a-z][a-z0-9_]*)$")]
    regions: Regions
    texts: Texts
    must_say: Annotated[dict[Name, Texts], Field(min_length=1)]


class MandateEntry(_Entry):
    """`mandates: {ROLE: ...}`; in force only with all three of its last fields."""

    statement: Text
    prompt: Text
    guardrails: Annotated[Phrases, Field(min_length=1)]
    approved_by: Text | None = None
    approved_on: date | None = None
    valid_to: date | None = None


class ExampleEntry(_Entry):
    """A typed negative example with the reply that is right."""

    type: Name
    use: Use
    message: Text
    bad_reply: Text
    good_reply: Text


class BoundariesEntry(_Entry):
    """`boundaries: {LANGUAGE: ...}`."""

    banned: dict[Name, Phrases]
    human_claims: Phrases
    regulated_keywords: dict[Name, Phrases]
    examples: tuple[ExampleEntry, ...]


class FieldEntry(_Entry):
    """`fields: {NAME: ...}`: what people may need to know; `choices` for kind `choice` only."""

    kind: FieldKind
    choices: dict[Name, dict[Name, Annotated[Phrases, Field(min_length=1)]]] = Field(
        default_factory=dict
    )


class QuestionEntry(Vouched):
    """How a field is asked for, in one or more languages, for one or more regions."""

    asks: Name
    regions: Regions
    texts: Texts


class NeedEntry(_Entry):
    """A field that a queue needs."""

    field: Name
    required: bool


class QueueEntry(_Entry):
    """`queues: {NAME: ...}`. More would wear out a customer, and be too much to prove."""

    description: Text
    regions: Regions
    answers_within_minutes: Annotated[int, Field(ge=1, le=20160)]
    takes: tuple[Name, ...] = ()
    needs: Annotated[tuple[NeedEntry, ...], Field(max_length=4)] = ()
    max_questions: Annotated[int, Field(ge=0, le=5)] = 0
    if_refused: Name | None = None
    fallback: bool = False


class PlaybookFile(_Entry):
    """One YAML file."""

    regions: dict[Name, Annotated[tuple[Name, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    tiers: dict[TierName, Text] = Field(default_factory=dict)
    topics: dict[Name, TopicEntry] = Field(default_factory=dict)
    slots: dict[Name, SlotEntry] = Field(default_factory=dict)
    defaults: Vouched = Vouched()
    templates: tuple[TemplateEntry, ...] = ()
    facts: tuple[FactEntry, ...] = ()
    disclosures: tuple[DisclosureEntry, ...] = ()
    fields: dict[Name, FieldEntry] = Field(default_factory=dict)
    questions: tuple[QuestionEntry, ...] = ()
    queues: dict[Name, QueueEntry] = Field(default_factory=dict)
    mandates: dict[str, MandateEntry] = Field(default_factory=dict)
    boundaries: dict[Name, BoundariesEntry] = Field(default_factory=dict)
