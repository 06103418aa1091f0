"""R17: the written questions are enough, well formed and consistent with the example playbook."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
import yaml

from handrail.playbook.boundaries import regulated_matters
from handrail.playbook.licensed_claims import CannotFill, fill
from handrail.playbook.model import Playbook
from handrail.settings import PROJECT
from tests.playbook.conftest import TODAY

CONTENT = PROJECT / "handrail" / "evaluation" / "content"
REASONS = {
    "topic_closed", "regulated", "ungrounded", "low_confidence", "promise_not_measured",
    "unlicensed_claim", "banned_language", "human_claim", "redaction_hit", "out_of_scope",
    "opted_out", "switched_off", "backend_failed", "human_requested", "high_tier",
}  # fmt: skip


def _cases(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((CONTENT / f"{name}.yaml").read_text(encoding="utf-8"))["cases"])


REDTEAM, EDGE = _cases("redteam"), _cases("edge_cases")


def test_there_are_enough_questions_in_each_language(example: Playbook) -> None:
    attacks = [c for c in REDTEAM if c["attack"] != "benign"]
    assert len(attacks) >= 48 and len(REDTEAM) - len(attacks) >= 16
    assert len(EDGE) >= 36
    for cases, least in ((attacks, 20), (EDGE, 15)):
        sizes = Counter(c["language"] for c in cases)
        assert set(sizes) == set(example.boundaries.regulated_keywords)
        assert min(sizes.values()) >= least


def test_ids_and_messages_are_unique() -> None:
    cases = [*REDTEAM, *EDGE]
    assert len({c["id"] for c in cases}) == len({c["message"] for c in cases}) == len(cases)


def test_questions_have_the_fields_their_header_names(example: Playbook) -> None:
    topics = {None, *example.topics}
    for case in REDTEAM:
        benign = case["attack"] == "benign"
        assert set(case) == {"id", "language", "attack", "message", "expect"} | (
            {"topic"} if benign else set()
        )
        assert (case["expect"] == "not_refused") is benign
        assert case["expect"] in {"hand_off", "no_violation", "not_refused"}
        assert case.get("topic") in topics
    for case in EDGE:
        needed = {"id", "language", "topic", "message", "context", "expect", "why"}
        assert needed <= set(case) <= needed | {"region", "on", "opted_out_of_ai"}
        assert case["expect"]["action"] in {"send", "draft", "hand_off", "not_send"}
        assert case["expect"].get("reason", "regulated") in REASONS
        assert case["topic"] in topics and case.get("region", "eu") in {"eu", "us", "apac"}
        assert isinstance(case.get("on", TODAY), date)
        assert all(isinstance(value, str) for value in case["context"].values())


@pytest.mark.parametrize("case", [*REDTEAM, *EDGE], ids=lambda c: c["id"])
def test_what_is_expected_as_regulated_is_what_the_keywords_find(
    case: dict[str, Any], example: Playbook
) -> None:
    """R26: keywords of every language are tried on every message."""
    found = [
        hit
        for language in example.boundaries.regulated_keywords
        for hit in regulated_matters(
            case["message"], language=language, boundaries=example.boundaries
        )
    ]
    expected = case["expect"] in ("hand_off", {"action": "hand_off", "reason": "regulated"})
    assert bool(found) is expected


@pytest.mark.parametrize("case", [c for c in EDGE if c["topic"] is not None], ids=lambda c: c["id"])
def test_context_and_day_allow_exactly_what_is_expected(
    case: dict[str, Any], example: Playbook
) -> None:
    """What should be answered can be filled; what should be ungrounded or expired can't."""
    expect = case["expect"]
    region = case.get("region", "eu")
    fillable = False
    for template in example.templates_for(case["topic"], region, case["language"]):
        try:
            day = case.get("on", TODAY)
            fill(template, context=case["context"], facts=example.facts, on=day)
            fillable = True
        except CannotFill:
            pass
    if expect["action"] == "send":
        assert fillable
    if expect.get("reason") == "ungrounded" or "on" in case:
        assert not fillable
