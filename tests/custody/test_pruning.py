"""Pruning: what nobody needs goes, and nothing that the manifests need ever does. R40, R49, R52."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta

import pytest

from handrail.custody.pruning import prune
from handrail.custody.retention import retain
from handrail.custody.verification import look_over
from handrail.errors import AccessDenied, Destroyed, Tampered
from handrail.release.candidate import releases_of
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.names import Artifact, ObjectName, Record, object_key
from handrail.vault.region_vault import RegionVault
from handrail.vault.sidecar import sidecar_key
from handrail.verdicts import Verdict
from tests.custody.small_home import CUSTODY, INTAKE, NOW, REGION, commit, later, opened, put
from tests.release.conftest import Registry, release_of

DAY = "2026-01-05"


@pytest.fixture
def vault(settings: Settings) -> Iterator[RegionVault]:
    vault = opened(settings)
    yield vault
    vault.close()


def raw(vault: RegionVault, text: bytes) -> Artifact:
    """A raw day of other content than before."""
    name = ObjectName("raw_chats", DAY, DataClass.RAW)
    return vault.put(name, [Record("c", None, text)], access=INTAKE)


def lies(vault: RegionVault, artifact: Artifact) -> bool:
    return bool({object_key(artifact), sidecar_key(object_key(artifact))} & set(vault.listing()))


def test_an_orphan_goes_once_no_writer_can_be_at_it(vault: RegionVault, settings: Settings) -> None:
    """R40: a killed writer's object, which no manifest points to, is nobody's to find again."""
    commit(vault, raw(vault, b"kept"), [])
    orphan = raw(vault, b"of a writer that was killed")
    assert prune(vault, settings, now=later(0), access=CUSTODY).orphaned == ()
    assert lies(vault, orphan)
    done = prune(vault, settings, now=later(2), access=CUSTODY)
    assert done.orphaned == (object_key(orphan),)
    assert not lies(vault, orphan)
    assert look_over(vault, settings, now=later(2), access=CUSTODY).problems == ()
    [record] = [r for r in vault.audit.records() if r.event == "discard"]
    assert (record.object, record.detail) == (object_key(orphan), "orphaned")


def test_nothing_is_pruned_by_manifests_that_were_lost(
    vault: RegionVault, settings: Settings
) -> None:
    """R40: to an empty or older manifest file every chat since is an orphan."""
    kept = raw(vault, b"kept")
    commit(vault, kept, [])
    vault.close()
    for file in (settings.home / REGION).glob("lineage.db*"):
        file.unlink()
    again = opened(settings)
    done = prune(again, settings, now=later(2), access=CUSTODY)
    assert (done.orphaned, done.newer) == ((), (object_key(kept),))
    assert lies(again, kept)
    again.close()


@pytest.mark.parametrize(
    "edit", ["update artifacts set object_id = 'other'", "delete from artifacts where id = 1"]
)
def test_nothing_is_pruned_by_manifests_that_were_edited(
    vault: RegionVault, settings: Settings, edit: str
) -> None:
    """R41: an edit that unhooks an object must not have it removed."""
    kept = raw(vault, b"kept")
    for artifact in (kept, raw(vault, b"newer")):
        commit(vault, artifact, [])
    edited = sqlite3.connect(settings.home / REGION / "lineage.db", isolation_level=None)
    edited.execute(edit)
    edited.close()
    with pytest.raises(Tampered, match=r"manifest [12] .* was changed"):
        prune(vault, settings, now=later(2), access=CUSTODY)
    assert lies(vault, kept)


def test_nothing_is_pruned_by_an_audit_log_that_was_edited(
    vault: RegionVault, settings: Settings
) -> None:
    """R41: it says when an object was put, and by whom."""
    commit(vault, raw(vault, b"kept"), [])
    orphan = raw(vault, b"of a writer that was killed")
    log = settings.home / REGION / "audit" / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"actor":"test"', b'"actor":"none"', 1))
    with pytest.raises(Tampered, match="audit record 0"):
        prune(vault, settings, now=later(2), access=CUSTODY)
    assert lies(vault, orphan)


def test_what_retention_left_half_destroyed_goes_too(
    vault: RegionVault, settings: Settings
) -> None:
    """R52: it is what `handrail verify` says to do about it, whichever rule it was."""
    past = raw(vault, b"past its days")
    commit(vault, past, [])
    vault.lineage.destructions.mark([past], reason="retention")
    [half] = look_over(vault, settings, now=later(2), access=CUSTODY).problems
    assert half.advice.startswith("`handrail verify --prune`")
    prune(vault, settings, now=later(2), access=CUSTODY)
    assert look_over(vault, settings, now=later(2), access=CUSTODY).problems == ()


def test_what_nobody_is_known_to_have_put_is_left_for_a_person(
    vault: RegionVault, settings: Settings
) -> None:
    """R41: it was not written by this home, so somebody ought to look."""
    vault._store.create("raw_chats/2026-01-05/stray", [b"whatever"])
    done = prune(vault, settings, now=later(2), access=CUSTODY)
    assert (done.orphaned, done.left) == ((), ("raw_chats/2026-01-05/stray",))
    assert "raw_chats/2026-01-05/stray" in set(vault.listing())


def test_a_superseded_version_goes_and_says_so(vault: RegionVault, settings: Settings) -> None:
    """R40: an earlier version of a day is a second copy of people's chats."""
    older, current = raw(vault, b"first"), raw(vault, b"second")
    commit(vault, older, [])
    commit(vault, current, [])
    done = prune(vault, settings, now=later(2), access=CUSTODY)
    assert done.superseded == (object_key(older),)
    assert not lies(vault, older) and lies(vault, current)
    with pytest.raises(Destroyed, match="destroyed by superseded on 2026-03-02"):
        list(vault.scan(older, data_class=DataClass.RAW, access=INTAKE))
    assert look_over(vault, settings, now=later(2), access=CUSTODY).problems == ()


