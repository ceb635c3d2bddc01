# SPDX-License-Identifier: Apache-2.0
"""The first and last steps: over open ground to the nearest streets, never across a barrier."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.errors import InputError
from goldenhour.base.grades import Mode
from goldenhour.times import modes
from goldenhour.times.graph import Network
from goldenhour.times.kernels.reach import FAR
from goldenhour.times.result import Access
from goldenhour.times.ticks import to_seconds, to_ticks
from goldenhour.town.town import Barriers, Town

_FIRST_LOOK_M = 60.0

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """
    Where points step onto streets. Rests on the town alone, not on what is closed today.

    That is a rule, not a saving: were closed streets passed over, closing one could lead a team
    to a better one, and a closure would shorten a way.

    Parameters
    ----------
    edge
        Nearest street edges, nearest first, -1 where there are no more. Shape ``(n, k)``, int32.
    share
        How far along the edge, 0 at its tail to 1 at its head. Shape ``(n, k)``.
    off_m
        Metres over open ground. Shape ``(n, k)``.
    back_m
        Metres from the street to the point, where slopes make the way back another; None if they
        are the same. Shape ``(n, k)``.
    """

    edge: NDArray[np.int32]
    share: Floats
    off_m: Floats
    back_m: Floats | None = None


def attach(network: Network, x_m: Floats, y_m: Floats) -> Access:
    """
    Join points to the nearest open street of a network, at its sooner end.

    The walk is at the pace of a stretcher team, over open ground to the street and along it.

    Parameters
    ----------
    network
        A network that ``evacuation.build`` made.
    x_m
        Eastings in metres. Shape ``(n,)``.
    y_m
        Northings in metres. Shape ``(n,)``.

    Returns
    -------
    access
        Node and seconds; those too far from any open street are counted there.

    Raises
    ------
    InputError
        If the network was not built from a town.
    """
    town = network.town
    if town is None:
        raise InputError("This network was not built from a town.", where="attach", code="GH126")
    streets = town.streets
    is_open = (network.ticks[: 2 * streets.n_edges] != FAR).reshape(2, -1).any(axis=0)
    landing = land(town, x_m, y_m, usable=is_open & may_step_on(town), n_streets=1)
    found, edge = landing.edge[:, 0] >= 0, landing.edge[:, 0]
    pace = modes.carry_off_road_s_per_m()
    along_pace = facts.number("times.carry_factor") * 3.6 / facts.number("times.walking_kmh")
    street_s = streets.length_m[edge] * along_pace
    to_tail_s, to_head_s = landing.share[:, 0] * street_s, (1 - landing.share[:, 0]) * street_s
    node = np.where(to_tail_s <= to_head_s, streets.tail[edge], streets.head[edge])
    walk_s = landing.off_m[:, 0] * pace + np.minimum(to_tail_s, to_head_s)
    return Access(
        node=np.where(found, node, -1).astype(np.int32),
        seconds=to_seconds(to_ticks(np.where(found, walk_s, np.inf), where="access")),
    )


def may_step_on(town: Town) -> NDArray[np.bool_]:
    """
    Tell which streets one can step onto: no bridge, no tunnel, no piece that joins nothing.

    Parameters
    ----------
    town
        The town.

    Returns
    -------
    usable
        Shape ``(n_edges,)``, bool.
    """
    streets = town.streets
    nodes_of = np.bincount(streets.component, minlength=1)
    is_island = nodes_of < facts.number("times.island_share") * streets.n_nodes
    usable: NDArray[np.bool_] = (
        modes.is_allowed(streets, mode=Mode.STRETCHER)
        & ~streets.bridge
        & (streets.level >= 0)
        & ~is_island[streets.component[streets.tail]]
    )
    return usable


def land(
    town: Town, x_m: Floats, y_m: Floats, *, usable: NDArray[np.bool_], n_streets: int
) -> Landing:
    """
    Find the nearest streets of every point that open ground joins to it.

    Parameters
    ----------
    town
        The town.
    x_m
        Eastings in metres. Shape ``(n,)``.
    y_m
        Northings in metres. Shape ``(n,)``.
    usable
        Streets to look at. Shape ``(n_edges,)``.
    n_streets
        How many streets per point.

    Returns
    -------
    landing
        Up to ``n_streets`` per point, within the allowed distance.
    """
    rows = np.flatnonzero(usable)
    tree = shapely.STRtree(town.streets.line[rows])
    points = np.atleast_1d(np.asarray(shapely.points(x_m, y_m), dtype=np.object_))
    landing = Landing(
        edge=np.full((len(points), n_streets), -1, dtype=np.int32),
        share=np.zeros((len(points), n_streets)),
        off_m=np.full((len(points), n_streets), np.inf),
    )
    limit_m, radius_m = facts.number("times.access_max_m"), _FIRST_LOOK_M
    left = np.flatnonzero(np.isfinite(x_m) & np.isfinite(y_m))
    while len(left) and len(rows):
        radius_m = min(radius_m, limit_m)
        point, row = tree.query(points[left], predicate="dwithin", distance=radius_m)
        _keep_nearest(landing, town, points, left[point], rows[row])
        left = left[landing.edge[left, -1] < 0]
        if radius_m >= limit_m:
            break
        radius_m *= 2
    return landing


def _keep_nearest(
    landing: Landing, town: Town, points: NDArray[np.object_], point: Integers, edge: Integers
) -> None:
    """Write the nearest streets of each point into the landing, of equals the first edge."""
    line = town.streets.line[edge]
    off_m = shapely.distance(points[point], line)
    order = np.lexsort((edge, off_m, point))
    dry = ~_crosses(town.barriers, points[point[order]], line[order])
    order = order[dry]
    point, edge, off_m = point[order], edge[order], off_m[order]
    first = np.searchsorted(point, point, side="left")
    place = np.arange(len(point)) - first
    keep = place < landing.edge.shape[1]
    point, edge, place = point[keep], edge[keep], place[keep]
    share = shapely.line_locate_point(town.streets.line[edge], points[point], normalized=True)
    landing.edge[point, place] = edge
    landing.off_m[point, place] = off_m[keep]
    landing.share[point, place] = np.clip(np.nan_to_num(share), 0, 1)


def _crosses(
    barriers: Barriers, points: NDArray[np.object_], lines: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """Tell where the straight walk from point to line meets a barrier."""
    crosses = np.zeros(len(points), dtype=np.bool_)
    if barriers.n == 0 or len(points) == 0:
        return crosses
    limit_m = facts.number("times.access_max_m")
    near = shapely.STRtree(points).query(barriers.shape, predicate="dwithin", distance=limit_m)[1]
    near = np.unique(near)
    walks = shapely.shortest_line(points[near], lines[near])
    crosses[near[shapely.STRtree(walks).query(barriers.shape, predicate="intersects")[1]]] = True
    return crosses


def walk_seconds(landing: Landing) -> Floats:
    """
    Say how long the steps over open ground take a stretcher team.

    Parameters
    ----------
    landing
        Where points step onto streets.

    Returns
    -------
    seconds
        Seconds, ``inf`` where there is no street. Shape ``(n, k)``.
    """
    return landing.off_m * modes.carry_off_road_s_per_m()


def walk_back_seconds(landing: Landing) -> Floats:
    """
    Say how long the steps from street to point take a stretcher team.

    Parameters
    ----------
    landing
        Where points step onto streets.

    Returns
    -------
    seconds
        Seconds, ``inf`` where there is no street. Shape ``(n, k)``.
    """
    back_m = landing.off_m if landing.back_m is None else landing.back_m
    return back_m * modes.carry_off_road_s_per_m()
