"""A trained model as it is stored: router, promises, the playbook they were made with, labels.

Data only, sealed in class model. A release names it by the artifact's digest, so what answers a
customer is what was evaluated, whatever has been edited on disk since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from pydantic import TypeAdapter

from handrail.access import Access
from handrail.agent.acceptance import Effects
from handrail.agent.answer import answer
from handrail.agent.artifact import Kind, Member, collected, packed, read_as, unpacked
from handrail.agent.backends.grounded import GroundedBackend
from handrail.agent.correctness import Correctness
from handrail.agent.policy import build_policy
from handrail.agent.promise import Promise
from handrail.agent.ranking import Ranking
from handrail.agent.retrieval import Retrieval
from handrail.agent.router import Router
from handrail.agent.summarizer.rules import load_rules
from handrail.agent.terms import load_terms
from handrail.agent.types import AgentRole, Case, DecisionRecord, Policy, Switches
from handrail.digests import canonical, digest
from handrail.errors import Tampered
from handrail.inference.encoders import ENCODERS
from handrail.inference.encoders.remembering import remembering
from handrail.playbook.model import Playbook
from handrail.playbook.prompts import render_prompt
from handrail.residency import DataClass, Labels, require_region
from handrail.vault.names import Artifact, Record
from handrail.vault.region_vault import RegionVault

MODEL = "trained_model"
_KINDS: Mapping[str, Kind] = MappingProxyType(
    {"router": Kind.ARRAYS}
    | dict.fromkeys(("correctness", "promises", "effects", "playbook", "labels"), Kind.JSON)
)
# How many texts the encoder remembers while serving: a text is read by router and ranking.
READ_LAST = 100
OpenCells = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Model:
    """Everything an agent needs but its switches and the stage it is in."""

    digest: str
    router: Router
    correctness: Correctness
    promises: tuple[Promise, ...]
    playbook: Playbook
    labels: Labels

    def policy(self, open_cells: OpenCells) -> Policy:
        """What replies are measured by in a stage that opens these cells."""
        return build_policy(
            self.playbook,
            region=self.router.region,
            promises=self.promises,
            open_cells=open_cells,
            terms=load_terms(),
        )

    @property
    def thresholds(self) -> dict[str, float | None]:
        """The promised probability by risk tier; None where nothing is promised."""
        return {str(p.tier): p.threshold for p in self.promises}

    def prompts(self, policy: Policy) -> dict[str, str]:
        """Render hash of each role's prompt in each language, as its records hold it (R14)."""
        measured_by = {AgentRole.SUMMARIZE: load_rules().digest}
        return {
            f"{role}.{language}": render_prompt(
                self.playbook,
                role,
                region=self.router.region,
                language=language,
                policy_digest=measured_by.get(role, policy.digest),
            ).digest
            for role in AgentRole
            for language in sorted(policy.disclosures)
        }

    def _retrieval(self, ranking: Ranking, release: str) -> Retrieval | None:
        router = self.router
        return ranking.retrieval(
            self.playbook, region=router.region, release=release, encoder=router.intents.encoder
        )

    def agent(
        self,
        *,
        release_id: str,
        hashes: Mapping[str, str],
        policy: Policy,
        switches: Switches,
        ranking: Callable[[], Ranking],
    ) -> Callable[[Case], DecisionRecord]:
        """The function that answers cases; the case's id is the reply's id.

        `ranking`, of the data set that `hashes` names, is asked by the first case, and until it
        could be read by each one, which is not sent: it decides between templates that fill equally
        well. What ranked, or why nothing did, is recorded.
        """
        dataset = hashes.get("dataset", "")
        ready: list[tuple[GroundedBackend, Ranking]] = []

        def backend() -> tuple[GroundedBackend, Ranking]:
            if ready:
                return ready[0]
            try:
                found = ranking()
                retrieval = self._retrieval(found, release_id)
            except Exception as error:  # noqa: BLE001 - a draft is better than no answer
                found, retrieval = Ranking.failed(dataset, error), None
            found.require(dataset, what=release_id)
            made = GroundedBackend(self.playbook, retrieval), found
            if not found.unavailable:
                ready.append(made)
            return made

        def reply(case: Case) -> DecisionRecord:
            proposing, ranked_by = backend()
            record = answer(
                case,
                release_id=release_id,
                hashes={**hashes, "ranking": ranked_by.digest},
                router=self.router,
                correctness=self.correctness,
                backend=proposing,
                policy=policy,
                switches=switches,
                playbook=self.playbook,
                reply_id=case.case_id,
                unranked=ranked_by.absent if ranked_by.unavailable else "",
            )
            return replace(record, unranked=ranked_by.absent)

        return reply


def model_records(
    router: Router,
    correctness: Correctness,
    promises: Sequence[Promise],
    effects: Effects | None,
    playbook: Playbook,
    labels: Labels,
    *,
    region: str,
) -> list[Record]:
    """A model as it is stored; `effects` None: nobody measured them."""
    contents = {
        "router": router.to_bytes(),
        "correctness": correctness.to_bytes(),
        "promises": canonical(promises),
        "effects": canonical(effects),
        "playbook": canonical(playbook),
        "labels": canonical(labels),
    }
    members = [Member(name, _KINDS[name], content) for name, content in contents.items()]
    return packed(members, region=region)


def read_model(vault: RegionVault, artifact: Artifact, *, access: Access) -> Model:
    """The model of an artifact; `Tampered` if its content is not what the digest names.

    Nothing that a model holds can be run: `handrail.agent.artifact` says how that is kept.
    """
    what = f"model {artifact.id}"
    scanned = vault.scan(artifact, data_class=DataClass.MODEL, access=access)
    records = collected(scanned, what=what)
    found = digest(canonical([(r.record_id, digest(r.payload)) for r in records]))
    if found != artifact.digest:
        msg = f"model {artifact.id} holds other content than its digest names: restore it"
        raise Tampered(msg)
    with vault.strange_on_record(access, what=artifact.id):
        members = unpacked(records, _KINDS, region=vault.region.name, what=what)
        router = Router.from_bytes(
            members["router"], encoders=remembering(ENCODERS, most=READ_LAST)
        )
        require_region(vault.region.name, router.region, f"model {artifact.id}")
    return Model(
        digest=artifact.digest,
        router=router,
        correctness=Correctness.from_bytes(members["correctness"]),
        promises=read_as(_promises(), members["promises"], what=f"member promises of {what}"),
        playbook=read_as(_playbook(), members["playbook"], what=f"member playbook of {what}"),
        labels=read_as(_labels(), members["labels"], what=f"member labels of {what}"),
    )


def read_effects(vault: RegionVault, artifact: Artifact, *, access: Access) -> Effects:
    """What feedback and boundaries were measured to do when the model was trained (R16, R24)."""
    record = vault.get(artifact, "effects", data_class=DataClass.MODEL, access=access)
    if record is None:
        msg = f"{artifact.id} holds no measured effects: train it again"
        raise Tampered(msg)
    return read_as(_effects(), record.payload, what=f"member effects of model {artifact.id}")


@cache
def _effects() -> TypeAdapter[Effects]:
    return TypeAdapter(Effects)


@cache
def _promises() -> TypeAdapter[tuple[Promise, ...]]:
    return TypeAdapter(tuple[Promise, ...])


@cache
def _playbook() -> TypeAdapter[Playbook]:
    return TypeAdapter(Playbook)


@cache
def _labels() -> TypeAdapter[Labels]:
    return TypeAdapter(Labels)
