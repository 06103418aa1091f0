"""The asset graph people read: as committed, described for compliance, and nothing pickled."""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg
import pytest

from assets.labels import FOR_EVALUATION, FOR_TRAINING, UNSORTED
from handrail.errors import BadInput
from orchestration.definitions import defs
from orchestration.resources import NothingPassesBetweenAssets
from orchestration.spec_policy import require_described, require_kept_apart
from tests import graph_snapshot

SECRET = "my card is 4111 1111 1111 1111"


def test_graph_is_as_committed() -> None:
    committed = graph_snapshot.SNAPSHOT.read_text(encoding="utf-8")
    assert graph_snapshot.snapshot() == committed, "`make graph` rewrites it"


def test_every_asset_is_described_for_compliance() -> None:
    """R5, R39: group, owners, kinds, classification, residency and a text, or nothing loads."""
    require_described(defs)
    for spec in defs.resolve_all_asset_specs():
        assert spec.tags["residency"] in {"in-region", "global"}
        assert spec.tags["classification"] in {"raw", "redacted", "model", "aggregate", "company"}
        assert len(spec.description or "") > 60, spec.key


@pytest.mark.parametrize("lacking", ["group_name", "owners", "kinds", "description", "tags"])
def test_an_asset_that_lacks_a_description_does_not_load(lacking: str) -> None:
    whole = {
        "group_name": "intake",
        "owners": ["team:platform"],
        "kinds": {"python"},
        "description": "What it is.",
        "tags": {
            "classification": "raw", "residency": "in-region", "sectors": "unsorted",
            "purposes": "unsorted",
        },
    }  # fmt: skip
    require_described(dg.Definitions(assets=[dg.AssetSpec("whole", **whole)]))
    del whole[lacking]
    with pytest.raises(BadInput, match="asset lame lacks"):
        require_described(dg.Definitions(assets=[dg.AssetSpec("lame", **whole)]))


def graph_of(*labels: Mapping[str, str]) -> dg.Definitions:
    """A chain of assets with these labels, each made from the one before."""
    specs: list[dg.AssetSpec] = []
    for number, tags in enumerate(labels):
        specs.append(dg.AssetSpec(f"asset_{number}", deps=specs[-1:], tags=tags))
    return dg.Definitions(assets=specs)


@pytest.mark.parametrize(
    ("upstream", "downstream", "label"),
    [
        (UNSORTED, {"sectors": "mixable", "purposes": "unsorted"}, "sectors: mixable"),
        (UNSORTED, {"sectors": "unsorted", "purposes": "evaluation"}, "purposes: evaluation"),
        (UNSORTED, FOR_TRAINING, "sectors: mixable"),
        (FOR_EVALUATION, FOR_TRAINING, "purposes: training"),
        (UNSORTED, FOR_TRAINING | {"sorts": "sectors"}, "purposes: training"),
    ],
)
def test_a_graph_in_which_labels_could_mix_does_not_load(
    upstream: Mapping[str, str], downstream: Mapping[str, str], label: str
) -> None:
    """R39: unless the asset is one that sorts by exactly that label."""
    with pytest.raises(BadInput, match=f"asset_1 holds {label} and is made from asset_0"):
        require_kept_apart(graph_of(upstream, downstream))
    sorting = {**downstream, "sorts": "sectors-purposes"}
    require_kept_apart(graph_of(upstream, sorting, downstream))


def test_what_the_model_is_made_of_was_sorted_by_a_mart_that_reads_the_admission() -> None:
    """R39: of all assets two sort, and both by the one list of reasons."""
    require_kept_apart(defs)
    specs = {s.key.to_user_string(): s for s in defs.resolve_all_asset_specs()}
    sorting = {name for name, spec in specs.items() if "sorts" in spec.tags}
    assert sorting == {"training_examples", "evaluation_examples"}
    for name in sorting:
        assert dg.AssetKey("int_admission") in {dep.asset_key for dep in specs[name].deps}
    assert specs["trained_model"].tags["sectors"] == "mixable"
    assert specs["redacted_chats"].tags["sectors"] == "unsorted"


def test_an_asset_of_chats_that_does_not_say_whose_does_not_load() -> None:
    """R39."""
    tags = {"classification": "redacted", "residency": "in-region", "sectors": "some"}
    spec = dg.AssetSpec(
        "lame", group_name="g", owners=["team:t"], kinds={"python"}, tags=tags, description="It is."
    )
    with pytest.raises(BadInput, match="lacks: tag sectors, tag purposes"):
        require_described(dg.Definitions(assets=[spec]))


def test_only_the_playbook_and_only_company_text_leaves_a_region() -> None:
    """R38: everything made of chats is in-region."""
    at_large = {
        (s.key.to_user_string(), s.tags["classification"])
        for s in defs.resolve_all_asset_specs()
        if s.tags["residency"] == "global"
    }
    assert at_large == {("playbook", "company")}


@pytest.mark.filterwarnings("ignore")
def test_a_returned_value_is_refused_and_not_quoted() -> None:
    """R36: Dagster's own IO manager would pickle it below the home."""

    @dg.asset(name="careless")
    def careless() -> str:
        return SECRET

    with dg.DagsterInstance.ephemeral() as instance:
        done = dg.materialize(
            [careless],
            resources={"io_manager": NothingPassesBetweenAssets()},
            instance=instance,
            raise_on_error=False,
        )
        events = [str(event) for event in done.all_events]
    assert not done.success
    assert any("store it through the vault" in event for event in events)
    assert not any(SECRET in event for event in events)


@pytest.mark.filterwarnings("ignore")
def test_a_materialize_result_passes_and_an_upstream_value_is_refused() -> None:
    """R36."""

    @dg.asset(name="careful")
    def careful() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"rows": 1})

    @dg.asset(name="reader")
    def reader(careful: object) -> None: ...

    resources = {"io_manager": NothingPassesBetweenAssets()}
    with dg.DagsterInstance.ephemeral() as instance:
        assert dg.materialize([careful], resources=resources, instance=instance).success
        done = dg.materialize(
            [careful, reader], resources=resources, instance=instance, raise_on_error=False
        )
    failed = done.get_step_failure_events()
    assert [e.step_key for e in failed] == ["reader"]
    assert "reads it through the vault" in str(failed[0].step_failure_data.error)


def test_the_refusing_io_manager_is_the_default_one() -> None:
    assert isinstance(defs.resources["io_manager"], NothingPassesBetweenAssets)
