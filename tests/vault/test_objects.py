"""R35-R38: objects and their sidecars as they lie in a store: touched, moved, swapped, replayed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest

from handrail.errors import HandrailError, Refused, ResidencyViolation, Swapped, Tampered
from handrail.residency import DataClass
from handrail.vault.class_keys import KeyVersionGone
from handrail.vault.floe import HEADER_BYTES, SEGMENT_BYTES
from handrail.vault.names import ObjectName, Place, Record
from handrail.vault.objects import Objects
from handrail.vault.primitives import SecretKey, new_id, new_key, seal, unseal
from handrail.vault.sidecar import Sidecar, WrappedKey, sidecar_key
from handrail.vault.stores import Versioned
from tests.vault.blobs import InMemory

DAY = ObjectName("raw_chats", "2026-01-05", DataClass.RAW)
CHATS = [Record("c-1", "anna", b"hello"), Record("c-2", "bob", b"my card is 4111 1111 1111 1111")]


class Keys:
    """A keyring with one class key whose versions are destroyed as soon as there is a newer one."""

    def __init__(self, region: str) -> None:
        self._region = region
        self.class_keys = {1: new_key()}
        self.owners = {"anna": new_key(), "bob": new_key()}
        self.before_unwrap: Callable[[], None] = lambda: None

    @contextmanager
    def wrapping(self) -> Iterator[None]:
        yield

    def wrap(self, name: str, key: SecretKey, *, data_class: DataClass) -> WrappedKey:
        (version,) = self.class_keys
        bound = f"{self._region} {data_class} {name}".encode()
        return WrappedKey(version, seal(self.class_keys[version], key.reveal(), bound_to=bound))

    def unwrap(self, name: str, wrapped: WrappedKey, *, data_class: DataClass) -> SecretKey:
        self.before_unwrap()
        if wrapped.version not in self.class_keys:
            msg = "that version is destroyed"
            raise KeyVersionGone(msg)
        bound = f"{self._region} {data_class} {name}".encode()
        kek = self.class_keys[wrapped.version]
        return SecretKey(unseal(kek, wrapped.sealed, bound_to=bound, what="the key"))

    def rotate(self) -> None:
        (version,) = self.class_keys
        self.class_keys = {version + 1: new_key()}

    def subject_keys(self, subjects: Sequence[str]) -> Mapping[str, SecretKey]:
        return {s: self.owners[s] for s in subjects if s in self.owners}


class Shelf:
    """A store whose blobs lie open for the attacker."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}

    def create(self, key: str, chunks: Iterable[bytes]) -> None:
        self.blobs[key] = b"".join(chunks)

    @contextmanager
    def open(self, key: str) -> Iterator[InMemory]:
        yield InMemory(self.blobs[key])

    def read(self, key: str) -> Versioned:
        return Versioned(self.blobs[key], "")


