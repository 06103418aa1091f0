from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from handrail.digests import digest
from handrail.errors import Refused
from handrail.release.pointer import Aliases, PointerFile
from handrail.release.promotion import Releases
from handrail.verdicts import holds, not_measured
from tests.release.conftest import MONDAY, Registry, passing, release_of

TakeLive = Callable[..., str]


def promote(releases: Releases, bundle, evaluation, findings) -> None:  # type: ignore[no-untyped-def]
    releases.promote(
        bundle.id, findings, evaluation=evaluation, actor="ines", reason="ready", at=MONDAY
    )


def nominated(releases: Releases, *, simulated: bool = True, approve: bool = True):  # type: ignore[no-untyped-def]
    bundle, evaluation = release_of("a", simulated=simulated)
    releases.nominate(bundle, actor="training", reason="weekly retraining", at=MONDAY)
    if approve:
        releases.approvals.record(bundle, approver="ines", simulated=simulated, at=MONDAY)
    return bundle, evaluation


def test_a_promoted_challenger_is_champion_everywhere_and_opens_the_first_stage(
    releases: Releases, registry: Registry, take_live: TakeLive
) -> None:
    """R47, R42"""
    first, second = take_live("a", day=0), take_live("b", day=7)
    pointer = releases.live()
    assert pointer is not None
    assert pointer.aliases == Aliases(champion=second, challenger=None, previous=first)
    assert pointer.open_cells == (("password_reset", "eu", "chat"),)
    versions = registry.versions
    assert registry.aliases == {
        "champion": versions[second],
        "challenger": None,
        "previous": versions[first],
    }


def test_nothing_is_open_before_the_first_champion(releases: Releases) -> None:
    """R42: default deny"""
    assert releases.live() is None
    bundle, _ = nominated(releases)
    pointer = releases.live()
    assert pointer is not None
    assert pointer.aliases == Aliases(challenger=bundle.id)
    assert pointer.open_cells == ()


@pytest.mark.parametrize("name", [finding.check for finding in passing()])
def test_each_required_finding_alone_holds_a_release_back(releases: Releases, name: str) -> None:
    """R19: failed, not measured and missing are the same to the gate"""
    bundle, evaluation = nominated(releases)
    others = [finding for finding in passing() if finding.check != name]
    for bad in (
        [holds(name, False, "below the floor")],
        [not_measured(name, "too few")],
        [not_measured(name, "too few", blocking=False)],
        [holds(name, True, "fine"), holds(name, False, "below the floor")],
        [],
    ):
        with pytest.raises(Refused, match=name):
            promote(releases, bundle, evaluation, [*others, *bad])
    pointer = releases.live()
    assert pointer is not None
    assert pointer.aliases.champion is None


def test_a_stale_evaluation_is_refused_and_says_what_changed(releases: Releases) -> None:
    """R19"""
    bundle, evaluation = release_of("a")
    older = replace(evaluation, key=replace(evaluation.key, prompts=digest("older prompt")))
    bundle = replace(bundle, evaluation=older.digest)
    releases.nominate(bundle, actor="training", reason="weekly retraining", at=MONDAY)
    releases.approvals.record(bundle, approver="ines", simulated=True, at=MONDAY)
    with pytest.raises(Refused, match="stale: made of another prompts"):
        promote(releases, bundle, older, passing())


def test_another_evaluation_than_the_bundle_names_is_refused(releases: Releases) -> None:
    """R19"""
    bundle, evaluation = nominated(releases)
    with pytest.raises(Refused, match="another evaluation"):
        promote(releases, bundle, replace(evaluation, asked=2), passing())


def test_an_incomplete_evaluation_is_refused(releases: Releases) -> None:
    """R19"""
    bundle, evaluation = release_of("a")
    partial = replace(evaluation, failed=("real.2",), asked=2)
    bundle = replace(bundle, evaluation=partial.digest)
    releases.nominate(bundle, actor="training", reason="weekly retraining", at=MONDAY)
    releases.approvals.record(bundle, approver="ines", simulated=True, at=MONDAY)
    with pytest.raises(Refused, match="incomplete"):
        promote(releases, bundle, partial, passing())


def test_an_unapproved_release_waits_whatever_the_caller_claims(releases: Releases) -> None:
    """R1"""
    bundle, evaluation = nominated(releases, approve=False)
    claimed = [*passing(), holds("approved", True, "trust me")]
    with pytest.raises(Refused, match="approved: NOT MEASURED"):
        promote(releases, bundle, evaluation, claimed)


def test_only_the_challenger_is_promoted(releases: Releases, take_live: TakeLive) -> None:
    """R47"""
    bundle, evaluation = release_of("a")
    take_live("a", day=0)
    with pytest.raises(Refused, match="is not the challenger"):
        promote(releases, bundle, evaluation, passing())


