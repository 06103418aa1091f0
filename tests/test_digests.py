"""Content hashing of what is too long to hold."""

from __future__ import annotations

from typing import Any

import pytest

from handrail.digests import digest, digest_of_lists


@pytest.mark.parametrize(
    "lists",
    [
        [],
        [[]],
        [[], [], []],
        [[{"b": 1, "a": None}, {"a": "ü, ]"}], [], ["x"]],
        [[1, 2.5, "three"], [[4, [5]], True]],
    ],
)
def test_items_one_at_a_time_give_the_digest_of_the_whole(lists: list[list[Any]]) -> None:
    """R47: an id does not depend on how its content was read."""
    found, lengths = digest_of_lists(iter(items) for items in lists)
    assert found == digest(lists)
    assert lengths == [len(items) for items in lists]
