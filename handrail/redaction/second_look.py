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


# RE2 patterns over text whose placeholders were blanked out. What has check digits is decided in
# SQL below: cards, IBANs, the French NIR, the Spanish DNI and NIE.
PATTERNS: Mapping[str, str] = {
    "email": r"[^\s@<>\[\]]+@[^\s@<>\[\]]+\.[A-Za-z]{2,}",
    "spoken_email": (
        r"(?i)\b[\w.-]+ ?[(\[]? ?(?:arobase|arroba|klammeraffe) ?[)\]]? ?[\w-]+ ?"
        r"(?:\.|[(\[]? ?(?:point|punto|punkt|dot) ?[)\]]?) ?[a-z]{2,4}\b"
    ),
    "us_social_security": r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b",
    "singapore_nric": r"\b[STFG][0-9]{7}[A-Z]\b",
    "indian_pan": r"\b[A-Z]{3}[ABCFGHLJPT][A-Z][0-9]{4}[A-Z]\b",
    "international_phone": r"(?:^|[^\w+])\+[1-9][0-9](?:[ ().-]{0,2}[0-9]){7,13}\b",
    "french_phone": r"(?:^|[^\w.,])0[1-9](?:[ .-][0-9]{2}){4}\b",
    "spanish_phone": (
        r"(?i)\b(?:m[oó]vil|tel[eé]fono|tel|whatsapp)[^0-9\n]{0,12}"
        r"[679][0-9]{2}(?: ?[0-9]{2,3}){2,3}\b"
    ),
    "australian_phone": r"(?:^|[^\w.,])04[0-9]{2} [0-9]{3} [0-9]{3}\b",
    "street": (
        r"(?i)\b[0-9]{1,4}(?: bis| ter)?,? (?:rue|avenue|boulevard|impasse|chemin|quai)"
        r" [^0-9\n|]{3,40}[ ,][0-9]{5}\b"
        r"|\b(?:calle|avenida|avda\.?|plaza|paseo) [^0-9\n|]{3,40} [0-9]{1,4}"
        r"[ ,][^\n|]{0,30}[0-9]{5}\b"
    ),
    "birth_date": (
        r"(?i)\b(?:date de naissance|fecha de nacimiento|geburtsdatum|date of birth|nacid[oa] el|"
        r"geboren am|born on|n[eé]e? le)[^0-9\n|]{0,12}[0-9]{1,2}[ ./-][^\n|]{1,14}[0-9]{2}\b"
    ),
    "aws_key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "issued_token": (
        r"\b(?:gh[opsu]_[0-9A-WYZa-wyz][0-9A-Za-z]{35}|glpat-[0-9A-WYZa-wyz][\w-]{19}"
        r"|xox[abp]-[0-9]{9,}-[\w-]{20,}|(?:sk|rk)_(?:live|test)_[0-9A-WYZa-wyz][0-9A-Za-z]{15,}"
        r"|npm_[0-9A-WYZa-wyz][0-9A-Za-z]{35}|SG\.[0-9A-WYZa-wyz][\w-]{21}\.[\w-]{43})\b"
    ),
    "login_in_address": r"(?i)\b[a-z][a-z0-9+.-]*://[^\s:/@|]*:[^\s/@|<{$%][^\s/@|]*@[^\s|]+",
    "private_key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "jwt": r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "password": (
        r"(?i)\b(?:pass(?:word|code|phrase|wort)?|kennwort|mot de passe|mdp|contrase(?:ñ|n)a)"
        r"\s*(?:is|ist|lautet|est|es|:|=)\s*[^\s\[|]*[0-9!@#$%^&*][^\s\[|]*"
    ),
}
_DIGIT_RUN = r"(?:[0-9][ -]?){12,18}[0-9]"
_IBAN = r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"
_SPANISH_ID = r"\b(?:[0-9]|[XYZxyz][ -]?)[0-9]{7}[ -]?[A-Za-z]\b"
_FRENCH_ID = (
    r"\b[12][ .]?[0-9]{2}[ .]?[0-9]{2}[ .]?[0-9]{2}[ .]?[0-9]{3}[ .]?[0-9]{3}[ .]?[0-9]{2}\b"
)

_PARAMETERS = {
    **PATTERNS,
    "digit_run": _DIGIT_RUN,
    "iban": _IBAN,
    "spanish_id": _SPANISH_ID,
    "french_id": _FRENCH_ID,
}

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
),

grouped as (
    select
        conversation_id,
        string_split(unnest(regexp_extract_all(text, $iban)), ' ') as parts
    from blanked
),

-- Words in capitals may follow an IBAN: each group may be its last one.
ended as (
    select
        conversation_id,
        parts,
        unnest(range(1, len(parts) + 1)) as last
    from grouped
),

accounts as (
    select
        conversation_id,
        array_to_string(parts[1:last], '') as account
    from ended
),

ibans as (
    select conversation_id, 'iban' as name
    from accounts
    where
        length(account) >= 15
        and list_reduce(
            list_transform(
                string_split(substr(account, 5) || left(account, 4), ''),
                lambda c: ascii(c) - case when c <= '9' then 48 else 55 end
            ),
            lambda rest, value: (rest * case when value > 9 then 100 else 10 end + value) % 97
        ) = 1
),

lettered as (
    select
        conversation_id,
        upper(
            regexp_replace(unnest(regexp_extract_all(text, $spanish_id)), '[^0-9A-Za-z]', '', 'g')
        ) as value
    from blanked
),

spanish as (
    select conversation_id, 'spanish_id' as name
    from lettered
    where
        right(value, 1) = substr(
            'TRWAGMYFPDXBNJZSQVHLCKE',
            cast(translate(left(value, -1), 'XYZ', '012') as bigint) % 23 + 1,
            1
        )
),

nirs as (
    select
        conversation_id,
        regexp_replace(unnest(regexp_extract_all(text, $french_id)), '[^0-9]', '', 'g') as nir
    from blanked
),

french as (
    select conversation_id, 'french_id' as name
    from nirs
    where 97 - cast(substr(nir, 1, 13) as bigint) % 97 = cast(substr(nir, 14, 2) as bigint)
)

select conversation_id, name from matched
union
select conversation_id, name from cards
union
select conversation_id, name from ibans
union
select conversation_id, name from spanish
union
select conversation_id, name from french
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
    for row in query(_SQL, tables, _PARAMETERS).to_pylist():
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