class Home:
    """A store, keys and objects of one region."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.keys = Keys(region)
        shelf = Shelf()
        self.blobs = shelf.blobs
        self.objects = Objects(region, store=shelf, keyring=self.keys)  # type: ignore[arg-type]

    def stored(self, name: ObjectName = DAY, records: Sequence[Record] = CHATS) -> Place:
        place = Place(self.region, name, new_id())
        self.objects.create(place, records, stating=lambda: (len(records), "digest"))
        return place

    def read(self, place: Place) -> list[Record]:
        with self.objects.open(place, before_key=lambda _: None) as sealed:
            return list(sealed.records(self.keys.subject_keys))


@pytest.fixture
def eu() -> Home:
    return Home("eu")


@pytest.fixture
def us() -> Home:
    return Home("us")


def test_every_flipped_bit_of_a_sidecar_is_refused_R37(eu: Home) -> None:
    place = eu.stored()
    key = sidecar_key(place.key)
    whole = eu.blobs[key]
    for position in range(len(whole) * 8):
        edited = bytearray(whole)
        edited[position // 8] ^= 1 << position % 8
        eu.blobs[key] = bytes(edited)
        with pytest.raises((Tampered, Refused)):
            eu.read(place)
    eu.blobs[key] = whole
    assert eu.read(place) == CHATS


def test_every_truncation_and_extension_of_a_sidecar_is_refused(eu: Home) -> None:
    place = eu.stored()
    key = sidecar_key(place.key)
    whole = eu.blobs[key]
    for edited in (*(whole[:n] for n in range(len(whole))), whole + b"x", whole * 2):
        eu.blobs[key] = bytes(edited)
        with pytest.raises(Tampered):
            eu.read(place)


def test_segments_of_two_objects_are_not_spliced(eu: Home) -> None:
    """Swapped, dropped, doubled, cut off or taken from the other of the same name: refused."""
    noise = [Record(f"r-{n}", None, os.urandom(SEGMENT_BYTES)) for n in range(3)]
    place, other = eu.stored(records=noise), eu.stored(records=noise)
    assert eu.read(place) == noise
    whole, theirs = (eu.blobs[p.key] for p in (place, other))
    start = 6 + HEADER_BYTES

    def cut(data: bytes) -> list[bytes]:
        return [data[n : n + SEGMENT_BYTES] for n in range(start, len(data), SEGMENT_BYTES)]

    a, b, c, last = cut(whole)
    for segments in (
        [b, a, c, last],
        [a, c, last],
        [a, b, b, c, last],
        [a, b, c],
        [a, cut(theirs)[1], c, last],
        [a, b, c, cut(theirs)[3]],
        cut(theirs),
    ):
        eu.blobs[place.key] = whole[:start] + b"".join(segments)
        with pytest.raises(Tampered):
            eu.read(place)


def test_an_older_object_of_the_partition_is_not_replayed(eu: Home) -> None:
    """Its bytes alone, its sidecar alone, and both together."""
    older = eu.stored(records=[Record("c-1", "anna", b"before")])
    newer = eu.stored()
    kept = eu.blobs[newer.key], eu.blobs[sidecar_key(newer.key)]
    bytes_, sidecar = eu.blobs[older.key], eu.blobs[sidecar_key(older.key)]
    for replayed, error in (
        ((bytes_, kept[1]), Tampered),
        ((kept[0], sidecar), Swapped),
        ((bytes_, sidecar), Swapped),
    ):
        eu.blobs[newer.key] = replayed[0]
        eu.blobs[sidecar_key(newer.key)] = replayed[1]
        with pytest.raises(error):
            eu.read(newer)


@pytest.mark.parametrize(
    "name",
    [
        ObjectName("raw_chats", "2026-01-06", DataClass.RAW),
        ObjectName("quarantine", "2026-01-05", DataClass.RAW),
        ObjectName("raw_chats", "2026-01-05", DataClass.REDACTED),
    ],
)
def test_an_object_moved_with_its_sidecar_does_not_open_R38(eu: Home, name: ObjectName) -> None:
    place = eu.stored()
    target = Place("eu", name, place.object_id)
    eu.blobs[target.key] = eu.blobs[place.key]
    eu.blobs[sidecar_key(target.key)] = eu.blobs[sidecar_key(place.key)]
    with pytest.raises(Swapped, match="moved or swapped"):
        eu.read(target)


def test_what_is_of_another_region_does_not_open_R38(eu: Home, us: Home) -> None:
    """A whole object carried over, its sidecar alone, its bytes alone."""
    ours, theirs = eu.stored(), us.stored()
    same = Place("us", theirs.name, ours.object_id)
    bytes_, sidecar = us.blobs[theirs.key], us.blobs[sidecar_key(theirs.key)]
    us.blobs[same.key] = eu.blobs[ours.key]
    us.blobs[sidecar_key(same.key)] = eu.blobs[sidecar_key(ours.key)]
    with pytest.raises(ResidencyViolation, match="'eu'"):
        us.read(same)
    us.blobs[sidecar_key(theirs.key)] = eu.blobs[sidecar_key(ours.key)]
    with pytest.raises(ResidencyViolation):
        us.read(theirs)
    us.blobs[sidecar_key(theirs.key)] = sidecar
    us.blobs[theirs.key] = eu.blobs[ours.key]
    with pytest.raises(Tampered):
        us.read(theirs)
    us.blobs[theirs.key] = bytes_
    assert us.read(theirs) == CHATS


def test_a_sidecar_relabeled_for_another_region_gives_no_key_R38(eu: Home, us: Home) -> None:
    """Its fields are part of what its key is wrapped under, and so is the region's keyring."""
    ours = eu.stored()
    stated = Sidecar.parse(eu.blobs[sidecar_key(ours.key)], what="it")
    moved = Sidecar("us", stated.name, stated.object_id, 2, stated.ids_digest, stated.key)
    place = Place("us", ours.name, ours.object_id)
    us.blobs[place.key] = eu.blobs[ours.key]
    us.blobs[sidecar_key(place.key)] = moved.to_bytes()
    us.keys.class_keys = eu.keys.class_keys
    with pytest.raises(Tampered):
        us.read(place)


def test_the_key_is_unwrapped_only_after_what_comes_first(eu: Home) -> None:
    """R35: what refuses before the key keeps it wrapped, and has seen what the sidecar states."""
    place = eu.stored()
    unwrapped: list[bool] = []
    eu.keys.before_unwrap = lambda: unwrapped.append(True)

    def refuse(stated: Sidecar) -> None:
        assert (stated.records, unwrapped) == (2, [])
        msg = "not on record"
        raise Refused(msg)

    with pytest.raises(Refused, match="on record"), eu.objects.open(place, before_key=refuse):
        pass
    assert unwrapped == []


def test_an_object_opens_while_its_key_is_rewrapped_R37(eu: Home) -> None:
    """Between reading the sidecar and unwrapping, a rotation destroys the version that it names."""
    place = eu.stored()
    rotations = iter(range(2))

    def rotate() -> None:
        if next(rotations, None) is None:
            return
        stated = Sidecar.parse(eu.blobs[sidecar_key(place.key)], what="it")
        eu.keys.before_unwrap = lambda: None
        data_key = eu.objects.data_key(stated)
        eu.keys.before_unwrap = rotate
        eu.keys.rotate()
        again = eu.keys.wrap(stated.key_name, data_key, data_class=DataClass.RAW)
        eu.blobs[sidecar_key(place.key)] = stated.wrapped_anew(again).to_bytes()

    eu.keys.before_unwrap = rotate
    assert eu.read(place) == CHATS
    assert list(eu.keys.class_keys) == [3]


def test_an_object_whose_class_key_is_gone_for_good_is_refused(eu: Home) -> None:
    place = eu.stored()
    eu.keys.rotate()
    with pytest.raises(Refused, match="destroyed"):
        eu.read(place)


def test_nothing_is_stored_when_the_records_break_off(eu: Home) -> None:
    def records() -> Iterator[Record]:
        yield CHATS[0]
        msg = "the source ended badly"
        raise HandrailError(msg)

    with pytest.raises(HandrailError, match="badly"):
        eu.objects.create(Place("eu", DAY, new_id()), records(), stating=lambda: (1, ""))
    assert eu.blobs == {}
