# SPDX-License-Identifier: Apache-2.0
"""
Chordal completion: all shortcuts that any weights could ever need, for one order of the nodes.

Taking nodes away from the lowest rank up, the higher neighbours of each must become neighbours of
each other (Dibbelt, Strasser, Wagner 2016, Customizable Contraction Hierarchies). It is enough to
hand a node's list to the lowest of them, its parent.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

LOOP = 2**31 - 1
"""Stands for the shortcut of an arc that ends where it starts: it never helps."""

Array = Any  # numba sees through annotations; shapes and types are in the docstrings


class Chordal(NamedTuple):
    """
    Nodes by rank and their arcs to higher ranks.

    ``rank`` int32 (n,) of each node; ``node`` int32 (n,) at each rank; ``start`` int64 (n + 1,) and
    ``head`` int32 (m,): ranks of the higher neighbours of each rank, ascending; ``parent`` int32
    (n,): the lowest of them, -1 at roots.
    """

    rank: Array
    node: Array
    start: Array
    head: Array
    parent: Array


@njit(cache=True, nogil=True)
def _higher_rows(tail: Array, head: Array, rank: Array) -> tuple[Array, Array]:
    """Sort arcs, whatever their direction, into rows of the lower rank; loops are left out."""
    n = len(rank)
    start = np.zeros(n + 1, dtype=np.int64)
    for arc in range(len(tail)):
        a, b = rank[tail[arc]], rank[head[arc]]
        if a != b:
            start[min(a, b) + 1] += 1
    for node in range(n):
        start[node + 1] += start[node]
    far, at = np.empty(start[n], dtype=np.int32), start[:-1].copy()
    for arc in range(len(tail)):
        a, b = rank[tail[arc]], rank[head[arc]]
        if a != b:
            low = min(a, b)
            far[at[low]] = max(a, b)
            at[low] += 1
    return start, far


@njit(cache=True, nogil=True)
def _sort(row: Array, n: int) -> None:
    """Sort the first n numbers; short rows, as most are, in place."""
    if n > 32:  # noqa: PLR2004 - from here on the library's sort is quicker
        row[:n] = np.sort(row[:n])
        return
    for i in range(1, n):
        value, at = row[i], i
        while at > 0 and row[at - 1] > value:
            row[at] = row[at - 1]
            at -= 1
        row[at] = value


@njit(cache=True, nogil=True)
def complete(tail: Array, head: Array, rank: Array, most: int) -> tuple[Array, Array, Array]:
    """
    Fill in the shortcuts.

    Parameters
    ----------
    tail
        Start nodes of the arcs; direction, repetition and loops do not matter. Shape ``(n_arcs,)``,
        int32.
    head
        End nodes. Shape ``(n_arcs,)``, int32.
    rank
        Rank of each node, a permutation. Shape ``(n_nodes,)``, int32.
    most
        Give up beyond so many shortcuts.

    Returns
    -------
    start, head, parent
        As in ``Chordal``; an empty ``parent`` if it was given up.
    """
    n = len(rank)
    row_start, row = _higher_rows(tail, head, rank)
    start, parent = np.zeros(n + 1, dtype=np.int64), np.full(n, -1, dtype=np.int32)
    child, sibling = np.full(n, -1, dtype=np.int32), np.full(n, -1, dtype=np.int32)
    seen, found = np.full(n, -1, dtype=np.int32), np.empty(n, dtype=np.int32)
    up = np.empty(2 * len(row) + n + 1, dtype=np.int32)
    for node in range(n):
        count = 0
        for at in range(row_start[node], row_start[node + 1]):
            if seen[row[at]] != node:
                seen[row[at]], found[count] = node, row[at]
                count += 1
        lower = child[node]
        while lower >= 0:
            for at in range(start[lower] + 1, start[lower + 1]):  # the first is this node
                if seen[up[at]] != node:
                    seen[up[at]], found[count] = node, up[at]
                    count += 1
            lower = sibling[lower]
        end = start[node] + count
        if end > most:
            return start, up[:0], parent[:0]
        if end > len(up):
            up = np.concatenate((up[: start[node]], np.empty(end + len(up) // 2, dtype=np.int32)))
        _sort(found, count)
        up[start[node] : end] = found[:count]
        start[node + 1] = end
        if count > 0:
            parent[node] = found[0]
            sibling[node], child[found[0]] = child[found[0]], node
    return start, up[: start[n]].copy(), parent


@njit(cache=True, nogil=True)
def place(tail: Array, head: Array, chordal: Chordal) -> Array:
    """
    Find the shortcut over which each arc lies.

    Parameters
    ----------
    tail
        Start nodes. Shape ``(n_arcs,)``, int32.
    head
        End nodes. Shape ``(n_arcs,)``, int32.
    chordal
        The completion of these very arcs.

    Returns
    -------
    shortcut
        Its number where the arc goes up in rank, ``~number`` where it goes down, LOOP for loops.
        Shape ``(n_arcs,)``, int32.
    """
    rank, start, far = chordal.rank, chordal.start, chordal.head
    shortcut = np.full(len(tail), LOOP, dtype=np.int32)
    for arc in range(len(tail)):
        a, b = rank[tail[arc]], rank[head[arc]]
        if a == b:
            continue
        low, high = min(a, b), max(a, b)
        at, end = start[low], start[low + 1]
        while at < end:
            middle = (at + end) // 2
            if far[middle] < high:
                at = middle + 1
            else:
                end = middle
        shortcut[arc] = at if a < b else ~at
    return shortcut
