"""Suites and evaluations in the vault: questions sealed with their text, scores without any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter

from handrail.access import Access
from handrail.agent.model import MODEL, Model, OpenCells, read_model
from handrail.agent.ranking import Ranking, ranking_at_hand, read_ranking
from handrail.agent.routing.role import RoutingRole
from handrail.agent.terms import load_terms
from handrail.agent.types import Policy, Switches
from handrail.dataset.building import unlabeled_examples
from handrail.dataset.model import Split
from handrail.dataset.reviews import Review, with_reviews
from handrail.dataset.stored import DATASET, held_out_from, read_dataset
from handrail.digests import canonical, digest, short
from handrail.errors import HandrailError, NotPassed, without_chat_text
from handrail.evaluation.content_files import CONTENT
from handrail.evaluation.gate import RULES as GATE_RULES
from handrail.evaluation.gate import GateRules, gate
from handrail.evaluation.held_out_chats import held_out_chats
from handrail.evaluation.later_days import as_right_on_later_days
from handrail.evaluation.questions import EvaluationCase, Suite
from handrail.evaluation.results import Evaluation, EvaluationKey, Unscored, decode, encode
from handrail.evaluation.routing_scripts import CONTENT as ROUTING_SCRIPTS
from handrail.evaluation.routing_scripts import read_scripts, routes_as_scripted
from handrail.evaluation.runner import Progress, run_suite
from handrail.evaluation.scorers import scorers_for
from handrail.evaluation.suite import RULES as SUITE_RULES
from handrail.evaluation.suite import SuiteRules, build_suite
from handrail.evaluation.summary_cases import CHECK as SUMMARIES
from handrail.evaluation.summary_cases import CONTENT as SUMMARY_CASES
from handrail.evaluation.summary_cases import read_cases, summaries_faithful
from handrail.playbook.approved import require_approved
from handrail.playbook.model import Playbook
from handrail.redaction.days import REDACTED
from handrail.residency import DataClass, Region, mixed
from handrail.settings import Settings
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, not_measured

SUITE, SCORES = "evaluation_suite", "eval_scores"


@dataclass(frozen=True)
class StoredSuite:
    """A suite and what it was made from."""

    artifact: Artifact
    inputs: tuple[Artifact, ...]
    suite: Suite


@dataclass(frozen=True)
class StoredEvaluation:
    """An evaluation, the gate's findings on it, and the champion's on the same suite."""

    artifact: Artifact
    inputs: tuple[Artifact, ...]
    evaluation: Evaluation
    champion: Evaluation | Unscored | None
    findings: tuple[Finding, ...]


def store_suite(
    vault: RegionVault,
    settings: Settings,
    playbook: Playbook,
    *,
    reviews: Mapping[str, Review],
    at: datetime,
    access: Access,
) -> StoredSuite:
    """Build the region's suite from held-out chats and the written questions, and seal it.

    Where a reviewer gave a held-out chat its topic, that is what the answer is compared with.
    Refuses a playbook that did not pass as it is.
    """
    book = require_approved(vault.lineage, playbook)
    rows, dataset = read_dataset(vault, access=access)
    examples = with_reviews(rows, reviews)
    unlabeled = unlabeled_examples(vault, settings, learned_from=rows, access=access)
    asked = [*(e for e in examples if e.split is Split.TEST), *unlabeled]
    labels = mixed((example.labels for example in asked), region=vault.region)
    with vault.strange_on_record(access, what=SUITE):
        suite = build_suite(
            asked,
            CONTENT,
            training=[e for e in examples if e.split is not Split.TEST],
            region=vault.region.name,
            languages=vault.region.languages,
            playbook=playbook,
            seed=settings.seed,
            at=at,
            later=held_out_from(dataset),
            rules=SuiteRules.read(SUITE_RULES),
        )
    owners: dict[str, str | None] = {}
    for day in vault.lineage.require_all_passed(REDACTED):
        owners |= vault.record_subjects(day, data_class=DataClass.REDACTED, access=access)
    records = [
        Record(case.case_id, owners.get(case.case_id.removeprefix("real.")), canonical(case))
        for case in suite.cases
    ]
    records.append(Record("findings", None, canonical(suite.findings)))
    stored = vault.put(
        ObjectName(SUITE, vault.region.name, DataClass.DATASET), records, access=access
    )
    artifact = replace(
        stored, digest=suite.digest, records=len(suite.cases), measures=labels.measures
    )
    return StoredSuite(artifact, (dataset, book), suite)


def read_suite(vault: RegionVault, *, access: Access) -> tuple[Suite, Artifact]:
    """The region's suite; refuses when it did not pass or is stale."""
    artifact = vault.lineage.require_passed(SUITE, vault.region.name)
    cases: list[EvaluationCase] = []
    findings: tuple[Finding, ...] = ()
    with without_chat_text("the stored suite"):
        for record in vault.scan(artifact, data_class=DataClass.DATASET, access=access):
            if record.record_id == "findings":
                findings = _findings().validate_json(record.payload)
            else:
                cases.append(_case().validate_json(record.payload))
    return Suite(vault.region.name, tuple(cases), artifact.digest, findings), artifact


