"""What holds for each region: keys, store, key service, clock, and what ranks its answers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

from handrail.access import Access, Purpose, Verb
from handrail.agent.ranking import kept_dataset
from handrail.clock import iso
from handrail.custody.doctor.lines import Line, Standing
from handrail.custody.doctor.machine import Machine
from handrail.errors import HandrailError
from handrail.release.bundle import Bundles
from handrail.release.pointer import PointerFile
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.audit_log import read_line
from handrail.vault.aws import Patience
from handrail.vault.lines import last_line
from handrail.vault.names import object_key
from handrail.vault.places import remote_key_service_of, store_of
from handrail.vault.policy import open_policy
from handrail.vault.region_vault import open_lineage
from handrail.vault.root_key import key_database, open_keyring
from handrail.vault.sidecar import SUFFIX

_SERVES = Access("doctor", "agent", Purpose.SERVING)
# A look, not a run: what is silent for so many seconds is reported as it is.
_PATIENCE = Patience(answer=5.0, call=5.0)
_BY_ORDER = "no reply is sent: each is a draft, chosen by the playbook's order"


def look_at_region(settings: Settings, name: str, machine: Machine) -> Iterator[Line]:
    """Nothing is made; of the keys only the root is tried, on the key database that is there."""
    root = _root(settings, name)
    yield root
    yield _keys(settings, name, root)
    yield _teams(settings, name)
    yield _store(settings, name)
    yield _clock(settings, name, machine)
    yield _ranking(settings, name)


def _root(settings: Settings, name: str) -> Line:
    what = f"{name}: root key"
    if settings.regions[name].key_service is not None:
        try:
            remote_key_service_of(settings, name, patience=_PATIENCE)
        except HandrailError as error:
            return Line(what, Standing.PROBLEM, str(error))
        return Line(what, Standing.ENFORCED, "it is in the key service and never leaves it")
    if settings.passphrase_file is not None:
        return Line(
            what,
            Standing.ADVISORY,
            "it comes from a passphrase, which whoever may read the passphrase file has: a key "
            "service would keep it from this machine",
        )
    file = settings.keys_folder / f"{name}.key"
    if not file.exists():
        if (settings.region_home(name) / "keys.db").exists():
            sentence = f"{file} is missing and the home needs it: restore your copy of it"
            return Line(what, Standing.PROBLEM, sentence)
        return Line(what, Standing.NOT_MEASURED, "there is none yet: the first run makes it")
    if file.stat().st_mode & 0o077:
        return Line(what, Standing.PROBLEM, f"others can read {file}: chmod 600 it")
    if not os.access(file, os.R_OK):
        sentence = f"{file} can't be read by the user who runs this: nothing opens until it can"
        return Line(what, Standing.PROBLEM, sentence)
    return Line(
        what,
        Standing.ADVISORY,
        f"the user who runs this can read {file}, and with a copy of the home it opens everything: "
        "a passphrase or a key service would not lie on this disk",
    )


def _keys(settings: Settings, name: str, root: Line) -> Line:
    what = f"{name}: key database"
    region = settings.region(name)
    database = key_database(settings, region)
    if not database.exists():
        if any((settings.region_home(name) / "vault").rglob("*.key")):
            sentence = f"{database} is missing and the home needs it: `handrail keys restore`"
            return Line(what, Standing.PROBLEM, sentence)
        return Line(what, Standing.NOT_MEASURED, "there is none yet: the first run makes it")
    if root.standing is Standing.PROBLEM:
        return Line(what, Standing.NOT_MEASURED, "it can't be opened without the root key")
    try:
        open_keyring(settings, region).close()
    except HandrailError as error:
        return Line(what, Standing.PROBLEM, str(error))
    return Line(what, Standing.HOLDS, f"{database} opens with the root key")


def _teams(settings: Settings, name: str) -> Line:
    what = f"{name}: teams"
    if settings.regions[name].key_service is None:
        return Line(
            what,
            Standing.ADVISORY,
            "the access policy binds whoever goes through this code; the root key lies with the "
            "user who runs it. To enforce it, name a key service and give each team its own role "
            "(deploy/iam)",
        )
    return Line(
        what,
        Standing.NOT_MEASURED,
        "the key service enforces what its key policy says: whether that is the one of deploy/iam "
        "can't be told from here",
    )


def _store(settings: Settings, name: str) -> Line:
    what = f"{name}: store"
    bucket = settings.regions[name].store
    folder = settings.region_home(name) / "vault"
    try:
        if bucket is None and not folder.exists():
            return Line(what, Standing.NOT_MEASURED, f"nothing is stored in {folder} yet")
        next(store_of(settings, name, patience=_PATIENCE).listing(), None)
    except (HandrailError, OSError) as error:
        return Line(what, Standing.PROBLEM, str(error))
    if bucket is None:
        return Line(what, Standing.HOLDS, f"{folder} can be read")
    return Line(
        what,
        Standing.ENFORCED,
        f"bucket {bucket.bucket} answers, and lies in {bucket.location} as the config says",
    )


def _clock(settings: Settings, name: str, machine: Machine) -> Line:
    what = f"{name}: clock"
    log = settings.region_home(name) / "audit" / "audit.jsonl"
    try:
        line = last_line(log)
        newest = None if line is None else read_line(line, number=None, region=name)["at"]
    except (HandrailError, OSError) as error:
        return Line(what, Standing.PROBLEM, str(error))
    if newest is None:
        return Line(what, Standing.NOT_MEASURED, "there is no audit record yet to compare it with")
    if datetime.fromisoformat(newest) > machine.now:
        return Line(
            what,
            Standing.PROBLEM,
            f"it says {iso(machine.now)}, earlier than the newest audit record ({newest}): set it "
            "right; broken glass stays shut until then",
        )
    return Line(what, Standing.HOLDS, f"it is not behind the newest audit record ({newest[:19]}Z)")


def _ranking(settings: Settings, name: str) -> Line:
    """Whether the live release's data set can rank its templates; it isn't opened for that."""
    what = f"{name}: ranking"
    home = settings.region_home(name)
    try:
        live = PointerFile(home / "release" / "live.json").read()
        champion = live.aliases.champion if live else None
        if champion is None:
            return Line(what, Standing.NOT_MEASURED, "no release is live: nothing is ranked")
        dataset = Bundles(home / "release" / "bundles", region=name).read(champion).dataset
        with closing(open_lineage(settings, name)) as lineage:
            place = object_key(kept_dataset(lineage, dataset))
        for key in (place, f"{place}{SUFFIX}"):
            with store_of(settings, name, patience=_PATIENCE).open(key):
                pass  # it is there
        may = open_policy(settings).decide(_SERVES, Verb.READ, DataClass.DATASET, region=name)
    except HandrailError as error:
        return Line(what, Standing.ADVISORY, f"{_BY_ORDER}: {error}")
    if not may.allowed:
        return Line(what, Standing.ADVISORY, f"{_BY_ORDER}: {may.reason}")
    return Line(what, Standing.HOLDS, f"resolved chats rank the vetted answers of {champion}")
