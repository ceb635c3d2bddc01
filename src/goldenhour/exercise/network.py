# SPDX-License-Identifier: Apache-2.0
"""All streets of the exercise as segments between junctions."""

from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry import LineString
from shapely.ops import substring

from goldenhour.exercise.blocks import Inside
from goldenhour.exercise.ground import Ground, Road
from goldenhour.exercise.moving import Shapes

_RANK = ("trunk", "secondary", "tertiary", "residential", "living_street", "footway", "track")
_GRID_M = 0.01
_NEAR_M = 0.3
_LONGEST_M = 2000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """
    Street segments.

    Parameters
    ----------
    line
        LineStrings, metric. Shape ``(n_edges,)``.
    highway
        OSM classes. Shape ``(n_edges,)``.
    road
        Key of the main road, ``""`` for others. Shape ``(n_edges,)``.
    bridge
        True on bridges. Shape ``(n_edges,)``.
    """

    line: Shapes
    highway: NDArray[np.str_]
    road: NDArray[np.str_]
    bridge: NDArray[np.bool_]

    @property
    def n(self) -> int:
        """Number of segments."""
        return len(self.line)

    def only(self, rows: NDArray[np.int64]) -> "Network":
        """
        Keep some segments.

        Parameters
        ----------
        rows
            Their numbers. Shape ``(n_kept,)``.

        Returns
        -------
        network
            Those, in that order.
        """
        return Network(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})


def join_streets(ground: Ground, inside: list[Inside], *, tracks: Shapes, lanes: Shapes) -> Network:
    """
    Cut all lines where they meet, and keep what each was.

    Parameters
    ----------
    ground
        Main roads; where one crosses the banks it stands on a bridge.
    inside
        Streets of the quarters.
    tracks
        Farm tracks, metric. Shape ``(n_tracks,)``.
    lanes
        Works' lanes, metric. Shape ``(n_lanes,)``.

    Returns
    -------
    network
        One piece: what no street joins to the highway is left out.
    """
    source = _sources(ground, inside, tracks, lanes)
    line = shapely.get_parts(shapely.unary_union(source.line, grid_size=_GRID_M))
    middle = shapely.line_interpolate_point(line, 0.5, normalized=True)
    segment, found = shapely.STRtree(source.line).query(
        shapely.buffer(middle, _NEAR_M), "intersects"
    )
    order = {name: number for number, name in enumerate(_RANK)}
    rank = np.array([order[name] for name in source.highway])
    best = np.lexsort([found, rank[found], segment])
    segment, first = np.unique(segment[best], return_index=True)
    what = found[best][first]
    network = Network(
        line=line[segment],
        highway=source.highway[what],
        road=source.road[what],
        bridge=source.bridge[what],
    )
    return _one_piece(network)


def ends(network: Network) -> NDArray[np.int64]:
    """
    Give every junction a number.

    Parameters
    ----------
    network
        Street segments.

    Returns
    -------
    nodes
        Start and end junction of each segment. Shape ``(n_edges, 2)``.
    """
    xy = np.stack(
        [shapely.get_coordinates(shapely.get_point(network.line, at)) for at in (0, -1)], 1
    )
    _, node = np.unique(np.round(xy.reshape(-1, 2), 2), axis=0, return_inverse=True)
    return np.asarray(node, dtype=np.int64).reshape(-1, 2)


def _sources(ground: Ground, inside: list[Inside], tracks: Shapes, lanes: Shapes) -> Network:
    """Gather lines of all kinds."""
    parts = [_main_road(road, ground) for road in ground.roads]
    parts += [_plain(part.streets, part.highway) for part in inside]
    parts.append(_plain(tracks, np.full(len(tracks), "track")))
    parts.append(_plain(lanes, np.full(len(lanes), "residential")))
    names = [one.name for one in fields(Network)]
    return Network(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in names})


def _plain(line: Shapes, highway: NDArray[np.str_]) -> Network:
    """Make a table of streets without name or bridge."""
    return Network(
        line=line,
        highway=highway.astype("U16"),
        road=np.full(len(line), "", dtype="U20"),
        bridge=np.zeros(len(line), dtype=bool),
    )


def _main_road(road: Road, ground: Ground) -> Network:
    """Cut a main road at the banks and every two kilometres."""
    pieces = []
    for over, part in (
        (False, shapely.difference(road.line, ground.banks)),
        (True, shapely.intersection(road.line, ground.banks)),
    ):
        for line in shapely.get_parts(part):
            if line.length > _NEAR_M:
                pieces += [(piece, over) for piece in _cut(line)]
    n = len(pieces)
    return Network(
        line=np.array([piece for piece, _ in pieces], dtype=object),
        highway=np.full(n, road.highway, dtype="U16"),
        road=np.full(n, road.key, dtype="U20"),
        bridge=np.array([over for _, over in pieces]),
    )


def _cut(line: LineString) -> list[LineString]:
    """Cut a line into equal pieces of at most two kilometres."""
    n = int(np.ceil(line.length / _LONGEST_M))
    at = np.linspace(0.0, line.length, n + 1)
    pieces = (substring(line, a, b) for a, b in pairwise(at))
    return [piece for piece in pieces if isinstance(piece, LineString)]


def _one_piece(network: Network) -> Network:
    """Keep the largest connected piece, in a fixed order."""
    node = ends(network)
    n = int(node.max()) + 1
    graph = coo_array((np.ones(len(node)), (node[:, 0], node[:, 1])), shape=(n, n))
    _, piece = connected_components(graph, directed=False)
    largest = np.bincount(piece).argmax()
    kept = network.only(np.flatnonzero(piece[node[:, 0]] == largest))
    middle = shapely.get_coordinates(
        shapely.line_interpolate_point(kept.line, 0.5, normalized=True)
    )
    return kept.only(np.lexsort(np.round(middle, 2).T))
