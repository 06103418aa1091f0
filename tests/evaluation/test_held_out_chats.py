"""R10, R12: what the role `summarize` is judged by are the suite's own chats, out of the vault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from handrail.access import Purpose
from handrail.digests import digest
from handrail.errors import NotPassed
from handrail.evaluation.held_out_chats import held_out_chats
from handrail.evaluation.questions import Stratum, Suite
from handrail.playbook.model import Playbook
from handrail.redaction.model import seal_redacted
from handrail.residency import DataClass
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.verdicts import holds
from tests.agent.chats import redacted
from tests.evaluation.conftest import question

ACCESS = pipeline("test:held_out", Purpose.EVALUATION)


def stored_day(vault: RegionVault, day: str, chats: Sequence[str], *, passed: bool) -> Artifact:
    made = vault.put(
        ObjectName("redacted_chats", day, DataClass.REDACTED),
        [
            Record(i, None, seal_redacted(redacted(f"c:Where is {i}?", conversation_id=i)))
            for i in chats
        ],
        access=pipeline("test:held_out", Purpose.REDACTION),
    )
    finding = holds("made", passed, "a test made it")
    vault.lineage.commit(made, inputs=[], findings=[finding], config_hash="", run_id="test")
    return made


def suite_of(*ids: str) -> Suite:
    cases = tuple(question(case_id=f"real.{i}") for i in ids)
    attack = question(stratum=Stratum.REDTEAM, case_id="redteam.c-2")
    return Suite("eu", (*cases, attack), digest(ids), ())


@pytest.fixture
def vault(vaults: RegionVaults) -> RegionVault:
    return vaults.of("eu")


def test_the_chats_of_the_real_questions_are_found_with_their_days(
    vault: RegionVault, playbook: Playbook
) -> None:
    first = stored_day(vault, "2026-01-05", ["c-1", "c-2"], passed=True)
    stored_day(vault, "2026-01-06", ["c-3"], passed=True)
    last = stored_day(vault, "2026-01-07", ["c-4", "c-5"], passed=True)
    asked = suite_of("c-1", "c-4", "c-5", "gone")
    held = held_out_chats(vault, asked, playbook, most=10, access=ACCESS)
    assert [chat.conversation_id for chat in held.chats] == ["c-1", "c-4", "c-5"]
    assert [day.id for day in held.days] == [first.id, last.id]


def test_of_many_the_same_few_are_taken_in_whatever_order_they_are_asked(
    vault: RegionVault, playbook: Playbook
) -> None:
    ids = [f"c-{n}" for n in range(12)]
    stored_day(vault, "2026-01-05", ids, passed=True)
    asked = suite_of(*ids)
    some = held_out_chats(vault, asked, playbook, most=5, access=ACCESS).chats
    turned = replace(asked, cases=asked.cases[::-1])
    assert held_out_chats(vault, turned, playbook, most=5, access=ACCESS).chats == some
    assert len(some) == 5


def test_a_day_that_did_not_pass_is_refused(vault: RegionVault, playbook: Playbook) -> None:
    stored_day(vault, "2026-01-05", ["c-1"], passed=False)
    with pytest.raises(NotPassed):
        held_out_chats(vault, suite_of("c-1"), playbook, most=5, access=ACCESS)
