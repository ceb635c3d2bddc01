# SPDX-License-Identifier: Apache-2.0
"""
The town's ground as a stretcher team finds it: water burnt in, joined to the streets it meets.

A point, be it a home or a stop on a street, joins the middles of the cells around it, its own
among them, by straight walks that no barrier crosses. So who lives on a quay gets away from the
water though the river closes the cell, and no walk leads through the river. A point on ground of
which height or cover is not known joins nothing.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Mode
from goldenhour.times import access, modes, terrain
from goldenhour.times.access import Landing
from goldenhour.times.graph import from_arcs
from goldenhour.times.grid import Grid
from goldenhour.times.kernels import first_mile as kernel
from goldenhour.times.kernels.reach import FAR
from goldenhour.times.kernels.terrain import MARGIN, TICKS_PER_S, Seeds
from goldenhour.times.surface import Surface
from goldenhour.times.ticks import to_ticks
from goldenhour.town.terrain import Frame, Terrain
from goldenhour.town.town import Town

_AROUND = np.array([(r, c) for r in (0, -1, 1) for c in (0, -1, 1)])

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """
    Ground and streets, joined. Rests on the town alone, not on what is closed today.

    Parameters
    ----------
    town
        The town.
    frame
        Where the cells lie.
    surface
        Ground at the pace of a stretcher team, barriers closed.
    is_ground
        Cells of which height and cover are known and passable, barriers aside. Shape
        ``(rows, columns)``.
    pace_s_per_m
        Seconds a stretcher team needs for a metre on the flat. Shape ``(rows, columns)``.
    stops
        Where streets can be stepped onto. Shape ``(n_stops, 1)``.
    streets
        The same as the kernel takes it.
    """

    town: Town
    frame: Frame
    surface: Surface
    is_ground: Flags
    pace_s_per_m: Floats
    stops: Landing
    streets: kernel.Streets

    @classmethod
    def of(cls, town: Town, terrain_: Terrain) -> "Footing":
        """
        Burn the town's barriers into its ground and join the streets to it.

        Parameters
        ----------
        town
            The town.
        terrain_
            Its ground.

        Returns
        -------
        footing
            Ready to be walked.
        """
        frame, walking_kmh = terrain_.frame, terrain_.walking_kmh
        is_ground = np.isfinite(terrain_.elevation_m) & (walking_kmh > 0)
        carry_kmh = walking_kmh / facts.number("times.carry_factor")
        dry_kmh = np.where(_burnt(town, frame), 0.0, carry_kmh)
        surface = terrain.surface(
            speed_kmh=dry_kmh, elevation_m=terrain_.elevation_m, cell_m=frame.cell_m
        )
        with np.errstate(divide="ignore"):
            pace = np.where(is_ground, 3.6 / carry_kmh, np.inf)
        ground = _Ground(town, frame, surface.is_open, is_ground, pace)
        stops, xy = _stops(town, frame.cell_m)
        links = _joins(ground, xy[:, 0], xy[:, 1])
        return cls(
            town=town,
            frame=frame,
            surface=surface,
            is_ground=is_ground,
            pace_s_per_m=pace,
            stops=stops,
            streets=_streets(town, stops, links, n_cells=_n_cells(frame)),
        )

    def joins(self, x_m: Floats, y_m: Floats) -> Seeds:
        """
        Join points to the cells around them.

        Parameters
        ----------
        x_m
            Eastings in metres. Shape ``(n,)``.
        y_m
            Northings in metres. Shape ``(n,)``.

        Returns
        -------
        seeds
            Cells with the margin, 0 for none, and grid ticks. Shape ``(n, 9)``.
        """
        is_open = self.surface.is_open
        ground = _Ground(self.town, self.frame, is_open, self.is_ground, self.pace_s_per_m)
        return _joins(ground, x_m, y_m)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What joining points needs."""

    town: Town
    frame: Frame
    is_open: Flags
    is_ground: Flags
    pace_s_per_m: Floats


