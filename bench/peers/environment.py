"""The second environment, in which peers run: made from its locks when it isn't there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parent.with_name("peers.lock")
# Data only: what these packages declare they need would keep the newest peers out.
MODELS = LOCK.with_name("peers-models.lock")
ENVIRONMENT = LOCK.parent.parent / ".venv-peers"


def in_peers_environment(script: str, *arguments: str) -> Any:
    """What a script of this folder prints as JSON, run with the peers' packages and not ours."""
    python = ENVIRONMENT / "bin" / "python"
    ready = ENVIRONMENT / ".ready"
    newest = max(lock.stat().st_mtime for lock in (LOCK, MODELS))
    if not ready.exists() or ready.stat().st_mtime < newest:
        print("installing the peers into .venv-peers", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        install += ["--require-hashes"]
        subprocess.run([*install, "-r", LOCK], check=True)
        bare = ["--no-deps", "--ignore-requires-python"]
        subprocess.run([*install, *bare, "-r", MODELS], check=True)
        ready.touch()
    outside = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [python, Path(__file__).with_name(script), *arguments],
        env={**outside, "DO_NOT_TRACK": "true"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
