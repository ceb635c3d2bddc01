# SPDX-License-Identifier: Apache-2.0
"""What lies within each limit, in numbers; and what of it nobody knows."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.times.areas import Drawing
from goldenhour.times.pieces import Pieces
from goldenhour.times.service import Service
from goldenhour.times.ticks import limit_ticks
from goldenhour.town.town import Structures

_M2_PER_KM2 = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """
    What is within one limit of any site.

    Parameters
    ----------
    limit_s
        The limit in seconds, inclusive.
    people
        Persons within it, as the picture spreads them.
    n_structures
        Structures within it.
    people_on_known
        Persons of them who are still within it if every street without a valid report is closed.
    n_on_known
        Structures of them likewise.
    people_if_open
        Persons within it if no street were closed, dangerous or full of rubble.
    n_if_open
        Structures likewise.
    area_km2
        Area in square kilometres.
    street_km
        Kilometres of street within it.
    unknown_km
        Kilometres of that without a valid report.
    n_inside_late
        Structures inside the drawn line that are not within the limit: the line is exact to a cell.
    n_outside
        Structures within the limit, but outside the drawn line.
    """

    limit_s: float
    people: float
    n_structures: int
    people_on_known: float
    n_on_known: int
    people_if_open: float
    n_if_open: int
    area_km2: float
    street_km: float
    unknown_km: float
    n_inside_late: int
    n_outside: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteBand:
    """
    What is within one limit of one site.

    Parameters
    ----------
    site
        Number of the site.
    limit_s
        The limit in seconds, inclusive.
    people
        Persons within it, nearer to another site or not.
    n_structures
        Structures likewise.
    area_km2
        Area in square kilometres.
    people_nearest
        Persons within it who have no nearer site.
    n_nearest
        Structures likewise.
    nearest_km2
        Square kilometres of the area that has no nearer site.
    """

    site: int
    limit_s: float
    people: float
    n_structures: int
    area_km2: float
    people_nearest: float
    n_nearest: int
    nearest_km2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """
    One question, measured on three towns.

    Parameters
    ----------
    service
        As asked.
    on_known
        Where streets without a valid report are closed.
    if_open
        Where no street is closed.
    """

    service: Service
    on_known: Service
    if_open: Service


def bands(
    measured: Measured,
    drawing: Drawing,
    pieces: Pieces,
    *,
    structures: Structures,
    people: NDArray[np.float64],
    is_unknown: NDArray[np.bool_],
) -> tuple[Band, ...]:
    """
    Count what is within each limit of any site.

    Parameters
    ----------
    measured
        Times to structures.
    drawing
        Areas.
    pieces
        Streets within reach.
    structures
        The town's structures.
    people
        Persons in each. Shape ``(n_structures,)``.
    is_unknown
        True for streets without a valid report. Shape ``(n_edges,)``.

    Returns
    -------
    bands
        One per limit.
    """
    made = []
    for number, limit_s in enumerate(measured.service.limits_s):
        within = measured.service.within(limit_s)
        known = measured.on_known.within(limit_s)
        if_open = measured.if_open.within(limit_s)
        area = drawing.within[number]
        shapely.prepare(area)
        inside = shapely.intersects_xy(area, structures.x_m, structures.y_m)
        made.append(
            Band(
                limit_s=limit_s,
                people=float(people[within].sum()),
                n_structures=int(within.sum()),
                people_on_known=float(people[known].sum()),
                n_on_known=int(known.sum()),
                people_if_open=float(people[if_open].sum()),
                n_if_open=int(if_open.sum()),
                area_km2=area.area / _M2_PER_KM2,
                street_km=pieces.km_within(number),
                unknown_km=pieces.km_within(number, is_unknown),
                n_inside_late=int((inside & ~within).sum()),
                n_outside=int((within & ~inside).sum()),
            )
        )
    return tuple(made)


def site_bands(
    service: Service, drawing: Drawing, *, people: NDArray[np.float64]
) -> tuple[SiteBand, ...]:
    """
    Count what is within each limit of each site, and what of it has no nearer site.

    Parameters
    ----------
    service
        Times to structures.
    drawing
        Areas.
    people
        Persons in each structure. Shape ``(n_structures,)``.

    Returns
    -------
    bands
        Site after site, limits ascending.
    """
    nearest = service.nearest
    made = []
    for site in range(len(service.sites)):
        for number, limit_s in enumerate(service.limits_s):
            within = service.ticks[site] <= limit_ticks(limit_s)
            own = within & (nearest == site)
            made.append(
                SiteBand(
                    site=site,
                    limit_s=limit_s,
                    people=float(people[within].sum()),
                    n_structures=int(within.sum()),
                    area_km2=drawing.of_site[site][number].area / _M2_PER_KM2,
                    people_nearest=float(people[own].sum()),
                    n_nearest=int(own.sum()),
                    nearest_km2=drawing.nearest[site][number].area / _M2_PER_KM2,
                )
            )
    return tuple(made)
