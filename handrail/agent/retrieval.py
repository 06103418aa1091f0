"""Which vetted template of a topic fits a message best: BM25 and sentence vectors, exactly.

What is searched are redacted chats that people resolved with one of the templates, and the
templates' own words. A chat ranks; its reply is never read here, so nothing that was said in one
can fill a slot or license a claim. Nothing is stored: an index lives in memory, made of what the
vault opens today. R11, R40.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Self

from handrail.agent.similarity import Similarity
from handrail.agent.types import Case, Ground
from handrail.errors import Refused
from handrail.inference.encoders import Encoder
from handrail.playbook.licensed_claims import outside_slots
from handrail.playbook.model import Template
from handrail.residency import require_region

RESOLVED = "resolved"  # the kind of ground that a chat is
# On validation dialogues of `bench/star.py`: how many chats vote (each by how near it is), and what
# a template's own words add, where anything from 0.02 to 0.3 did the same.
NEIGHBORS = 20
OWN_WORDS = 0.1


@dataclass(frozen=True)
class Scope:
    """What an index holds and answers, and nothing else. `dataset` is a content hash."""

    region: str
    language: str
    release: str
    dataset: str

    def require(self, other: Scope) -> None:
        """Refuse what is of another scope: it is never left out in silence."""
        require_region(self.region, other.region, "what is searched for")
        if self != other:
            msg = (
                f"an index of {self.release} in {self.language} was asked for {other.release} in "
                f"{other.language}, or for another data set: refused"
            )
            raise Refused(msg)


@dataclass(frozen=True)
class ResolvedChat:
    """A redacted chat that people resolved, and by which template; what they replied isn't here.

    `digest` is the content hash of its row in the data set `dataset`.
    """

    id: str
    digest: str
    dataset: str
    region: str
    language: str
    topic: str
    template: str
    message: str

    @property
    def ground(self) -> Ground:
        """The chat as what ranked a template, without its words."""
        return Ground(RESOLVED, self.id, self.digest)


@dataclass(frozen=True)
class Ranked:
    """A template of a cell, how well it fits (0 to about 1), and the chats that say so."""

    template_id: str
    score: float
    chats: tuple[Ground, ...]


class Index:
    """Ranks the templates of one region and language by one release's data set.

    What is of another region, language or data set can't be put in, and a question of another scope
    is refused (R21).
    """

    def __init__(
        self,
        scope: Scope,
        *,
        templates: Iterable[Template],
        chats: Iterable[ResolvedChat],
        encoder: Encoder | None,
    ) -> None:
        self._scope = scope
        if encoder is not None and scope.language not in encoder.languages:
            msg = f"the encoder {encoder.name} doesn't read {scope.language!r}: refused"
            raise Refused(msg)
        self._encoder = encoder
        self._templates: dict[str, list[Template]] = defaultdict(list)
        self._chats: dict[str, list[ResolvedChat]] = defaultdict(list)
        self._cells: dict[str, _Cell | None] = {}
        for template in templates:
            self._require(template.region, template.language, f"template {template.id}")
            self._templates[template.topic].append(template)
        for chat in sorted(chats, key=lambda one: one.id):
            self._require(chat.region, chat.language, "a resolved chat")
            if chat.dataset != scope.dataset:
                msg = "a resolved chat is of another data set than the release's: refused"
                raise Refused(msg)
            self._chats[chat.topic].append(chat)

    def rank(self, message: str, *, topic: str, scope: Scope) -> tuple[Ranked, ...]:
        """The topic's templates, the best one first; none where no chat has anything to say.

        The topic's chats are read when it is first asked for.

        A template's own words alone don't rank: on STAR they are right less often than the most
        used template, so the playbook's order stands there.
        """
        self._scope.require(scope)
        if len(self._templates.get(topic, ())) < 2:
            return ()  # nothing to choose between, so nothing to read for it
        if topic not in self._cells:
            known = {template.id for template in self._templates[topic]}
            chats = [chat for chat in self._chats[topic] if chat.template in known]
            self._cells[topic] = (
                _Cell(self._templates[topic], chats, encoder=self._encoder) if chats else None
            )
        cell = self._cells[topic]
        return cell.rank(message) if cell else ()

    @property
    def by_words(self) -> Index:
        """The same index, which ranks by words alone."""
        return Index(
            self._scope,
            templates=chain.from_iterable(self._templates.values()),
            chats=chain.from_iterable(self._chats.values()),
            encoder=None,
        )

    def _require(self, region: str, language: str, what: str) -> None:
        require_region(self._scope.region, region, what)
        if language != self._scope.language:
            msg = f"{what} is in {language!r}, the index in {self._scope.language!r}: refused"
            raise Refused(msg)


class _Cell:
    """The templates of one topic and the chats that were resolved with them."""

    def __init__(
        self,
        templates: Sequence[Template],
        chats: Sequence[ResolvedChat],
        *,
        encoder: Encoder | None,
    ) -> None:
        self._ids = [template.id for template in templates]
        self._chats = chats
        own = [outside_slots(template.text) for template in templates]
        self._texts = Similarity([*(chat.message for chat in chats), *own], encoder=encoder)

    def rank(self, message: str) -> tuple[Ranked, ...]:
        import numpy as np

        scores = self._texts.scores(message)
        near, own = scores[: len(self._chats)], scores[len(self._chats) :]
        best = [int(at) for at in np.argsort(-near, kind="stable")[:NEIGHBORS] if near[at] > 0]
        if not best:
            return ()
        votes: dict[str, float] = defaultdict(float)
        for at in best:
            votes[self._chats[at].template] += float(near[at])
        total = sum(votes.values())
        ranked = [
            Ranked(
                name,
                votes[name] / total + OWN_WORDS * float(fit),
                tuple(self._chats[at].ground for at in best if self._chats[at].template == name),
            )
            for name, fit in zip(self._ids, own, strict=True)
        ]
        return tuple(sorted(ranked, key=lambda one: -one.score))


@dataclass(frozen=True)
class Retrieval:
    """The indexes of one release of one region, one a language."""

    region: str
    release: str
    dataset: str
    indexes: Mapping[str, Index]

    @classmethod
    def of(
        cls,
        templates: Iterable[Template],
        chats: Sequence[ResolvedChat],
        *,
        region: str,
        release: str,
        dataset: str,
        encoder: Encoder | None,
    ) -> Self:
        """An index for each language that the region has templates in.

        `encoder`, the router's, sees meaning in the languages it reads.
        """
        here: dict[str, list[Template]] = defaultdict(list)
        for template in templates:
            if template.region == region:
                here[template.language].append(template)
        indexes = {
            language: Index(
                Scope(region, language, release, dataset),
                templates=own,
                chats=[chat for chat in chats if chat.language == language],
                encoder=encoder if encoder is not None and language in encoder.languages else None,
            )
            for language, own in here.items()
        }
        return cls(region, release, dataset, indexes)

    @property
    def by_words(self) -> Retrieval:
        """The same, ranking by words alone: no message is encoded for it."""
        indexes = {language: index.by_words for language, index in self.indexes.items()}
        return replace(self, indexes=indexes)

    def rank(self, case: Case, topic: str) -> tuple[Ranked, ...]:
        """The templates of the case's cell, the best one first; refuses another region's case."""
        scope = Scope(case.region, case.language, self.release, self.dataset)
        require_region(self.region, case.region, "a case")
        index = self.indexes.get(case.language)
        return index.rank(case.message, topic=topic, scope=scope) if index else ()
