# SPDX-License-Identifier: Apache-2.0
"""
Compiled loops for sites with capacities: weigh a choice by flow, place sites, exchange them.

A choice is weighed by the most flow from groups through open sites, and on through linked
hospitals where there is a second tier. Arrays only; weights and rooms are whole units.
"""

from typing import Any, NamedTuple, TypeAlias

import numba
import numpy as np

from goldenhour.siting.kernels.flow import (
    Bools,
    Floats,
    Ints,
    Network,
    Rows,
    connect,
    push,
)

Whole: TypeAlias = int | np.signedinteger[Any]

EMPTY = -1
SOURCE, SINK, FIRST = 0, 1, 2
_TRIES = 12


class Tiers(NamedTuple):
    """Who covers whom and how much each site and hospital takes."""

    site_start: Ints
    site_group: Rows
    group_start: Ints
    group_site: Rows
    weight: Ints  # of each group
    room: Ints  # of each site
    linked: Bools  # [site, hospital]
    beds: Ints  # room of each hospital
    two: bool  # False: no second tier, sites need no hospital


class Rules(NamedTuple):
    """What a search may do."""

    may: Bools  # sites that may be opened
    fixed: Bools  # seats that must keep their site


class Shares(NamedTuple):
    """The shares by which sites and hospitals are open."""

    x: Floats  # of each site
    z: Floats  # of each hospital


class Flow(NamedTuple):
    """A network of some sites and hospitals, and where its arcs and nodes are."""

    net: Network
    group: Rows  # group of each group node
    node: Rows  # node of each group, EMPTY if no site of these covers it
    supply: Rows  # arc from the source to each group node
    carry: Rows  # arcs from groups to sites, site by site in the order given


@numba.njit(cache=True)
def _arc(arcs: tuple[Rows, Rows, Ints], at: int, tail: int, head: int, room: float) -> int:
    """Write one arc; gives the place of the next."""
    arcs[0][at], arcs[1][at], arcs[2][at] = tail, head, np.int64(room)
    return at + 1


@numba.njit(cache=True)
def _group_nodes(tiers: Tiers, sites: Rows, first: int) -> tuple[Rows, Rows, int]:
    """Give a node to each group that any of the sites covers; counts the pairs too."""
    node = np.full(len(tiers.weight), EMPTY, dtype=np.int32)
    n_pairs = 0
    for j in sites:
        n_pairs += tiers.site_start[j + 1] - tiers.site_start[j]
    group = np.empty(min(n_pairs, len(node)), dtype=np.int32)
    n_groups = 0
    for j in sites:
        for e in range(tiers.site_start[j], tiers.site_start[j + 1]):
            g = tiers.site_group[e]
            if node[g] == EMPTY:
                node[g] = first + n_groups
                group[n_groups] = g
                n_groups += 1
    return node, group[:n_groups], n_pairs


@numba.njit(cache=True)
def lay_out(tiers: Tiers, sites: Rows, x: Floats, hospitals: Rows, z: Floats) -> Flow:
    """
    Build the network of some sites and hospitals, each open by a share.

    A group sends no more to a site than the share by which site and hospitals are open: the
    strong form of the model, which whole shares do not need.
    """
    k, m = len(sites), len(hospitals)
    first = FIRST + (2 * k + m if tiers.two else k)
    node, group, n_pairs = _group_nodes(tiers, sites, first)
    n_groups = len(group)
    most = n_pairs + n_groups + k + k * m + m
    arcs = (
        np.empty(most, dtype=np.int32),
        np.empty(most, dtype=np.int32),
        np.empty(most, dtype=np.int64),
    )
    at = 0
    for i in range(n_groups):
        at = _arc(arcs, at, SOURCE, first + i, tiers.weight[group[i]])
    for t in range(k):
        share = x[t]
        if tiers.two:
            share = min(share, _linked_share(tiers, sites[t], hospitals, z))
        for e in range(tiers.site_start[sites[t]], tiers.site_start[sites[t] + 1]):
            g = tiers.site_group[e]
            at = _arc(arcs, at, node[g], FIRST + t, tiers.weight[g] * share)
    n_carry = at - n_groups
    for t in range(k):
        beyond = FIRST + k + t if tiers.two else SINK
        at = _arc(arcs, at, FIRST + t, beyond, tiers.room[sites[t]] * x[t])
    if tiers.two:
        at = _referrals(tiers, sites, hospitals, z, arcs, at)
    net, where = connect(first + n_groups, arcs[0][:at], arcs[1][:at], arcs[2][:at])
    carry = where[n_groups : n_groups + n_carry]
    return Flow(net, group, node, where[:n_groups], carry)


