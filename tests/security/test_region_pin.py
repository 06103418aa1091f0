"""R38: whatever of one region is offered to another is refused and on the other's record.

Every ordered pair of regions, each thing really tried: files laid in the other's place, keys and
manifests swapped, rows, models and receipts carried over.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path

import pytest

from handrail.access import Access, Purpose
from handrail.agent.correctness import Correctness
from handrail.agent.model import MODEL, model_records, read_model
from handrail.agent.model_training import train_model
from handrail.agent.training import train_router
from handrail.agent.types import Switches
from handrail.custody.audit_report import report_audit
from handrail.dataset.building import build_dataset
from handrail.dataset.landing import core_built, open_warehouse
from handrail.dataset.manifest import Provenance, freeze
from handrail.dataset.stored import DATASET, records
from handrail.errors import AccessDenied, HandrailError, Refused, ResidencyViolation, Tampered
from handrail.evaluation.stored import store_suite
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.release.candidate import releases_of
from handrail.release.serving import NoRegistry, agent_of
from handrail.residency import DataClass, Labels
from handrail.settings import PROJECT, Settings, load_settings
from handrail.vault.export_gate import Basis, Destination, Export, file_destination
from handrail.vault.key_restore import restore_keys
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.vault.root_key import read_root
from handrail.verdicts import Verdict, holds
from tests.agent.corpus import examples
from tests.dataset.test_building import build_marts
from tests.release.conftest import release_of

REGIONS = ("eu", "us", "apac")
PAIRS = list(permutations(REGIONS, 2))
NAME = ObjectName("raw_chats", "2026-01-05", DataClass.RAW)
INTAKE, TRAINING = pipeline("test", Purpose.INTAKE), pipeline("test", Purpose.TRAINING)
PASSPHRASE = b"correct horse battery staple"
CUSTODIAN = Access("test", "custody", Purpose.CUSTODY)
REVIEWER = Access("test", "compliance", Purpose.REVIEW)


@dataclass
class Pair:
    """Two regions with a sealed day each; what is `theirs` is offered to `ours`."""

    vaults: RegionVaults
    theirs: RegionVault
    ours: RegionVault
    their_day: Artifact
    our_day: Artifact

    @property
    def settings(self) -> Settings:
        return self.vaults.settings

    def home(self, vault: RegionVault) -> Path:
        return self.settings.region_home(vault.region.name)

    def stored(self, vault: RegionVault, artifact: Artifact) -> Path:
        return self.home(vault) / "vault" / NAME.key(str(artifact.object_id))

    def lay(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)

    def scan(self, artifact: Artifact) -> None:
        list(self.ours.scan(artifact, data_class=DataClass.RAW, access=INTAKE))

    def closed(self) -> None:
        """Close both, so that files can be laid in place of open ones."""
        self.vaults.close()

    def reopen(self) -> None:
        self.vaults.of(self.ours.region.name)


def sealed_day(vault: RegionVault) -> Artifact:
    (subject,) = vault.subjects(["anna"], access=INTAKE)
    return vault.put(NAME, [Record("c-1", subject, b"hello")], access=INTAKE)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, Artifact]]:
    """A folder with a home in which each region holds a day, and these days."""
    folder = tmp_path_factory.mktemp("sealed")
    vaults = RegionVaults(load_settings(environ={"HANDRAIL_HOME": str(folder / "home")}))
    days = {name: sealed_day(vaults.of(name)) for name in REGIONS}
    vaults.close()
    return folder, days


@pytest.fixture(params=PAIRS, ids="-to-".join)
def pair(
    request: pytest.FixtureRequest,
    sealed: tuple[Path, Mapping[str, Artifact]],
    tmp_path: Path,
    vaults: RegionVaults,
) -> Pair:
    folder, days = sealed
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    theirs, ours = request.param
    return Pair(vaults, vaults.of(theirs), vaults.of(ours), days[theirs], days[ours])


def sidecar(path: Path) -> Path:
    return path.with_name(f"{path.name}.key")


def read_their_object_in_our_place(pair: Pair) -> None:
    theirs, ours = pair.stored(pair.theirs, pair.their_day), pair.stored(pair.ours, pair.our_day)
    pair.lay(theirs, ours)
    pair.lay(sidecar(theirs), sidecar(ours))
    pair.scan(pair.our_day)


def copy_their_object_to_our_store(pair: Pair) -> None:
    theirs, ours = pair.stored(pair.theirs, pair.their_day), pair.stored(pair.ours, pair.their_day)
    pair.lay(theirs, ours)
    pair.lay(sidecar(theirs), sidecar(ours))
    pair.scan(pair.their_day)


def read_their_bytes_with_our_sidecar(pair: Pair) -> None:
    pair.lay(pair.stored(pair.theirs, pair.their_day), pair.stored(pair.ours, pair.our_day))
    pair.scan(pair.our_day)


def rename_the_region_in_their_sidecar(pair: Pair) -> None:
    theirs, ours = pair.stored(pair.theirs, pair.their_day), pair.stored(pair.ours, pair.their_day)
    pair.lay(theirs, ours)
    names = [f'"region":"{vault.region.name}"'.encode() for vault in (pair.theirs, pair.ours)]
    sidecar(ours).write_bytes(sidecar(theirs).read_bytes().replace(*names))
    pair.scan(pair.their_day)


def read_by_their_manifest(pair: Pair) -> None:
    made = holds("made", True, "a test made it")
    pair.ours.lineage.commit(
        pair.their_day, inputs=[], findings=[made], config_hash="", run_id="test"
    )
    pair.scan(pair.ours.lineage.require_passed(NAME.asset, NAME.partition))


def write_their_person_here(pair: Pair) -> None:
    (subject,) = pair.theirs.subjects(["anna"], access=INTAKE)
    pair.ours.put(NAME, [Record("c-1", subject, b"hello")], access=INTAKE)


def rewrap_their_sidecar(pair: Pair) -> None:
    theirs = pair.stored(pair.theirs, pair.their_day)
    pair.lay(sidecar(theirs), sidecar(pair.stored(pair.ours, pair.their_day)))
    pair.ours.keys.rotate(DataClass.RAW, access=CUSTODIAN)
    pair.ours.keys.rewrap(DataClass.RAW, access=CUSTODIAN)


def join_their_warehouse(pair: Pair) -> None:
    warehousing = pipeline("test", Purpose.WAREHOUSE)
    with open_warehouse(pair.theirs, pair.settings, access=warehousing):
        path = pair.home(pair.theirs) / "warehouse.duckdb"
    with open_warehouse(pair.ours, pair.settings, access=warehousing) as warehouse:
        warehouse.query(f"attach '{path}' as theirs (encryption_key 'known')")


def read_a_file_from_our_warehouse(pair: Pair) -> None:
    path = pair.stored(pair.theirs, pair.their_day)
    warehousing = pipeline("test", Purpose.WAREHOUSE)
    with open_warehouse(pair.ours, pair.settings, access=warehousing) as warehouse:
        warehouse.query("select * from read_blob(?)", [str(path)])


def lay_their_warehouse_in_our_place(pair: Pair) -> None:
    warehousing = pipeline("test", Purpose.WAREHOUSE)
    with open_warehouse(pair.theirs, pair.settings, access=warehousing):
        path = pair.home(pair.theirs) / "warehouse.duckdb"
    pair.lay(path, pair.home(pair.ours) / path.name)
    with open_warehouse(pair.ours, pair.settings, access=warehousing):
        raise AssertionError


def freeze_their_rows(pair: Pair) -> None:
    build_marts(pair.ours, pair.settings, 20, region=pair.theirs.region.name)
    core, findings = core_built(
        pair.ours, pair.settings, access=pipeline("test", Purpose.WAREHOUSE)
    )
    pair.ours.lineage.commit(core, inputs=[], findings=findings, config_hash="", run_id="test")
    build_dataset(pair.ours, pair.settings, access=pipeline("test", Purpose.DATASET))


@pytest.fixture(scope="module")
def book() -> Playbook:
    return read_playbook(PROJECT / "handrail" / "playbook" / "example")


def seal_their_data_set_here(pair: Pair, book: Playbook) -> None:
    region = pair.theirs.region
    rows = examples(30, region=region.name)
    frozen = freeze(
        rows, region=region, clusters={e.example_id: e.example_id for e in rows}, left_out=(),
        rows_offered=len(rows), synthetic_left_out=0, withheld=(),
        provenance=Provenance({}, {}, ("5c" * 32,), 1, None),
    )  # fmt: skip
    stored = pair.ours.put(
        ObjectName(DATASET, pair.ours.region.name, DataClass.DATASET),
        records(frozen, dict.fromkeys(e.example_id for e in rows), {}),
        access=TRAINING,
    )
    dataset = replace(stored, digest=frozen.manifest.digest)
    made = [holds("made", True, "a test made it")]
    for artifact in (dataset, Artifact("playbook", "all", book.digest, None, 1, {})):
        pair.ours.lineage.commit(artifact, inputs=[], findings=made, config_hash="", run_id="test")


def train_on_their_data_set(pair: Pair, book: Playbook) -> None:
    seal_their_data_set_here(pair, book)
    today = pair.vaults.clock().date()
    train_model(pair.ours, book, reviews={}, seed=1, on=today, access=TRAINING)


def evaluate_on_their_data_set(pair: Pair, book: Playbook) -> None:
    seal_their_data_set_here(pair, book)
    build_marts(pair.ours, pair.settings, 20, region=pair.ours.region.name)
    core, findings = core_built(
        pair.ours, pair.settings, access=pipeline("test", Purpose.WAREHOUSE)
    )
    pair.ours.lineage.commit(core, inputs=[], findings=findings, config_hash="", run_id="test")
    store_suite(
        pair.ours, pair.settings, book, reviews={}, at=pair.vaults.clock(),
        access=pipeline("test", Purpose.EVALUATION),
    )  # fmt: skip


def read_their_model(pair: Pair, book: Playbook) -> None:
    region = pair.theirs.region.name
    router = train_router(examples(200, region=region), region=region, seed=1, encoder=None)
    labels = Labels(("retail",), ("training",))
    model = pair.ours.put(
        ObjectName(MODEL, pair.ours.region.name, DataClass.MODEL),
        model_records(
            router, Correctness.untaught(book, region=region), [], None, book, labels, region=region
        ),
        access=TRAINING,
    )
    read_model(pair.ours, model, access=pipeline("test", Purpose.EVALUATION))


def serve_their_release(pair: Pair, book: Playbook) -> None:
    theirs, ours = (v.region.name for v in (pair.theirs, pair.ours))
    bundle = replace(release_of("theirs")[0], region=theirs)
    path = releases_of(pair.settings, theirs, NoRegistry()).bundles.write(bundle)
    pair.lay(path, pair.settings.region_home(ours) / "release" / "bundles" / path.name)
    agent_of(
        pair.ours, pair.settings, release=bundle.id, switches=Switches(),
        access=pipeline("test", Purpose.RELEASE),
    )  # fmt: skip


def report_of(pair: Pair, region: str, destination: Destination) -> Export:
    return Export(
        "residency_report", (region,), Labels((), ()), DataClass.AUDIT, Basis.AGGREGATE, 0,
        destination,
    )  # fmt: skip


def export_theirs_through_our_gate(pair: Pair) -> None:
    export = report_of(pair, pair.theirs.region.name, Destination("/shared", None))
    pair.ours.gate.clear(export, b"report", access=REVIEWER)


def export_ours_into_their_region(pair: Pair) -> None:
    theirs = Destination("/theirs", pair.theirs.region.name)
    export = report_of(pair, pair.ours.region.name, theirs)
    pair.ours.gate.clear(export, b"report", access=REVIEWER)


def redeem_their_receipt(pair: Pair) -> None:
    export = report_of(pair, pair.theirs.region.name, Destination("/shared", None))
    receipt = pair.theirs.gate.clear(export, b"report", access=REVIEWER)
    pair.ours.gate.redeem(receipt, b"report", what=export.what, place="/shared")


def export_what_is_not_declared(pair: Pair) -> None:
    export = report_of(pair, pair.ours.region.name, Destination("/shared", None))
    pair.ours.gate.clear(replace(export, what="chats"), b"report", access=REVIEWER)


def restore_their_keys_here(pair: Pair) -> None:
    pair.closed()
    pair.lay(pair.home(pair.theirs) / "keys.db", pair.home(pair.ours) / "keys.db")
    pair.reopen()


def restore_their_keys_and_root_here(pair: Pair) -> None:
    pair.closed()
    keys = pair.settings.keys_folder
    pair.lay(keys / f"{pair.theirs.region.name}.key", keys / f"{pair.ours.region.name}.key")
    pair.lay(pair.home(pair.theirs) / "keys.db", pair.home(pair.ours) / "keys.db")
    pair.reopen()


def restore_their_manifests_here(pair: Pair) -> None:
    pair.closed()
    pair.lay(pair.home(pair.theirs) / "lineage.db", pair.home(pair.ours) / "lineage.db")
    pair.reopen()


def back_up(pair: Pair, vault: RegionVault, file: Path) -> Path:
    root = read_root(pair.settings.keys_folder / f"{vault.region.name}.key")
    to = file_destination(file, settings=pair.settings)
    vault.keys.back_up(to, root=root, passphrase=PASSPHRASE, access=CUSTODIAN)
    return file


def restore_their_backup_here(pair: Pair) -> None:
    file = back_up(pair, pair.theirs, pair.settings.home.with_name("theirs.backup"))
    restore_keys(
        file, settings=pair.settings, region=pair.ours.region, passphrase=PASSPHRASE,
        access=CUSTODIAN, clock=pair.vaults.clock,
    )  # fmt: skip


def back_our_keys_up_into_their_region(pair: Pair) -> None:
    back_up(pair, pair.ours, pair.home(pair.theirs) / "ours.backup")


Attempt = Callable[..., None]
ATTEMPTS: dict[Attempt, tuple[type[HandrailError], str]] = {
    read_their_object_in_our_place: (ResidencyViolation, "belongs to region"),
    copy_their_object_to_our_store: (ResidencyViolation, "belongs to region"),
    read_their_bytes_with_our_sidecar: (Tampered, "object raw_chats"),
    rename_the_region_in_their_sidecar: (Tampered, "moved, edited"),
    read_by_their_manifest: (Refused, "is not in the store"),
    write_their_person_here: (ResidencyViolation, "another region.s, or was erased"),
    rewrap_their_sidecar: (Tampered, "the wrapped key of"),
    join_their_warehouse: (ResidencyViolation, "joins with nothing outside it"),
    read_a_file_from_our_warehouse: (ResidencyViolation, "joins with nothing outside it"),
    lay_their_warehouse_in_our_place: (Tampered, "does not open with this region's"),
    freeze_their_rows: (ResidencyViolation, "a training row belongs to region"),
    export_theirs_through_our_gate: (ResidencyViolation, "it holds data of"),
    export_ours_into_their_region: (ResidencyViolation, "data may not go to region"),
    redeem_their_receipt: (ResidencyViolation, "was not made by the gate of region"),
    export_what_is_not_declared: (ResidencyViolation, "the config declares"),
    restore_their_keys_here: (Refused, "is not the one this home was made with"),
    restore_their_keys_and_root_here: (Refused, "is not the one this home was made with"),
    restore_their_backup_here: (ResidencyViolation, "belongs to region"),
    back_our_keys_up_into_their_region: (ResidencyViolation, "data may not go to region"),
    restore_their_manifests_here: (ResidencyViolation, "the manifest file"),
}
WITH_A_PLAYBOOK: dict[Attempt, tuple[type[HandrailError], str]] = {
    train_on_their_data_set: (ResidencyViolation, "belongs to region"),
    evaluate_on_their_data_set: (ResidencyViolation, "a training row belongs to region"),
    read_their_model: (ResidencyViolation, "model trained_model"),
    serve_their_release: (ResidencyViolation, "a release bundle belongs to region"),
}


def refused_and_on_record(pair: Pair, attempt: Callable[[], None], expected: tuple) -> None:
    error, said = expected
    with pytest.raises(error, match=said) as refusal:
        attempt()
    last = pair.ours.audit.records()[-1]
    assert (last.event, last.region, last.detail) == (
        "denied", pair.ours.region.name, str(refusal.value),
    )  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda a: a.__name__)
def test_what_is_theirs_is_refused_and_on_our_record(pair: Pair, attempt: Attempt) -> None:
    refused_and_on_record(pair, lambda: attempt(pair), ATTEMPTS[attempt])


@pytest.mark.parametrize("attempt", WITH_A_PLAYBOOK, ids=lambda a: a.__name__)
def test_no_data_set_model_or_release_of_theirs_is_used(
    pair: Pair, attempt: Attempt, book: Playbook
) -> None:
    refused_and_on_record(pair, lambda: attempt(pair, book), WITH_A_PLAYBOOK[attempt])


def test_their_audit_record_in_our_log_shuts_the_region(pair: Pair) -> None:
    """There is no log to note it in then: access is denied until people have seen to it."""
    theirs, ours = (pair.home(v) / "audit" / "audit.jsonl" for v in (pair.theirs, pair.ours))
    ours.write_bytes(ours.read_bytes() + theirs.read_bytes().splitlines(keepends=True)[-1])
    with pytest.raises(AccessDenied, match="the last record of the audit log belongs to region"):
        pair.scan(pair.our_day)
    (finding,) = report_audit(pair.ours, access=CUSTODIAN).findings
    assert finding.verdict is Verdict.FAIL


def test_their_whole_audit_log_in_place_of_ours_is_named(pair: Pair) -> None:
    """Its chain is whole; it is another region's all the same."""
    theirs, ours = (pair.home(v) / "audit" / "audit.jsonl" for v in (pair.theirs, pair.ours))
    pair.lay(theirs, ours)
    with pytest.raises(Tampered):
        pair.ours.audit.verify()
    (finding,) = report_audit(pair.ours, access=CUSTODIAN).findings
    assert finding.verdict is Verdict.FAIL


def test_what_is_ours_is_served_and_nothing_is_denied(pair: Pair) -> None:
    """The same steps without the other region's part: nothing above fails for another reason."""
    pair.scan(pair.our_day)
    pair.ours.keys.rotate(DataClass.RAW, access=CUSTODIAN)
    pair.ours.keys.rewrap(DataClass.RAW, access=CUSTODIAN)
    pair.scan(pair.our_day)
    export = report_of(pair, pair.ours.region.name, Destination("/shared", None))
    receipt = pair.ours.gate.clear(export, b"report", access=REVIEWER)
    pair.ours.gate.redeem(receipt, b"report", what=export.what, place="/shared")
    pair.closed()
    pair.reopen()
    assert "denied" not in {record.event for record in pair.ours.audit.records()}
