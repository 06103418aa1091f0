"""The contract of a recognizer: one file, one class, one line in the registry, one table test."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import ClassVar

from handrail.redaction.spans import Span


class Recognizer(ABC):
    """Finds one kind of value in one message. A pattern proposes, a checksum disposes.

    A recognizer with `needs_digit` isn't asked about texts without one.
    """

    needs_digit: ClassVar[bool] = False

    @abstractmethod
    def find(self, text: str, *, language: str) -> list[Span]:
        """All finds in `text`, which is plain text (`handrail.redaction.plain`).

        `language` is a BCP 47 tag of the conversation, "" if unknown; it is a hint, never a filter.
        """


def either(phrases: str) -> str:
    """A non-capturing group of the literal `phrases`, which `|` separates, longest first.

    A space in a phrase matches any white space.
    """
    ordered = sorted({" ".join(phrase.split()) for phrase in phrases.split("|")})
    ordered.sort(key=len, reverse=True)
    return "(?:" + "|".join(re.escape(phrase).replace("\\ ", r"\s+") for phrase in ordered) + ")"


def listed(words: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(words.split())


def digits_of(text: str) -> str:
    """The digits of `text`."""
    return "".join(re.findall(r"\d", text))
