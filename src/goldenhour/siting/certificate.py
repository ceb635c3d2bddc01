# SPDX-License-Identifier: Apache-2.0
"""An independent check of a choice: people are counted again from cover and links, not groups."""

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.plain.cover import Cover, DemandRows

_STRETCH = 50_000


def people_covered(
    cover: Cover,
    people: NDArray[np.float64],
    sites: tuple[int, ...],
    *,
    linked: NDArray[np.bool_] | None = None,
    field_hospitals: tuple[int, ...] = (),
) -> float:
    """
    Count the people within reach of an open site that counts.

    Parameters
    ----------
    cover
        Which homes each site covers.
    people
        People of each home. Shape ``(n_homes,)``.
    sites
        Open sites.
    linked
        True where a hospital is near enough to a site; None asks for no hospital. Shape
        ``(n_sites, n_hospitals)``, bool.
    field_hospitals
        Open hospitals.

    Returns
    -------
    people
        Their sum.
    """
    covered = np.zeros(cover.n_homes, dtype=np.bool_)
    for site in sites:
        if linked is None or any(linked[site, hospital] for hospital in field_hospitals):
            covered[cover.home[cover.start[site] : cover.start[site + 1]]] = True
    return float(people[covered].sum())


def people_reached(rows: DemandRows, people: NDArray[np.float64], sites: tuple[int, ...]) -> float:
    """
    Count the people of demand that any open site covers, a stretch of the input at a time.

    Parameters
    ----------
    rows
        Which sites cover each demand.
    people
        People of each demand. Shape ``(n_demand,)``.
    sites
        Open sites.

    Returns
    -------
    people
        Their sum.
    """
    is_open = np.zeros(rows.n_sites, dtype=np.bool_)
    is_open[list(sites)] = True
    total = 0.0
    for first in range(0, rows.n_demand, _STRETCH):
        last = min(first + _STRETCH, rows.n_demand)
        start = rows.start[first : last + 1]
        hits = np.concatenate([[0], np.cumsum(is_open[rows.site[start[0] : start[-1]]])])
        covered = hits[start[1:] - start[0]] > hits[start[:-1] - start[0]]
        total += float(people[first:last][covered].sum())
    return total
