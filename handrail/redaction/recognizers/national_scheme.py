"""What describes one national identifier."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Evidence(Enum):
    """What must speak for an identifier beside its shape and its check digits."""

    NOTHING = "unlikely by chance: letters, a shape of its own, or two check digits"
    PLACE = "it is the whole message, is written in groups, or words announce it"
    WORDS = "words announce it"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One identifier; `holds` judges its letters and digits, in capitals."""

    name: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]
    needs: Evidence


def strong(name: str, pattern: str, holds: Callable[[str], bool]) -> Scheme:
    """An identifier that counts anywhere."""
    return Scheme(name, _whole(pattern), holds, Evidence.NOTHING)


def weak(name: str, pattern: str, holds: Callable[[str], bool]) -> Scheme:
    """An identifier with a check digit that many numbers pass by chance."""
    return Scheme(name, _whole(pattern), holds, Evidence.PLACE)


def faint(name: str, pattern: str, holds: Callable[[str], bool]) -> Scheme:
    """A number that nothing but words tells from others."""
    return Scheme(name, _whole(pattern), holds, Evidence.WORDS)


def shape(_: str) -> bool:
    """The shape alone is enough."""
    return True


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})(?![\w-])", re.IGNORECASE)
