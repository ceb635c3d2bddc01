# SPDX-License-Identifier: Apache-2.0
"""
Compiled loops for demand that goes whole to one site each, within the rooms of the sites.

Knapsacks price the sites, prices climb to a bound, and demand is packed, shifted and exchanged.
Arrays only; loads and rooms are whole units.
"""

from typing import Any, NamedTuple, TypeAlias

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Rows = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

Whole: TypeAlias = int | np.signedinteger[Any]

EMPTY = -1
_PATIENCE, _DEFLECT, _LEAST_SCALE, _NO_WAY = 12, 0.6, 1e-3, 1e-12
_DEAR = 0.5  # of the mean cost of a unit: what a unit of room may cost, by chance
_WORDS = 2.0**53
_LESS = 1e-9
_WIDEST = 2_000
"""Rooms of more units than this are filled by shares: an upper bound, and much faster."""


class Depot(NamedTuple):
    """What it costs to serve each demand from each site, its load, and the rooms."""

    cost: Floats  # [site, demand], inf where out of reach
    load: Ints
    room: Ints


class Climb(NamedTuple):
    """Where prices may climb to."""

    share: Floats  # by which each site is open
    n: int  # if > 0, the n best allowed sites are open instead, whatever share says
    forced: Bools
    allowed: Bools
    target: float  # what the bound may come near to
    rounds: int
    scale: float  # of the first steps


@numba.njit(cache=True)
def fill(depot: Depot, j: Whole, price: Floats, taken: Bools) -> float:
    """
    Fill one site with the demand that is worth most at these prices; marks what is taken.

    Gives what it is worth, or, for very fine units, a bound on it.
    """
    taken[:] = False
    room = depot.room[j]
    items = np.flatnonzero((price > depot.cost[j]) & (depot.load <= room))
    total, worth = np.int64(0), 0.0
    for i in items:
        total += depot.load[i]
        worth += price[i] - depot.cost[j, i]
    if total <= room:
        taken[items] = True
        return worth
    if room > _WIDEST:
        return _fill_by_shares(depot, j, price, items, taken)
    best = np.zeros(room + 1)
    use = np.zeros((len(items), room + 1), dtype=np.bool_)
    for at in range(len(items)):
        i = items[at]
        size, gain = depot.load[i], price[i] - depot.cost[j, i]
        for c in range(room, size - 1, -1):
            if best[c - size] + gain > best[c]:
                best[c] = best[c - size] + gain
                use[at, c] = True
    c = room
    for at in range(len(items) - 1, -1, -1):
        if use[at, c]:
            taken[items[at]] = True
            c -= depot.load[items[at]]
    return float(best[room])


@numba.njit(cache=True)
def _fill_by_shares(depot: Depot, j: Whole, price: Floats, items: Ints, taken: Bools) -> float:
    """Fill by worth per unit, the last demand by a share (Dantzig 1957)."""
    gain = price[items] - depot.cost[j][items]
    rank = np.argsort(-gain / np.maximum(depot.load[items], 1e-9), kind="mergesort")
    left, worth = depot.room[j], 0.0
    for at in rank:
        i = items[at]
        if depot.load[i] > left:
            return float(worth + gain[at] * left / depot.load[i])
        taken[i] = True
        worth += gain[at]
        left -= depot.load[i]
    return float(worth)


@numba.njit(cache=True)
def worths(depot: Depot, price: Floats) -> Floats:
    """Price every site: the most that it could take in at these prices."""
    taken = np.zeros(len(depot.load), dtype=np.bool_)
    worth = np.zeros(len(depot.room))
    for j in range(len(worth)):
        worth[j] = fill(depot, j, price, taken)
    return worth


@numba.njit(cache=True)
def _bound(depot: Depot, price: Floats, how: Climb, served: Floats) -> float:
    """Bound the cost at some prices; counts how often each demand is served."""
    served[:] = 0.0
    taken = np.zeros(len(price), dtype=np.bool_)
    bound = price.sum()
    if how.n == 0:
        for j in np.flatnonzero(how.share > 0.0):
            bound -= how.share[j] * fill(depot, j, price, taken)
            served[taken] += how.share[j]
        return float(bound)
    worth = worths(depot, price)
    rank = np.where(how.forced, np.inf, np.where(how.allowed, worth, -np.inf))
    for j in np.argsort(-rank, kind="mergesort")[: how.n]:
        bound -= fill(depot, j, price, taken)
        served[taken] += 1.0
    return float(bound)


@numba.njit(cache=True)
def climb(depot: Depot, price: Floats, how: Climb) -> tuple[float, Floats]:
    """
    Raise the bound by better prices (subgradients, Held, Wolfe and Crowder 1974).

    A demand served too seldom gets dearer, one served twice cheaper; steps go along a mean of
    directions (Camerini, Fratta and Maffioli 1975) and shrink where nothing gains.
    """
    here, best_price, best = price.copy(), price.copy(), -np.inf
    served, way = np.zeros(len(price)), np.zeros(len(price))
    scale, idle = how.scale, 0
    for _ in range(how.rounds):
        bound = _bound(depot, here, how, served)
        if bound > best:
            best, best_price, idle = bound, here.copy(), 0
        else:
            idle += 1
        way = 1.0 - served + _DEFLECT * way
        length = (way * way).sum()
        if length < _NO_WAY or scale < _LEAST_SCALE or best >= how.target:
            break
        if idle >= _PATIENCE:
            scale, idle, here = 0.5 * scale, 0, best_price.copy()
            way[:] = 0.0
            continue
        here = np.maximum(here + scale * (how.target - bound) / length * way, 0.0)
    return best, best_price


