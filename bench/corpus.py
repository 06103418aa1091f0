"""From exports to a training set: dbt beside DuckDB, readers beside a JSON parser, memory, poison.

    python bench/corpus.py --json OUT [--chats N] [--read N] [--honest N] [--peak-chats N]

Chats are simulated. For dbt they are landed as they come, unredacted, because no model looks at
what is written in them; every other part runs the product's own code from end to end.

`corpus.peak_rss_mib` is of `--peak-chats` chats, few unless asked otherwise. The largest process on
200,000 chats, which the goal of 1,024 MiB is about, is seen by `bench/pipeline.py --chats 200000`.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson

sys.path.append(str(Path(__file__).parents[1]))  # as a script this file knows its own folder only

from bench import pipeline
from bench.figures import row, show_rows, versions, write_document
from bench.made.planted import ATTACKS, planted
from bench.made.vendor_exports import WRITERS, write
from handrail.clock import system_clock
from handrail.conversations.intake import Export, load_mapping, read_exports
from handrail.conversations.model import Basis, Conversation, SetBy, Tag
from handrail.dataset.model import Split
from handrail.playbook.reader import read_playbook
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub
from handrail.settings import PROJECT, load_settings, quiet_telemetry
from handrail.simulate.exports import FIRST_DAY, histories
from handrail.simulate.locales import locales_of
from handrail.simulate.world import World
from handrail.warehouse.records import Label

DBT = PROJECT / "dbt_project"
PACKAGES = ("dbt-core", "dbt-duckdb", "duckdb", "pyarrow", "orjson")
REGION = "eu"
_CHATS_A_PORTION = 2_000
# A million messages, the unit of the figures. With fewer, what dbt takes for a model, however
# little there is to do, outweighs the rest.
_CHATS_A_MILLION = 137_000
POISON_RATES = (0.001, 0.01, 0.05)
# Marts of counts; every other table has a row a chat.
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


def land(
    chats: Iterable[Conversation], *, ruleset: Ruleset | None, labels: Sequence[Label] = ()
) -> int:
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
        labels=labels,
        intake=(),
        redaction_holds=(),
        topics=book.topics.values(),
        vocabulary={
            "region": (REGION,),
            "language": region.languages,
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
    # Seeds cost the same however many chats there are, and say so by their name.
    named = {node: node.rpartition(".")[2] for node in sorted(spent)}
    return [
        Cost(f"seed {name}" if node.startswith("seed.") else name, spent[node])
        for node, name in named.items()
    ]


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

    `rows` are rows of the data set, in any split; `targets` are those whose false reply any export
    would teach as right. Each with the guards and, of the same chats, without any. `stopped` counts
    the rows that would be a target without guards by the guard that keeps them from it.
    """

    name: str
    planted: int
    rows: int
    rows_unguarded: int
    targets: int
    targets_unguarded: int
    stopped: Mapping[str, int]


