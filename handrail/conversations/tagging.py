"""The five tags of R5 and their vocabularies."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

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
