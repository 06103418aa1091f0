"""What goes into a region's warehouse before dbt runs, and what is taken out after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date

from handrail.access import Access
from handrail.conversations.model import Channel, Severity
from handrail.conversations.sealing import QUARANTINE, RAW
from handrail.dataset.feedback import landed, read_feedback
from handrail.digests import digest
from handrail.playbook.model import Playbook
from handrail.redaction.days import HOLDS, REDACTED, read_redacted
from handrail.redaction.model import RedactedConversation
from handrail.settings import Settings
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds
from handrail.warehouse.connection import Warehouse, open_encrypted
from handrail.warehouse.landing import landing_tables, score_table
from handrail.warehouse.records import RowCount, Score

CORE = "warehouse_core"
_LANDING, _MARTS = "landing", "marts"


def open_warehouse(
    vault: RegionVault, settings: Settings, *, access: Access
) -> AbstractContextManager[Warehouse]:
    """The region's encrypted warehouse file."""
    return open_encrypted(
        settings.region_home(vault.region.name) / "warehouse.duckdb",
        vault.warehouse_key(access=access),
        alias=vault.region.name,
    )


def land_region(
    vault: RegionVault, settings: Settings, playbook: Playbook, *, access: Access
) -> tuple[Artifact, ...]:
    """Load everything the core models read; returns what it was made from.

    Refuses when a day or the feedback did not pass. Rows of one person share a group, named by the
    smallest conversation id among them, so that data sets don't depend on random subject ids.
    """
    labels, feedback = read_feedback(vault, access=access)
    book = vault.lineage.require_passed("playbook", "all")
    days = vault.lineage.require_all_passed(REDACTED)
    chats = list(read_redacted(vault, access=access))
    groups = _groups(chats)
    tables = landing_tables(
        ((chat, groups[chat.conversation_id]) for chat, _ in chats),
        labels=landed(labels),
        intake=_intake(vault),
        redaction_holds=_holds(vault),
        topics=playbook.topics.values(),
        vocabulary={
            "region": (vault.region.name,),
            "language": vault.region.languages,
            "channel": tuple(Channel),
            "severity": tuple(Severity),
            "product_area": settings.product_areas,
        },
        scores=(),
    )
    del tables["scores"]  # the history's own
    with open_warehouse(vault, settings, access=access) as warehouse:
        warehouse.replace_tables(_LANDING, tables)
    return (*days, feedback, book)


def land_scores(
    vault: RegionVault, settings: Settings, scores: Iterable[Score], *, access: Access
) -> None:
    """Load the scores of every evaluation so far for the history models."""
    with open_warehouse(vault, settings, access=access) as warehouse:
        warehouse.replace_table(_LANDING, "scores", score_table(scores))


def core_built(
    vault: RegionVault, settings: Settings, *, access: Access
) -> tuple[Artifact, tuple[Finding, ...]]:
    """The core marts as one artifact: the digest covers every training example and the funnel."""
    with open_warehouse(vault, settings, access=access) as warehouse:
        rows = warehouse.query("select * from marts.training_examples order by example_id")
        unlabeled = warehouse.query("select * from marts.evaluation_examples order by example_id")
        funnel = warehouse.query(
            "select stage, reason, rows from marts.admission_funnel order by step_id"
        ).to_pylist()
    admitted = sum(row["rows"] for row in funnel if row["reason"] == "admitted")
    finding = holds(
        "funnel_reconciles",
        admitted == rows.num_rows,
        f"{admitted} chats were admitted and {rows.num_rows} training examples made of them",
        admitted=admitted,
        examples=rows.num_rows,
    )
    content = digest([rows.to_pylist(), unlabeled.to_pylist(), funnel])
    dropped = {
        f"dropped {row['reason']}": int(row["rows"])
        for row in funnel
        if row["stage"] == "admission" and row["reason"] != "admitted"
    }
    made = Artifact(CORE, vault.region.name, content, None, rows.num_rows, dropped)
    return made, (finding,)


def _groups(chats: Sequence[tuple[RedactedConversation, str | None]]) -> dict[str, str]:
    by_subject: dict[str, list[str]] = defaultdict(list)
    for chat, subject in chats:
        by_subject[subject or chat.conversation_id].append(chat.conversation_id)
    return {i: min(ids) for ids in by_subject.values() for i in ids}


def _intake(vault: RegionVault) -> list[RowCount]:
    quarantine = vault.lineage.require_passed(QUARANTINE, vault.region.name)
    counts = {k: int(v) for k, v in quarantine.measures.items() if k != "rows"}
    sealed = [
        RowCount(date.fromisoformat(day.partition), "accepted", day.records)
        for day in vault.lineage.partitions(RAW)
    ]
    # Chats of days nobody asked for yet (`handrail run --days`) are accounted for, not lost.
    waiting = counts.pop("accepted") - sum(row.rows for row in sealed)
    reasons = [RowCount(None, reason, rows) for reason, rows in counts.items()]
    return [*sealed, *reasons] + ([RowCount(None, "day_not_run_yet", waiting)] if waiting else [])


def _holds(vault: RegionVault) -> list[RowCount]:
    return [
        RowCount(date.fromisoformat(day.partition), "second_look", day.records)
        for day in vault.lineage.partitions(HOLDS)
        if day.records
    ]
