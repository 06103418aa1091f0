"""`simulate` writes what intake reads: whole, canonical, reproducible (R1)."""

from __future__ import annotations

import gzip
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from handrail.conversations.model import Channel, Role, day_of, encode
from handrail.digests import canonical
from handrail.errors import BadInput
from handrail.playbook.model import Playbook
from handrail.simulate.exports import simulate
from tests.simulate.conftest import (
    CHATS,
    DAYS,
    FIRST_DAY,
    LANGUAGES,
    Simulated,
    as_exported,
    is_as_given,
    write,
)

WEEKS = [f"2026-w{week:02d}" for week in range(2, 10)]


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()
    }


def test_same_seed_gives_the_same_bytes_and_another_seed_others(
    tmp_path: Path, example_playbook: Playbook
) -> None:
    for folder, seed in (("a", 3), ("b", 3), ("c", 4)):
        write(tmp_path / folder, example_playbook, chats=250, seed=seed)
    first, again, other = (_bytes(tmp_path / folder) for folder in "abc")
    assert first == again
    assert first.keys() == other.keys()
    assert {name for name in first if first[name] == other[name]} == {
        f"{region}/mapping.yaml" for region in LANGUAGES
    }


def test_a_file_a_week_one_of_them_csv_and_the_key_of_each_beside(simulated: Simulated) -> None:
    for region, exports in simulated.summary.exports.items():
        names = [f"{week}.{'csv' if week == '2026-w04' else 'jsonl'}.gz" for week in WEEKS]
        assert [export.path.name for export in exports] == names
        for export, week in zip(exports, WEEKS, strict=True):
            folder = export.path.parent
            assert folder.name == region
            is_csv = week == "2026-w04"
            assert export.mapping == (folder / "mapping.yaml" if is_csv else None)
            keys = folder.parent / "answer_key" / region
            assert export.answer_key == keys / f"{week}.jsonl.gz"


def test_every_line_is_one_canonical_marked_record(simulated: Simulated) -> None:
    for region, exports in simulated.summary.exports.items():
        export = exports[0]
        pairs = simulated.files[region][export]
        lines = gzip.decompress(export.path.read_bytes()).splitlines()
        given = [as_exported(chat) for chat, _ in pairs if is_as_given(chat)]
        assert {encode(chat) for chat in given} <= set(lines)
        assert len(lines) - len(simulated.set_aside) <= len(pairs) <= len(lines)
        assert all((chat.region, chat.simulated) == (region, True) for chat, _ in pairs)


