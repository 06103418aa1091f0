"""R36, R38: wherever sealed bytes lie, the same calls do the same."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from handrail.errors import BadInput, Refused, Tampered
from handrail.settings import PROJECT
from handrail.vault import s3_store
from handrail.vault.files import AlreadyThere
from handrail.vault.stores import Changed, Missing, Store
from tests.vault.stores.conftest import Shelf

KEY = "raw_chats/2026-01-05/0123456789abcdef"
MIB = 1024 * 1024
NO_KEYS = [
    "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/.", ".a", "a/.b", "a b", "a\nb",
    "a\x00b", "a\n", "\u00e4", "a%2fb", "a\\b", "a?b", "a#b", "a*",
]  # fmt: skip


def whole(store: Store, key: str = KEY) -> bytes:
    with store.open(key) as blob:
        return blob.read(0, blob.size)


@pytest.mark.parametrize(
    "chunks", [[], [b""], [b"a"], [b"a", b"", b"bc"], [b"x" * 70_000, b"y" * 70_000]]
)
def test_what_was_created_is_what_is_read(store: Store, shelf: Shelf, chunks: list[bytes]) -> None:
    store.create(KEY, chunks)
    expected = b"".join(chunks)
    assert whole(store) == expected
    assert store.read(KEY).data == expected
    assert whole(shelf.open()) == expected
    assert shelf.lies_there() == {KEY: expected}


def test_a_blob_is_never_overwritten(store: Store, shelf: Shelf) -> None:
    store.create(KEY, [b"first"])
    with pytest.raises(AlreadyThere, match="never overwritten"):
        store.create(KEY, [b"second"])
    assert whole(shelf.open()) == b"first"


def test_of_several_creators_at_once_exactly_one_wins(shelf: Shelf) -> None:
    stores = [shelf.open() for _ in range(4)]
    for attempt in range(3):
        key = f"{KEY}{attempt}"

        def create(n: int, key: str = key) -> int | None:
            try:
                stores[n % 4].create(key, [b"by writer %d" % n])
            except AlreadyThere:
                return None
            return n

        with ThreadPoolExecutor(8) as pool:
            won = [n for n in pool.map(create, range(8)) if n is not None]
        assert len(won) == 1
        assert whole(stores[0], key) == b"by writer %d" % won[0]


def test_a_version_is_replaced_once(store: Store, shelf: Shelf) -> None:
    """R37: of two that re-wrap the same sidecar, the slower one is told to read it again."""
    store.create(KEY, [b"one"])
    first = store.read(KEY)
    store.replace(KEY, b"two", version=first.version)
    with pytest.raises(Changed, match="read it again"):
        shelf.open().replace(KEY, b"three", version=first.version)
    second = store.read(KEY)
    assert second.data == b"two"
    store.replace(KEY, b"three", version=second.version)
    assert whole(shelf.open()) == b"three"


def test_of_several_replacements_at_once_none_is_lost(shelf: Shelf) -> None:
    """Each adds one to a number, as often as it takes."""
    stores = [shelf.open() for _ in range(4)]
    stores[0].create(KEY, [b"0"])

    def add_one(store: Store) -> None:
        for _ in range(200):
            found = store.read(KEY)
            try:
                store.replace(KEY, b"%d" % (int(found.data) + 1), version=found.version)
            except Changed:
                continue
            return
        raise AssertionError

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_one, stores * 3))
    assert whole(stores[0]) == b"12"


def test_what_is_gone_is_not_replaced(store: Store) -> None:
    store.create(KEY, [b"one"])
    found = store.read(KEY)
    store.delete(KEY)
    with pytest.raises(Changed):
        store.replace(KEY, b"two", version=found.version)
    assert list(store.listing()) == []


def test_a_blob_is_deleted_once_or_twice(store: Store, shelf: Shelf) -> None:
    store.create(KEY, [b"one"])
    store.create(KEY + ".key", [b"its sidecar"])
    store.delete(KEY)
    store.delete(KEY)
    shelf.open().delete(KEY)
    assert shelf.lies_there() == {KEY + ".key": b"its sidecar"}
    store.create(KEY, [b"again"])
    assert whole(store) == b"again"


@pytest.mark.parametrize("look", [whole, lambda store: store.read(KEY)], ids=["open", "read"])
def test_a_missing_blob_is_named(store: Store, look: Callable[[Store], object]) -> None:
    with pytest.raises(Missing, match=f"object {KEY} is not in the store: restore it"):
        look(store)


def test_every_key_is_listed_in_order(
    store: Store, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over several pages; what the store keeps for itself is no blob."""
    monkeypatch.setattr(s3_store, "PAGE", 3)
    keys = ["a-b/c", "a.b/c", "a/b.key", "a/b/c", "B/1", "b/10", "b/9"]
    for key in random.Random(1).sample(keys, len(keys)):
        store.create(key, [key.encode()])
    assert list(store.listing()) == sorted(keys) == list(shelf.open().listing())
    assert sorted(shelf.lies_there()) == sorted(keys)


