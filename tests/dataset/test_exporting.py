"""Exports stay sealed and in their region, and forget whoever is erased."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import orjson
import pytest

from handrail.access import Access, Purpose
from handrail.dataset.exporting import EXPORT, Exported, export_dataset, open_export
from handrail.dataset.model import Split
from handrail.dataset.stored import version
from handrail.errors import AccessDenied, BadInput, NotPassed, ResidencyViolation, Tampered
from handrail.playbook.approved import PLAYBOOK
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.residency import DataClass
from handrail.settings import PROJECT, Settings
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.vault.root_key import key_database
from handrail.vault.stores import Missing
from handrail.verdicts import holds
from tests.dataset.held import MAKES, commit, examples_of, frozen_of, store_chats, store_dataset

IDS = [f"c{n}" for n in range(6)]
TRAINS = pipeline("test", Purpose.TRAINING)


@pytest.fixture(scope="module")
def book() -> Playbook:
    return read_playbook(PROJECT / "handrail" / "playbook" / "example")


@pytest.fixture
def vault(vaults: RegionVaults, book: Playbook) -> Iterator[RegionVault]:
    """A region with an approved playbook and a data set of six rows to train on."""
    region = vaults.of("eu")
    commit(region, Artifact(PLAYBOOK, "all", book.digest, None, len(book.templates), {}))
    owners = store_chats(region, IDS)
    rows = examples_of(IDS, split=Split.TRAIN, template="reset", reply="zebra crossing")
    store_dataset(region, frozen_of(region, rows), owners, {}, instead={})
    yield region


@pytest.fixture
def made(vault: RegionVault, settings: Settings, book: Playbook) -> Exported:
    return export(vault, settings, book, settings.region_home("eu") / "out.sealed")


def export(
    vault: RegionVault, settings: Settings, book: Playbook, to: Path, access: Access = MAKES
) -> Exported:
    return export_dataset(
        vault,
        settings,
        book,
        version(vault, None),
        format_="trl-sft",
        to=to,
        on=date(2026, 1, 5),
        access=access,
    )


def lines(vault: RegionVault, file: Path) -> list[str]:
    return [
        orjson.loads(line)["metadata"]["row"] for line in open_export(vault, file, access=TRAINS)
    ]


def test_a_playbook_that_nobody_checked_licenses_no_target(
    vault: RegionVault, settings: Settings, book: Playbook
) -> None:
    """R11: an edited file is not the company's word yet."""
    with pytest.raises(NotPassed, match="is not the one that was checked"):
        export(vault, settings, replace(book, digest="e" * 64), settings.region_home("eu") / "out")


def test_a_data_set_that_failed_its_checks_is_not_exported(
    vault: RegionVault, settings: Settings, book: Playbook
) -> None:
    """R19."""
    leaks = holds("only_redacted", False, "1 row shows a long number")
    vault.lineage.commit(
        version(vault, None).artifact, inputs=[], findings=[leaks], config_hash="", run_id="again"
    )
    with pytest.raises(NotPassed, match="nothing is built on it: 1 row shows a long number"):
        export(vault, settings, book, settings.region_home("eu") / "out.sealed")


def test_an_export_is_sealed_and_opens_with_a_grant(vault: RegionVault, made: Exported) -> None:
    """R36: no text in the clear, in the file or in the store."""
    assert lines(vault, made.file) == IDS
    assert made.lines == len(IDS)
    assert b"zebra" not in made.file.read_bytes()
    assert oct(made.file.stat().st_mode & 0o777) == "0o600"
    nobody = Access("eve", "agent", Purpose.TRAINING)
    with pytest.raises(AccessDenied):
        list(open_export(vault, made.file, access=nobody))


