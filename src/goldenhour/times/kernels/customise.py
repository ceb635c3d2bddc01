# SPDX-License-Identifier: Apache-2.0
"""
Weights for all shortcuts, from the weights of the arcs: what an edit of the streets costs.

Every lower triangle is looked at once (Dibbelt, Strasser, Wagner 2016, basic customisation). Sums
and minima of whole ticks, so the result does not depend on the order of the nodes.
"""

from typing import Any

import numpy as np
from numba import njit

from goldenhour.times.kernels.complete import LOOP, Chordal
from goldenhour.times.kernels.lanes import CLOSED

Array = Any  # numba sees through annotations; shapes and types are in the docstrings


@njit(cache=True, nogil=True)
def lay(shortcut: Array, ticks: Array, n_shortcuts: int) -> tuple[Array, Array]:
    """
    Lay the arcs' own times on their shortcuts, of parallel arcs the shortest.

    Parameters
    ----------
    shortcut
        From ``complete.place``. Shape ``(n_arcs,)``, int32.
    ticks
        Times of the arcs; CLOSED or more is closed. Shape ``(n_arcs,)``, int32.
    n_shortcuts
        How many there are.

    Returns
    -------
    up, down
        Ticks from low to high rank and back. Shape ``(n_shortcuts,)`` each, int32.
    """
    up = np.full(n_shortcuts, CLOSED, dtype=np.int32)
    down = np.full(n_shortcuts, CLOSED, dtype=np.int32)
    for arc in range(len(shortcut)):
        at = shortcut[arc]
        if at == LOOP:
            continue
        if at >= 0:
            up[at] = min(up[at], ticks[arc])
        else:
            down[~at] = min(down[~at], ticks[arc])
    return up, down


@njit(cache=True, nogil=True)
def customise(chordal: Chordal, up: Array, down: Array) -> None:
    """
    Shorten every shortcut by all ways over a lower node, in place.

    Each lower node waits in a list of the next higher neighbour that has not been looked at, so
    no transposed rows are kept.

    Parameters
    ----------
    chordal
        The completion.
    up
        Ticks from low to high rank, as ``lay`` gives them. Shape ``(m,)``, int32.
    down
        Ticks from high to low rank. Shape ``(m,)``, int32.
    """
    start, head = chordal.start, chordal.head
    n = len(start) - 1
    waiting, behind = np.full(n, -1, dtype=np.int32), np.empty(n, dtype=np.int32)
    at, slot = start[:-1].copy(), np.empty(n, dtype=np.int64)
    for node in range(n):
        for arc in range(start[node], start[node + 1]):
            slot[head[arc]] = arc
        lower = waiting[node]
        while lower >= 0:
            mine, end, then = at[lower], start[lower + 1], behind[lower]
            here_down, here_up = down[mine], up[mine]
            for arc in range(mine + 1, end):
                over = slot[head[arc]]
                up[over] = min(up[over], here_down + up[arc])
                down[over] = min(down[over], down[arc] + here_up)
            if mine + 1 < end:
                at[lower] = mine + 1
                behind[lower], waiting[head[mine + 1]] = waiting[head[mine + 1]], lower
            lower = then
        if start[node] < start[node + 1]:
            behind[node], waiting[head[start[node]]] = waiting[head[start[node]]], node
