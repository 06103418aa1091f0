"""`handrail verify`: whatever is not as it was written is found and named. R36-R38, R41."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from handrail.custody.residency_report import report_residency
from handrail.custody.verification import (
    Kind,
    Problem,
    authenticate,
    look_over,
    orphans,
    unopened,
)
from handrail.errors import HandrailError
from handrail.playbook.reader import read_playbook
from handrail.playbook.versions import Versions
from handrail.residency import DataClass
from handrail.settings import Settings, load_settings
from handrail.vault.names import Artifact, object_key
from handrail.vault.region_vault import RegionVaults
from handrail.verdicts import Verdict
from tests.custody.small_home import (
    CUSTODY,
    NOW,
    REGION,
    commit,
    object_file,
    opened,
    put,
    small_home,
)
from tests.lifecycle.story import places

SEED = 20260302


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    small_home(settings_in(folder))
    return folder


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Settings:
    shutil.copytree(whole, tmp_path / "copy")
    return settings_in(tmp_path / "copy")


def settings_in(folder: Path) -> Settings:
    environ = {k: v for k, v in places(folder).items() if k != "HANDRAIL_CONFIG"}
    return load_settings(environ=environ)


def found(settings: Settings) -> dict[str, Problem]:
    """Everything a deep look finds, by what it is about."""
    vaults = RegionVaults(settings, clock=lambda: NOW)
    seen = unopened(REGION, lambda: vaults.of(REGION))
    if seen is None:
        seen = authenticate(
            vaults.of(REGION), settings, now=NOW, progress=lambda done, of: None, access=CUSTODY
        )
    with suppress(HandrailError):
        vaults.close()
    return {problem.what: problem for problem in seen.problems}


def artifacts(settings: Settings) -> list[Artifact]:
    vault = opened(settings)
    held = [one.artifact for one in vault.lineage.holdings.all()]
    vault.close()
    return held


def flip(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 1 << (position % 8)
    path.write_bytes(data)


def test_a_whole_home_is_whole_and_the_looks_are_on_record(home: Settings) -> None:
    """R41: each object whose key was used to verify it is one record, and nothing is shown."""
    assert found(home) == {}
    vault = opened(home)
    seen = look_over(vault, home, now=NOW, access=CUSTODY)
    assert (seen.problems, seen.looked_at) == ((), {"objects": 6, "destroyed": 0})
    verified = {r.object for r in vault.audit.records() if r.event == "verify"}
    assert verified == {object_key(a) for a in artifacts(home)} | {"keys", "warehouse"}
    assert {r.team for r in vault.audit.records() if r.event == "verify"} == {"custody"}
    vault.close()


@pytest.mark.parametrize("part", ["object", "sidecar"])
def test_one_edited_byte_of_an_object_or_sidecar_names_it(home: Settings, part: str) -> None:
    """R36, R37: a byte of each stretch of the file, first and last included."""
    artifact = artifacts(home)[0]
    file = object_file(home, artifact)
    if part == "sidecar":
        file = file.with_name(f"{file.name}.key")
    whole = file.read_bytes()
    step = max(1, len(whole) // 7)
    for position in sorted({*range(0, len(whole), step), len(whole) - 1}):
        flip(file, position)
        problems = found(home)
        assert list(problems) == [f"object {object_key(artifact)}"], (part, position)
        file.write_bytes(whole)
    assert found(home) == {}


FILES = {
    "eu/audit/audit.jsonl": "the audit log",
    "eu/exports.json": "exports",
    "eu/release/ledger.jsonl": "release/ledger.jsonl",
    "eu/release/approvals.jsonl": "release/approvals.jsonl",
    "eu/release/live.json": "release/live.json",
    "eu/warehouse.duckdb": "warehouse.duckdb",
}


@pytest.mark.parametrize("name", FILES)
def test_one_edited_byte_of_a_file_names_it(home: Settings, name: str) -> None:
    """R41, R47: at random places of the file."""
    file = home.home / name
    whole, chance = file.read_bytes(), Random(f"{SEED}/{name}")
    for position in sorted(chance.sample(range(len(whole)), 4)):
        flip(file, position)
        problems = found(home)
        assert any(what.startswith(FILES[name]) for what in problems), (name, position, problems)
        for beside in file.parent.glob(f"{file.name}*"):
            beside.unlink()
        file.write_bytes(whole)


def test_an_edited_version_of_the_playbook_is_named(home: Settings) -> None:
    """R47: what a release was made with stays what it was."""
    book = read_playbook(home.playbook)
    Versions(home.region_home(REGION)).keep(book)
    assert found(home) == {}
    (file,) = (home.region_home(REGION) / "playbooks").iterdir()
    for position in (0, file.stat().st_size // 2, file.stat().st_size - 1):
        flip(file, position)
        assert list(found(home)) == [f"playbook {book.digest[:12]}"]
        flip(file, position)


def tables(file: Path) -> dict[str, list[tuple[object, ...]]] | None:
    """Everything a database says, or None where it says nothing."""
    connection = sqlite3.connect(file)
    connection.text_factory = bytes
    try:
        names = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        return {
            name: connection.execute(f'select rowid, * from "{name}" order by rowid').fetchall()
            for name in sorted(found.decode(errors="replace") for (found,) in names)
        }
    except (sqlite3.DatabaseError, UnicodeDecodeError):  # also where its message is garbled
        return None
    finally:
        connection.close()


@pytest.mark.parametrize(("name", "told"), [("lineage.db", "lineage.db"), ("keys.db", "keys.db")])
def test_one_edited_byte_of_a_database_is_found_or_changes_nothing(
    home: Settings, name: str, told: str
) -> None:
    """R37, R41: what it says is as it was, or it is named: no edit goes unseen."""
    file = home.home / REGION / name
    whole, said, seen = file.read_bytes(), tables(file), 0
    used = [n for n, byte in enumerate(whole) if byte]
    for position in sorted(Random(f"{SEED}/{name}").sample(used, 14)):
        flip(file, position)
        now = tables(file)
        problems = found(home)
        if now != said:
            assert problems, (name, position)
            assert told in problems or name in str(problems), (name, position, problems)
            seen += 1
        for beside in file.parent.glob(f"{name}-*"):
            beside.unlink()
        file.write_bytes(whole)
    assert seen > 4


def test_one_edited_byte_of_the_key_file_is_told(home: Settings) -> None:
    """R37"""
    flip(home.keys_folder / f"{REGION}.key", 7)
    [problem] = found(home).values()
    assert "root key of region eu is not the one this home was made with" in problem.reason


@pytest.fixture
def two(home: Settings) -> Iterator[tuple[Artifact, Artifact]]:
    """Two objects of one asset."""
    first, second = [a for a in artifacts(home) if a.asset == "raw_chats"][:2]
    yield first, second


def test_exchanged_and_copied_bytes_are_told_from_edited_ones(
    home: Settings, two: tuple[Artifact, Artifact]
) -> None:
    """R38: exactly which object's bytes lie there."""
    first, second = two
    here, there = object_file(home, first), object_file(home, second)
    ours, theirs = here.read_bytes(), there.read_bytes()
    assert len(ours) == len(theirs)
    here.write_bytes(theirs)
    there.write_bytes(ours)
    problems = found(home)
    assert {p.kind for p in problems.values()} == {Kind.SWAPPED}
    assert object_key(second) in problems[f"object {object_key(first)}"].reason
    there.write_bytes(theirs)
    [problem] = found(home).values()
    assert (problem.kind, problem.what) == (Kind.SWAPPED, f"object {object_key(first)}")