def evaluate_model(
    vault: RegionVault,
    *,
    champion: Model | Unscored | None,
    open_cells: OpenCells,
    scrubber: str,
    progress: Progress,
    at: datetime,
    access: Access,
) -> StoredEvaluation:
    """Run the suite through the real `decide` for challenger and champion, gate, and store it.

    Both answer as the first stage would let them; scores are kept with case ids only. The routing
    role has its scripted conversations as of `at`, and chats of the suite are summarized whole.
    """
    suite, suite_artifact = read_suite(vault, access=access)
    model_artifact = vault.lineage.require_passed(MODEL, vault.region.name)
    model = read_model(vault, model_artifact, access=access)
    ranking = read_ranking(vault, _learned_from(vault, model), access=access)
    key = evaluation_key(
        model,
        dataset=ranking.dataset,
        open_cells=open_cells,
        scrubber=scrubber,
        suite=suite.digest,
    )
    evaluation = _run(suite, model, ranking, key, open_cells, progress)
    live: Evaluation | Unscored | None
    if isinstance(champion, Model):
        try:
            learned_from = _learned_from(vault, champion)
            live_ranking = ranking_at_hand(vault, learned_from.digest, access=access)
            live_key = evaluation_key(
                champion,
                dataset=learned_from.digest,
                open_cells=open_cells,
                scrubber=scrubber,
                suite=suite.digest,
            )
            live = _run(suite, champion, live_ranking, live_key, open_cells, progress)
        except HandrailError as error:
            live = Unscored(str(error))
    else:
        live = champion
    rules = GateRules.read(GATE_RULES)
    later = as_right_on_later_days(suite, evaluation, delta=rules.delta)
    routed = routes_as_scripted(
        _routing_role(model, vault.region, model.policy(open_cells)),
        read_scripts(ROUTING_SCRIPTS),
        languages=vault.region.languages,
        at=at,
    )
    summaries, days = _summaries(vault, suite, model, at=at, delta=rules.delta, access=access)
    findings = (*gate(evaluation, live, key=key, rules=rules), later, routed, summaries)
    stored = vault.put(
        ObjectName(SCORES, vault.region.name, DataClass.MODEL),
        [Record("evaluation", None, encode(evaluation))],
        access=access,
    )
    artifact = replace(
        stored,
        digest=evaluation.digest,
        records=evaluation.asked,
        measures=model.labels.measures,
    )
    inputs = (suite_artifact, model_artifact, *days)
    return StoredEvaluation(artifact, inputs, evaluation, live, (*suite.findings, *findings))


def read_evaluation(vault: RegionVault, artifact: Artifact, *, access: Access) -> Evaluation:
    """The evaluation an artifact holds."""
    record = vault.get(artifact, "evaluation", data_class=DataClass.MODEL, access=access)
    if record is None:
        msg = f"{artifact.id} holds no evaluation: materialize eval_scores again"
        raise HandrailError(msg)
    return decode(record.payload)


def evaluation_key(
    model: Model, *, dataset: str, open_cells: OpenCells, scrubber: str, suite: str
) -> EvaluationKey:
    """What an evaluation of `model`, ranked by `dataset`, in this stage is made of (R19)."""
    policy = model.policy(open_cells)
    return EvaluationKey(
        model=model.digest,
        dataset=dataset,
        prompts=digest(model.prompts(policy)),
        playbook=model.playbook.digest,
        policy=policy.digest,
        routing=load_terms().digest,
        thresholds=digest(model.thresholds),
        scrubber=scrubber,
        suite=suite,
    )


def _run(
    suite: Suite,
    model: Model,
    ranking: Ranking,
    key: EvaluationKey,
    open_cells: OpenCells,
    progress: Progress,
) -> Evaluation:
    agent = model.agent(
        release_id="evaluation",
        hashes={"suite": suite.digest, "dataset": ranking.dataset},
        policy=model.policy(open_cells),
        switches=Switches(),
        ranking=lambda: ranking,
    )
    return run_suite(suite, agent, scorers=scorers_for(model.playbook), key=key, progress=progress)


def _learned_from(vault: RegionVault, model: Model) -> Artifact:
    """The data set a model was made from, by its manifest; its chats rank the model's templates."""
    made = vault.lineage.made(MODEL, model.digest)
    for used in vault.lineage.inputs(made) if made else ():
        if used.asset == DATASET:
            return used
    msg = f"no manifest names the data set of model {short(model.digest)}: train it again"
    raise NotPassed(msg)


def _routing_role(model: Model, region: Region, policy: Policy) -> RoutingRole | None:
    """The model's routing role; None if its playbook has nobody to route to."""
    if not model.playbook.queues.of(region.name):
        return None
    return RoutingRole(
        region, model.router, model.playbook, policy, load_terms(), switches=Switches()
    )


def _summaries(
    vault: RegionVault, suite: Suite, model: Model, *, at: datetime, delta: float, access: Access
) -> tuple[Finding, tuple[Artifact, ...]]:
    """How chats of the suite are summarized, and the days they are of; it holds nothing back."""
    cases = read_cases(SUMMARY_CASES)
    try:
        held = held_out_chats(vault, suite, model.playbook, most=cases.most, access=access)
    except NotPassed as refused:
        return not_measured(SUMMARIES, str(refused), blocking=False), ()
    finding = summaries_faithful(
        held.chats,
        cases,
        playbook=model.playbook,
        region=vault.region.name,
        languages=vault.region.languages,
        at=at,
        delta=delta,
    )
    return finding, held.days


@cache
def _case() -> TypeAdapter[EvaluationCase]:
    return TypeAdapter(EvaluationCase)


@cache
def _findings() -> TypeAdapter[tuple[Finding, ...]]:
    return TypeAdapter(tuple[Finding, ...])
