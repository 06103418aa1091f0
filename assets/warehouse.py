"""Warehouse: dbt models over the region's redacted chats, in one encrypted DuckDB file a region."""

import contextlib
import io
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    dbt_assets,
)

from assets.automation import FOLLOWS_WHERE_THERE_ARE_CHATS, RETRY_WHEN_BUSY
from assets.labels import UNSORTED
from assets.partitions import one_region, regions
from assets.quality import behind_the_boundary, commit, funnel_page
from handrail.access import Purpose
from handrail.dataset.corrections import CORRECTIONS
from handrail.dataset.funnel import funnel_of
from handrail.dataset.landing import core_built, land_region, land_scores, model_vars
from handrail.digests import digest_of_files
from handrail.errors import HandrailError, Refused
from handrail.evaluation.history import score_history
from handrail.playbook.reader import read_playbook
from handrail.settings import PROJECT, export_places
from handrail.vault.files import locked
from handrail.vault.region_vault import RegionVaults, pipeline

DBT = PROJECT / "dbt_project"
# What each landing table is made from: the graph shows our assets, not the tables between.
_LANDED_FROM = {
    "conversations": "redacted_chats",
    "turns": "redacted_chats",
    "actions": "redacted_chats",
    "reopenings": "redacted_chats",
    "redaction_holds": "redacted_chats",
    "intake": "redacted_chats",  # the counts of raw days, taken in once these are redacted
    "labels": "labeled_feedback",
    "topics": "playbook",
    "vocabulary": "playbook",
    "scores": "eval_scores",
}


class _Translator(DagsterDbtTranslator):
    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        name = dbt_resource_props["name"]
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey(_LANDED_FROM[name])
        return dg.AssetKey(name)

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        # The manifest was parsed for one target and would show its database for every region.
        shown = dict(super().get_metadata(dbt_resource_props))
        shown.pop("dagster/table_name", None)
        return shown

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        declared = dbt_resource_props.get("config", {}).get("meta", {}).get("labels")
        return {
            "residency": "in-region",
            **(declared or {"classification": "redacted", **UNSORTED}),
        }

    def get_automation_condition(
        self, dbt_resource_props: Mapping[str, Any]
    ) -> dg.AutomationCondition | None:
        return FOLLOWS_WHERE_THERE_ARE_CHATS if "core" in dbt_resource_props["tags"] else None


def manifest() -> Path:
    """The dbt manifest of the project as it is now, parsed anew only when a file changed."""
    files = [
        f
        for f in DBT.rglob("*")
        if f.suffix in {".csv", ".sql", ".yml"} and "target" not in f.parts
    ]
    folder = DBT / "target" / f"parsed-{digest_of_files(DBT, files)[:16]}"
    path = folder / "manifest.json"
    with locked(DBT / "target" / ".lock"):
        if not path.exists():
            # It takes its name when it is whole: with half of one, no definitions load.
            making = folder.with_name(f"{folder.name}.partial")
            parsed = subprocess.run(  # noqa: S603 - our own arguments
                [str(Path(sys.executable).with_name("dbt")), "--quiet", "parse",
                 "--project-dir", str(DBT), "--profiles-dir", str(DBT),
                 "--target-path", str(making), "--log-path", str(making)],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if parsed.returncode:
                msg = f"dbt can't parse dbt_project/:\n{parsed.stdout}{parsed.stderr}"
                raise Refused(msg)
            shutil.rmtree(folder, ignore_errors=True)
            making.replace(folder)
    return path


def _build(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    vaults: RegionVaults,
    *,
    shown: Callable[[], Mapping[str, Mapping[str, Any]]],
) -> Iterator[Any]:
    """Build the models; what is `shown` on the page of each (by name) is made when they are."""
    region = one_region(context)
    export_places(vaults.settings)
    # One folder for both calls, so that the second one parses nothing anew.
    folder = vaults.settings.region_home(region) / "dbt"
    run = dbt.cli(
        ["build", "--target", region, "--vars", model_vars(vaults.settings)],
        context=context,
        target_path=folder,
        raise_on_error=False,
    )  # fmt: skip
    # dbt's chatter goes to its log below the home, not to the terminal that drives the run.
    with contextlib.redirect_stdout(io.StringIO()):
        events = list(run.stream())
    if not run.is_successful():
        yield from events
        failed = [
            r["unique_id"]
            for r in run.get_artifact("run_results.json")["results"]
            if r["status"] in {"error", "fail"}
        ]
        where = "at " + ", ".join(failed) if failed else "before its first model"
        msg = f"dbt stopped {where}; see dbt.log in {folder} (it holds no chat text)"
        raise HandrailError(msg)
    pages = shown()
    for event in events:
        page = pages.get(event.output_name) if isinstance(event, dg.Output) else None
        yield event if page is None else event.with_metadata({**event.metadata, **page})


_manifest = manifest()
_translator = _Translator(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))


def _with_corrections(spec: dg.AssetSpec) -> dg.AssetSpec:
    """Landing puts people's tags in place of the exports', so the first model has two sources."""
    if spec.key != dg.AssetKey("stg_landing__conversations"):
        return spec
    return spec.replace_attributes(deps=[*spec.deps, CORRECTIONS])


def _made_whole(*, select: str, name: str) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """Models that are made together or not at all: who asks for one of them asks for the rest.

    dagster-dbt lets any model be made alone. What is committed as one content with one list of
    inputs may not consist of models that were made at different times.
    """

    def decorated(function: Callable[..., Any]) -> dg.AssetsDefinition:
        one_by_one = dbt_assets(
            manifest=_manifest, select=select, name=name, dagster_dbt_translator=_translator
        )(function)
        return dg.multi_asset(
            name=name,
            specs=[_with_corrections(spec) for spec in one_by_one.specs],
            check_specs=list(one_by_one.check_specs),
            partitions_def=regions,
            op_tags=one_by_one.op.tags,
            retry_policy=RETRY_WHEN_BUSY,
            can_subset=False,
        )(function)

    return decorated


@_made_whole(select="tag:core", name="warehouse_core")
@behind_the_boundary
def warehouse_core(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    vaults: dg.ResourceParam[RegionVaults],
) -> Iterator[Any]:
    """Land the region's redacted chats, build everything up to the training examples."""
    region = one_region(context)
    vault = vaults.of(region)
    access = pipeline(f"asset:warehouse/{context.run_id[:8]}", Purpose.WAREHOUSE)
    book = read_playbook(vaults.settings.playbook)
    inputs = land_region(vault, vaults.settings, book, access=access)

    def committed() -> Mapping[str, Mapping[str, Any]]:
        made, findings = core_built(vault, vaults.settings, access=access)
        commit(context, vault, made, inputs=inputs, findings=findings, config_hash="")
        return {"admission_funnel": funnel_page(funnel_of(made))}

    yield from _build(context, dbt, vaults, shown=committed)


@dbt_assets(
    manifest=_manifest,
    select="tag:history",
    name="warehouse_history",
    partitions_def=regions,
    dagster_dbt_translator=_translator,
    retry_policy=RETRY_WHEN_BUSY,
)
@behind_the_boundary
def warehouse_history(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    vaults: dg.ResourceParam[RegionVaults],
) -> Iterator[Any]:
    """Land the scores of every evaluation and build their history."""
    vault = vaults.of(one_region(context))
    access = pipeline(f"asset:warehouse/{context.run_id[:8]}", Purpose.WAREHOUSE)
    scored = score_history(vault, access=pipeline(access.actor, Purpose.EVALUATION))
    land_scores(vault, vaults.settings, scored, access=access)
    yield from _build(context, dbt, vaults, shown=dict)
