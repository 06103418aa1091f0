"""R31: a stored model is data. Whatever is put in its place is refused, and nothing of it runs."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from handrail.access import Purpose
from handrail.agent.artifact import FORMAT, MANIFEST, Kind, Member, packed
from handrail.agent.model import MODEL, model_records, read_model
from handrail.agent.router import Router
from handrail.digests import canonical, digest
from handrail.errors import HandrailError, ResidencyViolation, Tampered
from handrail.playbook.model import Playbook
from handrail.residency import DataClass, Labels
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline

REGION = "eu"
TRAINING, SERVING = pipeline("test", Purpose.TRAINING), pipeline("test", Purpose.EVALUATION)
KINDS = {"router": "arrays", "promises": "json", "playbook": "json", "labels": "json"}


class Payload:
    """What runs when it is unpickled: it leaves a file behind."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.marker,)


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "it-ran"


@pytest.fixture
def vault(vaults: RegionVaults) -> RegionVault:
    return vaults.of(REGION)


@pytest.fixture(scope="session")
def records(router: Router, playbook: Playbook) -> list[Record]:
    return model_records(
        router, [], playbook, Labels(("retail",), ("training",)), region=REGION
    )  # fmt: skip


def store(vault: RegionVault, records: Sequence[Record]) -> Artifact:
    """Put records where a model lies, as somebody with the trainer's rights can."""
    name = ObjectName(MODEL, vault.region.name, DataClass.MODEL)
    return vault.put(name, records, access=TRAINING)


def refusal(vault: RegionVault, records: Sequence[Record]) -> str:
    with pytest.raises(HandrailError) as refused:
        read_model(vault, store(vault, records), access=SERVING)
    assert isinstance(refused.value, Tampered | ResidencyViolation)
    assert refused.value.__cause__ is None
    return str(refused.value)


def with_member(records: Sequence[Record], name: str, content: bytes) -> list[Record]:
    """The model with other content of a member, which the manifest describes truly."""
    members = [
        Member(r.record_id, Kind(KINDS[r.record_id]), content if r.record_id == name else r.payload)
        for r in records
        if r.record_id != MANIFEST
    ]
    return packed(members, region=REGION)


def with_manifest(records: Sequence[Record], **changes: Any) -> list[Record]:
    """The model with another manifest."""
    manifest = json.loads(records[0].payload) | changes
    return [replace(records[0], payload=canonical(manifest)), *records[1:]]


def test_a_model_is_read_as_it_was_stored(
    vault: RegionVault, records: list[Record], router: Router, playbook: Playbook
) -> None:
    model = read_model(vault, store(vault, records), access=SERVING)
    assert model.router.digest == router.digest
    assert model.playbook == playbook
    assert model.labels == Labels(("retail",), ("training",))
    manifest = json.loads(records[0].payload)
    assert manifest["format"] == FORMAT
    assert {name: entry["kind"] for name, entry in manifest["members"].items()} == KINDS


def pickled(marker: Path) -> bytes:
    return pickle.dumps(Payload(marker))


def old_pickle(marker: Path) -> bytes:
    return pickle.dumps(Payload(marker), protocol=0)


def joblib_dump(marker: Path) -> bytes:
    return zlib.compress(pickle.dumps(Payload(marker)))


def object_array(marker: Path) -> bytes:
    out = io.BytesIO()
    np.save(out, np.array([Payload(marker)], dtype=object), allow_pickle=True)
    return out.getvalue()


def zipped(entries: Sequence[tuple[str, bytes]], *, mode: int = 0o600) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def npz_with_objects(marker: Path) -> bytes:
    return zipped([("bias.npy", object_array(marker))])


def path_in_a_zip(marker: Path) -> bytes:
    return zipped([(f"../../../../{marker}", b"x"), (str(marker), b"x")])


def symlink_in_a_zip(marker: Path) -> bytes:
    return zipped([("weights.npy", str(marker).encode())], mode=0o120777)


