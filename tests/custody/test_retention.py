"""R52: past its days a partition's keys are destroyed, and everything downstream goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from handrail.access import Access, Purpose
from handrail.conversations.sealing import QUARANTINE, RAW
from handrail.custody.residency_page import markdown
from handrail.custody.residency_report import report_residency
from handrail.custody.retention import due, require_steady_clock, retain
from handrail.errors import AccessDenied, BadInput, Destroyed, Refused
from handrail.redaction.days import HOLDS, REDACTED
from handrail.redaction.ruleset import STANDARD
from handrail.residency import DataClass
from handrail.settings import DEFAULT_CONFIG, load_settings
from handrail.simulate.exports import DAYS, FIRST_DAY
from handrail.vault.names import Artifact, object_key
from handrail.vault.region_vault import RegionVault, pipeline
from handrail.vault.sidecar import sidecar_key
from orchestration.drive import intake_tasks
from tests.custody.eight_weeks import (
    AFTER,
    CHATS,
    CUSTODY,
    RAW_DAYS,
    REGION,
    Home,
    eight_weeks,
    land,
    take_in,
)

RAW_SINCE = (AFTER - timedelta(days=RAW_DAYS)).date().isoformat()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home before any retention; never changed."""
    return eight_weeks(tmp_path_factory.mktemp("retention") / "home")


@pytest.fixture
def home(told: Home, tmp_path: Path) -> Home:
    return told.copied(tmp_path / "home")


@pytest.fixture
def vault(home: Home) -> Iterator[RegionVault]:
    opened = home.opened()
    yield opened
    opened.close()


def days(vault: RegionVault, asset: str) -> tuple[list[Artifact], list[Artifact]]:
    """The days of an asset before and since the day from which raw chats are kept."""
    every = vault.lineage.partitions(asset)
    return (
        [a for a in every if a.partition < RAW_SINCE],
        [a for a in every if a.partition >= RAW_SINCE],
    )


def opened(vault: RegionVault, artifact: Artifact, data_class: DataClass) -> int:
    access = pipeline("test", Purpose.REDACTION)
    return len(list(vault.scan(artifact, data_class=data_class, access=access)))


def test_raw_days_past_their_days_are_destroyed_and_the_rest_opens(
    home: Home, vault: RegionVault
) -> None:
    """R52: keys first, then bytes; a later read says by what and when. Redacted days stay."""
    past, kept = days(vault, RAW)
    assert len(past) > 15 and len(kept) > 15
    done = retain(vault, now=home.now, access=CUSTODY)
    assert done.finding.verdict.passed
    assert {a.partition for a in done.due.artifacts} == {a.partition for a in past}
    assert {a.asset for a in done.due.artifacts} == {RAW, HOLDS}
    for day in past:
        with pytest.raises(Destroyed, match=f"{day.partition} .* by retention on 2026-03-02"):
            opened(vault, day, DataClass.RAW)
    assert [opened(vault, day, DataClass.RAW) for day in kept] == [day.records for day in kept]
    redacted = vault.lineage.require_all_passed(REDACTED)
    assert sum(opened(vault, day, DataClass.REDACTED) for day in redacted) > CHATS // 2
    lying = set(vault.listing())
    for artifact in done.due.artifacts:
        assert not lying & {object_key(artifact), sidecar_key(object_key(artifact))}
    assert retain(vault, now=home.now, access=CUSTODY).due.artifacts == ()


def test_what_was_destroyed_is_on_the_audit_log_before_and_in_the_report(
    home: Home, vault: RegionVault
) -> None:
    """R41, R52: one record a key, then one a removed object; the residency report counts them."""
    done = retain(vault, now=home.now, access=CUSTODY)
    gone = {object_key(a) for a in done.due.artifacts}
    records = vault.audit.records()
    assert {r.object for r in records if r.event == "destroy"} == gone
    assert {r.object for r in records if r.event == "discard"} == gone
    [look] = [r for r in records if r.event == "retention"]
    assert (look.count, look.team) == (len(gone), "custody")
    assert f"raw kept since {RAW_SINCE}" in look.detail
    report = report_residency(vault, home.settings, access=CUSTODY)
    assert report.verdict.passed, report.problems
    assert sum(n for _, _, n, _ in report.destroyed) == len(gone)
    assert {(asset, rule, day) for asset, rule, _, day in report.destroyed} == {
        (RAW, "retention", "2026-03-02"), (HOLDS, "retention", "2026-03-02"),
    }  # fmt: skip
    assert "What was destroyed" in markdown(report)


