# SPDX-License-Identifier: Apache-2.0
"""Whether some points of many can stand at least so far from each other."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Rows = NDArray[np.int64]
_OFFSETS = 4
_NODES = 2000


def can_stand_apart(points_m: Points, n: int, apart_m: float, *, first: Rows) -> bool | None:
    """
    Tell whether so many points can be chosen, all of them at least so far from each other.

    Parameters
    ----------
    points_m
        Eastings and northings in metres. Shape ``(n_points, 2)``.
    n
        How many are wanted.
    apart_m
        Metres between any two, at least.
    first
        Points that must be among them. Shape ``(n_first,)``.

    Returns
    -------
    can
        None if the search gave up.
    """
    chosen = points_m[first]
    for at, point in enumerate(chosen):
        if (_away_m(chosen[at + 1 :], point) < apart_m).any():
            return False
    free = points_m
    for point in chosen:
        free = free[_away_m(free, point) >= apart_m]
    nodes = [_NODES]
    return _search(free[np.lexsort(free.T)], n - len(chosen), apart_m, nodes)


def _search(free: Points, n: int, apart_m: float, nodes: list[int]) -> bool | None:
    """Take the westernmost point or one that stands in its way, until enough stand."""
    if n <= 0 or len(_greedy(free, apart_m)) >= n:
        return True
    if _most(free, apart_m) < n:
        return False
    west = free[np.argmin(free[:, 0])]
    unknown = False
    for point in free[_away_m(free, west) < apart_m]:
        nodes[0] -= 1
        if nodes[0] < 0:
            return None
        found = _search(free[_away_m(free, point) >= apart_m], n - 1, apart_m, nodes)
        if found:
            return True
        unknown = unknown or found is None
    return None if unknown else False


def _greedy(free: Points, apart_m: float) -> list[Points]:
    """Take the westernmost point that is left, again and again."""
    taken = []
    while len(free):
        point = free[np.argmin(free[:, 0])]
        taken.append(point)
        free = free[_away_m(free, point) >= apart_m]
    return taken


def _most(free: Points, apart_m: float) -> int:
    """Count squares so small that no two points of one stand far enough; the fewest of some."""
    side_m = apart_m / np.sqrt(2) * (1 - 1e-9)
    counts = [
        len(np.unique(np.floor(free / side_m + offset / _OFFSETS), axis=0))
        for offset in range(_OFFSETS)
    ]
    return min(counts)


def _away_m(points: Points, point: Points) -> NDArray[np.float64]:
    """Measure from all points to one. Shape ``(n,)``."""
    away_m: NDArray[np.float64] = np.hypot(points[:, 0] - point[0], points[:, 1] - point[1])
    return away_m