def _joins(ground: _Ground, x_m: Floats, y_m: Floats) -> Seeds:
    """Join points to the middles of the cells around them."""
    frame = ground.frame
    row, column = frame.cell_of(x_m, y_m)
    stands = (row >= 0) & ground.is_ground[row, column]
    rows, columns = row[:, None] + _AROUND[:, 0], column[:, None] + _AROUND[:, 1]
    usable = stands[:, None] & (rows >= 0) & (rows < frame.n_rows)
    usable &= (columns >= 0) & (columns < frame.n_columns)
    rows, columns = np.where(usable, rows, 0), np.where(usable, columns, 0)
    usable &= ground.is_open[rows, columns]
    aside = ground.is_ground[row[:, None], columns] | ground.is_ground[rows, column[:, None]]
    usable &= aside  # never slip between two cells that are no ground
    middle_x, middle_y = frame.middle(rows, columns)
    walk_m = np.hypot(
        middle_x - np.nan_to_num(x_m)[:, None], middle_y - np.nan_to_num(y_m)[:, None]
    )
    near = _near_closed(ground.is_open)[row, column] & stands
    at = np.argwhere(usable & near[:, None])
    ends = np.stack([middle_x[usable & near[:, None]], middle_y[usable & near[:, None]]], axis=1)
    starts = np.stack([x_m[at[:, 0]], y_m[at[:, 0]]], axis=1)
    wet = at[_crossing(ground.town, starts, ends)]
    usable[wet[:, 0], wet[:, 1]] = False
    width = frame.n_columns + 2 * MARGIN
    walk_s = walk_m * np.where(usable, ground.pace_s_per_m[rows, columns], 0)
    return Seeds(
        cell=np.where(usable, (rows + MARGIN) * width + columns + MARGIN, 0),
        ticks=np.rint(walk_s * TICKS_PER_S).astype(np.int64),
    )


def _near_closed(is_open: Flags) -> Flags:
    """Mark cells with a closed one among the nine around; only there a barrier can be."""
    padded = np.pad(~is_open, 1)
    n_rows, n_columns = is_open.shape
    near = np.zeros_like(is_open)
    for row, column in _AROUND + 1:
        near |= padded[row : row + n_rows, column : column + n_columns]
    return near


def _crossing(town: Town, starts: Floats, ends: Floats) -> Flags:
    """Tell which straight walks meet a barrier."""
    crossing = np.zeros(len(starts), dtype=np.bool_)
    if town.barriers.n and len(starts):
        walks = np.asarray(shapely.linestrings(np.stack([starts, ends], axis=1)))
        met = shapely.STRtree(walks).query(town.barriers.shape, predicate="intersects")
        crossing[met[1]] = True
    return crossing


def _burnt(town: Town, frame: Frame) -> Flags:
    """Mark the cells that a barrier touches."""
    if not town.barriers.n:
        return np.zeros(frame.shape, dtype=np.bool_)
    west = round(frame.west_m / frame.cell_m)
    south = round(frame.north_m / frame.cell_m) - frame.n_rows
    grid = Grid(frame.cell_m, west, south, frame.n_rows, frame.n_columns)
    return grid.touched_by(town.barriers.shape)[::-1]


def _stops(town: Town, step_m: float) -> tuple[Landing, Floats]:
    """Place stops along the streets one can step onto, at both ends and every cell or so."""
    edge = np.flatnonzero(access.may_step_on(town))
    line = town.streets.line[edge]
    n_stops = np.ceil(shapely.length(line) / step_m).astype(np.int64) + 1
    of = np.repeat(np.arange(len(edge)), n_stops)
    step = np.arange(len(of)) - np.repeat(np.cumsum(n_stops) - n_stops, n_stops)
    share = step / np.maximum(n_stops[of] - 1, 1)
    spots = shapely.line_interpolate_point(line[of], share, normalized=True)
    stops = Landing(
        edge=edge[of].astype(np.int32)[:, None],
        share=share[:, None],
        off_m=np.zeros((len(of), 1)),
    )
    return stops, shapely.get_coordinates(spots)


def _n_cells(frame: Frame) -> int:
    """Count cells with the margin."""
    return (frame.n_rows + 2 * MARGIN) * (frame.n_columns + 2 * MARGIN)


def _streets(town: Town, stops: Landing, links: Seeds, *, n_cells: int) -> kernel.Streets:
    """Lay out stops and links as the kernel takes them."""
    streets, edge = town.streets, stops.edge[:, 0]
    ticks = to_ticks(modes.clear_seconds(streets, mode=Mode.STRETCHER), where="streets")
    tail, head = streets.tail, streets.head
    network = from_arcs(
        tail=np.concatenate([tail, head])[np.tile(ticks < FAR, 2)],
        head=np.concatenate([head, tail])[np.tile(ticks < FAR, 2)],
        ticks=np.tile(ticks[ticks < FAR], 2),
        x=streets.node_x_m,
        y=streets.node_y_m,
    )
    share = np.concatenate([stops.share, 1 - stops.share], axis=1)
    stop, place = np.nonzero(links.cell)
    cell = links.cell[stop, place]
    order = np.argsort(cell, kind="stable")
    start = np.zeros(n_cells + 1, dtype=np.int64)
    np.cumsum(np.bincount(cell, minlength=n_cells), out=start[1:])
    return kernel.Streets(
        start=start,
        stop=stop[order].astype(np.int32),
        ticks=links.ticks[stop, place][order],
        edge=edge,
        node=np.stack([tail[edge], head[edge]], axis=1),
        part=np.rint(ticks[edge][:, None] * share).astype(np.int32),
        rows=network.leaving,
    )
