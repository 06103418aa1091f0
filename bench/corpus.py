"""From exports to a training set: dbt beside DuckDB, readers beside a JSON parser, memory, poison.

    python bench/corpus.py --json OUT [--chats N] [--peak-chats N]

Chats are simulated. For dbt they are landed as they come, unredacted, because no model looks at
what is written in them; every other part runs the product's own code from end to end.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bench.planted import ATTACKS, planted
from handrail.conversations.model import Basis, Conversation, SetBy, Tag
from handrail.dataset.model import Split
from handrail.playbook.reader import read_playbook
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub
from handrail.settings import PROJECT, load_settings
from handrail.simulate.exports import FIRST_DAY, histories
from handrail.simulate.locales import locales_of
from handrail.simulate.world import World

DBT = PROJECT / "dbt_project"
PACKAGES = ("dbt-core", "dbt-duckdb", "duckdb", "pyarrow", "orjson")
REGION = "eu"
_CHATS_A_PORTION = 2_000
# Marts with a row for each chat; every other mart and intermediate model is counted as it says.
_AGGREGATES = ("admission_funnel", "topic_coverage")


@dataclass(frozen=True)
class Cost:
    """CPU seconds of this process and its threads."""

    name: str
    cpu: float


@contextmanager
def home() -> Iterator[Path]:
    """A new home in a folder of its own that is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="handrail-bench-") as folder:
        below = Path(folder)
        os.environ.update(
            HANDRAIL_HOME=str(below / "home"),
            HANDRAIL_KEYS=str(below / "keys"),
            HANDRAIL_EXPORTS=str(below / "exports"),
            HANDRAIL_AUDIT_COPY=str(below / "audit"),
            DBT_TARGET_PATH=str(below / "dbt" / "target"),
            DBT_LOG_PATH=str(below / "dbt" / "logs"),
        )
        yield below


def simulated(chats: int) -> Iterator[Conversation]:
    """So many chats of one region, as they ended and with the legal ground that intake notes."""
    settings = load_settings()
    spoken = settings.region(REGION).languages
    locales = tuple(one for one in locales_of(REGION) if one.language in spoken)
    world = World(REGION, read_playbook(settings.playbook), locales, settings.seed)
    until = FIRST_DAY + timedelta(days=56)
    for history in histories(world, chats=chats, days=56, first_day=FIRST_DAY):
        *_, (_, conversation, _) = history.exports(until)
        yield replace(conversation, basis=Tag(Basis.CONTRACT, SetBy.RULE))


def land(chats: Iterable[Conversation], *, ruleset: Ruleset | None) -> int:
    """Fill the warehouse's landing tables; how many messages went in.

    Without a ruleset chats land as they come: what is written in them doesn't change what it takes.
    """
    from handrail.warehouse.connection import open_encrypted
    from handrail.warehouse.dbt_plugin import path_and_key
    from handrail.warehouse.landing import chat_tables, landing_tables

    settings = load_settings()
    region, book = settings.region(REGION), read_playbook(settings.playbook)
    empty = landing_tables(
        (),
        labels=(),
        intake=(),
        redaction_holds=(),
        topics=book.topics.values(),
        vocabulary={
            "region": (REGION,),
            "language": region.languages,
            "channel": tuple(Channel),
            "severity": tuple(Severity),
            "product_area": settings.product_areas,
            "basis": region.training_bases,
            "no_mix_sector": region.no_mix_sectors,
            "mandate": tuple(book.mandates),
        },
        scores=(),
    )
    messages = 0
    made = iter(chats)

    def parts() -> Iterator[dict[str, Any]]:
        nonlocal messages
        yield empty
        while portion := list(islice(made, _CHATS_A_PORTION)):
            tables = chat_tables((_redacted(chat, ruleset), _person(chat)) for chat in portion)
            messages += tables["turns"].num_rows
            yield tables

    path, key = path_and_key(REGION)
    with open_encrypted(path, key, alias=REGION) as warehouse:
        warehouse.replace_in_parts("landing", parts())
    return messages


def _person(chat: Conversation) -> str:
    return chat.customer.customer_id or chat.conversation_id


def _redacted(chat: Conversation, ruleset: Ruleset | None) -> Any:
    if ruleset is not None:
        return scrub(chat, ruleset=ruleset)
    return SimpleNamespace(
        **vars(chat),
        opted_out_of_ai=chat.customer.opted_out_of_ai,
        opted_out_of_training=chat.customer.opted_out_of_training,
        stamp=SimpleNamespace(scrubber="0" * 64),
    )


