"""Reads the YAML data beside the code: phrases, names and the flow of each topic."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent


@cache
def read(name: str) -> Mapping[str, Any]:
    """The parsed file `name` below this package, for example `phrases/en.yaml`."""
    parsed: Mapping[str, Any] = yaml.safe_load((_HERE / name).read_text(encoding="utf-8"))
    return parsed


def lines(block: str) -> tuple[str, ...]:
    r"""The phrases of a block, one a line; a written `\n` becomes a line break."""
    return tuple(line.strip().replace(r"\n", "\n") for line in block.splitlines() if line.strip())
