"""What a child process does until it is killed: stages of one region by domain functions alone.

A stage does what is left to do, as a rerun would, acknowledges each step when it is durable, and
returns the content hashes of everything it stands for.
"""

from __future__ import annotations

import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Protocol

from handrail.access import Access, Purpose
from handrail.conversations.reading import read_region
from handrail.conversations.sealing import QUARANTINE, RAW, seal_days, survey
from handrail.custody.retention import retain
from handrail.dataset.feedback import FEEDBACK
from handrail.dataset.landing import land_region, open_warehouse
from handrail.digests import digest, short
from handrail.playbook.reader import read_playbook
from handrail.redaction.days import HOLDS, REDACTED, redact_days
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.workers import Workers
from handrail.release.promotion import Releases
from handrail.release.rules import RULES, ReleaseRules
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.class_keys import KeyState
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault, open_vault, pipeline
from handrail.vault.root_key import open_keyring
from handrail.vault.sidecar import Sidecar
from handrail.verdicts import holds
from handrail.warehouse.connection import scratch_query
from handrail.warehouse.landing import SCHEMAS
from tests.release.conftest import Registry, passing, release_of

REGION = "eu"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ROTATED = (DataClass.RAW, DataClass.SUBJECT)
CUSTODY = Access(actor="test:faults", team="custody", purpose=Purpose.CUSTODY)
MOVES = 24
PAST_DAYS = ("2024-05-01",)

Hashes = dict[str, str]


class Acknowledge(Protocol):
    """Tells the parent that a step is durable."""

    def __call__(self, **what: Any) -> None:
        """`what` is JSON."""
        ...


def vault_of(settings: Settings) -> RegionVault:
    return open_vault(settings, settings.region(REGION), clock=lambda: NOW)


def releases_of(settings: Settings) -> Releases:
    folder = settings.region_home(REGION) / "release"
    return Releases(folder, region=REGION, registry=Registry(), rules=ReleaseRules.read(RULES))