def test_rollback_swaps_champion_and_previous_and_back(
    releases: Releases, take_live: TakeLive
) -> None:
    """R47"""
    first, second = take_live("a", day=0), take_live("b", day=7)
    move = releases.rollback(actor="ines", reason="wrong refunds", at=MONDAY + timedelta(days=8))
    assert move.pointer.aliases == Aliases(champion=first, previous=second)
    move = releases.rollback(actor="ines", reason="false alarm", at=MONDAY + timedelta(days=9))
    assert move.pointer.aliases == Aliases(champion=second, previous=first)


def test_rollback_works_with_the_registry_down_and_says_so(
    releases: Releases, registry: Registry, take_live: TakeLive
) -> None:
    """R47"""
    first, second = take_live("a", day=0), take_live("b", day=7)
    registry.down = True
    move = releases.rollback(actor="ines", reason="wrong refunds", at=MONDAY + timedelta(days=8))
    assert "aliases were not moved" in move.registry_note
    pointer = releases.live()
    assert pointer is not None
    assert (pointer.aliases.champion, pointer.aliases.previous) == (first, second)


def test_rollback_without_a_previous_release_is_refused(
    releases: Releases, take_live: TakeLive
) -> None:
    take_live("a", day=0)
    with pytest.raises(Refused, match="no previous release"):
        releases.rollback(actor="ines", reason="wrong refunds", at=MONDAY)


def test_activate_takes_only_releases_that_passed_the_gate(
    releases: Releases, take_live: TakeLive
) -> None:
    """R47"""
    first = take_live("a", day=0)
    take_live("b", day=7)
    third, _ = release_of("c")
    releases.nominate(third, actor="training", reason="weekly retraining", at=MONDAY)
    with pytest.raises(Refused, match="never promoted"):
        releases.activate(third.id, actor="ines", reason="impatient", at=MONDAY)
    move = releases.activate(first, actor="ines", reason="known good", at=MONDAY)
    assert move.pointer.aliases.champion == first
    assert move.pointer.aliases.challenger == third.id


def test_nominating_what_is_live_or_waiting_changes_nothing(
    releases: Releases, take_live: TakeLive
) -> None:
    take_live("a", day=0)
    bundle, _ = release_of("a")
    again = releases.nominate(bundle, actor="training", reason="rerun", at=MONDAY)
    assert again is None
    assert len(releases.ledger.entries()) == 2


def test_a_crash_between_ledger_and_pointer_is_made_good_by_the_next_move(
    releases: Releases, take_live: TakeLive, tmp_path: Path
) -> None:
    first, second = take_live("a", day=0), take_live("b", day=7)
    file = PointerFile(tmp_path / "release" / "live.json")
    before = file.read()
    assert before is not None
    releases.rollback(actor="ines", reason="wrong refunds", at=MONDAY)
    file.write(before)  # as if the machine had stopped before the pointer was written
    third, _ = release_of("c")
    move = releases.nominate(third, actor="training", reason="weekly retraining", at=MONDAY)
    assert move is not None
    assert move.pointer.aliases == Aliases(champion=first, challenger=third.id, previous=second)


def test_a_rollback_stopped_half_way_is_finished_by_the_next_not_undone(
    releases: Releases, take_live: TakeLive, tmp_path: Path
) -> None:
    """R45: whoever asks again because the first try crashed gets what they asked for."""
    first, second = take_live("a", day=0), take_live("b", day=7)
    file = PointerFile(tmp_path / "release" / "live.json")
    before = file.read()
    assert before is not None
    releases.rollback(actor="ines", reason="wrong refunds", at=MONDAY)
    file.write(before)  # as if the machine had stopped before the pointer was written
    move = releases.rollback(actor="ines", reason="wrong refunds", at=MONDAY)
    assert move.pointer.aliases == Aliases(champion=first, previous=second)
    assert releases.live() == move.pointer
    assert len(releases.ledger.entries()) == 5

    before = move.pointer
    releases.activate(second, actor="ines", reason="mended", at=MONDAY)
    file.write(before)
    move = releases.activate(second, actor="ines", reason="mended", at=MONDAY)
    assert move.pointer.aliases == Aliases(champion=second, previous=first)
    assert len(releases.ledger.entries()) == 6


def test_a_move_names_who_and_why(releases: Releases, take_live: TakeLive) -> None:
    take_live("a", day=0)
    take_live("b", day=7)
    with pytest.raises(Refused, match="who moves it and why"):
        releases.rollback(actor="ines", reason=" ", at=MONDAY)
