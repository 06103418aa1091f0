"""Weekly exports: what happens later stands in a later file, which replaces the earlier row."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import pytest

from handrail.conversations.intake import Accepted, Reason
from handrail.conversations.model import Conversation, Status, encode
from handrail.playbook.model import Playbook
from handrail.simulate.conversation import converse
from handrail.simulate.history import History, cut_after, monday_of
from tests.simulate.conftest import DAYS, FIRST_DAY, Simulated, reading, write

END = FIRST_DAY + timedelta(days=DAYS)


def _states(simulated: Simulated) -> list[list[Conversation]]:
    """The states of each chat in order of the exports."""
    states = defaultdict(list)
    for chat, _ in simulated.every_state():
        states[chat.conversation_id].append(chat)
    return list(states.values())


def test_read_together_the_latest_row_of_each_chat_counts(simulated: Simulated) -> None:
    """R3, R4: every row is accounted for, and a chat reopened later is known to be."""
    for region, exports in simulated.summary.exports.items():
        read = reading(exports, region)
        accepted = {
            row.conversation.conversation_id: encode(row.conversation)
            for row in read
            if isinstance(row, Accepted)
        }
        last = {i: encode(chat) for i, (chat, _) in simulated.last[region].items()}
        assert accepted == last
        counts = read.counts.reconcile()
        rows = sum(len(pairs) for pairs in simulated.files[region].values())
        aside = sum(of == region for of, _ in simulated.set_aside)
        assert counts["rows"] == rows + aside
        assert counts["accepted"] + counts[Reason.SUPERSEDED] == rows
        assert counts.get(Reason.LANGUAGE_MISMATCH, 0) == aside


def test_each_export_holds_its_week_and_of_earlier_weeks_only_what_changed(
    simulated: Simulated,
) -> None:
    for files in simulated.files.values():
        before: dict[str, bytes] = {}
        for pairs, n in zip(files.values(), range(len(files)), strict=True):
            monday = FIRST_DAY + timedelta(weeks=n)
            for chat, _ in pairs:
                row = encode(chat)
                if monday_of(chat.day) != monday:
                    assert chat.day < monday
                    assert before[chat.conversation_id] != row
                before[chat.conversation_id] = row


def test_an_export_knows_nothing_of_what_comes_after_it(simulated: Simulated) -> None:
    for files in simulated.files.values():
        for pairs, n in zip(files.values(), range(len(files)), strict=True):
            cut = cut_after(FIRST_DAY + timedelta(weeks=n), END)
            for chat, key in pairs:
                outcome = chat.outcome
                times = [turn.at for turn in chat.turns if turn.at] + [f.at for f in chat.flags]
                times += [*outcome.reopened_at, *([outcome.closed_at] if outcome.closed_at else [])]
                assert max(times) < cut
                assert all(p.turn < len(chat.turns) for p in key.planted)


def test_every_kind_of_late_change_happens(simulated: Simulated) -> None:
    """Going on, rated, flagged, reopened, topic corrected, opted out: in about a tenth of chats."""
    kinds: Counter[str] = Counter()
    states = _states(simulated)
    for rows in states:
        for old, new in pairwise(rows):
            kinds["goes on"] += old.outcome.status is Status.OPEN and len(new.turns) > len(
                old.turns
            )
            kinds["rated"] += (old.outcome.csat, old.outcome.closed_at) == (
                None,
                new.outcome.closed_at,
            ) and new.outcome.csat is not None
            kinds["flagged"] += len(new.flags) > len(old.flags)
            kinds["reopened"] += len(new.outcome.reopened_at) > len(old.outcome.reopened_at)
            kinds["corrected"] += old.topic != new.topic
            kinds["opted out"] += (
                new.customer.opted_out_of_training and not old.customer.opted_out_of_training
            )
    assert all(kinds[kind] for kind in (
        "goes on", "rated", "flagged", "reopened", "corrected", "opted out"
    )), kinds  # fmt: skip
    changed = sum(len(rows) > 1 for rows in states)
    assert 0.05 < changed / len(states) < 0.15
    assert changed == simulated.summary.changed_chats
    assert sum(len(rows) - 1 for rows in states) == simulated.summary.repeated


def test_no_more_than_a_chat_is_held_however_many_there_are(
    tmp_path: Path, example_playbook: Playbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is flat: the chat just written, and the one being made."""
    alive: WeakValueDictionary[int, History] = WeakValueDictionary()
    most: list[int] = []

    def watched(*args: Any, **rest: Any) -> History:
        made = converse(*args, **rest)
        alive[len(most)] = made
        most.append(len(alive))
        return made

    monkeypatch.setattr("handrail.simulate.exports.converse", watched)
    for chats in (100, 400):
        most.clear()
        write(tmp_path / str(chats), example_playbook, chats=chats, seed=1)
        assert len(most) == chats
        assert max(most) <= 2


def test_who_comes_back_says_so(simulated: Simulated) -> None:
    reopened = [chat for chat, _ in simulated.pairs() if chat.outcome.reopened_at]
    unread = len({key.conversation_id for _, key in simulated.set_aside})
    assert 0 <= simulated.summary.reopened - len(reopened) <= unread
    assert len(reopened) > 100
    for chat in reopened:
        assert any(turn.at == chat.outcome.reopened_at[0] for turn in chat.turns)
