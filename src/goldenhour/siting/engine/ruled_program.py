# SPDX-License-Identifier: Apache-2.0
"""
The chain with side rules as the search tree sees it.

Columns: sites, hospitals, people covered of each cluster, people covered twice where a backup
counts, and the smallest share of a zone where that is the aim. Coverage is concave in the
fractions of open sites and hospitals, so that its slope at any point is a plane above it (Cordeau,
Furini and Ljubić 2019); a site's slope goes to itself or to its hospitals, whichever is less.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.engine.ruled import KEEPS, Ruled, crowds
from goldenhour.siting.engine.ruled_search import Search
from goldenhour.siting.kernels import ruled as kernel
from goldenhour.siting.linear_rows import LinearRows

_FULL = 1e-9
_CROWDED = 1e-6


def unit_of(ruled: Ruled) -> float:
    """
    Choose how many people are one in the program, so that its values are of the size of shares.

    Parameters
    ----------
    ruled
        The problem.

    Returns
    -------
    unit
        A power of two: going there and back is exact.
    """
    return float(2.0 ** np.ceil(np.log2(max(1.0, float(ruled.table.weight.sum())))))


def crowded_rows(ruled: Ruled, value: Floats) -> sparse.csr_array:
    """
    Find the sets of columns that all clash and of which more than one is open.

    Parameters
    ----------
    ruled
        The problem.
    value
        Column values, those of sites and hospitals first. Shape ``(n_columns,)``.

    Returns
    -------
    rows
        One for each set, 1 where a column is in it; none may sum to more than 1. Shape
        ``(n_sets, n_columns)``.
    """
    sets = crowds(ruled.clash, value[: ruled.n_open], most=1 + _CROWDED)
    start = np.cumsum([0, *(len(members) for members in sets)])
    column = np.concatenate([*sets, np.zeros(0, dtype=np.int64)])
    return sparse.csr_array((np.ones(len(column)), column, start), shape=(len(sets), len(value)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """
    What a solve is for.

    Parameters
    ----------
    worst_zone
        Whether the smallest share of a zone is maximised, and not people.
    least_share
        Share of its people that must be served in every zone that anybody could serve.
    to_beat
        Value in the program's unit that is in hand: what is worth less is not looked for.
    """

    worst_zone: bool = False
    least_share: float = 0.0
    to_beat: float = -np.inf


@dataclass(kw_only=True)
class RuledProgram:
    """
    One problem and one aim, as a ``Problem``.

    Parameters
    ----------
    ruled
        Sites, groups and side rules.
    aim
        What is wanted.
    cluster
        Cluster of each group; a cluster lies in one zone. Shape ``(n_groups,)``, int32.
    grain
        Every sum of weights is a whole multiple of this; 0 if no such number is known.
    """

    ruled: Ruled
    aim: Aim
    cluster: NDArray[np.int32]
    grain_of_people: float = 0.0
    search: Search = field(init=False)

    def __post_init__(self) -> None:
        self.search = Search(self.ruled, worst_zone=self.aim.worst_zone)
        self.n_clusters = int(self.cluster.max(initial=-1)) + 1
        self._layers = (1, 2) if self.ruled.backup_share else (1,)
        weight = self.ruled.table.weight
        self._ceiling = np.bincount(self.cluster, weights=weight, minlength=self.n_clusters)
        self.unit = unit_of(self.ruled)
        self._share_from = self.n_open + len(self._layers) * self.n_clusters

    @property
    def n_open(self) -> int:
        """Sites and hospitals."""
        return self.ruled.n_open

    @property
    def n_columns(self) -> int:
        """All columns."""
        return self._share_from + self.aim.worst_zone

    @cached_property
    def profit(self) -> Floats:
        """Worth of each column. Shape ``(n_columns,)``."""
        profit = np.zeros(self.n_columns)
        if self.aim.worst_zone:
            profit[-1] = 1.0
            return profit
        backup = self.ruled.backup_share
        for layer, factor in zip(self._layers, (1 - backup, backup), strict=False):
            profit[self._part(layer)] = factor
        return profit

    @cached_property
    def lower(self) -> Floats:
        """Least values. Shape ``(n_columns,)``."""
        lower = np.zeros(self.n_columns)
        lower[: self.n_open] = self.ruled.forced
        return lower

    @cached_property
    def upper(self) -> Floats:
        """Greatest values. Shape ``(n_columns,)``."""
        upper = np.ones(self.n_columns)
        upper[: self.n_open] = self.ruled.allowed
        for layer in self._layers:
            upper[self._part(layer)] = layer * self._ceiling / self.unit
        return upper

    @property
    def grain(self) -> float:
        """Every objective is a whole multiple of this; 0 if no such number is known."""
        plain = not self.aim.worst_zone and not self.ruled.backup_share
        return self.grain_of_people / self.unit if plain else 0.0

    @cached_property
    def rows(self) -> LinearRows:
        """Counts, budget, and the zones' shares."""
        rows, limit, least = self._counts()
        if np.isfinite(self.ruled.budget):
            size = max(1.0, float(self.ruled.cost.max(initial=0.0)))
            cost = np.zeros(self.n_columns)
            cost[: self.n_open] = self.ruled.cost / size
            rows.append(cost)
            limit.append(self.ruled.budget / size * (1 + KEEPS))
            least.append(-np.inf)
        if np.isfinite(self.aim.to_beat):
            rows.append(self.profit)
            limit.append(np.inf)
            least.append(self.aim.to_beat)
        for zone in np.flatnonzero(self.ruled.zones.counts):
            if self.aim.worst_zone or self.aim.least_share:
                rows.append(self._zone_row(int(zone)))
                limit.append(np.inf)
                least.append(self.aim.least_share * (1 - KEEPS))
        return LinearRows.from_dense(np.array(rows), np.array(limit), least=np.array(least))

    def _counts(self) -> tuple[list[Floats], list[float], list[float]]:
        """How many may open of each tier."""
        rows, limit, least = [], [], []
        n = self.ruled.n_sites
        for part, level, fewer in (
            (slice(0, n), self.ruled.sites, self.ruled.fewer_sites),
            (slice(n, self.n_open), self.ruled.hospitals, False),
        ):
            row = np.zeros(self.n_columns)
            row[part] = 1.0
            rows.append(row)
            limit.append(float(level.n))
            least.append(-np.inf if fewer else float(level.n))
        return rows, limit, least

    def _zone_row(self, zone: int) -> Floats:
        """Share of a zone's people that are covered, less the smallest share of all if asked."""
        row, zones = np.zeros(self.n_columns), self.ruled.zones
        inside = np.unique(self.cluster[zones.of_group == zone])
        row[self.n_open + inside] = self.unit / zones.people[zone]
        if self.aim.worst_zone:
            row[-1] = -1.0
        return row

    def _part(self, layer: int) -> slice:
        """Columns of people covered once, or twice."""
        start = self.n_open + (layer - 1) * self.n_clusters
        return slice(start, start + self.n_clusters)

    def cuts(self, value: Floats, *, whole: bool) -> LinearRows:  # noqa: ARG002 - all is found
        """
        Find planes and distances that a point breaks.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.
        whole
            Nothing is left out in either case.

        Returns
        -------
        rows
            Valid for every choice.
        """
        found = [self._planes(value, layer) for layer in self._layers]
        rows = np.vstack([rows for rows, _ in found])
        limit = np.concatenate([limit for _, limit in found])
        crowded = crowded_rows(self.ruled, value)
        table = sparse.vstack([sparse.csr_array(rows), crowded], format="csr")
        return LinearRows(
            start=table.indptr.astype(np.int64),
            column=table.indices.astype(np.int32),
            factor=table.data,
            limit=np.concatenate([limit, np.ones(crowded.shape[0])]),
            least=np.full(table.shape[0], -np.inf),
        )

    def _planes(self, value: Floats, layer: int) -> tuple[Floats, Floats]:
        """Slope of each cluster's people covered at most so often, at a point."""
        ruled, n = self.ruled, self.ruled.n_sites
        x, z = value[:n], value[n : self.n_open]
        of_class = ruled.classes @ z
        linked = of_class[ruled.class_of]
        count = kernel.cover_at(ruled.table, np.minimum(x, linked))
        full = count >= layer - _FULL
        weight = ruled.table.weight / self.unit
        held = layer * weight * full
        constant: Floats = np.bincount(
            self.cluster, weights=held, minlength=self.n_clusters
        ).astype(np.float64)
        slope = kernel.site_sums(ruled.table, weight * ~full, self.cluster, self.n_clusters)
        by_site = x <= linked
        rows = np.zeros((self.n_clusters, self.n_columns))
        rows[:, :n] = np.where(by_site, -slope, 0.0)
        rows[:, n : self.n_open] = -self._to_hospitals(np.where(by_site, 0.0, slope))
        rows[np.arange(self.n_clusters), self._part(layer).start + np.arange(self.n_clusters)] = 1.0
        return rows, constant

    def _to_hospitals(self, slope: Floats) -> Floats:
        """Hand the slope of sites to the hospitals of their class."""
        ruled = self.ruled
        some = np.flatnonzero(slope.any(axis=0))
        by_class = np.zeros((len(slope), len(ruled.classes)))
        np.add.at(by_class.T, ruled.class_of[some], slope[:, some].T)
        handed: Floats = by_class @ ruled.classes
        return handed

    def choice(self, value: Floats) -> Bools | None:
        """
        Make a choice from a point.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.

        Returns
        -------
        chosen
            None if none is found. Shape ``(n_open,)``, bool.
        """
        wish = value[: self.n_open]
        chosen = self.search.improve(np.where(wish > _CROWDED, wish, 0.0))
        return chosen if chosen is not None and self.worth(chosen) > -np.inf else None

    def worth(self, chosen: Bools) -> float:
        """
        Weigh a choice, group by group.

        Parameters
        ----------
        chosen
            True where open. Shape ``(n_open,)``, bool.

        Returns
        -------
        objective
            In the program's unit; ``-inf`` if the choice breaks a rule.
        """
        ruled = self.ruled
        if not ruled.keeps_rules(chosen):
            return -np.inf
        by_zone, value = ruled.served(ruled.covers(chosen[: ruled.n_sites] & ruled.usable(chosen)))
        share = ruled.worst_share(by_zone)
        worth = share if self.aim.worst_zone else value / self.unit
        is_fair = share >= self.aim.least_share * (1 - KEEPS)
        return worth if is_fair and worth >= self.aim.to_beat else -np.inf
