"""Redaction, measured: what it left and took, how fast, and which credentials wait for people."""

import dagster as dg

from assets.automation import FOLLOWS_ITS_INPUTS, RETRY_WHEN_BUSY
from assets.partitions import one_region, regions
from assets.quality import behind_the_boundary, commit, result, specs, table
from handrail.redaction.report import report_redaction
from handrail.redaction.report_page import Section, sections
from handrail.redaction.ruleset import ruleset_of
from handrail.vault.region_vault import RegionVaults


@dg.asset(
    group_name="redaction",
    owners=["team:privacy"],
    kinds={"python"},
    tags={"classification": "aggregate", "residency": "in-region"},
    partitions_def=regions,
    deps=["redacted_chats"],
    automation_condition=FOLLOWS_ITS_INPUTS,
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs(
        "redaction_report",
        blocking=("every_day_measured",),
        shown=("no_open_secret_incidents",),
    ),
)
@behind_the_boundary
def redaction_report(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """How well chats are scrubbed: leak and precision by kind and language, and over rulesets.

    Simulated chats are measured against their answer key; of real ones it is known what was
    replaced, and what was missed is for the people who read the sample. Summed from what each day
    keeps of itself: no chat is opened, and the examples are placeholders only. A credential found
    in a chat is an incident until a person says that it was rotated.
    """
    region = one_region(context)
    vault = vaults.of(region)
    version = ruleset_of(vaults.settings).version
    report = report_redaction(vault, version=version, at=vaults.clock())
    commit(
        context,
        vault,
        report.artifact,
        inputs=report.inputs,
        findings=report.findings,
        config_hash=version,
    )
    page = {one.title: _markdown(one) for one in sections(report, now=vaults.clock())}
    return result(
        [report.artifact],
        report.findings,
        region=region,
        metadata={**page, **report.artifact.measures},
    )


def _markdown(section: Section) -> dg.MarkdownMetadataValue:
    rows = table(section.head, section.rows) if section.rows else ""
    parts = [part for part in (section.note, section.picture, rows) if part]
    return dg.MetadataValue.md("\n\n".join(parts))