def zip_bomb(marker: Path) -> bytes:
    return zipped([("weights.npy", bytes(50_000_000))])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def member_twice_in_a_zip(marker: Path) -> bytes:
    return zipped([("weights.npy", b"checked"), ("weights.npy", pickled(marker))])


def skops_of_unknown_type(marker: Path) -> bytes:
    schema = {
        "__class__": "system", "__module__": "os", "__loader__": "FunctionNode",
        "content": f"touch {marker}",
    }  # fmt: skip
    return zipped([("schema.json", json.dumps(schema).encode())])


def onnx_with_outside_data(marker: Path) -> bytes:
    return b"\x08\x08\x12\x07pytorch" + b"location\x12\x0f../../etc/passwd"


def mlflow_model(marker: Path) -> bytes:
    return (
        "flavors:\n  python_function:\n    loader_module: os\n    data: touch "
        f"{marker}\n    env: conda.yaml\nmodel_uuid: 1\n"
    ).encode()


CONTENT: dict[Callable[[Path], bytes], str] = {
    pickled: "is a pickle; only plain arrays are read",
    old_pickle: "says its header is",
    joblib_dump: "is a zlib stream (joblib); only plain arrays are read",
    object_array: "is a NumPy file; only plain arrays are read",
    npz_with_objects: "is a zip archive (npz, skops, Keras or PyTorch); only plain arrays are read",
    path_in_a_zip: "is a zip archive",
    symlink_in_a_zip: "is a zip archive",
    zip_bomb: "is a zip archive",
    member_twice_in_a_zip: "is a zip archive",
    skops_of_unknown_type: "is a zip archive",
    onnx_with_outside_data: "is an ONNX file; only plain arrays are read",
    mlflow_model: "says its header is",
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("make", CONTENT, ids=lambda make: make.__name__)
def test_a_router_that_could_run_is_refused_and_does_not_run(
    vault: RegionVault, records: list[Record], marker: Path, make: Callable[[Path], bytes]
) -> None:
    hostile = make(marker)
    assert CONTENT[make] in refusal(vault, with_member(records, "router", hostile))
    assert not marker.exists()


@pytest.mark.parametrize("member", ["promises", "playbook", "labels"])
@pytest.mark.parametrize("make", [pickled, npz_with_objects, mlflow_model])
def test_no_member_runs_where_json_should_be(
    vault: RegionVault,
    records: list[Record],
    marker: Path,
    make: Callable[[Path], bytes],
    member: str,
) -> None:
    message = refusal(vault, with_member(records, member, make(marker)))
    assert message.startswith(f"member {member} of model trained_model/eu@")
    assert "a pickle" in message or "a zip archive" in message or "or none" in message
    assert not marker.exists()


def test_the_payload_would_run_if_it_were_unpickled(marker: Path) -> None:
    """What is looked for would be there: the tests above are no tests of a dud."""
    pickle.loads(pickled(marker))
    assert marker.exists()
    marker.unlink()
    np.load(io.BytesIO(object_array(marker)), allow_pickle=True)
    assert marker.exists()


@pytest.mark.parametrize(
    "kind",
    ["pickle", "joblib", "skops", "onnx", "loader_module", "python_function", "npz", "JSON", ""],
)
def test_a_kind_outside_the_list_is_refused(
    vault: RegionVault, records: list[Record], kind: str
) -> None:
    members = json.loads(records[0].payload)["members"]
    members["router"]["kind"] = kind
    message = refusal(vault, with_manifest(records, members=members))
    assert "has member router of a kind that isn't read (json and arrays are)" in message


def members_of(records: Sequence[Record], **changes: Any) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(records[0].payload)["members"]
    return {name: entry | changes.get(name, {}) for name, entry in members.items()}


MANIFESTS: dict[str, tuple[Callable[[Sequence[Record]], Sequence[Record]], str]] = {
    "none at all": (lambda r: r[1:], "has no manifest"),
    "no records": (lambda r: [], "has no manifest"),
    "not the first": (lambda r: [*r[1:], r[0]], "has no manifest"),
    "no JSON": (lambda r: [replace(r[0], payload=b"\x80\x04"), *r[1:]], "isn't written as ours"),
    "of 64 KiB": (
        lambda r: [replace(r[0], payload=r[0].payload + b" " * (1 << 16)), *r[1:]],
        "longer than any of ours",
    ),
    "written otherwise": (
        lambda r: [replace(r[0], payload=r[0].payload + b" "), *r[1:]], "isn't written as ours are",
    ),
    "of another format": (lambda r: with_manifest(r, format="handrail-model-1"), "another format"),
    "of another region": (lambda r: with_manifest(r, region="us"), "belongs to region 'us'"),
    "with more in it": (
        lambda r: with_manifest(r, loader_module="os"), "isn't written as ours are",
    ),
    "with more on a member": (
        lambda r: with_manifest(r, members=members_of(r, router={"loader_module": "os"})),
        "isn't written as ours are",
    ),
    "with a text for a length": (
        lambda r: with_manifest(r, members=members_of(r, router={"bytes": "12"})),
        "isn't written as ours are",
    ),
    "with a length below nothing": (
        lambda r: with_manifest(r, members=members_of(r, router={"bytes": -1})),
        "isn't written as ours are",
    ),
    "with another length": (
        lambda r: with_manifest(r, members=members_of(r, router={"bytes": 12})),
        "bytes of member router, its manifest says other",
    ),
    "with another digest": (
        lambda r: with_manifest(r, members=members_of(r, router={"sha256": "0" * 64})),
        "has other bytes of member router than its manifest says",
    ),
    "with a path for a name": (
        lambda r: with_manifest(
            r, members=members_of(r) | {"../../x": members_of(r)["labels"]}
        ),
        "a member whose name is more than a name",
    ),
    "that names a member which isn't there": (
        lambda r: with_manifest(r, members=members_of(r) | {"tool": members_of(r)["labels"]}),
        "lacks a member that its manifest names",
    ),
    "that doesn't name a member": (
        lambda r: [*r, Record("tool", None, b"{}")], "holds a member that its manifest doesn't name"
    ),
    "with a member that is there twice": (lambda r: [*r, r[1]], "holds a member twice"),
    "without a member": (
        lambda r: packed([Member("labels", Kind.JSON, r[-1].payload)], region=REGION),
        "has other members than a model of this version",
    ),
    "with a member of the wrong kind": (
        lambda r: with_manifest(r, members=members_of(r, router={"kind": "json"})),
        "has other members than a model of this version",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_that_isnt_ours_is_refused(
    vault: RegionVault, records: list[Record], name: str
) -> None:
    change, reason = MANIFESTS[name]
    assert reason in refusal(vault, change(records))


def test_members_that_changed_under_their_manifest_are_refused(
    vault: RegionVault, records: list[Record]
) -> None:
    for place, record in enumerate(records[1:], start=1):
        payload = bytes([record.payload[0] ^ 1]) + record.payload[1:]
        changed = [*records]
        changed[place] = replace(record, payload=payload)
        assert "than its manifest says" in refusal(vault, changed)


def test_a_manifest_of_another_region_is_on_record(
    vault: RegionVault, records: list[Record]
) -> None:
    refusal(vault, with_manifest(records, region="us"))
    last = vault.audit.records()[-1]
    assert last.event == "denied"
    assert MODEL in str(last)


def test_other_content_than_the_digest_names_is_refused(
    vault: RegionVault, records: list[Record]
) -> None:
    stored = store(vault, records)
    other = replace(stored, digest=digest(b"another"))
    with pytest.raises(Tampered, match="other content than its digest names"):
        read_model(vault, other, access=SERVING)


def test_a_model_of_a_gigabyte_is_not_collected(
    vault: RegionVault, records: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handrail.agent.artifact._MOST_BYTES", len(records[1].payload))
    with pytest.raises(Tampered, match="is larger than"):
        read_model(vault, store(vault, records), access=SERVING)
