"""R41: whatever was signed can't be taken back: edited, cut, forked, rewritten or unsigned."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from handrail.access import Access, Purpose
from handrail.clock import FixedClock
from handrail.digests import canonical, digest
from handrail.errors import Refused, Tampered
from handrail.vault import checkpoints as module
from handrail.vault.audit_log import GENESIS, AuditLog, Entry
from handrail.vault.checkpoints import Checkpoints
from handrail.vault.primitives import SecretKey
from handrail.vault.region_vault import RegionVaults, pipeline
from handrail.vault.signed_note import sign_note
from handrail.vault.stores import DirectoryStore

ACCESS = pipeline("test", Purpose.INTAKE)
CUSTODIAN = Access("ines", "custody", Purpose.CUSTODY)
KEY = SecretKey(b"k" * 32)


class Signed:
    """A log of eleven records with checkpoints of 4 and 9; the last record is of the second."""

    def __init__(self, folder: Path, clock: FixedClock) -> None:
        self.here, self.copy = folder / "audit", folder / "copy"
        self.file = self.here / "audit.jsonl"
        self.log = AuditLog(self.here, region="eu", clock=clock)
        self.checkpoints = self.opened(KEY)
        for _ in range(2):
            self.used(4)
            self.checkpoints.sign(access=CUSTODIAN)
        self.used(1)

    def opened(self, key: SecretKey) -> Checkpoints:
        copy = DirectoryStore(self.copy)
        return Checkpoints(self.log, folder=self.here, copy=copy, key=lambda: key)

    def used(self, times: int) -> None:
        entry = Entry("open", ACCESS, "object", 1, "", "")
        self.log.append_many([replace(entry, what=f"object-{n}") for n in range(times)])

    @property
    def lines(self) -> list[bytes]:
        return self.file.read_bytes().splitlines(keepends=True)

    def rewrite(self, lines: list[bytes]) -> None:
        """As who can write the file and knows how the chain is made would."""
        previous, written = GENESIS, []
        for seq, line in enumerate(lines):
            row = {**orjson.loads(line), "seq": seq, "previous": previous}
            row.pop("hash")
            previous = digest(row)
            written.append(canonical({**row, "hash": previous}) + b"\n")
        self.file.write_bytes(b"".join(written))

    def notes(self, folder: Path) -> list[Path]:
        return sorted((folder / "checkpoints").iterdir())


@pytest.fixture
def signed(tmp_path: Path, clock: FixedClock) -> Signed:
    return Signed(tmp_path, clock)


def test_a_signed_log_verifies_and_says_what_is_signed(signed: Signed, clock: FixedClock) -> None:
    found = signed.checkpoints.verify()
    assert (found.records, found.checkpoints, found.backwards) == (11, 2, 0)
    assert found.newest is not None and found.newest.size == 9
    assert signed.log.verify() == 11
    origin, size, root, at, blank, signature, end = found.newest.note.decode().split("\n")
    assert (origin, size, at) == ("handrail/audit/eu", "9", "2026-03-02T12:00:00.000000Z")
    assert (len(root), blank, end) == (44, "", "")
    assert signature.startswith("— handrail/audit/eu ")
    assert signed.notes(signed.here)[1].read_bytes() == found.newest.note
    assert [n.read_bytes() for n in signed.notes(signed.copy)] == [
        n.read_bytes() for n in signed.notes(signed.here)
    ]
    key = f"{signed.checkpoints.verifier_key()}\n"
    assert {(f / "audit.pub").read_text() for f in (signed.here, signed.copy)} == {key}


def test_who_signed_is_on_record(signed: Signed) -> None:
    made = [r for r in signed.log.records() if r.event == "checkpoint"]
    assert [(r.actor, r.purpose, r.count) for r in made] == [
        ("ines", "custody", 4), ("ines", "custody", 9),
    ]  # fmt: skip


def edited(signed: Signed) -> None:
    signed.file.write_bytes(signed.file.read_bytes().replace(b"object-2", b"object-9", 1))


def cut(signed: Signed) -> None:
    signed.file.write_bytes(b"".join(signed.lines[:7]))


def emptied(signed: Signed) -> None:
    signed.file.unlink()


def cut_with_its_checkpoints(signed: Signed) -> None:
    signed.file.write_bytes(b"".join(signed.lines[:4]))
    signed.notes(signed.here)[1].unlink()


def rewritten_with_a_whole_chain(signed: Signed) -> None:
    lines = signed.lines
    lines[6] = lines[6].replace(b"object-1", b"object-9")
    signed.rewrite(lines)


def rewritten_without_a_record(signed: Signed) -> None:
    signed.rewrite(signed.lines[:2] + signed.lines[3:])


def forked(signed: Signed) -> None:
    """An older copy of the home went on by itself and signed with the same key."""
    note = signed.notes(signed.here)[1]
    note.write_bytes(resigned(note.read_bytes()))


def resigned(note: bytes, *, key: SecretKey = KEY, root: str = "A" * 43 + "=") -> bytes:
    """The note with another root, signed by `key`."""
    origin, size, _, at, *_ = note.decode().split("\n")
    return sign_note(f"{origin}\n{size}\n{root}\n{at}\n", name=origin, key=key)


def signed_by_a_foreign_key(signed: Signed) -> None:
    for folder in (signed.here, signed.copy):
        note = signed.notes(folder)[1]
        note.write_bytes(resigned(note.read_bytes(), key=SecretKey(b"m" * 32)))


def of_a_foreign_key_altogether(signed: Signed) -> None:
    signed.checkpoints = signed.opened(SecretKey(b"m" * 32))


def note_edited(signed: Signed) -> None:
    note = signed.notes(signed.here)[0]
    note.write_bytes(note.read_bytes().replace(b"\n4\n", b"\n3\n"))


def note_moved(signed: Signed) -> None:
    shutil.copy(signed.notes(signed.here)[0], signed.notes(signed.here)[1])


def removed_here(signed: Signed) -> None:
    signed.notes(signed.here)[0].unlink()


def removed_there(signed: Signed) -> None:
    signed.notes(signed.copy)[1].unlink()


def removed_from_both(signed: Signed) -> None:
    for folder in (signed.here, signed.copy):
        signed.notes(folder)[0].unlink()


def all_removed(signed: Signed) -> None:
    for folder in (signed.here, signed.copy):
        shutil.rmtree(folder / "checkpoints")


@pytest.mark.parametrize(
    ("attack", "sentence"),
    [
        (edited, r"audit record 2 of region eu \(2026-03-02T12:00:00.000000Z, open\) was changed"),
        (cut, r"cut off.*last record is 6 \(2026-.*, open\), and 9 records were signed at 2026-"),
        (emptied, "cut off.*its last record is none, and 9 records"),
        (cut_with_its_checkpoints, r"cut off.*last record is 3 \(.*\), and 9 records were signed"),
        (rewritten_with_a_whole_chain, r"audit record 4 \(.*, checkpoint\).* up to 8.*rewritten"),
        (rewritten_without_a_record, r"audit record 0 \(.*, open\).* up to 3.*was rewritten"),
        (forked, "was forked: two different checkpoints of 9 records"),
        (signed_by_a_foreign_key, "checkpoints/000000000009 of region eu beside .* another key"),
        (of_a_foreign_key_altogether, "belongs to another log"),
        (note_edited, "checkpoints/000000000004 of region eu beside the log was edited"),
        (note_moved, "checkpoints/000000000009 .* is the one of 4 records: it was moved"),
        (removed_here, "checkpoint of 4 records .* was removed from beside the log"),
        (removed_there, "second place of region eu lacks 1 of 2 checkpoints"),
        (removed_from_both, r"record 4 \(.*\) .* checkpoint of 4 records, which was removed from"),
        (all_removed, r"record 4 \(.*\) .* checkpoint of 4 records, which was removed from both"),
    ],
)
def test_an_attack_is_found_and_named(
    signed: Signed, attack: Callable[[Signed], None], sentence: str
) -> None:
    attack(signed)
    with pytest.raises(Tampered, match=sentence):
        signed.checkpoints.verify()


@pytest.mark.parametrize(
    "attack",
    [edited, cut, emptied, cut_with_its_checkpoints, rewritten_with_a_whole_chain, forked,
     signed_by_a_foreign_key, of_a_foreign_key_altogether, removed_here],
)  # fmt: skip
def test_a_log_that_was_changed_is_not_signed(
    signed: Signed, attack: Callable[[Signed], None]
) -> None:
    attack(signed)
    before = signed.notes(signed.here), signed.notes(signed.copy)
    with pytest.raises(Tampered):
        signed.checkpoints.sign(access=CUSTODIAN)
    assert (signed.notes(signed.here), signed.notes(signed.copy)) == before


def test_records_after_the_newest_checkpoint_are_held_by_the_chain_alone(signed: Signed) -> None:
    """What is not proven: an end that nobody signed can be cut off unseen."""
    signed.file.write_bytes(b"".join(signed.lines[:10]))
    assert signed.checkpoints.verify().records == 10


def test_a_second_place_that_was_out_of_reach_gets_what_it_lacks(signed: Signed) -> None:
    shutil.rmtree(signed.copy)
    signed.copy.write_text("not a folder")
    signed.used(1)
    with pytest.raises(Refused):
        signed.checkpoints.sign(access=CUSTODIAN)
    signed.copy.unlink()
    with pytest.raises(Tampered, match=r"lacks 2 of 2 checkpoints.*handrail audit checkpoint"):
        signed.checkpoints.verify()
    signed.checkpoints.sign(access=CUSTODIAN)
    assert signed.checkpoints.verify().checkpoints == 3


def test_a_signer_that_was_killed_between_the_two_places_is_made_up_for(
    signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(signed.checkpoints._copy, "create", killed)
        with pytest.raises(Killed):
            signed.checkpoints.sign(access=CUSTODIAN)
    found = signed.checkpoints.sign(access=CUSTODIAN)
    assert (found.records, found.checkpoints) == (11, 3)
    assert signed.checkpoints.verify().records == 12


def test_a_clock_that_was_set_back_is_counted_and_no_error(
    tmp_path: Path, clock: FixedClock
) -> None:
    """The order is that of writing; the log says how often the time did not follow it."""
    signed = Signed(tmp_path, clock)
    for hours in (2, 1, 3, 3, -5):
        signed.log.clock = FixedClock(clock.at + timedelta(hours=hours))
        signed.used(1)
    found = signed.checkpoints.sign(access=CUSTODIAN)
    assert (found.records, found.backwards) == (16, 2)
    assert signed.checkpoints.verify().backwards == 2


def test_those_who_sign_at_once_follow_one_another(signed: Signed) -> None:
    """And whoever verifies meanwhile finds the log whole, at whatever moment it looks."""

    def sign(_: int) -> int:
        found = signed.opened(KEY).sign(access=CUSTODIAN)
        signed.used(1)
        return found.records

    with ThreadPoolExecutor(4) as pool:
        signing = [pool.submit(sign, n) for n in range(12)]
        looked = 0
        while not all(each.done() for each in signing):
            looked += signed.checkpoints.verify().records > 0
        sizes = {each.result() for each in signing}
    assert (len(sizes), looked > 0) == (12, True)
    found = signed.checkpoints.verify()
    assert (found.records, found.checkpoints) == (11 + 12 + 12, 2 + 12)


def test_a_file_among_the_checkpoints_that_is_none_is_named_and_stops_no_vault(
    signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MANY", 1)
    assert signed.checkpoints.due()
    (signed.here / "checkpoints" / "notes.txt").write_text("to do")
    assert not signed.checkpoints.due()
    with pytest.raises(Tampered, match=r"notes\.txt of region eu beside the log is not a signed"):
        signed.checkpoints.sign(access=CUSTODIAN)


def test_a_vault_that_closes_signs_when_much_is_unsigned(
    vaults: RegionVaults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MANY", 5)
    for times, signed in ((3, 0), (1, 0), (1, 1), (3, 1), (5, 2)):
        vault = vaults.of("eu")
        vault.audit.append_many([Entry("open", ACCESS, "object", 1, "", "")] * times)
        vaults.close()
        assert vaults.of("eu").checkpoints.verify().checkpoints == signed
        vaults.close()
