"""One region's lifecycle by its domain functions alone: no orchestrator, one process, one line out.

`python -m tests.lifecycle.one_region REGION CODE_DIGEST` in the home that the environment names;
prints the content hash of everything that was made, as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from handrail.access import Access, Purpose
from handrail.agent.model_training import train_model
from handrail.conversations.reading import read_region, register_of
from handrail.conversations.sealing import seal_days, survey
from handrail.dataset.building import Dataset, build_dataset
from handrail.dataset.feedback import label_feedback
from handrail.dataset.grammar import OPENINGS, Grammar
from handrail.dataset.landing import core_built, land_region, model_vars
from handrail.dataset.synthesis import write_synthetic
from handrail.evaluation.stored import evaluate_model, store_suite
from handrail.playbook.reader import read_playbook
from handrail.redaction.days import redact_days
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.workers import Workers
from handrail.release.candidate import make_candidate, releases_of
from handrail.release.rules import RULES, ReleaseRules
from handrail.release.serving import NoRegistry
from handrail.settings import PROJECT, Settings, export_places, load_settings, quiet_telemetry
from handrail.simulate.reviewers import reviews_of
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.verdicts import holds
from handrail.warehouse.connection import scratch_query


def take_in(vaults: RegionVaults, region: str) -> None:
    """Seal and redact every day of the region's exports."""
    settings, vault = vaults.settings, vaults.of(region)
    days = survey(
        read_region(settings, region, kept_since="", now=vaults.clock()), vault=vault
    ).digests
    sealed, quarantine = seal_days(
        read_region(settings, region, kept_since="", now=vaults.clock()),
        vault=vault,
        days=sorted(days),
        access=_for(Purpose.INTAKE),
    )
    _commit(vault, quarantine, [])
    for raw in sealed:
        _commit(vault, raw.artifact, [])
    redact(vault, [raw.day for raw in sealed])


def redact(vault: RegionVault, days: Iterable[str]) -> None:
    """Redact these days as they are sealed."""
    with Workers(1, ruleset=STANDARD) as workers:
        for day in redact_days(
            vault,
            days,
            access=_for(Purpose.REDACTION),
            query=scratch_query,
            workers=workers,
            truth={},
        ):
            vault.lineage.commit(
                day.artifact,
                inputs=[day.raw],
                findings=day.findings,
                config_hash=STANDARD.version,
                run_id="test",
            )
            for artifact in (day.holds, day.known):
                _commit(vault, artifact, [day.raw])


def data_set(vaults: RegionVaults, region: str) -> Dataset:
    """The data set of the region's redacted chats as they are, and all that lies between."""
    settings, vault = vaults.settings, vaults.of(region)
    book = read_playbook(settings.playbook)
    playbook = Artifact("playbook", "all", book.digest, None, len(book.templates), {})
    _commit(vault, playbook, [])
    labeled = label_feedback(vault, access=_for(Purpose.DATASET))
    _commit(vault, labeled.artifact, labeled.inputs)

    inputs = land_region(vault, settings, book, access=_for(Purpose.WAREHOUSE))
    _dbt(settings, region)
    core, _ = core_built(vault, settings, access=_for(Purpose.WAREHOUSE))
    _commit(vault, core, inputs)

    written = write_synthetic(
        vault,
        settings,
        book,
        Grammar.read(OPENINGS),
        on=vaults.clock().date(),
        ruleset=STANDARD,
        access=_for(Purpose.DATASET),
    )
    _commit(vault, written.artifact, written.inputs)

    built = build_dataset(vault, settings, access=_for(Purpose.DATASET))
    _commit(vault, built.artifact, built.inputs)
    return built


def run(vaults: RegionVaults, region: str, *, code: str) -> dict[str, str]:
    """Everything from the region's exports to its release candidate; content hashes by asset."""
    settings, vault = vaults.settings, vaults.of(region)
    take_in(vaults, region)
    data_set(vaults, region)
    book, scrubber = read_playbook(settings.playbook), STANDARD.version
    reviewed = reviews_of(register_of(settings, region).all())
    suite = store_suite(
        vault,
        settings,
        book,
        reviews=reviewed,
        at=vaults.clock(),
        access=_for(Purpose.EVALUATION),
    )
    _commit(vault, suite.artifact, suite.inputs)
    trained = train_model(
        vault,
        book,
        reviews=reviewed,
        seed=settings.seed,
        on=vaults.clock().date(),
        access=_for(Purpose.TRAINING),
    )
    _commit(vault, trained.artifact, trained.inputs)
    scored = evaluate_model(
        vault,
        champion=None,
        open_cells=ReleaseRules.read(RULES).first_stage.open_cells(region),
        scrubber=scrubber,
        progress=lambda done, of: None,
        at=vaults.clock(),
        access=_for(Purpose.EVALUATION),
    )
    _commit(vault, scored.artifact, scored.inputs)
    candidate = make_candidate(
        vault,
        releases_of(settings, region, NoRegistry()),
        scrubber=scrubber,
        code=code,
        access=_for(Purpose.RELEASE),
    )
    _commit(vault, candidate.artifact, candidate.inputs)
    keyed = {"raw_chats", "quarantine", "known_wordings"}  # by keys that each home makes itself
    made = [a for a in vault.lineage.everything() if a.asset not in keyed]
    return {f"{a.asset} {a.partition}": a.digest for a in made if a.asset != "redaction_holds"}


def _for(purpose: Purpose) -> Access:
    return pipeline("test:one_region", purpose)


def _commit(vault: RegionVault, artifact: Artifact, inputs: Iterable[Artifact]) -> None:
    made = holds("made", True, "a test made it")
    vault.lineage.commit(artifact, inputs=inputs, findings=[made], config_hash="", run_id="test")


def _dbt(settings: Settings, region: str) -> None:
    export_places(settings)
    folder = str(settings.region_home(region) / "dbt")
    project = str(PROJECT / "dbt_project")
    subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), "--quiet", "build", "--target", region,
         "--select", "tag:core", "--exclude-resource-type", "test",
         "--project-dir", project, "--profiles-dir", project,
         "--target-path", folder, "--log-path", folder,
         "--vars", model_vars(settings)],
        check=True,
    )  # fmt: skip


if __name__ == "__main__":
    quiet_telemetry()
    opened = RegionVaults(load_settings())
    sys.stdout.write(json.dumps(run(opened, sys.argv[1], code=sys.argv[2])) + "\n")
    opened.close()
