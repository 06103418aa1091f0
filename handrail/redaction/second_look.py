"""A second look at redacted chats: SQL patterns that share nothing with the recognizers.

It runs before anything is stored: a conversation in which it finds something is held back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import pyarrow as pa

from handrail.redaction.model import RedactedConversation


class Query(Protocol):
    """Runs SQL on an in-memory DuckDB that sees `tables` and `$params` by name."""

    def __call__(
        self, sql: str, tables: Mapping[str, pa.Table], params: Mapping[str, str], /
    ) -> pa.Table:
        """The result of `sql`."""
        ...


# RE2 patterns over text whose placeholders were blanked out; cards are found by a Luhn sum in SQL.
PATTERNS: Mapping[str, str] = {
    "email": r"[^\s@<>\[\]]+@[^\s@<>\[\]]+\.[A-Za-z]{2,}",
    "iban": r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b",
    "us_social_security": r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b",
    "international_phone": r"(?:^|[^\w+])\+[1-9][0-9](?:[ ().-]{0,2}[0-9]){7,13}\b",
    "aws_key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "private_key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "jwt": r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "password": r"(?i)\bpass(?:word|code|phrase)?\s*(?:is|:|=)\s*[^\s\[]*[0-9!@#$%^&*][^\s\[]*",
}
_DIGIT_RUN = r"(?:[0-9][ -]?){12,18}[0-9]"

# A pattern is a parameter, so that DuckDB compiles it once: from a table it compiles it per row.
_MATCHED = "\n    union all\n    ".join(
    f"select conversation_id, '{name}' as name from blanked where regexp_matches(text, ${name})"  # noqa: S608
    for name in PATTERNS
)
_SQL = """
with blanked as (
    select
        conversation_id,
        regexp_replace(text, '\\[[A-Z_]+_[0-9]+\\]', ' | ', 'g') as text
    from turns
),

matched as (
    {matched}
),

runs as (
    select
        conversation_id,
        regexp_replace(
            unnest(regexp_extract_all(text, $digit_run)), '[^0-9]', '', 'g'
        ) as digits
    from blanked
),

digits as (
    select
        conversation_id,
        digits as run,
        unnest(range(1, length(digits) + 1)) as place
    from runs
    where regexp_matches(digits, '^[2-6]')
),

doubled as (
    select
        conversation_id,
        run,
        cast(substr(run, length(run) - place + 1, 1) as integer)
        * case when place % 2 = 0 then 2 else 1 end as value
    from digits
),

cards as (
    select conversation_id, 'card' as name
    from doubled
    group by conversation_id, run
    having sum(case when value > 9 then value - 9 else value end) % 10 = 0
)

select conversation_id, name from matched
union
select conversation_id, name from cards
order by conversation_id, name
""".replace("{matched}", _MATCHED)


def second_look(
    conversations: Iterable[RedactedConversation], *, query: Query
) -> dict[str, tuple[str, ...]]:
    """Which patterns still match, by conversation id; conversations without a match are absent."""
    rows = [
        (conversation.conversation_id, text)
        for conversation in conversations
        for text in _texts(conversation)
    ]
    tables = {
        "turns": pa.table(
            {
                "conversation_id": pa.array([row[0] for row in rows], type=pa.string()),
                "text": pa.array([row[1] for row in rows], type=pa.string()),
            }
        ),
    }
    findings: dict[str, tuple[str, ...]] = {}
    for row in query(_SQL, tables, {**PATTERNS, "digit_run": _DIGIT_RUN}).to_pylist():
        identifier = row["conversation_id"]
        findings[identifier] = (*findings.get(identifier, ()), row["name"])
    return findings


def hold_back(
    conversations: Iterable[RedactedConversation], findings: Mapping[str, Sequence[str]]
) -> tuple[tuple[RedactedConversation, ...], tuple[RedactedConversation, ...]]:
    """The conversations to store, and those to quarantine for what the second look found."""
    kept: list[RedactedConversation] = []
    held: list[RedactedConversation] = []
    for conversation in conversations:
        (held if findings.get(conversation.conversation_id) else kept).append(conversation)
    return tuple(kept), tuple(held)


def _texts(conversation: RedactedConversation) -> list[str]:
    return [turn.text for turn in conversation.turns] + [flag.reason for flag in conversation.flags]
