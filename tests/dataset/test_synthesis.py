"""Synthetic rows: for listed deficits only, sealed, marked for ever, never evaluated on (R8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from handrail.access import Purpose
from handrail.dataset.coverage import Cell
from handrail.dataset.dialogue import Dialogue, Generator
from handrail.dataset.dialogue_checks import Checker, Objection, findings
from handrail.dataset.grammar import OPENINGS, Grammar
from handrail.dataset.landing import core_built, open_warehouse
from handrail.dataset.manifest import thaw
from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.synthesis import (
    Synthetic,
    by_topic,
    read_gaps,
    read_synthetic,
    within_share,
    write_synthetic,
)
from handrail.digests import canonical
from handrail.errors import NotPassed, Refused
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.redaction.ruleset import Ruleset
from handrail.settings import PROJECT, Settings
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.verdicts import Verdict, holds
from tests.dataset.test_building import build_marts
from tests.dataset.test_coverage import row

ON = date(2026, 3, 2)
ACCESS = pipeline("test", Purpose.DATASET)
RULES = Ruleset(names="rules")
# A floor of 30: two cells short, one full, one of a topic that the playbook doesn't know.
SHORT = {"password_reset": 25, "fraud_report": 26, "order_status": 900, "astrology": 1}


@pytest.fixture(scope="module")
def book() -> Playbook:
    return read_playbook(PROJECT / "handrail" / "playbook" / "example")


@pytest.fixture
def vault(vaults: RegionVaults, settings: Settings, book: Playbook) -> RegionVault:
    """A region whose coverage has gaps."""
    return region(vaults, settings, book, "eu", SHORT)


@pytest.fixture
def sparse(vaults: RegionVaults, settings: Settings, book: Playbook) -> RegionVault:
    """A region with hardly any examples."""
    return region(vaults, settings, book, "eu", {**SHORT, "password_reset": 3, "fraud_report": 0})


def region(
    vaults: RegionVaults, settings: Settings, book: Playbook, name: str, examples: dict[str, int]
) -> RegionVault:
    vault = vaults.of(name)
    warehouse_access = pipeline("test", Purpose.WAREHOUSE)
    build_marts(vault, settings, 20, region=name)
    cells = [
        {"cell_id": f"{topic}|{language}"} | row(topic, n, region=name, language=language)
        for topic, n in examples.items()
        for language in vault.region.languages
    ]
    with open_warehouse(vault, settings, access=warehouse_access) as warehouse:
        warehouse.replace_table("marts", "topic_coverage", pa.Table.from_pylist(cells))
    core, passed = core_built(vault, settings, access=warehouse_access)
    vault.lineage.commit(core, inputs=[], findings=passed, config_hash="", run_id="test")
    vault.lineage.commit(
        Artifact("playbook", "all", book.digest, None, 1, {}),
        inputs=[],
        findings=[holds("read", True, "read")],
        config_hash="",
        run_id="test",
    )
    return vault


def written(
    vault: RegionVault, settings: Settings, book: Playbook, generator: Generator | None = None
) -> Synthetic:
    made = write_synthetic(
        vault,
        settings,
        book,
        generator or Grammar.read(OPENINGS),
        on=ON,
        ruleset=RULES,
        access=ACCESS,
    )
    vault.lineage.commit(
        made.artifact, inputs=made.inputs, findings=made.findings, config_hash="", run_id="test"
    )
    return made


def test_each_deficit_is_filled_to_the_floor_and_nothing_else_is_written(
    vault: RegionVault, settings: Settings, book: Playbook
) -> None:
    made = written(vault, settings, book)
    assert Counter((e.topic, e.language) for e in made.rows) == {
        (topic, language): 30 - SHORT[topic]
        for topic in ("password_reset", "fraud_report")
        for language in ("en", "de", "fr", "es")
    }
    assert [f.verdict for f in made.findings] == [Verdict.PASS] * 3
    assert {f.check for f in made.findings} == {
        "all_marked", "facts_from_playbook", "escalation_present",
    }  # fmt: skip


def test_rows_are_marked_and_say_what_they_are_made_of(
    vault: RegionVault, settings: Settings, book: Playbook
) -> None:
    generator = Grammar.read(OPENINGS)
    facts = {fact.id for fact in book.facts} | {said.id for said in book.disclosures}
    for made in written(vault, settings, book, generator).rows:
        mark = made.synthesis
        assert mark is not None
        assert (mark.generator, mark.seed) == (generator.version, settings.seed)
        assert mark.cell == f"{made.topic} / {made.language} / chat"
        assert mark.facts
        assert facts >= {*mark.facts}
        assert mark.escalates == book.topics[made.topic].regulated == (made.template is None)
        assert (made.split, made.group, made.agent) == (Split.TRAIN, made.example_id, None)


def test_stored_rows_come_back_as_they_were_and_another_run_writes_the_same(
    vault: RegionVault, settings: Settings, book: Playbook
) -> None:
    made = written(vault, settings, book)
    rows, artifact = read_synthetic(vault, access=ACCESS)
    assert rows == made.rows
    assert artifact.records == len(rows)
    assert written(vault, settings, book).artifact.digest == artifact.digest


def test_the_gaps_are_kept_beside_the_dialogues(
    vault: RegionVault, settings: Settings, book: Playbook
) -> None:
    made = written(vault, settings, book)
    assert read_gaps(vault, access=ACCESS) == made.coverage


def test_few_real_chats_are_not_told_by_what_was_written(
    sparse: RegionVault, settings: Settings, book: Playbook
) -> None:
    """Four languages of a floor of 30: 117 written would tell the 3 that are there."""
    one = written(sparse, settings, book)
    seen = replace(one.coverage, cells=tuple(c for c in one.coverage.cells if c.language == "en"))
    told = {topic: shown for topic, shown, _ in by_topic(replace(one, coverage=seen))}
    assert told == {"fraud_report": "120", "password_reset": ""}


def test_without_deficits_nothing_is_written_and_that_passes(
    vaults: RegionVaults, settings: Settings, book: Playbook
) -> None:
    vault = region(vaults, settings, book, "us", {"password_reset": 30})
    made = written(vault, settings, book)
    assert (made.rows, made.artifact.records) == ((), 0)
    assert read_synthetic(vault, access=ACCESS)[0] == ()


def test_dialogues_are_of_their_region(
    vaults: RegionVaults, settings: Settings, book: Playbook
) -> None:
    """R38: facts differ by region; the same topic is answered with each region's own."""
    short = {"return_request": 0, "order_status": 900}
    replies = {}
    for name in ("eu", "us"):
        vault = region(vaults, settings, book, name, short)
        replies[name] = {made.reply for made in written(vault, settings, book).rows}
    assert all("30 days" in reply for reply in replies["us"])
    assert not any("30 days" in reply or "us.fernhollow" in reply for reply in replies["eu"])


