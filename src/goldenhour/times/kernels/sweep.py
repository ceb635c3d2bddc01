# SPDX-License-Identifier: Apache-2.0
"""
From 16 sources at once to selected targets, over a customised hierarchy; compiled.

A source climbs to all its ancestors in the elimination tree; then one pass goes down the tree
from the roots. Whatever a node needs lies on its own branch, so the pass keeps one branch of rows
in hand, a few kilobytes, and writes only targets.
"""

import numpy as np
from numba import njit, types

from goldenhour.times.kernels.lanes import (
    CLOSED,
    COUNTS,
    LANES,
    ONE,
    PLACES,
    READ32,
    READ64,
    ROWS,
    WIDE,
    Array,
    Count,
    Ticks,
    load,
    packed,
    soonest,
    store,
)

_BIG = np.uint64(32)  # a branch of so many nodes is worth the look whether it can be skipped
_CLOSED = np.int32(CLOSED)


@njit(cache=True, nogil=True)
def board(parent: Array, node: Array, slot: Array, chain: Array, stretch: Array) -> int:
    """
    List the ancestors of a block of sources, in stretches that end where an earlier one passes.

    Parameters
    ----------
    parent
        Parents in the elimination tree. Shape ``(n_nodes,)``, int32.
    node
        Ranks of the sources, -1 for none. Shape ``(n_sources, k)``, int32.
    slot
        All 0; afterwards the place of each ancestor, from 1. Shape ``(n_nodes,)``, uint32.
    chain
        Receives the ancestors. Shape ``(n_nodes,)``, int32.
    stretch
        Receives where each stretch starts, and the end. Shape ``(n_sources * k + 1,)``, int64.

    Returns
    -------
    n_met
        How many ancestors.
    """
    n = 0
    for i in range(node.shape[0]):
        for k in range(node.shape[1]):
            stretch[i * node.shape[1] + k] = n
            at = node[i, k]
            while at >= 0 and slot[at] == 0:
                chain[n] = at
                n += 1
                slot[at] = n
                at = parent[at]
    stretch[node.size] = n
    return n


@njit(cache=True, nogil=True)
def seat(node: Array, ticks: Array, slot: Array, lift: Array) -> None:
    """
    Put every source into its lane; all other lanes and rows are closed.

    Parameters
    ----------
    node
        Ranks, -1 for none. Shape ``(n_sources, k)``, int32.
    ticks
        Ticks already spent there. Shape ``(n_sources, k)``, int32.
    slot
        Place of each ancestor. Shape ``(n_nodes,)``.
    lift
        Receives the rows of the ancestors; row 0 is of nobody. Shape ``(n_rows * 16,)``, int32.
    """
    lift[:] = CLOSED
    for lane in range(node.shape[0]):
        for k in range(node.shape[1]):
            if node[lane, k] >= 0:
                at = int(slot[node[lane, k]]) * LANES + lane
                lift[at] = min(lift[at], ticks[lane, k])


@packed(types.void(READ64, READ32, READ32, READ32, PLACES, READ64, ROWS))
def climb(  # noqa: PLR0913, PLR0917 - arrays one by one: packing needs a signature
    start: Array, head: Array, up: Array, chain: Array, slot: Array, stretch: Array, lift: Array
) -> None:
    """
    Carry the times of a block of sources up to all their ancestors.

    Later stretches hang below earlier ones, so they go first.

    Parameters
    ----------
    start
        Rows of the hierarchy. Shape ``(n_nodes + 1,)``, int64.
    head
        Higher ends. Shape ``(n_up,)``, int32.
    up
        Ticks upwards. Shape ``(n_up,)``, int32.
    chain
        The ancestors, as ``board`` lists them. Shape ``(n_met,)``, int32.
    slot
        Their places. Shape ``(n_nodes,)``, uint32.
    stretch
        As ``board`` gives it. Shape ``(n_stretches + 1,)``, int64.
    lift
        Rows of the ancestors, seated. Shape ``(n_rows * 16,)``, int32.
    """
    for last in range(len(stretch) - 2, -1, -1):
        for i in range(stretch[last], stretch[last + 1]):
            node = np.uint64(chain[np.uint64(i)])
            row = load(lift, np.uint64(slot[node]) * WIDE)
            arc, end = np.uint64(start[node]), np.uint64(start[node + ONE])
            while arc < end:
                at = np.uint64(slot[np.uint64(head[arc])]) * WIDE
                store(lift, at, soonest(load(lift, at), row, up[arc]))
                arc += ONE