def test_a_chat_read_from_csv_equals_what_jsonl_gives(
    tmp_path: Path,
    example_playbook: Playbook,
    simulated: Simulated,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R2: nothing of our record is lost on the way through the CSV file and its mapping."""
    monkeypatch.setattr("handrail.simulate.shapes.CSV_WEEK", 0)
    chats = simulated.summary.chats["apac"]
    written = write(tmp_path, example_playbook, chats=chats, seed=7, regions=("apac",))
    (table,) = (e for e in simulated.summary.exports["apac"] if e.mapping)
    (jsonl,) = (e for e in written.exports["apac"] if e.path.name.startswith("2026-w04"))
    assert jsonl.mapping is None
    given = {
        chat.conversation_id: encode(as_exported(chat))
        for chat, _ in simulated.files["apac"][table]
        if is_as_given(chat)
    }
    lines = set(gzip.decompress(jsonl.path.read_bytes()).splitlines())
    assert len(given) > 40
    assert set(given.values()) <= lines


def test_chats_are_split_by_weight_and_ids_are_unique(simulated: Simulated) -> None:
    """A region with too little data is part of the picture: apac is small."""
    ids = [i for chats in simulated.last.values() for i in chats]
    unread = {key.conversation_id for _, key in simulated.set_aside}
    assert len(ids) == len(set(ids)) == CHATS - len(unread)
    assert dict(simulated.summary.chats) == {
        "eu": CHATS * 48 // 100,
        "us": CHATS * 36 // 100,
        "apac": CHATS * 16 // 100,
    }


def test_every_day_of_every_region_has_chats_and_weekends_fewer(simulated: Simulated) -> None:
    days = {FIRST_DAY + timedelta(days=n) for n in range(DAYS)}
    for chats in simulated.last.values():
        per_day = Counter(chat.day for chat, _ in chats.values())
        assert set(per_day) == days
        weekend = sum(n for day, n in per_day.items() if day.weekday() >= 5)
        assert weekend < 0.25 * sum(per_day.values())


def test_fewer_chats_than_days_leave_days_without_and_none_is_lost(
    tmp_path: Path, example_playbook: Playbook
) -> None:
    written = write(tmp_path, example_playbook, chats=40, seed=1)
    assert dict(written.chats) == {"eu": 19, "us": 15, "apac": 6}
    assert sum(len(exports) for exports in written.exports.values()) < 3 * len(WEEKS)


def test_times_are_utc_and_rise_within_a_chat_and_over_the_file(simulated: Simulated) -> None:
    for read in simulated.files.values():
        for pairs in read.values():
            starts = [chat.turns[0].at for chat, _ in pairs]
            assert starts == sorted(starts)  # type: ignore[type-var]
    for chat, _ in simulated.every_state():
        times = [turn.at for turn in chat.turns if turn.at is not None]
        assert len(times) == len(chat.turns)
        assert times == sorted(times)
        assert day_of(times[0]) == chat.day
        closed, reopened = chat.outcome.closed_at, chat.outcome.reopened_at
        if closed is not None:
            assert all(at < closed or (reopened and at >= reopened[0]) for at in times)


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
            if chat.channel and chat.channel.value != Channel.VOICE:
                assert template.text.split("{")[0] in turn.text
            used += 1
    assert used > CHATS / 3


def test_no_slot_or_choice_is_left_open_in_any_text(simulated: Simulated) -> None:
    for chat, key in simulated.every_state():
        for turn in chat.turns:
            if not (key.has_paste and turn.role is Role.CUSTOMER):
                assert not set("{}[]<>") & set(turn.text), (chat.conversation_id, turn.index)


def test_turns_have_all_roles_and_private_notes_are_agents(simulated: Simulated) -> None:
    turns = [turn for chat, _ in simulated.pairs() for turn in chat.turns]
    assert {turn.role for turn in turns} == set(Role)
    notes = [turn for turn in turns if turn.is_private]
    assert notes
    assert {turn.role for turn in notes} == {Role.AGENT}


def test_one_customer_has_one_record_but_for_an_opt_out(simulated: Simulated) -> None:
    for chats in simulated.last.values():
        known = [chat for chat, _ in chats.values() if chat.customer.customer_id]
        records = {canonical(replace(c.customer, opted_out_of_training=False)) for c in known}
        per_customer = Counter(c.customer.customer_id for c in known)
        assert len(records) == len(per_customer)
        assert sum(n > 1 for n in per_customer.values()) > len(chats) / 10


def test_a_later_week_continues_the_first_eight(
    tmp_path: Path, example_playbook: Playbook, simulated: Simulated
) -> None:
    """It can be dropped beside them: another file, other ids, some of the same customers."""
    written = write(
        tmp_path, example_playbook, chats=150, seed=7, regions=("eu",), days=7,
        first_day=date(2026, 3, 2),
    )  # fmt: skip
    (export,) = written.exports["eu"]
    assert export.path.name == "2026-w10.jsonl.gz"
    rows = gzip.decompress(export.path.read_bytes()).splitlines()
    assert len(rows) == 150
    earlier = b" ".join(encode(chat) for chat, _ in simulated.pairs())
    ids = [row.split(b'"conversation_id":"')[1].split(b'"')[0] for row in rows]
    customers = {
        row.split(b'"customer_id":"')[1].split(b'"')[0] for row in rows if b"eu-cust-" in row
    }
    assert not [one for one in ids if one in earlier]
    assert any(one in earlier for one in customers)


def test_only_the_languages_of_the_config_are_spoken(
    tmp_path: Path, example_playbook: Playbook
) -> None:
    written = simulate(
        tmp_path, regions=["eu"], languages={"eu": ["en", "de"]}, chats=120, days=7,
        first_day=FIRST_DAY, seed=1, playbook=example_playbook, progress=lambda _: None,
    )  # fmt: skip
    assert set(written.languages["eu"]) == {"en", "de"}


def test_progress_counts_up_to_all_chats(tmp_path: Path, example_playbook: Playbook) -> None:
    seen: list[int] = []
    simulate(
        tmp_path, regions=["us"], languages=LANGUAGES, chats=250, days=2, first_day=FIRST_DAY,
        seed=1, playbook=example_playbook, progress=seen.append,
    )  # fmt: skip
    assert seen == [100, 200, 250]


def test_an_interrupted_simulation_leaves_no_half_file(
    tmp_path: Path, example_playbook: Playbook
) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(
            tmp_path, regions=["us"], languages=LANGUAGES, chats=200, days=20,
            first_day=FIRST_DAY, seed=1, playbook=example_playbook, progress=stop,
        )  # fmt: skip
    assert _bytes(tmp_path) == {}


@pytest.mark.parametrize(
    ("regions", "languages", "chats", "days", "says"),
    [
        (["eu", "mars"], {"mars": ["en"]}, 200, 2, "no chats can be simulated for region 'mars'"),
        (["eu"], {"eu": ["it"]}, 200, 2, "the config lists it, and there are en, de"),
        (["eu"], {"eu": []}, 200, 2, "the config lists none"),
        ([], {}, 200, 2, "at least one region"),
        (["eu", "eu"], {}, 200, 2, "each region once"),
        (["eu"], {}, 200, 0, "at least one day"),
        (["eu"], {}, 0, 2, "at least one chat"),
    ],
)
def test_what_cannot_be_simulated_is_refused_before_anything_is_written(
    tmp_path: Path,
    example_playbook: Playbook,
    regions: list[str],
    languages: dict[str, list[str]],
    chats: int,
    days: int,
    says: str,
) -> None:
    with pytest.raises(BadInput, match=says):
        simulate(
            tmp_path, regions=regions, languages={**LANGUAGES, **languages}, chats=chats,
            days=days, first_day=date(2026, 1, 5), seed=1, playbook=example_playbook,
            progress=lambda _: None,
        )  # fmt: skip
    assert _bytes(tmp_path) == {}
