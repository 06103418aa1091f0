"""What changes in the exports, or about a person, is gone from the next data set by itself."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from handrail.access import Purpose
from handrail.clock import FixedClock
from handrail.conversations.reading import register_of
from handrail.conversations.register import RegisteredExport
from handrail.conversations.sealing import RAW
from handrail.dataset.building import Dataset, build_dataset, unlabeled_examples
from handrail.dataset.eviction import evictions
from handrail.dataset.funnel import Funnel, funnel_of
from handrail.dataset.model import TrainingExample
from handrail.playbook.reader import read_playbook
from handrail.redaction.days import REDACTED
from handrail.redaction.ruleset import STANDARD
from handrail.residency import DataClass
from handrail.settings import load_settings
from handrail.simulate.exports import simulate
from handrail.vault.region_vault import RegionVaults, pipeline
from handrail.vault.root_key import key_database
from tests.conftest import NOW
from tests.lifecycle.one_region import data_set, redact, take_in

pytestmark = [pytest.mark.xdist_group("dbt"), pytest.mark.whole]

REGION = "us"
CHATS = 150
ACCESS = pipeline("test:eviction", Purpose.DATASET)
Change = Callable[[dict[str, Any]], None]


def _reopen(chat: dict[str, Any]) -> None:
    chat["outcome"]["reopened_at"] = [chat["outcome"]["closed_at"]]


def _opt_out(chat: dict[str, Any]) -> None:
    chat["customer"]["opted_out_of_training"] = True


def _object(chat: dict[str, Any]) -> None:
    chat["basis"] = "legal_obligation"


def _retag(chat: dict[str, Any]) -> None:
    chat["topic"] = None


CHANGES: dict[str, Change] = {
    "admission|reopened": _reopen,
    "admission|opted_out_of_training": _opt_out,
    "admission|basis_not_for_training": _object,
    "admission|no_topic": _retag,
}


class Home:
    """A small region whose data set is made again and again."""

    def __init__(self, folder: Path) -> None:
        settings = load_settings(environ={"HANDRAIL_HOME": str(folder / "home")})
        self.vaults = RegionVaults(settings, clock=FixedClock(NOW))
        self.vault = self.vaults.of(REGION)
        self._export = folder / "now.jsonl"
        register_of(settings, REGION).add(RegisteredExport(str(self._export), "jsonl", None, None))
        written = simulate(
            folder / "exports", regions=[REGION], languages={REGION: ["en"]}, chats=CHATS, days=7,
            first_day=date(2026, 1, 5), seed=1, playbook=read_playbook(settings.playbook),
            progress=lambda done: None,
        )  # fmt: skip
        lines = [
            line
            for export in written.exports[REGION]
            for line in gzip.decompress(export.path.read_bytes()).splitlines()
        ]
        self.chats = {chat["conversation_id"]: chat for chat in map(json.loads, lines)}

    def ingest(self) -> None:
        """Seal and redact the chats as they are exported now."""
        self._export.write_text("\n".join(map(json.dumps, self.chats.values())) + "\n")
        take_in(self.vaults, REGION)

    def frozen(self) -> Dataset:
        """The data set made anew of the warehouse as it stands."""
        return build_dataset(self.vault, self.vaults.settings, access=ACCESS)

    def erase(self, conversation_id: str) -> set[str]:
        """Destroy the key of whose chat it is, as an erasure does; the chats it can't open now."""
        whose: dict[str, str | None] = {}
        for day in self.vault.lineage.partitions(REDACTED):
            whose |= self.vault.record_subjects(day, data_class=DataClass.REDACTED, access=ACCESS)
        subject = whose[conversation_id]
        with sqlite3.connect(key_database(self.vaults.settings, self.vault.region)) as keys:
            done = keys.execute("delete from data_keys where name = ?", (f"subject/{subject}",))
        assert done.rowcount == 1
        return {chat for chat, owner in whose.items() if owner == subject}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    made = Home(tmp_path_factory.mktemp("evictions"))
    made.ingest()
    yield made
    made.vaults.close()


