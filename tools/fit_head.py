"""Makes the head that reads whether an answer fits a message, from the examples in the repository.

    python tools/fit_head.py [--measure]

Writes `handrail/agent/fit_head.bin`. What is held is decided by examples of authors whose other
examples taught nothing, one author after the other; the table shows them. `--measure` writes
nothing. The same machine gives the same bytes; another one rounds differently.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.svm import SVC

from handrail.agent.features import Counts, ngrams
from handrail.agent.fit_head import (
    BYTE_ZERO,
    FILE,
    HELD,
    FitExample,
    FitHead,
    examples_digest,
    fit_examples,
)
from handrail.conversations.wording import unnumbered, unquoted
from handrail.inference.encoders import ENCODERS, Encoder

ENCODER = "use_multilingual"
# Chosen by the mean over the left-out authors, of a handful of each.
GAMMA, COST = 1.0, 3.0
WORDS_COST, WORDS_SHARE = 3.0, 0.5
FEWEST_MESSAGES = 3  # that an n-gram stands in


@dataclass(frozen=True)
class Read:
    """Examples as the head sees them: `vectors` are n x dimensions, `misses` says which miss."""

    texts: tuple[str, ...]
    vectors: NDArray[np.float32]
    misses: NDArray[np.bool_]
    authors: NDArray[np.int_]

    def where(self, rows: NDArray[np.bool_]) -> Read:
        """Some of the examples."""
        texts = tuple(text for text, row in zip(self.texts, rows, strict=True) if row)
        return Read(texts, self.vectors[rows], self.misses[rows], self.authors[rows])


def read(examples: Sequence[FitExample], encoder: Encoder) -> Read:
    """The examples, encoded as a message is that somebody writes."""
    texts = tuple(unquoted(example.text) for example in examples)
    return Read(
        texts,
        encoder.encode([unnumbered(text) for text in texts]),
        np.array([bool(example.misfit) for example in examples]),
        np.array([example.author for example in examples]),
    )


def fitted(rows: Read, encoder: Encoder, *, shift: float, left_out: NDArray[np.float64]) -> FitHead:
    """The head that these examples teach; `left_out` are their log-odds by heads that saw less."""
    stands_in = Counter(gram for text in rows.texts for gram in ngrams(text))
    vocabulary = tuple(sorted(g for g, n in stands_in.items() if n >= FEWEST_MESSAGES))
    counts = Counts.of(rows.texts, vocabulary)
    idf = counts.frequencies()
    by_words = counts.weighted(idf)[0]
    words = LogisticRegression(C=WORDS_COST, max_iter=3000).fit(by_words, rows.misses)
    scales = np.abs(rows.vectors).max(axis=1) / (BYTE_ZERO - 1)
    whole = np.round(rows.vectors / scales[:, None])
    kernel = SVC(C=COST, gamma=GAMMA).fit(whole * scales[:, None], rows.misses)
    duals = np.zeros(len(rows.texts), dtype=np.float32)
    duals[kernel.support_] = kernel.dual_coef_[0]
    return FitHead(
        encoder=encoder.name,
        encoder_digest=encoder.digest,
        examples_digest=examples_digest(),
        languages=tuple(sorted({example.language for example in fit_examples()})),
        gamma=GAMMA,
        shift=float(kernel.intercept_[0] + WORDS_SHARE * words.intercept_[0]) + shift,
        vocabulary=vocabulary,
        vectors=(whole + BYTE_ZERO).astype(np.uint8),
        scales=scales.astype(np.float32),
        duals=duals,
        idf=idf,
        weights=(WORDS_SHARE * words.coef_[0]).astype(np.float32),
        misses=rows.misses.astype(np.uint8),
        authors=rows.authors.astype(np.uint8),
        left_out=left_out.astype(np.float32),
    )


def odds_left_out(rows: Read, encoder: Encoder) -> NDArray[np.float64]:
    """The log-odds of each example by a head that saw nothing of its author."""
    odds = np.zeros(len(rows.texts))
    for author in np.unique(rows.authors):
        asked = rows.authors == author
        others = rows.where(~asked)
        head = fitted(others, encoder, shift=0.0, left_out=np.zeros(len(others.texts)))
        texts = [text for text, row in zip(rows.texts, asked, strict=True) if row]
        odds[asked] = head.read(texts, encoder)[1]
    return odds


def line(name: str, odds: NDArray[np.float64], misses: NDArray[np.bool_]) -> str:
    """A line of the table: shares held from log-odds 0 up, and the area under the curve."""
    held = odds >= 0
    found, lost = 100 * held[misses].mean(), 100 * held[~misses].mean()
    return f"{name:<14}{len(odds):>6}{found:>10.1f}{lost:>10.1f}{roc_auc_score(misses, odds):>8.3f}"


def main() -> int:
    """Make the head, and show what it finds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--measure", action="store_true", help="show the table, write nothing")
    asked = parser.parse_args()
    encoder: Any = ENCODERS[ENCODER]()
    examples = fit_examples()
    rows = read(examples, encoder)
    languages = [example.language for example in examples]
    odds = odds_left_out(rows, encoder)
    shift = -float(np.quantile(odds[~rows.misses], 1 - HELD))
    print("held, where the author's other examples taught nothing")
    print(f"{'':<14}{'n':>6}{'misses %':>10}{'fits %':>10}{'AUC':>8}")
    print(line("all", odds + shift, rows.misses))
    for title, values in (("author", rows.authors), ("language", np.array(languages))):
        for value in np.unique(values):
            of = values == value
            print(line(f"{title} {value}", odds[of] + shift, rows.misses[of]))
    for why in sorted({example.misfit for example in examples} - {""}):
        of = np.array([example.misfit == why for example in examples])
        print(f"{why:<14}{of.sum():>6}{100 * (odds[of] + shift >= 0).mean():>10.1f}")
    if not asked.measure:
        head = fitted(rows, encoder, shift=shift, left_out=odds + shift)
        FILE.write_bytes(head.to_bytes())
        print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
