# SPDX-License-Identifier: Apache-2.0
"""A grid of square cells over the town's metres."""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.town.town import Objects

_BLOCK = 16
_MOST_CELLS = 4_000_000

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Grid(NamedTuple):
    """
    Square cells, numbered row by row from the south-west.

    Parameters
    ----------
    size_m
        Side in metres.
    west
        Column of the first cell, counted from easting 0.
    south
        Row of the first cell, counted from northing 0.
    n_rows
        Cells from south to north.
    n_columns
        Cells from west to east.
    """

    size_m: float
    west: int
    south: int
    n_rows: int
    n_columns: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.n_rows, self.n_columns

    def number(self, x_m: Floats, y_m: Floats) -> Integers:
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
        cell
            -1 outside. Shape ``(n,)``.
        """
        known = np.isfinite(x_m) & np.isfinite(y_m)
        column = np.floor(np.where(known, x_m, -1) / self.size_m).astype(np.int64) - self.west
        row = np.floor(np.where(known, y_m, -1) / self.size_m).astype(np.int64) - self.south
        inside = known & (column >= 0) & (column < self.n_columns) & (row >= 0)
        return np.where(inside & (row < self.n_rows), row * self.n_columns + column, -1)

    def boxes(self, cell: Integers) -> Objects:
        """
        Draw cells.

        Parameters
        ----------
        cell
            Cell numbers. Shape ``(n,)``.

        Returns
        -------
        boxes
            Squares in the town's metric system. Shape ``(n,)``.
        """
        row, column = np.divmod(cell, self.n_columns)
        return self.strips(row, column, column + 1)

    def strips(self, row: Integers, first: Integers, last: Integers) -> Objects:
        """
        Draw runs of cells.

        Parameters
        ----------
        row
            Their rows. Shape ``(n,)``.
        first
            First columns. Shape ``(n,)``.
        last
            Columns after the last. Shape ``(n,)``.

        Returns
        -------
        strips
            Rectangles in the town's metric system. Shape ``(n,)``.
        """
        south = row + self.south
        drawn: Objects = np.asarray(
            shapely.box(
                (first + self.west) * self.size_m,
                south * self.size_m,
                (last + self.west) * self.size_m,
                (south + 1) * self.size_m,
            ),
            dtype=np.object_,
        )
        return drawn

    def touched_by(self, shapes: Objects) -> Flags:
        """
        Mark the cells that shapes touch, large blocks first.

        Parameters
        ----------
        shapes
            shapely geometries in the town's metric system. Shape ``(n_shapes,)``.

        Returns
        -------
        touched
            Shape ``(n_rows, n_columns)``.
        """
        n_wide = -(-self.n_columns // _BLOCK)
        blocks = Grid(self.size_m * _BLOCK, 0, 0, -(-self.n_rows // _BLOCK), n_wide)
        boxes = shapely.transform(
            blocks.boxes(np.arange(blocks.n_rows * n_wide)),
            lambda xy: xy + np.array([self.west, self.south]) * self.size_m,
        )
        near = np.unique(shapely.STRtree(boxes).query(shapes, predicate="intersects")[1])
        row, column = np.divmod(near, n_wide)
        step = np.arange(_BLOCK)
        rows = (row[:, None, None] * _BLOCK + step[:, None] + 0 * step).ravel()
        columns = (column[:, None, None] * _BLOCK + 0 * step[:, None] + step).ravel()
        inside = (rows < self.n_rows) & (columns < self.n_columns)
        cell = rows[inside] * self.n_columns + columns[inside]
        tree = shapely.STRtree(self.boxes(cell))
        touched = np.zeros(self.n_rows * self.n_columns, dtype=np.bool_)
        touched[cell[tree.query(shapes, predicate="intersects")[1]]] = True
        return touched.reshape(self.shape)


def grid_around(x_m: Floats, y_m: Floats, *, size_m: float, margin_m: float) -> Grid:
    """
    Lay a grid around points; where they lie very far apart its cells are larger.

    Parameters
    ----------
    x_m
        Eastings in metres. Shape ``(n,)``.
    y_m
        Northings in metres. Shape ``(n,)``.
    size_m
        Wanted side of the cells in metres.
    margin_m
        Metres around the points.

    Returns
    -------
    grid
        Cells of ``size_m`` metres, or 2, 4, 8 ... times as much.
    """
    if not len(x_m):
        return Grid(size_m, 0, 0, 1, 1)
    low = np.array([x_m.min(), y_m.min()]) - margin_m
    high = np.array([x_m.max(), y_m.max()]) + margin_m
    while np.prod((high - low) / size_m + 1) > _MOST_CELLS:
        size_m *= 2
    west, south = (int(edge) for edge in np.floor(low / size_m))
    east, north = (int(edge) for edge in np.floor(high / size_m))
    return Grid(size_m, west, south, north - south + 1, east - west + 1)
