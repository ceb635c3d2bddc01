# SPDX-License-Identifier: Apache-2.0
"""
Bounded Dijkstra searches over compressed rows, compiled; arrays in, arrays out.

Times are ticks of 1/64 s in int32, so sums are exact and every machine, thread count and node
order gives the same number. ``FAR`` ticks mean closed or unreachable. Work arrays are handed
back clean through the list of touched nodes, so a search costs what it reaches, not the town.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

TICKS_PER_S = 64
FAR = 2**31 - 1
LONGEST = 2**30 - 2
"""Largest finite time in ticks, about 194 days; what takes longer counts as unreachable."""

NO_TAG, TAG_ARC, TAG_SEED = 0, 1, 2
TICKS, TAG, BEFORE, AFTER = 0, 1, 2, 3
_IDLE = -2
_SHIFT = 9  # buckets of 8 s: narrower ones stand empty, wider ones make nodes wait again
_MOST_BUCKETS_BITS = 16

Array = Any  # numba sees through annotations; shapes and types are in the docstrings


class Rows(NamedTuple):
    """Arcs of every node: int64 ``start``, int32 ``node`` at the far end, int32 ``ticks``."""

    start: Array
    node: Array
    ticks: Array


class Points(NamedTuple):
    """Where points join the nodes: int32 ``node`` (-1 for none) and ``ticks``, ``(n, k)`` each."""

    node: Array
    ticks: Array


class Pairs(NamedTuple):
    """Known ways past the nodes: for row i, ``column[start[i]:start[i + 1]]``, ascending."""

    start: Array
    column: Array
    ticks: Array


class Stop(NamedTuple):
    """When a search ends: ``limit`` in ticks; or ``n_wanted`` nodes marked in uint8 ``wanted``."""

    limit: int
    wanted: Array
    n_wanted: int


class Desk(NamedTuple):
    """
    Work arrays of one thread: the state of every node, and a ring of buckets of waiting nodes.

    ``state`` has four int32 columns (one cache line holds four nodes): TICKS, TAG, BEFORE, AFTER.
    Clean is: TICKS are FAR, BEFORE is _IDLE, ``first`` is -1; the rest needs no cleaning. Buckets
    are ``2 ** shift`` ticks wide; each is a list linked through BEFORE and AFTER.
    """

    state: Array
    touched: Array
    first: Array
    shift: int


def desk(rows: Rows, seeds: Points, limit: int) -> Desk:
    """
    Make clean work arrays for searches from these seeds.

    The ring spans the longest step any search can take, else it would bite its tail.

    Parameters
    ----------
    rows
        The arcs.
    seeds
        Where searches start. Shape ``(n_seeds, k)``.
    limit
        Ticks; longer steps are never taken.

    Returns
    -------
    desk
        For one thread.
    """
    steps = rows.ticks[rows.ticks <= limit]
    longest = int(steps.max()) if steps.size else 0
    return desk_over(*fresh_state(len(rows.start) - 1), seeds, longest=longest, limit=limit)


def fresh_state(n_nodes: int) -> tuple[Array, Array]:
    """
    Make the work arrays that are as large as the network.

    Parameters
    ----------
    n_nodes
        Number of nodes.

    Returns
    -------
    state, touched
        Clean, as in ``Desk``.
    """
    state = np.empty((n_nodes, 4), dtype=np.int32)
    state[:] = FAR, -1, _IDLE, -1
    return state, np.empty(n_nodes, dtype=np.int32)


def desk_over(state: Array, touched: Array, seeds: Points, *, longest: int, limit: int) -> Desk:
    """
    Lay a ring of buckets over clean work arrays.

    Parameters
    ----------
    state
        Clean, as in ``Desk``. Shape ``(n_nodes, 4)``, int32.
    touched
        Shape ``(n_nodes,)``, int32.
    seeds
        Where searches start. Shape ``(n_seeds, k)``.
    longest
        Ticks of the longest arc that is open, or more.
    limit
        Ticks; longer steps are never taken.

    Returns
    -------
    desk
        For one thread.
    """
    spent = seeds.ticks[seeds.ticks <= limit]
    longest = max(min(longest, limit), int(spent.max()) if spent.size else 0)
    shift = max(_SHIFT, longest.bit_length() - _MOST_BUCKETS_BITS)
    n_buckets = 1 << ((longest >> shift) + 1).bit_length()
    return Desk(state, touched, np.full(n_buckets, -1, dtype=np.int32), shift)


def until(limit: int, wanted: Array | None = None) -> Stop:
    """
    Say when to stop.

    Parameters
    ----------
    limit
        Ticks, inclusive.
    wanted
        Nodes after which nothing more is of interest, uint8 marks; None for everything within the
        limit. Shape ``(n_nodes,)``.

    Returns
    -------
    stop
        For a search.
    """
    if wanted is None:
        return Stop(limit, np.zeros(1, dtype=np.uint8), 0)
    return Stop(limit, wanted, int(np.count_nonzero(wanted)))


# Helpers take arrays one by one: numba counts references whenever an array leaves a tuple.
@njit(cache=True, nogil=True)
def _leave(state: Array, first: Array, bucket: int, node: int) -> None:
    """Take a waiting node out of its bucket."""
    before, after = state[node, BEFORE], state[node, AFTER]
    if before >= 0:
        state[before, AFTER] = after
    else:
        first[bucket] = after
    if after >= 0:
        state[after, BEFORE] = before
    state[node, BEFORE] = _IDLE


@njit(cache=True, nogil=True)
def _arrive(state: Array, first: Array, shift: int, node: int, then: int) -> int:
    """Let a node wait in the bucket of its new time; 1 if it did not wait before, else 0."""
    waits = state[node, BEFORE] != _IDLE
    if waits:
        _leave(state, first, (state[node, TICKS] >> shift) & (len(first) - 1), node)
    state[node, TICKS] = then
    bucket = (then >> shift) & (len(first) - 1)
    after = first[bucket]
    state[node, BEFORE], state[node, AFTER] = -1, after
    if after >= 0:
        state[after, BEFORE] = node
    first[bucket] = node
    return 0 if waits else 1


@njit(cache=True, nogil=True)
def _met(state: Array, touched: Array, n_touched: int, wanted: Array) -> tuple[int, int]:
    """Count the wanted nodes that were reached, and give the latest of their times."""
    n_met, latest = 0, 0
    for i in range(n_touched):
        if wanted[touched[i]]:
            n_met += 1
            latest = max(latest, int(state[touched[i], TICKS]))
    return n_met, latest


@njit(cache=True, nogil=True)
def _seed(seeds: Points, limit: int, desk: Desk) -> tuple[int, int]:
    """Let all seeds within the limit wait; give how many nodes wait, and the earliest time."""
    state, touched, first = desk.state, desk.touched, desk.first
    n_waiting, earliest = 0, limit
    for row in range(seeds.node.shape[0]):
        for k in range(seeds.node.shape[1]):
            node, then = seeds.node[row, k], int(seeds.ticks[row, k])
            if node >= 0 and then <= limit and then < state[node, TICKS]:
                if state[node, TICKS] == FAR:
                    touched[n_waiting] = node
                state[node, TAG] = row  # of two rows on one node the sooner, then the first
                n_waiting += _arrive(state, first, desk.shift, node, then)
                earliest = min(earliest, then)
    return n_waiting, earliest


@njit(cache=True, nogil=True)
def search(rows: Rows, seeds: Points, stop: Stop, tagging: int, desk: Desk) -> int:
    """
    Spread from all seeds at once until the limit (inclusive) or until all wanted nodes are met.

    A node that improves inside the open bucket waits again, so the answer is exact whatever the
    width of the buckets.

    Parameters
    ----------
    rows
        The arcs.
    seeds
        Start nodes and ticks. Shape ``(n_seeds, k)``.
    stop
        When to stop.
    tagging
        NO_TAG; TAG_ARC: the tag says the arc (place in ``rows``) one came by, at seed nodes the
        seed row; TAG_SEED: it says the lowest seed row that is nearest.
    desk
        Clean work arrays; afterwards they hold the answer for the touched nodes.

    Returns
    -------
    n_touched
        How many nodes of ``desk.touched`` were reached.
    """
    start, far_end, step = rows.start, rows.node, rows.ticks
    state, touched, first, wanted = desk.state, desk.touched, desk.first, stop.wanted
    limit, n_unmet = stop.limit, -1
    n_waiting, earliest = _seed(seeds, limit, desk)
    n_touched = n_waiting
    if stop.n_wanted > 0:
        n_unmet = stop.n_wanted - _met(state, touched, n_touched, wanted)[0]
    now = earliest >> desk.shift
    while n_waiting > 0 and (now << desk.shift) <= limit:
        if n_unmet == 0:  # all are met; from here on they can only be met sooner
            limit, n_unmet = min(limit, _met(state, touched, n_touched, wanted)[1]), -1
        here = first[now & (len(first) - 1)]
        if here < 0:
            now += 1
            continue
        _leave(state, first, now & (len(first) - 1), here)
        n_waiting -= 1
        for arc in range(start[here], start[here + 1]):
            node, then = far_end[arc], int(state[here, TICKS]) + int(step[arc])
            held = state[node, TICKS]
            if then > limit or then > held:
                continue
            if then == held and not (tagging == TAG_SEED and state[here, TAG] < state[node, TAG]):
                continue
            if tagging != NO_TAG:
                state[node, TAG] = arc if tagging == TAG_ARC else state[here, TAG]
            if held == FAR:
                touched[n_touched] = node
                n_touched += 1
                n_unmet -= n_unmet > 0 and wanted[node] != 0
            n_waiting += _arrive(state, first, desk.shift, node, then)
    return n_touched


@njit(cache=True, nogil=True)
def _clean(state: Array, touched: Array, n_touched: int, first: Array, shift: int) -> None:
    """Make the work arrays clean again, whatever still waits."""
    for i in range(n_touched):
        node = touched[i]
        first[(state[node, TICKS] >> shift) & (len(first) - 1)] = -1
        state[node, TICKS], state[node, BEFORE] = FAR, _IDLE


def clean(desk: Desk, n_touched: int) -> None:
    """
    Make work arrays clean again after a search.

    Parameters
    ----------
    desk
        Work arrays.
    n_touched
        How many nodes the search reached.
    """
    _clean(desk.state, desk.touched, n_touched, desk.first, desk.shift)


@njit(cache=True, nogil=True)
def _arrival(state: Array, node: Array, ticks: Array, row: int) -> int:
    """Give the ticks at which one point is reached, FAR or more if never."""
    best = FAR
    for k in range(node.shape[1]):
        if node[row, k] >= 0:
            best = min(best, int(state[node[row, k], TICKS]) + int(ticks[row, k]))
    return best


@njit(cache=True, nogil=True)
def dense(rows: Rows, sources: Points, targets: Points, stop: Stop, work: Desk, out: Array) -> None:
    """
    Fill a matrix of ticks, one search per source.

    Parameters
    ----------
    rows
        The arcs.
    sources
        Where searches start. Shape ``(n_sources, k)``.
    targets
        What they reach. Shape ``(n_targets, k)``.
    stop
        When each search stops.
    work
        Clean work arrays; clean again afterwards.
    out
        Receives ticks, FAR beyond the limit. Shape ``(n_sources, n_targets)``, int32.
    """
    state, touched, first = work.state, work.touched, work.first
    for row in range(out.shape[0]):
        seeds = Points(sources.node[row : row + 1], sources.ticks[row : row + 1])
        n_touched = search(rows, seeds, stop, NO_TAG, work)
        for column in range(out.shape[1]):
            ticks = _arrival(state, targets.node, targets.ticks, column)
            out[row, column] = ticks if ticks <= stop.limit else FAR
        _clean(state, touched, n_touched, first, work.shift)


@njit(cache=True, nogil=True)
def order(near: Array, n_nodes: int) -> tuple[Array, Array]:
    """
    Sort arcs by one end, in the given order within a node.

    Parameters
    ----------
    near
        Nodes from 0 to below ``n_nodes``, others are left out. Shape ``(n_arcs,)``, integers.
    n_nodes
        Number of nodes.

    Returns
    -------
    start, arc
        Compressed rows: shape ``(n_nodes + 1,)``, int64, and int32 arc numbers.
    """
    start = np.zeros(n_nodes + 1, dtype=np.int64)
    for node in near:
        if 0 <= node < n_nodes:
            start[node + 1] += 1
    for node in range(n_nodes):
        start[node + 1] += start[node]
    at, arc = start[:-1].copy(), np.empty(start[-1], dtype=np.int32)
    for i in range(len(near)):
        node = near[i]
        if 0 <= node < n_nodes:
            arc[at[node]] = i
            at[node] += 1
    return start, arc


@njit(cache=True, nogil=True)
def sparse(
    rows: Rows, sources: Points, targets: Points, known: Pairs, stop: Stop, work: Desk
) -> tuple[Array, Array, Array]:
    """
    List the pairs within the limit, one search per source.

    Parameters
    ----------
    rows
        The arcs.
    sources
        Where searches start. Shape ``(n_sources, k)``.
    targets
        What they reach. Shape ``(n_targets, k)``.
    known
        Ways that pass no node, per source; the shorter way counts.
    stop
        When each search stops.
    work
        Clean work arrays; clean again afterwards.

    Returns
    -------
    n_found, column, ticks
        Pairs of each source, shape ``(n_sources,)``; then all pairs, row after row, columns
        ascending: int32 targets and int32 ticks.
    """
    state, touched, first = work.state, work.touched, work.first
    n_sources, n_targets = sources.node.shape[0], targets.node.shape[0]
    n_found = np.zeros(n_sources, dtype=np.int64)
    column, found = np.empty(n_targets, dtype=np.int32), np.empty(n_targets, dtype=np.int32)
    n = 0
    for row in range(n_sources):
        if len(column) < n + n_targets:
            column = np.concatenate((column[:n], np.empty(n + n_targets, dtype=np.int32)))
            found = np.concatenate((found[:n], np.empty(n + n_targets, dtype=np.int32)))
        seeds = Points(sources.node[row : row + 1], sources.ticks[row : row + 1])
        n_touched = search(rows, seeds, stop, NO_TAG, work)
        at, end, before = known.start[row], known.start[row + 1], n
        for target in range(n_targets):
            ticks = _arrival(state, targets.node, targets.ticks, target)
            while at < end and known.column[at] == target:
                ticks = min(ticks, int(known.ticks[at]))
                at += 1
            if ticks <= stop.limit:
                column[n], found[n] = target, ticks
                n += 1
        n_found[row] = n - before
        _clean(state, touched, n_touched, first, work.shift)
    return n_found, column[:n].copy(), found[:n].copy()
