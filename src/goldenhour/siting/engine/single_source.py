# SPDX-License-Identifier: Apache-2.0
"""
Each demand goes whole to one site, within the room of the sites: what a choice of sites costs.

The best assignment to given sites is a generalised assignment problem. It is bounded by prices of
demand first, and a tree of its own is grown only where that leaves it open.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import gcd

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.covering import Level
from goldenhour.siting.engine.min_cut import measure
from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.engine.single_source_tree import seat_all
from goldenhour.siting.kernels import single_source as kernel
from goldenhour.siting.kernels.single_source import Climb, Depot
from goldenhour.siting.plain.effort import never
from goldenhour.siting.plain.times import Times

Rows = NDArray[np.int32]

_ROUNDS, _SCALE = 150, 1.0
_NODES = 20_000
_FINE = 2.0**-12
"""Prices are rounded to this share of a grain, so that sums of them are exact."""
_ROUNDING = 1e-9
_GRAINS, _EXACT = 1024.0, 2.0**52


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """
    The best assignment to given sites, as far as it is known.

    Parameters
    ----------
    cost
        Of an assignment; ``inf`` if none is known.
    bound
        No assignment to these sites costs less; ``inf`` if it is shown that there is none.
    site_of
        Site of each demand; empty if no assignment is known. Shape ``(n_demand,)``, int32.
    """

    cost: float
    bound: float
    site_of: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcels:
    """
    Demand that is not split, sites with room, and how many of them to open.

    Parameters
    ----------
    depot
        Costs, loads and rooms.
    sites
        What may be opened.
    grain
        Every cost is a whole multiple of this; 0 if no such number is known.
    """

    depot: Depot
    sites: Level
    grain: float

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.depot.room)

    def beats(self, bound: float, cost: float) -> bool:
        """
        Whether anything that a bound allows could cost less.

        Parameters
        ----------
        bound
            A proven one.
        cost
            In hand.

        Returns
        -------
        beats
            False if nothing better fits between the two.
        """
        if not np.isfinite(cost):
            return bound < np.inf
        if self.grain:
            return bool(np.ceil(bound / self.grain - _ROUNDING) * self.grain < cost)
        return cost - bound > _ROUNDING * max(1.0, abs(cost))

    def exact(self, price: Floats) -> Floats:
        """
        Round prices down to where sums of them are exact.

        Parameters
        ----------
        price
            Of each demand. Shape ``(n_demand,)``.

        Returns
        -------
        price
            As good, within rounding. Shape ``(n_demand,)``.
        """
        step = self.grain * _FINE
        if not step:
            return price
        rounded: Floats = np.floor(price / step) * step
        return rounded

    def assign(
        self, sites: Rows, price: Floats, to_beat: float, *, stop: Callable[[], bool] = never
    ) -> tuple[Assigned, Floats]:
        """
        Find the best assignment to given sites, if it can beat a cost.

        Parameters
        ----------
        sites
            Open sites, ascending. Shape ``(n_open,)``.
        price
            Prices to start from. Shape ``(n_demand,)``.
        to_beat
            What costs as much is of no interest.
        stop
            Asked now and then.

        Returns
        -------
        assigned, price
            With the prices that bound it.
        """
        share = np.zeros(self.n_sites)
        share[sites] = 1.0
        none = np.zeros(self.n_sites, dtype=np.bool_)
        wish = np.zeros(len(sites))
        seat, cost = kernel.assign(self.depot, sites, wish)
        most = min(to_beat, cost)
        target = most if np.isfinite(most) else 2.0 * float(price.sum())
        how = Climb(share, 0, none, none, target, _ROUNDS, _SCALE)
        bound, price = kernel.climb(self.depot, price, how)
        price = self.exact(price)
        known = Assigned(
            cost=float(cost), bound=float(bound), site_of=sites[seat] if cost < np.inf else seat[:0]
        )
        if self.beats(known.bound, min(to_beat, known.cost)):
            known = self._solve(sites, price, known, (to_beat, stop))
        return known, price

    def _solve(
        self, sites: Rows, price: Floats, known: Assigned, ends: tuple[float, Callable[[], bool]]
    ) -> Assigned:
        """Look for an assignment that costs less than what is known, in a tree of our own."""
        to_beat, stop = ends
        depot = self.depot
        own = Depot(np.ascontiguousarray(depot.cost[sites]), depot.load, depot.room[sites])
        most = min(to_beat, known.cost)
        found = seat_all(own, price, money=self, to_beat=most, nodes=_NODES, stop=stop)
        if not len(found.seat):
            return replace(known, bound=max(known.bound, found.bound))
        site_of = sites[found.seat]
        return Assigned(cost=self.cost_of(site_of), bound=found.bound, site_of=site_of)

    def cost_of(self, site_of: Rows) -> float:
        """
        Weigh an assignment; ``inf`` if it leaves somebody out or overfills a site.

        Parameters
        ----------
        site_of
            Site of each demand. Shape ``(n_demand,)``.

        Returns
        -------
        cost
            Its sum.
        """
        if not len(site_of) or np.any(site_of < 0):
            return 0.0 if not len(self.depot.load) else np.inf
        taken = np.bincount(site_of, weights=self.depot.load, minlength=self.n_sites)
        if np.any(taken > self.depot.room):
            return np.inf
        return float(self.depot.cost[site_of, np.arange(len(site_of))].sum())


def build(
    times: Times,
    weights: Floats,
    rooms: tuple[Floats, Floats],
    sites: Level,
    kept: NDArray[np.int64],
) -> Parcels:
    """
    Lay out costs, and count loads and rooms in whole units.

    Parameters
    ----------
    times
        Each demand's sites.
    weights
        Of each demand. Shape ``(n_demand,)``.
    rooms
        Load of each demand, room of each site. Shapes ``(n_demand,)`` and ``(n_sites,)``.
    sites
        What may be opened.
    kept
        Demand to serve, ascending. Shape ``(n_kept,)``.

    Returns
    -------
    parcels
        The inner problem.
    """
    time = np.full((times.n_demand, times.n_sites), np.inf)
    time[times.demand, times.site] = times.time_s
    time = time[kept]
    weight = weights[kept, np.newaxis]
    cost = np.where(np.isfinite(time), weight * np.where(np.isfinite(time), time, 0.0), np.inf)
    load = rooms[0][kept]
    room = np.minimum(rooms[1], load.sum())
    return Parcels(
        depot=Depot(np.ascontiguousarray(cost.T), *_whole(load, room)),
        sites=sites,
        grain=_grain(cost[np.isfinite(cost)]),
    )


def _whole(load: Floats, room: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count loads and rooms in whole units: few where loads share a grain, else very fine ones."""
    exact = measure(load)
    if exact.grain:  # what loads cannot fill of a room is of no use
        return (
            np.rint(load / exact.grain).astype(np.int64),
            np.floor(room / exact.grain).astype(np.int64),
        )
    # Loads are rounded down and rooms up: no choice is lost.
    return np.floor(load / exact.unit).astype(np.int64), np.ceil(room / exact.unit).astype(np.int64)


