# SPDX-License-Identifier: Apache-2.0
"""
Compiled loops of the p-median: exchange search, and prices of demand that bound it from below.

Each demand holds its sites nearest first, so that every loop looks at the near ones only. Arrays
only; a row's list ends in ``most``: what it costs when none of its sites is open.
"""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Rows = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EMPTY = -1
SHORTEST_STEP = 1e-3
_SHORTER = 0.7
_FULL = 1.0 - 1e-9
_FRESH, _KEPT = 0.05, 0.7  # of the newest choice in the share; of the old pull in the new one
_FLAT, _FLAT_ROUNDS, _SMALL = 1e-6, 30, 1e-6
_ROUNDING = 2.3e-16  # of one sum in float64


class Table(NamedTuple):
    """What each demand costs at each of its sites, nearest first, and where its list ends."""

    start: Ints
    site: Rows
    cost: Floats  # ascending within a row
    most: Floats  # of each row, at least all its costs


class Desk(NamedTuple):
    """State of a set of open sites (Resende and Werneck 2007): what each exchange would bring."""

    slot: Rows  # site in each slot, EMPTY if none
    slot_of: Rows  # slot of each site, EMPTY if it is shut
    near: Rows  # slot of each row's nearest open site, EMPTY if none
    first: Floats  # its cost
    second: Floats  # cost of the second nearest
    gain: Floats  # what opening a site would save
    loss: Floats  # what closing a slot would cost
    extra: Floats  # [slot, site]: part of that loss which the site would catch


@numba.njit(cache=True)
def sort_rows(start: Ints, site: Rows, cost: Floats) -> None:
    """Sort each row by cost in place; ties keep the lower site first."""
    for i in range(len(start) - 1):
        a, b = start[i], start[i + 1]
        order = np.argsort(cost[a:b], kind="mergesort")
        site[a:b] = site[a:b][order]
        cost[a:b] = cost[a:b][order]


@numba.njit(cache=True)
def _look(table: Table, desk: Desk, i: int) -> tuple[int, float, float]:
    """Find a row's nearest open slot, its cost and the cost of the second nearest."""
    near, first = EMPTY, table.most[i]
    for e in range(table.start[i], table.start[i + 1]):
        slot = desk.slot_of[table.site[e]]
        if slot == EMPTY:
            continue
        if near != EMPTY:
            return near, first, table.cost[e]
        near, first = slot, table.cost[e]
    return near, first, table.most[i]


@numba.njit(cache=True)
def _count(table: Table, desk: Desk, i: int, sign: float) -> None:
    """Add a row's part to gain, loss and extra, or take it away."""
    near, first, second = desk.near[i], desk.first[i], desk.second[i]
    if near != EMPTY:
        desk.loss[near] += sign * (second - first)
    for e in range(table.start[i], table.start[i + 1]):
        cost = table.cost[e]
        if cost >= second:
            return
        j = table.site[e]
        if cost < first:
            desk.gain[j] += sign * (first - cost)
            if near != EMPTY:
                desk.extra[near, j] += sign * (second - first)
        elif near != EMPTY:
            desk.extra[near, j] += sign * (second - cost)


@numba.njit(cache=True)
def _settle(table: Table, desk: Desk, closed: int | np.int64, opened: int | np.int64) -> None:
    """Look again at the rows that a closed slot or an opened site touches."""
    for i in range(len(table.most)):
        touched = False
        if opened != EMPTY:
            for e in range(table.start[i], table.start[i + 1]):
                if table.cost[e] >= desk.second[i]:
                    break
                if table.site[e] == opened:
                    touched = True
                    break
        if not touched and closed != EMPTY:
            near, first, second = _look(table, desk, i)
            touched = near != desk.near[i] or first != desk.first[i] or second != desk.second[i]
        if touched:
            _count(table, desk, i, -1.0)
            desk.near[i], desk.first[i], desk.second[i] = _look(table, desk, i)
            _count(table, desk, i, 1.0)


@numba.njit(cache=True)
def new_desk(table: Table, slot: Rows, n_sites: int) -> Desk:
    """Open some sites, each in its slot."""
    n_rows = len(table.most)
    desk = Desk(
        slot.copy(),
        np.full(n_sites, EMPTY, dtype=np.int32),
        np.full(n_rows, EMPTY, dtype=np.int32),
        table.most.copy(),
        table.most.copy(),
        np.zeros(n_sites),
        np.zeros(len(slot)),
        np.zeros((len(slot), n_sites)),
    )
    for t in range(len(slot)):
        if slot[t] != EMPTY:
            desk.slot_of[slot[t]] = t
    for i in range(n_rows):
        desk.near[i], desk.first[i], desk.second[i] = _look(table, desk, i)
        _count(table, desk, i, 1.0)
    return desk


