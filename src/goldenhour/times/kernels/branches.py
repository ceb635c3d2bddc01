# SPDX-License-Identifier: Apache-2.0
"""Which part of a hierarchy leads to given targets, in the order of the way down; compiled."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from goldenhour.times.kernels.lanes import LANES, Array


class Branches(NamedTuple):
    """
    The selected nodes, each right before all that hangs on it, and their arcs.

    ``rank`` int32 (s,); ``first`` uint64 (s + 1,) arcs; ``level`` uint32 (m,) where the head's row
    lies on the branch, ``depth`` uint32 (s,) where the node's own lies, both times 16; ``end``
    uint32 (s,) first node that no longer hangs on it; ``line`` uint32 (s + 1,) targets before it;
    ``local`` int32 (n_nodes,) place of each rank, -1 where not selected; ``deepest`` rows of the
    longest branch.
    """

    rank: Array
    first: Array
    level: Array
    depth: Array
    end: Array
    line: Array
    local: Array
    deepest: int


@njit(cache=True, nogil=True)
def select(start: Array, head: Array, parent: Array, targets: Array) -> tuple[Any, ...]:
    """
    Select all ancestors of the targets and order them for the way down.

    Parameters
    ----------
    start
        Rows of the hierarchy. Shape ``(n_nodes + 1,)``, int64.
    head
        Higher ends. Shape ``(n_up,)``, int32.
    parent
        Parents in the elimination tree, -1 at roots. Shape ``(n_nodes,)``, int32.
    targets
        Ranks, -1 for none. Shape ``(n,)``, int32.

    Returns
    -------
    branches
        What ``Branches`` is made of; good for any weights.
    """
    local, is_target, n = _mark(parent, targets)
    rank, end = _in_branches(parent, local, n)
    first, depth = np.zeros(n + 1, dtype=np.uint64), np.empty(n, dtype=np.uint32)
    line, deepest, n_lines = np.zeros(n + 1, dtype=np.uint32), 0, 0
    for i in range(n):
        node = rank[i]
        up = parent[node]
        depth[i] = 0 if up < 0 else depth[local[up]] + LANES
        deepest = max(deepest, int(depth[i]) // LANES + 1)
        first[i + 1] = int(first[i]) + start[node + 1] - start[node]
        n_lines += is_target[node]
        line[i + 1] = n_lines
    level = np.empty(int(first[n]), dtype=np.uint32)
    at = 0
    for i in range(n):
        for arc in range(start[rank[i]], start[rank[i] + 1]):
            level[at] = depth[local[head[arc]]]
            at += 1
    return rank, first, level, depth, end, line, local, deepest


@njit(cache=True, nogil=True)
def _mark(parent: Array, targets: Array) -> tuple[Array, Array, int]:
    """Mark targets and their ancestors with 0, all others with -1; count them."""
    local = np.full(len(parent), -1, dtype=np.int32)
    is_target = np.zeros(len(parent), dtype=np.uint8)
    n = 0
    for target in targets:
        node = target
        if target >= 0:
            is_target[target] = 1
        while node >= 0 and local[node] < 0:
            local[node] = 0
            n += 1
            node = parent[node]
    return local, is_target, n


@njit(cache=True, nogil=True)
def _in_branches(parent: Array, local: Array, n: int) -> tuple[Array, Array]:
    """Order marked nodes so that all that hangs on one follows it; writes their places."""
    size = np.zeros(len(parent), dtype=np.int32)
    for node in range(len(parent)):
        if local[node] >= 0:
            size[node] += 1
            if parent[node] >= 0:
                size[parent[node]] += size[node]
    rank, end = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.uint32)
    top = 0
    for node in range(len(parent) - 1, -1, -1):  # parents are higher: they have their place
        if local[node] < 0:
            continue
        n_below, up = size[node], parent[node]
        if up < 0:
            at = top
            top += n_below
        else:
            at = size[up]
            size[up] += n_below
        local[node], rank[at], end[at] = at, node, at + n_below
        size[node] = at + 1  # from here on: the next free place below it
    return rank, end


@njit(cache=True, nogil=True)
def weigh(start: Array, ticks: Array, rank: Array, first: Array) -> Array:
    """
    Take the weights of selected arcs.

    Parameters
    ----------
    start
        Rows of the hierarchy. Shape ``(n_nodes + 1,)``, int64.
    ticks
        Customised weights of one direction. Shape ``(n_up,)``, int32.
    rank
        Selected nodes. Shape ``(s,)``.
    first
        Their arcs. Shape ``(s + 1,)``.

    Returns
    -------
    down
        Shape ``(m,)``, int32.
    """
    down = np.empty(int(first[-1]), dtype=np.int32)
    at = 0
    for node in rank:
        for arc in range(start[node], start[node + 1]):
            down[at] = ticks[arc]
            at += 1
    return down