@numba.njit(cache=True)
def _referrals(
    tiers: Tiers, sites: Rows, hospitals: Rows, z: Floats, arcs: tuple[Rows, Rows, Ints], at: int
) -> int:
    """Write the arcs from sites to hospitals, and from hospitals out."""
    k = len(sites)
    for t in range(k):
        for h in range(len(hospitals)):
            if tiers.linked[sites[t], hospitals[h]]:
                room = min(tiers.room[sites[t]], tiers.beds[hospitals[h]]) * z[h]
                at = _arc(arcs, at, FIRST + k + t, FIRST + 2 * k + h, room)
    for h in range(len(hospitals)):
        at = _arc(arcs, at, FIRST + 2 * k + h, SINK, tiers.beds[hospitals[h]] * z[h])
    return at


@numba.njit(cache=True)
def _linked_share(tiers: Tiers, site: Whole, hospitals: Rows, z: Floats) -> float:
    """Sum the shares by which the hospitals of a site are open."""
    share = 0.0
    for h in range(len(hospitals)):
        if tiers.linked[site, hospitals[h]]:
            share += z[h]
    return share


@numba.njit(cache=True)
def served(tiers: Tiers, sites: Rows, hospitals: Rows) -> Whole:
    """Weigh a choice: the most that its sites and hospitals can serve."""
    flow = lay_out(tiers, sites, np.ones(len(sites)), hospitals, np.ones(len(hospitals)))
    return push(flow.net, SOURCE, SINK)[0]


@numba.njit(cache=True)
def _parts(net: Network, side: Bools) -> Rows:
    """Find the connected parts of the source's side, the source left out."""
    part = np.full(len(side), EMPTY, dtype=np.int32)
    queue = np.empty(len(side), dtype=np.int32)
    n_parts = 0
    for root in range(FIRST, len(side)):
        if not side[root] or part[root] != EMPTY:
            continue
        part[root] = n_parts
        queue[0] = root
        done, known = 0, 1
        while done < known:
            for a in range(net.start[queue[done]], net.start[queue[done] + 1]):
                other = net.head[a]
                if other >= FIRST and side[other] and part[other] == EMPTY:
                    part[other] = n_parts
                    queue[known] = other
                    known += 1
            done += 1
        n_parts += 1
    return part


@numba.njit(cache=True)
def most_gains(tiers: Tiers, flow: Flow, side: Bools, hospitals: Rows) -> Ints:
    """
    Bound what opening each site would add to a most flow.

    All that is new passes the new site, and comes from demand left over in a part of the source's
    side: no part gives more than it has left, nor more than the site covers of it.
    """
    part = _parts(flow.net, side)
    left = np.zeros(len(side) + 1, dtype=np.int64)
    for i in range(len(flow.group)):
        of = part[flow.node[flow.group[i]]]
        if of != EMPTY:
            left[of] += flow.net.room[flow.supply[i]]
    z = np.ones(len(hospitals))
    n_sites = len(tiers.room)
    gain = np.zeros(n_sites, dtype=np.int64)
    within = np.zeros(len(side) + 1, dtype=np.int64)
    for j in range(n_sites):
        if tiers.two and _linked_share(tiers, j, hospitals, z) == 0.0:
            continue
        total = np.int64(0)
        for e in range(tiers.site_start[j], tiers.site_start[j + 1]):
            g = tiers.site_group[e]
            if flow.node[g] == EMPTY:
                total += tiers.weight[g]
            elif part[flow.node[g]] != EMPTY:
                of = part[flow.node[g]]
                more = min(tiers.weight[g], left[of] - within[of])
                within[of] += more
                total += more
        for e in range(tiers.site_start[j], tiers.site_start[j + 1]):
            at = flow.node[tiers.site_group[e]]
            if at != EMPTY and part[at] != EMPTY:
                within[part[at]] = 0
        gain[j] = min(total, tiers.room[j])
    return gain


