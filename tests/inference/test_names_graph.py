"""R31: the names network that reads one text gives the bits of the one that reads batches."""

from __future__ import annotations

import importlib
import random
from typing import Any

import numpy as np
import pytest

from handrail.digests import digest
from handrail.inference.network import TokenNetwork
from handrail.inference.weights import NAMES_NETWORK, package_folder
from handrail.settings import PROJECT

_LENGTHS = (3, 4, 7, 13, 16, 17, 33, 64, 65, 200, 512)


@pytest.fixture(scope="module")
def batched() -> Any:
    """The network as it is quantized, with a mask and kinds of token."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(PROJECT / "tools")
        tool = importlib.import_module("names_model")
        folder = package_folder(tool.PACKAGE)
        assert folder is not None
        return tool.quantized(folder / "models" / "rampart")


@pytest.fixture(scope="module")
def alone(batched: Any) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(PROJECT / "tools")
        graph = importlib.import_module("names_graph").for_one_text(batched)
    content: bytes = graph.SerializeToString()
    return content


def test_what_is_installed_is_what_the_tool_builds(alone: bytes) -> None:
    assert digest(alone) == NAMES_NETWORK.sha256


def test_each_answer_is_the_same_to_the_last_bit(batched: Any, alone: bytes) -> None:
    before, after = TokenNetwork(batched.SerializeToString()), TokenNetwork(alone)
    ids = random.Random(3)
    for length in _LENGTHS:
        text = [ids.randrange(1, 19_000) for _ in range(length)]
        assert np.array_equal(before.outputs(text), after.outputs(text)), length