@pytest.mark.parametrize("limit", [0.3, 0.1])
def test_a_budget_too_small_for_all_gaps_is_kept(
    vaults: RegionVaults, settings: Settings, book: Playbook, limit: float
) -> None:
    """R8: the config says how many there may be."""
    rules = settings.dataset.model_copy(update={"synthetic_share": limit})
    settings = settings.model_copy(update={"dataset": rules})
    vault = region(vaults, settings, book, "us", {"password_reset": 0, "order_status": 50})
    made = written(vault, settings, book)
    training = int(50 * 0.6)
    assert len(made.rows) == int(training * limit / (1 - limit))
    assert len(made.rows) / (training + len(made.rows)) <= limit


def test_an_edited_playbook_is_not_written_from(
    vault: RegionVault, settings: Settings, book: Playbook
) -> None:
    """Only from approved facts."""
    with pytest.raises(NotPassed, match="not the one that was checked"):
        written(vault, settings, replace(book, digest="0" * 64))


@dataclass(frozen=True)
class Inventive:
    """A generator that makes something up every time, as a language model may."""

    honest: Grammar
    lies: tuple[str, ...] = (
        "You get 15% off.",
        "It costs $4.50.",
        "It is there on 12 May.",
        "We will refund everything.",
    )

    @property
    def version(self) -> str:
        return "inventive-1"

    def generate(
        self, cell: Cell, n: int, *, seed: int, book: Playbook, on: date
    ) -> Iterator[Dialogue]:
        for number, told in enumerate(self.honest.generate(cell, n, seed=seed, book=book, on=on)):
            lie = self.lies[number % len(self.lies)]
            yield replace(told, reply=f"{told.reply} {lie}")


