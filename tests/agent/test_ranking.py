"""What ranks a release's templates: rows of its own data set, as they are today, or nothing.

R11, R26, R35, R40.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

import pytest

from handrail.access import Access, Purpose
from handrail.agent.correctness import Correctness
from handrail.agent.model import Model
from handrail.agent.ranking import (
    ROWS_PER_CELL,
    Ranking,
    ranking_at_hand,
    ranking_of_rows,
    read_ranking,
)
from handrail.agent.types import Action, Case, Policy, Switches
from handrail.dataset.model import Split, Synthesis, TrainingExample
from handrail.dataset.stored import read_dataset, read_row
from handrail.digests import canonical, digest
from handrail.errors import AccessDenied, Refused
from handrail.playbook.model import Playbook
from handrail.residency import Labels
from handrail.settings import Settings
from handrail.vault.names import object_key
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.vault.root_key import key_database
from tests.agent.test_retrieval import FIRST, SECOND, chat
from tests.dataset.held import (
    EXPLAINS,
    MAKES,
    commit,
    examples_of,
    frozen_of,
    store_chats,
    store_dataset,
)

TRAINS = pipeline("test", Purpose.TRAINING)
SERVES = Access("test", "agent", Purpose.SERVING)
LEADS = Access("test", "support-operations", Purpose.SERVING)
CARES = Access("test", "custody", Purpose.CUSTODY)


@pytest.fixture
def vault(vaults: RegionVaults) -> RegionVault:
    return vaults.of("eu")


@pytest.fixture
def model(playbook: Playbook, router: Any) -> Model:
    return Model(
        digest="m" * 64, router=router,
        correctness=Correctness.untaught(playbook, region="eu"), promises=(), playbook=playbook,
        labels=Labels((), ()),
    )  # fmt: skip


def stored(vault: RegionVault) -> tuple[list[TrainingExample], dict[str, str | None], Any]:
    """Twelve rows of the region's data set, of which some may rank."""
    ids = [f"c{n}" for n in range(12)]
    owners = store_chats(vault, ids)
    rows = examples_of(ids, topic="password_reset", template=SECOND, split=Split.TRAIN)
    changes: list[dict[str, Any]] = [
        {"split": Split.TEST}, {"split": Split.CALIBRATION}, {"template": None},
        {"accepted": False}, {"topic": ""},
        {"synthesis": Synthesis("grammar", 1, "cell", (), escalates=False)},
    ]  # fmt: skip
    rows[:6] = [replace(row, **change) for row, change in zip(rows, changes, strict=False)]
    return rows, owners, store_dataset(vault, frozen_of(vault, rows), owners, {}, instead={})


def test_rows_that_rank_are_customers_training_rows_that_followed_a_template(
    vault: RegionVault,
) -> None:
    """R11, R24: none of a held-out split, none that a generator wrote, none that people flagged."""
    rows, _, artifact = stored(vault)
    chats = read_ranking(vault, artifact, access=TRAINS).chats
    assert sorted(one.id for one in chats) == sorted(row.example_id for row in rows[6:])
    held = {row.example_id: digest(canonical(row)) for row in rows}
    assert all(one.digest == held[one.id] and one.dataset == artifact.digest for one in chats)


def test_opening_chats_is_on_record_and_refused_where_no_rule_permits_it(
    vault: RegionVault,
) -> None:
    """R35: the live side has a grant to serve with a data set, who leads support has none."""
    _, _, artifact = stored(vault)
    read_ranking(vault, artifact, access=SERVES)
    with pytest.raises(AccessDenied):
        read_ranking(vault, artifact, access=LEADS)
    last = vault.audit.records()[-2:]
    assert [entry.event for entry in last] == ["open", "denied"]


