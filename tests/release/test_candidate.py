"""A candidate is judged by what it is made of, not by what has come since (R19, R23)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from handrail.access import Access, Purpose
from handrail.agent.correctness import Correctness
from handrail.agent.model import MODEL, Model, model_records
from handrail.agent.promise import Promise
from handrail.agent.router import Router
from handrail.agent.training import train_router
from handrail.agent.types import AgentRole, Case, RiskTier, Switches
from handrail.dataset.landing import CORE
from handrail.dataset.model import Split
from handrail.dataset.stored import DATASET
from handrail.digests import canonical, digest
from handrail.errors import NotPassed, Refused
from handrail.evaluation.results import CaseScores, Evaluation
from handrail.evaluation.stored import SCORES, SUITE, evaluation_key
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.redaction.audit import AUDIT
from handrail.redaction.days import REDACTED
from handrail.redaction.rounds import SAMPLE
from handrail.redaction.sampling import LEAK_BOUND
from handrail.release.candidate import Candidate, make_candidate, releases_of
from handrail.release.promotion import Releases
from handrail.release.rules import RULES, ReleaseRules
from handrail.release.serving import NoRegistry, agent_of
from handrail.residency import DataClass, Labels
from handrail.settings import PROJECT
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.verdicts import Finding, Verdict, holds, not_measured
from tests.agent.corpus import examples
from tests.dataset.held import examples_of, frozen_of, store_chats, store_dataset
from tests.release.conftest import MONDAY, passing

REGION = "eu"
DAY, NEXT_DAY = "2026-01-05", "2026-01-06"
SCRUBBER = "5c" * 32
LABELS = Labels(("banking", "retail"), ("evaluation", "training"))


@dataclass
class Chain:
    """One region's manifests from a day of chats to the scores of a model, all passed."""

    vault: RegionVault
    releases: Releases
    made: dict[str, Artifact]

    def commit(
        self,
        asset: str,
        content: str,
        *used: str,
        partition: str = REGION,
        finding: Finding | None = None,
        stored: Artifact | None = None,
    ) -> None:
        """Make `content` the current one of an asset, made from the current `used`."""
        made = stored or Artifact(
            asset, partition, digest(content), None, 1, {"simulated_share": 1.0}
        )
        self.vault.lineage.commit(
            made,
            inputs=[self.made[name] for name in used],
            findings=[finding or holds("made", True, "a test made it")],
            config_hash="",
            run_id="test",
        )
        self.made[asset] = made

    def candidate(self, *, scrubber: str = SCRUBBER) -> Candidate:
        access = pipeline("test", Purpose.RELEASE)
        return make_candidate(
            self.vault, self.releases, scrubber=scrubber, code="c0de", access=access
        )

    def release(self, candidate: Candidate) -> str | None:
        """Approve and promote the candidate; returns what is live then."""
        at = MONDAY
        self.releases.nominate(candidate.bundle, actor="training", reason="evaluated", at=at)
        self.releases.approvals.record(candidate.bundle, approver="ines", simulated=True, at=at)
        self.releases.promote(
            candidate.bundle.id, passing(), evaluation=candidate.evaluation, actor="ines",
            reason="every gate passed", at=at + timedelta(hours=1),
        )  # fmt: skip
        live = self.releases.live()
        return live.aliases.champion if live else None


@pytest.fixture(scope="module")
def book() -> Playbook:
    return read_playbook(PROJECT / "handrail" / "playbook" / "example")


@pytest.fixture(scope="module")
def router() -> Router:
    return train_router(examples(400), region=REGION, seed=5, encoder=None)


@pytest.fixture
def chain(vaults: RegionVaults, releases: Releases, book: Playbook, router: Router) -> Chain:
    vault = vaults.of(REGION)
    made = Chain(vault, releases, {})
    made.commit("playbook", "", partition="all",
                stored=Artifact("playbook", "all", book.digest, None, 1, {}))  # fmt: skip
    made.commit(REDACTED, "monday", partition=DAY)
    made.commit(CORE, "core", REDACTED, "playbook")
    made.commit(DATASET, "data", CORE)
    made.commit(SUITE, "suite", DATASET, "playbook")

    promise = Promise(
        REGION, RiskTier.LOW, 0.05, 0.1, 0.9, 100, 0.9, Verdict.PASS, "kept", simulated=True
    )
    model = Model("", router, Correctness.untaught(book, region=REGION), (promise,), book, LABELS)
    stored = vault.put(
        ObjectName(MODEL, REGION, DataClass.MODEL),
        model_records(router, model.correctness, model.promises, None, book, LABELS, region=REGION),
        access=pipeline("test", Purpose.TRAINING),
    )
    made.commit(MODEL, "", DATASET, "playbook", stored=stored)
    store_scores(made, replace(model, digest=stored.digest), dataset=made.made[DATASET].digest)
    return made


