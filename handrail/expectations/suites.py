"""What must hold for a table before anything is built on it: suites as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_TURN_CHARACTERS = 200_000
ROLES = ("customer", "agent", "bot", "tool", "system")
LABELS = ("helpful", "risky", "off_topic")


@dataclass(frozen=True)
class Expectation:
    """One claim about one column. `kind` and `arguments` are Great Expectations' own."""

    claim: str
    kind: str
    column: str
    arguments: Mapping[str, Any]


def not_null(column: str, claim: str) -> Expectation:
    """Every row has a value."""
    return Expectation(claim, "ExpectColumnValuesToNotBeNull", column, {})


def unique(column: str, claim: str) -> Expectation:
    """No value occurs twice."""
    return Expectation(claim, "ExpectColumnValuesToBeUnique", column, {})


def one_of(column: str, values: tuple[Any, ...], claim: str) -> Expectation:
    """Every value is one of `values`."""
    return Expectation(claim, "ExpectColumnValuesToBeInSet", column, {"value_set": list(values)})


def between(column: str, low: float, high: float, claim: str) -> Expectation:
    """Every value lies in `low`..`high`, ends included."""
    arguments = {"min_value": low, "max_value": high}
    return Expectation(claim, "ExpectColumnValuesToBeBetween", column, arguments)


def length_between(column: str, low: int, high: int, claim: str) -> Expectation:
    """Every text has `low`..`high` characters, ends included."""
    arguments = {"min_value": low, "max_value": high}
    return Expectation(claim, "ExpectColumnValueLengthsToBeBetween", column, arguments)


def redacted_conversations(region: str) -> tuple[Expectation, ...]:
    """For the landing table `conversations` of one region."""
    return (
        not_null("conversation_id", "every chat has an id"),
        unique("conversation_id", "no chat is there twice"),
        not_null("subject_group", "every chat belongs to a person's group"),
        not_null("region", "every chat has a region"),
        one_of("region", (region,), f"every chat is of region {region}"),
        not_null("day", "every chat has a day"),
        not_null("scrubber", "every chat is stamped by a scrubber"),
        length_between("scrubber", 64, 64, "every stamp is a content hash"),
        one_of("is_redacted", (True,), "every chat is redacted"),
        between("csat", 1, 5, "satisfaction is 1 to 5"),
    )


def redacted_turns() -> tuple[Expectation, ...]:
    """For the landing table `turns`."""
    return (
        not_null("conversation_id", "every message belongs to a chat"),
        not_null("turn_index", "every message has its place"),
        between("turn_index", 0, 1_000_000, "places count from 0"),
        not_null("role", "every message has a writer"),
        one_of("role", ROLES, "writers are customer, agent, bot, tool or system"),
        not_null("text", "every message has a text"),
        length_between("text", 0, MAX_TURN_CHARACTERS, "no message is absurdly long"),
    )


def labeled_feedback() -> tuple[Expectation, ...]:
    """For the landing table `labels` where each flag has only its standing revision."""
    return (
        not_null("flag_id", "every flag has an id"),
        unique("flag_id", "no flag is there twice"),
        not_null("conversation_id", "every flag belongs to a chat"),
        not_null("label", "every flag says something"),
        one_of("label", LABELS, "flags say helpful, risky or off topic"),
        not_null("reviewer", "every flag has a reviewer"),
        not_null("flagged_at", "every flag has a time"),
    )
