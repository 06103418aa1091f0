from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from handrail.digests import digest
from handrail.errors import BadInput, Refused
from handrail.registry import Registry, RegistryUnavailable

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


def registered(registry: Registry, region: str, release: str) -> int:
    run = registry.log_run(
        region, "training", params={"dataset": digest("d"), "seed": 7}, metrics={"accuracy": 0.91}
    )
    return registry.register_model_version(region, manifest(release), release=release, run_id=run)


def test_the_same_release_keeps_its_version_and_another_gets_the_next(registry: Registry) -> None:
    """R47"""
    assert registered(registry, "eu", "rel-aaaaaaaaaaaa") == 1
    assert registered(registry, "eu", "rel-aaaaaaaaaaaa") == 1
    assert registered(registry, "eu", "rel-bbbbbbbbbbbb") == 2
    assert registry.version_of("eu", "rel-bbbbbbbbbbbb") == 2
    assert registry.version_of("eu", "rel-cccccccccccc") is None


def test_what_was_created_whole_is_not_begun_anew(registry: Registry, home: Path) -> None:
    """R47: another process finds what is registered."""
    registered(registry, "eu", "rel-aaaaaaaaaaaa")
    assert not (home / ".mlflow.db.unfinished").exists()
    again = Registry(f"sqlite:///{home / 'mlflow.db'}", artifacts=home / "mlflow-artifacts")
    assert again.version_of("eu", "rel-aaaaaaaaaaaa") == 1


def test_regions_have_names_of_their_own(registry: Registry) -> None:
    """R47"""
    registered(registry, "eu", "rel-aaaaaaaaaaaa")
    assert registered(registry, "us", "rel-dddddddddddd") == 1
    assert registry.version_of("us", "rel-aaaaaaaaaaaa") is None


def test_aliases_point_where_they_are_set_and_go_when_removed(registry: Registry) -> None:
    """R47"""
    version = registered(registry, "eu", "rel-aaaaaaaaaaaa")
    registry.set_alias("eu", "challenger", version)
    registry.set_alias("eu", "champion", version)
    registry.set_alias("eu", "challenger", None)
    registry.set_alias("eu", "challenger", None)
    assert registry.aliases("eu") == {"champion": version}
    with pytest.raises(Refused, match="is no alias"):
        registry.set_alias("eu", "production", version)


def test_the_same_prompt_keeps_its_version(registry: Registry) -> None:
    """R47"""
    one, two = "Help {{ customer }}.", "Help {{ customer }} kindly."
    assert registry.register_prompt("eu.resolve", one, digest=digest(one)) == 1
    assert registry.register_prompt("eu.resolve", two, digest=digest(two)) == 2
    assert registry.register_prompt("eu.resolve", one, digest=digest(one)) == 1


def test_sentences_are_refused_wherever_a_chat_could_slip_in(registry: Registry) -> None:
    """R36: nothing from a chat goes into MLflow"""
    with pytest.raises(Refused) as refusal:
        registry.log_run("eu", "training", params={"example": CHAT}, metrics={})
    assert "Ada" not in str(refusal.value)
    with pytest.raises(Refused):
        registry.register_model_version(
            "eu", {"example": CHAT}, release="rel-eeeeeeeeeeee", run_id="run"
        )


def test_nothing_is_written_but_the_database(registry: Registry, home: Path) -> None:
    registered(registry, "eu", "rel-aaaaaaaaaaaa")
    assert {path.name for path in home.iterdir()} == {"mlflow.db", ".mlflow.db.lock"}


def test_an_unreachable_registry_says_so(tmp_path: Path) -> None:
    blocked = tmp_path / "a_file"
    blocked.write_bytes(b"this is no database, it is something else altogether")
    with pytest.raises(RegistryUnavailable, match="MLflow can't be used"):
        Registry(f"sqlite:///{blocked}", artifacts=tmp_path).version_of("eu", "rel-aaaaaaaaaaaa")


def test_a_plain_address_elsewhere_is_refused(tmp_path: Path) -> None:
    """R37"""
    with pytest.raises(BadInput, match="not TLS"):
        Registry("http://mlflow.example.com", artifacts=tmp_path)
