from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from handrail.agent.router import Router
from handrail.agent.training import train_router
from handrail.dataset.model import TrainingExample
from handrail.inference.threads import one_thread
from tests.agent.conftest import SEED
from tests.agent.corpus import examples


def _threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info()}


def test_matrix_libraries_use_one_thread_and_then_as_many_as_before() -> None:
    np.ones((2, 2)) @ np.ones((2, 2))
    with threadpool_limits(limits=2):
        before = _threads()
        if before == {1}:
            pytest.skip("matrix libraries may use one thread only here")
        with one_thread():
            assert _threads() == {1}
        assert _threads() == before


def test_training_doesnt_depend_on_how_many_threads_are_allowed() -> None:
    rows: list[TrainingExample] = examples()

    def trained() -> Router:
        return train_router(rows, region="eu", seed=SEED, encoder=None)

    with threadpool_limits(limits=1):
        alone = trained().to_bytes()
    with threadpool_limits(limits=2):
        assert trained().to_bytes() == alone
