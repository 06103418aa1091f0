"""The answer key tells the truth about every chat: leaks can be counted and found (R33, R36)."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from handrail.agent.types import Action
from handrail.conversations.model import FlagLabel, Role
from handrail.errors import BadInput, Withheld
from handrail.playbook.model import Playbook
from handrail.simulate.answer_key import AnswerKey, Planted, canaries, read_answer_key
from handrail.simulate.data import lines, read
from handrail.simulate.plan import ABUSIVE
from tests.simulate.conftest import Simulated


def test_answer_key_covers_exactly_the_exported_conversations(simulated: Simulated) -> None:
    for region, chats in simulated.chats.items():
        assert list(simulated.keys[region]) == [chat.conversation_id for chat in chats]


def test_every_planted_value_stands_where_the_key_says(simulated: Simulated) -> None:
    places = set()
    for chat, key in simulated.pairs():
        for planted in key.planted:
            places.add(planted.place)
            where = {
                "turn": [chat.turns[planted.turn].text],
                "note": [chat.turns[planted.turn].text],
                "flag": [flag.reason for flag in chat.flags if flag.turn_index == planted.turn],
                "action": [
                    str(value)
                    for action in chat.actions
                    if action.after_turn == planted.turn
                    for value in action.arguments.values()
                ],
            }[planted.place]
            assert any(planted.value in text for text in where), (
                chat.conversation_id,
                planted.kind,
            )
            is_private = chat.turns[planted.turn].is_private
            assert is_private == (planted.place == "note") or planted.place == "action"
    assert places == {"turn", "note", "flag", "action"}


def test_no_personal_value_of_the_customer_stands_unlisted_in_the_text(
    simulated: Simulated,
) -> None:
    for chat, key in simulated.pairs():
        listed = {p.value.casefold() for p in key.planted}
        text = "\n".join(turn.text for turn in chat.turns)
        for kind, values in chat.customer.known.items():
            for value in values:
                if value in text:
                    assert value.casefold() in listed, (chat.conversation_id, kind)


def test_every_canary_is_found_by_a_byte_scan_of_the_raw_export(simulated: Simulated) -> None:
    """R36: the scan that must find nothing below the home does find every value here."""
    for region, keys in simulated.keys.items():
        export = gzip.decompress(simulated.summary.exports[region].read_bytes())
        values = canaries(keys.values())
        assert len(values) > 1000
        assert all(len(value) >= 8 and value.encode() in export for value in values)


def test_no_canary_is_a_word_of_the_playbook(
    simulated: Simulated, example_playbook: Playbook
) -> None:
    """R36: a canary found in the home is a leak, not something the company wrote itself."""
    written = repr(example_playbook).casefold()
    for keys in simulated.keys.values():
        assert not [value for value in canaries(keys.values()) if value.casefold() in written]


def test_planted_values_are_seen_as_whole_words_in_any_case() -> None:
    key = _key(Planted("agent_name", "Nolan", 0, "turn", False))
    assert key.visible_in("thanks nolan!") == key.planted
    assert key.visible_in("Nolanville is a town") == ()


def test_right_action_follows_scope_regulation_and_clarity(
    simulated: Simulated, example_playbook: Playbook
) -> None:
    seen = set()
    for chat, key in simulated.pairs():
        seen.add(key.right_action)
        topic = example_playbook.topics[key.topic] if key.topic else None
        if topic is None or topic.regulated or chat.customer.opted_out_of_ai:
            assert key.right_action is Action.HAND_OFF
        else:
            assert key.right_action is (Action.DRAFT if key.is_ambiguous else Action.SEND)
    assert seen == set(Action)


def test_truly_resolved_means_done_and_not_reopened_within_a_week(simulated: Simulated) -> None:
    for chat, key in simulated.pairs():
        closed, reopened = chat.outcome.closed_at, chat.outcome.reopened_at
        assert not (key.resolved and closed is None)
        if key.resolved and closed is not None:
            assert all((at - closed).days >= 7 for at in reopened)


def test_every_flag_has_its_right_label_in_the_key(simulated: Simulated) -> None:
    labels = set()
    for chat, key in simulated.pairs():
        assert {flag.flag_id for flag in chat.flags} == set(key.flags)
        for flag in chat.flags:
            assert chat.turns[flag.turn_index].role is Role.BOT
            labels.add(key.flags[flag.flag_id])
    assert labels == set(FlagLabel)


def test_the_key_names_a_violation_exactly_where_an_agent_says_one(simulated: Simulated) -> None:
    for chat, key in simulated.pairs():
        starts = {
            kind: [line.split("[")[0] for line in lines(block)]
            for kind, block in read(f"phrases/{key.language}.yaml")["violations"].items()
        }
        said = {
            kind
            for turn in chat.turns
            for kind, beginnings in starts.items()
            if turn.role is Role.AGENT and turn.text.startswith(tuple(beginnings))
        }
        assert said == ({key.violation} if key.violation else set())
        assert key.is_abusive_agent == (key.violation == ABUSIVE)


def test_missing_or_broken_answer_key_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="run `handrail simulate` first"):
        read_answer_key(tmp_path / "eu.jsonl.gz")
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(b"{}\n" * 500)[:-9])
    with pytest.raises((BadInput, Withheld)):
        read_answer_key(cut)
    plain = tmp_path / "plain.jsonl.gz"
    plain.write_bytes(b"not gzip")
    with pytest.raises(BadInput, match="not a complete gzip file"):
        read_answer_key(plain)


def test_a_malformed_key_is_not_quoted_in_the_error(tmp_path: Path) -> None:
    """R36: exceptions quote no planted value."""
    path = tmp_path / "eu.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"planted": "Wendell Kestlegate"}\n'))
    with pytest.raises(Withheld) as caught:
        read_answer_key(path)
    assert "Kestlegate" not in str(caught.value)


def _key(*planted: Planted) -> AnswerKey:
    return AnswerKey(
        conversation_id="c-1",
        language="en",
        topic="order_status",
        is_ambiguous=False,
        right_action=Action.SEND,
        resolved=True,
        violation=None,
        is_abusive_agent=False,
        flags={},
        planted=planted,
    )
