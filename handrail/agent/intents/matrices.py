"""Sparse matrices as what is fitted on them wants them, without a copy more than that takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def in_doubles(rows: csr_matrix) -> csr_matrix:
    """The same values as liblinear wants them, sharing the columns: it then makes no copy."""
    from scipy.sparse import csr_matrix

    return csr_matrix((rows.data.astype("float64"), rows.indices, rows.indptr), rows.shape)


def side_by_side(left: csr_matrix, right: csr_matrix) -> csr_matrix:
    """Two matrices as one, in doubles, columns in order: `hstack` needs four times its bytes."""
    import numpy as np
    from scipy.sparse import csr_matrix

    ends = left.indptr + right.indptr
    values, columns = np.empty(ends[-1]), np.empty(ends[-1], dtype=np.int32)
    for row, at in enumerate(ends[:-1]):
        mine = slice(left.indptr[row], left.indptr[row + 1])
        other = slice(right.indptr[row], right.indptr[row + 1])
        middle = at + mine.stop - mine.start
        values[at:middle], columns[at:middle] = left.data[mine], left.indices[mine]
        values[middle : ends[row + 1]] = right.data[other]
        columns[middle : ends[row + 1]] = right.indices[other] + left.shape[1]
    both = csr_matrix((values, columns, ends), (left.shape[0], left.shape[1] + right.shape[1]))
    both.sort_indices()
    return both


def beneath(upper: csr_matrix, lower: csr_matrix) -> tuple[csr_matrix, csr_matrix]:
    """Two matrices as one, and the upper one again, now as a part of both: it takes no memory."""
    from scipy.sparse import csr_matrix, vstack

    both = csr_matrix(vstack([upper, lower]))
    rows = upper.shape[0]
    end = both.indptr[rows]
    parts = (both.data[:end], both.indices[:end], both.indptr[: rows + 1])
    return both, csr_matrix(parts, upper.shape)