@njit(cache=True, nogil=True)
def hand_over(chain: Array, slot: Array, local: Array, seed: Array) -> None:
    """
    Tell the way down which selected nodes were met on the way up.

    Parameters
    ----------
    chain
        The ancestors. Shape ``(n_met,)``.
    slot
        Their places. Shape ``(n_nodes,)``.
    local
        Place of each rank among the selected. Shape ``(n_nodes,)``.
    seed
        All 0; receives places. Shape ``(s,)``, uint32.
    """
    for node in chain:
        if local[node] >= 0:
            seed[local[node]] = slot[node]


@njit(cache=True, nogil=True)
def clean(chain: Array, slot: Array, local: Array, seed: Array) -> None:
    """
    Make the marks of ``board`` and ``hand_over`` clean again.

    Parameters
    ----------
    chain
        The ancestors. Shape ``(n_met,)``.
    slot
        Their places. Shape ``(n_nodes,)``.
    local
        Place of each rank among the selected. Shape ``(n_nodes,)``.
    seed
        Places handed over. Shape ``(s,)``.
    """
    for node in chain:
        slot[node] = 0
        if local[node] >= 0:
            seed[local[node]] = 0


@njit(nogil=True)
def _nearest(level: Array, lowest: Array, arc: Count, last: Count) -> Ticks:
    """Give the soonest time in any lane at the heads of a node."""
    least = _CLOSED
    while arc < last:
        least = min(least, lowest[np.uint64(level[arc]) // WIDE])
        arc += ONE
    return least


@packed(
    types.void(
        *(COUNTS, PLACES, READ32, PLACES, PLACES, PLACES),
        *(PLACES, READ32, types.int32, ROWS, ROWS, ROWS),
    )
)
def sweep(  # noqa: PLR0913, PLR0917 - arrays one by one: packing needs a signature
    first: Array,
    level: Array,
    down: Array,
    depth: Array,
    end: Array,
    line: Array,
    seed: Array,
    lift: Array,
    limit: int,
    branch: Array,
    lowest: Array,
    found: Array,
) -> None:
    """
    Carry times from the roots down to the targets, and skip branches beyond the limit.

    All ways into a branch without a source come through heads of its first node. If these are
    all beyond the limit in all lanes, so is the branch.

    Parameters
    ----------
    first, level, depth, end, line
        As in ``Branches``.
    down
        Ticks downwards. Shape ``(m,)``, int32.
    seed
        Row in ``lift`` of each selected node, 0 for none. Shape ``(s,)``, uint32.
    lift
        Rows of the sources' ancestors. Shape ``(n_rows * 16,)``, int32.
    limit
        Ticks, inclusive.
    branch
        Work array. Shape ``(deepest * 16,)``, int32.
    lowest
        Work array. Shape ``(deepest,)``, int32.
    found
        Receives one row per target; times beyond the limit may be closed. Shape
        ``((n_lines + 1) * 16,)``, int32.
    """
    i, n = np.uint64(0), np.uint64(len(depth))
    while i < n:
        arc, last_arc, after = first[i], first[i + ONE], np.uint64(end[i])
        is_big = after - i >= _BIG
        if is_big and seed[i] == 0 and _nearest(level, lowest, arc, last_arc) > limit:
            place, last = np.uint64(line[i]) * WIDE, np.uint64(line[after]) * WIDE
            while place < last:
                found[place] = _CLOSED
                place += ONE
            i = after
            continue
        row = load(lift, np.uint64(seed[i]) * WIDE)
        while arc < last_arc:
            row = soonest(row, load(branch, np.uint64(level[arc])), down[arc])
            arc += ONE
        store(branch, np.uint64(depth[i]), row)
        store(found, np.uint64(line[i]) * WIDE, row)  # of no target: the next one overwrites it
        if is_big:
            least = row[0]
            for lane in row:
                least = min(least, lane)
            lowest[np.uint64(depth[i]) // WIDE] = least
        i += ONE
