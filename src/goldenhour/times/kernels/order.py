# SPDX-License-Identifier: Apache-2.0
"""
Around nested dissection: nodes that may go first whatever the cuts, and ranks that lie together.

Nodes with one or two neighbours cost no shortcut if they are taken away first: a dead end leaves
nothing behind, and of a stretch of street one shortcut is left. What remains is the core, with a
third less nodes.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

_FEW = 2  # neighbours of a node that may go first
_LONGEST = 16  # rows with more entries, live or not, are left to the core: hubs would cost squares
_WORTH_SHARE = 0.02  # of what is left must go in a round for another one

Array = Any  # numba sees through annotations; shapes and types are in the docstrings


class Peeled(NamedTuple):
    """
    A core, and what was taken away around it.

    ``first`` int32: nodes taken away, in this order; ``core`` int32 (n_core,): the others,
    ascending; ``start`` int64 (n_core + 1,), ``far`` int32: neighbours in the core, numbered as in
    ``core``.
    """

    first: Array
    core: Array
    start: Array
    far: Array


class _Work(NamedTuple):
    """``row``: where each node's row lies, int64; ``far``; ``degree``, ``last_round`` int32."""

    row: Array
    far: Array
    degree: Array
    last_round: Array


@njit(cache=True, nogil=True)
def neighbours(tail: Array, head: Array, n_nodes: int) -> tuple[Array, Array]:
    """
    List the neighbours of every node, whatever the direction; loops are left out.

    Parameters
    ----------
    tail
        Start nodes of arcs. Shape ``(n_arcs,)``, int32.
    head
        End nodes. Shape ``(n_arcs,)``, int32.
    n_nodes
        Number of nodes.

    Returns
    -------
    start, far
        Rows, each neighbour once, ascending as found. Shapes ``(n_nodes + 1,)``, int64, and
        ``(n,)``, int32.
    """
    count = np.zeros(n_nodes + 1, dtype=np.int64)
    for arc in range(len(tail)):
        if tail[arc] != head[arc]:
            count[tail[arc] + 1] += 1
            count[head[arc] + 1] += 1
    for node in range(n_nodes):
        count[node + 1] += count[node]
    far, at = np.empty(count[n_nodes], dtype=np.int32), count[:-1].copy()
    for arc in range(len(tail)):
        a, b = tail[arc], head[arc]
        if a != b:
            far[at[a]], far[at[b]] = b, a
            at[a] += 1
            at[b] += 1
    start, seen = np.zeros(n_nodes + 1, dtype=np.int64), np.full(n_nodes, -1, dtype=np.int32)
    kept = 0
    for node in range(n_nodes):
        for arc in range(count[node], count[node + 1]):
            if seen[far[arc]] != node:
                seen[far[arc]] = node
                far[kept] = far[arc]
                kept += 1
        start[node + 1] = kept
    return start, far[:kept].copy()


@njit(cache=True, nogil=True)
def _two(work: _Work, node: int) -> tuple[int, int]:
    """Give up to two live neighbours, -1 for none."""
    one, other = -1, -1
    for arc in range(work.row[node], work.row[node + 1]):
        if work.degree[work.far[arc]] >= 0:
            one, other = work.far[arc], one
    return one, other


@njit(cache=True, nogil=True)
def _instead(work: _Work, node: int, old: int, new: int) -> bool:
    """Write one neighbour over another, unless it is there already."""
    place = -1
    for arc in range(work.row[node], work.row[node + 1]):
        if work.far[arc] == new:
            work.degree[node] -= 1
            return False
        if work.far[arc] == old:
            place = arc
    work.far[place] = new
    return True


@njit(cache=True, nogil=True)
def _take(work: _Work, node: int, turn: int) -> bool:
    """Take a node away if it has few neighbours and none of them went in this round."""
    row, degree = work.row, work.degree
    if work.last_round[node] == turn or degree[node] > _FEW:
        return False
    if row[node + 1] - row[node] > _LONGEST:
        return False
    one, other = _two(work, node)
    if other >= 0:
        if max(row[one + 1] - row[one], row[other + 1] - row[other]) > _LONGEST:
            return False
        _instead(work, one, node, other)
        _instead(work, other, node, one)
        work.last_round[other] = turn
    elif one >= 0:
        degree[one] -= 1
    if one >= 0:
        work.last_round[one] = turn
    degree[node] = -1
    return True