def test_chat_that_ranked_is_shown_to_whoever_has_a_grant_and_to_nobody_else(
    vault: RegionVault,
) -> None:
    """R26, R35: a reply's record names it by id; its words stay in the vault, opened on record."""
    rows, _, artifact = stored(vault)
    cited = read_ranking(vault, artifact, access=TRAINS).chats[0].ground
    shown = read_row(vault, artifact, cited.id, access=EXPLAINS)
    assert shown in rows
    assert digest(canonical(shown)) == cited.digest
    with pytest.raises(AccessDenied):
        read_row(vault, artifact, cited.id, access=LEADS)


def test_model_ranks_by_its_releases_chats_and_refuses_others(
    model: Model, policy: Policy, case: Case
) -> None:
    """R21: the data set that the release names, and no other."""
    chats = tuple(chat(n, "hi, i forgot my password", SECOND) for n in range(3))
    ranking, none = Ranking("d" * 64, chats), Ranking("d" * 64, (), "the data set is gone")
    given: dict[str, Any] = {"release_id": "r1", "policy": policy, "switches": Switches()}
    named: dict[str, Any] = {**given, "hashes": {"dataset": "d" * 64}}
    ranked = model.agent(**named, ranking=lambda: ranking)(case)
    assert (ranked.proposal.template_id, ranked.unranked) == (SECOND, "")
    assert ranked.hashes["ranking"] == ranking.digest
    by_order = model.agent(**named, ranking=lambda: none)(case)
    assert (by_order.proposal.template_id, by_order.unranked) == (FIRST, "the data set is gone")
    for hashes in ({"dataset": "e" * 64}, {}):
        with pytest.raises(Refused, match="another data set"):
            model.agent(**given, hashes=hashes, ranking=lambda: ranking)(case)


def test_data_set_is_opened_once_and_by_the_first_case(
    model: Model, policy: Policy, case: Case
) -> None:
    opened: list[Ranking] = []

    def ranking() -> Ranking:
        opened.append(Ranking("d" * 64, ()))
        return opened[-1]

    reply = model.agent(
        release_id="r1", policy=policy, switches=Switches(), hashes={"dataset": "d" * 64},
        ranking=ranking,
    )  # fmt: skip
    assert opened == []
    reply(case), reply(case)
    assert len(opened) == 1


def test_nothing_is_sent_until_what_ranks_can_be_read(
    model: Model, policy: Policy, case: Case
) -> None:
    """R11, R25: the promise was measured with it. The next case tries again; nothing is raised."""
    ranks = Ranking("d" * 64, tuple(chat(n, "hi, i forgot my password", SECOND) for n in range(3)))
    tries: list[Exception | Ranking] = [
        Refused("it is not here"), ValueError("words of a customer"),
        Ranking.failed("d" * 64, Refused("it is not here")), ranks,
    ]  # fmt: skip

    def ranking() -> Ranking:
        found = tries.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    reply = model.agent(
        release_id="r1", policy=policy, switches=Switches(), hashes={"dataset": "d" * 64},
        ranking=ranking,
    )  # fmt: skip
    for why in ("it is not here", "ValueError", "it is not here"):
        record = reply(case)
        (said,) = [r for r in record.decision.reasons if r.code == "ranking_unavailable"]
        assert record.decision.action is Action.DRAFT
        assert why in said.sentence and "customer" not in said.sentence
        assert why in record.unranked
    record = reply(case)
    assert "ranking_unavailable" not in {r.code for r in record.decision.reasons}
    assert (record.proposal.template_id, record.unranked) == (SECOND, "")
    reply(case)
    assert tries == []


def test_data_set_without_a_chat_that_ranks_stops_nothing(
    model: Model, policy: Policy, case: Case
) -> None:
    """R11: it was measured without one, too."""
    reply = model.agent(
        release_id="r1", policy=policy, switches=Switches(), hashes={"dataset": "d" * 64},
        ranking=lambda: ranking_of_rows([], "d" * 64),
    )  # fmt: skip
    assert "ranking_unavailable" not in {r.code for r in reply(case).decision.reasons}


