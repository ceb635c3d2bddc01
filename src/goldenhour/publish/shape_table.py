# SPDX-License-Identifier: Apache-2.0
"""Tables with shapes in degrees, from arrays in the town's metres."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from goldenhour.base.crs import WGS84, to_lon_lat
from goldenhour.base.grades import Grade
from goldenhour.town.town import Objects, Town

GRADE_WORDS = np.array([*(grade.name for grade in Grade if grade is not Grade.U), "unknown"])
"""What stands for each ``Grade`` number in a table."""


def shape_table(town: Town, columns: Mapping[str, object], shapes: Objects) -> gpd.GeoDataFrame:
    """
    Make a table with shapes in degrees.

    Parameters
    ----------
    town
        The town whose metric system the shapes are in.
    columns
        Values by column name, one a shape.
    shapes
        shapely geometries in the town's metric system. Shape ``(n,)``.

    Returns
    -------
    table
        EPSG:4326.
    """

    def to_degrees(at_m: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack(to_lon_lat(at_m[:, 0], at_m[:, 1], town.crs), axis=1)

    table = pd.DataFrame(dict(columns))
    turned = shapely.transform(shapes, to_degrees)
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(turned, crs=WGS84, index=table.index))


def point_table(
    town: Town, rows: NDArray[np.int64], columns: Mapping[str, object]
) -> gpd.GeoDataFrame:
    """
    Make a table of points inside structures.

    Parameters
    ----------
    town
        The town.
    rows
        Rows of structures. Shape ``(n,)``.
    columns
        Values by column name, one a row.

    Returns
    -------
    table
        EPSG:4326.
    """
    at_m = np.stack([town.structures.x_m[rows], town.structures.y_m[rows]], axis=1)
    return shape_table(town, columns, np.asarray(shapely.points(at_m), dtype=np.object_))


def shape_array(shapes: Sequence[BaseGeometry]) -> Objects:
    """
    Put shapes into an array without numpy looking inside them.

    Parameters
    ----------
    shapes
        shapely geometries.

    Returns
    -------
    array
        Shape ``(n,)``.
    """
    array = np.empty(len(shapes), dtype=np.object_)
    array[:] = shapes
    return array
