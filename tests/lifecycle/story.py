"""One small simulated home, taken through the whole lifecycle once and read by many tests.

Region `eu` is in a bucket under a cloud's key, `us` in a folder under a key file.
The regions' exports also hold rows that can't be used, so that quarantine is part of the story.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import orjson
import pytest

from handrail.conversations.reading import register_of
from handrail.conversations.register import RegisteredExport
from handrail.settings import DEFAULT_CONFIG, Settings, load_settings
from handrail.vault.region_vault import RegionVaults
from tests.cloud import Cloud, new_bucket_name

REGIONS = ("eu", "us")
REMOTE = "eu"
# The fewest chats with which the gates' lower bounds hold; fewer make them NOT MEASURED or FAIL.
CHATS = 2600
UNUSABLE = 3
MARKER = "the walrus under the harpsichord sings of quarantine"
T = TypeVar("T")


@dataclass(frozen=True)
class Story:
    """A home that was run: its settings, `handrail run`'s exit code, and what it printed."""

    settings: Settings
    code: int
    printed: str
    cloud: Cloud

    @property
    def bucket(self) -> str:
        """Where the sealed objects of `REMOTE` are."""
        store = self.settings.regions[REMOTE].store
        assert store
        return store.bucket

    @contextmanager
    def as_environment(self) -> Iterator[None]:
        """Make this home the one that Dagster, dbt and the command find."""
        with environment(self.settings):
            yield

    def copied(self, folder: Path) -> Story:
        """The same home elsewhere, with its keys and its bucket, to be changed by one test."""
        copy = self.over_its_bucket(folder)
        bucket = self.cloud.copy_bucket(self.bucket, new_bucket_name())
        return copy.reconfigured(lambda config: config.replace(self.bucket, bucket))

    def over_its_bucket(self, folder: Path) -> Story:
        """The same home elsewhere over the same bucket, for a test that is to change nothing."""
        there = _settings(folder)
        shutil.copytree(self.settings.home, there.home)
        shutil.copytree(self.settings.keys_folder, there.keys_folder)
        shutil.copytree(self.settings.exports_folder, there.exports_folder)
        shutil.copytree(self.settings.audit_copy, there.audit_copy)
        shutil.copy(self.settings.config_file, there.config_file)
        for register in there.home.glob("*/exports.json"):
            moved = register.read_text().replace(
                str(self.settings.exports_folder), str(there.exports_folder)
            )
            register.write_text(moved)
        return replace(self, settings=load_settings(environ=places(folder)))

    @property
    def temporary(self) -> Path:
        """Where the run and its child processes put temporary files."""
        return self.settings.config_file.parent / "tmp"

    @contextmanager
    def opened(self) -> Iterator[RegionVaults]:
        """The regions' vaults."""
        vaults = RegionVaults(self.settings)
        try:
            yield vaults
        finally:
            vaults.close()

    def reconfigured(self, change: Callable[[str], str]) -> Story:
        """This home after an edit of its config file."""
        config = self.settings.config_file
        config.write_text(change(config.read_text()))
        return replace(self, settings=load_settings(environ=places(config.parent)))


@contextmanager
def environment(settings: Settings) -> Iterator[None]:
    """The environment a shell would have, and afterwards the one there was."""
    before, before_there = dict(os.environ), tempfile.tempdir
    temporary = settings.config_file.parent / "tmp"
    temporary.mkdir(exist_ok=True)
    os.environ.update(places(settings.config_file.parent), TMPDIR=str(temporary))
    tempfile.tempdir = str(temporary)
    try:
        with pytest.MonkeyPatch.context() as patch:
            for encoder, once in _reading_once().items():
                patch.setattr(encoder, "_encode", once)
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        tempfile.tempdir = before_there


@cache
def _reading_once() -> dict[type, Callable[[Any, str], Any]]:
    """Encoders that keep every vector: several tests here train on the same chats."""
    from handrail.inference.encoders.minilm import MiniLM
    from handrail.inference.encoders.use_multilingual import UseMultilingual

    def kept(encode: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
        vectors: dict[str, Any] = {}

        def once(encoder: Any, text: str) -> Any:
            if text not in vectors:
                vectors[text] = encode(encoder, text)
            return vectors[text].copy()

        return once

    return {encoder: kept(encoder._encode) for encoder in (MiniLM, UseMultilingual)}


@contextmanager
def printed() -> Iterator[io.StringIO]:
    """What is printed meanwhile."""
    said = io.StringIO()
    with redirect_stdout(said):
        yield said


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory, cloud: Cloud) -> Story:
    """The story of this test session."""
    return tell(tmp_path_factory.mktemp("story"), cloud)


def tell(folder: Path, cloud: Cloud) -> Story:
    """Simulate exports of two regions in `folder` and drive them as `handrail run` does."""
    from orchestration.exports import regions_to_run
    from orchestration.run import run_regions

    settings = _settings(folder)
    bucket = cloud.make_bucket(new_bucket_name())
    services = cloud.services(REMOTE, bucket=bucket, key=cloud.make_key())
    settings.config_file.write_text(_smaller(DEFAULT_CONFIG.read_text()) + services)
    settings = load_settings(environ=places(folder))
    with environment(settings), printed() as said:
        names = regions_to_run(settings, chats=CHATS, region=None)
        for name in names:
            _register_unusable(settings, name)
        code = run_regions(settings, names, days=None, train=True)
    return Story(settings, code, said.getvalue(), cloud)


def _smaller(config: str) -> str:
    """The default config with the two regions and the languages that the story is about."""
    serves = f"serves = {list(REGIONS)}".replace("'", '"')
    config = re.sub(r"(?m)^serves = .*$", serves, config, count=1)
    return re.sub(
        r"(?ms)(^\[regions\.eu\].*?^languages = ).*?$", r'\1["en", "de"]', config, count=1
    )


def _register_unusable(settings: Settings, region: str) -> None:
    """Rows that end in quarantine: not JSON, no turns, no date."""
    path = settings.exports_folder / region / "unusable.jsonl"
    turn = {"role": "customer", "text": MARKER, "at": "2026-01-06T10:00:00Z"}
    rows = [
        b'{"conversation_id": "broken", "turns": "' + MARKER.encode(),
        orjson.dumps({"conversation_id": "turnless", "region": region, "turns": []}),
        orjson.dumps(
            {"conversation_id": "undated", "region": region, "turns": [turn | {"at": None}]}
        ),
    ]
    path.write_bytes(b"\n".join(rows) + b"\n")
    register_of(settings, region).add(RegisteredExport(str(path), None, None, None))


def places(folder: Path) -> dict[str, str]:
    """The environment of a home in `folder`, with everything beside it."""
    return {
        "HANDRAIL_HOME": str(folder / "home"),
        "HANDRAIL_KEYS": str(folder / "home-keys"),
        "HANDRAIL_EXPORTS": str(folder / "home-exports"),
        "HANDRAIL_AUDIT_COPY": str(folder / "home-audit"),
        "HANDRAIL_CONFIG": str(folder / "handrail.toml"),
        "DAGSTER_HOME": str(folder / "home" / "dagster"),
    }


def _settings(folder: Path) -> Settings:
    default = load_settings(environ=places(folder), config_file=DEFAULT_CONFIG)
    return default.model_copy(update={"config_file": folder / "handrail.toml"})
