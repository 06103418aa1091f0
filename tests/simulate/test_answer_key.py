"""The answer key tells the truth about every chat: leaks can be counted and found (R33, R36)."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from handrail.agent.types import Action
from handrail.conversations.model import Channel, FlagLabel, Role
from handrail.errors import BadInput, Withheld
from handrail.playbook.model import Playbook
from handrail.simulate.answer_key import AnswerKey, Planted, canaries, read_answer_key
from handrail.simulate.data import lines, read
from handrail.simulate.plan import ABUSIVE
from tests.simulate.conftest import Simulated


def test_every_planted_value_stands_where_the_key_says(simulated: Simulated) -> None:
    """In every export, JSONL or CSV, and in every state of a chat."""
    places = set()
    for chat, key in simulated.every_state():
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
    for files in simulated.files.values():
        export, pairs = next(iter(files.items()))
        content = gzip.decompress(export.path.read_bytes())
        values = canaries(key for _, key in pairs)
        assert len(values) > 30
        found = [value for value in values if value.encode() in content]
        assert len(found) == len(values)
        assert all(len(value) >= 8 for value in values)


def test_no_canary_is_a_word_of_the_playbook(
    simulated: Simulated, example_playbook: Playbook
) -> None:
    """R36: a canary found in the home is a leak, not something the company wrote itself."""
    written = repr(example_playbook).casefold()
    planted = canaries(key for _, key in simulated.pairs())
    assert len(planted) > 1000
    assert not [value for value in planted if value.casefold() in written]


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
        if topic is None or topic.regulated or chat.customer.opted_out_of_ai or key.poison:
            assert key.right_action is Action.HAND_OFF
        else:
            assert key.right_action is (Action.DRAFT if key.is_ambiguous else Action.SEND)
    assert seen == set(Action)


def test_truly_resolved_means_done_and_not_reopened_within_a_week(simulated: Simulated) -> None:
    for chat, key in simulated.every_state():
        closed, reopened = chat.outcome.closed_at, chat.outcome.reopened_at
        assert not (key.resolved and closed is None)
        if key.resolved and closed is not None:
            assert all((at - closed).days >= 7 for at in reopened)


def test_every_flag_has_its_right_label_in_the_key(simulated: Simulated) -> None:
    """R22: whatever the reviewer said, and in every export from the flag's week on."""
    labels = set()
    for chat, key in simulated.every_state():
        assert {flag.flag_id for flag in chat.flags} == set(key.flags)
        for flag in chat.flags:
            assert chat.turns[flag.turn_index].role is Role.BOT
            labels.add(key.flags[flag.flag_id])
    assert labels == set(FlagLabel)


def test_the_key_names_a_violation_exactly_where_an_agent_says_one(simulated: Simulated) -> None:
    for chat, key in simulated.every_state():
        said = {
            kind
            for turn in chat.turns
            if turn.role is Role.AGENT
            for kind, written in _violations(key.language)
            if written.search(turn.text)
        }
        meant = {key.violation} if key.violation else set()
        is_as_written = key.poison is None and chat.channel and chat.channel.value != Channel.VOICE
        assert said == meant if is_as_written else said <= meant, chat.conversation_id
        assert key.is_abusive_agent == (key.violation == ABUSIVE)


@cache
def _violations(language: str) -> list[tuple[str, re.Pattern[str]]]:
    """Every way to say each type."""
    blocks = read(f"phrases/{language}.yaml")["violations"].items()
    return [(kind, _any_of(lines(block))) for kind, block in blocks]


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the phrases with any of its choices, whatever their case."""
    whole = "|".join(re.escape(phrase) for phrase in phrases)
    chosen = re.sub(r"\\\[(.*?)\\\]", lambda m: f"(?:{m[1].replace(chr(92) + '|', '|')})", whole)
    return re.compile(chosen.replace("(?:|", "(?:"), re.IGNORECASE)


def test_an_edit_is_a_template_that_an_agent_sent_with_other_words(
    simulated: Simulated, example_playbook: Playbook
) -> None:
    """R27, R30: the turn keeps its template's label, and the key names the editor and the worth."""
    edits = 0
    for chat, key in simulated.every_state():
        edited = {edit.turn for edit in key.edits}
        for turn in chat.turns:
            if turn.template is None or turn.role is not Role.AGENT:
                continue
            assert (_around_a_draft(key.language).search(turn.text) is not None) == (
                turn.index in edited
            ), (turn.text, edited)
            if turn.index in edited:
                first = example_playbook.template(turn.template).text.split("{")[0]
                assert first in turn.text
        for edit in key.edits:
            edits += 1
            assert chat.turns[edit.turn].role is Role.AGENT
            assert edit.helps or key.violation == "promising_outcome"
    assert edits > 40


@cache
def _around_a_draft(language: str) -> re.Pattern[str]:
    raw = read(f"phrases/{language}.yaml")
    blocks = (*raw["edits"].values(), raw["violations"]["promising_outcome"])
    return _any_of(line for block in blocks for line in lines(block))


def test_poisoned_accounts_repeat_the_same_claim_many_times(simulated: Simulated) -> None:
    """R16: a handful of customers, each with one claim word by word, and agents who fall for it."""
    claims = defaultdict(list)
    for chat, key in simulated.pairs():
        if key.poison is not None:
            text = next(
                turn.text
                for turn in chat.turns
                if turn.role is Role.CUSTOMER and _claim(key, turn.text)
            )
            claims[chat.customer.customer_id, key.poison].append((_claim(key, text), key.violation))
    assert None not in {customer for customer, _ in claims}
    assert {kind for _, kind in claims} == {"instruction", "false_fact", "prohibited_discount"}
    assert 6 <= len(claims) <= 12
    assert max(len(said) for said in claims.values()) >= 8
    assert all(len({claim for claim, _ in said}) == 1 for said in claims.values())
    believed = [violation is not None for said in claims.values() for _, violation in said]
    assert 0.2 < sum(believed) / len(believed) < 0.8


def _claim(key: AnswerKey, text: str) -> str | None:
    told = read(f"phrases/{key.language}.yaml")["poison"][key.poison]["claims"]
    return next((claim for claim in lines(told) if claim in text), None)


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
        edits=(),
        poison=None,
        aside_language=None,
        has_paste=False,
        planted=planted,
    )