def store_scores(chain: Chain, model: Model, *, dataset: str) -> None:
    key = evaluation_key(
        model,
        dataset=dataset,
        open_cells=ReleaseRules.read(RULES).first_stage.open_cells(REGION),
        scrubber=SCRUBBER,
        suite=chain.made[SUITE].digest,
    )
    case = CaseScores("real.1", "real", "password_reset", "en", "resolve", "send", {}, {})
    evaluation = Evaluation(REGION, key, True, 1, (), (case,))
    scored = chain.vault.put(
        ObjectName(SCORES, REGION, DataClass.MODEL),
        [Record("evaluation", None, canonical(evaluation))],
        access=pipeline("test", Purpose.EVALUATION),
    )
    chain.commit(SCORES, "", SUITE, MODEL, stored=replace(scored, digest=evaluation.digest))


def a_new_day(chain: Chain) -> None:
    chain.commit(REDACTED, "tuesday", partition=NEXT_DAY)


def a_changed_day(chain: Chain) -> None:
    chain.commit(REDACTED, "monday again", partition=DAY)


def a_warehouse_of_it(chain: Chain) -> None:
    a_new_day(chain)
    chain.commit(CORE, "core of two days", REDACTED, "playbook")


def a_data_set_of_it(chain: Chain) -> None:
    a_warehouse_of_it(chain)
    chain.commit(DATASET, "data of two days", CORE)


@pytest.mark.parametrize("arrive", [a_new_day, a_changed_day, a_warehouse_of_it, a_data_set_of_it])
def test_a_waiting_candidate_is_released_though_chats_arrived_meanwhile(
    chain: Chain, arrive: Callable[[Chain], None]
) -> None:
    """R23: approval takes days and exports come daily; nothing about the candidate changed."""
    waiting = chain.candidate()
    arrive(chain)
    later = chain.candidate()
    assert (later.bundle, later.inputs) == (waiting.bundle, waiting.inputs)
    assert chain.release(later) == waiting.bundle.id


@pytest.mark.parametrize("asset", [REDACTED, CORE, DATASET, SUITE, MODEL, SCORES, "playbook"])
@pytest.mark.parametrize(
    "finding",
    [holds("sound", False, "it is broken"), not_measured("sound", "nobody looked")],
    ids=["fails", "not measured"],
)
def test_whatever_did_not_pass_in_its_making_holds_it_back(
    chain: Chain, asset: str, finding: Finding
) -> None:
    """Also when newer content of it passed: what the candidate was made of counts (R3, R19)."""
    of_the_candidate = chain.made[asset]
    used = {a.asset for a in chain.vault.lineage.inputs(of_the_candidate)}
    chain.commit(asset, "", *used, finding=finding, stored=of_the_candidate)
    with pytest.raises(NotPassed, match=f"{asset} of .* is {finding.verdict}.*{finding.reason}"):
        chain.candidate()
    if asset in {REDACTED, CORE, DATASET}:
        chain.commit(asset, "newer and fine", partition=of_the_candidate.partition)
        with pytest.raises(NotPassed, match=finding.reason):
            chain.candidate()


def a_round_that_passed(chain: Chain, *, reviewer_kind: str = "simulated") -> None:
    """An audit of what the candidate is made of, read and within budget."""
    chain.commit(SAMPLE, "round 1", REDACTED)
    said = {"round": 1, "max_unsampled_share": 0.2, "reviewer_kind": reviewer_kind}
    chain.commit(AUDIT, "audit", SAMPLE, finding=holds(LEAK_BOUND, True, "few leak", **said))  # type: ignore[arg-type]


def leak_finding(candidate: Candidate) -> Finding:
    [finding] = [f for f in candidate.findings if f.check == LEAK_BOUND]
    return finding


def test_a_candidate_rests_on_the_audit_of_what_it_is_made_of(chain: Chain) -> None:
    """R33: without one it waits; chats that came after it was trained change nothing."""
    assert leak_finding(chain.candidate()).verdict is Verdict.NOT_MEASURED
    a_round_that_passed(chain)
    candidate = chain.candidate()
    assert leak_finding(candidate).verdict is Verdict.PASS
    assert chain.made[AUDIT] in candidate.inputs
    a_new_day(chain)
    assert leak_finding(chain.candidate()).verdict is Verdict.PASS


def test_an_audit_of_other_days_says_nothing_of_a_candidate(chain: Chain) -> None:
    """R33: nothing it is made of could have been drawn."""
    a_changed_day(chain)
    a_round_that_passed(chain)
    finding = leak_finding(chain.candidate())
    assert (finding.verdict, "100% of the chats" in finding.reason) == (Verdict.NOT_MEASURED, True)


