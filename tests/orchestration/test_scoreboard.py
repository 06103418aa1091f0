"""What the scoreboard says of the leak gate where no candidate says it (R33)."""

from __future__ import annotations

import io
from collections.abc import Callable

from rich.console import Console

from handrail.conversations.model import Conversation
from handrail.redaction.audit import audit_round
from handrail.settings import Settings
from handrail.vault.region_vault import RegionVault, RegionVaults
from orchestration.scoreboard import gates
from tests.redaction.conftest import chat  # noqa: F401 - builds a conversation
from tests.redaction.rounds import SAMPLING, a_day, ask, store, with_budget


def shown(vault: RegionVault) -> str:
    console = Console(width=240, record=True, file=io.StringIO())
    console.print(gates(vault))
    return console.export_text()


def test_a_region_without_a_round_shows_the_leak_gate_as_not_measured(
    vaults: RegionVaults,
    settings: Settings,
    chat: Callable[..., Conversation],  # noqa: F811
) -> None:
    """R33: with the reason, whether no sample was drawn yet or there are too few chats for one."""
    vault, here = vaults.of("eu"), with_budget(settings)
    assert "leak_bound_within_budget │ NOT MEASURED │ no audit sample" in shown(vault)
    store(vault, a_day(chat, 0))
    ask(vault, here)
    at = vault.audit.clock()
    made = audit_round(vault, here.redaction, truth={}, at=at, access=SAMPLING)
    vault.lineage.commit(
        made.artifact, inputs=made.inputs, findings=[made.finding], config_hash="", run_id="test"
    )
    said = shown(vault)
    assert "leak_bound_within_budget │ NOT MEASURED │ too few chats for a sample" in said
    assert "takes 20 chats and 8 to seed leaks in, and the region holds 20" in said