@njit(cache=True, nogil=True)
def peel(start: Array, far: Array) -> Peeled:
    """
    Take away nodes with one or two neighbours, in rounds without neighbours among them.

    Rounds keep the ways up short: a street of 10,000 junctions takes 14.

    Parameters
    ----------
    start
        Rows of neighbours, each once. Shape ``(n_nodes + 1,)``, int64.
    far
        Neighbours. Shape ``(n,)``, int32.

    Returns
    -------
    peeled
        What went first, and the core.
    """
    n = len(start) - 1
    degree = np.empty(n, dtype=np.int32)
    for node in range(n):
        degree[node] = start[node + 1] - start[node]
    work = _Work(start, far.copy(), degree, np.full(n, -1, dtype=np.int32))
    first, left = np.empty(n, dtype=np.int32), np.arange(n).astype(np.int32)
    n_first, n_left, n_taken, turn = 0, n, n, 0
    while n_taken > _WORTH_SHARE * n_left:
        n_taken, n_kept = 0, 0
        for i in range(n_left):
            node = left[i]
            if _take(work, node, turn):
                first[n_first + n_taken] = node
                n_taken += 1
            else:
                left[n_kept] = node
                n_kept += 1
        n_first, n_left, turn = n_first + n_taken, n_kept, turn + 1
    return _core(work, first[:n_first].copy(), left[:n_left].copy())


@njit(cache=True, nogil=True)
def _core(work: _Work, first: Array, core: Array) -> Peeled:
    """Give the core numbers of its own."""
    new = np.full(len(work.degree), -1, dtype=np.int32)
    for i in range(len(core)):
        new[core[i]] = i
    start, n_far = np.zeros(len(core) + 1, dtype=np.int64), 0
    for i in range(len(core)):
        for arc in range(work.row[core[i]], work.row[core[i] + 1]):
            if new[work.far[arc]] >= 0:
                work.far[n_far] = new[work.far[arc]]
                n_far += 1
        start[i + 1] = n_far
    return Peeled(first, core, start, work.far[:n_far].copy())


@njit(cache=True, nogil=True)
def _parents(start: Array, far: Array, rank: Array, node_at: Array) -> Array:
    """Find the elimination tree, by rank (Liu 1990): without a single shortcut."""
    n = len(rank)
    parent, above = np.full(n, -1, dtype=np.int32), np.full(n, -1, dtype=np.int32)
    for high in range(n):
        node = node_at[high]
        for arc in range(start[node], start[node + 1]):
            low = rank[far[arc]]
            if low < high:
                while above[low] >= 0 and above[low] != high:
                    above[low], low = high, above[low]
                if above[low] < 0:
                    above[low], parent[low] = high, high
    return parent


@njit(cache=True, nogil=True)
def in_subtrees(start: Array, far: Array, rank: Array) -> Array:
    """
    Rank each branch of the elimination tree in one stretch; the shortcuts stay the same.

    What is worked on together then lies together.

    Parameters
    ----------
    start
        Rows of neighbours. Shape ``(n_nodes + 1,)``, int64.
    far
        Neighbours. Shape ``(n,)``, int32.
    rank
        An order of the nodes. Shape ``(n_nodes,)``, int32.

    Returns
    -------
    rank
        As good an order. Shape ``(n_nodes,)``, int32.
    """
    n = len(rank)
    node_at = np.empty(n, dtype=np.int32)
    for node in range(n):
        node_at[rank[node]] = node
    parent = _parents(start, far, rank, node_at)
    size, after = np.ones(n, dtype=np.int32), np.empty(n, dtype=np.int32)
    for low in range(n):  # children come before their parents
        if parent[low] >= 0:
            size[parent[low]] += size[low]
    new, n_roots = np.empty(n, dtype=np.int32), n
    for high in range(n - 1, -1, -1):  # parents first: each takes the end of what is left for it
        if parent[high] < 0:
            last = n_roots
            n_roots -= size[high]
        else:
            last = after[parent[high]]
            after[parent[high]] -= size[high]
        new[node_at[high]] = last - 1
        after[high] = last - 1
    return new