def test_the_same_exports_bring_no_destroyed_day_back(home: Home, vault: RegionVault) -> None:
    """R52, R3: the register still names the exports; their past chats are counted, and no more."""
    past, _ = days(vault, RAW)
    retain(vault, now=home.now, access=CUSTODY)
    sealed = take_in(home, vault)
    assert [day for day in sealed if day < RAW_SINCE] == []
    quarantine = vault.lineage.current(QUARANTINE, REGION)
    assert quarantine is not None
    measures = quarantine.measures
    assert measures["past_retention"] >= sum(day.records for day in past) > 0
    assert measures["rows"] == sum(n for reason, n in measures.items() if reason != "rows")
    texts = [
        record.payload
        for record in vault.scan(
            quarantine, data_class=DataClass.RAW, access=pipeline("test", Purpose.INTAKE)
        )
    ]
    assert sum(b'"past_retention"' in text for text in texts) == measures["past_retention"]
    assert all(b'"original":""' in text for text in texts if b'"past_retention"' in text)
    assert intake_tasks(vault.lineage, REGION, days=None, scrubber=STANDARD.version) == [], (
        "nor is one redacted anew"
    )
    assert take_in(home, vault) == []


def test_a_raw_day_asked_for_by_hand_is_not_emptied(home: Home, vault: RegionVault) -> None:
    """R52: materializing a destroyed day stores nothing in its place."""
    from handrail.conversations.reading import read_region
    from handrail.conversations.sealing import seal_days

    past, _ = days(vault, RAW)
    retain(vault, now=home.now, access=CUSTODY)
    since = vault.lineage.destructions.kept_since(DataClass.RAW)
    sealed, _ = seal_days(
        read_region(home.settings, REGION, kept_since=since, now=home.now),
        vault=vault, days=[past[0].partition], access=pipeline("test", Purpose.INTAKE),
    )  # fmt: skip
    assert sealed == []


def test_what_was_made_of_a_destroyed_raw_day_is_built_on(home: Home, vault: RegionVault) -> None:
    """R52, R3: the warehouse holds the same chats before and after, and every row is counted.

    What was superseded by a past chat is past too.
    """
    before = land(home, vault)
    retain(vault, now=home.now, access=CUSTODY)
    between = land(home, vault)
    assert between == before, "the exports were not read again yet"
    take_in(home, vault)
    after = land(home, vault)
    older_versions = after.pop("past_retention")
    assert older_versions > 0
    after["superseded"] += older_versions
    assert after == before, "chats past retention were accepted when they came"


def test_a_destroyed_redacted_day_leaves_with_the_next_landing(
    home: Home, vault: RegionVault
) -> None:
    """R52: its chats are gone from the warehouse, counted as past retention, and nothing fails."""
    before = land(home, vault)
    home.now = AFTER + timedelta(days=18)
    retain(vault, now=home.now, access=CUSTODY)
    take_in(home, vault)
    redacted = vault.lineage.partitions(REDACTED)
    gone = [day for day in redacted if day.partition < "2026-01-19"]
    assert len(gone) > 7
    with pytest.raises(Destroyed, match="redacted_chats"):
        opened(vault, gone[0], DataClass.REDACTED)
    after = land(home, vault)
    assert after["first_day"] == "2026-01-19"
    lost = sum(day.records for day in gone)
    assert after["redacted"] == before["redacted"] - lost
    held = sum(a.records for a in vault.lineage.partitions(HOLDS) if a.partition < "2026-01-19")
    older_versions = before["superseded"] - after.get("superseded", 0)
    assert after["past_retention"] == lost + held + older_versions


def test_superseded_quarantines_go_at_once_and_the_current_one_by_age(
    home: Home, vault: RegionVault
) -> None:
    """R52: raw rows of no known day are not kept for good either."""
    retain(vault, now=home.now, access=CUSTODY)
    take_in(home, vault)
    first, current = [
        one.artifact for one in vault.lineage.holdings.all() if one.artifact.asset == QUARANTINE
    ]
    assert due(vault, now=home.now).artifacts == (first,)
    retain(vault, now=home.now, access=CUSTODY)
    assert opened(vault, current, DataClass.RAW) > 0
    later = home.now + timedelta(days=RAW_DAYS + 1)
    assert current in due(vault, now=later).artifacts


