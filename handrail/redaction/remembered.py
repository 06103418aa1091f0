"""What was found out about texts, for the next time one of them is seen; no text is kept."""

from __future__ import annotations

import hashlib
import secrets
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """Answers about the latest texts, by a hash under a key that each process draws anew.

    Reading and writing one answer is a single step each, so threads may share it.
    """

    def __init__(self, most: int) -> None:
        """`most` is the number of answers that are kept; the oldest one goes first."""
        self._most = most
        self._key = secrets.token_bytes(32)
        self._answers: dict[bytes, T] = {}

    def mark(self, text: str) -> bytes:
        """What `text` is known by here."""
        written = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(written, key=self._key, digest_size=16).digest()

    def get(self, mark: bytes) -> T | None:
        """The answer about a text, None if there is none."""
        return self._answers.get(mark)

    def keep(self, mark: bytes, answer: T) -> None:
        """Remember the answer about a text."""
        self._answers[mark] = answer
        if len(self._answers) > self._most:
            self._answers.pop(next(iter(self._answers)), None)
