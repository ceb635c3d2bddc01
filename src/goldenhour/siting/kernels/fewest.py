# SPDX-License-Identifier: Apache-2.0
"""Compiled loops of set covering: rows and columns that others make idle, and a first cover."""

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Rows = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EMPTY = -1


@numba.njit(cache=True)
def _holds(start: Ints, column: Rows, large: int, small: int) -> bool:
    """Whether a row holds all columns of another; both ascend."""
    e, end = start[large], start[large + 1]
    for f in range(start[small], start[small + 1]):
        while e < end and column[e] < column[f]:
            e += 1
        if e == end or column[e] != column[f]:
            return False
        e += 1
    return True


@numba.njit(cache=True)
def _rarest(start: Ints, column: Rows, turned_start: Ints, row: int) -> int:
    """Find the column of a row that fewest rows hold."""
    best, fewest = EMPTY, np.int64(2**62)
    for e in range(start[row], start[row + 1]):
        c = column[e]
        if turned_start[c + 1] - turned_start[c] < fewest:
            best, fewest = c, turned_start[c + 1] - turned_start[c]
    return best


@numba.njit(cache=True)
def larger_rows(start: Ints, column: Rows, turned_start: Ints, turned: Rows) -> Bools:
    """Mark rows that hold all columns of another; of equal rows all but the lowest."""
    n = len(start) - 1
    larger = np.zeros(n, dtype=np.bool_)
    for small in range(n):
        if larger[small] or start[small] == start[small + 1]:
            continue
        size = start[small + 1] - start[small]
        c = _rarest(start, column, turned_start, small)
        for e in range(turned_start[c], turned_start[c + 1]):
            row = turned[e]
            more = start[row + 1] - start[row] - size
            if row == small or larger[row] or more < 0 or (more == 0 and row < small):
                continue
            larger[row] = _holds(start, column, row, small)
    return larger


@numba.njit(cache=True)
def smaller_rows(start: Ints, column: Rows, turned_start: Ints, turned: Rows) -> Bools:
    """Mark rows whose columns another holds too; of equal rows all but the lowest."""
    n = len(start) - 1
    smaller = np.zeros(n, dtype=np.bool_)
    for small in range(n):
        size = start[small + 1] - start[small]
        if size == 0:
            smaller[small] = True
            continue
        c = _rarest(start, column, turned_start, small)
        for e in range(turned_start[c], turned_start[c + 1]):
            row = turned[e]
            more = start[row + 1] - start[row] - size
            if row == small or smaller[row] or more < 0 or (more == 0 and row > small):
                continue
            if _holds(start, column, row, small):
                smaller[small] = True
                break
    return smaller


@numba.njit(cache=True)
def sub_table(start: Ints, column: Rows, keep: Bools, number: Rows) -> tuple[Ints, Rows]:
    """Keep some rows, and of them the columns that have a number."""
    n = 0
    for row in keep:
        n += row
    new_start, new_column = np.zeros(n + 1, dtype=np.int64), np.empty(len(column), dtype=np.int32)
    row_at, at = 0, 0
    for row in range(len(keep)):
        if not keep[row]:
            continue
        for e in range(start[row], start[row + 1]):
            if number[column[e]] != EMPTY:
                new_column[at] = number[column[e]]
                at += 1
        row_at += 1
        new_start[row_at] = at
    return new_start, new_column[:at].copy()


@numba.njit(cache=True)
def _drop_idle(covers: Ints, chosen: Bools, lean: Floats, start: Ints, rows: Rows) -> None:
    """Shut columns all of whose rows others cover, those that are least wanted first."""
    for c in np.argsort(lean * len(chosen) + (start[1:] - start[:-1]), kind="mergesort"):
        is_idle = chosen[c]
        for e in range(start[c], start[c + 1]):
            is_idle = is_idle and covers[rows[e]] > 1
        if is_idle:
            chosen[c] = False
            for e in range(start[c], start[c + 1]):
                covers[rows[e]] -= 1


@numba.njit(cache=True)
def cover_all(start: Ints, column: Rows, turned_start: Ints, turned: Rows, lean: Floats) -> Bools:
    """
    Cover all rows: again and again the column that covers most new rows, then drop what is idle.

    ``lean`` (0 to 1) weighs columns that a relaxed choice prefers.
    """
    n, n_columns = len(start) - 1, len(turned_start) - 1
    covers = np.zeros(n, dtype=np.int64)
    chosen = np.zeros(n_columns, dtype=np.bool_)
    gain = (turned_start[1:] - turned_start[:-1]).astype(np.float64)
    left = n
    while left > 0:
        best = np.argmax(gain * (lean + 0.1))
        if gain[best] <= 0:
            return chosen
        chosen[best] = True
        for e in range(turned_start[best], turned_start[best + 1]):
            row = turned[e]
            covers[row] += 1
            if covers[row] == 1:
                left -= 1
                for f in range(start[row], start[row + 1]):
                    gain[column[f]] -= 1.0
    _drop_idle(covers, chosen, lean, turned_start, turned)
    return chosen


@numba.njit(cache=True)
def row_sums(start: Ints, column: Rows, point: Floats) -> Floats:
    """Sum a point over the columns of each row."""
    sums = np.zeros(len(start) - 1)
    for row in range(len(sums)):
        for e in range(start[row], start[row + 1]):
            sums[row] += point[column[e]]
    return sums
