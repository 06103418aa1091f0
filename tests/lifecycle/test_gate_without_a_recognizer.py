"""What a recognizer is worth: without it the leak bound turns red, for what then stays (R33)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from handrail.access import Access, Purpose
from handrail.conversations.reading import read_region, register_of
from handrail.conversations.register import RegisteredExport
from handrail.conversations.sealing import seal_days, survey
from handrail.playbook.reader import read_playbook
from handrail.redaction.audit import Occasion, audit_round, next_round
from handrail.redaction.days import REDACTED, redact_days
from handrail.redaction.release_bound import bound_for_release
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.workers import Workers
from handrail.settings import RedactionSettings, load_settings
from handrail.simulate.exports import simulate
from handrail.simulate.reviewers import PlantedByKind
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVaults, pipeline
from handrail.verdicts import Finding, Verdict, holds
from handrail.warehouse.connection import scratch_query

REGION = "us"
# A small region takes a looser budget than `deploy/local.toml` has.
BUDGET = RedactionSettings(max_leaking_share=0.15, plants=40, tolerated_leaks=4, workers=1)


def _for(purpose: Purpose) -> Access:
    return pipeline("test:gate", purpose)


@pytest.fixture(scope="module")
def vaults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegionVaults]:
    """One region's simulated chats, sealed and not yet redacted."""
    folder = tmp_path_factory.mktemp("gate")
    settings = load_settings(environ={"HANDRAIL_HOME": str(folder / "home")})
    opened = RegionVaults(settings.model_copy(update={"redaction": BUDGET}))
    written = simulate(
        folder / "exports", regions=[REGION], languages={REGION: ["en"]}, chats=300, days=14,
        first_day=date(2026, 1, 5), seed=settings.seed, playbook=read_playbook(settings.playbook),
        progress=lambda done: None,
    )  # fmt: skip
    for export in written.exports[REGION]:
        register_of(settings, REGION).add(
            RegisteredExport(str(export.path), None, None, str(export.answer_key))
        )
    vault = opened.of(REGION)
    days = survey(
        read_region(settings, REGION, kept_since="", now=opened.clock()), vault=vault
    ).digests
    sealed, _ = seal_days(
        read_region(settings, REGION, kept_since="", now=opened.clock()),
        vault=vault, days=sorted(days), access=_for(Purpose.INTAKE),
    )  # fmt: skip
    for raw in sealed:
        _commit(opened, raw.artifact, [], [holds("made", True, "sealed")], "")
    yield opened
    opened.close()


def gated(vaults: RegionVaults, ruleset: Ruleset) -> Finding:
    """The leak bound a release of these chats gets when these rules have scrubbed them."""
    vault = vaults.of(REGION)
    raw_days = [a.partition for a in vault.lineage.partitions("raw_chats")]
    with Workers(1, ruleset=ruleset) as workers:
        for day in redact_days(
            vault, raw_days, access=_for(Purpose.REDACTION), query=scratch_query,
            workers=workers, truth={},
        ):  # fmt: skip
            _commit(vaults, day.artifact, [day.raw], day.findings, ruleset.version)
    drawn = next_round(vault, vaults.settings, occasion=Occasion.RUN, access=_for(Purpose.SAMPLING))
    _commit(vaults, drawn.artifact, drawn.inputs, [drawn.finding], ruleset.version)
    audited = audit_round(
        vault,
        BUDGET,
        truth=PlantedByKind(register_of(vaults.settings, REGION).all()),
        at=vaults.clock(),
        access=_for(Purpose.SAMPLING),
    )
    _commit(vaults, audited.artifact, audited.inputs, [audited.finding], ruleset.version)
    made_of = vault.lineage.partitions(REDACTED)
    finding, _ = bound_for_release(vault.lineage, REGION, made_of=made_of, simulated=True)
    return finding


def _commit(
    vaults: RegionVaults,
    made: Artifact,
    inputs: list[Artifact] | tuple[Artifact, ...],
    findings: list[Finding] | tuple[Finding, ...],
    config_hash: str,
) -> None:
    vaults.of(REGION).lineage.commit(
        made, inputs=inputs, findings=findings, config_hash=config_hash, run_id="test"
    )


def test_without_the_recognizer_of_persons_nothing_is_released(vaults: RegionVaults) -> None:
    """R33: every other rule, the second look and the reviewers are as they were."""
    whole = gated(vaults, Ruleset(names="rules"))
    assert whole.verdict is Verdict.PASS, whole.reason
    without = gated(vaults, Ruleset(names="rules", without=("person",)))
    assert without.check == "leak_bound_within_budget"
    assert without.verdict is Verdict.FAIL
    assert "mend the scrubber" in without.reason
    assert without.measures["plants_found"] == whole.measures["plants_found"] == 40
    assert float(without.measures["leaking"]) > 10 * (float(whole.measures["leaking"]) + 1)
