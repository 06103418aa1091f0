"""A partition that fails or changes concerns itself and what is made of it, nothing else."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from handrail.access import Purpose
from handrail.conversations.reading import read_region, register_of
from handrail.conversations.register import RegisteredExport
from handrail.conversations.sealing import QUARANTINE, RAW, seal_days, survey
from handrail.conversations.surveying import kept
from handrail.dataset.feedback import FEEDBACK
from handrail.dataset.landing import land_region, open_warehouse
from handrail.errors import NotPassed, Refused
from handrail.playbook.reader import read_playbook
from handrail.redaction.days import REDACTED
from handrail.redaction.ruleset import STANDARD
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact, ObjectName
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.verdicts import Verdict, holds
from orchestration.drive import Task, intake_tasks
from tests.faults.conftest import CHATS, ForkServer, Prepared
from tests.faults.stages import NOW, REGION, commit, vault_of


def held(vault: RegionVault, asset: str) -> dict[str, Artifact]:
    return {a.partition: a for a in vault.lineage.partitions(asset)}


def what_to_do(home: Settings, vault: RegionVault) -> list[Task]:
    """What the exports as they are now give to seal and redact."""
    found = survey(read_region(home, REGION, kept_since="", now=NOW), vault=vault)
    made = kept(found, region=REGION)
    vault.lineage.commit(
        made.artifact, inputs=[], findings=[made.finding], config_hash="", run_id="test"
    )
    return intake_tasks(vault.lineage, REGION, days=None, scrubber=STANDARD.version)


def of_the_middle_day(home: Settings) -> tuple[list[dict[str, Any]], str]:
    """The rows of the middle day's chats in the first export, and the day."""
    with gzip.open(register_of(home, REGION).all()[0].path) as export:
        rows = [orjson.loads(line) for line in export]
    day = sorted({row["turns"][0]["at"][:10] for row in rows})[1]
    return [row for row in rows if row["turns"][0]["at"][:10] == day], day


def add_export(home: Settings, folder: Path, rows: list[dict[str, Any]]) -> None:
    path = folder / "again.jsonl"
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    first = register_of(home, REGION).all()[0]
    register_of(home, REGION).add(RegisteredExport(str(path), None, None, first.answer_key))


def export_again(home: Settings, folder: Path) -> str:
    """A later export that holds one chat of the middle day, changed; returns the day."""
    [changed, *_], day = of_the_middle_day(home)
    changed["turns"][0]["text"] += " Thank you!"
    add_export(home, folder, [changed])
    return day


def export_a_day_later(home: Settings, folder: Path) -> tuple[str, str]:
    """A later export with the middle day's chats on the next day; returns both days."""
    moved, day = of_the_middle_day(home)
    later = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    shifted = orjson.dumps(moved).replace(day.encode(), later.encode())
    add_export(home, folder, orjson.loads(shifted))
    return day, later


def take_in(vaults: RegionVaults, task: Task) -> bool:
    """The task by its assets; whether it succeeded."""
    import dagster as dg

    from assets.intake import raw_chats
    from assets.redaction import redacted_chats

    return dg.materialize(
        [raw_chats, redacted_chats], tags=dict(task.tags), resources={"vaults": vaults},
        raise_on_error=False,
    ).success  # fmt: skip


def land(home: Settings, vault: RegionVault) -> None:
    """The landing tables, without feedback."""
    labels = ObjectName(FEEDBACK, REGION, DataClass.DATASET)
    commit(vault, vault.put(labels, [], access=pipeline("test:faults", Purpose.DATASET)), [])
    book = read_playbook(home.playbook)
    land_region(vault, home, book, access=pipeline("test:faults", Purpose.WAREHOUSE))


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

    assert [t.title for t in what_to_do(home, vault)] == [f"redact {day} to {day}"]
    forks.start("redact", home).made()
    again = held(vault, REDACTED)
    assert {d for d in redacted if redacted[d] != again[d]} == {day}
    assert len(vault.lineage.require_all_passed(REDACTED)) == 3
    assert what_to_do(home, vault) == []
    vault.close()


