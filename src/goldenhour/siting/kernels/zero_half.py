# SPDX-License-Identifier: Apache-2.0
"""
Compiled loops of zero-half cuts: three groups, each pair of which shares sites.

An open site covers one of the three, two or all. Half the sum of the three cover constraints and of
"no group is covered more than once", rounded up, is a cut that whole choices keep and fractions
often break ({0, 1/2} Chvátal-Gomory; Caprara and Fischetti 1996): covered groups of the three are
at most one, plus one for each open site that covers one or two, plus two for one that covers all.
"""

from typing import NamedTuple

import numba
import numpy as np

from goldenhour.siting.kernels.cover import Bools, Floats, Ints, Rows, Table

_NEAR = 0.9  # a group further than this from being covered just once gains nothing
_TINY = 1e-7


class Patterns(NamedTuple):
    """Groups that look the same at a point: which open fractions cover them, and their weight."""

    start: Ints
    site: Rows
    site_start: Ints  # the reverse
    site_pattern: Rows
    weight: Floats
    cover: Floats


@numba.njit(cache=True)
def support(table: Table, usable: Floats, cover: Floats) -> tuple[Ints, Rows]:
    """Keep, of each group covered about once, the sites that are open in part."""
    n = len(table.weight)
    start = np.zeros(n + 1, dtype=np.int64)
    site = np.empty(len(table.group_site), dtype=np.int32)
    at = 0
    for g in range(n):
        if abs(cover[g] - 1.0) < _NEAR:
            for e in range(table.group_start[g], table.group_start[g + 1]):
                j = table.group_site[e]
                if _TINY < usable[j] < 1.0 - _TINY:
                    site[at] = j
                    at += 1
        start[g + 1] = at
    return start, site[:at].copy()


@numba.njit(cache=True)
def find(
    patterns: Patterns, usable: Floats, least: float, most_pairs: int, most: int
) -> tuple[Rows, Floats]:
    """
    Find, for pairs of patterns, the third that breaks the cut with most weight.

    The cut is broken by half of one, less half of what each of the three is away from being
    covered once, less half of the open fractions that cover an odd number of them. Heavy patterns
    come first; each three is found from its two heaviest.
    """
    n = len(patterns.weight)
    order = np.argsort(-patterns.weight)
    rank = np.empty(n, dtype=np.int64)
    for i in range(n):
        rank[order[i]] = i
    common, seen_b = np.zeros(n), np.empty(n, dtype=np.int32)
    shared, seen_c = np.zeros(n), np.empty(n, dtype=np.int32)
    is_odd = np.zeros(len(usable), dtype=np.bool_)
    threes, gain = np.empty((most, 3), dtype=np.int32), np.empty(most)
    pairs, found, pair = 0, 0, np.empty(2, dtype=np.int64)
    for a in order:
        if pairs >= most_pairs or found >= most:
            break
        n_b = _meet(patterns, usable, a, rank, common, seen_b)
        for at in range(n_b):
            b = seen_b[at]
            meet, common[b] = common[b], 0.0
            left = 1.0 - least - abs(patterns.cover[a] - 1.0) - abs(patterns.cover[b] - 1.0)
            odd = patterns.cover[a] + patterns.cover[b] - 2.0 * meet
            if abs(odd - 1.0) >= left or pairs >= most_pairs or found >= most:
                continue
            pairs += 1
            pair[0], pair[1] = a, b
            n_c = _complete(patterns, usable, pair, rank, is_odd, shared, seen_c)
            best, best_c = 0.0, -1
            for here in range(n_c):
                c = seen_c[here]
                away = odd + patterns.cover[c] - 2.0 * shared[c] + abs(patterns.cover[c] - 1.0)
                shared[c] = 0.0
                value = (left - away) * patterns.weight[c]
                if value > best:
                    best, best_c = value, c
            if best_c >= 0:
                threes[found, 0], threes[found, 1], threes[found, 2] = a, b, best_c
                gain[found] = best
                found += 1
    return threes[:found].copy(), gain[:found].copy()


@numba.njit(cache=True)
def _meet(
    patterns: Patterns, usable: Floats, a: int, rank: Ints, common: Floats, seen: Rows
) -> int:
    """Sum the open fractions that lighter patterns have in common with one."""
    n = 0
    for e in range(patterns.start[a], patterns.start[a + 1]):
        j = patterns.site[e]
        for f in range(patterns.site_start[j], patterns.site_start[j + 1]):
            b = patterns.site_pattern[f]
            if rank[b] <= rank[a]:
                continue
            if common[b] == 0.0:
                seen[n] = b
                n += 1
            common[b] += usable[j]
    return n


@numba.njit(cache=True)
def _turn_odd(patterns: Patterns, pair: Ints, is_odd: Bools) -> None:
    """Mark the sites that cover one of a pair and not both."""
    for p in pair:
        for e in range(patterns.start[p], patterns.start[p + 1]):
            is_odd[patterns.site[e]] = not is_odd[patterns.site[e]]


