# SPDX-License-Identifier: Apache-2.0
"""Growing groups of neighbours until their floor areas together are enough. Arrays only."""

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_ALONE = -1


@numba.njit(cache=True)
def grow(start: Ints, near: Ints, area: Floats, needed: float, most: int) -> Ints:
    """
    Join each structure, the largest first, to its largest free neighbours until that is enough.

    Row ``i`` touches ``near[start[i]:start[i + 1]]``. Groups that stay too small are given up.
    Gives the largest of each group for its members (the first of equals), -1 for the others.
    """
    n = len(area)
    head = np.full(n, _ALONE, dtype=np.int64)
    order = np.argsort(-area, kind="mergesort")
    member = np.zeros(most, dtype=np.int64)
    largest = area[order[0]] if n else 0.0
    for seed in order:
        if head[seed] != _ALONE:
            continue
        member[0], size, total = seed, 1, area[seed]
        while total < needed and size < most and total + (most - size) * largest >= needed:
            best = _best_beside(start, near, area, head, member[:size])
            if best < 0:
                break
            member[size] = best
            size += 1
            total += area[best]
        if total >= needed and size > 1:
            first = member[0]
            for at in range(1, size):
                other = member[at]
                if area[other] > area[first] or (area[other] == area[first] and other < first):
                    first = other
            for at in range(size):
                head[member[at]] = first
    return head


@numba.njit(cache=True)
def _best_beside(start: Ints, near: Ints, area: Floats, head: Ints, members: Ints) -> int:
    """Find the largest free neighbour of a group, the first of equals; -1 if there is none."""
    best = -1
    for row in members:
        for at in range(start[row], start[row + 1]):
            other = near[at]
            free = head[other] == _ALONE
            for mine in members:
                free = free and other != mine
            if free and (
                best < 0 or area[other] > area[best] or (area[other] == area[best] and other < best)
            ):
                best = other
    return best
