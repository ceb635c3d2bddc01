# SPDX-License-Identifier: Apache-2.0
"""
Compiled loops of covering: merging homes, clusters, and cutting planes in closed form.

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


class Table(NamedTuple):
    """Who covers whom: sites to groups, groups to sites, and the weight of each group."""

    site_start: Ints
    site_group: Rows
    group_start: Ints
    group_site: Rows
    weight: Floats


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
def sum_by(group: Rows, people: Floats, n_groups: int) -> Floats:
    """Sum people by group; EMPTY is in none."""
    total = np.zeros(n_groups)
    for row in range(len(group)):
        if group[row] != EMPTY:
            total[group[row]] += people[row]
    return total


@numba.njit(cache=True)
def compress(table: Bools) -> tuple[Ints, Rows]:
    """Take a table of yes and no as compressed rows."""
    start = np.zeros(len(table) + 1, dtype=np.int64)
    for row in range(len(table)):
        start[row + 1] = start[row] + table[row].sum()
    column = np.empty(start[-1], dtype=np.int32)
    at = 0
    for row in range(table.shape[0]):
        for c in range(table.shape[1]):
            if table[row, c]:
                column[at] = c
                at += 1
    return start, column


@numba.njit(cache=True)
def take_rows(start: Ints, column: Rows, rows: Rows) -> tuple[Ints, Rows]:
    """Keep some rows."""
    kept_start = np.zeros(len(rows) + 1, dtype=np.int64)
    for at in range(len(rows)):
        kept_start[at + 1] = kept_start[at] + start[rows[at] + 1] - start[rows[at]]
    kept = np.empty(kept_start[-1], dtype=np.int32)
    for at in range(len(rows)):
        first = start[rows[at]]
        for e in range(kept_start[at + 1] - kept_start[at]):
            kept[kept_start[at] + e] = column[first + e]
    return kept_start, kept


@numba.njit(cache=True)
def covered_rows(start: Ints, column: Rows, is_open: Bools) -> Bools:
    """Find the rows that hold any of some columns."""
    covered = np.zeros(len(start) - 1, dtype=np.bool_)
    for row in range(len(covered)):
        for e in range(start[row], start[row + 1]):
            if is_open[column[e]]:
                covered[row] = True
                break
    return covered


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
                for f in range(table.group_start[g], table.group_start[g + 1]):
                    gain[table.group_site[f]] -= table.weight[g]
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
def cover_at(table: Table, usable: Floats) -> Floats:
    """Sum what covers each group where sites are open in part."""
    cover = np.zeros(len(table.weight))
    for j in range(len(usable)):
        if usable[j] > 0.0:
            for e in range(table.site_start[j], table.site_start[j + 1]):
                cover[table.site_group[e]] += usable[j]
    return cover


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
