# SPDX-License-Identifier: Apache-2.0
"""People by neighbourhood: how many live there, and how many a plan serves."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.publish.map_columns import plain
from goldenhour.siting.plan import Plan
from goldenhour.town.town import Town

_AREAS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacePeople:
    """
    One neighbourhood.

    Parameters
    ----------
    id
        Its id, empty for homes outside every neighbourhood.
    name
        Its name, empty for these.
    name_ar
        Its Arabic name.
    people
        People who live there.
    served
        People of them whom the whole chain serves.
    """

    id: str
    name: str
    name_ar: str
    people: float
    served: float


def people_by_place(town: Town, plan: Plan) -> tuple[PlacePeople, ...]:
    """
    Count people by neighbourhood; nobody is left out.

    Parameters
    ----------
    town
        Neighbourhoods are its places with an area; of several around a home the smallest counts.
    plan
        Whom it serves.

    Returns
    -------
    places
        Those in which people live, in the town's order, and homes outside all of them last.
    """
    homes = np.flatnonzero(plan.home_people > 0)
    place = _place_of(town, homes)
    people, served = plan.home_people[homes], plan.home_served[homes]
    n = town.places.n + 1
    of_all = np.bincount(place + 1, weights=people, minlength=n)
    of_served = np.bincount(place + 1, weights=people * served, minlength=n)
    found = [
        PlacePeople(
            id=str(town.places.id[at]),
            name=plain(town.places.name[at]),
            name_ar=plain(town.places.name_ar[at]),
            people=float(of_all[at + 1]),
            served=float(of_served[at + 1]),
        )
        for at in np.flatnonzero(of_all[1:] > 0)
    ]
    if of_all[0] > 0:
        elsewhere = PlacePeople(
            id="", name="", name_ar="", people=float(of_all[0]), served=float(of_served[0])
        )
        found.append(elsewhere)
    return tuple(found)


def _place_of(town: Town, homes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Find the smallest place around each home, -1 if there is none."""
    place = np.full(len(homes), -1, dtype=np.int64)
    areas = np.array([shape.geom_type in _AREAS for shape in town.places.shape], dtype=np.bool_)
    rows = np.flatnonzero(areas)
    if not len(rows) or not len(homes):
        return place
    shapes = town.places.shape[rows]
    points = shapely.points(town.structures.x_m[homes], town.structures.y_m[homes])
    home, inside = shapely.STRtree(shapes).query(points, predicate="intersects")
    order = np.lexsort((-rows[inside], -shapely.area(shapes)[inside]))  # the smallest comes last
    place[home[order]] = rows[inside[order]]
    return place
