"""The simulated world has the shares it claims, so that a run on it means something (R1)."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from handrail.conversations.model import Channel, Conversation, FlagLabel, SetBy, Status
from handrail.playbook.model import Playbook
from handrail.simulate.answer_key import AnswerKey
from handrail.simulate.data import read
from handrail.simulate.plan import MISSED_KINDS, OTHER_TOPIC, VIOLATIONS
from handrail.simulate.seasons import factor
from handrail.simulate.staff import staff
from tests.simulate.conftest import CHATS, FIRST_DAY, LANGUAGES, Simulated

Pair = tuple[Conversation, AnswerKey]


def _has_missing_tag(pair: Pair) -> bool:
    c = pair[0]
    is_filled_in = any(
        tag is not None and tag.set_by in (SetBy.RULE, SetBy.MODEL)
        for tag in (c.severity, c.language)
    )
    return is_filled_in or None in (c.topic, c.product_area, c.channel, c.language)


def _is_mislabeled(pair: Pair) -> bool:
    topic = pair[0].topic
    return topic is not None and topic.value != (pair[1].topic or OTHER_TOPIC)


def _is_call(pair: Pair) -> bool:
    return pair[0].channel is not None and pair[0].channel.value == Channel.VOICE


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
        ("drafted by the AI", lambda p: bool(p[1].flags), 0.075),
        ("edited", lambda p: bool(p[1].edits), 0.024),
        ("wrong topic label", _is_mislabeled, 0.03),
        ("missing tag", _has_missing_tag, 0.015),
        ("out of scope", lambda p: p[1].topic is None, 0.03),
        ("ambiguous", lambda p: p[1].is_ambiguous, 0.03),
        ("policy broken", lambda p: p[1].violation is not None, 0.025),
        ("missed kind", lambda p: any(x.missed_kind for x in p[1].planted), 0.008),
        ("no training", lambda p: p[0].customer.opted_out_of_training, 0.014),
        ("no AI", lambda p: p[0].customer.opted_out_of_ai, 0.005),
        ("call", _is_call, 0.07),
        ("pasted log", lambda p: p[1].has_paste, 0.018),
        ("another language inside", lambda p: p[1].aside_language is not None, 0.027),
        ("poisoned", lambda p: p[1].poison is not None, 0.015),
        ("no-mix sector", lambda p: p[0].sector == "health", 0.0075),
    ],
)
def test_share_is_as_stated(simulated: Simulated, what: str, holds, share: float) -> None:  # type: ignore[no-untyped-def]
    found = sum(holds(pair) for pair in simulated.pairs()) / CHATS
    four_deviations = 4 * (share * (1 - share) / CHATS) ** 0.5
    assert abs(found - share) <= four_deviations, f"{what}: {found:.4f}"


def test_tags_are_the_exports_and_come_from_the_playbook(
    simulated: Simulated, example_playbook: Playbook
) -> None:
    for chat, _ in simulated.every_state():
        for tag in (chat.topic, chat.product_area, chat.channel):
            assert tag is None or tag.set_by is SetBy.EXPORT
        assert chat.language is None or chat.language.set_by in (SetBy.EXPORT, SetBy.MODEL)
        if chat.topic and chat.product_area and chat.topic.value != OTHER_TOPIC:
            topic = example_playbook.topics[chat.topic.value]
            assert chat.product_area.value == topic.product_area


def test_every_topic_of_the_playbook_occurs_in_every_region_and_language(
    simulated: Simulated, example_playbook: Playbook
) -> None:
    topics = defaultdict(set)
    for chat, key in simulated.pairs():
        topics[chat.region, key.language].add(key.topic)
    assert set(topics) == {(region, one) for region, spoken in LANGUAGES.items() for one in spoken}
    assert all(found >= set(example_playbook.topics) for found in topics.values())


def test_every_chat_has_a_sector_and_the_one_not_to_be_mixed_stands_between_others(
    simulated: Simulated,
) -> None:
    """R39: a label that may not mix has to be refused by name, so some chats carry it."""
    sectors = Counter(chat.sector for chat, _ in simulated.pairs())
    assert set(sectors) == {"retail", "banking", "health"}


def test_topics_move_over_the_weeks_as_the_seasons_say(simulated: Simulated) -> None:
    """R50: a wave, a strike in one region, a topic that grows."""
    by_week: dict[str, Counter[int]] = defaultdict(Counter)
    for region, chats in simulated.last.items():
        for chat, key in chats.values():
            week = chat.day.isocalendar().week
            by_week[f"{key.topic}"][week] += 1
            if key.topic in {"delivery_problem", "order_status"}:
                by_week[f"{region} deliveries"][week] += 1
    assert by_week["promo_code"][5] > 2 * by_week["promo_code"][8]
    assert by_week["return_request"][2] > 1.2 * by_week["return_request"][9]
    for region, is_struck in (("eu", True), ("us", False)):
        weeks = by_week[f"{region} deliveries"]
        assert (weeks[7] + weeks[8] > 1.3 * (weeks[3] + weeks[4])) == is_struck
    assert by_week["card_activation"][9] > 1.7 * by_week["card_activation"][2]


def test_a_season_is_linear_between_its_weeks_and_absent_outside() -> None:
    at = [factor("eu", "promo_code", FIRST_DAY + timedelta(days=n)) for n in (13, 14, 21, 35)]
    assert at == pytest.approx([1.0, 1.0, 3.2, 1.0])
    half = factor("eu", "promo_code", FIRST_DAY + timedelta(days=17))
    assert 1.0 < half < 3.2
    assert factor("us", "delivery_problem", FIRST_DAY + timedelta(days=37)) == 1.0
    known = set(read("flows.yaml"))
    assert all(set(season["topics"]) <= known for season in read("seasons.yaml")["seasons"])


def test_people_are_less_content_when_nothing_was_solved(simulated: Simulated) -> None:
    stars = defaultdict(list)
    for chat, key in simulated.pairs():
        if chat.outcome.csat is not None:
            stars[key.resolved].append(chat.outcome.csat)
    mean = {resolved: sum(s) / len(s) for resolved, s in stars.items()}
    assert mean[True] > 4 > 3 > mean[False]


def test_reviewers_err_by_their_skill_and_revise_some_of_it(simulated: Simulated) -> None:
    """R22: the careful half of them errs less than the other half."""
    first = [
        (flag, flag.label is not key.flags[flag.flag_id])
        for chat, key in simulated.pairs()
        for flag in chat.flags
        if flag.revision == 0
    ]
    assert {flag.flagged_by for flag, _ in first} == {reviewer.name for reviewer in staff()}
    wrong = sum(is_wrong for _, is_wrong in first) / len(first)
    expected = sum(r.errs * r.work for r in staff()) / sum(r.work for r in staff())
    assert abs(wrong - expected) < 0.05
    careful = {reviewer.name for reviewer in staff() if reviewer.errs <= 0.03}
    errors = {
        half: [is_wrong for flag, is_wrong in first if (flag.flagged_by in careful) == half]
        for half in (True, False)
    }
    assert 2 * sum(errors[True]) / len(errors[True]) < sum(errors[False]) / len(errors[False])
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
    pairs = simulated.pairs()
    openings = Counter(chat.turns[0].text for chat, _ in pairs)
    bot_greeted = sum(chat.turns[0].role.value == "bot" for chat, _ in pairs)
    assert len(openings) > 0.95 * (CHATS - bot_greeted)


def test_a_wrong_language_label_is_found_and_no_right_one_is_doubted(simulated: Simulated) -> None:
    """R6: the chats that intake sets aside are those the simulation mislabeled."""
    assert (
        0
        < len({key.conversation_id for _, key in simulated.set_aside})
        <= (simulated.summary.wrong_languages)
    )
    labeled = [chat.language for chat, _ in simulated.pairs()]
    wrong = [
        key
        for chat, key in simulated.pairs()
        if chat.language is not None and chat.language.value != key.language
    ]
    assert len(wrong) <= 1  # too little was said to tell
    assert sum(chat.language_verified for chat, _ in simulated.pairs()) > 0.9 * len(labeled)
