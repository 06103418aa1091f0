"""The five tags of R5, their vocabularies, and who may set the ones an export leaves open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from handrail.conversations.model import Basis, Channel, Conversation, SetBy, Severity, Tag

REQUIRED_TAGS = ("product_area", "region", "severity", "channel", "language")
_TOPIC = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}")


@dataclass(frozen=True)
class Vocabulary:
    """The values a region's tags may take."""

    product_areas: tuple[str, ...]
    languages: tuple[str, ...]

    def allows(self, tag: str, value: str) -> bool:
        """Whether `value` is one of the tag's values; a topic is any short name without spaces."""
        match tag:
            case "channel":
                return value in set(Channel)
            case "severity":
                return value in set(Severity)
            case "basis":
                return value in set(Basis)
            case "product_area":
                return value in self.product_areas
            case "language":
                return value in self.languages
            case "topic":
                return _TOPIC.fullmatch(value) is not None
        return False

    def language(self, code: str) -> str:
        """The BCP 47 `code` as the region lists it: itself, else its primary language."""
        lower = code.replace("_", "-").lower()
        return lower if lower in self.languages else lower.partition("-")[0]


def missing_tags(conversation: Conversation) -> tuple[str, ...]:
    """The tags of R5 that nobody set; admission is for conversations without any (deny by default).

    The region is a field of the record and always there, but it may be empty.
    """
    return tuple(name for name in REQUIRED_TAGS if not getattr(conversation, name))


def with_default_severity(conversation: Conversation) -> Conversation:
    """The conversation with severity `normal`, set by rule, where the export gave none."""
    if conversation.severity is not None:
        return conversation
    return replace(conversation, severity=Tag(Severity.NORMAL.value, SetBy.RULE))


class Classifier(Protocol):
    """Sets a tag that the export left open; passed in by whoever has a model."""

    def classify(self, conversation: Conversation, tag: str) -> Tag | None:
        """The tag with `set_by` model and a confidence, or None when unsure."""


def with_model_tags(
    conversation: Conversation,
    *,
    tags: Sequence[str],
    classifier: Classifier,
    vocabulary: Vocabulary,
) -> Conversation:
    """The conversation with those of `tags` that nobody set filled in by the classifier.

    A tag that is set is never overwritten. An answer outside the vocabulary, or one that doesn't
    say it came from a model and how sure it is, counts as none.
    """
    found: dict[str, Tag] = {}
    for name in tags:
        if getattr(conversation, name) is not None:
            continue
        tag = classifier.classify(conversation, name)
        if tag is not None and _is_models(tag) and vocabulary.allows(name, tag.value):
            found[name] = tag
    return replace(conversation, **found)  # type: ignore[arg-type]


def _is_models(tag: Tag) -> bool:
    return tag.set_by is SetBy.MODEL and tag.confidence is not None and 0 <= tag.confidence <= 1
