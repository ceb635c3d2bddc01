# SPDX-License-Identifier: Apache-2.0
"""
The inner problem of the chain with side rules: merged homes, links, and what a choice must keep.

Homes merge if the same sites cover them and they lie in one zone. A group that is covered twice
counts once more, at the backup's share (Hogan and ReVelle 1986); the value stays concave.
"""

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.covering import Level
from goldenhour.siting.kernels import cover as kernel
from goldenhour.siting.kernels import ruled as ruled_kernel
from goldenhour.siting.kernels.cover import Table
from goldenhour.siting.plain.cover import Cover

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
_GRAINS = 1024.0
_EXACT = 2.0**52
_OPEN = 1e-6
KEEPS = 1e-9
"""A limit is kept if it is exceeded by no more than this share of it: sums in float64 round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """
    Parts of the town, none of which should be left behind.

    Parameters
    ----------
    of_group
        Zone of each group. Shape ``(n_groups,)``, int32.
    people
        People of each zone, also those that no site covers. Shape ``(n_zones,)``.
    counts
        True for zones of which some site covers somebody. Shape ``(n_zones,)``, bool.
    """

    of_group: NDArray[np.int32]
    people: Floats
    counts: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """
    Sites, hospitals, groups and side rules.

    Parameters
    ----------
    table
        Sites, groups and weights.
    zones
        Parts of the town; one where nobody asked for more.
    sites
        What may be opened of the first tier.
    hospitals
        What may be opened of the second tier.
    class_of
        Link class of each site. Shape ``(n_sites,)``, int32.
    classes
        Hospitals that each class reaches. Shape ``(n_classes, n_hospitals)``, bool.
    clash
        Pairs of sites and hospitals of which only one may open. Shape ``(n_open, n_open)``, bool.
    cost
        Of each site, then of each hospital. Shape ``(n_open,)``.
    budget
        Most that the open ones may cost; ``inf`` if nobody asked.
    fewer_sites
        Whether fewer sites may open than their level says.
    backup_share
        What a second cover is worth, as a share of the first.
    """

    table: Table
    zones: Zones
    sites: Level
    hospitals: Level
    class_of: NDArray[np.int32]
    classes: Bools
    clash: Bools
    cost: Floats
    budget: float
    fewer_sites: bool
    backup_share: float

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.class_of)

    @property
    def n_open(self) -> int:
        """Number of sites and hospitals."""
        return self.n_sites + len(self.hospitals.allowed)

    @property
    def forced(self) -> Bools:
        """True where it must be open. Shape ``(n_open,)``."""
        return np.concatenate([self.sites.forced, self.hospitals.forced])

    @property
    def allowed(self) -> Bools:
        """True where it may be open. Shape ``(n_open,)``."""
        return np.concatenate([self.sites.allowed, self.hospitals.allowed])

    def usable(self, chosen: Bools) -> Bools:
        """
        Find the sites that would count with the chosen hospitals.

        Parameters
        ----------
        chosen
            Sites, then hospitals. Shape ``(n_open,)``, bool.

        Returns
        -------
        usable
            Shape ``(n_sites,)``, bool.
        """
        linked: Bools = np.any(self.classes & chosen[self.n_sites :], axis=1)
        usable: Bools = linked[self.class_of]
        return usable

    def covers(self, sites: Bools) -> Floats:
        """
        Count how often some sites cover each group.

        Parameters
        ----------
        sites
            Shape ``(n_sites,)``, bool.

        Returns
        -------
        count
            Shape ``(n_groups,)``.
        """
        return ruled_kernel.cover_at(self.table, sites.astype(np.float64))

    def served(self, count: Floats) -> tuple[Floats, float]:
        """
        Weigh how often groups are covered.

        Parameters
        ----------
        count
            Shape ``(n_groups,)``.

        Returns
        -------
        by_zone, value
            People covered in each zone, of shape ``(n_zones,)``, and all of them with the backup's
            share of those covered twice.
        """
        weight = self.table.weight
        by_zone: Floats = np.bincount(
            self.zones.of_group, weights=weight * (count > 0), minlength=len(self.zones.people)
        ).astype(np.float64)
        twice = float(weight[count > 1].sum())
        return by_zone, float(by_zone.sum()) + self.backup_share * twice

    def worst_share(self, by_zone: Floats) -> float:
        """
        Find the smallest share of people served in a zone.

        Parameters
        ----------
        by_zone
            People served in each zone. Shape ``(n_zones,)``.

        Returns
        -------
        share
            A share; 1 if there is no zone that anybody could serve.
        """
        counts = self.zones.counts
        return float((by_zone[counts] / self.zones.people[counts]).min(initial=1.0))

    def keeps_rules(self, chosen: Bools) -> bool:
        """
        Whether a choice keeps counts, what is forced and forbidden, distances and the budget.

        Parameters
        ----------
        chosen
            Sites, then hospitals. Shape ``(n_open,)``, bool.

        Returns
        -------
        keeps
            True if it does.
        """
        n, n_hospitals = int(chosen[: self.n_sites].sum()), int(chosen[self.n_sites :].sum())
        counted = n == self.sites.n or (self.fewer_sites and n <= self.sites.n)
        counted = counted and n_hospitals == self.hospitals.n
        held = not (self.forced & ~chosen).any() and not (chosen & ~self.allowed).any()
        return (
            counted
            and held
            and float(self.cost[chosen].sum()) <= self.budget * (1 + KEEPS)
            and not self.clash[np.ix_(chosen, chosen)].any()
        )


def merged(
    cover: Cover, people: Floats, zone: NDArray[np.int32], n_zones: int
) -> tuple[Table, Zones]:
    """
    Merge homes of one zone that the same sites cover.

    Parameters
    ----------
    cover
        Which homes each site covers.
    people
        People of each home. Shape ``(n_homes,)``.
    zone
        Zone of each home. Shape ``(n_homes,)``, int32.
    n_zones
        Number of zones.

    Returns
    -------
    table, zones
        Groups; homes that nobody could cover are in the zones' people only.
    """
    start, site = kernel.turn(cover.start, cover.home, cover.n_homes)
    length = np.diff(start)
    # The zone takes part as one site more, so that homes of two zones never look the same.
    marked = np.insert(site, start[1:], cover.n_sites + zone).astype(np.int32)
    group, first = kernel.merge_rows(start + np.arange(len(start)), marked, 1)
    weight = np.bincount(group, weights=people, minlength=len(first)).astype(np.float64)
    held = np.flatnonzero((weight > 0) & (length[first] > 0))
    rows = first[held]
    group_start = np.concatenate([[0], np.cumsum(length[rows])]).astype(np.int64)
    at = np.repeat(start[rows] - group_start[:-1], length[rows]) + np.arange(group_start[-1])
    group_site = np.ascontiguousarray(site[at], dtype=np.int32)
    site_start, site_group = kernel.turn(group_start, group_site, cover.n_sites)
    of_group = np.ascontiguousarray(zone[rows], dtype=np.int32)
    counts = np.bincount(of_group, minlength=n_zones) > 0
    return (
        Table(site_start, site_group, group_start, group_site, weight[held]),
        Zones(
            of_group=of_group,
            people=np.bincount(zone, weights=people, minlength=n_zones).astype(np.float64),
            counts=counts,
        ),
    )


def grain_of(people: Floats) -> float:
    """
    Find a number of which all people are whole multiples, so that bounds may be rounded down.

    Parameters
    ----------
    people
        People of each home. Shape ``(n_homes,)``.

    Returns
    -------
    grain
        0 if no such number is known.
    """
    fine = people * _GRAINS
    if not np.array_equal(fine, np.rint(fine)) or fine.sum() >= _EXACT:
        return 0.0
    return gcd(*(int(value) for value in np.unique(fine))) / _GRAINS


def clashes(pairs: NDArray[np.integer], n: int) -> Bools:
    """
    Mark pairs that may not both open.

    Parameters
    ----------
    pairs
        Shape ``(n_pairs, 2)``.
    n
        Number of columns.

    Returns
    -------
    clash
        Both ways round. Shape ``(n, n)``, bool.
    """
    clash = np.zeros((n, n), dtype=np.bool_)
    clash[pairs[:, 0], pairs[:, 1]] = clash[pairs[:, 1], pairs[:, 0]] = True
    return clash


def crowds(clash: Bools, value: Floats, *, most: float) -> list[NDArray[np.int64]]:
    """
    Find sets of columns that all clash with each other and of which more than one is open.

    A row for such a set is much stronger than one for each of its pairs.

    Parameters
    ----------
    clash
        Pairs that may not both open. Shape ``(n, n)``, bool.
    value
        How far each column is open. Shape ``(n,)``.
    most
        Sets of which at most so much is open are left out.

    Returns
    -------
    sets
        Each as large as comes easily; one at least where two columns that clash are wholly open.
    """
    opened = np.flatnonzero(value > _OPEN)
    opened = opened[np.argsort(-value[opened], kind="stable")]
    found: list[NDArray[np.int64]] = []
    is_in = np.zeros(len(value), dtype=np.bool_)
    everything = np.arange(len(value))
    for first in opened:
        members = ruled_kernel.together(clash, np.array([first]), opened)
        if not is_in[first] and value[members].sum() > most:
            is_in[members] = True
            found.append(np.sort(ruled_kernel.together(clash, members, everything)))
    return found
