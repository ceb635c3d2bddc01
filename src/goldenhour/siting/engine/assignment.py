# SPDX-License-Identifier: Apache-2.0
"""
The inner problem of the p-median: each demand's sites, nearest first, and how many to open.

What is decided leaves the problem: a site that is open for sure ends the rows that it serves, one
that is shut leaves them. Each row ends no later than where some site is open for sure, which is the
radius reduction of García, Labbé and Marín (2011).
"""

from dataclasses import dataclass, replace
from math import gcd

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.covering import Level
from goldenhour.siting.kernels import p_median as kernel
from goldenhour.siting.kernels.p_median import EMPTY, Table
from goldenhour.siting.plain.times import Times

_AWAY = 8.0  # cost of leaving somebody out in the bounds, in longest times
_GRAINS, _EXACT = 1024.0, 2.0**52
SAME = 1e-9
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """
    Rows of demand that still depend on the choice, and the sites that are still undecided.

    Parameters
    ----------
    table
        What each row costs at each of its sites; ends in what it costs otherwise.
    weight
        Of each row. Shape ``(n_rows,)``.
    bare
        True where a row that none of its sites serves is left out. Shape ``(n_rows,)``, bool.
    n
        Sites to open among the undecided.
    left
        Weight that may be left out, at most; ``inf`` while it is not known.
    away
        What it costs to leave out a weight of 1.
    constant
        Cost of what no longer depends on the choice, less that of what must be left out.
    grain
        Every cost is a whole multiple of this; 0 if no such number is known.
    site
        The undecided sites, ascending. Shape ``(n_sites,)``, int32.
    opened
        Sites that are open for sure. Shape ``(n_opened,)``, int32.
    row
        Demand of each row. Shape ``(n_rows,)``, int32.
    """

    table: Table
    weight: NDArray[np.float64]
    bare: NDArray[np.bool_]
    n: int
    left: float
    away: float
    constant: float
    grain: float
    site: NDArray[np.int32]
    opened: NDArray[np.int32]
    row: NDArray[np.int32]

    @property
    def n_sites(self) -> int:
        """Number of undecided sites."""
        return len(self.site)

    @property
    def steep(self) -> Table:
        """The table with leaving out so dear that serving more always counts first."""
        if not self.bare.any():
            return self.table
        last = np.maximum(self.table.start[1:] - 1, 0)
        longest = float(np.where(self.bare, self.table.cost[last], self.table.most).sum())
        lightest, all_bare = (
            float(self.weight[self.bare].min()),
            float(self.weight[self.bare].sum()),
        )
        dear = np.ceil(longest / lightest) + self.away
        dear = max(self.away, min(dear, np.floor(_EXACT * (self.grain or 1.0) / all_bare)))
        return self.table._replace(most=np.where(self.bare, dear * self.weight, self.table.most))

    def beats(self, bound: float, cost: float) -> bool:
        """
        Whether anything that costs at least ``bound`` could be cheaper than what is in hand.

        Parameters
        ----------
        bound
            A proven lower bound.
        cost
            Cost in hand.

        Returns
        -------
        beats
            False if the two are the same, or no number between them can be a cost.
        """
        if self.grain:
            return bool(np.ceil(bound / self.grain - SAME) * self.grain < cost - _HALF * self.grain)
        return bool(bound < cost - SAME * max(1.0, abs(cost)))

    def cost(self, chosen: NDArray[np.bool_]) -> float:
        """
        Add up what a choice costs, ``inf`` if it leaves out more than may be.

        Parameters
        ----------
        chosen
            True where open. Shape ``(n_sites,)``, bool.

        Returns
        -------
        cost
            Weighted time, once ``left`` is known.
        """
        if self.left_out(chosen) > self.left * (1 + SAME):
            return float("inf")
        return self.constant + float(kernel.costs(self.table, chosen).sum())

    def left_out(self, chosen: NDArray[np.bool_]) -> float:
        """
        Add up the weight that a choice leaves out.

        Parameters
        ----------
        chosen
            True where open. Shape ``(n_sites,)``, bool.

        Returns
        -------
        weight
            Of the rows that none of their sites serves.
        """
        nobody = kernel.costs(self.table, chosen) >= self.table.most
        return float(self.weight[self.bare & nobody].sum())

    def in_units(self, unit: float) -> "Assignment":
        """
        Count costs in another unit.

        Parameters
        ----------
        unit
            A power of two, so that nothing is rounded.

        Returns
        -------
        assignment
            The same problem; a linear program likes numbers near 1.
        """
        table = self.table
        return replace(
            self,
            table=table._replace(cost=table.cost / unit, most=table.most / unit),
            away=self.away / unit,
            constant=self.constant / unit,
            grain=self.grain / unit,
        )

    def choice(self, slots: NDArray[np.int32]) -> NDArray[np.bool_]:
        """
        Turn slots into a choice.

        Parameters
        ----------
        slots
            Undecided sites, by position. Shape ``(n,)``.

        Returns
        -------
        chosen
            Shape ``(n_sites,)``, bool.
        """
        chosen = np.zeros(self.n_sites, dtype=np.bool_)
        chosen[slots] = True
        return chosen

    def sites(self, chosen: NDArray[np.bool_]) -> tuple[int, ...]:
        """
        Name the open sites of a choice, with those open for sure.

        Parameters
        ----------
        chosen
            Shape ``(n_sites,)``, bool.

        Returns
        -------
        sites
            Ascending.
        """
        return tuple(int(j) for j in np.union1d(self.opened, self.site[chosen]))