@numba.njit(cache=True)
def _best_for_seat(
    tiers: Tiers, seats: Rows, t: int, hospitals: Rows, may: Bools, least: Whole
) -> tuple[Whole, Whole]:
    """Find the site that serves most in one seat, if any serves more than ``least``."""
    others = seats[(seats != EMPTY) & (np.arange(len(seats)) != t)]
    z = np.ones(len(hospitals))
    flow = lay_out(tiers, others, np.ones(len(others)), hospitals, z)
    base, side = push(flow.net, SOURCE, SINK)
    hope = base + most_gains(tiers, flow, side, hospitals)
    for j in range(len(hope)):
        if not may[j]:
            hope[j] = EMPTY
    for j in others:
        hope[j] = EMPTY
    trial = np.empty(len(others) + 1, dtype=np.int32)
    trial[:-1] = others
    best: Whole = EMPTY
    for _ in range(_TRIES):
        top = np.argmax(hope)
        if hope[top] <= least:
            break
        hope[top] = EMPTY
        trial[-1] = top
        value = served(tiers, trial, hospitals)
        if value > least:
            best, least = top, value
    return best, least


@numba.njit(cache=True)
def place(tiers: Tiers, start: Rows, hospitals: Rows, rules: Rules, rounds: int, seed: int) -> Rows:
    """Fill the empty seats one after another, exchange to a local best, then kick it."""
    seats = start.copy()
    for t in range(len(seats)):
        if seats[t] == EMPTY:
            seats[t] = _best_for_seat(tiers, seats, t, hospitals, rules.may, np.int64(EMPTY))[0]
    if rounds < 0:
        return seats
    value = _exchange(tiers, seats, hospitals, rules)
    pool = np.flatnonzero(rules.may)
    state = np.uint64(seed)
    for _ in range(rounds if len(pool) > 0 and len(seats) > 0 else 0):
        trial = seats.copy()
        state = _shake(trial, rules.fixed, pool, state)
        found = _exchange(tiers, trial, hospitals, rules)
        if found > value:
            seats, value = trial, found
    return seats


@numba.njit(cache=True)
def _exchange(tiers: Tiers, seats: Rows, hospitals: Rows, rules: Rules) -> Whole:
    """Give each seat in turn its best site, until none gains; changes the seats in place."""
    value = served(tiers, seats[seats != EMPTY], hospitals)
    calm, t = 0, 0
    while calm < len(seats):
        if not rules.fixed[t] and seats[t] != EMPTY:
            best, most = _best_for_seat(tiers, seats, t, hospitals, rules.may, value)
            if best != EMPTY:
                seats[t], value, calm = best, most, 0
        calm += 1
        t = (t + 1) % len(seats)
    return value


