"""Eight weeks of one region's chats, sealed and redacted by domain functions; a clock to move."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from handrail.access import Access, Purpose
from handrail.conversations.reading import read_region, register_of
from handrail.conversations.register import RegisteredExport
from handrail.conversations.sealing import counted_as_of, seal_days, survey
from handrail.conversations.surveying import days_to_seal, kept
from handrail.dataset.feedback import FEEDBACK
from handrail.dataset.landing import land_region, open_warehouse
from handrail.playbook.reader import read_playbook
from handrail.redaction.days import redact_days
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.workers import Workers
from handrail.residency import DataClass
from handrail.settings import PROJECT, Settings, load_settings
from handrail.simulate.exports import simulate
from handrail.vault.names import Artifact, ObjectName
from handrail.vault.region_vault import RegionVault, open_vault, pipeline
from handrail.verdicts import Finding, holds
from handrail.warehouse.connection import scratch_query
from tests.lifecycle.story import places

REGION = "eu"
CHATS = 42
RAW_DAYS, REDACTED_DAYS = 30, 60
AFTER = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CUSTODY = Access(actor="test", team="custody", purpose=Purpose.CUSTODY)


@dataclass
class Home:
    """A home in a folder of its own, and what its clock says."""

    folder: Path
    now: datetime = AFTER
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.settings = load_settings(environ=places(self.folder))

    def opened(self) -> RegionVault:
        return open_vault(self.settings, self.settings.region(REGION), clock=lambda: self.now)

    def copied(self, folder: Path) -> Home:
        """The same elsewhere; the exports are shared."""
        shutil.copytree(self.folder, folder)
        return Home(folder, self.now)


def eight_weeks(folder: Path) -> Home:
    """Simulated chats of every day from 5 January on; raw kept for 30 days, redacted for 60."""
    folder.mkdir()
    config = (PROJECT / "deploy" / "local.toml").read_text()
    was = "retention_days = { raw = 365, redacted = 1095 }"
    assert was in config
    kept_for = f"retention_days = {{ raw = {RAW_DAYS}, redacted = {REDACTED_DAYS} }}"
    (folder / "handrail.toml").write_text(config.replace(was, kept_for, 1))
    home = Home(folder)
    written = simulate(
        folder.with_name(f"{folder.name}-exports"), regions=[REGION], languages={REGION: ["en"]},
        chats=CHATS, days=56, first_day=date(2026, 1, 5), seed=7,
        playbook=read_playbook(home.settings.playbook), progress=lambda done: None,
    )  # fmt: skip
    for export in written.exports[REGION]:
        register_of(home.settings, REGION).add(
            RegisteredExport(
                str(export.path),
                None,
                str(export.mapping) if export.mapping else None,
                str(export.answer_key),
            )
        )
    vault = home.opened()
    book = read_playbook(home.settings.playbook)
    commit(vault, Artifact("playbook", "all", book.digest, None, len(book.templates), {}), [])
    days = take_in(home, vault)
    access = pipeline("test", Purpose.REDACTION)
    with Workers(1, ruleset=STANDARD) as workers:
        for day in redact_days(
            vault, days, access=access, query=scratch_query, workers=workers, truth={}
        ):
            for artifact in (day.holds, day.known, day.artifact):
                commit(vault, artifact, [day.raw])
    vault.close()
    return home


def take_in(home: Home, vault: RegionVault) -> list[str]:
    """Survey the exports and seal what has changed, as the assets do; the days it sealed."""
    since = vault.lineage.destructions.kept_since(DataClass.RAW)

    def reading():  # type: ignore[no-untyped-def]
        return read_region(home.settings, REGION, kept_since=since, now=home.now)

    made = kept(survey(reading(), vault=vault), region=REGION)
    vault.lineage.commit(
        made.artifact, inputs=[], findings=[made.finding], config_hash="", run_id="test"
    )
    days = list(days_to_seal(vault.lineage, REGION, latest=None))
    access = pipeline("test", Purpose.INTAKE)
    sealed, quarantine = seal_days(reading(), vault=vault, days=days, access=access)
    commit(vault, quarantine, [], counted_as_of(since))
    for day in sealed:
        commit(vault, day.artifact, [])
    return [day.day for day in sealed]


def land(home: Home, vault: RegionVault) -> dict[str, int]:
    """Land everything; rows of the exports by what became of them, and chats by day as `days`."""
    labels = ObjectName(FEEDBACK, REGION, DataClass.DATASET)
    commit(vault, vault.put(labels, [], access=pipeline("test", Purpose.DATASET)), [])
    access = pipeline("test", Purpose.WAREHOUSE)
    land_region(vault, home.settings, read_playbook(home.settings.playbook), access=access)
    with open_warehouse(vault, home.settings, access=access) as warehouse:
        rows = {row["reason"]: row["n"] for row in warehouse.rows(
            "select reason, sum(rows)::bigint as n from landing.intake group by reason "
            "union all select 'held back', coalesce(sum(rows), 0)::bigint "
            "from landing.redaction_holds"
        )}  # fmt: skip
        [chats] = warehouse.rows(
            "select count(*) as redacted, min(day)::text as first_day from landing.conversations"
        )
    assert rows["accepted"] == chats["redacted"] + rows["held back"], "the funnel reconciles"
    return {**rows, **chats}


def commit(
    vault: RegionVault, artifact: Artifact, inputs: Iterable[Artifact], *more: Finding
) -> None:
    vault.lineage.commit(
        artifact,
        inputs=inputs,
        findings=[holds("made", True, "a test made it"), *more],
        config_hash=STANDARD.version,
        run_id="test",
    )
