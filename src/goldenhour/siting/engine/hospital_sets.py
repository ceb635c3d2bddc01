# SPDX-License-Identifier: Apache-2.0
"""
Hospitals first: with the hospitals given, the rest is a one-tier problem that is solved quickly.

Sets of hospitals are looked at in the order of what they could be worth at most. Every solved set
leaves prices that lower the bounds of the others, so that few have to be solved.
"""

from collections.abc import Iterator
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.covering import NO_CLASH, Covering
from goldenhour.siting.kernels import cover as kernel

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MOST_SETS = 20_000
_CHUNK = 256


def n_sets(covering: Covering) -> int:
    """
    Count the sets of hospitals that could be opened.

    Parameters
    ----------
    covering
        The inner problem.

    Returns
    -------
    n
        Number of sets.
    """
    hospitals = covering.hospitals
    free = int((hospitals.allowed & ~hospitals.forced).sum())
    return comb(free, hospitals.n - int(hospitals.forced.sum()))


class HospitalSets:
    """
    All sets of hospitals of one problem, with a bound for each.

    Parameters
    ----------
    covering
        The inner problem.
    """

    def __init__(self, covering: Covering) -> None:
        hospitals = covering.hospitals
        forced = np.flatnonzero(hospitals.forced)
        free = np.flatnonzero(hospitals.allowed & ~hospitals.forced)
        others = list(combinations(free.tolist(), hospitals.n - len(forced)))
        self.sets = np.array([[*forced, *other] for other in others], dtype=np.int64)
        self.sets = self.sets.reshape(len(others), hospitals.n)
        self._covering = covering
        self._reach = _reach(covering)
        self._covers = np.stack(
            [_covered(covering, self._reach[k]) for k in range(covering.n_hospitals)]
        )
        self.bound = np.full(len(self.sets), np.inf)
        self.is_solved = np.zeros(len(self.sets), dtype=np.bool_)

    def usable(self, number: int) -> Bools:
        """
        Find the sites that count with one set.

        Parameters
        ----------
        number
            The set.

        Returns
        -------
        usable
            Shape ``(n_sites,)``, bool.
        """
        chosen = self.sets[number]
        blocked = np.isin(self._covering.clash, chosen)
        usable: Bools = self._reach[chosen].any(axis=0) & ~blocked & self._covering.sites.allowed
        return usable

    def open_hospital(self, number: int) -> Bools:
        """
        Mark the hospitals of one set.

        Parameters
        ----------
        number
            The set.

        Returns
        -------
        open_hospital
            Shape ``(n_hospitals,)``, bool.
        """
        marked = np.zeros(self._covering.n_hospitals, dtype=np.bool_)
        marked[self.sets[number]] = True
        return marked

    def price(self, price: Floats, value: float) -> None:
        """
        Lower the bounds by prices: what is not priced away, and the best scores of usable sites.

        Parameters
        ----------
        price
            Price of each group, 0 to its weight. Shape ``(n_groups,)``.
        value
            Sets whose bound is not above this are not looked at.
        """
        weight = self._covering.table.weight
        price = np.clip(price, 0.0, weight)
        score = kernel.prices(self._covering.table, price)
        n = min(self._covering.sites.n, len(score))
        for rows in self._chunks(value):
            covered = self._covers[self.sets[rows]].any(axis=1)
            usable = self._reach[self.sets[rows]].any(axis=1)
            scores = np.where(usable, score[np.newaxis, :], 0.0)
            best = np.partition(scores, len(score) - n, axis=1)[:, len(score) - n :]
            found = covered @ (weight - price) + best.sum(axis=1)
            self.bound[rows] = np.minimum(self.bound[rows], found)

    def _chunks(self, value: float) -> Iterator[NDArray[np.int64]]:
        """Take open sets a few at a time."""
        rows = np.flatnonzero(~self.is_solved & (self.bound > value))
        for first in range(0, len(rows), _CHUNK):
            yield rows[first : first + _CHUNK]

    def next(self) -> int:
        """
        Find the unsolved set with the highest bound.

        Returns
        -------
        number
            The set, -1 if all are solved.
        """
        open_bound = np.where(self.is_solved, -np.inf, self.bound)
        number = int(np.argmax(open_bound)) if len(open_bound) else -1
        return number if number >= 0 and not self.is_solved[number] else -1


def _reach(covering: Covering) -> Bools:
    """Sites that each hospital makes count: ``(n_hospitals, n_sites)``."""
    reach: Bools = covering.classes[np.maximum(covering.class_of, 0)].T.copy()
    paired = np.flatnonzero(covering.clash != NO_CLASH)
    reach[covering.clash[paired], paired] = False
    reach[:, ~covering.sites.allowed] = False
    return reach


def _covered(covering: Covering, usable: Bools) -> Bools:
    """Find the groups that some usable site covers."""
    table = covering.table
    sites = np.flatnonzero(usable).astype(np.int32)
    return kernel.covered_by(table.site_start, table.site_group, sites, len(table.weight))
