"""A clock that goes backwards: order is the order of writing and never depends on the time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from handrail.access import Purpose
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault, open_vault, pipeline
from handrail.vault.root_key import open_keyring
from tests.faults.stages import NOW, commit, releases_of
from tests.release.conftest import passing, release_of


class BackwardsClock:
    """Each look is an hour before the last one."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        self.at -= timedelta(hours=1)
        return self.at


@pytest.fixture
def vault(settings: Settings) -> Iterator[RegionVault]:
    opened = open_vault(settings, settings.region("eu"), clock=BackwardsClock())
    yield opened
    opened.close()


def artifact(asset: str, digest: str) -> Artifact:
    return Artifact(asset, "eu", digest, None, 1, {})


def test_the_audit_chain_holds_and_keeps_the_order_of_writing(vault: RegionVault) -> None:
    """R41"""
    for n in range(3):
        vault.audit.append(
            "test", pipeline("test", Purpose.INTAKE),
            what=f"{n}", count=0, ids_digest="", detail="",
        )  # fmt: skip
    assert vault.audit.verify() == 3
    records = vault.audit.records()
    assert [r.object for r in records] == ["0", "1", "2"]
    assert records[0].at > records[2].at


def test_what_was_committed_last_is_current(vault: RegionVault) -> None:
    """R3: current, newest, older and history go by the order of commits."""
    first, second = artifact("dataset", "a"), artifact("dataset", "b")
    made_of_first = artifact("model", "m")
    commit(vault, first, [])
    commit(vault, made_of_first, [first])
    commit(vault, second, [])
    assert vault.lineage.current("dataset", "eu") == second
    assert vault.lineage.older_than(made_of_first, "dataset")
    assert [a.digest for a, _ in vault.lineage.history("dataset", "eu")] == ["a", "b"]


def test_the_newest_key_is_in_use_and_none_is_overdue(settings: Settings) -> None:
    """R37"""
    keyring = open_keyring(settings, settings.region("eu"), clock=BackwardsClock())
    keyring.named_key("a", data_class=DataClass.RAW)
    keyring.rotate(DataClass.RAW)
    keyring.named_key("b", data_class=DataClass.RAW)
    states = [(k.version, k.state, k.uses) for k in keyring.class_keys()]
    assert states == [(1, "decrypt-only", 1), (2, "enabled", 1)]
    later = keyring.clock()
    assert [k.overdue(later, after=timedelta(days=90)) for k in keyring.class_keys()] == [None] * 2
    keyring.close()


def test_the_ledger_goes_by_its_own_order(settings: Settings) -> None:
    """R47: what is live, and was at a time, is what the last of the moves up to then says."""
    releases, clock, ids = releases_of(settings), BackwardsClock(), []
    for model in ("a", "b"):
        bundle, evaluation = release_of(model)
        releases.nominate(bundle, actor="training", reason="weekly retraining", at=clock())
        releases.approvals.record(bundle, approver="ines", simulated=True, at=clock())
        releases.promote(
            bundle.id, passing(), evaluation=evaluation, actor="ines", reason="passed", at=clock()
        )
        ids.append(bundle.id)
    assert releases.verify() == 4
    live = releases.live()
    assert live is not None and live.aliases.champion == ids[1]
    assert releases.ledger.live_at(NOW) == ids[1]