def test_a_generator_that_invents_gets_nothing_in(
    vault: RegionVault, settings: Settings, book: Playbook
) -> None:
    """R8: another generator may be plugged in; it needn't be trusted."""
    made = written(vault, settings, book, Inventive(Grammar.read(OPENINGS)))
    assert made.rows == ()
    assert {objection for _, objection in made.rejected} == {
        Objection.EXCEEDS_FACTS, Objection.ESCALATION,
    }  # fmt: skip
    assert sum(made.rejected.values()) == 4 * 4 * (5 + 4)


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("all_marked", {"synthesis": None}),
        ("all_marked", {"synthesis": {"generator": "somebody"}}),
        ("all_marked", {"synthesis": {"cell": "order_status / en / chat"}}),
        ("facts_from_playbook", {"reply": "You get 15% off."}),
        ("facts_from_playbook", {"synthesis": {"facts": ("reset_link.us.en.1",)}}),
        ("escalation_present", {"synthesis": {"escalates": False}}),
        ("escalation_present", {"reply": "Please change the password."}),
    ],
)
def test_each_check_fails_on_what_it_is_about(
    check: str,
    change: dict[str, Any],
    vault: RegionVault,
    settings: Settings,
    book: Playbook,
) -> None:
    generator = Grammar.read(OPENINGS)
    made = written(vault, settings, book, generator)
    topic = "fraud_report" if check == "escalation_present" else "password_reset"
    place = next(n for n, e in enumerate(made.rows) if e.topic == topic)
    edited = {**change}
    if isinstance(mark := change.get("synthesis"), dict):
        edited["synthesis"] = replace(made.rows[place].synthesis, **mark)  # type: ignore[type-var]
    rows = [*made.rows]
    rows[place] = replace(rows[place], **edited)
    checker = Checker(book, region="eu", on=ON, ruleset=RULES)
    judged = findings(
        rows,
        checker=checker,
        book=book,
        cells=made.coverage.deficits,
        generator=generator.version,
    )
    assert {f.check: f.verdict for f in judged}[check] is Verdict.FAIL
    assert all(finding.blocking for finding in judged)


def test_what_a_generator_wrote_can_not_be_evaluated_on(
    vault: RegionVault, settings: Settings, book: Playbook
) -> None:
    """R8, R25: neither in memory nor from storage, and the mark can't be set aside."""
    one = written(vault, settings, book).rows[0]
    for split in (Split.CALIBRATION, Split.TEST):
        with pytest.raises(Refused, match="evaluated is what customers wrote"):
            replace(one, split=split)
        with pytest.raises(Refused, match="evaluated is what customers wrote"):
            thaw(canonical(one).replace(b'"split":"train"', f'"split":"{split}"'.encode()))
    with pytest.raises(FrozenInstanceError):
        one.synthesis = None  # type: ignore[misc]
    assert thaw(canonical(one)) == one


def test_no_more_stand_beside_real_rows_than_the_limit_lets(
    vault: RegionVault, settings: Settings, book: Playbook
) -> None:
    rows = written(vault, settings, book).rows
    kept = within_share(rows, training_rows=70, limit=0.3, seed=1)
    assert len(kept) == 30
    assert kept == within_share(rows[::-1], training_rows=70, limit=0.3, seed=1)
    assert within_share(rows, training_rows=0, limit=0.3, seed=1) == ()
    assert within_share(rows, training_rows=9999, limit=0.3, seed=1) == rows
    assert len(within_share(rows, training_rows=70, limit=0.125, seed=1)) == 10


def test_rows_of_the_set_are_typed_as_any_other(
    vault: RegionVault, settings: Settings, book: Playbook
) -> None:
    for one in written(vault, settings, book).rows:
        assert isinstance(one, TrainingExample)
        assert (one.sector, one.labels.sectors) == ("unlabeled", ())
        assert (one.basis, one.simulated, one.synthetic) == ("no_person", False, True)
