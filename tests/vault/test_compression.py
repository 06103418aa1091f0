"""The dictionary: made from playbook and simulation, named by its content, worth its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.conversations.model import encode
from handrail.digests import digest
from handrail.errors import Tampered
from handrail.playbook.reader import read_playbook
from handrail.settings import Settings
from handrail.simulate.exports import DAYS, FIRST_DAY, histories
from handrail.simulate.locales import locales_of
from handrail.simulate.world import World
from handrail.vault import compression
from handrail.vault.compression import DICTIONARY, FOLDER, Compression
from tools.zstd_dictionary import train

LIMIT = 1 << 20


def test_every_dictionary_is_named_by_its_content() -> None:
    names = {file.stem for file in FOLDER.glob("*.zdict")}
    assert DICTIONARY in names
    assert all(digest((FOLDER / f"{n}.zdict").read_bytes()).startswith(n) for n in names)
    assert all(64 << 10 <= file.stat().st_size <= 110 << 10 for file in FOLDER.iterdir())


def test_the_same_playbook_and_simulation_give_the_same_dictionary(settings: Settings) -> None:
    playbook = read_playbook(settings.playbook)
    assert train(playbook, chats_a_region=30) == train(playbook, chats_a_region=30)


def test_chats_it_was_not_made_from_shrink_to_a_quarter(settings: Settings) -> None:
    world = World("us", read_playbook(settings.playbook), locales_of("us"), seed=7)
    made = histories(world, chats=200, days=DAYS, first_day=FIRST_DAY)
    chats = [encode(history.last) for history in made]
    pack = Compression(DICTIONARY)
    packed = [pack.compress(chat) for chat in chats]
    assert [pack.decompress(p, at_most=LIMIT, what="it") for p in packed] == chats
    assert sum(map(len, chats)) > 4 * sum(map(len, packed))


def test_an_unknown_or_edited_dictionary_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression, "FOLDER", tmp_path)
    monkeypatch.setattr(compression, "_dictionary", compression._dictionary.__wrapped__)
    whole = (FOLDER / f"{DICTIONARY}.zdict").read_bytes()
    (tmp_path / f"{DICTIONARY}.zdict").write_bytes(whole[:-1] + b"?")
    with pytest.raises(Tampered, match="was edited"):
        Compression(DICTIONARY)
    for name in ("0" * 16, "", "../x", f"{DICTIONARY}\0"):
        with pytest.raises(Tampered, match="unknown"):
            Compression(name)
