"""A trained model as it is stored: router, promises, the playbook they were made with, labels.

Data only, sealed in class model. A release names it by the artifact's digest, so what answers a
customer is what was evaluated, whatever has been edited on disk since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from types import MappingProxyType

from pydantic import TypeAdapter

from handrail.access import Access, Purpose
from handrail.agent.acceptance import Effects, teach_acceptance
from handrail.agent.answer import answer
from handrail.agent.artifact import Kind, Member, collected, packed, read_as, unpacked
from handrail.agent.backends.grounded import GroundedBackend
from handrail.agent.checks import calibrated, no_memorized_values, reads_meaning
from handrail.agent.correctness import Correctness
from handrail.agent.policy import build_policy
from handrail.agent.promise import Promise
from handrail.agent.retrieval import ResolvedChat, Retrieval
from handrail.agent.router import Router
from handrail.agent.terms import load_terms
from handrail.agent.training import train_router
from handrail.agent.types import AgentRole, Case, DecisionRecord, Policy, Switches
from handrail.dataset.reviews import with_reviews
from handrail.dataset.stored import read_dataset
from handrail.digests import canonical, digest
from handrail.errors import Tampered
from handrail.inference.encoders import ENCODERS, encoder_for
from handrail.playbook.approved import require_approved, require_mandates
from handrail.playbook.model import Playbook
from handrail.playbook.prompts import render_prompt
from handrail.residency import DataClass, Labels, mixed, require_fit, require_region
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding

MODEL = "trained_model"
_KINDS: Mapping[str, Kind] = MappingProxyType(
    {"router": Kind.ARRAYS}
    | dict.fromkeys(("correctness", "promises", "effects", "playbook", "labels"), Kind.JSON)
)
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
        """Render hash of each role's prompt in each language (R14)."""
        return {
            f"{role}.{language}": render_prompt(
                self.playbook,
                role,
                region=self.router.region,
                language=language,
                policy_digest=policy.digest,
            ).digest
            for role in AgentRole
            for language in sorted(policy.disclosures)
        }

    def agent(
        self,
        *,
        release_id: str,
        hashes: Mapping[str, str],
        policy: Policy,
        switches: Switches,
        chats: Sequence[ResolvedChat] = (),
    ) -> Callable[[Case], DecisionRecord]:
        """The function that answers cases; the case's id is the reply's id.

        `chats` of the release's data set (`hashes` names it) rank templates that fill equally well.
        """
        retrieval = None
        if chats:
            retrieval = Retrieval.of(
                self.playbook.templates,
                chats,
                region=self.router.region,
                release=release_id,
                dataset=hashes.get("dataset", ""),
            )
        backend = GroundedBackend(self.playbook, retrieval)

        def reply(case: Case) -> DecisionRecord:
            return answer(
                case,
                release_id=release_id,
                hashes=hashes,
                router=self.router,
                correctness=self.correctness,
                backend=backend,
                policy=policy,
                switches=switches,
                playbook=self.playbook,
                reply_id=case.case_id,
            )

        return reply


@dataclass(frozen=True)
class Trained:
    """A stored model and what its checks say."""

    artifact: Artifact
    inputs: tuple[Artifact, ...]
    model: Model
    effects: Effects
    findings: tuple[Finding, ...]


def train_model(
    vault: RegionVault,
    playbook: Playbook,
    *,
    reviewed_topics: Mapping[str, str],
    seed: int,
    on: date,
    access: Access,
) -> Trained:
    """Train, calibrate and check the region's model on its frozen data set, and store it.

    `reviewed_topics` are reviewers' verdicts on held-out chats by conversation id; calibration and
    promise go by them where there is one, training never does. Refuses a role without a mandate
    that is in force `on` the day (R10), a playbook that did not pass as it is, and a data set of a
    sector that is kept apart, or that is not for training (R39). The model inherits its labels.
    """
    require_mandates(playbook, on=on)
    book = require_approved(vault.lineage, playbook)
    rows, dataset = read_dataset(vault, access=access)
    labels = mixed((row.labels for row in rows), region=vault.region)
    require_fit(labels, Purpose.TRAINING, region=vault.region, what=f"training on {dataset.id}")
    with vault.strange_on_record(access, what=dataset.id):
        for row in rows:
            require_region(vault.region.name, row.region, f"a row of {dataset.id}")
    examples = with_reviews(rows, reviewed_topics)
    encoder = encoder_for(frozenset(e.language for e in examples))
    router = train_router(
        examples,
        region=vault.region.name,
        seed=seed,
        encoder=encoder,
        descriptions={
            topic.name: (topic.name.replace("_", " "), topic.description)
            for topic in playbook.topics.values()
        },
    )
    taught = teach_acceptance(
        router,
        examples,
        flags={row.example_id: row.accepted for row in rows},
        playbook=playbook,
        terms=load_terms(),
        on=on,
        seed=seed,
    )
    correctness, promises = taught.correctness, taught.promises
    stored = vault.put(
        ObjectName(MODEL, vault.region.name, DataClass.MODEL),
        model_records(
            router,
            correctness,
            promises,
            taught.effects,
            playbook,
            labels,
            region=vault.region.name,
        ),
        access=access,
    )
    measured = {f"threshold_{p.tier}": p.threshold for p in promises if p.threshold is not None}
    return Trained(
        artifact=replace(
            stored, measures={"topics": len(router.topics), **measured, **labels.measures}
        ),
        inputs=(dataset, book),
        model=Model(stored.digest, router, correctness, promises, playbook, labels),
        effects=taught.effects,
        findings=(
            calibrated(router, examples),
            no_memorized_values(router, examples, head=correctness),
            reads_meaning(router),
            *taught.effects.findings,
        ),
    )


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
        router = Router.from_bytes(members["router"], encoders=ENCODERS)
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
