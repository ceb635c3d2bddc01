# SPDX-License-Identifier: Apache-2.0
"""Shapes of the town as columns of whole numbers: micro-degrees, EPSG:4326."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import crs
from goldenhour.publish.map_columns import Columns
from goldenhour.town.town import Objects

MICRO = 1e6
"""Steps in a degree: a tenth of a metre, finer than any screen shows."""

_LINES = (1, 2)
_AREAS = (3,)
_SINGLE = (0, 1, 3)
_DEEP = 2  # parts inside a collection


class Shapes:
    """
    Adds shapes of one town to the columns.

    Parameters
    ----------
    columns
        Where they go.
    town_crs
        The town's metric system.
    """

    def __init__(self, columns: Columns, town_crs: str) -> None:
        self._columns = columns
        self._crs = town_crs

    def add_points(self, name: str, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> None:
        """
        Add points as ``name.x`` and ``name.y``.

        Parameters
        ----------
        name
            First part of the column names.
        x_m
            Eastings in metres. Shape ``(n,)``.
        y_m
            Northings in metres. Shape ``(n,)``.
        """
        lon, lat = crs.to_lon_lat(x_m, y_m, self._crs)
        self._columns.add_ints(f"{name}.x", _micro(lon))
        self._columns.add_ints(f"{name}.y", _micro(lat))

    def add_lines(self, name: str, shapes: Objects) -> None:
        """
        Add lines: ``name.owner`` (row of each part), ``name.size`` (its points) and the points.

        Parameters
        ----------
        name
            First part of the column names.
        shapes
            shapely geometries in the town's metric system; what is not a line is passed over.
            Shape ``(n,)``.
        """
        owner, parts = _parts_of(shapes, _LINES)
        self._columns.add_ints(f"{name}.owner", owner)
        self._add_coordinates(name, parts)

    def add_areas(self, name: str, shapes: Objects) -> None:
        """
        Add areas: ``name.owner``, ``name.rings`` (of each part), ``name.size`` (of each ring).

        Parameters
        ----------
        name
            First part of the column names.
        shapes
            shapely geometries in the town's metric system; what is not an area is passed over.
            Shape ``(n,)``.
        """
        owner, parts = _parts_of(shapes, _AREAS)
        rings, ring_owner = shapely.get_rings(parts, return_index=True)
        self._columns.add_ints(f"{name}.owner", owner)
        self._columns.add_ints(f"{name}.rings", np.bincount(ring_owner, minlength=len(parts)))
        self._add_coordinates(name, rings)

    def _add_coordinates(self, name: str, lines: NDArray[Any]) -> None:
        """Add the number of points of each line, then all points."""
        self._columns.add_ints(f"{name}.size", shapely.get_num_coordinates(lines))
        points = shapely.get_coordinates(lines)
        self.add_points(name, points[:, 0], points[:, 1])


def _parts_of(shapes: Objects, kinds: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Split multi-part shapes; keep parts of the wanted kinds, with the row each came from."""
    parts, owner = np.asarray(shapes, dtype=object), np.arange(len(shapes))
    for _ in range(_DEEP):
        if not np.isin(shapely.get_type_id(parts), _SINGLE).all():  # else copies would cost
            parts, inner_owner = shapely.get_parts(parts, return_index=True)
            owner = owner[inner_owner]
    kept = np.isin(shapely.get_type_id(parts), kinds) & ~shapely.is_empty(parts)
    return owner[kept], parts[kept]


def _micro(degrees: NDArray[np.float64]) -> NDArray[np.int32]:
    """Round degrees to micro-degrees; a point without a place lands at 0, 0 and is never drawn."""
    finite = np.nan_to_num(degrees, nan=0.0, posinf=0.0, neginf=0.0)
    return np.rint(finite * MICRO).astype(np.int32)
