"""A partition that fails or changes concerns itself and what is made of it, nothing else."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest

from handrail.conversations.reading import read_region, register_of
from handrail.conversations.register import RegisteredExport
from handrail.conversations.sealing import QUARANTINE, RAW, survey
from handrail.conversations.surveying import kept
from handrail.errors import NotPassed, Refused
from handrail.redaction.days import REDACTED
from handrail.settings import Settings
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault, RegionVaults
from handrail.verdicts import Verdict, holds
from orchestration.drive import Task, intake_tasks
from tests.faults.conftest import CHATS, ForkServer, Prepared
from tests.faults.stages import NOW, REGION, vault_of


def held(vault: RegionVault, asset: str) -> dict[str, Artifact]:
    return {a.partition: a for a in vault.lineage.partitions(asset)}


def what_to_do(home: Settings, vault: RegionVault) -> list[Task]:
    """What the exports as they are now give to seal and redact."""
    found = survey(read_region(home, REGION, now=NOW), vault=vault)
    made = kept(found, region=REGION)
    vault.lineage.commit(
        made.artifact, inputs=[], findings=[made.finding], config_hash="", run_id="test"
    )
    return intake_tasks(vault.lineage, REGION, days=None)


def export_again(home: Settings, folder: Path) -> str:
    """A later export that holds one chat of the middle day, changed; returns the day."""
    first = register_of(home, REGION).all()[0]
    with gzip.open(first.path) as export:
        rows = [orjson.loads(line) for line in export]
    days = sorted({row["turns"][0]["at"][:10] for row in rows})
    changed = next(row for row in rows if row["turns"][0]["at"][:10] == days[1])
    changed["turns"][0]["text"] += " Thank you!"
    path = folder / "again.jsonl"
    path.write_bytes(orjson.dumps(changed) + b"\n")
    register_of(home, REGION).add(RegisteredExport(str(path), None, None, first.answer_key))
    return str(days[1])


def test_a_changed_chat_concerns_its_day_and_what_is_made_of_it(
    forks: ForkServer, prepared: Prepared, tmp_path: Path
) -> None:
    """R31, R3: that day is sealed and redacted anew; the other days keep their very objects."""
    home = prepared.before("land", tmp_path / "home")
    vault = vault_of(home)
    raw, redacted = held(vault, RAW), held(vault, REDACTED)
    assert len(raw) == 3
    day = export_again(home, tmp_path)
    assert [t.title for t in what_to_do(home, vault)] == [f"seal and redact {day} to {day}"]

    forks.start("seal", home).made()
    sealed = held(vault, RAW)
    assert {d for d in raw if raw[d] != sealed[d]} == {day}
    assert sealed[day].digest != raw[day].digest
    with pytest.raises(NotPassed, match=f"redacted_chats of {day} .* older raw_chats"):
        vault.lineage.require_passed(REDACTED, day)
    with pytest.raises(NotPassed, match=day):
        vault.lineage.require_all_passed(REDACTED)
    for other in set(raw) - {day}:
        assert vault.lineage.require_passed(REDACTED, other) == redacted[other]

    forks.start("redact", home).made()
    again = held(vault, REDACTED)
    assert {d for d in redacted if redacted[d] != again[d]} == {day}
    assert len(vault.lineage.require_all_passed(REDACTED)) == 3
    assert what_to_do(home, vault) == []
    vault.close()


def test_a_day_that_fails_leaves_the_others_whole(
    forks: ForkServer, prepared: Prepared, tmp_path: Path
) -> None:
    """R3: nothing is built on the failed day until it passes; the others are as they were."""
    home = prepared.before("land", tmp_path / "home")
    vault = vault_of(home)
    days = held(vault, RAW)
    failed, *others = days
    redacted = held(vault, REDACTED)

    def judge(passes: bool) -> None:
        vault.lineage.commit(
            days[failed], inputs=[],
            findings=[holds("tags_complete", passes, "two chats lack a language")],
            config_hash="", run_id="test",
        )  # fmt: skip

    judge(False)
    assert vault.lineage.verdict(RAW, failed) is Verdict.FAIL
    for asset in (RAW, REDACTED):
        with pytest.raises(NotPassed, match=f"{failed} .* FAIL.*two chats lack a language"):
            vault.lineage.require_passed(asset, failed)
    for day in others:
        assert vault.lineage.require_passed(RAW, day) == days[day]
        assert vault.lineage.require_passed(REDACTED, day) == redacted[day]
    judge(True)
    assert vault.lineage.require_passed(REDACTED, failed) == redacted[failed]
    vault.close()


@pytest.mark.parametrize("commits", [0, 1])
def test_an_intake_stopped_between_its_commits_is_done_again(
    commits: int, prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3: a day that is held without the quarantine that counts it would never be looked at again,
    because its chats don't differ from what is held."""
    import dagster as dg

    from assets.intake import raw_chats

    home = prepared.before("seal", tmp_path / "home")
    vaults, left = RegionVaults(home, clock=lambda: NOW), [commits]
    write = Lineage.commit

    def stopped(self: Lineage, *args: Any, **kwargs: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            msg = "stopped"
            raise Refused(msg)
        write(self, *args, **kwargs)

    def intake() -> bool:
        return dg.materialize(
            [raw_chats],
            partition_key=dg.MultiPartitionKey({"day": "2026-01-05", "region": REGION}),
            resources={"vaults": vaults}, raise_on_error=False,
        ).success  # fmt: skip

    lineage = vaults.of(REGION).lineage
    with monkeypatch.context() as patched:
        patched.setattr(Lineage, "commit", stopped)
        assert not intake()
    assert held(vaults.of(REGION), RAW) == {}
    assert intake()
    assert set(held(vaults.of(REGION), RAW)) == {"2026-01-05"}
    assert lineage.require_passed(QUARANTINE, REGION).measures["accepted"] == CHATS
    vaults.close()
