# SPDX-License-Identifier: Apache-2.0
"""People who flow down a tree of ways, and places along lines; compiled."""

from typing import Any

import numpy as np
from numba import njit

_DONE = -1

Array = Any  # numba sees through annotations; shapes and types are in the docstrings


@njit(cache=True, nogil=True)
def add_up(after: Array, people: Array) -> None:
    """
    Send people down a tree, each node after all that lie behind it.

    Parameters
    ----------
    after
        The node that follows each node, -1 at the end of its way. Shape ``(n,)``, int64.
    people
        People who start at each node; afterwards all who pass it. Shape ``(n,)``, float64.
    """
    n_behind = np.zeros(len(after), dtype=np.int64)
    for following in after:
        if following >= 0:
            n_behind[following] += 1
    for first in range(len(after)):
        node = first
        while n_behind[node] == 0 and after[node] >= 0:
            n_behind[node] = _DONE
            people[after[node]] += people[node]
            node = after[node]
            n_behind[node] -= 1


@njit(cache=True, nogil=True)
def along(start: Array, x_m: Array, y_m: Array, line: Array, share: Array, out: Array) -> None:
    """
    Place points along lines, bit for bit where GEOS places them.

    Parameters
    ----------
    start
        First vertex of each line, and the end. Shape ``(n_lines + 1,)``, int64.
    x_m
        Eastings of vertices in metres. Shape ``(n_vertices,)``.
    y_m
        Northings of vertices in metres. Shape ``(n_vertices,)``.
    line
        The line of each point. Shape ``(n,)``, int64.
    share
        Share of its length, 0 to 1. Shape ``(n,)``.
    out
        Receives eastings and northings in metres. Shape ``(n, 2)``.
    """
    length_m = np.zeros(len(start) - 1)
    for row in range(len(length_m)):
        for at in range(start[row], start[row + 1] - 1):
            length_m[row] += np.sqrt((x_m[at + 1] - x_m[at]) ** 2 + (y_m[at + 1] - y_m[at]) ** 2)
    for point in range(len(line)):
        row = line[point]
        left_m = share[point] * length_m[row]
        at, last, passed_m, part = start[row], start[row + 1] - 1, 0.0, 0.0
        while at < last and left_m > 0:
            step_m = np.sqrt((x_m[at + 1] - x_m[at]) ** 2 + (y_m[at + 1] - y_m[at]) ** 2)
            if passed_m + step_m > left_m:
                part = (left_m - passed_m) / step_m
                break
            passed_m += step_m
            at += 1
        out[point, 0], out[point, 1] = x_m[at], y_m[at]
        if part > 0:
            out[point, 0] += part * (x_m[at + 1] - x_m[at])
            out[point, 1] += part * (y_m[at + 1] - y_m[at])