def test_an_empty_store_lists_nothing(store: Store) -> None:
    assert list(store.listing()) == []


def test_any_range_can_be_read_in_any_order(store: Store) -> None:
    rng = random.Random(7)
    data = rng.randbytes(300_000)
    store.create(KEY, [data])
    with store.open(KEY) as blob:
        assert blob.size == len(data)
        position = 0
        for _ in range(60):
            offset = position if rng.random() < 0.6 else rng.randrange(len(data))
            length = min(rng.choice([0, 1, 20, 4096, 65_536]), len(data) - offset)
            assert blob.read(offset, length) == data[offset : offset + length]
            position = offset + length
        assert blob.read(len(data), 0) == b""


@pytest.mark.parametrize(("offset", "length"), [(0, 6), (4, 2), (5, 1), (9, 1)])
def test_more_than_there_is_was_truncated(store: Store, offset: int, length: int) -> None:
    store.create(KEY, [b"12345"])
    with store.open(KEY) as blob, pytest.raises(Tampered, match=f"object {KEY} was truncated"):
        blob.read(offset, length)


@pytest.mark.parametrize("large", [False, True])
def test_an_interrupted_create_leaves_nothing(store: Store, shelf: Shelf, large: bool) -> None:
    """Whatever was taken before it broke off is neither stored nor left behind."""

    def chunks() -> Iterator[bytes]:
        yield b"x" * (9 * MIB if large else 9)
        raise Refused("no more")

    with pytest.raises(Refused, match="no more"):
        store.create(KEY, chunks())
    assert (shelf.lies_there(), shelf.waits()) == ({}, [])
    with pytest.raises(Missing):
        whole(store)
    store.create(KEY, [b"whole"])
    assert whole(store) == b"whole"
    assert shelf.waits() == []


def test_a_key_that_climbs_hides_or_quotes_is_refused(store: Store, shelf: Shelf) -> None:
    """R38: no key reaches another region's place."""
    for key in NO_KEYS:
        calls: list[Callable[[], object]] = [
            lambda key=key: store.create(key, [b""]),
            lambda key=key: whole(store, key),
            lambda key=key: store.read(key),
            lambda key=key: store.replace(key, b"", version="x"),
            lambda key=key: store.delete(key),
        ]
        for call in calls:
            with pytest.raises(BadInput, match="a key is names of letters"):
                call()
    assert shelf.lies_there() == {}


def test_a_large_blob_takes_no_more_memory_than_a_small_one(shelf: Shelf) -> None:
    """R12: 96 MiB there and back in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.vault.stores.child", "96", *shelf.child()],
        capture_output=True, text=True, check=False, cwd=PROJECT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 48, f"the peak grew by {done.stdout} MiB"
