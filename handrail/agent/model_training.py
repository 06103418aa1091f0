"""Training of a region's model: router, head and promises, from its frozen data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from handrail.access import Access, Purpose
from handrail.agent.acceptance import Effects, teach_acceptance
from handrail.agent.checks import calibrated, no_memorized_values, reads_meaning
from handrail.agent.intents.fitting import PROMISED
from handrail.agent.model import MODEL, Model, model_records
from handrail.agent.ranking import ranking_of_rows
from handrail.agent.terms import load_terms
from handrail.agent.thinning import enough_held_out
from handrail.agent.training import train_router
from handrail.dataset.known_values import withheld
from handrail.dataset.reviews import Review, with_reviews
from handrail.dataset.stored import read_dataset, read_withheld
from handrail.inference.encoders import encoder_for
from handrail.inference.encoders.remembering import Remembering
from handrail.playbook.approved import require_approved, require_mandates
from handrail.playbook.model import Playbook
from handrail.residency import DataClass, mixed, require_fit, require_region
from handrail.vault.names import Artifact, ObjectName
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding

# A text is read by the router and for the ranking: how many vectors are kept until then.
_READ_IN_TRAINING = 20_000


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
    reviews: Mapping[str, Review],
    seed: int,
    on: date,
    access: Access,
) -> Trained:
    """Train, calibrate and check the region's model on its frozen data set, and store it.

    `reviews` are reviewers' verdicts on held-out chats by conversation id; calibration and
    promise go by them where there is one, training never does. Of many held-out rows a seeded share
    is measured on (`thinning.py`). Refuses a role without a mandate that is in force `on` the day
    (R10), a playbook that did not pass as it is, and a data set of a sector that is kept apart, or
    that is not for training (R39). The model inherits its labels.
    """
    require_mandates(playbook, on=on)
    book = require_approved(vault.lineage, playbook)
    rows, dataset = read_dataset(vault, access=access)
    labels = mixed((row.labels for row in rows), region=vault.region)
    require_fit(labels, Purpose.TRAINING, region=vault.region, what=f"training on {dataset.id}")
    with vault.strange_on_record(access, what=dataset.id):
        for row in rows:
            require_region(vault.region.name, row.region, f"a row of {dataset.id}")
    terms = load_terms()
    known = read_withheld(vault, dataset, access=access)
    reviewed = withheld(with_reviews(rows, reviews), known)
    examples = enough_held_out(reviewed, terms=terms, seed=seed)
    found = encoder_for(frozenset(e.language for e in examples))
    encoder = None if found is None else Remembering(found, most=_READ_IN_TRAINING)
    router = train_router(
        examples,
        region=vault.region.name,
        seed=seed,
        encoder=encoder,
        promised=min(terms.alpha.values(), default=PROMISED),
        descriptions={
            topic.name: (topic.name.replace("_", " "), topic.description)
            for topic in playbook.topics.values()
        },
    )
    ranking = ranking_of_rows(rows, dataset.digest)
    taught = teach_acceptance(
        router,
        examples,
        retrieval=ranking.retrieval(
            playbook, region=router.region, release="training", encoder=router.intents.encoder
        ),
        flags={row.example_id: row.accepted for row in rows},
        playbook=playbook,
        terms=terms,
        on=on,
        seed=seed,
    )
    correctness, promises = taught.correctness, taught.promises
    stored = vault.put(
        ObjectName(MODEL, vault.region.name, DataClass.MODEL),
        model_records(
            router, correctness, promises, taught.effects, playbook, labels, region=router.region
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
            calibrated(router, examples, replies=taught.held_out, promises=promises),
            no_memorized_values(router, examples, head=correctness, known=known),
            reads_meaning(router),
            *taught.effects.findings,
        ),
    )
