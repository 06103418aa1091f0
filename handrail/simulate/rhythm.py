"""When customers write: every day, less on weekends, most around the busiest hour."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from random import Random

_WEEKDAYS = (1.15, 1.1, 1.05, 1.05, 1.0, 0.75, 0.65)  # Monday first
_MINUTES = 24 * 60


def chats_per_day(chats: int, days: int, first_day: date) -> list[tuple[date, int]]:
    """`chats` spread over `days` by weekday, at least one a day (largest remainders first).

    Fewer chats than days are spread evenly, and some days have none.
    """
    dates = [first_day + timedelta(days=n) for n in range(days)]
    if chats < days:
        busy = {n * days // chats for n in range(chats)}
        return [(day, int(n in busy)) for n, day in enumerate(dates)]
    weights = [_WEEKDAYS[day.weekday()] for day in dates]
    shares = [(chats - days) * weight / sum(weights) for weight in weights]
    counts = [1 + math.floor(share) for share in shares]
    by_remainder = sorted(range(days), key=lambda i: (math.floor(shares[i]) - shares[i], i))
    for i in by_remainder[: chats - sum(counts)]:
        counts[i] += 1
    return list(zip(dates, counts, strict=True))


def starts(rng: Random, day: date, count: int, busiest_hour: int) -> Iterator[datetime]:
    """`count` times of one UTC day, in order, dense around the busiest hour."""
    midnight = datetime.combine(day, time(), UTC)
    curve = _curve(busiest_hour)
    for n in range(count):
        minute = min(bisect_left(curve, (n + rng.random()) / count), _MINUTES - 1)
        within = timedelta(seconds=60 * (n + 1) / (count + 1))
        yield midnight + timedelta(minutes=minute) + within


@cache
def _curve(busiest_hour: int) -> tuple[float, ...]:
    """Share of the day's chats that have started by the end of each minute."""
    turn = 2 * math.pi / _MINUTES
    density = [1.1 + math.cos(turn * (m - 60 * busiest_hour)) for m in range(_MINUTES)]
    total = sum(density)
    return tuple(so_far / total for so_far in accumulate(density))
