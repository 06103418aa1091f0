"""What the redaction bench counts, against figures worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.labeled.report import System, metrics, tables
from bench.labeled.scoring import Score, over_families, score
from bench.labeled.sets import FAMILIES, each_text_once, read_sets
from bench.redaction import spans


def row(text: str, *gold: tuple[str, str], **more: Any) -> dict[str, Any]:
    """A labeled message; each gold value stands in it once."""
    marks = [
        {"start": text.index(value), "end": text.index(value) + len(value), "label": label}
        for value, label in gold
    ]
    return {"text": text, "spans": marks, "locale": "en", **more}


def taken(text: str, *values: str) -> list[tuple[int, int, str]]:
    return [(text.index(value), text.index(value) + len(value), "ANY") for value in values]


CARD = row("card 4111-1111, for Ann Lee", ("4111-1111", "CREDIT_CARD"), ("Ann Lee", "PERSON"))
DATED = row("on May 3 to Rome", ("May 3", "OTHER"))
CLEAN = row("the red boots please")


def test_a_value_leaks_when_one_letter_stays_whatever_its_label() -> None:
    """R31: of two values one lacks its last digit; its hyphen needn't be taken."""
    text = CARD["text"]
    found = [*taken(text, "4111"), (10, 13, "ANY"), *taken(text, "Ann Lee")]
    one = score([CARD], [found])
    assert (one.values, one.leaked.total(), one.leak) == (2, 1, 50.0)
    assert one.by_label()["PERSON"].leak == 0.0
    assert one.by_label()["CREDIT_CARD"].leak == 100.0
    whole = score([CARD], [[*taken(text, "4111"), (10, 14, "ANY"), *taken(text, "Ann Lee")]])
    assert whole.leak == 0.0


def test_precision_counts_letters_and_digits_outside_neutral_spans() -> None:
    """R31: 8 digits and 6 letters are right, "card" and "to" wrong, the date counts for nothing."""
    rows = [CARD, DATED]
    found = [
        taken(CARD["text"], "card 4111-1111", "Ann Lee"),
        taken(DATED["text"], "May 3 to"),
    ]
    one = score(rows, found)
    assert (one.right, one.wrong) == (14, 6)
    assert one.char_precision == pytest.approx(70.0)


def test_a_message_with_neutral_values_only_is_clean_and_touched_outside_them() -> None:
    """R31: two clean messages; a date alone taken touches neither."""
    rows = [CARD, DATED, CLEAN]
    assert score(rows, [[], taken(DATED["text"], "May 3"), []]).clean_touched == 0.0
    one = score(rows, [[], taken(DATED["text"], "May 3 to"), taken(CLEAN["text"], " ")])
    assert (one.clean, one.touched, one.clean_touched) == (2, 1, 50.0)


def test_overlapping_and_outlying_spans_count_once() -> None:
    """R31: a character is taken once; a span past the end ends with the text."""
    text = CLEAN["text"]
    one = score([CLEAN], [[(4, 7, "A"), (4, 7, "B"), (14, len(text) + 9, "A")]])
    assert one.wrong == len("red") + len("please")


def test_what_there_is_none_of_is_not_a_figure() -> None:
    """R31: no values, no leak; no clean messages, none touched; nothing is no zero."""
    assert score([CLEAN], [[]]).leak is None
    assert score([CLEAN], [[]]).char_precision is None
    assert score([CARD], [[]]).clean_touched is None
    assert score([CARD], [[]]).char_precision == 100.0
    mixed = {"a": score([CARD], [[]]), "b": score([CLEAN], [[]])}
    assert over_families(mixed, "leak", families=[("a",)]) == 100.0
    assert over_families(mixed, "leak", families=[("a", "b")]) is None
    assert over_families(mixed, "leak", families=[("a",), ("c",)]) is None


def test_scores_add_up_and_slices_stand_apart() -> None:
    """R31: two sets together, and the slice of one."""
    sliced = row("call 555 0100", ("555 0100", "PHONE"))
    sliced["spans"][0]["slice"] = "spoken"
    both = score([CARD], [[]]) + score([sliced], [taken(sliced["text"], "555 0100")])
    assert (both.messages, both.values) == (2, 3)
    assert both.leak == pytest.approx(200 / 3)
    assert list(both.by_slice()) == ["spoken"]
    assert both.by_slice()["spoken"].leak == 0.0


