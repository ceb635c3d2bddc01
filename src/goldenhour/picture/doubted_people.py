# SPDX-License-Identifier: Apache-2.0
"""How many people there may be, and in which parts of the town: what worlds draw people from."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.picture.belief import PeopleBelief
from goldenhour.picture.chance import triangular
from goldenhour.town.town import Town

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleDoubts:
    """
    What is not sure of people.

    Parameters
    ----------
    people
        Persons in each structure, as believed. Shape ``(n_structures,)``.
    place
        The named place that each structure is nearest to: people of one place are more or fewer
        together. Shape ``(n_structures,)``, int64.
    n_places
        How many places; 1 where none is named.
    total_low
        Lower bound of the total, persons.
    total_best
        Best total, persons.
    total_high
        Upper bound of the total, persons; ``inf`` if none is known.
    """

    people: Floats
    place: NDArray[np.int64]
    n_places: int
    total_low: float
    total_best: float
    total_high: float

    @property
    def is_bounded(self) -> bool:
        """Whether both bounds are known; without them every world has the picture's people."""
        bounds = (self.total_low, self.total_best, self.total_high)
        is_sane = 0 <= bounds[0] <= bounds[1] <= bounds[2]
        return is_sane and isfinite(bounds[2]) and bool(self.people.sum() > 0)


def people_doubts(town: Town, people: PeopleBelief) -> PeopleDoubts:
    """
    Say what is not sure of people.

    Parameters
    ----------
    town
        Its named places.
    people
        What is believed.

    Returns
    -------
    doubts
        To be drawn from.
    """
    place = np.zeros(town.structures.n, dtype=np.int64)
    n_places = len(town.places.shape)
    if n_places and town.structures.n:
        spots = np.asarray(
            shapely.points(town.structures.x_m, town.structures.y_m), dtype=np.object_
        )
        spot, nearest = shapely.STRtree(town.places.shape).query_nearest(spots, all_matches=True)
        order = np.lexsort((-nearest, -spot))  # of places as near, the first stays
        place[spot[order]] = nearest[order]
    return PeopleDoubts(
        people=people.people,
        place=place,
        n_places=max(n_places, 1),
        total_low=people.total_low,
        total_best=people.total_best,
        total_high=people.total_high,
    )


def people_in(doubts: PeopleDoubts, total: Floats, places: Floats) -> Floats:
    """
    Put people where they are in one world.

    Parameters
    ----------
    doubts
        What is not sure.
    total
        Drawn for the total, 0 to 1. Shape ``(1,)``.
    places
        Drawn for each place, 0 to 1. Shape ``(n_places,)``.

    Returns
    -------
    people
        Persons in each structure, none negative; as believed where no bounds are known. Shape
        ``(n_structures,)``.
    """
    if not doubts.is_bounded:
        return doubts.people
    spread = facts.fact("picture.world_people_place_factor").value
    factor = triangular(places, *(float(spread[name]) for name in ("least", "likely", "most")))
    uneven = doubts.people * factor[doubts.place]
    bounds = (doubts.total_low, doubts.total_best, doubts.total_high)
    persons = float(triangular(total, *bounds)[0])
    return np.asarray(uneven * (persons / uneven.sum()))