def test_whatever_fails_while_reading_leaves_nothing_to_rank_by(
    vault: RegionVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R26: not our errors alone; a strange one's words may quote what was read."""
    _, _, artifact = stored(vault)

    def fails(*_: Any, **__: Any) -> None:
        msg = "words of a customer"
        raise OSError(msg)

    monkeypatch.setattr(RegionVault, "scan", fails)
    found = ranking_at_hand(vault, artifact.digest, access=SERVES)
    assert (found.unavailable, found.absent) == (True, "reading it failed with OSError")


def test_no_cell_has_more_chats_than_are_needed_and_they_are_the_same_each_time() -> None:
    """R11: an encoder reads each of them when a process starts."""
    ids = [f"c{n}" for n in range(ROWS_PER_CELL + 50)]
    rows = examples_of(ids, topic="password_reset", template=SECOND, split=Split.TRAIN)
    few = [replace(row, topic="order_status") for row in rows[:10]]
    chosen = ranking_of_rows([*rows[10:], *few], "d" * 64)
    assert [c.topic for c in chosen.chats].count("password_reset") == ROWS_PER_CELL
    assert [c.topic for c in chosen.chats].count("order_status") == 10
    assert chosen == ranking_of_rows([*few, *reversed(rows[10:])], "d" * 64)


def test_chats_of_an_erased_person_rank_nothing_any_more(
    vault: RegionVault, settings: Settings
) -> None:
    """R40: nothing is stored anew, so the destroyed key takes the row away."""
    _, owners, artifact = stored(vault)
    before = read_ranking(vault, artifact, access=TRAINS).chats
    with sqlite3.connect(key_database(settings, vault.region)) as keys:
        keys.execute("delete from data_keys where name = ?", (f"subject/{owners['c7']}",))
    after = read_ranking(vault, read_dataset(vault, access=MAKES)[1], access=TRAINS).chats
    assert {one.id for one in before} - {one.id for one in after} == {"c7"}


def test_row_that_the_regions_data_set_no_longer_holds_ranks_nothing_any_more(
    vault: RegionVault,
) -> None:
    """R4, R50: a chat that was reopened or opted out is evicted there, and at the next start here.

    The release keeps its own data set; what it no longer may learn from, it may not rank by.
    """
    rows, owners, first = stored(vault)
    before = ranking_at_hand(vault, first.digest, access=SERVES)
    kept = [row for row in rows if row.example_id != "c8"]
    later = frozen_of(vault, kept)
    made = store_dataset(vault, later, owners, {"c8": ["reopened"]}, instead={})
    commit(vault, replace(made, measures={"split train": 1}))
    after = ranking_at_hand(vault, first.digest, access=SERVES)
    assert {one.id for one in before.chats} - {one.id for one in after.chats} == {"c8"}
    assert before.digest != after.digest
    assert after.dataset == first.digest


def test_data_set_that_cant_be_opened_ranks_nothing_and_says_why(
    vault: RegionVault, settings: Settings
) -> None:
    """R26: serving goes on with drafts by the playbook's order, and nobody has to guess why."""
    _, _, artifact = stored(vault)
    assert ranking_at_hand(vault, artifact.digest, access=SERVES).absent == ""
    nowhere = ranking_at_hand(vault, "e" * 64, access=SERVES)
    assert (nowhere.chats, "is not in this region" in nowhere.absent) == ((), True)
    assert nowhere.unavailable
    denied = ranking_at_hand(vault, artifact.digest, access=LEADS)
    assert (denied.chats, "support-operations" in denied.absent) == ((), True)
    (settings.region_home("eu") / "vault" / object_key(artifact)).unlink()
    lost = ranking_at_hand(vault, artifact.digest, access=SERVES)
    assert (lost.chats, bool(lost.absent)) == ((), True)
    vault.destroy_keys([artifact], because="retention", access=CARES)
    gone = ranking_at_hand(vault, artifact.digest, access=SERVES)
    assert (gone.chats, "was destroyed" in gone.absent) == ((), True)
