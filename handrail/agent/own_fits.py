"""What a region's own accepted replies say of the messages that answers fit.

The head in `fit_head.py` learned from short messages of other companies. Chats hold more: a name,
an order's number, how long somebody has been a customer, and some of that looks to it like a
misfit. Where people of the region answered a message from a vetted template and nobody warned of
it, they said that the answer fits. Such rows, of training customers alone, teach a direction among
sentence vectors that is taken off the head's log-odds.

They can only say what fits: nobody notes which replies would have missed, and in simulated chats
none does. So they are weighed against the examples, which say both, and what is then held is set
as for the head itself: one of ten examples that fit, of authors whose others taught nothing. A
threshold of the region's own would do less: one that lets nineteen of twenty accepted messages of a
simulated region pass finds a third of the misfits, this direction more than half.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handrail.agent.fit_head import HELD, FitHead, load_fit_head
from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.splits import share_of
from handrail.inference.encoders import Encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEWEST_CUSTOMERS = 50  # fewer leave the head as it is
MOST_ROWS = 1000
# All rows together count like half of the examples.
_COUNTED = 0.5
# How strongly the direction is held to none, gentlest change first. The first one is taken that
# holds at most so many of the accepted messages; never one that finds so many misfits less.
_PENALTIES = (160.0, 80.0, 40.0, 28.0, 20.0, 14.0, 10.0, 7.0)
_MOST_HELD = 0.05
_MOST_LOST = 0.03
FIGURES = ("rows", "found_before", "found", "held_before", "held")


@dataclass(frozen=True, eq=False)
class OwnFits:
    """What is taken off the head's log-odds: `direction` (dimensions) on a vector, and `shift`.

    `rows` of as many customers taught it. Of examples that answers miss, by authors whose others
    taught nothing, `found` are held (`found_before` by the head alone); of accepted messages, by
    customers who taught nothing, `held` are (`held_before`). All four are shares.
    """

    direction: NDArray[np.float32]
    shift: float
    rows: int
    found_before: float
    found: float
    held_before: float
    held: float

    def __post_init__(self) -> None:
        """A direction that the head's vectors don't have is TypeError."""
        if self.direction.shape != load_fit_head().vectors.shape[1:]:
            msg = "what a region's accepted replies change is of another head"
            raise TypeError(msg)

    def changed(
        self, odds: NDArray[np.float64], vectors: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """The log-odds (n) of messages with these vectors (n x dimensions), 0 at `MISFIT`."""
        return odds - vectors @ self.direction - self.shift

    @property
    def measures(self) -> dict[str, int | float]:
        """The figures by name."""
        return {name: getattr(self, name) for name in FIGURES}


def own_fits(
    examples: Iterable[TrainingExample], *, encoder: Encoder | None, seed: int
) -> OwnFits | None:
    """What a region's training rows teach; None where they leave the head as it is.

    That is without an encoder, with fewer than 50 customers whose message was answered so, and
    where misfits would be missed. Of a customer one row counts, of more than 1,000 a seeded part.
    Taken is the gentlest change that holds at most one of twenty accepted messages, of customers
    who taught nothing, and finds at most three of a hundred misfits less than the head alone; the
    strongest of those that find so many where none holds so few. None too where the head alone
    holds no more.
    """
    if encoder is None:
        return None
    head = load_fit_head()
    rows = accepted_rows(examples, languages=head.languages, seed=seed)
    if len(rows) < FEWEST_CUSTOMERS:
        return None
    vectors, odds = head.read([row.message for row in rows], head.reads_with(encoder))
    if _share(odds >= 0) <= _MOST_HELD:
        return None
    chosen = None
    for penalty in _PENALTIES:
        taught = learned(head, vectors, odds, penalty=penalty)
        if taught.found < taught.found_before - _MOST_LOST:
            break
        chosen = taught
        if taught.held <= _MOST_HELD:
            break
    return chosen


def accepted_rows(
    examples: Iterable[TrainingExample], *, languages: Sequence[str], seed: int
) -> list[TrainingExample]:
    """One row of each training customer whom people answered well, in an order of the seed's."""
    ordered = sorted(
        (e for e in examples if e.split is Split.TRAIN and e.is_answered_well),
        key=lambda e: share_of(e.example_id, seed=seed, purpose="own fits"),
    )
    first: dict[str, TrainingExample] = {}
    for example in ordered:
        if example.language in languages:
            first.setdefault(example.group, example)
    return list(first.values())[:MOST_ROWS]


def learned(
    head: FitHead, vectors: NDArray[np.float32], odds: NDArray[np.float64], *, penalty: float
) -> OwnFits:
    """What accepted messages teach, each of another customer's, with what it finds and holds.

    They are given as the head reads them: `vectors` (n x dimensions) and `odds` (n). Method: a
    logistic model with a quadratic penalty (Hoerl and Kennard 1970) whose offset is the head's
    log-odds, which for an example are those of a head that saw nothing of its author.
    """
    import numpy as np

    misses = head.misses.astype(bool)

    def taught(rows: NDArray[np.bool_], examples: NDArray[np.bool_]) -> NDArray[np.float64]:
        each = np.full(rows.sum(), _COUNTED * len(misses) / rows.sum())
        return _change(
            np.vstack([vectors[rows], head.examples[examples]]),
            np.concatenate([odds[rows], head.left_out[examples]]),
            np.concatenate([np.zeros(len(each), dtype=bool), misses[examples]]),
            np.concatenate([each, np.ones(examples.sum())]),
            penalty,
        )

    all_rows, all_examples = np.ones(len(odds), dtype=bool), np.ones(len(misses), dtype=bool)
    left_out = np.zeros(len(misses))
    for author in np.unique(head.authors):
        asked = head.authors == author
        change = taught(all_rows, ~asked)
        left_out[asked] = head.left_out[asked] - _with_one(head.examples[asked]) @ change
    bar = float(np.quantile(left_out[~misses], 1 - HELD))
    crossed = np.zeros(len(odds))
    for half in (0, 1):
        asked = np.arange(len(odds)) % 2 == half
        crossed[asked] = odds[asked] - _with_one(vectors[asked]) @ taught(~asked, all_examples)
    change = taught(all_rows, all_examples)
    return OwnFits(
        direction=change[:-1].astype(np.float32),
        shift=round(float(change[-1]) + bar, 6),
        rows=len(odds),
        found_before=_share(head.left_out[misses] >= 0),
        found=_share(left_out[misses] >= bar),
        held_before=_share(odds >= 0),
        held=_share(crossed >= bar),
    )


def _change(
    vectors: NDArray[np.float32],
    odds: NDArray[np.float64],
    misses: NDArray[np.bool_],
    weights: NDArray[np.float64],
    penalty: float,
) -> NDArray[np.float64]:
    """What to take off the log-odds: a number a dimension, and one for all messages."""
    import numpy as np
    from scipy.optimize import minimize
    from scipy.special import expit

    read = _with_one(vectors)
    sign = np.where(misses, 1.0, -1.0)

    def loss(change: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (odds - read @ change)
        value = weights @ np.logaddexp(0.0, -margin) + 0.5 * penalty * (change @ change)
        slope = read.T @ (weights * sign * expit(-margin)) + penalty * change
        return float(value), slope

    start = np.zeros(read.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(found.x)


def _with_one(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    import numpy as np

    return np.hstack([vectors.astype(np.float64), np.ones((len(vectors), 1))])


def _share(which: NDArray[np.bool_]) -> float:
    return round(float(which.mean()), 4)
