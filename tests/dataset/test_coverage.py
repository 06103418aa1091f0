"""What is missing, and how it is shown: R7."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.dataset.coverage import Cell, Coverage, coverage, planned
from handrail.dataset.heat_map import heat_map


def row(topic: str, examples: int, **changes: Any) -> dict[str, Any]:
    """A row of the mart with a floor of 30."""
    return {
        "topic": topic, "region": "eu", "language": "en", "channel": "chat", "tier": "low",
        "training_examples": examples, "examples_wanted": 30, "deficit": max(30 - examples, 0),
        "vetted_share": 0.5 if examples else None, "unflagged_share": 0.75 if examples else None,
        "mean_csat": 4.24 if examples else None, **changes,
    }  # fmt: skip


def cells(*examples: int) -> tuple[Cell, ...]:
    return coverage(row(f"topic{n:02}", count) for n, count in enumerate(examples)).cells


def test_what_lacks_most_comes_first() -> None:
    seen = coverage([row("full", 40), row("half", 12), row("none", 0)])
    assert [c.topic for c in seen.deficits] == ["none", "half"]
    assert seen.measures == {
        "cells": 3, "cells_covered": 1, "cells_without_examples": 1, "share_covered": 0.3333,
        "examples": 52, "examples_missing": 48,
    }  # fmt: skip


def test_a_cell_of_few_people_shows_neither_count_nor_deficit_nor_quality() -> None:
    """30 - 27 would tell the 3 that is suppressed."""
    seen = coverage([row("rare", 3), row("half", 12), row("none", 0)])
    assert list(seen.table(rows=9)) == [
        ("none / en / chat", "0", "30", "", "", ""),
        ("rare / en / chat", "<5", "", "", "", ""),
        ("half / en / chat", "12", "18", "50%", "75%", "4.2"),
    ]


def test_the_order_does_not_tell_small_cells_apart() -> None:
    one = coverage([row("b", 1), row("a", 4)])
    other = coverage([row("b", 4), row("a", 1)])
    assert list(one.table(rows=9)) == list(other.table(rows=9))


def test_all_small_cells_have_one_color() -> None:
    """The picture may not tell what the table suppresses."""
    pictures = {heat_map(coverage([row("rare", n)]), title="t") for n in (1, 2, 3, 4)}
    assert len(pictures) == 1
    assert pictures != {heat_map(coverage([row("rare", 5)]), title="t")}


@pytest.mark.parametrize("seen", [(), ("rare",)])
def test_the_picture_is_an_image_inside_the_text(seen: tuple[str, ...]) -> None:
    picture = heat_map(coverage(row(topic, 8) for topic in seen), title="eu coverage")
    head, _, image = picture.partition("base64,")
    assert head == "![eu coverage](data:image/png;"
    assert b64decode(image.rstrip(")")).startswith(b"\x89PNG")


def test_a_small_budget_goes_where_nothing_is_known_yet() -> None:
    """R8: never more than a cell misses, never more than the budget."""
    plan = {cell.topic: n for cell, n in planned(cells(0, 10, 28, 40), most=14, seed=1)}
    assert plan == {"topic00": 12, "topic01": 2}


def test_a_large_budget_fills_every_deficit_and_no_more() -> None:
    plan = {cell.topic: n for cell, n in planned(cells(0, 10, 28, 40), most=999, seed=1)}
    assert plan == {"topic00": 30, "topic01": 20, "topic02": 2}


def test_a_small_budget_goes_to_cells_by_a_seeded_hash_and_not_by_the_alphabet() -> None:
    """R7, R8: over seeds every one of ten empty cells has its turn, and a seed always the same."""
    empty = cells(*[0] * 10)
    got = [[c.topic for c, _ in planned(empty, most=3, seed=seed)] for seed in range(40)]
    assert got == [[c.topic for c, _ in planned(empty, most=3, seed=seed)] for seed in range(40)]
    assert all(len(topics) == 3 for topics in got)
    assert {topic for topics in got for topic in topics} == {cell.topic for cell in empty}


@given(st.lists(st.integers(0, 45), max_size=12), st.integers(0, 400))
def test_a_plan_spends_the_budget_on_the_emptiest(examples: list[int], most: int) -> None:
    there = cells(*examples)
    plan = dict(planned(Coverage(there).deficits, most=most, seed=1))
    assert sum(plan.values()) == min(most, sum(cell.deficit for cell in there))
    assert all(0 < n <= cell.deficit for cell, n in plan.items())
    after = {cell: cell.examples + plan.get(cell, 0) for cell in there}
    got = [after[cell] for cell in plan]
    short = [after[cell] for cell in there if after[cell] < cell.examples_wanted]
    assert max(got, default=0) <= min(short, default=max(got, default=0)) + 1