@pytest.mark.parametrize("asset", [MODEL, SUITE, "playbook"])
def test_an_evaluation_of_an_older_model_suite_or_playbook_is_refused(
    chain: Chain, asset: str
) -> None:
    """R19: these are what was evaluated; another one is evaluated first."""
    chain.commit(asset, "another", partition=chain.made[asset].partition)
    with pytest.raises(NotPassed, match=f"was made from an older {asset}"):
        chain.candidate()


def test_a_stale_evaluation_is_not_promoted(chain: Chain) -> None:
    """R19: the scrubber is part of what was evaluated."""
    with pytest.raises(Refused, match="stale: made of another scrubber"):
        chain.release(chain.candidate(scrubber="ab" * 32))


def test_an_evaluation_that_another_data_set_ranked_is_not_promoted(chain: Chain) -> None:
    """R19: its chats choose among the templates, so they are part of what was evaluated."""
    model = chain.candidate().model
    store_scores(chain, model, dataset="da" * 32)
    with pytest.raises(Refused, match="stale: made of another dataset"):
        chain.release(chain.candidate())


def test_a_release_is_ranked_by_the_chats_of_its_own_data_set_or_says_why_not(
    chain: Chain, vaults: RegionVaults
) -> None:
    """R11, R49: the live side opens that data set for serving, on record, and cites chats by id."""
    serve = Access("test", "agent", Purpose.SERVING)
    agents = releases_of(vaults.settings, REGION, NoRegistry()).bundles
    without = chain.candidate().bundle
    template = "password_reset.eu.en.2"
    ids = ["a1", "a2", "a3"]
    owners = store_chats(chain.vault, ids)
    rows = [
        replace(row, message="hi, i forgot my password")
        for row in examples_of(ids, topic="password_reset", template=template, split=Split.TRAIN)
    ]
    stored = store_dataset(chain.vault, frozen_of(chain.vault, rows), owners, {}, instead={})
    case = Case(
        case_id="r-1", region=REGION, language="en", channel="chat", role=AgentRole.RESOLVE,
        message="i forgot my password", history=(), context={}, at=MONDAY,
    )  # fmt: skip
    records = []
    for bundle in (without, replace(without, dataset=stored.digest)):
        agents.write(bundle)
        serving = agent_of(
            chain.vault, vaults.settings, release=bundle.id, switches=Switches(), access=serve
        )
        records.append(serving.reply(case))
    by_order, ranked = records
    assert ranked.route == by_order.route and ranked.route.topic == "password_reset"
    assert [g.id for g in ranked.proposal.grounds if g.kind == "resolved"] == ids
    assert (ranked.proposal.template_id, ranked.unranked) == (template, "")
    assert by_order.proposal.template_id == "password_reset.eu.en.1"
    assert "is not in this region" in by_order.unranked
    last = [e for e in chain.vault.audit.records() if e.object.startswith(DATASET)][-1]
    assert (last.event, last.actor, last.purpose) == ("open", "test", "serving")


def test_a_release_inherits_the_labels_of_its_model(chain: Chain) -> None:
    """R39: they are part of its content hash, and in its manifest."""
    candidate = chain.candidate()
    assert candidate.bundle.labels == LABELS
    assert candidate.artifact.measures["sectors"] == "banking, retail"
    other = replace(candidate.bundle, labels=Labels(("retail",), LABELS.purposes))
    assert other.id != candidate.bundle.id


def test_a_model_of_a_sector_that_is_kept_apart_is_neither_released_nor_served(
    chain: Chain, vaults: RegionVaults
) -> None:
    """R39: also when the region was told so after the model was made."""
    made = chain.candidate().bundle
    releases_of(vaults.settings, REGION, NoRegistry()).bundles.write(made)
    serve = pipeline("test", Purpose.RELEASE)
    agent_of(chain.vault, vaults.settings, release=made.id, switches=Switches(), access=serve)
    chain.vault.region = replace(chain.vault.region, no_mix_sectors=("banking",))
    with pytest.raises(Refused, match=r"a release of trained_model.* from sector banking"):
        chain.candidate()
    with pytest.raises(Refused, match=f"serving {made.id} is refused: it comes from sector ban"):
        agent_of(chain.vault, vaults.settings, release=made.id, switches=Switches(), access=serve)


def test_without_an_evaluation_there_is_no_candidate(
    vaults: RegionVaults, releases: Releases
) -> None:
    with pytest.raises(NotPassed, match="eval_scores of eu in region eu was never made"):
        Chain(vaults.of(REGION), releases, {}).candidate()
