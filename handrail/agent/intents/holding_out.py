"""How heads judge messages they had to do without, some of them of labels they never saw.

Each fold leaves out a share of the wordings, or of the labels too, and fits the heads anew on the
rest. What they say of the wordings left out is what a message in scope looks like; what they say of
the labels left out, what one looks like that is near the known ones and fits none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from handrail.agent.intents.heads import (
    JointHead,
    JointView,
    MeaningHead,
    MeaningView,
    WordsHead,
    WordsView,
)
from handrail.agent.intents.learning import Sample, fit_joint, fit_meaning, fit_words
from handrail.agent.intents.mixing import probabilities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FOLDS = 5
# With fewer labels left over there is nothing to tell apart.
_LEAST_LABELS = 2
# Of fewer customers every row is needed; no label's mean may rest on fewer than five.
_LEAST_CUSTOMERS = 20


@dataclass(frozen=True, eq=False)
class Held:
    """Views of rows that the heads were not fitted on.

    `columns` are the label numbers of the views' columns; a row of none of them is labeled -1.
    """

    words: WordsView
    meaning: MeaningView | None
    joint: JointView | None
    columns: NDArray[np.int_]
    labels: NDArray[np.int_]
    weights: NDArray[np.float64]

    def given_by_words(self) -> NDArray[np.int_]:
        """The label number the words head gives each row."""
        import numpy as np

        return np.asarray(self.columns[self.words.logits.argmax(axis=1)])

    @property
    def logits(self) -> list[NDArray[np.float64]]:
        """The scores of each head there is: words, meaning, both at once."""
        views = (self.words, self.meaning, self.joint)
        return [view.logits for view in views if view is not None]

    def given(self, together: tuple[float, ...]) -> NDArray[np.int_]:
        """The label number that the heads give each row together."""
        import numpy as np

        mixed = probabilities(self.logits, together)
        return np.asarray(self.columns[mixed.argmax(axis=1)])


@dataclass(frozen=True, eq=False)
class Heads:
    """Fitted heads; `labels` are the label numbers of their columns, `grams` the known n-grams."""

    words: WordsHead
    meaning: MeaningHead | None
    joint: JointHead | None
    labels: NDArray[np.int_]
    grams: NDArray[np.bool_]

    @classmethod
    def fitted(cls, sample: Sample, *, seed: int) -> Heads:
        """Heads that see words, for the labels of the sample."""
        import numpy as np

        known = sample.labels >= 0
        words, grams = fit_words(sample.take(known), sample.take(~known), seed=seed)
        return cls(words, None, None, np.unique(sample.labels[known]), grams)

    def understanding(self, sample: Sample, typical: NDArray[np.bool_], *, seed: int) -> Heads:
        """With the heads that see meaning, where the rows have vectors; `typical` marks rows."""
        import numpy as np

        if sample.vectors is None:
            return self
        kept = typical | ~np.isin(sample.labels, sample.labels[typical])
        known = sample.labels >= 0
        head = fit_meaning(
            sample.take(known),
            sample.take(known & kept),
            sample.take(~known),
            seed=seed,
        )
        joint = self.joint or fit_joint(
            _of_grams(sample.take(known), self.grams),
            _of_grams(sample.take(~known), self.grams),
            self.words.idf,
            seed=seed,
        )
        return replace(self, meaning=head, joint=joint)

    def views(self, asked: Sample) -> Held:
        """What they say of other rows."""
        import numpy as np

        rows, coverage = asked.counts.of_columns(self.grams).weighted(self.words.idf)
        meaning = joint = None
        if self.meaning is not None and self.joint is not None and asked.vectors is not None:
            meaning = self.meaning.view(asked.vectors)
            joint = self.joint.view_rows(rows, asked.vectors)
        return Held(
            words=self.words.view_rows(rows, coverage),
            meaning=meaning,
            joint=joint,
            columns=self.labels,
            labels=np.where(np.isin(asked.labels, self.labels), asked.labels, -1),
            weights=asked.weights,
        )


def _of_grams(sample: Sample, grams: NDArray[np.bool_]) -> Sample:
    return replace(sample, counts=sample.counts.of_columns(grams))


@dataclass(frozen=True, eq=False)
class Fold:
    """Heads, the row numbers they were fitted on, and those they can be asked about."""

    heads: Heads
    learned: NDArray[np.intp]
    asked: NDArray[np.intp]

    def knowing(self, sample: Sample, typical: NDArray[np.bool_], *, seed: int) -> Fold:
        """With meaning learned anew, now that one knows which of its rows are `typical`."""
        return replace(self, heads=self.heads.understanding(sample, typical, seed=seed))


def folds(
    sample: Sample,
    wordings: NDArray[np.int_],
    *,
    typical: NDArray[np.bool_],
    seed: int,
    labels_too: bool,
) -> list[Fold]:
    """The folds of a sample; one that leaves too little to fit on is not there.

    `wordings` numbers what says the same in the same words: a fold has all of it or none. `typical`
    marks rows, `labels_too` leaves labels out besides. What the playbook says is in every fold, and
    is not asked about: no customer wrote it.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    fold_of_row = (rng.permutation(int(wordings.max()) + 1) % _FOLDS)[wordings]
    known, told = sample.labels >= 0, sample.groups < 0
    fold_of_label = rng.permutation(int(sample.labels.max()) + 1) % _FOLDS
    made = []
    for fold in range(_FOLDS):
        unknown = known & (fold_of_label[sample.labels] == fold) & labels_too
        learned = ~unknown & ((fold_of_row != fold) | told)
        if len(np.unique(sample.labels[learned & known])) < _LEAST_LABELS:
            continue
        rows = sample.take(learned)
        heads = Heads.fitted(rows, seed=seed).understanding(rows, typical[learned], seed=seed)
        taught = np.isin(sample.labels, heads.labels)
        asked = ((fold_of_row == fold) & (taught | ~known) | unknown) & ~told
        made.append(Fold(heads, np.flatnonzero(learned), np.flatnonzero(asked)))
    return made


def agreed(sample: Sample, made: Sequence[Fold], together: tuple[float, ...]) -> NDArray[np.bool_]:
    """Which rows of the sample heads that did without them label as people did.

    The others are ambiguous, or a slip: what is usual for a label is learned better without them. A
    label that few customers would be left of keeps all its rows.
    """
    import numpy as np

    found = np.ones(len(sample.labels), dtype=bool)
    for fold in made:
        given = fold.heads.views(sample.take(fold.asked)).given(together)
        found[fold.asked] = given == sample.labels[fold.asked]
    for label in np.unique(sample.labels):
        own = sample.labels == label
        if len(np.unique(sample.groups[own & found & (sample.groups >= 0)])) < _LEAST_CUSTOMERS:
            found |= own
    return found
