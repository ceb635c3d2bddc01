# SPDX-License-Identifier: Apache-2.0
"""Areas within reach of sites, drawn from the pieces of street and the open ground that are."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import MultiPolygon

from goldenhour.times.access import Landing
from goldenhour.times.carry import Evacuation, Spots
from goldenhour.times.cells import NEVER, Cells, cells_of
from goldenhour.times.ground import Ground, ground_near
from goldenhour.times.kernels.reach import FAR, Points
from goldenhour.times.service import Direction, ends_of, measure
from goldenhour.times.ticks import limit_ticks

Ticks = NDArray[np.int32]
Areas = tuple[MultiPolygon, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """
    What is within reach, as areas, limit by limit. Each area holds those of shorter limits.

    Parameters
    ----------
    cell_m
        Side in metres of the cells that areas are made of: they are as exact as that.
    within
        Within a limit of any site. One per limit.
    of_site
        Within a limit of one site. One per site, then one per limit.
    nearest
        Within a limit of a site and nearer to it than to any other, of equals the first; the sites
        share ``within`` out among them. One per site, then one per limit.
    ground
        The spots along streets that areas were drawn from.
    soonest
        Whole 1/64 s of each spot to its nearest site, ``FAR`` beyond. Shape ``(n_spots,)``.
    nearest_site
        The site that it is; -1 beyond. Shape ``(n_spots,)``.
    """

    cell_m: float
    within: Areas
    of_site: tuple[Areas, ...]
    nearest: tuple[Areas, ...]
    ground: Ground
    soonest: Ticks
    nearest_site: NDArray[np.int32]


def draw(
    evacuation: Evacuation,
    sites: Spots,
    limits_s: tuple[float, ...],
    *,
    direction: Direction = Direction.TO_SITE,
) -> Drawing:
    """
    Draw what is within reach of sites, for all limits from one search a site.

    Parameters
    ----------
    evacuation
        The evacuation graph.
    sites
        Where the sites are. Shape ``(n_sites,)``.
    limits_s
        Limits in seconds, inclusive.
    direction
        Which way the time counts.

    Returns
    -------
    drawing
        In the town's metric system; empty areas where nothing is reached.
    """
    limits = [limit_ticks(one) for one in limits_s]
    landing = evacuation.landing_of(sites)
    search = _Search.of(evacuation, sites, landing=landing, limit=max(limits), direction=direction)
    cells, best = search.cells, _Best.nothing(search)
    n_sites = len(landing.edge)
    of_site: list[Areas] = []
    for site, (found, areas) in enumerate(search.each([limits] * n_sites)):
        best.take(site, found)
        of_site.append(areas)
    return Drawing(
        cell_m=cells.grid.size_m,
        within=tuple(_area(cells, best.soonest, limit) for limit in limits),
        of_site=tuple(of_site),
        nearest=tuple(
            tuple(_area(cells, best.nearest_to(site), limit) for limit in limits)
            for site in range(n_sites)
        ),
        ground=search.ground,
        soonest=best.soonest.spots,
        nearest_site=np.where(best.soonest.spots < FAR, best.site.spots, np.int32(-1)),
    )


def reach_areas(
    evacuation: Evacuation, sites: ArrayLike, limits_s: ArrayLike
) -> list[MultiPolygon]:
    """
    Draw, for every site, from where a casualty gets there in time.

    Parameters
    ----------
    evacuation
        The evacuation graph.
    sites
        Structure rows. Shape ``(n_sites,)``.
    limits_s
        Seconds, inclusive: one for all, or one per site. Shape ``()`` or ``(n_sites,)``.

    Returns
    -------
    areas
        One per site, in the town's metric system; empty where nothing is reached.
    """
    rows = np.asarray(sites, dtype=np.int64)
    if not rows.size:
        return []
    limits = [
        limit_ticks(one)
        for one in np.broadcast_to(np.asarray(limits_s, dtype=np.float64), rows.shape)
    ]
    structures = evacuation.town.structures
    search = _Search.of(
        evacuation,
        Spots(x_m=structures.x_m[rows], y_m=structures.y_m[rows]),
        landing=evacuation.landing_of(rows),
        limit=max(limits),
        direction=Direction.TO_SITE,
    )
    return [areas[0] for _, areas in search.each([[limit] for limit in limits])]


class _Times(NamedTuple):
    """Ticks, or site numbers, of cells, parts of cells, and spots."""

    cells: NDArray[np.int32]
    parts: NDArray[np.int32]
    spots: NDArray[np.int32]


class _Search(NamedTuple):
    """What is the same for all sites."""

    evacuation: Evacuation
    sites: Spots
    landing: Landing
    ground: Ground
    cells: Cells
    ends: Points
    limit: int
    direction: Direction

    @classmethod
    def of(
        cls,
        evacuation: Evacuation,
        sites: Spots,
        *,
        landing: Landing,
        limit: int,
        direction: Direction,
    ) -> "_Search":
        """Lay spots and cells."""
        ground = ground_near(evacuation, landing, limit=limit, direction=direction)
        cells = cells_of(evacuation.town, ground)
        ends = ends_of(evacuation, ground.landing, direction)
        return cls(evacuation, sites, landing, ground, cells, ends, limit, direction)

    def each(self, limits: Sequence[Sequence[int]]) -> Iterator[tuple[_Times, Areas]]:
        """Measure and draw the sites over threads, and hand them back in order."""
        pool = ThreadPoolExecutor(max_workers=os.cpu_count())
        try:
            yield from pool.map(self._one, range(len(limits)), limits)
        finally:  # whoever interrupts waits for the open sites only
            pool.shutdown(cancel_futures=True)

    def _one(self, site: int, limits: Sequence[int]) -> tuple[_Times, Areas]:
        """Measure one site, and draw it."""
        at, back_m = slice(site, site + 1), self.landing.back_m
        landing = Landing(
            edge=self.landing.edge[at],
            share=self.landing.share[at],
            off_m=self.landing.off_m[at],
            back_m=None if back_m is None else back_m[at],
        )
        spots = measure(
            self.evacuation,
            landing,
            self.ground.landing,
            limit=self.limit,
            direction=self.direction,
            ends=self.ends,
        )[0]
        spots[self.ground.near(float(self.sites.x_m[site]), float(self.sites.y_m[site]))] = 0
        found = _Times(*self.cells.soonest(spots), spots)
        return found, tuple(_area(self.cells, found, limit) for limit in limits)


class _Best(NamedTuple):
    """The soonest times of all sites so far, and whose they are."""

    soonest: _Times
    site: _Times

    @classmethod
    def nothing(cls, search: _Search) -> "_Best":
        """Start with nothing reached."""
        shapes = (search.cells.is_open.shape, search.cells.parts.shape, search.ground.x_m.shape)
        soonest = [np.full(shape, NEVER, dtype=np.int32) for shape in shapes]
        soonest[-1][:] = FAR
        return cls(_Times(*soonest), _Times(*(np.zeros_like(times) for times in soonest)))

    def take(self, number: int, found: _Times) -> None:
        """Keep what is sooner; of equals the first site stays."""
        for soonest, site, new in zip(self.soonest, self.site, found, strict=True):
            sooner = new < soonest
            soonest[sooner] = new[sooner]
            site[sooner] = number

    def nearest_to(self, number: int) -> _Times:
        """Blank all that is nearer to another site."""
        return _Times(
            *(
                np.where(site == number, soonest, NEVER)
                for soonest, site in zip(self.soonest, self.site, strict=True)
            )
        )


def _area(cells: Cells, found: _Times, limit: int) -> MultiPolygon:
    """Join what is reached within a limit."""
    return cells.area(found.cells <= limit, found.parts <= limit)
