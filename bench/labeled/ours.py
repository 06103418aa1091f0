"""The scrubber on labeled sets: what it finds, and how many messages a CPU second it redacts."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from bench.labeled.scoring import Score, score
from bench.labeled.sets import LabeledSet, Row, Spans
from handrail.conversations.model import (
    Conversation,
    Customer,
    Outcome,
    Role,
    SetBy,
    Status,
    Tag,
    Turn,
    to_arrow,
)
from handrail.redaction.kernel import redact
from handrail.redaction.known import customer_values
from handrail.redaction.locating import locate
from handrail.redaction.reading import Reading
from handrail.redaction.ruleset import Ruleset, schema_with

BATCH = 100  # conversations, as a day is redacted
# What is read, imported or compiled at its first need is loading, whichever text needs it first:
# numbering plans of the regions, patterns of addresses and questions, tables of names.
WARM_UP: tuple[Row, ...] = (
    {"text": "Anna Smith, anna@example.com, +1 202 555 0143", "locale": "en"},
    {"text": "I live at 12 Main Street, Springfield, IL 62701", "locale": "en"},
    {"text": "What is your date of birth, and the order number?", "locale": "en", "role": "agent"},
    {"text": "3 March 1981, and it's 4711-220-81, or call 0712 340 0001", "locale": "en"},
    {"text": "Mein Nachbar Vsevolod hat die 0791 234 0001, er wohnt Hauptstr. 5", "locale": "de"},
    {"text": "mon numéro est le 0 791 234 001, 5 rue de la Paix, 75002 Paris", "locale": "fr"},
    {
        "text": "mi DNI es 12345678Z, me llamo Ana Ruiz, calle Mayor 5, 0791 234 001",
        "locale": "es",
    },
)


def find(
    messages: Sequence[Row], meta: Mapping[str, str], locale: str, *, ruleset: Ruleset
) -> list[Spans]:
    """Spans per message of one conversation; `meta` is the customer profile, {} to withhold it."""
    said = [(_role(row), row["text"]) for row in messages]
    known = customer_values(Customer(None, {kind: (value,) for kind, value in meta.items()}))
    located = locate(said, known, reading=Reading(language=locale, ruleset=ruleset))
    return [[(span.start, span.end, span.type.value) for span in spans] for spans in located]


def scores(sets: Sequence[LabeledSet], *, ruleset: Ruleset, has_profile: bool) -> dict[str, Score]:
    """What the scrubber leaves and takes too much of in each set."""
    counted = {}
    for one in sets:
        found: list[Spans] = []
        for chat in one.conversations:
            profile = chat[0].get("meta") or {} if has_profile else {}
            found += find(chat, profile, chat[0]["locale"], ruleset=ruleset)
        counted[one.name] = score(one.rows, found)
    return counted


@dataclass(frozen=True)
class Throughput:
    """Messages redacted, and the CPU seconds of it and of what came before (imports, models)."""

    messages: int
    cpu_s: float
    load_cpu_s: float

    @property
    def messages_per_cpu_s(self) -> float:
        """Messages per CPU second, loading apart."""
        return self.messages / self.cpu_s


def throughput(conversations: Sequence[Sequence[Row]], *, ruleset: Ruleset) -> Throughput:
    """Redact conversations from table to table in a new process, which remembers nothing yet."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as process:
        return process.submit(_redact_all, conversations, ruleset).result()


def _redact_all(conversations: Sequence[Sequence[Row]], ruleset: Ruleset) -> Throughput:
    chats = [_conversation(n, rows) for n, rows in enumerate(conversations)]
    batches = [_batch(chats[at : at + BATCH], ruleset) for at in range(0, len(chats), BATCH)]
    start = _cpu_seconds()
    warm_up = [_conversation(len(chats) + n, [row]) for n, row in enumerate(WARM_UP)]
    redact(_batch(warm_up, ruleset))
    loaded = _cpu_seconds()
    for batch in batches:
        redact(batch)
    done = _cpu_seconds()
    return Throughput(sum(map(len, conversations)), done - loaded, loaded - start)


def _batch(chats: Sequence[Conversation], ruleset: Ruleset) -> pa.RecordBatch:
    return to_arrow(chats).replace_schema_metadata(schema_with(ruleset).metadata)


def _conversation(number: int, rows: Sequence[Row]) -> Conversation:
    turns = tuple(Turn(n, _role(row), row["text"]) for n, row in enumerate(rows))
    return Conversation(
        f"b-{number}", "bench", "eu", date(2026, 1, 5), turns, Outcome(Status.CLOSED), Customer(),
        language=Tag(rows[0]["locale"], SetBy.EXPORT),
    )  # fmt: skip


def _role(row: Row) -> Role:
    return Role(row.get("role", "customer"))


def _cpu_seconds() -> float:
    return time.process_time() + sum(os.times()[2:4])  # this process and its finished children