def open_home(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """A new home with the keys that content hashes depend on, and the playbook."""
    vault = vault_of(settings)
    vault.raw_digest(b"")
    book = read_playbook(settings.playbook)
    commit(vault, Artifact("playbook", "all", book.digest, None, len(book.templates), {}), [])
    return {}


def seal(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """Intake: every day whose chats differ from what is held."""
    vault = vault_of(settings)
    found = survey(read_region(settings, REGION, kept_since="", now=NOW), vault=vault).digests
    held = {a.partition: a.digest for a in vault.lineage.partitions(RAW)}
    days = [day for day in sorted(found) if found[day] != held.get(day)]
    access = pipeline("test:faults", Purpose.INTAKE)
    sealed, quarantine = seal_days(
        read_region(settings, REGION, kept_since="", now=NOW), vault=vault, days=days, access=access
    )
    for artifact in (quarantine, *(day.artifact for day in sealed)):
        commit(vault, artifact, [])
        acknowledge(artifact=asdict(artifact))
    return hashes(vault, RAW, QUARANTINE)


def redact(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """Redaction: every day that isn't redacted from what is sealed now."""
    vault = vault_of(settings)
    access = pipeline("test:faults", Purpose.REDACTION)
    days = [raw.partition for raw in vault.lineage.partitions(RAW) if not _is_redacted(vault, raw)]
    with Workers(1, ruleset=STANDARD) as workers:
        for day in redact_days(
            vault, days, access=access, query=scratch_query, workers=workers, truth={}
        ):
            for artifact in (day.holds, day.known, day.artifact):
                commit(vault, artifact, [day.raw])
                acknowledge(artifact=asdict(artifact))
    return hashes(vault, RAW, REDACTED, HOLDS)


def _is_redacted(vault: RegionVault, raw: Artifact) -> bool:
    made = vault.lineage.current(REDACTED, raw.partition)
    return made is not None and raw in vault.lineage.inputs(made)


def land(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """The warehouse's landing tables, in one transaction."""
    vault = vault_of(settings)
    labels = ObjectName(FEEDBACK, REGION, DataClass.DATASET)
    commit(vault, vault.put(labels, [], access=pipeline("test:faults", Purpose.DATASET)), [])
    access = pipeline("test:faults", Purpose.WAREHOUSE)
    land_region(vault, settings, read_playbook(settings.playbook), access=access)
    acknowledge(landed=True)
    return landed(settings)


def look(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """What the landing tables hold; nothing before the warehouse was made."""
    made = (settings.region_home(REGION) / "warehouse.duckdb").exists()
    return landed(settings) if made else {}


def landed(settings: Settings) -> Hashes:
    """The landing tables by content."""
    access = pipeline("test:faults", Purpose.WAREHOUSE)
    with open_warehouse(vault_of(settings), settings, access=access) as warehouse:
        tables = warehouse.query(
            "select table_name from information_schema.tables where table_schema = 'landing'"
        ).to_pylist()
        names = {row["table_name"] for row in tables}
        return {
            name: short(digest(sorted(map(str, warehouse.query(
                f"select * from landing.{name}").to_pylist()))))
            for name in SCHEMAS if name in names
        }  # fmt: skip


def rewrap(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """Rotation: a new class key, every key in rows and sidecars under it, the old one destroyed."""
    vault = vault_of(settings)
    for data_class in ROTATED:
        vault.keys.rotate(data_class, access=CUSTODY)
        vault.keys.rewrap(data_class, access=CUSTODY)
        acknowledge(rewrapped=data_class)
    return keys(settings)


def keys(settings: Settings) -> Hashes:
    """Every key of the rotated classes, by name, and that one version of each is left."""
    keyring = open_keyring(settings, settings.region(REGION), clock=lambda: NOW)
    found: Hashes = {}
    for data_class in ROTATED:
        names = keyring._database.rows(
            "select name from data_keys where class = ?", (str(data_class),)
        )
        opened = {name: keyring._known(name, data_class) for (name,) in names}
        digests = {name: digest(key.reveal()) for name, key in opened.items() if key}
        found[f"{data_class} keys"] = short(digest(digests))
    for path in sorted(settings.region_home(REGION).rglob("*.key")):
        stated = Sidecar.parse(path.read_bytes(), what=path.name)
        key = keyring.unwrap(stated.key_name, stated.key, data_class=stated.name.data_class)
        found[f"object {stated.object_id}"] = short(digest(key.reveal()))
    left = Counter(k.data_class for k in keyring.class_keys() if k.state is not KeyState.DESTROYED)
    assert set(left.values()) == {1}
    return found


def fill_keys(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """Enough customers that re-wrapping takes a while."""
    keyring = open_keyring(settings, settings.region(REGION), clock=lambda: NOW)
    keyring.subjects([f"customer/{n}" for n in range(6000)])
    return keys(settings)


def keep(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """Two releases that were live one after the other."""
    releases = releases_of(settings)
    for model in ("a", "b"):
        bundle, evaluation = release_of(model)
        releases.nominate(bundle, actor="training", reason="weekly retraining", at=NOW)
        releases.approvals.record(bundle, approver="ines", simulated=True, at=NOW)
        releases.promote(
            bundle.id, passing(), evaluation=evaluation, actor="ines", reason="passed", at=NOW
        )
    (settings.home / "moves").write_text("0")
    return {}


def move(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """Back and forth between two releases: a rollback, then an activation, and so on."""
    return _moves(settings, acknowledge, MOVES)


def step(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """One rollback and one activation."""
    return _moves(settings, acknowledge, 2)


def _moves(settings: Settings, acknowledge: Acknowledge, count: int) -> Hashes:
    releases = releases_of(settings)
    promoted = [e.release for e in releases.ledger.entries() if e.event == "promote"]
    done = int((settings.home / "moves").read_text())
    for number in range(done, count):
        target = promoted[number % 2]
        live = releases.live()
        assert live is not None
        if live.aliases.champion != target:
            who = {"actor": "ines", "reason": f"move {number}", "at": NOW}
            if number % 2:
                releases.activate(target, **who)  # type: ignore[arg-type]
            else:
                releases.rollback(**who)  # type: ignore[arg-type]
        acknowledge(move=number)
        (settings.home / "moves").write_text(str(number + 1))  # what an operator remembers
    live = releases.live()
    assert live is not None
    return {"champion": str(live.aliases.champion), "moves": str(len(releases.ledger.entries()))}


def store(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """A short script of everything a partition needs: keys, log, object, manifest."""
    vault = vault_of(settings)
    access = pipeline("test:faults", Purpose.INTAKE)
    subjects = vault.subjects(["anna", "bob"], access=access)
    records = [Record(f"c{n}", s, b"hello") for n, s in enumerate(subjects)]
    artifact = vault.put(ObjectName(RAW, "2026-01-05", DataClass.RAW), records, access=access)
    commit(vault, artifact, [])
    acknowledge(artifact=asdict(artifact))
    return hashes(vault, RAW)


def same_day(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """Seal every day whether it is held or not, as a second run over the same exports would."""
    vault = vault_of(settings)
    access = pipeline("test:faults", Purpose.INTAKE)
    days = sorted(
        survey(read_region(settings, REGION, kept_since="", now=NOW), vault=vault).digests
    )
    sealed, quarantine = seal_days(
        read_region(settings, REGION, kept_since="", now=NOW), vault=vault, days=days, access=access
    )
    for artifact in (quarantine, *(day.artifact for day in sealed)):
        commit(vault, artifact, [])
    return hashes(vault, RAW, QUARANTINE)


def fill_days(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """A raw day that is past what the region keeps."""
    vault = vault_of(settings)
    access = pipeline("test:faults", Purpose.INTAKE)
    (subject,) = vault.subjects(["anna"], access=access)
    for day in PAST_DAYS:
        records = [Record(f"chat of {day}", subject, b"hello")]
        commit(vault, vault.put(ObjectName(RAW, day, DataClass.RAW), records, access=access), [])
    return {}


def retire(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """Retention: the keys of past days destroyed, then their bytes removed."""
    vault = vault_of(settings)
    retain(vault, now=NOW, access=Access("test:faults", "custody", Purpose.CUSTODY))
    acknowledge(retired=True)
    return {key: "lies in the store" for key in vault.listing()}


def log(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """A hundred records on the audit log."""
    vault = vault_of(settings)
    for n in range(100):
        vault.audit.append(
            "test", pipeline("test:faults", Purpose.INTAKE),
            what=f"{n}", count=0, ids_digest="", detail="",
        )  # fmt: skip
    return {}


def hold(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """Keep both SQLite files in the middle of a write until killed."""
    connections = [
        sqlite3.connect(settings.region_home(REGION) / name, isolation_level=None)
        for name in ("keys.db", "lineage.db")
    ]
    for connection in connections:
        connection.execute("begin immediate")
    acknowledge(held=True)
    signal.pause()
    return {}


def hold_warehouse(settings: Settings, acknowledge: Acknowledge) -> Hashes:
    """Keep the warehouse open until killed."""
    access = pipeline("test:faults", Purpose.WAREHOUSE)
    with open_warehouse(vault_of(settings), settings, access=access):
        acknowledge(held=True)
        signal.pause()
    return {}


def commit(vault: RegionVault, artifact: Artifact, inputs: Iterable[Artifact]) -> None:
    vault.lineage.commit(
        artifact,
        inputs=inputs,
        findings=[holds("made", True, "a test made it")],
        config_hash=STANDARD.version,
        run_id="test",
    )


def hashes(vault: RegionVault, *assets: str) -> Hashes:
    return {
        f"{a.asset} {a.partition}": short(a.digest)
        for asset in assets
        for a in vault.lineage.partitions(asset)
    }


STAGES: dict[str, Callable[[Settings, Acknowledge], Hashes]] = {
    stage.__name__: stage
    for stage in (
        open_home,
        seal,
        redact,
        land,
        look,
        fill_keys,
        rewrap,
        keep,
        move,
        step,
        store,
        same_day,
        fill_days,
        retire,
        log,
        hold,
        hold_warehouse,
    )
}
