# SPDX-License-Identifier: Apache-2.0
"""
One way through the hierarchy, and the arcs that its shortcuts stand for.

Both ends climb to all nodes above them; the way goes over the best node that both reach. A shortcut
is taken apart by finding the lower node whose two halves add up to it: whole ticks make that exact.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from goldenhour.times.kernels.complete import LOOP, Chordal
from goldenhour.times.kernels.lanes import CLOSED

Array = Any  # numba sees through annotations; shapes and types are in the docstrings


class Below(NamedTuple):
    """
    What lies below each shortcut's ends and on each shortcut; rests on the topology alone.

    ``start`` int64 (n + 1,), ``low``, ``shortcut`` int32 (m,): lower neighbours of each rank and
    the shortcuts to them. ``first`` int64 (m + 1,), ``arc`` int32: arcs that lie on each shortcut.
    """

    start: Array
    low: Array
    shortcut: Array
    first: Array
    arc: Array


@njit(cache=True, nogil=True)
def below(chordal: Chordal, shortcut: Array) -> Below:
    """
    Turn the rows of a hierarchy round.

    Parameters
    ----------
    chordal
        Its topology.
    shortcut
        Shortcut of each arc, as ``complete.place`` gives it. Shape ``(n_arcs,)``, int32.

    Returns
    -------
    below
        For ``unpack``.
    """
    n, m = len(chordal.rank), len(chordal.head)
    start, first = np.zeros(n + 1, dtype=np.int64), np.zeros(m + 1, dtype=np.int64)
    for head in chordal.head:
        start[head + 1] += 1
    for on in shortcut:
        if on != LOOP:
            first[max(on, ~on) + 1] += 1
    start, first = np.cumsum(start), np.cumsum(first)
    low, up = np.empty(m, dtype=np.int32), np.empty(m, dtype=np.int32)
    arc, at, on_at = np.empty(first[m], dtype=np.int32), start.copy(), first.copy()
    for node in range(n):
        for i in range(chordal.start[node], chordal.start[node + 1]):
            to = at[chordal.head[i]]
            low[to], up[to] = node, i
            at[chordal.head[i]] += 1
    for i in range(len(shortcut)):
        if shortcut[i] != LOOP:
            on = max(shortcut[i], ~shortcut[i])
            arc[on_at[on]] = i
            on_at[on] += 1
    return Below(start, low, up, first, arc)


@njit(cache=True, nogil=True)
def _climb(chordal: Chordal, weight: Array, rank: int) -> tuple[Array, Array, Array, Array]:
    """List all nodes above one: rank, ticks to it, the shortcut one came by, and from where."""
    n, node = 0, rank
    while node >= 0:
        n, node = n + 1, chordal.parent[node]
    chain, ticks = np.empty(n, dtype=np.int32), np.full(n, CLOSED, dtype=np.int32)
    came, source = np.full(n, -1, dtype=np.int32), np.full(n, -1, dtype=np.int32)
    chain[0], ticks[0] = rank, 0
    for i in range(1, n):
        chain[i] = chordal.parent[chain[i - 1]]
    for i in range(n):
        if ticks[i] >= CLOSED:
            continue
        at = i
        for arc in range(chordal.start[chain[i]], chordal.start[chain[i] + 1]):
            while chain[at] != chordal.head[arc]:
                at += 1
            if ticks[i] + weight[arc] < ticks[at]:
                ticks[at] = ticks[i] + weight[arc]
                came[at], source[at] = arc, i
    return chain, ticks, came, source


@njit(cache=True, nogil=True)
def shortcuts(
    chordal: Chordal, up: Array, down: Array, origin: int, destination: int
) -> tuple[int, Array]:
    """
    Find the quickest way over shortcuts.

    Parameters
    ----------
    chordal
        The hierarchy.
    up
        Ticks from lower to higher rank. Shape ``(m,)``, int32.
    down
        Ticks from higher to lower rank. Shape ``(m,)``, int32.
    origin
        Rank to start from.
    destination
        Rank to end at.

    Returns
    -------
    ticks, way
        ``CLOSED`` if there is none; shortcuts in order, ``~shortcut`` downwards. Shape ``(n,)``,
        int32.
    """
    chain, there, came, source = _climb(chordal, up, origin)
    other, back, goes, target = _climb(chordal, down, destination)
    best, at, to = CLOSED, -1, -1
    i, j = len(chain) - 1, len(other) - 1
    while i >= 0 and j >= 0 and chain[i] == other[j]:  # ancestors of both are the chains' ends
        if int(there[i]) + int(back[j]) < best:
            best, at, to = int(there[i]) + int(back[j]), i, j
        i, j = i - 1, j - 1
    way, n = np.empty(len(chain) + len(other), dtype=np.int32), 0
    while at >= 0 and came[at] >= 0:
        way[n] = came[at]
        n, at = n + 1, source[at]
    way[:n] = way[:n][::-1].copy()
    while to >= 0 and goes[to] >= 0:
        way[n] = ~goes[to]
        n, to = n + 1, target[to]
    return best, way[:n].copy()


@njit(cache=True, nogil=True)
def _find(chordal: Chordal, low: int, high: int) -> int:
    """Find the shortcut between two ranks, -1 if there is none."""
    at, end = chordal.start[low], chordal.start[low + 1]
    while at < end:
        middle = (at + end) // 2
        if chordal.head[middle] < high:
            at = middle + 1
        else:
            end = middle
    is_there = at < chordal.start[low + 1] and chordal.head[at] == high
    return at if is_there else -1


@njit(cache=True, nogil=True)
def _arc(under: Below, shortcut: Array, ticks: Array, step: int, weight: int) -> int:
    """Find the arc that a step is, -1 if it stands for more."""
    on = max(step, ~step)
    for i in range(under.first[on], under.first[on + 1]):
        arc = under.arc[i]
        if shortcut[arc] == step and ticks[arc] == weight:
            return int(arc)
    return -1


@njit(cache=True, nogil=True)
def _halves(
    chordal: Chordal, under: Below, up: Array, down: Array, step: int
) -> tuple[int, int, bool]:
    """Find the two steps over a lower node that add up to a step."""
    on = max(step, ~step)
    low = np.searchsorted(chordal.start, on, side="right") - 1
    high = chordal.head[on]
    for i in range(under.start[low], under.start[low + 1]):
        here, there = under.shortcut[i], _find(chordal, under.low[i], high)
        if there >= 0 and step >= 0 and down[here] + up[there] == up[on]:
            return ~here, there, True
        if there >= 0 and step < 0 and down[there] + up[here] == down[on]:
            return ~there, here, True
    return 0, 0, False


@njit(cache=True, nogil=True)
def unpack(  # noqa: PLR0913, PLR0917 - the hierarchy, its weights, the arcs and theirs
    chordal: Chordal,
    under: Below,
    up: Array,
    down: Array,
    shortcut: Array,
    ticks: Array,
    way: Array,
) -> tuple[Array, bool]:
    """
    Take shortcuts apart into arcs.

    Parameters
    ----------
    chordal
        The hierarchy.
    under
        Its rows turned round.
    up
        Ticks from lower to higher rank. Shape ``(m,)``, int32.
    down
        Ticks from higher to lower rank. Shape ``(m,)``, int32.
    shortcut
        Shortcut of each arc. Shape ``(n_arcs,)``, int32.
    ticks
        Ticks of each arc, those that ``up`` and ``down`` were worked out from. Shape
        ``(n_arcs,)``, int32.
    way
        Steps over shortcuts. Shape ``(n,)``, int32.

    Returns
    -------
    arcs, is_whole
        Arcs in order; False if the ticks are not those of the weights.
    """
    todo, arcs = list(way[::-1]), np.empty(64, dtype=np.int32)
    n = 0
    while todo:
        step = todo.pop()
        arc = _arc(under, shortcut, ticks, step, up[step] if step >= 0 else down[~step])
        if arc < 0:
            one, other, is_found = _halves(chordal, under, up, down, step)
            if not is_found:
                return arcs[:n], False
            todo.append(np.int32(other))
            todo.append(np.int32(one))
            continue
        if n == len(arcs):
            arcs = np.concatenate((arcs, np.empty(n, dtype=np.int32)))
        arcs[n] = arc
        n += 1
    return arcs[:n].copy(), True