def test_spans_are_counted_per_row() -> None:
    """R31: a list too few is an error, never a shorter measurement."""
    with pytest.raises(ValueError, match="shorter"):
        score([CARD, CLEAN], [[]])


def test_conversations_are_read_as_they_were_said(tmp_path: Path) -> None:
    """R31: rows with turns belong together by conversation, others stand alone."""
    turned = [row("hi", conv=1, turn=0), row("yes", conv=1, turn=1), row("no", conv=2, turn=0)]
    alone = [row("hi", conv="a"), row("a\u2028b", conv="a")]
    for name, rows in (("turned", turned), ("alone", alone)):
        lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in rows)
        (tmp_path / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    read = {one.name: one for one in read_sets(tmp_path, limit=None)}
    assert [len(chat) for chat in read["turned"].conversations] == [2, 1]
    assert [len(chat) for chat in read["alone"].conversations] == [1, 1]
    chats = [chat for one in read.values() for chat in one.conversations]
    assert [[said["text"] for said in chat] for chat in each_text_once(chats)] == [
        ["hi"], ["a\u2028b"], ["yes"], ["no"],
    ]  # fmt: skip
    assert [len(one.rows) for one in read_sets(tmp_path, limit=1)] == [1, 1]


def families(leaked: dict[str, int]) -> dict[str, Score]:
    """Ten people in each set of the families, some of whom leak, and two clean messages."""
    person = ("PERSON", "")
    scores = {}
    for name in (one for family in FAMILIES for one in family):
        one = Score(messages=12, clean=2, touched=1, right=9, wrong=1)
        one.gold[person], one.leaked[person] = 10, leaked.get(name, 0)
        scores[name] = one
    return scores


def test_the_headline_is_the_mean_of_three_families() -> None:
    """R31: one of four languages that leaks all is a quarter of its family, a twelfth of all."""
    system = System("Ours", "redaction.", "", families({"chat_hard_de": 10}), None)
    figures = system.headline()
    assert figures["leak"] == pytest.approx(100 / 12)
    assert figures["char_precision"] == pytest.approx(90.0)
    assert figures["clean_touched"] == pytest.approx(50.0)
    assert figures["identifier_leak"] is None
    assert "redaction.chat_hard_de.label.PERSON.leak" in [m["metric"] for m in metrics(system)]


def test_a_missing_set_makes_no_headline() -> None:
    """R31: without one language there is no mean, and no metric that looks like one."""
    scores = families({})
    del scores["chat_hard_fr"]
    system = System("Ours", "redaction.", "", scores, None)
    assert system.headline()["leak"] is None
    assert "redaction.leak" not in [m["metric"] for m in metrics(system)]
    assert "goal" in tables([system])


def test_goals_stand_beside_what_they_are_for() -> None:
    """R31: a peer's figure, or ours with the profile, never looks as if it met our goal."""
    for has_goals in (True, False):
        system = System("One", "redaction.", "noted", families({}), None, has_goals=has_goals)
        leak = next(m for m in metrics(system) if m["metric"] == "redaction.leak")
        assert leak["note"] == ("noted; goal <= 5" if has_goals else "noted")


def test_identifiers_are_counted_over_all_sets() -> None:
    """R31: two numbers in different sets, one of them left; the person beside them isn't one."""
    left, right = score([CARD], [[]]), score([CARD], [taken(CARD["text"], "4111-1111")])
    system = System("Ours", "redaction.", "", {"a": left, "b": right}, None)
    assert system.headline()["identifier_leak"] == 50.0


def test_an_outside_scorer_gets_spans_per_message_of_a_conversation() -> None:
    """R32: the profile's name is taken where it stands; offsets are the message's own."""
    assert spans.is_conv is True  # type: ignore[attr-defined]
    chat = [row("hello"), row("parcel for rumpel stilz please")]
    plain, named = spans(chat, {"name": "Rumpel Stilz"}, "en")
    assert plain == []
    assert [(start, end) for start, end, _ in named] == [(11, 23)]
