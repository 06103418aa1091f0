"""`simulate` writes what intake reads: whole, canonical, reproducible (R1)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from handrail.conversations.model import Role, day_of, encode
from handrail.errors import BadInput
from handrail.playbook.model import Playbook
from handrail.simulate.exports import simulate
from tests.simulate.conftest import CHATS, DAYS, FIRST_DAY, Simulated, write


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()
    }


def test_same_seed_gives_the_same_bytes_and_another_seed_others(
    tmp_path: Path, example_playbook: Playbook
) -> None:
    for folder, seed in (("a", 3), ("b", 3), ("c", 4)):
        write(tmp_path / folder, example_playbook, chats=200, seed=seed)
    first, again, other = (_bytes(tmp_path / folder) for folder in "abc")
    folders = {"eu": "chats.jsonl.gz", "us": "chats.jsonl.gz"}
    assert set(first) == {f"{region}/{name}" for region, name in folders.items()} | {
        f"answer_key/{region}.jsonl.gz" for region in folders
    }
    assert first == again
    assert all(first[name] != other[name] for name in first)


def test_every_line_is_one_canonical_marked_record_of_its_region(simulated: Simulated) -> None:
    for region, chats in simulated.chats.items():
        assert [encode(chat) for chat in chats] == simulated.lines[region]
        assert {chat.region for chat in chats} == {region}
        assert all(chat.simulated for chat in chats)


def test_chats_are_split_evenly_and_ids_are_unique(simulated: Simulated) -> None:
    ids = [chat.conversation_id for chats in simulated.chats.values() for chat in chats]
    assert len(ids) == len(set(ids)) == CHATS
    assert dict(simulated.summary.chats) == {"eu": CHATS // 2, "us": CHATS // 2}


def test_every_day_of_every_region_has_chats_and_weekends_fewer(simulated: Simulated) -> None:
    days = {FIRST_DAY + timedelta(days=n) for n in range(DAYS)}
    for chats in simulated.chats.values():
        per_day = Counter(chat.day for chat in chats)
        assert set(per_day) == days
        busiest = max(n for day, n in per_day.items() if day.weekday() >= 5)
        assert busiest < min(n for day, n in per_day.items() if day.weekday() < 5)


def test_times_are_utc_and_rise_within_a_chat_and_over_the_file(simulated: Simulated) -> None:
    for chats in simulated.chats.values():
        starts = [chat.turns[0].at for chat in chats]
        assert starts == sorted(starts)  # type: ignore[type-var]
        for chat in chats:
            times = [turn.at for turn in chat.turns if turn.at is not None]
            assert len(times) == len(chat.turns)
            assert times == sorted(times)
            assert day_of(times[0]) == chat.day
            assert chat.outcome.closed_at is None or chat.outcome.closed_at > times[-1]


def test_templates_are_the_playbooks_filled_and_of_the_own_region_and_language(
    simulated: Simulated, example_playbook: Playbook
) -> None:
    used = 0
    for chat, key in simulated.pairs():
        for turn in chat.turns:
            if turn.template is None:
                continue
            template = example_playbook.template(turn.template)
            assert (template.region, template.language) == (chat.region, key.language)
            assert template.valid_on(chat.day)
            assert "{" not in turn.text
            assert turn.text.startswith(template.text.split("{")[0])
            used += 1
    assert used > CHATS / 2


def test_no_slot_or_choice_is_left_open_in_any_text(simulated: Simulated) -> None:
    for chat, _ in simulated.pairs():
        for turn in chat.turns:
            assert not set("{}[]<>") & set(turn.text), (chat.conversation_id, turn.index)


def test_turns_have_all_roles_and_private_notes_are_agents(simulated: Simulated) -> None:
    turns = [turn for chat, _ in simulated.pairs() for turn in chat.turns]
    assert {turn.role for turn in turns} == set(Role)
    notes = [turn for turn in turns if turn.is_private]
    assert notes
    assert {turn.role for turn in notes} == {Role.AGENT}


def test_one_customer_never_has_two_records(simulated: Simulated) -> None:
    for chats in simulated.chats.values():
        records = {
            chat.customer.customer_id: chat.customer for chat in chats if chat.customer.customer_id
        }
        assert all(
            records[chat.customer.customer_id] == chat.customer
            for chat in chats
            if chat.customer.customer_id
        )
        per_customer = Counter(chat.customer.customer_id for chat in chats)
        assert sum(n > 1 for n in per_customer.values()) > len(chats) / 10


def test_progress_counts_up_to_all_chats(tmp_path: Path, example_playbook: Playbook) -> None:
    seen: list[int] = []
    simulate(
        tmp_path, regions=["us"], chats=250, days=2, first_day=FIRST_DAY, seed=1,
        playbook=example_playbook, progress=seen.append,
    )  # fmt: skip
    assert seen == [100, 200, 250]


def test_an_interrupted_simulation_leaves_no_half_file(
    tmp_path: Path, example_playbook: Playbook
) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(
            tmp_path, regions=["us"], chats=200, days=2, first_day=FIRST_DAY, seed=1,
            playbook=example_playbook, progress=stop,
        )  # fmt: skip
    assert _bytes(tmp_path) == {}


@pytest.mark.parametrize(
    ("regions", "chats", "days", "says"),
    [
        (["eu", "us"], 27, 14, "ask for 28 or more"),
        (["eu", "moon"], 200, 2, "no chats can be simulated for region 'moon'"),
        ([], 200, 2, "at least one region"),
        (["eu", "eu"], 200, 2, "each region once"),
        (["eu"], 200, 0, "at least one day"),
    ],
)
def test_what_cannot_be_simulated_is_refused_before_anything_is_written(
    tmp_path: Path, example_playbook: Playbook, regions: list[str], chats: int, days: int, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        simulate(
            tmp_path, regions=regions, chats=chats, days=days, first_day=date(2026, 1, 5), seed=1,
            playbook=example_playbook, progress=lambda _: None,
        )  # fmt: skip
    assert _bytes(tmp_path) == {}
