"""What a process of its own makes is what this one would have made."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from handrail.access import Purpose
from handrail.agent import training_apart
from handrail.agent.model import MODEL, read_effects, read_model
from handrail.conversations.reading import register_of
from handrail.errors import HandrailError
from handrail.playbook.reader import read_playbook
from handrail.simulate.reviewers import reviews_of
from handrail.vault.names import Artifact
from handrail.vault.region_vault import pipeline
from orchestration import drive
from tests.lifecycle.story import Story

# Untraced: the story reaches the same code, and tracing makes it half as slow again.
pytestmark = [pytest.mark.xdist_group("lifecycle"), pytest.mark.no_cover, pytest.mark.whole]

REGION = "us"


def digests(of: Iterable[Artifact]) -> list[str]:
    return [artifact.digest for artifact in of]


def test_a_model_trained_apart_is_the_same(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R15: the same rows give the same bytes, in whichever process they are learned from."""
    monkeypatch.setattr(training_apart, "MOST_ROWS", 0)
    copy = story.copied(tmp_path)
    access = pipeline("test", Purpose.TRAINING)
    with copy.as_environment(), copy.opened() as vaults:
        vault = vaults.of(REGION)
        here = vault.lineage.current(MODEL, REGION)
        trained = training_apart.train_with_room(
            vaults,
            vault,
            read_playbook(vaults.settings.playbook),
            reviews=reviews_of(register_of(vaults.settings, REGION).all()),
            on=vaults.clock().date(),
            access=access,
        )
        assert here is not None
        assert trained.artifact.digest == here.digest
        assert trained.artifact.object_id != here.object_id
        assert trained.artifact.measures == here.measures
        assert set(digests(trained.inputs)) == set(digests(vault.lineage.inputs(here)))
        assert [f.check for f in trained.findings] == [
            f.check for f in vault.lineage.findings(here)
        ]
        model = read_model(vault, here, access=access)
        assert trained.model.promises == model.promises
        assert trained.effects == read_effects(vault, here, access=access)


def test_a_task_apart_tells_how_it_ended(story: Story, tmp_path: Path) -> None:
    """One that succeeds, one whose step is refused with a sentence, one that can't begin."""
    from orchestration.definitions import defs

    copy = story.copied(tmp_path)
    steps: list[int] = []

    def run(task: drive.Task) -> drive.Outcome:
        return drive.execute(
            task,
            instance=instance,
            definitions=defs,
            on_step=lambda step, done, of: steps.append(done),
        )

    def task(job: str, partition: str | None) -> drive.Task:
        return drive.Task("step", job, partition, {drive.REGION: REGION}, apart=True)

    with copy.as_environment(), drive.open_instance(copy.settings) as instance:
        assert run(task("sign_audit_log", REGION)) == drive.Outcome(True, ())
        assert max(steps) == 1
        log = copy.settings.region_home(REGION) / "audit" / "audit.jsonl"
        log.write_bytes(log.read_bytes().replace(b"pipeline", b"someone!", 1))
        refused = run(task("sign_audit_log", REGION))
        assert not refused.succeeded
        assert refused.problems[0].startswith("audit_checkpoint: ")
        with pytest.raises(HandrailError, match="withheld"):
            run(task("sign_audit_log", "nowhere"))
