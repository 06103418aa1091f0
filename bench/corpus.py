"""From exports to a training set: dbt beside plain DuckDB, readers beside a JSON parser, memory, poison.

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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from handrail.conversations.model import Conversation
from handrail.playbook.reader import read_playbook
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
    """So many chats of one region, as they ended."""
    settings = load_settings()
    spoken = settings.region(REGION).languages
    locales = tuple(one for one in locales_of(REGION) if one.language in spoken)
    world = World(REGION, read_playbook(settings.playbook), locales, settings.seed)
    until = FIRST_DAY + timedelta(days=56)
    for history in histories(world, chats=chats, days=56, first_day=FIRST_DAY):
        *_, (_, conversation, _) = history.exports(until)
        yield conversation


def land(chats: int) -> int:
    """Fill the warehouse's landing tables; how many messages went in."""
    from handrail.warehouse.connection import open_encrypted
    from handrail.warehouse.dbt_plugin import path_and_key
    from handrail.warehouse.landing import chat_tables, landing_tables
    from handrail.warehouse.records import RowCount

    settings = load_settings()
    region = settings.region(REGION)
    playbook = read_playbook(settings.playbook)
    empty = landing_tables(
        (),
        labels=(),
        intake=[RowCount(None, "accepted", chats)],
        redaction_holds=(),
        topics=playbook.topics.values(),
        vocabulary={
            "region": (REGION,),
            "language": region.languages,
            "product_area": settings.product_areas,
            "basis": region.training_bases,
            "no_mix_sector": region.no_mix_sectors,
            "mandate": tuple(playbook.mandates),
        },
        scores=(),
    )
    messages = 0
    made = simulated(chats)

    def parts() -> Iterator[dict[str, Any]]:
        nonlocal messages
        yield empty
        while portion := list(islice(made, _CHATS_A_PORTION)):
            tables = chat_tables((_redacted(chat), chat.conversation_id) for chat in portion)
            messages += tables["turns"].num_rows
            yield tables

    path, key = path_and_key(REGION)
    with open_encrypted(path, key, alias=REGION) as warehouse:
        warehouse.replace_in_parts("landing", parts())
    return messages


def _redacted(chat: Conversation) -> Any:
    """The chat in the shape that lands, its text as it is."""
    return SimpleNamespace(
        **vars(chat),
        opted_out_of_ai=chat.customer.opted_out_of_ai,
        opted_out_of_training=chat.customer.opted_out_of_training,
        stamp=SimpleNamespace(scrubber="0" * 64),
    )


def dbt_costs() -> list[Cost]:
    """CPU seconds of each model of one `dbt run`, one after the other, without dbt's own start."""
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
        ["build", "--quiet", "--target", REGION, "--select", "tag:core",
         "--resource-type", "model", "--resource-type", "seed",
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
