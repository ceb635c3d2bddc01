# SPDX-License-Identifier: Apache-2.0
"""
Order of the nodes by straight cuts through the map: nested dissection by coordinates.

A part is cut in two where the fewest nodes touch the other side; these few get the part's highest
ranks, and both sides are cut on. The four sorted lists (along x, y and both diagonals) are sorted
once and only ever split.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

N_KEYS = 4
_SMALL = 4  # parts of so many nodes are numbered as they come
_LEAST_SHARE = 0.3  # of a part on either side of a cut

Array = Any  # numba sees through annotations; shapes and types are in the docstrings


class Lists(NamedTuple):
    """
    What the cutting works on; a part is the same slice of every list.

    ``start``, ``far``: neighbours of each node, rows; ``sorted_by`` int32 (N_KEYS, n): nodes along
    each key; ``rank`` int32 (n,): -1 until given; ``place`` and ``side`` int32 (n,), ``spare``
    int32 (n,), ``change`` int32 (n + 2,): scratch.
    """

    start: Array
    far: Array
    sorted_by: Array
    rank: Array
    place: Array
    side: Array
    spare: Array
    change: Array


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
def _measure(lists: Lists, key: int, low: int, high: int) -> tuple[int, int, int]:
    """
    Find the best cut along one key: nodes touching it, where it is, whether the right side gives.

    A cut at p parts the places before p from the rest. A node is in the way of all cuts between
    its first neighbour's place and its own, if its side gives; in the mirror for the left.
    """
    start, far, rank, place = lists.start, lists.far, lists.rank, lists.place
    nodes, change, size = lists.sorted_by[key], lists.change, high - low
    for at in range(low, high):
        place[nodes[at]] = at - low
    least = max(1, int(size * _LEAST_SHARE))
    best, best_cut, best_side = np.int64(2**40), low + size // 2, 1
    for side in range(2):
        change[: size + 2] = 0
        for at in range(low, high):
            node = nodes[at]
            own, end = at - low, at - low
            for arc in range(start[node], start[node + 1]):
                if rank[far[arc]] < 0:
                    other = place[far[arc]]
                    end = min(end, other) if side == 1 else max(end, other)
            if end != own:
                change[min(own, end) + 1] += 1
                change[max(own, end) + 1] -= 1
        touching = 0
        for cut in range(size - least + 1):
            touching += change[cut]
            if cut < least:
                continue
            slack = abs(2 * cut - size)
            score = np.int64(touching) * (8 * size + slack) + slack // 64
            if score < best:
                best, best_cut, best_side = score, low + cut, side
    return best, best_cut, best_side


@njit(cache=True, nogil=True)
def _choose(lists: Lists, low: int, high: int) -> tuple[int, int, int]:
    """Choose the best of the best cuts of all keys."""
    best, best_key, best_cut, best_side = np.int64(2**41), 0, low, 1
    for key in range(N_KEYS):
        score, cut, side = _measure(lists, key, low, high)
        if score < best:
            best, best_key, best_cut, best_side = score, key, cut, side
    return best_key, best_cut, best_side


@njit(cache=True, nogil=True)
def _mark(lists: Lists, key: int, low: int, high: int, cut: int, gives: int) -> int:
    """Mark sides: 0 left, 1 right, 2 on the cut, on the side that gives; count the latter."""
    start, far, side, nodes = lists.start, lists.far, lists.side, lists.sorted_by[key]
    for at in range(low, high):
        side[nodes[at]] = 0 if at < cut else 1
    n_cut = 0
    for at in range(cut if gives == 1 else low, high if gives == 1 else cut):
        node = nodes[at]
        for arc in range(start[node], start[node + 1]):
            if lists.rank[far[arc]] < 0 and side[far[arc]] == 1 - gives:
                side[node] = 2
                n_cut += 1
                break
    return n_cut


@njit(cache=True, nogil=True)
def _split(lists: Lists, low: int, high: int) -> int:
    """Split every list in the same way: left, right, cut; give how many are left."""
    side, spare = lists.side, lists.spare
    n_left = 0
    for key in range(N_KEYS):
        nodes = lists.sorted_by[key]
        n_left, n_rest = 0, 0
        for at in range(low, high):
            if side[nodes[at]] == 0:
                n_left += 1
        left, right = low, low + n_left
        for at in range(low, high):
            node = nodes[at]
            if side[node] == 2:  # noqa: PLR2004 - on the cut
                continue
            if side[node] == 0:
                spare[left] = node
                left += 1
            else:
                spare[right] = node
                right += 1
            n_rest += 1
        nodes[low : low + n_rest] = spare[low : low + n_rest]
    return n_left


@njit(cache=True, nogil=True)
def dissect(lists: Lists, low: int, high: int, first_rank: int) -> None:
    """
    Give ranks to the nodes of one part, from ``first_rank`` on.

    Parameters
    ----------
    lists
        The lists; the part's slice of each is used up.
    low
        First place of the part.
    high
        Place after its last.
    first_rank
        Lowest rank to give.
    """
    todo = [(low, high, first_rank)]
    while todo:
        low, high, first = todo.pop()
        size = high - low
        if size <= _SMALL:
            for at in range(low, high):
                lists.rank[lists.sorted_by[0, at]] = first + at - low
            continue
        key, cut, gives = _choose(lists, low, high)
        n_cut = _mark(lists, key, low, high, cut, gives)
        top = first + size - n_cut
        nodes = lists.sorted_by[key]
        n_given = 0
        for at in range(low, high):
            if lists.side[nodes[at]] == 2:  # noqa: PLR2004 - on the cut
                lists.rank[nodes[at]] = top + n_given
                n_given += 1
        n_left = _split(lists, low, high)
        n_right = size - n_cut - n_left
        todo.append((low, low + n_left, first))
        todo.append((low + n_left, low + n_left + n_right, first + n_left))
