"""The result of running a suite: scores by case id, without any text, and when it is stale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache, cached_property

from pydantic import TypeAdapter

from handrail.digests import canonical, digest
from handrail.errors import without_chat_text


@dataclass(frozen=True)
class EvaluationKey:
    """Content hashes of everything a score depends on (R19).

    `dataset` is the one whose chats rank the model's templates.
    """

    model: str
    dataset: str
    prompts: str
    playbook: str
    policy: str
    routing: str
    thresholds: str
    scrubber: str
    suite: str


@dataclass(frozen=True)
class CaseScores:
    """What the agent did with one case and how that scored.

    `scores` holds every measure, None where it didn't apply. `reasons` explains the scores of 0 in
    our own words. `topic` is the label people set, or `none`.
    """

    case_id: str
    stratum: str
    topic: str
    language: str
    role: str
    action: str
    scores: Mapping[str, float | None]
    reasons: Mapping[str, str]


@dataclass(frozen=True)
class Evaluation:
    """One suite, answered by one agent.

    `asked` is the number of questions in the suite, `failed` the ids of those the agent could not
    be asked, `suite_complete` whether the suite met its minimum sizes.
    """

    region: str
    key: EvaluationKey
    suite_complete: bool
    asked: int
    failed: tuple[str, ...]
    cases: tuple[CaseScores, ...]

    @property
    def complete(self) -> bool:
        """Whether a sufficient suite was answered to the last question."""
        return self.suite_complete and not self.failed and self.asked == len(self.cases) > 0

    @cached_property
    def digest(self) -> str:
        """Content hash."""
        return digest(encode(self))

    def values(self, measure: str) -> dict[str, float]:
        """The scores of one measure by case id, where it applied."""
        pairs = ((case.case_id, case.scores.get(measure)) for case in self.cases)
        return {case_id: value for case_id, value in pairs if value is not None}


@dataclass(frozen=True)
class Unscored:
    """There is a champion, but it could not be scored."""

    reason: str


def stale_parts(evaluation: Evaluation, key: EvaluationKey) -> tuple[str, ...]:
    """What changed since the evaluation was made, by name; empty if nothing did."""
    return tuple(
        part.name
        for part in fields(EvaluationKey)
        if getattr(evaluation.key, part.name) != getattr(key, part.name)
    )


def encode(evaluation: Evaluation) -> bytes:
    """Canonical JSON."""
    return canonical(asdict(evaluation))


def decode(data: bytes) -> Evaluation:
    """The evaluation that `encode` wrote."""
    with without_chat_text("a stored evaluation"):
        return _adapter().validate_json(data)


@cache
def _adapter() -> TypeAdapter[Evaluation]:
    return TypeAdapter(Evaluation)