def poisoned(chats: int, rate: float) -> tuple[list[Attack], float]:
    """Build a training set of `chats` honest chats and `rate` planted ones on top, twice.

    Without guards no row is a burst, nobody supplies too much, and a reply that people accepted is
    taught whatever it says. Also returns the share of honest rows that the guards leave out, which
    is their price.
    """
    from handrail.dataset.choosing import choose
    from handrail.dataset.exporters import EXPORTERS
    from handrail.dataset.exporters.base import Source, is_wanted
    from handrail.dataset.guards import BURST, SUPPLIER_CAP
    from handrail.dataset.landing import EXAMPLES
    from handrail.dataset.mix import RULES, MixTarget
    from handrail.dataset.splits import offered
    from handrail.dataset.targets import Targets
    from handrail.warehouse.connection import open_encrypted
    from handrail.warehouse.dbt_plugin import path_and_key

    settings = load_settings()
    attacks = dict[str, str]()
    told: list[Conversation] = []
    for attack, chat in planted(simulated(chats), round(rate * chats), seed=settings.seed):
        attacks[chat.conversation_id] = attack
        told.append(chat)
    labels = [
        Label(flag.flag_id, 0, chat.conversation_id, flag.turn_index, flag.label, "r", flag.at)
        for chat in told
        for flag in chat.flags
    ]
    land(chain(simulated(chats), told), ruleset=Ruleset(names="rules"), labels=labels)
    dbt_costs()
    path, key = path_and_key(REGION)
    with open_encrypted(path, key, alias=REGION, read_only=True) as warehouse:
        rows = offered(warehouse.rows(EXAMPLES))
    off = settings.dataset.model_copy(
        update={"burst_rows": len(rows) + 1, "supplier_rows": len(rows) + 1}
    )
    names = {chat.conversation_id for chat in told if chat.customer.customer_id is None}
    chosen, unguarded = (
        choose(rows, nameless=names, rules=rules, mix=MixTarget.read(RULES), seed=settings.seed)
        for rules in (settings.dataset, off)
    )
    kept = {e.example_id: e for e in chosen.examples}
    loose = {e.example_id: e for e in unguarded.examples}
    would_teach = {
        i for i, e in loose.items() if e.split is Split.TRAIN and e.reply and is_wanted(e)
    }
    on = max(row.day for row in rows)
    targets = Targets(read_playbook(settings.playbook), region=REGION, on=on)
    source = Source(REGION, "bench", chosen.examples, (), targets)
    taught = {
        line.of
        for exporter in EXPORTERS.values()
        for line in exporter.lines(source)
        if line.value.get("label", True)
    }
    rules = {left.example_id: left.rule for left in chosen.left_out}

    def stopped_by(row: str) -> str:
        if row in rules:
            return rules[row]
        if kept[row].split is not Split.TRAIN:
            return "another split"
        return "signals" if kept[row].signals else "playbook"

    guarded = sum(
        left.rule in (BURST, SUPPLIER_CAP) and left.example_id not in attacks
        for left in chosen.left_out
    )
    return [
        Attack(
            name,
            len(of),
            len(of & kept.keys()),
            len(of & loose.keys()),
            len(of & taught),
            len(of & would_teach),
            Counter(stopped_by(row) for row in sorted(of & would_teach - taught)),
        )
        for name in ATTACKS
        for of in [{row for row, attack in attacks.items() if attack == name}]
    ], guarded / sum(row.example_id not in attacks for row in rows)


@dataclass(frozen=True)
class Read:
    """One vendor's export read once: CPU seconds of the source, of all intake, of a parser."""

    vendor: str
    rows: int
    source: float
    intake: float
    parser: float


def readers(chats: int, folder: Path) -> Iterator[Read]:
    """Read the same chats in each vendor's shape, and beside it let orjson parse the same lines."""
    settings = load_settings()
    made = list(simulated(chats))
    for vendor in WRITERS:
        file = folder / f"{vendor}.jsonl"
        write(vendor, made, file)
        mapping = load_mapping(PROJECT / "deploy" / "mappings" / f"{vendor}.yaml")
        export = Export(file, vendor, mapping, simulated=True)
        source, (path, *_) = export.open()
        began = time.process_time()
        rows = sum(1 for _ in source.rows(path, limits=settings.intake))
        by_source = time.process_time() - began
        began = time.process_time()
        reading = read_exports(
            [export],
            region=settings.region(REGION),
            regions=settings.all_regions(),
            product_areas=settings.product_areas,
            limits=settings.intake,
            first_day=settings.first_day,
            kept_since="",
            now=system_clock(),
        )
        taken_in = sum(1 for _ in reading)
        by_intake = time.process_time() - began
        if not rows == taken_in == chats:
            sys.exit(f"{vendor}: {chats} chats were written, {rows} and {taken_in} rows read")
        began = time.process_time()
        with file.open("rb") as lines:
            for line in lines:
                orjson.loads(line)
        yield Read(vendor, rows, by_source, by_intake, time.process_time() - began)
        file.unlink()


def show_dbt(messages: int, before: tuple[Cost, Cost], costs: list[Cost]) -> list[dict[str, Any]]:
    """The table of models, and its metrics: CPU seconds per million messages."""
    per = 1e6 / messages
    print(f"\n{messages:,} messages landed; CPU s per 1M messages, dbt's start not counted")
    for cost in (*before, *costs):
        print(f"  {cost.name:<40}{cost.cpu * per:>8.2f}")
    models = [c for c in costs if not c.name.startswith(("stg_", "seed "))]
    marts = sum(c.cpu for c in models if c.name in _AGGREGATES) * per
    rows = sum(c.cpu for c in models if c.name not in _AGGREGATES) * per
    floor_cpu = sum(c.cpu for c in before) * per
    note = f"{messages} messages; {', '.join(_AGGREGATES)}"
    by = f"row models and marts over reading ({before[0].cpu * per:.2f}) and writing"
    return [
        row("corpus.mart_cpu_s_per_1m", marts, "s", f"{note}, together"),
        row(
            "corpus.row_model_cpu_s_per_1m",
            rows,
            "s",
            "all other tables; no views, no seeds",
        ),
        row("corpus.duckdb_floor_cpu_s_per_1m", floor_cpu, "s", "every landed value, once each"),
        row(
            "corpus.duckdb_floor_ratio",
            (marts + rows) / floor_cpu,
            "",
            f"{by} ({before[1].cpu * per:.2f}) every landed value once",
        ),
    ]