def dbt_costs() -> list[Cost]:
    """CPU seconds of each model of one build without tests, and without dbt's own start."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    began: dict[str, float] = {}
    spent: dict[str, float] = defaultdict(float)

    def seen(event: Any) -> None:
        if event.info.name not in ("NodeStart", "NodeFinished"):
            return
        node = event.data.node_info.unique_id
        if event.info.name == "NodeStart":
            began[node] = time.process_time()
        else:
            spent[node] += time.process_time() - began.pop(node)

    result = dbtRunner(callbacks=[seen]).invoke(
        ["build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test",
         "--quiet", "--target", REGION, "--select", "tag:core",
         "--project-dir", str(DBT), "--profiles-dir", str(DBT)]
    )  # fmt: skip
    DuckDBConnectionManager.close_all_connections()  # dbt would hold the file until exit
    gc.collect()
    if not result.success:
        sys.exit(f"dbt failed: {result.exception or [r.message for r in result.result]}")
    return [Cost(node.rpartition(".")[2], cpu) for node, cpu in sorted(spent.items())]


def floor() -> tuple[Cost, Cost]:
    """What DuckDB itself takes to read every landed value once, and to write them once more."""
    from handrail.warehouse.connection import open_encrypted
    from handrail.warehouse.dbt_plugin import path_and_key

    tables = ("conversations", "turns", "actions", "reopenings")
    path, key = path_and_key(REGION)
    with open_encrypted(path, key, alias=REGION) as warehouse:
        began = time.process_time()
        for table in tables:
            warehouse.query(f"select bit_xor(hash(t)) from landing.{table} as t")
        read = time.process_time() - began
        began = time.process_time()
        for table in tables:
            warehouse.query(f"create table landing.again_{table} as from landing.{table}")
        written = time.process_time() - began
        for table in tables:
            warehouse.query(f"drop table landing.again_{table}")
    return Cost("read", read), Cost("write", written)


@dataclass(frozen=True)
class Attack:
    """Chats planted by one attack: how many, and how many are rows or targets in the end.

    `rows` are training rows, which teach a topic; `targets` are those whose false reply any export
    would teach as right.
    """

    name: str
    planted: int
    rows: int
    targets: int


def poisoned(chats: int, rate: float) -> tuple[list[Attack], float]:
    """Build a training set of `chats` honest chats and `rate` planted ones on top.

    Also returns the share of honest rows that the guards left out, which is their price.
    """
    from handrail.dataset.choosing import choose
    from handrail.dataset.exporters import EXPORTERS
    from handrail.dataset.exporters.base import Source
    from handrail.dataset.guards import BURST, SUPPLIER_CAP
    from handrail.dataset.landing import EXAMPLES
    from handrail.dataset.mix import RULES, MixTarget
    from handrail.dataset.splits import offered
    from handrail.warehouse.connection import open_encrypted
    from handrail.warehouse.dbt_plugin import path_and_key

    settings = load_settings()
    attacks = dict[str, str]()
    told: list[Conversation] = []
    for attack, chat in planted(simulated(chats), round(rate * chats), seed=settings.seed):
        attacks[chat.conversation_id] = attack
        told.append(chat)
    land(chain(simulated(chats), told), ruleset=Ruleset(names="rules"))
    dbt_costs()
    path, key = path_and_key(REGION)
    with open_encrypted(path, key, alias=REGION, read_only=True) as warehouse:
        rows = offered(warehouse.rows(EXAMPLES))
    chosen = choose(rows, rules=settings.dataset, mix=MixTarget.read(RULES), seed=settings.seed)
    learned = {e.example_id for e in chosen.examples if e.split is Split.TRAIN}
    source = Source(REGION, "bench", chosen.examples, ())
    targets = {
        line.of
        for exporter in EXPORTERS.values()
        for line in exporter.lines(source)
        if line.value.get("label", True)
    }
    guarded = sum(
        left.rule in (BURST, SUPPLIER_CAP) and left.example_id not in attacks
        for left in chosen.left_out
    )
    return [
        Attack(
            name,
            sum(a == name for a in attacks.values()),
            sum(a == name and i in learned for i, a in attacks.items()),
            sum(a == name and i in targets for i, a in attacks.items()),
        )
        for name in ATTACKS
    ], guarded / sum(row.example_id not in attacks for row in rows)