def test_an_export_is_on_record_with_its_receipt_and_lineage(
    vault: RegionVault, made: Exported
) -> None:
    """R38, R40: an erasure finds the exports that hold the person."""
    (left,) = [d for d in vault.gate.departures() if d.receipt.export.what == EXPORT]
    assert left.genuine
    assert (left.receipt.export.records, left.receipt.export.regions) == (6, ("eu",))
    assert left.receipt.export.labels.purposes == ("evaluation", "training")
    current = version(vault, None).artifact
    assert vault.lineage.holdings.made_of(current) == [made.artifact]
    opened = [r for r in vault.audit.stream(event="open") if r.object.startswith(EXPORT)]
    assert list(open_export(vault, made.file, access=TRAINS))
    again = [r for r in vault.audit.stream(event="open") if r.object.startswith(EXPORT)]
    assert len(again) == len(opened) + 1
    assert again[-1].purpose == "training"


def test_an_export_goes_nowhere_but_into_its_region(
    vault: RegionVault, settings: Settings, book: Playbook, tmp_path: Path
) -> None:
    """R38: not to a shared place, not to another region; refused on record, nothing is sealed."""
    before = list(vault.listing())
    for to in (tmp_path / "out.sealed", settings.region_home("us") / "out.sealed"):
        with pytest.raises(ResidencyViolation, match="may not"):
            export(vault, settings, book, to)
        assert not to.exists()
    assert list(vault.listing()) == before
    denied = [r for r in vault.audit.stream(event="denied") if r.object == EXPORT]
    assert len(denied) == 2


def test_an_export_needs_a_grant(vault: RegionVault, settings: Settings, book: Playbook) -> None:
    reads = Access("ines", "compliance", Purpose.EXPLANATION)  # may read the rows, not take them
    with pytest.raises(AccessDenied):
        export(vault, settings, book, settings.region_home("eu") / "out.sealed", reads)


def test_an_erased_person_is_gone_from_exports_made_before(
    vault: RegionVault, made: Exported, settings: Settings
) -> None:
    """R40."""
    owner = vault.record_subjects(
        version(vault, None).artifact, data_class=DataClass.DATASET, access=MAKES
    )["c2"]
    with sqlite3.connect(key_database(settings, vault.region)) as keys:
        keys.execute("delete from data_keys where name = ?", (f"subject/{owner}",))
    assert lines(vault, made.file) == [row for row in IDS if row != "c2"]


def test_another_region_opens_no_export_of_ours(vaults: RegionVaults, made: Exported) -> None:
    with pytest.raises(ResidencyViolation, match="was used in region 'us'"):
        list(open_export(vaults.of("us"), made.file, access=TRAINS))


def test_a_forged_head_opens_nothing(vault: RegionVault, made: Exported) -> None:
    whole = made.file.read_bytes()
    made.file.write_bytes(whole.replace(b'"trl-sft"', b'"trl-kto"', 1))
    with pytest.raises(Missing):
        list(open_export(vault, made.file, access=TRAINS))


@pytest.mark.parametrize("place", [-1, 400])
def test_an_edited_copy_opens_nothing(vault: RegionVault, made: Exported, place: int) -> None:
    whole = bytearray(made.file.read_bytes())
    whole[place] ^= 1
    made.file.write_bytes(bytes(whole))
    with pytest.raises(Tampered):
        list(open_export(vault, made.file, access=TRAINS))


@pytest.mark.parametrize("content", [b"", b"{}\n", b'{"sealed":2}\nx', b"plain text"])
def test_what_is_no_export_is_said_to_be_none(
    vault: RegionVault, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "other"
    file.write_bytes(content)
    with pytest.raises(BadInput, match="handrail dataset export"):
        list(open_export(vault, file, access=TRAINS))


def test_a_set_without_a_target_gives_no_export(
    vault: RegionVault, settings: Settings, book: Playbook
) -> None:
    rows = [replace(e, template=None) for e in examples_of(IDS, split=Split.TRAIN)]
    owners = vault.record_subjects(
        version(vault, None).artifact, data_class=DataClass.DATASET, access=MAKES
    )
    store_dataset(vault, frozen_of(vault, rows), owners, {}, instead={})
    with pytest.raises(BadInput, match="no row for trl-sft"):
        export(vault, settings, book, settings.region_home("eu") / "out.sealed")
