"""A release: one manifest that names everything a live agent is made of by content hash (R47)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from handrail.digests import canonical, digest, short
from handrail.errors import BadInput, Tampered
from handrail.evaluation.results import EvaluationKey
from handrail.residency import Labels, require_region
from handrail.vault.files import AlreadyThere, write_once


@dataclass(frozen=True)
class ReleaseBundle:
    """What one release of one region consists of. Digests are SHA-256, 64 hex digits.

    `thresholds` is the promise by risk tier: the least calibrated probability, or None where it is
    not measured and replies are only drafted. `evaluation` is the digest of the evaluation the gate
    judged. `labels` are inherited from the training data; `simulated` says that it came from the
    simulator. Approvals are given to a finished bundle, so they are kept beside it, not in it.
    """

    region: str
    model: str
    dataset: str
    prompts: Mapping[str, str]
    playbook: str
    policy: str
    thresholds: Mapping[str, float | None]
    routing: str
    suite: str
    evaluation: str
    scrubber: str
    code: str
    labels: Labels
    simulated: bool

    @cached_property
    def digest(self) -> str:
        """Content hash of the whole manifest."""
        return digest(encode(self))

    @property
    def id(self) -> str:
        """`rel-` and 12 digits of the digest."""
        return f"rel-{short(self.digest)}"

    @property
    def evaluation_key(self) -> EvaluationKey:
        """What an evaluation of this release must have been made of."""
        return EvaluationKey(
            model=self.model,
            dataset=self.dataset,
            prompts=digest(self.prompts),
            playbook=self.playbook,
            policy=self.policy,
            routing=self.routing,
            thresholds=digest(self.thresholds),
            scrubber=self.scrubber,
            suite=self.suite,
        )


def encode(bundle: ReleaseBundle) -> bytes:
    """Canonical JSON: the same release gives the same bytes."""
    return canonical(asdict(bundle))


def decode(data: bytes) -> ReleaseBundle:
    """The bundle that `encode` wrote; anything else is `Tampered`."""
    try:
        return _adapter().validate_json(data)
    except ValidationError:
        msg = "a release bundle is not readable: restore it from a backup"
        raise Tampered(msg) from None


@cache
def _adapter() -> TypeAdapter[ReleaseBundle]:
    return TypeAdapter(ReleaseBundle)


class Bundles:
    """The bundles of one region: `<region home>/release/bundles/<id>.json`, never overwritten."""

    def __init__(self, folder: Path, *, region: str) -> None:
        self._folder = folder
        self._region = region

    def write(self, bundle: ReleaseBundle) -> Path:
        """Store a bundle under its id; storing the same one again changes nothing."""
        require_region(self._region, bundle.region, "a release bundle")
        path = self._folder / f"{bundle.id}.json"
        try:
            write_once(path, encode(bundle), staging=self._folder)
        except AlreadyThere:
            self.read(bundle.id)
        return path

    def read(self, release_id: str) -> ReleaseBundle:
        """The bundle of that id; `Tampered` if its content no longer has that id."""
        path = self._folder / f"{release_id}.json"
        if release_id not in self.ids():
            msg = f"region {self._region} has no release {release_id}; it has: " + (
                ", ".join(self.ids()) or "none"
            )
            raise BadInput(msg)
        bundle = decode(path.read_bytes())
        if bundle.id != release_id:
            msg = f"release {release_id} was edited: its content has the id {bundle.id}; refused"
            raise Tampered(msg)
        require_region(self._region, bundle.region, "a release bundle")
        return bundle

    def ids(self) -> tuple[str, ...]:
        """All stored releases, sorted by id."""
        return tuple(sorted(path.stem for path in self._folder.glob("rel-*.json")))
