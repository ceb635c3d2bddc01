# SPDX-License-Identifier: Apache-2.0
"""
What capacities give to the tree: columns of sites, hospitals and the service of each cluster.

Planes above what a cluster is served come in closed form from how its groups are covered; planes
above all that is served come from a least cut, and fall apart by clusters where the cut does.
"""

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.capacity_search import settle
from goldenhour.siting.engine.min_cut import Capped
from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.kernels import capacity as kernel
from goldenhour.siting.kernels import cover
from goldenhour.siting.kernels.capacity import Shares
from goldenhour.siting.kernels.cover import Table
from goldenhour.siting.linear_rows import LinearRows

_MOST_CLUSTERS = 100
_CLUSTERS_PER_SITE = 5
_HALF = 0.5


class CappedProblem:
    """
    Sites and hospitals with capacities, as the tree sees them.

    Parameters
    ----------
    capped
        The inner problem.
    """

    def __init__(self, capped: Capped) -> None:
        self.capped, tiers = capped, capped.tiers
        self.n_open = capped.n_sites + capped.n_hospitals
        self.grain = capped.measure.grain
        self._cluster = _clusters(capped)
        self._n_clusters = int(self._cluster.max(initial=0)) + 1
        unit = capped.measure.unit
        most = np.bincount(self._cluster, weights=tiers.weight, minlength=self._n_clusters) * unit
        nothing = np.zeros(self._n_clusters)
        self.profit = np.concatenate([np.zeros(self.n_open), np.ones(self._n_clusters)])
        forced = np.concatenate([capped.sites.forced, capped.hospitals.forced])
        allowed = np.concatenate([capped.sites.allowed, capped.hospitals.allowed])
        self.lower = np.concatenate([forced.astype(np.float64), nothing])
        self.upper = np.concatenate([allowed.astype(np.float64), most])
        self.rows = self._lasting_rows()

    def _lasting_rows(self) -> LinearRows:
        """How many of each tier; one of the two where a structure is offered for both."""
        n_sites, clash = self.capped.n_sites, self.capped.clash
        paired = np.flatnonzero(clash != kernel.EMPTY)
        rows = np.zeros((2 + len(paired), len(self.profit)))
        rows[0, :n_sites] = 1.0
        rows[1, n_sites : self.n_open] = 1.0
        at = np.arange(len(paired))
        rows[2 + at, paired] = rows[2 + at, n_sites + clash[paired]] = 1.0
        limit = np.ones(len(rows))
        limit[:2] = self.capped.sites.n, self.capped.hospitals.n
        least = np.full(len(rows), -np.inf)
        least[:2] = limit[:2]
        return LinearRows.from_dense(rows, limit, least=least)

    def cuts(self, value: Floats, *, whole: bool) -> LinearRows:
        """
        Find planes below a point.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.
        whole
            True where all sites and hospitals are decided.

        Returns
        -------
        rows
            At a whole point, one of them is what this choice can serve.
        """
        tiers, n_sites = self.capped.tiers, self.capped.n_sites
        shares = np.clip(value[: self.n_open], 0.0, 1.0)
        at = Shares(shares[:n_sites], shares[n_sites:])
        uncovered = kernel.hungry_at(tiers, at)
        free = np.zeros(self.capped.n_hospitals, dtype=np.bool_)
        each = np.arange(self._n_clusters, dtype=np.int32)
        found = [self._planes(at, uncovered, free, each)]
        hungry, full = kernel.least_cut(tiers, at)
        if full.any():
            joined = np.zeros(self._n_clusters, dtype=np.int32)
        else:
            joined = kernel.join_clusters(tiers, at.x, hungry, self._cluster, self._n_clusters)
        found.append(self._planes(at, hungry, full, joined))
        if whole and joined.any():
            found.append(self._planes(at, hungry, full, np.zeros_like(joined)))
        return LinearRows.from_dense(
            np.concatenate([rows for rows, _ in found]), np.concatenate([c for _, c in found])
        )

    def _planes(
        self, at: Shares, hungry: Bools, full: Bools, owner: NDArray[np.int32]
    ) -> tuple[Floats, Floats]:
        """Make one row for each joined set of clusters."""
        parts, part_of = np.unique(owner, return_inverse=True)
        part = part_of.astype(np.int32)
        constant, slope = kernel.planes(
            self.capped.tiers, at, hungry, full, part[self._cluster], len(parts)
        )
        unit = self.capped.measure.unit
        held = (part[np.newaxis, :] == np.arange(len(parts))[:, np.newaxis]).astype(np.float64)
        return np.concatenate([-slope * unit, held], axis=1), constant * unit

    def choice(self, value: Floats) -> Bools | None:
        """
        Round a point and exchange sites and hospitals until nothing gains.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.

        Returns
        -------
        chosen
            None if a structure offered for both tiers stands in the way. Shape ``(n_open,)``.
        """
        return settle(self.capped, value[: self.n_open])

    def worth(self, chosen: Bools) -> float:
        """
        Weigh a choice by flow.

        Parameters
        ----------
        chosen
            Shape ``(n_open,)``, bool.

        Returns
        -------
        people
            The most that it can serve; ``-inf`` if it breaks a rule.
        """
        point = chosen.astype(np.float64)
        rows = self.rows
        at = np.repeat(np.arange(rows.n), np.diff(rows.start))
        found = np.bincount(at, weights=rows.factor * point[rows.column], minlength=rows.n)
        if np.any(found > rows.limit + _HALF) or np.any(found < rows.least - _HALF):
            return -np.inf
        if np.any(point < self.lower[: self.n_open]) or np.any(point > self.upper[: self.n_open]):
            return -np.inf
        return self.capped.weigh(chosen)


def _clusters(capped: Capped) -> NDArray[np.int32]:
    """Cluster groups around greedy sites, which lie far apart in what they cover."""
    tiers = capped.tiers
    if not len(tiers.weight):
        return np.zeros(0, dtype=np.int32)
    table = Table(*tiers[:4], tiers.weight.astype(np.float64))
    n = min(_CLUSTERS_PER_SITE * max(1, capped.sites.n), _MOST_CLUSTERS, capped.n_sites)
    return cover.cluster_groups(table, cover.lone_greedy(table, n))
