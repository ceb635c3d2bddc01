# SPDX-License-Identifier: Apache-2.0
"""
Sites and hospitals with capacities, as a problem for the tree: Benders cuts from least cuts.

For any set of hungry groups, what is served is at most all other groups, and through each site the
smaller of its room and the hungry groups it covers (max-flow min-cut; Ford and Fulkerson 1956).
The least cut of the network at a point gives the set whose plane touches there. Without hungry
limits these are the planes of plain coverage, so that one formula serves both (Benders cuts;
Cordeau, Furini and Ljubić 2019).
"""

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.covering import Level
from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.kernels import capacity as kernel
from goldenhour.siting.kernels.capacity import Tiers
from goldenhour.siting.kernels.cover import Table
from goldenhour.siting.kernels.flow import Ints, Rows

_GRAINS = 1024.0
_UNITS = 2.0**48
"""Flow is counted in so many units of all demand, at most: whole numbers that float64 holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """
    The unit that flow is counted in.

    Parameters
    ----------
    unit
        People of one unit, a whole power of 2 times the grain where one is known.
    grain
        Every weight and room is a whole multiple of this; 0 if no such number is known.
    """

    unit: float
    grain: float

    def up(self, people: Floats) -> NDArray[np.int64]:
        """
        Count people in units, rounded up, so that a bound stays one.

        Parameters
        ----------
        people
            Any shape, finite.

        Returns
        -------
        units
            Same shape, int64.
        """
        units: NDArray[np.int64] = np.ceil(people / self.unit).astype(np.int64)
        return units

    def down(self, people: Floats) -> NDArray[np.int64]:
        """
        Count people in units, rounded down, so that nobody is served twice.

        Parameters
        ----------
        people
            Any shape, finite.

        Returns
        -------
        units
            Same shape, int64.
        """
        units: NDArray[np.int64] = np.floor(people / self.unit).astype(np.int64)
        return units


def measure(people: Floats, *rooms: Floats) -> Measure:
    """
    Choose the unit of flow.

    Parameters
    ----------
    people
        Weights of demand. Shape ``(n_demand,)``.
    *rooms
        Capacities of each tier; infinite where there is no limit.

    Returns
    -------
    measure
        Exact where people and capacities share a grain.
    """
    total = float(people.sum())
    if total <= 0.0:
        return Measure(unit=1.0, grain=1.0)
    parts = [people, *(np.minimum(room, total) for room in rooms)]
    fine = np.unique(np.concatenate(parts)) * _GRAINS
    if np.array_equal(fine, np.rint(fine)) and total * _GRAINS < _UNITS:
        grain = gcd(*(int(value) for value in fine)) / _GRAINS
        return Measure(unit=grain / 2.0 ** np.floor(np.log2(_UNITS * grain / total)), grain=grain)
    return Measure(unit=2.0 ** np.ceil(np.log2(total / _UNITS)), grain=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capped:
    """
    Merged demand, sites with room and, in the chain, hospitals with room.

    Parameters
    ----------
    tiers
        Who covers whom, who is linked to whom, and rooms in units.
    measure
        People of one unit.
    sites
        First tier.
    hospitals
        Second tier; none in models of one tier.
    clash
        Hospital in the same structure as each site, -1 if none. Shape ``(n_sites,)``, int32.
    """

    tiers: Tiers
    measure: Measure
    sites: Level
    hospitals: Level
    clash: NDArray[np.int32]

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.tiers.room)

    @property
    def n_hospitals(self) -> int:
        """Number of hospitals."""
        return len(self.tiers.beds)

    def ceiling(self) -> float:
        """
        Bound every choice by demand and by the largest rooms.

        Returns
        -------
        people
            No choice serves more.
        """
        most = [self.tiers.weight.sum()]
        tiers = [(self.tiers.room, self.sites)]
        if self.tiers.two:
            tiers.append((self.tiers.beds, self.hospitals))
        for room, level in tiers:
            most.append(np.sort(room[level.allowed])[::-1][: level.n].sum())
        return float(min(most)) * self.measure.unit

    def weigh(self, chosen: Bools) -> float:
        """
        Weigh a choice by flow.

        Parameters
        ----------
        chosen
            Sites, then hospitals. Shape ``(n_sites + n_hospitals,)``.

        Returns
        -------
        people
            The most that they can serve.
        """
        sites = np.flatnonzero(chosen[: self.n_sites]).astype(np.int32)
        hospitals = np.flatnonzero(chosen[self.n_sites :]).astype(np.int32)
        return float(kernel.served(self.tiers, sites, hospitals)) * self.measure.unit


def one_tier(table: Table, room: Floats, sites: Level, exact: Measure) -> Capped:
    """
    Put rooms to merged demand.

    Parameters
    ----------
    table
        Sites, groups and weights.
    room
        Capacity of each site; infinite where there is no limit. Shape ``(n_sites,)``.
    sites
        What may be opened.
    exact
        Unit of flow.

    Returns
    -------
    capped
        Without hospitals.
    """
    none = np.zeros(0, dtype=np.bool_)
    nobody = np.zeros((len(room), 0), dtype=np.bool_)
    beds = np.zeros(0, dtype=np.int64)
    return Capped(
        tiers=Tiers(*_units(table, room, exact), nobody, beds, two=False),
        measure=exact,
        sites=sites,
        hospitals=Level(n=0, forced=none, allowed=none),
        clash=np.full(len(room), kernel.EMPTY, dtype=np.int32),
    )


def two_tiers(
    table: Table,
    rooms: tuple[Floats, Floats],
    linked: Bools,
    levels: tuple[Level, Level],
    exact: Measure,
    clash: NDArray[np.int32] | None,
) -> Capped:
    """
    Put rooms and links to merged demand.

    Parameters
    ----------
    table
        Sites, groups and weights.
    rooms
        Capacity of each site and of each hospital, in people at the site; infinite where there is
        no limit. Shapes ``(n_sites,)`` and ``(n_hospitals,)``.
    linked
        Hospitals that each site reaches. Shape ``(n_sites, n_hospitals)``.
    levels
        What may be opened of either tier.
    exact
        Unit of flow.
    clash
        Hospital in the same structure as each site, -1 if none. Shape ``(n_sites,)``.

    Returns
    -------
    capped
        A site counts only with a hospital.
    """
    beds = exact.up(np.minimum(rooms[1], float(table.weight.sum())))
    nowhere = np.full(len(rooms[0]), kernel.EMPTY, dtype=np.int32)
    return Capped(
        tiers=Tiers(*_units(table, rooms[0], exact), linked, beds, two=True),
        measure=exact,
        sites=levels[0],
        hospitals=levels[1],
        clash=nowhere if clash is None else clash.astype(np.int32),
    )


def _units(table: Table, room: Floats, exact: Measure) -> tuple[Ints, Rows, Ints, Rows, Ints, Ints]:
    """Who covers whom, weights and rooms: rounded up, so that a bound stays one."""
    start, group, group_start, group_site, weight = table
    most = float(weight.sum())
    units = exact.up(weight), exact.up(np.minimum(room, most))
    return start, group, group_start, group_site, *units