@numba.njit(cache=True)
def _exchange(table: Table, desk: Desk, t: int | np.int64, j: int | np.int64) -> None:
    """Close whatever is in slot ``t`` and open site ``j`` there."""
    closed = desk.slot[t]
    if closed != EMPTY:
        desk.slot_of[closed] = EMPTY
    desk.slot[t] = j
    desk.slot_of[j] = t
    _settle(table, desk, closed, j)


@numba.njit(cache=True)
def _fill(table: Table, desk: Desk, allowed: Bools) -> None:
    """Open, in each empty slot, the allowed site that saves most; ties go to the lowest number."""
    for t in range(len(desk.slot)):
        if desk.slot[t] != EMPTY:
            continue
        best, best_gain = EMPTY, -np.inf
        for j in range(len(desk.gain)):
            if allowed[j] and desk.slot_of[j] == EMPTY and desk.gain[j] > best_gain:
                best, best_gain = j, desk.gain[j]
        if best != EMPTY:
            _exchange(table, desk, t, best)


@numba.njit(cache=True)
def _best_exchange(desk: Desk, allowed: Bools, least: float) -> tuple[int, int]:
    """Find the exchange that gains most; EMPTY if none gains enough."""
    best, best_t, best_j = least, EMPTY, EMPTY
    for t in range(len(desk.slot)):
        loss = desk.loss[t]
        for j in range(len(desk.gain)):
            value = desk.gain[j] - loss + desk.extra[t, j]
            if value > best and allowed[j] and desk.slot_of[j] == EMPTY:
                best, best_t, best_j = value, t, j
    return best_t, best_j


@numba.njit(cache=True)
def _swap(table: Table, desk: Desk, allowed: Bools, least: float) -> None:
    """Exchange an open site for a shut one, the best pair first, while that gains."""
    while True:
        t, j = _best_exchange(desk, allowed, least)
        if t == EMPTY:
            return
        _exchange(table, desk, t, j)


@numba.njit(cache=True)
def _total(desk: Desk) -> float:
    """Cost of all rows at their nearest open sites."""
    total = 0.0
    for cost in desk.first:
        total += cost
    return total


