from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handrail.access import Purpose
from handrail.digests import digest
from handrail.errors import BadInput, Refused, ResidencyViolation
from handrail.registry import WHAT, Registration, Registry, RegistryUnavailable
from handrail.residency import DataClass, Labels
from handrail.vault.export_gate import Basis, Destination, Export
from handrail.vault.region_vault import RegionVaults, pipeline

Register = Callable[..., int]
RELEASING = pipeline("test", Purpose.RELEASE)
CHAT = "My name is Ada and my order never came"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def registry(home: Path) -> Registry:
    """One SQLite file for the module: creating its tables takes MLflow about 4 s.

    Its creation was killed half-way before, which MLflow itself can't make good.
    """
    half_made = sqlite3.connect(home / "mlflow.db")
    half_made.execute("create table experiments (experiment_id integer)")
    half_made.execute("create table alembic_version (version_num text)")
    half_made.close()
    (home / ".mlflow.db.unfinished").touch()
    return Registry(f"sqlite:///{home / 'mlflow.db'}", artifacts=home / "mlflow-artifacts")


def manifest(model: str) -> dict[str, object]:
    return {"model": digest(model), "prompts": {"resolve": digest("p")}, "thresholds": {"low": 0.9}}


def registration(region: str, release: str, **changed: Any) -> Registration:
    parts: dict[str, Any] = {
        "prompts": {"resolve": "Help {{ customer }}."},
        "params": {"dataset": digest("d"), "seed": 7},
        "metrics": {"accuracy": 0.91},
        "manifest": manifest(release),
    }
    return Registration(region, release, **{**parts, **changed})


@pytest.fixture
def register(registry: Registry, vaults: RegionVaults) -> Register:
    """Take something to the registry as a release does: through the gate of its region."""

    def _register(region: str, release: str, **changed: Any) -> int:
        told, gate = registration(region, release, **changed), vaults.of(region).gate
        export = Export(
            WHAT, (region,), Labels(("retail",), ("training",)), DataClass.MODEL, Basis.AGGREGATE,
            0, Destination(registry.place, None),
        )  # fmt: skip
        receipt = gate.clear(export, told.to_bytes(), access=RELEASING)
        return registry.register(told, receipt=receipt, gate=gate)

    return _register


def test_the_same_release_keeps_its_version_and_another_gets_the_next(
    register: Register, registry: Registry
) -> None:
    """R47"""
    assert register("eu", "rel-aaaaaaaaaaaa") == 1
    assert register("eu", "rel-aaaaaaaaaaaa") == 1
    assert register("eu", "rel-bbbbbbbbbbbb") == 2
    assert registry.version_of("eu", "rel-bbbbbbbbbbbb") == 2
    assert registry.version_of("eu", "rel-cccccccccccc") is None


def test_what_was_created_whole_is_not_begun_anew(
    register: Register, registry: Registry, home: Path
) -> None:
    """R47: another process finds what is registered."""
    register("eu", "rel-aaaaaaaaaaaa")
    assert not (home / ".mlflow.db.unfinished").exists()
    again = Registry(f"sqlite:///{home / 'mlflow.db'}", artifacts=home / "mlflow-artifacts")
    assert again.version_of("eu", "rel-aaaaaaaaaaaa") == 1


def test_regions_have_names_of_their_own(register: Register, registry: Registry) -> None:
    """R47"""
    register("eu", "rel-aaaaaaaaaaaa")
    assert register("us", "rel-dddddddddddd") == 1
    assert registry.version_of("us", "rel-aaaaaaaaaaaa") is None


def test_aliases_point_where_they_are_set_and_go_when_removed(
    register: Register, registry: Registry
) -> None:
    """R47"""
    version = register("eu", "rel-aaaaaaaaaaaa")
    registry.set_alias("eu", "challenger", version)
    registry.set_alias("eu", "champion", version)
    registry.set_alias("eu", "challenger", None)
    registry.set_alias("eu", "challenger", None)
    assert registry.aliases("eu") == {"champion": version}
    with pytest.raises(Refused, match="is no alias"):
        registry.set_alias("eu", "production", version)


def test_the_same_prompt_keeps_its_version(register: Register, registry: Registry) -> None:
    """R47"""
    for number, text in enumerate(("Help {{ customer }} now.", "Help {{ customer }} kindly.")):
        register("eu", f"rel-ffffffffff{number:02}", prompts={"route": text})
    register("eu", "rel-ffffffffff02", prompts={"route": "Help {{ customer }} now."})
    versions = registry._prompt_versions(registry._client, "eu.route")
    assert {(v.version, v.tags["handrail.first_release"]) for v in versions} == {
        (1, "rel-ffffffffff00"),
        (2, "rel-ffffffffff01"),
    }


