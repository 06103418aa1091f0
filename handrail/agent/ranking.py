"""What ranks the templates of a release: chats of its own data set, or the reason why none does.

Training, evaluation and serving read the chats by the same rule, so that what was promised and
scored is what answers. The release names the data set by its content hash.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from handrail.access import Access
from handrail.agent.retrieval import ResolvedChat, Retrieval
from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.stored import DATASET, last_version, read_lists, read_version
from handrail.digests import canonical, digest, short
from handrail.errors import Destroyed, HandrailError, Refused
from handrail.inference.encoders import Encoder
from handrail.playbook.model import Playbook
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault

# A hundred chats say which of a topic's few templates fits; each costs an encoder's time at start.
ROWS_PER_CELL = 100


@dataclass(frozen=True)
class Ranking:
    """The chats that rank a release's templates, of the data set with that content hash.

    `absent` says why there are none: the playbook's order stands then. Where that is because they
    couldn't be read (`unavailable`), replies are other ones than were promised: none is sent.
    """

    dataset: str
    chats: tuple[ResolvedChat, ...]
    absent: str = ""
    unavailable: bool = False

    @classmethod
    def failed(cls, dataset: str, error: Exception) -> Ranking:
        """That of a data set which couldn't be read; only our own errors' words are kept."""
        ours = isinstance(error, HandrailError)
        why = str(error) if ours else f"reading it failed with {type(error).__name__}"
        return cls(dataset, (), why, unavailable=True)

    @cached_property
    def digest(self) -> str:
        """Content hash of what ranks: it changes when a person is erased or a row is evicted."""
        return digest(canonical([(chat.id, chat.digest) for chat in self.chats]))

    def require(self, dataset: str, *, what: str) -> None:
        """Refuse to rank `what`, which was made of `dataset`, by another one."""
        if self.dataset != dataset:
            msg = f"{what} was to be ranked by another data set than its own: refused"
            raise Refused(msg)

    def retrieval(
        self, playbook: Playbook, *, region: str, release: str, encoder: Encoder | None
    ) -> Retrieval | None:
        """The indexes of `release`; None where no chat ranks."""
        if not self.chats:
            return None
        return Retrieval.of(
            playbook.templates,
            self.chats,
            region=region,
            release=release,
            dataset=self.dataset,
            encoder=encoder,
        )


def ranking_of_rows(rows: Iterable[TrainingExample], dataset: str) -> Ranking:
    """What a data set's rows rank: those of customers, for training, that people answered well.

    Their reply followed a template and nobody flagged it. Of each topic and language at most 100,
    the same ones each time.
    """
    cells: dict[tuple[str, str], list[ResolvedChat]] = defaultdict(list)
    for row in rows:
        if row.split is Split.TRAIN and row.is_answered_well:
            cells[row.topic, row.language].append(_chat(row, dataset))
    chosen = [
        chat
        for cell in cells.values()
        for chat in sorted(cell, key=lambda one: one.digest)[:ROWS_PER_CELL]
    ]
    chats = tuple(sorted(chosen, key=lambda one: one.id))
    return Ranking(dataset, chats, "" if chats else _NONE_FOLLOWED)


_NONE_FOLLOWED = "no chat of its data set was answered from a template"


def read_ranking(vault: RegionVault, dataset: Artifact, *, access: Access) -> Ranking:
    """What a stored data set ranks today; opened in the vault, on record.

    Of a person who was erased there is no row, and none that the region's data set no longer
    holds: what evicted it there (a reopening, an opt-out) holds here too. `AccessDenied` where the
    policy has no rule for the purpose.
    """
    rows, _ = read_version(vault, dataset, access=access)
    last = last_version(vault)
    if last is not None and last.digest != dataset.digest:
        held = read_lists(vault, last, access=access).entries
        rows = tuple(row for row in rows if row.example_id in held)
    return ranking_of_rows(rows, dataset.digest)


def ranking_at_hand(vault: RegionVault, dataset: str, *, access: Access) -> Ranking:
    """What ranks while serving; where the data set can't be read, none, and the reason why.

    Whatever fails, serving goes on with drafts. `dataset` is a content hash.
    """
    try:
        artifact = kept_dataset(vault.lineage, dataset)
        return read_ranking(vault, artifact, access=access)
    except Exception as error:  # noqa: BLE001 - a draft for a person is better than no answer
        return Ranking.failed(dataset, error)


def kept_dataset(lineage: Lineage, dataset: str) -> Artifact:
    """The data set of that content hash; `Refused` where the region has none, or destroyed it."""
    artifact = lineage.made(DATASET, dataset)
    if artifact is None or artifact.object_id is None:
        msg = f"data set {short(dataset)} is not in this region: restore it from a backup"
        raise Refused(msg)
    if artifact.object_id in lineage.destructions.all():
        msg = f"data set {short(dataset)} was destroyed: the next release has another one"
        raise Destroyed(msg)
    return artifact


def _chat(row: TrainingExample, dataset: str) -> ResolvedChat:
    return ResolvedChat(
        id=row.example_id,
        digest=digest(canonical(row)),
        dataset=dataset,
        region=row.region,
        language=row.language,
        topic=row.topic,
        template=row.template or "",
        message=row.message,
    )
