"""R35, R36, R37: what is enforced here and what is only advice, each line in each of its states."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from moto import mock_aws
from typer.testing import CliRunner, Result

from handrail.access import Access, Purpose
from handrail.clock import FixedClock
from handrail.custody.doctor.lines import Line, Standing
from handrail.custody.doctor.machine import Machine, look_at_machine, this_machine
from handrail.custody.doctor.places import look_at_places
from handrail.custody.doctor.regions import look_at_region
from handrail.dataset.stored import DATASET
from handrail.release.bundle import Bundles
from handrail.release.pointer import Aliases, Pointer, PointerFile
from handrail.residency import DataClass
from handrail.settings import BucketSettings, KeyServiceSettings, Settings
from handrail.vault.names import ObjectName, Record, object_key
from handrail.vault.region_vault import RegionVaults, pipeline
from orchestration.cli import app
from tests.conftest import NOW
from tests.release.conftest import release_of

ENFORCED, HOLDS, ADVISORY, NOT_MEASURED, PROBLEM = Standing
DAY = ObjectName("raw_chats", "2026-01-05", DataClass.RAW)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(
        user="anna",
        uid=os.getuid(),
        swaps=(),
        core_limit=0,
        core_pattern="core",
        python=(3, 11, 7),
        sqlite="3.40.1",
        openssl="OpenSSL 4.0.3",
        devices=tmp_path / "devices",
        now=NOW,
    )


@pytest.fixture
def used(settings: Settings, vaults: RegionVaults) -> Settings:
    """A home with an object, a key and an audit record in `eu`; its folders as they are made."""
    vaults.of("eu").put(DAY, [Record("c", None, b"r")], access=pipeline("t", Purpose.INTAKE))
    return settings


def line(lines: Iterator[Line], what: str) -> Line:
    return next(each for each in lines if each.what == what)


def place(settings: Settings, machine: Machine, what: str) -> Line:
    return line(look_at_places(settings, machine), what)


def region(settings: Settings, machine: Machine, what: str) -> Line:
    return line(look_at_region(settings, "eu", machine), f"eu: {what}")


def told(found: Line, standing: Standing, *words: str) -> None:
    assert found.standing is standing, found
    for word in words:
        assert word in found.sentence


def changed(settings: Settings, **fields: object) -> Settings:
    return settings.model_copy(update=fields)


def with_region(settings: Settings, **fields: object) -> Settings:
    regions = dict(settings.regions)
    regions["eu"] = regions["eu"].model_copy(update=fields)
    return changed(settings, regions=regions)


def test_an_empty_home_is_looked_at_and_stays_empty(settings: Settings, machine: Machine) -> None:
    found = [
        *look_at_places(settings, machine),
        *look_at_machine(machine),
        *look_at_region(settings, "eu", machine),
    ]
    assert PROBLEM not in {each.standing for each in found}
    assert not settings.home.exists() and not settings.keys_folder.exists()
    told(place(settings, machine, "home"), NOT_MEASURED, "not there yet")
    told(place(settings, machine, "key folder, modes"), NOT_MEASURED, "not there yet")
    told(region(settings, machine, "root key"), NOT_MEASURED, "first run makes it")
    told(region(settings, machine, "store"), NOT_MEASURED, "nothing is stored")
    told(region(settings, machine, "clock"), NOT_MEASURED, "no audit record")


def test_home_and_key_folder_are_shut_to_others(used: Settings, machine: Machine) -> None:
    for what, folder in (("home", used.home), ("key folder, modes", used.keys_folder)):
        told(place(used, machine, what), ENFORCED, str(folder), "shut to other users")
        for mode in (0o710, 0o701, 0o740, 0o704):
            folder.chmod(mode)
            told(place(used, machine, what), PROBLEM, "others", "chmod 700")
        folder.chmod(0o700)
        told(place(used, replace(machine, uid=machine.uid + 1), what), PROBLEM, "another user")


def test_exports_that_others_can_read_are_told(settings: Settings, machine: Machine) -> None:
    """R36: nothing seals what customers wrote before it is taken in."""
    told(place(settings, machine, "exports"), NOT_MEASURED, "not there yet")
    settings.exports_folder.mkdir(mode=0o700)
    told(place(settings, machine, "exports"), ENFORCED, "in clear")
    settings.exports_folder.chmod(0o755)
    told(place(settings, machine, "exports"), ADVISORY, "others can look", "chmod 700")


def test_a_home_that_cannot_be_looked_at_is_a_problem(settings: Settings, machine: Machine) -> None:
    settings.home.symlink_to(settings.home)
    told(place(settings, machine, "home"), PROBLEM, "make it readable")


def test_keys_in_the_home_are_a_problem(used: Settings, machine: Machine) -> None:
    told(place(used, machine, "key folder"), ENFORCED, "not in the home")
    inside = changed(used, keys_folder=used.home / "keys")
    told(place(inside, machine, "key folder"), PROBLEM, "opens everything")
    link = used.home.with_name("elsewhere")
    link.symlink_to(used.home)
    told(place(changed(used, keys_folder=link / "keys"), machine, "key folder"), PROBLEM)


def test_the_passphrase_file(used: Settings, machine: Machine, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    by_passphrase = changed(used, passphrase_file=file)
    mode = "passphrase file, mode"
    told(place(by_passphrase, machine, mode), PROBLEM, "not there", "HANDRAIL_PASSPHRASE_FILE")
    file.write_text("correct horse battery staple")
    file.chmod(0o640)
    told(place(by_passphrase, machine, mode), PROBLEM, "chmod 600")
    file.chmod(0o600)
    told(place(by_passphrase, machine, mode), ENFORCED, "shut to other users")
    told(place(by_passphrase, machine, "passphrase file"), ENFORCED, "not in the home")
    inside = changed(used, passphrase_file=used.home / "passphrase")
    told(place(inside, machine, "passphrase file"), PROBLEM, "lies in the home")
    told(region(by_passphrase, machine, "root key"), ADVISORY, "passphrase")
    named = {each.what for each in look_at_places(by_passphrase, machine)}
    assert not any(what.startswith("key folder") for what in named)


def test_the_root_key_file(
    used: Settings, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = used.keys_folder / "eu.key"
    told(region(used, machine, "root key"), ADVISORY, "can read", str(file), "copy of the home")
    with monkeypatch.context() as patched:
        patched.setattr(os, "access", lambda *_: False)
        told(region(used, machine, "root key"), PROBLEM, "can't be read")
    file.chmod(0o644)
    told(region(used, machine, "root key"), PROBLEM, "chmod 600")
    file.unlink()
    told(region(used, machine, "root key"), PROBLEM, "missing", "restore")


def test_the_key_database_R37(used: Settings, machine: Machine) -> None:
    told(region(used, machine, "key database"), HOLDS, "opens with the root key")
    file = used.keys_folder / "eu.key"
    right = file.read_bytes()
    file.write_bytes(right[:-1] + bytes([right[-1] ^ 1]))
    told(region(used, machine, "key database"), PROBLEM, "is not the one this home was made with")
    file.write_bytes(right)
    (used.region_home("eu") / "keys.db").unlink()
    told(region(used, machine, "key database"), PROBLEM, "missing", "handrail keys restore")
    assert not (used.region_home("eu") / "keys.db").exists()


def test_teams_are_advice_on_one_machine_and_a_key_services_to_enforce_R35(
    used: Settings, machine: Machine
) -> None:
    told(region(used, machine, "teams"), ADVISORY, "deploy/iam")
    service = KeyServiceSettings(kind="kms", key_id="k", location="eu-central-1")
    with mock_aws():  # or the line before, which asks for the key, would wait for the internet
        found = region(with_region(used, key_service=service), machine, "teams")
    told(found, NOT_MEASURED, "deploy")


def test_the_second_audit_sink(
    used: Settings, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    what = "second audit sink"
    told(place(used, machine, what), ADVISORY, "on the disk of the home", "HANDRAIL_AUDIT_COPY")
    inside = changed(used, audit_copy=used.home / "copy")
    told(place(inside, machine, what), PROBLEM, "lies in the home")
    copy = used.home.with_name("other-disk")
    copy.mkdir()
    _on_another_disk(monkeypatch, copy)
    told(place(changed(used, audit_copy=copy), machine, what), HOLDS, "another disk")


def _on_another_disk(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    real = Path.stat

    def stat(path: Path, **options: bool) -> object:
        held = real(path, **options)
        if path != folder:
            return held
        return SimpleNamespace(st_dev=held.st_dev + 1, st_mode=held.st_mode, st_uid=held.st_uid)

    monkeypatch.setattr(Path, "stat", stat)


@pytest.mark.parametrize(
    ("uuid", "standing"),
    [("CRYPT-LUKS2-1234-home", ENFORCED), ("LVM-abcd", NOT_MEASURED), (None, NOT_MEASURED)],
)
def test_disk_encryption(
    used: Settings, machine: Machine, uuid: str | None, standing: Standing
) -> None:
    if uuid is not None:
        number = used.home.stat().st_dev
        mapped = machine.devices / f"{os.major(number)}:{os.minor(number)}" / "dm"
        mapped.mkdir(parents=True)
        (mapped / "uuid").write_text(uuid)
    told(place(used, machine, "disk encryption"), standing, "disk is encrypted")


def test_free_space(used: Settings, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, standing, words in (
        ((1 << 30) - 1, PROBLEM, "make room"),
        (1 << 30, HOLDS, "1.0 GiB are free"),
    ):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        told(place(used, machine, "disk space"), standing, words)


def test_endpoints_are_named_without_their_passwords_R37(used: Settings, machine: Machine) -> None:
    url = "postgresql://mlflow:hunter2@db.example.com/mlflow?sslmode=verify-full"
    bucket = BucketSettings(
        kind="s3", bucket="abc", location="eu-central-1", endpoint="https://s3.example.com"
    )
    good = with_region(changed(used, mlflow_uri=url), store=bucket)
    found = place(good, machine, "endpoints")
    told(found, ENFORCED, "registry postgresql://db.example.com", "store of eu https://s3")
    assert "hunter2" not in found.sentence
    # A value that no validator saw, as a change of code might let through.
    plain = bucket.model_copy(update={"endpoint": "http://s3.example.com"})
    told(place(with_region(used, store=plain), machine, "endpoints"), PROBLEM, "store of eu", "TLS")
    service = KeyServiceSettings(kind="kms", key_id="k", location="eu-central-1")
    foul = service.model_copy(update={"endpoint": "http://kms.example.com"})
    told(place(with_region(used, key_service=foul), machine, "endpoints"), PROBLEM, "key service")


def test_the_access_policy(used: Settings, machine: Machine, tmp_path: Path) -> None:
    told(place(used, machine, "access policy"), HOLDS, "sound", "compliance, custody, pipeline")
    mine = tmp_path / "mine.cedar"
    mine.write_text("permit all")
    found = place(changed(used, access_policy=mine), machine, "access policy")
    told(found, PROBLEM, "not valid Cedar")


@pytest.mark.parametrize(
    ("what", "facts", "standing", "words"),
    [
        ("operating-system user", {}, ADVISORY, "anna"),
        ("operating-system user", {"uid": 1000}, ADVISORY, "every team runs as anna"),
        ("operating-system user", {"uid": 0}, ADVISORY, "root"),
        ("swap", {}, HOLDS, "none"),
        ("swap", {"swaps": ("/dev/sda2", "/swap")}, ADVISORY, "/dev/sda2, /swap: `swapoff -a`"),
        ("swap", {"swaps": None}, NOT_MEASURED, "can't be told"),
        ("core dumps", {}, ENFORCED, "limit is 0"),
        ("core dumps", {"core_limit": 1}, ADVISORY, "ulimit -c 0"),
        ("core dumps", {"core_limit": -1}, ADVISORY, "ulimit -c 0"),
        ("core dumps", {"core_pattern": "|/usr/bin/apport"}, ADVISORY, "handed to a program"),
        ("core dumps", {"core_pattern": None}, NOT_MEASURED, "can't be told"),
        ("versions", {}, HOLDS, "Python 3.11.7, SQLite 3.40.1, OpenSSL 4.0.3"),
        ("versions", {"python": (3, 12, 0)}, PROBLEM, "run it on Python 3.11"),
    ],
)
def test_the_machine(
    machine: Machine, what: str, facts: dict[str, object], standing: Standing, words: str
) -> None:
    if what == "operating-system user":
        facts = {"uid": 1000, **facts}
    told(line(look_at_machine(replace(machine, **facts)), what), standing, words)  # type: ignore[arg-type]


def test_facts_are_read_from_the_system(tmp_path: Path) -> None:
    facts = this_machine(user="anna", now=NOW, root=tmp_path)
    assert (facts.swaps, facts.core_pattern, facts.user) == (None, None, "anna")
    (tmp_path / "proc/sys/kernel").mkdir(parents=True)
    (tmp_path / "proc/sys/kernel/core_pattern").write_text("|/bin/x %p\n")
    (tmp_path / "proc/swaps").write_text("Filename Type Size\n/dev/sda2 partition 1\n")
    facts = this_machine(user="anna", now=NOW, root=tmp_path)
    assert (facts.swaps, facts.core_pattern) == (("/dev/sda2",), "|/bin/x %p")
    (tmp_path / "proc/swaps").write_text("Filename Type Size\n")
    assert this_machine(user="anna", now=NOW, root=tmp_path).swaps == ()
    here = this_machine(user="anna", now=NOW)
    assert here.uid == os.getuid() and here.openssl.startswith("OpenSSL")


def test_a_clock_behind_the_newest_audit_record(used: Settings, machine: Machine) -> None:
    told(region(used, machine, "clock"), HOLDS, "2026-03-02T12:00:00Z")
    early = replace(machine, now=NOW - timedelta(seconds=1))
    told(region(used, early, "clock"), PROBLEM, "2026-03-02T11:59:59", "set it right")
    log = used.home / "eu" / "audit" / "audit.jsonl"
    log.write_bytes(log.read_bytes() + b"{}\n")
    told(region(used, machine, "clock"), PROBLEM, "not readable")


def test_a_store_in_a_folder(
    used: Settings, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(region(used, machine, "store"), HOLDS, "can be read")

    def broken(*_: object) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rglob", broken)
    told(region(used, machine, "store"), PROBLEM, "Permission denied")


def test_a_bucket_and_a_key_service_are_asked_R38(
    used: Settings, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    here = "eu-central-1"
    with mock_aws():
        boto3.client("s3", region_name=here).create_bucket(
            Bucket="eu-chats", CreateBucketConfiguration={"LocationConstraint": here}
        )
        made = boto3.client("kms", region_name=here).create_key()["KeyMetadata"]["KeyId"]
        bucket = BucketSettings(kind="s3", bucket="eu-chats", location=here)
        service = KeyServiceSettings(kind="kms", key_id=made, location=here)
        cloud = with_region(used, store=bucket, key_service=service)
        told(region(cloud, machine, "store"), ENFORCED, "eu-chats", here)
        told(region(cloud, machine, "root key"), ENFORCED, "never leaves it")
        gone = bucket.model_copy(update={"bucket": "us-chats"})
        told(region(with_region(used, store=gone), machine, "store"), PROBLEM, "us-chats")
        wrong = service.model_copy(update={"key_id": "0" * 8})
        told(region(with_region(used, key_service=wrong), machine, "root key"), PROBLEM, "0" * 8)


def test_a_silent_key_service_is_asked_once_and_not_for_long_R37(
    used: Settings, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port that nobody listens to stands for a service that can't be reached."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        silent = KeyServiceSettings(kind="kms", key_id="k", location="eu-central-1", endpoint=url)
        lines = list(look_at_region(with_region(used, key_service=silent), "eu", machine))
    told(line(iter(lines), "eu: root key"), PROBLEM, "for 5 seconds now")
    told(line(iter(lines), "eu: key database"), NOT_MEASURED, "without the root key")


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("HANDRAIL_HOME", str(settings.home))
    monkeypatch.delenv("HANDRAIL_CONFIG", raising=False)
    return lambda *words: CliRunner().invoke(app, ["doctor", *words], env={"COLUMNS": "300"})


def test_the_command_prints_every_line_and_fails_on_a_problem(
    run: Callable[..., Result], used: Settings
) -> None:
    good = run("--json")
    assert good.exit_code == 0, good.output
    lines = json.loads(good.output)
    assert {each["what"] for each in lines} >= {
        "home", "key folder", "second audit sink", "disk encryption", "disk space", "endpoints",
        "access policy", "operating-system user", "swap", "core dumps", "versions",
        *(f"{name}: {what}" for name in ("eu", "us", "apac")
          for what in ("root key", "teams", "store", "clock")),
    }  # fmt: skip
    key = (used.keys_folder / "eu.key").read_bytes()
    assert key.hex() not in good.output and repr(key) not in good.output
    used.home.chmod(0o755)
    bad = run("--region", "us")
    assert bad.exit_code == 1 and "PROBLEM" in bad.output and "eu: store" not in bad.output
    assert run("--region", "mars").exit_code == 2


def test_the_clock_of_the_command_is_the_systems(
    run: Callable[..., Result], settings: Settings
) -> None:
    """A record from the year 9000, as a broken clock would write, is a problem now."""
    late = FixedClock(NOW.replace(year=9000))
    vaults = RegionVaults(settings, clock=late)
    vaults.of("eu").put(DAY, [Record("c", None, b"r")], access=pipeline("t", Purpose.INTAKE))
    vaults.close()
    told_so = run("--region", "eu")
    assert told_so.exit_code == 1 and "earlier than the newest audit record" in told_so.output


def test_what_ranks_the_answers_of_the_live_release_is_told(
    used: Settings, vaults: RegionVaults, machine: Machine, tmp_path: Path
) -> None:
    """R26: that its data set can't rank is seen before anybody wonders about an answer."""
    told(region(used, machine, "ranking"), NOT_MEASURED, "no release is live")
    vault = vaults.of("eu")
    artifact = vault.put(
        ObjectName(DATASET, "eu", DataClass.DATASET), [Record("c", None, b"r")],
        access=pipeline("t", Purpose.DATASET),
    )  # fmt: skip
    live = replace(release_of("a")[0], dataset=artifact.digest)
    folder = used.region_home("eu") / "release"
    Bundles(folder / "bundles", region="eu").write(live)
    PointerFile(folder / "live.json").write(Pointer(Aliases(champion=live.id), "first", (), ""))
    told(region(used, machine, "ranking"), ADVISORY, "playbook's order", "not in this region")
    vault.lineage.commit(artifact, inputs=[], findings=[], config_hash="", run_id="t")
    told(region(used, machine, "ranking"), HOLDS, "resolved chats rank", live.id)
    before = {f: f.read_bytes() for f in used.region_home("eu").rglob("*.jsonl")}
    denies = tmp_path / "access.cedar"
    rules = used.access_policy.read_text()
    denies.write_text(rules.replace('@id("agent-dataset")', '@id("x")').replace(
        'Team::"agent",\n  action == Action::"read",\n  resource == DataClass::"dataset"',
        'Team::"nobody",\n  action == Action::"read",\n  resource == DataClass::"dataset"',
    ))  # fmt: skip
    other = changed(used, access_policy=denies)
    told(region(other, machine, "ranking"), ADVISORY, "playbook's order", "no rule")
    assert {f: f.read_bytes() for f in used.region_home("eu").rglob("*.jsonl")} == before
    lying = used.region_home("eu") / "vault" / object_key(artifact)
    lying.rename(tmp_path / "moved")
    told(region(used, machine, "ranking"), ADVISORY, "playbook's order")
    (tmp_path / "moved").rename(lying)
    custody = Access("t", "custody", Purpose.CUSTODY)
    vault.destroy_keys([artifact], because="retention", access=custody)
    told(region(used, machine, "ranking"), ADVISORY, "playbook's order", "was destroyed")
