# SPDX-License-Identifier: Apache-2.0
"""
Cells that take the soonest time of the spots in them, and pass it on over open ground.

A cell that a river or a wall touches is cut along it and passes nothing on; what lies on a bridge
is a narrow strip. So no area crosses a barrier where no street does.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from goldenhour.base import facts
from goldenhour.times import modes
from goldenhour.times.grid import Grid, grid_around
from goldenhour.times.ground import Ground
from goldenhour.times.kernels.reach import FAR, TICKS_PER_S
from goldenhour.town.town import Objects, Town

NEVER = 2**30
_STRIP_M, _DAM_M = 4.0, 0.5
_SURFACE = 2  # dimensions of an area

Integers = NDArray[np.int64]
Ticks = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """
    The cells of the ground around streets.

    Parameters
    ----------
    grid
        Where they lie.
    is_open
        True where a time may come from the next cell: neither barrier nor structure is in it.
        Shape ``(n_rows, n_columns)``.
    of_spot
        Cell of each spot, -1 where it lies on a part. Shape ``(n_spots,)``.
    parts
        Pieces of cells beside barriers, and strips on bridges. Shape ``(n_parts,)``.
    part_of_spot
        Part of each spot, -1 where it lies in a whole cell. Shape ``(n_spots,)``.
    """

    grid: Grid
    is_open: Flags
    of_spot: Integers
    parts: Objects
    part_of_spot: Integers

    def soonest(self, spot_ticks: Ticks) -> tuple[Ticks, Ticks]:
        """
        Give the soonest time of every cell and part.

        Parameters
        ----------
        spot_ticks
            Whole 1/64 s of each spot, ``FAR`` where not reached. Shape ``(n_spots,)``.

        Returns
        -------
        cells, parts
            ``NEVER`` where not reached. Shapes ``(n_rows, n_columns)`` and ``(n_parts,)``.
        """
        ticks = np.where(spot_ticks < FAR, spot_ticks, NEVER).astype(np.int32)
        cells = np.full(self.is_open.size, NEVER, dtype=np.int32)
        parts = np.full(len(self.parts), NEVER, dtype=np.int32)
        whole = self.of_spot >= 0
        np.minimum.at(cells, self.of_spot[whole], ticks[whole])
        np.minimum.at(parts, self.part_of_spot[~whole], ticks[~whole])
        return self._over_open_ground(cells.reshape(self.grid.shape)), parts

    def area(self, cells: Flags, parts: Flags) -> MultiPolygon:
        """
        Join some cells and parts.

        Parameters
        ----------
        cells
            Shape ``(n_rows, n_columns)``.
        parts
            Shape ``(n_parts,)``.

        Returns
        -------
        area
            In the town's metric system.
        """
        steps = np.diff(np.pad(cells, ((0, 0), (1, 1))).astype(np.int8), axis=1)
        row, first = np.nonzero(steps == 1)
        last = np.nonzero(steps == -1)[1]
        strips = self.grid.strips(row, first, last)
        joined = shapely.union_all(np.concatenate([strips, self.parts[parts]]))
        return MultiPolygon(_surfaces(joined).tolist())

    def _over_open_ground(self, cells: Ticks) -> Ticks:
        """Pass times on from cell to cell, as far as a place may lie from its street."""
        size_m = self.grid.size_m
        straight = int(np.ceil(size_m * modes.carry_off_road_s_per_m() * TICKS_PER_S))
        n_rings = int(facts.number("times.access_max_m") / (size_m * np.sqrt(2)))
        n_rows, n_columns = self.grid.shape
        for _ in range(n_rings):
            ringed = np.pad(cells, 1, constant_values=NEVER)
            best = cells
            for north, east in np.ndindex(3, 3):
                step = straight if 1 in (north, east) else int(np.ceil(straight * np.sqrt(2)))
                near = ringed[north : north + n_rows, east : east + n_columns]
                best = np.minimum(best, near + np.int32(step))
            cells = np.where(self.is_open, np.minimum(best, np.int32(NEVER)), cells)
        return cells


def cells_of(town: Town, ground: Ground) -> Cells:
    """
    Lay cells over the ground.

    Parameters
    ----------
    town
        Its barriers cut cells; its structures keep their own times.
    ground
        The spots.

    Returns
    -------
    cells
        Ready to take times.
    """
    grid = grid_around(
        ground.x_m,
        ground.y_m,
        size_m=facts.number("times.reach_cell_m"),
        margin_m=facts.number("times.access_max_m"),
    )
    dams = _dams(town)
    wet = grid.touched_by(dams) if len(dams) else np.zeros(grid.shape, dtype=np.bool_)
    built = np.zeros(grid.n_rows * grid.n_columns + 1, dtype=np.bool_)  # the last is outside
    built[grid.number(town.structures.x_m, town.structures.y_m)] = True
    cell = grid.number(ground.x_m, ground.y_m)
    on_bridge = town.streets.bridge[ground.landing.edge[:, 0]]
    apart = on_bridge | wet.ravel()[cell]
    part_of_spot = np.full(len(cell), -1, dtype=np.int64)
    spots = np.flatnonzero(apart)
    parts, part_of_spot[spots] = _parts(town, ground, grid, spots=spots, dams=dams)
    return Cells(
        grid=grid,
        is_open=~wet & ~built[:-1].reshape(grid.shape),
        of_spot=np.where(apart, -1, cell),
        parts=parts,
        part_of_spot=part_of_spot,
    )


def _dams(town: Town) -> Objects:
    """Give barriers as areas: a line gets a little width, so that it parts what it crosses."""
    shapes = town.barriers.shape
    is_line = shapely.get_dimensions(shapes) < _SURFACE
    return np.where(is_line, shapely.buffer(shapes, _DAM_M), shapes)


def _parts(
    town: Town, ground: Ground, grid: Grid, *, spots: Integers, dams: Objects
) -> tuple[Objects, Integers]:
    """Cut the cells of some spots along barriers; where that leaves no place, draw a strip."""
    cell = grid.number(ground.x_m[spots], ground.y_m[spots])
    edge = ground.landing.edge[spots, 0]
    is_bridge = town.streets.bridge[edge]
    cut = np.unique(cell[~is_bridge])
    banks = _surfaces(shapely.difference(grid.boxes(cut), _near(dams, grid.boxes(cut))))
    points = np.asarray(shapely.points(ground.x_m[spots], ground.y_m[spots]), dtype=np.object_)
    part = np.full(len(spots), -1, dtype=np.int64)
    on_land = np.flatnonzero(~is_bridge)
    which, bank = shapely.STRtree(banks).query(points[on_land], predicate="intersects")
    part[on_land[which[::-1]]] = bank[::-1]  # of several the first
    left = np.flatnonzero(part < 0)
    door = np.where(ground.landing.off_m[spots[left], 0] > 0, left, -1)
    of_street = np.column_stack([edge[left], cell[left], door])
    kinds, first, strip = np.unique(of_street, axis=0, return_index=True, return_inverse=True)
    boxes = grid.boxes(kinds[:, 1])
    along = shapely.union(
        shapely.intersection(town.streets.line[kinds[:, 0]], boxes), points[left[first]]
    )
    part[left] = len(banks) + strip.ravel()
    strips = shapely.intersection(shapely.buffer(along, _STRIP_M), boxes)
    return np.concatenate([banks, strips]), part


def _near(dams: Objects, boxes: Objects) -> Objects:
    """Join the barriers that touch each box."""
    joined = np.full(len(boxes), shapely.Polygon(), dtype=np.object_)
    if len(dams):
        dam, box = shapely.STRtree(boxes).query(dams, predicate="intersects")
        order = np.argsort(box, kind="stable")
        pieces = shapely.intersection(dams[dam[order]], boxes[box[order]])
        for at, piece in zip(box[order], pieces, strict=True):
            joined[at] = shapely.union(joined[at], piece)
    return joined


def _surfaces(shapes: BaseGeometry | Objects) -> Objects:
    """Take shapes apart and keep what has an area."""
    pieces = shapely.get_parts(shapely.get_parts(shapes))
    kept: Objects = pieces[shapely.get_dimensions(pieces) == _SURFACE]
    return kept[~shapely.is_empty(kept)]
