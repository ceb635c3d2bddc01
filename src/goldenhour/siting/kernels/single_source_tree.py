# SPDX-License-Identifier: Apache-2.0
"""
Compiled loops for a node where each demand still has some of the open sites to go to.

At any prices each site is a knapsack of its own: what it loses by taking a demand in, or leaving it
out, adds up over the sites, so that every seat of every demand has a bound.
"""

import numba
import numpy as np

from goldenhour.siting.kernels.single_source import (
    _WIDEST,
    EMPTY,
    Bools,
    Depot,
    Floats,
    Ints,
    Rows,
    Whole,
)


@numba.njit(cache=True)
def settle_seats(depot: Depot, may: Bools) -> tuple[bool, Rows, Ints]:
    """
    Seat every demand that has one seat left, until no more follow; strikes seats that are too full.

    ``depot`` has one row a seat. Gives False if a demand has no seat, or one is overfilled; the
    seat of each demand that is settled, else -1; and the room that is left.
    """
    k, n = may.shape
    seat, left = np.full(n, EMPTY, dtype=np.int32), depot.room.copy()
    moved = True
    while moved:
        moved = False
        for i in range(n):
            if seat[i] != EMPTY:
                continue
            count, last = 0, EMPTY
            for t in range(k):
                if may[t, i] and depot.load[i] > left[t]:
                    may[t, i] = False
                if may[t, i]:
                    count, last = count + 1, t
            if count == 0:
                return False, seat, left
            if count == 1:
                seat[i], moved = last, True
                left[last] -= depot.load[i]
    return True, seat, left


@numba.njit(cache=True)
def losses(depot: Depot, price: Floats) -> tuple[Floats, Floats, Floats]:
    """
    Price all sites, and what each loses at least if it must take a demand in or leave it out.

    Gives worth ``[site]``, loss by taking in and loss by leaving out ``[site, demand]``; taking in
    what is out of reach loses everything.
    """
    k, n = depot.cost.shape
    worth, into, out = np.zeros(k), np.full((k, n), np.inf), np.zeros((k, n))
    for t in range(k):
        if depot.room[t] > _WIDEST:
            worth[t] = _losses_by_shares(depot, t, price, into[t], out[t])
        else:
            worth[t] = _losses(depot, t, price, into[t], out[t])
    return worth, into, out


@numba.njit(cache=True)
def _add(best: Floats, size: Whole, gain: float) -> Floats:
    """Let one more item into a knapsack of every room."""
    after = best.copy()
    for c in range(size, len(best)):
        after[c] = max(best[c], best[c - size] + gain)
    return after


@numba.njit(cache=True)
def _joined(before: Floats, behind: Floats, room: Whole) -> float:
    """Split a room between two knapsacks."""
    best = 0.0
    for c in range(room + 1):
        best = max(best, before[c] + behind[room - c])
    return best


@numba.njit(cache=True)
def _losses(depot: Depot, t: Whole, price: Floats, into: Floats, out: Floats) -> float:
    """Fill a site without each of its items in turn: all before it, and all behind it."""
    room, load = depot.room[t], depot.load
    fits = load <= room
    items = np.flatnonzero(fits & (price > depot.cost[t]))
    n = len(items)
    before, behind = np.zeros((n + 1, room + 1)), np.zeros((n + 1, room + 1))
    for at in range(n):
        i = items[at]
        before[at + 1] = _add(before[at], load[i], price[i] - depot.cost[t, i])
    for at in range(n - 1, -1, -1):
        i = items[at]
        behind[at] = _add(behind[at + 1], load[i], price[i] - depot.cost[t, i])
    whole = before[n]
    for i in np.flatnonzero(fits & np.isfinite(depot.cost[t])):
        into[i] = whole[room] - (price[i] - depot.cost[t, i] + whole[room - load[i]])
    for at in range(n):
        i = items[at]
        gain = price[i] - depot.cost[t, i]
        into[i] = whole[room] - gain - _joined(before[at], behind[at + 1], room - load[i])
        out[i] = whole[room] - _joined(before[at], behind[at + 1], room)
    return float(whole[room])


@numba.njit(cache=True)
def _losses_by_shares(depot: Depot, t: Whole, price: Floats, into: Floats, out: Floats) -> float:
    """Do the same for very fine units, by a price of room (Dantzig 1957)."""
    gain = price - depot.cost[t]
    fits = (depot.load <= depot.room[t]) & np.isfinite(depot.cost[t])
    items = np.flatnonzero(fits & (gain > 0.0) & (depot.load > 0))
    rate = gain[items] / depot.load[items]
    left, dear = depot.room[t], 0.0
    for at in np.argsort(-rate, kind="mergesort"):
        left -= depot.load[items[at]]
        if left < 0:
            dear = rate[at]
            break
    worth = dear * depot.room[t]
    for i in np.flatnonzero(fits):
        more = gain[i] - dear * depot.load[i]
        worth += max(0.0, more)
        into[i], out[i] = max(0.0, -more), max(0.0, more)
    return float(worth)
