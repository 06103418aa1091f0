"""What goes into a region's warehouse before dbt runs, and what is taken out after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from itertools import chain, islice
from typing import Any

import pyarrow as pa

from handrail.access import Access
from handrail.conversations.intake import Reason
from handrail.conversations.sealing import QUARANTINE, RAW, counted_since
from handrail.dataset.admission import SUBJECT_ERASED, admission_rules_digest
from handrail.dataset.corrections import corrected, corrections_of, kept_corrections
from handrail.dataset.feedback import landed, read_feedback
from handrail.dataset.funnel import funnel_of
from handrail.dataset.weighting import weight_policy_digest
from handrail.digests import canonical, digest_of_lists
from handrail.errors import NotPassed, without_chat_text
from handrail.playbook.approved import require_approved
from handrail.playbook.model import Playbook
from handrail.redaction.days import HOLDS, REDACTED, read_redacted
from handrail.redaction.model import RedactedConversation
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds
from handrail.warehouse.connection import Warehouse, open_encrypted
from handrail.warehouse.landing import chat_tables, hold_table, landing_tables, score_table
from handrail.warehouse.records import RowCount, Score

CORE = "warehouse_core"
NOT_RUN_YET, SECOND_LOOK = "day_not_run_yet", "second_look"
_LANDING = "landing"
_CHATS_A_PORTION = 2_000
EXAMPLES = "select * from marts.training_examples order by example_id"
UNLABELED = "select * from marts.evaluation_examples order by example_id"
_FUNNEL = "select step_id, rows from marts.admission_funnel order by step_id"


@contextmanager
def open_warehouse(
    vault: RegionVault, settings: Settings, *, access: Access
) -> Iterator[Warehouse]:
    """The region's encrypted warehouse file; reaching beyond it is refused and on record."""
    path = settings.region_home(vault.region.name) / "warehouse.duckdb"
    key = vault.warehouse_key(access=access)
    with (
        vault.strange_on_record(access, what="warehouse"),
        open_encrypted(path, key, alias=vault.region.name) as warehouse,
    ):
        yield warehouse


@contextmanager
def open_core(
    vault: RegionVault, settings: Settings, *, access: Access
) -> Iterator[tuple[Warehouse, Artifact]]:
    """The warehouse and its manifest, which names exactly what is in it.

    Refuses core marts that did not pass, are stale, or that a build replaced without coming to its
    end.
    """
    core = vault.lineage.require_passed(CORE, vault.region.name)
    with open_warehouse(vault, settings, access=access) as warehouse:
        content, _ = _content(warehouse, list(warehouse.rows(_FUNNEL)))
        if content != core.digest:
            msg = (
                f"the warehouse of region {vault.region.name} holds other examples than its "
                "manifest names, as after a build that failed: `handrail run` builds it again"
            )
            raise NotPassed(msg)
        yield warehouse, core


def land_region(
    vault: RegionVault, settings: Settings, playbook: Playbook, *, access: Access
) -> tuple[Artifact, ...]:
    """Load everything the core models read; returns what it was made from.

    Refuses when a day, the feedback or this playbook did not pass, or when more chats are held than
    the exports have. Rows of one person share a group, named by the smallest conversation id among
    them, so that data sets don't depend on random subject ids. Tags are as people corrected them.
    Chats of erased people aren't there to be read; they are counted.
    """
    book = require_approved(vault.lineage, playbook)
    labels, feedback = read_feedback(vault, access=access)
    days = vault.lineage.require_all_passed(REDACTED)
    tables = landing_tables(
        (),
        labels=landed(labels),
        intake=_intake(vault),
        redaction_holds=_holds(vault),
        topics=playbook.topics.values(),
        vocabulary={
            "region": (vault.region.name,),
            "language": vault.region.languages,
            "product_area": settings.product_areas,
            "basis": vault.region.training_bases,
            "no_mix_sector": vault.region.no_mix_sectors,
            "mandate": tuple(playbook.mandates),
        },
        scores=(),
    )
    del tables["scores"]  # the history's own
    people = corrections_of(vault)
    chats = corrected(read_redacted(vault, access=access), people, vault=vault, playbook=playbook)
    groups = _groups(vault, days, access=access)
    landed_of: Counter[str] = Counter()  # by day, counted while they are landed
    erased = ({"redaction_holds": hold_table(_erased(day, landed_of))} for day in days)
    with open_warehouse(vault, settings, access=access) as warehouse:
        warehouse.replace_in_parts(
            _LANDING, chain([tables], _portions(chats, groups, landed_of), erased)
        )
    return (*days, feedback, book, kept_corrections(vault, people))