def test_who_is_learned_from_is_not_asked_without_a_topic(home: Home) -> None:
    """R25: also where the chat without a topic is the one that names the person's group."""
    people: dict[str, list[str]] = defaultdict(list)
    for row in _rows(data_set(home.vaults, REGION)).values():
        people[row.group].append(row.example_id)
    group, rows = next((group, rows) for group, rows in people.items() if len(rows) > 1)
    assert group == min(rows)
    _retag(home.chats[group])
    home.ingest()
    built = data_set(home.vaults, REGION)
    settings = home.vaults.settings
    asked, all_asked = (
        unlabeled_examples(home.vault, settings, learned_from=learned, access=ACCESS)
        for learned in (built.examples, ())
    )
    assert group in {row.example_id for row in all_asked}
    assert group not in {row.example_id for row in asked}


def test_what_changes_evicts_from_the_next_data_set_and_nothing_else_does(home: Home) -> None:
    """R4, R40, R50: reopened, opted out, other ground, no topic, erased; each with its reason."""
    before = _rows(data_set(home.vaults, REGION))
    alone = [r for r in before if Counter(x.group for x in before.values())[before[r].group] == 1]
    changed = dict(zip(CHANGES, alone, strict=False))
    for rule, row in changed.items():
        CHANGES[rule](home.chats[row])
    home.ingest()
    built = data_set(home.vaults, REGION)
    after = _rows(built)
    assert before.keys() - after.keys() == set(changed.values())
    assert evictions(built.artifact) == dict.fromkeys(sorted(CHANGES), 1)
    assert {row: before[row] for row in after} == after

    again = home.frozen()
    assert again.artifact.digest == built.artifact.digest
    assert evictions(again.artifact) == evictions(built.artifact), "the same set, the same story"

    erased = home.erase(next(iter(after)))
    built = data_set(home.vaults, REGION)
    assert after.keys() - _rows(built).keys() == after.keys() & erased
    assert evictions(built.artifact) == {"dataset|subject_erased": len(after.keys() & erased)}
    assert _funnel(built).dropped("redaction")["subject_erased"] == len(erased)
    assert _funnel(built).breaks() == []


def test_a_person_erased_before_redaction_or_after_the_warehouse_breaks_nothing(home: Home) -> None:
    """R40, R3: counted where the chat was lost."""
    last = home.frozen()
    counted = _funnel(last).dropped("redaction").get("subject_erased", 0)
    rows = _rows(last).keys()
    first, second = min(rows), max(rows)
    gone = home.erase(first)
    built = home.frozen()
    assert _rows(built).keys() == rows - gone
    assert _funnel(built).dropped("dataset")["subject_erased"] == len(rows & gone)
    assert _funnel(built).breaks() == []

    gone |= home.erase(second)
    redact(home.vault, [day.partition for day in home.vault.lineage.partitions(RAW)])
    built = data_set(home.vaults, REGION)
    assert _funnel(built).dropped("redaction")["subject_erased"] == counted + len(gone)
    assert _funnel(built).breaks() == []


def test_the_manifest_names_each_scrubber_that_a_day_was_redacted_with(home: Home) -> None:
    """R31: not the newest one, which an older day has never seen."""
    lineage, older = home.vault.lineage, "0" * 64
    day = lineage.partitions(REDACTED)[0]
    assert home.frozen().manifest.provenance.scrubbers == (STANDARD.version,)
    lineage.commit(
        day,
        inputs=lineage.inputs(day),
        findings=lineage.findings(day),
        config_hash=older,
        run_id="before",
    )
    assert home.frozen().manifest.provenance.scrubbers == (older, STANDARD.version)


def _rows(built: Dataset) -> dict[str, TrainingExample]:
    """The rows of people, by id; what a generator wrote comes and goes with the deficits."""
    return {row.example_id: row for row in built.examples if not row.synthetic}


def _funnel(built: Dataset) -> Funnel:
    return funnel_of(*built.inputs, built.artifact)
