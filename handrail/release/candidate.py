"""From an evaluated model to a release candidate, and the agent a release answers with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from handrail.access import Access, Purpose
from handrail.agent.model import MODEL, Model, read_model
from handrail.agent.terms import load_terms
from handrail.dataset.landing import CORE
from handrail.dataset.stored import DATASET
from handrail.errors import HandrailError, NotPassed, Refused
from handrail.evaluation.gate import RULES as GATE_RULES
from handrail.evaluation.gate import GateRules
from handrail.evaluation.results import Evaluation, Unscored
from handrail.evaluation.slices import slices
from handrail.evaluation.stored import SCORES, SUITE, read_evaluation
from handrail.playbook.approved import PLAYBOOK
from handrail.playbook.model import Playbook
from handrail.redaction.days import REDACTED
from handrail.redaction.release_bound import bound_for_release
from handrail.registry import WHAT as REGISTRY
from handrail.registry import Registration, Registry
from handrail.release.bundle import ReleaseBundle
from handrail.release.promotion import AliasKeeper, Releases
from handrail.release.rules import RULES, ReleaseRules
from handrail.residency import DataClass, Labels, Region, require_fit
from handrail.settings import Settings
from handrail.vault.export_gate import Basis, Destination, Export
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, Verdict, holds, worst

CANDIDATE = "release_candidate"


@dataclass(frozen=True)
class Candidate:
    """A release candidate, what it is made of, and everything that was found out about it."""

    bundle: ReleaseBundle
    model: Model
    artifact: Artifact
    inputs: tuple[Artifact, ...]
    evaluation: Evaluation
    findings: tuple[Finding, ...]


def releases_of(settings: Settings, region_name: str, registry: AliasKeeper) -> Releases:
    """The releases of one region of this deployment."""
    return Releases(
        settings.region_home(region_name) / "release",
        region=settings.region(region_name).name,
        registry=registry,
        rules=ReleaseRules.read(RULES),
    )


def require_use(labels: Labels, region: Region, *, what: str) -> None:
    """Raise `Refused` unless what is released of such data may answer every customer of `region`.

    People let their chats be used for training so that the agent learns from them; nothing that
    was only to be asked, and nothing of a sector that is kept apart, answers anybody (R39).
    """
    require_fit(labels, Purpose.TRAINING, region=region, what=what)


def model_of(vault: RegionVault, bundle: ReleaseBundle, *, access: Access) -> Model:
    """The model a release was made of; refuses when it is no longer stored."""
    artifact = vault.lineage.made(MODEL, bundle.model)
    if artifact is None:
        msg = f"the model of {bundle.id} is not in region {bundle.region}: restore it"
        raise Refused(msg)
    return read_model(vault, artifact, access=access)


def champion_model(
    vault: RegionVault, releases: Releases, *, access: Access
) -> Model | Unscored | None:
    """The live model to compare with; None before the first release, `Unscored` if unreadable."""
    pointer = releases.live()
    if pointer is None or pointer.aliases.champion is None:
        return None
    try:
        bundle = releases.bundles.read(pointer.aliases.champion)
        return model_of(vault, bundle, access=access)
    except HandrailError as error:
        return Unscored(f"{pointer.aliases.champion} could not be scored: {error}")


def make_candidate(
    vault: RegionVault,
    releases: Releases,
    *,
    scrubber: str,
    code: str,
    access: Access,
) -> Candidate:
    """The bundle of the region's evaluated model; refuses an evaluation that did not pass.

    It is gated on exactly what it is made of, so chats that arrive while it waits for people change
    nothing. Another model, suite or approved playbook than those evaluated makes it stale (R19).
    """
    region = vault.region.name
    scores = vault.lineage.require_passed_as_made(SCORES, region)
    model_artifact = _still_current(vault.lineage, scores, MODEL, region)
    suite = _still_current(vault.lineage, scores, SUITE, region)
    _still_current(vault.lineage, model_artifact, PLAYBOOK, "all")
    dataset = _used(vault.lineage, model_artifact, DATASET, region)
    evaluation = read_evaluation(vault, scores, access=access)
    model = read_model(vault, model_artifact, access=access)
    require_use(model.labels, vault.region, what=f"a release of {model_artifact.id}")
    policy = model.policy(ReleaseRules.read(RULES).first_stage.open_cells(region))
    bundle = ReleaseBundle(
        region=region,
        model=model.digest,
        dataset=dataset.digest,
        prompts=model.prompts(policy),
        playbook=model.playbook.digest,
        policy=policy.digest,
        thresholds=model.thresholds,
        routing=load_terms().digest,
        suite=suite.digest,
        evaluation=evaluation.digest,
        scrubber=scrubber,
        code=code,
        labels=model.labels,
        simulated=dataset.measures["simulated_share"] == 1.0,
    )
    core = _used(vault.lineage, dataset, CORE, region)
    leak, audit = bound_for_release(
        vault.lineage,
        region,
        made_of=[used for used in vault.lineage.inputs(core) if used.asset == REDACTED],
        simulated=bundle.simulated,
    )
    findings = (
        *vault.lineage.findings(scores),
        leak,
        promise_recorded(model),
        releases.approved(bundle),
    )
    inputs = (scores, model_artifact, dataset, suite, *([audit] if audit else []))
    measures = {"release": bundle.id, **bundle.labels.measures}
    artifact = Artifact(CANDIDATE, region, bundle.digest, None, 1, measures)
    return Candidate(bundle, model, artifact, inputs, evaluation, findings)


def _still_current(lineage: Lineage, made: Artifact, asset: str, partition: str) -> Artifact:
    """What `made` was made of, if nothing else has taken its place."""
    used = _used(lineage, made, asset, partition)
    now = lineage.current(asset, partition)
    if now is None or now.digest != used.digest:
        msg = (
            f"{made.asset} of {made.partition} was made from an older {asset}: "
            "train and evaluate again"
        )
        raise NotPassed(msg)
    return used


def _used(lineage: Lineage, made: Artifact, asset: str, partition: str) -> Artifact:
    for used in lineage.inputs(made):
        if (used.asset, used.partition) == (asset, partition):
            return used
    msg = f"the manifest of {made.id} names no {asset}: materialize it again"
    raise NotPassed(msg)


def answered_alone(releases: Releases, playbook: Playbook) -> tuple[str, ...]:
    """The cells (`topic x region x channel`) in which what is live answers by itself.

    A cell counts that its stage opens and for whose topic's risk a promise was measured; everywhere
    else a reply is a draft for people.
    """
    live = releases.live()
    if live is None or live.aliases.champion is None:
        return ()
    promised = releases.bundles.read(live.aliases.champion).thresholds
    return tuple(
        " x ".join(cell)
        for cell in live.open_cells
        if cell[0] in playbook.topics and promised.get(playbook.topics[cell[0]].tier) is not None
    )


def promise_recorded(model: Model) -> Finding:
    """Every tier has a measured promise or says why it has none; an unmeasured tier only drafts."""
    said = "; ".join(f"{p.tier}: {p.reason}" for p in model.promises)
    complete = bool(model.promises) and all(
        p.reason and (p.threshold is None) == (p.verdict is not Verdict.PASS)
        for p in model.promises
    )
    return holds(
        "promise_recorded",
        complete,
        said or "no promise was made for any tier",
        tiers=len(model.promises),
        measured=sum(p.threshold is not None for p in model.promises),
    )


def register(
    vault: RegionVault, registry: Registry, candidate: Candidate, *, access: Access
) -> int:
    """Show the candidate in the registry, through the region's gate; returns the version.

    Hashes, numbers and playbook text only; the model's bytes stay sealed in the vault.
    """
    registration = _registration(candidate)
    export = Export(
        what=REGISTRY,
        regions=(candidate.bundle.region,),
        labels=candidate.bundle.labels,
        data_class=DataClass.MODEL,
        basis=Basis.AGGREGATE,
        records=0,
        destination=Destination(registry.place, None),
    )
    receipt = vault.gate.clear(export, registration.to_bytes(), access=access)
    return registry.register(registration, receipt=receipt, gate=vault.gate)


def promote_if_passed(
    releases: Releases, candidate: Candidate, *, actor: str, at: datetime
) -> None:
    """Make the candidate champion when every gate has passed and it isn't champion already."""
    live = releases.live()
    if worst(candidate.findings).passed and live and live.aliases.champion != candidate.bundle.id:
        releases.promote(
            candidate.bundle.id,
            candidate.findings,
            evaluation=candidate.evaluation,
            actor=actor,
            reason="every gate passed",
            at=at,
        )


def _registration(candidate: Candidate) -> Registration:
    bundle, mandates = candidate.bundle, candidate.model.playbook.mandates
    rules = GateRules.read(GATE_RULES)
    scores = {
        f"{cell.measure}.{end}": value
        for cell in slices(candidate.evaluation, delta=rules.delta)
        if cell.dimension == "region"
        for end, value in (("share", cell.share), ("low", cell.low), ("high", cell.high))
        if value is not None
    }
    params = ("model", "dataset", "playbook", "policy", "suite", "scrubber", "code", "simulated")
    return Registration(
        region=bundle.region,
        release=bundle.id,
        prompts={str(role): mandate.prompt for role, mandate in mandates.items()},
        params={"release": bundle.id, **{name: str(getattr(bundle, name)) for name in params}},
        metrics=scores,
        manifest={**asdict(bundle), "release": bundle.id},
    )