def test_a_release_names_the_versions_of_its_prompts(
    register: Register, registry: Registry
) -> None:
    """R14: from what is live to the very words it was prompted with."""
    first = register("eu", "rel-hhhhhhhhhh01", prompts={"summarize": "Sum {{ it }} up."})
    second = register("eu", "rel-hhhhhhhhhh02", prompts={"summarize": "Sum {{ it }} up briefly."})
    for release, number in ((first, "1"), (second, "2")):
        tags = registry._client.get_model_version("eu.support-agent", str(release)).tags
        assert tags["prompt_version.summarize"] == number


def test_sentences_are_refused_wherever_a_chat_could_slip_in(register: Register) -> None:
    """R36: nothing from a chat goes into MLflow"""
    with pytest.raises(Refused) as refusal:
        register("eu", "rel-eeeeeeeeeeee", params={"example": CHAT})
    assert "Ada" not in str(refusal.value)
    with pytest.raises(Refused):
        register("eu", "rel-eeeeeeeeeeee", manifest={"example": CHAT})


def test_nothing_is_told_without_a_receipt_for_exactly_that(
    register: Register, registry: Registry, vaults: RegionVaults
) -> None:
    """R38: another region's, an older or a changed one is refused before a byte is sent."""
    told = registration("eu", "rel-gggggggggggg")
    register("eu", "rel-gggggggggggg")
    spent = vaults.of("eu").gate.departures()[-1].receipt
    other = replace(told, metrics={"accuracy": 0.99})
    for region, what, said in (
        ("us", told, "not made by the gate of region us"),
        ("eu", told, "used before"),
        ("eu", other, "for other bytes"),
    ):
        with pytest.raises(ResidencyViolation, match=said):
            registry.register(what, receipt=spent, gate=vaults.of(region).gate)


def test_nothing_is_written_but_the_database(
    register: Register, registry: Registry, home: Path
) -> None:
    register("eu", "rel-aaaaaaaaaaaa")
    assert {path.name for path in home.iterdir()} == {"mlflow.db", ".mlflow.db.lock"}


def planted_version(registry: Registry, folder: Path, release: str) -> int:
    """A model version as MLflow's own tools make it: its files name a module that MLflow runs."""
    folder.mkdir()
    (folder / "MLmodel").write_text("flavors:\n  python_function:\n    loader_module: evil\n")
    (folder / "evil.py").write_text(
        f"from pathlib import Path\nPath({str(folder / 'it-ran')!r}).touch()\n"
    )
    version = registry._client.create_model_version(
        "eu.support-agent", source=folder.as_uri(), tags={"release": release}
    )
    return int(version.version)


def test_a_version_that_mlflow_would_run_is_refused(
    register: Register, registry: Registry, tmp_path: Path
) -> None:
    """R31: `loader_module` in the registry is neither loaded nor pointed at."""
    register("eu", "rel-iiiiiiiiiiii")
    live = register("eu", "rel-jjjjjjjjjjjj")
    registry.set_alias("eu", "champion", live)
    planted = planted_version(registry, tmp_path / "planted", "rel-iiiiiiiiiiii")
    with pytest.raises(Refused, match="MLflow would run what they name"):
        registry.version_of("eu", "rel-iiiiiiiiiiii")
    with pytest.raises(Refused, match="MLflow would run what they name"):
        registry.set_alias("eu", "champion", planted)
    assert registry.aliases("eu")["champion"] == live
    assert registry.version_of("eu", "rel-jjjjjjjjjjjj") == live
    assert not (tmp_path / "planted" / "it-ran").exists()


def test_an_unreachable_registry_says_so(tmp_path: Path) -> None:
    blocked = tmp_path / "a_file"
    blocked.write_bytes(b"this is no database, it is something else altogether")
    with pytest.raises(RegistryUnavailable, match="MLflow can't be used"):
        Registry(f"sqlite:///{blocked}", artifacts=tmp_path).version_of("eu", "rel-aaaaaaaaaaaa")


def test_a_plain_address_elsewhere_is_refused(tmp_path: Path) -> None:
    """R37"""
    with pytest.raises(BadInput, match="not TLS"):
        Registry("http://mlflow.example.com", artifacts=tmp_path)