def build(times: Times, weights: NDArray[np.float64], sites: Level) -> Assignment:
    """
    Build the inner problem; demand that weighs nothing or that nobody can serve stays outside.

    Parameters
    ----------
    times
        Each demand's sites.
    weights
        Of each demand. Shape ``(n_demand,)``.
    sites
        How many, forced and allowed.

    Returns
    -------
    assignment
        With forced sites open and forbidden ones gone.
    """
    usable = times if sites.allowed.all() else times.only(sites.allowed[times.site])
    rows = np.flatnonzero((np.diff(usable.start) > 0) & (weights > 0)).astype(np.int32)
    pairs = np.zeros(usable.n_demand, dtype=np.bool_)
    pairs[rows] = True
    usable = usable if pairs.all() else usable.only(np.repeat(pairs, np.diff(usable.start)))
    size = np.diff(usable.start)[rows]
    weight = weights[rows].astype(np.float64)
    away = _AWAY * max(1.0, float(usable.time_s.max(initial=0.0)))
    cost = usable.time_s * np.repeat(weight, size)
    begin = np.append(usable.start[rows], len(cost)).astype(np.int64)
    bare = size < int(sites.allowed.sum()) - sites.n + 1
    whole = Assignment(
        table=Table(begin, usable.site, cost, away * weight),
        weight=weight,
        bare=bare,
        n=sites.n,
        left=float("inf"),
        away=away,
        constant=0.0,
        grain=_grain(weight, usable.time_s, away),
        site=np.arange(times.n_sites, dtype=np.int32),
        opened=np.zeros(0, dtype=np.int32),
        row=rows,
    )
    return shrink(whole, keep=sites.allowed & ~sites.forced, opens=sites.forced)


def shrink(
    assignment: Assignment, *, keep: NDArray[np.bool_], opens: NDArray[np.bool_]
) -> Assignment:
    """
    Take decided sites out of the problem, and rows that no longer depend on the others.

    Parameters
    ----------
    assignment
        The problem so far.
    keep
        Sites that stay undecided. Shape ``(n_sites,)``, bool.
    opens
        Sites that are open from now on. Shape ``(n_sites,)``, bool.

    Returns
    -------
    assignment
        The smaller one; every choice that is left costs the same in both.
    """
    number = np.where(keep, np.cumsum(keep) - 1, EMPTY).astype(np.int32)
    n = assignment.n - int(opens.sum())
    longest = int(keep.sum()) - n
    table, is_ended = kernel.cut_rows(assignment.table, number, opens, longest)
    bare = assignment.bare & ~is_ended
    depends = np.diff(table.start) > 0
    lost = ~depends & bare
    start = np.append(table.start[:-1][depends], len(table.site)).astype(np.int64)
    return replace(
        assignment,
        table=Table(start, table.site, table.cost, table.most[depends]),
        weight=assignment.weight[depends],
        bare=bare[depends],
        n=n,
        left=max(0.0, assignment.left - float(assignment.weight[lost].sum())),
        constant=assignment.constant + float(table.most[~depends].sum()),
        site=assignment.site[keep],
        opened=np.concatenate([assignment.opened, assignment.site[opens]]).astype(np.int32),
        row=assignment.row[depends],
    )


def _grain(weight: NDArray[np.float64], time_s: NDArray[np.float64], away: float) -> float:
    """Find the number that every cost is a whole multiple of; 0 if there is none to rely on."""
    grain = _divisor(weight) * _divisor(np.append(time_s, away))
    total = float(weight.sum()) * away
    return grain if grain and total / grain < _EXACT else 0.0


def _divisor(values: NDArray[np.float64]) -> float:
    """Greatest common divisor of multiples of 1/1024; 0 if some value is none."""
    scaled = values * _GRAINS
    if not len(values) or scaled.max() >= _EXACT or np.any(scaled != np.rint(scaled)):
        return 0.0
    distinct = np.unique(scaled.astype(np.int64))
    return gcd(*(int(value) for value in distinct)) / _GRAINS
