"""R5: what a person says of a chat reaches the training examples by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from handrail.access import Purpose
from handrail.cli.app import app
from handrail.dataset.landing import CORE, open_warehouse
from handrail.errors import NotPassed
from handrail.vault.region_vault import RegionVault, pipeline
from tests.lifecycle.story import Story, printed

pytestmark = [pytest.mark.xdist_group("lifecycle"), pytest.mark.whole]

REGION = "us"
OLD, NEW = "order_status", "refund_status"


def examples(vault: RegionVault, story: Story) -> dict[str, dict[str, Any]]:
    """Every training example with who set its topic and product area."""
    sql = """
        select examples.*, chats.topic_set_by, chats.product_area_set_by, chats.topic_confidence
        from marts.training_examples as examples
        inner join staging.stg_landing__conversations as chats
            on examples.example_id = chats.conversation_id
    """
    access = pipeline("test:corrected", Purpose.WAREHOUSE)
    with open_warehouse(vault, story.settings, access=access) as warehouse:
        return {row["example_id"]: row for row in warehouse.query(sql).to_pylist()}


def test_a_corrected_topic_reaches_the_training_examples_set_by_a_person(
    story: Story, tmp_path: Path
) -> None:
    """R5, R19: until the warehouse was built anew nothing is built on it."""
    from orchestration.run import run_regions

    copy = story.copied(tmp_path)
    with copy.opened() as vaults:
        before = examples(vaults.of(REGION), copy)
    chat = min(i for i, row in before.items() if row["topic"] == OLD)
    words = ["dataset", "tag", chat, "--region", REGION, "--set", f"topic={NEW}"]
    with copy.as_environment():
        told = CliRunner().invoke(app, [*words, "--reason", "asks for the money back"])
        assert told.exit_code == 0, told.output
        with copy.opened() as vaults, pytest.raises(NotPassed, match="older tag_corrections"):
            vaults.of(REGION).lineage.require_passed(CORE, REGION)
        with printed() as said:
            code = run_regions(copy.settings, [REGION], days=None, train=False)
    assert code == 0, said.getvalue()
    with copy.opened() as vaults:
        after = examples(vaults.of(REGION), copy)
        assert vaults.of(REGION).lineage.require_passed(CORE, REGION)
    made = after.pop(chat)
    assert (made["topic"], made["topic_set_by"], made["topic_confidence"]) == (NEW, "person", None)
    assert (made["product_area"], made["product_area_set_by"]) == ("payments", "rule")
    assert after == {i: row for i, row in before.items() if i != chat}
