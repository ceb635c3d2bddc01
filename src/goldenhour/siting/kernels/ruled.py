# SPDX-License-Identifier: Apache-2.0
"""Compiled loops of the chain with side rules: cover counts, and what each site would gain."""

import numba
import numpy as np

from goldenhour.siting.kernels.cover import Bools, Floats, Ints, Rows, Table


@numba.njit(cache=True)
def cover_at(table: Table, usable: Floats) -> Floats:
    """Sum the fractions of usable sites over each group."""
    cover = np.zeros(len(table.weight))
    for j in range(len(usable)):
        if usable[j] > 0.0:
            for e in range(table.site_start[j], table.site_start[j + 1]):
                cover[table.site_group[e]] += usable[j]
    return cover


@numba.njit(cache=True)
def site_sums(table: Table, price: Floats, part: Rows, n_parts: int) -> Floats:
    """Sum the prices of the groups that each site covers, part by part: ``[part, site]``."""
    n_sites = len(table.site_start) - 1
    total = np.zeros((n_parts, n_sites))
    for j in range(n_sites):
        for e in range(table.site_start[j], table.site_start[j + 1]):
            g = table.site_group[e]
            if price[g] != 0.0:
                total[part[g], j] += price[g]
    return total


@numba.njit(cache=True)
def together(clash: Bools, members: Ints, order: Ints) -> Ints:
    """Add to some columns, in an order, those that clash with all taken so far."""
    taken = np.empty(len(clash), dtype=np.int64)
    n = len(members)
    taken[:n] = members
    for column in order:
        fits = True
        for t in range(n):
            if not clash[column, taken[t]]:  # no column clashes with itself
                fits = False
                break
        if fits:
            taken[n] = column
            n += 1
    return taken[:n]
