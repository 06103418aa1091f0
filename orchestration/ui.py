"""`handrail ui`: Dagster's web server and daemon, and MLflow, as children that end with us."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from handrail.cli.console import DONE, FAILED, err, out
from handrail.errors import BadInput
from handrail.settings import PROJECT, Settings, export_places
from orchestration.drive import open_instance

_LOOPBACK = "127.0.0.1"


def serve(settings: Settings, *, port: int, mlflow_port: int) -> int:
    """Run both servers over the home's state until Ctrl-C; returns the exit code."""
    for wanted in (port, mlflow_port):
        _require_free(wanted)
    with open_instance(settings):
        pass
    export_places(settings)
    commands = [
        _tool("dagster", "dev", "-w", str(PROJECT / "workspace.yaml"), "-h", _LOOPBACK,
              "-p", str(port)),
        _tool("mlflow", "server", "--backend-store-uri", settings.mlflow_uri,
              "--host", _LOOPBACK, "--port", str(mlflow_port), "--workers", "1"),
    ]  # fmt: skip
    children = [
        subprocess.Popen(  # noqa: S603 - our own arguments
            command, cwd=PROJECT, start_new_session=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]  # fmt: skip
    stopping: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    out.print(f"Dagster  http://{_LOOPBACK}:{port}   (graph, runs, checks)")
    out.print(f"MLflow   http://{_LOOPBACK}:{mlflow_port}   (registry)")
    out.print("Ctrl-C stops both.")
    code = DONE
    while not stopping:
        ended = [c for c in children if c.poll() is not None]
        if ended:
            name = Path(commands[children.index(ended[0])][2]).name
            err.print(f"{name} ended by itself with code {ended[0].returncode}")
            code = FAILED
            break
        time.sleep(0.3)
    _end(children)
    return code


def _tool(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, port))
        except OSError:
            msg = f"port {port} is taken: choose another with --port or --mlflow-port"
            raise BadInput(msg) from None


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """End each child's whole process group, first kindly."""
    for child in children:
        _signal_group(child, signal.SIGINT)
    deadline = time.monotonic() + 15
    for child in children:
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal_group(child, signal.SIGKILL)
            child.wait()
        _signal_group(child, signal.SIGKILL)


def _signal_group(child: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        return
