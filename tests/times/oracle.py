# SPDX-License-Identifier: Apache-2.0
"""Slow and obvious answers."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def floyd_warshall(
    n: int, tail: NDArray[np.integer], head: NDArray[np.integer], seconds: Floats
) -> Floats:
    """Try every node as a stop-over between every pair."""
    best = np.full((n, n), np.inf)
    np.fill_diagonal(best, 0)
    np.minimum.at(best, (tail, head), seconds)
    for over in range(n):
        best = np.minimum(best, best[:, [over]] + best[[over], :])
    return best