@numba.njit(cache=True)
def _mix(x: np.uint64) -> np.uint64:
    """Scramble 64 bits (splitmix64, Steele et al. 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@numba.njit(cache=True)
def _shake(table: Table, desk: Desk, pool: Ints, state: np.uint64) -> np.uint64:
    """Exchange a few sites by chance."""
    for _ in range(max(2, len(desk.slot) // 8)):
        state += np.uint64(0x9E3779B97F4A7C15)
        t = np.int64(_mix(state) % np.uint64(len(desk.slot)))
        state += np.uint64(0x9E3779B97F4A7C15)
        j = pool[np.int64(_mix(state) % np.uint64(len(pool)))]
        if desk.slot_of[j] == EMPTY:
            _exchange(table, desk, t, j)
    return state


@numba.njit(cache=True)
def place(table: Table, start: Rows, allowed: Bools, least: float, rounds: int, seed: int) -> Rows:
    """
    Fill the empty slots by gain, exchange to a local best, then kick it so many times.

    An exchange must gain more than ``least``; with ``rounds`` below 0 there is none.
    """
    desk = new_desk(table, start, len(allowed))
    _fill(table, desk, allowed)
    if rounds < 0 or len(start) == 0:
        return desk.slot
    _swap(table, desk, allowed, least)
    best, best_total = desk.slot.copy(), _total(desk)
    pool = np.flatnonzero(allowed)
    state = np.uint64(seed)
    for _ in range(rounds if len(pool) > len(start) else 0):
        state = _shake(table, desk, pool, state)
        _swap(table, desk, allowed, least)
        total = _total(desk)
        if total < best_total - least:
            best, best_total = desk.slot.copy(), total
        elif total > best_total:
            desk = new_desk(table, best, len(allowed))
    return best


@numba.njit(cache=True)
def costs(table: Table, chosen: Bools) -> Floats:
    """Cost of each row at its nearest open site."""
    found = table.most.copy()
    for i in range(len(found)):
        for e in range(table.start[i], table.start[i + 1]):
            if chosen[table.site[e]]:
                found[i] = table.cost[e]
                break
    return found


@numba.njit(cache=True)
def discounts(table: Table, price: Floats, n_sites: int) -> Floats:
    """Sum what each site takes off the prices of its rows: price less cost, where that is more."""
    off = np.zeros(n_sites)
    for i in range(len(price)):
        u = price[i]
        for e in range(table.start[i], table.start[i + 1]):
            if table.cost[e] >= u:
                break
            off[table.site[e]] += u - table.cost[e]
    return off


class Climb(NamedTuple):
    """Where a climb of the prices has come to."""

    price: Floats  # the best prices found
    bound: float  # their bound
    point: Floats  # the newest prices
    pull: Floats  # where they were last drawn
    step: float  # length of the next step, a share of what is missing
    flat: int  # rounds without a better bound
    if_open: Floats  # best bound seen if a site is open
    if_shut: Floats  # best bound seen if it is shut
    share: Floats  # how often each site was taken, the last rounds most: near the relaxed choice


@numba.njit(cache=True)
def _take(off: Floats, n: int) -> tuple[Bools, float, float]:
    """Take the best sites: who, the least that a taken one takes off, the most of the others."""
    order = np.argsort(-off, kind="mergesort")
    taken = np.zeros(len(off), dtype=np.bool_)
    taken[order[:n]] = True
    return taken, off[order[n - 1]], off[order[n]] if n < len(off) else -np.inf


@numba.njit(cache=True)
def _note(climb: Climb, bound: float, off: Floats, n: int) -> Bools:
    """Note what one bound says of each site; give the sites taken."""
    taken, least, spare = _take(off, n)
    for j in range(len(off)):
        if taken[j]:
            climb.if_open[j] = max(climb.if_open[j], bound)
            climb.if_shut[j] = max(climb.if_shut[j], bound + off[j] - spare)
        else:
            climb.if_open[j] = max(climb.if_open[j], bound + least - off[j])
            climb.if_shut[j] = max(climb.if_shut[j], bound)
        climb.share[j] += _FRESH * ((1.0 if taken[j] else 0.0) - climb.share[j])
    return taken


@numba.njit(cache=True)
def _turn(table: Table, price: Floats, taken: Bools, pull: Floats) -> float:
    """Turn the pull on the prices towards rows that are not served once; give its size."""
    size = 0.0
    for i in range(len(price)):
        asked = 1.0
        for e in range(table.start[i], table.start[i + 1]):
            if table.cost[e] >= price[i]:
                break
            if taken[table.site[e]]:
                asked -= 1.0
        if asked > 0.0 and price[i] >= table.most[i]:
            asked = 0.0
        pull[i] = asked + _KEPT * pull[i]
        size += pull[i] * pull[i]
    return size


@numba.njit(cache=True)
def bound_of(price: Floats, off: Floats, n: int) -> float:
    """Bound any choice of ``n`` sites from below, with room for the rounding of the sums."""
    taken, total = float(np.sort(off)[len(off) - n :].sum()), float(price.sum())
    return total - taken - (len(price) + len(off)) * _ROUNDING * (total + taken)


@numba.njit(cache=True)
def climb(table: Table, start: Climb, n: int, reach: float, enough: float, rounds: int) -> Climb:
    """
    Raise the prices of demand by subgradient steps (Held, Wolfe and Crowder 1974; Beasley 1993).

    Any prices bound the cost from below: their sum, less what the best ``n`` sites take off.
    Steps aim at ``reach``, a known cost; where they lead nowhere they go back to the best prices
    and get shorter. A bound of ``enough`` ends it.
    """
    best, best_price, step, flat = start.bound, start.price.copy(), start.step, start.flat
    price, pull = start.point.copy(), start.pull.copy()
    for _ in range(rounds):
        off = discounts(table, price, len(start.share))
        bound = bound_of(price, off, n)
        taken = _note(start, bound, off, n)
        flat += 1
        if bound > best:
            flat = 0 if bound > best + _FLAT * abs(best) else flat
            best, best_price = bound, price.copy()
        if best >= enough:
            break
        if flat >= _FLAT_ROUNDS:
            step, flat, price = step * _SHORTER, 0, best_price.copy()
            pull[:] = 0.0
            if step < SHORTEST_STEP:
                break
            continue
        size = _turn(table, price, taken, pull)
        if size == 0.0:
            step = 0.0
            break
        length = step * max(reach - bound, _SMALL * abs(reach)) / size
        for i in range(len(price)):
            price[i] = min(table.most[i], max(0.0, price[i] + length * pull[i]))
    return Climb(
        best_price, best, price, pull, step, flat, start.if_open, start.if_shut, start.share
    )


@numba.njit(cache=True)
def cut_rows(table: Table, number: Rows, stays_open: Bools, longest: int) -> tuple[Table, Bools]:
    """
    Keep the sites that have a number, and end each row where a site is open for sure.

    That is at the first site that stays open, or after ``longest`` others: among so many at least
    one is open. Gives the shorter rows and which of them end so.
    """
    n_rows = len(table.most)
    start = np.zeros(n_rows + 1, dtype=np.int64)
    site = np.empty(len(table.site), dtype=np.int32)
    cost = np.empty(len(table.site))
    most, is_ended = table.most.copy(), np.zeros(n_rows, dtype=np.bool_)
    at = 0
    for i in range(n_rows):
        for e in range(table.start[i], table.start[i + 1]):
            j = table.site[e]
            if stays_open[j] or (number[j] != EMPTY and at - start[i] == longest):
                most[i] = table.cost[e]
                is_ended[i] = True
                break
            if number[j] != EMPTY:
                site[at] = number[j]
                cost[at] = table.cost[e]
                at += 1
        start[i + 1] = at
    return Table(start, site[:at].copy(), cost[:at].copy(), most), is_ended


@numba.njit(cache=True)
def prices_at(table: Table, point: Floats) -> Floats:
    """Cost at which each row's nearest sites add up to one whole site: its price at a point."""
    price = table.most.copy()
    for i in range(len(price)):
        held = 0.0
        for e in range(table.start[i], table.start[i + 1]):
            held += point[table.site[e]]
            if held >= _FULL:
                price[i] = table.cost[e]
                break
    return price


