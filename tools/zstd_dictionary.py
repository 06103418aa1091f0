"""Makes the dictionary that the vault compresses with, from the playbook and simulated chats alone.

    python tools/zstd_dictionary.py [--check]

Writes `handrail/vault/dictionaries/<content hash>.zdict`; to use it, name it in `compression.py` of
the vault, and keep the older ones: stored objects name theirs. The same playbook, simulator,
scrubber and zstd give the same bytes; `--check` says whether the one in use is what they give now.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import cycle

import zstandard

from handrail.conversations.model import encode
from handrail.digests import canonical, digest
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.redaction.model import seal_redacted
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.scrubber import scrub
from handrail.settings import load_settings
from handrail.simulate.exports import DAYS, FIRST_DAY, histories
from handrail.simulate.locales import locales_of
from handrail.simulate.world import World
from handrail.vault.compression import DICTIONARY, FOLDER

SIZE = 110 * 1024
CHATS_A_REGION = 1000
SEED = 20260105
REGIONS = ("eu", "us", "apac")


def samples(playbook: Playbook, *, chats_a_region: int) -> Iterator[bytes]:
    """What the vault stores most: chats as they are sealed, every other one redacted; templates."""
    for region in REGIONS:
        world = World(region, playbook, locales_of(region), SEED)
        made = histories(world, chats=chats_a_region, days=DAYS, first_day=FIRST_DAY)
        for history, is_redacted in zip(made, cycle((False, True)), strict=False):
            yield (
                seal_redacted(scrub(history.last, ruleset=STANDARD))
                if is_redacted
                else encode(history.last)
            )
    yield from map(canonical, playbook.templates)


def train(playbook: Playbook, *, chats_a_region: int) -> bytes:
    """The dictionary: the same arguments give the same bytes."""
    chats = list(samples(playbook, chats_a_region=chats_a_region))
    made: bytes = zstandard.train_dictionary(SIZE, chats).as_bytes()
    return made


def name_of(dictionary: bytes) -> str:
    """What its file is called after."""
    return digest(dictionary)[: len(DICTIONARY)]


def main() -> int:
    """Make it, and write or compare it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    is_check = parser.parse_args().check
    made = train(read_playbook(load_settings(environ={}).playbook), chats_a_region=CHATS_A_REGION)
    name = name_of(made)
    if is_check:
        print(f"made {name}, in use {DICTIONARY}")
        return int(name != DICTIONARY)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.zdict").write_bytes(made)
    print(f"wrote {name}.zdict, {len(made)} bytes; in use {DICTIONARY}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
