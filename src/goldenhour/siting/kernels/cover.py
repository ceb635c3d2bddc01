# SPDX-License-Identifier: Apache-2.0
"""
Compiled loops of siting: merging homes, placing sites, and cutting planes in closed form.

Arrays only. A ``Table`` says which groups of homes each site covers, and the reverse.
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
_FULL = 1.0 - 1e-9


class Table(NamedTuple):
    """Who covers whom: sites to groups, groups to sites, and the weight of each group."""

    site_start: Ints
    site_group: Rows
    group_start: Ints
    group_site: Rows
    weight: Floats


class Rules(NamedTuple):
    """What a search may do."""

    allowed: Bools  # sites that may be opened
    fixed: Bools  # slots that must keep their site
    least: float  # a change must gain more than this


class Desk(NamedTuple):
    """State of a set of open sites: slots, cover counts, and what each change would bring."""

    slot: Rows  # site in each slot, EMPTY if none
    covers: Rows  # open sites covering each group
    slot_sum: Ints  # sum of the slots covering it: the slot itself where covers is 1
    gain: Floats  # weight that opening a site would add
    loss: Floats  # weight that closing a slot would lose
    extra: Floats  # [slot, site]: part of that loss which the site would catch


@numba.njit(cache=True)
def turn(start: Ints, column: Rows, n_columns: int) -> tuple[Ints, Rows]:
    """Turn compressed rows around: which rows hold each column, ascending."""
    turned_start = np.zeros(n_columns + 1, dtype=np.int64)
    for c in column:
        turned_start[c + 1] += 1
    turned_start = np.cumsum(turned_start)
    at = turned_start[:-1].copy()
    turned = np.empty(len(column), dtype=np.int32)
    for row in range(len(start) - 1):
        for e in range(start[row], start[row + 1]):
            turned[at[column[e]]] = row
            at[column[e]] += 1
    return turned_start, turned


@numba.njit(cache=True)
def _mix(x: np.uint64) -> np.uint64:
    """Scramble 64 bits (splitmix64, Steele et al. 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@numba.njit(cache=True)
def _signature(start: Ints, column: Rows, row: int, seed: int) -> np.uint64:
    """Hash the set of columns of one row; the order does not matter."""
    step = np.uint64(0x9E3779B97F4A7C15)
    base = np.uint64(seed) * step
    key = np.uint64(0)
    for e in range(start[row], start[row + 1]):
        key ^= _mix(base + np.uint64(column[e] + 1) * step)
    return key


@numba.njit(cache=True)
def _same_row(start: Ints, column: Rows, a: int, b: int) -> bool:
    """Whether two rows hold the same columns in the same order."""
    if start[a + 1] - start[a] != start[b + 1] - start[b]:
        return False
    for e in range(start[a + 1] - start[a]):  # noqa: SIM110 - numba has no all()
        if column[start[a] + e] != column[start[b] + e]:
            return False
    return True


@numba.njit(cache=True)
def merge_rows(start: Ints, column: Rows, seed: int) -> tuple[Rows, Rows]:
    """
    Group rows that hold the same columns; rows that hold none get EMPTY.

    The hash only finds the place to look: every row is compared with its group's first row, so
    that the result never rests on it. Gives the group of each row and the first row of each group.
    """
    n = len(start) - 1
    size = 16
    while size < 2 * n:
        size *= 2
    table = np.full(size, EMPTY, dtype=np.int32)
    group = np.full(n, EMPTY, dtype=np.int32)
    first = np.empty(n, dtype=np.int32)
    n_groups = 0
    for row in range(n):
        if start[row] == start[row + 1]:
            continue
        at = np.int64(_signature(start, column, row, seed) & np.uint64(size - 1))
        while table[at] != EMPTY and not _same_row(start, column, first[table[at]], row):
            at = (at + 1) & (size - 1)
        if table[at] == EMPTY:
            table[at] = n_groups
            first[n_groups] = row
            n_groups += 1
        group[row] = table[at]
    return group, first[:n_groups].copy()


@numba.njit(cache=True)
def new_desk(table: Table, n_slots: int) -> Desk:
    """Start with nothing open."""
    n_sites, n_groups = len(table.site_start) - 1, len(table.weight)
    gain = np.zeros(n_sites)
    for j in range(n_sites):
        for e in range(table.site_start[j], table.site_start[j + 1]):
            gain[j] += table.weight[table.site_group[e]]
    return Desk(
        np.full(n_slots, EMPTY, dtype=np.int32),
        np.zeros(n_groups, dtype=np.int32),
        np.zeros(n_groups, dtype=np.int64),
        gain,
        np.zeros(n_slots),
        np.zeros((n_slots, n_sites)),
    )


@numba.njit(cache=True)
def _spread(table: Table, target: Floats, group: int, weight: float) -> None:
    """Add a weight to every site that covers a group."""
    for e in range(table.group_start[group], table.group_start[group + 1]):
        target[table.group_site[e]] += weight


@numba.njit(cache=True)
def open_site(table: Table, desk: Desk, t: int | np.int64, j: int | np.int64) -> None:
    """Open site ``j`` in slot ``t``, which must be empty."""
    desk.slot[t] = j
    for e in range(table.site_start[j], table.site_start[j + 1]):
        g = table.site_group[e]
        w = table.weight[g]
        if desk.covers[g] == 0:
            _spread(table, desk.gain, g, -w)
            desk.loss[t] += w
            _spread(table, desk.extra[t], g, w)
        elif desk.covers[g] == 1:
            other = desk.slot_sum[g]
            desk.loss[other] -= w
            _spread(table, desk.extra[other], g, -w)
        desk.covers[g] += 1
        desk.slot_sum[g] += t


@numba.njit(cache=True)
def close_slot(table: Table, desk: Desk, t: int | np.int64) -> None:
    """Close whatever is open in slot ``t``."""
    j = desk.slot[t]
    desk.slot[t] = EMPTY
    if j == EMPTY:
        return
    for e in range(table.site_start[j], table.site_start[j + 1]):
        g = table.site_group[e]
        w = table.weight[g]
        desk.covers[g] -= 1
        desk.slot_sum[g] -= t
        if desk.covers[g] == 0:
            _spread(table, desk.gain, g, w)
            desk.loss[t] -= w
            _spread(table, desk.extra[t], g, -w)
        elif desk.covers[g] == 1:
            other = desk.slot_sum[g]
            desk.loss[other] += w
            _spread(table, desk.extra[other], g, w)


@numba.njit(cache=True)
def _is_open(desk: Desk, j: int | np.int64) -> bool:
    """Whether a site is open."""
    for site in desk.slot:  # noqa: SIM110 - numba has no any()
        if site == j:
            return True
    return False


@numba.njit(cache=True)
def fill(table: Table, desk: Desk, rules: Rules) -> None:
    """Open, in each empty slot, the allowed site that adds most; ties go to the lowest number."""
    for t in range(len(desk.slot)):
        if desk.slot[t] != EMPTY:
            continue
        best, best_gain = EMPTY, -np.inf
        for j in range(len(desk.gain)):
            if rules.allowed[j] and desk.gain[j] > best_gain and not _is_open(desk, j):
                best, best_gain = j, desk.gain[j]
        if best != EMPTY:
            open_site(table, desk, t, best)


@numba.njit(cache=True)
def swap(table: Table, desk: Desk, rules: Rules) -> None:
    """Swap an open site for a closed one, the best pair first, while that gains."""
    while True:
        best, best_t, best_j = rules.least, EMPTY, EMPTY
        for t in range(len(desk.slot)):
            if rules.fixed[t] or desk.slot[t] == EMPTY:
                continue
            for j in range(len(desk.gain)):
                if not rules.allowed[j]:
                    continue
                value = desk.gain[j] - desk.loss[t] + desk.extra[t, j]
                if value > best and not _is_open(desk, j):
                    best, best_t, best_j = value, t, j
        if best_t == EMPTY:
            return
        close_slot(table, desk, best_t)
        open_site(table, desk, best_t, best_j)


@numba.njit(cache=True)
def covered_weight(table: Table, desk: Desk) -> float:
    """Weight of the groups that at least one open site covers."""
    total = 0.0
    for g in range(len(desk.covers)):
        if desk.covers[g] > 0:
            total += table.weight[g]
    return total


@numba.njit(cache=True)
def _seat(table: Table, desk: Desk, wanted: Rows) -> None:
    """Open exactly the wanted sites, each in its slot."""
    for t in range(len(wanted)):
        if desk.slot[t] != wanted[t]:
            close_slot(table, desk, t)
    for t in range(len(wanted)):
        if desk.slot[t] == EMPTY and wanted[t] != EMPTY:
            open_site(table, desk, t, wanted[t])


@numba.njit(cache=True)
def place(table: Table, start: Rows, rules: Rules, rounds: int, seed: int) -> Rows:
    """Fill the empty slots by gain, swap to a local best, then kick it so many times."""
    desk = new_desk(table, len(start))
    _seat(table, desk, start)
    fill(table, desk, rules)
    if rounds < 0:
        return desk.slot
    swap(table, desk, rules)
    best, best_value = desk.slot.copy(), covered_weight(table, desk)
    pool = np.flatnonzero(rules.allowed)
    state = np.uint64(seed)
    for _ in range(rounds if len(pool) > 0 and len(start) > 0 else 0):
        state = _shake(table, desk, rules, pool, state)
        swap(table, desk, rules)
        value = covered_weight(table, desk)
        if value > best_value + rules.least:
            best, best_value = desk.slot.copy(), value
        else:
            _seat(table, desk, best)
    return best


@numba.njit(cache=True)
def _shake(table: Table, desk: Desk, rules: Rules, pool: Ints, state: np.uint64) -> np.uint64:
    """Replace a few sites by chance."""
    for _ in range(max(2, len(desk.slot) // 4)):
        state += np.uint64(0x9E3779B97F4A7C15)
        t = np.int64(_mix(state) % np.uint64(len(desk.slot)))
        state += np.uint64(0x9E3779B97F4A7C15)
        j = pool[np.int64(_mix(state) % np.uint64(len(pool)))]
        if not rules.fixed[t] and not _is_open(desk, j):
            close_slot(table, desk, t)
            open_site(table, desk, t, j)
    return state


@numba.njit(cache=True)
def lone_greedy(table: Table, n: int) -> Rows:
    """Choose sites one after another by the weight that none before covers."""
    n_sites = len(table.site_start) - 1
    gain = np.zeros(n_sites)
    for j in range(n_sites):
        for e in range(table.site_start[j], table.site_start[j + 1]):
            gain[j] += table.weight[table.site_group[e]]
    covered = np.zeros(len(table.weight), dtype=np.bool_)
    chosen = np.empty(n, dtype=np.int32)
    for step in range(n):
        best = np.argmax(gain)
        chosen[step] = best
        for e in range(table.site_start[best], table.site_start[best + 1]):
            g = table.site_group[e]
            if not covered[g]:
                covered[g] = True
                _spread(table, gain, g, -table.weight[g])
        gain[best] = -np.inf
    return chosen


@numba.njit(cache=True)
def cluster_groups(table: Table, pivot: Rows) -> Rows:
    """Give each group to the first pivot site that covers it; the others vote with neighbours."""
    n_groups, n_sites = len(table.weight), len(table.site_start) - 1
    cluster = np.full(n_groups, EMPTY, dtype=np.int32)
    for c in range(len(pivot)):
        for e in range(table.site_start[pivot[c]], table.site_start[pivot[c] + 1]):
            g = table.site_group[e]
            if cluster[g] == EMPTY:
                cluster[g] = c
    votes = np.zeros(len(pivot), dtype=np.int64)
    choice = np.full(n_sites, EMPTY, dtype=np.int32)
    left = np.flatnonzero(cluster == EMPTY)
    for g in left:
        if table.group_start[g] == table.group_start[g + 1]:
            cluster[g] = 0
            continue
        j = table.group_site[table.group_start[g]]
        if choice[j] == EMPTY:
            votes[:] = 0
            for e in range(table.site_start[j], table.site_start[j + 1]):
                if cluster[table.site_group[e]] != EMPTY:
                    votes[cluster[table.site_group[e]]] += 1
            choice[j] = np.argmax(votes)
        cluster[g] = choice[j]
    return cluster


@numba.njit(cache=True)
def uncovered_at(table: Table, usable: Floats) -> Bools:
    """Find the groups whose cover by fractional sites stays below one."""
    cover = np.zeros(len(table.weight))
    for j in range(len(usable)):
        if usable[j] > 0.0:
            for e in range(table.site_start[j], table.site_start[j + 1]):
                cover[table.site_group[e]] += usable[j]
    return cover < _FULL


@numba.njit(cache=True)
def slopes(table: Table, sites: Rows, uncovered: Bools, cluster: Rows, n_clusters: int) -> Floats:
    """Weight of the uncovered groups of each cluster that each site covers: ``[cluster, site]``."""
    slope = np.zeros((n_clusters, len(sites)))
    for at in range(len(sites)):
        j = sites[at]
        for e in range(table.site_start[j], table.site_start[j + 1]):
            g = table.site_group[e]
            if uncovered[g]:
                slope[cluster[g], at] += table.weight[g]
    return slope


@numba.njit(cache=True)
def prices(table: Table, price: Floats) -> Floats:
    """Sum the prices of the groups that each site covers."""
    total = np.zeros(len(table.site_start) - 1)
    for j in range(len(total)):
        for e in range(table.site_start[j], table.site_start[j + 1]):
            total[j] += price[table.site_group[e]]
    return total


@numba.njit(cache=True)
def covered_by(start: Ints, home: Rows, sites: Rows, n_homes: int) -> Bools:
    """Find the homes that any of some sites covers."""
    covered = np.zeros(n_homes, dtype=np.bool_)
    for j in sites:
        for e in range(start[j], start[j + 1]):
            covered[home[e]] = True
    return covered