def test_chats_that_move_to_another_day_lie_under_that_day_alone(
    prepared: Prepared, tmp_path: Path
) -> None:
    """R31, R3: the day they left is emptied, once, and every row still counts."""
    home = prepared.before("land", tmp_path / "home")
    day, later = export_a_day_later(home, tmp_path)
    vaults = RegionVaults(home, clock=lambda: NOW)
    vault = vaults.of(REGION)
    moved = held(vault, RAW)[day].records + held(vault, RAW)[later].records
    [task] = what_to_do(home, vault)
    assert task.title == f"seal and redact {day} to {later}"
    assert take_in(vaults, task)
    assert what_to_do(home, vault) == [], "a day is emptied once"
    assert [held(vault, RAW)[each].records for each in (day, later)] == [0, moved]
    passed = vault.lineage.require_passed(REDACTED, day)
    assert vault.lineage.inputs(passed) == [vault.lineage.require_passed(RAW, day)]

    land(home, vault)
    with open_warehouse(
        vault, home, access=pipeline("test:faults", Purpose.WAREHOUSE)
    ) as warehouse:
        [chats] = warehouse.rows(
            "select count(*) as n, count(distinct conversation_id) as distinct_n, "
            "count(*) filter (where day = $day) as left_behind from landing.conversations",
            {"day": day},
        )
        rows = {row["reason"]: row["n"] for row in warehouse.rows(
            "select reason, sum(rows)::bigint as n from landing.intake group by reason"
        )}  # fmt: skip
    redacted = sum(a.records for a in held(vault, REDACTED).values())
    assert chats == {"n": redacted, "distinct_n": redacted, "left_behind": 0}
    assert rows["accepted"] == CHATS
    assert "day_not_run_yet" not in rows
    vaults.close()


def test_a_day_that_never_had_chats_is_not_made(prepared: Prepared, tmp_path: Path) -> None:
    """R31: only a day whose chats are gone is stored without any."""
    home = prepared.before("land", tmp_path / "home")
    vault = vault_of(home)
    sealed, _ = seal_days(
        read_region(home, REGION, kept_since="", now=NOW), vault=vault,
        days=["2026-01-05", "2026-02-01"],
        access=pipeline("test:faults", Purpose.INTAKE),
    )  # fmt: skip
    assert [day.day for day in sealed] == ["2026-01-05"]
    vault.close()


def test_more_chats_held_than_exported_are_not_built_on(prepared: Prepared, tmp_path: Path) -> None:
    """R3: a run of the latest days alone may leave a day that has shrunk; no count is negative."""
    home = prepared.before("land", tmp_path / "home")
    vault = vault_of(home)
    counted = vault.lineage.require_passed(QUARANTINE, REGION)
    fewer = {**counted.measures, "rows": CHATS - 1, "accepted": CHATS - 1}
    commit(vault, replace(counted, measures=fewer), [])
    with pytest.raises(NotPassed, match=r"1 more chats are held than .*without --days"):
        land(home, vault)
    vault.close()


def test_a_day_that_did_not_pass_holds_back_no_other_of_its_stretch(
    forks: ForkServer, prepared: Prepared, tmp_path: Path
) -> None:
    """R3: the others are redacted; the warehouse waits for the day and says why."""
    home = prepared.before("redact", tmp_path / "home")
    vault = vault_of(home)
    first, failed, last = sorted(held(vault, RAW))
    bad = holds("tags_complete", False, "two chats lack a language")
    vault.lineage.commit(
        held(vault, RAW)[failed], inputs=[], findings=[bad], config_hash="", run_id="test"
    )
    tasks = what_to_do(home, vault)
    assert [(t.title, t.parts) for t in tasks] == [
        (f"redact {first} to {first}", 3), (f"redact {last} to {last}", 3),
    ]  # fmt: skip
    child = forks.start("redact", home)
    assert "two chats lack a language" in str(child.wait_for("refused", "done"))
    assert set(held(vault, REDACTED)) == {first}, "made before the failed one, and kept"
    with pytest.raises(NotPassed, match=f"raw_chats of {failed} .* FAIL.*two chats lack"):
        land(home, vault)
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
