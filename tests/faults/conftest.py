"""Homes to break and children to kill."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from handrail.conversations.reading import register_of
from handrail.conversations.register import RegisteredExport
from handrail.playbook.reader import read_playbook
from handrail.settings import PROJECT, Settings, load_settings
from handrail.simulate.exports import simulate
from tests.faults.stages import REGION
from tests.lifecycle.story import places

PATIENCE = 120.0
CHATS, DAYS = 36, 3
_LAST = {"done", "refused", "broke"}


@dataclass
class Child:
    """A stage at work in a process group of its own, and what it has said so far."""

    server: ForkServer
    pid: int
    said: list[dict[str, Any]] = field(default_factory=list)

    def wait_for(self, *events: str) -> dict[str, Any]:
        """The first of these events; fails if the child ends without."""
        while True:
            for event in self.said:
                if event["event"] in events:
                    return event
            assert not any(event["event"] == "ended" for event in self.said), self.said
            self.server.listen()

    def kill(self) -> None:
        """SIGKILL to the whole group; done when the child is gone."""
        with suppress(ProcessLookupError):  # it ended a moment ago
            os.killpg(self.pid, signal.SIGKILL)
        self.wait_for("ended")

    def made(self) -> dict[str, str]:
        """The content hashes of a stage that ended well."""
        end = self.wait_for(*_LAST)
        assert end["event"] == "done", end
        self.wait_for("ended")
        made: dict[str, str] = end["made"]
        return made

    @property
    def finished(self) -> bool:
        """Whether the stage got to its end."""
        return any(event["event"] == "done" for event in self.said)

    @property
    def acknowledged(self) -> list[dict[str, Any]]:
        """What was durable, as the child said."""
        return [event for event in self.said if event["event"] == "acknowledged"]


class ForkServer:
    """`tests.faults.fork_server` in a process of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.fork_server"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT, bufsize=0,
        )  # fmt: skip
        self._heard = b""
        self._forked: list[Child] = []
        self._children: dict[int, Child] = {}

    def start(self, stage: str, home: Settings, *, fault: dict[str, Any] | None = None) -> Child:
        """Fork a child that runs `stage` in `home`; returns when it is about to begin."""
        request = {
            "stage": stage, "environ": places(home.config_file.parent), "fault": fault,
        }  # fmt: skip
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps(request) + b"\n")
        while not self._forked:
            self.listen()
        child = self._forked.pop()
        child.wait_for("started")
        return child

    def listen(self) -> None:
        """Hear at least one more event, or fail."""
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE)
        assert ready, "a child says nothing any more"
        heard = os.read(self._process.stdout.fileno(), 65536)
        assert heard, "the fork server is gone"
        *lines, self._heard = (self._heard + heard).split(b"\n")
        for line in lines:
            event = orjson.loads(line)
            child = self._children.get(event["child"])
            if child is None:
                child = self._children[event["child"]] = Child(self, event["child"])
            child.said.append(event)
            if event["event"] == "forked":
                self._forked.append(child)
            elif event["event"] == "ended":
                del self._children[event["child"]]  # the system may give the number again

    def close(self) -> None:
        """No children are left when tests have ended."""
        for child in list(self._children.values()):
            child.kill()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)


@pytest.fixture(scope="session")
def forks() -> Iterator[ForkServer]:
    server = ForkServer()
    yield server
    server.close()


@dataclass(frozen=True)
class Prepared:
    """Homes as they are before each stage, by the stage's name."""

    folder: Path

    def before(self, stage: str, copy: Path) -> Settings:
        """A copy of the home before `stage`, to be broken; the exports are shared."""
        shutil.copytree(self.folder / stage, copy)
        return home_in(copy)


def home_in(folder: Path) -> Settings:
    return load_settings(environ=places(folder))


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Three days of a region's chats exported and registered, nothing opened yet."""
    folder = tmp_path_factory.mktemp("faults") / "new"
    folder.mkdir()
    shutil.copy(PROJECT / "deploy" / "local.toml", folder / "handrail.toml")
    home = home_in(folder)
    written = simulate(
        home.exports_folder, regions=[REGION], languages={REGION: ["en"]}, chats=CHATS, days=DAYS,
        first_day=date(2026, 1, 5), seed=7, playbook=read_playbook(home.playbook),
        progress=lambda done: None,
    )  # fmt: skip
    [export] = written.exports[REGION]
    register_of(home, REGION).add(
        RegisteredExport(str(export.path), None, None, str(export.answer_key))
    )
    return home


@pytest.fixture(scope="session")
def prepared(forks: ForkServer, new_home: Settings) -> Prepared:
    """The home before each stage, made by the stages before it."""
    folder = new_home.config_file.parent.parent / "before"
    forks.start("open_home", new_home).made()
    for stage in ("store", "seal", "redact", "land", "fill_keys", "rewrap", "keep", "move", "step"):
        shutil.copytree(new_home.config_file.parent, folder / stage)
        if stage in {"seal", "redact", "fill_keys", "keep"}:
            forks.start(stage, new_home).made()
    shutil.copytree(folder / "store", folder / "retire")
    forks.start("fill_days", home_in(folder / "retire")).made()
    return Prepared(folder)


def leftovers(home: Settings) -> list[str]:
    """Temporary files of writers that are gone."""
    folder = home.config_file.parent
    return [f.name for f in folder.rglob(".?*.*") if f.suffix in {".partial", ".new"}]