def show_readers(reads: list[Read]) -> list[dict[str, Any]]:
    """The table of vendors, and its metrics: chats per CPU second."""
    print(f"\n{'chats per CPU s':<16}{'source':>10}{'intake':>10}{'orjson':>10}")
    for one in reads:
        print(
            f"  {one.vendor:<14}{one.rows / one.source:>10,.0f}{one.rows / one.intake:>10,.0f}"
            f"{one.rows / one.parser:>10,.0f}"
        )
    return [
        row(
            "corpus.reader_rows_per_s",
            one.rows / one.source,
            "1/s",
            f"{one.vendor}, a row is a chat; with all of intake {one.rows / one.intake:.0f}, "
            f"orjson alone {one.rows / one.parser:.0f}",
        )
        for one in reads
    ]


def show_poison(rate: float, attacks: list[Attack], price: float) -> list[dict[str, Any]]:
    """The table of attacks, and its metrics: what the guards keep from being taught, or a row."""
    print(f"\n{100 * rate:.1f} % planted; the guards left out {100 * price:.2f} % of honest rows")
    print(f"  {'guards:':<12}{'':>9}{'off':>7}{'on':>7}{'off':>9}{'on':>7}")
    print(f"  {'attack':<12}{'planted':>9}{'rows':>14}{'targets':>16}  stopped by")
    for one in attacks:
        by = ", ".join(f"{name} {n}" for name, n in sorted(one.stopped.items()))
        print(
            f"  {one.name:<12}{one.planted:>9}{one.rows_unguarded:>7}{one.rows:>7}"
            f"{one.targets_unguarded:>9}{one.targets:>7}  {by}"
        )
    planted_all = sum(one.planted for one in attacks)
    targets = [sum(one.targets for one in attacks), sum(one.targets_unguarded for one in attacks)]
    rows = [sum(one.rows for one in attacks), sum(one.rows_unguarded for one in attacks)]
    about = f"{100 * rate:.1f} % planted ({planted_all} chats, {len(attacks)} attacks)"
    each = "; ".join(f"{one.name} {one.rows} of {one.rows_unguarded}" for one in attacks)
    told = {
        "corpus.poison_neutralized_share": (
            targets,
            f"{about}: {targets[0]} are a target of an export, {targets[1]} without guards; "
            f"{100 * price:.2f} % of honest rows are the price",
        ),
        "corpus.poison_rows_kept_out_share": (
            rows,
            f"{about}: {rows[0]} are a row of any split, {rows[1]} without guards ({each})",
        ),
    }
    # Where nothing would come through without guards, what they keep out wasn't measured.
    return [
        row(metric, 100 * (1 - guarded / unguarded), "%", note)
        for metric, ((guarded, unguarded), note) in told.items()
        if unguarded
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    parser.add_argument(
        "--chats", type=int, default=_CHATS_A_MILLION, metavar="N", help="that dbt looks at"
    )
    parser.add_argument("--read", type=int, default=3_000, metavar="N", help="a vendor")
    parser.add_argument("--honest", type=int, default=6_000, metavar="N", help="beside the poison")
    parser.add_argument(
        "--peak-chats", type=int, default=6_000, metavar="N",
        help="of a whole run, for its memory; the goal's are bench/pipeline.py --chats 200000",
    )  # fmt: skip
    asked = parser.parse_args()
    quiet_telemetry()
    rows: list[dict[str, Any]] = []
    with home():
        messages = land(simulated(asked.chats), ruleset=None)
        before = floor()
        rows += show_dbt(messages, before, dbt_costs())
    with home() as folder:
        rows += show_readers(list(readers(asked.read, folder)))
    for rate in POISON_RATES:
        with home():
            rows += show_poison(rate, *poisoned(asked.honest, rate))
    if asked.peak_chats:
        measured = pipeline.run(asked.peak_chats)
        note = f"largest process of `handrail run`, n = {asked.peak_chats} chats"
        rows.append(row("corpus.peak_rss_mib", measured.peak / 2**20, "MiB", note))
    print()
    show_rows(rows)
    write_document(asked.json, rows, used=versions(*PACKAGES))
    return 0


if __name__ == "__main__":
    sys.exit(main())