@numba.njit(cache=True)
def _shake(seats: Rows, fixed: Bools, pool: Ints, state: np.uint64) -> np.uint64:
    """Replace a few sites by chance (splitmix64, Steele et al. 2014)."""
    for _ in range(max(2, len(seats) // 6)):
        draws = np.zeros(2, dtype=np.uint64)
        for i in range(2):
            state += np.uint64(0x9E3779B97F4A7C15)
            x = state
            x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            draws[i] = x ^ (x >> np.uint64(31))
        t = np.int64(draws[0] % np.uint64(len(seats)))
        j = pool[np.int64(draws[1] % np.uint64(len(pool)))]
        if not fixed[t] and seats[t] != EMPTY and not np.any(seats == j):
            seats[t] = j
    return state


@numba.njit(cache=True)
def least_cut(tiers: Tiers, at: Shares) -> tuple[Bools, Bools]:
    """
    Find what limits sites and hospitals that are open by shares.

    Gives the groups and the hospitals on the source's side of a least cut. A group that no open
    site covers is on that side too.
    """
    sites = np.flatnonzero(at.x > 0.0).astype(np.int32)
    hospitals = np.flatnonzero(at.z > 0.0).astype(np.int32)
    flow = lay_out(tiers, sites, at.x[sites], hospitals, at.z[hospitals])
    side = push(flow.net, SOURCE, SINK)[1]
    groups = np.ones(len(tiers.weight), dtype=np.bool_)
    for g in flow.group:
        groups[g] = side[flow.node[g]]
    full = np.zeros(len(tiers.beds), dtype=np.bool_)
    for h in range(len(hospitals)):
        full[hospitals[h]] = side[FIRST + 2 * len(sites) + h]
    return groups, full


@numba.njit(cache=True)
def join_clusters(tiers: Tiers, x: Floats, hungry: Bools, cluster: Rows, n_clusters: int) -> Rows:
    """
    Join the clusters between which a least cut does not fall apart.

    Two belong together if a site that is open by a share has less room than the hungry groups it
    covers in both.
    """
    owner = np.arange(n_clusters).astype(np.int32)
    for j in np.flatnonzero(x > 0.0):
        total = np.int64(0)
        for e in range(tiers.site_start[j], tiers.site_start[j + 1]):
            if hungry[tiers.site_group[e]]:
                total += tiers.weight[tiers.site_group[e]]
        if total <= tiers.room[j]:
            continue
        first: Whole = EMPTY
        for e in range(tiers.site_start[j], tiers.site_start[j + 1]):
            if not hungry[tiers.site_group[e]]:
                continue
            root = _root(owner, cluster[tiers.site_group[e]])
            if first == EMPTY:
                first = root
            owner[max(first, root)] = min(first, root)
            first = min(first, root)
    for c in range(n_clusters):
        owner[c] = _root(owner, c)
    return owner


@numba.njit(cache=True)
def _root(owner: Rows, c: Whole) -> Whole:
    """Find the lowest cluster that one was joined to."""
    while owner[c] != c:
        c = owner[c]
    return c


@numba.njit(cache=True)
def hungry_at(tiers: Tiers, at: Shares) -> Bools:
    """Find the groups whose cover by shares of sites stays below one."""
    cover = np.zeros(len(tiers.weight))
    every = np.arange(len(at.z)).astype(np.int32)
    for j in np.flatnonzero(at.x > 0.0):
        share = at.x[j]
        if tiers.two:
            share = min(share, _linked_share(tiers, j, every, at.z))
        for e in range(tiers.site_start[j], tiers.site_start[j + 1]):
            cover[tiers.site_group[e]] += share
    return cover < 1.0 - 1e-9


@numba.njit(cache=True)
def planes(
    tiers: Tiers, at: Shares, hungry: Bools, full: Bools, part: Rows, n_parts: int
) -> tuple[Floats, Floats]:
    """
    Bound what the groups of each part can be served, for any set of hungry groups.

    All others count whole; a hungry group is served through a site, which passes on no more than
    its room, nor than the hungry groups it covers, and beyond it no more than its hospitals take:
    full hospitals count by themselves, whoever fills them. Of two such limits the smaller at this
    point is taken. Gives the constants and ``[part, sites and hospitals]``.
    """
    n_sites, n_hospitals = len(tiers.room), len(tiers.beds)
    constant = np.zeros(n_parts)
    slope = np.zeros((n_parts, n_sites + n_hospitals))
    for g in range(len(hungry)):
        if not hungry[g]:
            constant[part[g]] += tiers.weight[g]
    through = np.zeros(n_parts, dtype=np.int64)
    for j in range(n_sites):
        for e in range(tiers.site_start[j], tiers.site_start[j + 1]):
            g = tiers.site_group[e]
            if hungry[g]:
                through[part[g]] += tiers.weight[g]
        for e in range(tiers.site_start[j], tiers.site_start[j + 1]):
            c = part[tiers.site_group[e]]
            if through[c] > 0:
                _limit(tiers, j, min(through[c], tiers.room[j]), at, full, slope[c])
                through[c] = 0
    for h in range(n_hospitals):
        if full[h]:
            slope[:, n_sites + h] += tiers.beds[h]
    return constant, slope


@numba.njit(cache=True)
def _limit(tiers: Tiers, j: int, most: int, at: Shares, full: Bools, slope: Floats) -> None:
    """Add the smaller limit of what passes one site: by itself, or by its hospitals."""
    n_sites = len(tiers.room)
    beyond = np.inf
    if tiers.two:
        beyond = 0.0
        for h in range(len(at.z)):
            if tiers.linked[j, h] and not full[h]:
                beyond += min(most, tiers.beds[h]) * at.z[h]
    if most * at.x[j] <= beyond:
        slope[j] += most
        return
    for h in range(len(at.z)):
        if tiers.linked[j, h] and not full[h]:
            slope[n_sites + h] += min(most, tiers.beds[h])
