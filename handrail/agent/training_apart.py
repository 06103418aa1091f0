"""Training of a large region in a process of its own: what it takes is not on top of what is here.

A training on 20,000 rows takes half a GiB for a while, beside a GiB of what a whole run has loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date

from handrail.access import Access
from handrail.agent.model import read_effects, read_model
from handrail.agent.model_training import Trained, train_model
from handrail.agent.thinning import MOST_ROWS
from handrail.apart import answer_apart, serve
from handrail.dataset.reviews import Review
from handrail.dataset.stored import DATASET
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.settings import export_places, load_settings
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault, RegionVaults
from handrail.verdicts import Finding


@dataclass(frozen=True)
class _Request:
    region: str
    reviews: dict[str, Review]
    seed: int
    on: date
    access: Access


@dataclass(frozen=True)
class _Answer:
    artifact: Artifact
    inputs: tuple[Artifact, ...]
    findings: tuple[Finding, ...]


def train_with_room(
    vaults: RegionVaults,
    vault: RegionVault,
    playbook: Playbook,
    *,
    reviews: Mapping[str, Review],
    on: date,
    access: Access,
) -> Trained:
    """`train_model`, in another process where the data set has more than 20,000 rows.

    The same model either way; what was stored is read back from there.
    """
    seed = vaults.settings.seed
    dataset = vault.lineage.current(DATASET, vault.region.name)
    if dataset is None or dataset.records <= MOST_ROWS:
        return train_model(vault, playbook, reviews=reviews, seed=seed, on=on, access=access)
    export_places(vaults.settings)
    request = _Request(vault.region.name, dict(reviews), seed, on, access)
    told = answer_apart(__name__, request, kind=_Answer)
    return Trained(
        artifact=told.artifact,
        inputs=told.inputs,
        model=read_model(vault, told.artifact, access=access),
        effects=read_effects(vault, told.artifact, access=access),
        findings=told.findings,
    )


def _train(asked: _Request) -> _Answer:
    settings = load_settings()
    with closing(RegionVaults(settings)) as vaults:
        trained = train_model(
            vaults.of(asked.region),
            read_playbook(settings.playbook),
            reviews=asked.reviews,
            seed=asked.seed,
            on=asked.on,
            access=asked.access,
        )
    return _Answer(trained.artifact, trained.inputs, trained.findings)


if __name__ == "__main__":
    serve(_train, kind=_Request)
