# SPDX-License-Identifier: Apache-2.0
"""An independent check of a choice: people are counted again from cover and links, not groups."""

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.plain.cover import Cover


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
