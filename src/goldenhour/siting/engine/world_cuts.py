# SPDX-License-Identifier: Apache-2.0
"""
Many worlds as the search tree sees them.

Columns: sites, hospitals; people served on average, by cluster; people served in each world, by
cluster; and what the goal adds. Worlds are mixed where only their mean counts, which takes few
planes; where the worst count, each world has planes of its own, and only while it weighs on the
goal at the point in question.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.chain_cuts import Planes, Worth, planes
from goldenhour.siting.engine.covering import NO_CLASH
from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.engine.world_search import Tiers, WorldSearch, restricted_tiers
from goldenhour.siting.engine.world_table import WorldTable, restricted
from goldenhour.siting.kernels import cover as cover_kernel
from goldenhour.siting.kernels.chain_cuts import Entries
from goldenhour.siting.kernels.cover import Table
from goldenhour.siting.kernels.worlds import Aim
from goldenhour.siting.linear_rows import LinearRows

_MIXED_CLUSTERS, _WORLD_CLUSTERS = (5, 60), (1, 6)
_MET = 1e-9
_SHUT = 1e-4


@dataclass(kw_only=True)
class WorldProgram:
    """
    All worlds, one goal, as a ``Problem``.

    Parameters
    ----------
    table
        Groups, lanes, weights by world.
    aim
        How worlds are weighed; regret counts below 0.
    tiers
        What may be opened.
    layers
        What a second cover adds.
    grain
        Every objective is a whole multiple of this; 0 if no such number is known.
    """

    table: WorldTable
    aim: Aim
    tiers: Tiers
    layers: Worth
    grain: float = 0.0
    search: WorldSearch = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.search = WorldSearch(
            self.table, self.aim, self.tiers, backup_share=self.layers.backup_share
        )
        n, k = self.table.n_worlds, self.tiers.sites.n
        self._n_mixed = self._n_by_world = 0
        if self.aim.mean:
            cluster = _clusters(self.table, min(_MIXED_CLUSTERS[0] * k, _MIXED_CLUSTERS[1]))
            self._n_mixed = int(cluster.max(initial=0)) + 1
            self._mixed = Entries(
                np.arange(self.table.n_groups + 1, dtype=np.int64),
                cluster,
                self.table.merged(self.aim.chance * self.aim.mean),
            )
        if self.has_worlds:
            cluster = _clusters(self.table, min(_WORLD_CLUSTERS[0] * k, _WORLD_CLUSTERS[1]))
            self._n_by_world = int(cluster.max(initial=0)) + 1
            entries = self.table.entries
            row = entries.row * self._n_by_world + cluster[self.table.entry_group]
            self._by_world = Entries(entries.start, row.astype(np.int32), entries.weight)
        self._mixed_from = self.n_open
        self._world_from = self._mixed_from + self._n_mixed
        self._goal_from = self._world_from + n * self._n_by_world
        self._n_goal = (1 + n if self.aim.tail else 0) + (1 if self.aim.regret else 0)

    def restricted(self, kept: Bools) -> "WorldProgram":
        """
        Keep some sites and hospitals only.

        Parameters
        ----------
        kept
            Sites, then hospitals; with all that is forced. Shape ``(n_open,)``, bool.

        Returns
        -------
        program
            The same question about fewer.
        """
        x, z = np.split(kept, [len(self.tiers.sites.allowed)])
        return replace(
            self,
            table=restricted(self.table, x, z),
            tiers=restricted_tiers(self.tiers, kept),
        )

    @property
    def has_worlds(self) -> bool:
        """Whether single worlds count, not only their mean."""
        return self.aim.tail != 0.0 or self.aim.regret != 0.0

    @property
    def n_open(self) -> int:
        """Sites and hospitals."""
        return self.tiers.n_open

    @property
    def rank(self) -> NDArray[np.int64]:
        """Hospitals before sites: few, and many sites hang on each. Shape ``(n_open,)``."""
        rank: NDArray[np.int64] = np.ones(self.n_open, dtype=np.int64)
        rank[len(self.tiers.sites.allowed) :] = 0
        return rank

    @property
    def n_columns(self) -> int:
        """All columns."""
        return self._goal_from + self._n_goal

    @cached_property
    def profit(self) -> Floats:
        """Worth of each column. Shape ``(n_columns,)``."""
        profit = np.zeros(self.n_columns)
        profit[self._mixed_from : self._world_from] = 1.0
        if self.aim.tail:
            profit[self._goal_from] = self.aim.tail
            profit[self._short] = -self.aim.tail * self.aim.chance / self.aim.tail_share
        if self.aim.regret:
            profit[-1] = -self.aim.regret
        return profit

    @property
    def _short(self) -> slice:
        """Columns that say how far each world falls short of the worst that does not count."""
        return slice(self._goal_from + 1, self._goal_from + 1 + self.table.n_worlds)

    @cached_property
    def lower(self) -> Floats:
        """Least values. Shape ``(n_columns,)``."""
        lower = np.zeros(self.n_columns)
        lower[: self.n_open] = np.concatenate(
            [self.tiers.sites.forced, self.tiers.hospitals.forced]
        )
        return lower

    @cached_property
    def upper(self) -> Floats:
        """Greatest values. Shape ``(n_columns,)``."""
        upper = np.ones(self.n_columns)
        upper[: self.n_open] = np.concatenate(
            [self.tiers.sites.allowed, self.tiers.hospitals.allowed]
        )
        if self._n_mixed:
            upper[self._mixed_from : self._world_from] = self.layers.full * np.bincount(
                self._mixed.row, weights=self._mixed.weight, minlength=self._n_mixed
            )
        if self.has_worlds:
            ceiling = self.layers.full * np.bincount(
                self._by_world.row,
                weights=self._by_world.weight,
                minlength=self._goal_from - self._world_from,
            )
            upper[self._world_from : self._goal_from] = ceiling
            most = float(ceiling.reshape(self.table.n_worlds, -1).sum(axis=1).max(initial=0.0))
            upper[self._goal_from :] = max(most, float(self.aim.best.max(initial=0.0)))
        return upper

    @cached_property
    def rows(self) -> LinearRows:
        """Counts, one tier a structure, and what the goal asks of each world."""
        n_sites = len(self.tiers.sites.allowed)
        clashing = np.flatnonzero(self.tiers.clash != NO_CLASH)
        n_goal = self.table.n_worlds if self.has_worlds else 0
        table = np.zeros((2 + len(clashing) + n_goal, self.n_columns))
        limit, least = np.ones(len(table)), np.full(len(table), -np.inf)
        table[0, :n_sites] = 1.0
        table[1, n_sites : self.n_open] = 1.0
        limit[:2] = least[:2] = self.tiers.sites.n, self.tiers.hospitals.n
        at = 2 + np.arange(len(clashing))
        table[at, clashing] = 1.0
        table[at, n_sites + self.tiers.clash[clashing]] = 1.0
        for s in range(n_goal):
            row, mine = table[2 + len(clashing) + s], self._world_from + s * self._n_by_world
            row[mine : mine + self._n_by_world] = -1.0
            row[self._goal_from if self.aim.tail else self.n_columns - 1] = (
                1.0 if self.aim.tail else -1.0
            )
            if self.aim.tail:
                row[self._goal_from + 1 + s] = -1.0
            limit[2 + len(clashing) + s] = 0.0 if self.aim.tail else -self.aim.best[s]
        has_hospitals = self.tiers.n_open > n_sites
        keep = np.arange(len(table)) != (1 if not has_hospitals else -1)
        return LinearRows.from_dense(table[keep], limit[keep], least=least[keep])

    def cuts(self, value: Floats, *, whole: bool) -> LinearRows:  # noqa: ARG002 - all are exact
        """
        Touch what is served at a point, on average and in each world that weighs on the goal.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.
        whole
            True where every site is open or not.

        Returns
        -------
        rows
            Planes that the point is above.
        """
        n_sites = len(self.tiers.sites.allowed)
        point = np.clip(value[: self.n_open], 0.0, 1.0)
        point[point < _SHUT] = 0.0  # planes elsewhere hold too, and what is shut costs no time
        x, z = np.ascontiguousarray(point[:n_sites]), np.ascontiguousarray(point[n_sites:])
        found = []
        if self._n_mixed:
            touching = self._planes(self._mixed, x, z, self._n_mixed)
            columns = self._mixed_from + np.arange(self._n_mixed)
            found.append(touching.rows(columns, self.n_columns, value))
        if self.has_worlds:
            found.append(self._world_rows(x, z, value))
        return _joined(found)

    def _planes(self, entries: Entries, x: Floats, z: Floats, n: int) -> Planes:
        """Touch what is served."""
        return planes(self.table.lanes, entries, x, z, n_planes=n, worth=self.layers)

    def _world_rows(self, x: Floats, z: Floats, value: Floats) -> LinearRows:
        """Planes of the worlds that fall short of what the point claims for them."""
        n_worlds, n = self.table.n_worlds, self._n_by_world
        touching = self._planes(self._by_world, x, z, n_worlds * n)
        here = touching.of_site @ x + touching.of_hospital @ z + touching.constant
        served = here.reshape(n_worlds, n).sum(axis=1)
        if self.aim.tail:
            claimed = value[self._goal_from] - value[self._short]
        else:
            claimed = self.aim.best - value[-1]
        short = served < claimed - _MET * np.maximum(1.0, claimed)
        row = np.flatnonzero(np.repeat(short, n))
        some = Planes(
            of_site=touching.of_site[row],
            of_hospital=touching.of_hospital[row],
            constant=touching.constant[row],
        )
        return some.rows(self._world_from + row, self.n_columns, value)

    def choice(self, value: Floats) -> Bools | None:
        """
        Round a point, the most open first, and improve what comes of it.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.

        Returns
        -------
        chosen
            None if the search finds none. Shape ``(n_open,)``, bool.
        """
        chosen = np.zeros(self.n_open, dtype=np.bool_)
        first = 0
        for tier in (self.tiers.sites, self.tiers.hospitals):
            part = value[first : first + len(tier.allowed)]
            rank = np.where(tier.allowed, part + tier.forced, -1.0)
            chosen[first + np.argsort(-rank, kind="stable")[: tier.n]] = True
            first += len(tier.allowed)
        return self.search.improve(chosen)

    def worth(self, chosen: Bools) -> float:
        """
        Weigh a choice over all worlds.

        Parameters
        ----------
        chosen
            Sites, then hospitals. Shape ``(n_open,)``, bool.

        Returns
        -------
        worth
            ``-inf`` if it breaks a rule.
        """
        return self.search.worth(chosen)


def _clusters(table: WorldTable, n: int) -> NDArray[np.int32]:
    """Give each group to one of a few sites that cover most on the whole, hospitals left aside."""
    lanes = table.lanes
    group_site = lanes.lane_site[lanes.group_lane]
    site_start, site_group = cover_kernel.turn(lanes.group_start, group_site, table.n_sites)
    weight = table.merged(np.ones(table.n_worlds))
    sites = Table(site_start, site_group, lanes.group_start, group_site, weight)
    pivot = cover_kernel.lone_greedy(sites, min(max(n, 1), table.n_sites))
    return cover_kernel.cluster_groups(sites, pivot)


def _joined(parts: list[LinearRows]) -> LinearRows:
    """Put rows below each other."""
    if len(parts) == 1:
        return parts[0]
    length = np.concatenate([np.diff(part.start) for part in parts])
    return LinearRows(
        start=np.concatenate([[0], np.cumsum(length)]).astype(np.int64),
        column=np.concatenate([part.column for part in parts]),
        factor=np.concatenate([part.factor for part in parts]),
        limit=np.concatenate([part.limit for part in parts]),
        least=np.concatenate([part.least for part in parts]),
    )