def test_retention_is_at_its_end_where_a_superseded_version_went_before(
    vault: RegionVault, settings: Settings
) -> None:
    """R52: an object that is destroyed already is not past its days for ever."""
    commit(vault, raw(vault, b"first"), [])
    commit(vault, raw(vault, b"second"), [])
    prune(vault, settings, now=later(2), access=CUSTODY)
    done = retain(vault, now=NOW + timedelta(days=400), access=CUSTODY)
    assert (len(done.due.artifacts), done.finding.verdict) == (1, Verdict.PASS)


def test_of_content_stored_twice_the_newest_stays(vault: RegionVault, settings: Settings) -> None:
    """R1: sealed again without a change, a day has two objects of one content hash."""
    first, second = raw(vault, b"same"), raw(vault, b"same")
    commit(vault, first, [])
    commit(vault, second, [])
    assert first.digest == second.digest
    assert prune(vault, settings, now=later(2), access=CUSTODY).superseded == (object_key(first),)
    assert list(vault.scan(second, data_class=DataClass.RAW, access=INTAKE))


def test_what_current_content_came_from_is_never_removed(
    vault: RegionVault, settings: Settings
) -> None:
    """R49: also where it is not current itself any more, and several steps up."""
    older = raw(vault, b"first")
    commit(vault, older, [])
    redacted = put(vault, "redacted_chats", DAY, DataClass.REDACTED)
    commit(vault, redacted, [older])
    dataset = Artifact("training_dataset", REGION, "d" * 64, None, 1, {})
    commit(vault, dataset, [redacted])
    commit(vault, raw(vault, b"second"), [])
    commit(vault, put(vault, "redacted_chats", DAY, DataClass.REDACTED), [])
    done = prune(vault, settings, now=later(2), access=CUSTODY)
    assert object_key(older) not in done.superseded
    assert list(vault.scan(older, data_class=DataClass.RAW, access=INTAKE))


@pytest.mark.parametrize("part", ["model", "dataset", "suite"])
def test_what_a_release_came_from_is_never_removed(
    vault: RegionVault, settings: Settings, part: str
) -> None:
    """R49, R45: one that was live long ago too: it can be rolled back to, and explained."""
    asset = {"model": "trained_model", "dataset": "training_dataset", "suite": "evaluation_suite"}
    older = raw(vault, b"first")
    commit(vault, older, [])
    bundle, _ = release_of("a")
    made = Artifact(asset[part], REGION, getattr(bundle, part), None, 1, {})
    commit(vault, made, [older])
    commit(vault, Artifact(asset[part], REGION, "e" * 64, None, 1, {}), [])
    commit(vault, raw(vault, b"second"), [])
    releases = releases_of(settings, REGION, Registry())
    before = prune_candidates(vault, settings)
    releases.nominate(bundle, actor="training", reason="weekly retraining", at=NOW)
    assert (object_key(older) in before, prune_candidates(vault, settings)) == (True, [])


def prune_candidates(vault: RegionVault, settings: Settings) -> list[str]:
    from handrail.custody.pruning import superseded_versions

    return [object_key(a) for a in superseded_versions(vault, settings, before=later(2))]


def test_models_scores_and_decisions_are_never_pruned(
    vault: RegionVault, settings: Settings
) -> None:
    """R20, R49: history and `why` open them by their hash."""
    names = [
        ObjectName("trained_model", REGION, DataClass.MODEL),
        ObjectName("eval_scores", REGION, DataClass.MODEL),
    ]
    from handrail.access import Purpose
    from handrail.vault.region_vault import pipeline

    for name in names:
        for payload in (b"first", b"second"):
            access = pipeline("test", Purpose.EVALUATION)
            commit(vault, vault.put(name, [Record("m", None, payload)], access=access), [])
    assert prune(vault, settings, now=later(2), access=CUSTODY).superseded == ()


def test_only_custody_may_prune(vault: RegionVault, settings: Settings) -> None:
    """R35"""
    commit(vault, raw(vault, b"first"), [])
    commit(vault, raw(vault, b"second"), [])
    before = set(vault.listing())
    with pytest.raises(AccessDenied):
        prune(vault, settings, now=NOW + timedelta(hours=2), access=INTAKE)
    assert set(vault.listing()) == before
