"""Where the line between an answer and a hand-off is drawn: always on validation rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.intents.systems import Judged
from handrail.agent.intents import Labeled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def at_hand_off(strangeness: Sequence[float] | NDArray[np.float64], share: float) -> float:
    """The lowest threshold above which no more than this share of messages in scope lies."""
    import numpy as np

    ranked = np.sort(strangeness)
    return float(ranked[len(ranked) - 1 - int(share * len(ranked))])


def at_cost(judged: Judged, rows: Sequence[Labeled], cost: float) -> float:
    """The lowest threshold at which accuracy in scope falls by at most `cost` (a share of rows).

    Handing off a row that would have been answered wrongly costs nothing.
    """
    import numpy as np

    right = np.sort(judged.strangeness[np.array(judged.right(rows), dtype=bool)])
    may_lose = int(np.floor(cost * len(rows)))
    return float(right[len(right) - 1 - may_lose])


def accuracy(judged: Judged, rows: Sequence[Labeled], threshold: float | None = None) -> float:
    """Percent of rows in scope answered, and rightly (Larson et al., 2019)."""
    import numpy as np

    right = np.array(judged.right(rows), dtype=bool)
    if threshold is not None:
        right &= judged.strangeness <= threshold
    return 100 * float(right.mean())


def handed_off(judged: Judged, threshold: float) -> float:
    """Percent of rows above the threshold: recall, where no label fits them."""
    return 100 * float((judged.strangeness > threshold).mean())