@numba.njit(cache=True)
def assign(depot: Depot, sites: Rows, wish: Floats) -> tuple[Rows, float]:
    """
    Give each demand one of the sites within their rooms, hardest to place first; then improve.

    Of those left, the one that would lose most by its second choice goes first (Martello and Toth
    1990), by cost less ``wish``. Cost is ``inf`` if it does not fit.
    """
    n, k = len(depot.load), len(sites)
    left = np.empty(k, dtype=np.int64)
    for t in range(k):
        left[t] = depot.room[sites[t]]
    seat = np.full(n, EMPTY, dtype=np.int32)
    for _ in range(n):
        chosen, where, most = EMPTY, EMPTY, -np.inf
        for i in range(n):
            if seat[i] != EMPTY:
                continue
            first, second, at = np.inf, np.inf, EMPTY
            for t in range(k):
                value = depot.cost[sites[t], i] + wish[t] * depot.load[i]
                if depot.load[i] <= left[t] and value < second:
                    if value < first:
                        first, second, at = value, first, t
                    else:
                        second = value
            if at == EMPTY:
                return seat, np.inf
            regret = second - first
            if regret > most or (regret == most and depot.load[i] > depot.load[chosen]):
                chosen, where, most = i, at, regret
        seat[chosen] = where
        left[where] -= depot.load[chosen]
    return seat, _improve(depot, sites, seat, left)


@numba.njit(cache=True)
def _improve(depot: Depot, sites: Rows, seat: Rows, left: Ints) -> float:
    """Shift single demands and exchange pairs while that gains; gives the cost."""
    n, k = len(seat), len(sites)
    gained = True
    while gained:
        gained = False
        for i in range(n):
            for t in range(k):
                now = depot.cost[sites[seat[i]], i]
                if depot.load[i] <= left[t] and depot.cost[sites[t], i] < now - _LESS:
                    left[seat[i]] += depot.load[i]
                    left[t] -= depot.load[i]
                    seat[i] = t
                    gained = True
        for i in range(n):
            for h in range(i + 1, n):
                s, t = seat[i], seat[h]
                more = depot.load[h] - depot.load[i]
                if s == t or more > left[s] or -more > left[t]:
                    continue
                now = depot.cost[sites[s], i] + depot.cost[sites[t], h]
                if depot.cost[sites[t], i] + depot.cost[sites[s], h] < now - _LESS:
                    seat[i], seat[h] = t, s
                    left[s] -= more
                    left[t] += more
                    gained = True
    cost = 0.0
    for i in range(n):
        cost += depot.cost[sites[seat[i]], i]
    return cost


@numba.njit(cache=True)
def _move_sites(depot: Depot, sites: Rows, seat: Rows, may: Bools, fixed: Bools) -> bool:
    """Move each site to where its own demand is served at least cost; False if none moves."""
    moved = False
    for t in range(len(sites)):
        if fixed[t]:
            continue
        mine = np.flatnonzero(seat == t)
        load = depot.load[mine].sum()
        best, least = sites[t], 0.0
        for i in mine:
            least += depot.cost[best, i]
        for j in np.flatnonzero(may & (depot.room >= load)):
            if np.any(sites == j):
                continue
            cost = 0.0
            for i in mine:
                cost += depot.cost[j, i]
            if cost < least - _LESS:
                best, least, moved = j, cost, True
        sites[t] = best
    return moved


@numba.njit(cache=True)
def settle(
    depot: Depot, sites: Rows, may: Bools, fixed: Bools, wish: Floats
) -> tuple[Rows, Rows, float]:
    """Assign demand, move the sites, and again, while that gains (Cooper 1964)."""
    best = sites.copy()
    best_seat, least = assign(depot, best, wish)
    here = best.copy()
    while least < np.inf and _move_sites(depot, here, best_seat, may, fixed):
        seat, cost = assign(depot, here, wish)
        if cost >= least - _LESS:
            break
        best, best_seat, least = here.copy(), seat, cost
    return best, best_seat, least


@numba.njit(cache=True)
def _mix(x: np.uint64) -> np.uint64:
    """Scramble 64 bits (splitmix64, Steele et al. 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@numba.njit(cache=True)
def kick(
    depot: Depot, start: Rows, may: Bools, fixed: Bools, rounds: int, seed: int
) -> tuple[Rows, Rows, float]:
    """Settle, then replace one or two sites by chance and settle again, keeping what gains."""
    wish = np.zeros(len(start))
    best, seat, least = settle(depot, start, may, fixed, wish)
    pool = np.flatnonzero(may)
    state = np.uint64(seed)
    dear = 0.0 if least == np.inf else _DEAR * least / max(1, depot.load.sum())
    for count in range(rounds if len(pool) > 0 and len(start) > 0 else 0):
        trial = best.copy()
        for _ in range(1 + count % 2):
            state += np.uint64(0x9E3779B97F4A7C15)
            t = np.int64(_mix(state) % np.uint64(len(start)))
            state += np.uint64(0x9E3779B97F4A7C15)
            j = pool[np.int64(_mix(state) % np.uint64(len(pool)))]
            if not fixed[t] and not np.any(trial == j):
                trial[t] = j
        for s in range(len(start)):
            state += np.uint64(0x9E3779B97F4A7C15)
            wish[s] = dear * (count % 3) * np.float64(_mix(state) >> np.uint64(11)) / _WORDS
        found, its_seat, cost = settle(depot, trial, may, fixed, wish)
        if cost < least - _LESS or (cost == least and least == np.inf):
            best, seat, least = found, its_seat, cost
    return best, seat, least
