"""The simulated world has the shares it claims, so that a run on it means something (R1)."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from handrail.conversations.model import Conversation, FlagLabel, SetBy, Status
from handrail.playbook.model import Playbook
from handrail.simulate.answer_key import AnswerKey
from handrail.simulate.plan import MISSED_KINDS, OTHER_TOPIC, VIOLATIONS
from tests.simulate.conftest import CHATS, Simulated

Pair = tuple[Conversation, AnswerKey]


def _has_missing_tag(pair: Pair) -> bool:
    c = pair[0]
    return None in (c.topic, c.product_area, c.severity, c.channel, c.language)


def _is_mislabeled(pair: Pair) -> bool:
    topic = pair[0].topic
    return topic is not None and topic.value != (pair[1].topic or OTHER_TOPIC)


@pytest.mark.parametrize(
    ("what", "holds", "share"),
    [
        (
            "called resolved",
            lambda p: p[0].outcome.status in {Status.RESOLVED, Status.CLOSED},
            0.78,
        ),
        ("abandoned", lambda p: p[0].outcome.status is Status.ABANDONED, 0.09),
        ("escalated", lambda p: p[0].outcome.escalated, 0.09),
        ("reopened", lambda p: bool(p[0].outcome.reopened_at), 0.055),
        ("rated", lambda p: p[0].outcome.csat is not None, 0.40),
        ("known customer", lambda p: bool(p[0].customer.known), 0.70),
        ("drafted by the AI", lambda p: bool(p[1].flags), 0.08),
        ("wrong topic label", _is_mislabeled, 0.03),
        ("missing tag", _has_missing_tag, 0.015),
        ("out of scope", lambda p: p[1].topic is None, 0.03),
        ("ambiguous", lambda p: p[1].is_ambiguous, 0.03),
        ("policy broken", lambda p: p[1].violation is not None, 0.02),
        ("missed kind", lambda p: any(x.missed_kind for x in p[1].planted), 0.008),
        ("no training", lambda p: p[0].customer.opted_out_of_training, 0.010),
        ("no AI", lambda p: p[0].customer.opted_out_of_ai, 0.005),
    ],
)
def test_share_is_as_stated(simulated: Simulated, what: str, holds, share: float) -> None:  # type: ignore[no-untyped-def]
    found = sum(holds(pair) for pair in simulated.pairs()) / CHATS
    four_deviations = 4 * (share * (1 - share) / CHATS) ** 0.5
    assert abs(found - share) <= four_deviations, f"{what}: {found:.4f}"


def test_tags_are_the_exports_and_come_from_the_playbook(
    simulated: Simulated, example_playbook: Playbook
) -> None:
    for chat, _ in simulated.pairs():
        for tag in (chat.topic, chat.product_area, chat.severity, chat.channel, chat.language):
            assert tag is None or (tag.set_by is SetBy.EXPORT and tag.confidence is None)
        if chat.topic and chat.product_area and chat.topic.value != OTHER_TOPIC:
            topic = example_playbook.topics[chat.topic.value]
            assert chat.product_area.value == topic.product_area


def test_every_topic_of_the_playbook_occurs_in_every_region_and_language(
    simulated: Simulated, example_playbook: Playbook
) -> None:
    topics = defaultdict(set)
    for chat, key in simulated.pairs():
        topics[chat.region, key.language].add(key.topic)
    languages = {("eu", language) for language in ("en", "de", "fr", "es")}
    assert set(topics) == languages | {("us", "en")}
    assert all(found >= set(example_playbook.topics) for found in topics.values())


def test_people_are_less_content_when_nothing_was_solved(simulated: Simulated) -> None:
    stars = defaultdict(list)
    for chat, key in simulated.pairs():
        if chat.outcome.csat is not None:
            stars[key.resolved].append(chat.outcome.csat)
    mean = {resolved: sum(s) / len(s) for resolved, s in stars.items()}
    assert mean[True] > 4 > 3 > mean[False]


def test_reviewers_err_sometimes_and_revise_some_of_it(simulated: Simulated) -> None:
    first = [
        (flag, key.flags[flag.flag_id])
        for chat, key in simulated.pairs()
        for flag in chat.flags
        if flag.revision == 0
    ]
    wrong = sum(flag.label is not truth for flag, truth in first) / len(first)
    assert 0 < wrong < 0.12
    revised = [f for chat, _ in simulated.pairs() for f in chat.flags if f.revision == 1]
    assert revised
    assert {flag.label for flag, _ in first} == set(FlagLabel)


def test_every_kind_of_violation_and_of_missed_value_occurs(simulated: Simulated) -> None:
    violations = Counter(key.violation for _, key in simulated.pairs() if key.violation)
    assert set(violations) == set(VIOLATIONS)
    kinds = {p.kind for _, key in simulated.pairs() for p in key.planted if p.missed_kind}
    assert kinds <= set(MISSED_KINDS)
    assert len(kinds) >= 4


def test_violations_are_typed_as_the_playbook_types_them(example_playbook: Playbook) -> None:
    for language, banned in example_playbook.boundaries.banned.items():
        assert set(VIOLATIONS) <= set(banned), language


def test_openings_differ(simulated: Simulated) -> None:
    openings = Counter(chat.turns[0].text for chat, _ in simulated.pairs())
    bot_greeted = sum(chat.turns[0].role.value == "bot" for chat, _ in simulated.pairs())
    assert len(openings) > 0.95 * (CHATS - bot_greeted)