@numba.njit(cache=True)
def cluster_rows(table: Table, cluster_of: Rows, n_clusters: int) -> Rows:
    """Give each row to the cluster of its nearest site that leads one, the others to the last."""
    found = np.full(len(table.most), n_clusters, dtype=np.int32)
    for i in range(len(found)):
        for e in range(table.start[i], table.start[i + 1]):
            if cluster_of[table.site[e]] != EMPTY:
                found[i] = cluster_of[table.site[e]]
                break
    return found


@numba.njit(cache=True)
def cluster_cuts(
    table: Table, price: Floats, order: Rows, cluster_start: Ints, value: Floats, least: float
) -> tuple[Ints, Rows, Floats, Floats]:
    """
    Write the cuts of some prices that a point breaks, compressed: one a cluster.

    What a cluster costs, with what its sites take off its prices, is at least the sum of its
    prices. Columns of the point are sites, then clusters. ``order`` lists rows by cluster.
    """
    n_clusters = len(cluster_start) - 1
    n_sites = len(value) - n_clusters
    size = min(len(table.site), n_clusters * n_sites) + n_clusters
    start, limit = np.zeros(n_clusters + 1, dtype=np.int64), np.zeros(n_clusters)
    column, factor = np.empty(size, dtype=np.int32), np.empty(size)
    off = np.zeros(n_sites)
    at, row_at = 0, 0
    for c in range(n_clusters):
        total, first = 0.0, at
        for r in range(cluster_start[c], cluster_start[c + 1]):
            i = order[r]
            total += price[i]
            for e in range(table.start[i], table.start[i + 1]):
                if table.cost[e] >= price[i]:
                    break
                j = table.site[e]
                if off[j] == 0.0:
                    column[at] = j
                    at += 1
                off[j] += price[i] - table.cost[e]
        held = value[n_sites + c]
        for e in range(first, at):
            factor[e] = -off[column[e]]
            held -= factor[e] * value[column[e]]
            off[column[e]] = 0.0
        if total - held <= least * max(1.0, total):
            at = first
            continue
        column[at], factor[at] = n_sites + c, -1.0
        at += 1
        limit[row_at] = -total
        row_at += 1
        start[row_at] = at
    return start[: row_at + 1], column[:at].copy(), factor[:at].copy(), limit[:row_at]


@numba.njit(cache=True)
def missing_at(table: Table, point: Floats) -> Floats:
    """How far the sites of each row stay below one whole site at a point."""
    missing = np.ones(len(table.most))
    for i in range(len(missing)):
        for e in range(table.start[i], table.start[i + 1]):
            missing[i] -= point[table.site[e]]
            if missing[i] <= 0.0:
                missing[i] = 0.0
                break
    return missing
