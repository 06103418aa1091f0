"""R36: an asset that fails on chat text leaves no chat text in Dagster's storage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import orjson
import pytest

from assets.quality import behind_the_boundary
from handrail.errors import Refused, without_chat_text
from orchestration.resources import NothingPassesBetweenAssets
from tests.security.scan import Scanner

CHAT = "please send the parcel to my aunt Philippa Quillfeather in Dunmow"

pytestmark = pytest.mark.filterwarnings("ignore")


def quotes() -> None:
    raise ValueError(f"can't parse {CHAT!r}")


def quotes_as_cause() -> None:
    try:
        quotes()
    except ValueError as error:
        raise RuntimeError("row 7") from error


def quotes_while_handling() -> None:
    try:
        quotes()
    except ValueError:
        raise KeyError(CHAT)  # noqa: B904 - what a library might do


def keeps_the_document() -> None:
    import json

    json.loads('{"text": "' + CHAT)


def quotes_in_a_failure_of_ours() -> None:
    try:
        quotes()
    except ValueError:
        msg = "one row can't be used"
        raise Refused(msg)  # noqa: B904 - the context is what must not be kept


def quotes_behind_the_inner_boundary() -> None:
    with without_chat_text("row 7"):
        orjson.loads('{"text": "' + CHAT)


def group_of_errors() -> None:
    raise ExceptionGroup(CHAT, [ValueError(CHAT)])


FAILURES = [
    quotes, quotes_as_cause, quotes_while_handling, keeps_the_document, quotes_in_a_failure_of_ours,
    quotes_behind_the_inner_boundary, group_of_errors,
]  # fmt: skip


def as_function(failure: Callable[[], None]) -> dg.AssetsDefinition:
    @dg.asset(name="failing")
    @behind_the_boundary
    def failing() -> dg.MaterializeResult:
        failure()
        return dg.MaterializeResult()

    return failing


def as_generator(failure: Callable[[], None]) -> dg.AssetsDefinition:
    @dg.multi_asset(specs=[dg.AssetSpec("failing")], name="failing")
    @behind_the_boundary
    def failing() -> Iterator[dg.MaterializeResult]:
        failure()
        yield dg.MaterializeResult(asset_key="failing")

    return failing


def materialized(asset: dg.AssetsDefinition, folder: Path) -> list[str]:
    """Run it on a real instance below `folder`; the sentences of its failures."""
    (folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.local_temp(str(folder)) as instance:
        done = dg.materialize(
            [asset],
            instance=instance,
            resources={"io_manager": NothingPassesBetweenAssets()},
            raise_on_error=False,
        )
        assert not done.success
        failures = [e.step_failure_data for e in done.get_step_failure_events()]
    return [
        f.user_failure_data.description if f.user_failure_data else str(f.error) for f in failures
    ]


@pytest.mark.parametrize("failure", FAILURES)
def test_an_error_that_quotes_a_chat_is_stored_without_it(
    failure: Callable[[], None], tmp_path: Path
) -> None:
    said = materialized(as_function(failure), tmp_path)
    found, looked = Scanner([CHAT]).below(tmp_path)
    assert (found, looked > 10_000) == ([], True)
    assert len(said) == 1
    assert "withheld because it may quote" in said[0] or "one row can't be used" in said[0]


@pytest.mark.parametrize("failure", [quotes, quotes_as_cause])
def test_so_is_that_of_an_asset_that_yields(failure: Callable[[], None], tmp_path: Path) -> None:
    said = materialized(as_generator(failure), tmp_path)
    assert Scanner([CHAT]).below(tmp_path)[0] == []
    assert "test_boundary.py" in said[0]


def test_without_the_boundary_the_event_log_quotes_it(tmp_path: Path) -> None:
    """The scan above can fail: this is what Dagster stores of an exception by itself."""

    @dg.asset(name="failing")
    def failing() -> None:
        quotes()

    materialized(failing, tmp_path)
    assert Scanner([CHAT]).below(tmp_path)[0] != []


def test_every_asset_of_the_graph_runs_behind_the_boundary() -> None:
    from orchestration.definitions import defs

    ops = {op for assets in defs.assets or () if isinstance(assets, dg.AssetsDefinition)
           and assets.is_executable for op in [assets.op]}  # fmt: skip
    assert len(ops) >= 13
    for op in ops:
        code = op.compute_fn.decorated_fn
        assert getattr(code, "__wrapped__", None) is not None, op.name
        assert code.__code__.co_filename.endswith("assets/quality.py"), op.name
