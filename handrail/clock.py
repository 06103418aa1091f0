"""Time is passed in: an aware UTC instant from a `Clock`, never read in passing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still, for tests and simulations."""

    at: datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            msg = "a clock gives aware times: pass a datetime with tzinfo=UTC"
            raise ValueError(msg)

    def __call__(self) -> datetime:
        """The fixed instant."""
        return self.at


def iso(at: datetime) -> str:
    """`at` as ISO 8601 in UTC with microseconds and a trailing Z; refuses naive times."""
    if at.tzinfo is None:
        msg = "naive time refused: times are aware UTC"
        raise ValueError(msg)
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
