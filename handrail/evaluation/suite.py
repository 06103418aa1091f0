"""A region's evaluation suite: real transcripts, red-team prompts, policy edge cases (R17)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import yaml

from handrail.agent.types import AgentRole, Case
from handrail.conversations.wording import words
from handrail.dataset.clusters import nearly_among
from handrail.dataset.model import Split, TrainingExample
from handrail.digests import digest, short
from handrail.errors import Refused
from handrail.evaluation.content_files import written_cases
from handrail.evaluation.later_days import LATER
from handrail.evaluation.questions import EvaluationCase, Expectation, Stratum, Suite
from handrail.playbook.model import Boundary, Playbook, Use
from handrail.residency import require_region
from handrail.verdicts import Finding, holds, not_measured

RULES = Path(__file__).with_name("suite.yaml")


@dataclass(frozen=True)
class SuiteRules:
    """Minimum sizes, sampling, similarity and stand-in context, read from a YAML file."""

    minimums: Mapping[Stratum, int]
    most_real: int
    most_unlabeled: int
    values_by_slot: Mapping[str, str]
    values_by_kind: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> SuiteRules:
        """The rules in a YAML file shaped like `suite.yaml`."""
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(
            minimums={Stratum(name): size for name, size in table["minimums"].items()},
            most_real=table["most_real"],
            most_unlabeled=table["most_unlabeled"],
            values_by_slot=table["context_values"]["by_slot"],
            values_by_kind=table["context_values"]["by_kind"],
        )


def build_suite(
    test_examples: Sequence[TrainingExample],
    content: Path,
    *,
    training: Iterable[TrainingExample],
    region: str,
    languages: Sequence[str],
    playbook: Playbook,
    seed: int,
    at: datetime,
    later: date | None,
    rules: SuiteRules,
) -> Suite:
    """The suite of one region, with the findings `strata_complete` and `not_in_training`.

    `test_examples` are the redacted rows of split test, those without a topic included: they ask
    only that no rule is broken. `content` is the folder with `redteam.yaml` and `edge_cases.yaml`,
    to which the playbook's held-out examples are added. `training` are the rows the model learns or
    is calibrated on: whatever is nearly one of them is left out and counted. `at` is when the
    questions are asked; it decides which templates are valid and is no part of the suite's digest.
    Rows from the day `later` on are tagged: nothing of that time was learned.
    """
    context = _stand_ins(playbook, rules)
    test_rows = [_checked(row, region) for row in test_examples]
    candidates = [
        *(_real(row, playbook, context, at, later) for row in test_rows),
        *written_cases(content, region=region, languages=languages, context=context, at=at),
        *(_held_out(e, region, context, at) for e in playbook.boundaries.used_for(Use.HELD_OUT)),
    ]
    candidates = [c for c in _distinct(candidates) if c.case.language in languages]
    known = nearly_among([c.case.message for c in candidates], [row.message for row in training])
    fresh = [c for c, is_known in zip(candidates, known, strict=True) if not is_known]
    real = sorted((c for c in fresh if c.stratum is Stratum.REAL), key=lambda c: c.case_id)
    labeled = [c for c in real if c.expected_topic is not None]
    unlabeled = [c for c in real if c.expected_topic is None]
    real = [
        *_sampled(labeled, rules.most_real, seed),
        *_sampled(unlabeled, rules.most_unlabeled, seed),
    ]
    written = [c for c in fresh if c.stratum is not Stratum.REAL]
    cases = tuple(sorted((*real, *written), key=lambda c: (c.stratum, c.case_id)))
    removed = len(candidates) - len(fresh)
    return Suite(
        region=region,
        cases=cases,
        digest=digest([_without_time(case) for case in cases]),
        findings=(_strata(cases, rules.minimums), _not_in_training(len(cases), removed)),
    )


def _sampled(cases: list[EvaluationCase], most: int, seed: int) -> list[EvaluationCase]:
    if len(cases) <= most:
        return cases
    return random.Random(seed).sample(cases, most)  # noqa: S311 - no secret


def _checked(row: TrainingExample, region: str) -> TrainingExample:
    require_region(region, row.region, "an evaluation row")
    if row.split is not Split.TEST or row.synthetic:
        msg = f"row {row.example_id} is no real row of split test: the suite takes nothing else"
        raise Refused(msg)
    return row


def _real(
    row: TrainingExample,
    playbook: Playbook,
    context: Mapping[str, str],
    at: datetime,
    later: date | None,
) -> EvaluationCase:
    topic = playbook.topics.get(row.topic)
    tags = ["simulated"] if row.simulated else []
    if later is not None and row.day >= later:
        tags.append(LATER)
    expected = Expectation.ANSWER
    if not row.topic:
        expected = Expectation.NO_VIOLATION
    elif topic is None or topic.regulated:
        expected = Expectation.HAND_OFF
    return EvaluationCase(
        case_id=f"real.{row.example_id}",
        stratum=Stratum.REAL,
        case=Case(
            case_id=f"real.{row.example_id}",
            region=row.region,
            language=row.language,
            channel=row.channel,
            role=AgentRole.RESOLVE,
            message=row.message,
            history=(),
            context=context,
            at=at,
        ),
        expected_topic=row.topic or None,
        expected=expected,
        expected_reason=None,
        tags=tuple(tags),
    )


def _held_out(
    example: Boundary, region: str, context: Mapping[str, str], at: datetime
) -> EvaluationCase:
    """A question that tempts to one type of violation; the agent never learned from it (R16)."""
    case_id = f"boundary.{example.type}.{short(digest(example))}"
    return EvaluationCase(
        case_id=case_id,
        stratum=Stratum.REDTEAM,
        case=Case(
            case_id=case_id,
            region=region,
            language=example.language,
            channel="chat",
            role=AgentRole.RESOLVE,
            message=example.message,
            history=(),
            context=context,
            at=at,
        ),
        expected_topic=None,
        expected=Expectation.NO_VIOLATION,
        expected_reason=None,
        tags=(example.type,),
    )


def _stand_ins(playbook: Playbook, rules: SuiteRules) -> dict[str, str]:
    slots = {s.name: s for t in playbook.templates for s in t.slots if s.source == "context"}
    return {
        name: rules.values_by_slot.get(name, rules.values_by_kind[slot.kind])
        for name, slot in sorted(slots.items())
    }


def _distinct(cases: Iterable[EvaluationCase]) -> list[EvaluationCase]:
    """One case of each question: repeated questions would count twice in the intervals."""
    first: dict[tuple[str, str], EvaluationCase] = {}
    for case in sorted(cases, key=lambda c: c.case_id):
        first.setdefault((case.stratum, " ".join(words(case.case.message))), case)
    return list(first.values())


def _without_time(case: EvaluationCase) -> list[object]:
    asked = case.case
    return [
        case.case_id,
        case.stratum,
        case.expected_topic,
        case.expected,
        case.expected_reason,
        case.tags,
        [asked.region, asked.language, asked.channel, asked.role, asked.message],
        [[m.role, m.text] for m in asked.history],
        sorted(asked.context.items()),
        asked.opted_out_of_ai,
    ]


def _strata(cases: Sequence[EvaluationCase], minimums: Mapping[Stratum, int]) -> Finding:
    sizes = Counter(case.stratum for case in cases)
    measures = {str(stratum): sizes[stratum] for stratum in Stratum}
    short = [f"{s} {sizes[s]} of {least}" for s, least in minimums.items() if sizes[s] < least]
    if short:
        reason = "too few questions to judge a release: " + ", ".join(short)
        return not_measured("strata_complete", reason, blocking=True, **measures)
    reason = "every stratum has its minimum size"
    return holds("strata_complete", True, reason, blocking=True, **measures)


def _not_in_training(kept: int, removed: int) -> Finding:
    if not kept:
        return not_measured("not_in_training", "there is no question to compare", removed=removed)
    reason = f"{removed} near-duplicates of training rows were left out, {kept} questions remain"
    return holds("not_in_training", True, reason, kept=kept, removed=removed)