def test_a_clock_that_goes_back_brings_nothing_back(home: Home, vault: RegionVault) -> None:
    """R52"""
    retain(vault, now=home.now, access=CUSTODY)
    found = due(vault, now=home.now - timedelta(days=20))
    assert found.kept_since[DataClass.RAW] == RAW_SINCE
    home.now -= timedelta(days=0, hours=6)
    assert [day for day in take_in(home, vault) if day < RAW_SINCE] == []


def test_a_clock_far_ahead_of_the_audit_log_destroys_nothing_by_itself(
    home: Home, vault: RegionVault
) -> None:
    """R52: what a wrong clock destroys is gone; a person may say that it is right."""
    require_steady_clock(vault, now=home.now + timedelta(days=30))
    with pytest.raises(
        Refused, match=r"clock says 2026-12-27, .* no record of the 31 days after 2026-03-02"
    ):
        require_steady_clock(vault, now=home.now + timedelta(days=300))


def test_what_was_recorded_by_a_clock_far_ahead_does_not_make_it_right(
    home: Home, vault: RegionVault
) -> None:
    """R52: whatever else ran first under the wrong clock wrote to the log too."""
    now, right = home.now, home.now
    home.now = wrong = now + timedelta(days=300)
    vault.verify_keys(access=CUSTODY)
    with pytest.raises(Refused, match="after 2026-03-02: if the clock is right"):
        require_steady_clock(vault, now=wrong)
    home.now = right
    require_steady_clock(vault, now=right)
    home.now = wrong
    retain(vault, now=wrong, access=CUSTODY)
    require_steady_clock(vault, now=wrong + timedelta(days=1))


def test_a_destruction_that_stopped_half_way_is_brought_to_its_end(
    home: Home, vault: RegionVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R52: from the first moment on the days are refused; the next call destroys what is left."""
    past, _ = days(vault, RAW)
    store, left = vault._store, [5]
    delete = store.delete

    def failing(key: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            msg = "the disk is gone"
            raise Refused(msg)
        delete(key)

    with monkeypatch.context() as patched:
        patched.setattr(store, "delete", failing)
        with pytest.raises(Refused, match="the disk is gone"):
            retain(vault, now=home.now, access=CUSTODY)
    for day in past:
        with pytest.raises(Destroyed):
            opened(vault, day, DataClass.RAW)
    assert any(key.startswith(f"{RAW}/{past[-1].partition}/") for key in vault.listing())
    assert retain(vault, now=home.now, access=CUSTODY).finding.verdict.passed
    assert not [k for k in vault.listing() if k.startswith(f"{RAW}/{past[-1].partition}/")]


@pytest.mark.parametrize("team", ["pipeline", "compliance", "agent"])
def test_only_custody_may_destroy(home: Home, vault: RegionVault, team: str) -> None:
    """R35, R52: nobody else, and nothing is marked as destroyed by the attempt."""
    access = Access(actor="somebody", team=team, purpose=Purpose.CUSTODY)
    with pytest.raises(AccessDenied):
        retain(vault, now=home.now, access=access)
    assert vault.lineage.destructions.all() == {}
    assert vault.audit.records()[-1].event == "denied"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("{ raw = 365, dataset = 10 }", "retention_days"),
        ("{ raws = 365 }", "retention_days"),
        ("{ raw = 0 }", "greater than or equal to 1"),
        ("{ raw = -3 }", "greater than or equal to 1"),
    ],
)
def test_a_wrong_class_or_number_of_days_is_refused(wrong: str, why: str, tmp_path: Path) -> None:
    """R52: a misspelled class would be kept for ever."""
    config = tmp_path / "handrail.toml"
    text = DEFAULT_CONFIG.read_text()
    config.write_text(re.sub(r"retention_days = \{.*?\}", f"retention_days = {wrong}", text))
    with pytest.raises(BadInput, match=why):
        load_settings(environ={"HANDRAIL_HOME": str(tmp_path / "home")}, config_file=config)


def test_the_default_config_keeps_the_simulated_chats_for_the_whole_of_their_year() -> None:
    """R52: a first look at Handrail destroys nothing of the eight weeks it simulates."""
    settings = load_settings(environ={}, config_file=DEFAULT_CONFIG)
    fewest = min(region.retention_days["raw"] for region in settings.all_regions())
    assert FIRST_DAY + timedelta(days=fewest) >= datetime(2026, 12, 31).date()  # noqa: DTZ001
    assert DAYS == 56
