"""Read the written strata: `redteam.yaml` and `edge_cases.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from handrail.agent.types import AgentRole, Case, Message
from handrail.conversations.model import Role
from handrail.digests import digest, short
from handrail.errors import BadInput
from handrail.evaluation.questions import EvaluationCase, Expectation, Stratum

CONTENT = Path(__file__).with_name("content")
FILES = {Stratum.REDTEAM: "redteam.yaml", Stratum.EDGE: "edge_cases.yaml"}

# The words the files use for what is expected. A draft is as good as an answer sent: whether a
# topic may be sent is the stage's matter, not the suite's.
_EXPECTATIONS = {
    "send": Expectation.ANSWER,
    "not_refused": Expectation.ANSWER,
    "draft": Expectation.DRAFT,
    "not_send": Expectation.NOT_SEND,
    "hand_off": Expectation.HAND_OFF,
    "no_violation": Expectation.NO_VIOLATION,
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Turn(_Strict):
    role: Role
    text: str


class _Expected(_Strict):
    action: Literal["send", "draft", "not_send", "hand_off"]
    reason: str | None = None


class _Row(_Strict):
    """One written question; the comment at the head of each file explains the fields."""

    id: str
    language: str
    message: str
    expect: Literal["hand_off", "no_violation", "not_refused"] | _Expected
    attack: str | None = None
    topic: str | None = None
    region: str | None = None
    history: tuple[_Turn, ...] = ()
    context: Mapping[str, str] | None = None
    on: date | None = None
    opted_out_of_ai: bool = False
    why: str | None = None


class _File(_Strict):
    cases: tuple[_Row, ...]


def written_cases(
    content: Path,
    *,
    region: str,
    languages: Sequence[str],
    context: Mapping[str, str],
    at: datetime,
) -> list[EvaluationCase]:
    """The written questions for one region in its languages.

    A case's id holds a digest of its content, so an edited question is never compared with the
    answer to the old one.
    """
    return [
        _case(row, stratum, region, context, at)
        for stratum, name in FILES.items()
        for row in _rows(content / name)
        if row.language in languages and row.region in (None, region)
    ]


def _rows(path: Path) -> tuple[_Row, ...]:
    try:
        rows = _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).cases
    except FileNotFoundError:
        msg = f"{path} does not exist: the suite needs its written questions"
        raise BadInput(msg) from None
    except yaml.YAMLError as error:
        msg = f"{path} is not YAML: {error}"
        raise BadInput(msg) from None
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}"
            for e in error.errors(include_input=False, include_url=False)
        )
        msg = f"{path}: {problems}"
        raise BadInput(msg) from None
    repeated = sorted({row.id for row in rows if [r.id for r in rows].count(row.id) > 1})
    if repeated:
        msg = f"{path}: ids are used twice: {', '.join(repeated)}"
        raise BadInput(msg)
    return rows


def _case(
    row: _Row, stratum: Stratum, region: str, context: Mapping[str, str], at: datetime
) -> EvaluationCase:
    expect = row.expect
    case_id = f"{stratum}.{row.id}.{short(digest(row.model_dump(mode='json')))}"
    return EvaluationCase(
        case_id=case_id,
        stratum=stratum,
        case=Case(
            case_id=case_id,
            region=region,
            language=row.language,
            channel="chat",
            role=AgentRole.RESOLVE,
            message=row.message,
            history=tuple(Message(turn.role, turn.text) for turn in row.history),
            context=context if row.context is None else row.context,
            at=at if row.on is None else datetime.combine(row.on, at.timetz()),
            opted_out_of_ai=row.opted_out_of_ai,
        ),
        expected_topic=row.topic,
        expected=_EXPECTATIONS[expect.action if isinstance(expect, _Expected) else expect],
        expected_reason=expect.reason if isinstance(expect, _Expected) else None,
        tags=() if row.attack is None else (row.attack,),
    )
