# SPDX-License-Identifier: Apache-2.0
"""
The p-median as the search tree sees it: one cost for each cluster of demand, cuts in closed form.

At a point, each demand walks its sites, nearest first, until they add up to one whole site; what
it costs there is its price, and price less cost is what each nearer site takes off it. Summed over
a cluster this is a cut that every choice keeps: the Benders cuts of the radius formulation
(Duran-Mateluna, Alès and Elloumi 2023), fewer and denser.
"""

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.assignment import Assignment
from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.kernels import p_median as kernel
from goldenhour.siting.kernels.p_median import EMPTY
from goldenhour.siting.linear_rows import LinearRows

_LEAST_CLUSTERS, _PER_SITE, _MOST_CLUSTERS = 40, 10, 1500
_BROKEN = 1e-7
_ROWS_AT_ONCE = 50
_TINY = 1e-9


class AssignmentProblem:
    """
    Columns: sites, a cost for each cluster, the weight left out, and one that carries the constant.

    Parameters
    ----------
    assignment
        The inner problem.
    price
        Good prices, for the first cuts. Shape ``(n_rows,)``.
    lead
        How much each site asks to lead a cluster. Shape ``(n_sites,)``.
    most
        A cost that can be had.
    """

    def __init__(self, assignment: Assignment, *, price: Floats, lead: Floats, most: float) -> None:
        self.assignment = assignment
        self._steep = assignment.steep
        self._cluster, self._n_clusters = _clusters(assignment, lead)
        self._least = np.bincount(
            self._cluster, weights=_nearest(assignment), minlength=self._n_clusters
        )
        self._most = max(0.0, most - assignment.constant - self._least.sum())
        self._order = np.argsort(self._cluster, kind="stable").astype(np.int32)
        size = np.bincount(self._cluster, minlength=self._n_clusters)
        self._start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
        nowhere = np.zeros(self.n_open + self._n_clusters)
        self._first = self._priced(price, nowhere, least=0.0)

    @property
    def n_open(self) -> int:
        """Undecided sites."""
        return self.assignment.n_sites

    @property
    def profit(self) -> Floats:
        """Minus the costs of the clusters and the constant. Shape ``(n_columns,)``."""
        costs = np.ones(self._n_clusters)
        return -np.concatenate([np.zeros(self.n_open), costs, [0.0, self.assignment.constant]])

    @property
    def lower(self) -> Floats:
        """Each cluster costs at least its nearest sites. Shape ``(n_columns,)``."""
        return np.concatenate([np.zeros(self.n_open), self._least, [0.0, 1.0]])

    @property
    def upper(self) -> Floats:
        """No cluster takes more than what can be had leaves it. Shape ``(n_columns,)``."""
        left = min(self.assignment.left, float(self.assignment.weight.sum()))
        return np.concatenate([np.ones(self.n_open), self._least + self._most, [left, 1.0]])

    @property
    def rows(self) -> LinearRows:
        """So many sites, and the cuts of the first prices."""
        n = np.array([float(self.assignment.n)])
        count = LinearRows(
            start=np.array([0, self.n_open], dtype=np.int64),
            column=np.arange(self.n_open, dtype=np.int32),
            factor=np.ones(self.n_open),
            limit=n,
            least=n,
        )
        return _together(count, self._first)

    @property
    def grain(self) -> float:
        """That of the costs."""
        return self.assignment.grain

    def cuts(self, value: Floats, *, whole: bool) -> LinearRows:
        """
        Price each row at the point, and see that it is not left out too often.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.
        whole
            True where every site is open or shut.

        Returns
        -------
        rows
            Those that the point breaks.
        """
        point = value[: self.n_open]
        price = kernel.prices_at(self.assignment.table, point)
        broken = self._priced(price, value[:-2], least=_TINY if whole else _BROKEN)
        if not self.assignment.bare.any():
            return broken
        table, limit = self._reaching(point)
        short = table @ value - limit > _TINY * np.maximum(1.0, np.abs(limit))
        return _together(broken, LinearRows.from_dense(table[short], limit[short]))

    def choice(self, value: Floats) -> Bools | None:
        """
        Open the sites that are most open at the point, then exchange.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.

        Returns
        -------
        chosen
            Shape ``(n_open,)``, bool.
        """
        start = np.argsort(-value[: self.n_open], kind="stable")[: self.assignment.n]
        allowed = np.ones(self.n_open, dtype=np.bool_)
        least = exchange_step(self.assignment)
        slots = kernel.place(self._steep, start.astype(np.int32), allowed, least, 0, 1)
        return self.assignment.choice(slots)

    def worth(self, chosen: Bools) -> float:
        """
        Weigh a choice.

        Parameters
        ----------
        chosen
            Shape ``(n_open,)``, bool.

        Returns
        -------
        objective
            Minus its cost.
        """
        if int(chosen.sum()) != self.assignment.n:
            return float("-inf")
        return -self.assignment.cost(chosen)

    def _priced(self, price: Floats, value: Floats, *, least: float) -> LinearRows:
        """Cuts of some prices that a point breaks by more than a share."""
        start, column, factor, limit = kernel.cluster_cuts(
            self.assignment.table, price, self._order, self._start, value, least
        )
        nothing = np.full(len(limit), -np.inf)
        return LinearRows(start=start, column=column, factor=factor, limit=limit, least=nothing)

    def _reaching(self, point: Floats) -> tuple[Floats, Floats]:
        """Cuts on who is left out: all rows short of a site together, and the worst alone."""
        assignment, table = self.assignment, self.assignment.table
        missing = np.where(assignment.bare, kernel.missing_at(table, point), 0.0)
        short = np.flatnonzero(missing > _TINY)
        worst = short[np.argsort(-missing[short], kind="stable")[:_ROWS_AT_ONCE]]
        cuts = np.zeros((len(worst) + 1, self.n_open + self._n_clusters + 2))
        weight = np.append(assignment.weight[worst], assignment.weight[short].sum())
        for at, i in enumerate(worst):
            cuts[at, table.site[table.start[i] : table.start[i + 1]]] = -assignment.weight[i]
        length = np.diff(table.start)
        entry = np.repeat(np.isin(np.arange(len(length)), short), length)
        cuts[-1, : self.n_open] = -np.bincount(
            table.site[entry],
            weights=np.repeat(assignment.weight, length)[entry],
            minlength=self.n_open,
        )
        cuts[:, -2] = -1.0
        return cuts, -weight


