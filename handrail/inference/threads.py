"""How many threads matrix libraries may use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """While it lasts, they use one.

    On matrices as small as ours more threads wait for each other: a training takes three times as
    long on an idle machine, nine times beside another one, and rounds by how many there are.
    """
    # Only what is loaded can be told: these bring the libraries that are used.
    import scipy.linalg  # noqa: F401
    import sklearn  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield
