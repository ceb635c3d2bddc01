# SPDX-License-Identifier: Apache-2.0
"""
Compiled loops for demand that may be split between sites: least-cost flow, and prices of demand.

Successive shortest paths (Busacker and Gowen 1960) between the few sites that are open: each step
moves demand along a chain of sites to one that has room. Loads and rooms are whole units.
"""

from typing import NamedTuple

import numba
import numpy as np

from goldenhour.siting.kernels.single_source import EMPTY, Bools, Floats, Ints, Rows, Whole

_SAME = 1e-12


class Carried(NamedTuple):
    """A flow of least cost, or what shows that there is none."""

    flow: Ints  # [site, demand]
    dear: Floats  # price of a unit of room at each site
    stuck: Bools  # demand that sites in reach have no room for; if any, there is no flow


class Haul(NamedTuple):
    """Units of every demand to be carried to sites."""

    unit_cost: Floats  # [site, demand], inf where out of reach
    load: Ints
    room: Ints
    most: Ints  # [site, demand], what may go there
    same: float  # costs of a unit that lie nearer together are one


@numba.njit(cache=True)
def _detour(haul: Haul, flow: Ints, t: Whole, s: Whole) -> tuple[float, int]:
    """Find the demand whose units move from one site to another at least cost."""
    least, mover = np.inf, EMPTY
    for h in range(len(haul.load)):
        if flow[t, h] > 0 and flow[s, h] < haul.most[s, h]:
            cost = haul.unit_cost[s, h] - haul.unit_cost[t, h]
            if cost < least:
                least, mover = cost, h
    return least, mover


@numba.njit(cache=True)
def _refresh(haul: Haul, flow: Ints, t: Whole, step: Floats, mover: Rows) -> None:
    """Look anew at all moves from and to one site."""
    for s in range(len(haul.room)):
        if s != t:
            step[t, s], mover[t, s] = _detour(haul, flow, t, s)
            step[s, t], mover[s, t] = _detour(haul, flow, s, t)


@numba.njit(cache=True)
def _reach(haul: Haul, flow: Ints, i: Whole, step: Floats) -> tuple[Floats, Rows]:
    """Cost of bringing one more unit of a demand to each site, and the site before on the way."""
    k = len(haul.room)
    away, before = np.full(k, np.inf), np.full(k, EMPTY, dtype=np.int32)
    for t in range(k):
        if flow[t, i] < haul.most[t, i]:
            away[t] = haul.unit_cost[t, i]
    for _ in range(k):
        is_same = True
        for t in range(k):
            for s in range(k):
                if away[t] + step[t, s] < away[s] - haul.same:
                    away[s], before[s], is_same = away[t] + step[t, s], t, False
        if is_same:
            break
    return away, before


@numba.njit(cache=True)
def _way(before: Rows, end: Whole) -> Rows:
    """List the sites of a way, the first of them first."""
    way = np.empty(len(before), dtype=np.int32)
    count, t = 0, end
    while t != EMPTY and count < len(way):
        way[count] = t
        count, t = count + 1, before[t]
    return way[:count][::-1]


@numba.njit(cache=True)
def _send(haul: Haul, flow: Ints, i: Whole, way: Rows, mover: Rows, units: Whole) -> Whole:
    """Send as many units along a way as it takes; gives how many."""
    units = min(units, haul.most[way[0], i] - flow[way[0], i])
    for at in range(len(way) - 1):
        t, s = way[at], way[at + 1]
        h = mover[t, s]
        units = min(units, flow[t, h], haul.most[s, h] - flow[s, h])
    flow[way[0], i] += units
    for at in range(len(way) - 1):
        t, s = way[at], way[at + 1]
        flow[t, mover[t, s]] -= units
        flow[s, mover[t, s]] += units
    return units


@numba.njit(cache=True)
def carry(haul: Haul) -> Carried:
    """Carry all demand at least cost, or show what has no room."""
    k, n = haul.unit_cost.shape
    flow, left = np.zeros((k, n), dtype=np.int64), haul.room.copy()
    step, mover = np.full((k, k), np.inf), np.full((k, k), EMPTY, dtype=np.int32)
    stuck = np.zeros(n, dtype=np.bool_)
    for i in range(n):
        need = haul.load[i]
        while need > 0:
            away, before = _reach(haul, flow, i, step)
            end = np.argmin(np.where(left > 0, away, np.inf))
            if left[end] <= 0 or away[end] == np.inf:
                stuck[i] = True
                for t in np.flatnonzero(away < np.inf):
                    stuck |= flow[t] > 0
                return Carried(flow, np.zeros(k), stuck)
            way = _way(before, end)
            sent = _send(haul, flow, i, way, mover, min(need, left[end]))
            need -= sent
            left[end] -= sent
            for t in way:
                _refresh(haul, flow, t, step, mover)
    return Carried(flow, _dear(haul, left, step), stuck)


@numba.njit(cache=True)
def _dear(haul: Haul, left: Ints, step: Floats) -> Floats:
    """Price room: what a unit less of it would cost, by way of a site that has some left."""
    k, top = len(left), 0.0
    for cost in haul.unit_cost.ravel():
        if cost < np.inf:
            top = max(top, cost)
    dear = np.where(left > 0, 0.0, top * k)
    for _ in range(k):
        for t in range(k):
            for s in range(k):
                dear[t] = min(dear[t], step[t, s] + dear[s])
    return np.maximum(dear, 0.0)


@numba.njit(cache=True)
def prices(cost: Floats, load: Ints, share: Floats, dear: Floats) -> Floats:
    """Price demand by the last of the sites that it fills, the cheapest with their room first."""
    k, n = cost.shape
    price = np.zeros(n)
    for i in range(n):
        value = np.empty(k)
        for t in range(k):
            value[t] = cost[t, i] + load[i] * dear[t]
        filled = 0.0
        for t in np.argsort(value, kind="mergesort"):
            if value[t] == np.inf:
                break
            price[i] = value[t]
            filled += share[t]
            if filled >= 1.0 - _SAME:
                break
    return price


@numba.njit(cache=True)
def worths(cost: Floats, load: Ints, room: Ints, price: Floats) -> Floats:
    """Price every site: filled by worth per unit, the last demand by a share (Dantzig 1957)."""
    worth = np.zeros(len(room))
    for j in range(len(room)):
        gain = price - cost[j]
        items = np.flatnonzero(gain > 0.0)
        rate = gain[items] / np.maximum(load[items], 1e-9)
        left = room[j]
        for at in np.argsort(-rate, kind="mergesort"):
            i = items[at]
            if load[i] > left:
                worth[j] += gain[i] * left / load[i]
                break
            worth[j] += gain[i]
            left -= load[i]
    return worth
