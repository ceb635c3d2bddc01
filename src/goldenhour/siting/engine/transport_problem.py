# SPDX-License-Identifier: Apache-2.0
"""
What demand that may be split gives to the tree: sites, and one cost bounded by prices.

For sites that are given, or shares of them, the best assignment is a flow of least cost. Its prices
bound the cost of every choice: their sum, less what each open site is worth, a knapsack filled by
shares (Benders cuts). Where there is no flow, a cut asks for room within reach of what is stuck.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.covering import Level
from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.kernels import transport as kernel
from goldenhour.siting.kernels.transport import Carried, Haul
from goldenhour.siting.linear_rows import LinearRows

Units = NDArray[np.int64]

_ROUNDING, _SAME = 1e-14, 1e-13
_ALMOST = 1.0 - 1e-12  # a sum of shares that is whole but for rounding
_SHUT = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Loads:
    """
    Demand that may be split, and sites with room.

    Parameters
    ----------
    cost
        Of serving a whole demand from a site, ``inf`` out of reach. Shape ``(n_sites, n_demand)``.
    load
        Whole units. Shape ``(n_demand,)``.
    room
        Whole units. Shape ``(n_sites,)``.
    sites
        What may be opened.
    """

    cost: Floats
    load: Units
    room: Units
    sites: Level


class TransportProblem:
    """
    Demand that may be split, as the tree sees it: sites, and minus the cost.

    Parameters
    ----------
    loads
        The inner problem.
    """

    grain = 0.0

    def __init__(self, loads: Loads) -> None:
        self.loads = loads
        self.n_open = len(loads.room)
        finite = np.isfinite(loads.cost)
        dearest = np.where(finite, loads.cost, 0.0).max(axis=0, initial=0.0)
        cheapest = np.where(loads.sites.allowed[:, np.newaxis], loads.cost, np.inf)
        least = np.minimum(cheapest.min(axis=0, initial=np.inf), dearest)
        self.profit = np.append(np.zeros(self.n_open), 1.0)
        self.lower = np.append(loads.sites.forced.astype(np.float64), -float(dearest.sum()))
        self.upper = np.append(
            loads.sites.allowed.astype(np.float64), -float(least.sum()) * (1.0 - _ROUNDING)
        )
        self.rows = self._lasting_rows()

    def _lasting_rows(self) -> LinearRows:
        """Open so many, and with room enough."""
        loads, everybody = self.loads, float(self.loads.load.sum())
        scale = max(1.0, everybody)
        rows = np.zeros((2, self.n_open + 1))
        rows[0, : self.n_open] = 1.0
        rows[1, : self.n_open] = np.minimum(loads.room, everybody) / scale
        n = float(loads.sites.n)
        return LinearRows.from_dense(
            rows, np.array([n, np.inf]), least=np.array([n, everybody / scale * _ALMOST])
        )

    def flow(self, share: Floats) -> tuple[NDArray[np.int64], Carried]:
        """
        Carry all demand to sites that are open by a share.

        Parameters
        ----------
        share
            From 0 to 1. Shape ``(n_sites,)``.

        Returns
        -------
        sites, carried
            The sites that are open at all, and the flow to them.
        """
        loads = self.loads
        sites = np.flatnonzero(share > _SHUT)
        part, cost = share[sites], loads.cost[sites]
        unit_cost = np.where(loads.load > 0, cost / np.maximum(loads.load, 1), np.inf)
        haul = Haul(
            unit_cost=unit_cost,
            load=loads.load,
            room=np.ceil(loads.room[sites] * part).astype(np.int64),
            most=np.where(
                np.isfinite(cost), np.ceil(np.outer(part, loads.load)).astype(np.int64), 0
            ),
            same=_SAME * float(np.max(unit_cost, initial=0.0, where=np.isfinite(unit_cost))),
        )
        return sites, kernel.carry(haul)

    def cuts(self, value: Floats, *, whole: bool) -> LinearRows:  # noqa: ARG002 - all are exact
        """
        Bound the cost by the prices of a flow, or ask for room where there is none.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.
        whole
            True where all sites are decided.

        Returns
        -------
        rows
            One.
        """
        row, limit = self._cut(np.clip(value[:-1], 0.0, 1.0))
        return LinearRows.from_dense(row[np.newaxis], np.array([limit]))

    def _cut(self, share: Floats) -> tuple[Floats, float]:
        """Ask for a site in reach of everybody, for room, or for what all of it costs."""
        reach = np.isfinite(self.loads.cost)
        open_to = share @ reach
        if len(open_to) and open_to.min() < 1.0 - _SHUT:
            return np.append(-reach[:, int(np.argmin(open_to))].astype(np.float64), 0.0), -1.0
        sites, carried = self.flow(share)
        if carried.stuck.any():
            return self._room(carried.stuck)
        return self._plane(sites, share[sites], carried.dear)

    def _plane(self, sites: NDArray[np.int64], share: Floats, dear: Floats) -> tuple[Floats, float]:
        """Say what the cost is at least, whatever is open."""
        loads = self.loads
        price = kernel.prices(np.ascontiguousarray(loads.cost[sites]), loads.load, share, dear)
        worth = kernel.worths(loads.cost, loads.load, loads.room, price)
        away = _ROUNDING * float(np.abs(price).sum())
        return np.append(-worth, 1.0), away - float(price.sum())

    def _room(self, stuck: Bools) -> tuple[Floats, float]:
        """Ask for as much room within reach of some demand as it takes."""
        loads = self.loads
        whole = float(loads.load[stuck].sum())
        near = np.isfinite(loads.cost[:, stuck]) @ loads.load[stuck].astype(np.float64)
        use = np.minimum(loads.room, near) / whole
        return np.append(-use, 0.0), -_ALMOST

    def shares(self, chosen: Bools) -> Floats | None:
        """
        Split demand between open sites at least cost.

        Parameters
        ----------
        chosen
            Shape ``(n_sites,)``, bool.

        Returns
        -------
        shares
            None if there is no room for all. Shape ``(n_sites, n_demand)``, columns sum to 1.
        """
        sites, carried = self.flow(chosen.astype(np.float64))
        nothing = np.flatnonzero(self.loads.load == 0)
        reached = np.isfinite(self.loads.cost[sites][:, nothing]).any(axis=0)
        if carried.stuck.any() or not reached.all():
            return None
        shares = np.zeros_like(self.loads.cost)
        shares[sites] = carried.flow / np.maximum(self.loads.load, 1)
        if len(nothing):
            nearest = sites[np.argmin(self.loads.cost[sites][:, nothing], axis=0)]
            shares[nearest, nothing] = 1.0
        return shares

    def choice(self, value: Floats) -> Bools | None:
        """
        Open the sites that are open most, what is forced first.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.

        Returns
        -------
        chosen
            Shape ``(n_open,)``.
        """
        sites = self.loads.sites
        rank = np.where(sites.forced, np.inf, np.where(sites.allowed, value[:-1], -np.inf))
        chosen = np.zeros(self.n_open, dtype=np.bool_)
        chosen[np.argsort(-rank, kind="stable")[: sites.n]] = True
        return chosen

    def worth(self, chosen: Bools) -> float:
        """
        Weigh a choice by its flow.

        Parameters
        ----------
        chosen
            Shape ``(n_open,)``, bool.

        Returns
        -------
        objective
            Minus its cost; ``-inf`` if it breaks a rule or has no room for all.
        """
        sites = self.loads.sites
        broken = (chosen & ~sites.allowed) | (sites.forced & ~chosen)
        if chosen.sum() != sites.n or broken.any():
            return -np.inf
        shares = self.shares(chosen)
        if shares is None:
            return -np.inf
        used = shares > 0
        return -float((self.loads.cost[used] * shares[used]).sum())