def exchange_step(assignment: Assignment) -> float:
    """
    Choose what an exchange must gain at least.

    Parameters
    ----------
    assignment
        The inner problem.

    Returns
    -------
    least
        Half a grain, or what rounding cannot make.
    """
    return assignment.grain / 2 or _TINY * float(assignment.table.most.sum())


def _together(one: LinearRows, other: LinearRows) -> LinearRows:
    """Join rows."""
    return LinearRows(
        start=np.concatenate([one.start, one.start[-1] + other.start[1:]]),
        column=np.concatenate([one.column, other.column]),
        factor=np.concatenate([one.factor, other.factor]),
        limit=np.concatenate([one.limit, other.limit]),
        least=np.concatenate([one.least, other.least]),
    )


def _nearest(assignment: Assignment) -> Floats:
    """Cost of each row at its nearest site."""
    table = assignment.table
    least: NDArray[np.float64] = table.cost[table.start[:-1]]
    return least


def _clusters(assignment: Assignment, lead: Floats) -> tuple[NDArray[np.int32], int]:
    """Gather rows around the sites that ask most to lead."""
    wanted = min(_MOST_CLUSTERS, max(_LEAST_CLUSTERS, _PER_SITE * assignment.n))
    pivot = np.argsort(-lead, kind="stable")[:wanted]
    leads = np.full(assignment.n_sites, EMPTY, dtype=np.int32)
    leads[pivot] = np.arange(len(pivot), dtype=np.int32)
    found = kernel.cluster_rows(assignment.table, leads, len(pivot))
    used, cluster = np.unique(found, return_inverse=True)
    return cluster.reshape(-1).astype(np.int32), len(used)
