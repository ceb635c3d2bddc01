# SPDX-License-Identifier: Apache-2.0
"""Spots along streets and on the steps between streets and doors: where people can be met."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.times import layers
from goldenhour.times.access import Landing
from goldenhour.times.carry import Evacuation
from goldenhour.times.kernels import ways
from goldenhour.times.kernels.reach import FAR, Points
from goldenhour.times.many import dense
from goldenhour.times.service import Direction, ends_of, same_place
from goldenhour.town.town import Objects

_SPOTS_PER_CELL = 2

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Ground(NamedTuple):
    """
    Spots from which times are drawn; first along streets, edge after edge, then on open ground.

    Parameters
    ----------
    landing
        How each joins the streets. Shape ``(n, 1)``.
    x_m
        Eastings in metres. Shape ``(n,)``.
    y_m
        Northings in metres. Shape ``(n,)``.
    n_on_streets
        How many lie on streets.
    """

    landing: Landing
    x_m: Floats
    y_m: Floats
    n_on_streets: int

    def near(self, x_m: float, y_m: float) -> NDArray[np.bool_]:
        """
        Tell which spots are the very place of a site.

        Parameters
        ----------
        x_m
            Its easting in metres.
        y_m
            Its northing in metres.

        Returns
        -------
        is_there
            Shape ``(n,)``.
        """
        return same_place(self.x_m - x_m, self.y_m - y_m)


def step_m() -> float:
    """
    Say how far apart spots are at most.

    Returns
    -------
    step_m
        Metres.
    """
    return facts.number("times.reach_cell_m") / _SPOTS_PER_CELL


def ground_near(
    evacuation: Evacuation, sites: Landing, *, limit: int, direction: Direction
) -> Ground:
    """
    Lay spots along every street that may be reached, and on the steps from there to structures.

    Parameters
    ----------
    evacuation
        The evacuation graph.
    sites
        Where the sites step onto streets. Shape ``(n_sites, k)``.
    limit
        Ticks, inclusive.
    direction
        Which way the time counts.

    Returns
    -------
    ground
        The spots.
    """
    touched = _touched(evacuation, sites, limit=limit, direction=direction)
    streets = evacuation.town.streets
    on_streets = _along_streets(streets.length_m, np.flatnonzero(touched))
    at = _placed(streets.line, on_streets.edge[:, 0], on_streets.share[:, 0])
    walks, walks_xy = _on_walks(evacuation, touched)
    joined = Landing(
        edge=np.concatenate([on_streets.edge, walks.edge]),
        share=np.concatenate([on_streets.share, walks.share]),
        off_m=np.concatenate([on_streets.off_m, walks.off_m]),
        back_m=None if walks.back_m is None else np.concatenate([on_streets.off_m, walks.back_m]),
    )
    xy = np.concatenate([at, walks_xy])
    return Ground(joined, xy[:, 0], xy[:, 1], len(on_streets.edge))


def _touched(
    evacuation: Evacuation, sites: Landing, *, limit: int, direction: Direction
) -> NDArray[np.bool_]:
    """Tell which streets have an end that is reached, and which ones a site stands on."""
    graph, n_edges = evacuation.layers, evacuation.town.streets.n_edges
    both_ends = Landing(
        edge=np.repeat(np.arange(n_edges, dtype=np.int32), 2).reshape(-1, 2),
        share=np.tile([0.0, 1.0], (n_edges, 1)),
        off_m=np.zeros((n_edges, 2)),
    )
    if direction is Direction.TO_SITE:
        rows, seeds = graph.network.arriving, layers.arrivals(graph, sites)
    else:
        rows, seeds = graph.network.leaving, layers.departures(graph, sites)
    ends = ends_of(evacuation, both_ends, direction)
    once = Points(node=seeds.node.reshape(1, -1), ticks=seeds.ticks.reshape(1, -1))
    at_ends = Points(node=ends.node, ticks=np.zeros_like(ends.ticks))
    touched: NDArray[np.bool_] = dense(rows, once, at_ends, limit=limit)[0] < FAR
    touched[sites.edge[sites.edge >= 0]] = True
    return touched


def _along_streets(length_m: Floats, edge: Integers) -> Landing:
    """Place spots along streets from end to end."""
    n_spots = np.ceil(length_m[edge] / step_m()).astype(np.int64) + 1
    of, step = _counted(edge, n_spots)
    share = step / np.maximum(np.repeat(n_spots, n_spots) - 1, 1)
    return _landing(of, share, np.zeros(len(of)))


def _on_walks(evacuation: Evacuation, touched: NDArray[np.bool_]) -> tuple[Landing, Floats]:
    """Place spots on the steps from touched streets to structures, and at the structures."""
    landing, structures = evacuation.landing, evacuation.town.structures
    row, place = np.nonzero((landing.edge >= 0) & touched[landing.edge])
    edge, share = landing.edge[row, place], landing.share[row, place]
    off_m = landing.off_m[row, place]
    start = _placed(evacuation.town.streets.line, edge, share)
    end = np.column_stack([structures.x_m[row], structures.y_m[row]])
    is_straight = np.hypot(*(end - start).T) >= off_m - 1  # else over the terrain, who knows where
    n_spots = np.where(is_straight, np.ceil(off_m / step_m()), 1).astype(np.int64)
    n_spots = np.maximum(n_spots, 1)
    walk, step = _counted(np.arange(len(row)), n_spots)
    part = (step + 1) / np.repeat(n_spots, n_spots)  # the last spot is the structure itself
    xy = start[walk] + part[:, None] * (end - start)[walk]
    at_door = part == 1
    xy[at_door] = end[walk[at_door]]  # exactly, so that no rounding puts it into the next cell
    walks = _landing(edge[walk], share[walk], part * off_m[walk])
    if landing.back_m is not None:
        walks = replace(walks, back_m=(part * landing.back_m[row, place][walk])[:, None])
    return walks, xy


def _placed(lines: Objects, edge: NDArray[np.integer], share: Floats) -> Floats:
    """Give the place at a share of a street's length, point by point."""
    used, line = np.unique(edge, return_inverse=True)
    vertices, owner = shapely.get_coordinates(lines[used], return_index=True)
    start = np.searchsorted(owner, np.arange(len(used) + 1))
    xy = np.empty((len(edge), 2))
    ways.along(start, vertices[:, 0].copy(), vertices[:, 1].copy(), line, share, xy)
    return xy


def _counted(values: Integers, n: Integers) -> tuple[Integers, Integers]:
    """Repeat each value as often as said, and count within it."""
    of = np.repeat(values, n)
    return of, np.arange(len(of)) - np.repeat(np.cumsum(n) - n, n)


def _landing(edge: NDArray[np.integer], share: Floats, off_m: Floats) -> Landing:
    """Make single spots step onto streets."""
    return Landing(edge=edge.astype(np.int32)[:, None], share=share[:, None], off_m=off_m[:, None])
