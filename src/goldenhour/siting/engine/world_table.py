# SPDX-License-Identifier: Apache-2.0
"""
Many worlds as one table: groups of demand, the lanes that serve them, and their weight per world.

A lane is a site together with the hospitals that it reaches. Demand whose lanes are the same, in
one world or in several, is one group with a weight for each world: every choice serves all of it
or none. Lanes that reach no hospital serve nobody and drop out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import gcd

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.kernels import cover as cover_kernel
from goldenhour.siting.kernels.chain_cuts import NEEDS_NONE, Entries, Lanes
from goldenhour.siting.plain.cover import Cover

_GRAINS = 1024.0
_EXACT = 2.0**52


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """
    One world as it comes.

    Parameters
    ----------
    cover
        Which homes each site covers.
    people
        People of each home. Shape ``(n_homes,)``.
    linked
        True where a hospital is near enough to a site; None asks for no hospital. Shape
        ``(n_sites, n_hospitals)``, bool.
    """

    cover: Cover
    people: Floats
    linked: Bools | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldTable:
    """
    All worlds, merged.

    Parameters
    ----------
    lanes
        Groups, their lanes, and the hospitals of these.
    entries
        Worlds and weights of each group; the row is the world.
    lane_start
        Groups of each lane, compressed. Shape ``(n_lanes + 1,)``, int64.
    lane_group
        Shape ``(n_pairs,)``, int32.
    n_sites
        Number of sites.
    n_hospitals
        Number of hospitals; none where one tier is asked for.
    n_worlds
        Number of worlds.
    grain
        Every weight is a whole multiple of this; 0 if no such number is known.
    """

    lanes: Lanes
    entries: Entries
    lane_start: NDArray[np.int64]
    lane_group: NDArray[np.int32]
    n_sites: int
    n_hospitals: int
    n_worlds: int
    grain: float

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(self.entries.start) - 1

    @property
    def entry_group(self) -> NDArray[np.int64]:
        """Group of each entry. Shape ``(n_entries,)``."""
        return np.repeat(np.arange(self.n_groups), np.diff(self.entries.start))

    def merged(self, worth_of_world: Floats) -> Floats:
        """
        Weigh every group over all worlds.

        Parameters
        ----------
        worth_of_world
            Factor of each world. Shape ``(n_worlds,)``.

        Returns
        -------
        weight
            Shape ``(n_groups,)``.
        """
        weighed = self.entries.weight * worth_of_world[self.entries.row]
        summed = np.bincount(self.entry_group, weights=weighed, minlength=self.n_groups)
        return np.asarray(summed, dtype=np.float64)

    def scaled(self, factor: float) -> "WorldTable":
        """
        Count people in another unit.

        Parameters
        ----------
        factor
            What every weight is multiplied by: a power of two, so that nothing is rounded.

        Returns
        -------
        table
            The same otherwise.
        """
        entries = self.entries._replace(weight=self.entries.weight * factor)
        return replace(self, entries=entries, grain=self.grain * factor)

    def as_one_world(self, worth_of_world: Floats) -> "WorldTable":
        """
        Add all worlds up, for goals that only look at their sum.

        Parameters
        ----------
        worth_of_world
            Factor of each world. Shape ``(n_worlds,)``.

        Returns
        -------
        table
            One world; its grain is unknown unless all factors are 1.
        """
        entries = Entries(
            np.arange(self.n_groups + 1, dtype=np.int64),
            np.zeros(self.n_groups, dtype=np.int32),
            self.merged(worth_of_world),
        )
        grain = self.grain if np.all(worth_of_world == 1.0) else 0.0
        return replace(self, entries=entries, n_worlds=1, grain=grain)


def restricted(table: WorldTable, sites: Bools, hospitals: Bools) -> WorldTable:
    """
    Keep some sites and hospitals only, and merge again what now looks the same.

    Parameters
    ----------
    table
        All of them.
    sites
        True for those that stay. Shape ``(n_sites,)``, bool.
    hospitals
        Shape ``(n_hospitals,)``, bool.

    Returns
    -------
    table
        With those that stay, in their order.
    """
    lane, names = _new_lanes(table, sites, hospitals)
    new_lane = lane[table.lanes.group_lane]
    stays = new_lane >= 0
    kept = np.concatenate([[0], np.cumsum(stays)])
    start, new_lane = kept[table.lanes.group_start].astype(np.int64), new_lane[stays]
    group, first = cover_kernel.merge_rows(start, new_lane, 1)
    start, at = _taken(start, first)
    entry_group = group[table.entry_group].astype(np.int64)
    held = entry_group >= 0
    key = entry_group[held] * table.n_worlds + table.entries.row[held]
    keys, inverse = np.unique(key, return_inverse=True)
    summed = np.bincount(inverse, weights=table.entries.weight[held], minlength=len(keys))
    weight = np.asarray(summed, dtype=np.float64)
    entry_start = np.searchsorted(keys, np.arange(len(first) + 1) * table.n_worlds)
    entries = Entries(
        entry_start.astype(np.int64), (keys % table.n_worlds).astype(np.int32), weight
    )
    lanes = _lanes(start, new_lane[at], names)
    lane_start, lane_group = cover_kernel.turn(
        lanes.group_start, lanes.group_lane, len(lanes.lane_site)
    )
    return replace(
        table,
        lanes=lanes,
        entries=entries,
        lane_start=lane_start,
        lane_group=lane_group,
        n_sites=int(sites.sum()),
        n_hospitals=int(hospitals.sum()),
    )


def _new_lanes(
    table: WorldTable, sites: Bools, hospitals: Bools
) -> tuple[NDArray[np.int32], "_Names"]:
    """Name the lanes that stay; -1 for the others."""
    lanes, names = table.lanes, _Names(int(sites.sum()), int(hospitals.sum()))
    reached = np.zeros((len(lanes.class_start) - 1, table.n_hospitals), dtype=np.bool_)
    reached[
        np.repeat(np.arange(len(reached)), np.diff(lanes.class_start)), lanes.class_hospital
    ] = True
    reached = reached[:, hospitals]
    number = np.cumsum(sites) - 1
    named = [
        names.lane(int(number[site]), None if c == NEEDS_NONE else reached[c])
        if sites[site]
        else -1
        for site, c in zip(lanes.lane_site, lanes.lane_class, strict=True)
    ]
    return np.array(named, dtype=np.int32), names


@dataclass(slots=True)
class _Rows:
    """Rows of lanes, one world's or all worlds', with world and weight of each."""

    start: NDArray[np.int64]
    lane: NDArray[np.int32]
    world: NDArray[np.int32]
    weight: Floats


def table_of(worlds: Iterable[World], *, n_sites: int, n_hospitals: int) -> WorldTable:
    """
    Merge the demand of all worlds.

    Parameters
    ----------
    worlds
        One after another; each is let go once it is merged.
    n_sites
        Sites that every world knows.
    n_hospitals
        Hospitals that every world knows; 0 where one tier is asked for.

    Returns
    -------
    table
        Demand without weight or lane drops out of the search only.
    """
    names = _Names(n_sites, n_hospitals)
    parts, grain = [], None
    for number, world in enumerate(worlds):
        parts.append(_of_world(number, world, names))
        grain = _common(grain, world.people)
    rows = _Rows(
        start=np.concatenate(
            [[0], np.cumsum(np.concatenate([np.diff(part.start) for part in parts]))]
        ).astype(np.int64),
        lane=np.concatenate([part.lane for part in parts]),
        world=np.concatenate([part.world for part in parts]),
        weight=np.concatenate([part.weight for part in parts]),
    )
    lanes, entries = _merged(rows, names)
    lane_start, lane_group = cover_kernel.turn(
        lanes.group_start, lanes.group_lane, len(lanes.lane_site)
    )
    return WorldTable(
        lanes=lanes,
        entries=entries,
        lane_start=lane_start,
        lane_group=lane_group,
        n_sites=n_sites,
        n_hospitals=n_hospitals,
        n_worlds=len(parts),
        grain=grain or 0.0,
    )


class _Names:
    """Numbers of lanes and classes, given out as they come up."""

    def __init__(self, n_sites: int, n_hospitals: int) -> None:
        self._n_sites, self.n_hospitals = n_sites, n_hospitals
        self._class_of: dict[bytes, int] = {}
        self.reached: list[NDArray[np.int32]] = []
        self._lane_of: dict[tuple[int, int], int] = {}

    def lanes(self, linked: Bools | None) -> NDArray[np.int32]:
        """Name the lane of each site in one world, -1 where it reaches no hospital."""
        named = [
            self.lane(site, None if linked is None else linked[site])
            for site in range(self._n_sites)
        ]
        return np.array(named, dtype=np.int32)

    def lane(self, site: int, reached: Bools | None) -> int:
        """Name one site with the hospitals that it reaches; -1 where it needs one in vain."""
        if reached is None:
            number = NEEDS_NONE
        elif reached.any():
            number = self._class(np.packbits(reached).tobytes(), reached)
        else:
            return -1
        return self._lane_of.setdefault((site, number), len(self._lane_of))

    def _class(self, key: bytes, reached: Bools) -> int:
        """Name a set of hospitals."""
        if key not in self._class_of:
            self._class_of[key] = len(self.reached)
            self.reached.append(np.flatnonzero(reached).astype(np.int32))
        return self._class_of[key]

    @property
    def lane_site(self) -> NDArray[np.int32]:
        """Site of each lane."""
        return np.array([site for site, _ in self._lane_of], dtype=np.int32)

    @property
    def lane_class(self) -> NDArray[np.int32]:
        """Class of each lane."""
        return np.array([number for _, number in self._lane_of], dtype=np.int32)


def _of_world(number: int, world: World, names: _Names) -> _Rows:
    """Merge the demand of one world."""
    lane = names.lanes(world.linked)
    cover = world.cover
    start, site = cover_kernel.turn(cover.start, cover.home, cover.n_homes)
    counts = lane[site] >= 0
    kept = np.concatenate([[0], np.cumsum(counts)])
    start, site = kept[start].astype(np.int64), site[counts]
    group, first = cover_kernel.merge_rows(start, site, 1)
    held = group >= 0
    weight = np.bincount(group[held], weights=world.people[held], minlength=len(first))
    heavy = np.flatnonzero(weight > 0)
    start, at = _taken(start, first[heavy])
    return _Rows(
        start=start,
        lane=lane[site[at]],
        world=np.full(len(heavy), number, dtype=np.int32),
        weight=weight[heavy].astype(np.float64),
    )


def _merged(rows: _Rows, names: _Names) -> tuple[Lanes, Entries]:
    """Merge the rows of all worlds; sites ascend within a row, so that equal rows look equal."""
    group, first = cover_kernel.merge_rows(rows.start, rows.lane, 1)
    start, at = _taken(rows.start, first)
    order = np.argsort(group, kind="stable")
    entry_start = np.searchsorted(group[order], np.arange(len(first) + 1)).astype(np.int64)
    lanes = _lanes(start, rows.lane[at], names)
    return lanes, Entries(entry_start, rows.world[order], rows.weight[order])


def _lanes(start: NDArray[np.int64], lane: NDArray[np.int32], names: _Names) -> Lanes:
    """Put groups and names together."""
    reached = names.reached
    return Lanes(
        start,
        np.ascontiguousarray(lane, dtype=np.int32),
        names.lane_site,
        names.lane_class,
        np.cumsum([0, *(len(one) for one in reached)]).astype(np.int64),
        np.concatenate([*reached, np.zeros(0, np.int32)]).astype(np.int32),
    )


def _taken(
    start: NDArray[np.int64], rows: NDArray[np.int32] | NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the entries of some rows, one row after another."""
    length = np.diff(start)[rows]
    new = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(length, out=new[1:])
    return new, np.repeat(start[rows] - new[:-1], length) + np.arange(length.sum())


def _common(grain: float | None, people: Floats) -> float:
    """Find a number that divides all people so far, so that sums are exact and bounds round."""
    fine = people * _GRAINS
    if grain == 0.0 or not np.array_equal(fine, np.rint(fine)) or fine.sum() >= _EXACT:
        return 0.0
    seen = round((grain or 0.0) * _GRAINS)
    return gcd(seen, *(int(value) for value in np.unique(fine))) / _GRAINS