def model_vars(settings: Settings) -> str:
    """The config's values that models use, as dbt takes them on its command line."""
    return canonical({"reopening_days": settings.intake.reopening_days}).decode()


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
        funnel = list(warehouse.rows(_FUNNEL))
        content, examples = _content(warehouse, funnel)
    measures: dict[str, int | float | str] = {
        "admission_rules": admission_rules_digest(),
        "weight_policy": weight_policy_digest(),
        **{row["step_id"]: int(row["rows"]) for row in funnel if row["rows"]},
    }
    made = Artifact(CORE, vault.region.name, content, None, examples, measures)
    counted = funnel_of(made)
    admitted = counted.kept("admission")
    breaks = counted.breaks()
    finding = holds(
        "funnel_reconciles",
        admitted == examples and not breaks,
        "; ".join(
            [f"{admitted} chats were admitted and {examples} examples made of them", *breaks]
        ),
        admitted=admitted,
        examples=examples,
    )
    return made, (finding,)


def _content(warehouse: Warehouse, funnel: list[dict[str, Any]]) -> tuple[str, int]:
    """The content hash of the core marts, and how many training examples there are."""
    content, (examples, _, _) = digest_of_lists(
        [warehouse.rows(EXAMPLES), warehouse.rows(UNLABELED), funnel]
    )
    return content, examples


def _groups(vault: RegionVault, days: Iterable[Artifact], *, access: Access) -> dict[str, str]:
    """The smallest conversation id of each subject, from the objects' indexes alone."""
    smallest: dict[str, str] = {}
    for day in days:
        subjects = vault.record_subjects(day, data_class=DataClass.REDACTED, access=access)
        for conversation_id, subject in subjects.items():
            person = subject or conversation_id
            smallest[person] = min(smallest.get(person, conversation_id), conversation_id)
    return smallest


def _portions(
    chats: Iterator[tuple[RedactedConversation, str | None]],
    groups: Mapping[str, str],
    landed_of: Counter[str],
) -> Iterator[Mapping[str, pa.Table]]:
    """The chats' tables, some thousand chats at a time, counted by day as they go."""
    while portion := list(islice(chats, _CHATS_A_PORTION)):
        landed_of.update(chat.day.isoformat() for chat, _ in portion)
        with without_chat_text("the landing tables"):
            tables = chat_tables(
                (chat, groups[subject or chat.conversation_id]) for chat, subject in portion
            )
        yield tables


def _intake(vault: RegionVault) -> list[RowCount]:
    """Rows of the exports by what became of them.

    A chat whose raw day retention destroyed was accepted as long as its redacted one is kept; then
    it is past retention like those that came too late to be sealed at all.
    """
    quarantine = vault.lineage.require_passed(QUARANTINE, vault.region.name)
    kept_since = counted_since(vault.lineage, quarantine)
    counts = {k: int(v) for k, v in quarantine.measures.items() if k != "rows"}
    waiting, past = counts.pop("accepted"), counts.pop(str(Reason.PAST_RETENTION), 0)
    gone = _destroyed_days(vault, REDACTED)
    sealed = []
    for day in vault.lineage.partitions(RAW):
        vault.lineage.require_passed(RAW, day.partition)
        is_counted_accepted = day.partition >= kept_since
        if is_counted_accepted:
            waiting -= day.records
        if day.partition in gone:
            past += day.records if is_counted_accepted else 0
        elif day.records:
            sealed.append(RowCount(date.fromisoformat(day.partition), "accepted", day.records))
            past -= 0 if is_counted_accepted else day.records
    if waiting < 0:
        msg = (
            f"{-waiting} more chats are held than the exports of {vault.region.name} have, because "
            "days have changed that were not sealed again: `handrail run` without --days does it"
        )
        raise NotPassed(msg)
    reasons = [RowCount(None, reason, rows) for reason, rows in counts.items()]
    # Chats of days nobody asked for yet (`handrail run --days`) are accounted for, not lost.
    more = {NOT_RUN_YET: waiting, str(Reason.PAST_RETENTION): past}
    return [*sealed, *reasons, *(RowCount(None, r, n) for r, n in more.items() if n > 0)]


def _holds(vault: RegionVault) -> list[RowCount]:
    gone = _destroyed_days(vault, REDACTED)
    return [
        RowCount(date.fromisoformat(day.partition), SECOND_LOOK, day.records)
        for day in vault.lineage.partitions(HOLDS)
        if day.records and day.partition not in gone
    ]


def _erased(day: Artifact, landed_of: Mapping[str, int]) -> list[RowCount]:
    """Chats of a redacted day whose people were erased, before it was redacted or since."""
    rows = int(day.measures.get("erased", 0)) + day.records - landed_of[day.partition]
    return [RowCount(date.fromisoformat(day.partition), SUBJECT_ERASED, rows)] if rows else []


def _destroyed_days(vault: RegionVault, asset: str) -> set[str]:
    kept = {day.partition for day in vault.lineage.holdings.of(asset)}
    return {day.partition for day in vault.lineage.partitions(asset)} - kept
