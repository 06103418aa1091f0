"""R31: a network whose bytes aren't the measured ones finds nothing, because it isn't loaded."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from handrail.inference.weights import (
    NAMES_NETWORK,
    NAMES_VOCABULARY,
    NoWeights,
    Weights,
    installed,
)

SMALL = Weights("small.bin", hashlib.sha256(b"weights").hexdigest())


def test_the_measured_file_is_read(tmp_path: Path) -> None:
    (tmp_path / SMALL.name).write_bytes(b"weights")
    assert SMALL.read(tmp_path) == b"weights"


def test_a_missing_file_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(NoWeights, match=r"make \.venv/\.ready"):
        SMALL.read(tmp_path)


def test_a_file_with_one_other_bit_is_refused(tmp_path: Path) -> None:
    (tmp_path / SMALL.name).write_bytes(b"weighus")
    with pytest.raises(NoWeights, match="not the file this version was measured with"):
        SMALL.read(tmp_path)


def test_this_environment_has_the_measured_files() -> None:
    assert installed().is_relative_to(sys.prefix)
    for weights in (NAMES_NETWORK, NAMES_VOCABULARY):
        assert hashlib.sha256(weights.read(installed())).hexdigest() == weights.sha256