def test_several_problems_at_once_are_each_named_with_their_kind(home: Settings) -> None:
    """R36-R38, R41."""
    held = artifacts(home)
    torn, missing, keyless, altered, foreign, other = (object_file(home, a) for a in held)
    torn.write_bytes(torn.read_bytes()[:-20])
    missing.unlink()
    keyless.with_name(f"{keyless.name}.key").unlink()
    flip(altered, len(altered.read_bytes()) // 2)
    sidecar = foreign.with_name(f"{foreign.name}.key")
    sidecar.write_bytes(sidecar.read_bytes().replace(b'"region":"eu"', b'"region":"us"'))
    shutil.copy(other.with_name(f"{other.name}.key"), stray := other.with_name("ab" * 16 + ".key"))
    flip(home.home / REGION / "release" / "ledger.jsonl", 50)
    kinds = {what: problem.kind for what, problem in found(home).items()}
    assert kinds == {
        f"object {object_key(held[0])}": Kind.TORN,
        f"object {object_key(held[1])}": Kind.MISSING,
        f"object {object_key(held[2])}": Kind.MISSING,
        f"object {object_key(held[3])}": Kind.ALTERED,
        f"object {object_key(held[4])}": Kind.FOREIGN,
        f"object {other.parent.parent.name}/{other.parent.name}/{stray.stem}": Kind.STRAY,
        "release/ledger.jsonl": Kind.ALTERED,
        "release/live.json": Kind.ALTERED,
    }
    assert all(p.reason and p.advice for p in found(home).values())


def test_a_manifest_that_was_removed_leaves_its_object_orphaned(home: Settings) -> None:
    """R38: the newest manifests can go whole; their objects tell."""
    last = artifacts(home)[-1]
    connection = sqlite3.connect(home.home / REGION / "lineage.db")
    for table in ("seals", "inputs", "findings"):
        connection.execute(f"delete from {table} where artifact = (select max(id) from artifacts)")
    connection.execute("delete from artifacts where id = (select max(id) from artifacts)")
    connection.commit()
    connection.close()
    problem = found(home)[f"object {object_key(last)}"]
    assert problem.kind is Kind.ORPHANED


@pytest.mark.parametrize(
    "edit",
    [
        "update artifacts set digest = 'another' where id = 2",
        "update artifacts set at = '2020-01-01T00:00:00.000000Z' where id = 2",
        "update artifacts set is_current = 0 where id = 2",
        "update inputs set digest = 'another' where artifact = 2",
        "update findings set verdict = 'FAIL' where artifact = 2",
        "delete from findings where artifact = 2",
        "delete from inputs where artifact = 2",
        "update seals set seal = 'another' where artifact = 2",
        "insert into findings values (3, 'approved', 'PASS', 'sure', 1, '{}')",
        "insert into kept_since values ('raw', '2026-01-01', 'made up')",
        "insert into destroyed values ('x', '2026-01-01', 'retention', 'made up')",
    ],
)
def test_an_edited_manifest_is_named(home: Settings, edit: str) -> None:
    """R38, R41."""
    connection = sqlite3.connect(home.home / REGION / "lineage.db")
    connection.execute(edit)
    connection.commit()
    connection.close()
    vault = opened(home)
    problems = {p.what: p for p in look_over(vault, home, now=NOW, access=CUSTODY).problems}
    vault.close()
    assert problems["lineage.db"].kind is Kind.ALTERED


def test_what_retention_destroys_meanwhile_is_not_missed(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R52: verification and the residency report wait for no run, so an object may go at any time.

    Here it goes between the manifests, which are read first, and the store.
    """
    vault, going = opened(home), artifacts(home)[:2]
    listing, proving = vault.listing, vault.proving

    def destroy() -> None:
        gone = going.pop()
        vault.destroy_keys([gone], because="retention", access=CUSTODY)
        vault.discard(object_key(gone), because="retention", access=CUSTODY)

    with monkeypatch.context() as patched:
        patched.setattr(vault, "listing", lambda: (destroy(), patched.undo(), listing())[-1])
        assert look_over(vault, home, now=NOW, access=CUSTODY).problems == ()
    monkeypatch.setattr(vault, "proving", lambda *a, **k: (proving(*a, **k), destroy())[0])
    report = report_residency(vault, home, access=CUSTODY)
    assert (report.verdict, report.problems) == (Verdict.PASS, ())
    vault.close()


def test_what_is_committed_meanwhile_is_no_orphan(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3: between the manifests and the store a writer may come to its end."""
    vault = opened(home)
    made = put(vault, "raw_chats", "2026-01-08", DataClass.RAW)
    listing = vault.listing
    monkeypatch.setattr(vault, "listing", lambda: (commit(vault, made, []), listing())[1])
    assert orphans(vault) == []
    vault.close()
