"""What comes after the first release: nothing new, a second release, and the way back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from handrail.clock import iso
from handrail.registry import open_registry
from handrail.release.candidate import CANDIDATE, releases_of
from handrail.release.promotion import Releases
from handrail.verdicts import Verdict
from tests.lifecycle.story import Story, printed

pytestmark = pytest.mark.xdist_group("lifecycle")

REGION = "us"


@pytest.fixture(scope="module")
def copy(story: Story, tmp_path_factory: pytest.TempPathFactory) -> Story:
    return story.copied(tmp_path_factory.mktemp("again"))


def releases(story: Story) -> Releases:
    return releases_of(story.settings, REGION, open_registry(story.settings))


def manifests(story: Story) -> list[str]:
    with story.opened() as vaults:
        return [a.id for name in ("eu", "us") for a in vaults.of(name).lineage.everything()]


def dagster_runs(story: Story) -> int:
    import dagster as dg

    with story.as_environment(), dg.DagsterInstance.get() as instance:
        return instance.get_runs_count()


def test_a_rerun_with_nothing_new_does_nothing(story: Story, tmp_path: Path) -> None:
    """R1: no run is started, no object made, no release moved."""
    copy = story.over_its_bucket(tmp_path)
    from orchestration.exports import regions_to_run
    from orchestration.run import run_regions

    before = manifests(copy), dagster_runs(copy), releases(copy).live()
    with copy.as_environment(), printed() as said:
        names = regions_to_run(copy.settings, chats=10, region=None)
        code = run_regions(copy.settings, names, days=None, train=True)
    assert (code, names) == (0, ["eu", "us"])
    assert "nothing new" in said.getvalue()
    assert (manifests(copy), dagster_runs(copy), releases(copy).live()) == before


def test_nothing_runs_on_an_audit_log_that_was_changed_R41(
    story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other region is as it was; the exit code says that not all is well."""
    from orchestration.run import run_regions

    copy = story.over_its_bucket(tmp_path)
    before = manifests(copy), dagster_runs(copy)
    log = copy.settings.region_home(REGION) / "audit" / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b"pipeline", b"pipelane", 1))
    with copy.as_environment():
        code = run_regions(copy.settings, ["eu", REGION], days=None, train=True)
    assert code == 1
    assert f"audit record 0 of region {REGION}" in " ".join(capsys.readouterr().err.split())
    assert (manifests(copy), dagster_runs(copy)) == before


def test_a_changed_config_is_something_new(copy: Story) -> None:
    """R19: the fingerprint covers what a run depends on."""
    from orchestration.drive import fingerprint, last_run

    changed = copy.reconfigured(lambda text: text + "\n# another reading of the rules\n")
    with changed.opened() as vaults:
        known = last_run(changed.settings, REGION)
        assert known
        assert fingerprint(vaults, REGION, days=None, train=True) != known[0]


def test_a_second_release_goes_live_through_the_gate_and_rolls_back(
    copy: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R47, R45: other code is another release; rollback swaps the two and the ledger tells it."""
    from orchestration import drive
    from orchestration.definitions import defs

    monkeypatch.setattr("assets.release.code_digest", lambda: "c0de" * 16)
    first = releases(copy).live()
    assert first and first.aliases.champion
    with copy.as_environment(), drive.open_instance(copy.settings) as instance:

        def gate() -> drive.Outcome:
            return drive.execute(
                drive.Task("gate", "release", REGION, {"handrail/region": REGION}),
                instance=instance,
                definitions=defs,
                on_step=lambda step, done, of: None,
            )

        assert gate().succeeded, "waiting for people is no failure"
        held = releases(copy).live()
        assert held and held.aliases.champion == first.aliases.champion, "not before it's approved"
        with copy.opened() as vaults:
            candidate = vaults.of(REGION).lineage.current(CANDIDATE, REGION)
            assert candidate
            findings = {f.check: f for f in vaults.of(REGION).lineage.findings(candidate)}
            assert findings["approved"].verdict is Verdict.NOT_MEASURED
            assert "waits for a person's approval" in findings["approved"].reason
            now = vaults.clock()
        bundle = releases(copy).bundles.read(str(candidate.measures["release"]))
        releases(copy).approvals.record(bundle, approver="someone", simulated=True, at=now)
        assert gate().problems == ()
    live = releases(copy).live()
    assert live
    assert asdict(live.aliases) == {
        "champion": bundle.id,
        "challenger": None,
        "previous": first.aliases.champion,
    }
    assert bundle.id != first.aliases.champion

    move = releases(copy).rollback(actor="someone", reason="a drill", at=now)
    assert move.registry_note == ""
    assert move.pointer.aliases.champion == first.aliases.champion
    assert move.pointer.aliases.previous == bundle.id
    kept = releases(copy)
    last = kept.ledger.entries()[-1]
    assert (last.event, last.reason, last.at) == ("rollback", "a drill", iso(now))
    registry = open_registry(copy.settings)
    assert first.aliases.champion
    assert registry.aliases(REGION) == {
        "champion": registry.version_of(REGION, first.aliases.champion),
        "previous": registry.version_of(REGION, bundle.id),
    }