@numba.njit(cache=True)
def _complete(  # noqa: PLR0913, PLR0917 - buffers are made once
    patterns: Patterns,
    usable: Floats,
    pair: Ints,
    rank: Ints,
    is_odd: Bools,
    shared: Floats,
    seen: Rows,
) -> int:
    """Sum the fractions, among those covering one of the pair, that cover a lighter pattern."""
    _turn_odd(patterns, pair, is_odd)
    n = 0
    for p in pair:
        for e in range(patterns.start[p], patterns.start[p + 1]):
            j = patterns.site[e]
            for f in range(patterns.site_start[j], patterns.site_start[j + 1]):
                c = patterns.site_pattern[f]
                if not is_odd[j] or rank[c] <= rank[pair[1]]:
                    continue
                if shared[c] == 0.0:
                    seen[n] = c
                    n += 1
                shared[c] += usable[j]
    _turn_odd(patterns, pair, is_odd)
    return n


@numba.njit(cache=True)
def into_groups(threes: Rows, start: Ints, group: Rows, weight: Floats, most: int) -> Rows:
    """Turn threes of patterns into threes of groups; the weight of a group is used up once."""
    left, at = weight.copy(), start[:-1].copy()
    taken = np.empty((most, 3), dtype=np.int32)
    n = 0
    for row in range(len(threes)):
        while n < most:
            part = np.inf
            for q in range(3):
                p = threes[row, q]
                while at[p] < start[p + 1] and left[group[at[p]]] <= 0.0:
                    at[p] += 1
                if at[p] == start[p + 1]:
                    part = 0.0
                    break
                taken[n, q] = group[at[p]]
                part = min(part, left[group[at[p]]])
            if part <= 0.0:
                break
            for q in range(3):
                left[taken[n, q]] -= part
            n += 1
    return taken[:n].copy()


@numba.njit(cache=True)
def broken(table: Table, threes: Rows, usable: Floats, cover: Floats) -> Floats:
    """Tell by how much a point breaks the cut of each three, per unit of weight."""
    over, times = np.empty(len(threes)), np.zeros(len(usable), dtype=np.int8)
    for row in range(len(threes)):
        covered, most = 0.0, 1.0
        for q in range(3):
            g = threes[row, q]
            covered += min(1.0, cover[g])
            for e in range(table.group_start[g], table.group_start[g + 1]):
                j = table.group_site[e]
                if usable[j] > 0.0:
                    times[j] += 1
                    if times[j] != 2:  # noqa: PLR2004 - the second time adds nothing
                        most += usable[j]
        for q in range(3):
            for e in range(
                table.group_start[threes[row, q]], table.group_start[threes[row, q] + 1]
            ):
                times[table.group_site[e]] = 0
        over[row] = covered - most
    return over


@numba.njit(cache=True)
def join_clusters(
    threes: Rows, order: Ints, over: Floats, cluster: Rows, n_clusters: int, most: int
) -> Rows:
    """Join clusters that broken cuts lie across, so many at most: the joint cluster of each."""
    joint = np.arange(n_clusters).astype(np.int32)
    size = np.ones(n_clusters, dtype=np.int64)
    for row in order:
        if over[row] <= _TINY:
            break
        for q in range(1, 3):
            a, b = joint[cluster[threes[row, 0]]], joint[cluster[threes[row, q]]]
            if a != b and size[a] + size[b] <= most:
                size[a] += size[b]
                for c in range(n_clusters):
                    if joint[c] == b:
                        joint[c] = a
    return joint


@numba.njit(cache=True)
def pack(
    threes: Rows, order: Ints, over: Floats, joint: Rows, weight: Floats
) -> tuple[Floats, Floats]:
    """Give weight to broken cuts within a joint cluster; what is left stays with the groups."""
    left, part = weight.copy(), np.zeros(len(threes))
    for row in order:
        if over[row] <= _TINY:
            break
        a, b, c = threes[row, 0], threes[row, 1], threes[row, 2]
        if joint[a] == joint[b] == joint[c]:
            part[row] = min(left[a], left[b], left[c])
            left[a] -= part[row]
            left[b] -= part[row]
            left[c] -= part[row]
    return part, left


@numba.njit(cache=True)
def add_slopes(table: Table, threes: Rows, part: Floats, joint: Rows, slope: Floats) -> None:
    """Add what the cuts of the threes rise by with each site, to ``[joint cluster, site]``."""
    times = np.zeros(slope.shape[1], dtype=np.int8)
    for row in range(len(threes)):
        if part[row] <= 0.0:
            continue
        k = joint[threes[row, 0]]
        for q in range(3):
            g = threes[row, q]
            for e in range(table.group_start[g], table.group_start[g + 1]):
                j = table.group_site[e]
                times[j] += 1
                if times[j] != 2:  # noqa: PLR2004 - the second time adds nothing
                    slope[k, j] += part[row]
        for q in range(3):
            for e in range(
                table.group_start[threes[row, q]], table.group_start[threes[row, q] + 1]
            ):
                times[table.group_site[e]] = 0
