"""What describes one national identifier."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scheme:
    """One identifier; `holds` judges its letters and digits, in capitals.

    A *strong* scheme is unlikely by chance (letters, a fixed shape, or two check digits) and counts
    anywhere; a *weak* one counts as a whole message, after words that announce a number, or in its
    official grouping.
    """

    name: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]
    strong: bool


def strong(name: str, pattern: str, holds: Callable[[str], bool]) -> Scheme:
    """An identifier that counts anywhere."""
    return _scheme(name, pattern, holds, strong=True)


def weak(name: str, pattern: str, holds: Callable[[str], bool]) -> Scheme:
    """An identifier that needs something around it that speaks for it."""
    return _scheme(name, pattern, holds, strong=False)


def shape(_: str) -> bool:
    """The shape alone is enough."""
    return True


def _scheme(name: str, pattern: str, holds: Callable[[str], bool], *, strong: bool) -> Scheme:
    return Scheme(name, re.compile(rf"(?:{pattern})(?![\w-])", re.IGNORECASE), holds, strong)
