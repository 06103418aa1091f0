"""The core models are one content: asked for one of them, all are made or none is (R3, R19)."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.errors import DagsterInvalidSubsetError

from assets.warehouse import warehouse_core
from orchestration.definitions import defs

REGION = "eu"


@pytest.mark.parametrize("model", ["stg_landing__topics", "training_examples"])
def test_one_core_model_is_never_made_alone(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the manifest would name new inputs for examples that were made of older ones."""
    monkeypatch.setenv("HANDRAIL_HOME", str(tmp_path))  # where it would be made, were it made
    job = defs.resolve_job_def("build_warehouse")
    with pytest.raises(DagsterInvalidSubsetError, match="warehouse_core"):
        job.execute_in_process(asset_selection=[dg.AssetKey(model)], partition_key=REGION)


def test_whoever_asks_for_one_core_model_asks_for_all_and_their_checks() -> None:
    """So the UI, a backfill and what is automatic can only ever ask for the whole."""
    graph = defs.resolve_asset_graph()
    together = graph.get_execution_set_asset_and_check_keys(dg.AssetKey("stg_landing__topics"))
    assert warehouse_core.keys | warehouse_core.check_keys == together
    assert {"training_examples", "evaluation_examples", "admission_funnel", "topic_coverage"} < {
        key.to_user_string() for key in warehouse_core.keys
    }
