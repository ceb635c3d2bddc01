# SPDX-License-Identifier: Apache-2.0
"""All buildings of the exercise in one table: houses, public buildings, works and farms."""

from dataclasses import dataclass, fields

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.exercise.moving import Shapes

_LEAST_M2 = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Buildings:
    """
    Buildings as columns.

    Parameters
    ----------
    outline
        Polygons, metric. Shape ``(n,)``.
    town
        Key of the town, ``"farms"`` outside. Shape ``(n,)``.
    quarter
        Number of the quarter in its town, 0 outside. Shape ``(n,)``.
    use
        What it really was used for. Shape ``(n,)``.
    """

    outline: Shapes
    town: NDArray[np.str_]
    quarter: NDArray[np.int32]
    use: NDArray[np.str_]

    @property
    def n(self) -> int:
        """Number of buildings."""
        return len(self.outline)

    def only(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> "Buildings":
        """
        Keep some buildings.

        Parameters
        ----------
        rows
            Which. Shape ``(n,)`` as a mask, or their numbers.

        Returns
        -------
        buildings
            Those, in that order.
        """
        return Buildings(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})


def buildings(outline: Shapes, *, town: str, quarter: int, use: str) -> Buildings:
    """
    Make a table of buildings of one kind in one place.

    Parameters
    ----------
    outline
        Polygons, metric. Shape ``(n,)``.
    town
        Key of the town, ``"farms"`` outside.
    quarter
        Number of the quarter, 0 outside.
    use
        What they are used for.

    Returns
    -------
    buildings
        One row an outline.
    """
    n = len(outline)
    return Buildings(
        outline=np.asarray(outline, dtype=object),
        town=np.full(n, town, dtype="U16"),
        quarter=np.full(n, quarter, dtype=np.int32),
        use=np.full(n, use, dtype="U16"),
    )


def joined(tables: list[Buildings]) -> Buildings:
    """
    Put tables one after the other.

    Parameters
    ----------
    tables
        At least one.

    Returns
    -------
    buildings
        All rows.
    """
    names = [one.name for one in fields(Buildings)]
    return Buildings(
        **{name: np.concatenate([getattr(table, name) for table in tables]) for name in names}
    )


def clear_of(
    table: Buildings, *, streets: Shapes, river: shapely.Polygon, apart_m: float
) -> Buildings:
    """
    Drop buildings that stand on a street or in the river, or are hardly a hut.

    Parameters
    ----------
    table
        Buildings, metric.
    streets
        Centre lines, metric. Shape ``(n_streets,)``.
    river
        Water, metric.
    apart_m
        Metres that a wall keeps from a centre line.

    Returns
    -------
    buildings
        Valid outlines only, clear of both.
    """
    sound = shapely.is_valid(table.outline) & ~shapely.is_empty(table.outline)
    sound &= shapely.area(table.outline) > _LEAST_M2
    sound &= shapely.get_type_id(table.outline) == shapely.GeometryType.POLYGON
    touching, _ = shapely.STRtree(streets).query(
        table.outline, predicate="dwithin", distance=apart_m
    )
    sound[touching] = False
    shapely.prepare(river)
    return table.only(sound & ~shapely.intersects(river, table.outline))
