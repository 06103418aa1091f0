"""`handrail ui`: Dagster's web server and daemon, and MLflow, as children that end with us."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from handrail.cli.console import DONE, FAILED, err, out
from handrail.conversations.watching import watched_folder
from handrail.errors import BadInput
from handrail.settings import PROJECT, Settings, export_places
from handrail.vault.files import make_private_folder
from orchestration.drive import open_instance

_LOOPBACK = "127.0.0.1"
_STOPPED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_POLL_SECONDS, _KINDLY_SECONDS, _GRACE_SECONDS = 0.3, 15, 3


@dataclass(frozen=True)
class _Server:
    """A child in a process group of its own; what it prints goes to a file below the home."""

    name: str
    port: int
    log: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, name: str, *arguments: str, port: int, settings: Settings) -> _Server:
        log = settings.home / "dagster" / f"{name}-server.log"
        with log.open("wb") as sink:
            process = subprocess.Popen(  # noqa: S603 - our own arguments
                [sys.executable, "-m", name, *arguments], cwd=PROJECT, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT,
            )  # fmt: skip
        return cls(name, port, log, process)

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((_LOOPBACK, self.port)) == 0

    def signal_group(self, number: int) -> bool:
        """Send it to every process of the group (0 only asks); False if none is left."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return False
        return True


def serve(settings: Settings, *, port: int, mlflow_port: int) -> int:
    """Run both servers over the home's state until Ctrl-C; returns the exit code."""
    for wanted in (port, mlflow_port):
        _require_free(wanted)
    with open_instance(settings):
        pass
    for region in settings.serves:
        make_private_folder(watched_folder(settings, region))
    export_places(settings)
    stopping: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)

    # Before the children start: a signal that we were started to ignore, they would ignore too.
    for number in _STOPPED_BY:
        signal.signal(number, stop)
    servers = [
        _Server.start(
            "dagster", "dev", "-w", str(PROJECT / "workspace.yaml"), "-h", _LOOPBACK,
            "-p", str(port), port=port, settings=settings,
        ),
        _Server.start(
            "mlflow", "server", "--backend-store-uri", settings.mlflow_uri, "--host", _LOOPBACK,
            "--port", str(mlflow_port), "--workers", "1", port=mlflow_port, settings=settings,
        ),
    ]  # fmt: skip
    try:
        return _watch(settings, servers, stopping)
    finally:
        _end(servers)


def _watch(settings: Settings, servers: Sequence[_Server], stopping: Sequence[int]) -> int:
    """Say where to look once both answer, then wait; FAILED if a server ends by itself."""
    out.print("Starting Dagster and MLflow: about half a minute. Ctrl-C stops both.")
    said = False
    while not stopping:
        for server in servers:
            code = server.process.poll()
            if code is not None:
                err.print(f"{server.name} ended by itself with code {code}: see {server.log}")
                return FAILED
        if not said and all(server.answers() for server in servers):
            dagster, mlflow = (f"http://{_LOOPBACK}:{server.port}" for server in servers)
            out.print(f"Graph   {dagster}/asset-groups   (Alt+E opens every group)")
            out.print(f"Assets  {dagster}/assets   (checks with their reasons)")
            out.print(f"Runs    {dagster}/runs")
            out.print(f"Models  {mlflow}/#/models   (versions, aliases, scores, prompts)")
            out.print("\nThe graph runs itself while this is open. Drop exports into")
            for region in settings.serves:
                out.print(f"  {watched_folder(settings, region)}", soft_wrap=True)
            out.print(f"and watch them become a challenger: {dagster}/automation")
            said = True
        time.sleep(_POLL_SECONDS)
    return DONE


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, port))
        except OSError:
            msg = f"port {port} is taken: choose another with --port or --mlflow-port"
            raise BadInput(msg) from None


def _end(servers: Sequence[_Server]) -> None:
    """End each child's whole process group: kindly, a moment for its own children, then not."""
    for server in servers:
        server.signal_group(signal.SIGINT)
    deadline = time.monotonic() + _KINDLY_SECONDS
    while time.monotonic() < deadline and any(s.process.poll() is None for s in servers):
        time.sleep(_POLL_SECONDS)
    deadline = time.monotonic() + _GRACE_SECONDS
    while time.monotonic() < deadline and any(s.signal_group(0) for s in servers):
        time.sleep(_POLL_SECONDS)
    for server in servers:
        server.signal_group(signal.SIGKILL)
        server.process.wait()
