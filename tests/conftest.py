"""Fixtures every folder shares: a clock that stands still and a home with two tiny regions."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handrail.cli.console import err, out
from handrail.clock import FixedClock
from handrail.settings import PROJECT, Settings, load_settings, quiet_telemetry
from handrail.vault.region_vault import RegionVaults
from tests.cloud import cloud  # noqa: F401 - started once, used in several folders
from tests.lifecycle.story import story  # noqa: F401 - told once, read in several folders
from tests.services.servers import real_store  # noqa: F401 - started once

quiet_telemetry()
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def pytest_configure() -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as `main` of the command does
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for console in (out, err):  # a worker of xdist is told a width, which rich keeps for good
        console._width = None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long repetitions too")
    parser.addoption("--services", action="store_true", help="run the tests of real servers too")
    parser.addoption("--whole", action="store_true", help="run the tests that build all anew too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    asked_for = {
        "long": "long repetitions: pytest --long",
        "services": "real servers: make test-services",
        "whole": "everything is built anew, several times: make test-services",
    }
    for marker, reason in asked_for.items():
        if config.getoption(f"--{marker}"):
            continue
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = sorted({str(report.longrepr[2]) for report in skipped})
    terminalreporter.write_line(
        f"{len(skipped)} tests skipped" + "".join(f"\n  {r}" for r in reasons)
    )


@pytest.fixture(autouse=True)
def no_place_is_left() -> Iterator[None]:
    """What a command names in the environment for its child processes is gone after the test."""
    before = _places()
    yield
    for name in _places().keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


def _places() -> dict[str, str]:
    names = [name for name in os.environ if name.startswith(("HANDRAIL_", "DAGSTER_HOME"))]
    return {name: os.environ[name] for name in names}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A deployment of the default regions with everything below `tmp_path`."""
    return load_settings(environ={"HANDRAIL_HOME": str(tmp_path / "home")})


@pytest.fixture
def vaults(settings: Settings, clock: FixedClock) -> Iterator[RegionVaults]:
    opened = RegionVaults(settings, clock=clock)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Real public data outside the project; a test that needs it skips visibly without it."""
    folder = Path(os.environ.get("HANDRAIL_TEST_DATA", PROJECT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("real data is not here: set HANDRAIL_TEST_DATA to its folder")
    return folder