def _grain(cost: Floats) -> float:
    """Find a number that divides all costs exactly; 0 if none is known."""
    fine = np.unique(cost) * _GRAINS
    if not np.array_equal(fine, np.rint(fine)) or cost.sum() * _GRAINS >= _EXACT:
        return 0.0
    return gcd(*(int(value) for value in fine)) / _GRAINS


def rough_prices(parcels: Parcels) -> Floats:
    """
    Start prices at the cost of each demand's fairly near sites.

    Parameters
    ----------
    parcels
        The inner problem.

    Returns
    -------
    price
        Shape ``(n_demand,)``.
    """
    allowed = np.flatnonzero(parcels.sites.allowed)
    if not len(allowed):
        return np.zeros(len(parcels.depot.load))
    near = min(len(allowed) - 1, len(allowed) // max(1, 2 * parcels.sites.n))
    cost = np.partition(parcels.depot.cost[allowed], near, axis=0)[near]
    finite = parcels.depot.cost[np.isfinite(parcels.depot.cost)]
    price: Floats = np.where(np.isfinite(cost), cost, finite.max(initial=0.0))
    return price


def open_rows(chosen: Bools) -> Rows:
    """
    Turn yes and no into rows.

    Parameters
    ----------
    chosen
        Shape ``(n_sites,)``.

    Returns
    -------
    sites
        Ascending.
    """
    return np.flatnonzero(chosen).astype(np.int32)
