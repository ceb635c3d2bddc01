# SPDX-License-Identifier: Apache-2.0
"""Farms along both banks of the Euphrates, on tracks that follow the river."""

import numpy as np
import shapely
from shapely.geometry import LineString, box
from shapely.geometry.base import BaseGeometry

from goldenhour.exercise.buildings import Buildings, buildings
from goldenhour.exercise.ground import Ground
from goldenhour.exercise.moving import Shapes
from goldenhour.exercise.pinned import Plan, pinned

_TRACK_OFF_M = (330.0, 620.0)  # from the water
_SPUR_EVERY_M = 2300.0
_SPUR_REACH_M = 3200.0
_HOUSE_M = ((9.0, 18.0), (12.0, 26.0))
_FROM_TRACK_M = (16.0, 60.0)
_MARGIN_M = 1500.0
_TRIED_PER_FARM = 1.35
_SIMPLE_M = 6.0
_APART_M = 3.0


def lay_tracks(ground: Ground, towns: BaseGeometry) -> Shapes:
    """
    Draw farm tracks along the river, and spurs from them to the nearest main road.

    Parameters
    ----------
    ground
        River and main roads.
    towns
        Ground of all quarters, metric.

    Returns
    -------
    tracks
        Lines outside the towns, metric. Shape ``(n_tracks,)``.
    """
    west, east = pinned("border_crossing").x_m + 300, pinned("ubaydi").x_m + _MARGIN_M
    window = box(west, -1e9, east, 1e9)
    roads = shapely.unary_union([road.line for road in ground.roads])
    tracks: list[LineString] = []
    for off_m in _TRACK_OFF_M:
        edge = shapely.boundary(shapely.buffer(ground.river, off_m))
        for line in shapely.get_parts(shapely.line_merge(shapely.intersection(edge, window))):
            track = shapely.simplify(line, _SIMPLE_M)
            tracks.append(track)
            if off_m == _TRACK_OFF_M[0]:
                tracks += _spurs(track, roads=roads, ground=ground)
    dry = shapely.difference(np.array(tracks, dtype=object), towns)
    parts = shapely.get_parts(dry)
    return parts[shapely.length(parts) > _FROM_TRACK_M[0]]


def build_farms(
    tracks: Shapes, *, n_farms: int, towns: BaseGeometry, rng: np.random.Generator
) -> Buildings:
    """
    Build farmhouses beside tracks.

    Parameters
    ----------
    tracks
        Lines, metric. Shape ``(n_tracks,)``.
    n_farms
        Farmhouses wanted.
    towns
        Ground of all quarters, metric: no farm stands there.
    rng
        Source of all chance.

    Returns
    -------
    farms
        About as many as wanted, none on another.
    """
    n = int(n_farms * _TRIED_PER_FARM)
    length_m = shapely.length(tracks)
    track = tracks[rng.choice(len(tracks), n, p=length_m / length_m.sum())]
    along = rng.uniform(0.02, 0.98, n)
    here = _points(track, along)
    ahead = _points(track, np.minimum(along + 0.01, 1.0)) - here
    ahead /= np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    aside = np.column_stack([-ahead[:, 1], ahead[:, 0]]) * rng.choice([-1.0, 1.0], n)[:, None]
    wide, deep = (rng.uniform(*bounds, n) for bounds in _HOUSE_M)
    front = here + aside * rng.uniform(*_FROM_TRACK_M, n)[:, None]
    half = ahead * wide[:, None] / 2
    back = aside * deep[:, None]
    ring = np.stack([front - half, front + half, front + half + back, front - half + back], axis=1)
    outline = np.asarray(shapely.polygons(ring))
    shapely.prepare(towns)
    alone = _alone(outline[~shapely.intersects(towns, outline)])
    return buildings(alone, town="farms", quarter=0, use="farm")


def _points(lines: Shapes, share: np.ndarray) -> Plan:
    """Points a share of the way along lines."""
    return shapely.get_coordinates(shapely.line_interpolate_point(lines, share, normalized=True))


def _spurs(track: LineString, *, roads: BaseGeometry, ground: Ground) -> list[LineString]:
    """Join a track to the main roads every few kilometres, never across the water."""
    spurs = []
    for station in np.arange(_SPUR_EVERY_M / 2, track.length, _SPUR_EVERY_M):
        spur = shapely.shortest_line(track.interpolate(station), roads)
        if spur.length < _SPUR_REACH_M and not spur.intersects(ground.banks):
            spurs.append(spur)
    return spurs


def _alone(outline: Shapes) -> Shapes:
    """Keep the first of any houses that come too close."""
    one, other = shapely.STRtree(outline).query(outline, predicate="dwithin", distance=_APART_M)
    keep = np.ones(len(outline), dtype=bool)
    keep[one[one > other]] = False
    return outline[keep]
