"""The second environment, in which peers run: made from `bench/peers.lock` when it isn't there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parent.with_name("peers.lock")
ENVIRONMENT = LOCK.parent.parent / ".venv-peers"


def in_peers_environment(script: str, *arguments: str) -> Any:
    """What a script of this folder prints as JSON, run with the peers' packages and not ours."""
    python = ENVIRONMENT / "bin" / "python"
    ready = ENVIRONMENT / ".ready"
    if not ready.exists() or ready.stat().st_mtime < LOCK.stat().st_mtime:
        print("installing the peers into .venv-peers", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "--require-hashes", "-r", LOCK], check=True)
        ready.touch()
    done = subprocess.run(
        [python, Path(__file__).with_name(script), *arguments],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)
