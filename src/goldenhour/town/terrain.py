# SPDX-License-Identifier: Apache-2.0
"""The town's ground: heights and what covers it, on a metric grid. What is not known says so."""

from dataclasses import dataclass
from math import ceil, floor, sqrt

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.town.layers import LayerSource
from goldenhour.town.town import Town

UNKNOWN_GROUND = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """
    Where the cells of a grid lie: square, north up, counted from the north-west.

    Parameters
    ----------
    crs
        The town's metric coordinate system, such as ``"EPSG:32637"``.
    west_m
        Western edge of the first column in metres, a multiple of ``cell_m``.
    north_m
        Northern edge of the first row in metres, a multiple of ``cell_m``.
    cell_m
        Side of a cell in metres.
    n_rows
        Cells from north to south.
    n_columns
        Cells from west to east.
    """

    crs: str
    west_m: float
    north_m: float
    cell_m: float
    n_rows: int
    n_columns: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.n_rows, self.n_columns

    def cell_of(
        self, x_m: NDArray[np.float64], y_m: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """
        Find the cell of each point.

        Parameters
        ----------
        x_m
            Eastings in metres. Shape ``(n,)``.
        y_m
            Northings in metres. Shape ``(n,)``.

        Returns
        -------
        row, column
            -1 each where a point lies outside or nowhere. Shape ``(n,)`` each.
        """
        known = np.isfinite(x_m) & np.isfinite(y_m)
        east, south = np.where(known, x_m, 0) - self.west_m, self.north_m - np.where(known, y_m, 0)
        row, column = np.floor(south / self.cell_m), np.floor(east / self.cell_m)
        inside = known & (row >= 0) & (row < self.n_rows) & (column >= 0)
        inside &= column < self.n_columns
        return (
            np.where(inside, row, -1).astype(np.int64),
            np.where(inside, column, -1).astype(np.int64),
        )

    def middle(
        self, row: NDArray[np.int64], column: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """
        Find the middles of cells.

        Parameters
        ----------
        row
            Rows from the north. Shape ``(n,)``.
        column
            Columns from the west. Shape ``(n,)``.

        Returns
        -------
        x_m, y_m
            Metres. Shape ``(n,)`` each.
        """
        east = (column.astype(np.float64) + 0.5) * self.cell_m
        south = (row.astype(np.float64) + 0.5) * self.cell_m
        return self.west_m + east, self.north_m - south


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundClass:
    """
    One kind of ground.

    Parameters
    ----------
    code
        Its number in the land cover, 0 or more.
    label
        Its name.
    walking_kmh
        Speed of a walker on the flat in km/h; 0 is no passage.
    """

    code: int
    label: str
    walking_kmh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Terrain:
    """
    The ground of a town.

    Parameters
    ----------
    frame
        Where the cells lie.
    elevation_m
        Heights in metres, NaN where not known. Shape ``(rows, columns)``, float32.
    ground
        Codes of ``classes``, -1 where not known. Shape ``(rows, columns)``, int16.
    classes
        The kinds of ground; empty if no land cover was given.
    sources
        The files it comes from.
    """

    frame: Frame
    elevation_m: NDArray[np.float32]
    ground: NDArray[np.int16]
    classes: tuple[GroundClass, ...]
    sources: tuple[LayerSource, ...]

    @property
    def walking_kmh(self) -> NDArray[np.float64]:
        """
        Speed of a walker on the flat in km/h: 0 is no passage, NaN not known.

        Without any land cover all ground is as off any path. Shape ``(rows, columns)``.
        """
        if not self.classes:
            return np.full(self.frame.shape, facts.number("times.off_road_kmh"))
        code = np.array([kind.code for kind in self.classes])
        speed = np.array([kind.walking_kmh for kind in self.classes])
        order = np.argsort(code)
        place = np.minimum(np.searchsorted(code[order], self.ground), len(code) - 1)
        is_known = code[order][place] == self.ground
        return np.where(is_known, speed[order][place], np.nan)


def frame_around(town: Town, *, cell_m: float) -> Frame:
    """
    Lay a grid over a town's streets and structures, with a margin.

    Parameters
    ----------
    town
        The town.
    cell_m
        Side of a cell in metres; larger if there would be too many cells.

    Returns
    -------
    frame
        In the town's metric system.
    """
    bounds = np.asarray(shapely.bounds(town.streets.line)).reshape(-1, 4)
    x_m = np.concatenate([bounds[:, 0], bounds[:, 2], town.structures.x_m])
    y_m = np.concatenate([bounds[:, 1], bounds[:, 3], town.structures.y_m])
    margin_m = facts.number("terrain.margin_m")
    west, east = float(np.nanmin(x_m)) - margin_m, float(np.nanmax(x_m)) + margin_m
    south, north = float(np.nanmin(y_m)) - margin_m, float(np.nanmax(y_m)) + margin_m
    most = facts.number("terrain.most_cells")
    cell_m = max(cell_m, ceil(sqrt((east - west) * (north - south) / most)))
    first, last = floor(west / cell_m), ceil(east / cell_m)
    bottom, top = floor(south / cell_m), ceil(north / cell_m)
    return Frame(
        crs=town.crs,
        west_m=first * cell_m,
        north_m=top * cell_m,
        cell_m=cell_m,
        n_rows=top - bottom,
        n_columns=last - first,
    )
