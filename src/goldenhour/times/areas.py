# SPDX-License-Identifier: Apache-2.0
"""Areas from which a site is reached in time, drawn from the pieces of street that are."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import MultiPolygon

from goldenhour.base import facts
from goldenhour.times import layers
from goldenhour.times.access import Landing
from goldenhour.times.carry import Evacuation, Rows
from goldenhour.times.graph import spread
from goldenhour.times.kernels.reach import FAR, TICKS
from goldenhour.times.ticks import limit_ticks
from goldenhour.town.town import Streets

_POINTS_PER_CELL = 2
_HALF = 32  # bits for the second number of a cell
_AROUND = ((0, 0), (0, 1), (1, 0), (0, -1), (-1, 0))

Floats = NDArray[np.float64]
Ticks = NDArray[np.int64]


def reach_areas(
    evacuation: Evacuation, sites: ArrayLike, limits_s: ArrayLike
) -> list[MultiPolygon]:
    """
    Draw, for every site, from where a casualty gets there in time.

    The area is made of square cells along the pieces of street from which the site is reached,
    cut where the time runs out; its outline is exact to a cell.

    Parameters
    ----------
    evacuation
        The evacuation graph.
    sites
        Structure rows. Shape ``(n_sites,)``.
    limits_s
        Seconds, inclusive: one for all, or one per site. Shape ``()`` or ``(n_sites,)``.

    Returns
    -------
    areas
        One per site, in the town's metric system; empty where nothing is reached.
    """
    rows = np.asarray(sites, dtype=np.int64)
    limits = np.broadcast_to(np.asarray(limits_s, dtype=np.float64), rows.shape)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return list(
            pool.map(lambda i: _area(evacuation, rows[[i]], float(limits[i])), range(len(rows)))
        )


def _area(evacuation: Evacuation, site: Rows, limit_s: float) -> MultiPolygon:
    """Draw the area of one site: as if there were a home every few metres along the streets."""
    at = evacuation.landing_of(site)
    network, limit = evacuation.layers.network, limit_ticks(limit_s)
    desk, _ = spread(network.arriving, layers.arrivals(evacuation.layers, at), limit_s)
    ticks = desk.state[:, TICKS].astype(np.int64)
    homes = _along_streets(evacuation.town.streets, _touched(evacuation, ticks, at))
    leave = layers.departures(evacuation.layers, homes)
    ways = np.where(leave.node >= 0, ticks[leave.node] + leave.ticks, FAR)
    soonest = ways.min(axis=1, initial=FAR)
    one_street = layers.along_one_street(evacuation.layers, at, homes, limit=limit)
    np.minimum.at(soonest, one_street.home, one_street.ticks)
    in_time = soonest <= limit
    lines = evacuation.town.streets.line[homes.edge[in_time, 0]]
    spots = shapely.line_interpolate_point(lines, homes.share[in_time, 0], normalized=True)
    return _cells(shapely.get_coordinates(spots))


def _touched(evacuation: Evacuation, ticks: Ticks, at: Landing) -> Ticks:
    """List the edges with an end that was reached, and those that the site stands on."""
    touched = evacuation.layers.reaches(ticks)
    touched[at.edge[at.edge >= 0]] = True
    return np.flatnonzero(touched)


def _along_streets(streets: Streets, edge: Ticks) -> Landing:
    """Place points along streets, a few to a cell."""
    step_m = facts.number("times.reach_cell_m") / _POINTS_PER_CELL
    n_points = np.ceil(streets.length_m[edge] / step_m).astype(np.int64) + 1
    of = np.repeat(edge, n_points)
    step = np.arange(len(of)) - np.repeat(np.cumsum(n_points) - n_points, n_points)
    share = step / np.maximum(np.repeat(n_points, n_points) - 1, 1)
    return Landing(
        edge=of.astype(np.int32)[:, None], share=share[:, None], off_m=np.zeros((len(of), 1))
    )


def _cells(xy: Floats) -> MultiPolygon:
    """Join the cells around points into one area."""
    if not len(xy):
        return MultiPolygon()
    size_m = facts.number("times.reach_cell_m")
    at = _distinct(np.floor(xy / size_m).astype(np.int64))
    at = _distinct(np.concatenate([at + step for step in _AROUND]))
    breaks = (np.diff(at[:, 0]) != 0) | (np.diff(at[:, 1]) != 1)
    first = np.concatenate([[0], np.flatnonzero(breaks) + 1])
    last = np.concatenate([np.flatnonzero(breaks), [len(at) - 1]])
    strips = shapely.box(*(at[first] * size_m).T, *((at[last] + 1) * size_m).T)
    return MultiPolygon(shapely.get_parts(shapely.union_all(strips)).tolist())


def _distinct(at: Ticks) -> Ticks:
    """Sort cells and take each once; one number a cell is much quicker than two."""
    key = np.unique((at[:, 0] << _HALF) + (at[:, 1] + (1 << (_HALF - 1))))
    column = key >> _HALF
    return np.column_stack([column, key - (column << _HALF) - (1 << (_HALF - 1))])
